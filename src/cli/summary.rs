//! The last lines of a run: totals in words.

use milepost::{
    edit::{lock::Recorded, stamp::Stamped},
    project::Project,
    report::{
        Report, Verdict,
        words::{counted, grouped},
    },
    write::{archive::Archived, output::Written},
};
use std::{collections::BTreeSet, fmt::Write as _, time::Duration};

/// The summary of `build`.
pub(super) fn built(report: &Report, written: Option<Written>, output: &str, strict: bool, took: Duration) -> String {
    let totals = totals(report);
    let verdict = verdict(report);
    if written.is_some() {
        return format!("built {totals} into `{output}` in {}: {verdict}\n", seconds(took));
    }
    let why = if strict && report.summary.errors == 0 { " (warnings count under `--strict`)" } else { "" };
    format!("read {totals} in {}: {verdict}{why}\nnothing written; `--keep-going` builds anyway\n", seconds(took))
}

/// What `--offline-zip` adds.
pub(super) fn packed(archived: Archived, file: &str) -> String {
    let (whole, tenth) = (archived.bytes / 1_000_000, archived.bytes % 1_000_000 / 100_000);
    format!("packed {} into `{file}`: {whole}.{tenth} MB\n", counted(archived.files, "file", "files"))
}

/// The summary of `check`.
pub(super) fn checked(report: &Report, took: Duration) -> String {
    format!("checked {} in {}: {}\n", totals(report), seconds(took), verdict(report))
}

/// The external addresses that are worth a word, and what became of all.
pub(super) fn notes(report: &Report) -> String {
    let mut out = String::new();
    for note in report.external.iter().flatten().filter(|note| matches!(note.verdict, Verdict::Flaky | Verdict::Blocked)) {
        let word = if note.verdict == Verdict::Flaky { "flaky" } else { "blocked" };
        let _ = writeln!(out, "{word}: {}: {}", note.url, note.reason);
    }
    let Some(totals) = report.external_totals else { return out };
    let cached = if totals.from_cache > 0 { format!(" ({} from the cache)", grouped(totals.from_cache)) } else { String::new() };
    let _ = write!(out, "external: {}{cached}: {} found", counted(totals.addresses, "address", "addresses"), grouped(totals.found));
    for (number, word) in [
        (totals.broken, "broken"),
        (totals.flaky, "flaky"),
        (totals.blocked, "blocked"),
        (totals.skipped, "skipped"),
        (totals.not_checked, "not checked"),
    ] {
        if number > 0 {
            let _ = write!(out, ", {} {word}", grouped(number));
        }
    }
    out.push('\n');
    out
}

/// The summary of `merge-reports`.
pub(super) fn merged(reports: usize, errors: u64, warnings: u64) -> String {
    let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let errors = counted(count(errors), "error", "errors");
    format!("joined {}: {errors}, {}\n", counted(reports, "report", "reports"), counted(count(warnings), "warning", "warnings"))
}

/// The summary of `stamp`.
pub(super) fn stamped(stamped: &Stamped, recorded: &Recorded, dry_run: bool) -> String {
    let files: BTreeSet<&str> = stamped.insertions.iter().map(|insertion| &*insertion.file).collect();
    let mut out = match (stamped.insertions.len(), dry_run) {
        (0, _) if !stamped.left_alone.is_empty() => "wrote no id".to_owned(),
        (0, _) => "every id is in the guides already".to_owned(),
        (ids, true) => format!("would write {} into {}", counted(ids, "id", "ids"), counted(files.len(), "file", "files")),
        (ids, false) => format!("wrote {} into {}", counted(ids, "id", "ids"), counted(files.len(), "file", "files")),
    };
    let ids = counted(recorded.ids, "id", "ids");
    let _ = match (recorded.changed, dry_run) {
        (false, _) if recorded.ids == 0 => writeln!(out, "; there is nothing to record"),
        (false, _) => writeln!(out, "; `milepost.lock` holds {ids}, as before"),
        (true, true) => writeln!(out, "; `milepost.lock` would hold {ids}, {} new", grouped(recorded.added)),
        (true, false) => writeln!(out, "; `milepost.lock` holds {ids}, {} new", grouped(recorded.added)),
    };
    if recorded.retired > 0 {
        let _ = writeln!(out, "gave up {}", counted(recorded.retired, "id", "ids"));
    }
    for id in &recorded.returned {
        let _ = writeln!(out, "`{id}` was given up and stands in a guide again: use another id, so that nobody finds it ticked");
    }
    for id in &recorded.gone {
        let _ = writeln!(out, "`{id}` is in no guide any more: bring it back, name it in an `aka`, or run `milepost stamp --retire {id}`");
    }
    out
}

/// What `stamp --dry-run` would write, a line each.
pub(super) fn insertions(stamped: &Stamped, prefix: &str) -> String {
    let mut out = String::new();
    for insertion in &stamped.insertions {
        let _ = writeln!(out, "{prefix}{}:{}: {}", insertion.file, insertion.line, insertion.text);
    }
    out
}

/// The files that `stamp` left alone.
pub(super) fn left_alone(stamped: &Stamped, prefix: &str) -> String {
    let mut out = String::new();
    for (file, why) in &stamped.left_alone {
        let _ = writeln!(out, "`{prefix}{file}` is left alone: {why}");
    }
    out
}

/// The summary of `clean`.
pub(super) fn cleaned(removed: usize, output: &str) -> String {
    match removed {
        0 => format!("nothing to remove in `{output}`\n"),
        removed => format!("removed {} from `{output}`\n", counted(removed, "file", "files")),
    }
}

/// What `--verbose` adds.
pub(super) fn details(project: &Project, written: Option<Written>) -> String {
    let mut out = format!("content: {}\n", project.content.display());
    for (name, folder) in [("templates", &project.templates), ("static files", &project.static_folder)] {
        if let Some(folder) = folder {
            let _ = writeln!(out, "{name}: {}", folder.display());
        }
    }
    if let Some(written) = written {
        let files = counted(written.files, "file", "files");
        let (changed, removed) = (grouped(written.changed), grouped(written.removed));
        let _ = writeln!(out, "output: {}: {files}, {changed} changed, {removed} removed", project.output.display());
    }
    out
}

fn totals(report: &Report) -> String {
    let summary = report.summary;
    let external = if summary.external > 0 && report.external.is_none() {
        format!(" ({} external, not checked)", grouped(summary.external))
    } else {
        String::new()
    };
    format!("{}, {}{external}", counted(summary.pages, "page", "pages"), counted(summary.links, "link", "links"))
}

pub(super) fn verdict(report: &Report) -> String {
    let summary = report.summary;
    match (summary.errors, summary.warnings) {
        (0, 0) => "nothing to mend".to_owned(),
        (errors, 0) => counted(errors, "error", "errors"),
        (0, warnings) => counted(warnings, "warning", "warnings"),
        (errors, warnings) => format!("{}, {}", counted(errors, "error", "errors"), counted(warnings, "warning", "warnings")),
    }
}

fn seconds(took: Duration) -> String {
    format!("{:.2} s", took.as_secs_f64())
}
