//! What a broken target may have meant: the nearest path of the tree, the nearest heading of a page.

use crate::site::{Rename, Site, page::Page, target};
use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

/// Asks the repository's history for renamed files, the newest first; asked once at most, and only where nothing else explains.
pub type Renames<'a> = &'a (dyn Fn() -> Vec<Rename> + Sync);

/// Finds the nearest path to one that does not exist; its indexes are made when they are first asked for.
pub(super) struct Suggestions<'a> {
    site: &'a Site,
    renames: Renames<'a>,
    index: OnceLock<Index>,
    history: OnceLock<History>,
    /// The names of the tree under each of their spellings with one letter left out.
    spellings: OnceLock<HashMap<String, Vec<Arc<str>>>>,
}

/// The paths of the tree by their last part in lower case, and by their folder.
#[derive(Default)]
struct Index {
    by_name: HashMap<String, Vec<Arc<str>>>,
    by_folder: HashMap<String, Vec<Arc<str>>>,
}

/// Renames by the path that went, the newest first.
struct History {
    renames: Vec<Rename>,
    by_path: HashMap<String, Vec<usize>>,
}

/// A path that may have been meant.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Suggestion {
    pub(super) path: String,
    /// Whether nothing else can have been meant.
    pub(super) is_certain: bool,
    pub(super) reason: Reason,
}

/// Why a path is suggested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// Its name is near.
    Near,
    /// The file that was meant has this name now.
    Renamed,
}

impl Suggestion {
    fn near(path: impl Into<String>, is_certain: bool) -> Self {
        Self { path: path.into(), is_certain, reason: Reason::Near }
    }
}

/// How many renames are followed from one path: a bound for histories that go round in circles.
const STEPS: usize = 1000;

/// The shortest name, in characters, that is compared with names of other folders; shorter ones are too alike to tell.
const SHORTEST: usize = 6;

impl<'a> Suggestions<'a> {
    pub(super) fn new(site: &'a Site, renames: Renames<'a>) -> Self {
        Self { site, renames, index: OnceLock::new(), history: OnceLock::new(), spellings: OnceLock::new() }
    }

    /// The nearest path to one that a file in `folder` names: another extension, separator or root, then a rename, then the same name elsewhere, then a like name,
    /// here before elsewhere.
    pub(super) fn nearest(&self, folder: &str, path: &str, written: &str) -> Option<Suggestion> {
        let path = path.trim_end_matches('/');
        self.rewritten(path)
            .or_else(|| self.renamed(path))
            .or_else(|| self.rooted(folder, path, written))
            .or_else(|| self.same_name(folder, path, written))
            .or_else(|| self.like_name(path))
            .or_else(|| self.one_edit_away(path))
    }

    /// What else the same words can stand for.
    fn rewritten(&self, path: &str) -> Option<Suggestion> {
        let html = path.strip_suffix(".html").or_else(|| path.strip_suffix(".htm"));
        let certain = [
            format!("{path}.md"),
            path.to_owned(),
            html.map(|stem| format!("{stem}.md")).unwrap_or_default(),
            path.replace('\\', "/"),
            path.strip_suffix(".md").filter(|path| name_of(path).contains('.')).unwrap_or_default().to_owned(),
            path.strip_suffix(".markdown").map(|stem| format!("{stem}.md")).unwrap_or_default(),
        ];
        let exists = |path: &&String| self.site.at(path).is_some();
        if let Some(path) = certain.iter().find(exists) {
            return Some(Suggestion::near(path, true));
        }
        // The same in other letter case, where only one path is so.
        certain.iter().filter(|path| !path.is_empty()).find_map(|path| match self.site.other_case(path) {
            [only] if self.site.at(only).is_some() => Some(Suggestion::near(&**only, true)),
            _ => None,
        })
    }

    /// Where a path leads from the content root that was written as relative.
    fn rooted(&self, folder: &str, path: &str, written: &str) -> Option<Suggestion> {
        let from_root = below(written);
        let stem = path.strip_suffix(".md").unwrap_or_default().to_owned();
        let likely = [from_root.clone(), format!("{from_root}.md"), stem, path.trim_end_matches(['.', ',', ';', ')', ' ']).to_owned()];
        let found = likely.into_iter().find(|path| self.site.at(path).is_some())?;
        let is_certain = self.same_name(folder, path, written).is_some_and(|same| same.is_certain && same.path == found);
        Some(Suggestion::near(found, is_certain))
    }

    /// Where the file of that path is now, or the folder.
    fn renamed(&self, path: &str) -> Option<Suggestion> {
        let history = self.history.get_or_init(|| History::new((self.renames)()));
        if history.renames.is_empty() {
            return None;
        }
        let mut ends = Vec::new();
        let mut steps = 0;
        self.follow_renames(history, path, history.renames.len(), &mut ends, &mut steps);
        if ends.is_empty() {
            self.follow_folder(history, path, &mut ends);
        }
        let newest = ends.first()?.clone();
        ends.sort();
        ends.dedup();
        Some(Suggestion { path: newest, is_certain: ends.len() == 1, reason: Reason::Renamed })
    }

