//! What templates see: site, page, breadcrumbs, neighbours; the manual lists every name.

use super::{
    Sources,
    body::Bodies,
    card::Cards,
    checklists,
    look::Look,
    print::{Sheet, Sheets},
    publish::Publish,
    search,
    theme::Theme,
    words,
};
use crate::{
    config::Direction,
    error::Error,
    site::{
        Site, SourceId, View,
        language::{Language, LanguageId},
        navigation::{self, Leads, Navigation, NodeId},
        page::Page,
        redirects::{Redirect, Target},
        route::Route,
        target,
    },
};
use serde::Serialize;
use std::collections::BTreeMap;
use tera::{Context, Value};

/// The program's name and version, for the `generator` meta tag.
const GENERATOR: &str = concat!("Milepost ", env!("CARGO_PKG_VERSION"));

/// What is the same on every page.
pub(super) struct Shell<'a> {
    /// By language.
    sites: Vec<Value>,
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

#[expect(clippy::struct_excessive_bools, reason = "each is a name that templates ask for")]
#[derive(Serialize)]
struct PageContext<'a> {
    title: &'a str,
    description: Option<&'a str>,
    path: Option<&'a str>,
    address: &'a str,
    canonical: Option<String>,
    content: &'a str,
    shows_title: bool,
    toc: Vec<TocEntry<'a>>,
    show_toc: bool,
    has_tabs: bool,
    updated: Option<String>,
    contributors: Vec<&'a str>,
    edit_url: Option<String>,
    markdown: Option<String>,
    weight: Option<i64>,
    draft: bool,
    language: &'a str,
    direction: &'static str,
    /// The language of the page's own words, where it stands in for a translation.
    content_language: Option<&'a str>,
    content_direction: Option<&'static str>,
    content_language_name: Option<&'a str>,
    extra: &'a BTreeMap<String, serde_json::Value>,
}

/// One language in the switcher, and what leads to the same page in it.
#[derive(Serialize)]
struct LanguageLink<'a> {
    tag: &'a str,
    name: &'a str,
    direction: &'static str,
    href: String,
    current: bool,
}

/// One translation of a page, for search engines.
#[derive(Serialize)]
struct Alternate<'a> {
    language: &'a str,
    href: String,
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
    /// The language of the title, where it is not the page's.
    language: Option<String>,
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
    language: Option<String>,
    description: Option<&'a str>,
    count: usize,
    counted: String,
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
        let own = site.languages.get(LanguageId::DEFAULT);
        let sites = site.languages.iter().map(|(id, language)| {
            Ok(Value::from_serializable(&SiteContext {
                title: site.title(id),
                description: language.description.as_deref().or(own.description.as_deref()),
                language: &language.tag,
                direction: language.direction.word(),
                base_url: site.config.base_url.as_deref(),
                repository_url: site.config.repository_url.as_deref(),
                extra: &site.config.extra,
                theme: Look::new(site, id)?,
            }))
        });
        Ok(Self { sites: sites.collect::<Result<_, Error>>()?, theme, tongues })
    }

    /// Adds what every template sees on a page: the site in a language, and the words of the page's own.
    fn dress(&self, context: &mut Context, language: LanguageId, page: &str) {
        context.insert_value("site", self.sites[language.0 as usize].clone());
        let tongue = &self.tongues[self.theme.words().nearest(page)];
        context.insert_value("assets", tongue.assets.clone());
        context.insert_value("words", tongue.words.clone());
        context.insert("generator", GENERATOR);
    }

    /// What a language calls itself in the theme's words, else its tag.
    fn name<'b>(&'b self, tag: &'b str) -> &'b str
    where
        'a: 'b,
    {
        self.theme.words().of(tag).name.as_deref().filter(|_| self.theme.words().has(tag)).unwrap_or(tag)
    }
}

