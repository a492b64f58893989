//! A generation to what is found in it: beside the server, so that no browser waits, and the latest only.

use super::{
    Editor, Made, Said, Say,
    generation::{Parts, failed},
    live::{Checked, Live},
    problem::Problem,
};
use crate::{
    diagnostic::{Diagnostic, Rule, Severity},
    error::Error,
    project::Project,
    read,
    report::{Places, Report, prefix},
    site::Rename,
};
use std::{
    collections::{BTreeMap, BTreeSet, hash_map::DefaultHasher},
    hash::{Hash as _, Hasher as _},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, OnceLock,
        mpsc::{self, Receiver, Sender},
    },
    thread,
    time::{Duration, Instant},
};

/// A generation that is to be checked.
pub(super) struct Job {
    pub(super) number: u64,
    pub(super) parts: Parts,
    pub(super) changed: Vec<String>,
    pub(super) took: Duration,
    pub(super) times: Vec<(&'static str, Duration)>,
}

/// The way to the thread that checks.
pub(super) struct Checks(Sender<Job>);

impl Checks {
    /// Starts it.
    ///
    /// # Errors
    /// A system that has no thread to spare.
    pub(super) fn start(live: Arc<Live>, editor: Editor, say: Say) -> Result<Self, Error> {
        let (send, jobs) = mpsc::channel();
        let mut checker = Checker { live, editor, say, before: BTreeSet::new(), paths: 0, renames: OnceLock::new() };
        let thread = thread::Builder::new().name("check".to_owned()).spawn(move || checker.work(&jobs));
        thread.map_err(|error| failed(&format!("no thread can be started: {error}")))?;
        Ok(Self(send))
    }

    pub(super) fn add(&self, job: Job) {
        // The thread ends with the program only.
        let _ = self.0.send(job);
    }
}

/// What tells a finding from others, wherever its line has moved to.
type Key = (Arc<str>, Rule, String, Option<String>);

struct Checker {
    live: Arc<Live>,
    editor: Editor,
    say: Say,
    /// The findings of the last check.
    before: BTreeSet<Key>,
    /// The hash of all paths when the renames were asked for.
    paths: u64,
    /// What git says was renamed, once a finding asks for it.
    renames: OnceLock<Vec<Rename>>,
}

impl Checker {
    fn work(&mut self, jobs: &Receiver<Job>) {
        while let Ok(mut job) = jobs.recv() {
            // Of those that wait only the last is worth it.
            while let Ok(mut next) = jobs.try_recv() {
                next.changed.splice(..0, job.changed);
                job = next;
            }
            // What a check fails at must not end those after it.
            if catch_unwind(AssertUnwindSafe(|| self.check(job))).is_err() {
                (self.say)(Said::Failed(&failed("the program has failed while it checked the site")));
            }
        }
    }

    fn check(&mut self, mut job: Job) {
        job.parts.highlights.forget_all_but(job.parts.site.pages.iter().flat_map(|page| page.all_code()));
        let began = Instant::now();
        let project = &job.parts.project;
        let paths = hash(job.parts.site.paths());
        if paths != self.paths {
            (self.paths, self.renames) = (paths, OnceLock::new());
        }
        let renames = || self.renames.get_or_init(|| read::git::renames(&project.content)).clone();
        let report = crate::report(project, &job.parts.site, &job.parts.followed, &renames, Vec::new());
        let places = Places::read(report.files(), |file| read::quote(&project.content, file));
        if !self.live.check(job.number, checked(&report, &places, project, &self.editor)) {
            return;
        }
        job.times.push(("check", began.elapsed()));
        let keys: BTreeSet<Key> = report.diagnostics.iter().map(key).collect();
        let new: Vec<Diagnostic> = report.diagnostics.iter().filter(|finding| !self.before.contains(&key(finding))).cloned().collect();
        self.before = keys;
        let new = Report { diagnostics: new, ..Report::default() };
        job.changed.dedup();
        let (changed, times) = (&job.changed, &job.times);
        (self.say)(Said::Made(&Made { project, changed, took: job.took, times, report: &report, new: &new, places: &places }));
    }
}

fn key(finding: &Diagnostic) -> Key {
    (Arc::clone(&finding.file), finding.rule, finding.message.clone(), finding.target.clone())
}

fn hash<'a>(paths: impl Iterator<Item = &'a Arc<str>>) -> u64 {
    let mut hasher = DefaultHasher::new();
    paths.for_each(|path| path.hash(&mut hasher));
    hasher.finish()
}

/// What the overlay is to show, by guide.
fn checked(report: &Report, places: &Places, project: &Project, editor: &Editor) -> Checked {
    let current = std::env::current_dir().unwrap_or_default();
    let prefix = prefix(&project.content, &current);
    let mut by_file: BTreeMap<Arc<str>, Vec<Problem>> = BTreeMap::new();
    for finding in report.diagnostics.iter().filter(|finding| finding.severity != Severity::Off) {
        let problem = Problem::of(finding, places, &prefix, &project.content, editor);
        by_file.entry(Arc::clone(&finding.file)).or_default().push(problem);
    }
    Checked { errors: report.summary.errors, warnings: report.summary.warnings, by_file }
}
