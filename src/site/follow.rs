//! The one resolver: a page and a target in, where it leads out, as GitHub would resolve it.

use super::{
    FileId, Site, SourceId,
    page::{Link, LinkKind, Page},
    target::{self, Parts},
};
use std::{borrow::Cow, sync::Arc};

/// What stands at a path of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A page that is published.
    Page(SourceId),
    /// Any other file.
    File(FileId),
    /// A page that this build leaves out.
    Draft,
    /// A generated list of a folder's pages.
    List,
}

/// Where a sound link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// A page, with the query and fragment to append.
    Page(SourceId, Box<str>),
    /// A file, with the query and fragment to append.
    File(FileId, Box<str>),
    /// A place on the same page: the query and fragment.
    Same(Box<str>),
    /// An address elsewhere, as it is written.
    Address,
    /// A file of the same repository outside the content, at its address there.
    Repository(Box<str>),
}

/// Why a link leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing of that path in the tree.
    Missing {
        /// The path that was looked for.
        path: Box<str>,
    },
    /// Nothing is published at this address of the site itself.
    Unpublished {
        /// The address from the site's root.
        address: Box<str>,
    },
    /// A path that differs in letter case only.
    Case {
        /// The path that exists.
        actual: Arc<str>,
    },
    /// A path above the content root.
    Outside,
    /// A folder without a page of its own.
    NoIndex {
        /// The folder.
        folder: Box<str>,
    },
    /// No such id on the target.
    Fragment {
        /// The page or file that was looked at; none is the page that the link is on.
        target: Option<Place>,
        /// The fragment, decoded, without `#`.
        fragment: Box<str>,
    },
    /// An id that differs in letter case only.
    FragmentCase {
        /// The id that exists.
        actual: Box<str>,
    },
    /// No target at all.
    Empty,
    /// A page that this build leaves out.
    Draft,
}

impl Site {
    /// Where a link of an included guide leads: as on the guide's own page, but for what stands on the including page as well.
    ///
    /// # Errors
    /// Why it leads nowhere.
    pub fn follow_from_part(&self, own: SourceId, part: &Page, link: &Link) -> Result<Destination, Fault> {
        let page = self.page(own);
        match self.follow(page, link)? {
            Destination::Same(address) => {
                let here = address.strip_prefix('#').map(target::decode).and_then(|id| id_in(page, part, &id));
                let same = here.map(|id| Destination::Same(format!("#{}", target::encode(id)).into()));
                Ok(same.unwrap_or(Destination::Page(own, address)))
            }
            destination => Ok(destination),
        }
    }

    /// Where a link of a page leads.
    ///
    /// # Errors
    /// Why it leads nowhere.
    pub fn follow(&self, page: &Page, link: &Link) -> Result<Destination, Fault> {
        if link.kind == LinkKind::Wikilink {
            return self.follow_wikilink(page, &link.target);
        }
        if matches!(link.kind, LinkKind::Image | LinkKind::Candidate) {
            return self.follow_image(page, &link.target);
        }
        if link.kind == LinkKind::Include {
            // Its fragment names a region, not an id.
            let file = link.target.split('#').next().unwrap_or_default();
            return self.follow_target(page.folder(), None, file);
        }
        self.follow_target(page.folder(), Some(page), &link.target)
    }

    /// A fragment of an image is no id of ours: it picks a part of a drawing, or a page of a document.
    fn follow_image(&self, page: &Page, written: &str) -> Result<Destination, Fault> {
        let Some((address, fragment)) = written.split_once('#').filter(|(address, _)| !address.is_empty()) else {
            return self.follow_target(page.folder(), Some(page), written);
        };
        Ok(match self.follow_target(page.folder(), Some(page), address)? {
            Destination::Page(id, suffix) => Destination::Page(id, format!("{suffix}#{fragment}").into()),
            Destination::File(id, suffix) => Destination::File(id, format!("{suffix}#{fragment}").into()),
            destination => destination,
        })
    }

