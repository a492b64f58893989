//! Faults of links to findings, with the nearest path or heading as help, and a fix that is certain or likely.

use super::suggest::{Reason, Suggestions};
use crate::{
    diagnostic::{Diagnostic, Rule, Span},
    site::{
        Destination, Fault, Place, Site,
        page::{Link, LinkAttribute, LinkKind, Page, Part, Spelling},
        spelling::Spelled,
        target,
    },
};
use std::{collections::BTreeSet, sync::Arc};

/// The findings about the links of one page; a bad destination of a reference is told once, at its definition.
pub(super) fn page(site: &Site, page: &Page, followed: &[Result<Destination, Fault>], suggestions: &Suggestions<'_>) -> Vec<Diagnostic> {
    let mut told: BTreeSet<u32> = BTreeSet::new();
    let is_summary = site.is_summary(page);
    let mut found = Vec::new();
    for (position, (link, followed)) in page.links.iter().zip(followed).enumerate() {
        let fault = match followed {
            Err(fault) => fault,
            Ok(_) if link.kind == LinkKind::Include => {
                found.extend(not_a_file(page, position));
                continue;
            }
            Ok(_) => continue,
        };
        if is_summary && *fault == Fault::Empty {
            // A chapter without an address is one that mdBook's authors have yet to write.
            continue;
        }
        let (span, spelling) = match link.definition {
            Some(definition) if !told.insert(definition) => continue,
            Some(definition) => (page.definitions[definition as usize].span, &page.definitions[definition as usize].spelling),
            None => (link.span, &link.spelling),
        };
        let on = Some((page, link));
        let place = Written { file: &page.path, folder: page.folder(), on, span, target: &link.target, spelling };
        found.push(diagnose(site, &place, fault, suggestions));
    }
    found
}

/// The findings about the entries of navigation files; `SUMMARY.md` is a guide, whose links are told with it.
pub(super) fn navigation(site: &Site, suggestions: &Suggestions<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for file in site.navigation_files().iter().filter(|file| !file.is_guide) {
        let folder = file.base.as_str();
        let mut waiting: Vec<_> = file.entries.iter().collect();
        while let Some(entry) = waiting.pop() {
            waiting.extend(&entry.children);
            let Some(target) = &entry.target else { continue };
            let Err(fault) = site.follow_entry(folder, &target.address) else { continue };
            let is_plain = target.address == target.written.replace(' ', "%20");
            let spelling = if is_plain { &Spelling::Plain } else { &Spelling::Unknown };
            let place = Written { file: &file.file, folder, on: None, span: target.span, target: &target.written, spelling };
            match fault {
                Fault::NoIndex { .. } => {}
                _ if target.address.starts_with('/') => found.push(
                    Diagnostic::new(
                        place.file,
                        place.span,
                        Rule::Navigation,
                        format!("there is no `{}`, here or from the content root", place.target),
                    )
                    .target(place.target)
                    .help("write the path from this file's folder, without the leading `/`"),
                ),
                fault => found.push(diagnose(site, &place, &fault, suggestions)),
            }
        }
    }
    found
}

/// A target as it is written in a file.
struct Written<'a> {
    file: &'a Arc<str>,
    folder: &'a str,
    /// The page and the link; none in a navigation file.
    on: Option<(&'a Page, &'a Link)>,
    span: Span,
    target: &'a str,
    spelling: &'a Spelling,
}

