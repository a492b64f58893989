//! Sheets: the pages of a section, or of the whole site, as one page to print, with links that lead to places on it.

mod ids;

pub(super) use ids::prefixed;

use crate::{
    error::Error,
    site::{Site, SourceId, navigation::NodeId, route::Route, slug::Slugger},
};
use std::collections::HashMap;

/// Several pages on one, in reading order.
pub(super) struct Sheet {
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
    pub(super) sections: Vec<Sheet>,
    pub(super) site: Option<Sheet>,
}

impl Sheet {
    fn new(address: &str, node: NodeId, pages: Vec<(SourceId, usize)>) -> Self {
        let numbers = pages.iter().enumerate().map(|(position, (page, _))| (*page, position + 1)).collect();
        Self { route: Route::new(&format!("{address}/index.html")), node, pages, numbers }
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
        let address = wanted.address.trim_matches('/');
        let mut sheets = Self::default();
        if wanted.sections {
            let mut names = Slugger::default();
            for node in site.navigation.sections() {
                let pages = site.navigation.pages_below(*node);
                if pages.len() > 1 {
                    let name = names.slug(&site.navigation.node(*node).title);
                    sheets.sections.push(Sheet::new(&format!("{address}/{name}"), *node, pages));
                }
            }
        }
        if wanted.site {
            let root = site.navigation.root();
            sheets.site = Some(Sheet::new(address, root, site.navigation.pages_below(root)));
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
        self.sections.iter().chain(&self.site)
    }

    /// The sheet of the section that a node is in.
    pub(super) fn of(&self, site: &Site, mut node: Option<NodeId>) -> Option<&Sheet> {
        while let Some(id) = node {
            if let Some(sheet) = self.sections.iter().find(|sheet| sheet.node == id) {
                return Some(sheet);
            }
            node = site.navigation.node(id).parent;
        }
        None
    }
}