    /// Where a target leads that stands in a file of this folder; `page` is the page that it is on, if it is on one.
    ///
    /// # Errors
    /// Why it leads nowhere.
    pub fn follow_target(&self, folder: &str, page: Option<&Page>, written: &str) -> Result<Destination, Fault> {
        let written = written.trim();
        if written.is_empty() {
            return Err(Fault::Empty);
        }
        if let Some(rest) = self.own_site(written) {
            return self.follow_published(rest);
        }
        if let Some(verdict) = self.own_repository(written) {
            return verdict;
        }
        if target::scheme(written).is_some() || written.starts_with("//") {
            return Ok(Destination::Address);
        }
        let parts = target::split(written);
        if parts.path.is_empty() {
            return match (page, parts.fragment) {
                (Some(page), Some(fragment)) => {
                    check_id(page, fragment).map(|fragment| Destination::Same(suffix(parts.query, Some(&fragment))))
                }
                _ => Ok(Destination::Same(written.into())),
            };
        }
        let decoded = target::decode(parts.path);
        let Some(path) = target::join(folder, &decoded) else { return self.outside(folder, &decoded, &parts) };
        let place = self.locate(&path, parts.path.ends_with('/'))?;
        let place = match (page, place) {
            // A folder is no file: its page is the one in the language of the page that links it.
            (Some(page), Place::Page(id)) if parts.fragment.is_none() && self.folder(&path).is_some() => {
                Place::Page(self.in_language(id, page.language))
            }
            (_, place) => place,
        };
        self.arrive(place, &parts)
    }

    /// Where an entry of a navigation file in this folder leads. Its tools take a leading `/` for the file's own folder
    /// or for the host: what exists in neither place of the tree is an address that nobody here can check.
    ///
    /// # Errors
    /// Why it leads nowhere.
    pub(crate) fn follow_entry(&self, folder: &str, address: &str) -> Result<Destination, Fault> {
        match address.strip_prefix('/') {
            Some(rest) => self.follow_target(folder, None, rest).or_else(|_| self.follow_target("", None, rest)),
            None => self.follow_target(folder, None, address),
        }
    }

    /// What stands at a path, by the tree's own listing, so that letter case counts on every system.
    fn locate(&self, path: &str, slash: bool) -> Result<Place, Fault> {
        if let Some(place) = self.at(path) {
            return if slash { Err(Fault::Missing { path: format!("{path}/").into() }) } else { Ok(place) };
        }
        if let Some(index) = self.folder(path) {
            return index.ok_or_else(|| Fault::NoIndex { folder: path.into() });
        }
        if self.config.check.extensionless
            && !slash
            && let Some(place) = self.at(&format!("{path}.md"))
        {
            return Ok(place);
        }
        if self.config.check.output_paths
            && let Some(place) = self.output_path(path)
        {
            return Ok(place);
        }
        let actual = self.other_case(path).iter().find(|actual| !slash || self.folder(actual).is_some());
        Err(actual.map_or_else(|| Fault::Missing { path: path.into() }, |actual| Fault::Case { actual: Arc::clone(actual) }))
    }

    fn output_path(&self, path: &str) -> Option<Place> {
        let source = path.strip_suffix(".html").or_else(|| path.strip_suffix(".htm"));
        let source = source.and_then(|stem| self.at(&format!("{stem}.md")));
        source.or_else(|| self.published(path))
    }

    fn arrive(&self, place: Place, parts: &Parts<'_>) -> Result<Destination, Fault> {
        match place {
            Place::Draft => Err(Fault::Draft),
            Place::List => Ok(Destination::Address),
            Place::Page(id) => {
                let is_source = parts.query.is_some_and(|query| query.split('&').any(|pair| pair == "plain=1"));
                let fragment = match parts.fragment {
                    Some(fragment) if !is_source => Some(check_id(self.page(id), fragment).map_err(|fault| at(fault, place))?),
                    fragment => fragment.map(Cow::Borrowed),
                };
                Ok(Destination::Page(id, suffix(parts.query, fragment.as_deref())))
            }
            Place::File(id) => {
                if let Some(fragment) = parts.fragment {
                    self.check_file_fragment(id, fragment)?;
                }
                Ok(Destination::File(id, suffix(parts.query, parts.fragment)))
            }
        }
    }

    /// HTML files have ids; other files have lines, where those are checked, and fragments of their own otherwise.
    fn check_file_fragment(&self, id: FileId, fragment: &str) -> Result<(), Fault> {
        let path = &self.file(id).path;
        if let Some(ids) = self.fragments.get(path) {
            return check_among(ids, |id| ids.binary_search_by(|known| (**known).cmp(id)).is_ok(), fragment)
                .map(|_| ())
                .map_err(|fault| at(fault, Place::File(id)));
        }
        match (self.lines.get(path), last_line(fragment)) {
            (Some(lines), Some(last)) if last > *lines || last == 0 => {
                Err(Fault::Fragment { target: Some(Place::File(id)), fragment: fragment.into() })
            }
            _ => Ok(()),
        }
    }

