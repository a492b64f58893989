//! What templates see: site, page, breadcrumbs, neighbours; the manual lists every name.

use super::{
    Sources,
    body::Bodies,
    checklists,
    look::Look,
    print::{Sheet, Sheets},
    publish::Publish,
    theme::Theme,
};
use crate::error::Error;
use crate::site::{
    Place, Site, SourceId,
    navigation::{self, Leads, NodeId},
    page::Page,
    route::Route,
    target,
};
use serde::Serialize;
use std::collections::BTreeMap;
use tera::{Context, Value};

/// The program's name and version, for the `generator` meta tag.
const GENERATOR: &str = concat!("Milepost ", env!("CARGO_PKG_VERSION"));

/// What is the same on every page.
pub(super) struct Shell<'a> {
    site: Value,
    theme: &'a Theme,
    /// By the language of the words, the assets with the script of those words, and the words.
    tongues: BTreeMap<&'a str, Tongue>,
}

/// What differs by language and is the same on every page of one.
struct Tongue {
    assets: Value,
    words: Value,
}

#[derive(Serialize)]
struct SiteContext<'a> {
    title: &'a str,
    description: Option<&'a str>,
    language: &'a str,
    direction: &'static str,
    base_url: Option<&'a str>,
    repository_url: Option<&'a str>,
    extra: &'a BTreeMap<String, toml::Value>,
    theme: Look<'a>,
}

#[derive(Serialize)]
struct PageContext<'a> {
    title: &'a str,
    description: Option<&'a str>,
    path: Option<&'a str>,
    address: &'a str,
    canonical: Option<String>,
    content: &'a str,
    enlarges: bool,
    shows_title: bool,
    toc: Vec<TocEntry<'a>>,
    show_toc: bool,
    updated: Option<String>,
    contributors: Vec<&'a str>,
    edit_url: Option<String>,
    markdown: Option<String>,
    weight: Option<i64>,
    draft: bool,
    language: &'a str,
    direction: &'static str,
    extra: &'a BTreeMap<String, serde_json::Value>,
}

#[derive(Serialize)]
struct TocEntry<'a> {
    level: u8,
    id: &'a str,
    title: &'a str,
}

#[derive(Serialize)]
struct Step {
    title: String,
    href: Option<String>,
    /// Where it is published, for programs.
    #[serde(skip)]
    canonical: Option<String>,
}

/// A guide on a sheet.
#[derive(Serialize)]
struct Guide<'a> {
    id: String,
    title: &'a str,
    shows_title: bool,
    content: String,
    depth: usize,
    language: &'a str,
    direction: &'static str,
}

/// Where the sheets are that a page is on.
#[derive(Serialize)]
struct PrintLinks {
    section: Option<String>,
    site: Option<String>,
}

#[derive(Serialize)]
struct ListEntry<'a> {
    title: &'a str,
    href: Option<String>,
    description: Option<&'a str>,
    count: usize,
    marks: Option<String>,
}

impl<'a> Shell<'a> {
    /// Makes it.
    ///
    /// # Errors
    /// A picture or a page of `[theme]` that the site does not have.
    pub(super) fn new(site: &Site, theme: &'a Theme) -> Result<Self, Error> {
        let shared: BTreeMap<String, &str> =
            theme.assets().map(|asset| (asset.name.clone(), asset.path.as_str())).chain(short_names(theme)).collect();
        let mut tongues = BTreeMap::new();
        for asset in theme.assets() {
            let Some(language) = asset.name.strip_prefix("words/").and_then(|name| name.strip_suffix(".js")) else { continue };
            let mut assets = shared.clone();
            assets.insert("words".to_owned(), &asset.path);
            let words = Value::from_serializable(&theme.words().of(language).page);
            tongues.insert(language, Tongue { assets: Value::from_serializable(&assets), words });
        }
        let site = SiteContext {
            title: site.title(),
            description: site.config.description.as_deref(),
            language: &site.config.language,
            direction: direction(&site.config.language),
            base_url: site.config.base_url.as_deref(),
            repository_url: site.config.repository_url.as_deref(),
            extra: &site.config.extra,
            theme: Look::new(site)?,
        };
        Ok(Self { site: Value::from_serializable(&site), theme, tongues })
    }

