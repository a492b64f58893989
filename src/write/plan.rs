//! The files of a site, planned: each is made when it is asked for, by a build that writes all or a server that shows one.

use super::{
    Materials, Sources,
    body::Bodies,
    card::Cards,
    checklists,
    context::{Contexts, Shell},
    generated::{self, Generated},
    highlight::Highlights,
    images::{Sizes, Variants},
    print::Sheets,
    publish::{self, Publish},
    search::{self, Indexes, Outline},
    sidebar::{self, Sidebars},
    theme::Theme,
    wanted_files,
};
use crate::{
    error::Error,
    site::{FileId, Followed, Site, SourceId, View, language::LanguageId, navigation::NodeId, page::Held},
};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// All files of a site but those of the search index, which is made from all pages at once.
pub(crate) struct Plan<'a> {
    site: &'a Site,
    followed: &'a Followed,
    sources: &'a Sources<'a>,
    theme: &'a Theme,
    highlights: &'a Highlights,
    shell: Shell<'a>,
    generated: Generated,
    sheets: Sheets,
    variants: Variants,
    sizes: Sizes<'a>,
    /// The files of checklists for programs.
    exports: Vec<(String, String)>,
    pub(super) publish: Publish,
    cards: Cards,
    folders: search::Folders,
    items: BTreeMap<String, Item>,
}

/// What stands in a file; a number is an index into those of its kind.
#[derive(Clone, Debug)]
pub(super) enum Item {
    Page(View),
    Generated(generated::Kind),
    /// A sheet to print.
    Sheet(usize),
    /// A file of the author's.
    File(FileId),
    /// A smaller form of an image, and where it is kept.
    Form(PathBuf),
    /// A style sheet or script of the theme.
    Asset(usize),
    /// Checklists for programs.
    Export(usize),
    Card,
    Published(publish::Kind),
    /// Nothing: hosts look whether it is there.
    Empty,
}

impl<'a> Plan<'a> {
    /// Plans all files; `variants` are the smaller forms of images.
    ///
    /// # Errors
    /// A picture or an address that is configured and cannot be had, or a mistake in the template of cards.
    pub(crate) fn new(materials: &Materials<'a>, variants: Variants) -> Result<Self, Error> {
        let Materials { site, followed, sources, theme, highlights } = *materials;
        let generated = Generated::plan(site);
        let sheets = Sheets::plan(site)?;
        let cards = Cards::plan(site, theme)?;
        let exports = checklists::files(site, theme.words());
        let mut items: BTreeMap<String, Item> = BTreeMap::new();
        let mut put = |path: &str, item: Item| items.insert(path.to_owned(), item);
        for view in site.languages.iter().flat_map(|(language, _)| site.views(language)) {
            put(site.route_in(view.language, view.page).file(), Item::Page(view));
        }
        for (path, kind) in generated.files(site) {
            put(path, Item::Generated(kind));
        }
        for (number, sheet) in sheets.all().enumerate() {
            put(sheet.route.file(), Item::Sheet(number));
        }
        for id in wanted_files(site, followed) {
            put(&site.file(id).path, Item::File(id));
        }
        for form in variants.values().flatten().flat_map(|(_, forms)| forms) {
            put(&form.path, Item::Form(form.kept.clone()));
        }
        for (number, asset) in theme.assets().enumerate() {
            put(&asset.path, Item::Asset(number));
        }
        for (number, (path, _)) in exports.iter().enumerate() {
            put(path, Item::Export(number));
        }
        put(".nojekyll", Item::Empty);
        for path in cards.files().into_keys() {
            put(path, Item::Card);
        }
        let publish = Publish::plan(site, sources, theme.words(), items.keys().map(String::as_str), generated.indexed());
        for (path, kind) in publish.files() {
            items.insert(path.to_owned(), Item::Published(kind));
        }
        let (shell, sizes, folders) = (Shell::new(site, theme)?, Sizes::new(site), search::Folders::of_site(site));
        Ok(Self {
            site,
            followed,
            sources,
            theme,
            highlights,
            shell,
            generated,
            sheets,
            variants,
            sizes,
            exports,
            publish,
            cards,
            folders,
            items,
        })
    }

    /// Every file, with what stands there.
    pub(super) fn items(&self) -> impl Iterator<Item = (&str, &Item)> {
        self.items.iter().map(|(path, item)| (path.as_str(), item))
    }

    /// Whether a file is planned.
    #[cfg(feature = "serve")]
    pub(crate) fn has(&self, path: &str) -> bool {
        self.items.contains_key(path)
    }

    /// The guide that stands in a file.
    #[cfg(feature = "serve")]
    pub(crate) fn guide(&self, path: &str) -> Option<SourceId> {
        if let Some(Item::Page(view)) = self.items.get(path) { Some(view.page) } else { None }
    }

    /// The bytes of a file; none where it is not planned.
    #[cfg(feature = "serve")]
    pub(crate) fn file(&self, path: &str) -> Option<Result<Vec<u8>, Error>> {
        self.items.get(path).map(|item| self.make(path, item))
    }

