//! A project as it was when a branch began: what git says has changed since in, the old files over the new ones out.

use super::{git, is_guide, source, source::Overlay};
use crate::{error::Error, project::Project};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// A project as it was.
#[derive(Debug, Default)]
pub(crate) struct Then {
    /// The old files over those of the disk.
    pub(crate) overlay: Overlay,
    /// The files that changed, under the names that they have now: the text that each had, none where it is new.
    pub(crate) changed: BTreeMap<String, Option<String>>,
    /// The names that renamed files have now, by those that they had.
    pub(crate) names_now: BTreeMap<String, String>,
}

/// What a project was at the commit where a revision and the current one parted.
///
/// # Errors
/// What git could not say: there is none, no repository, no such revision, no history.
pub(crate) fn then(project: &Project, revision: &str) -> Result<Then, Error> {
    let folders = Folders::new(project);
    let all = project.config.check.line_anchors;
    let is_wanted = |real: &Path| folders.place(real).is_some_and(|place| all || is_read(&place));
    let changes = git::changes(&project.content, revision, &is_wanted)?;
    let mut then = Then::default();
    for place in changes.added.iter().filter_map(|real| folders.place(real)) {
        then.changed.insert(folders.name(&place), None);
        then.overlay.put(place, None);
    }
    for (real, bytes) in changes.before {
        let Some(place) = folders.place(&real) else { continue };
        then.changed.insert(folders.name(&place), Some(source::decode(bytes.clone()).text));
        then.overlay.put(place, Some(bytes));
    }
    for (new, old) in changes.renamed {
        let (Some(new), Some(old)) = (folders.place(&new), folders.place(&old)) else { continue };
        let (new, old) = (folders.name(&new), folders.name(&old));
        if let Some(text) = then.changed.get(&old).cloned() {
            then.changed.insert(new.clone(), text);
        }
        then.names_now.insert(old, new);
    }
    Ok(then)
}

/// Whether the text of such a file is asked for, and not only whether it is there.
fn is_read(place: &Path) -> bool {
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    let extension = place.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    is_guide(&name) || matches!(extension.as_str(), "html" | "htm" | "xhtml" | "yml" | "yaml" | "lock")
}

/// The folders of a project as git names them, behind symbolic links, and as the project does.
struct Folders<'a> {
    project: &'a Project,
    real: Vec<(PathBuf, &'a Path)>,
}

impl<'a> Folders<'a> {
    fn new(project: &'a Project) -> Self {
        let named = [Some(project.content.as_path()), project.static_folder.as_deref(), Some(project.root.as_path())];
        let real = named.into_iter().flatten().filter_map(|folder| Some((fs::canonicalize(folder).ok()?, folder)));
        Self { project, real: real.collect() }
    }

    /// The place of a file as the project names it; none outside the project.
    fn place(&self, real: &Path) -> Option<PathBuf> {
        self.real.iter().find_map(|(from, to)| real.strip_prefix(from).ok().map(|below| to.join(below)))
    }

    /// The file as findings name it: from the content root, `../` leading to what lies beside it.
    fn name(&self, place: &Path) -> String {
        let mut folder = self.project.content.as_path();
        let mut up = String::new();
        loop {
            if let Ok(below) = place.strip_prefix(folder) {
                let parts: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
                return up + &parts.join("/");
            }
            let Some(above) = folder.parent() else { return place.display().to_string() };
            folder = above;
            up.push_str("../");
        }
    }
}