    /// Adds what every template sees on a page in a language.
    fn dress(&self, context: &mut Context, language: &str) {
        context.insert_value("site", self.site.clone());
        let tongue = &self.tongues[self.theme.words().nearest(language)];
        context.insert_value("assets", tongue.assets.clone());
        context.insert_value("words", tongue.words.clone());
        context.insert("generator", GENERATOR);
    }

    /// A word of the theme in a language.
    fn word(&self, language: &str, name: &str) -> &'a str {
        self.theme.words().of(language).page.get(name).map_or("", String::as_str)
    }
}

/// The names of the built-in assets without their extension: `assets.style` reads better than `assets["style.css"]`.
fn short_names(theme: &Theme) -> impl Iterator<Item = (String, &str)> {
    let known =
        [("style.css", "style"), ("script.js", "script"), ("theme.js", "theme"), ("checklist.js", "checklist"), ("enlarge.js", "enlarge")];
    theme.assets().filter_map(move |asset| {
        let (_, short) = known.iter().find(|(name, _)| *name == asset.name)?;
        Some(((*short).to_owned(), asset.path.as_str()))
    })
}

/// Makes the context of each page.
pub(super) struct Contexts<'a> {
    site: &'a Site,
    shell: &'a Shell<'a>,
    sources: &'a Sources<'a>,
    publish: &'a Publish,
    sheets: &'a Sheets,
}

impl<'a> Contexts<'a> {
    pub(super) fn new(site: &'a Site, shell: &'a Shell<'a>, sources: &'a Sources<'a>, publish: &'a Publish, sheets: &'a Sheets) -> Self {
        Self { site, shell, sources, publish, sheets }
    }

    /// The context of a guide.
    pub(super) fn page(&self, id: SourceId, bodies: &Bodies<'_>, sidebar: &str, data: Option<&str>) -> Context {
        let page = self.site.page(id);
        let route = self.site.route(id);
        let toc = contents(page);
        let described = PageContext {
            title: &page.title,
            description: page.front_matter.description.as_deref(),
            path: Some(&page.path),
            address: route.address(),
            canonical: self.site.canonical(route),
            content: &bodies.fill(id),
            enlarges: bodies.has_large_image(id),
            shows_title: !page.has_heading,
            show_toc: page.front_matter.toc.unwrap_or(toc.len() > 1),
            toc,
            updated: self.sources.history.updated(page).map(|updated| updated.day().to_string()),
            contributors: self.sources.history.contributors(page),
            edit_url: self.site.config.edit_url.as_ref().map(|address| address.replace("{path}", &target::encode(&page.path))),
            markdown: self.publish.editions.of(id).map(|path| target::relative(route.file(), path)),
            weight: page.front_matter.weight,
            draft: page.front_matter.draft,
            language: page.front_matter.language.as_deref().unwrap_or(&self.site.config.language),
            direction: direction(page.front_matter.language.as_deref().unwrap_or(&self.site.config.language)),
            extra: &page.front_matter.extra,
        };
        let trail = self.trail(self.site.navigation.of_page(id).and_then(|node| self.site.navigation.node(node).parent), Some(id), route);
        let mut out = self.frame(route, &described, sidebar, &trail);
        let (before, after) = self.site.navigation.neighbours(id);
        out.insert("previous", &before.map(|id| self.step(id, route)));
        out.insert("next", &after.map(|id| self.step(id, route)));
        out.insert("checklists", &data);
        out.insert("print", &self.print(self.site.navigation.of_page(id), route));
        out
    }

