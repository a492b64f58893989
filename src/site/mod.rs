//! All pages together: which exist, at which addresses, in which order, and where every link leads.

pub mod checklist;
pub mod compact;
pub(crate) mod follow;
pub mod history;
pub mod language;
pub mod lists;
pub mod lock;
pub mod navigation;
pub mod page;
pub mod redirects;
#[cfg(feature = "serve")]
mod retold;
pub mod route;
pub(crate) mod slug;
pub(crate) mod spelling;
pub(crate) mod target;

pub use follow::{Destination, Fault, Place};

use crate::{
    config::Config,
    diagnostic::{Diagnostic, Rule, Span},
};
use foldhash::{HashMap, HashMapExt as _};
use language::{LanguageId, Languages};
use lists::Lists;
use lock::Lock;
use navigation::{Leads, Navigation, NavigationFile};
use page::{FrontMatter, Page};
use rayon::prelude::*;
use redirects::{Claim, Redirect};
use route::Route;
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::{Arc, OnceLock},
};

/// What was read from the disk, before anything is resolved.
#[derive(Debug, Default)]
pub struct Tree {
    /// The name of the folder, for a site without a title.
    pub name: String,
    /// The guides, by path.
    pub pages: Vec<Arc<Page>>,
    /// Every other file, by path; static files after those of the content.
    pub files: Vec<File>,
    /// The navigation files, by path.
    pub navigation: Vec<NavigationFile>,
    /// The ids of HTML files that links with fragments name.
    pub fragments: BTreeMap<Arc<str>, Vec<Box<str>>>,
    /// The number of lines of files that links with line anchors name.
    pub lines: BTreeMap<Arc<str>, u32>,
    /// The repository around the content, when its address is configured.
    pub repository: Option<Repository>,
    /// The ids that were stamped so far, where there is a lock file.
    pub lock: Option<Lock>,
    /// What was wrong on the way.
    pub diagnostics: Vec<Diagnostic>,
}

/// A file that is no guide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its path in the site, with `/`.
    pub path: Arc<str>,
    /// Where it is on the disk.
    pub disk: PathBuf,
    /// Whether it comes from the static folder.
    pub is_static: bool,
}

/// The repository that the content lies in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repository {
    /// The content root's path from the repository's top, without a final `/`.
    pub prefix: String,
    /// The files outside the content that links name and that exist, from the repository's top.
    pub files: BTreeSet<String>,
    /// Every place that was looked for there, and whether something was found.
    pub sought: Vec<(String, bool)>,
}

/// A file that was renamed, as the repository's history tells it: paths in the content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rename {
    /// The path that it had.
    pub from: String,
    /// The path that it got.
    pub to: String,
}

/// The index of a page in its site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct SourceId(pub u32);

/// The index of a file in its site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct FileId(pub u32);

/// A page as the readers of a language see it: in that language, or standing in where there is no translation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct View {
    /// The language of what is around the page.
    pub language: LanguageId,
    /// The page.
    pub page: SourceId,
}

/// All pages together, never changed once made.
#[derive(Clone, Debug)]
pub struct Site {
    name: String,
    /// The configuration.
    pub config: Config,
    /// The languages, the site's own first.
    pub languages: Languages,
    /// The pages that this build publishes, by path.
    pub pages: Vec<Arc<Page>>,
    /// Where each page is published.
    pub routes: Vec<Route>,
    /// Every other file.
    pub files: Vec<File>,
    /// Former addresses of pages, and where they lead.
    pub redirects: Vec<(Route, SourceId)>,
    /// Where the addresses lead that the configuration redirects.
    pub table: Vec<Redirect>,
    /// The checklists of all pages.
    pub lists: Lists,
    /// The ids that were stamped so far, where there is a lock file.
    pub lock: Option<Lock>,
    /// What was wrong with the tree as a whole.
    pub diagnostics: Vec<Diagnostic>,
    /// How many of these were found when it was read.
    #[cfg(feature = "serve")]
    read_diagnostics: usize,
    navigation_files: Vec<NavigationFile>,
    known: HashMap<Arc<str>, Place>,
    folders: BTreeMap<String, Option<Place>>,
    fragments: BTreeMap<Arc<str>, Vec<Box<str>>>,
    lines: BTreeMap<Arc<str>, u32>,
    repository: Option<Repository>,
    lower_case: OnceLock<HashMap<String, Vec<Arc<str>>>>,
    by_route: OnceLock<HashMap<String, Place>>,
    /// By language: the order of the pages, and what leads to them.
    navigations: Vec<Navigation>,
    /// By language: the pages that stand in for translations, and where.
    stand_ins: Vec<BTreeMap<SourceId, Route>>,
    /// The pages by language and by what their translations have in common; empty for a site of one language.
    translations: HashMap<(LanguageId, Box<str>), SourceId>,
    /// By language: the page that lists all checklists.
    hubs: Vec<Option<Route>>,
    claims: Vec<Claim>,
}

