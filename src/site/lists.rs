//! All checklists of a site by id: which page owns each, which pages hold copies, and where they are listed.

use super::{
    Site, SourceId,
    checklist::{Checklists, Child, List, unstamped_id},
    language::LanguageId,
    page::Page,
    route::{self, Route},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    sync::Arc,
};

/// The checklists of a site.
#[derive(Clone, Debug, Default)]
pub struct Lists {
    by_id: BTreeMap<Box<str>, Vec<Held>>,
    owned: Vec<Held>,
    /// By language.
    orders: Vec<Vec<Held>>,
    drafts: BTreeSet<String>,
}

/// A list on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// The page.
    pub page: SourceId,
    /// The index of the list on the page.
    pub list: u32,
}

impl Lists {
    pub(super) fn new(site: &Site, drafts: &[Arc<Page>]) -> Self {
        let mut by_id: BTreeMap<Box<str>, Vec<Held>> = BTreeMap::new();
        for (position, page) in site.pages.iter().enumerate() {
            for (list, found) in page.checklists.lists.iter().enumerate().filter(|(_, list)| !list.steps.is_empty()) {
                let held = Held { page: SourceId(super::index(position)), list: super::index(list) };
                by_id.entry(found.id.text.clone()).or_default().push(held);
            }
        }
        for held in by_id.values_mut() {
            // The owner comes first: the page whose list is not marked as a copy; then its translations.
            held.sort_by_key(|held| (site.list(*held).shared, site.page(held.page).language));
        }
        let mut owned: Vec<Held> = by_id.values().map(|held| held[0]).collect();
        owned.sort_by_key(|held| {
            let language = site.page(held.page).language;
            (language, site.navigation(language).reading_position(held.page), held.page, held.list)
        });
        let lists = Self { by_id, owned, orders: Vec::new(), drafts: drafts.iter().flat_map(|page| ids(page)).collect() };
        let orders = site.languages.iter().map(|(language, _)| lists.order(site, language)).collect();
        Self { orders, ..lists }
    }

    /// The lists that readers of a language find, in its reading order.
    fn order(&self, site: &Site, language: LanguageId) -> Vec<Held> {
        let all = self.by_id.keys().filter_map(|id| self.in_language(site, language, id));
        let mut order: Vec<Held> = all.filter(|held| site.is_shown_in(language, held.page)).collect();
        order.sort_by_key(|held| (site.navigation(language).reading_position(held.page), held.page, held.list));
        order
    }

    /// The list of an id for the readers of a language: on the page that owns it there, else on the page that owns it.
    #[must_use]
    pub fn in_language(&self, site: &Site, language: LanguageId, id: &str) -> Option<Held> {
        let held = self.by_id.get(id)?;
        held.iter().find(|held| site.page(held.page).language == language).or(held.first()).copied()
    }

    /// Whether a draft that this build leaves out has an id: `list`, or `list/step`.
    #[must_use]
    pub fn is_in_draft(&self, id: &str) -> bool {
        self.drafts.contains(id)
    }

    /// The list of an id on the page that owns it.
    #[must_use]
    pub fn owner(&self, id: &str) -> Option<Held> {
        self.by_id.get(id).map(|held| held[0])
    }

    /// Every list of an id, the owner's first.
    #[must_use]
    pub fn all(&self, id: &str) -> &[Held] {
        self.by_id.get(id).map_or(&[], Vec::as_slice)
    }

    /// The lists of all pages by id, each with its owner first.
    pub fn by_id(&self) -> impl Iterator<Item = (&str, &[Held])> {
        self.by_id.iter().map(|(id, held)| (&**id, held.as_slice()))
    }

    /// Each list that readers of a language find, once, in reading order.
    #[must_use]
    pub fn in_order(&self, language: LanguageId) -> &[Held] {
        &self.orders[language.0 as usize]
    }

    /// Each list once, as its owner has it: those of the site's own language in reading order, then what only others have.
    #[must_use]
    pub fn owned(&self) -> &[Held] {
        &self.owned
    }
}

