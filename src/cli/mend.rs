//! What `check` does beside checking: links mended before it, findings put off after it, and the words about both.

use super::arguments::Mend;
use milepost::{
    Scope,
    check::baseline::Left,
    diagnostic::Diagnostic,
    edit::mend::Mended,
    error::{Error, shown},
    progress::Progress,
    project::Project,
    report::{
        Report, diff, named,
        words::{counted, grouped},
    },
};
use std::fmt::Write as _;

/// How many entries of a baseline are named that no longer occur.
const NAMED: usize = 20;

/// What was done before the check.
pub(super) struct Before {
    scope: Scope,
    mended: Option<Mended>,
}

/// What was done around the check.
pub(super) struct Done {
    /// What was mended, or would be; none when it was not asked for.
    mended: Option<Mended>,
    is_dry: bool,
    /// What the baseline holds; none without one.
    left: Option<Left>,
    /// The baseline that was written: its name, how many findings it holds, and whether it differs from the old one.
    written: Option<(String, usize, bool)>,
}

/// Refuses options that do not go together.
pub(super) fn agree(mend: &Mend, fills_stdout: bool) -> Result<(), Error> {
    if mend.with_likely && !mend.fix && !mend.diff {
        return Err(Error::usage("`--unsafe` alone mends nothing", "add `--fix`, or `--diff` to see what it would change"));
    }
    if mend.diff && fills_stdout {
        return Err(Error::usage(
            "`--diff` and the report would both go to the standard output stream",
            "ask for the report in a run of its own",
        ));
    }
    Ok(())
}

impl Mend {
    /// Whether anything is to be mended, or to be shown as it would be.
    pub(super) fn mends(&self) -> bool {
        self.fix || self.diff
    }
}

/// Reads what narrows the findings, and mends what is left of them, with those about external addresses.
pub(super) fn before(mend: &Mend, project: &Project, external: Vec<Diagnostic>, progress: &Progress) -> Result<Before, Error> {
    let baseline = mend.baseline.as_deref().filter(|_| !mend.update_baseline);
    let scope = Scope::new(project, mend.since.as_deref(), baseline, progress)?;
    let mended = mend.mends().then(|| milepost::mend(project, &scope, mend.with_likely, mend.diff, external, progress)).transpose()?;
    Ok(Before { scope, mended })
}

/// Reads what narrows the findings, and mends nothing: the run was stopped.
pub(super) fn nothing(mend: &Mend, project: &Project, progress: &Progress) -> Result<Before, Error> {
    let baseline = mend.baseline.as_deref().filter(|_| !mend.update_baseline);
    Ok(Before { scope: Scope::new(project, mend.since.as_deref(), baseline, progress)?, mended: None })
}

/// Narrows a report, or writes the baseline of it.
pub(super) fn after(mend: &Mend, project: &Project, before: Before, report: Report) -> Result<(Report, Done), Error> {
    let mut done = Done { mended: before.mended, is_dry: mend.diff, left: None, written: None };
    match mend.baseline.as_deref() {
        Some(file) if mend.update_baseline => {
            let (entries, changed) = milepost::write_baseline(project, &report, file)?;
            done.written = Some((shown(file), entries, changed));
            let summary = report.summary;
            let none = Report::new(summary.pages, summary.links, summary.external, Vec::new());
            Ok((Report { summary: none.summary, diagnostics: Vec::new(), ..report }, done))
        }
        baseline => {
            let (report, left) = before.scope.narrow(project, report);
            done.left = baseline.map(|_| left);
            Ok((report, done))
        }
    }
}

/// The diff of what would change, for the standard output stream.
pub(super) fn diff(done: &Done, prefix: &str) -> String {
    let files = done.mended.iter().filter(|_| done.is_dry).flat_map(|mended| &mended.files);
    files.map(|file| diff::render(&named(prefix, &file.file), &file.before, &file.after)).collect()
}

/// The files that were left alone.
pub(super) fn left_alone(done: &Done, prefix: &str) -> String {
    let mut out = String::new();
    for (file, why) in done.mended.iter().flat_map(|mended| &mended.left_alone) {
        let _ = writeln!(out, "`{}` is left alone: {why}", named(prefix, file));
    }
    out
}

/// The entries of the baseline that no longer occur.
pub(super) fn gone(done: &Done) -> String {
    let mut out = String::new();
    let Some(left) = &done.left else { return out };
    for (place, entry) in left.gone.iter().take(NAMED) {
        let _ = writeln!(out, "{place}: no longer occurs: {entry}");
    }
    if left.gone.len() > NAMED {
        let _ = writeln!(out, "and {} more that no longer occur", grouped(left.gone.len() - NAMED));
    }
    if !left.gone.is_empty() {
        let _ = writeln!(out, "`--update-baseline` takes them out\n");
    }
    out
}

/// The last lines: what was mended, and what is put off.
pub(super) fn summary(done: &Done, report: &Report) -> String {
    let mut out = String::new();
    let left = report.diagnostics.len();
    if let Some(Left { hidden, .. }) = done.left.as_ref().filter(|left| left.hidden > 0) {
        let _ = writeln!(out, "{} in the baseline", counted(*hidden, "finding is", "findings are"));
    }
    if let Some((file, entries, changed)) = &done.written {
        let holds = if *changed { "holds" } else { "holds, as before," };
        let _ = writeln!(out, "the baseline `{file}` {holds} {}", counted(*entries, "finding", "findings"));
    }
    if let Some(mended) = &done.mended {
        let places = match (mended.links, mended.others) {
            (0, 0) => "nothing".to_owned(),
            (links, 0) => counted(links, "link", "links"),
            (links, others) => counted(links + others, "place", "places"),
        };
        let files = counted(mended.files.len(), "file", "files");
        let files = if mended.files.is_empty() { String::new() } else { format!(" in {files}") };
        let findings = counted(left, "finding", "findings");
        let _ = if done.is_dry {
            writeln!(out, "would mend {places}{files}; {findings} now")
        } else {
            writeln!(out, "mended {places}{files}, {findings} left")
        };
    }
    out
}
