//! `llms.txt` and `llms-full.txt`: the site for programs that read text, in the form of llmstxt.org.

use super::{excerpt::excerpt, markdown::Editions};
use crate::site::{
    Site, SourceId,
    language::LanguageId,
    navigation::{Leads, Navigation, NodeId},
    page::Page,
    target,
};
use std::{collections::BTreeSet, fmt::Write as _};

/// The name under which the form lists what may be skipped.
const OPTIONAL: &str = "Optional";

/// What programs can read of a site: its name, what it is, and its guides by the branches of the navigation.
pub(super) fn overview(site: &Site, editions: &Editions, guides: &[SourceId], base: &str) -> String {
    let mut out = format!("# {}\n", one_line(site.title(LanguageId::DEFAULT)));
    let navigation = site.navigation(LanguageId::DEFAULT);
    let root = navigation.root();
    let home = page_of(navigation, root).map(|id| site.page(id));
    let about = site.config.description.clone().or_else(|| home.and_then(excerpt));
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
    sections.push((OPTIONAL.to_owned(), guides.to_vec()));
    for (title, pages) in sections {
        let pages: Vec<SourceId> = pages.into_iter().filter(|id| published.contains(id) && listed.insert(*id)).collect();
        if pages.is_empty() {
            continue;
        }
        let _ = write!(out, "\n## {}\n\n", one_line(&title));
        for id in pages {
            let path = editions.of(id).unwrap_or_else(|| site.route(id).address());
            let _ = write!(out, "- [{}]({base}/{})", bracketed(&site.page(id).title), link(path));
            if let Some(about) = excerpt(site.page(id)) {
                let _ = write!(out, ": {about}");
            }
            out.push('\n');
        }
    }
    out
}

/// How many bytes the Markdown of all guides takes, about.
pub(super) fn size(site: &Site, guides: &[SourceId]) -> usize {
    guides.iter().map(|id| site.page(*id).body.html.len()).sum()
}

/// The guides in reading order; those outside it last, by path.
pub(super) fn in_reading_order(site: &Site, guides: &[SourceId]) -> Vec<SourceId> {
    let mut guides = guides.to_vec();
    let navigation = site.navigation(LanguageId::DEFAULT);
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
