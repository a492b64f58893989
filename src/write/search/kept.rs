//! What the last build made for its indexes, for the next.

use super::{
    index::Group,
    outline::{Digest, Piece},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The pieces of all indexes, by the name of each folder.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Kept {
    by_language: BTreeMap<String, KeptIndex>,
}

/// The pieces of one index.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct KeptIndex {
    /// By what each is made from.
    pub(super) groups: BTreeMap<Digest, Group>,
    /// In their order: what each text is made from, and the hash of its file.
    pub(super) texts: Vec<(Digest, Digest)>,
}

impl Kept {
    pub(super) fn of(&self, language: &str) -> Option<&KeptIndex> {
        self.by_language.get(language)
    }

    pub(super) fn take(&mut self, language: &str) -> KeptIndex {
        self.by_language.remove(language).unwrap_or_default()
    }

    pub(super) fn put(&mut self, language: &str, kept: KeptIndex) {
        self.by_language.insert(language.to_owned(), kept);
    }
}

impl KeptIndex {
    /// The hash of a text's file, where it was made from the same.
    pub(super) fn text(&self, number: usize, piece: &Piece) -> Option<Digest> {
        self.texts.get(number).filter(|(made_from, _)| *made_from == piece.digest).map(|(_, hash)| *hash)
    }
}