impl<'a> Written<'a> {
    /// The text of the source, else the target as if it stood there.
    fn spelled(&self) -> Option<Spelled<'a>> {
        Spelled::new(self.target, self.spelling).or_else(|| Spelled::new(self.target, &Spelling::Plain))
    }

    /// The text that leads to a path of the tree.
    fn leading(&self, site: &Site, path: &str) -> String {
        match self.spelled().filter(|_| target::scheme(self.target).is_none()) {
            Some(spelled) => spelled.leading(self.folder, path, site.at(path).is_none()),
            None => target::relative(&format!("{}/", self.folder), path),
        }
    }

    /// The text that mends the link, where it can take the place of the old one and then leads somewhere; an id in other
    /// letter case is mended with it. Says as well whether the id is the only one that it can be.
    fn mended(&self, site: &Site, text: &str) -> Option<(String, bool)> {
        let spelled = Spelled::new(self.target, self.spelling)?;
        if !self.takes(text) {
            return None;
        }
        match self.follow(site, &spelled.target(text)) {
            Ok(destination) => Some((text.to_owned(), self.names_one(site, text, &destination))),
            Err(Fault::FragmentCase { actual }) => {
                let target = spelled.target(text);
                let text = Spelled::new(&target, &Spelling::Plain)?.naming(&actual);
                let destination = self.follow(site, &text).ok()?;
                let is_only = self.names_one(site, &text, &destination);
                Some((text, is_only))
            }
            Err(_) => None,
        }
    }

    /// Whether a text can stand where the old one stands without being read otherwise.
    fn takes(&self, text: &str) -> bool {
        match self.on.map(|(_, link)| link.kind) {
            Some(LinkKind::Wikilink | LinkKind::Autolink) => false,
            Some(LinkKind::Candidate) => !text.contains([' ', ',']),
            Some(_) => true,
            None => text.chars().all(|c| c.is_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | ' ')) && text.trim() == text,
        }
    }

    fn follow(&self, site: &Site, target: &str) -> Result<Destination, Fault> {
        match self.on {
            Some((page, link)) => site.follow(page, &Link { target: target.into(), ..link.clone() }),
            None => site.follow_target(self.folder, None, &target.replace(' ', "%20")),
        }
    }

    /// Whether no other id of the page differs from the one that a text names in letter case only.
    fn names_one(&self, site: &Site, text: &str, destination: &Destination) -> bool {
        let Some((_, fragment)) = text.split_once('#') else { return true };
        let page = match destination {
            Destination::Page(id, _) => site.page(*id),
            Destination::Same(_) => match self.on {
                Some((page, _)) => page,
                None => return true,
            },
            _ => return true,
        };
        let id = target::decode(fragment.split(":~:").next().unwrap_or_default()).to_lowercase();
        page.ids.iter().filter(|known| known.to_lowercase() == id).count() < 2
    }

    /// The finding with a fix, where the text mends the link.
    fn fixed(&self, site: &Site, finding: Diagnostic, text: &str, is_certain: bool, title: &str) -> Diagnostic {
        match self.mended(site, text) {
            Some((text, true)) if is_certain => finding.fix(title, self.span, text),
            Some((text, _)) => finding.likely_fix(title, self.span, text),
            None => finding,
        }
    }
}

fn diagnose(site: &Site, place: &Written<'_>, fault: &Fault, suggestions: &Suggestions<'_>) -> Diagnostic {
    let new = |rule, message: String| Diagnostic::new(place.file, place.span, rule, message).target(place.target);
    match fault {
        Fault::Missing { path } => missing(site, place, path, suggestions, &new),
        Fault::Unpublished { address } => unpublished(site, place, address, &new),
        Fault::Case { actual } => {
            let address = place.leading(site, actual);
            let written = target::split(place.target).path;
            let finding = new(Rule::CaseMismatch, format!("`{written}` is `{actual}` in the tree: letter case counts"))
                .help(format!("write `{address}`"));
            let is_only = site.other_case(actual).len() < 2;
            place.fixed(site, finding, &address, is_only, "use the letter case of the file")
        }
        Fault::Outside => outside(site, place, &new),
        Fault::NoIndex { folder } if folder.is_empty() => {
            new(Rule::DirectoryWithoutIndex, "the content root has neither `index.md` nor `README.md`".to_owned())
                .help("give it a `README.md`")
        }
        Fault::NoIndex { folder } => {
            new(Rule::DirectoryWithoutIndex, format!("the folder `{folder}` has neither `index.md` nor `README.md`"))
                .help("link to a page in it, or give it a `README.md`")
        }
        Fault::Fragment { target, fragment } => missing_fragment(site, place, *target, fragment, &new),
        Fault::FragmentCase { actual } => {
            let address = place.spelled().map(|spelled| spelled.naming(actual)).unwrap_or_default();
            let finding = new(Rule::FragmentCase, format!("the id is `#{actual}`: letter case counts")).help(format!("write `{address}`"));
            place.fixed(site, finding, &address, true, "use the letter case of the id")
        }
        Fault::Empty => {
            let is_image = place.on.is_some_and(|(_, link)| is_image(link));
            let what = if is_image { "the image has no address" } else { "the link leads nowhere" };
            new(Rule::EmptyTarget, what.to_owned()).help("give it an address, or leave the text alone")
        }
        Fault::Draft => new(Rule::LinkToDraft, format!("`{}` is a draft, which this build leaves out", place.target))
            .help("publish it, remove the link, or build with `--drafts`"),
    }
}

/// The finding about an inclusion whose address leads somewhere, but to no file of the content.
fn not_a_file(page: &Page, position: usize) -> Option<Diagnostic> {
    let link = &page.links[position];
    let inclusion = page.inclusions.iter().find(|inclusion| inclusion.link as usize == position)?;
    let finding = Diagnostic::new(&page.path, link.span, Rule::Include, format!("`{}` is no file of the content", link.target));
    matches!(inclusion.part, Part::Nowhere).then(|| finding.target(&*link.target).help("name a file of the content with its extension"))
}

