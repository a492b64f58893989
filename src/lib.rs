//! Milepost: a tree of Markdown guides in, a checked static site out.
//!
//! [`read`] → [`site`] → [`check`] → [`write`]: each a folder, each a stage; ARCHITECTURE.md is the map.

pub mod check;
pub mod config;
pub mod diagnostic;
pub mod edit;
pub mod error;
pub mod progress;
pub mod project;
pub mod read;
pub mod report;
pub mod site;
pub mod write;

use edit::{lock::Recorded, stamp::Stamped};
use error::Error;
use progress::{Progress, Stage};
use project::Project;
use read::{Keep, markdown::ParseOptions};
use report::Report;
use site::{Destination, Followed, Place, Site};
use write::output::Written;

/// Reads and checks a project; nothing is written.
///
/// # Errors
/// The machine's failures: the disk, the configuration.
pub fn check(project: &Project, progress: &Progress) -> Result<Report, Error> {
    resolve(project, Keep::Facts, progress).map(|(_, _, report)| report)
}

/// Reads, checks and writes a project. Findings that fail the run leave the old output untouched, unless `keep_going`.
///
/// # Errors
/// The machine's failures: the disk, the configuration, a template.
pub fn build(project: &Project, strict: bool, keep_going: bool, progress: &Progress) -> Result<(Report, Option<Written>), Error> {
    let (site, followed, mut report) = resolve(project, Keep::Pages, progress)?;
    if site.hub().is_some() && site.id().is_empty() {
        report.advice.push((
            "the site has no id: readers' ticks are kept under the address of its home page".to_owned(),
            "set `site-id` in milepost.toml, so that a move of the site keeps them".to_owned(),
        ));
    }
    if report.fails(strict) && !keep_going {
        return Ok((report, None));
    }
    progress.enter(Stage::Write, site.pages.len());
    let written = write::site(project, &site, &followed, &|| progress.step())?;
    Ok((report, Some(written)))
}

/// Writes ids of checklists and steps into the guides that lack them, and records them in the lock file.
///
/// # Errors
/// The machine's failures: the disk, the configuration, an id to retire that is in use.
pub fn stamp(project: &Project, retire: &[String], dry_run: bool, progress: &Progress) -> Result<(Stamped, Recorded), Error> {
    progress.enter(Stage::Read, 0);
    let tree = read::tree(project, Keep::Facts, &|| progress.step())?;
    // Drafts have ids too: they are published one day.
    let site = Site::assemble(project.config.clone(), tree, true);
    edit::lock::check_retired(site.lock.as_ref(), &site.pages, retire)?;
    let options = ParseOptions::new(&project.config);
    let parse = |path: &std::sync::Arc<str>, text: &str| read::markdown::parse(path, text, &options);
    let stamped = edit::stamp::stamp(&project.content, &site.pages, &parse, dry_run)?;
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
    let tree = read::tree(project, Keep::Facts, &|| progress.step())?;
    Ok(Site::assemble(project.config.clone(), tree, project.drafts))
}

fn resolve(project: &Project, keep: Keep, progress: &Progress) -> Result<(Site, Followed, Report), Error> {
    progress.enter(Stage::Read, 0);
    let tree = read::tree(project, keep, &|| progress.step())?;
    progress.enter(Stage::Check, 0);
    let site = Site::assemble(project.config.clone(), tree, project.drafts);
    for entry in &project.config.check.entry {
        if !matches!(site.at(entry.trim_start_matches("./")), Some(Place::Page(_))) {
            return Err(Error::usage(format!("`check.entry` names `{entry}`, which is no page"), "write its path from the content folder"));
        }
    }
    let followed = site.follow_all();
    let diagnostics = check::internal(&site, &followed, project.locked, &|| read::git::renames(&project.content));
    let links = followed.iter().map(Vec::len).sum();
    let pairs = site.pages.iter().zip(&followed).flat_map(|(page, followed)| page.links.iter().zip(followed));
    let external = pairs.filter(|(link, to)| **to == Ok(Destination::Address) && is_external(&link.target)).count();
    let report = Report::new(site.pages.len(), links, external, diagnostics);
    Ok((site, followed, report))
}

fn is_external(target: &str) -> bool {
    let target = target.trim_start();
    target.starts_with("//")
        || matches!(site::target::scheme(target), Some(scheme) if scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https"))
}
