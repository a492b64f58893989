//! `milepost.lock`: every stamped id that the site has had; text in, [`Lock`] out, and back.
//!
//! One line an id, sorted, without dates, so that two branches merge line by line:
//! `list/step live rev=1 "The text of the step"`.

use std::{collections::BTreeMap, fmt::Write as _, sync::Arc};

/// The name of the lock file, beside `milepost.toml`.
pub const FILE_NAME: &str = "milepost.lock";

/// The first lines of a lock file.
const HEADER: &str = "# The ids of checklists and their steps, under which readers keep their ticks.\n# `milepost stamp` writes this file; keep it with the sources.\n";

/// The longest text that is kept, in characters.
const TEXT: usize = 80;

/// The ids that were stamped so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    /// The file, relative to the content root.
    pub file: Arc<str>,
    /// The entries by id: `list`, or `list/step`.
    pub entries: BTreeMap<String, Entry>,
    /// The lines that are no entries: their numbers from 1, and their places.
    pub unreadable: Vec<(usize, usize, usize)>,
}

/// What is known of an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Whether it is in use.
    pub state: State,
    /// The revision of its text.
    pub revision: u32,
    /// The beginning of its text.
    pub text: String,
    /// Where its line is in the file.
    pub place: (usize, usize),
}

/// Whether an id is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// A list or step has it.
    Live,
    /// It was given up for good: `stamp --retire`.
    Retired,
    /// Another step carries its ticks on: `aka`.
    Aka,
}

impl State {
    const ALL: &'static [(&'static str, Self)] = &[("live", Self::Live), ("retired", Self::Retired), ("aka", Self::Aka)];

    fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, state)| *state == self).map_or("", |(word, _)| word)
    }
}

impl Entry {
    /// An entry of a live id.
    #[must_use]
    pub fn live(revision: u32, text: &str) -> Self {
        let text: String = text.chars().filter(|c| !c.is_control() && *c != '"').take(TEXT).collect();
        Self { state: State::Live, revision, text: text.trim().to_owned(), place: (0, 0) }
    }

    /// Whether a text is mostly other words than those of this entry.
    #[must_use]
    pub fn names_another(&self, text: &str) -> bool {
        let text = Self::live(1, text).text.to_lowercase();
        let known = self.text.to_lowercase();
        if known.is_empty() || text.is_empty() || strsim::normalized_damerau_levenshtein(&known, &text) >= 0.4 {
            return false;
        }
        let words = |text: &str| {
            text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 3).map(str::to_owned).collect::<Vec<_>>()
        };
        let (before, now) = (words(&known), words(&text));
        let shared = now.iter().filter(|word| before.contains(word)).count();
        shared * 2 < before.len().min(now.len()).max(1)
    }
}

impl Lock {
    /// Reads a lock file; lines that are no entries are kept aside.
    #[must_use]
    pub fn parse(file: Arc<str>, text: &str) -> Self {
        let mut lock = Self { file, ..Self::default() };
        let mut at = 0;
        for (number, line) in text.split_inclusive('\n').enumerate() {
            let place = (at, at + line.trim_end().len());
            at += line.len();
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match entry(line) {
                Some((id, entry)) => {
                    lock.entries.insert(id, Entry { place, ..entry });
                }
                None => lock.unreadable.push((number + 1, place.0, place.1)),
            }
        }
        lock
    }

    /// The text of the file.
    #[must_use]
    pub fn render(&self) -> String {
        let mut out = String::from(HEADER);
        for (id, entry) in &self.entries {
            let _ = writeln!(out, "{id} {} rev={} \"{}\"", entry.state.word(), entry.revision, entry.text);
        }
        out
    }
}

fn entry(line: &str) -> Option<(String, Entry)> {
    let (id, rest) = line.split_once(' ')?;
    let (state, rest) = rest.trim_start().split_once(' ')?;
    let (_, state) = State::ALL.iter().find(|(word, _)| *word == state)?;
    let (revision, text) = rest.trim_start().split_once(' ')?;
    let revision = revision.strip_prefix("rev=")?.parse().ok()?;
    let text = text.trim().strip_prefix('"')?.strip_suffix('"')?;
    Some((id.to_owned(), Entry { state: *state, revision, text: text.to_owned(), place: (0, 0) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_read_as_it_was_written() {
        let mut lock = Lock::default();
        lock.entries.insert("a".to_owned(), Entry::live(1, "The list"));
        lock.entries.insert("a/one".to_owned(), Entry { state: State::Retired, ..Entry::live(3, "Say \"yes\"") });
        let text = lock.render();
        assert!(text.ends_with("a live rev=1 \"The list\"\na/one retired rev=3 \"Say yes\"\n"), "{text}");
        let again = Lock::parse("milepost.lock".into(), &text);
        assert_eq!((again.render(), again.unreadable.len()), (text, 0));
        assert_eq!(Lock::parse("x".into(), "<<<<<<< HEAD\na live rev=1 \"x\"\n").unreadable, [(1, 0, 12)]);
    }

    #[test]
    fn other_words_are_told_from_a_rewording() {
        let entry = Entry::live(1, "Open an account");
        assert!(!entry.names_another("Open your account"));
        assert!(!entry.names_another("Account: open one today, it is free"));
        assert!(entry.names_another("Bring the balance to RMB 50 or more"));
        assert!(Entry::live(1, "开通账户").names_another("充值五十元"));
    }
}