    /// The index of all pages, with what is kept of the last one.
    pub(crate) fn indexes<'b>(&self, outline: &'b Outline, kept: search::Kept) -> Indexes<'b>
    where
        'a: 'b,
    {
        Indexes::new(self.site, outline, kept)
    }

    /// Where the bytes of a file stand already, for those that are copied.
    pub(super) fn original<'b>(&'b self, item: &'b Item) -> Option<&'b Path> {
        match item {
            Item::File(id) => Some(&self.site.file(*id).disk),
            Item::Form(kept) => Some(kept),
            _ => None,
        }
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// A mistake in a template, or a file that cannot be read.
    pub(super) fn make(&self, path: &str, item: &Item) -> Result<Vec<u8>, Error> {
        if let Some(original) = self.original(item) {
            return fs::read(original).map_err(|source| Error::io("read", original, source));
        }
        match item {
            Item::Page(view) => {
                let mut sidebars = Sidebars::new(self.site, self.theme, view.language, sidebar::open_node(self.site, *view));
                self.page(*view, &mut sidebars).map(String::into_bytes)
            }
            Item::Generated(kind) => self.generated.make(*kind, self.site, self.theme, &self.contexts()),
            Item::Sheet(number) => {
                let Some(sheet) = self.sheets.all().nth(*number) else { return Ok(Vec::new()) };
                let context = self.contexts().sheet(sheet, &self.bodies());
                self.theme.render("print.html", &context, sheet.route.file()).map(String::into_bytes)
            }
            Item::Asset(number) => Ok(self.theme.assets().nth(*number).map(|asset| asset.bytes.clone()).unwrap_or_default()),
            Item::Export(number) => Ok(self.exports[*number].1.clone().into_bytes()),
            Item::Card => self.cards.files().get(path).map_or_else(|| Ok(Vec::new()), |card| card.png()),
            Item::Published(kind) => Ok(self.publish.make(*kind, self.site, self.followed, self.sources)),
            Item::Empty | Item::File(_) | Item::Form(_) => Ok(Vec::new()),
        }
    }

    /// A guide, with the sidebar of its section.
    ///
    /// # Errors
    /// A mistake in a template.
    pub(super) fn page(&self, view: View, sidebars: &mut Sidebars<'_>) -> Result<String, Error> {
        let page = self.site.page(view.page);
        let route = self.site.route_in(view.language, view.page);
        let is_left_out = self.site.setting(view.page, |settings| settings.sidebar) == Some(false);
        let sidebar = if is_left_out && self.site.navigation(view.language).of_page(view.page).is_none() {
            String::new()
        } else {
            sidebars.of(route, Some(view.page))?
        };
        let data = checklists::page_data(self.site, view, checklists::has_marks(&sidebar));
        if page.held == Held::Facts {
            return Err(changed(&page.path));
        }
        let context = self.contexts().page(view, &self.bodies(), &page.whole_body(), &sidebar, data.as_deref());
        let template = page.front_matter.template.as_deref().unwrap_or("page.html");
        self.theme.render(template, &context, &page.path)
    }

    /// All guides, grouped by the node that is open in the sidebar.
    pub(super) fn sections(&self) -> Vec<Section> {
        let mut groups: BTreeMap<(LanguageId, NodeId), Vec<SourceId>> = BTreeMap::new();
        for view in self.site.languages.iter().flat_map(|(language, _)| self.site.views(language)) {
            groups.entry((view.language, sidebar::open_node(self.site, view))).or_default().push(view.page);
        }
        // A folder of thousands of pages is rendered by all threads: pieces share a sidebar each.
        let pieces = |((language, open), pages): ((LanguageId, NodeId), Vec<SourceId>)| -> Vec<Section> {
            pages.chunks(64).map(|chunk| Section { language, open, pages: chunk.to_vec() }).collect()
        };
        groups.into_iter().flat_map(pieces).collect()
    }

    /// The sidebars of a section.
    pub(super) fn sidebars(&self, section: &Section) -> Sidebars<'_> {
        Sidebars::new(self.site, self.theme, section.language, section.open)
    }

    fn contexts(&self) -> Contexts<'_> {
        Contexts {
            site: self.site,
            shell: &self.shell,
            sources: self.sources,
            publish: &self.publish,
            sheets: &self.sheets,
            cards: &self.cards,
            searched: &self.folders,
        }
    }

    fn bodies(&self) -> Bodies<'_> {
        Bodies {
            site: self.site,
            followed: self.followed,
            highlights: self.site.config.markdown.highlight.then_some(self.highlights),
            words: self.theme.words(),
            sizes: &self.sizes,
            variants: &self.variants,
        }
    }
}

fn changed(path: &str) -> Error {
    Error::usage(format!("`{path}` has changed while the site was built"), "build again")
}

/// Pages that share a sidebar.
pub(super) struct Section {
    pub(super) language: LanguageId,
    open: NodeId,
    pub(super) pages: Vec<SourceId>,
}