/// The ids that a list of a page had before it had this one: each was made of the path that the page had then, and readers'
/// ticks may still be kept under it. An alias tells a path; whether that was a folder's page it does not tell.
#[must_use]
pub fn former_ids(site: &Site, page: &Page, list: usize) -> Vec<String> {
    let aliases = page.front_matter.aliases.iter().flat_map(|alias| {
        let path = route::alias_path(alias);
        let index = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
        [format!("{path}.md"), index("README.md"), index("index.md")]
    });
    let former = aliases.filter(|path| site.at(path).is_none());
    let paths: Vec<String> = std::iter::once(page.path.to_string()).chain(former).collect();
    let ids = paths.iter().map(|path| unstamped_id(path, list));
    let own = page.checklists.lists.get(list).map(|list| &list.id.text);
    ids.filter(|id| own.is_none_or(|own| **own != **id)).collect()
}

impl Site {
    /// A list.
    #[must_use]
    pub fn list(&self, held: Held) -> &List {
        &self.page(held.page).checklists.lists[held.list as usize]
    }

    /// The page that lists all checklists in a language; none when there are none, or when its address is taken.
    #[must_use]
    pub fn hub(&self, language: LanguageId) -> Option<&Route> {
        self.hubs[language.0 as usize].as_ref()
    }

    /// Whether the checklists are listed in any language.
    #[must_use]
    pub fn has_hub(&self) -> bool {
        self.hubs.iter().any(Option::is_some)
    }

    /// What keeps the ticks of this site apart from others': configured, else the address; empty when neither is known.
    #[must_use]
    pub fn id(&self) -> String {
        if let Some(id) = &self.config.site_id {
            return id.clone();
        }
        let base = self.config.base_url.as_deref().and_then(|base| url::Url::parse(base).ok());
        base.map_or_else(String::new, |base| {
            let port = base.port().map_or_else(String::new, |port| format!(":{port}"));
            format!("{}{port}{}", base.host_str().unwrap_or_default(), base.path()).trim_end_matches('/').to_owned()
        })
    }
}

/// The ids of a page's lists and steps, and those that its steps carry on.
fn ids(page: &Page) -> impl Iterator<Item = String> {
    let lists = &page.checklists;
    let of_lists = lists.lists.iter().map(|list| list.id.text.to_string());
    let of_steps = lists.steps.iter().filter_map(|step| Some((step, &lists.lists[step.list? as usize].id.text)));
    let of_steps = of_steps.flat_map(|(step, list)| {
        let former = step.keys.aka.iter().map(move |name| name.full(list));
        former.chain([format!("{list}/{}", step.id.text)])
    });
    of_lists.chain(of_steps)
}

/// The structure of a list in one line: ids, order, revisions and roles, without any words.
#[must_use]
pub fn structure(page: &Page, list: u32) -> String {
    let lists = &page.checklists;
    let found = &lists.lists[list as usize];
    let mut out = format!("{}{}({})", found.id.text, if found.counts_leaves { "*" } else { "" }, found.roles.join(","));
    push_children(&mut out, lists, &mut found.steps.iter().map(|step| Child::Step(*step)));
    out
}

fn push_children(out: &mut String, lists: &Checklists, children: &mut dyn Iterator<Item = Child>) {
    out.push('[');
    for child in children {
        match child {
            Child::Step(step) => {
                let step = &lists.steps[step as usize];
                let keys = &step.keys;
                out.push_str(&step.id.text);
                out.push_str(if keys.optional { "?" } else { "" });
                let _ = write!(out, "@{}({})", keys.revision, keys.roles.join(","));
                push_children(out, lists, &mut step.children.iter().copied());
            }
            Child::Choice(choice) => {
                let choice = &lists.choices[choice as usize];
                out.push_str(&choice.id.text);
                out.push('<');
                for branch in &choice.branches {
                    let branch = &lists.branches[*branch as usize];
                    let _ = write!(out, "{}({})", branch.id.text, branch.roles.join(","));
                    push_children(out, lists, &mut branch.children.iter().copied());
                }
                out.push('>');
            }
        }
        out.push(' ');
    }
    out.push(']');
}
