//! Folders, weights and navigation files to the tree of nodes.

use super::{Entry, Leads, Navigation, NavigationFile, Node, NodeId, folder_title};
use crate::site::{
    Destination, Fault, Place, Site, SourceId,
    language::LanguageId,
    route::{Route, index_rank},
};
use foldhash::HashMap;
use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

/// Puts the navigation of a site in one language together.
pub(super) struct Builder<'a> {
    site: &'a Site,
    language: LanguageId,
    navigation: Navigation,
    contents: BTreeMap<&'a str, Contents<'a>>,
    /// The page of each folder, with the rank of its name.
    indexes: HashMap<&'a str, (u8, SourceId)>,
    /// The pages by the path that they share with their translations.
    by_path: HashMap<&'a str, SourceId>,
    files: HashMap<&'a str, (LanguageId, &'a NavigationFile)>,
    folder_nodes: HashMap<String, NodeId>,
}

/// What lies directly in a folder.
#[derive(Default)]
struct Contents<'a> {
    pages: Vec<SourceId>,
    folders: BTreeSet<&'a str>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(site: &'a Site, language: LanguageId) -> Self {
        let navigation =
            Navigation { by_page: vec![None; site.pages.len()], position: vec![None; site.pages.len()], ..Navigation::default() };
        let mut builder = Self {
            site,
            language,
            navigation,
            contents: BTreeMap::from([("", Contents::default())]),
            indexes: HashMap::default(),
            by_path: HashMap::default(),
            files: navigation_files(site, language),
            folder_nodes: HashMap::default(),
        };
        let mut pages: Vec<SourceId> = site.views(language).map(|view| view.page).collect();
        pages.sort_unstable();
        for id in pages {
            builder.place(id);
        }
        builder
    }

    /// Notes where a page lies.
    fn place(&mut self, id: SourceId) {
        let page = self.site.page(id);
        let mut folder = page.section();
        self.by_path.entry(page.common_path()).or_insert(id);
        let name = page.common_path().rsplit('/').next().unwrap_or_default();
        if let Some(rank) = index_rank(name) {
            let index = self.indexes.entry(folder).or_insert((rank, id));
            if rank < index.0 {
                *index = (rank, id);
            }
        }
        self.contents.entry(folder).or_default().pages.push(id);
        while !folder.is_empty() {
            let parent = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
            if !self.contents.entry(parent).or_default().folders.insert(folder) {
                break;
            }
            folder = parent;
        }
    }

    pub(super) fn build(mut self) -> Navigation {
        self.find_lists();
        let (title, leads) = match self.section_page("") {
            Some(home) => (self.site.page(home).title.clone(), Leads::Page(home)),
            None => (self.list_title(), Leads::List(String::new())),
        };
        let root = self.add(title, leads, None);
        self.visit("", root);
        self.put_in_order(root);
        self.navigation
    }

    /// The title of a list of everything.
    fn list_title(&self) -> String {
        let own = self.site.languages.get(self.language).title.as_ref();
        own.or(self.site.languages.get(LanguageId::DEFAULT).title.as_ref()).unwrap_or(&self.site.name).clone()
    }

    /// A folder has a list of its own when nothing else is published at its address.
    fn find_lists(&mut self) {
        let redirects = self.site.redirects.iter().map(|(route, _)| route).chain(self.site.claims.iter().map(|claim| &claim.from));
        let stand_ins = self.site.stand_ins(self.language).map(|(_, route)| route);
        let taken: BTreeSet<&str> = self.site.routes.iter().chain(redirects).chain(stand_ins).map(Route::file).collect();
        for folder in self.contents.keys() {
            let route = self.site.list_route(self.language, folder);
            let copied = matches!(self.site.at(route.file()), Some(Place::File(_)));
            if !taken.contains(route.file()) && !copied {
                self.navigation.lists.insert((*folder).to_owned());
            }
        }
    }

    /// Adds what a folder holds below its node: first as its navigation file says, then what is left.
    fn visit(&mut self, folder: &str, node: NodeId) {
        if let Some((language, file)) = self.files.get(folder).copied() {
            let base = Base { folder: file.base.as_str(), language };
            match file.entries.as_slice() {
                // A single title above everything names the folder itself.
                [Entry { title: Some(title), target: None, children }] if !children.is_empty() => {
                    let own = &mut self.navigation.nodes[node.0 as usize];
                    if !matches!(own.leads, Leads::Page(_)) && own.parent.is_some() {
                        own.title.clone_from(title);
                    }
                    self.add_entries(base, children, node);
                }
                entries => self.add_entries(base, entries, node),
            }
        }
        for item in self.items(folder) {
            match item {
                Item::Page(id) => {
                    if self.navigation.of_page(id).is_none() {
                        let title = self.site.page(id).title.clone();
                        self.add(title, Leads::Page(id), Some(node));
                    }
                }
                Item::Folder(below) => self.visit_folder(below, node),
            }
        }
    }

    fn visit_folder(&mut self, folder: &'a str, parent: NodeId) {
        let page = self.section_page(folder);
        let placed = self.folder_nodes.get(folder).copied().or_else(|| page.and_then(|page| self.navigation.of_page(page)));
        let node = match placed {
            Some(node) => node,
            None if !self.has_unplaced(folder) => return,
            None => {
                let (title, leads) = match page.filter(|page| self.in_sidebar(*page)) {
                    Some(page) => (self.site.page(page).title.clone(), Leads::Page(page)),
                    None => (folder_title(folder), self.list_or_nowhere(folder)),
                };
                self.add(title, leads, Some(parent))
            }
        };
        self.visit(folder, node);
    }

    fn list_or_nowhere(&self, folder: &str) -> Leads {
        if self.navigation.lists.contains(folder) { Leads::List(folder.to_owned()) } else { Leads::Nowhere }
    }

    fn add_entries(&mut self, base: Base<'_>, entries: &[Entry], parent: NodeId) {
        for entry in entries {
            let leads = entry.target.as_ref().map(|target| self.lead(base, &target.address));
            let (title, leads, folder) = match leads {
                Some(Some((leads, folder))) => (entry.title.clone().filter(|_| self.speaks(base, &leads)), leads, folder),
                // A broken entry is a finding; what is below it stays.
                Some(None) if entry.children.is_empty() => continue,
                Some(None) | None => (entry.title.clone(), Leads::Nowhere, None),
            };
            let title = title.filter(|title| !title.trim().is_empty()).unwrap_or_else(|| match &leads {
                Leads::Page(id) => self.site.page(*id).title.clone(),
                Leads::List(folder) => folder_title(folder),
                _ => "Untitled".to_owned(),
            });
            if let Leads::Page(id) = leads {
                self.navigation.listed.insert(id);
            }
            let node = self.add(title, leads, Some(parent));
            if let Some(folder) = folder {
                self.list_pages(&folder);
                self.folder_nodes.entry(folder).or_insert(node);
            }
            self.add_entries(base, &entry.children, node);
        }
    }

    /// Whether the words of a navigation file suit what its entry leads to: a translation has a title in its own language.
    fn speaks(&self, base: Base<'_>, leads: &Leads) -> bool {
        match leads {
            Leads::Page(id) => base.language == self.language || self.site.page(*id).language != self.language,
            _ => true,
        }
    }

    /// An entry that names a folder names the pages in it.
    fn list_pages(&mut self, folder: &str) {
        let Some(contents) = self.contents.get(folder) else { return };
        self.navigation.listed.extend(&contents.pages);
        for below in contents.folders.clone() {
            self.list_pages(below);
        }
    }

    /// Where an entry leads, and the folder whose contents belong below it.
    fn lead(&self, base: Base<'_>, address: &str) -> Option<(Leads, Option<String>)> {
        match self.site.follow_entry(base.folder, address) {
            Ok(Destination::Page(id, _)) => {
                let id = self.site.in_language(id, self.language);
                // A file that speaks for other languages too names pages that this one may leave out.
                let shown = base.language == self.language || self.site.is_shown_in(self.language, id);
                shown.then_some((Leads::Page(id), None))
            }
            Ok(Destination::File(id, _)) => {
                let path = &self.site.file(id).path;
                let is_navigation = self.site.navigation_files.iter().find(|file| file.file == *path);
                Some(match is_navigation {
                    Some(file) => {
                        let folder = self.site.languages.section(&file.folder);
                        match self.section_page(folder).filter(|page| self.in_sidebar(*page)) {
                            Some(page) => (Leads::Page(page), Some(folder.to_owned())),
                            None => (self.list_or_nowhere(folder), Some(folder.to_owned())),
                        }
                    }
                    None => (Leads::File(id), None),
                })
            }
            Ok(Destination::Address | Destination::Same(_)) => Some((Leads::Address(address.to_owned()), None)),
            Ok(Destination::Repository(address)) => Some((Leads::Address(address.into()), None)),
            Err(Fault::NoIndex { folder }) => {
                let folder = self.site.languages.section(&folder);
                self.contents.contains_key(folder).then(|| (self.list_or_nowhere(folder), Some(folder.to_owned())))
            }
            Err(_) => None,
        }
    }

    fn add(&mut self, title: String, leads: Leads, parent: Option<NodeId>) -> NodeId {
        let id = NodeId(crate::site::index(self.navigation.nodes.len()));
        match &leads {
            Leads::Page(page) => {
                self.navigation.by_page[page.0 as usize].get_or_insert(id);
            }
            Leads::List(folder) => {
                self.navigation.by_list.entry(folder.clone()).or_insert(id);
            }
            _ => {}
        }
        self.navigation.nodes.push(Node { title, leads, parent, children: Vec::new() });
        if let Some(parent) = parent {
            self.navigation.nodes[parent.0 as usize].children.push(id);
        }
        id
    }

    /// The page that stands for a folder: its index, or the page beside it of the same name.
    fn section_page(&self, folder: &str) -> Option<SourceId> {
        if let Some((_, id)) = self.indexes.get(folder) {
            return Some(*id);
        }
        if folder.is_empty() { None } else { self.by_path.get(format!("{folder}.md").as_str()).copied() }
    }

    fn in_sidebar(&self, id: SourceId) -> bool {
        self.site.setting(id, |settings| settings.sidebar) != Some(false) && !self.site.is_summary(self.site.page(id))
    }

    fn has_unplaced(&self, folder: &str) -> bool {
        let Some(contents) = self.contents.get(folder) else { return false };
        contents.pages.iter().any(|id| self.navigation.of_page(*id).is_none() && self.in_sidebar(*id))
            || contents.folders.iter().any(|below| self.has_unplaced(below))
    }

    /// The pages and folders in a folder, by weight, then by name.
    fn items(&self, folder: &str) -> Vec<Item<'a>> {
        let Some(contents) = self.contents.get(folder) else { return Vec::new() };
        let own = self.section_page(folder);
        let sections: BTreeSet<SourceId> = contents.folders.iter().filter_map(|below| self.section_page(below)).collect();
        let pages = contents.pages.iter().copied();
        let pages = pages.filter(|id| Some(*id) != own && !sections.contains(id) && self.in_sidebar(*id)).map(Item::Page);
        let mut items: Vec<Item<'a>> = pages.chain(contents.folders.iter().map(|below| Item::Folder(below))).collect();
        items.sort_by_cached_key(|item| self.sort_key(item));
        items
    }

    fn sort_key(&self, item: &Item<'_>) -> (i64, NaturalName) {
        let (page, name) = match item {
            Item::Page(id) => (Some(*id), self.site.page(*id).stem()),
            Item::Folder(folder) => (self.section_page(folder), folder.rsplit('/').next().unwrap_or(folder)),
        };
        let weight = page.and_then(|page| self.site.setting(page, |settings| settings.weight));
        (weight.unwrap_or(i64::MAX), NaturalName(name.to_lowercase()))
    }

    fn put_in_order(&mut self, from: NodeId) {
        let mut waiting = vec![from];
        while let Some(id) = waiting.pop() {
            if let Leads::Page(page) = self.navigation.node(id).leads
                && self.navigation.position[page.0 as usize].is_none()
            {
                self.navigation.position[page.0 as usize] = Some(crate::site::index(self.navigation.order.len()));
                self.navigation.order.push(page);
            }
            waiting.extend(self.navigation.node(id).children.iter().rev());
        }
    }
}

