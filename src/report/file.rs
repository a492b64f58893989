//! Reports on the disk: a text in, a file that is whole or as it was out.

use crate::error::{Error, shown};
use std::{
    fs::{self, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
};

/// The full path of a report. A place that cannot be is refused here, before a long run rather than after it.
///
/// # Errors
/// A folder that is not there, or a folder in the file's place.
pub fn place(named: &Path) -> Result<PathBuf, Error> {
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
        Some(name) if !named.is_dir() => Ok(real.join(name)),
        _ => Err(Error::usage(format!("the report `{}` is a folder", shown(named)), "name a file in it")),
    }
}

/// Writes a report beside its place and renames it. What is no plain file, such as a pipe, is written to.
///
/// # Errors
/// A file that cannot be written; an old one is as it was then.
pub fn write(place: &Path, text: &str) -> Result<(), Error> {
    let failed = |source| Error::io("write", place, source);
    let real = fs::canonicalize(place).unwrap_or_else(|_| place.to_path_buf());
    if real.exists() && !real.is_file() {
        return fs::write(&real, text).map_err(failed);
    }
    let name = real.file_name().map_or_else(|| "report".to_owned(), |name| name.to_string_lossy().into_owned());
    let beside = real.with_file_name(format!(".{name}.milepost-partial"));
    let written = fs::write(&beside, text).and_then(|()| {
        if let Ok(old) = fs::metadata(&real) {
            fs::set_permissions(&beside, old.permissions())?;
        }
        fs::rename(&beside, &real)
    });
    written.map_err(|source| {
        // The file that was to take its place is of no use any more.
        let _ = fs::remove_file(&beside);
        failed(source)
    })
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
