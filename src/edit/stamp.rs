//! Ids into guides: pages in, the same files with markers for what has no id yet out, and not a byte else changed.

use super::{counterpart, file::Source};
use crate::{
    diagnostic::Rule,
    error::Error,
    site::{
        Site, SourceId,
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

/// Writes ids into the guides that lack them; with `dry_run` only says so. A translation gets the ids of its original.
///
/// # Errors
/// A file that cannot be read or written. Files before it are stamped then, those after it are as they were.
pub fn stamp(content: &Path, site: &Site, parse: Parse<'_>, dry_run: bool) -> Result<Stamped, Error> {
    let mut stamped = Stamped::default();
    let lists = list_ids(site);
    let mut seen = BTreeSet::new();
    let mut originals_first: Vec<SourceId> = site.ids().collect();
    originals_first.sort_by_key(|id| (site.page(*id).language, *id));
    let mut places: BTreeMap<SourceId, usize> = BTreeMap::new();
    for id in originals_first {
        let page = site.page(id);
        places.insert(id, stamped.pages.len());
        if page.checklists.ids().all(|id| id.stamp.is_none()) {
            stamped.pages.push(page.clone());
            continue;
        }
        let Some(source) = Source::read(&content.join(&*page.path))? else {
            stamped.left_alone.push((Arc::clone(&page.path), "it is not UTF-8; save it as UTF-8 first".to_owned()));
            stamped.pages.push(page.clone());
            continue;
        };
        // Behind a symbolic link may be a guide that has been stamped already.
        if !seen.insert(source.place.clone()) {
            places.remove(&id);
            continue;
        }
        // The file may have changed since it was parsed: only what is in it now counts.
        let now = parse(&page.path, &source.text);
        let original = original(site, id);
        let original = original.map(|original| places.get(&original).map_or_else(|| site.page(original), |at| &stamped.pages[*at]));
        match with_ids(&now, &source.text, original, lists.get(&page.path).map_or(&[], Vec::as_slice), parse) {
            Ok((after, text, additions)) => {
                if !dry_run {
                    source.replace(&text)?;
                }
                stamped.insertions.extend(additions.iter().map(|addition| addition.told(&page.path, &source.text)));
                stamped.pages.push(after);
            }
            Err(why) => {
                stamped.left_alone.push((Arc::clone(&page.path), why));
                stamped.pages.push(now);
            }
        }
    }
    stamped.insertions.sort_by(|a, b| a.file.cmp(&b.file));
    stamped.left_alone.sort_by(|a, b| a.0.cmp(&b.0));
    stamped.pages.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(stamped)
}

/// The page that a page translates: that of the first language which has one.
fn original(site: &Site, id: SourceId) -> Option<SourceId> {
    let first = site.languages.iter().find_map(|(language, _)| site.translation(id, language))?;
    (first != id).then_some(first)
}

/// A page with the ids that it lacks, its text, and what was added to that; fails with the reason why it is left alone.
fn with_ids(
    now: &Page,
    source: &str,
    original: Option<&Page>,
    lists: &[String],
    parse: Parse<'_>,
) -> Result<(Page, String, Vec<Addition>), String> {
    if now.diagnostics.iter().any(|finding| finding.rule == Rule::ChecklistMarker) {
        return Err("it has markers that are wrong; `milepost check` tells them".to_owned());
    }
    let mut promised = now.clone();
    for (list, id) in promised.checklists.lists.iter_mut().zip(lists).filter(|(list, id)| list.id.stamp.is_some() && !id.is_empty()) {
        list.id.text = id.as_str().into();
    }
    if let Some(original) = original {
        let carried = counterpart::pairs(now, original).and_then(|pairs| counterpart::carry_over(&mut promised, original, &pairs));
        carried.map_err(|why| format!("{why}; write its ids by hand, so that readers keep their ticks in both languages"))?;
    }
    let additions = additions(&promised, source);
    let text = with(source, &additions);
    let after = parse(&now.path, &text);
    fault(&promised, &after).map_or(Ok((after, text, additions)), Err)
}

struct Addition {
    at: usize,
    text: String,
}

impl Addition {
    /// What is said of it; `source` is the text that it is added to.
    fn told(&self, file: &Arc<str>, source: &str) -> Insertion {
        let blank_lines = self.text.chars().take_while(|c| matches!(c, '\n' | '\r')).filter(|c| *c == '\n').count();
        let line = source[..self.at].matches('\n').count() + 1 + blank_lines;
        Insertion { file: Arc::clone(file), line, text: self.text.trim().to_owned() }
    }
}

/// The ids for lists that have none, by page: made of the file's name, or its folder's for a folder's page. Lists of translations
/// get none here where the original has lists, as theirs is the original's.
fn list_ids(site: &Site) -> BTreeMap<Arc<str>, Vec<String>> {
    let pages = &site.pages;
    let given = pages.iter().flat_map(|page| &page.checklists.lists).filter(|list| list.id.stamp.is_none());
    let mut taken: BTreeSet<String> = given.map(|list| list.id.text.to_string()).collect();
    let mut ids: BTreeMap<Arc<str>, Vec<String>> = BTreeMap::new();
    for id in site.ids() {
        let page = site.page(id);
        let original = original(site, id).map(|original| counterpart::pairs(page, site.page(original)).unwrap_or_default());
        for (number, list) in page.checklists.lists.iter().enumerate() {
            let is_carried = original.iter().flatten().any(|(here, _)| *here == number);
            let mut id = String::new();
            if list.id.stamp.is_some() && !list.steps.is_empty() && !is_carried {
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

fn additions(page: &Page, text: &str) -> Vec<Addition> {
    let ending = line_ending(text);
    let found = &page.checklists;
    let mut additions = Vec::new();
    let mut add = |stamp: Option<Stamp>, kind: &str, id: &str| {
        let Some(stamp) = stamp else { return };
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
    for list in found.lists.iter().filter(|list| !list.steps.is_empty()) {
        add(list.id.stamp, "checklist", &list.id.text);
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

/// What would be wrong with a page after it was stamped: its steps must be the same, each with the id that it was promised.
fn fault(promised: &Page, after: &Page) -> Option<String> {
    let steps = |page: &Page| -> Vec<(Box<str>, Box<str>)> {
        let in_lists = page.checklists.steps.iter().filter(|step| step.list.is_some());
        in_lists.map(|step| (step.id.text.clone(), step.title.clone())).collect()
    };
    let lists = |page: &Page| -> Vec<Box<str>> {
        let all = page.checklists.lists.iter().filter(|list| !list.steps.is_empty());
        all.map(|list| list.id.text.clone()).collect()
    };
    let is_left = |checklists: &Checklists| checklists.ids().find(|id| id.stamp.is_some()).map(|id| id.text.clone());
    if steps(promised) != steps(after) || lists(promised) != lists(after) {
        return Some("a marker would change what the page says; write it by hand".to_owned());
    }
    is_left(&after.checklists).map(|id| format!("there is no place for the id `{id}`; write it by hand"))
}
