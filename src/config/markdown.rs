//! `[markdown]`: which extensions of Markdown are on.

use serde::Deserialize;

/// `[markdown]`: extensions beyond GitHub's.
#[expect(clippy::struct_excessive_bools, reason = "each is a key of the file, and any of them goes with any other")]
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Markdown {
    /// `## Title {#id .class}`.
    pub heading_attributes: bool,
    /// `[[page]]` and `[[page|text]]`.
    pub wikilinks: bool,
    /// `$inline$` and `$$display$$`.
    pub math: bool,
    /// Curly quotes, dashes and ellipses.
    pub smart_punctuation: bool,
    /// Whether ```` ```mermaid ```` blocks are drawn at build time.
    pub diagrams: bool,
    /// Whether code blocks are coloured at build time.
    pub highlight: bool,
}

impl Default for Markdown {
    fn default() -> Self {
        Self { heading_attributes: true, wikilinks: false, math: false, smart_punctuation: false, diagrams: true, highlight: true }
    }
}
