//! `mv`: a project and two paths in, the words about what was moved, or would be, out.

use super::{Arguments, Outcome, bar, prefix};
use milepost::{
    edit::mv::{Moved, Request},
    error::{Error, shown},
    progress::Progress,
    project::Project,
    report::{diff, named, words::counted},
};
use std::{collections::BTreeSet, fmt::Write as _, path::Path};

/// What is asked for, from the current folder.
pub(super) fn request(old: &Path, new: &Path, only: bool) -> Result<Request, Error> {
    let current = std::env::current_dir().map_err(|source| Error::io("find", ".", source))?;
    Ok(Request { from: old.to_path_buf(), to: new.to_path_buf(), current, only })
}

/// Moves what is asked for.
pub(super) fn run(arguments: &Arguments, project: &Project, request: &Request, dry_run: bool) -> Result<Outcome, Error> {
    let progress = Progress::default();
    let moved = bar::watch(&progress, arguments.shows_progress(), || milepost::mv(project, request, dry_run, &progress))?;
    let prefix = prefix(&project.content, &request.current);
    if !moved.obstacles.is_empty() {
        return Ok(Outcome { stderr: obstacles(&moved, &prefix), status: 1, ..Outcome::default() });
    }
    let stdout = if dry_run { diffs(&moved) } else { String::new() };
    let stderr = if arguments.quiet() { String::new() } else { summary(&moved, dry_run, &prefix) + &assumed(project) };
    Ok(Outcome { stdout, stderr, status: 0 })
}

fn obstacles(moved: &Moved, prefix: &str) -> String {
    let mut out = String::new();
    for obstacle in &moved.obstacles {
        let line = if obstacle.line > 0 { format!(":{}", obstacle.line) } else { String::new() };
        let _ = writeln!(out, "{}{line}: {}", named(prefix, &obstacle.file), obstacle.why);
    }
    out + "nothing is moved\n"
}

fn diffs(moved: &Moved) -> String {
    let mut out = String::new();
    for text in &moved.texts {
        let (from, to, bytes) = (shown(&text.from), shown(&text.to), text.bytes());
        let bytes = bytes.as_ref().map(|(before, after)| (before.as_slice(), after.as_slice()));
        out.push_str(&diff::renamed(&from, &to, bytes));
    }
    out
}

/// Which folder was taken for the content, where nothing says it.
fn assumed(project: &Project) -> String {
    match project.file {
        Some(_) => String::new(),
        None => format!("there is no milepost.toml: the content folder is `{}`\n", shown(&project.content)),
    }
}

fn summary(moved: &Moved, dry_run: bool, prefix: &str) -> String {
    let what = match (moved.pages, moved.others) {
        (pages, 0) => counted(pages, "page", "pages"),
        (0, others) => counted(others, "file", "files"),
        (pages, others) => format!("{} and {}", counted(pages, "page", "pages"), counted(others, "other file", "other files")),
    };
    let files: BTreeSet<&Path> = moved.texts.iter().filter(|text| text.bytes().is_some()).map(|text| text.from.as_path()).collect();
    let links = counted(moved.links, "link", "links");
    let redirects = counted(moved.redirects, "redirect", "redirects");
    let (moving, mending, leaving) = if dry_run { ("would move", "mend", "leave") } else { ("moved", "mended", "left") };
    let mut out = format!("{moving} {what}, {mending} {links}, {leaving} {redirects}: {} changed\n", counted(files.len(), "file", "files"));
    for translation in &moved.translations {
        let (from, to) = (named(prefix, &translation.from), named(prefix, &translation.to));
        let _ = writeln!(out, "the translation `{from}` {} `{to}`", if dry_run { "would go with it to" } else { "went with it to" });
    }
    for (address, why) in &moved.lost {
        let _ = writeln!(out, "no redirect from `{address}`: {why}");
    }
    if moved.orphans > 0 {
        let _ = writeln!(
            out,
            "{} now that no entry page leads to: see `milepost explain orphan-page`",
            counted(moved.orphans, "page is there", "pages are there")
        );
    }
    out
}
