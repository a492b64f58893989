//! Milepost: a tree of Markdown guides in, a checked static site out.
//!
//! [`read`] → [`site`] → [`check`] → [`write`]: each a folder, each a stage; ARCHITECTURE.md is the map.

mod building;
mod cache;
pub mod check;
pub mod config;
pub mod diagnostic;
pub mod edit;
pub mod error;
mod file_state;
mod html;
mod moving;
mod one_piece;
pub mod progress;
pub mod project;
pub mod read;
pub mod replace;
pub mod report;
#[cfg(feature = "serve")]
pub mod serve;
pub mod site;
pub mod write;

pub use building::{Building, build};
pub use moving::mv;

use check::{
    PageChecks, Renames,
    baseline::{self, Baseline, Left},
    since::Since,
};
use diagnostic::Diagnostic;
use edit::{
    lock::Recorded,
    mend::{Drafts, Judge, Mended},
    stamp::Stamped,
};
use error::{Error, shown};
use progress::{Progress, Stage};
use project::Project;
use read::{Keep, Kept, Overlay, markdown::ParseOptions};
use report::Report;
use site::{Destination, Followed, Place, Rename, Site, Tree};
use std::{path::Path, sync::OnceLock};

/// Reads and checks a project; nothing is written.
///
/// # Errors
/// The machine's failures: the disk, the configuration.
pub fn check(project: &Project, progress: &Progress) -> Result<Report, Error> {
    resolve(project, Keep::Facts, None, progress).map(|(_, _, report)| report)
}

/// Reads and checks a project, and asks for its external addresses. True when somebody stopped it before the end.
///
/// # Errors
/// The machine's failures: the disk, the configuration, a cache or client that cannot be had.
#[cfg(feature = "external")]
pub fn check_external(project: &Project, asking: check::external::Asking, progress: &Progress) -> Result<(Report, bool), Error> {
    let (site, followed, _) = resolve(project, Keep::Facts, None, progress)?;
    let settings = check::external::Settings::new(&project.config, &project.root, asking, read::ids_of_html, progress)?;
    let asked = check::external::ask(&site, &followed, &settings)?;
    let mut report = report(project, &site, &followed, &|| read::git::renames(&project.content), asked.diagnostics);
    report.external = Some(asked.notes);
    report.external_totals = Some(asked.totals);
    if let Some(error) = asked.unsaved {
        report.advice.push((
            format!("what was learnt of external addresses is not kept: {error}"),
            "name another file with `cache` in `[external]`".to_owned(),
        ));
    }
    Ok((report, asked.interrupted))
}

/// How often links are mended again that the round before left: overlapping fixes wait for the next.
const ROUNDS: usize = 10;

/// Mends the links whose findings have a certain fix, `with_likely` those with a likely one too; with `dry_run` only says so.
/// Findings about external addresses are those of [`check_external`].
///
/// # Errors
/// The machine's failures: the disk, the configuration.
pub fn mend(
    project: &Project,
    scope: &Scope,
    with_likely: bool,
    dry_run: bool,
    mut external: Vec<Diagnostic>,
    progress: &Progress,
) -> Result<Mended, Error> {
    let options = ParseOptions::new(&project.config);
    let history: OnceLock<Vec<Rename>> = OnceLock::new();
    let renames = || history.get_or_init(|| read::git::renames(&project.content)).clone();
    let mut drafts = Drafts::default();
    for _ in 0..ROUNDS {
        let mut overlay = Overlay::default();
        for (place, bytes) in drafts.texts(&project.content) {
            overlay.put(place, Some(bytes));
        }
        let (site, followed, mut report) = found(project, &overlay, Keep::FactsAndHash, &renames, progress)?;
        // Their places are those of the first round.
        report.diagnostics.append(&mut external);
        report.diagnostics.sort_by(|a, b| (&a.file, a.span).cmp(&(&b.file, b.span)));
        let findings = scope.of(report.diagnostics, &|file| read::quote_from(&project.content, file, &overlay)).findings;
        let checks = PageChecks::new(&site, &Vec::new);
        let judge = Judge {
            parse: &|path, text| read::markdown::parse(path, text, &options),
            find: &|page| checks.find(page),
            is_named: &|file, id| names(&site, &followed, file, id),
            hash: read::hash,
        };
        if drafts.round(&project.content, &site, &findings, with_likely, &judge) == 0 {
            break;
        }
    }
    drafts.finish(dry_run)
}

