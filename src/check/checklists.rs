//! What checklists have wrong across pages: names that lead nowhere, ids that stand twice, copies that differ, circles,
//! and ids that `milepost.lock` does not agree with.

use crate::{
    diagnostic::{Diagnostic, Rule, Span},
    site::{
        Destination, Followed, Site, SourceId,
        checklist::{Checklists, Id, Name, Reference, ReferenceKind},
        lists::{Held, structure},
        lock::{Lock, State},
        page::Page,
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The most names among which a like one is looked for.
const LIKE: usize = 200;

/// Every finding about the checklists of a site.
pub(super) fn find(site: &Site, followed: &Followed, locked: bool) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let known = Known::new(site);
    for (position, page) in site.pages.iter().enumerate().filter(|(_, page)| !page.checklists.is_empty()) {
        let id = SourceId(u32::try_from(position).unwrap_or(u32::MAX));
        for reference in &page.checklists.references {
            found.extend(misnamed(site, page, reference, &followed[position][reference.link as usize]));
        }
        for list in 0..page.checklists.lists.len() {
            found.extend(names(page, Held { page: id, list: u32::try_from(list).unwrap_or(u32::MAX) }, &known));
        }
    }
    for (list, held) in site.lists.by_id() {
        found.extend(repeated(site, list, held));
        let copies = held[1..].iter().filter(|copy| site.list(**copy).shared || translates(site, held[0], **copy));
        found.extend(copies.filter_map(|copy| drifted(site, held[0], *copy)));
    }
    found.extend(circles(site));
    let empty = Lock::default();
    if let Some(lock) = site.lock.as_ref().or_else(|| locked.then_some(&empty)) {
        found.extend(against_lock(site, lock, &known));
    }
    found
}

/// The ids of all steps by `list/step`.
struct Known<'a> {
    steps: BTreeMap<String, Place<'a>>,
    former: BTreeSet<String>,
}

struct Place<'a> {
    file: &'a Arc<str>,
    id: &'a Id,
    title: &'a str,
    revision: u32,
    /// Whether the id of its list is in the source too.
    is_stamped: bool,
}

impl<'a> Known<'a> {
    fn new(site: &'a Site) -> Self {
        let mut known = Self { steps: BTreeMap::new(), former: BTreeSet::new() };
        for (list, held) in site.lists.by_id() {
            // The owner's words hold; a copy adds what only it has.
            for held in held {
                let page = site.page(held.page);
                for step in page.checklists.steps_of(held.list) {
                    let place = Place {
                        file: &page.path,
                        id: &step.id,
                        title: &step.title,
                        revision: step.keys.revision,
                        is_stamped: step.id.stamp.is_none() && site.list(*held).id.stamp.is_none(),
                    };
                    known.steps.entry(format!("{list}/{}", step.id.text)).or_insert(place);
                    known.former.extend(step.keys.aka.iter().map(|name| name.full(list)));
                }
            }
        }
        known
    }
}

fn misnamed(site: &Site, page: &Page, reference: &Reference, leads: &Result<Destination, crate::site::Fault>) -> Option<Diagnostic> {
    let marker = if reference.kind == ReferenceKind::Embed { "embed" } else { "needs" };
    let finding = |message: String| Diagnostic::new(&page.path, reference.span, Rule::ChecklistTarget, message).target(&*reference.list);
    let held = site.lists.all(&reference.list);
    if held.is_empty() {
        let finding = finding(format!("there is no checklist `{}`", reference.list));
        return Some(match nearest(&reference.list, site.lists.by_id().map(|(id, _)| id)) {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding.help("name a checklist of this site, by the id of its `@checklist`"),
        });
    }
    let Ok(leads) = leads else { return None };
    if matches!(leads, Destination::Page(id, _) if held.iter().any(|held| held.page == *id)) {
        return None;
    }
    let owner = &site.page(held[0].page).path;
    Some(
        finding(format!("the link beside `@{marker}` does not lead to the page of `{}`", reference.list))
            .help(format!("link to `{owner}`")),
    )
}

/// `after` must name steps that are there, `aka` steps that are not there any more.
fn names(page: &Page, held: Held, known: &Known<'_>) -> Vec<Diagnostic> {
    let list = &page.checklists.lists[held.list as usize].id.text;
    let mut found = Vec::new();
    for step in page.checklists.steps_of(held.list) {
        let finding =
            |name: &Name, message: String| Diagnostic::new(&page.path, name.span, Rule::ChecklistTarget, message).target(&*name.text);
        for name in &step.keys.after {
            let wanted = name.full(list);
            if wanted == format!("{list}/{}", step.id.text) {
                found.push(finding(name, "the step comes after itself".to_owned()).help("name the step that comes before it"));
            } else if !known.steps.contains_key(&wanted) {
                // Like names are looked for in the list that is named, and not among thousands.
                let named = format!("{}/", wanted.rsplit_once('/').map_or("", |(list, _)| list));
                let among = known.steps.range(named.clone()..).map(|(id, _)| id.as_str()).take_while(|id| id.starts_with(&named));
                let near = nearest(&wanted, among.take(LIKE));
                let finding = finding(name, format!("there is no step `{}`", name.text));
                found.push(match near {
                    Some(near) => finding.help(format!("did you mean `{}`?", near.strip_prefix(&format!("{list}/")).unwrap_or(near))),
                    None => finding.help("name a step of this checklist, or `list/step` of another"),
                });
            }
        }
        for name in step.keys.aka.iter().filter(|name| known.steps.contains_key(&name.full(list))) {
            found.push(
                finding(name, format!("the former id `{}` still names a step", name.text))
                    .help("give only ids in `aka` that no step has any more"),
            );
        }
    }
    found
}

