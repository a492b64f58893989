//! Files to pages: a project in, everything that is on the disk out, parsed.

mod front_matter;
pub(crate) mod git;
mod include;
mod inputs;
mod kept;
mod lead;
pub mod markdown;
mod navigation;
mod source;
pub(crate) mod then;
mod value;

use crate::{
    diagnostic::{Diagnostic, Rule, Span},
    error::{Error, shown},
    file_state::FileState,
    html,
    project::Project,
    site::{
        File, Repository, Tree,
        follow::repository_path,
        language::Languages,
        lock::{self, Lock},
        navigation::readable,
        page::{Held, LinkKind, Page, is_markdown},
        target,
    },
};
pub(crate) use front_matter::settings as settings_of;
pub(crate) use inputs::{Input, Listings, inputs};
use kept::Guide;
pub use kept::Kept;
use markdown::ParseOptions;
use rayon::prelude::*;
use source::{Found, Listing};
pub(crate) use source::{Overlay, is_ignored};
use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
    sync::Arc,
};

/// What of a page is kept after its parse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// All of it, to be rendered; of very many pages, as with `Lean`.
    Pages,
    /// All of it, compactly: a little more time, less memory.
    Lean,
    /// What the checks ask for: the HTML goes at once, and its memory serves the next page
    /// (10,000 pages of 8 KB take 116 MiB at the peak).
    Facts,
    /// The same, and a hash of the text, so that a file that changes before it is mended is left alone.
    FactsAndHash,
}

impl Keep {
    /// What is kept of so many pages.
    fn of_so_many(self, pages: usize, project: &Project) -> Self {
        let joins_pages = project.config.joins_pages();
        match self {
            Self::Pages if pages > MANY && !joins_pages => Self::Lean,
            Self::Lean if joins_pages => Self::Pages,
            keep => keep,
        }
    }
}

/// From how many pages on they are held compactly: 100,000 would take more than 2 GB.
const MANY: usize = 20_000;

/// Reads and parses a whole project.
///
/// # Errors
/// A file or folder that cannot be read.
pub(crate) fn tree(project: &Project, overlay: &Overlay, keep: Keep, on_page: &(dyn Fn() + Sync)) -> Result<Tree, Error> {
    tree_from(project, overlay, keep, None, on_page)
}

/// The same, with the guides of the last run where their files have not changed; those of this run are kept in their place.
///
/// # Errors
/// A file or folder that cannot be read.
pub(crate) fn tree_from(
    project: &Project,
    overlay: &Overlay,
    keep: Keep,
    mut kept: Option<&mut Kept>,
    on_page: &(dyn Fn() + Sync),
) -> Result<Tree, Error> {
    let listing = list(&project.content, &project.excluded(), overlay, kept.as_deref_mut())?;
    let of_static = project.static_folder.as_ref().map(|folder| list(folder, &[], overlay, kept.as_deref_mut())).transpose()?;
    let mut diagnostics = listing.diagnostics;
    let is_rendered = matches!(keep, Keep::Pages | Keep::Lean);
    let options = if is_rendered { page_options(project) } else { ParseOptions::new(&project.config).only_facts() };
    let (guides, others): (Vec<Found>, Vec<Found>) = listing.files.into_iter().partition(|file| is_guide(&file.path));
    if guides.is_empty() {
        let message = format!("there are no guides in `{}`", shown(&project.content));
        return Err(Error::usage(message, "name a folder that holds `.md` or `.markdown` files"));
    }
    let keep = keep.of_so_many(guides.len(), project);
    let reading = Reading { overlay, options: &options, keep, tells_leads: tells_leads(project), kept: kept.as_deref() };
    let read: Vec<Guide> = guides
        .par_iter()
        .map(|file| {
            let guide = reading.guide(file);
            on_page();
            guide
        })
        .collect::<Result<_, Error>>()?;
    if let Some(kept) = kept {
        kept.keep(&read);
    }
    let mut pages = Vec::with_capacity(read.len());
    for guide in read {
        diagnostics.extend(guide.fault);
        pages.push(guide.page);
    }
    include::Includer::new(&guides, &others, overlay, &options).fill(&mut pages)?;
    if !is_rendered {
        pages.iter_mut().filter(|page| !page.inclusions.is_empty()).for_each(|page| include::forget(Arc::make_mut(page)));
    }
    let mut navigation = navigation::read(others.iter().chain(&guides), overlay, &Languages::new(&project.config), &mut diagnostics)?;
    navigation.extend(navigation::above(&project.content, overlay)?);
    let mut files: Vec<File> = others.into_iter().map(|found| File { path: found.path, disk: found.disk, is_static: false }).collect();
    if let Some(listing) = of_static {
        files.extend(listing.files.into_iter().map(|found| File { path: found.path, disk: found.disk, is_static: true }));
    }
    let facts = file_facts(&pages, &files, project, overlay)?;
    let repository = repository(&pages, project, overlay);
    let name = project.root.file_name().map_or_else(|| "Documentation".to_owned(), |name| readable(&name.to_string_lossy()));
    let lock = lock(project, overlay)?;
    Ok(Tree { name, lock, pages, files, navigation, fragments: facts.fragments, lines: facts.lines, repository, diagnostics })
}

