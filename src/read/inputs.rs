//! Every file that a build reads, listed and not read: whether anything has changed since the last one.

use super::source::{self, Listing};
use crate::{config, error::Error, file_state::FileState, project::Project, site::lock};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A file that a build reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Input {
    /// Where it is.
    pub(super) place: String,
    /// None for one that may change again and look the same, and for one that is not there.
    state: Option<FileState>,
    /// The hash of its bytes, where a build has it.
    pub(super) digest: Option<[u8; 32]>,
}

impl Input {
    fn of(file: &Path) -> Self {
        Self { place: file.to_string_lossy().into_owned(), state: FileState::settled(file), digest: None }
    }

    /// Whether a file is as it was for the last build; where its state does not tell, its bytes do.
    pub(crate) fn is_same(&self, now: &Self) -> bool {
        if self.place != now.place {
            return false;
        }
        if self.state.is_some() && self.state == now.state {
            return true;
        }
        let Some(digest) = self.digest else { return false };
        fs::read(&self.place).is_ok_and(|bytes| *blake3::hash(&bytes).as_bytes() == digest)
    }
}

/// Folders with their files.
pub(crate) type Listings = Vec<(PathBuf, Listing)>;

/// Every file that a build of a project may read, but for those outside it that links name; and the folders that were listed for it.
///
/// # Errors
/// A folder that cannot be read.
pub(crate) fn inputs(project: &Project) -> Result<(Vec<Input>, Listings), Error> {
    let mut listings = Listings::new();
    let listing = source::list(&project.content, &project.excluded(), &source::Overlay::default())?;
    // What was wrong on the way, such as a link that leads nowhere, is no file.
    let faults: Vec<Input> =
        listing.diagnostics.iter().map(|found| Input { place: format!("{found:?}"), state: None, digest: None }).collect();
    listings.push((project.content.clone(), listing));
    if let Some(folder) = &project.static_folder {
        listings.push((folder.clone(), source::list(folder, &[], &source::Overlay::default())?));
    }
    let mut places: Vec<PathBuf> = listings.iter().flat_map(|(_, listing)| &listing.files).map(|file| file.disk.clone()).collect();
    for folder in [&project.templates, &project.theme].into_iter().flatten() {
        places.extend(source::all(folder));
    }
    places.extend(project.file.clone());
    places.extend([config::FILE_NAME, lock::FILE_NAME].map(|name| project.root.join(name)).into_iter().filter(|file| file.is_file()));
    places.extend(project.content.parent().map(|above| above.join("mkdocs.yml")).filter(|file| file.is_file()));
    let mut inputs: Vec<Input> = places.par_iter().map(|place| Input::of(place)).collect();
    inputs.extend(faults);
    Ok((inputs, listings))
}
