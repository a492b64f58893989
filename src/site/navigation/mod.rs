//! The order of pages: folders and weights, and the navigation files that the tree already has, become one tree of nodes.

mod build;

use super::{FileId, Site, SourceId, language::LanguageId};
use crate::diagnostic::Span;
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// A navigation file of DocFX, mdBook or MkDocs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavigationFile {
    /// The file, relative to the content root.
    pub file: Arc<str>,
    /// The folder that its addresses are relative to.
    pub base: String,
    /// The folder whose order it gives.
    pub folder: String,
    /// Whether it is a guide as well, whose links are checked like any guide's.
    pub is_guide: bool,
    /// Its entries, in order.
    pub entries: Vec<Entry>,
}

/// An entry of a navigation file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The words; the page's title without.
    pub title: Option<String>,
    /// Where it leads, if anywhere.
    pub target: Option<Target>,
    /// The entries below it.
    pub children: Vec<Self>,
}

/// The target of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Relative to the file's folder, as a link would write it.
    pub address: String,
    /// As the file writes it.
    pub written: String,
    /// Where in the file.
    pub span: Span,
}

/// The index of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct NodeId(u32);

/// One entry of the site's navigation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Node {
    /// The words.
    pub title: String,
    /// Where it leads.
    pub leads: Leads,
    /// The node above; none for the root.
    pub parent: Option<NodeId>,
    /// The nodes below, in order.
    pub children: Vec<NodeId>,
}

/// Where a node leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Leads {
    /// To a page.
    Page(SourceId),
    /// To the generated list of a folder.
    List(String),
    /// To a file that is no page.
    File(FileId),
    /// To an address elsewhere.
    Address(String),
    /// Nowhere: it is a title for what is below it.
    Nowhere,
}

/// The navigation of a site in one language: a tree whose root is the home page. Folders are named without a language.
#[derive(Clone, Debug, Default)]
pub struct Navigation {
    nodes: Vec<Node>,
    by_page: Vec<Option<NodeId>>,
    by_list: BTreeMap<String, NodeId>,
    order: Vec<SourceId>,
    position: Vec<Option<u32>>,
    lists: BTreeSet<String>,
    listed: BTreeSet<SourceId>,
}

impl Navigation {
    /// The navigation of a language.
    pub(super) fn build(site: &Site, language: LanguageId) -> Self {
        build::Builder::new(site, language).build()
    }

    /// A node.
    #[must_use]
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// Every node, the root first.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The root: the home page or the list of everything.
    #[must_use]
    pub fn root(&self) -> NodeId {
        NodeId(0)
    }

    /// The node of a page; none for a page that is kept out of the sidebar.
    #[must_use]
    pub fn of_page(&self, id: SourceId) -> Option<NodeId> {
        self.by_page.get(id.0 as usize).copied().flatten()
    }

    /// The node of a folder's generated list.
    #[must_use]
    pub fn of_list(&self, folder: &str) -> Option<NodeId> {
        self.by_list.get(folder).copied()
    }

    /// The folders that get a generated list.
    pub fn lists(&self) -> impl Iterator<Item = &str> {
        self.lists.iter().map(String::as_str)
    }

    /// Whether a folder gets a generated list.
    #[must_use]
    pub fn has_list(&self, folder: &str) -> bool {
        self.lists.contains(folder)
    }

    /// Whether a navigation file names a page.
    #[must_use]
    pub fn lists_page(&self, id: SourceId) -> bool {
        self.listed.contains(&id)
    }

    /// Where a page comes in reading order; pages outside it come last.
    #[must_use]
    pub fn reading_position(&self, id: SourceId) -> u32 {
        self.position.get(id.0 as usize).copied().flatten().unwrap_or(u32::MAX)
    }

    /// The pages before and after one, in reading order.
    #[must_use]
    pub fn neighbours(&self, id: SourceId) -> (Option<SourceId>, Option<SourceId>) {
        let Some(position) = self.position.get(id.0 as usize).copied().flatten() else { return (None, None) };
        let position = position as usize;
        (position.checked_sub(1).map(|before| self.order[before]), self.order.get(position + 1).copied())
    }

    /// The first page at or below a node.
    #[must_use]
    pub fn first_page(&self, id: NodeId) -> Option<SourceId> {
        match self.node(id).leads {
            Leads::Page(page) => Some(page),
            _ => self.node(id).children.iter().find_map(|child| self.first_page(*child)),
        }
    }

    /// The pages at and below a node, in reading order, each with how deep it lies.
    #[must_use]
    pub fn pages_below(&self, id: NodeId) -> Vec<(SourceId, usize)> {
        let mut found = Vec::new();
        self.add_pages(id, 0, &mut found);
        found
    }

    fn add_pages(&self, id: NodeId, depth: usize, found: &mut Vec<(SourceId, usize)>) {
        if let Leads::Page(page) = self.node(id).leads
            && self.of_page(page) == Some(id)
        {
            found.push((page, depth));
        }
        for child in &self.node(id).children {
            self.add_pages(*child, depth + 1, found);
        }
    }

    /// The nodes that a reader would call sections: those below the root, or deeper where a single one holds all others.
    #[must_use]
    pub fn sections(&self) -> &[NodeId] {
        let mut at = self.root();
        while let [only] = self.node(at).children[..]
            && self.node(only).children.iter().any(|child| !self.node(*child).children.is_empty())
        {
            at = only;
        }
        &self.node(at).children
    }

    /// The number of pages below a node.
    #[must_use]
    pub fn count_below(&self, id: NodeId) -> usize {
        let own = |child: &NodeId| usize::from(matches!(self.node(*child).leads, Leads::Page(_)));
        self.node(id).children.iter().map(|child| own(child) + self.count_below(*child)).sum()
    }
}

/// A folder's name as a title.
#[must_use]
pub(crate) fn folder_title(folder: &str) -> String {
    let name = folder.rsplit('/').next().unwrap_or(folder);
    readable(name)
}

/// A file's or folder's name as a title: hyphens and underscores become spaces; a name without capitals gets one.
#[must_use]
pub(crate) fn readable(name: &str) -> String {
    let spaced = name.replace(['-', '_'], " ");
    let words = if spaced.trim().is_empty() { name } else { spaced.trim() };
    let mut characters = words.chars();
    match characters.next() {
        Some(first) if !words.contains(char::is_uppercase) => first.to_uppercase().chain(characters).collect(),
        _ => words.to_owned(),
    }
}
