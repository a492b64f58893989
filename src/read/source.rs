//! The only reader of the disk: a folder in, its files and the text of guides out, whatever their encoding.

use crate::{
    config::{CACHES, MANIFEST},
    diagnostic::{Diagnostic, Rule, Span},
    error::Error,
};
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};
use walkdir::{DirEntry, WalkDir};

/// The files of a folder, sorted by path, and what was wrong on the way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listing {
    pub(crate) files: Vec<Found>,
    /// The folders that were entered, from the top down.
    pub(crate) folders: Vec<PathBuf>,
    /// Whether something is here by a symbolic link.
    pub(crate) has_links: bool,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// A file of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Relative to the folder, with `/`.
    pub(crate) path: Arc<str>,
    /// Where it is on the disk.
    pub(crate) disk: PathBuf,
}

/// A text and, when it was not UTF-8, what it seems to be and where that shows.
#[derive(Debug)]
pub(crate) struct Decoded {
    pub(crate) text: String,
    pub(crate) fault: Option<EncodingFault>,
}

/// How a text is not UTF-8.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct EncodingFault {
    /// The encoding that the text was read as.
    pub(crate) encoding: &'static str,
    /// The offset of the first byte that is not UTF-8.
    pub(crate) offset: usize,
    /// The same place in the decoded text.
    pub(crate) place: usize,
}

/// Files that are not as the disk has them: texts that are not written yet, or a tree as it once was.
#[derive(Debug, Default)]
pub(crate) struct Overlay {
    /// By place on the disk, as the listing names it; none for a file that is not there.
    files: BTreeMap<PathBuf, Option<Vec<u8>>>,
    /// Files that are elsewhere on the disk: where each is, by the place where it would be.
    moved: BTreeMap<PathBuf, PathBuf>,
}

impl Overlay {
    /// Puts bytes in the place of a file, or takes it away.
    pub(crate) fn put(&mut self, place: PathBuf, bytes: Option<Vec<u8>>) {
        self.files.insert(place, bytes);
    }

    /// Puts a file of the disk in another place.
    pub(crate) fn move_file(&mut self, from: PathBuf, to: PathBuf) {
        self.files.insert(from.clone(), None);
        self.moved.insert(to, from);
    }

    /// Whether a file is here only, or is not here; none where the disk counts.
    pub(crate) fn holds(&self, place: &Path) -> Option<bool> {
        let here = self.files.get(place).map(Option::is_some);
        here.or_else(|| self.moved.contains_key(place).then_some(true))
    }

    /// Whether there is a file.
    pub(crate) fn has_file(&self, place: &Path) -> bool {
        self.holds(place).unwrap_or_else(|| place.is_file())
    }

    /// A listing with the files that are here only, without those that are not here.
    fn apply(&self, listing: &mut Listing, root: &Path, excluded: &[PathBuf]) {
        if self.files.is_empty() {
            return;
        }
        listing.files.retain(|file| self.holds(&file.disk) != Some(false));
        let listed: BTreeSet<PathBuf> =
            listing.files.iter().map(|file| &file.disk).filter(|place| self.files.contains_key(*place)).cloned().collect();
        let texts = self.files.iter().filter(|(_, bytes)| bytes.is_some()).map(|(place, _)| place);
        let here: BTreeSet<&PathBuf> =
            texts.chain(self.moved.keys()).filter(|place| place.starts_with(root) && !listed.contains(*place)).collect();
        for place in here.into_iter().filter(|place| !excluded.iter().any(|folder| place.starts_with(folder))) {
            listing.files.push(Found { path: relative(place, root).into(), disk: place.clone() });
        }
    }
}

/// Lists every file below a folder, as git would see it: `.git` and what `.gitignore` names are left out, as is any output.
///
/// # Errors
/// A folder that cannot be read.
pub(crate) fn list(root: &Path, excluded: &[PathBuf], overlay: &Overlay) -> Result<Listing, Error> {
    let real_root = fs::canonicalize(root).map_err(|source| Error::io("read", root, source))?;
    let mut rules = IgnoreRules::above(root);
    let mut listing = Listing::default();
    let mut outside: Vec<PathBuf> = Vec::new();
    let walk = WalkDir::new(root).follow_links(true).sort_by_file_name().into_iter().filter_entry(|entry| {
        if entry.depth() == 0 {
            return rules.enter(entry);
        }
        let is_output = entry.file_type().is_dir() && entry.path().join(MANIFEST).is_file();
        if is_output
            || excluded.iter().any(|folder| folder == entry.path())
            || entry.file_name() == ".git"
            || entry.file_name() == CACHES
            || !rules.enter(entry)
        {
            return false;
        }
        if entry.path_is_symlink() && !fs::canonicalize(entry.path()).is_ok_and(|real| real.starts_with(&real_root)) {
            outside.push(entry.path().to_path_buf());
            return false;
        }
        true
    });
    for entry in walk {
        match entry {
            Ok(entry) if entry.file_type().is_file() => {
                listing.has_links |= entry.path_is_symlink();
                listing.files.push(Found { path: relative(entry.path(), root).into(), disk: entry.into_path() });
            }
            Ok(entry) if entry.file_type().is_dir() => {
                listing.has_links |= entry.depth() > 0 && entry.path_is_symlink();
                listing.folders.push(entry.into_path());
            }
            Ok(_) => {}
            Err(error) => listing.diagnostics.extend(walk_fault(error, root)?),
        }
    }
    for path in outside {
        let file: Arc<str> = relative(&path, root).into();
        listing.diagnostics.push(
            Diagnostic::new(
                &file,
                Span::default(),
                Rule::SymlinkOutside,
                "the symbolic link leads out of the content root and is not followed",
            )
            .target(&*file)
            .help("copy what it points at into the content, or remove the link"),
        );
    }
    overlay.apply(&mut listing, root, excluded);
    listing.files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(listing)
}

