//! Pages that no guide stands for, from the site to their files.

use super::{context::Contexts, redirects, sidebar::Sidebars, theme::Theme};
use crate::{
    config::RedirectFormat,
    error::Error,
    site::{Place, Site, language::LanguageId, redirects::Redirect, route::Route},
};
use std::fs;

/// Pages that no guide stands for: lists of folders, redirects from former addresses, and in each language the checklists and 404.
pub(super) struct Generated {
    lists: Vec<(LanguageId, String, Route)>,
    redirects: Vec<Redirect>,
    hubs: Vec<(LanguageId, Route)>,
    not_found: Vec<(LanguageId, Route)>,
}

/// What stands in a generated file; the number is an index into those of its kind.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    List(usize),
    Redirect(usize),
    Host(RedirectFormat),
    Hub(usize),
    NotFound(usize),
}

/// Whether each redirect has a page.
fn with_pages(site: &Site) -> bool {
    site.config.redirects.formats.contains(&RedirectFormat::Html)
}

/// The files that hold all redirects for a host. What the author has under such a name comes first in it.
pub(super) fn redirect_files(site: &Site) -> Vec<(&'static str, RedirectFormat)> {
    let formats = site.config.redirects.formats.iter().filter(|_| !site.all_redirects().is_empty());
    formats.filter_map(|format| Some((format.file()?, *format))).collect()
}

impl Generated {
    pub(super) fn plan(site: &Site) -> Self {
        let redirects = if with_pages(site) { site.all_redirects() } else { Vec::new() };
        let mut planned = Self { lists: Vec::new(), redirects, hubs: Vec::new(), not_found: Vec::new() };
        for (id, language) in site.languages.iter() {
            let lists = site.navigation(id).lists();
            planned.lists.extend(lists.map(|folder| (id, folder.to_owned(), site.list_route(id, folder))));
            planned.hubs.extend(site.hub(id).map(|hub| (id, hub.clone())));
            let not_found = Route::new(&format!("{}404.html", language.prefix));
            let given = matches!(site.at(not_found.file()), Some(Place::File(_)));
            if !given && planned.redirects.iter().all(|redirect| redirect.from != not_found) {
                planned.not_found.push((id, not_found));
            }
        }
        planned
    }

    /// Those that search engines may list.
    pub(super) fn indexed(&self) -> impl Iterator<Item = &Route> {
        self.lists.iter().map(|(_, _, route)| route).chain(self.hubs.iter().map(|(_, route)| route))
    }

    /// Every file, with what stands there.
    pub(super) fn files<'a>(&'a self, site: &'a Site) -> impl Iterator<Item = (&'a str, Kind)> {
        let lists = self.lists.iter().enumerate().map(|(number, (_, _, route))| (route.file(), Kind::List(number)));
        let redirects = self.redirects.iter().enumerate().map(|(number, redirect)| (redirect.from.file(), Kind::Redirect(number)));
        let hosts = redirect_files(site).into_iter().map(|(file, format)| (file, Kind::Host(format)));
        let hubs = self.hubs.iter().enumerate().map(|(number, (_, route))| (route.file(), Kind::Hub(number)));
        let not_found = self.not_found.iter().enumerate().map(|(number, (_, route))| (route.file(), Kind::NotFound(number)));
        lists.chain(redirects).chain(hosts).chain(hubs).chain(not_found)
    }

    /// One of the files.
    ///
    /// # Errors
    /// A template that is wrong, or a file of the author's that cannot be read.
    pub(super) fn make(&self, kind: Kind, site: &Site, theme: &Theme, contexts: &Contexts<'_>) -> Result<Vec<u8>, Error> {
        let html = match kind {
            Kind::List(number) => {
                let (language, folder, route) = &self.lists[number];
                let navigation = site.navigation(*language);
                let node = navigation.of_list(folder).unwrap_or_else(|| navigation.root());
                let sidebar = Sidebars::new(site, theme, *language, node).of(route, None)?;
                theme.render("list.html", &contexts.list(*language, folder, route, &sidebar), folder)?
            }
            Kind::Redirect(number) => {
                let redirect = &self.redirects[number];
                theme.render("alias.html", &contexts.redirect(redirect), redirect.from.file())?
            }
            Kind::Host(format) => return host_file(site, format),
            Kind::Hub(number) => {
                let (language, route) = &self.hubs[number];
                let sidebar = Sidebars::new(site, theme, *language, site.navigation(*language).root()).of(route, None)?;
                theme.render("checklists.html", &contexts.hub(*language, route, &sidebar), route.file())?
            }
            Kind::NotFound(number) => {
                let (language, route) = &self.not_found[number];
                theme.render("404.html", &contexts.not_found(*language, route), route.file())?
            }
        };
        Ok(html.into_bytes())
    }
}

/// All redirects for a host, below what the author has under that name.
fn host_file(site: &Site, format: RedirectFormat) -> Result<Vec<u8>, Error> {
    let own = site.files.iter().find(|own| format.file() == Some(&*own.path));
    let own = own.map(|own| fs::read(&own.disk).map_err(|source| Error::io("read", &own.disk, source))).transpose()?;
    let mut bytes = own.unwrap_or_default();
    if !bytes.is_empty() && !bytes.ends_with(b"\n") {
        bytes.push(b'\n');
    }
    bytes.extend_from_slice(redirects::text(site, format).as_bytes());
    Ok(bytes)
}
