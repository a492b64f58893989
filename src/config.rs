//! `milepost.toml` as a typed value with every key defaulted; text in, [`Config`] or an error with its place out.

use crate::{
    diagnostic::{Rule, Severity},
    error::{Error, SourceError},
};
use globset::{Glob, GlobMatcher};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// The name of the file in an output folder that lists what the program wrote there.
pub const MANIFEST: &str = ".milepost-manifest";

/// The name of the configuration file.
pub const FILE_NAME: &str = "milepost.toml";

/// The whole configuration, as the file writes it.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Config {
    /// The site's name; without it the home page's title, then the folder's name.
    pub title: Option<String>,
    /// One sentence about the site, for search engines.
    pub description: Option<String>,
    /// The language of the guides, as a BCP 47 tag.
    pub language: String,
    /// Where the site is published, for canonical addresses and for links written in full.
    pub base_url: Option<String>,
    /// The repository's address, such as `https://github.com/example/docs`.
    pub repository_url: Option<String>,
    /// The folder of guides, relative to the configuration file.
    pub content: PathBuf,
    /// The folder that the site is written to, relative to the configuration file.
    pub output: PathBuf,
    /// The folder that is copied whole, relative to the configuration file.
    pub r#static: PathBuf,
    /// The folder of the author's templates, relative to the configuration file.
    pub templates: PathBuf,
    /// Whether addresses are lower-cased instead of keeping the source's letter case.
    pub lowercase_addresses: bool,
    /// The dialect.
    pub markdown: Markdown,
    /// What is checked.
    pub check: Check,
    /// External addresses.
    pub external: External,
    /// Keeps the ticks of this site apart from those of others under the same address.
    pub site_id: Option<String>,
    /// Checklists.
    pub checklists: Checklists,
    /// The author's own values, passed to templates as `site.extra`.
    pub extra: BTreeMap<String, toml::Value>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            title: None,
            description: None,
            language: "en".to_owned(),
            base_url: None,
            repository_url: None,
            content: PathBuf::from("content"),
            output: PathBuf::from("public"),
            r#static: PathBuf::from("static"),
            templates: PathBuf::from("templates"),
            lowercase_addresses: false,
            markdown: Markdown::default(),
            check: Check::default(),
            external: External::default(),
            site_id: None,
            checklists: Checklists::default(),
            extra: BTreeMap::new(),
        }
    }
}

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
    /// Whether code blocks are coloured at build time.
    pub highlight: bool,
}

impl Default for Markdown {
    fn default() -> Self {
        Self { heading_attributes: true, wikilinks: false, math: false, smart_punctuation: false, highlight: true }
    }
}

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

/// The file of what is known of external addresses, from the configuration's folder.
pub const CACHE: &str = ".milepost-cache/links.tsv";

/// `[external]`: how external addresses are asked for.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct External {
    /// How long an answer may take, in milliseconds.
    pub timeout_ms: u64,
    /// How often a failure that may pass is tried again.
    pub retries: u32,
    /// How long the first wait before another try is, in milliseconds; it doubles.
    pub retry_wait_ms: u64,
    /// The most redirects that are followed.
    pub max_redirects: usize,
    /// The longest that a host's `Retry-After` is honoured, in seconds.
    pub max_retry_after_s: u64,
    /// Whether fragments are looked for on the pages.
    pub fragments: bool,
    /// Whether addresses of this machine and its network may be asked.
    pub allow_private_addresses: bool,
    /// Status codes that count as found, beside 2xx.
    pub accept: Vec<StatusCodes>,
    /// Regular expressions of addresses that are not asked for.
    pub exclude: Vec<String>,
    /// Regular expressions of addresses that are asked for although they are known to be no pages.
    pub include: Vec<String>,
    /// What the program calls itself.
    pub user_agent: Option<String>,
    /// The most requests at once.
    pub concurrency: usize,
    /// The most requests to one host at once.
    pub host_concurrency: usize,
    /// The least time between two requests to one host, in milliseconds.
    pub host_pause_ms: u64,
    /// Where outcomes are kept.
    pub cache: CachePlace,
    /// How long what was found is believed, in days.
    pub keep_found_days: u32,
    /// How long a redirect is believed, in days.
    pub keep_redirect_days: u32,
    /// How long what is broken is believed, in hours.
    pub keep_broken_hours: u32,
    /// Hosts with limits and headers of their own.
    pub hosts: BTreeMap<String, Host>,
}

impl Default for External {
    fn default() -> Self {
        Self {
            timeout_ms: 20_000,
            retries: 2,
            retry_wait_ms: 1_000,
            max_redirects: 10,
            max_retry_after_s: 60,
            fragments: false,
            allow_private_addresses: false,
            accept: Vec::new(),
            exclude: Vec::new(),
            include: Vec::new(),
            user_agent: None,
            concurrency: 64,
            host_concurrency: 4,
            host_pause_ms: 50,
            cache: CachePlace::Use(true),
            keep_found_days: 7,
            keep_redirect_days: 1,
            keep_broken_hours: 1,
            hosts: BTreeMap::new(),
        }
    }
}

/// One status code, or several in lychee's notation: `200..=299`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(untagged)]
pub enum StatusCodes {
    /// One.
    One(u16),
    /// A range.
    Range(String),
}

/// Whether outcomes are kept, or where.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(untagged)]
pub enum CachePlace {
    /// In the usual place, or not at all.
    Use(bool),
    /// In a file, from the configuration's folder.
    At(PathBuf),
}

