//! One file of the author's: its bytes in, the same bytes with insertions out, replaced whole or not at all.

use crate::{error::Error, replace::replace};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The mark that some editors put before UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// A text file as it is on the disk.
pub(super) struct Source {
    /// The file itself, behind any symbolic link.
    pub(super) place: PathBuf,
    /// Its text without the mark.
    pub(super) text: String,
    has_mark: bool,
}

impl Source {
    /// Reads a file; none when it is not UTF-8.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub(super) fn read(path: &Path) -> Result<Option<Self>, Error> {
        let place = fs::canonicalize(path).map_err(|source| Error::io("read", path, source))?;
        let mut bytes = fs::read(&place).map_err(|source| Error::io("read", path, source))?;
        let has_mark = bytes.starts_with(MARK);
        if has_mark {
            bytes.drain(..MARK.len());
        }
        Ok(String::from_utf8(bytes).ok().map(|text| Self { place, text, has_mark }))
    }

    /// Whether the disk still has what was read.
    pub(super) fn is_current(&self) -> bool {
        fs::read(&self.place).is_ok_and(|bytes| bytes == self.bytes(&self.text))
    }

    /// A text as the file would hold it.
    pub(super) fn bytes(&self, text: &str) -> Vec<u8> {
        let mut bytes = if self.has_mark { MARK.to_vec() } else { Vec::new() };
        bytes.extend_from_slice(text.as_bytes());
        bytes
    }

    /// Replaces the file by another text.
    ///
    /// # Errors
    /// A file that cannot be written; the old one is as it was then.
    pub(super) fn replace(&self, text: &str) -> Result<(), Error> {
        replace(&self.place, &self.bytes(text))
    }
}

/// The place of a file that is named from the content root, and may lie beside it.
pub(crate) fn joined(content: &Path, file: &str) -> PathBuf {
    let (mut folder, mut rest) = (content, file);
    while let (Some(above), Some(below)) = (folder.parent(), rest.strip_prefix("../")) {
        (folder, rest) = (above, below);
    }
    folder.join(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_beside_the_content_are_found_from_it() {
        assert_eq!(joined(Path::new("/s/docs"), "../mkdocs.yml"), Path::new("/s/mkdocs.yml"));
        assert_eq!(joined(Path::new("/s/docs"), "a/b.md"), Path::new("/s/docs/a/b.md"));
    }
}
