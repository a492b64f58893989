//! Faults of links to findings, with the nearest path or heading as help and a fix where the mend is certain.

use super::suggest::Suggestions;
use crate::{
    diagnostic::{Diagnostic, Rule, Span},
    site::{
        Destination, Fault, Place, Site,
        page::{Link, LinkKind, Page},
        target,
    },
};
use std::{collections::BTreeSet, sync::Arc};

/// The findings about the links of one page; a bad destination of a reference is told once, at its definition.
pub(super) fn page(site: &Site, page: &Page, followed: &[Result<Destination, Fault>], suggestions: &Suggestions<'_>) -> Vec<Diagnostic> {
    let mut told: BTreeSet<u32> = BTreeSet::new();
    let is_summary = site.is_summary(page);
    let mut found = Vec::new();
    for (link, followed) in page.links.iter().zip(followed) {
        let Err(fault) = followed else { continue };
        if is_summary && *fault == Fault::Empty {
            // A chapter without an address is one that mdBook's authors have yet to write.
            continue;
        }
        let span = match link.definition {
            Some(definition) if !told.insert(definition) => continue,
            Some(definition) => page.definitions[definition as usize].span,
            None => link.span,
        };
        let place = Written { file: &page.path, folder: page.folder(), page: Some(page), span, target: &link.target };
        found.push(diagnose(site, &place, Some(link), fault, suggestions));
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
            let place = Written { file: &file.file, folder, page: None, span: target.span, target: &target.written };
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
                fault => found.push(diagnose(site, &place, None, &fault, suggestions)),
            }
        }
    }
    found
}

/// A target as it is written in a file.
struct Written<'a> {
    file: &'a Arc<str>,
    folder: &'a str,
    page: Option<&'a Page>,
    span: Span,
    target: &'a str,
}

fn diagnose(site: &Site, place: &Written<'_>, link: Option<&Link>, fault: &Fault, suggestions: &Suggestions<'_>) -> Diagnostic {
    let new = |rule, message: String| Diagnostic::new(place.file, place.span, rule, message).target(place.target);
    match fault {
        Fault::Missing { path } => missing(place, path, suggestions, &new),
        Fault::Unpublished { address } => {
            let finding = new(Rule::MissingFile, format!("nothing is published at `/{address}`"));
            let base = site.config.base_url.as_deref().unwrap_or_default().trim_end_matches('/');
            match site.at(address).or_else(|| site.at(&format!("{}.md", address.trim_end_matches('/')))) {
                Some(Place::Page(id)) => finding.help(format!("did you mean `{base}/{}`?", target::encode(site.route(id).address()))),
                _ => finding.help("link to a page or a file of this site, or remove the link"),
            }
        }
        Fault::Case { actual } => {
            let address = readdress(place, actual);
            let written = target::split(place.target).path;
            new(Rule::CaseMismatch, format!("`{written}` is `{actual}` in the tree: letter case counts"))
                .help(format!("write `{address}`"))
                .fix("use the letter case of the file", place.span, address)
        }
        Fault::Outside => new(Rule::OutsideRoot, format!("`{}` leaves the content root", place.target))
            .help("move the file into the content, or link to it by its full address"),
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
            let before = place.target.split('#').next().unwrap_or_default();
            let address = format!("{before}#{}", target::encode(actual));
            new(Rule::FragmentCase, format!("the id is `#{actual}`: letter case counts")).help(format!("write `{address}`")).fix(
                "use the letter case of the id",
                place.span,
                address,
            )
        }
        Fault::Empty => {
            let what = if link.is_some_and(is_image) { "the image has no address" } else { "the link leads nowhere" };
            new(Rule::EmptyTarget, what.to_owned()).help("give it an address, or leave the text alone")
        }
        Fault::Draft => new(Rule::LinkToDraft, format!("`{}` is a draft, which this build leaves out", place.target))
            .help("publish it, remove the link, or build with `--drafts`"),
    }
}

fn is_image(link: &Link) -> bool {
    matches!(link.kind, LinkKind::Image | LinkKind::Candidate)
        || matches!(link.kind, LinkKind::Attribute(attribute) if attribute.name == "src")
}

fn missing(place: &Written<'_>, path: &str, suggestions: &Suggestions<'_>, new: &dyn Fn(Rule, String) -> Diagnostic) -> Diagnostic {
    let finding = new(Rule::MissingFile, format!("there is no `{path}`"));
    if target::scheme(place.target).is_none() && place.target.get(1..3).is_some_and(|drive| drive == ":\\" || drive == ":/") {
        return finding.help("this is a place on one computer's disk: put the file into the content and link to it there");
    }
    match suggestions.nearest(path, place.target) {
        Some(suggestion) => {
            let address = readdress(place, &suggestion.path);
            let finding = finding.help(format!("did you mean `{address}`?"));
            if suggestion.certain { finding.fix("use the path of the file", place.span, address) } else { finding }
        }
        None => finding.help("create the file, or remove the link"),
    }
}

fn missing_fragment(
    site: &Site,
    place: &Written<'_>,
    target: Option<Place>,
    fragment: &str,
    new: &dyn Fn(Rule, String) -> Diagnostic,
) -> Diagnostic {
    let (named, page) = match target {
        None => ("this page".to_owned(), place.page),
        Some(Place::Page(id)) => (format!("`{}`", site.page(id).path), Some(site.page(id))),
        Some(Place::File(id)) => (format!("`{}`", site.file(id).path), None),
        Some(Place::Draft | Place::List) => ("the target".to_owned(), None),
    };
    let finding = new(Rule::MissingFragment, format!("{named} has no `#{fragment}`"));
    let nearest = page.and_then(|page| super::suggest::nearest_id(page, fragment));
    match nearest {
        Some(id) => finding.help(format!("did you mean `#{id}`?")),
        None if page.is_some_and(|page| !page.headings.is_empty()) => {
            finding.help("link to one of its headings, or leave the fragment out")
        }
        None => finding.help("leave the fragment out"),
    }
}

/// The address that leads from a file to a path, with the query and fragment as written; absolute when it was.
fn readdress(place: &Written<'_>, path: &str) -> String {
    let parts = target::split(place.target);
    let mut address = if parts.path.starts_with('/') {
        format!("/{}", target::encode(path))
    } else {
        let from = if place.folder.is_empty() { String::new() } else { format!("{}/", place.folder) };
        let relative = target::relative(&from, path);
        if parts.path.starts_with("./") && !relative.starts_with('.') { format!("./{relative}") } else { relative }
    };
    if parts.path.ends_with('/') && !address.ends_with('/') && !path.rsplit('/').next().is_some_and(|name| name.contains('.')) {
        address.push('/');
    }
    if let Some(query) = parts.query {
        address.push('?');
        address.push_str(query);
    }
    if let Some(fragment) = parts.fragment {
        address.push('#');
        address.push_str(fragment);
    }
    address
}
