//! Ids into guides: pages in, the same files with markers for what has no id yet out, and not a byte else changed.

use super::file::Source;
use crate::{
    diagnostic::Rule,
    error::Error,
    site::{
        checklist::{Checklists, Stamp, StampForm, derived_id, line_ending},
        page::Page,
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};

/// Parses a guide again, as it was parsed at first.
pub type Parse<'a> = &'a dyn Fn(&Arc<str>, &str) -> Page;

/// What stamping did, or would do.
#[derive(Debug, Default)]
pub struct Stamped {
    /// The insertions, by file and place.
    pub insertions: Vec<Insertion>,
    /// The files that were left alone, and why.
    pub left_alone: Vec<(Arc<str>, String)>,
    /// The pages as they are after it.
    pub pages: Vec<Page>,
}

/// One piece of text that was added to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Insertion {
    /// The file, from the content root.
    pub file: Arc<str>,
    /// The line where it begins, from 1.
    pub line: usize,
    /// The marker that was added, or the id that a marker was given.
    pub text: String,
}

/// Writes ids into the guides that lack them; with `dry_run` only says so.
///
/// # Errors
/// A file that cannot be read or written. Files before it are stamped then, those after it are as they were.
pub fn stamp(content: &Path, pages: &[Arc<Page>], parse: Parse<'_>, dry_run: bool) -> Result<Stamped, Error> {
    let mut stamped = Stamped::default();
    let lists = list_ids(pages);
    let mut seen = BTreeSet::new();
    for page in pages {
        if page.checklists.ids().all(|id| id.stamp.is_none()) {
            stamped.pages.push(Page::clone(page));
            continue;
        }
        let Some(source) = Source::read(&content.join(&*page.path))? else {
            stamped.left_alone.push((Arc::clone(&page.path), "it is not UTF-8; save it as UTF-8 first".to_owned()));
            stamped.pages.push(Page::clone(page));
            continue;
        };
        // Behind a symbolic link may be a guide that has been stamped already.
        if !seen.insert(source.place.clone()) {
            continue;
        }
        // The file may have changed since it was parsed: only what is in it now counts.
        let now = parse(&page.path, &source.text);
        if now.diagnostics.iter().any(|finding| finding.rule == Rule::ChecklistMarker) {
            stamped.left_alone.push((Arc::clone(&page.path), "it has markers that are wrong; `milepost check` tells them".to_owned()));
            stamped.pages.push(now);
            continue;
        }
        let additions = additions(&now, lists.get(&page.path).map_or(&[], Vec::as_slice), &source.text);
        let text = with(&source.text, &additions);
        let after = parse(&page.path, &text);
        if let Some(fault) = fault(&now, &after) {
            stamped.left_alone.push((Arc::clone(&page.path), fault));
            stamped.pages.push(now);
            continue;
        }
        if !dry_run {
            source.replace(&text)?;
        }
        stamped.insertions.extend(additions.iter().map(|addition| Insertion {
            file: Arc::clone(&page.path),
            line: source.text[..addition.at].matches('\n').count()
                + 1
                + addition.text.chars().take_while(|c| matches!(c, '\n' | '\r')).filter(|c| *c == '\n').count(),
            text: addition.text.trim().to_owned(),
        }));
        stamped.pages.push(after);
    }
    Ok(stamped)
}

struct Addition {
    at: usize,
    text: String,
}

/// The ids for lists that have none, by page: made of the file's name, or its folder's for a folder's page.
fn list_ids(pages: &[Arc<Page>]) -> BTreeMap<Arc<str>, Vec<String>> {
    let given = pages.iter().flat_map(|page| &page.checklists.lists).filter(|list| list.id.stamp.is_none());
    let mut taken: BTreeSet<String> = given.map(|list| list.id.text.to_string()).collect();
    let mut ids: BTreeMap<Arc<str>, Vec<String>> = BTreeMap::new();
    for page in pages {
        for list in &page.checklists.lists {
            let mut id = String::new();
            if list.id.stamp.is_some() && !list.steps.is_empty() {
                let name = list_name(page);
                let mut number = 1;
                id.clone_from(&name);
                while !taken.insert(id.clone()) {
                    number += 1;
                    id = format!("{name}-{number}");
                }
            }
            ids.entry(Arc::clone(&page.path)).or_default().push(id);
        }
    }
    ids
}

fn list_name(page: &Page) -> String {
    let stem = page.stem();
    let is_index = stem.eq_ignore_ascii_case("readme") || stem.eq_ignore_ascii_case("index");
    let name = match page.folder().rsplit('/').next() {
        Some(folder) if is_index && !folder.is_empty() => folder,
        _ => stem,
    };
    derived_id(name)
}

fn additions(page: &Page, lists: &[String], text: &str) -> Vec<Addition> {
    let ending = line_ending(text);
    let found = &page.checklists;
    let mut additions = Vec::new();
    let mut add = |stamp: Option<Stamp>, kind: &str, id: &str| {
        let Some(stamp) = stamp.filter(|_| !id.is_empty()) else { return };
        let marker = format!("<!-- @{kind} {id} -->");
        let text = match stamp.form {
            StampForm::Id => format!(" {id}"),
            StampForm::AfterHeading => format!("{ending}{marker}"),
            StampForm::AfterItem => format!(" {marker}"),
            StampForm::AfterBlock => format!("{ending}{ending}{marker}"),
            StampForm::First => format!("{marker}{ending}{ending}"),
        };
        additions.push(Addition { at: stamp.at as usize, text });
    };
    for (position, list) in found.lists.iter().enumerate() {
        add(list.id.stamp, "checklist", lists.get(position).map_or("", String::as_str));
    }
    for step in found.steps.iter().filter(|step| step.list.is_some()) {
        add(step.id.stamp, "step", &step.id.text);
    }
    for choice in found.choices.iter().filter(|choice| choice.list.is_some()) {
        add(choice.id.stamp, "choose", &choice.id.text);
        for branch in &choice.branches {
            let branch = &found.branches[*branch as usize];
            add(branch.id.stamp, "branch", &branch.id.text);
        }
    }
    additions.sort_by_key(|addition| addition.at);
    additions
}

fn with(text: &str, additions: &[Addition]) -> String {
    let mut out = String::with_capacity(text.len() + additions.len() * 40);
    let mut written = 0;
    for addition in additions {
        out.push_str(&text[written..addition.at]);
        out.push_str(&addition.text);
        written = addition.at;
    }
    out.push_str(&text[written..]);
    out
}

/// What would be wrong with a page after it was stamped: its steps must be the same, each with the id that it had.
fn fault(before: &Page, after: &Page) -> Option<String> {
    let steps = |page: &Page| -> Vec<(Box<str>, Box<str>)> {
        let in_lists = page.checklists.steps.iter().filter(|step| step.list.is_some());
        in_lists.map(|step| (step.id.text.clone(), step.title.clone())).collect()
    };
    let is_left = |checklists: &Checklists| checklists.ids().find(|id| id.stamp.is_some()).map(|id| id.text.clone());
    if steps(before) != steps(after) {
        return Some("a marker would change what the page says; write it by hand".to_owned());
    }
    is_left(&after.checklists).map(|id| format!("there is no place for the id `{id}`; write it by hand"))
}