    /// The context of a sheet: several guides on one page, to print.
    pub(super) fn sheet(&self, sheet: &Sheet, bodies: &Bodies<'_>) -> Context {
        let node = self.site.navigation.node(sheet.node);
        let section = match &node.leads {
            Leads::Page(page) => Some(self.site.route(*page).clone()),
            Leads::List(folder) => Some(navigation::list_route(folder, &self.site.config)),
            _ => None,
        };
        let title = if sheet.node == self.site.navigation.root() { self.site.title() } else { &node.title };
        let extra = BTreeMap::new();
        let described =
            PageContext { canonical: section.and_then(|route| self.site.canonical(&route)), ..self.generated(title, &sheet.route, &extra) };
        let mut out = self.frame(&sheet.route, &described, "", &self.trail(Some(sheet.node), None, &sheet.route));
        let guides: Vec<Guide<'_>> = sheet.pages.iter().map(|(id, depth)| self.guide(sheet, *id, *depth, bodies)).collect();
        out.insert("guides", &guides);
        out
    }

    fn guide(&self, sheet: &Sheet, id: SourceId, depth: usize, bodies: &Bodies<'_>) -> Guide<'a> {
        let page = self.site.page(id);
        let language = page.front_matter.language.as_deref().unwrap_or(&self.site.config.language);
        Guide {
            id: sheet.anchor(id),
            title: &page.title,
            shows_title: !page.has_heading,
            content: bodies.fill_on(sheet, id),
            depth,
            language,
            direction: direction(language),
        }
    }

    /// The sheets that a page at or below a node is on.
    fn print(&self, node: Option<NodeId>, from: &Route) -> Option<PrintLinks> {
        let to = |sheet: &Sheet| target::relative(from.file(), sheet.route.file());
        let section = self.sheets.of(self.site, node).map(to);
        let site = self.sheets.site.as_ref().map(to);
        (section.is_some() || site.is_some()).then_some(PrintLinks { section, site })
    }

    /// The context of the page that lists all checklists.
    pub(super) fn hub(&self, route: &Route, sidebar: &str) -> Context {
        let extra = BTreeMap::new();
        let (content, data) = checklists::hub(self.site, route);
        let described =
            PageContext { content: &content, ..self.generated(self.shell.word(&self.site.config.language, "checklists"), route, &extra) };
        let root = self.site.navigation.root();
        let trail = [self.node_step(root, route)];
        let mut out = self.frame(route, &described, sidebar, &trail);
        out.insert("checklists", &data);
        out
    }

    /// The context of a folder's generated list.
    pub(super) fn list(&self, folder: &str, route: &Route, sidebar: &str) -> Context {
        let node = self.site.navigation.of_list(folder);
        let title = match node {
            _ if folder.is_empty() => self.site.title().to_owned(),
            Some(node) => self.site.navigation.node(node).title.clone(),
            None => navigation::folder_title(folder),
        };
        let extra = BTreeMap::new();
        let context = self.generated(&title, route, &extra);
        let trail = self.trail(node.and_then(|node| self.site.navigation.node(node).parent), None, route);
        let mut out = self.frame(route, &context, sidebar, &trail);
        let entries: Vec<ListEntry<'_>> = match node {
            Some(node) => self.site.navigation.node(node).children.iter().map(|child| self.list_entry(*child, route)).collect(),
            None => self.pages_in(folder, route),
        };
        let marks = checklists::has_marks(sidebar) || entries.iter().any(|entry| entry.marks.is_some());
        out.insert("entries", &entries);
        out.insert("checklists", &checklists::generated_data(self.site, route, marks));
        out.insert("print", &self.print(node, route));
        out
    }

    /// The context of a redirect from a former address.
    pub(super) fn redirect(&self, route: &Route, to: SourceId) -> Context {
        let page = self.site.page(to);
        let mut context = Context::new();
        self.shell.dress(&mut context, &self.site.config.language);
        context.insert("root", &route.to_root());
        context.insert("target", &target::relative(route.file(), self.site.route(to).file()));
        let extra = BTreeMap::new();
        let described = PageContext { canonical: self.site.canonical(self.site.route(to)), ..self.generated(&page.title, route, &extra) };
        context.insert("page", &described);
        context
    }

