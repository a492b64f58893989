//! Pages that no guide stands for, from the site to their files.

use super::{context::Contexts, output::Output, redirects, sidebar::Sidebars, theme::Theme};
use crate::{
    config::RedirectFormat,
    error::Error,
    site::{Place, Site, language::LanguageId, redirects::Redirect, route::Route},
};
use rayon::prelude::*;
use std::fs;

/// Pages that no guide stands for: lists of folders, redirects from former addresses, and in each language the checklists and 404.
pub(super) struct Generated {
    lists: Vec<(LanguageId, String, Route)>,
    redirects: Vec<Redirect>,
    hubs: Vec<(LanguageId, Route)>,
    not_found: Vec<(LanguageId, Route)>,
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

    pub(super) fn routes(&self) -> impl Iterator<Item = &Route> {
        let lists = self.lists.iter().map(|(_, _, route)| route);
        let redirects = self.redirects.iter().map(|redirect| &redirect.from);
        lists.chain(redirects).chain(self.hubs.iter().chain(&self.not_found).map(|(_, route)| route))
    }

    /// Those that search engines may list.
    pub(super) fn indexed(&self) -> impl Iterator<Item = &Route> {
        self.lists.iter().map(|(_, _, route)| route).chain(self.hubs.iter().map(|(_, route)| route))
    }

    pub(super) fn write(&self, site: &Site, theme: &Theme, contexts: &Contexts<'_>, output: &Output) -> Result<(), Error> {
        self.lists.par_iter().try_for_each(|(language, folder, route)| {
            let navigation = site.navigation(*language);
            let node = navigation.of_list(folder).unwrap_or_else(|| navigation.root());
            let sidebar = Sidebars::new(site, theme, *language, node).of(route, None)?;
            let html = theme.render("list.html", &contexts.list(*language, folder, route, &sidebar), folder)?;
            output.write(route.file(), html.as_bytes())
        })?;
        self.redirects.par_iter().try_for_each(|redirect| {
            let path = redirect.from.file();
            let html = theme.render("alias.html", &contexts.redirect(redirect), path)?;
            output.write(path, html.as_bytes())
        })?;
        for (file, format) in redirect_files(site) {
            let own = site.files.iter().find(|own| &*own.path == file);
            let own = own.map(|own| fs::read(&own.disk).map_err(|source| Error::io("read", &own.disk, source))).transpose()?;
            let mut bytes = own.unwrap_or_default();
            if !bytes.is_empty() && !bytes.ends_with(b"\n") {
                bytes.push(b'\n');
            }
            bytes.extend_from_slice(redirects::text(site, format).as_bytes());
            output.write(file, &bytes)?;
        }
        for (language, route) in &self.hubs {
            let sidebar = Sidebars::new(site, theme, *language, site.navigation(*language).root()).of(route, None)?;
            let html = theme.render("checklists.html", &contexts.hub(*language, route, &sidebar), route.file())?;
            output.write(route.file(), html.as_bytes())?;
        }
        for (language, route) in &self.not_found {
            let html = theme.render("404.html", &contexts.not_found(*language, route), route.file())?;
            output.write(route.file(), html.as_bytes())?;
        }
        Ok(())
    }
}
