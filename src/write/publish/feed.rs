//! The feed: the guides that changed last, as Atom (RFC 4287).

use super::{excerpt::excerpt, xml::Document};
use crate::site::{
    Site, SourceId,
    history::{History, Updated},
    language::LanguageId,
    target::encode,
};
use std::cmp::Reverse;

/// The file of a feed, below the address of its language.
pub(super) const FILE: &str = "feed.xml";

/// How many guides the feed tells of.
const ENTRIES: usize = 20;

/// The feed of a language of a site that is published at `base`; none where no guide's last change is known.
pub(super) fn feed(site: &Site, history: &History, id: LanguageId, guides: &[SourceId], base: &str) -> Option<Vec<u8>> {
    let language = site.languages.get(id);
    let home = format!("{base}/{}", encode(&language.prefix));
    let dated = guides.iter().filter_map(|id| history.updated(site.page(*id)).map(|updated| (*id, updated)));
    let mut entries: Vec<(SourceId, Updated)> = dated.collect();
    entries.sort_by_key(|(id, updated)| (Reverse(updated.moment()), *id));
    entries.truncate(ENTRIES);
    let newest = entries.first()?.1.moment();
    let mut document = Document::new();
    let attributes = [("xmlns", "http://www.w3.org/2005/Atom"), ("xml:lang", language.tag.as_str())];
    document.element("feed", &attributes, |document| {
        document.text("title", site.title(id));
        if let Some(description) = site.description(id) {
            document.text("subtitle", description);
        }
        document.text("id", &home);
        document.text("updated", &newest.to_string());
        document.element("author", &[], |document| document.text("name", site.title(id)));
        document.empty("link", &[("rel", "self"), ("type", "application/atom+xml"), ("href", &format!("{home}{FILE}"))]);
        document.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", &home)]);
        for (id, updated) in &entries {
            document.element("entry", &[], |document| entry(document, site, *id, *updated));
        }
    });
    Some(document.finish())
}

fn entry(document: &mut Document, site: &Site, id: SourceId, updated: Updated) {
    let page = site.page(id);
    let address = site.canonical(site.route(id)).unwrap_or_default();
    document.text("title", &page.title);
    document.text("id", &address);
    document.text("updated", &updated.moment().to_string());
    document.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", &address)]);
    if let Some(summary) = excerpt(page) {
        document.text("summary", &summary);
    }
}