    /// The context of the page for addresses where nothing is: it is shown at any depth, so its links start at the host.
    pub(super) fn not_found(&self) -> Context {
        let route = Route::new("404.html");
        let extra = BTreeMap::new();
        let context =
            PageContext { canonical: None, ..self.generated(self.shell.word(&self.site.config.language, "not_found"), &route, &extra) };
        let mut out = self.frame(&route, &context, "", &[]);
        let base = self.site.config.base_url.as_deref().and_then(|url| url::Url::parse(url).ok());
        let mut root = base.map_or_else(|| "/".to_owned(), |url| url.path().to_owned());
        if !root.ends_with('/') {
            root.push('/');
        }
        out.insert("root", &root);
        out.insert("home", &root);
        out.insert("checklists_href", &self.site.hub().map(|hub| format!("{root}{}", target::encode(hub.address()))));
        out
    }

    fn generated<'b>(&self, title: &'b str, route: &'b Route, extra: &'b BTreeMap<String, serde_json::Value>) -> PageContext<'b>
    where
        'a: 'b,
    {
        PageContext {
            title,
            description: None,
            path: None,
            address: route.address(),
            canonical: self.site.canonical(route),
            content: "",
            enlarges: false,
            shows_title: true,
            toc: Vec::new(),
            show_toc: false,
            updated: None,
            contributors: Vec::new(),
            edit_url: None,
            markdown: None,
            weight: None,
            draft: false,
            language: &self.site.config.language,
            direction: direction(&self.site.config.language),
            extra,
        }
    }

    fn frame(&self, route: &Route, page: &PageContext<'_>, sidebar: &str, trail: &[Step]) -> Context {
        let mut context = Context::new();
        self.shell.dress(&mut context, page.language);
        context.insert("page", page);
        context.insert("root", &route.to_root());
        context.insert("home", &target::relative(route.file(), self.home().file()));
        context.insert("sidebar", sidebar);
        context.insert("section_title", &trail.last().filter(|_| trail.len() > 1).map(|step| &step.title));
        context.insert("breadcrumbs", trail);
        context.insert("structured", &page.canonical.as_ref().and_then(|canonical| structured(trail, page.title, canonical)));
        context.insert("feed", &self.publish.feed);
        context.insert("previous", &None::<Step>);
        context.insert("next", &None::<Step>);
        context.insert("checklists", &None::<&str>);
        context.insert("print", &None::<PrintLinks>);
        context.insert("checklists_href", &self.site.hub().map(|hub| target::relative(route.file(), hub.file())));
        context
    }

    fn home(&self) -> Route {
        match self.site.folder("") {
            Some(Some(Place::Page(id))) => self.site.route(id).clone(),
            _ => Route::new("index.html"),
        }
    }

    /// The nodes above, from the home page down. A page that is kept out of the navigation shows the home page only.
    fn trail(&self, mut above: Option<NodeId>, current: Option<SourceId>, route: &Route) -> Vec<Step> {
        let mut trail = Vec::new();
        while let Some(id) = above {
            let node = self.site.navigation.node(id);
            trail.push(self.node_step(id, route));
            above = node.parent;
        }
        let root = self.site.navigation.root();
        let is_home = matches!((&self.site.navigation.node(root).leads, current), (Leads::Page(home), Some(id)) if *home == id);
        if trail.is_empty() && !is_home && current.is_some() {
            trail.push(self.node_step(root, route));
        }
        trail.reverse();
        trail
    }

    fn step(&self, id: SourceId, from: &Route) -> Step {
        let title = self.site.navigation.of_page(id).map_or(&self.site.page(id).title, |node| &self.site.navigation.node(node).title);
        Step { title: title.clone(), href: Some(target::relative(from.file(), self.site.route(id).file())), canonical: None }
    }

    fn node_step(&self, id: NodeId, from: &Route) -> Step {
        let node = self.site.navigation.node(id);
        let canonical = match &node.leads {
            Leads::Page(page) => self.site.canonical(self.site.route(*page)),
            Leads::List(folder) => self.site.canonical(&navigation::list_route(folder, &self.site.config)),
            Leads::File(_) | Leads::Address(_) | Leads::Nowhere => None,
        };
        Step { title: node.title.clone(), href: self.href(id, from), canonical }
    }

    fn href(&self, id: NodeId, from: &Route) -> Option<String> {
        let to = |file: &str| Some(target::relative(from.file(), file));
        match &self.site.navigation.node(id).leads {
            Leads::Page(page) => to(self.site.route(*page).file()),
            Leads::List(folder) => to(navigation::list_route(folder, &self.site.config).file()),
            Leads::File(file) => to(&self.site.file(*file).path),
            Leads::Address(address) => Some(address.clone()),
            Leads::Nowhere => None,
        }
    }

    fn list_entry(&self, id: NodeId, from: &Route) -> ListEntry<'a> {
        let node = self.site.navigation.node(id);
        let first = || self.site.navigation.first_page(id).map(|page| target::relative(from.file(), self.site.route(page).file()));
        let description = match node.leads {
            Leads::Page(page) => self.site.page(page).front_matter.description.as_deref(),
            _ => None,
        };
        let marks = if let Leads::Page(page) = node.leads { checklists::mark(self.site, page) } else { None };
        let count = self.site.navigation.count_below(id);
        ListEntry { title: &node.title, href: self.href(id, from).or_else(first), description, count, marks }
    }

    /// The pages below a folder that has no node of its own, since a navigation file has placed them elsewhere.
    fn pages_in(&self, folder: &str, from: &Route) -> Vec<ListEntry<'a>> {
        let below = format!("{folder}/");
        let ids = (0..self.site.pages.len()).filter_map(|position| u32::try_from(position).ok()).map(SourceId);
        ids.filter(|id| self.site.page(*id).path.starts_with(&below))
            .map(|id| {
                let page = self.site.page(id);
                let href = Some(target::relative(from.file(), self.site.route(id).file()));
                ListEntry {
                    title: &page.title,
                    href,
                    description: page.front_matter.description.as_deref(),
                    count: 0,
                    marks: checklists::mark(self.site, id),
                }
            })
            .collect()
    }
}

