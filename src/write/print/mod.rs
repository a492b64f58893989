//! Sheets: the pages of a section, or of the whole site, as one page to print, with links that lead to places on it.

mod ids;

pub(super) use ids::prefixed;

use crate::{
    error::Error,
    site::{Site, SourceId, language::LanguageId, navigation::NodeId, route::Route, slug::Slugger},
};
use std::collections::HashMap;

/// Several pages on one, in reading order.
pub(super) struct Sheet {
    /// The language of its readers.
    pub(super) language: LanguageId,
    pub(super) route: Route,
    /// What it holds: a section, or the root for the whole site.
    pub(super) node: NodeId,
    /// The pages, with how deep each lies below the section.
    pub(super) pages: Vec<(SourceId, usize)>,
    numbers: HashMap<SourceId, usize>,
}

/// All sheets of a site.
#[derive(Default)]
pub(super) struct Sheets {
    sections: Vec<Sheet>,
    /// Which of the sections a node is.
    by_node: HashMap<(LanguageId, NodeId), usize>,
    /// The whole site, once for each language.
    sites: Vec<Sheet>,
}

impl Sheet {
    fn new(language: LanguageId, address: &str, node: NodeId, pages: Vec<(SourceId, usize)>) -> Self {
        let numbers = pages.iter().enumerate().map(|(position, (page, _))| (*page, position + 1)).collect();
        Self { language, route: Route::new(&format!("{address}/index.html")), node, pages, numbers }
    }

    /// The number of a page on the sheet, from 1; none for a page that is not on it.
    pub(super) fn number(&self, page: SourceId) -> Option<usize> {
        self.numbers.get(&page).copied()
    }

    /// The id of a page on the sheet.
    pub(super) fn anchor(&self, page: SourceId) -> String {
        format!("p{}", self.number(page).unwrap_or_default())
    }

    /// What the ids of a page begin with on the sheet. No id that is made from a heading holds a colon.
    pub(super) fn prefix(&self, page: SourceId) -> String {
        format!("{}:", self.anchor(page))
    }
}

impl Sheets {
    /// The sheets that the configuration asks for. A section of one page is a sheet already.
    ///
    /// # Errors
    /// An address at which something else is published.
    pub(super) fn plan(site: &Site) -> Result<Self, Error> {
        let wanted = &site.config.print;
        let mut sheets = Self::default();
        for (language, known) in site.languages.iter() {
            let navigation = site.navigation(language);
            let address = format!("{}{}", known.prefix, wanted.address.trim_matches('/'));
            let mut names = Slugger::default();
            for node in navigation.sections().iter().filter(|_| wanted.sections) {
                let pages = navigation.pages_below(*node);
                if pages.len() > 1 {
                    let name = names.slug(&navigation.node(*node).title);
                    sheets.by_node.insert((language, *node), sheets.sections.len());
                    sheets.sections.push(Sheet::new(language, &format!("{address}/{name}"), *node, pages));
                }
            }
            if wanted.site {
                let root = navigation.root();
                sheets.sites.push(Sheet::new(language, &address, root, navigation.pages_below(root)));
            }
        }
        if let Some(sheet) = sheets.all().find(|sheet| site.published(sheet.route.address()).is_some()) {
            return Err(Error::usage(
                format!("`{}` is to be a page to print, and something else is published there", sheet.route.address()),
                "move what stands there, or set `address` in `[print]`",
            ));
        }
        Ok(sheets)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Sheet> {
        self.sections.iter().chain(&self.sites)
    }

    /// The sheet of the section that a node is in.
    pub(super) fn of(&self, site: &Site, language: LanguageId, mut node: Option<NodeId>) -> Option<&Sheet> {
        while let Some(id) = node {
            if let Some(position) = self.by_node.get(&(language, id)) {
                return Some(&self.sections[*position]);
            }
            node = site.navigation(language).node(id).parent;
        }
        None
    }

    /// The sheet of the whole site in a language.
    pub(super) fn of_site(&self, language: LanguageId) -> Option<&Sheet> {
        self.sites.iter().find(|sheet| sheet.language == language)
    }
}
