//! Links to and from what is moved: the site before and where it would be in, the edits that keep each link leading where it led out.

use super::{Moves, Obstacle};
use crate::{
    diagnostic::{Edit, Span},
    site::{
        Destination, Fault, Place, Site,
        page::{Link, LinkKind, Page, Spelling},
        spelling::Spelled,
        target,
    },
};
use std::{
    collections::BTreeMap,
    path::{Component, Path},
    sync::Arc,
};

/// The edits that keep links leading where they led, by file, and what keeps some from being made.
#[derive(Debug, Default)]
pub struct Mended {
    /// By the path that the file has before the move.
    pub edits: BTreeMap<Arc<str>, Vec<Edit>>,
    /// The links that cannot be mended.
    pub obstacles: Vec<Obstacle>,
}

/// Mends the links of all pages. `after` is the same site with the files moved and every text as it was; `content` is the
/// content folder's place on the disk, which links out of it count from.
#[must_use]
pub fn mend(moves: &Moves, before: &Site, after: &Site, content: &Path, text_of: &dyn Fn(&str) -> Option<String>) -> Mended {
    let mut mended = Mended::default();
    let by_path: BTreeMap<&str, &Page> = after.pages.iter().map(|page| (&*page.path, &**page)).collect();
    let content: Vec<_> =
        content.components().filter(|part| matches!(part, Component::Normal(_))).map(|part| part.as_os_str().to_string_lossy()).collect();
    let world = World { moves, before, after, content: &content.join("/") };
    for page in &before.pages {
        let path = moves.path(&page.path);
        let Some(there) = by_path.get(&*path) else {
            let why = format!("it would be no page of the site as `{path}`");
            mended.obstacles.push(Obstacle { file: Arc::clone(&page.path), line: 0, why });
            continue;
        };
        let (edits, stuck) = world.page(page, there, &|| text_of(&page.path));
        if !edits.is_empty() {
            mended.edits.insert(Arc::clone(&page.path), edits);
        }
        if !stuck.is_empty() {
            let text = text_of(&page.path).unwrap_or_default();
            mended.obstacles.extend(stuck.into_iter().map(|(span, target)| Obstacle {
                file: Arc::clone(&page.path),
                line: line(&text, span),
                why: format!("the link to `{target}` cannot be written anew as it is spelled; write it plainly first"),
            }));
        }
    }
    mended
}

/// The line of a place, from 1.
pub(super) fn line(text: &str, span: Span) -> usize {
    text.get(..span.start as usize).map_or(0, |before| before.matches('\n').count() + 1)
}

/// The site before and after, and which path became which.
pub(super) struct World<'a> {
    pub(super) moves: &'a Moves,
    pub(super) before: &'a Site,
    pub(super) after: &'a Site,
    /// The content folder from the top of the disk.
    pub(super) content: &'a str,
}

/// A target at one place of a page: its own, or its definition's.
struct Written<'a> {
    /// The page as it is, and as it will be.
    pages: (&'a Page, &'a Page),
    kind: LinkKind,
    target: &'a str,
    spelled: Spelled<'a>,
}

