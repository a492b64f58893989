//! Pages to the files of a search index for each language; drafts, `search: false`, lists and redirects stay out.

mod files;
mod index;
mod kept;
mod outline;
mod places;
mod words;

use crate::{
    error::Error,
    site::{Site, SourceId, View},
};
use index::Group;
pub(crate) use kept::Kept;
use kept::KeptIndex;
pub(crate) use outline::Outline;
use outline::{Digest, Parted};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// The folder of all indexes, from the site's root: no guide's address leads there.
const FOLDER: &str = "assets/milepost-search";

/// Whether a file of the output is one of an index.
pub(crate) fn is_index(file: &str) -> bool {
    file.strip_prefix(FOLDER).is_some_and(|rest| rest.starts_with('/'))
}

/// What is known of the indexes before any text is read.
pub(crate) enum Plan {
    /// All files are there, as they would be made.
    Whole(Vec<String>),
    /// They are made, with what the last build kept.
    Pieces(Outline, Kept),
}

impl Plan {
    /// The plan of a site; `files` are those of its indexes, where all of them are there, and `kept` gives what there is otherwise.
    pub(crate) fn new(site: &Site, files: Option<Vec<String>>, kept: impl FnOnce() -> Kept) -> Self {
        files.map_or_else(|| Self::Pieces(Outline::new(site), kept()), Self::Whole)
    }

    /// The pages whose text is asked for; `is_there` tells whether a file is as the last build wrote it.
    pub(super) fn wanted(&self, is_there: &(dyn Fn(&str) -> bool + Sync)) -> Vec<SourceId> {
        match self {
            Self::Whole(_) => Vec::new(),
            Self::Pieces(outline, kept) => outline.wanted(kept, is_there),
        }
    }
}

/// The indexes of a site, ready to be written.
pub(crate) struct Indexes<'a> {
    site: &'a Site,
    by_language: Vec<(&'a str, Index<'a>)>,
}

struct Index<'a> {
    parted: &'a Parted,
    /// The words of each group, in their order.
    groups: Vec<Group>,
    /// What the last build made of texts.
    kept: KeptIndex,
    /// The first word of each part, and its file.
    parts: Vec<(String, String)>,
    words: String,
}

impl<'a> Indexes<'a> {
    /// Reads the pages of which nothing is kept, once the site is complete.
    pub(super) fn new(site: &'a Site, outline: &'a Outline, mut kept: Kept) -> Self {
        let of_language = |(language, parted): (&'a String, &'a Parted)| (&**language, Index::new(site, parted, kept.take(language)));
        Self { site, by_language: outline.by_language.iter().map(of_language).collect() }
    }

    /// Every file that [`Indexes::write`] writes.
    pub(super) fn paths(&self) -> impl Iterator<Item = String> {
        self.by_language.iter().flat_map(|(language, index)| {
            let parts = (0..index.parts.len()).map(|number| format!("part-{number}.js"));
            let texts = (0..index.parted.texts.len()).map(|number| format!("text-{number}.js"));
            let names = parts.chain(texts).chain(["index.js".to_owned(), "words.js".to_owned()]);
            names.map(move |name| format!("{FOLDER}/{language}/{name}"))
        })
    }

    /// Writes all files, but for texts that are there already as they would be made; gives what is to be kept for the next build.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub(crate) fn write(self, write: Write<'_>, is_there: &(dyn Fn(&str) -> bool + Sync)) -> Result<Kept, Error> {
        let mut kept = Kept::default();
        for (language, index) in self.by_language {
            kept.put(language, index.write(self.site, language, write, is_there)?);
        }
        Ok(kept)
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

impl<'a> Index<'a> {
    fn new(site: &Site, parted: &'a Parted, mut kept: KeptIndex) -> Self {
        let mut groups: Vec<Option<Group>> = parted.groups.iter().map(|piece| kept.groups.remove(&piece.digest)).collect();
        groups.par_iter_mut().zip(&parted.groups).filter(|(group, _)| group.is_none()).for_each(|(group, piece)| {
            *group = Some(Group::of(site, &parted.pages[piece.pages.clone()]));
        });
        let groups: Vec<Group> = groups.into_iter().flatten().collect();
        let terms = index::terms(parted.groups.iter().map(|piece| piece.pages.start).zip(&groups));
        let (parts, words) = (files::parts(&terms), files::common_words(&terms));
        Self { parted, groups, kept, parts, words }
    }

    fn write(self, site: &Site, language: &str, write: Write<'_>, is_there: &(dyn Fn(&str) -> bool + Sync)) -> Result<KeptIndex, Error> {
        let Parted { pages, groups: pieces, texts } = self.parted;
        let folder = format!("{FOLDER}/{language}");
        let mut version = blake3::Hasher::new();
        for (number, (_, part)) in self.parts.iter().enumerate() {
            version.update(part.as_bytes());
            write(&format!("{folder}/part-{number}.js"), part.as_bytes())?;
        }
        let made: Vec<(Digest, Digest)> = texts
            .par_iter()
            .enumerate()
            .map(|(number, piece)| {
                let file = outline::text_file(language, number);
                let kept = self.kept.text(number, piece).filter(|_| is_there(&file));
                let hash = kept.map_or_else(
                    || {
                        let text = files::text(site, number, &pages[piece.pages.clone()]);
                        write(&file, text.as_bytes()).map(|()| *blake3::hash(text.as_bytes()).as_bytes())
                    },
                    Ok,
                )?;
                Ok((piece.digest, hash))
            })
            .collect::<Result<_, Error>>()?;
        for (_, hash) in &made {
            version.update(hash);
        }
        write(&format!("{folder}/words.js"), self.words.as_bytes())?;
        let firsts = self.parts.iter().map(|(first, _)| first.clone()).collect();
        let version = version.finalize().to_hex()[..8].to_owned();
        let entry = files::Entry::new(version, pages.len(), firsts, texts.iter().map(|text| text.pages.start));
        write(&format!("{folder}/index.js"), entry.file().as_bytes())?;
        Ok(KeptIndex { groups: pieces.iter().map(|piece| piece.digest).zip(self.groups).collect(), texts: made })
    }
}

/// A language as the name of a folder.
fn key(language: &str) -> String {
    let key: String = language.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    if key.is_empty() { "und".to_owned() } else { key.to_ascii_lowercase() }
}
