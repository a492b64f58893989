//! The only writer of the site: files in, published all at once, and only what differs.
//!
//! A new output is written beside its place and renamed; changes to an old one are staged inside it and then moved.
//! Nothing that the program did not write is changed or removed.

use crate::{
    config::MANIFEST,
    error::{Error, shown},
};
use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, BufRead as _, BufReader},
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

/// The first line of a manifest.
const HEADER: &str = "milepost-manifest 1";
/// The folder inside an old output where changes wait.
const STAGING: &str = ".milepost-staging";

/// How much of two files is compared at a time.
const CHUNK: usize = 64 * 1024;

/// An output that is being written.
pub struct Output {
    /// Where files are written now.
    folder: PathBuf,
    /// Where they are published.
    target: PathBuf,
    /// Every file that this build publishes, sorted.
    paths: Vec<String>,
    /// What the last build published there; none when the output is new.
    before: Option<BTreeSet<String>>,
    /// Which of the paths have changed; the index of each is the name of its staged file.
    changed: Vec<AtomicUsize>,
    published: bool,
}

/// What a build wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Files of the site.
    pub files: usize,
    /// Those of them that were new or differed.
    pub changed: usize,
    /// Files of the last build that are gone.
    pub removed: usize,
}

impl Output {
    /// Prepares the output for these paths.
    ///
    /// # Errors
    /// A folder that cannot be made, or a file in the way that the program did not write.
    pub(super) fn open(target: &Path, mut paths: Vec<String>) -> Result<Self, Error> {
        paths.sort_unstable();
        paths.dedup();
        let changed = paths.iter().map(|_| AtomicUsize::new(0)).collect();
        if !target.exists() {
            let folder = beside(target);
            remove_folder(&folder)?;
            create(&folder, paths.iter().map(String::as_str))?;
            return Ok(Self { folder, target: target.to_path_buf(), paths, before: None, changed, published: false });
        }
        if !target.is_dir() {
            return Err(Error::usage(
                format!("the output `{}` is a file, not a folder", shown(target)),
                "name another with `--output-dir`",
            ));
        }
        let before = manifest(target)?;
        if let Some(path) = paths.iter().find(|path| !before.contains(*path) && target.join(path).exists()) {
            return Err(Error::usage(
                format!("`{}` is in the way: milepost did not write it", shown(&target.join(path))),
                "remove it, or name another folder with `--output-dir`",
            ));
        }
        let folder = target.join(STAGING);
        remove_folder(&folder)?;
        fs::create_dir_all(&folder).map_err(|source| Error::io("create", &folder, source))?;
        Ok(Self { folder, target: target.to_path_buf(), paths, before: Some(before), changed, published: false })
    }