/// Every file below a folder that is no content, as far as it can be read.
pub(super) fn all(root: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = WalkDir::new(root).follow_links(true).sort_by_file_name().into_iter().filter_map(Result::ok);
    entries.filter(|entry| entry.file_type().is_file()).map(DirEntry::into_path)
}

/// A loop of links is the author's mistake, a dangling link is no file at all; the rest is the machine's failure.
fn walk_fault(error: walkdir::Error, root: &Path) -> Result<Option<Diagnostic>, Error> {
    let path = error.path().unwrap_or(root).to_path_buf();
    if let Some(ancestor) = error.loop_ancestor() {
        let file: Arc<str> = relative(&path, root).into();
        let up = relative(ancestor, root);
        let up = if up.is_empty() { "the content root".to_owned() } else { format!("`{up}`") };
        return Ok(Some(
            Diagnostic::new(&file, Span::default(), Rule::SymlinkLoop, format!("the symbolic link leads back to {up}, which holds it"))
                .target(&*file)
                .help("remove the link"),
        ));
    }
    match error.into_io_error() {
        Some(source) if source.kind() == std::io::ErrorKind::NotFound => Ok(None),
        source => Err(Error::io("read", path, source.unwrap_or_else(|| std::io::Error::other("unknown")))),
    }
}

/// The bytes of a file.
///
/// # Errors
/// A file that cannot be read.
pub(crate) fn bytes(path: &Path, overlay: &Overlay) -> Result<Vec<u8>, Error> {
    if let Some(Some(bytes)) = overlay.files.get(path) {
        return Ok(bytes.clone());
    }
    let path = overlay.moved.get(path).map_or(path, PathBuf::as_path);
    fs::read(path).map_err(|source| Error::io("read", path, source))
}

/// The text of a file in whatever encoding it is.
///
/// # Errors
/// A file that cannot be read.
pub(crate) fn text(path: &Path, overlay: &Overlay) -> Result<Decoded, Error> {
    bytes(path, overlay).map(decode)
}

/// UTF-8 with or without its mark, UTF-16, or whatever legacy encoding the bytes look like.
pub(super) fn decode(bytes: Vec<u8>) -> Decoded {
    let bytes = match String::from_utf8(bytes) {
        Ok(mut text) => {
            if text.starts_with('\u{feff}') {
                text.drain(..'\u{feff}'.len_utf8());
            }
            return Decoded { text, fault: None };
        }
        Err(error) => error,
    };
    let offset = bytes.utf8_error().valid_up_to();
    let bytes = bytes.into_bytes();
    let encoding = encoding_rs::Encoding::for_bom(&bytes).map(|(encoding, _)| encoding).or_else(|| wide(&bytes)).unwrap_or_else(|| {
        let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
        detector.feed(&bytes, true);
        detector.guess(None, chardetng::Utf8Detection::Deny)
    });
    let (text, encoding, _) = encoding.decode(&bytes);
    let place = std::str::from_utf8(&bytes[..offset]).map_or(0, |before| before.trim_start_matches('\u{feff}').len()).min(text.len());
    let place = (0..=place).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    Decoded { text: text.into_owned(), fault: Some(EncodingFault { encoding: encoding.name(), offset, place }) }
}

/// UTF-16 without its mark: every other byte of the beginning is zero.
fn wide(bytes: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let start = &bytes[..bytes.len().min(256) & !1];
    let zeros = |parity: usize| start.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count() * 4 > start.len();
    match (zeros(0), zeros(1)) {
        (false, true) => Some(encoding_rs::UTF_16LE),
        (true, false) => Some(encoding_rs::UTF_16BE),
        _ => None,
    }
}