/// Where the entries of a navigation file are from.
#[derive(Clone, Copy)]
struct Base<'a> {
    /// The folder that its addresses are relative to.
    folder: &'a str,
    /// The language of its words.
    language: LanguageId,
}

/// The navigation file of each folder: that of the language, else that of the site's own.
fn navigation_files(site: &Site, language: LanguageId) -> HashMap<&str, (LanguageId, &NavigationFile)> {
    let mut files = HashMap::default();
    for wanted in [language, LanguageId::DEFAULT] {
        for file in &site.navigation_files {
            let (own, _) = site.languages.of_path(&file.file);
            if own == wanted {
                files.entry(site.languages.section(&file.folder)).or_insert((own, file));
            }
        }
    }
    files
}

#[derive(Clone, Copy)]
enum Item<'a> {
    Page(SourceId),
    Folder(&'a str),
}

/// A name that sorts `2` before `10`.
#[derive(PartialEq, Eq)]
struct NaturalName(String);

impl PartialOrd for NaturalName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for NaturalName {
    fn cmp(&self, other: &Self) -> Ordering {
        let (mut a, mut b) = (self.0.as_str(), other.0.as_str());
        loop {
            let (digits_a, digits_b) = (leading_digits(a), leading_digits(b));
            if digits_a > 0 && digits_b > 0 {
                let (number_a, number_b) = (a[..digits_a].trim_start_matches('0'), b[..digits_b].trim_start_matches('0'));
                let order = number_a.len().cmp(&number_b.len()).then_with(|| number_a.cmp(number_b));
                if order != Ordering::Equal {
                    return order;
                }
                (a, b) = (&a[digits_a..], &b[digits_b..]);
                continue;
            }
            match (a.chars().next(), b.chars().next()) {
                (Some(x), Some(y)) if x == y => (a, b) = (&a[x.len_utf8()..], &b[y.len_utf8()..]),
                (x, y) => return x.cmp(&y).then_with(|| self.0.cmp(&other.0)),
            }
        }
    }
}

