//! Pages, files and folders to other places: a request and the site in, the same site there out, each link leading where it led.
//!
//! Nothing is written before all of it is known: `place` says which path becomes which, `links` mends what leads to and from
//! them, `alias` writes the redirect into the page, `proof` compares the site before with what it would be, and `files` writes.

mod alias;
mod files;
mod links;
mod navigation;
mod place;
mod proof;
mod settings;

pub use alias::Left;
pub use files::{Text, write};
pub use links::{Mended, mend};
pub use navigation::mend as mend_navigation;
pub use place::{Move, Moves, Request};
pub use proof::{Seen, faults};
pub use settings::mend as mend_settings;

use crate::{
    error::Error,
    site::{
        Place, Site, SourceId,
        page::{Page, Settings},
        route::{self, Route},
    },
};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

/// What was moved, or would be; nothing where there are obstacles.
#[derive(Debug, Default)]
pub struct Moved {
    /// Each file that is moved or changed.
    pub texts: Vec<Text>,
    /// The translations that are moved with what was asked for, and where to.
    pub translations: Vec<Move>,
    /// How many guides are moved.
    pub pages: usize,
    /// How many other files are moved.
    pub others: usize,
    /// How many links and entries were mended.
    pub links: usize,
    /// How many redirects were left.
    pub redirects: usize,
    /// The former addresses that lead nowhere now, and why.
    pub lost: Vec<(String, String)>,
    /// How many more pages there are that no entry page leads to.
    pub orphans: usize,
    /// What keeps all of it from being made.
    pub obstacles: Vec<Obstacle>,
}

/// A place in a source that keeps the move from being made, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// The file, from the content root.
    pub file: Arc<str>,
    /// The line, from 1; 0 where it is about the whole file.
    pub line: usize,
    /// Why.
    pub why: String,
}

/// The files of the content that are moved.
///
/// # Errors
/// None of the site, or one that is reached by a symbolic link.
pub fn paths(content: &Path, moves: &Moves, site: &Site) -> Result<Vec<Arc<str>>, Error> {
    let files = site.files.iter().filter(|file| !file.is_static).map(|file| &file.path);
    let (inside, others): (Vec<&Arc<str>>, Vec<&Arc<str>>) =
        site.pages.iter().map(|page| &page.path).chain(files).partition(|path| moves.moves(path));
    if inside.is_empty() {
        let message = format!("nothing in `{}` is part of the site", moves.asked().from);
        return Err(Error::usage(message, "git ignores it, or it is empty: move it by hand"));
    }
    let real = |one: &Move| fs::canonicalize(content.join(&one.from)).map_err(|source| Error::io("read", &one.from, source));
    let real: Vec<PathBuf> = moves.iter().map(real).collect::<Result<_, Error>>()?;
    let is_moved = |place: PathBuf| real.iter().any(|real| place.starts_with(real));
    let link = others.into_iter().find(|path| fs::canonicalize(content.join(&***path)).is_ok_and(is_moved));
    if let Some(link) = link {
        let message = format!("`{link}` is reached by a symbolic link to what is moved");
        return Err(Error::usage(message, "remove the link first, and make it again"));
    }
    Ok(inside.into_iter().cloned().collect())
}

/// The redirects that pages need: `before` is the site as it is, `after` the same with the files moved, texts as they were. The
/// second part says which former addresses lead nowhere, and why.
#[must_use]
pub fn redirects(moves: &Moves, before: &Site, after: &Site) -> (Vec<Left>, Vec<(String, String)>) {
    let mut found = (Vec::new(), Vec::new());
    for (id, old) in before.ids().zip(&before.routes) {
        let page = before.page(id);
        let Some(Place::Page(there)) = after.at(&moves.path(&page.path)) else { continue };
        if page.front_matter.draft {
            continue;
        }
        let new = after.route(there);
        redirect(page, after, there, old, new, &mut found);
        for (language, known) in before.languages.iter() {
            let Some(old) = before.stand_in(language, id) else { continue };
            // An alias may be what keeps the page from standing at that address as yet.
            redirect(page, after, there, old, &Route::new(&format!("{}{}", known.prefix, new.file())), &mut found);
        }
    }
    found
}

/// The redirect from one former address of a page, where it needs one.
fn redirect(page: &Page, after: &Site, id: SourceId, old: &Route, new: &Route, found: &mut (Vec<Left>, Vec<(String, String)>)) {
    if old == new {
        return;
    }
    let address = old.address();
    let holder = match after.published(address) {
        Some(Place::Page(other)) if other != id => Some(format!("`{}` has that address now", after.page(other).path)),
        Some(Place::File(file)) => Some(format!("`{}` has that address now", after.file(file).path)),
        _ if old.file().to_lowercase() == new.file().to_lowercase() => {
            Some("it differs in letter case only, which not every disk tells apart".to_owned())
        }
        _ => None,
    };
    let alias = format!("/{}", crate::site::target::encode(address));
    let add = holder.is_none().then(|| alias.clone());
    found.1.extend(holder.map(|why| (alias, why)));
    let remove = page.front_matter.aliases.iter().find(|alias| route::alias_file(alias) == new.file()).cloned();
    if add.is_some() || remove.is_some() {
        found.0.push(Left { file: Arc::clone(&page.path), add, remove });
    }
}

/// The files that are changed, with all their edits and redirects made.
///
/// # Errors
/// A file that cannot be read.
pub fn texts(
    content: &Path,
    moves: &Moves,
    mended: &mut Mended,
    redirects: &[Left],
    settings: &dyn Fn(&str) -> Settings,
) -> Result<Vec<Text>, Error> {
    let edits = std::mem::take(&mut mended.edits);
    let files: std::collections::BTreeSet<&Arc<str>> = edits.keys().chain(redirects.iter().map(|left| &left.file)).collect();
    let place = |path: &str| -> PathBuf { super::joined(content, path) };
    let mut texts = Vec::new();
    for file in files {
        let mut refuse = |why: String| mended.obstacles.push(Obstacle { file: Arc::clone(file), line: 0, why });
        let edits = edits.get(file).map(Vec::as_slice).unwrap_or_default();
        let Some(text) = Text::edited(place(file), place(&moves.path(file)), edits)? else {
            refuse("it is not UTF-8; save it as UTF-8 first".to_owned());
            continue;
        };
        let mut after = text.text().unwrap_or_default().to_owned();
        let left = redirects.iter().filter(|left| left.file == *file);
        let written = left.into_iter().try_for_each(|left| alias::write(&after, &settings(&after), left).map(|text| after = text));
        match written {
            Ok(()) => texts.push(text.with(after)),
            Err(why) => refuse(why),
        }
    }
    Ok(texts)
}