/// The files of a folder: those of the last run, where it is known that these are the same.
fn list(root: &Path, excluded: &[PathBuf], overlay: &Overlay, kept: Option<&mut Kept>) -> Result<Listing, Error> {
    let Some(kept) = kept else { return source::list(root, excluded, overlay) };
    if let Some(listing) = kept.listing(root) {
        return Ok(listing);
    }
    let listing = source::list(root, excluded, overlay)?;
    kept.keep_listing(root, &listing);
    Ok(listing)
}

/// The folders below one that hold what is read, itself among them; none where there is no such folder.
#[cfg(feature = "serve")]
pub(crate) fn folders(root: &Path, excluded: &[PathBuf]) -> Vec<PathBuf> {
    source::list(root, excluded, &Overlay::default()).map(|listing| listing.folders).unwrap_or_default()
}

/// The lock file beside the configuration, where there is one.
fn lock(project: &Project, overlay: &Overlay) -> Result<Option<Lock>, Error> {
    let path = project.root.join(lock::FILE_NAME);
    if !overlay.has_file(&path) {
        return Ok(None);
    }
    let text = source::text(&path, overlay)?.text;
    let depth = project.content.strip_prefix(&project.root).map_or(0, |below| below.components().count());
    Ok(Some(Lock::parse(format!("{}{}", "../".repeat(depth), lock::FILE_NAME).into(), &text)))
}

/// The text of one file of the content, decoded as it was for the parse; none when it is gone.
#[must_use]
pub fn quote(content: &Path, file: &str) -> Option<String> {
    source::text(&content.join(file), &Overlay::default()).ok().map(|decoded| decoded.text)
}

/// The text of a file of the program's own, such as a baseline; none when it is not there.
///
/// # Errors
/// A file that cannot be read.
pub(crate) fn own(file: &Path) -> Result<Option<String>, Error> {
    if !file.exists() {
        return Ok(None);
    }
    source::text(file, &Overlay::default()).map(|decoded| Some(decoded.text))
}

/// The text of one file of the content as it was for a parse; none when it is not there.
pub(crate) fn quote_from(content: &Path, file: &str, overlay: &Overlay) -> Option<String> {
    let (mut folder, mut rest) = (content, file);
    while let (Some(above), Some(below)) = (folder.parent(), rest.strip_prefix("../")) {
        (folder, rest) = (above, below);
    }
    let place = folder.join(rest);
    overlay.has_file(&place).then(|| source::text(&place, overlay).ok().map(|decoded| decoded.text)).flatten()
}

/// A hash of a text, to tell whether a file has changed since it was parsed; the same in one run only.
pub(crate) fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Every id of an HTML page, sorted.
#[must_use]
pub fn ids_of_html(text: &str) -> Vec<Box<str>> {
    html::ids(text)
}

/// Markdown that is not hidden is a guide.
fn is_guide(path: &str) -> bool {
    let hidden = path.split('/').any(|part| part.starts_with('.'));
    !hidden && is_markdown(path)
}