    /// Writes one of the files.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub(super) fn write(&self, path: &str, bytes: &[u8]) -> Result<(), Error> {
        let (index, place) = self.place(path);
        if self.before.as_ref().is_some_and(|before| before.contains(path)) {
            let old = self.target.join(path);
            let same_length = fs::metadata(&old).is_ok_and(|old| old.len() == bytes.len() as u64);
            if same_length && fs::read(&old).is_ok_and(|old| old == bytes) {
                return Ok(());
            }
        }
        self.changed[index].store(1, Ordering::Relaxed);
        fs::write(&place, bytes).map_err(|source| Error::io("write", place, source))
    }

    /// Whether the last build published a file at this path, which stays as it is unless it is written again.
    pub(super) fn has(&self, path: &str) -> bool {
        self.before.as_ref().is_some_and(|before| before.contains(path)) && self.target.join(path).is_file()
    }

    /// Copies one of the files; a copy of the same bytes is left as it is.
    ///
    /// # Errors
    /// A file that cannot be read or written.
    pub(super) fn copy(&self, path: &str, from: &Path) -> Result<(), Error> {
        let (index, place) = self.place(path);
        if self.before.as_ref().is_some_and(|before| before.contains(path)) && is_same(&self.target.join(path), from) {
            return Ok(());
        }
        self.changed[index].store(1, Ordering::Relaxed);
        fs::copy(from, &place).map(|_| ()).map_err(|source| Error::io("copy", from, source))
    }

    /// Publishes what was written, and removes what the last build wrote and this one did not.
    ///
    /// # Errors
    /// A file that cannot be moved or removed.
    pub(super) fn publish(mut self) -> Result<Written, Error> {
        let changed = self.changed.iter().filter(|changed| changed.load(Ordering::Relaxed) > 0).count();
        let mut written = Written { files: self.paths.len(), changed, removed: 0 };
        match self.before.take() {
            None => {
                self.write_manifest(&self.folder)?;
                fs::rename(&self.folder, &self.target).map_err(|source| Error::io("create", &self.target, source))?;
            }
            Some(before) => {
                let changed = self.paths.iter().zip(&self.changed).filter(|(_, changed)| changed.load(Ordering::Relaxed) > 0);
                create(&self.target, changed.map(|(path, _)| path.as_str()))?;
                for (index, path) in self.paths.iter().enumerate() {
                    if self.changed[index].load(Ordering::Relaxed) > 0 {
                        let place = self.target.join(path);
                        fs::rename(self.folder.join(index.to_string()), &place).map_err(|source| Error::io("write", place, source))?;
                    }
                }
                let kept: BTreeSet<&String> = self.paths.iter().collect();
                for path in before.iter().filter(|path| !kept.contains(path)) {
                    written.removed += usize::from(remove_file(&self.target, path)?);
                }
                if before.len() != kept.len() || written.removed > 0 || written.changed > 0 {
                    self.write_manifest(&self.target)?;
                }
                remove_folder(&self.folder)?;
            }
        }
        self.published = true;
        Ok(written)
    }

    fn place(&self, path: &str) -> (usize, PathBuf) {
        let index =
            self.paths.binary_search_by(|known| known.as_str().cmp(path)).expect("every path is planned before the output is opened");
        let place = if self.before.is_none() { self.folder.join(path) } else { self.folder.join(index.to_string()) };
        (index, place)
    }

    fn write_manifest(&self, folder: &Path) -> Result<(), Error> {
        let mut text = String::from(HEADER);
        text.push('\n');
        for path in self.paths.iter().filter(|path| !path.contains(['\n', '\r'])) {
            text.push_str(path);
            text.push('\n');
        }
        let place = folder.join(MANIFEST);
        fs::write(&place, text).map_err(|source| Error::io("write", place, source))
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if !self.published {
            // The build has failed already; what is left of it is removed as far as that goes.
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// Removes what the program wrote to an output folder, and the folders that become empty.
///
/// # Errors
/// A file that cannot be removed, or a folder that the program did not write.
pub fn clean(target: &Path) -> Result<Written, Error> {
    if !target.exists() {
        return Ok(Written::default());
    }
    if !target.join(MANIFEST).is_file() {
        return Err(Error::usage(format!("`{}` was not written by milepost", shown(target)), "remove it by hand, if it is to go"));
    }
    let mut removed = 0;
    for path in manifest(target)? {
        removed += usize::from(remove_file(target, &path)?);
    }
    remove_file(target, MANIFEST)?;
    remove_folder(&target.join(STAGING))?;
    // It stays when it holds anything else.
    let _ = fs::remove_dir(target);
    Ok(Written { files: 0, changed: 0, removed })
}

/// The folder beside the output where a new one is written.
fn beside(target: &Path) -> PathBuf {
    let name = target.file_name().map_or_else(|| "output".to_owned(), |name| name.to_string_lossy().into_owned());
    target.with_file_name(format!(".{name}.milepost-partial"))
}

/// Makes the folders of all paths, each once.
fn create<'a>(folder: &Path, paths: impl Iterator<Item = &'a str>) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(|source| Error::io("create", folder, source))?;
    let mut folders: BTreeSet<&str> = BTreeSet::new();
    for path in paths {
        let mut rest = path;
        while let Some((parent, _)) = rest.rsplit_once('/') {
            if !folders.insert(parent) {
                break;
            }
            rest = parent;
        }
    }
    for name in folders {
        let place = folder.join(name);
        match fs::create_dir(&place) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && place.is_dir() => {}
            Err(source) => return Err(Error::io("create", place, source)),
        }
    }
    Ok(())
}

/// The paths that the last build wrote; lines that lead out of the folder are none of ours.
///
/// # Errors
/// A manifest that cannot be read, or that another version wrote.
pub(super) fn manifest(target: &Path) -> Result<BTreeSet<String>, Error> {
    let place = target.join(MANIFEST);
    let text = match fs::read_to_string(&place) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(source) => return Err(Error::io("read", place, source)),
    };
    let mut lines = text.lines();
    if lines.next() != Some(HEADER) {
        return Err(Error::usage(
            format!("`{}` is not a manifest that this version understands", shown(&place)),
            "remove the output folder by hand",
        ));
    }
    let sound = |path: &&str| !path.is_empty() && !path.starts_with('/') && !path.split('/').any(|part| part == ".." || part.is_empty());
    Ok(lines.filter(sound).map(str::to_owned).collect())
}

