//! The site as the readers of one language see it: steps of the way to a page, neighbours, entries of lists.

use crate::{
    config::Direction,
    site::{
        Site, SourceId,
        language::{Language, LanguageId},
        navigation::{Leads, Navigation, NodeId},
        route::Route,
        target,
    },
    write::{checklists, words},
};
use serde::Serialize;

/// A page that another leads to.
#[derive(Serialize)]
pub(super) struct Step {
    pub(super) title: String,
    pub(super) href: Option<String>,
    /// The language of the title, where it is not the page's.
    pub(super) language: Option<String>,
    /// Where it is published, for programs.
    #[serde(skip)]
    pub(super) canonical: Option<String>,
}

/// An entry of a folder's list.
#[derive(Serialize)]
pub(super) struct ListEntry<'a> {
    pub(super) title: &'a str,
    pub(super) href: Option<String>,
    pub(super) language: Option<String>,
    pub(super) description: Option<&'a str>,
    pub(super) count: usize,
    pub(super) counted: String,
    pub(super) marks: Option<String>,
}

/// The site as the readers of one language see it.
pub(super) struct At<'a> {
    pub(super) site: &'a Site,
    pub(super) id: LanguageId,
    pub(super) language: &'a Language,
    pub(super) words: &'a words::Language,
    pub(super) navigation: &'a Navigation,
}

impl<'a> At<'a> {
    pub(super) fn direction(&self, language: &str) -> &'static str {
        if language == self.language.tag { self.language.direction.word() } else { Direction::of(language).word() }
    }

    pub(super) fn home(&self) -> Route {
        match self.site.home(self.id) {
            Some(id) => self.site.route_in(self.id, id).clone(),
            None => self.site.list_route(self.id, ""),
        }
    }

    /// The nodes above, from the home page down. A page that is kept out of the navigation shows the home page only.
    pub(super) fn trail(&self, mut above: Option<NodeId>, current: Option<SourceId>, route: &Route) -> Vec<Step> {
        let mut trail = Vec::new();
        while let Some(id) = above {
            trail.push(self.step_to(id, route));
            above = self.navigation.node(id).parent;
        }
        let root = self.navigation.root();
        let is_home = matches!((&self.navigation.node(root).leads, current), (Leads::Page(home), Some(id)) if *home == id);
        if trail.is_empty() && !is_home && current.is_some() {
            trail.push(self.step_to(root, route));
        }
        trail.reverse();
        trail
    }

    pub(super) fn step_to(&self, id: NodeId, from: &Route) -> Step {
        let node = self.navigation.node(id);
        let canonical = match &node.leads {
            Leads::Page(page) => self.site.canonical(self.site.route_in(self.id, *page)),
            Leads::List(folder) => self.site.canonical(&self.site.list_route(self.id, folder)),
            Leads::File(_) | Leads::Address(_) | Leads::Nowhere => None,
        };
        Step { title: node.title.clone(), href: self.href(id, from), language: self.foreign(&node.leads), canonical }
    }

    pub(super) fn step(&self, id: SourceId, from: &Route) -> Step {
        let title = self.navigation.of_page(id).map_or(&self.site.page(id).title, |node| &self.navigation.node(node).title);
        let href = target::relative(from.file(), self.site.route_in(self.id, id).file());
        Step { title: title.clone(), href: Some(href), language: self.foreign(&Leads::Page(id)), canonical: None }
    }

    /// The language of the title of what stands in for a translation.
    fn foreign(&self, leads: &Leads) -> Option<String> {
        foreign(self.site, self.id, leads).map(str::to_owned)
    }

    fn href(&self, id: NodeId, from: &Route) -> Option<String> {
        let to = |file: &str| Some(target::relative(from.file(), file));
        match &self.navigation.node(id).leads {
            Leads::Page(page) => to(self.site.route_in(self.id, *page).file()),
            Leads::List(folder) => to(self.site.list_route(self.id, folder).file()),
            Leads::File(file) => to(&self.site.file(*file).path),
            Leads::Address(address) => Some(address.clone()),
            Leads::Nowhere => None,
        }
    }

    pub(super) fn list_entry(&self, id: NodeId, from: &Route) -> ListEntry<'a> {
        let node = self.navigation.node(id);
        let first = || self.navigation.first_page(id).map(|page| target::relative(from.file(), self.site.route_in(self.id, page).file()));
        let description = match node.leads {
            Leads::Page(page) => self.site.page(page).front_matter.description.as_deref(),
            _ => None,
        };
        let marks = if let Leads::Page(page) = node.leads { checklists::mark(self.site, page) } else { None };
        let count = self.navigation.count_below(id);
        let language = self.foreign(&node.leads);
        let counted = self.words.counted("pages", count);
        ListEntry { title: &node.title, href: self.href(id, from).or_else(first), language, description, count, counted, marks }
    }

    /// The pages below a folder that has no node of its own, since a navigation file has placed them elsewhere.
    pub(super) fn pages_in(&self, folder: &str, from: &Route) -> Vec<ListEntry<'a>> {
        let below = format!("{folder}/");
        let mut ids: Vec<SourceId> = self.site.views(self.id).map(|view| view.page).collect();
        ids.sort_unstable();
        ids.retain(|id| self.site.page(*id).common_path().starts_with(&below));
        ids.into_iter()
            .map(|id| {
                let page = self.site.page(id);
                ListEntry {
                    title: &page.title,
                    href: Some(target::relative(from.file(), self.site.route_in(self.id, id).file())),
                    language: self.foreign(&Leads::Page(id)),
                    description: page.front_matter.description.as_deref(),
                    count: 0,
                    counted: String::new(),
                    marks: checklists::mark(self.site, id),
                }
            })
            .collect()
    }
}

/// The language of what leads to a page in another language than that of the page around it.
pub(in crate::write) fn foreign<'a>(site: &'a Site, language: LanguageId, leads: &Leads) -> Option<&'a str> {
    let Leads::Page(id) = leads else { return None };
    let written_in = site.page(*id).language;
    (written_in != language).then(|| site.languages.get(written_in).tag.as_str())
}
