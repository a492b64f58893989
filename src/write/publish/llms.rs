//! `llms.txt` and `llms-full.txt`: the site for programs that read text, in the form of llmstxt.org.

use super::{excerpt::excerpt, markdown::Editions};
use crate::site::{
    Site, SourceId,
    language::LanguageId,
    navigation::{Leads, Navigation, NodeId},
    page::{Page, Part},
    target,
};
use std::{collections::BTreeSet, fmt::Write as _};

/// The file that lists the guides of a language, below the address of that language.
pub(super) const FILE: &str = "llms.txt";

/// The file that holds them all.
pub(super) const FULL_FILE: &str = "llms-full.txt";

/// The name under which the form lists what may be skipped.
const OPTIONAL: &str = "Optional";

/// The same in another language: what the site is called in it, what the language is called, and the path of its file.
pub(super) struct Other<'a> {
    pub(super) title: &'a str,
    pub(super) name: &'a str,
    pub(super) path: String,
}

/// Where the same is in other languages, under a title of its own; nothing where there are none.
pub(super) struct Others<'a> {
    pub(super) title: &'a str,
    pub(super) all: Vec<Other<'a>>,
}

/// What programs can read of a site in one of its languages: its name, what it is, its guides by the branches of the navigation, and
/// where the same is in other languages.
pub(super) fn overview(
    site: &Site,
    editions: &Editions,
    language: LanguageId,
    guides: &[SourceId],
    base: &str,
    others: &Others<'_>,
) -> String {
    let mut out = format!("# {}\n", one_line(site.title(language)));
    let navigation = site.navigation(language);
    let root = navigation.root();
    let home = page_of(navigation, root).map(|id| site.page(id));
    let about = site.description(language).map(str::to_owned).or_else(|| home.and_then(excerpt));
    if let Some(about) = about {
        let _ = write!(out, "\n> {}\n", one_line(&about));
    }
    let published: BTreeSet<SourceId> = guides.iter().copied().collect();
    let mut listed = BTreeSet::new();
    let node = navigation.node(root);
    let (leaves, branches): (Vec<NodeId>, Vec<NodeId>) =
        node.children.iter().partition(|child| navigation.node(**child).children.is_empty());
    let mut first: Vec<SourceId> = page_of(navigation, root).into_iter().collect();
    first.extend(leaves.into_iter().filter_map(|child| page_of(navigation, child)));
    let mut sections = vec![(node.title.clone(), first)];
    for branch in branches {
        let mut pages = Vec::new();
        collect(navigation, branch, &mut pages);
        sections.push((navigation.node(branch).title.clone(), pages));
    }
    let mut tell = |out: &mut String, title: &str, pages: &[SourceId]| {
        let pages: Vec<SourceId> = pages.iter().copied().filter(|id| published.contains(id) && listed.insert(*id)).collect();
        section(out, site, editions, title, &pages, base);
    };
    for (title, pages) in sections {
        tell(&mut out, &title, &pages);
    }
    translations(&mut out, others, base);
    // What may be skipped comes last.
    tell(&mut out, OPTIONAL, guides);
    out
}

fn section(out: &mut String, site: &Site, editions: &Editions, title: &str, pages: &[SourceId], base: &str) {
    if pages.is_empty() {
        return;
    }
    let _ = write!(out, "\n## {}\n\n", one_line(title));
    for id in pages {
        let path = editions.of(*id).unwrap_or_else(|| site.route(*id).address());
        let _ = write!(out, "- [{}]({base}/{})", bracketed(&site.page(*id).title), link(path));
        if let Some(about) = excerpt(site.page(*id)) {
            let _ = write!(out, ": {about}");
        }
        out.push('\n');
    }
}

fn translations(out: &mut String, others: &Others<'_>, base: &str) {
    if others.all.is_empty() {
        return;
    }
    let _ = write!(out, "\n## {}\n\n", one_line(others.title));
    for other in &others.all {
        let _ = writeln!(out, "- [{}]({base}/{}): {}", bracketed(other.title), link(&other.path), one_line(other.name));
    }
}

/// How many bytes the Markdown of all guides takes, about.
pub(super) fn size(site: &Site, guides: &[SourceId]) -> usize {
    guides.iter().map(|id| site.page(*id)).map(with_parts).sum()
}

fn with_parts(page: &Page) -> usize {
    let parts = page.inclusions.iter().filter_map(|inclusion| match &inclusion.part {
        Part::Made(part) => Some(with_parts(part)),
        _ => None,
    });
    page.length as usize + parts.sum::<usize>()
}

/// The guides of a language in its reading order; those outside it last, by path.
pub(super) fn in_reading_order(site: &Site, language: LanguageId, guides: &[SourceId]) -> Vec<SourceId> {
    let mut guides = guides.to_vec();
    let navigation = site.navigation(language);
    guides.sort_by_key(|id| (navigation.reading_position(*id), *id));
    guides
}

/// One guide of the file that holds all of them: where it is published, then its text.
pub(super) fn chapter(page: &Page, address: &str, text: &str) -> String {
    format!("<!-- {}: {address} -->\n\n{text}", one_line(&page.title).replace("--", "- -"))
}

fn page_of(navigation: &Navigation, id: NodeId) -> Option<SourceId> {
    match navigation.node(id).leads {
        Leads::Page(page) => Some(page),
        _ => None,
    }
}

fn collect(navigation: &Navigation, id: NodeId, pages: &mut Vec<SourceId>) {
    pages.extend(page_of(navigation, id));
    for child in &navigation.node(id).children {
        collect(navigation, *child, pages);
    }
}

/// An address that brackets cannot end.
fn link(path: &str) -> String {
    target::encode(path).replace('(', "%28").replace(')', "%29")
}

fn bracketed(text: &str) -> String {
    one_line(text).replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
