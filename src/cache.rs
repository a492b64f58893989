//! What the last build of an output leaves for the next: parsed guides, what each file was made from, and what was found.
//!
//! A cache that cannot be read is none, and one that cannot be written is left: no build fails of it.

use crate::{
    config::CACHES,
    diagnostic::Diagnostic,
    error::Error,
    file_state::FileState,
    project::Project,
    read::{self, Input, Kept, Listings},
    replace::replace,
    report::{Report, Summary},
    write::{Highlights, IndexKept, Outputs, output::Written},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The folder of those of builds in the folder of all caches.
const BUILDS: &str = "build";
/// The last output that a cache was made for.
const TARGET: &str = "output";
const STATE: &str = "state";
const GUIDES: &str = "guides";
const INDEX: &str = "search";
const CODE: &str = "code";

/// The cache of one output.
pub(crate) struct Cache {
    folder: PathBuf,
    key: [u8; 32],
    commit: Option<String>,
    /// The files that the build reads, as they were before it began.
    inputs: Vec<Input>,
    listings: Listings,
    state: Option<State>,
}

/// What a build leaves of its output for the next.
pub(crate) struct Leaves {
    pub(crate) outputs: Outputs,
    /// None where the indexes are as they were.
    pub(crate) index: Option<IndexKept>,
    /// The files outside the content that were looked for, and whether they are there.
    pub(crate) sought: Vec<(String, bool)>,
}

/// What the last build found and wrote.
#[derive(Serialize, Deserialize)]
struct State {
    key: [u8; 32],
    /// The commit that is checked out: dates, and where files have moved to, come from the history.
    commit: Option<String>,
    inputs: Vec<Input>,
    /// Files of the repository outside the content that links name, and whether they are there.
    outside: Vec<(String, bool)>,
    outputs: Outputs,
    summary: Summary,
    diagnostics: Vec<Diagnostic>,
    advice: Vec<(String, String)>,
}

impl Cache {
    /// The cache of a project's output.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub(crate) fn open(project: &Project) -> Result<Self, Error> {
        let output = absolute(&project.output);
        let name = &blake3::hash(output.to_string_lossy().as_bytes()).to_hex()[..16];
        let folder = project.root.join(CACHES).join(BUILDS).join(name);
        let key = key(project);
        let state = fs::read(folder.join(STATE)).ok().and_then(|bytes| postcard::from_bytes::<State>(&bytes).ok());
        let state = state.filter(|state| state.key == key);
        let (inputs, listings) = read::inputs(project)?;
        Ok(Self { folder, key, commit: read::git::commit(&project.content), inputs, listings, state })
    }

    /// What the last build found, where nothing has changed since, neither what it read nor what it wrote.
    pub(crate) fn unchanged(&self, project: &Project) -> Option<(Report, Written)> {
        let state = self.state.as_ref()?;
        let same = state.commit == self.commit
            && state.inputs.len() == self.inputs.len()
            && state.inputs.iter().zip(&self.inputs).all(|(then, now)| then.is_same(now))
            && state.outside.iter().all(|(place, there)| Path::new(place).exists() == *there)
            && state.outputs.are_intact(&project.output);
        same.then(|| {
            let report = Report {
                summary: state.summary,
                diagnostics: state.diagnostics.clone(),
                advice: state.advice.clone(),
                ..Report::default()
            };
            (report, Written { files: state.outputs.len(), changed: 0, removed: 0 })
        })
    }

    /// The guides of the last build, for one that takes what was listed.
    pub(crate) fn guides(&mut self) -> Kept {
        let packed = fs::read(self.folder.join(GUIDES)).ok();
        let kept = packed.and_then(|packed| Kept::unpack(packed, &self.key)).unwrap_or_default();
        kept.with_listed(std::mem::take(&mut self.listings))
    }

    /// What the last build made for its indexes.
    pub(crate) fn index(&self) -> IndexKept {
        self.keyed(INDEX).unwrap_or_default()
    }

    /// The highlighted blocks of earlier builds, which depend on the program alone.
    pub(crate) fn highlights(&self) -> Highlights {
        Highlights::kept_in(self.folder.join(CODE), *blake3::hash(program().as_bytes()).as_bytes())
    }

    /// What a file of the cache holds; none for one of another program or another configuration.
    fn keyed<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let bytes = fs::read(self.folder.join(name)).ok()?;
        postcard::from_bytes(bytes.strip_prefix(&self.key)?).ok()
    }

    /// What the last build wrote.
    pub(crate) fn outputs(&mut self) -> Outputs {
        self.state.take().map(|state| state.outputs).unwrap_or_default()
    }

    /// Keeps what a build has read, found and written, for the next.
    pub(crate) fn save(mut self, project: &Project, guides: &Kept, leaves: Leaves, report: &Report) {
        guides.complete_inputs(&mut self.inputs, &project.content);
        let state = State {
            key: self.key,
            commit: self.commit,
            inputs: self.inputs,
            outside: leaves.sought,
            outputs: leaves.outputs,
            summary: report.summary,
            diagnostics: report.diagnostics.clone(),
            advice: report.advice.clone(),
        };
        // What is not kept is made again: that is no failure.
        let _ = write(&self.folder, &absolute(&project.output), &state, guides, leaves.index.as_ref());
        let _ = remove_orphans(&project.root.join(CACHES).join(BUILDS));
    }
}

fn write(folder: &Path, output: &Path, state: &State, guides: &Kept, index: Option<&IndexKept>) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(|source| Error::io("create", folder, source))?;
    if let Some(top) = folder.ancestors().nth(2) {
        let ignored = top.join(".gitignore");
        if !ignored.exists() {
            replace(&ignored, b"*\n")?;
        }
    }
    let failed = |source| Error::io("write", folder, std::io::Error::other(source));
    replace(&folder.join(GUIDES), &guides.pack(&state.key).map_err(failed)?)?;
    if let Some(index) = index {
        let place = folder.join(INDEX);
        let index = postcard::to_extend(index, roomy(&place, &state.key)).map_err(failed)?;
        replace(&place, &index)?;
    }
    let place = folder.join(STATE);
    replace(&place, &postcard::to_extend(state, roomy(&place, &[])).map_err(failed)?)?;
    replace(&folder.join(TARGET), output.to_string_lossy().as_bytes())
}

/// Bytes with room for as many as a file has now, and some more: what grows is copied.
fn roomy(place: &Path, bytes: &[u8]) -> Vec<u8> {
    let length = fs::metadata(place).map_or(0, |metadata| usize::try_from(metadata.len()).unwrap_or_default());
    let mut room = Vec::with_capacity(bytes.len() + length + length / 16);
    room.extend_from_slice(bytes);
    room
}

/// Removes the caches of outputs that are no more.
fn remove_orphans(builds: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(builds)? {
        let folder = entry?.path();
        let target = fs::read_to_string(folder.join(TARGET));
        if target.is_ok_and(|target| !Path::new(&target).exists()) {
            fs::remove_dir_all(&folder)?;
        }
    }
    Ok(())
}

/// What everything depends on beside the sources: the program itself, and the configuration.
fn key(project: &Project) -> [u8; 32] {
    *blake3::hash(format!("{}{project:?}", program()).as_bytes()).as_bytes()
}

/// The version of the program, and its file: while one is developed, its version tells too little.
fn program() -> String {
    let file = std::env::current_exe().ok().and_then(|file| FileState::of(&file));
    format!("{}{file:?}", env!("CARGO_PKG_VERSION"))
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}