/// Whether programs are told what pages begin with.
fn tells_leads(project: &Project) -> bool {
    let publish = &project.config.publish;
    project.config.base_url.is_some() && (publish.feed || publish.llms)
}

/// How guides are read.
struct Reading<'a> {
    overlay: &'a Overlay,
    options: &'a ParseOptions,
    keep: Keep,
    tells_leads: bool,
    kept: Option<&'a Kept>,
}

impl Reading<'_> {
    fn guide(&self, file: &Found) -> Result<Guide, Error> {
        // What a page includes can change although the page does not.
        let is_fit = |guide: &Guide| {
            !matches!(self.keep, Keep::Pages | Keep::Lean) || guide.page.held == Held::Whole || guide.page.inclusions.is_empty()
        };
        if let Some(guide) = self.kept.and_then(|kept| kept.by_trust(file)).filter(is_fit) {
            return Ok(guide);
        }
        let state = self.kept.and_then(|_| FileState::settled(&file.disk));
        if let Some(guide) = self.kept.and_then(|kept| kept.by_state(file, state)).filter(is_fit) {
            return Ok(guide);
        }
        let bytes = source::bytes(&file.disk, self.overlay)?;
        let digest = if self.kept.is_some() { *blake3::hash(&bytes).as_bytes() } else { [0; 32] };
        if let Some(guide) = self.kept.and_then(|kept| kept.by_digest(file, &digest, state)).filter(is_fit) {
            return Ok(guide);
        }
        let (page, fault) = self.parsed(&file.path, bytes, digest);
        Ok(Guide::new(page, fault, state))
    }

    fn parsed(&self, path: &Arc<str>, bytes: Vec<u8>, digest: [u8; 32]) -> (Page, Option<Diagnostic>) {
        let decoded = source::decode(bytes);
        let mut page = markdown::parse(path, &decoded.text, self.options);
        page.digest = digest;
        if self.keep == Keep::FactsAndHash {
            page.hash = hash(&decoded.text);
        }
        if matches!(self.keep, Keep::Pages | Keep::Lean) {
            page.held = Held::Whole;
            if self.tells_leads && page.front_matter.description.is_none() {
                page.lead = lead::lead(&page.body.html).unwrap_or_default().into();
            }
            if self.keep == Keep::Lean && page.inclusions.is_empty() {
                page.make_compact();
            } else {
                page.body.html.shrink_to_fit();
                page.text.words.shrink_to_fit();
            }
            // It stays until the site is written, and there are many.
            page.body.holes.shrink_to_fit();
        } else {
            page.forget_texts();
        }
        let fault = decoded.fault.map(|fault| {
            let end = decoded.text[fault.place..].chars().next().map_or(fault.place, |c| fault.place + c.len_utf8());
            let message = format!("the file is not UTF-8 (byte {}); it was read as {}", fault.offset, fault.encoding);
            Diagnostic::new(path, Span::new(fault.place, end), Rule::InvalidEncoding, message)
                .help("save it as UTF-8, so that every tool reads the same text")
        });
        (page, fault)
    }
}

/// Parses pages again of which only the facts were kept. False when one is not what it was, or gone.
pub(crate) fn complete(project: &Project, pages: &mut [Arc<Page>], keep: Keep, is_wanted: &(dyn Fn(usize) -> bool + Sync)) -> bool {
    let options = page_options(project);
    let overlay = Overlay::default();
    let keep = keep.of_so_many(pages.len(), project);
    let reading = Reading { overlay: &overlay, options: &options, keep, tells_leads: tells_leads(project), kept: None };
    pages.par_iter_mut().enumerate().filter(|(position, page)| page.held == Held::Facts && is_wanted(*position)).all(|(_, page)| {
        let Ok(bytes) = source::bytes(&project.content.join(&*page.path), &overlay) else { return false };
        let digest = *blake3::hash(&bytes).as_bytes();
        let is_same = digest == page.digest;
        if is_same {
            *page = Arc::new(reading.parsed(&page.path, bytes, digest).0);
        }
        is_same
    })
}

