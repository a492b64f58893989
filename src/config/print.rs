//! `[print]`: which pages there are to print at once.

use serde::Deserialize;

/// `[print]`: several guides on one page, for paper.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Print {
    /// Whether each section of the navigation is one.
    pub sections: bool,
    /// Whether the whole site is one.
    pub site: bool,
    /// The address below which they are, from the site's root.
    pub address: String,
}

impl Default for Print {
    fn default() -> Self {
        Self { sections: false, site: false, address: "print".to_owned() }
    }
}
