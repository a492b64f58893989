//! Addresses: which file of the output each page becomes, and which pages would collide.

use super::{
    File, SourceId,
    language::{LanguageId, Languages},
    page::Page,
    redirects::{self, Claim},
    target,
};
use crate::{
    config::{Config, MANIFEST},
    diagnostic::{Diagnostic, Rule, Span},
};
use foldhash::{HashMap, HashMapExt as _, HashSet};
use std::{collections::BTreeMap, path::Path, sync::Arc};

/// A file of the output, from its root, with `/`; a page's ends in `index.html`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Route(Arc<str>);

impl Route {
    /// A route from a path.
    #[must_use]
    pub fn new(path: &str) -> Self {
        Self(path.into())
    }

    /// The path of the file.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.0
    }

    /// The address that is published: without `index.html`.
    #[must_use]
    pub fn address(&self) -> &str {
        match self.0.strip_suffix("index.html") {
            Some(folder) if folder.is_empty() || folder.ends_with('/') => folder,
            _ => &self.0,
        }
    }

    /// The way from the file's folder up to the root: `../` for each folder.
    #[must_use]
    pub fn to_root(&self) -> String {
        "../".repeat(self.0.matches('/').count())
    }
}

/// Files of the output that are no page's: pages and redirects stay clear of them.
const OURS: &[&str] = &["404.html", ".nojekyll", "_redirects", "redirects.nginx.conf", MANIFEST];

/// Which paths of the output are taken, and by which source.
struct Taken<'a> {
    files: HashMap<String, &'a str>,
    folders: HashSet<String>,
}

impl<'a> Taken<'a> {
    fn by_files(files: &'a [File]) -> Self {
        let mut taken = Self { files: HashMap::with_capacity(files.len()), folders: HashSet::default() };
        for file in files {
            taken.add(&file.path, &file.path);
        }
        taken
    }

    fn add(&mut self, path: &str, source: &'a str) {
        let mut rest = path;
        while let Some((folder, _)) = rest.rsplit_once('/') {
            if !self.folders.insert(folder.to_owned()) {
                break;
            }
            rest = folder;
        }
        self.files.insert(path.to_owned(), source);
    }

    /// What stands in the way of a file at this path: that very file, a file where a folder is needed, or a folder.
    fn holder(&self, path: &str) -> Option<&'a str> {
        let mut rest = path;
        loop {
            if let Some(source) = self.files.get(rest) {
                return Some(source);
            }
            match rest.rsplit_once('/') {
                Some((folder, _)) => rest = folder,
                None => break,
            }
        }
        self.folders.contains(path).then_some("a folder")
    }
}

/// The routes of pages, in their order, and the collisions that were avoided.
pub(super) fn assign(pages: &[Arc<Page>], files: &[File], config: &Config, languages: &Languages) -> (Vec<Route>, Vec<Diagnostic>) {
    let names = Names { config, languages };
    let mut order: Vec<usize> = (0..pages.len()).collect();
    // `index.md` comes before `README.md`, and a page beside a folder before the folder's own page.
    order.sort_by_cached_key(|&position| (rank(&pages[position]), position));
    let mut taken = Taken::by_files(files);
    let mut routes = vec![Route::new(""); pages.len()];
    let mut diagnostics = Vec::new();
    let all: HashSet<String> = pages.iter().map(|page| names.wanted(page)).collect();
    for position in order {
        let page = &pages[position];
        let mut address = names.wanted(page);
        if let Some(first) = taken.holder(&address) {
            let own = names.own_addresses(page).find(|own| taken.holder(own).is_none() && !all.contains(own)).unwrap_or_default();
            diagnostics.push(collision(page, first, &address, &own));
            address = own;
        }
        taken.add(&address, &page.path);
        routes[position] = Route(address.into());
    }
    (routes, diagnostics)
}

