//! What the disk tells of a file without reading it, to tell later whether it has changed.

use serde::{Deserialize, Serialize};
use std::{
    fs,
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// What the disk tells of a file without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileState {
    /// In nanoseconds since 1970; those before are all one.
    modified: u64,
    length: u64,
    /// The number of the file, and when anything of it changed: a copy that keeps its time has others.
    identity: (u64, i64, i64),
}

/// How exactly file systems keep time: on FAT two seconds.
const EXACTNESS: Duration = Duration::from_secs(2);

impl FileState {
    /// The state of a file.
    pub(crate) fn of(file: &Path) -> Option<Self> {
        let metadata = fs::metadata(file).ok()?;
        let modified = metadata.modified().ok()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        let modified = u64::try_from(modified.as_nanos()).unwrap_or(u64::MAX);
        Some(Self { modified, length: metadata.len(), identity: identity(&metadata) })
    }

    /// The state of a file; none for one that has changed just now, since it may change again and look the same.
    pub(crate) fn settled(file: &Path) -> Option<Self> {
        let state = Self::of(file)?;
        let age = SystemTime::now().duration_since(UNIX_EPOCH + Duration::from_nanos(state.modified));
        age.is_ok_and(|age| age > EXACTNESS).then_some(state)
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