    /// Follows the renames of a path that are newer than the one of this index.
    fn follow_renames(&self, history: &History, path: &str, before: usize, ends: &mut Vec<String>, steps: &mut usize) {
        for index in history.by_path.get(path).into_iter().flatten().copied().filter(|index| *index < before) {
            *steps += 1;
            if *steps > STEPS {
                return;
            }
            let to = &history.renames[index].to;
            if self.site.at(to).is_some() {
                ends.push(to.clone());
            } else {
                self.follow_renames(history, to, index, ends, steps);
            }
        }
    }

    /// A folder was renamed when files below it kept their place in another one.
    fn follow_folder(&self, history: &History, path: &str, ends: &mut Vec<String>) {
        let below = format!("{path}/");
        for rename in history.renames.iter().take(STEPS) {
            let Some(rest) = rename.from.strip_prefix(&below) else { continue };
            let folder = rename.to.strip_suffix(rest).and_then(|folder| folder.strip_suffix('/'));
            ends.extend(folder.filter(|folder| self.site.folder(folder).is_some_and(|page| page.is_some())).map(str::to_owned));
        }
    }

    fn same_name(&self, folder: &str, path: &str, written: &str) -> Option<Suggestion> {
        let name = name_of(path).to_lowercase();
        let names = &self.index().by_name;
        let paths = names.get(&name).or_else(|| names.get(&format!("{name}.md")))?;
        let general = matches!(name.as_str(), "readme.md" | "index.md" | "readme" | "index");
        if general && paths.len() > 1 {
            return None;
        }
        let nearest = paths.iter().max_by(|a, b| {
            let shared = |candidate: &str| shared_folders(candidate, path) + shared_last_folders(candidate, path);
            let likeness = |candidate: &str| strsim::normalized_damerau_levenshtein(candidate, path);
            shared(a).cmp(&shared(b)).then_with(|| likeness(a).total_cmp(&likeness(b))).then_with(|| b.cmp(a))
        })?;
        let is_certain = paths.len() == 1 && !general && self.is_near(folder, path, written, nearest);
        Some(Suggestion::near(&**nearest, is_certain))
    }

    /// Whether the one file of a name is what was meant, and not one of another product that is described in the same manner:
    /// it lies below the folder that the link leads to as far as that exists, or where the link leads with more or fewer `../`,
    /// or the tree is too small for such products.
    fn is_near(&self, from: &str, path: &str, written: &str, found: &str) -> bool {
        let mut folder = folder_of(path);
        while !folder.is_empty() && self.site.folder(folder).is_none() {
            folder = folder_of(folder);
        }
        let is_below = |folder: &str| folder.is_empty() || found.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        let tail = below(written);
        let above = found.strip_suffix(&*tail).map(|above| above.trim_end_matches('/'));
        let counts_wrong = tail.contains('/')
            && above.is_some_and(|above| {
                above.is_empty() || from == above || from.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'))
            });
        let is_small = !from.contains('/') && !folder.contains('/');
        counts_wrong || (is_below(folder) && (folder.contains('/') || is_small)) || (is_small && shared_last_folders(path, found) == 0)
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
        best.map(|(_, path)| Suggestion::near(path, false))
    }

    /// A name anywhere in the tree that one letter more, less, other or two exchanged make the wanted one.
    fn one_edit_away(&self, path: &str) -> Option<Suggestion> {
        let wanted = name_of(path).to_lowercase();
        if wanted.chars().count() < SHORTEST {
            return None;
        }
        let index = self.spellings.get_or_init(|| {
            let mut index: HashMap<String, Vec<Arc<str>>> = HashMap::new();
            for path in self.site.paths() {
                for spelling in spellings(&name_of(path).to_lowercase()) {
                    index.entry(spelling).or_default().push(Arc::clone(path));
                }
            }
            index
        });
        let near = spellings(&wanted).filter_map(|spelling| index.get(&spelling)).flatten();
        let near = near.filter(|path| strsim::damerau_levenshtein(&name_of(path).to_lowercase(), &wanted) <= 1);
        let best = near.max_by(|a, b| shared_folders(a, path).cmp(&shared_folders(b, path)).then_with(|| b.cmp(a)))?;
        Some(Suggestion::near(&**best, false))
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

impl History {
    fn new(renames: Vec<Rename>) -> Self {
        let mut by_path: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, rename) in renames.iter().enumerate() {
            by_path.entry(rename.from.clone()).or_default().push(index);
        }
        Self { renames, by_path }
    }
}

/// A word, and the word with each of its letters left out: two words are at most one edit apart only if they share such
/// a spelling (symmetric deletion).
fn spellings(word: &str) -> impl Iterator<Item = String> {
    let without = word.char_indices().map(|(at, letter)| format!("{}{}", &word[..at], &word[at + letter.len_utf8()..]));
    std::iter::once(word.to_owned()).chain(without)
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

/// The path of a target without the `./` and `../` that it begins with.
fn below(written: &str) -> String {
    let path = target::decode(target::split(written).path);
    let mut rest = path.trim_start_matches('/');
    while let Some(after) = rest.strip_prefix("../").or_else(|| rest.strip_prefix("./")) {
        rest = after;
    }
    rest.to_owned()
}

fn shared_last_folders(a: &str, b: &str) -> usize {
    folder_of(a).rsplit('/').zip(folder_of(b).rsplit('/')).take_while(|(a, b)| a == b).count()
}
