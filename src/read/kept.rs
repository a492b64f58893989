//! Guides as the last run parsed them: a file that has not changed is parsed no second time.

use super::source::Found;
use crate::{diagnostic::Diagnostic, site::page::Page};
use std::{
    collections::HashMap,
    fs,
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime},
};

/// The guides of the last run, by path. Those of another configuration are none.
#[derive(Debug, Default)]
pub struct Kept {
    guides: HashMap<Arc<str>, Guide>,
}

/// One guide, alone: without what it includes.
#[derive(Clone, Debug)]
pub(super) struct Guide {
    pub(super) page: Arc<Page>,
    /// What is wrong with the file as such.
    pub(super) fault: Option<Diagnostic>,
    /// None where the time of the last change could be that of another one.
    pub(super) stamp: Option<Stamp>,
    /// The hash of the file's bytes.
    pub(super) hash: blake3::Hash,
}

/// What the disk tells of a file without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    modified: SystemTime,
    length: u64,
    /// The number of the file, and when anything of it changed: a copy that keeps its time has others.
    identity: (u64, i64, i64),
}

/// How exactly file systems keep time: on FAT two seconds.
const EXACTNESS: Duration = Duration::from_secs(2);

impl Stamp {
    /// The stamp of a file; none for one that has changed just now, since it may change again and look the same.
    pub(super) fn of(file: &Path) -> Option<Self> {
        let metadata = fs::metadata(file).ok()?;
        let modified = metadata.modified().ok()?;
        let is_settled = SystemTime::now().duration_since(modified).is_ok_and(|age| age > EXACTNESS);
        is_settled.then(|| Self { modified, length: metadata.len(), identity: identity(&metadata) })
    }
}

#[cfg(unix)]
fn identity(metadata: &fs::Metadata) -> (u64, i64, i64) {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
}

#[cfg(not(unix))]
fn identity(_: &fs::Metadata) -> (u64, i64, i64) {
    (0, 0, 0)
}

impl Kept {
    /// A guide whose file has not changed, by what the disk tells of it.
    pub(super) fn by_stamp(&self, file: &Found, stamp: Option<Stamp>) -> Option<Guide> {
        let guide = self.guides.get(&file.path)?;
        (stamp.is_some() && guide.stamp == stamp).then(|| guide.clone())
    }

    /// A guide whose bytes are the same as they were.
    pub(super) fn by_hash(&self, file: &Found, hash: blake3::Hash, stamp: Option<Stamp>) -> Option<Guide> {
        let guide = self.guides.get(&file.path).filter(|guide| guide.hash == hash)?;
        Some(Guide { stamp, ..guide.clone() })
    }

    /// Keeps the guides of a run, and no others.
    pub(super) fn keep(&mut self, guides: &[Guide]) {
        self.guides = guides.iter().map(|guide| (Arc::clone(&guide.page.path), guide.clone())).collect();
    }
}
