//! Which path becomes which: what was asked for, the disk and the translations in, [`Moves`] out, or why it cannot be.

use crate::{
    error::{Error, shown},
    project::normal,
    site::{Place, Site, language::LanguageId, page::is_markdown},
};
use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

/// What is asked for, as it was written.
#[derive(Clone, Debug)]
pub struct Request {
    /// The file or folder.
    pub from: PathBuf,
    /// Its new path, or a folder that is there.
    pub to: PathBuf,
    /// The folder that the paths are relative to; the content folder comes after it.
    pub current: PathBuf,
    /// Whether translations stay where they are.
    pub only: bool,
}

/// Paths of the content, and what becomes of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moves {
    /// What was asked for, then the translations that go with it. None lies in another.
    all: Vec<Move>,
}

/// A file or a folder, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// The file or folder.
    pub from: String,
    /// Its new path.
    pub to: String,
    /// Whether it is a folder.
    pub is_folder: bool,
}

impl Moves {
    /// Looks at the disk for what a request names.
    ///
    /// # Errors
    /// Paths that are not there, or are taken, or lie outside the content.
    pub fn new(content: &Path, request: &Request) -> Result<Self, Error> {
        let named = request.from.display();
        let bases = [request.current.as_path(), content];
        let Some(base) = bases.into_iter().find(|base| fs::symlink_metadata(base.join(&request.from)).is_ok()) else {
            return Err(Error::usage(format!("there is no `{named}`"), "name it from the current folder or the content folder"));
        };
        let from = inside(content, &base.join(&request.from))?;
        let old = content.join(&from);
        guard_case(&old)?;
        let is_folder = old.is_dir();
        if from.is_empty() {
            return Err(Error::usage("the content folder itself cannot be moved", "rename it by hand, and set `content` in milepost.toml"));
        }
        if let Some(link) = link_on_the_way(content, &old) {
            let message = format!("`{}` is a symbolic link", shown(&link));
            return Err(Error::usage(message, "move it by hand, or name the file that it leads to"));
        }
        let to = target(content, &base.join(&request.to), &old, is_folder)?;
        if to == from {
            return Err(Error::usage(format!("`{named}` is there already"), "name another place"));
        }
        if to.strip_prefix(&from).is_some_and(|rest| rest.starts_with('/')) {
            return Err(Error::usage(format!("`{named}` cannot be moved into itself"), "name a place outside it"));
        }
        if !is_folder && is_markdown(&from) != is_markdown(&to) {
            let message = if is_markdown(&from) { format!("`{to}` would be no guide") } else { format!("`{to}` would be a guide") };
            return Err(Error::usage(message, "keep the ending of the name"));
        }
        Ok(Self::one(from, to, is_folder))
    }

    /// One file or folder that is moved.
    #[must_use]
    pub fn one(from: String, to: String, is_folder: bool) -> Self {
        Self { all: vec![Move { from, to, is_folder }] }
    }

    /// What was asked for.
    #[must_use]
    pub fn asked(&self) -> &Move {
        &self.all[0]
    }

