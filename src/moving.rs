//! `mv`: a project and what is to be moved in; the site is read as it is, as it would be, and once more with all links mended.

use crate::{
    config::Config,
    edit::mv::{self, Moved, Moves, Request, Text},
    error::{Error, shown},
    found,
    progress::Progress,
    project::Project,
    read::{self, Keep, Overlay},
};
use std::{collections::BTreeSet, sync::Arc};

/// Moves a page, a file or a folder of the content; mends every link to and from it, and leaves redirects. With `dry_run` only
/// says so.
///
/// # Errors
/// Paths that make no sense, or the machine's failures; all is as it was then.
pub fn mv(project: &Project, request: &Request, dry_run: bool, progress: &Progress) -> Result<Moved, Error> {
    let project = with_everything(project.clone());
    let content = &project.content;
    let look = |project: &Project, overlay: &Overlay| found(project, overlay, Keep::Facts, &Vec::new, progress);
    let moves = Moves::new(content, request)?;
    let (before, followed, report) = look(&project, &Overlay::default())?;
    let moves = if request.only { moves } else { moves.with_translations(content, &before)? };
    if let Some(ignored) = moves.iter().find(|one| read::is_ignored(content, &content.join(&one.to))) {
        return Err(Error::usage(format!("git ignores `{}`", ignored.to), "name another place, or change `.gitignore`"));
    }
    let paths = mv::paths(content, &moves, &before)?;
    let (there, ..) = look(&project, &moved(&project, &moves, &paths, &[]))?;
    let text_of = |file: &str| read::quote(content, file);
    let mut mended = mv::mend(&moves, &before, &there, content, &text_of);
    mv::mend_navigation(&moves, &before, &there, &text_of, &mut mended);
    let links = mended.edits.values().map(Vec::len).sum();
    let (settled, settings) = settled(&project, &moves, &mut mended)?;
    let (left, lost) = mv::redirects(&moves, &before, &there);
    let mut texts = mv::texts(content, &moves, &mut mended, &left, &read::settings_of)?;
    texts.extend(settings);
    let mut orphans = 0;
    if mended.obstacles.is_empty() {
        let (after, then, found) = look(&settled, &moved(&project, &moves, &paths, &texts))?;
        let before = mv::Seen { site: &before, followed: &followed, findings: &report.diagnostics };
        let after = mv::Seen { site: &after, followed: &then, findings: &found.diagnostics };
        mended.obstacles = mv::faults(&moves, &before, &after);
        orphans = after.orphans().saturating_sub(before.orphans());
    }
    if !mended.obstacles.is_empty() {
        return Ok(Moved { obstacles: mended.obstacles, ..Moved::default() });
    }
    if !dry_run {
        mv::write(content, &moves, &texts)?;
    }
    let pages = before.pages.iter().filter(|page| moves.moves(&page.path)).count();
    let redirects = left.iter().filter(|left| left.add.is_some()).count();
    let changed: BTreeSet<_> = texts.iter().map(|text| text.from.clone()).collect();
    let as_they_are = paths.iter().map(|path| Text::moved(content, &moves, path));
    texts.extend(as_they_are.filter(|text| !changed.contains(&text.from)));
    texts.sort_by(|a, b| a.from.cmp(&b.from));
    let translations = moves.translations().to_vec();
    Ok(Moved { texts, translations, pages, others: paths.len() - pages, links, redirects, lost, orphans, obstacles: Vec::new() })
}

/// The project with its drafts, which have links too, and without severities by path: a page may leave the files that one is set for.
fn with_everything(mut project: Project) -> Project {
    project.drafts = true;
    project.config.check.paths.clear();
    project
}

/// The files as they would be: those of these paths moved, those of the texts changed.
fn moved(project: &Project, moves: &Moves, paths: &[Arc<str>], texts: &[Text]) -> Overlay {
    let mut overlay = Overlay::default();
    for path in paths {
        overlay.move_file(project.content.join(&**path), project.content.join(moves.path(path)));
    }
    for (text, (_, after)) in texts.iter().filter_map(|text| Some((text, text.bytes()?))) {
        overlay.put(text.to.clone(), Some(after));
    }
    overlay
}

/// The project with the configuration as it would be, and the text of its file where that changes.
fn settled(project: &Project, moves: &Moves, mended: &mut mv::Mended) -> Result<(Project, Option<Text>), Error> {
    let Some(file) = &project.file else { return Ok((project.clone(), None)) };
    let text = read::own(file)?.unwrap_or_default();
    let (edits, obstacles) = mv::mend_settings(moves, &shown(file).into(), &text);
    mended.obstacles.extend(obstacles);
    let settings = Text::edited(file.clone(), file.clone(), &edits)?.filter(|_| !edits.is_empty());
    let Some(text) = settings.as_ref().and_then(Text::text) else { return Ok((project.clone(), settings)) };
    let config = Config::parse(text, file)?;
    Ok((with_everything(Project { config, ..project.clone() }), settings))
}
