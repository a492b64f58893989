//! Checklists of a site to what readers and programs get of them: boxes and cards on pages, the page of all lists, files.

mod data;
mod export;
mod html;
mod included;
pub(super) mod paper;

pub(super) use export::files;
pub use export::{json, text};
pub(super) use html::{Copies, Filler};

use super::words::Language;
use crate::site::{
    Place, Site, SourceId, View,
    checklist::Checklists,
    language::LanguageId,
    lists::{self, Held},
    page::{Page, Part},
    route::Route,
};
use data::manifest;
use html::{Attribute, Card, CardKind, has_roles};
use included::Run;
use std::fmt::Write as _;

/// The lists that a page shows or asks about: its own, those it embeds, and those it wants done first.
fn shown(site: &Site, view: View) -> Vec<Held> {
    let id = view.page;
    let page = site.page(id);
    let lists = &page.checklists;
    let own = (0..lists.lists.len()).filter(|position| !lists.lists[*position].steps.is_empty());
    let mut shown: Vec<Held> = own.filter_map(|list| u32::try_from(list).ok()).map(|list| Held { page: id, list }).collect();
    add_references(site, view.language, lists, &mut shown);
    add_included(site, view.language, page, &mut shown);
    shown
}

fn add_references(site: &Site, language: LanguageId, lists: &Checklists, shown: &mut Vec<Held>) {
    for reference in &lists.references {
        add(site, site.lists.in_language(site, language, &reference.list), shown);
    }
}

/// The lists that stand in what a page includes.
fn add_included(site: &Site, language: LanguageId, page: &Page, shown: &mut Vec<Held>) {
    for inclusion in &page.inclusions {
        let Part::Made(part) = &inclusion.part else { continue };
        if let Some(Place::Page(own)) = site.at(&part.path)
            && let Some(run) = Run::find(&site.page(own).checklists, part)
        {
            for (position, _) in site.page(own).checklists.lists.iter().enumerate().filter(|(_, list)| run.shows(list)) {
                add(site, u32::try_from(position).ok().map(|list| Held { page: own, list }), shown);
            }
            add_references(site, language, &part.checklists, shown);
        }
        add_included(site, language, part, shown);
    }
}

fn add(site: &Site, held: Option<Held>, shown: &mut Vec<Held>) {
    let Some(held) = held else { return };
    if !shown.iter().any(|other| site.list(*other).id.text == site.list(held).id.text) {
        shown.push(held);
    }
}

/// The data for the script of a page: none where there is nothing to tick and no progress to show.
pub(super) fn page_data(site: &Site, view: View, marks: bool) -> Option<String> {
    let shown = shown(site, view);
    let at = site.route_in(view.language, view.page);
    (marks || !shown.is_empty()).then(|| script(&manifest(site, view.language, at, Some(view.page), &shown)))
}

/// The data for the script of a page that is no guide.
pub(super) fn generated_data(site: &Site, language: LanguageId, route: &Route, marks: bool) -> Option<String> {
    marks.then(|| script(&manifest(site, language, route, None, &[])))
}

/// Whether HTML has entries beside which progress is shown.
pub(super) fn has_marks(html: &str) -> bool {
    memchr::memmem::find(html.as_bytes(), MARK.as_bytes()).is_some()
}

/// The attribute of entries beside which progress is shown.
const MARK: &str = " data-lists=\"";

/// The attributes of an entry that leads to a page with lists, for templates.
pub(super) fn mark(site: &Site, page: SourceId) -> Option<String> {
    let lists = &site.page(page).checklists;
    let mut ids = Vec::new();
    let mut hashes = Vec::new();
    for (position, list) in lists.lists.iter().enumerate().filter(|(_, list)| !list.steps.is_empty()) {
        ids.push(Attribute(&list.id.text).to_string());
        hashes.push(data::hash(&lists::structure(site.page(page), u32::try_from(position).unwrap_or_default())));
    }
    (!ids.is_empty()).then(|| format!("{MARK}{}\" data-hashes=\"{}\"", ids.join(" "), hashes.join(" ")))
}

/// What stands in the page of all lists, and the data for its script.
pub(super) fn hub(site: &Site, words: &Language, language: LanguageId, route: &Route) -> (String, String) {
    let lists = site.lists.in_order(language);
    let for_roles = |held: &Held| !site.list(*held).roles.is_empty() || has_roles(&site.page(held.page).checklists, held.list);
    let mut out = String::from(if lists.iter().any(for_roles) {
        "<div class=\"milepost-hub\" data-hub data-roles>\n"
    } else {
        "<div class=\"milepost-hub\" data-hub>\n"
    });
    let steps: usize = lists.iter().map(|held| site.page(held.page).checklists.required(site.list(*held)).count()).sum();
    let counts = [("checklists", words.counted("checklists_counted", lists.len())), ("steps", words.counted("steps", steps))];
    let _ = writeln!(
        out,
        "<p class=\"milepost-progress milepost-total\"><label for=\"check::total\">{}</label> <progress id=\"check::total\" max=\"1\" value=\"0\"></progress> <span data-count>{}</span> <span data-time></span></p>\n<p class=\"milepost-tools\" data-tools></p>\n</div>",
        Attribute(words.word("progress")),
        Attribute(&words.filled("checklists_with_steps", counts)),
    );
    for held in lists {
        Card { site, held: *held, language, words, at: route, kind: CardKind::Hub, copy: 1, level: 2, first: true }.write(&mut out, &[]);
    }
    (out, script(&manifest(site, language, route, None, lists)))
}

/// Data as the content of a `<script type="application/json">`: `<` could end the element or open a comment.
fn script(data: &data::Manifest<'_>) -> String {
    serde_json::to_string(data).unwrap_or_default().replace('<', "\\u003c")
}