/// `[external.hosts."example.com"]`: one host.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Host {
    /// Headers for this host only; `${NAME}` stands for an environment variable.
    pub headers: BTreeMap<String, String>,
    /// The most requests at once.
    pub concurrency: Option<usize>,
    /// The least time between two requests, in milliseconds.
    pub pause_ms: Option<u64>,
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
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Derive {
    /// Each heading of the second level.
    Headings,
    /// Each `- [ ]` item.
    Items,
    /// Each item of the outermost numbered lists.
    Ordered,
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

impl Config {
    /// Reads a configuration from its text; `path` is for messages only.
    ///
    /// # Errors
    /// Text that is not TOML, an unknown key or a value of the wrong kind, with its place.
    pub fn parse(text: &str, path: &Path) -> Result<Self, Error> {
        let config: Self = toml::from_str(text).map_err(|error| {
            let span = error.span().unwrap_or(0..0);
            let help = unknown_name(error.message());
            let message = error.message().lines().next().unwrap_or_default();
            let message = if help.is_some() { message.split(", expected ").next().unwrap_or(message) } else { message };
            source_error(text, path, span, message.to_owned(), help)
        })?;
        config.validate(text, path)?;
        Ok(config)
    }

    /// The severity of a rule where no pattern of `[[check.paths]]` says otherwise.
    #[must_use]
    pub fn severity(&self, rule: Rule) -> Severity {
        self.check.rules.get(&rule).copied().unwrap_or(rule.default_severity())
    }

    /// The severities of all rules in all files.
    #[must_use]
    pub fn severities(&self) -> Severities {
        let paths = self.check.paths.iter().map(|entry| (entry.pages.compile_matcher(), entry.rules.clone())).collect();
        Severities { site: self.check.rules.clone(), paths }
    }

    fn validate(&self, text: &str, path: &Path) -> Result<(), Error> {
        for (key, value) in [("base-url", &self.base_url), ("repository-url", &self.repository_url)] {
            if let Some(value) = value
                && !url::Url::parse(value).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
            {
                let message = format!("`{key}` is not an address: `{value}`");
                let help = Some("write it in full, such as `https://docs.example.com/`".to_owned());
                return Err(source_error(text, path, find_key(text, key), message, help));
            }
        }
        Ok(())
    }
}

fn source_error(text: &str, path: &Path, span: std::ops::Range<usize>, message: String, help: Option<String>) -> Error {
    Error::Source(Box::new(SourceError { path: path.display().to_string(), text: text.to_owned(), span, message, help }))
}

fn find_key(text: &str, key: &str) -> std::ops::Range<usize> {
    text.find(key).map_or(0..0, |start| start..start + key.len())
}

/// The nearest of the names that toml's message lists: ``unknown field `x`, expected one of `a`, `b` ``.
fn unknown_name(message: &str) -> Option<String> {
    let (wrong, known) = message.split_once(", expected ")?;
    let wrong = wrong.split('`').nth(1)?;
    let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
    let nearest = known.iter().max_by(|a, b| strsim::jaro_winkler(wrong, a).total_cmp(&strsim::jaro_winkler(wrong, b)))?;
    Some(if strsim::jaro_winkler(wrong, nearest) > 0.8 {
        format!("did you mean `{nearest}`?")
    } else {
        format!("known here: {}", known.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> (String, Option<String>) {
        let error = Config::parse(text, Path::new("milepost.toml")).expect_err("the text is wrong");
        (error.to_string(), error.help().map(str::to_owned))
    }

    #[test]
    fn an_empty_file_is_the_default() {
        assert_eq!(Config::parse("", Path::new("x")).expect("empty is fine"), Config::default());
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line_and_the_nearest_key() {
        let (message, help) = message("title = \"x\"\nbaseurl = \"https://x.test/\"\n");
        assert!(message.starts_with("milepost.toml:2: unknown field `baseurl`"), "{message}");
        assert_eq!(help.as_deref(), Some("did you mean `base-url`?"));
    }

    #[test]
    fn an_unknown_rule_is_named() {
        let (message, help) = message("[check.rules]\nmising-file = \"warn\"\n");
        assert!(message.starts_with("milepost.toml:2:"), "{message}");
        assert_eq!(help.as_deref(), Some("did you mean `missing-file`?"));
    }

    #[test]
    fn of_the_patterns_that_fit_a_file_the_last_that_names_the_rule_holds() {
        let text = "[check.rules]\nmissing-file = \"info\"\norphan-page = \"off\"\n\
            [[check.paths]]\npages = \"drafts/**\"\nrules = { missing-file = \"off\", orphan-page = \"warn\" }\n\
            [[check.paths]]\npages = \"drafts/soon/*\"\nrules = { missing-file = \"error\" }\n";
        let severities = Config::parse(text, Path::new("x")).expect("it is sound").severities();
        assert_eq!(severities.of(Rule::MissingFile, "a.md"), Severity::Info);
        assert_eq!(severities.of(Rule::MissingFile, "drafts/a.md"), Severity::Off);
        assert_eq!(severities.of(Rule::MissingFile, "drafts/soon/a.md"), Severity::Error);
        assert_eq!(severities.of(Rule::OrphanPage, "drafts/soon/a.md"), Severity::Warn);
        assert_eq!(severities.of(Rule::FragmentCase, "drafts/a.md"), Severity::Error);
        assert!(!severities.never(Rule::OrphanPage) && severities.never(Rule::Redirect));
    }

    #[test]
    fn a_base_url_must_be_an_address() {
        let (message, _) = message("base-url = \"docs.example.com\"\n");
        assert_eq!(message, "milepost.toml:1: `base-url` is not an address: `docs.example.com`");
    }
}
