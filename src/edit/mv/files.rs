//! Files moved and changed on the disk: all of it, or none.

use super::Moves;
use crate::{
    diagnostic::Edit,
    edit::file::Source,
    error::{Error, shown},
    replace::{Staged, stage},
};
use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

/// A file that is moved, changed, or both.
pub struct Text {
    /// Where it is.
    pub from: PathBuf,
    /// Where it will be.
    pub to: PathBuf,
    /// What it holds and will hold; none where only its place changes.
    pub(super) change: Option<Change>,
}

/// A text before and after.
pub(super) struct Change {
    source: Source,
    text: String,
}

impl Text {
    /// A file that is moved as it is.
    #[must_use]
    pub fn moved(content: &Path, moves: &Moves, path: &str) -> Self {
        Self { from: content.join(path), to: content.join(moves.path(path)), change: None }
    }

    /// A file at a place with edits made. Fails with the reason why they cannot be.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn edited(from: PathBuf, to: PathBuf, edits: &[Edit]) -> Result<Option<Self>, Error> {
        let Some(source) = Source::read(&from)? else { return Ok(None) };
        let mut sorted: Vec<&Edit> = edits.iter().collect();
        sorted.sort_by_key(|edit| edit.span);
        let mut text = String::with_capacity(source.text.len() + sorted.len() * 16);
        let mut written = 0;
        for edit in sorted.into_iter().filter(|edit| source.text.get(edit.span.range()).is_some()) {
            text.push_str(source.text.get(written..edit.span.start as usize).unwrap_or_default());
            text.push_str(&edit.text);
            written = edit.span.end as usize;
        }
        text.push_str(&source.text[written..]);
        Ok(Some(Self { from, to, change: Some(Change { source, text }) }))
    }

    /// What the file will hold; none where that does not change.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.change.as_ref().map(|change| change.text.as_str())
    }

    /// The same file with another text.
    #[must_use]
    pub fn with(mut self, text: String) -> Self {
        if let Some(change) = &mut self.change {
            change.text = text;
        }
        self
    }

    /// What it holds and will hold, as bytes; none where that does not change.
    #[must_use]
    pub fn bytes(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        let change = self.change.as_ref().filter(|change| change.text != change.source.text)?;
        Some((change.source.bytes(&change.source.text), change.source.bytes(&change.text)))
    }
}

impl std::fmt::Debug for Text {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} → {}", self.from.display(), self.to.display())
    }
}

/// Makes the move and the changes. New texts are written beside the old ones first, so that a full disk is known before
/// anything has changed; what fails after that is taken back.
///
/// # Errors
/// A file that changed meanwhile, or cannot be written or moved; all is as it was then.
pub fn write(content: &Path, moves: &Moves, texts: &[Text]) -> Result<(), Error> {
    let mut done = Done::default();
    let places: Vec<(PathBuf, PathBuf)> = moves.iter().map(|one| (content.join(&one.from), content.join(&one.to))).collect();
    let written = done.carry_out(&places, texts);
    if written.is_err() {
        done.take_back();
    }
    written
}

/// What has been done so far.
#[derive(Default)]
struct Done {
    /// New texts, where each goes, and what is there now.
    staged: Vec<(Staged, PathBuf, Vec<u8>)>,
    folders: Vec<PathBuf>,
    renamed: Vec<(PathBuf, PathBuf)>,
    replaced: Vec<(PathBuf, Vec<u8>)>,
}

impl Done {
    fn carry_out(&mut self, places: &[(PathBuf, PathBuf)], texts: &[Text]) -> Result<(), Error> {
        for text in texts {
            let Some((before, after)) = text.bytes() else { continue };
            if !text.change.as_ref().is_some_and(|change| change.source.is_current()) {
                let message = format!("`{}` changed meanwhile", shown(&text.from));
                return Err(Error::usage(message, "nothing was moved; run the command again"));
            }
            self.staged.push((stage(&text.from, |file| file.write_all(&after))?, text.from.clone(), before));
        }
        for (from, to) in places {
            let parent = to.parent().unwrap_or(to);
            // What is made last is taken away first.
            self.folders.splice(0..0, parent.ancestors().take_while(|folder| !folder.exists()).map(Path::to_path_buf));
            fs::create_dir_all(parent).map_err(|source| Error::io("create", parent, source))?;
            fs::rename(from, to).map_err(|source| Error::io("move", from, source))?;
            self.renamed.push((from.clone(), to.clone()));
        }
        while let Some((staged, place, before)) = self.staged.pop() {
            staged.publish(&|path| now(path, places))?;
            self.replaced.push((now(&place, places), before));
        }
        Ok(())
    }

    /// Takes back what was done, as far as the disk allows.
    fn take_back(self) {
        for (place, before) in self.replaced {
            let _ = crate::replace::replace(&place, &before);
        }
        for (from, to) in self.renamed.into_iter().rev() {
            let _ = fs::rename(to, from);
        }
        for (staged, ..) in self.staged {
            staged.discard();
        }
        for folder in self.folders {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Where a place is after the moves.
fn now(place: &Path, places: &[(PathBuf, PathBuf)]) -> PathBuf {
    let moved = places.iter().find_map(|(from, to)| Some((place.strip_prefix(from).ok()?, to)));
    match moved {
        Some((rest, to)) if rest.as_os_str().is_empty() => to.clone(),
        Some((rest, to)) => to.join(rest),
        None => place.to_path_buf(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Span;

    fn moves() -> Moves {
        Moves::one("a".to_owned(), "new/b".to_owned(), true)
    }

    fn site() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder can be made");
        fs::create_dir(folder.path().join("a")).expect("a folder can be made");
        fs::write(folder.path().join("a/x.md"), "\u{feff}one\r\n").expect("a file can be written");
        fs::write(folder.path().join("y.md"), "two").expect("a file can be written");
        folder
    }

    fn texts(content: &Path) -> Vec<Text> {
        let edit = [Edit { span: Span::new(0, 3), text: "1".to_owned() }];
        ["a/x.md", "y.md"]
            .iter()
            .map(|path| {
                let (from, to) = (content.join(path), content.join(moves().path(path)));
                Text::edited(from, to, &edit).expect("it can be read").expect("it is UTF-8")
            })
            .collect()
    }

    fn all(content: &Path) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let mut waiting = vec![content.to_path_buf()];
        while let Some(folder) = waiting.pop() {
            for entry in fs::read_dir(folder).expect("it can be listed").flatten() {
                if entry.path().is_dir() {
                    waiting.push(entry.path());
                } else {
                    let name = entry.path().strip_prefix(content).expect("it is below").display().to_string();
                    found.push((name, fs::read_to_string(entry.path()).expect("it can be read")));
                }
            }
        }
        found.sort();
        found
    }

    #[test]
    fn files_are_moved_and_changed_together() {
        let folder = site();
        write(folder.path(), &moves(), &texts(folder.path())).expect("it can be written");
        let wanted = [("new/b/x.md", "\u{feff}1\r\n"), ("y.md", "1")].map(|(path, text)| (path.to_owned(), text.to_owned()));
        assert_eq!(all(folder.path()), wanted);
    }

    #[test]
    fn what_fails_leaves_everything_as_it_was() {
        for trouble in ["y.md", "new"] {
            let folder = site();
            let texts = texts(folder.path());
            fs::write(folder.path().join(trouble), "theirs").expect("a file can be written");
            let before = all(folder.path());
            assert!(write(folder.path(), &moves(), &texts).is_err(), "{trouble}");
            assert_eq!(all(folder.path()), before);
        }
    }
}