    /// The translations that go with it.
    #[must_use]
    pub fn translations(&self) -> &[Move] {
        &self.all[1..]
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Move> {
        self.all.iter()
    }

    /// The same with the translations of what is moved: those of a page in the site's own language, or the folder of the same name
    /// among those of each other language. What becomes a translation itself takes none with it.
    ///
    /// # Errors
    /// A translation that is reached by a symbolic link, or whose new place is taken.
    pub fn with_translations(self, content: &Path, site: &Site) -> Result<Self, Error> {
        let asked = self.asked();
        let languages = &site.languages;
        let (of_new, common) = languages.of_path(&asked.to);
        if of_new != LanguageId::DEFAULT || languages.is_one() {
            return Ok(self);
        }
        let pairs: Vec<(String, String)> = if asked.is_folder {
            translated_folders(site, languages.section(&asked.from), languages.section(&asked.to))
        } else {
            let common = common.as_deref().unwrap_or(&asked.to);
            let translations = translations(site, &asked.from).into_iter();
            translations.filter_map(|path| languages.with_common_path(&path, common).map(|to| (path, to))).collect()
        };
        let mut all = self.all.clone();
        for (from, to) in pairs.into_iter().filter(|(from, to)| from != to && !self.moves(from)) {
            let request = Request { from: from.into(), to: to.as_str().into(), current: content.to_path_buf(), only: true };
            let moves = Self::new(content, &request)?;
            if moves.asked().to != to {
                return Err(Error::usage(format!("`{to}` is there already"), "nothing is overwritten: name another place"));
            }
            all.extend(moves.all);
        }
        Ok(Self { all })
    }

    /// The path that a path of the content gets; the same where it is not moved.
    #[must_use]
    pub fn path(&self, path: &str) -> String {
        self.all.iter().find_map(|one| one.path(path)).unwrap_or_else(|| path.to_owned())
    }

    /// Whether a path of the content gets another.
    #[must_use]
    pub fn moves(&self, path: &str) -> bool {
        self.all.iter().any(|one| one.path(path).is_some())
    }
}

impl Move {
    /// The path that a path of the content gets by it, if it is moved by it.
    fn path(&self, path: &str) -> Option<String> {
        match path.strip_prefix(&self.from)? {
            "" => Some(self.to.clone()),
            rest if self.is_folder && rest.starts_with('/') => Some(format!("{}{rest}", self.to)),
            _ => None,
        }
    }
}

/// The paths of the translations of a page in the site's own language.
fn translations(site: &Site, path: &str) -> Vec<String> {
    let Some(Place::Page(id)) =
        site.at(path).filter(|place| matches!(place, Place::Page(id) if site.page(*id).language == LanguageId::DEFAULT))
    else {
        return Vec::new();
    };
    let others = site.languages.iter().skip(1).filter_map(|(language, _)| site.translation(id, language));
    others.map(|id| site.page(id).path.to_string()).collect()
}

/// The folders of other languages that hold the translations of what is in a folder, and where they go: `zh/a` for `a`.
fn translated_folders(site: &Site, from: &str, to: &str) -> Vec<(String, String)> {
    let is_other = |name: &str| site.languages.named(name).is_some_and(|language| language != LanguageId::DEFAULT);
    let of_languages = site.folder_names().filter(|name| is_other(name));
    let folders = of_languages.map(|name| (format!("{name}/{from}"), format!("{name}/{to}")));
    folders.filter(|(folder, _)| !from.is_empty() && !to.is_empty() && site.folder(folder).is_some()).collect()
}

/// Where it goes: into a folder that is there, or to the path itself.
fn target(content: &Path, place: &Path, old: &Path, is_folder: bool) -> Result<String, Error> {
    let name = old.file_name().unwrap_or_default();
    let ends_with_slash = place.as_os_str().to_string_lossy().ends_with(['/', std::path::MAIN_SEPARATOR]);
    let new = normal(place);
    let is_same = fs::canonicalize(&new).is_ok_and(|real| fs::canonicalize(old).is_ok_and(|old| old == real));
    let place = if (new.is_dir() && !is_same) || (ends_with_slash && !is_folder) { new.join(name) } else { new };
    let path = inside(content, &place)?;
    let is_other_case = path.to_lowercase() == inside(content, old)?.to_lowercase()
        && fs::canonicalize(&place).is_ok_and(|real| fs::canonicalize(old).is_ok_and(|old| old == real));
    if fs::symlink_metadata(&place).is_ok() && !is_other_case && place != *old {
        return Err(Error::usage(format!("`{}` is there already", shown(&place)), "nothing is overwritten: name another place"));
    }
    if let Some(file) = place.ancestors().skip(1).find(|folder| folder.exists()).filter(|folder| !folder.is_dir()) {
        return Err(Error::usage(format!("`{}` is a file, not a folder", shown(file)), "name another place"));
    }
    if let Some(link) = place.parent().and_then(|folder| link_on_the_way(content, folder)) {
        return Err(Error::usage(format!("`{}` is a symbolic link", shown(&link)), "name the folder that it leads to"));
    }
    Ok(path)
}

/// The path of a place from the content root, with `/`.
fn inside(content: &Path, place: &Path) -> Result<String, Error> {
    let outside = || Error::usage(format!("`{}` is outside the content folder `{}`", shown(place), shown(content)), "name a place in it");
    let place = normal(place);
    let below = place.strip_prefix(content).map_err(|_| outside())?;
    let parts: Option<Vec<&str>> = below.iter().map(OsStr::to_str).collect();
    let parts = parts.ok_or_else(|| Error::usage(format!("`{}` is not UTF-8", shown(&place)), "rename it by hand"))?;
    Ok(parts.join("/"))
}

/// The first symbolic link between the content and a place in it.
fn link_on_the_way(content: &Path, place: &Path) -> Option<PathBuf> {
    place.ancestors().take_while(|folder| *folder != content).find(|folder| folder.is_symlink()).map(Path::to_path_buf)
}

/// Refuses a name in other letter case than the disk has, where the disk does not mind.
fn guard_case(place: &Path) -> Result<(), Error> {
    let Some((folder, name)) = place.parent().zip(place.file_name()) else { return Ok(()) };
    let listed = fs::read_dir(folder).map_err(|source| Error::io("read", folder, source))?;
    if listed.flatten().any(|entry| entry.file_name() == name) {
        return Ok(());
    }
    Err(Error::usage(format!("there is no `{}`", shown(place)), "letter case counts"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(content: &Path, from: &str, to: &str) -> Result<(String, String), String> {
        let request = Request { from: from.into(), to: to.into(), current: content.join("a"), only: true };
        Moves::new(content, &request).map(|moves| (moves.asked().from.clone(), moves.asked().to.clone())).map_err(|error| error.to_string())
    }

    #[test]
    fn places_are_named_as_git_names_them() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let content = folder.path().canonicalize().expect("it is there");
        fs::create_dir_all(content.join("a/b")).expect("folders can be made");
        for path in ["a/x.md", "y.md", "a/b/x.md", "image.png"] {
            fs::write(content.join(path), "").expect("a file can be written");
        }
        let moved = |from: &str, to: &str| Ok::<_, String>((from.to_owned(), to.to_owned()));
        assert_eq!(ask(&content, "x.md", "z.md"), moved("a/x.md", "a/z.md"));
        assert_eq!(ask(&content, "y.md", "a"), moved("y.md", "a/y.md"), "it is there from the content folder only");
        assert_eq!(ask(&content, "../y.md", "../a/"), moved("y.md", "a/y.md"));
        assert_eq!(ask(&content, "x.md", "new/"), moved("a/x.md", "a/new/x.md"));
        assert_eq!(ask(&content, "b", "../c"), moved("a/b", "c"));
        assert_eq!(ask(&content, "x.md", "X.md"), moved("a/x.md", "a/X.md"));
        for (from, to, why) in [
            ("gone.md", "z.md", "there is no `gone.md`"),
            ("x.md", "../../z.md", "is outside the content folder"),
            ("x.md", "b", "a/b/x.md` is there already"),
            ("x.md", "./x.md", "`x.md` is there already"),
            ("b", "b/c", "cannot be moved into itself"),
            ("..", "z", "the content folder itself"),
            ("x.md", "z", "`a/z` would be no guide"),
            ("../image.png", "../image.md", "`image.md` would be a guide"),
            ("b", "../y.md/c", "is a file, not a folder"),
        ] {
            let said = ask(&content, from, to).expect_err("it is refused");
            assert!(said.contains(why), "{from} {to}: {said}");
        }
    }
}
