//! What is wrong with a guide, and where: a [`Rule`], its [`Severity`], a [`Span`], the words, and a [`Fix`] where the mend is certain.

use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A range of bytes in the decoded text of one file. Line and column are computed only when a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

impl Span {
    /// A span from byte offsets; files of 4 GiB and more are clamped.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { start: clamp(start), end: clamp(end.max(start)) }
    }

    /// The same range as `usize`, to slice a text with.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// How much a finding matters; the order is from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The rule is not checked.
    Off,
    /// Told, and never fails a run.
    Info,
    /// Told, and fails a run under `--strict`.
    Warn,
    /// Fails a run.
    Error,
}

impl Severity {
    /// The word in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

macro_rules! rules {
    ($($variant:ident $name:literal $severity:ident $meaning:literal)*) => {
        /// A stable name for one kind of mistake; `docs/rules.md` has a section for each.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Rule {
            $(#[doc = $meaning] #[serde(rename = $name)] $variant,)*
        }

        impl Rule {
            /// Every rule, in the order of the manual.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name in reports, in the configuration and in silencing comments.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// What the rule finds, in one line.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning),* }
            }

            /// The severity without configuration.
            #[must_use]
            pub const fn default_severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity),* }
            }

            /// The rule of that name.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

rules! {
    MissingFile "missing-file" Error "a target in the tree that does not exist"
    CaseMismatch "case-mismatch" Error "a target that exists with other letter case"
    OutsideRoot "outside-root" Error "a target that leaves the content root"
    DirectoryWithoutIndex "directory-without-index" Error "a folder with neither index.md nor README.md"
    MissingFragment "missing-fragment" Error "no such heading or HTML id on the target page"
    FragmentCase "fragment-case" Error "an id that exists with other letter case"
    UndefinedReference "undefined-reference" Error "a reference whose label has no definition"
    UnusedDefinition "unused-definition" Warn "a link definition that no reference uses"
    DuplicateDefinition "duplicate-definition" Warn "a second definition of a label, which has no effect"
    UndefinedFootnote "undefined-footnote" Error "a footnote reference without a definition"
    EmptyTarget "empty-target" Error "a link or an image that leads nowhere"
    NotALink "not-a-link" Warn "text that a raw space keeps from being a link"
    LinkToDraft "link-to-draft" Error "a link to a page that this build leaves out"
    DuplicateAddress "duplicate-address" Error "two sources that would be published at one address"
    RedirectTarget "redirect-target" Error "a redirect in milepost.toml that leads nowhere"
    UnusedLanguage "unused-language" Warn "a language in milepost.toml that no page is written in"
    ImageAlt "image-alt" Warn "an image without alternative text"
    OrphanPage "orphan-page" Warn "a page that no entry page leads to"
    UnusedIgnore "unused-ignore" Warn "a silencing comment that silences nothing"
    FrontMatter "front-matter" Error "a mistake in a page's front matter"
    Navigation "navigation" Error "a mistake in a navigation file"
    InvalidEncoding "invalid-encoding" Warn "a file that is not UTF-8"
    SymlinkLoop "symlink-loop" Warn "a symbolic link to one of its own parent folders"
    SymlinkOutside "symlink-outside" Warn "a symbolic link that leads out of the content root"
    Marker "marker" Error "a marker for tabs, an inclusion or a caption that has no effect as it is"
    Include "include" Error "an inclusion of something that cannot be included"
    Math "math" Error "a formula that cannot be set"
    Diagram "diagram" Warn "a diagram that cannot be drawn"
    ChecklistMarker "checklist-marker" Error "a checklist marker that cannot be understood or stands in the wrong place"
    ChecklistHeading "checklist-heading" Warn "a checklist marker inside a heading's line"
    ChecklistDuplicate "checklist-duplicate" Error "two steps or two checklists with one id"
    ChecklistTarget "checklist-target" Error "a marker that names a checklist or a step that is not there"
    ChecklistCycle "checklist-cycle" Error "checklists that embed each other"
    ChecklistChecked "checklist-checked" Warn "a step that the source ticks"
    ChecklistDrift "checklist-drift" Warn "copies of one checklist that differ"
    ChecklistUnstamped "checklist-unstamped" Warn "steps whose ids are not in the source"
    ChecklistLock "checklist-lock" Warn "ids that milepost.lock does not agree with"
    ChecklistReused "checklist-reused" Warn "an id that now names another step"
    HttpStatus "http-status" Error "an external address that answers with an error (external checks)"
    HttpTimeout "http-timeout" Error "an external address that does not answer in time (external checks)"
    HttpConnect "http-connect" Error "an external host that cannot be reached (external checks)"
    HttpRedirectLoop "http-redirect-loop" Error "an external address that redirects without end (external checks)"
    HttpFragment "http-fragment" Error "an external page without that fragment (external checks)"
    Redirect "redirect" Off "an external address that has moved for good (external checks)"
}

/// A mend as text edits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// What the fix does, in words.
    pub title: String,
    /// Whether nothing else can have been meant.
    pub is_certain: bool,
    /// The edits, all in the finding's own file.
    pub edits: Vec<Edit>,
}

/// One replacement of text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// The bytes that go.
    pub span: Span,
    /// The text that comes.
    pub text: String,
}

/// One finding: the author's mistake, never the machine's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// The file relative to the content root, with `/`.
    pub file: Arc<str>,
    /// Where in the file.
    pub span: Span,
    /// Which rule found it.
    pub rule: Rule,
    /// How much it matters, by the configuration.
    pub severity: Severity,
    /// The target as it was written; the label for references and definitions.
    pub target: Option<String>,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The mend, where there is one.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// A finding at the rule's default severity, without target, help and fix.
    #[must_use]
    pub fn new(file: &Arc<str>, span: Span, rule: Rule, message: impl Into<String>) -> Self {
        Self {
            file: Arc::clone(file),
            span,
            rule,
            severity: rule.default_severity(),
            target: None,
            message: message.into(),
            help: None,
            fix: None,
        }
    }

    /// The same finding with its target.
    #[must_use]
    pub fn target(mut self, target: impl Into<String>) -> Self {
        self.target = Some(target.into());
        self
    }

    /// The same finding with help.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same finding with a certain fix that replaces one span.
    #[must_use]
    pub fn fix(mut self, title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        self.fix = Some(Fix { title: title.into(), is_certain: true, edits: vec![Edit { span, text: text.into() }] });
        self
    }

    /// The same finding with a fix that replaces one span, and that a person should look at.
    #[must_use]
    pub fn likely_fix(mut self, title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        self.fix = Some(Fix { title: title.into(), is_certain: false, edits: vec![Edit { span, text: text.into() }] });
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_found_by_its_name() {
        for rule in Rule::ALL {
            assert_eq!(Rule::named(rule.name()), Some(*rule));
        }
        assert_eq!(Rule::named("no-such-rule"), None);
    }

    #[test]
    fn severities_are_ordered_from_least_to_most() {
        assert!(Severity::Off < Severity::Info && Severity::Info < Severity::Warn && Severity::Warn < Severity::Error);
    }
}
