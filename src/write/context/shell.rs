//! What templates see that is the same on every page, or on every page of one language: site, assets, words.

use crate::{
    error::Error,
    site::{Site, language::LanguageId},
    write::{look::Look, theme::Theme},
};
use serde::Serialize;
use std::collections::BTreeMap;
use tera::{Context, Value};

/// The program's name and version, for the `generator` meta tag.
const GENERATOR: &str = concat!("Milepost ", env!("CARGO_PKG_VERSION"));

/// What is the same on every page.
pub(in crate::write) struct Shell<'a> {
    /// By language.
    sites: Vec<Value>,
    pub(super) theme: &'a Theme,
    /// By the language of the words, the assets with the script of those words, and the words.
    tongues: BTreeMap<&'a str, Tongue>,
}

/// What differs by language and is the same on every page of one.
struct Tongue {
    assets: Value,
    words: Value,
}

#[derive(Serialize)]
struct SiteContext<'a> {
    title: &'a str,
    description: Option<&'a str>,
    language: &'a str,
    direction: &'static str,
    base_url: Option<&'a str>,
    repository_url: Option<&'a str>,
    extra: &'a BTreeMap<String, toml::Value>,
    theme: Look<'a>,
}

impl<'a> Shell<'a> {
    /// Makes it.
    ///
    /// # Errors
    /// A picture or a page of `[theme]` that the site does not have.
    pub(in crate::write) fn new(site: &Site, theme: &'a Theme) -> Result<Self, Error> {
        let shared: BTreeMap<String, &str> =
            theme.assets().map(|asset| (asset.name.clone(), asset.path.as_str())).chain(short_names(theme)).collect();
        let mut tongues = BTreeMap::new();
        for asset in theme.assets() {
            let Some(language) = asset.name.strip_prefix("words/").and_then(|name| name.strip_suffix(".js")) else { continue };
            let mut assets = shared.clone();
            assets.insert("words".to_owned(), &asset.path);
            let words = Value::from_serializable(&theme.words().of(language).page);
            tongues.insert(language, Tongue { assets: Value::from_serializable(&assets), words });
        }
        let sites = site.languages.iter().map(|(id, language)| {
            Ok(Value::from_serializable(&SiteContext {
                title: site.title(id),
                description: site.description(id),
                language: &language.tag,
                direction: language.direction.word(),
                base_url: site.config.base_url.as_deref(),
                repository_url: site.config.repository_url.as_deref(),
                extra: &site.config.extra,
                theme: Look::new(site, id)?,
            }))
        });
        Ok(Self { sites: sites.collect::<Result<_, Error>>()?, theme, tongues })
    }

    /// Adds what every template sees on a page: the site in a language, and the words of the page's own.
    pub(super) fn dress(&self, context: &mut Context, language: LanguageId, page: &str) {
        context.insert_value("site", self.sites[language.0 as usize].clone());
        let tongue = &self.tongues[self.theme.words().nearest(page)];
        context.insert_value("assets", tongue.assets.clone());
        context.insert_value("words", tongue.words.clone());
        context.insert("generator", GENERATOR);
    }
}

/// The names of the built-in assets without their extension: `assets.style` reads better than `assets["style.css"]`.
fn short_names(theme: &Theme) -> impl Iterator<Item = (String, &str)> {
    let known = [
        ("style.css", "style"),
        ("script.js", "script"),
        ("theme.js", "theme"),
        ("checklist.js", "checklist"),
        ("tabs.js", "tabs"),
        ("search.js", "search"),
        ("enlarge.js", "enlarge"),
    ];
    theme.assets().filter_map(move |asset| {
        let (_, short) = known.iter().find(|(name, _)| *name == asset.name)?;
        Some(((*short).to_owned(), asset.path.as_str()))
    })
}