/// The names of the built-in assets without their extension: `assets.style` reads better than `assets["style.css"]`.
fn short_names(theme: &Theme) -> impl Iterator<Item = (String, &str)> {
    let known = [
        ("style.css", "style"),
        ("script.js", "script"),
        ("theme.js", "theme"),
        ("checklist.js", "checklist"),
        ("tabs.js", "tabs"),
        ("search.js", "search"),
        ("enlarge.js", "enlarge"),
    ];
    theme.assets().filter_map(move |asset| {
        let (_, short) = known.iter().find(|(name, _)| *name == asset.name)?;
        Some(((*short).to_owned(), asset.path.as_str()))
    })
}

/// Makes the context of each page.
pub(super) struct Contexts<'a> {
    pub(super) site: &'a Site,
    pub(super) shell: &'a Shell<'a>,
    pub(super) sources: &'a Sources<'a>,
    pub(super) publish: &'a Publish,
    pub(super) sheets: &'a Sheets,
    pub(super) cards: &'a Cards,
    pub(super) searched: &'a search::Folders,
}

/// The image that other sites show beside a link.
#[derive(Serialize)]
struct CardImage<'a> {
    address: String,
    alt: &'a str,
}

impl<'a> Contexts<'a> {
    /// The context of a guide for the readers of a language.
    pub(super) fn page(&self, view: View, bodies: &Bodies<'_>, sidebar: &str, data: Option<&str>) -> Context {
        let at = self.at(view.language);
        let page = self.site.page(view.page);
        let route = self.site.route_in(view.language, view.page);
        let toc = contents(page);
        let own = page.front_matter.language.as_deref();
        let stands_in = page.language != view.language;
        let written_in = self.site.languages.get(page.language);
        let language = if stands_in { None } else { own }.unwrap_or(&at.language.tag);
        let content = bodies.fill(view);
        let described = PageContext {
            title: &page.title,
            description: page.front_matter.description.as_deref(),
            path: Some(&page.path),
            address: route.address(),
            // What stands in is a copy: search engines are led to the original.
            canonical: self.site.canonical(self.site.route(view.page)),
            content: &content,
            has_tabs: page.has_tabs,
            shows_title: !page.has_heading,
            show_toc: page.front_matter.toc.unwrap_or(toc.len() > 1),
            toc,
            updated: self.sources.history.updated(page).map(|updated| updated.day().to_string()),
            contributors: self.sources.history.contributors(page),
            edit_url: self.site.config.edit_url.as_ref().map(|address| address.replace("{path}", &target::encode(&page.path))),
            markdown: self.publish.editions.of(view.page).map(|path| target::relative(route.file(), path)),
            weight: page.front_matter.weight,
            draft: page.front_matter.draft,
            language,
            direction: at.direction(language),
            content_language: stands_in.then(|| own.unwrap_or(&written_in.tag)),
            content_direction: stands_in.then(|| own.map_or(written_in.direction, Direction::of).word()),
            content_language_name: stands_in.then(|| match own {
                Some(tag) => self.shell.name(tag),
                None => self.name(written_in),
            }),
            extra: &page.front_matter.extra,
        };
        let trail = at.trail(at.navigation.of_page(view.page).and_then(|node| at.navigation.node(node).parent), Some(view.page), route);
        let mut out = self.frame(&at, route, &described, sidebar, &trail);
        out.insert("card", &self.card(view.language, Some(view.page)));
        let (before, after) = at.navigation.neighbours(view.page);
        out.insert("previous", &before.map(|id| at.step(id, route)));
        out.insert("next", &after.map(|id| at.step(id, route)));
        out.insert("checklists", &data);
        self.put_languages(&mut out, view.language, route, &|language| {
            let page = self.site.in_language(view.page, language);
            self.site.is_shown_in(language, page).then(|| self.site.route_in(language, page).clone())
        });
        out.insert("alternates", &self.alternates(view.page, route));
        out.insert("enlarges", &bodies.has_large_image(view.page));
        out.insert("print", &self.print(view.language, at.navigation.of_page(view.page), route));
        out
    }

