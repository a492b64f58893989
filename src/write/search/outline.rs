//! Which pages share a group of the index, and which share a text: known without the text itself, so that a page is read again only
//! where something of it has changed.

use super::{FOLDER, Kept, by_language, files};
use crate::site::{
    Site, SourceId, View,
    page::{Page, Part},
};
use rayon::prelude::*;
use std::{collections::BTreeMap, ops::Range};

/// The most that a text holds, in bytes of Markdown, if it holds several pages.
const TEXT: usize = 20 * 1024;
/// The most pages of a group: a thread takes one at a time, and one changed page makes its group anew.
const GROUP: usize = 64;

/// A hash of all that something is made from.
pub(super) type Digest = [u8; 32];

/// The pages of all indexes, by the name of each folder.
pub(crate) struct Outline {
    pub(super) by_language: BTreeMap<String, Parted>,
}

/// The pages of one index, twice in pieces.
pub(super) struct Parted {
    pub(super) pages: Vec<View>,
    pub(super) groups: Vec<Piece>,
    pub(super) texts: Vec<Piece>,
}

/// Some pages that follow each other.
pub(super) struct Piece {
    pub(super) pages: Range<usize>,
    /// What is made of them is the same while this is.
    pub(super) digest: Digest,
}

impl Outline {
    /// That of a site.
    pub(crate) fn new(site: &Site) -> Self {
        let by_language = by_language(site);
        if by_language.is_empty() {
            return Self { by_language: BTreeMap::new() };
        }
        let digests: Vec<Digest> = site.pages.par_iter().map(|page| digest(page)).collect();
        let parted = |pages: Vec<View>| Parted {
            groups: pieces(&pages, GROUP, &|_| 1, site, &|_, views, hasher| {
                for view in views {
                    put(hasher, &digests[view.page.0 as usize]);
                }
            }),
            texts: pieces(&pages, TEXT, &length, site, &|number, views, hasher| {
                put(hasher, &(number as u64).to_le_bytes());
                for view in views {
                    put(hasher, &digests[view.page.0 as usize]);
                    put(hasher, site.route_in(view.language, view.page).file().as_bytes());
                    for title in files::way(site, *view) {
                        put(hasher, title.as_bytes());
                    }
                    put(hasher, &[]);
                }
            }),
            pages,
        };
        Self { by_language: by_language.into_iter().map(|(language, pages)| (language, parted(pages))).collect() }
    }

    /// The pages whose text is asked for: those of groups and texts that are not kept, or whose files are not there.
    pub(super) fn wanted(&self, kept: &Kept, is_there: &(dyn Fn(&str) -> bool + Sync)) -> Vec<SourceId> {
        let mut wanted = Vec::new();
        for (language, parted) in &self.by_language {
            let kept = kept.of(language);
            let groups = parted.groups.iter().filter(|group| !kept.is_some_and(|kept| kept.groups.contains_key(&group.digest)));
            let texts = parted.texts.iter().enumerate().filter(|(number, text)| {
                let is_kept = kept.is_some_and(|kept| kept.text(*number, text).is_some());
                !(is_kept && is_there(&text_file(language, *number)))
            });
            let pieces = groups.chain(texts.map(|(_, text)| text));
            wanted.extend(pieces.flat_map(|piece| &parted.pages[piece.pages.clone()]).map(|view| view.page));
        }
        wanted
    }
}

/// Where a text is written.
pub(super) fn text_file(language: &str, number: usize) -> String {
    format!("{FOLDER}/{language}/text-{number}.js")
}

/// Whether a file or a group ends before what is next: it would be too large then, or it is half full and the next is one of those that
/// like to begin one. So a change moves the ends near it only, and the others stay as they are.
pub(super) fn ends(size: usize, with_next: usize, most: usize, next: &str) -> bool {
    let hash = || next.bytes().fold(0_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let likes_to_begin = || (hash() >> 8).is_multiple_of(4);
    with_next > most || size > most / 2 && likes_to_begin()
}

type Hashing<'a> = &'a dyn Fn(usize, &[View], &mut blake3::Hasher);

fn pieces(pages: &[View], most: usize, size_of: &dyn Fn(&Page) -> usize, site: &Site, hash: Hashing<'_>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let (mut start, mut full) = (0, 0);
    let mut push = |pages: Range<usize>, views: &[View]| {
        let mut hasher = blake3::Hasher::new();
        hash(pieces.len(), views, &mut hasher);
        pieces.push(Piece { pages, digest: *hasher.finalize().as_bytes() });
    };
    for (position, view) in pages.iter().enumerate() {
        let page = site.page(view.page);
        let own = size_of(page);
        if position > start && ends(full, full + own, most, &page.path) {
            push(start..position, &pages[start..position]);
            (start, full) = (position, 0);
        }
        full += own;
    }
    if start < pages.len() {
        push(start..pages.len(), &pages[start..]);
    }
    pieces
}

/// How much text a page has, about: what is written as Markdown is a little longer.
fn length(page: &Page) -> usize {
    let parts = page.inclusions.iter().map(|inclusion| if let Part::Made(part) = &inclusion.part { length(part) } else { 0 });
    page.length as usize + parts.sum::<usize>()
}

/// All that the words and the text of a page are made from.
fn digest(page: &Page) -> Digest {
    let mut hasher = blake3::Hasher::new();
    add(&mut hasher, page);
    *hasher.finalize().as_bytes()
}

fn add(hasher: &mut blake3::Hasher, page: &Page) {
    put(hasher, page.path.as_bytes());
    put(hasher, &page.digest);
    put(hasher, page.title.as_bytes());
    for inclusion in &page.inclusions {
        match &inclusion.part {
            Part::Made(part) => add(hasher, part),
            Part::Refused | Part::Nowhere | Part::Unread => put(hasher, &[0]),
        }
    }
    put(hasher, &[1]);
}

fn put(hasher: &mut blake3::Hasher, bytes: &[u8]) {
    hasher.update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
}
