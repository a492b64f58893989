//! The verbs: arguments in, what is to be printed and the exit status out.

mod arguments;
mod bar;
mod explain;
mod external;
mod mend;
mod mv;
mod reports;
#[cfg(feature = "serve")]
mod serve;
mod summary;
mod theme;

pub(crate) use arguments::Arguments;

use arguments::{Common, External, ListFormat, Mend, Place, Verb, Writing};
use milepost::{
    Building,
    diagnostic::Rule,
    error::{Error, shown},
    progress::Progress,
    project::{Overrides, Project},
    report::{prefix, text},
    write::{archive::Archive, checklists, output},
};
use reports::{Plan, Surroundings};
use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    time::Instant,
};

/// The exit status of a run that Ctrl-C has stopped, as shells have it: 128 and the signal's number.
const INTERRUPTED: u8 = 130;

/// What a run says and how it ends.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// 0 nothing at the failing level, 1 findings, 2 could not run.
    pub(crate) status: u8,
}

/// Prints words at once to the standard error stream, for a verb that goes on.
pub(crate) type Print = fn(&str);

/// Runs what the arguments ask for.
pub(crate) fn run(arguments: &Arguments, print: Print) -> Outcome {
    #[cfg(not(feature = "serve"))]
    let _ = print;
    let done = match arguments.verb() {
        Verb::Build { common, options } => build(arguments, common, options),
        #[cfg(feature = "serve")]
        Verb::Serve { place, base_url, serving } => serve::run(arguments, place, base_url.as_deref(), serving, print),
        Verb::Check { common, mend, external } => check(arguments, common, mend, external),
        Verb::MergeReports { reports, caches, cache, strict } => merge(arguments, reports, caches, cache.as_deref(), *strict),
        Verb::Stamp { place, dry_run, retire } => stamp(arguments, place, *dry_run, retire),
        Verb::Mv { old, new, dir, config, only, dry_run } => {
            let place = Place { dir: dir.clone(), config: config.clone() };
            let request = mv::request(old, new, *only);
            request.and_then(|request| mv::run(arguments, &open(&place)?, &request, *dry_run))
        }
        Verb::Checklists { place, format } => checklists(place, *format),
        Verb::Explain { rule } => explain::explain(rule.as_deref()).map(|stdout| Outcome { stdout, ..Outcome::default() }),
        Verb::Theme { file } => theme::theme(file.as_deref()).map(|stdout| Outcome { stdout, ..Outcome::default() }),
        Verb::Clean { dir, config, output_dir } => {
            let overrides = Overrides { config: config.clone(), output: output_dir.clone(), ..Overrides::default() };
            Project::open(dir.as_deref(), &overrides).and_then(|project| clean(arguments, &project))
        }
    };
    done.unwrap_or_else(|error| Outcome { stderr: format!("{}\n", text::render_error(&error)), status: 2, ..Outcome::default() })
}

fn build(arguments: &Arguments, common: &Common, options: &Writing) -> Result<Outcome, Error> {
    let started = Instant::now();
    let plan = Plan::new(common, Surroundings::read())?;
    let project = Project::open(common.dir.as_deref(), &overrides(common, options.output_dir.as_deref()))?;
    let archive = options.offline_zip.as_deref().map(|file| Archive::new(&project, file)).transpose()?;
    let progress = Progress::default();
    let building = Building { strict: common.strict, keep_going: options.keep_going, reuse: !options.no_cache, lean: false };
    let (report, written) = bar::watch(&progress, arguments.shows_progress(), || milepost::build(&project, building, &progress))?;
    let mut outcome = plan.carry_out(&project, &report, arguments.quiet())?;
    if !arguments.quiet() {
        outcome.stderr.push_str(&summary::built(&report, written, &shown(&project.output), common.strict, started.elapsed()));
    }
    if arguments.verbose() {
        outcome.stderr.push_str(&summary::details(&project, written));
    }
    if let (Some(archive), Some(file), Some(_)) = (archive, &options.offline_zip, written) {
        let archived = archive.pack()?;
        if !arguments.quiet() {
            outcome.stderr.push_str(&summary::packed(archived, &shown(file)));
        }
    }
    if options.open && written.is_some() {
        let page = project.output.join("index.html");
        if let Err(source) = ::open::that_detached(&page) {
            let _ = writeln!(outcome.stderr, "no browser could be opened ({source}); the site is at `{}`", page.display());
        }
    }
    Ok(outcome)
}