    /// The context of a sheet: several guides on one page, to print.
    pub(super) fn sheet(&self, sheet: &Sheet, bodies: &Bodies<'_>) -> Context {
        let at = self.at(sheet.language);
        let node = at.navigation.node(sheet.node);
        let section = match &node.leads {
            Leads::Page(page) => Some(self.site.route_in(sheet.language, *page).clone()),
            Leads::List(folder) => Some(self.site.list_route(sheet.language, folder)),
            _ => None,
        };
        let title = if sheet.node == at.navigation.root() { self.site.title(sheet.language) } else { &node.title };
        let extra = BTreeMap::new();
        let described = PageContext {
            canonical: section.and_then(|route| self.site.canonical(&route)),
            ..self.generated(&at, title, &sheet.route, &extra)
        };
        let mut out = self.frame(&at, &sheet.route, &described, "", &at.trail(Some(sheet.node), None, &sheet.route));
        let guides: Vec<Guide<'_>> = sheet.pages.iter().map(|(id, depth)| self.guide(sheet, *id, *depth, bodies)).collect();
        out.insert("guides", &guides);
        out
    }

    fn guide(&self, sheet: &Sheet, id: SourceId, depth: usize, bodies: &Bodies<'_>) -> Guide<'a> {
        let page = self.site.page(id);
        let language = self.site.language_of(id);
        Guide {
            id: sheet.anchor(id),
            title: &page.title,
            shows_title: !page.has_heading,
            content: bodies.fill_on(sheet, id),
            depth,
            language,
            direction: self.at(page.language).direction(language),
        }
    }

    /// The sheets that a page at or below a node is on.
    fn print(&self, language: LanguageId, node: Option<NodeId>, from: &Route) -> Option<PrintLinks> {
        let to = |sheet: &Sheet| target::relative(from.file(), sheet.route.file());
        let section = self.sheets.of(self.site, language, node).map(to);
        let site = self.sheets.of_site(language).map(to);
        (section.is_some() || site.is_some()).then_some(PrintLinks { section, site })
    }

    /// The context of the page that lists all checklists.
    pub(super) fn hub(&self, language: LanguageId, route: &Route, sidebar: &str) -> Context {
        let at = self.at(language);
        let extra = BTreeMap::new();
        let (content, data) = checklists::hub(self.site, at.words, language, route);
        let described = PageContext { content: &content, ..self.generated(&at, at.words.word("checklists"), route, &extra) };
        let root = at.navigation.root();
        let trail = [at.step_to(root, route)];
        let mut out = self.frame(&at, route, &described, sidebar, &trail);
        out.insert("checklists", &data);
        self.put_languages(&mut out, language, route, &|language| self.site.hub(language).cloned());
        out
    }

    /// The context of a folder's generated list.
    pub(super) fn list(&self, language: LanguageId, folder: &str, route: &Route, sidebar: &str) -> Context {
        let at = self.at(language);
        let node = at.navigation.of_list(folder);
        let title = match node {
            _ if folder.is_empty() => self.site.title(language).to_owned(),
            Some(node) => at.navigation.node(node).title.clone(),
            None => navigation::folder_title(folder),
        };
        let extra = BTreeMap::new();
        let context = self.generated(&at, &title, route, &extra);
        let trail = at.trail(node.and_then(|node| at.navigation.node(node).parent), None, route);
        let mut out = self.frame(&at, route, &context, sidebar, &trail);
        let entries: Vec<ListEntry<'_>> = match node {
            Some(node) => at.navigation.node(node).children.iter().map(|child| at.list_entry(*child, route)).collect(),
            None => at.pages_in(folder, route),
        };
        let marks = checklists::has_marks(sidebar) || entries.iter().any(|entry| entry.marks.is_some());
        out.insert("entries", &entries);
        out.insert("checklists", &checklists::generated_data(self.site, language, route, marks));
        self.put_languages(&mut out, language, route, &|language| {
            self.site.navigation(language).has_list(folder).then(|| self.site.list_route(language, folder))
        });
        out.insert("print", &self.print(language, node, route));
        out
    }

