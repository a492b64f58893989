//! The languages of a site, and which of them a source belongs to: configuration and a path in, language and common path out.

use super::page::Page;
use crate::{
    config::{Config, Direction, LanguageTable},
    diagnostic::{Diagnostic, Rule, Span},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, sync::Arc};

/// The index of a language in its site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LanguageId(pub u32);

impl LanguageId {
    /// The site's own language.
    pub const DEFAULT: Self = Self(0);
}

/// One language of a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Language {
    /// Its BCP 47 tag, as it is configured.
    pub tag: String,
    /// What it is called in the switcher, where it is configured.
    pub name: Option<String>,
    /// The site's name in it.
    pub title: Option<String>,
    /// One sentence about the site in it.
    pub description: Option<String>,
    /// Its writing direction.
    pub direction: Direction,
    /// Whether pages without a translation are shown in the site's own language.
    pub fallback: bool,
    /// What addresses begin with: `zh/`; nothing for the site's own language.
    pub prefix: String,
}

/// The languages of a site, its own first, then by tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Languages(Vec<Language>);

impl Languages {
    /// The languages that a configuration names.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let is_own = |tag: &str| tag.eq_ignore_ascii_case(&config.language);
        let table = config.languages.iter().find(|(tag, _)| is_own(tag.get_ref())).map(|(_, table)| table.clone()).unwrap_or_default();
        let own = Language {
            prefix: String::new(),
            title: table.title.clone().or_else(|| config.title.clone()),
            description: table.description.clone().or_else(|| config.description.clone()),
            ..language(&config.language, &table, config)
        };
        let others =
            config.languages.iter().filter(|(tag, _)| !is_own(tag.get_ref())).map(|(tag, table)| language(tag.get_ref(), table, config));
        Self(std::iter::once(own).chain(others).collect())
    }

    /// Whether the site has one language only.
    #[must_use]
    pub fn is_one(&self) -> bool {
        self.0.len() == 1
    }

    /// A language by its index.
    #[must_use]
    pub fn get(&self, id: LanguageId) -> &Language {
        &self.0[id.0 as usize]
    }

    /// Every language with its index, the site's own first.
    pub fn iter(&self) -> impl Iterator<Item = (LanguageId, &Language)> {
        self.0.iter().enumerate().map(|(position, language)| (LanguageId(super::index(position)), language))
    }

    /// The language of a source, and the path that it shares with its translations, where that is another than its own:
    /// `a/page.md` for `a/page.zh.md` and for `zh/a/page.md`.
    #[must_use]
    pub fn of_path(&self, path: &str) -> (LanguageId, Option<Arc<str>>) {
        if self.is_one() {
            return (LanguageId::DEFAULT, None);
        }
        let (folder, rest) = match path.split_once('/').and_then(|(first, rest)| Some((self.named(first)?, rest))) {
            Some((language, rest)) => (Some(language), rest),
            None => (None, path),
        };
        let (suffix, common) = match self.suffix(rest) {
            Some((language, common)) => (Some(language), Some(common)),
            None => (None, None),
        };
        match (suffix.or(folder), common) {
            (None, _) => (LanguageId::DEFAULT, None),
            (Some(language), Some(common)) => (language, Some(common.into())),
            (Some(language), None) => (language, Some(rest.into())),
        }
    }

    /// The path that a translation gets when the path that it shares with its original becomes another: the folder of its language and
    /// the language before its extension stay as they are written.
    #[must_use]
    pub fn with_common_path(&self, path: &str, common: &str) -> Option<String> {
        let (first, rest) = path.split_once('/').unwrap_or(("", path));
        let is_folder = !first.is_empty() && self.named(first).is_some();
        let (folder, name) = if is_folder { (format!("{first}/"), rest) } else { (String::new(), path) };
        let (stem, extension) = name.rsplit_once('.')?;
        let tag = stem.rsplit_once('.').map(|(_, tag)| tag).filter(|tag| !tag.contains('/') && self.named(tag).is_some());
        let tag = tag.map_or_else(String::new, |tag| format!(".{tag}"));
        let (stem, _) = common.rsplit_once('.')?;
        Some(format!("{folder}{stem}{tag}.{extension}"))
    }

    /// A folder's path without the folder of a language around it.
    #[must_use]
    pub fn section<'a>(&self, folder: &'a str) -> &'a str {
        let (first, rest) = folder.split_once('/').unwrap_or((folder, ""));
        if !self.is_one() && self.named(first).is_some() { rest } else { folder }
    }

    /// The language that a name before the extension tells, and the path without it.
    fn suffix(&self, path: &str) -> Option<(LanguageId, String)> {
        let (folder, name) = path.rfind('/').map_or(("", path), |at| path.split_at(at + 1));
        let (stem, extension) = name.rsplit_once('.')?;
        let (stem, tag) = stem.rsplit_once('.').filter(|(stem, _)| !stem.is_empty())?;
        Some((self.named(tag)?, format!("{folder}{stem}.{extension}")))
    }

    /// The language of a tag; letter case does not count in tags.
    #[must_use]
    pub fn named(&self, tag: &str) -> Option<LanguageId> {
        self.iter().find(|(_, language)| language.tag.eq_ignore_ascii_case(tag)).map(|(id, _)| id)
    }
}