impl World<'_> {
    /// The edits of one page, and the targets that cannot be edited.
    fn page<'p>(&self, page: &'p Page, there: &'p Page, text: &dyn Fn() -> Option<String>) -> (Vec<Edit>, Vec<(Span, &'p str)>) {
        let mut texts: BTreeMap<Span, Result<String, &Box<str>>> = BTreeMap::new();
        let inline = page.links.iter().filter(|link| link.definition.is_none());
        let links = inline.map(|link| (link.kind, &link.target, link.span, &link.spelling));
        let kind = |definition: usize| {
            let index = u32::try_from(definition).ok();
            page.links.iter().find(|link| link.definition == index).map_or(LinkKind::Link, |link| link.kind)
        };
        let definitions = page.definitions.iter().enumerate();
        let definitions = definitions.map(|(index, found)| (kind(index), &found.target, found.span, &found.spelling));
        for (kind, target, span, spelling) in links.chain(definitions) {
            let known = Spelled::new(target, spelling);
            let Some(spelled) = known.or_else(|| Spelled::new(target, &Spelling::Plain)) else { continue };
            let mended = self.mended(&Written { pages: (page, there), kind, target, spelled });
            if mended == Ok(None) {
                continue;
            }
            // Where the parser does not know the spelling, the source tells it if it holds the target as it is.
            let is_plain = || text().and_then(|text| text.get(span.range()).map(|text| text == &**target)).unwrap_or_default();
            let can_be_written = known.is_some() || is_plain();
            texts.insert(span, mended.ok().flatten().filter(|_| can_be_written).ok_or(target));
        }
        let (mut edits, mut stuck) = (Vec::new(), Vec::new());
        for (span, text) in texts {
            match text {
                Ok(text) => edits.push(Edit { span, text }),
                Err(target) => stuck.push((span, target.as_ref())),
            }
        }
        (edits, stuck)
    }

    /// The text that leads where the target led; none where it does so as it is.
    ///
    /// Fails where no text does.
    fn mended(&self, written: &Written<'_>) -> Result<Option<String>, ()> {
        let (page, there) = written.pages;
        let Some((led, is_sound)) = place(self.before, page, written.kind, written.target) else { return Ok(self.broken(written)) };
        let wanted = self.moves.path(&led);
        let leads = |target: &str| {
            let now = place(self.after, there, written.kind, target);
            now.is_some_and(|(path, is_now_sound)| path == wanted && (is_now_sound || !is_sound))
        };
        if leads(written.target) {
            return Ok(None);
        }
        let texts = self.texts(written, &led, is_sound, &wanted);
        let text = texts.into_iter().filter(|text| fits(written.kind, text)).find(|text| leads(&written.spelled.target(text)));
        match text {
            None if !is_sound => Ok(self.broken(written)),
            text => text.map(Some).ok_or(()),
        }
    }

    /// A link that leads nowhere goes on naming the path that it named; none where nothing has to change.
    fn broken(&self, written: &Written<'_>) -> Option<String> {
        let (page, there) = written.pages;
        let is_path = !matches!(written.kind, LinkKind::Wikilink | LinkKind::Autolink)
            && target::scheme(written.target).is_none()
            && !written.target.trim_start().starts_with("//");
        let path = target::split(written.target).path;
        if !is_path || path.is_empty() {
            return None;
        }
        let named = |site_page: &Page, target: &str| target::join(&self.on_disk(site_page.folder()), &target::decode(target));
        if path.starts_with('/') {
            let named = target::join("", &target::decode(path))?;
            let wanted = self.moves.path(&named);
            return (wanted != named).then(|| written.spelled.leading(there.folder(), &wanted, path.ends_with('/')));
        }
        let led = named(page, path)?;
        let wanted = match led.strip_prefix(self.content).and_then(|rest| rest.strip_prefix('/')) {
            Some(inside) => format!("{}/{}", self.content, self.moves.path(inside)),
            None => led,
        };
        let is_same = named(there, path).as_ref() == Some(&wanted);
        (!is_same).then(|| written.spelled.leading(&self.on_disk(there.folder()), &wanted, path.ends_with('/')))
    }

    /// A folder of the content, from the top of the disk.
    fn on_disk(&self, folder: &str) -> String {
        if folder.is_empty() { self.content.to_owned() } else { format!("{}/{folder}", self.content) }
    }

    /// The texts that may lead to a path, the most alike first.
    fn texts(&self, written: &Written<'_>, led: &str, is_sound: bool, wanted: &str) -> Vec<String> {
        let (page, there) = written.pages;
        if written.kind == LinkKind::Wikilink {
            return wikilinks(written.spelled.text(), wanted);
        }
        if target::scheme(written.target).is_some() || written.target.starts_with("//") {
            return self.addresses(written, led, wanted).into_iter().collect();
        }
        let path = target::split(written.target).path;
        let named = target::join(page.folder(), &target::decode(path)).filter(|_| is_sound);
        let paths = self.paths(named.as_deref(), path.ends_with('/'), led, wanted);
        paths.iter().map(|(path, is_folder)| written.spelled.leading(there.folder(), path, *is_folder)).collect()
    }

    /// The paths that may stand for a page or file after the move, and whether each names a folder: in the form in which it
    /// was named before, then its own.
    pub(super) fn paths(&self, named: Option<&str>, ends_with_slash: bool, led: &str, wanted: &str) -> Vec<(String, bool)> {
        let mut paths = Vec::new();
        let stem = |path: &str| path.rsplit_once('.').map_or(path.to_owned(), |(stem, _)| stem.to_owned());
        if let Some(named) = named.filter(|named| *named != led) {
            paths.push((self.moves.path(named), self.before.folder(named).is_some()));
            if self.before.folder(named).is_some() {
                paths.push((wanted.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned(), true));
            } else if named == stem(led) && !ends_with_slash {
                paths.push((stem(wanted), false));
            } else if let Some(ending) = named.strip_prefix(&stem(led)).filter(|ending| ending.starts_with('.')) {
                paths.push((format!("{}{ending}", stem(wanted)), false));
            } else if let Some(Place::Page(id)) = self.after.at(wanted) {
                paths.push((self.after.route(id).address().trim_end_matches('/').to_owned(), true));
                paths.push((self.after.route(id).file().to_owned(), false));
            }
        }
        paths.push((wanted.to_owned(), false));
        paths
    }

    /// An address of the site or of its repository, written for another path.
    fn addresses(&self, written: &Written<'_>, led: &str, wanted: &str) -> Option<String> {
        let (old, new) = if let Some(rest) = self.before.own_site(written.target) {
            let path = target::split(rest).path;
            let mut new = format!("/{}", target::encode(&self.address(wanted)?));
            if path.ends_with("/index.html") && new.ends_with('/') {
                new.push_str("index.html");
            } else if !path.ends_with('/') {
                new.truncate(new.trim_end_matches('/').len());
            }
            let start = written.target.len() - rest.len();
            (start..start + path.len(), new)
        } else {
            let path = self.before.in_repository(written.target)?;
            let decoded = target::decode(path);
            let above = decoded.strip_suffix(led)?;
            let end = target::split(written.target).path.len();
            (end - path.len()..end, target::encode(&format!("{above}{wanted}")))
        };
        let (text, part) = (written.spelled.text(), &written.target[old.clone()]);
        if text == written.target {
            return Some(format!("{}{new}{}", &text[..old.start], &text[old.end..]));
        }
        (text.matches(part).count() == 1).then(|| text.replacen(part, &new, 1))
    }

    /// The address of a page or file after the move.
    fn address(&self, path: &str) -> Option<String> {
        match self.after.at(path) {
            Some(Place::Page(id)) => Some(self.after.route(id).address().to_owned()),
            Some(Place::File(id)) => Some(self.after.file(id).path.to_string()),
            Some(Place::Draft | Place::List) => None,
            None => self.after.list_language(path).map(|language| self.after.list_route(language, path).address().to_owned()),
        }
    }
}

