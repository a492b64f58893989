//! What templates see: site, page, breadcrumbs, neighbours; the manual lists every name.

mod at;
mod shell;

pub(super) use at::foreign;
pub(super) use shell::Shell;

use super::{
    Sources,
    body::Bodies,
    card::Cards,
    checklists,
    print::{Sheet, Sheets},
    publish::Publish,
    search,
};
use crate::{
    config::Direction,
    site::{
        Site, SourceId, View,
        language::{Language, LanguageId},
        navigation::{self, Leads, NodeId},
        page::{Body, Page},
        redirects::{Redirect, Target},
        route::Route,
        target,
    },
};
use at::{At, ListEntry, Step};
use serde::Serialize;
use std::collections::BTreeMap;
use tera::Context;

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
    pub(super) fn page(&self, view: View, bodies: &Bodies<'_>, body: &Body, sidebar: &str, data: Option<&str>) -> Context {
        let at = self.at(view.language);
        let page = self.site.page(view.page);
        let route = self.site.route_in(view.language, view.page);
        let toc = contents(page);
        let own = page.front_matter.language.as_deref();
        let stands_in = page.language != view.language;
        let written_in = self.site.languages.get(page.language);
        let language = if stands_in { None } else { own }.unwrap_or(&at.language.tag);
        let content = bodies.fill(view, body);
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
                Some(tag) => self.shell.theme.words().own_name(tag),
                None => self.shell.theme.words().name(written_in),
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
            Target::Page(view) => (view.language, self.site.page(view.page).title.clone()),
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
        let root = self.site.config.base_path();
        let address = |to: &Route| format!("{root}{}", target::encode(to.address()));
        out.insert("root", &root);
        out.insert("home", &address(&at.home()));
        out.insert("checklists_href", &self.site.hub(language).map(address));
        let links = self.language_links(language, &|language| address(&self.at(language).home()));
        out.insert("languages", &links);
        out
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
        context.insert("feed", &self.publish.feed(at.id));
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
            name: self.shell.theme.words().name(language),
            direction: language.direction.word(),
            href: href(id),
            current: id == current,
        };
        self.site.languages.iter().map(link).collect()
    }

    /// The translations of a page for its head: in full where the site's address is known.
    fn alternates(&self, id: SourceId, from: &Route) -> Vec<Alternate<'a>> {
        let to = |id: SourceId| {
            let route = self.site.route(id);
            self.site.canonical(route).unwrap_or_else(|| target::relative(from.file(), route.file()))
        };
        self.site.alternates(id).into_iter().map(|(language, id)| Alternate { language, href: to(id) }).collect()
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