/// Where each link of each page leads, in the pages' and the links' order.
pub type Followed = Vec<Vec<Result<Destination, Fault>>>;

impl Site {
    /// Puts the parts together: which pages are published, where, and in which order.
    #[must_use]
    pub fn assemble(config: Config, tree: Tree, drafts: bool) -> Self {
        let (pages, hidden): (Vec<Arc<Page>>, Vec<Arc<Page>>) = tree.pages.into_iter().partition(|page| drafts || !page.front_matter.draft);
        let languages = Languages::new(&config);
        let (routes, mut collisions) = route::assign(&pages, &tree.files, &config, &languages);
        let (redirects, claims) = route::redirects(&pages, &routes, &tree.files, &config, &mut collisions);
        let translations = translations(&pages, &languages);
        let translated = |page: &Page, language| translations.contains_key(&(language, language::identity(page).into()));
        let former: Vec<&Route> = redirects.iter().map(|(route, _)| route).chain(claims.iter().map(|claim| &claim.from)).collect();
        let stand_ins = route::stand_ins(&pages, &routes, &former, &tree.files, &languages, &translated);
        let mut known: HashMap<Arc<str>, Place> = HashMap::with_capacity(pages.len() + tree.files.len());
        let mut folders: BTreeMap<String, Option<Place>> = BTreeMap::from([(String::new(), None)]);
        for (position, file) in tree.files.iter().enumerate() {
            let place = Place::File(FileId(index(position)));
            add_folders(&mut folders, &file.path);
            if file.path.rsplit('/').next() == Some("index.html") {
                folders.insert(folder_of(&file.path).to_owned(), Some(place));
            }
            known.entry(Arc::clone(&file.path)).or_insert(place);
        }
        let mut ranks: HashMap<&str, u8> = HashMap::default();
        for (position, page) in pages.iter().enumerate() {
            let place = Place::Page(SourceId(index(position)));
            add_folders(&mut folders, &page.path);
            let name = page.path.rsplit('/').next().unwrap_or_default();
            if let Some(rank) = route::index_rank(name) {
                let best = ranks.entry(page.folder()).or_insert(u8::MAX);
                if rank < *best {
                    *best = rank;
                    folders.insert(page.folder().to_owned(), Some(place));
                }
            }
            known.insert(Arc::clone(&page.path), place);
        }
        for page in &hidden {
            add_folders(&mut folders, &page.path);
            known.insert(Arc::clone(&page.path), Place::Draft);
        }
        let mut diagnostics = tree.diagnostics;
        #[cfg(feature = "serve")]
        let read_diagnostics = diagnostics.len();
        diagnostics.extend(collisions);
        diagnostics.extend(language::unused(&config, &languages, pages.iter().chain(&hidden).map(AsRef::as_ref)));
        let mut site = Self {
            name: tree.name,
            config,
            languages,
            pages,
            routes,
            files: tree.files,
            redirects,
            table: Vec::new(),
            claims,
            lists: Lists::default(),
            lock: tree.lock,
            diagnostics,
            #[cfg(feature = "serve")]
            read_diagnostics,
            navigation_files: tree.navigation,
            known,
            folders,
            fragments: tree.fragments,
            lines: tree.lines,
            repository: tree.repository,
            lower_case: OnceLock::new(),
            by_route: OnceLock::new(),
            navigations: Vec::new(),
            stand_ins,
            translations,
            hubs: Vec::new(),
        };
        site.navigations = site.languages.iter().map(|(language, _)| Navigation::build(&site, language)).collect();
        let (table, faults) = redirects::resolve(&site, &site.claims);
        site.table = table;
        // What is published was asked for on the way, when these were not there yet.
        site.by_route = OnceLock::new();
        site.diagnostics.extend(faults);
        site.lists = Lists::new(&site, &hidden);
        let hubs: Vec<_> = site.languages.iter().map(|(language, _)| site.place_hub(language)).collect();
        for hub in hubs {
            match hub {
                Ok(hub) => site.hubs.push(hub),
                Err(taken) => {
                    site.hubs.push(None);
                    site.diagnostics.push(*taken);
                }
            }
        }
        site
    }

