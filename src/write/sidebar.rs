//! The navigation beside a page: rendered once for the pages of a section, bounded on sites of any size.

use super::{checklists, context::foreign, theme::Theme, words};
use crate::{
    error::Error,
    site::{
        Site, SourceId, View,
        language::LanguageId,
        navigation::{Leads, Navigation, NodeId},
        route::Route,
        target,
    },
};
use serde::Serialize;
use std::collections::HashMap;

/// The most entries of one level that are shown; the rest are a link to the section's page.
const LEVEL: usize = 100;

/// The most levels that are shown: those nearest to the page.
const LEVELS: usize = 12;

/// The sidebars of one section, one for each depth of address, and each window of a long level.
pub(super) struct Sidebars<'a> {
    site: &'a Site,
    theme: &'a Theme,
    language: LanguageId,
    navigation: &'a Navigation,
    open: NodeId,
    rendered: HashMap<(String, usize), String>,
}

#[derive(Serialize)]
struct Entry {
    title: String,
    href: Option<String>,
    /// The language of the title, where it is not the page's.
    language: Option<String>,
    open: bool,
    folder: bool,
    marks: Option<String>,
    children: Vec<Entry>,
    more: Option<More>,
}

#[derive(Serialize)]
struct More {
    href: String,
    count: usize,
    words: String,
}

/// The node that is open beside a page: its own when it has pages below it, else the one above.
pub(super) fn open_node(site: &Site, view: View) -> NodeId {
    let navigation = site.navigation(view.language);
    let Some(node) = navigation.of_page(view.page) else {
        let folder = site.page(view.page).section();
        return navigation.of_list(folder).unwrap_or_else(|| navigation.root());
    };
    let own = navigation.node(node);
    if own.children.is_empty() { own.parent.unwrap_or_else(|| navigation.root()) } else { node }
}

impl<'a> Sidebars<'a> {
    pub(super) fn new(site: &'a Site, theme: &'a Theme, language: LanguageId, open: NodeId) -> Self {
        Self { site, theme, language, navigation: site.navigation(language), open, rendered: HashMap::new() }
    }

    /// The sidebar of a page at a route, with the page itself marked as current.
    pub(super) fn of(&mut self, route: &Route, current: Option<SourceId>) -> Result<String, Error> {
        let root = route.to_root();
        let window = self.window(current);
        let key = (root.clone(), window);
        if !self.rendered.contains_key(&key) {
            let html = self.render(&root, window)?;
            self.rendered.insert(key.clone(), html);
        }
        let html = &self.rendered[&key];
        let href = format!(" href=\"{root}{}\"", target::encode(route.file()));
        Ok(match html.find(&href) {
            Some(at) => {
                let after = at + href.len();
                format!("{} aria-current=\"page\"{}", &html[..after], &html[after..])
            }
            None => html.clone(),
        })
    }

    /// The first entry that is shown of the open level, so that the current page is among them.
    fn window(&self, current: Option<SourceId>) -> usize {
        let siblings = &self.navigation.node(self.open).children;
        let current = current.and_then(|id| self.navigation.of_page(id));
        match current.and_then(|node| siblings.iter().position(|sibling| *sibling == node)) {
            Some(position) if siblings.len() > LEVEL => position / LEVEL * LEVEL,
            _ => 0,
        }
    }

    fn render(&self, root: &str, window: usize) -> Result<String, Error> {
        let mut path = vec![self.open];
        while let Some(parent) = self.navigation.node(path[path.len() - 1]).parent {
            path.push(parent);
        }
        path.truncate(LEVELS);
        let top = path.pop().unwrap_or_else(|| self.navigation.root());
        let mut entries = self.level(top, &path, root, window);
        let more = entries.1.take();
        entries.0.splice(0..0, self.home(root));
        let mut context = tera::Context::new();
        context.insert("entries", &entries.0);
        context.insert("more", &more);
        context.insert("root", root);
        self.theme.render("sidebar.html", &context, "sidebar.html")
    }

    /// The home page, above all others, unless it keeps out or a navigation file has it among them.
    fn home(&self, root: &str) -> Option<Entry> {
        let id = self.navigation.root();
        let home = self.navigation.node(id);
        let Leads::Page(page) = home.leads else { return None };
        let keeps_out = self.site.setting(page, |settings| settings.sidebar) == Some(false);
        let is_listed = home.children.iter().any(|child| self.navigation.node(*child).leads == home.leads);
        (!keeps_out && !is_listed).then(|| Entry { folder: false, ..self.entry(id, &[], root, 0) })
    }

    /// The entries below a node; those on the path to the open one have entries of their own.
    fn level(&self, node: NodeId, path: &[NodeId], root: &str, window: usize) -> (Vec<Entry>, Option<More>) {
        let children = &self.navigation.node(node).children;
        let first = if node == self.open {
            window
        } else {
            let next = path.last().and_then(|next| children.iter().position(|child| child == next)).unwrap_or(0);
            if children.len() > LEVEL { next / LEVEL * LEVEL } else { 0 }
        };
        let shown = &children[first.min(children.len())..(first + LEVEL).min(children.len())];
        let entries = shown.iter().map(|child| self.entry(*child, path, root, window)).collect();
        let more = (children.len() > LEVEL).then(|| self.more(node, children.get(first + LEVEL).copied(), root)).flatten();
        (entries, more)
    }

    fn entry(&self, id: NodeId, path: &[NodeId], root: &str, window: usize) -> Entry {
        let node = self.navigation.node(id);
        let open = path.last() == Some(&id);
        let (children, more) = if open { self.level(id, &path[..path.len() - 1], root, window) } else { (Vec::new(), None) };
        // An open title without a page stands above its pages; only a folded one has to lead somewhere.
        let href = if open && node.leads == Leads::Nowhere { None } else { self.href(id, root) };
        let marks = if let Leads::Page(page) = node.leads { checklists::mark(self.site, page) } else { None };
        let language = foreign(self.site, self.language, &node.leads).map(str::to_owned);
        Entry { title: node.title.clone(), href, language, marks, open, folder: !node.children.is_empty(), children, more }
    }

    /// The way to what a long level leaves out: the list of all, else the first entry of the next window.
    fn more(&self, node: NodeId, next: Option<NodeId>, root: &str) -> Option<More> {
        let full = self.navigation.node(node);
        let to = if matches!(full.leads, Leads::List(_)) { node } else { next.unwrap_or(full.children[0]) };
        let count = full.children.len();
        let word = self.theme.words().of(&self.site.languages.get(self.language).tag).page.get("more_pages").map_or("", String::as_str);
        self.href(to, root).map(|href| More { href, count, words: words::fill(word, [("count", count.to_string())]) })
    }

    /// Where a node leads; a mere title leads to the first page below it.
    fn href(&self, id: NodeId, root: &str) -> Option<String> {
        let path = |file: &str| format!("{root}{}", target::encode(file));
        match &self.navigation.node(id).leads {
            Leads::Page(page) => Some(path(self.site.route_in(self.language, *page).file())),
            Leads::List(folder) => Some(path(self.site.list_route(self.language, folder).file())),
            Leads::File(file) => Some(path(&self.site.file(*file).path)),
            Leads::Address(address) => Some(address.clone()),
            Leads::Nowhere => self.navigation.first_page(id).map(|page| path(self.site.route_in(self.language, page).file())),
        }
    }
}
