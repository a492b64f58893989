//! Folders to what has changed in them: events of the system, gathered until they pause.

use crate::{error::Error, project::Project, read};
use notify::{
    Config, Event, EventKind, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher, WatcherKind,
    event::{AccessKind, AccessMode, ModifyKind},
};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::mpsc::{self, Receiver, RecvTimeoutError, Sender},
    time::{Duration, Instant},
};

/// How long it must be quiet before a change counts as whole: editors write, rename and set times within a few milliseconds.
const QUIET: Duration = Duration::from_millis(10);
/// The longest that a change is gathered: a checkout of a large branch takes seconds.
const LONGEST: Duration = Duration::from_millis(300);
/// How often files are looked at where the system tells no events.
const POLL: Duration = Duration::from_millis(500);

/// What has changed.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// The files and folders that events named.
    pub(super) paths: BTreeSet<PathBuf>,
    /// Whether events were lost, so that anything may have changed.
    pub(super) any: bool,
}

impl Changes {
    /// Adds what has changed since.
    pub(super) fn add(&mut self, more: &Self) {
        self.paths.extend(more.paths.iter().cloned());
        self.any |= more.any;
    }
}

/// What the watch is told.
enum Signal {
    Changed(Event),
    /// The same sources are to be shown anew.
    Again,
}

/// The watched folders of a project.
pub(super) struct Watch {
    watcher: Box<dyn Watcher + Send>,
    signals: Receiver<Signal>,
    send: Sender<Signal>,
    watched: BTreeSet<PathBuf>,
    /// Whether folders are watched one by one, which leaves out what git ignores; else whole trees are.
    by_folder: bool,
    /// Folders whose files are no sources: the output.
    excluded: Vec<PathBuf>,
}

impl Watch {
    /// Begins to watch; nothing is watched before [`Watch::follow`].
    ///
    /// # Errors
    /// A system that can tell nothing of its files.
    pub(super) fn new() -> Result<Self, Error> {
        let (send, signals) = mpsc::channel();
        let watcher = RecommendedWatcher::new(teller(send.clone()), Config::default());
        let by_folder = matches!(RecommendedWatcher::kind(), WatcherKind::Inotify | WatcherKind::Kqueue);
        let watcher =
            watcher.map_err(|error| Error::usage(format!("files cannot be watched: {error}"), "end other programs that watch files"))?;
        Ok(Self { watcher: Box::new(watcher), signals, send, watched: BTreeSet::new(), by_folder, excluded: Vec::new() })
    }

    /// Watches what a project is made from: folders that are new, and no longer those that are gone. True when this had to
    /// begin anew with looking at the files from time to time, since the system watches no more folders.
    ///
    /// # Errors
    /// Files that cannot be watched in any way.
    pub(super) fn follow(&mut self, project: &Project) -> Result<bool, Error> {
        self.excluded = vec![project.output.clone()];
        // A folder that is made while others are looked for is found in the next round.
        loop {
            let wanted = self.wanted(project);
            for gone in self.watched.difference(&wanted.keys).cloned().collect::<Vec<_>>() {
                self.forget(&gone);
            }
            let new: Vec<PathBuf> = wanted.keys.difference(&self.watched).cloned().collect();
            if new.is_empty() {
                return Ok(false);
            }
            for folder in new {
                let mode = if wanted.whole.contains(&folder) { RecursiveMode::Recursive } else { RecursiveMode::NonRecursive };
                match self.watcher.watch(&folder, mode) {
                    Err(error) if matches!(error.kind, notify::ErrorKind::MaxFilesWatch) => return self.poll(project).map(|()| true),
                    // One that is gone again is told by the folder around it.
                    _ => self.watched.insert(folder),
                };
            }
        }
    }

    /// Looks at the files from time to time.
    fn poll(&mut self, project: &Project) -> Result<(), Error> {
        let failed =
            |error: notify::Error| Error::usage(format!("files cannot be watched: {error}"), "end other programs that watch files");
        let mut watcher = PollWatcher::new(teller(self.send.clone()), Config::default().with_poll_interval(POLL)).map_err(failed)?;
        self.by_folder = false;
        let wanted = self.wanted(project);
        for folder in &wanted.keys {
            let mode = if wanted.whole.contains(folder) { RecursiveMode::Recursive } else { RecursiveMode::NonRecursive };
            watcher.watch(folder, mode).map_err(failed)?;
        }
        (self.watcher, self.watched) = (Box::new(watcher), wanted.keys);
        Ok(())
    }