/// Whether some link leads to an id of a page.
fn names(site: &Site, followed: &Followed, file: &str, id: &str) -> bool {
    let names_it = |suffix: &str| suffix.split_once('#').is_some_and(|(_, fragment)| site::target::decode(fragment) == id);
    site.pages.iter().zip(followed).any(|(page, followed)| {
        followed.iter().flatten().any(|to| match to {
            Destination::Page(target, suffix) => *site.page(*target).path == *file && names_it(suffix),
            Destination::Same(suffix) => *page.path == *file && names_it(suffix),
            _ => false,
        })
    })
}

/// Which findings count: those that the change since a revision caused, and that no baseline holds.
#[derive(Debug, Default)]
pub struct Scope {
    since: Option<Since>,
    baseline: Option<Baseline>,
}

impl Scope {
    /// The scope that is asked for; `baseline` is a file.
    ///
    /// # Errors
    /// A baseline that cannot be read, what git cannot say, or the machine's failures.
    pub fn new(project: &Project, since: Option<&str>, baseline: Option<&Path>, progress: &Progress) -> Result<Self, Error> {
        let baseline = match baseline.map(|file| (file, read::own(file))) {
            Some((file, Ok(Some(text)))) => Some(Baseline::parse(&text, &shown(file))?),
            Some((file, Ok(None))) => {
                let message = format!("there is no baseline `{}`", shown(file));
                return Err(Error::usage(message, "write it: add `--update-baseline`"));
            }
            Some((_, Err(error))) => return Err(error),
            None => None,
        };
        let since = since.map(|revision| changed_since(project, revision, progress)).transpose()?;
        Ok(Self { since, baseline })
    }

    /// A report with only the findings that count; what the baseline has to do with it stands beside it.
    #[must_use]
    pub fn narrow(&self, project: &Project, report: Report) -> (Report, Left) {
        let summary = report.summary;
        let mut left = self.of(report.diagnostics, &|file| read::quote(&project.content, file));
        let counted = Report::new(summary.pages, summary.links, summary.external, std::mem::take(&mut left.findings));
        (Report { summary: counted.summary, diagnostics: counted.diagnostics, ..report }, left)
    }

    fn of(&self, findings: Vec<Diagnostic>, text_of: &dyn Fn(&str) -> Option<String>) -> Left {
        let mut left = match &self.baseline {
            Some(baseline) => baseline.hide(findings, text_of),
            None => Left { findings, ..Left::default() },
        };
        if let Some(since) = &self.since {
            left.findings = since.keep(left.findings, text_of);
        }
        left
    }
}

/// What was found at the commit where this branch and a revision parted, by the same parser and the same checks.
fn changed_since(project: &Project, revision: &str, progress: &Progress) -> Result<Since, Error> {
    let then = read::then::then(project, revision)?;
    let findings = match found(project, &then.overlay, Keep::Facts, &Vec::new, progress) {
        Ok((_, _, report)) => report.diagnostics,
        // There were no guides yet.
        Err(Error::Usage { .. }) => Vec::new(),
        Err(error) => return Err(error),
    };
    let text_of = |file: &str| read::quote_from(&project.content, file, &then.overlay);
    Ok(Since::new(then.changed, &then.names_now, &findings, &text_of))
}

/// Writes the baseline of a report; says how many findings it holds, and whether the file differs from the old one.
///
/// # Errors
/// A file that is there and is no baseline, or that cannot be written.
pub fn write_baseline(project: &Project, report: &Report, file: &Path) -> Result<(usize, bool), Error> {
    let before = read::own(file)?;
    if before.as_ref().is_some_and(|text| !text.is_empty() && !baseline::is_one(text)) {
        return Err(Error::usage(format!("`{}` is there and is no baseline", shown(file)), "name another file, or remove this one"));
    }
    let text = baseline::render(&report.diagnostics, &|file| read::quote(&project.content, file));
    let changed = edit::baseline::write(file, before.as_deref(), &text)?;
    Ok((report.diagnostics.len(), changed))
}

