//! Guides as the last run parsed them: a file that has not changed is parsed no second time.

use super::{
    inputs::{Input, Listings},
    source::{Found, Listing},
};
use crate::{diagnostic::Diagnostic, file_state::FileState, site::page::Page};
use rayon::prelude::*;
use std::{
    collections::{BTreeSet, HashMap},
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

/// The guides of the last run, by path. Those of another configuration are none.
#[derive(Debug, Default)]
pub struct Kept {
    guides: HashMap<Arc<str>, Guide>,
    /// The files of each folder at the last run.
    listings: HashMap<PathBuf, Listing>,
    /// Those that were listed for this run already.
    listed: HashMap<PathBuf, Listing>,
    /// The files that can have changed since, where somebody watches them.
    only: Option<BTreeSet<PathBuf>>,
}

/// One guide, alone: without what it includes.
#[derive(Clone, Debug)]
pub(super) struct Guide {
    pub(super) page: Arc<Page>,
    /// What is wrong with the file as such.
    pub(super) fault: Option<Diagnostic>,
    /// None where the time of the last change could be that of another one.
    pub(super) state: Option<FileState>,
    /// Where it is kept in a file already.
    packed: Option<(Arc<Vec<u8>>, Range<usize>)>,
}

/// How many changed files are looked for among all; with more, all are looked at.
#[cfg(feature = "serve")]
const TRUSTED: usize = 16;

impl Guide {
    pub(super) fn new(page: Page, fault: Option<Diagnostic>, state: Option<FileState>) -> Self {
        Self { page: Arc::new(page), fault, state, packed: None }
    }
}

impl Kept {
    /// Trusts that none but these files has changed since the last run. Where one of them is new, gone or a list of what to
    /// ignore, everything is looked at all the same.
    #[cfg(feature = "serve")]
    pub(crate) fn trust(&mut self, changed: Option<&BTreeSet<PathBuf>>) {
        self.only = changed.filter(|changed| self.can_trust(changed)).cloned();
    }

    #[cfg(feature = "serve")]
    fn can_trust(&self, changed: &BTreeSet<PathBuf>) -> bool {
        // A link gives a file a second name, which no event tells.
        changed.len() <= TRUSTED
            && !self.listings.values().any(|listing| listing.has_links)
            && changed.iter().all(|path| {
                let mut around = self.listings.iter().filter(|(root, _)| path.starts_with(root)).peekable();
                let is_listed = |listing: &Listing| listing.files.iter().any(|file| file.disk == *path);
                let is_outside = around.peek().is_none();
                let is_known = around.any(|(_, listing)| is_listed(listing));
                let is_there = path.exists();
                is_outside
                    || (is_known && path.is_file() && path.file_name().is_some_and(|name| name != ".gitignore"))
                    || (!is_known && !is_there)
            })
    }

    /// Takes the files of folders that were listed for this run already, so that nothing is listed twice.
    #[must_use]
    pub(crate) fn with_listed(self, listings: Listings) -> Self {
        Self { listed: listings.into_iter().collect(), ..self }
    }

    /// The files of a folder, if they are known for this run.
    pub(super) fn listing(&mut self, root: &Path) -> Option<Listing> {
        self.listed.remove(root).or_else(|| self.only.as_ref().and(self.listings.get(root)).cloned())
    }

    /// Keeps the files of a folder.
    pub(super) fn keep_listing(&mut self, root: &Path, listing: &Listing) {
        self.listings.insert(root.to_path_buf(), listing.clone());
    }

    /// A guide whose file nobody has touched.
    pub(super) fn by_trust(&self, file: &Found) -> Option<Guide> {
        let is_untouched = self.only.as_ref().is_some_and(|only| !only.contains(&file.disk));
        is_untouched.then(|| self.guides.get(&file.path).cloned()).flatten()
    }

    /// A guide whose file has not changed, by what the disk tells of it.
    pub(super) fn by_state(&self, file: &Found, state: Option<FileState>) -> Option<Guide> {
        let guide = self.guides.get(&file.path)?;
        (state.is_some() && guide.state == state).then(|| guide.clone())
    }

    /// A guide whose bytes are the same as they were.
    pub(super) fn by_digest(&self, file: &Found, digest: &[u8; 32], state: Option<FileState>) -> Option<Guide> {
        let guide = self.guides.get(&file.path).filter(|guide| guide.page.digest == *digest)?;
        Some(Guide { state, ..guide.clone() })
    }

    /// Keeps the guides of a run, and no others.
    pub(super) fn keep(&mut self, guides: &[Guide]) {
        self.only = None;
        self.guides = guides.iter().map(|guide| (Arc::clone(&guide.page.path), guide.clone())).collect();
    }

    /// Lets go of all but the facts of the guides that nobody else holds.
    pub(crate) fn forget_texts(&mut self) {
        self.guides.par_iter_mut().filter_map(|(_, guide)| Arc::get_mut(&mut guide.page)).for_each(Page::forget_texts);
    }

    /// Gives the files that are guides the hashes of their bytes.
    pub(crate) fn complete_inputs(&self, inputs: &mut [Input], content: &Path) {
        let digests: HashMap<String, [u8; 32]> =
            self.guides.values().map(|guide| (content.join(&*guide.page.path).to_string_lossy().into_owned(), guide.page.digest)).collect();
        for input in inputs {
            input.digest = digests.get(&input.place).copied();
        }
    }

    /// The guides as bytes behind a key: the state of each and the length of its own bytes, then the bytes of all. What came from
    /// such bytes and is unchanged is copied. The HTML is not among them.
    pub(crate) fn pack(&self, key: &[u8]) -> postcard::Result<Vec<u8>> {
        let mut guides: Vec<&Guide> = self.guides.values().collect();
        guides.sort_by(|a, b| a.page.path.cmp(&b.page.path));
        let packed: Vec<Piece<'_>> = guides
            .into_par_iter()
            .map(|guide| match &guide.packed {
                Some((bytes, range)) => Ok((guide.state, Bytes::Kept(&bytes[range.clone()]))),
                None => Ok((guide.state, Bytes::New(postcard::to_stdvec(&(&*guide.page, &guide.fault))?))),
            })
            .collect::<postcard::Result<_>>()?;
        let entries: Vec<Entry> = packed.iter().map(|(state, bytes)| (*state, bytes.as_slice().len())).collect();
        let mut out = postcard::to_extend(&entries, key.to_vec())?;
        // As long as it gets: such a piece is copied each time that it grows.
        out.reserve_exact(entries.iter().map(|(_, length)| length).sum());
        for (_, bytes) in &packed {
            out.extend_from_slice(bytes.as_slice());
        }
        Ok(out)
    }

    /// The guides that were packed; none behind another key, or where the bytes are damaged.
    pub(crate) fn unpack(packed: Vec<u8>, key: &[u8]) -> Option<Self> {
        let (entries, rest) = postcard::take_from_bytes::<Vec<Entry>>(packed.strip_prefix(key)?).ok()?;
        let mut end = packed.len() - rest.len();
        let bytes = Arc::new(packed);
        let places = entries
            .into_iter()
            .map(|(state, length)| {
                let start = end;
                end = start.checked_add(length)?;
                Some((state, start..end))
            })
            .collect::<Option<Vec<_>>>()?;
        if end != bytes.len() {
            return None;
        }
        let guides = places
            .into_par_iter()
            .map(|(state, range)| {
                let (page, fault): (Page, Option<Diagnostic>) = postcard::from_bytes(&bytes[range.clone()]).ok()?;
                let guide = Guide { page: Arc::new(page), fault, state, packed: Some((Arc::clone(&bytes), range)) };
                Some((Arc::clone(&guide.page.path), guide))
            })
            .collect::<Option<_>>()?;
        Some(Self { guides, ..Self::default() })
    }
}

/// A guide in a file: its state and the length of its bytes.
type Entry = (Option<FileState>, usize);

type Piece<'a> = (Option<FileState>, Bytes<'a>);

enum Bytes<'a> {
    Kept(&'a [u8]),
    New(Vec<u8>),
}

impl Bytes<'_> {
    fn as_slice(&self) -> &[u8] {
        match self {
            Self::Kept(bytes) => bytes,
            Self::New(bytes) => bytes,
        }
    }
}
