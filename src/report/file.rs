//! Reports on the disk: a text in, a file that is whole or as it was out.

use crate::error::{Error, shown};
use std::{
    fs::{self, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
};

/// The full path of a report, behind any symbolic link. A place that cannot be is refused here, before a long run rather than after it.
///
/// # Errors
/// A folder that is not there, or a folder in the file's place.
pub fn place(named: &Path) -> Result<PathBuf, Error> {
    if named == Path::new("-") {
        return Err(Error::usage("`-` names no file for a report", "leave `=-` out: without a file it goes to the standard output stream"));
    }
    let folder = match named.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let real = fs::canonicalize(folder).ok().filter(|folder| folder.is_dir());
    let Some(real) = real else {
        let message = format!("there is no folder `{}` for the report `{}`", shown(folder), shown(named));
        return Err(Error::usage(message, "create the folder first, or name another file"));
    };
    match named.file_name() {
        Some(name) if !named.is_dir() => {
            let place = real.join(name);
            Ok(fs::canonicalize(&place).unwrap_or(place))
        }
        _ => Err(Error::usage(format!("the report `{}` is a folder", shown(named)), "name a file in it")),
    }
}

/// The size of a file in bytes; 0 where there is none.
#[must_use]
pub fn size(place: &Path) -> usize {
    fs::metadata(place).map_or(0, |data| usize::try_from(data.len()).unwrap_or(usize::MAX))
}

/// Adds to the end of a file that others write to as well.
///
/// # Errors
/// A file that cannot be written.
pub fn append(place: &Path, text: &str) -> Result<(), Error> {
    let written = OpenOptions::new().create(true).append(true).open(place).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|source| Error::io("write", place, source))
}
