//! What a broken target may have meant: the nearest path of the tree, the nearest heading of a page.

use crate::site::{Site, page::Page, target};
use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

/// Finds the nearest path to one that does not exist; its index is made when the first is asked for.
pub(super) struct Suggestions<'a> {
    site: &'a Site,
    index: OnceLock<Index>,
}

/// The paths of the tree by their last part in lower case, and by their folder.
#[derive(Default)]
struct Index {
    by_name: HashMap<String, Vec<Arc<str>>>,
    by_folder: HashMap<String, Vec<Arc<str>>>,
}

/// A path that may have been meant.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Suggestion {
    pub(super) path: String,
    /// Whether nothing else can have been meant.
    pub(super) certain: bool,
}

impl<'a> Suggestions<'a> {
    pub(super) fn new(site: &'a Site) -> Self {
        Self { site, index: OnceLock::new() }
    }

    /// The nearest path: another extension, separator or root, then the same name elsewhere, then a like name nearby.
    pub(super) fn nearest(&self, path: &str, written: &str) -> Option<Suggestion> {
        self.rewritten(path, written).or_else(|| self.same_name(path)).or_else(|| self.like_name(path))
    }

    fn rewritten(&self, path: &str, written: &str) -> Option<Suggestion> {
        let path = path.trim_end_matches('/');
        let exists = |path: &str| self.site.at(path).is_some();
        let stem = path.strip_suffix(".html").or_else(|| path.strip_suffix(".htm"));
        let slashes = path.replace('\\', "/");
        let from_root = target::decode(target::split(written).path).trim_start_matches(['.', '/']).to_owned();
        let certain = [format!("{path}.md"), path.to_owned(), stem.map(|stem| format!("{stem}.md")).unwrap_or_default(), slashes];
        if let Some(path) = certain.into_iter().find(|path| exists(path)) {
            return Some(Suggestion { path, certain: true });
        }
        let likely = [from_root.clone(), format!("{from_root}.md"), path.replace(".markdown", ".md")];
        likely.into_iter().find(|path| exists(path)).map(|path| Suggestion { path, certain: false })
    }

    fn same_name(&self, path: &str) -> Option<Suggestion> {
        let name = name_of(path).to_lowercase();
        let names = &self.index().by_name;
        let paths = names.get(&name).or_else(|| names.get(&format!("{name}.md")))?;
        let nearest = paths.iter().max_by_key(|candidate| (shared_folders(candidate, path), std::cmp::Reverse(candidate.len())))?;
        let general = matches!(name.as_str(), "readme.md" | "index.md" | "readme" | "index");
        if general && paths.len() > 1 {
            return None;
        }
        Some(Suggestion { path: nearest.to_string(), certain: paths.len() == 1 && !general })
    }

    fn like_name(&self, path: &str) -> Option<Suggestion> {
        let wanted = name_of(path).to_lowercase();
        let mut best: Option<(f64, &str)> = None;
        for candidate in self.index().by_folder.get(folder_of(path))? {
            let likeness = strsim::normalized_damerau_levenshtein(&name_of(candidate).to_lowercase(), &wanted);
            if likeness >= 0.7 && best.is_none_or(|(known, _)| likeness > known) {
                best = Some((likeness, candidate));
            }
        }
        best.map(|(_, path)| Suggestion { path: path.to_owned(), certain: false })
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| {
            let mut index = Index::default();
            for path in self.site.paths() {
                index.by_name.entry(name_of(path).to_lowercase()).or_default().push(Arc::clone(path));
                index.by_folder.entry(folder_of(path).to_owned()).or_default().push(Arc::clone(path));
            }
            index
        })
    }
}

/// The id of a page nearest to a fragment, if one is near.
pub(super) fn nearest_id<'a>(page: &'a Page, fragment: &str) -> Option<&'a str> {
    let wanted = fragment.to_lowercase();
    let squeezed = squeeze(&wanted);
    if let Some(id) = page.ids.iter().find(|id| squeeze(&id.to_lowercase()) == squeezed) {
        return Some(id);
    }
    let begins = |id: &str| {
        id.len().min(squeezed.len()) >= 5
            && (squeeze(&id.to_lowercase()).starts_with(&squeezed) || squeezed.starts_with(&squeeze(&id.to_lowercase())))
    };
    if let Some(id) = page.ids.iter().filter(|id| begins(id)).min_by_key(|id| id.len().abs_diff(fragment.len())) {
        return Some(id);
    }
    let likeness = |id: &str| strsim::normalized_damerau_levenshtein(&id.to_lowercase(), &wanted);
    let (likeness, id) = page.ids.iter().map(|id| (likeness(id), &**id)).max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))?;
    (likeness >= 0.6).then_some(id)
}

/// Letters and digits only, so that other tools' ids of the same heading are alike.
fn squeeze(id: &str) -> String {
    id.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn shared_folders(a: &str, b: &str) -> usize {
    a.split('/').zip(b.split('/')).take_while(|(a, b)| a == b).count()
}
