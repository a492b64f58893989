//! Findings to reports: for people as rustc prints them, for machines as JSON.

pub mod json;
mod place;
pub mod text;

pub use place::{Place, Places};

use crate::diagnostic::{Diagnostic, Severity};
use serde::Serialize;

/// What a run found, with its totals.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The totals.
    pub summary: Summary,
    /// The findings, by file, line, column and rule.
    pub diagnostics: Vec<Diagnostic>,
}

/// The totals of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
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

impl Report {
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
        Self { summary, diagnostics }
    }
}