fn check(arguments: &Arguments, common: &Common, mend: &Mend, asks: &External) -> Result<Outcome, Error> {
    let started = Instant::now();
    let plan = Plan::new(common, Surroundings::read())?;
    mend::agree(mend, plan.fills_stdout())?;
    let project = Project::open(common.dir.as_deref(), &overrides(common, None))?;
    let progress = Progress::default();
    let (report, done, interrupted) = bar::watch(&progress, arguments.shows_progress(), || {
        // What has moved is known only when it was asked for; what is mended is asked for again, most of it from the cache.
        let asked = (asks.is_asked && mend.mends()).then(|| external::check(&project, asks, &progress)).transpose()?;
        if let Some((report, true)) = asked {
            let (report, done) = mend::after(mend, &project, mend::nothing(mend, &project, &progress)?, report)?;
            return Ok((report, done, true));
        }
        let moved = asked.into_iter().flat_map(|(report, _)| report.diagnostics);
        let moved = moved.filter(|finding| finding.rule == Rule::Redirect).collect();
        let before = mend::before(mend, &project, moved, &progress)?;
        let (report, interrupted) =
            if asks.is_asked { external::check(&project, asks, &progress)? } else { (milepost::check(&project, &progress)?, false) };
        let (report, done) = mend::after(mend, &project, before, report)?;
        Ok::<_, Error>((report, done, interrupted))
    })?;
    let mut outcome = plan.carry_out(&project, &report, arguments.quiet())?;
    let prefix = prefix(&project.content, &std::env::current_dir().unwrap_or_default());
    outcome.stdout.push_str(&mend::diff(&done, &prefix));
    outcome.stderr.push_str(&mend::left_alone(&done, &prefix));
    if !arguments.quiet() {
        outcome.stderr.push_str(&mend::gone(&done));
        outcome.stderr.push_str(&summary::notes(&report));
        outcome.stderr.push_str(&summary::checked(&report, started.elapsed()));
        outcome.stderr.push_str(&mend::summary(&done, &report));
    }
    if interrupted {
        outcome.status = INTERRUPTED;
    }
    if arguments.verbose() {
        outcome.stderr.push_str(&summary::details(&project, None));
    }
    Ok(outcome)
}

fn merge(arguments: &Arguments, reports: &[PathBuf], caches: &[PathBuf], cache: Option<&Path>, strict: bool) -> Result<Outcome, Error> {
    let (stdout, errors, warnings) = external::join_reports(reports)?;
    if let Some(cache) = cache {
        external::join_caches(caches, cache)?;
    }
    let stderr = if arguments.quiet() { String::new() } else { summary::merged(reports.len(), errors, warnings) };
    let status = u8::from(errors > 0 || (strict && warnings > 0));
    Ok(Outcome { stdout, stderr, status })
}

fn stamp(arguments: &Arguments, place: &Place, dry_run: bool, retire: &[String]) -> Result<Outcome, Error> {
    let project = open(place)?;
    let progress = Progress::default();
    let (stamped, recorded) = bar::watch(&progress, arguments.shows_progress(), || milepost::stamp(&project, retire, dry_run, &progress))?;
    let prefix = prefix(&project.content, &std::env::current_dir().unwrap_or_default());
    let stdout = if dry_run { summary::insertions(&stamped, &prefix) } else { String::new() };
    let mut stderr = summary::left_alone(&stamped, &prefix);
    if !arguments.quiet() {
        stderr.push_str(&summary::stamped(&stamped, &recorded, dry_run));
    }
    Ok(Outcome { stdout, stderr, status: u8::from(!stamped.left_alone.is_empty()) })
}

fn checklists(place: &Place, format: ListFormat) -> Result<Outcome, Error> {
    let project = open(place)?;
    let site = milepost::site(&project, &Progress::default())?;
    let stdout = match format {
        ListFormat::Json => checklists::json(&site),
        ListFormat::Text => checklists::text(&site),
    };
    Ok(Outcome { stdout, ..Outcome::default() })
}

fn open(place: &Place) -> Result<Project, Error> {
    Project::open(place.dir.as_deref(), &Overrides { config: place.config.clone(), ..Overrides::default() })
}

fn clean(arguments: &Arguments, project: &Project) -> Result<Outcome, Error> {
    let removed = output::clean(&project.output)?.removed;
    let stderr = if arguments.quiet() { String::new() } else { summary::cleaned(removed, &shown(&project.output)) };
    Ok(Outcome { stderr, ..Outcome::default() })
}

fn overrides(common: &Common, output_dir: Option<&Path>) -> Overrides {
    Overrides {
        config: common.config.clone(),
        output: output_dir.map(Path::to_path_buf),
        base_url: common.base_url.clone(),
        drafts: common.drafts,
        locked: common.locked,
    }
}
