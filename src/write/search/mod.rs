//! Pages to the files of a search index for each language; drafts, `search: false`, lists and redirects stay out.

mod files;
mod index;
mod places;
mod words;

use crate::{
    error::Error,
    site::{Site, View},
};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// The folder of all indexes, from the site's root: no guide's address leads there.
const FOLDER: &str = "assets/milepost-search";

/// Whether a file of the output is one of an index.
pub(crate) fn is_index(file: &str) -> bool {
    file.strip_prefix(FOLDER).is_some_and(|rest| rest.starts_with('/'))
}

/// The indexes of a site, ready to be written.
pub(crate) struct Indexes<'a> {
    site: &'a Site,
    by_language: BTreeMap<String, Index>,
}

struct Index {
    pages: Vec<View>,
    /// The first word of each part, and its file.
    parts: Vec<(String, String)>,
    words: String,
    /// The place of each text's first page.
    texts: Vec<usize>,
}

impl<'a> Indexes<'a> {
    /// Reads all pages, once the site is complete.
    pub(super) fn new(site: &'a Site) -> Self {
        let by_language = by_language(site).into_iter().map(|(language, pages)| (language, Index::new(site, pages))).collect();
        Self { site, by_language }
    }

    /// Every file that [`Indexes::write`] writes.
    pub(super) fn paths(&self) -> impl Iterator<Item = String> {
        self.by_language.iter().flat_map(|(language, index)| {
            let parts = (0..index.parts.len()).map(|number| format!("part-{number}.js"));
            let texts = (0..index.texts.len()).map(|number| format!("text-{number}.js"));
            let names = parts.chain(texts).chain(["index.js".to_owned(), "words.js".to_owned()]);
            names.map(move |name| format!("{FOLDER}/{language}/{name}"))
        })
    }

    /// Writes all files.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub(crate) fn write(&self, write: Write<'_>) -> Result<(), Error> {
        self.by_language.iter().try_for_each(|(language, index)| index.write(self.site, &format!("{FOLDER}/{language}"), write))
    }
}

/// Where files go: to an output, or into the memory of a server.
pub(crate) type Write<'a> = &'a (dyn Fn(&str, &[u8]) -> Result<(), Error> + Sync);

/// The pages of each index, by the name of its folder.
fn by_language(site: &Site) -> BTreeMap<String, Vec<View>> {
    let mut by_language: BTreeMap<String, Vec<View>> = BTreeMap::new();
    let views = site.languages.iter().flat_map(|(language, _)| site.views(language));
    for view in views.filter(|view| site.config.search.enabled && site.setting(view.page, |settings| settings.search) != Some(false)) {
        // A page that stands in for a translation is among the pages of the language that it stands in for.
        let stands_in = site.page(view.page).language != view.language;
        let language = if stands_in { &site.languages.get(view.language).tag } else { site.language_of(view.page) };
        by_language.entry(key(language)).or_default().push(view);
    }
    by_language
}

/// The languages that have an index.
pub(super) struct Folders(BTreeSet<String>);

impl Folders {
    /// Those of a site, before any index is made.
    pub(super) fn of_site(site: &Site) -> Self {
        Self(by_language(site).into_keys().collect())
    }

    /// The folder of the index for a page in a language, from the site's root; none where nothing can be searched.
    pub(super) fn of(&self, language: &str) -> Option<String> {
        let key = key(language);
        self.0.contains(&key).then(|| format!("{FOLDER}/{key}/"))
    }
}

impl Index {
    fn new(site: &Site, pages: Vec<View>) -> Self {
        let terms = index::terms(site, &pages);
        let texts = files::texts(site, &pages);
        Self { parts: files::parts(&terms), words: files::common_words(&terms), texts, pages }
    }

    fn write(&self, site: &Site, folder: &str, write: Write<'_>) -> Result<(), Error> {
        let mut version = blake3::Hasher::new();
        for (number, (_, part)) in self.parts.iter().enumerate() {
            version.update(part.as_bytes());
            write(&format!("{folder}/part-{number}.js"), part.as_bytes())?;
        }
        let hashes: Vec<blake3::Hash> = (0..self.texts.len())
            .into_par_iter()
            .map(|number| {
                let end = self.texts.get(number + 1).copied().unwrap_or(self.pages.len());
                let text = files::text(site, number, &self.pages[self.texts[number]..end]);
                write(&format!("{folder}/text-{number}.js"), text.as_bytes())?;
                Ok(blake3::hash(text.as_bytes()))
            })
            .collect::<Result<_, Error>>()?;
        for hash in hashes {
            version.update(hash.as_bytes());
        }
        write(&format!("{folder}/words.js"), self.words.as_bytes())?;
        let firsts = self.parts.iter().map(|(first, _)| first.clone()).collect();
        let version = version.finalize().to_hex()[..8].to_owned();
        let entry = files::Entry::new(version, self.pages.len(), firsts, &self.texts);
        write(&format!("{folder}/index.js"), entry.file().as_bytes())
    }
}

/// A language as the name of a folder.
fn key(language: &str) -> String {
    let key: String = language.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    if key.is_empty() { "und".to_owned() } else { key.to_ascii_lowercase() }
}
