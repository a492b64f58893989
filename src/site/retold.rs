//! The same site after only texts have changed: no address, no order and few destinations are worked out anew.

use super::{Destination, Fault, Followed, Site, SourceId, Tree, index, page::Page};
use std::{collections::BTreeSet, sync::Arc};

/// A site of which only texts have changed.
pub(crate) struct Retold {
    pub(crate) site: Site,
    /// The pages whose text has changed.
    changed: BTreeSet<SourceId>,
    /// Those of them that have other ids.
    with_other_ids: BTreeSet<SourceId>,
}

impl Retold {
    /// Where links lead now: only those of the changed pages, those to other ids, and those that led nowhere can have changed.
    pub(crate) fn follow(&self, before: &Followed) -> Followed {
        let leads_to_other_ids = |to: &Result<Destination, Fault>| match to {
            Ok(Destination::Page(id, _)) => self.with_other_ids.contains(id),
            Ok(_) => false,
            Err(_) => true,
        };
        let is_open = |id: SourceId, links: &[Result<Destination, Fault>]| {
            self.changed.contains(&id) || (!self.with_other_ids.is_empty() && links.iter().any(leads_to_other_ids))
        };
        let again = |page: &Page| page.links.iter().map(|link| self.site.follow(page, link)).collect();
        let pages = self.site.ids().zip(before);
        pages.map(|(id, links)| if is_open(id, links) { again(self.site.page(id)) } else { links.clone() }).collect()
    }
}

impl Site {
    /// The same site with the pages of another tree, where no more has changed than the text of some: then every address and
    /// every order is as it was. None where more has.
    pub(crate) fn with_texts(&self, tree: &Tree) -> Option<Retold> {
        let is_same = tree.name == self.name
            && tree.files == self.files
            && tree.navigation == self.navigation_files
            && tree.fragments == self.fragments
            && tree.lines == self.lines
            && tree.repository == self.repository
            && tree.lock == self.lock
            && tree.diagnostics == self.diagnostics[..self.read_diagnostics]
            && tree.pages.len() == self.pages.len();
        let pairs = || self.pages.iter().zip(&tree.pages);
        if !is_same || !pairs().all(|(old, new)| Arc::ptr_eq(old, new) || old.stands_as(new)) {
            return None;
        }
        let changed = || pairs().enumerate().filter(|(_, (old, new))| !Arc::ptr_eq(old, new));
        let with_other_ids: BTreeSet<SourceId> =
            changed().filter(|(_, (old, new))| old.ids != new.ids).map(|(at, _)| SourceId(index(at))).collect();
        // A redirect may lead to an id.
        (with_other_ids.is_empty() || self.claims.is_empty()).then(|| Retold {
            changed: changed().map(|(at, _)| SourceId(index(at))).collect(),
            with_other_ids,
            site: Self { pages: tree.pages.clone(), ..self.clone() },
        })
    }
}
