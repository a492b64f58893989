//! What each file of the output was made from, as a hash: a file that would be made from the same again stays as it is.

use super::{
    Sources, generated,
    look::Look,
    plan::{Item, Plan},
    publish, search,
    theme::Theme,
};
use crate::{
    error::Error,
    file_state::FileState,
    site::{
        Destination, Fault, Followed, Site, SourceId, View,
        page::{LinkAttribute, LinkKind, Page, Part},
    },
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, mem, path::Path, sync::OnceLock};

/// A hash of everything that a file is made from.
type Digest = [u8; 32];

/// The files of an output, with what each was made from and how the disk had it then.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Outputs {
    files: BTreeMap<String, (Digest, FileState)>,
    /// What everything was made from.
    whole: Digest,
}

/// The hashes of a site, and the output that is there already.
pub(crate) struct Reuse<'a> {
    /// What everything is made from.
    whole: Digest,
    /// By page.
    pages: Vec<Digest>,
    before: &'a Outputs,
    target: &'a Path,
}

impl Outputs {
    /// Whether all files are as they were written.
    pub(crate) fn are_intact(&self, target: &Path) -> bool {
        self.files.par_iter().all(|(path, (_, state))| FileState::of(&target.join(path)) == Some(*state))
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether all files are there that were made from the same whole.
    fn holds_all_of(&self, target: &Path, whole: &Digest) -> bool {
        let is_there = |path: &str, state: &FileState| FileState::of(&target.join(path)) == Some(*state);
        self.whole == *whole && self.files.par_iter().all(|(path, (digest, state))| digest != whole || is_there(path, state))
    }

    fn holds(&self, target: &Path, path: &str, digest: &Digest) -> bool {
        let known = self.files.get(path).filter(|(known, _)| known == digest);
        known.is_some_and(|(_, state)| FileState::of(&target.join(path)) == Some(*state))
    }
}

impl<'a> Reuse<'a> {
    /// Hashes a site; `target` is where the output of then is.
    ///
    /// # Errors
    /// A picture or a page of `[theme]` that the site does not have.
    pub(crate) fn new(
        site: &Site,
        followed: &Followed,
        sources: &Sources<'_>,
        theme: &Theme,
        before: &'a Outputs,
        target: &'a Path,
    ) -> Result<Self, Error> {
        let shared = shared(site, theme)?;
        let files: Vec<OnceLock<Option<FileState>>> = site.files.iter().map(|_| OnceLock::new()).collect();
        let pages: Vec<Digest> = site
            .ids()
            .collect::<Vec<_>>()
            .into_par_iter()
            .map(|id| {
                let page = site.page(id);
                let history = sources.history;
                let mut bytes = shared.to_vec();
                put(&mut bytes, &format!("{:?}{:?}", history.updated(page), history.contributors(page)));
                let mut hashing = Hashing { site, files: &files, bytes };
                hashing.page(page, &followed[id.0 as usize]);
                blake3::hash(&hashing.bytes).into()
            })
            .collect();
        let whole = blake3::hash(&[&[shared], &*pages].concat().concat()).into();
        Ok(Self { whole, pages, before, target })
    }

    /// Whether a file is there as it would be made.
    pub(super) fn has(&self, path: &str, item: &Item, original: Option<&Path>) -> bool {
        self.digest(item, original).is_some_and(|digest| self.before.holds(self.target, path, &digest))
    }

    /// The pages that have to be whole: those whose files have to be made, those whose text the index asks for, or all where they are
    /// to be printed together.
    pub(crate) fn wanted(&self, site: &Site, index: &search::Plan) -> Vec<bool> {
        if site.config.joins_pages() && !self.before.holds_all_of(self.target, &self.whole) {
            return vec![true; site.pages.len()];
        }
        let mut wanted = vec![false; site.pages.len()];
        for view in site.languages.iter().flat_map(|(language, _)| site.views(language)) {
            let path = site.route_in(view.language, view.page).file();
            wanted[view.page.0 as usize] |= !self.before.holds(self.target, path, &self.pages[view.page.0 as usize]);
        }
        for page in index.wanted(&|path| self.is_intact(path)) {
            wanted[page.0 as usize] = true;
        }
        wanted
    }

    /// Whether a file is as the last build wrote it.
    pub(super) fn is_intact(&self, path: &str) -> bool {
        self.before.files.get(path).is_some_and(|(_, state)| FileState::of(&self.target.join(path)) == Some(*state))
    }

    /// The files of the search index, where all of them are there as they would be made.
    pub(crate) fn index(&self) -> Option<Vec<String>> {
        let files = self.before.files.iter().filter(|(path, _)| search::is_index(path));
        let mut files = files.map(|(path, _)| self.before.holds(self.target, path, &self.whole).then(|| path.clone())).peekable();
        files.peek()?;
        files.collect()
    }

    /// Takes note of what was written: each file with what it was made from.
    pub(super) fn outputs(&self, plan: &Plan<'_>, index: &[String]) -> Outputs {
        let of_items = plan.items().map(|(path, item)| (path, self.digest(item, plan.original(item)).unwrap_or_default()));
        let of_index = index.iter().map(|path| (path.as_str(), self.whole));
        let all: Vec<(&str, Digest)> = of_items.chain(of_index).collect();
        let files = all
            .into_par_iter()
            .filter_map(|(path, digest)| Some((path.to_owned(), (digest, FileState::of(&self.target.join(path))?))))
            .collect();
        Outputs { files, whole: self.whole }
    }