/// The path of what a target leads to, whatever its fragment, and whether it is sound: a path in other letter case counts as
/// the one that exists.
fn place(site: &Site, page: &Page, kind: LinkKind, written: &str) -> Option<(String, bool)> {
    let bare = written.split_once('#').map_or(written, |(bare, _)| bare);
    if bare.trim().is_empty() {
        return None;
    }
    let link = Link {
        kind,
        target: bare.into(),
        span: Span::default(),
        spelling: Spelling::Plain,
        words: crate::site::page::Words::default(),
        definition: None,
    };
    let led = site.follow(page, &link);
    if led == Ok(Destination::Address) {
        return list(site, page, bare).map(|folder| (folder, true));
    }
    place_of(site, &led).map(|path| (path, led.is_ok()))
}

/// The folder whose generated list an address of the site leads to.
fn list(site: &Site, page: &Page, written: &str) -> Option<String> {
    let path = match site.own_site(written) {
        Some(rest) => target::decode(target::split(rest).path).into_owned(),
        None if target::scheme(written).is_some() || written.starts_with("//") => return None,
        None => target::join(page.folder(), &target::decode(target::split(written).path))?,
    };
    let path = path.trim_matches('/');
    let address = path.strip_suffix("index.html").unwrap_or(path).trim_end_matches('/');
    let mut lists = site.languages.iter().flat_map(|(id, _)| site.navigation(id).lists().map(move |folder| (id, folder)));
    lists.find(|(id, folder)| site.list_route(*id, folder).address().trim_end_matches('/') == address).map(|(_, folder)| folder.to_owned())
}

/// The path of a destination in the tree.
pub(super) fn place_of(site: &Site, led: &Result<Destination, Fault>) -> Option<String> {
    match led {
        Ok(Destination::Page(id, _)) => Some(site.page(*id).path.to_string()),
        Ok(Destination::File(id, _)) => Some(site.file(*id).path.to_string()),
        Ok(Destination::Repository(address)) => site.path_in_repository(address),
        Err(Fault::Case { actual }) => Some(actual.to_string()),
        _ => None,
    }
}

/// `[[name]]`, `[[folder/name]]` and `[[folder/name.md]]`, with the fragment that was there.
fn wikilinks(written: &str, wanted: &str) -> Vec<String> {
    let (path, fragment) = written.split_once('#').map_or((written, String::new()), |(path, fragment)| (path, format!("#{fragment}")));
    let whole = wanted.rsplit_once('.').map_or(wanted, |(stem, _)| stem);
    let name = whole.rsplit('/').next().unwrap_or(whole);
    let mut texts = Vec::new();
    if !path.contains('/') {
        texts.push(name.to_owned());
    }
    if path.starts_with('/') {
        texts.push(format!("/{whole}"));
    }
    texts.push(whole.to_owned());
    texts.push(wanted.to_owned());
    texts.into_iter().map(|text| text + &fragment).collect()
}

/// Whether a text can stand where the old one stands without being read otherwise.
fn fits(kind: LinkKind, text: &str) -> bool {
    match kind {
        LinkKind::Candidate => !text.contains([' ', ',']),
        LinkKind::Wikilink => !text.contains(['|', ']', '[', '\n']),
        LinkKind::Autolink => !text.contains([' ', '<', '>']),
        _ => true,
    }
}