fn language(tag: &str, table: &LanguageTable, config: &Config) -> Language {
    let prefix = if config.lowercase_addresses { tag.to_lowercase() } else { tag.to_owned() };
    Language {
        tag: tag.to_owned(),
        name: table.name.clone(),
        title: table.title.clone(),
        description: table.description.clone(),
        direction: table.direction.unwrap_or_else(|| Direction::of(tag)),
        fallback: table.fallback,
        prefix: format!("{prefix}/"),
    }
}

/// A finding for each language of the configuration that no page is in: all that its readers would find is in another language.
pub(super) fn unused<'a>(config: &Config, languages: &Languages, pages: impl Iterator<Item = &'a Page>) -> Vec<Diagnostic> {
    if languages.is_one() {
        return Vec::new();
    }
    let used: BTreeSet<LanguageId> = pages.map(|page| page.language).collect();
    let file: Arc<str> = config.file_name().into();
    let tables = config.languages.keys().filter_map(|key| Some((key, languages.named(key.get_ref())?)));
    let unused = tables.filter(|(_, language)| *language != LanguageId::DEFAULT && !used.contains(language));
    unused
        .map(|(key, _)| {
            let tag = key.get_ref();
            Diagnostic::new(
                &file,
                Span::new(key.span().start, key.span().end),
                Rule::UnusedLanguage,
                format!("no page is in the language `{tag}`"),
            )
            .target(tag.as_str())
            .help(format!(
                "put translations beside their originals, such as `page.{tag}.md`, or in the folder `{tag}/`, or remove the table"
            ))
        })
        .collect()
}

/// What the translations of a page have in common: its common path without the extension, or the folder that it stands for.
pub(super) fn identity(page: &Page) -> &str {
    let path = page.common_path();
    let (folder, name) = path.rfind('/').map_or(("", path), |at| path.split_at(at + 1));
    if super::route::index_rank(name).is_some() {
        return folder;
    }
    path.rsplit_once('.').map_or(path, |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str, paths: &[&str]) -> Vec<(u32, String)> {
        let config = Config::parse(text, std::path::Path::new("x")).expect("it is sound");
        let languages = Languages::new(&config);
        let place = |path: &&str| {
            let (language, common) = languages.of_path(path);
            (language.0, common.map_or_else(|| "as it is".to_owned(), |common| common.to_string()))
        };
        paths.iter().map(place).collect()
    }

    #[test]
    fn without_languages_every_path_is_as_it_is() {
        let same = (0, "as it is".to_owned());
        assert_eq!(places("", &["notes.zh.md", "zh/a.md", "en/a.md"]), [same.clone(), same.clone(), same.clone()]);
        assert_eq!(places("[languages.en]\nname = \"English\"\n", &["a.en.md"]), [same]);
    }

    #[test]
    fn suffixes_and_folders_tell_the_language() {
        let found = places(
            "[languages.zh-CN]\n[languages.ar]\n",
            &["a/page.md", "a/page.zh-cn.md", "zh-CN/a/page.md", "ar/README.md", "en/a/page.md", "page.en.md", "zh-CN/b.zh-CN.md"],
        );
        let expected =
            [(0, "as it is"), (2, "a/page.md"), (2, "a/page.md"), (1, "README.md"), (0, "a/page.md"), (0, "page.md"), (2, "b.md")];
        assert_eq!(found, expected.map(|(language, path)| (language, path.to_owned())));
    }

    #[test]
    fn a_translation_keeps_its_form_when_its_path_becomes_another() {
        let config = Config::parse("[languages.zh]\n", std::path::Path::new("x")).expect("it is sound");
        let languages = Languages::new(&config);
        let new = |path: &str| languages.with_common_path(path, "b/new.md").unwrap_or_default();
        let found = ["a/old.ZH.md", "zh/a/old.md", "zh/a/v1.2.zh.markdown"].map(new);
        assert_eq!(found, ["b/new.ZH.md", "zh/b/new.md", "zh/b/new.zh.markdown"]);
    }

    #[test]
    fn other_dots_and_deeper_folders_tell_nothing() {
        let found = places("[languages.zh]\n", &["v1.2.md", ".zh.md", "a/zh/page.md", "page.zh"]);
        assert!(found.iter().all(|(language, path)| *language == 0 && path == "as it is"), "{found:?}");
    }
}
