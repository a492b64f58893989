//! Findings to reports: words for people, and the formats of machines; each format is a pure function of the report.

pub mod diff;
pub mod file;
mod fingerprint;
pub mod github;
pub mod gitlab;
pub mod json;
pub mod junit;
pub mod manual;
pub mod markdown;
mod place;
pub mod sarif;
pub mod text;
pub mod words;

pub use place::{Place, Places};

use crate::diagnostic::{Diagnostic, Severity, Span};
use serde::{Deserialize, Serialize};
use std::{path::Path, sync::Arc};

/// What a run found, with its totals.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The totals.
    pub summary: Summary,
    /// The findings, by file, line, column and rule.
    pub diagnostics: Vec<Diagnostic>,
    /// What is said once about the site as a whole, and fails no run: the words, and what to do.
    pub advice: Vec<(String, String)>,
    /// External addresses that are worth a word, by address; none where they were not asked for.
    pub external: Option<Vec<External>>,
    /// The totals of external addresses; none where they were not asked for.
    pub external_totals: Option<ExternalTotals>,
}

/// The totals of external addresses, each counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExternalTotals {
    /// Distinct addresses.
    pub addresses: usize,
    /// Those that the cache knew.
    pub from_cache: usize,
    /// Those that are there.
    pub found: usize,
    /// Those of them that failed at first.
    pub flaky: usize,
    /// Those that are not there.
    pub broken: usize,
    /// Those whose hosts keep checkers out.
    pub blocked: usize,
    /// Those that are not to be asked for.
    pub skipped: usize,
    /// Those for which there was no time or no network.
    pub not_checked: usize,
}

/// An external address that is not broken, but worth a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct External {
    /// The address.
    pub url: String,
    /// What came of asking for it.
    pub verdict: Verdict,
    /// Why, in words.
    pub reason: String,
    /// Every place that names it: file and span.
    pub places: Vec<(Arc<str>, Span)>,
}

/// What came of asking for an external address that is not broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It answered in the end, after it had failed.
    Flaky,
    /// The host answers, and keeps checkers out.
    Blocked,
    /// It is not to be asked for.
    Skipped,
    /// There was no time, or no network, to ask.
    NotChecked,
}

impl Verdict {
    /// The word in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Flaky => "flaky",
            Self::Blocked => "blocked",
            Self::Skipped => "skipped",
            Self::NotChecked => "not-checked",
        }
    }
}

/// The totals of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Pages that were read and are published.
    pub pages: usize,
    /// Links and images of all kinds.
    pub links: usize,
    /// Those of them that lead to another host.
    pub external: usize,
    /// Findings at error level.
    pub errors: usize,
    /// Findings at warning level.
    pub warnings: usize,
}

/// What leads from a folder to the content, so that a terminal or an editor finds the files that findings name.
#[must_use]
pub fn prefix(content: &Path, from: &Path) -> String {
    match content.strip_prefix(from) {
        Ok(below) if below.as_os_str().is_empty() => String::new(),
        Ok(below) => format!("{}/", below.display()),
        Err(_) => format!("{}/", content.display()),
    }
}

/// The path of a file as a report names it: `prefix` leads to the content, which a file beside it lies outside of.
#[must_use]
pub fn named(prefix: &str, file: &str) -> String {
    let (mut prefix, mut file) = (prefix, file);
    while let Some(rest) = file.strip_prefix("../") {
        let folder = prefix.trim_end_matches('/');
        let (above, last) = folder.rsplit_once('/').map_or(("", folder), |(above, last)| (&prefix[..=above.len()], last));
        if last.is_empty() || last == ".." {
            break;
        }
        (prefix, file) = (above, rest);
    }
    format!("{prefix}{file}")
}

impl Report {
    /// The files that the report names, some more than once.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        let mentions = self.external.iter().flatten().flat_map(|address| &address.places);
        self.diagnostics.iter().map(|finding| &*finding.file).chain(mentions.map(|(file, _)| &**file))
    }

    /// Whether a finding is at the level that fails a run.
    #[must_use]
    pub fn fails(&self, strict: bool) -> bool {
        self.summary.errors > 0 || (strict && self.summary.warnings > 0)
    }

    /// A report with its findings counted.
    #[must_use]
    pub fn new(pages: usize, links: usize, external: usize, diagnostics: Vec<Diagnostic>) -> Self {
        let count = |severity| diagnostics.iter().filter(|finding| finding.severity == severity).count();
        let summary = Summary { pages, links, external, errors: count(Severity::Error), warnings: count(Severity::Warn) };
        Self { summary, diagnostics, advice: Vec::new(), external: None, external_totals: None }
    }
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn files_beside_the_content_are_named_from_where_the_reader_is() {
        assert_eq!(named("content/", "a.md"), "content/a.md");
        assert_eq!(named("content/", "../milepost.lock"), "milepost.lock");
        assert_eq!(named("docs/guides/", "../../mkdocs.yml"), "mkdocs.yml");
        assert_eq!(named("/site/content/", "../mkdocs.yml"), "/site/mkdocs.yml");
        assert_eq!(named("", "../mkdocs.yml"), "../mkdocs.yml");
    }
}
