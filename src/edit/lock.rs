//! The lock file: the ids of stamped pages in, `milepost.lock` with all that were ever there out.

use crate::{
    error::Error,
    replace::replace,
    site::{
        checklist::Checklists,
        lock::{Entry, Lock, State},
        page::Page,
    },
};
use std::{collections::BTreeSet, fs, path::Path, sync::Arc};

/// What became of the lock file, or would become.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// The ids that it holds.
    pub ids: usize,
    /// The ids that are new in it.
    pub added: usize,
    /// The ids that were given up.
    pub retired: usize,
    /// The ids that are in no guide any more, and were not given up: they stay as they are.
    pub gone: Vec<String>,
    /// The ids that were given up and stand in a guide again: they stay given up.
    pub returned: Vec<String>,
    /// Whether the file differs from the old one.
    pub changed: bool,
}

/// Brings the lock file up to date; with `dry_run` only says so.
///
/// # Errors
/// An id to retire that is still in use or was never there, or a file that cannot be written.
pub fn record(place: &Path, before: Option<&Lock>, pages: &[Page], retire: &[String], dry_run: bool) -> Result<Recorded, Error> {
    let mut lock = before.cloned().unwrap_or_default();
    let live = live(&pages.iter());
    let mut recorded = Recorded::default();
    for (id, entry) in &live.entries {
        match lock.entries.get(id).map(|known| known.state) {
            Some(State::Retired | State::Aka) => {
                recorded.returned.push(id.clone());
                continue;
            }
            Some(State::Live) => {}
            None => recorded.added += 1,
        }
        lock.entries.insert(id.clone(), entry.clone());
    }
    for id in retire {
        recorded.retired += give_up(&mut lock, &live, id)?;
    }
    let former = former(pages);
    let is_gone = |id: &String, entry: &Entry| entry.state == State::Live && !live.entries.contains_key(id);
    for (_, entry) in lock.entries.iter_mut().filter(|(id, entry)| is_gone(id, entry) && former.contains(*id)) {
        entry.state = State::Aka;
    }
    recorded.gone.extend(lock.entries.iter().filter(|(id, entry)| is_gone(id, entry)).map(|(id, _)| id.clone()));
    // A list whose steps are all carried on elsewhere is carried on with them.
    let carried: Vec<String> = recorded
        .gone
        .iter()
        .filter(|id| !id.contains('/') && !recorded.gone.iter().any(|step| step.starts_with(&format!("{id}/"))))
        .cloned()
        .collect();
    recorded.gone.retain(|id| !carried.contains(id));
    for id in carried {
        if let Some(entry) = lock.entries.get_mut(&id) {
            entry.state = State::Aka;
        }
    }
    recorded.ids = lock.entries.len();
    let text = lock.render();
    let old = fs::read_to_string(place).ok();
    recorded.changed = old.as_deref() != Some(&text) && (old.is_some() || !lock.entries.is_empty());
    if recorded.changed && !dry_run {
        replace(place, text.as_bytes())?;
    }
    Ok(recorded)
}

/// Refuses what cannot be done, before anything is written.
///
/// # Errors
/// An id that is still in use, or that was never there; a lock file with lines that nobody can read.
pub fn check_retired(before: Option<&Lock>, pages: &[Arc<Page>], retire: &[String]) -> Result<(), Error> {
    if let Some(lock) = before.filter(|lock| !lock.unreadable.is_empty()) {
        let lines: Vec<String> = lock.unreadable.iter().map(|(line, _, _)| line.to_string()).collect();
        let message = format!("`milepost.lock` has lines that are no entries: {}", lines.join(", "));
        return Err(Error::usage(message, "resolve the conflict, keeping the lines of both sides, or remove them"));
    }
    let live = live(&pages.iter().map(AsRef::as_ref));
    let mut lock = before.cloned().unwrap_or_default();
    retire.iter().try_for_each(|id| give_up(&mut lock, &live, id).map(|_| ()))
}

/// Retires an id, and with a list all its steps; returns how many.
fn give_up(lock: &mut Lock, live: &Lock, id: &str) -> Result<usize, Error> {
    let below = format!("{id}/");
    let of_list = |known: &str| known == id || known.starts_with(&below);
    if live.entries.keys().any(|known| of_list(known)) {
        return Err(Error::usage(format!("`{id}` is still in use"), "take it out of the guides first"));
    }
    let mut retired = 0;
    for (_, entry) in lock.entries.iter_mut().filter(|(known, entry)| of_list(known) && entry.state != State::Retired) {
        entry.state = State::Retired;
        retired += 1;
    }
    if retired == 0 && !lock.entries.contains_key(id) {
        return Err(Error::usage(format!("`milepost.lock` has no id `{id}`"), "name it as the file does: `list` or `list/step`"));
    }
    Ok(retired)
}

/// The stamped ids of all pages; where a list has copies or translations, the words of the page that owns it.
fn live<'a>(pages: &(impl Iterator<Item = &'a Page> + Clone)) -> Lock {
    let mut live = Lock::default();
    let mut originals_first: Vec<&Page> = pages.clone().collect();
    originals_first.sort_by_key(|page| page.language);
    for is_copy in [false, true] {
        for page in &originals_first {
            let lists = &page.checklists;
            for (position, list) in lists.lists.iter().enumerate() {
                if list.shared != is_copy || list.id.stamp.is_some() || list.steps.is_empty() {
                    continue;
                }
                live.entries.entry(list.id.text.to_string()).or_insert_with(|| Entry::live(1, &list.title));
                record_steps(&mut live, lists, position);
            }
        }
    }
    live
}

fn record_steps(live: &mut Lock, lists: &Checklists, list: usize) {
    let id = &lists.lists[list].id.text;
    for step in lists.steps_of(u32::try_from(list).unwrap_or(u32::MAX)).filter(|step| step.id.stamp.is_none()) {
        let entry = || Entry::live(step.keys.revision, &step.title);
        live.entries.entry(format!("{id}/{}", step.id.text)).or_insert_with(entry);
    }
}

/// The ids whose ticks other steps carry on.
fn former(pages: &[Page]) -> BTreeSet<String> {
    let mut former = BTreeSet::new();
    for page in pages {
        for step in &page.checklists.steps {
            let Some(list) = step.list else { continue };
            let list = &page.checklists.lists[list as usize].id.text;
            former.extend(
                step.keys
                    .aka
                    .iter()
                    .map(|name| if name.text.contains('/') { name.text.to_string() } else { format!("{list}/{}", name.text) }),
            );
        }
    }
    former
}
