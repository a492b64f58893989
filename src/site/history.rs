//! When each guide changed last, and who has changed it, as the repository's history tells.

use super::page::Page;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use std::collections::BTreeMap;

/// The last change of each file of the content that the history knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// By path in the content folder.
    changes: BTreeMap<String, Change>,
}

/// What the history says of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// When it changed last.
    pub last: Timestamp,
    /// Who has changed it and how often, by name.
    pub authors: BTreeMap<String, u32>,
}

/// When a guide changed last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Updated {
    /// On this day, as its front matter says.
    Day(Date),
    /// At this moment, as the history says.
    Moment(Timestamp),
}

impl History {
    /// Takes note of a change. Changes come newest first, so that the first of a file is its last.
    pub(crate) fn add(&mut self, file: String, at: Timestamp, author: Option<&str>) {
        let change = self.changes.entry(file).or_insert_with(|| Change { last: at, authors: BTreeMap::new() });
        if let Some(author) = author {
            *change.authors.entry(author.to_owned()).or_default() += 1;
        }
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// When a guide changed last: its front matter goes before the history.
    #[must_use]
    pub fn updated(&self, page: &Page) -> Option<Updated> {
        let written = page.front_matter.updated.map(Updated::Day);
        written.or_else(|| self.changes.get(&*page.path).map(|change| Updated::Moment(change.last)))
    }

    /// Who has changed a guide: those who did so most often first, then by name. Programs, whose names end in `[bot]`, are left out.
    #[must_use]
    pub fn contributors(&self, page: &Page) -> Vec<&str> {
        let Some(change) = self.changes.get(&*page.path) else { return Vec::new() };
        let mut authors: Vec<(&str, u32)> = change.authors.iter().map(|(name, count)| (name.as_str(), *count)).collect();
        authors.retain(|(name, _)| !name.ends_with("[bot]"));
        authors.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        authors.into_iter().map(|(name, _)| name).collect()
    }
}

impl Updated {
    /// The day, in UTC.
    #[must_use]
    pub fn day(self) -> Date {
        match self {
            Self::Day(day) => day,
            Self::Moment(moment) => moment.to_zoned(TimeZone::UTC).date(),
        }
    }

    /// The moment; of a day its beginning, in UTC.
    #[must_use]
    pub fn moment(self) -> Timestamp {
        match self {
            Self::Day(day) => day.to_zoned(TimeZone::UTC).map(|day| day.timestamp()).unwrap_or_default(),
            Self::Moment(moment) => moment,
        }
    }
}

impl std::fmt::Display for Updated {
    /// As exact as it is known: a date or a moment of ISO 8601.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Day(day) => day.fmt(formatter),
            Self::Moment(moment) => moment.fmt(formatter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::page::FrontMatter;

    #[test]
    fn the_newest_change_counts_and_the_front_matter_goes_before_it() {
        let mut history = History::default();
        let at = |seconds| Timestamp::from_second(seconds).expect("it is in range");
        for (seconds, author) in [(1_700_000_000, "Ada"), (1_600_000_000, "Bo"), (1_500_000_000, "Bo"), (1_400_000_000, "tidy[bot]")] {
            history.add("a.md".to_owned(), at(seconds), Some(author));
        }
        let mut page = Page { path: "a.md".into(), ..Page::default() };
        let updated = history.updated(&page).expect("it is known");
        assert_eq!((updated.to_string(), updated.day().to_string()), ("2023-11-14T22:13:20Z".to_owned(), "2023-11-14".to_owned()));
        assert_eq!(history.contributors(&page), ["Bo", "Ada"]);
        page.front_matter = FrontMatter { updated: Some(jiff::civil::date(2026, 1, 31)), ..FrontMatter::default() };
        let updated = history.updated(&page).expect("it is written");
        assert_eq!((updated.to_string(), updated.moment().to_string()), ("2026-01-31".to_owned(), "2026-01-31T00:00:00Z".to_owned()));
    }
}