    fn wanted(&self, project: &Project) -> Wanted {
        let mut keys = BTreeSet::new();
        let mut whole = BTreeSet::new();
        let roots = [Some(&project.content), project.static_folder.as_ref(), project.templates.as_ref(), project.theme.as_ref()];
        for root in roots.into_iter().flatten() {
            if self.by_folder {
                keys.extend(read::folders(root, &project.excluded()));
            } else if root.is_dir() {
                keys.insert(root.clone());
                whole.insert(root.clone());
            }
            // What tells that the folder itself comes and goes.
            keys.extend(nearest(root.parent()));
        }
        keys.extend(nearest(Some(&project.root)));
        keys.extend(nearest(project.file.as_deref().and_then(Path::parent)));
        Wanted { keys, whole }
    }

    /// Waits for a change, and gathers what belongs to it.
    pub(super) fn next(&mut self) -> Option<Changes> {
        let mut changes = Changes::default();
        while changes.paths.is_empty() && !changes.any {
            match self.signals.recv().ok()? {
                Signal::Changed(event) => self.gather(&mut changes, &event),
                Signal::Again => return Some(changes),
            }
        }
        let began = Instant::now();
        while began.elapsed() < LONGEST {
            match self.signals.recv_timeout(QUIET) {
                Ok(Signal::Changed(event)) => self.gather(&mut changes, &event),
                // The generation that is to come is a new one in any case.
                Ok(Signal::Again) => {}
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
        Some(changes)
    }

    /// What asks for a generation although nothing has changed.
    pub(super) fn again(&self) -> impl Fn() + Send + use<> {
        let send = self.send.clone();
        move || {
            // Nobody listens any more when the server ends.
            let _ = send.send(Signal::Again);
        }
    }

    fn gather(&mut self, changes: &mut Changes, event: &Event) {
        changes.any |= event.need_rescan();
        for path in &event.paths {
            if !matches!(event.kind, EventKind::Modify(ModifyKind::Data(_)) | EventKind::Access(_)) && self.watched.contains(path) {
                // It may be another folder of the same name by now.
                let below: Vec<PathBuf> = self.watched.iter().filter(|watched| watched.starts_with(path)).cloned().collect();
                for folder in &below {
                    self.forget(folder);
                }
            }
            if !self.excluded.iter().any(|folder| path.starts_with(folder)) && !is_of_editor(path) {
                changes.paths.insert(path.clone());
            }
        }
    }

    fn forget(&mut self, folder: &Path) {
        // It is gone already, as a rule.
        let _ = self.watcher.unwatch(folder);
        self.watched.remove(folder);
    }
}

/// Hands events on that tell of a change.
fn teller(send: Sender<Signal>) -> impl Fn(notify::Result<Event>) + Send {
    move |event| {
        if let Some(event) = event.ok().filter(is_change) {
            let _ = send.send(Signal::Changed(event));
        }
    }
}

/// The folders to watch, and those of them whose whole tree is watched.
struct Wanted {
    keys: BTreeSet<PathBuf>,
    whole: BTreeSet<PathBuf>,
}

/// The nearest folder upward that is there.
fn nearest(folder: Option<&Path>) -> Option<PathBuf> {
    folder?.ancestors().find(|folder| folder.is_dir()).map(Path::to_path_buf)
}

/// Whether an event tells of a change; to look at a file, as this program does, is none.
fn is_change(event: &Event) -> bool {
    let is_access = matches!(event.kind, EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write));
    let is_touch = matches!(event.kind, EventKind::Modify(ModifyKind::Metadata(_))) && event.paths.iter().all(|path| path.is_dir());
    !is_access && !is_touch
}

/// Whether a file is one that editors and git make for a moment, or beside the one that is edited.
fn is_of_editor(path: &Path) -> bool {
    let Some(name) = path.file_name().map(|name| name.to_string_lossy()) else { return false };
    let is_git = path.components().any(|part| part.as_os_str() == ".git");
    let is_swap = name.starts_with('.') && [".swp", ".swx", ".swo", ".swpx"].iter().any(|end| name.ends_with(end));
    let is_lock = name.starts_with(".#") || name.starts_with(".goutputstream-") || (name.starts_with('#') && name.ends_with('#'));
    let is_old = name.ends_with('~') || name.ends_with("___jb_tmp___") || name.ends_with("___jb_old___");
    // vim writes this one to see whether it may write into the folder.
    is_git || is_swap || is_lock || is_old || *name == *"4913"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_editors_are_no_sources() {
        for name in [".guide.md.swp", "guide.md~", ".#guide.md", "#guide.md#", "4913", "guide.md___jb_tmp___", ".git/index.lock"] {
            assert!(is_of_editor(&Path::new("/site/content").join(name)), "{name}");
        }
        for name in ["guide.md", "4913.md", "#1.md", ".hidden.md", "swp"] {
            assert!(!is_of_editor(&Path::new("/site/content").join(name)), "{name}");
        }
    }
}
