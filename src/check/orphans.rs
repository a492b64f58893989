//! Pages that no entry page leads to, by links or by navigation files.

use crate::{
    diagnostic::{Diagnostic, Rule, Span},
    site::{Destination, Followed, Place, Site, SourceId, language::LanguageId},
};

/// The pages that no way leads to. Without an entry page every page is reached by the generated lists, and none is told.
pub(super) fn find(site: &Site, followed: &Followed) -> Vec<Diagnostic> {
    if site.config.severities().never(Rule::OrphanPage) {
        return Vec::new();
    }
    let mut reached = vec![false; site.pages.len()];
    let mut waiting = entries(site);
    if waiting.is_empty() {
        return Vec::new();
    }
    // The footer of every page leads there.
    let footer = site.config.theme.footer_links.iter().map(|link| link.to.split('#').next().unwrap_or_default());
    waiting.extend(footer.filter_map(|path| page_of(site.at(path.trim_start_matches('/')))));
    let listed = (0..site.pages.len()).filter_map(|position| u32::try_from(position).ok()).map(SourceId);
    let is_listed = |id: &SourceId| site.languages.iter().any(|(language, _)| site.navigation(language).lists_page(*id));
    waiting.extend(listed.filter(is_listed));
    while let Some(id) = waiting.pop() {
        let position = id.0 as usize;
        if std::mem::replace(&mut reached[position], true) {
            continue;
        }
        for destination in followed[position].iter().flatten() {
            if let Destination::Page(target, _) = destination {
                waiting.push(*target);
            }
        }
        // The switcher leads from a page to its translations.
        if !site.languages.is_one() {
            waiting.extend(site.languages.iter().filter_map(|(language, _)| site.translation(id, language)));
        }
    }
    let lost = site
        .pages
        .iter()
        .zip(reached)
        .filter(|(page, reached)| !reached && page.front_matter.sidebar != Some(false) && !site.is_summary(page));
    lost.map(|(page, _)| {
        Diagnostic::new(&page.path, Span::default(), Rule::OrphanPage, "no entry page leads here by links or navigation")
            .target(&*page.path)
            .help("link to it from a page that readers reach, or set `check.entry`")
    })
    .collect()
}

/// The configured entry pages, else the home page.
fn entries(site: &Site) -> Vec<SourceId> {
    if site.config.check.entry.is_empty() {
        // Without a home page the list at its address leads to everything.
        let is_led = site.home(LanguageId::DEFAULT).is_some();
        return site.languages.iter().filter(|_| is_led).filter_map(|(language, _)| site.home(language)).collect();
    }
    site.config.check.entry.iter().filter_map(|path| page_of(site.at(path.trim_start_matches("./")))).collect()
}

fn page_of(place: Option<Place>) -> Option<SourceId> {
    if let Some(Place::Page(id)) = place { Some(id) } else { None }
}