    /// The context of a redirect from a former address.
    pub(super) fn redirect(&self, redirect: &Redirect) -> Context {
        let Redirect { from, to, suffix } = redirect;
        let (language, title) = match to {
            Target::Page(id) => (self.site.page(*id).language, self.site.page(*id).title.clone()),
            Target::List(language, folder) => (*language, navigation::folder_title(folder)),
            Target::File(id) => (LanguageId::DEFAULT, self.site.file(*id).path.to_string()),
            Target::Address(address) => (LanguageId::DEFAULT, address.clone()),
        };
        let at = self.at(language);
        let mut context = Context::new();
        self.shell.dress(&mut context, language, &at.language.tag);
        context.insert("root", &from.to_root());
        let file = self.site.redirect_file(to);
        let target = file.as_ref().map_or_else(|| title.clone(), |file| target::relative(from.file(), file.file()) + suffix);
        context.insert("target", &target);
        let extra = BTreeMap::new();
        let canonical = file.and_then(|file| self.site.canonical(&file));
        context.insert("page", &PageContext { canonical, ..self.generated(&at, &title, from, &extra) });
        context
    }

    /// The context of the page for addresses where nothing is: it is shown at any depth, so its links start at the host.
    pub(super) fn not_found(&self, language: LanguageId, route: &Route) -> Context {
        let at = self.at(language);
        let extra = BTreeMap::new();
        let context = PageContext { canonical: None, ..self.generated(&at, at.words.word("not_found"), route, &extra) };
        let mut out = self.frame(&at, route, &context, "", &[]);
        let base = self.site.config.base_url.as_deref().and_then(|url| url::Url::parse(url).ok());
        let mut root = base.map_or_else(|| "/".to_owned(), |url| url.path().to_owned());
        if !root.ends_with('/') {
            root.push('/');
        }
        let address = |to: &Route| format!("{root}{}", target::encode(to.address()));
        out.insert("root", &root);
        out.insert("home", &address(&at.home()));
        out.insert("checklists_href", &self.site.hub(language).map(address));
        let links = self.language_links(language, &|language| address(&self.at(language).home()));
        out.insert("languages", &links);
        out
    }

    /// What a language is called: as it is configured, else as it calls itself in the theme's words.
    fn name(&self, language: &'a Language) -> &'a str {
        language.name.as_deref().unwrap_or_else(|| self.shell.name(&language.tag))
    }

    fn at(&self, language: LanguageId) -> At<'a> {
        At {
            words: self.shell.theme.words().of(&self.site.languages.get(language).tag),
            site: self.site,
            id: language,
            language: self.site.languages.get(language),
            navigation: self.site.navigation(language),
        }
    }

