//! A file's new bytes in, the file with them out: whole, or as it was.

use crate::error::Error;
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU32, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

/// Writes a file beside its place and renames it, with the permissions of the old one. A symbolic link stays a link, and what
/// it leads to is replaced; what is no plain file, such as a pipe, is written to.
///
/// # Errors
/// A file that cannot be written; an old one is as it was then.
pub fn replace(place: &Path, bytes: &[u8]) -> Result<(), Error> {
    replace_with(place, |file| file.write_all(bytes))
}

/// As [`replace`], for what is too large to be held: `write` gives the bytes to the new file.
///
/// # Errors
/// A file that cannot be written; an old one is as it was then.
pub fn replace_with(place: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), Error> {
    let real = fs::canonicalize(place).unwrap_or_else(|_| place.to_path_buf());
    let failed = |source| Error::io("write", place, source);
    if real.exists() && !real.is_file() {
        return OpenOptions::new().write(true).truncate(true).open(&real).and_then(|mut file| write(&mut file)).map_err(failed);
    }
    stage(place, write)?.publish(&Path::to_path_buf)
}

/// A file's new bytes, written beside it and not yet in its place.
pub struct Staged {
    beside: PathBuf,
    real: PathBuf,
}

/// Writes a file's new bytes beside it, with the permissions of the old one; `write` gives them.
///
/// # Errors
/// A file that cannot be written; nothing is left of it then.
pub fn stage(place: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> Result<Staged, Error> {
    let real = fs::canonicalize(place).unwrap_or_else(|_| place.to_path_buf());
    let failed = |source| Error::io("write", place, source);
    let (beside, mut file) = new_file_beside(&real).map_err(failed)?;
    let staged = Staged { beside, real };
    let written = write(&mut file).and_then(|()| match fs::metadata(&staged.real) {
        Ok(old) => fs::set_permissions(&staged.beside, old.permissions()),
        Err(_) => Ok(()),
    });
    match written {
        Ok(()) => Ok(staged),
        Err(source) => {
            staged.discard();
            Err(failed(source))
        }
    }
}

impl Staged {
    /// Puts the new bytes in place; `now` says where a path is by now.
    ///
    /// # Errors
    /// A file that cannot be replaced; the old one is as it was then.
    pub fn publish(self, now: &dyn Fn(&Path) -> PathBuf) -> Result<(), Error> {
        let now = Self { beside: now(&self.beside), real: now(&self.real) };
        fs::rename(&now.beside, &now.real).map_err(|source| {
            let error = Error::io("write", &now.real, source);
            now.discard();
            error
        })
    }

    /// Removes the new bytes: they are of no use any more.
    pub fn discard(&self) {
        let _ = fs::remove_file(&self.beside);
    }
}

/// A file that was not there before, under a name that nobody can have put a link at.
fn new_file_beside(real: &Path) -> io::Result<(PathBuf, File)> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = real.file_name().map_or_else(|| "file".to_owned(), |name| name.to_string_lossy().into_owned());
    loop {
        let moment = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.subsec_nanos());
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let beside = real.with_file_name(format!(".{name}.{}-{moment:x}-{number}.milepost-partial", process::id()));
        match OpenOptions::new().write(true).create_new(true).open(&beside) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            opened => return opened.map(|file| (beside, file)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn links_stay_links_and_permissions_stay() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().expect("a folder can be made");
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&real, "old").expect("it can be written");
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).expect("they can be set");
        symlink("real", &link).expect("a link can be made");
        // A link that somebody has put where an older version wrote.
        symlink("victim", folder.path().join(".real.milepost-partial")).expect("a link can be made");
        replace(&link, b"new").expect("it can be replaced");
        assert_eq!(fs::read_to_string(&real).expect("it is there"), "new");
        assert!(link.is_symlink() && !folder.path().join("victim").exists());
        assert_eq!(fs::metadata(&real).expect("it is there").permissions().mode() & 0o777, 0o640);
        assert_eq!(fs::read_dir(folder.path()).expect("it can be listed").count(), 3, "nothing is left behind");
    }
}