    /// The route of the page that lists all checklists in a language.
    fn place_hub(&self, language: LanguageId) -> Result<Option<Route>, Box<Diagnostic>> {
        let Some(first) = self.lists.in_order(language).first() else { return Ok(None) };
        let address = format!("{}{}", self.languages.get(language).prefix, self.config.checklists.address.trim_matches('/'));
        let address = address.as_str();
        let taken = match self.published(address) {
            Some(Place::Page(id)) => Some(id),
            Some(_) => Some(first.page),
            None => self.folder(address).is_some().then_some(first.page),
        };
        let Some(taken) = taken else { return Ok(Some(Route::new(&format!("{address}/index.html")))) };
        let message = format!("the list of checklists has no address: `{address}/` is taken");
        let finding = Diagnostic::new(&self.page(taken).path, Span::default(), Rule::DuplicateAddress, message);
        Err(Box::new(finding.target(address).help("move what stands there, or set `address` in `[checklists]`")))
    }

    /// Every file outside the content that was looked for, and whether it is there.
    #[must_use]
    pub fn sought(&self) -> &[(String, bool)] {
        self.repository.as_ref().map_or(&[], |repository| &repository.sought)
    }

    /// Where every link of every page leads.
    #[must_use]
    pub fn follow_all(&self) -> Followed {
        self.pages.par_iter().map(|page| page.links.iter().map(|link| self.follow(page, link)).collect()).collect()
    }

    /// The indices of all pages.
    pub fn ids(&self) -> impl Iterator<Item = SourceId> + use<> {
        (0..index(self.pages.len())).map(SourceId)
    }

    /// Where a file of the output is published, in full; none without `base-url`.
    #[must_use]
    pub fn canonical(&self, route: &Route) -> Option<String> {
        let base = self.config.base_url.as_deref()?;
        Some(format!("{}/{}", base.trim_end_matches('/'), target::encode(route.address())))
    }

    /// A page by its index.
    #[must_use]
    pub fn page(&self, id: SourceId) -> &Page {
        &self.pages[id.0 as usize]
    }

    /// A page's address by its index.
    #[must_use]
    pub fn route(&self, id: SourceId) -> &Route {
        &self.routes[id.0 as usize]
    }

    /// The address of a page for the readers of a language: where it stands in for a translation, else its own.
    #[must_use]
    pub fn route_in(&self, language: LanguageId, id: SourceId) -> &Route {
        self.stand_ins[language.0 as usize].get(&id).unwrap_or_else(|| self.route(id))
    }

    /// A page in its own language.
    #[must_use]
    pub fn view(&self, id: SourceId) -> View {
        View { language: self.page(id).language, page: id }
    }

    /// The language of a page's text, as a BCP 47 tag.
    #[must_use]
    pub fn language_of(&self, id: SourceId) -> &str {
        let page = self.page(id);
        page.front_matter.language.as_deref().unwrap_or(&self.languages.get(page.language).tag)
    }

    /// Every page that is published for the readers of a language: those in it, then those that stand in.
    pub fn views(&self, language: LanguageId) -> impl Iterator<Item = View> {
        let all = self.pages.iter().enumerate().filter(move |(_, page)| page.language == language);
        let own = all.map(|(position, _)| SourceId(index(position)));
        own.chain(self.stand_ins(language).map(|(id, _)| id)).map(move |page| View { language, page })
    }

    /// The pages that stand in for translations to a language, and their addresses there.
    pub fn stand_ins(&self, language: LanguageId) -> impl Iterator<Item = (SourceId, &Route)> {
        self.stand_ins[language.0 as usize].iter().map(|(id, route)| (*id, route))
    }