/// Two pages that own one list, or none that does.
fn repeated(site: &Site, list: &str, held: &[Held]) -> Vec<Diagnostic> {
    let owners: Vec<&Held> = held.iter().filter(|held| !site.list(**held).shared).collect();
    if owners.is_empty() {
        let page = site.page(held[0].page);
        let span = site.list(held[0]).id.span;
        let message = format!("every page marks the checklist `{list}` as a copy, and none has the original");
        return vec![
            Diagnostic::new(&page.path, span, Rule::ChecklistTarget, message)
                .target(list)
                .help("leave `shared` out on the page that it belongs to"),
        ];
    }
    let are_twice = |one: &Held, other: &Held| one != other && !translates(site, *one, *other);
    let tell = |held: &&Held| {
        let page = site.page(held.page);
        let others: Vec<String> =
            owners.iter().filter(|other| are_twice(held, other)).map(|other| format!("`{}`", site.page(other.page).path)).collect();
        Diagnostic::new(
            &page.path,
            site.list(**held).id.span,
            Rule::ChecklistDuplicate,
            format!("the checklist `{list}` stands in {} too", others.join(", ")),
        )
        .target(list)
        .help("give one of them another id, or `shared` where the copy is meant to have the same ticks")
    };
    owners.iter().filter(|held| owners.iter().any(|other| are_twice(held, other))).map(tell).collect()
}

/// Whether a list stands on a translation of the page that another is on: then both are one list, and share their ticks.
fn translates(site: &Site, one: Held, other: Held) -> bool {
    let (page, language) = (site.page(one.page), site.page(other.page).language);
    page.language != language && site.translation(one.page, language) == Some(other.page)
}

/// A copy whose steps or words are not those of the list that it copies.
fn drifted(site: &Site, owner: Held, copy: Held) -> Option<Diagnostic> {
    let (here, there) = (site.page(copy.page), site.page(owner.page));
    let list = site.list(copy);
    let what = if translates(site, owner, copy) { "translation" } else { "copy" };
    let finding = |span: Span, message: String| {
        Diagnostic::new(&here.path, span, Rule::ChecklistDrift, message)
            .target(&*list.id.text)
            .help(format!("make it the same as in `{}`", there.path))
    };
    let ids = |page: &Page, held: Held| -> BTreeMap<Box<str>, (u32, Box<str>, Span)> {
        let steps = page.checklists.steps_of(held.list);
        steps.map(|step| (step.id.text.clone(), (step.keys.revision, step.title.clone(), step.id.span))).collect()
    };
    let (copied, originals) = (ids(here, copy), ids(there, owner));
    if let Some(missing) = originals.keys().find(|id| !copied.contains_key(*id)) {
        return Some(finding(list.id.span, format!("the {what} of `{}` lacks the step `{missing}`", list.id.text)));
    }
    for (id, (revision, title, span)) in &copied {
        let Some((original, words, _)) = originals.get(id) else {
            return Some(finding(*span, format!("the {what} of `{}` has a step `{id}` of its own", list.id.text)));
        };
        if revision != original {
            return Some(finding(*span, format!("the {what} of `{id}` has `rev={revision}`, the original `rev={original}`")));
        }
        if language(site, here) == language(site, there) && title != words {
            return Some(finding(*span, format!("the copy of `{id}` says `{title}`, the original `{words}`")));
        }
    }
    (structure(here, copy.list) != structure(there, owner.list))
        .then(|| finding(list.id.span, format!("the {what} of `{}` has other choices, roles or another order", list.id.text)))
}

fn language<'a>(site: &'a Site, page: &'a Page) -> &'a str {
    page.front_matter.language.as_deref().unwrap_or(&site.languages.get(page.language).tag)
}

/// Lists that embed each other: the reader would never see the end of them.
fn circles(site: &Site) -> Vec<Diagnostic> {
    let mut embeds: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut edges: Vec<(&Page, &str, &Reference)> = Vec::new();
    for page in &site.pages {
        for reference in page.checklists.references.iter().filter(|reference| reference.kind == ReferenceKind::Embed) {
            let Some(inside) = reference.inside else { continue };
            let list = &*page.checklists.lists[inside as usize].id.text;
            embeds.entry(list).or_default().insert(&reference.list);
            edges.push((page, list, reference));
        }
    }
    let reaches = |from: &str, to: &str| {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut waiting = vec![from];
        while let Some(list) = waiting.pop() {
            if list == to {
                return true;
            }
            if seen.insert(list) {
                waiting.extend(embeds.get(list).into_iter().flatten().copied());
            }
        }
        false
    };
    let circular = edges.into_iter().filter(|(_, list, reference)| reaches(&reference.list, list));
    circular
        .map(|(page, list, reference)| {
            let message = if *list == *reference.list {
                format!("the checklist `{list}` embeds itself")
            } else {
                format!("the checklists `{list}` and `{}` embed each other", reference.list)
            };
            Diagnostic::new(&page.path, reference.span, Rule::ChecklistCycle, message)
                .target(&*reference.list)
                .help("leave the marker out: a link is enough one way")
        })
        .collect()
}

