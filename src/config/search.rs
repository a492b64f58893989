//! `[search]`: whether readers can search the site.

use serde::Deserialize;

/// `[search]`: the index that readers search.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Search {
    /// Whether a build writes an index, and pages offer to search it.
    pub enabled: bool,
}

impl Default for Search {
    fn default() -> Self {
        Self { enabled: true }
    }
}