    /// What a file is made from; none for one that is made in any case.
    fn digest(&self, item: &Item, original: Option<&Path>) -> Option<Digest> {
        match item {
            Item::Page(View { page, .. }) | Item::Published(publish::Kind::Edition(page)) => Some(self.pages[page.0 as usize]),
            // It begins with a file of the author's, whose bytes are in no hash.
            Item::Generated(generated::Kind::Host(_)) | Item::Asset(_) | Item::Empty => None,
            Item::Generated(_) | Item::Sheet(_) | Item::Export(_) | Item::Published(_) => Some(self.whole),
            // Its name says what it is made from.
            Item::Card => Some([1; 32]),
            Item::File(_) | Item::Form(_) => {
                let state = FileState::settled(original?)?;
                Some(*blake3::hash(format!("{state:?}").as_bytes()).as_bytes())
            }
        }
    }
}

/// What all pages have in common: the theme, and what of each page others show.
fn shared(site: &Site, theme: &Theme) -> Result<Digest, Error> {
    let mut bytes = theme.digest().to_vec();
    for (language, _) in site.languages.iter() {
        put(&mut bytes, &Look::new(site, language)?);
        put(&mut bytes, site.navigation(language).nodes());
        put(&mut bytes, &site.hub(language).map(crate::site::route::Route::file));
        for (page, route) in site.stand_ins(language) {
            put(&mut bytes, &(page.0, route.file()));
        }
    }
    for (page, route) in site.pages.iter().zip(&site.routes) {
        put(&mut bytes, &(&*page.path, route.file(), &page.title, page.has_heading, page.language, &page.common, &page.front_matter));
        if !page.checklists.is_empty() {
            put(&mut bytes, &page.checklists);
        }
    }
    // What the program would publish gives way to a file of the author's, and pages name what is published: feeds, the guides' Markdown.
    for file in site.files.iter().filter(|file| is_in_the_way(&file.path)) {
        put(&mut bytes, &(&*file.path, file.is_static));
    }
    Ok(blake3::hash(&bytes).into())
}

/// Whether a file can have the name of one that the program publishes for programs.
fn is_in_the_way(path: &str) -> bool {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    ["md", "txt", "xml"].iter().any(|published| extension.eq_ignore_ascii_case(published))
}

/// Adds a value with its length.
fn put<T: Serialize + ?Sized>(bytes: &mut Vec<u8>, value: &T) {
    let start = bytes.len();
    bytes.extend([0; 8]);
    match postcard::to_extend(value, mem::take(bytes)) {
        Ok(longer) => {
            *bytes = longer;
            let length = (bytes.len() - start) as u64;
            bytes[start..start + 8].copy_from_slice(&length.to_le_bytes());
        }
        // What cannot be hashed makes every hash another: nothing is reused then.
        Err(_) => *bytes = format!("{:?}", std::time::Instant::now()).into_bytes(),
    }
}

/// Takes in what one page depends on alone.
struct Hashing<'a> {
    site: &'a Site,
    files: &'a [OnceLock<Option<FileState>>],
    bytes: Vec<u8>,
}

impl Hashing<'_> {
    fn page(&mut self, page: &Page, followed: &[Result<Destination, Fault>]) {
        self.bytes.extend(page.digest);
        for (link, followed) in page.links.iter().zip(followed) {
            self.link(link.kind, followed);
        }
        for inclusion in &page.inclusions {
            let Part::Made(part) = &inclusion.part else { continue };
            let Ok(Destination::Page(owner, _)) = &followed[inclusion.link as usize] else {
                self.page(part, &[]);
                continue;
            };
            let followed: Vec<_> = part.links.iter().map(|link| self.site.follow_from_part(*owner, part, link)).collect();
            self.page(part, &followed);
        }
    }

    fn link(&mut self, kind: LinkKind, followed: &Result<Destination, Fault>) {
        let mut texts = |tag: u8, one: &str, two: &str| {
            self.bytes.push(tag);
            for text in [one, two] {
                self.bytes.extend((text.len() as u64).to_le_bytes());
                self.bytes.extend(text.as_bytes());
            }
        };
        match followed {
            Ok(Destination::Page(SourceId(id), suffix)) => texts(1, &self.site.pages[*id as usize].path, suffix),
            Ok(Destination::File(id, suffix)) => {
                let file = self.site.file(*id);
                texts(2, &file.path, suffix);
                let is_shown =
                    kind == LinkKind::Image || matches!(kind, LinkKind::Attribute(attribute) if attribute.name == LinkAttribute::Src);
                if is_shown {
                    let state = self.files[id.0 as usize].get_or_init(|| FileState::of(&file.disk));
                    put(&mut self.bytes, state);
                }
            }
            Ok(Destination::Same(suffix)) => texts(3, suffix, ""),
            Ok(Destination::Address) => texts(4, "", ""),
            Ok(Destination::Repository(address)) => texts(5, address, ""),
            Err(fault) => texts(6, &format!("{fault:?}"), ""),
        }
    }
}