/// The way to a page as schema.org's `BreadcrumbList`, for a script element; none for a page that has nothing above it.
fn structured(trail: &[Step], title: &str, canonical: &str) -> Option<String> {
    let above = trail.iter().filter_map(|step| Some((step.title.as_str(), step.canonical.as_deref()?)));
    let items: Vec<serde_json::Value> = above
        .chain([(title, canonical)])
        .enumerate()
        .map(|(index, (name, item))| serde_json::json!({ "@type": "ListItem", "position": index + 1, "name": name, "item": item }))
        .collect();
    let list = serde_json::json!({ "@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items });
    // No title may end the script element.
    (items.len() > 1).then(|| list.to_string().replace('<', "\\u003c"))
}

/// The headings of the page's contents: the two levels below the title.
fn contents(page: &Page) -> Vec<TocEntry<'_>> {
    let headings = page.headings.iter().filter(|heading| matches!(heading.level, 2 | 3) && !heading.text.is_empty());
    headings.map(|heading| TocEntry { level: heading.level, id: &heading.id, title: &heading.text }).collect()
}

/// The writing direction of a language (BCP 47 tag).
fn direction(language: &str) -> &'static str {
    let mut parts = language.split(['-', '_']);
    let primary = parts.next().unwrap_or_default().to_ascii_lowercase();
    let script = parts.find(|part| part.len() == 4).map(str::to_ascii_lowercase);
    let right = match script.as_deref() {
        Some("arab" | "hebr" | "thaa" | "syrc" | "nkoo" | "adlm") => true,
        Some(_) => false,
        None => matches!(primary.as_str(), "ar" | "he" | "fa" | "ur" | "yi" | "dv" | "ps" | "sd" | "ug" | "ckb" | "arc" | "syr"),
    };
    if right { "rtl" } else { "ltr" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_direction_follows_the_script_before_the_language() {
        assert_eq!(["en", "ar", "fa-IR", "az-Arab", "ar-Latn", "zh"].map(direction), ["ltr", "rtl", "rtl", "rtl", "ltr", "ltr"]);
    }
}
