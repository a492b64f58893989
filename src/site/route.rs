//! Addresses: which file of the output each page becomes, and which pages would collide.

use super::{File, SourceId, page::Page};
use crate::{
    config::Config,
    diagnostic::{Diagnostic, Rule, Span},
};
use std::{
    collections::{HashMap, HashSet},
    path::Path,
    sync::Arc,
};

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

/// The routes of pages, in their order, and the collisions that were avoided.
pub(super) fn assign(pages: &[Arc<Page>], files: &[File], config: &Config) -> (Vec<Route>, Vec<Diagnostic>) {
    let mut order: Vec<usize> = (0..pages.len()).collect();
    // `index.md` comes before `README.md`, and a page beside a folder before the folder's own page.
    order.sort_by_key(|&position| (rank(&pages[position]), position));
    let mut taken: HashMap<String, &str> = HashMap::with_capacity(pages.len());
    for file in files.iter().filter(|file| file.path.ends_with("index.html")) {
        taken.insert(file.path.to_string(), &file.path);
    }
    let mut routes = vec![Route::new(""); pages.len()];
    let mut diagnostics = Vec::new();
    let all: HashSet<String> = pages.iter().map(|page| wanted(page, config)).collect();
    for position in order {
        let page = &pages[position];
        let mut address = wanted(page, config);
        if let Some(&first) = taken.get(&address) {
            let mut own = own_address(page, config);
            while taken.contains_key(&own) || all.contains(&own) {
                own = own.replace("index.html", "page/index.html");
            }
            diagnostics.push(collision(page, first, &address, &own));
            address = own;
        }
        taken.insert(address.clone(), &page.path);
        routes[position] = Route(address.into());
    }
    (routes, diagnostics)
}

/// The redirects that pages ask for with `aliases`; an alias that is taken is told and left out.
pub(super) fn redirects(
    pages: &[Arc<Page>],
    routes: &[Route],
    files: &[File],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(Route, SourceId)> {
    let mut taken: HashMap<String, &str> = pages.iter().zip(routes).map(|(page, route)| (route.file().to_owned(), &*page.path)).collect();
    taken.extend(files.iter().map(|file| (file.path.to_string(), &*file.path)));
    let mut redirects = Vec::new();
    for (position, page) in pages.iter().enumerate() {
        for alias in &page.front_matter.aliases {
            let path = alias.split('/').filter(|part| !part.is_empty() && *part != ".").collect::<Vec<_>>().join("/");
            let path = path.as_str();
            let extension = Path::new(path).extension();
            let is_file = extension.is_some_and(|extension| extension == "html" || extension == "htm");
            let file = match path {
                _ if is_file => path.to_owned(),
                "" => "index.html".to_owned(),
                folder => format!("{folder}/index.html"),
            };
            if let Some(first) = taken.get(&file) {
                let message = format!("the alias `{alias}` is the address of `{first}` already");
                diagnostics.push(
                    Diagnostic::new(&page.path, Span::default(), Rule::DuplicateAddress, message)
                        .target(alias)
                        .help("remove the alias, or the page at its address"),
                );
                continue;
            }
            taken.insert(file.clone(), &page.path);
            redirects.push((Route(file.into()), SourceId(super::index(position))));
        }
    }
    redirects
}

fn rank(page: &Page) -> u8 {
    let name = page.path.rsplit('/').next().unwrap_or_default();
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

fn wanted(page: &Page, config: &Config) -> String {
    let name = page.path.rsplit('/').next().unwrap_or_default();
    let is_index = index_rank(name).is_some() && page.front_matter.slug.is_none();
    if is_index { address(page.folder(), "", config) } else { own_address(page, config) }
}

fn own_address(page: &Page, config: &Config) -> String {
    address(page.folder(), page.front_matter.slug.as_deref().unwrap_or_else(|| page.stem()), config)
}

fn address(folder: &str, name: &str, config: &Config) -> String {
    let mut out = String::with_capacity(folder.len() + name.len() + 12);
    for part in [folder, name] {
        if !part.is_empty() {
            out.push_str(part);
            out.push('/');
        }
    }
    if config.lowercase_addresses {
        out = out.to_lowercase();
    }
    out.push_str("index.html");
    out
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
        let (routes, found) = assign(&pages, &[], &Config::default());
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