/// How pages are parsed that are to be rendered.
fn page_options(project: &Project) -> ParseOptions {
    let is_published = project.config.publish.markdown && project.config.base_url.is_some();
    ParseOptions::new(&project.config).keep_text(project.config.search.enabled).keep_parts(is_published)
}

/// The repository around the content, where its address is configured: which files outside the content links name that exist.
fn repository(pages: &[Arc<Page>], project: &Project, overlay: &Overlay) -> Option<Repository> {
    let url = project.config.repository_url.as_deref()?;
    let top = project.content.ancestors().find(|folder| folder.join(".git").exists())?;
    let prefix = project.content.strip_prefix(top).ok()?;
    let prefix = prefix.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
    let mut named: BTreeSet<String> = BTreeSet::new();
    for page in pages {
        for link in &page.links {
            named.extend(repository_path(url, &link.target));
            if target::local_path(&page.path, &link.target).is_none() && target::scheme(&link.target).is_none() {
                let path = target::decode(target::split(&link.target).path);
                named.extend(target::join(&format!("{prefix}/{}", page.folder()), &path));
            }
        }
    }
    let exists = |place: &Path| overlay.holds(place).unwrap_or_else(|| place.exists());
    let mut files = BTreeSet::new();
    let mut sought = Vec::new();
    for path in named.into_iter().filter(|path| !path.is_empty()) {
        let place = top.join(&path);
        let there = exists(&place);
        sought.push((place.to_string_lossy().into_owned(), there));
        if there {
            files.insert(path);
        }
    }
    Some(Repository { prefix, files, sought })
}

struct FileFacts {
    fragments: BTreeMap<Arc<str>, Vec<Box<str>>>,
    lines: BTreeMap<Arc<str>, u32>,
}

/// Whether a target may be a file of HTML, however it is spelled.
fn is_maybe_html(target: &str) -> bool {
    let path = target.split('#').next().unwrap_or_default();
    path.contains('%') || path.as_bytes().windows(3).any(|part| part.eq_ignore_ascii_case(b"htm"))
}

/// What fragments of files other than guides can name: the ids of HTML files, and line numbers where they are checked.
/// Only the files that a link with a fragment names are read.
fn file_facts(pages: &[Arc<Page>], files: &[File], project: &Project, overlay: &Overlay) -> Result<FileFacts, Error> {
    // Without line anchors only HTML has what a fragment can name, and most links with one lead to guides.
    let can_matter = |target: &str| project.config.check.line_anchors || is_maybe_html(target);
    let by_path: HashSet<&str> = files.iter().map(|file| &*file.path).collect();
    let mut wanted: HashSet<&str> = HashSet::new();
    for page in pages {
        let named = page.links.iter().filter(|link| !matches!(link.kind, LinkKind::Image | LinkKind::Include));
        for link in named.filter(|link| link.target.contains('#') && (link.kind == LinkKind::Wikilink || can_matter(&link.target))) {
            let mut want = |path: Option<String>| wanted.extend(path.and_then(|path| by_path.get(&*path).copied()));
            want(target::local_path(&page.path, &link.target));
            if link.kind == LinkKind::Wikilink {
                want(target::local_path("", &link.target));
            }
        }
    }
    let mut facts = FileFacts { fragments: BTreeMap::new(), lines: BTreeMap::new() };
    for file in files.iter().filter(|file| wanted.contains(&*file.path)) {
        let extension = file.path.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
        if matches!(extension.as_str(), "html" | "htm" | "xhtml") {
            facts.fragments.insert(Arc::clone(&file.path), html::ids(&source::text(&file.disk, overlay)?.text));
        } else if project.config.check.line_anchors {
            let bytes = source::bytes(&file.disk, overlay)?;
            let ends = memchr::memchr_iter(b'\n', &bytes).count();
            let lines = ends + usize::from(bytes.last().is_some_and(|last| *last != b'\n'));
            facts.lines.insert(Arc::clone(&file.path), u32::try_from(lines).unwrap_or(u32::MAX));
        }
    }
    Ok(facts)
}