    fn generated<'b>(
        &self,
        at: &At<'b>,
        title: &'b str,
        route: &'b Route,
        extra: &'b BTreeMap<String, serde_json::Value>,
    ) -> PageContext<'b>
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
            has_tabs: false,
            shows_title: true,
            toc: Vec::new(),
            show_toc: false,
            updated: None,
            contributors: Vec::new(),
            edit_url: None,
            markdown: None,
            weight: None,
            draft: false,
            language: &at.language.tag,
            direction: at.language.direction.word(),
            content_language: None,
            content_direction: None,
            content_language_name: None,
            extra,
        }
    }

    fn frame(&self, at: &At<'_>, route: &Route, page: &PageContext<'_>, sidebar: &str, trail: &[Step]) -> Context {
        let mut context = Context::new();
        self.shell.dress(&mut context, at.id, page.language);
        context.insert("page", page);
        context.insert("root", &route.to_root());
        let home = at.home();
        context.insert("home", &target::relative(route.file(), home.file()));
        context.insert("is_home", &(home == *route));
        context.insert("sidebar", sidebar);
        context.insert("section_title", &trail.last().filter(|_| trail.len() > 1).map(|step| &step.title));
        context.insert("breadcrumbs", trail);
        context.insert("structured", &page.canonical.as_ref().and_then(|canonical| structured(trail, page.title, canonical)));
        context.insert("feed", &self.publish.feed);
        context.insert("card", &self.card(at.id, None));
        context.insert("previous", &None::<Step>);
        context.insert("next", &None::<Step>);
        context.insert("checklists", &None::<&str>);
        context.insert("print", &None::<PrintLinks>);
        context.insert("enlarges", &false);
        context.insert("checklists_href", &self.site.hub(at.id).map(|hub| target::relative(route.file(), hub.file())));
        context.insert("languages", &[(); 0]);
        context.insert("alternates", &[(); 0]);
        context.insert("search", &self.searched.of(page.language));
        context
    }

    fn card(&self, language: LanguageId, page: Option<SourceId>) -> Option<CardImage<'a>> {
        let (path, alt) = self.cards.of(language, page)?;
        Some(CardImage { address: self.site.canonical(&Route::new(path))?, alt })
    }

    /// The switcher: the same page in each language, where there is one, else that language's home page.
    fn put_languages(&self, out: &mut Context, current: LanguageId, from: &Route, same: &dyn Fn(LanguageId) -> Option<Route>) {
        let href = |language| {
            let to = same(language).unwrap_or_else(|| self.at(language).home());
            target::relative(from.file(), to.file())
        };
        out.insert("languages", &self.language_links(current, &href));
    }

    fn language_links(&self, current: LanguageId, href: &dyn Fn(LanguageId) -> String) -> Vec<LanguageLink<'a>> {
        if self.site.languages.is_one() {
            return Vec::new();
        }
        let link = |(id, language): (LanguageId, &'a Language)| LanguageLink {
            tag: &language.tag,
            name: self.name(language),
            direction: language.direction.word(),
            href: href(id),
            current: id == current,
        };
        self.site.languages.iter().map(link).collect()
    }

    /// The translations of a page, itself among them, and the one for readers of any other language; none without translations.
    fn alternates(&self, id: SourceId, from: &Route) -> Vec<Alternate<'a>> {
        let to = |id: SourceId| {
            let route = self.site.route(id);
            self.site.canonical(route).unwrap_or_else(|| target::relative(from.file(), route.file()))
        };
        let all = self.site.languages.iter();
        let mut found: Vec<Alternate<'a>> = all
            .filter_map(|(language, known)| Some(Alternate { language: &known.tag, href: to(self.site.translation(id, language)?) }))
            .collect();
        if found.len() < 2 {
            return Vec::new();
        }
        found.extend(self.site.translation(id, LanguageId::DEFAULT).map(|id| Alternate { language: "x-default", href: to(id) }));
        found
    }
}

/// The site as the readers of one language see it.
struct At<'a> {
    site: &'a Site,
    id: LanguageId,
    language: &'a Language,
    words: &'a words::Language,
    navigation: &'a Navigation,
}

