//! `[check]`: what counts as a mistake, and how severe each rule is in which files.

use crate::diagnostic::{Rule, Severity};
use globset::{Glob, GlobMatcher};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `[check]`: what counts as a mistake.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Check {
    /// `b` may stand for `b.md`.
    pub extensionless: bool,
    /// `b.html` may stand for `b.md`.
    pub output_paths: bool,
    /// `file.rs#L9` must name a line that exists.
    pub line_anchors: bool,
    /// When `[label]` alone counts as a reference.
    pub shortcut_references: ShortcutReferences,
    /// Labels whose definitions are left alone, beside `//`.
    pub ignore_definitions: Vec<String>,
    /// The pages that readers arrive at, as paths in the content folder; the home page by default.
    pub entry: Vec<String>,
    /// The severity of each rule.
    pub rules: BTreeMap<Rule, Severity>,
    /// Severities for some of the files; of the entries that fit a file and name a rule the last holds.
    pub paths: Vec<PathRules>,
}

impl Default for Check {
    fn default() -> Self {
        Self {
            extensionless: false,
            output_paths: false,
            line_anchors: false,
            shortcut_references: ShortcutReferences::Near,
            ignore_definitions: Vec::new(),
            entry: Vec::new(),
            rules: BTreeMap::new(),
            paths: Vec::new(),
        }
    }
}

/// When `[label]` alone counts as a reference.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum ShortcutReferences {
    /// Never.
    Off,
    /// When a defined label is one edit away.
    Near,
    /// Always.
    All,
}

/// `[[check.paths]]`: files, and the severities of rules in them.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PathRules {
    /// A pattern for the files' paths in the content, such as `drafts/**`.
    pub pages: Glob,
    /// The severity of each rule.
    pub rules: BTreeMap<Rule, Severity>,
}

/// The severity of each rule in each file, ready to be asked for.
#[derive(Clone, Debug)]
pub struct Severities {
    site: BTreeMap<Rule, Severity>,
    paths: Vec<(GlobMatcher, BTreeMap<Rule, Severity>)>,
}

impl Severities {
    /// Those of a configuration.
    #[must_use]
    pub fn new(check: &Check) -> Self {
        let paths = check.paths.iter().map(|entry| (entry.pages.compile_matcher(), entry.rules.clone())).collect();
        Self { site: check.rules.clone(), paths }
    }

    /// The severity of a rule in a file; its path is from the content root.
    #[must_use]
    pub fn of(&self, rule: Rule, file: &str) -> Severity {
        let named = self.paths.iter().rev().filter_map(|(pages, rules)| rules.get(&rule).map(|severity| (pages, *severity)));
        let own = named.into_iter().find(|(pages, _)| pages.is_match(file)).map(|(_, severity)| severity);
        own.or_else(|| self.site.get(&rule).copied()).unwrap_or(rule.default_severity())
    }

    /// Whether a rule is off in every file.
    #[must_use]
    pub fn never(&self, rule: Rule) -> bool {
        let site = self.site.get(&rule).copied().unwrap_or(rule.default_severity());
        let mut all = self.paths.iter().filter_map(|(_, rules)| rules.get(&rule).copied()).chain([site]);
        all.all(|severity| severity == Severity::Off)
    }
}
