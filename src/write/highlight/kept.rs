//! Highlighted blocks in files, one for each part. What cannot be read is none, and what cannot be written is made again.

use super::{Html, Key, Known};
use crate::{replace::replace, site::compact::Compact};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, collections::HashMap, fs, path::PathBuf};

/// The folder of the files.
pub(super) struct Store {
    folder: PathBuf,
    /// The hash of what highlights: its blocks are of use to no other program.
    program: Key,
}

/// A block in a file.
#[derive(Serialize, Deserialize)]
struct Entry<'a>(Key, Option<Cow<'a, Compact>>);

impl Store {
    pub(super) fn new(folder: PathBuf, program: Key) -> Self {
        Self { folder, program }
    }

    /// The blocks of a part, none of them used.
    pub(super) fn read(&self, part: usize) -> HashMap<Key, Known> {
        let bytes = fs::read(self.file(part)).unwrap_or_default();
        let entries = bytes.strip_prefix(&self.program).and_then(|bytes| postcard::from_bytes::<Vec<Entry<'_>>>(bytes).ok());
        let known = |Entry(key, html): Entry<'_>| (key, Known { html: html.map(|html| Html::Compact(html.into_owned())), is_used: false });
        entries.into_iter().flatten().map(known).collect()
    }

    /// Replaces the blocks of a part.
    pub(super) fn write(&self, part: usize, known: &HashMap<Key, Known>) {
        let mut entries: Vec<Entry<'_>> = known.iter().map(|(key, known)| Entry(*key, known.html.as_ref().map(compact))).collect();
        entries.sort_unstable_by_key(|entry| entry.0);
        let _ = fs::create_dir_all(&self.folder);
        if let Ok(bytes) = postcard::to_extend(&entries, self.program.to_vec()) {
            let _ = replace(&self.file(part), &bytes);
        }
    }

    fn file(&self, part: usize) -> PathBuf {
        self.folder.join(format!("{part:02}"))
    }
}

fn compact(html: &Html) -> Cow<'_, Compact> {
    match html {
        Html::Ready(html) => Cow::Owned(Compact::new(html)),
        Html::Compact(html) => Cow::Borrowed(html),
    }
}
