//! `milepost.toml` as a typed value with every key defaulted; text in, [`Config`] or an error with its place out.

mod check;
mod checklists;
mod external;
mod images;
mod languages;
mod markdown;
mod print;
mod publish;
mod redirects;
mod search;
mod theme;

pub use check::{Check, PathRules, Severities, ShortcutReferences};
pub use checklists::{Checklists, Derive, DeriveFrom};
pub use external::{CACHE, CachePlace, External, Host, StatusCodes};
pub use images::{ImageFormat, Images};
pub use languages::{Direction, LanguageTable};
pub use markdown::Markdown;
pub use print::Print;
pub use publish::{Cards, Git, Publish};
pub use redirects::{RedirectFormat, Redirects};
pub use search::Search;
pub use theme::{Appearance, Color, FooterLink};

use crate::{
    diagnostic::{Rule, Severity},
    error::{Error, SourceError},
};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};
use toml::Spanned;

/// The name of the file in an output folder that lists what the program wrote there.
pub const MANIFEST: &str = ".milepost-manifest";

/// The folder of what is kept between runs, from the configuration's folder.
pub const CACHES: &str = ".milepost-cache";

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
    /// The languages that guides are translated to, by their tags.
    pub languages: BTreeMap<Spanned<String>, LanguageTable>,
    /// Where the site is published, for canonical addresses and for links written in full.
    pub base_url: Option<String>,
    /// The repository's address, such as `https://github.com/example/docs`.
    pub repository_url: Option<String>,
    /// Where a guide can be edited, with `{path}` for its path in the content folder.
    pub edit_url: Option<String>,
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
    /// What is written for programs.
    pub publish: Publish,
    /// What the history tells readers.
    pub git: Git,
    /// Keeps the ticks of this site apart from those of others under the same address.
    pub site_id: Option<String>,
    /// Checklists.
    pub checklists: Checklists,
    /// Smaller forms of images.
    pub images: Images,
    /// Redirects.
    pub redirects: Redirects,
    /// Pages to print at once.
    pub print: Print,
    /// How the site looks.
    pub theme: Appearance,
    /// Search.
    pub search: Search,
    /// The author's own values, passed to templates as `site.extra`.
    pub extra: BTreeMap<String, toml::Value>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            title: None,
            description: None,
            language: "en".to_owned(),
            languages: BTreeMap::new(),
            base_url: None,
            repository_url: None,
            edit_url: None,
            content: PathBuf::from("content"),
            output: PathBuf::from("public"),
            r#static: PathBuf::from("static"),
            templates: PathBuf::from("templates"),
            lowercase_addresses: false,
            markdown: Markdown::default(),
            check: Check::default(),
            external: External::default(),
            publish: Publish::default(),
            git: Git::default(),
            site_id: None,
            checklists: Checklists::default(),
            images: Images::default(),
            redirects: Redirects::default(),
            print: Print::default(),
            theme: Appearance::default(),
            search: Search::default(),
            extra: BTreeMap::new(),
        }
    }
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

    /// The configuration's file as findings name it, from the content folder.
    #[must_use]
    pub fn file_name(&self) -> String {
        redirects::named(&self.content)
    }

    /// The path of the site's root on its host, percent-encoded and with its slashes: `/`, or `/docs/`.
    #[must_use]
    pub fn base_path(&self) -> String {
        let base = self.base_url.as_deref().and_then(|base| url::Url::parse(base).ok());
        let path = base.map_or_else(String::new, |base| base.path().trim_matches('/').to_owned());
        if path.is_empty() { "/".to_owned() } else { format!("/{path}/") }
    }

    /// Whether some file is made of the HTML of many pages: those to print.
    #[must_use]
    pub fn joins_pages(&self) -> bool {
        self.print.sections || self.print.site
    }

    /// The severity of a rule where no pattern of `[[check.paths]]` says otherwise.
    #[must_use]
    pub fn severity(&self, rule: Rule) -> Severity {
        self.check.rules.get(&rule).copied().unwrap_or(rule.default_severity())
    }

    /// The severities of all rules in all files.
    #[must_use]
    pub fn severities(&self) -> Severities {
        Severities::new(&self.check)
    }

    fn validate(&self, text: &str, path: &Path) -> Result<(), Error> {
        for (key, value) in [("base-url", &self.base_url), ("repository-url", &self.repository_url), ("edit-url", &self.edit_url)] {
            if let Some(value) = value
                && !url::Url::parse(value).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
            {
                let message = format!("`{key}` is not an address: `{value}`");
                let help = Some("write it in full, such as `https://docs.example.com/`".to_owned());
                return Err(source_error(text, path, find_key(text, key), message, help));
            }
        }
        if [RedirectFormat::Netlify, RedirectFormat::Cloudflare].iter().all(|format| self.redirects.formats.contains(format)) {
            let message = "`netlify` and `cloudflare` both write `_redirects`".to_owned();
            return Err(source_error(text, path, find_key(text, "formats"), message, Some("keep the one that hosts the site".to_owned())));
        }
        if self.edit_url.as_ref().is_some_and(|address| !address.contains("{path}")) {
            let message = "`edit-url` does not say where the path of a guide goes".to_owned();
            let help = Some("write `{path}` there: `https://github.com/example/docs/edit/main/{path}`".to_owned());
            return Err(source_error(text, path, find_key(text, "edit-url"), message, help));
        }
        if let Some(Err((message, help))) = self.theme.color.as_ref().map(Color::hue) {
            return Err(source_error(text, path, find_key(text, "color"), message, Some(help.to_owned())));
        }
        for (key, value) in [("font", &self.theme.font), ("code-font", &self.theme.code_font)] {
            if let Some(value) = value
                && value.contains(['{', '}', ';', '<', '\n', '\\'])
            {
                let help = Some("write families as CSS does: `Inter, sans-serif`, or a `.woff2` file".to_owned());
                return Err(source_error(text, path, find_key(text, key), format!("`{key}` is no list of typefaces"), help));
            }
        }
        self.validate_languages(text, path)
    }

    fn validate_languages(&self, text: &str, path: &Path) -> Result<(), Error> {
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        for tag in self.languages.keys().map(Spanned::get_ref) {
            let place = find_key(text, &format!("languages.{tag}"));
            if !languages::is_tag(tag) {
                let help = Some("write it as `en`, `zh` or `pt-BR`: the tag is a part of addresses and of files' names".to_owned());
                return Err(source_error(text, path, place, format!("`{tag}` is no language tag"), help));
            }
            if let Some(other) = seen.insert(tag.to_lowercase(), tag) {
                let message = format!("the languages `{other}` and `{tag}` differ in letter case only");
                return Err(source_error(text, path, place, message, Some("keep one of them".to_owned())));
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
    fn a_language_must_have_a_tag_of_its_own() {
        let (wrong, help) = message("title = \"x\"\n[languages.Chinese]\nname = \"中文\"\n");
        assert_eq!(wrong, "milepost.toml:2: `Chinese` is no language tag");
        assert!(help.is_some_and(|help| help.contains("`zh`")));
        let (wrong, _) = message("[languages.ZH]\n[languages.zh]\n");
        assert_eq!(wrong, "milepost.toml:2: the languages `ZH` and `zh` differ in letter case only");
        let (wrong, help) = message("[languages.zh]\ndirection = \"up\"\n");
        assert!(wrong.starts_with("milepost.toml:2: unknown variant `up`"), "{wrong}");
        assert!(help.is_some_and(|help| help.contains("rtl")));
        let (wrong, help) = message("[languages.zh]\nnmae = \"x\"\n");
        assert!(wrong.starts_with("milepost.toml:2: unknown field `nmae`"), "{wrong}");
        assert_eq!(help.as_deref(), Some("did you mean `name`?"));
    }

    #[test]
    fn a_base_url_must_be_an_address() {
        let (message, _) = message("base-url = \"docs.example.com\"\n");
        assert_eq!(message, "milepost.toml:1: `base-url` is not an address: `docs.example.com`");
    }
}