/// What is in the lock file and gone from the sources, or the other way round.
fn against_lock(site: &Site, lock: &Lock, known: &Known<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let at = |place: (usize, usize), rule: Rule, message: String| Diagnostic::new(&lock.file, Span::new(place.0, place.1), rule, message);
    for (_, start, end) in &lock.unreadable {
        found.push(
            at((*start, *end), Rule::ChecklistLock, "the line is no entry of a lock file".to_owned())
                .help("resolve the conflict, keeping the lines of both sides, or remove the line and run `milepost stamp`"),
        );
    }
    let is_gone = |id: &str| {
        !site.lists.is_in_draft(id) && !known.steps.contains_key(id) && !known.former.contains(id) && site.lists.owner(id).is_none()
    };
    let live: Vec<(&String, (usize, usize))> =
        lock.entries.iter().filter(|(_, entry)| entry.state == State::Live).map(|(id, entry)| (id, entry.place)).collect();
    let mut lost: BTreeSet<&str> = BTreeSet::new();
    for (id, place) in live.iter().filter(|(id, _)| !id.contains('/') && is_gone(id)) {
        let steps = live.iter().filter(|(step, _)| step.strip_prefix(id.as_str()).is_some_and(|rest| rest.starts_with('/')));
        if steps.into_iter().all(|(step, _)| !is_gone(step)) {
            continue;
        }
        lost.insert(id);
        found.push(
            at(*place, Rule::ChecklistLock, format!("the checklist `{id}` is gone, and readers' ticks with it"))
                .target(id.as_str())
                .help(format!("bring it back, give its steps' successors `aka={id}/…`, or give it up: `milepost stamp --retire {id}`")),
        );
    }
    for (id, place) in live.iter().filter(|(id, _)| is_gone(id)) {
        let Some((above, step)) = id.rsplit_once('/').filter(|(above, _)| !lost.contains(above)) else { continue };
        found.push(
            at(*place, Rule::ChecklistLock, format!("the step `{id}` is gone, and readers' ticks with it"))
                .target(id.as_str())
                .help(format!(
                    "bring it back, give the step that takes its place in `{above}` an `aka={step}`, or give it up: `milepost stamp --retire {id}`"
                )),
        );
    }
    for (list, held) in site.lists.by_id() {
        found.extend(unrecorded(site, list, held[0], lock, known));
    }
    for (id, place) in known.steps.iter().filter(|(_, place)| place.is_stamped) {
        let Some(entry) = lock.entries.get(id) else { continue };
        let finding = |rule: Rule, message: String| Diagnostic::new(place.file, place.id.span, rule, message).target(id.as_str());
        if entry.state != State::Live {
            found.push(
                finding(Rule::ChecklistLock, format!("the id `{id}` was given up, and names a step again"))
                    .help("use another id: readers who ticked the old step would find this one ticked"),
            );
        } else if place.revision <= entry.revision && entry.names_another(place.title) {
            found.push(finding(Rule::ChecklistReused, format!("the id `{id}` named another step: `{}`", entry.text)).help(
                "give a new step a new id; where the old one has changed and must be done again, raise `rev`; where only the words have, run `milepost stamp`",
            ));
        }
    }
    found
}

/// The stamped ids of a list that the lock file does not have yet.
fn unrecorded(site: &Site, list: &str, held: Held, lock: &Lock, known: &Known<'_>) -> Option<Diagnostic> {
    let found = site.list(held);
    if found.id.stamp.is_some() {
        return None;
    }
    let page = site.page(held.page);
    let lists: &Checklists = &page.checklists;
    let is_new = |id: &str| !lock.entries.contains_key(id);
    let steps = lists.steps_of(held.list).map(|step| format!("{list}/{}", step.id.text));
    let steps = steps.filter(|id| known.steps.get(id).is_some_and(|place| place.is_stamped));
    let new = usize::from(is_new(list)) + steps.filter(|id| is_new(id)).count();
    let message = match new {
        0 => return None,
        1 => format!("1 id of `{list}` is not in `milepost.lock`"),
        new => format!("{new} ids of `{list}` are not in `milepost.lock`"),
    };
    Some(
        Diagnostic::new(&page.path, found.id.span, Rule::ChecklistLock, message)
            .target(list)
            .help("run `milepost stamp`, and keep the file with the sources"),
    )
}

fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let likeness = |known: &str| strsim::normalized_damerau_levenshtein(name, known);
    let best = known.map(|known| (likeness(known), known)).max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 >= 0.6).then_some(best.1)
}
