//! `[checklists]`: which pages checklists are derived from, and where all of them are listed.

use globset::Glob;
use serde::{Deserialize, Serialize};

/// `[checklists]`: where checklists come from, and where they are listed.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Checklists {
    /// The pages from which a checklist is derived; the first pattern that fits a page holds.
    pub derive: Vec<DeriveFrom>,
    /// Beginnings of headings that are no steps when a checklist is derived; letter case does not count.
    pub leave_out: Vec<String>,
    /// The address of the page that lists all checklists, from the site's root.
    pub address: String,
}

impl Default for Checklists {
    fn default() -> Self {
        let leave_out = ["Related", "Reference", "See also", "FAQ", "Overview", "Next step"];
        Self { derive: Vec::new(), leave_out: leave_out.map(str::to_owned).to_vec(), address: "checklists".to_owned() }
    }
}

/// `[[checklists.derive]]`: pages, and what of them are the steps.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DeriveFrom {
    /// A pattern for the pages' paths in the content, such as `**/Account-Preparation*.md`.
    pub pages: Glob,
    /// What is a step.
    pub from: Derive,
}

/// What of a page without markers is a step.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Derive {
    /// Each heading of the second level.
    Headings,
    /// Each `- [ ]` item.
    Items,
    /// Each item of the outermost numbered lists.
    Ordered,
}