impl<'a> At<'a> {
    fn direction(&self, language: &str) -> &'static str {
        if language == self.language.tag { self.language.direction.word() } else { Direction::of(language).word() }
    }

    fn home(&self) -> Route {
        match self.site.home(self.id) {
            Some(id) => self.site.route_in(self.id, id).clone(),
            None => self.site.list_route(self.id, ""),
        }
    }

    /// The nodes above, from the home page down. A page that is kept out of the navigation shows the home page only.
    fn trail(&self, mut above: Option<NodeId>, current: Option<SourceId>, route: &Route) -> Vec<Step> {
        let mut trail = Vec::new();
        while let Some(id) = above {
            trail.push(self.step_to(id, route));
            above = self.navigation.node(id).parent;
        }
        let root = self.navigation.root();
        let is_home = matches!((&self.navigation.node(root).leads, current), (Leads::Page(home), Some(id)) if *home == id);
        if trail.is_empty() && !is_home && current.is_some() {
            trail.push(self.step_to(root, route));
        }
        trail.reverse();
        trail
    }

    fn step_to(&self, id: NodeId, from: &Route) -> Step {
        let node = self.navigation.node(id);
        let canonical = match &node.leads {
            Leads::Page(page) => self.site.canonical(self.site.route_in(self.id, *page)),
            Leads::List(folder) => self.site.canonical(&self.site.list_route(self.id, folder)),
            Leads::File(_) | Leads::Address(_) | Leads::Nowhere => None,
        };
        Step { title: node.title.clone(), href: self.href(id, from), language: self.foreign(&node.leads), canonical }
    }

    fn step(&self, id: SourceId, from: &Route) -> Step {
        let title = self.navigation.of_page(id).map_or(&self.site.page(id).title, |node| &self.navigation.node(node).title);
        let href = target::relative(from.file(), self.site.route_in(self.id, id).file());
        Step { title: title.clone(), href: Some(href), language: self.foreign(&Leads::Page(id)), canonical: None }
    }

    /// The language of the title of what stands in for a translation.
    fn foreign(&self, leads: &Leads) -> Option<String> {
        foreign(self.site, self.id, leads).map(str::to_owned)
    }

    fn href(&self, id: NodeId, from: &Route) -> Option<String> {
        let to = |file: &str| Some(target::relative(from.file(), file));
        match &self.navigation.node(id).leads {
            Leads::Page(page) => to(self.site.route_in(self.id, *page).file()),
            Leads::List(folder) => to(self.site.list_route(self.id, folder).file()),
            Leads::File(file) => to(&self.site.file(*file).path),
            Leads::Address(address) => Some(address.clone()),
            Leads::Nowhere => None,
        }
    }

    fn list_entry(&self, id: NodeId, from: &Route) -> ListEntry<'a> {
        let node = self.navigation.node(id);
        let first = || self.navigation.first_page(id).map(|page| target::relative(from.file(), self.site.route_in(self.id, page).file()));
        let description = match node.leads {
            Leads::Page(page) => self.site.page(page).front_matter.description.as_deref(),
            _ => None,
        };
        let marks = if let Leads::Page(page) = node.leads { checklists::mark(self.site, page) } else { None };
        let count = self.navigation.count_below(id);
        let language = self.foreign(&node.leads);
        let counted = self.words.counted("pages", count);
        ListEntry { title: &node.title, href: self.href(id, from).or_else(first), language, description, count, counted, marks }
    }

    /// The pages below a folder that has no node of its own, since a navigation file has placed them elsewhere.
    fn pages_in(&self, folder: &str, from: &Route) -> Vec<ListEntry<'a>> {
        let below = format!("{folder}/");
        let mut ids: Vec<SourceId> = self.site.views(self.id).map(|view| view.page).collect();
        ids.sort_unstable();
        ids.retain(|id| self.site.page(*id).common_path().starts_with(&below));
        ids.into_iter()
            .map(|id| {
                let page = self.site.page(id);
                ListEntry {
                    title: &page.title,
                    href: Some(target::relative(from.file(), self.site.route_in(self.id, id).file())),
                    language: self.foreign(&Leads::Page(id)),
                    description: page.front_matter.description.as_deref(),
                    count: 0,
                    counted: String::new(),
                    marks: checklists::mark(self.site, id),
                }
            })
            .collect()
    }
}

/// The language of what leads to a page in another language than that of the page around it.
pub(super) fn foreign<'a>(site: &'a Site, language: LanguageId, leads: &Leads) -> Option<&'a str> {
    let Leads::Page(id) = leads else { return None };
    let written_in = site.page(*id).language;
    (written_in != language).then(|| site.languages.get(written_in).tag.as_str())
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