fn relative(path: &Path, root: &Path) -> String {
    let path = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

/// The `.gitignore` files from the top of the repository down to the folder being walked.
struct IgnoreRules {
    above: Vec<Gitignore>,
    below: Vec<(usize, Gitignore)>,
}

impl IgnoreRules {
    /// The rules above the root, up to the folder that holds `.git`; none outside a repository.
    fn above(root: &Path) -> Self {
        let mut above = Vec::new();
        if let Some(top) = root.ancestors().find(|folder| folder.join(".git").exists()) {
            for folder in root.ancestors().skip(1).take_while(|folder| folder.starts_with(top)) {
                above.extend(rules(folder));
            }
        }
        Self { above, below: Vec::new() }
    }

    /// Whether an entry is kept; the rules of a kept folder hold for what is below it.
    fn enter(&mut self, entry: &DirEntry) -> bool {
        let is_folder = entry.file_type().is_dir();
        while self.below.last().is_some_and(|(depth, _)| *depth >= entry.depth()) {
            self.below.pop();
        }
        if entry.depth() > 0 {
            let deepest_first = self.below.iter().rev().map(|(_, rules)| rules).chain(&self.above);
            for rules in deepest_first {
                match rules.matched(entry.path(), is_folder) {
                    ignore::Match::Ignore(_) => return false,
                    ignore::Match::Whitelist(_) => break,
                    ignore::Match::None => {}
                }
            }
        }
        if is_folder && let Some(rules) = rules(entry.path()) {
            self.below.push((entry.depth(), rules));
        }
        true
    }
}

/// Whether git would leave out a file at a place where there may be none yet.
pub(crate) fn is_ignored(root: &Path, place: &Path) -> bool {
    let top = root.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(root);
    let above: Vec<&Path> = place.ancestors().take_while(|folder| folder.starts_with(top)).collect();
    let ignored = |entry: &Path| {
        let folders = entry.ancestors().skip(1).take_while(|folder| folder.starts_with(top));
        for rules in folders.filter_map(rules) {
            match rules.matched(entry, entry != place) {
                ignore::Match::Ignore(_) => return true,
                ignore::Match::Whitelist(_) => return false,
                ignore::Match::None => {}
            }
        }
        false
    };
    above.into_iter().rev().skip(1).any(ignored)
}

fn rules(folder: &Path) -> Option<Gitignore> {
    let file = folder.join(".gitignore");
    if !file.is_file() {
        return None;
    }
    let mut builder = GitignoreBuilder::new(folder);
    // A line that is no pattern is skipped, as git does.
    let _ = builder.add(file);
    builder.build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_line_endings_stay_out_of_the_text() {
        let decoded = decode(b"\xef\xbb\xbf# A\r\n".to_vec());
        assert_eq!((decoded.text.as_str(), decoded.fault), ("# A\r\n", None));
    }

    #[test]
    fn other_encodings_are_told_and_read() {
        let gbk = decode(b"# title\n\xb0\xb2\xd7\xb0 \xd6\xb8\xc4\xcf\xa3\xac\xc7\xeb\xcf\xc8\xb5\xc7\xc2\xbc\xa1\xa3\n".to_vec());
        assert_eq!(gbk.fault, Some(EncodingFault { encoding: "GBK", offset: 8, place: 8 }));
        assert!(gbk.text.contains("安装 指南"), "{}", gbk.text);
        let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain("# Größe".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let utf16 = decode(utf16);
        assert_eq!((utf16.text.as_str(), utf16.fault.map(|fault| fault.encoding)), ("# Größe", Some("UTF-16LE")));
    }

    #[test]
    fn ignored_files_are_not_there_and_nested_rules_hold() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("it has a parent")).expect("folders can be made");
            fs::write(path, text).expect("a file can be written");
        };
        write(".gitignore", "*.tmp\n/build/\n");
        write("a.md", "");
        write("a.tmp", "");
        write("build/b.md", "");
        write("sub/.gitignore", "!keep.tmp\n");
        write("sub/keep.tmp", "");
        write("sub/build/c.md", "");
        let listing = list(folder.path(), &[], &Overlay::default()).expect("it can be listed");
        let paths: Vec<&str> = listing.files.iter().map(|file| &*file.path).collect();
        assert_eq!(paths, [".gitignore", "a.md", "sub/.gitignore", "sub/build/c.md", "sub/keep.tmp"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_inside_the_root_and_never_out_of_it() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().expect("a folder can be made");
        let root = folder.path().join("root");
        fs::create_dir_all(root.join("a")).expect("folders can be made");
        fs::write(folder.path().join("secret.md"), "x").expect("a file can be written");
        fs::write(root.join("a/page.md"), "x").expect("a file can be written");
        symlink(root.join("a"), root.join("b")).expect("links can be made");
        symlink(&root, root.join("a/loop")).expect("links can be made");
        symlink("../secret.md", root.join("secret.md")).expect("links can be made");
        symlink("nowhere", root.join("dangling.md")).expect("links can be made");
        let listing = list(&root, &[], &Overlay::default()).expect("it can be listed");
        let paths: Vec<&str> = listing.files.iter().map(|file| &*file.path).collect();
        assert_eq!(paths, ["a/page.md", "b/page.md"]);
        let mut found: Vec<(Rule, &str)> = listing.diagnostics.iter().map(|d| (d.rule, &*d.file)).collect();
        found.sort();
        assert_eq!(found, [(Rule::SymlinkLoop, "a/loop"), (Rule::SymlinkLoop, "b/loop"), (Rule::SymlinkOutside, "secret.md")]);
    }
}