/// Whether two files have the same bytes. Times do not tell: a file may be replaced by an older one.
fn is_same(copy: &Path, original: &Path) -> bool {
    let (Ok(copy), Ok(original)) = (File::open(copy), File::open(original)) else { return false };
    if !matches!((copy.metadata(), original.metadata()), (Ok(copy), Ok(original)) if copy.len() == original.len()) {
        return false;
    }
    let (mut copy, mut original) = (BufReader::with_capacity(CHUNK, copy), BufReader::with_capacity(CHUNK, original));
    loop {
        let (Ok(one), Ok(other)) = (copy.fill_buf(), original.fill_buf()) else { return false };
        let length = one.len().min(other.len());
        if one[..length] != other[..length] || (length == 0 && one.len() != other.len()) {
            return false;
        }
        if length == 0 {
            return true;
        }
        copy.consume(length);
        original.consume(length);
    }
}

/// Removes a file below a folder, and the folders between that become empty; false when it is gone already.
fn remove_file(folder: &Path, path: &str) -> Result<bool, Error> {
    let place = folder.join(path);
    match fs::remove_file(&place) {
        Ok(()) => {}
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => return Ok(false),
        Err(source) => return Err(Error::io("remove", place, source)),
    }
    let mut rest = path;
    while let Some((parent, _)) = rest.rsplit_once('/') {
        if fs::remove_dir(folder.join(parent)).is_err() {
            break;
        }
        rest = parent;
    }
    Ok(true)
}

fn remove_folder(folder: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(folder) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(Error::io("remove", folder, source)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build(target: &Path, files: &[(&str, &str)]) -> Result<Written, Error> {
        let output = Output::open(target, files.iter().map(|(path, _)| (*path).to_owned()).collect())?;
        for (path, text) in files {
            output.write(path, text.as_bytes())?;
        }
        output.publish()
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = walkdir::WalkDir::new(folder)
            .into_iter()
            .filter_map(Result::ok)
            .filter(|entry| entry.file_type().is_file())
            .map(|entry| entry.path().strip_prefix(folder).expect("it is below").to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_second_build_writes_what_differs_and_removes_what_is_gone() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let target = folder.path().join("public");
        let first = build(&target, &[("a/index.html", "1"), ("b/index.html", "1"), ("c.css", "1")]).expect("it builds");
        assert_eq!(first, Written { files: 3, changed: 3, removed: 0 });
        let second = build(&target, &[("a/index.html", "1"), ("c.css", "2"), ("d/e/index.html", "1")]).expect("it builds");
        assert_eq!(second, Written { files: 3, changed: 2, removed: 1 });
        assert_eq!(names(&target), [MANIFEST, "a/index.html", "c.css", "d/e/index.html"]);
        assert!(!target.join("b").exists(), "empty folders go");
        let third = build(&target, &[("a/index.html", "1"), ("c.css", "2"), ("d/e/index.html", "1")]).expect("it builds");
        assert_eq!(third, Written { files: 3, changed: 0, removed: 0 });
    }

    #[test]
    fn what_others_wrote_is_neither_overwritten_nor_removed() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let target = folder.path();
        fs::write(target.join("CNAME"), "docs.example.com").expect("a file can be written");
        build(target, &[("index.html", "1")]).expect("it builds beside");
        fs::write(target.join("mine.html"), "mine").expect("a file can be written");
        let error = build(target, &[("index.html", "1"), ("mine.html", "2")]).expect_err("it is in the way");
        assert!(error.to_string().contains("mine.html"), "{error}");
        clean(target).expect("it can be cleaned");
        assert_eq!(names(target), ["CNAME", "mine.html"]);
    }

    #[test]
    fn a_file_that_an_older_one_of_the_same_length_replaces_is_copied() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let (target, original) = (folder.path().join("public"), folder.path().join("a.bin"));
        let copy = || {
            let output = Output::open(&target, vec!["a.bin".to_owned()]).expect("it opens");
            output.copy("a.bin", &original).expect("it is copied");
            output.publish().expect("it is published").changed
        };
        fs::write(&original, "one").expect("it can be written");
        assert_eq!((copy(), copy()), (1, 0));
        fs::write(&original, "two").expect("it can be written");
        let file = File::options().append(true).open(&original).expect("it is there");
        file.set_modified(std::time::UNIX_EPOCH).expect("it has a time");
        assert_eq!(copy(), 1);
        assert_eq!(fs::read_to_string(target.join("a.bin")).expect("it is there"), "two");
    }

    #[test]
    fn a_build_that_fails_leaves_nothing_behind() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let target = folder.path().join("public");
        build(&target, &[("index.html", "1")]).expect("it builds");
        let output = Output::open(&target, vec!["index.html".to_owned(), "new.html".to_owned()]).expect("it opens");
        output.write("index.html", b"2").expect("it is staged");
        drop(output);
        assert_eq!(names(folder.path()), ["public/.milepost-manifest", "public/index.html"]);
        assert_eq!(fs::read_to_string(target.join("index.html")).expect("it is there"), "1");
    }
}