    /// The part of an address after `base-url`, when it is an address of this site.
    pub(crate) fn own_site<'a>(&self, written: &'a str) -> Option<&'a str> {
        let base = self.config.base_url.as_deref()?.trim_end_matches('/');
        let after_scheme = |url: &'a str| url.strip_prefix("https:").or_else(|| url.strip_prefix("http:")).unwrap_or(url);
        let base = base.strip_prefix("https:").or_else(|| base.strip_prefix("http:")).unwrap_or(base);
        let rest = after_scheme(written).strip_prefix(base)?;
        match rest.as_bytes().first() {
            None | Some(b'/' | b'?' | b'#') => Some(rest),
            _ => None,
        }
    }

    fn follow_published(&self, rest: &str) -> Result<Destination, Fault> {
        let parts = target::split(rest);
        let address = target::decode(parts.path.trim_start_matches('/'));
        let unpublished = || Fault::Unpublished { address: address.as_ref().into() };
        let place = self.published(&address).ok_or_else(unpublished)?;
        self.arrive(place, &parts)
    }

    /// The verdict on an address in the configured repository; none for any other address.
    fn own_repository(&self, written: &str) -> Option<Result<Destination, Fault>> {
        let repository = self.repository.as_ref()?;
        let path = repository_path(self.config.repository_url.as_deref()?, written)?;
        let inside = match repository.prefix.as_str() {
            "" => Some(path.as_str()),
            prefix => path.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('/')),
        };
        let exists = match inside {
            Some(inside) => self.at(inside).is_some() || self.folder(inside).is_some(),
            None => repository.files.contains(&path),
        };
        Some(if exists { Ok(Destination::Repository(written.into())) } else { Err(Fault::Missing { path: path.into() }) })
    }

    /// What an address of the configured repository names there, as it is written.
    pub(crate) fn in_repository<'a>(&self, written: &'a str) -> Option<&'a str> {
        after_reference(self.config.repository_url.as_deref()?, written)
    }

    /// The path in the content that an address of the configured repository names.
    pub(crate) fn path_in_repository(&self, address: &str) -> Option<String> {
        let path = repository_path(self.config.repository_url.as_deref()?, address)?;
        match self.repository.as_ref()?.prefix.as_str() {
            "" => Some(path),
            prefix => path.strip_prefix(prefix)?.strip_prefix('/').map(str::to_owned),
        }
    }

    /// A path above the content root: a file of the same repository is linked there, anything else is out of reach.
    fn outside(&self, folder: &str, decoded: &str, parts: &Parts<'_>) -> Result<Destination, Fault> {
        let (Some(repository), Some(url)) = (&self.repository, &self.config.repository_url) else { return Err(Fault::Outside) };
        let base = format!("{}/{folder}", repository.prefix);
        match target::join(&base, decoded) {
            Some(path) if repository.files.contains(&path) => {
                let fragment = parts.fragment.map_or_else(String::new, |fragment| format!("#{fragment}"));
                let address = format!("{}/blob/HEAD/{}{fragment}", url.trim_end_matches('/'), target::encode(&path));
                Ok(Destination::Repository(address.into()))
            }
            Some(path) => Err(Fault::Missing { path: path.into() }),
            None => Err(Fault::Outside),
        }
    }

    /// `[[page]]` names a path, with or without `.md`, from here or from the root, or else the one page of that name.
    fn follow_wikilink(&self, page: &Page, written: &str) -> Result<Destination, Fault> {
        let parts = target::split(written);
        if parts.path.is_empty() {
            return self.follow_target(page.folder(), Some(page), written);
        }
        let missing = || Fault::Missing { path: parts.path.into() };
        let near = target::join(page.folder(), parts.path);
        let far = target::join("", parts.path);
        let direct = [near, far].into_iter().flatten().find_map(|path| self.at(&path).or_else(|| self.at(&format!("{path}.md"))));
        let by_name = || {
            let name = parts.path.replace(['-', '_'], " ");
            self.pages.iter().position(|page| page.stem().replace(['-', '_'], " ").eq_ignore_ascii_case(&name))
        };
        let place = direct.or_else(|| by_name().map(|position| Place::Page(SourceId(super::index(position))))).ok_or_else(missing)?;
        let place = if let Place::Page(id) = place { Place::Page(self.in_language(id, page.language)) } else { place };
        if let (Place::Page(id), Some(fragment)) = (place, parts.fragment) {
            let target = self.page(id);
            if let Some(heading) = target.headings.iter().find(|heading| heading.text == fragment) {
                return Ok(Destination::Page(id, format!("#{}", heading.id).into()));
            }
            let slug = fragment.to_lowercase().replace(' ', "-");
            return check_id(target, &slug)
                .map(|fragment| Destination::Page(id, suffix(None, Some(&fragment))))
                .map_err(|fault| at(fault, place));
        }
        self.arrive(place, &parts)
    }
}