/// The redirects that pages ask for with `aliases`, and the addresses that the configuration redirects; one that is taken is told
/// and left out.
pub(super) fn redirects(
    pages: &[Arc<Page>],
    routes: &[Route],
    files: &[File],
    config: &Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> (Vec<(Route, SourceId)>, Vec<Claim>) {
    let mut taken = Taken::by_files(files);
    for (page, route) in pages.iter().zip(routes) {
        taken.add(route.file(), &page.path);
    }
    for name in OURS {
        taken.add(name, "a file of the site itself");
    }
    let mut redirects = Vec::new();
    for (position, page) in pages.iter().enumerate() {
        for alias in &page.front_matter.aliases {
            let file = alias_file(alias);
            if let Some(first) = taken.holder(&file) {
                let message = format!("the alias `{alias}` is the address of `{first}` already");
                diagnostics.push(
                    Diagnostic::new(&page.path, Span::default(), Rule::DuplicateAddress, message)
                        .target(alias)
                        .help("remove the alias, or what stands at its address"),
                );
                continue;
            }
            taken.add(&file, &page.path);
            redirects.push((Route(file.into()), SourceId(super::index(position))));
        }
    }
    let (claims, mut faults) = redirects::claims(config, &mut |file| taken.holder(file).map(str::to_owned));
    diagnostics.append(&mut faults);
    (redirects, claims)
}

/// The path that a former address names, without percent-encoding and outer slashes.
pub(crate) fn alias_path(alias: &str) -> String {
    let decoded = target::decode(alias);
    decoded.split('/').filter(|part| !part.is_empty() && *part != ".").collect::<Vec<_>>().join("/")
}

/// The addresses at which pages in the site's own language stand in for translations that are not there, by language.
/// Where something else is published already, nothing does.
pub(super) fn stand_ins(
    pages: &[Arc<Page>],
    routes: &[Route],
    former: &[&Route],
    files: &[File],
    languages: &Languages,
    translated: &dyn Fn(&Page, LanguageId) -> bool,
) -> Vec<BTreeMap<SourceId, Route>> {
    let mut out = vec![BTreeMap::new()];
    if languages.is_one() {
        return out;
    }
    let mut taken = Taken::by_files(files);
    let published = pages.iter().zip(routes).map(|(page, route)| (route, &*page.path));
    for (route, source) in published.chain(former.iter().map(|route| (*route, "a former address"))) {
        taken.add(route.file(), source);
    }
    for (id, language) in languages.iter().skip(1) {
        let mut of_language = BTreeMap::new();
        let wanted = pages.iter().zip(routes).enumerate();
        for (position, (_, route)) in
            wanted.filter(|(_, (page, _))| language.fallback && page.language == LanguageId::DEFAULT && !translated(page, id))
        {
            let file = format!("{}{}", language.prefix, route.file());
            if taken.holder(&file).is_none() {
                of_language.insert(SourceId(super::index(position)), Route(file.into()));
            }
        }
        out.push(of_language);
    }
    out
}

/// The file of a former address: a folder's `index.html`, unless it names a file.
pub(crate) fn alias_file(alias: &str) -> String {
    let path = alias_path(alias);
    let is_file = Path::new(&path).extension().is_some_and(|extension| extension == "html" || extension == "htm") || OURS.contains(&&*path);
    match path.as_str() {
        _ if is_file => path,
        "" => "index.html".to_owned(),
        folder => format!("{folder}/index.html"),
    }
}

fn rank(page: &Page) -> u8 {
    let name = page.common_path().rsplit('/').next().unwrap_or_default();
    index_rank(name).unwrap_or_default()
}

/// How strongly a file's name says that it is its folder's page: `index.md` before `README.md`; none for other names.
#[must_use]
pub(crate) fn index_rank(name: &str) -> Option<u8> {
    let (stem, _) = name.rsplit_once('.')?;
    if stem.eq_ignore_ascii_case("index") {
        Some(1)
    } else if stem.eq_ignore_ascii_case("readme") {
        Some(2)
    } else {
        None
    }
}

/// The addresses that pages ask for.
struct Names<'a> {
    config: &'a Config,
    languages: &'a Languages,
}

impl<'a> Names<'a> {
    fn wanted(&self, page: &Page) -> String {
        let name = page.common_path().rsplit('/').next().unwrap_or_default();
        let is_index = index_rank(name).is_some() && page.front_matter.slug.is_none();
        if is_index { self.address(page, "") } else { self.own_address(page) }
    }

    fn own_address(&self, page: &Page) -> String {
        self.address(page, own_name(page))
    }

    /// The addresses that a page may have when the one it wants is taken: its own name, then that with a number.
    fn own_addresses(&'a self, page: &'a Page) -> impl Iterator<Item = String> + 'a {
        let numbered = (2..).map(|number| self.address(page, &format!("{}-{number}", own_name(page))));
        std::iter::once(self.own_address(page)).chain(numbered)
    }

    fn address(&self, page: &Page, name: &str) -> String {
        let prefix = &self.languages.get(page.language).prefix;
        let folder = page.section();
        let mut out = String::with_capacity(prefix.len() + folder.len() + name.len() + 12);
        out.push_str(prefix);
        for part in [folder, name] {
            if !part.is_empty() {
                out.push_str(part);
                out.push('/');
            }
        }
        if self.config.lowercase_addresses {
            out = out.to_lowercase();
        }
        out.push_str("index.html");
        out
    }
}

fn own_name(page: &Page) -> &str {
    page.front_matter.slug.as_deref().unwrap_or_else(|| page.stem())
}

fn collision(page: &Page, first: &str, address: &str, own: &str) -> Diagnostic {
    let address = Route::new(address).address().to_owned();
    let own = Route::new(own).address().to_owned();
    Diagnostic::new(
        &page.path,
        Span::default(),
        Rule::DuplicateAddress,
        format!("`{first}` is published at `/{address}` already; this page gets `/{own}`"),
    )
    .target(&*page.path)
    .help("rename one of the two, or give it a `slug`")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes(paths: &[&str]) -> (Vec<String>, usize) {
        let pages: Vec<Arc<Page>> = paths.iter().map(|path| Arc::new(Page { path: (*path).into(), ..Page::default() })).collect();
        let (routes, found) = assign(&pages, &[], &Config::default(), &Languages::new(&Config::default()));
        (routes.iter().map(|route| route.file().to_owned()).collect(), found.len())
    }

    #[test]
    fn pages_become_folders_and_keep_their_letter_case() {
        assert_eq!(routes(&["A/B-c.md", "A/README.md"]), (vec!["A/B-c/index.html".to_owned(), "A/index.html".to_owned()], 0));
    }

    #[test]
    fn the_first_keeps_a_shared_address_and_the_other_gets_its_own() {
        assert_eq!(routes(&["README.md", "index.md"]), (vec!["README/index.html".to_owned(), "index.html".to_owned()], 1));
        assert_eq!(routes(&["a.md", "a/index.md"]), (vec!["a/index.html".to_owned(), "a/index/index.html".to_owned()], 1));
    }

    #[test]
    fn an_address_has_no_index_and_a_way_to_the_root() {
        let route = Route::new("a/b/index.html");
        assert_eq!((route.address(), route.to_root().as_str()), ("a/b/", "../../"));
        assert_eq!(Route::new("index.html").address(), "");
    }
}