    /// The address at which a page stands in for its translation to a language, if it does.
    #[must_use]
    pub fn stand_in(&self, language: LanguageId, id: SourceId) -> Option<&Route> {
        self.stand_ins[language.0 as usize].get(&id)
    }

    /// Whether the readers of a language find a page among the pages of that language.
    #[must_use]
    pub fn is_shown_in(&self, language: LanguageId, id: SourceId) -> bool {
        self.page(id).language == language || self.stand_ins[language.0 as usize].contains_key(&id)
    }

    /// The translation of a page to a language; the page itself for its own.
    #[must_use]
    pub fn translation(&self, id: SourceId, language: LanguageId) -> Option<SourceId> {
        let page = self.page(id);
        if page.language == language {
            return Some(id);
        }
        self.translations.get(&(language, language::identity(page).into())).copied()
    }

    /// The translations of a page, itself among them, by `hreflang`, and the one for readers of any other language; none for a
    /// page that has no translation.
    #[must_use]
    pub fn alternates(&self, id: SourceId) -> Vec<(&str, SourceId)> {
        if self.languages.is_one() {
            return Vec::new();
        }
        let all = self.languages.iter();
        let mut found: Vec<(&str, SourceId)> =
            all.filter_map(|(language, known)| Some((known.tag.as_str(), self.translation(id, language)?))).collect();
        if found.len() < 2 {
            return Vec::new();
        }
        found.extend(self.translation(id, LanguageId::DEFAULT).map(|id| ("x-default", id)));
        found
    }

    /// A page in a language, or as it is where it has no translation.
    #[must_use]
    pub fn in_language(&self, id: SourceId, language: LanguageId) -> SourceId {
        self.translation(id, language).unwrap_or(id)
    }

    /// A setting of a page, or else that of the page that it translates.
    pub fn setting<T>(&self, id: SourceId, of: impl Fn(&FrontMatter) -> Option<T>) -> Option<T> {
        let original = || self.translation(id, LanguageId::DEFAULT).filter(|original| *original != id);
        of(&self.page(id).front_matter).or_else(|| of(&self.page(original()?).front_matter))
    }

    /// The order of the pages of a language, and what leads to them.
    #[must_use]
    pub fn navigation(&self, language: LanguageId) -> &Navigation {
        &self.navigations[language.0 as usize]
    }

    /// The file of a folder's generated list in a language.
    #[must_use]
    pub fn list_route(&self, language: LanguageId, folder: &str) -> Route {
        let folder = if self.config.lowercase_addresses { folder.to_lowercase() } else { folder.to_owned() };
        let prefix = &self.languages.get(language).prefix;
        Route::new(&if folder.is_empty() { format!("{prefix}index.html") } else { format!("{prefix}{folder}/index.html") })
    }

    /// The page that readers of a language begin with; none where a list stands at its address.
    #[must_use]
    pub fn home(&self, language: LanguageId) -> Option<SourceId> {
        match self.navigation(language).node(self.navigation(language).root()).leads {
            Leads::Page(home) => Some(home),
            _ => None,
        }
    }

    /// A file by its index.
    #[must_use]
    pub fn file(&self, id: FileId) -> &File {
        &self.files[id.0 as usize]
    }

    /// What stands at a path of the tree.
    #[must_use]
    pub fn at(&self, path: &str) -> Option<Place> {
        self.known.get(path).copied()
    }

    /// Whether a folder of that path exists, and its own page.
    #[must_use]
    pub fn folder(&self, path: &str) -> Option<Option<Place>> {
        self.folders.get(path).copied()
    }

    /// The names of the folders at the top of the content.
    pub(crate) fn folder_names(&self) -> impl Iterator<Item = &str> {
        self.folders.keys().map(String::as_str).filter(|path| !path.is_empty() && !path.contains('/'))
    }

    /// Whether a page is a `SUMMARY.md`, which gives the order and is no chapter itself.
    #[must_use]
    pub fn is_summary(&self, page: &Page) -> bool {
        self.navigation_files.iter().any(|file| file.is_guide && file.file == page.path)
    }