/// The path in a repository that an address of it names: `…/blob/REF/path` and its kin.
pub(crate) fn repository_path(repository: &str, written: &str) -> Option<String> {
    target::join("", &target::decode(after_reference(repository, written)?))
}

/// What follows the reference in an address of a repository, as it is written; none where that is a commit, which always
/// shows the files as they were then.
fn after_reference<'a>(repository: &str, written: &'a str) -> Option<&'a str> {
    let rest = written.strip_prefix(repository.trim_end_matches('/'))?.strip_prefix('/')?;
    let mut parts = rest.splitn(3, '/');
    let view = parts.next()?;
    if !matches!(view, "blob" | "tree" | "raw" | "edit") {
        return None;
    }
    let reference = parts.next()?;
    let is_commit = reference.len() == 40 && reference.bytes().all(|byte| byte.is_ascii_hexdigit());
    let path = parts.next().filter(|_| !is_commit)?;
    Some(target::split(path).path)
}

/// The query and fragment to append to an address.
fn suffix(query: Option<&str>, fragment: Option<&str>) -> Box<str> {
    match (query, fragment) {
        (None, None) => Box::default(),
        (None, Some(fragment)) => ["#", fragment].concat().into(),
        (Some(query), None) => ["?", query].concat().into(),
        (Some(query), Some(fragment)) => ["?", query, "#", fragment].concat().into(),
    }
}

/// The fragment to append, when the page has it.
fn check_id<'a>(page: &Page, fragment: &'a str) -> Result<Cow<'a, str>, Fault> {
    check_among(&page.ids, |id| page.has_id(id), fragment).map(|found| match found {
        Some(id) if id.starts_with("user-content-") && page.ids.binary_search_by(|known| (**known).cmp(&id)).is_err() => {
            target::encode(&id["user-content-".len()..]).into()
        }
        _ => fragment.into(),
    })
}

/// Looks a fragment up; none when there is nothing to look up: `#`, `#top` and text fragments always resolve.
fn check_among<'a>(ids: &[Box<str>], has: impl Fn(&str) -> bool, fragment: &'a str) -> Result<Option<Cow<'a, str>>, Fault> {
    let id = fragment.find(":~:").map_or(fragment, |end| &fragment[..end]);
    let decoded = target::decode(id);
    if id.is_empty() || decoded.eq_ignore_ascii_case("top") || has(&decoded) {
        return Ok((!id.is_empty()).then_some(decoded));
    }
    if has(id) {
        return Ok(Some(id.into()));
    }
    let lower = decoded.to_lowercase();
    match ids.iter().find(|known| known.to_lowercase() == lower) {
        Some(actual) => Err(Fault::FragmentCase { actual: actual.clone() }),
        None => Err(Fault::Fragment { target: None, fragment: decoded.into() }),
    }
}

/// The fault with the target that was looked at.
fn at(fault: Fault, target: Place) -> Fault {
    match fault {
        Fault::Fragment { fragment, .. } => Fault::Fragment { target: Some(target), fragment },
        fault => fault,
    }
}

/// The last line that a GitHub line anchor names: `L9`, `L3-L9`, `L3C1-L9C2`.
fn last_line(fragment: &str) -> Option<u32> {
    let last = fragment.rsplit('-').next()?.strip_prefix('L')?;
    let digits = last.split('C').next()?;
    digits.parse().ok()
}

/// The id, in the page around a part, of what has this id on the part's own page.
fn id_in<'a>(page: &Page, part: &'a Page, id: &str) -> Option<&'a str> {
    match position_in(page, part, id) {
        Some(position) => Some(&part.headings[position].id),
        None => part.part.as_ref()?.ids.get(id).map(|id| &**id),
    }
}

/// The place among a part's headings of the one that has this id on the part's own page.
fn position_in(page: &Page, part: &Page, id: &str) -> Option<usize> {
    let position = page.headings.iter().position(|heading| heading.id == id)?;
    let count = part.headings.len();
    let alike = |start: &usize| {
        let run = &page.headings[*start..*start + count];
        run.iter().zip(&part.headings).all(|(own, heading)| (own.level, &own.text) == (heading.level, &heading.text))
    };
    let start = (0..=page.headings.len().checked_sub(count)?).find(alike)?;
    position.checked_sub(start).filter(|position| *position < count)
}
