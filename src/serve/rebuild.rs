//! What has changed in, the next generation out: guides that have not changed are not read again, nor is the theme.

use super::{generation::Parts, watch::Changes};
use crate::{
    building, check_entries,
    config::{Appearance, Git},
    error::Error,
    project::Project,
    read::{self, Keep, Kept, Overlay},
    site::{Followed, Site, history::History},
    write::{self, Highlights, Theme},
};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How many changed files are named to the browser and in the terminal; more are "many".
const NAMED: usize = 100;

/// Makes one generation after the other.
pub(super) struct Rebuild {
    kept: Kept,
    project: Option<Arc<Project>>,
    site: Option<Resolved>,
    theme: Option<(ThemeKey, Arc<Theme>)>,
    highlights: Arc<Highlights>,
    /// What the history tells, once it is read.
    history: Arc<Mutex<Arc<History>>>,
    /// What it was read of; held while it is read.
    told: Arc<Mutex<Option<Telling>>>,
}

/// What a history depends on: the commit that is checked out, and what the configuration asks for.
type Telling = (Option<String>, Git);

/// A site, and where its links lead.
type Resolved = (Arc<Site>, Arc<Followed>);

/// What a theme is made for, beside its files.
#[derive(PartialEq)]
struct ThemeKey {
    folders: Vec<PathBuf>,
    look: Appearance,
    languages: BTreeSet<String>,
}

/// What the making of a generation took, by stage.
pub(super) type Times = Vec<(&'static str, Duration)>;

impl Rebuild {
    /// With nothing made yet.
    pub(super) fn new() -> Self {
        Self {
            kept: Kept::default(),
            project: None,
            site: None,
            theme: None,
            highlights: Arc::new(Highlights::keeping_all()),
            history: Arc::default(),
            told: Arc::default(),
        }
    }

    /// The parts of the next generation.
    ///
    /// # Errors
    /// The machine's failures: the disk, the configuration, a template.
    pub(super) fn parts(&mut self, project: Project, changes: &Changes, times: &mut Times) -> Result<Parts, Error> {
        let mut clock = Clock { last: Instant::now(), times };
        let is_new = !self.has_made(&project);
        if is_new {
            self.kept = Kept::default();
        }
        let of_theme = |path: &PathBuf| theme_folders(&project).iter().any(|folder| path.starts_with(folder));
        let theme_changed = is_new || changes.any || changes.paths.iter().any(of_theme);
        let tree_changed = is_new || changes.any || changes.paths.iter().any(|path| !of_theme(path));
        // What fails from here on is tried again with the next change, whatever that is.
        let (site, followed) = match self.site.take() {
            Some(known) if !tree_changed => known,
            known => self.read(&project, known, changes, &mut clock)?,
        };
        self.site = Some((Arc::clone(&site), Arc::clone(&followed)));
        let key = ThemeKey {
            folders: theme_folders(&project).into_iter().map(Path::to_path_buf).collect(),
            look: project.config.theme.clone(),
            languages: write::languages(&site).into_iter().map(str::to_owned).collect(),
        };
        if theme_changed {
            self.theme = None;
        }
        let theme = match self.theme.take() {
            Some((known, theme)) if known == key => theme,
            _ => Arc::new(write::theme(&project, &site)?),
        };
        self.theme = Some((key, Arc::clone(&theme)));
        clock.stage("theme");
        let project = Arc::new(project);
        self.project = Some(Arc::clone(&project));
        let (highlights, history) =
            (Arc::clone(&self.highlights), Arc::clone(&self.history.lock().unwrap_or_else(PoisonError::into_inner)));
        Ok(Parts { project, site, followed, theme, highlights, history })
    }

    /// Whether the last generation was made from the same folders and the same configuration.
    pub(super) fn has_made(&self, project: &Project) -> bool {
        self.project.as_ref().is_some_and(|before| before.config == project.config && folders(before) == folders(project))
    }

    /// What reads the history of the last generation where another commit is checked out by now, and keeps it for the next; true when
    /// it tells something else.
    pub(super) fn historian(&self) -> Option<impl FnOnce() -> bool + Send + use<>> {
        let (project, (site, _)) = (self.project.clone()?, self.site.clone()?);
        let (history, told) = (Arc::clone(&self.history), Arc::clone(&self.told));
        Some(move || {
            let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
            let config = &project.config.git;
            let now = (config.dates.then(|| read::git::commit(&project.content)).flatten(), config.clone());
            if told.as_ref() == Some(&now) {
                return false;
            }
            let new = Arc::new(building::history(&project, &site).history);
            *told = Some(now);
            let mut history = history.lock().unwrap_or_else(PoisonError::into_inner);
            let is_other = *history != new;
            *history = new;
            is_other
        })
    }

    /// Reads what can have changed; `before` is the last site.
    fn read(&mut self, project: &Project, before: Option<Resolved>, changes: &Changes, clock: &mut Clock<'_>) -> Result<Resolved, Error> {
        self.kept.trust((!changes.any).then_some(&changes.paths));
        let tree = read::tree_from(project, &Overlay::default(), Keep::Pages, Some(&mut self.kept), &|| ())?;
        clock.stage("read");
        if let Some((site, followed)) = before
            && let Some(retold) = (site.config == project.config).then(|| site.with_texts(&tree)).flatten()
        {
            clock.stage("assemble");
            let followed = retold.follow(&followed);
            clock.stage("follow");
            return Ok((Arc::new(retold.site), Arc::new(followed)));
        }
        let site = Site::assemble(project.config.clone(), tree, project.drafts);
        clock.stage("assemble");
        check_entries(&site)?;
        let followed = site.follow_all();
        clock.stage("follow");
        Ok((Arc::new(site), Arc::new(followed)))
    }
}

/// Measures stages, one after the other.
struct Clock<'a> {
    last: Instant,
    times: &'a mut Times,
}

impl Clock<'_> {
    fn stage(&mut self, name: &'static str) {
        self.times.push((name, self.last.elapsed()));
        self.last = Instant::now();
    }
}

fn theme_folders(project: &Project) -> Vec<&Path> {
    [&project.theme, &project.templates].into_iter().flatten().map(PathBuf::as_path).collect()
}

/// Where the sources of a project are.
fn folders(project: &Project) -> [Option<&PathBuf>; 5] {
    [Some(&project.content), Some(&project.output), project.static_folder.as_ref(), project.templates.as_ref(), project.theme.as_ref()]
}

/// The addresses of the changed files that are no pages; none when there are too many to name, or nobody knows which.
pub(super) fn addresses(parts: &Parts, changes: &Changes, mount: &str) -> Option<Vec<String>> {
    if changes.any || changes.paths.len() > NAMED {
        return None;
    }
    let files = parts.site.files.iter().filter(|file| changes.paths.contains(&file.disk));
    Some(files.map(|file| format!("{mount}{}", crate::site::target::encode(&file.path))).collect())
}

/// The changed files as the terminal names them.
pub(super) fn names(project: &Project, changes: &Changes) -> Vec<String> {
    let below = |path: &PathBuf| path.strip_prefix(&project.root).unwrap_or(path).display().to_string();
    changes.paths.iter().map(below).filter(|name| !name.is_empty()).collect()
}