fn is_image(link: &Link) -> bool {
    matches!(link.kind, LinkKind::Image | LinkKind::Candidate)
        || matches!(link.kind, LinkKind::Attribute(attribute) if attribute.name == LinkAttribute::Src)
}

/// Makes a finding of a rule and a message at the place in question.
type New<'a> = &'a dyn Fn(Rule, String) -> Diagnostic;

fn missing(site: &Site, place: &Written<'_>, path: &str, suggestions: &Suggestions<'_>, new: New<'_>) -> Diagnostic {
    let finding = new(Rule::MissingFile, format!("there is no `{path}`"));
    if target::scheme(place.target).is_none() && place.target.get(1..3).is_some_and(|drive| drive == ":\\" || drive == ":/") {
        return finding.help("this is a place on one computer's disk: put the file into the content and link to it there");
    }
    let Some(suggestion) = suggestions.nearest(place.folder, path, place.target) else {
        return finding.help("create the file, or remove the link");
    };
    let address = place.leading(site, &suggestion.path);
    let finding = finding.help(match suggestion.reason {
        Reason::Renamed => format!("it was renamed: write `{address}`"),
        Reason::Near => format!("did you mean `{address}`?"),
    });
    if target::scheme(place.target).is_some() {
        return finding;
    }
    place.fixed(site, finding, &address, suggestion.is_certain, "use the path of the file")
}

fn unpublished(site: &Site, place: &Written<'_>, address: &str, new: New<'_>) -> Diagnostic {
    let finding = new(Rule::MissingFile, format!("nothing is published at `/{address}`"));
    let base = site.config.base_url.as_deref().unwrap_or_default().trim_end_matches('/');
    match site.at(address).or_else(|| site.at(&format!("{}.md", address.trim_end_matches('/')))) {
        Some(Place::Page(id)) => {
            let path = format!("{base}/{}", target::encode(site.route(id).address()));
            let rest = &place.target[target::split(place.target).path.len()..];
            let finding = finding.help(format!("did you mean `{path}`?"));
            place.fixed(site, finding, &format!("{path}{rest}"), false, "use the address of the page")
        }
        _ => finding.help("link to a page or a file of this site, or remove the link"),
    }
}

/// A path above the content root: with too many `../` it may still have meant a file of the content.
fn outside(site: &Site, place: &Written<'_>, new: New<'_>) -> Diagnostic {
    let finding = new(Rule::OutsideRoot, format!("`{}` leaves the content root", place.target));
    let decoded = target::decode(target::split(place.target).path);
    let mut below = &*decoded;
    while let Some(rest) = below.strip_prefix("../").or_else(|| below.strip_prefix("./")) {
        below = rest;
    }
    if site.at(below).is_some() {
        let address = place.leading(site, below);
        let finding = finding.help(format!("did you mean `{address}`?"));
        return place.fixed(site, finding, &address, false, "use the path of the file");
    }
    finding.help("move the file into the content, or link to it by its full address")
}

fn missing_fragment(site: &Site, place: &Written<'_>, target: Option<Place>, fragment: &str, new: New<'_>) -> Diagnostic {
    let (named, page) = match target {
        None => ("this page".to_owned(), place.on.map(|(page, _)| page)),
        Some(Place::Page(id)) => (format!("`{}`", site.page(id).path), Some(site.page(id))),
        Some(Place::File(id)) => (format!("`{}`", site.file(id).path), None),
        Some(Place::Draft | Place::List) => ("the target".to_owned(), None),
    };
    let finding = new(Rule::MissingFragment, format!("{named} has no `#{fragment}`"));
    let nearest = page.and_then(|page| super::suggest::nearest_id(page, fragment));
    match nearest {
        Some(id) => {
            let finding = finding.help(format!("did you mean `#{id}`?"));
            let address = place.spelled().map(|spelled| spelled.naming(id)).unwrap_or_default();
            place.fixed(site, finding, &address, false, "use the id of the heading")
        }
        None if page.is_some_and(|page| !page.headings.is_empty()) => {
            finding.help("link to one of its headings, or leave the fragment out")
        }
        None => finding.help("leave the fragment out"),
    }
}

/// A link that a space spoils is mended for certain only where it then leads somewhere.
pub(super) fn look_alike(site: &Site, page: &Page, mut finding: Diagnostic) -> Diagnostic {
    if finding.rule == Rule::NotALink
        && let (Some(fix), Some(target)) = (&mut finding.fix, &finding.target)
    {
        if target::scheme(target).is_some() {
            // No address elsewhere holds a space: brackets would only make a broken link of it.
            finding.fix = None;
        } else {
            fix.is_certain = site.follow_target(page.folder(), Some(page), target).is_ok();
        }
    }
    finding
}