fn leading_digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::Config,
        diagnostic::Span,
        site::{Tree, navigation::Target, page::Page},
    };

    fn outline(paths: &[&str], navigation: Vec<NavigationFile>) -> Vec<String> {
        let mut paths = paths.to_vec();
        paths.sort_unstable();
        let pages = paths.iter().map(|path| {
            let stem = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".md");
            std::sync::Arc::new(Page { path: (*path).into(), title: stem.to_owned(), ..Page::default() })
        });
        let tree = Tree { name: "Site".to_owned(), pages: pages.collect(), navigation, ..Tree::default() };
        let site = Site::assemble(Config::default(), tree, false);
        let mut out = Vec::new();
        let navigation = site.navigation(LanguageId::DEFAULT);
        lines(navigation, navigation.root(), 0, &mut out);
        out
    }

    fn lines(navigation: &Navigation, id: NodeId, depth: usize, out: &mut Vec<String>) {
        let node = navigation.node(id);
        let kind = match node.leads {
            Leads::Page(_) => "",
            Leads::List(_) => "/",
            _ => "-",
        };
        out.push(format!("{}{}{kind}", " ".repeat(depth), node.title));
        for child in &node.children {
            lines(navigation, *child, depth + 1, out);
        }
    }

    fn entry(title: &str, address: &str, children: Vec<Entry>) -> Entry {
        let target = Target { address: address.to_owned(), written: address.to_owned(), span: Span::default() };
        Entry { title: Some(title.to_owned()), target: (!address.is_empty()).then_some(target), children }
    }

    #[test]
    fn folders_give_the_order_and_numbers_sort_as_numbers() {
        let lines = outline(&["index.md", "b/10-x.md", "b/2-y.md", "a.md", "c/README.md", "c/d.md", "a/e.md"], vec![]);
        assert_eq!(lines, ["index", " a", "  e", " B/", "  2-y", "  10-x", " README", "  d"]);
    }

    #[test]
    fn a_navigation_file_comes_first_and_nothing_is_lost() {
        let file = NavigationFile {
            file: "TOC.yml".into(),
            base: String::new(),
            folder: String::new(),
            is_guide: false,
            entries: vec![
                entry("Later", "b/z.md", vec![]),
                entry("Group", "", vec![entry("A", "a.md", vec![])]),
                entry("Gone", "gone.md", vec![]),
            ],
        };
        let lines = outline(&["a.md", "b/y.md", "b/z.md", "c.md"], vec![file]);
        assert_eq!(lines, ["Site/", " Later", " Group-", "  A", " B/", "  y", " c"]);
    }

    #[test]
    fn an_entry_that_names_a_folder_takes_in_its_contents() {
        let file = NavigationFile {
            file: "TOC.yml".into(),
            base: String::new(),
            folder: String::new(),
            is_guide: false,
            entries: vec![entry("Sub", "sub/", vec![])],
        };
        assert_eq!(outline(&["sub/a.md", "z.md"], vec![file]), ["Site/", " Sub/", "  a", " z"]);
    }
}
