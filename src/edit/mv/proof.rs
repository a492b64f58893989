//! What a move would do: a site before and as it would be in, everything that would be worse out.

use super::{Moves, Obstacle, navigation};
use crate::{
    diagnostic::{Diagnostic, Rule},
    site::{
        Destination, Fault, Followed, Site,
        lists::former_ids,
        page::{LinkKind, Page},
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// A site with where its links lead and what was found.
pub struct Seen<'a> {
    /// The site.
    pub site: &'a Site,
    /// Where its links lead.
    pub followed: &'a Followed,
    /// What was found.
    pub findings: &'a [Diagnostic],
}

impl Seen<'_> {
    /// How many pages no entry page leads to.
    #[must_use]
    pub fn orphans(&self) -> usize {
        self.findings.iter().filter(|finding| finding.rule == Rule::OrphanPage).count()
    }
}

/// Everything that keeps a move from leaving the site as sound as it was.
#[must_use]
pub fn faults(moves: &Moves, before: &Seen<'_>, after: &Seen<'_>) -> Vec<Obstacle> {
    let mut found = Vec::new();
    let there: BTreeMap<&str, usize> = after.site.pages.iter().enumerate().map(|(index, page)| (&*page.path, index)).collect();
    for (page, followed) in before.site.pages.iter().zip(before.followed) {
        let mut say = |why: String| found.push(Obstacle { file: Arc::clone(&page.path), line: 0, why });
        let Some(&index) = there.get(&*moves.path(&page.path)) else {
            say("it would be no page of the site any more".to_owned());
            continue;
        };
        let now = &after.site.pages[index];
        let followed_then = &after.followed[index];
        if page.links.len() != now.links.len() || page.definitions.len() != now.definitions.len() {
            say("its links would be read otherwise".to_owned());
            continue;
        }
        for ((link, led), leads) in page.links.iter().zip(followed).zip(followed_then) {
            if led.is_ok() && Lead::of(before.site, led, &|path| moves.path(path)) != Lead::of(after.site, leads, &str::to_owned) {
                say(format!("its link to `{}` would lead elsewhere", link.target));
            }
        }
        if page.links.iter().zip(followed).any(|(link, led)| led.is_err() && link.kind == LinkKind::Wikilink)
            && followed.iter().filter(|led| led.is_err()).count() < followed_then.iter().filter(|led| led.is_err()).count()
        {
            say("a link of it would be broken".to_owned());
        }
        if let Some(why) = checklists(page, now, after.site) {
            say(why);
        }
    }
    found.extend(entries(moves, before.site, after.site));
    found.extend(findings(moves, before.findings, after.findings));
    found
}

/// Where a link leads, by path.
#[derive(PartialEq, Eq)]
enum Lead<'a> {
    There(String, &'a str),
    Same(&'a str),
    Address,
    Repository(String),
    Broken,
}

impl<'a> Lead<'a> {
    fn of(site: &Site, led: &'a Result<Destination, Fault>, path: &dyn Fn(&str) -> String) -> Self {
        match led {
            Ok(Destination::Page(id, suffix)) => Self::There(path(&site.page(*id).path), suffix),
            Ok(Destination::File(id, suffix)) => Self::There(path(&site.file(*id).path), suffix),
            Ok(Destination::Same(suffix)) => Self::Same(suffix),
            Ok(Destination::Address) => Self::Address,
            Ok(Destination::Repository(address)) => {
                Self::Repository(site.path_in_repository(address).map_or_else(|| address.to_string(), |inside| path(&inside)))
            }
            Err(_) => Self::Broken,
        }
    }
}

/// Why readers would lose ticks.
fn checklists(before: &Page, after: &Page, site: &Site) -> Option<String> {
    let steps = |page: &Page| -> Vec<(Box<str>, Box<str>)> {
        page.checklists.steps.iter().filter(|step| step.list.is_some()).map(|step| (step.id.text.clone(), step.title.clone())).collect()
    };
    if steps(before) != steps(after) || before.checklists.lists.len() != after.checklists.lists.len() {
        return Some("its checklists would change: a pattern in `milepost.toml` may name its path".to_owned());
    }
    let lists = before.checklists.lists.iter().zip(&after.checklists.lists).enumerate();
    let lost = lists.filter(|(_, (then, now))| then.id.text != now.id.text && !then.steps.is_empty());
    for (number, (then, _)) in lost {
        if !former_ids(site, after, number).iter().any(|id| **id == *then.id.text) {
            return Some("its checklist has no id of its own: run `milepost stamp` first, so that readers keep their ticks".to_owned());
        }
    }
    None
}

/// Entries of navigation files that would lead elsewhere.
fn entries(moves: &Moves, before: &Site, after: &Site) -> Vec<Obstacle> {
    let mut found = Vec::new();
    for file in before.navigation_files().iter().filter(|file| !file.is_guide) {
        let mut say = |why: String| found.push(Obstacle { file: Arc::clone(&file.file), line: 0, why });
        let path = moves.path(&file.file);
        let Some(there) = after.navigation_files().iter().find(|there| *there.file == *path) else {
            say("it would be no navigation file any more".to_owned());
            continue;
        };
        let (old, new) = (navigation::targets(&file.entries), navigation::targets(&there.entries));
        if old.len() != new.len() {
            say("its entries would be read otherwise".to_owned());
            continue;
        }
        for (then, now) in old.into_iter().zip(new) {
            let led = navigation::leads(before, &file.base, &then.address).map(|path| moves.path(&path));
            if led.is_some() && led != navigation::leads(after, &there.base, &now.address) {
                say(format!("its entry `{}` would lead elsewhere", then.written));
            }
        }
    }
    found
}

/// Findings that there would be, and are not yet.
fn findings(moves: &Moves, before: &[Diagnostic], after: &[Diagnostic]) -> Vec<Obstacle> {
    let mut known: BTreeMap<(String, Rule), usize> = BTreeMap::new();
    for finding in before {
        *known.entry((moves.path(&finding.file), finding.rule)).or_default() += 1;
    }
    let mut told: BTreeSet<(&str, Rule)> = BTreeSet::new();
    let mut found = Vec::new();
    for finding in after.iter().filter(|finding| !is_seen_elsewhere(finding.rule)) {
        let count = known.entry((finding.file.to_string(), finding.rule)).or_default();
        if let Some(left) = count.checked_sub(1) {
            *count = left;
        } else if told.insert((&finding.file, finding.rule)) {
            let why = format!("there would be a new finding of `{}`: {}", finding.rule.name(), finding.message);
            found.push(Obstacle { file: Arc::clone(&finding.file), line: 0, why });
        }
    }
    found
}

/// Whether a rule is no matter of counting: links were compared one by one, and what was broken may be so in another way; a
/// page that no entry page leads to works as before, which is told and refuses nothing.
fn is_seen_elsewhere(rule: Rule) -> bool {
    let links =
        [Rule::MissingFile, Rule::CaseMismatch, Rule::OutsideRoot, Rule::DirectoryWithoutIndex, Rule::MissingFragment, Rule::FragmentCase];
    links.contains(&rule) || rule == Rule::OrphanPage
}