/// Writes ids of checklists and steps into the guides that lack them, and records them in the lock file.
///
/// # Errors
/// The machine's failures: the disk, the configuration, an id to retire that is in use.
pub fn stamp(project: &Project, retire: &[String], dry_run: bool, progress: &Progress) -> Result<(Stamped, Recorded), Error> {
    progress.enter(Stage::Read, 0);
    let tree = read::tree(project, &Overlay::default(), Keep::Facts, &|| progress.step())?;
    // Drafts have ids too: they are published one day.
    let site = Site::assemble(project.config.clone(), tree, true);
    edit::lock::check_retired(site.lock.as_ref(), &site.pages, retire)?;
    let options = ParseOptions::new(&project.config);
    let parse = |path: &std::sync::Arc<str>, text: &str| read::markdown::parse(path, text, &options);
    let stamped = edit::stamp::stamp(&project.content, &site, &parse, dry_run)?;
    let place = project.root.join(site::lock::FILE_NAME);
    let recorded = edit::lock::record(&place, site.lock.as_ref(), &stamped.pages, retire, dry_run)?;
    Ok((stamped, recorded))
}

/// Reads a project for what it knows of checklists; nothing is checked or written.
///
/// # Errors
/// The machine's failures: the disk, the configuration.
pub fn site(project: &Project, progress: &Progress) -> Result<Site, Error> {
    progress.enter(Stage::Read, 0);
    let tree = read::tree(project, &Overlay::default(), Keep::Facts, &|| progress.step())?;
    Ok(Site::assemble(project.config.clone(), tree, project.drafts))
}

fn resolve(project: &Project, keep: Keep, kept: Option<&mut Kept>, progress: &Progress) -> Result<(Site, Followed, Report), Error> {
    progress.enter(Stage::Read, 0);
    let tree = read::tree_from(project, &Overlay::default(), keep, kept, &|| progress.step())?;
    let (site, followed, report) = put_together(project, tree, &|| read::git::renames(&project.content), progress);
    check_entries(&site)?;
    write::check_look(&site)?;
    Ok((site, followed, report))
}

/// Whether the pages that readers begin with are there.
fn check_entries(site: &Site) -> Result<(), Error> {
    for entry in &site.config.check.entry {
        if !matches!(site.at(entry.trim_start_matches("./")), Some(Place::Page(_))) {
            return Err(Error::usage(format!("`check.entry` names `{entry}`, which is no page"), "write its path from the content folder"));
        }
    }
    Ok(())
}

fn found(
    project: &Project,
    overlay: &Overlay,
    keep: Keep,
    renames: Renames<'_>,
    progress: &Progress,
) -> Result<(Site, Followed, Report), Error> {
    progress.enter(Stage::Read, 0);
    let tree = read::tree(project, overlay, keep, &|| progress.step())?;
    Ok(put_together(project, tree, renames, progress))
}

fn put_together(project: &Project, tree: Tree, renames: Renames<'_>, progress: &Progress) -> (Site, Followed, Report) {
    progress.enter(Stage::Check, 0);
    let site = Site::assemble(project.config.clone(), tree, project.drafts);
    let followed = site.follow_all();
    let report = report(project, &site, &followed, renames, Vec::new());
    (site, followed, report)
}

fn report(project: &Project, site: &Site, followed: &Followed, renames: Renames<'_>, external: Vec<Diagnostic>) -> Report {
    let diagnostics = check::all(site, followed, project.locked, renames, external);
    let links = followed.iter().map(Vec::len).sum();
    let pairs = site.pages.iter().zip(followed).flat_map(|(page, followed)| page.links.iter().zip(followed));
    let external = pairs.filter(|(link, to)| **to == Ok(Destination::Address) && is_external(&link.target)).count();
    Report::new(site.pages.len(), links, external, diagnostics)
}

fn is_external(target: &str) -> bool {
    let target = target.trim_start();
    target.starts_with("//")
        || matches!(site::target::scheme(target), Some(scheme) if scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https"))
}