    /// The navigation files, by path.
    #[must_use]
    pub fn navigation_files(&self) -> &[NavigationFile] {
        &self.navigation_files
    }

    /// The paths of all pages, then of all other files.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Arc<str>> {
        self.pages.iter().map(|page| &page.path).chain(self.files.iter().map(|file| &file.path))
    }

    /// The site's name in a language: configured for it or for the site, else the title of the home page, else the folder's name.
    #[must_use]
    pub fn title(&self, language: LanguageId) -> &str {
        let configured = self.languages.get(language).title.as_ref().or(self.languages.get(LanguageId::DEFAULT).title.as_ref());
        let home = || self.home(language).map(|home| &self.page(home).title);
        configured.or_else(home).unwrap_or(&self.name)
    }

    /// One sentence about the site in a language: configured for it or for the site.
    #[must_use]
    pub fn description(&self, language: LanguageId) -> Option<&str> {
        let of = |language| self.languages.get(language).description.as_deref();
        of(language).or_else(|| of(LanguageId::DEFAULT))
    }

    /// The paths that differ from this one in letter case only.
    pub(crate) fn other_case(&self, path: &str) -> &[Arc<str>] {
        let map = self.lower_case.get_or_init(|| {
            let mut map: HashMap<String, Vec<Arc<str>>> = HashMap::with_capacity(self.known.len() + self.folders.len());
            for path in self.paths() {
                map.entry(path.to_lowercase()).or_default().push(Arc::clone(path));
            }
            for folder in self.folders.keys() {
                map.entry(folder.to_lowercase()).or_default().push(folder.as_str().into());
            }
            map
        });
        map.get(&path.to_lowercase()).map_or(&[], Vec::as_slice)
    }

    /// What is published at an address: with or without `index.html` and the final `/`.
    pub(crate) fn published(&self, address: &str) -> Option<Place> {
        let map = self.by_route.get_or_init(|| {
            let mut map: HashMap<String, Place> = HashMap::default();
            for (position, file) in self.files.iter().enumerate() {
                map.insert(file.path.to_string(), Place::File(FileId(index(position))));
            }
            for (language, _) in self.languages.iter() {
                for folder in self.navigation(language).lists() {
                    let file = self.list_route(language, folder);
                    map.insert(file.address().trim_end_matches('/').to_owned(), Place::List);
                }
                for (id, route) in self.stand_ins(language) {
                    map.insert(route.address().trim_end_matches('/').to_owned(), Place::Page(id));
                }
            }
            for (route, to) in &self.redirects {
                map.insert(route.address().trim_end_matches('/').to_owned(), Place::Page(*to));
            }
            for redirect in &self.table {
                let place = match redirect.to {
                    redirects::Target::Page(view) => Place::Page(view.page),
                    redirects::Target::File(id) => Place::File(id),
                    redirects::Target::List(..) | redirects::Target::Address(_) => Place::List,
                };
                map.insert(redirect.from.address().trim_end_matches('/').to_owned(), place);
            }
            for (position, route) in self.routes.iter().enumerate() {
                map.insert(route.address().trim_end_matches('/').to_owned(), Place::Page(SourceId(index(position))));
            }
            map
        });
        let plain = address.strip_suffix("index.html").unwrap_or(address);
        if self.hubs.iter().flatten().any(|hub| hub.address().trim_end_matches('/') == plain.trim_end_matches('/')) {
            return Some(Place::List);
        }
        map.get(address).or_else(|| map.get(plain.trim_end_matches('/'))).copied()
    }
}

/// The pages by language and by what their translations have in common.
fn translations(pages: &[Arc<Page>], languages: &Languages) -> HashMap<(LanguageId, Box<str>), SourceId> {
    let mut map = HashMap::default();
    if languages.is_one() {
        return map;
    }
    for (position, page) in pages.iter().enumerate() {
        map.entry((page.language, language::identity(page).into())).or_insert(SourceId(index(position)));
    }
    map
}

fn add_folders(folders: &mut BTreeMap<String, Option<Place>>, path: &str) {
    let mut rest = path;
    while let Some((folder, _)) = rest.rsplit_once('/') {
        if folders.contains_key(folder) {
            return;
        }
        folders.insert(folder.to_owned(), None);
        rest = folder;
    }
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn index(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}
