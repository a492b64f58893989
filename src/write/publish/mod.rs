//! What is published for programs beside the pages: sitemap, feed, the guides' Markdown, and texts that list them.

mod excerpt;
mod feed;
mod llms;
mod markdown;
mod paths;
mod sitemap;
mod xml;

use super::{Sources, words::Words};
use crate::site::{Followed, Site, SourceId, history::Updated, language::LanguageId, route::Route};
pub(super) use markdown::Editions;
use paths::Paths;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// How much text `llms-full.txt` is made of: as much as the HTML of the guides may take, in bytes.
const FULL: usize = 16 << 20;

/// An address of the site.
struct Address {
    url: String,
    updated: Option<Updated>,
    /// The translations of what is there, by `hreflang`.
    alternates: Vec<(String, String)>,
}

/// The guides of a language that are published, and where files about them go.
struct Tongue<'a> {
    id: LanguageId,
    /// What the language is called.
    name: &'a str,
    prefix: &'a str,
    guides: Vec<SourceId>,
}

/// What is published for programs.
pub(super) struct Publish {
    /// Files that are ready.
    files: Vec<(String, Vec<u8>)>,
    /// The Markdown of the guides.
    pub(super) editions: Editions,
    /// By language, the file that holds all guides, and those in its order.
    full: Vec<(String, Vec<SourceId>)>,
    /// By language, where its feed is.
    feeds: BTreeMap<LanguageId, String>,
    /// What was left out as something of the author's stands there.
    pub(super) left_out: Vec<String>,
}

/// What stands in a file; the numbers are indices into those that are ready, and those that hold all guides.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Ready(usize),
    Edition(SourceId),
    Full(usize),
}

impl Publish {
    /// What is to be published, none of it in the place of another file; `generated` are pages that no guide stands for.
    pub(super) fn plan<'a>(
        site: &Site,
        sources: &Sources<'_>,
        words: &Words,
        taken: impl Iterator<Item = &'a str>,
        generated: impl Iterator<Item = &'a Route>,
    ) -> Self {
        let mut publish =
            Self { files: Vec::new(), editions: Editions::none(), full: Vec::new(), feeds: BTreeMap::new(), left_out: Vec::new() };
        let Some(base) = site.config.base_url.as_deref().map(|base| base.trim_end_matches('/')) else { return publish };
        let config = &site.config.publish;
        let mut taken = Paths::new(taken);
        let tongues = tongues(site, words);
        if config.markdown {
            (publish.editions, publish.left_out) = Editions::plan(site, &mut taken);
        }
        if config.sitemap {
            for (name, bytes) in sitemap::files(base, &addresses(site, sources, generated)) {
                publish.offer(&mut taken, &name, bytes);
            }
            publish.offer(&mut taken, "robots.txt", format!("User-agent: *\nAllow: /\n\nSitemap: {base}/sitemap.xml\n").into_bytes());
        }
        for tongue in &tongues {
            if config.feed
                && let Some(bytes) = feed::feed(site, sources.history, tongue.id, &tongue.guides, base)
            {
                let path = format!("{}{}", tongue.prefix, feed::FILE);
                if publish.offer(&mut taken, &path, bytes) {
                    publish.feeds.insert(tongue.id, path);
                }
            }
            if config.llms {
                let others = others(site, words, &tongues, tongue);
                let text = llms::overview(site, &publish.editions, tongue.id, &tongue.guides, base, &others);
                publish.offer(&mut taken, &format!("{}{}", tongue.prefix, llms::FILE), text.into_bytes());
                let path = format!("{}{}", tongue.prefix, llms::FULL_FILE);
                if config.markdown && llms::size(site, &tongue.guides) <= FULL && taken.claim(&path) {
                    publish.full.push((path, llms::in_reading_order(site, tongue.id, &tongue.guides)));
                }
            }
        }
        publish
    }

    /// Where the feed of a language is, if it has one.
    pub(super) fn feed(&self, language: LanguageId) -> Option<&str> {
        self.feeds.get(&language).map(String::as_str)
    }

    /// A file that is written, unless the author has one of that name.
    fn offer(&mut self, taken: &mut Paths, path: &str, bytes: Vec<u8>) -> bool {
        let free = taken.claim(path);
        if free {
            self.files.push((path.to_owned(), bytes));
        }
        free
    }

    /// Every file, with what stands there.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, Kind)> {
        let ready = self.files.iter().enumerate().map(|(number, (path, _))| (path.as_str(), Kind::Ready(number)));
        let editions = self.editions.places().map(|(id, path)| (path, Kind::Edition(id)));
        let full = self.full.iter().enumerate().map(|(number, (path, _))| (path.as_str(), Kind::Full(number)));
        ready.chain(editions).chain(full)
    }

    /// One of the files.
    pub(super) fn make(&self, kind: Kind, site: &Site, followed: &Followed, sources: &Sources<'_>) -> Vec<u8> {
        match kind {
            Kind::Ready(number) => self.files[number].1.clone(),
            Kind::Edition(id) => self.edition(site, followed, sources, id).into_bytes(),
            Kind::Full(number) => {
                let chapter = |id: &SourceId| {
                    let address = site.canonical(site.route(*id)).unwrap_or_default();
                    llms::chapter(site.page(*id), &address, &self.edition(site, followed, sources, *id))
                };
                let published = self.full[number].1.iter().filter(|id| self.editions.of(**id).is_some()).collect::<Vec<_>>();
                published.into_par_iter().map(chapter).collect::<Vec<_>>().join("\n").into_bytes()
            }
        }
    }

    fn edition(&self, site: &Site, followed: &Followed, sources: &Sources<'_>, id: SourceId) -> String {
        let source = (sources.text_of)(&site.page(id).path).unwrap_or_default();
        self.editions.text(site, followed, id, &source)
    }
}

fn is_published(site: &Site, id: SourceId) -> bool {
    !site.page(id).front_matter.draft
}

/// The languages with their guides: the site's own, and each other one that something is written in.
fn tongues<'a>(site: &'a Site, words: &'a Words) -> Vec<Tongue<'a>> {
    let all = site.languages.iter().map(|(id, language)| {
        let guides = site.ids().filter(|guide| site.page(*guide).language == id && is_published(site, *guide)).collect();
        Tongue { id, name: words.name(language), prefix: &language.prefix, guides }
    });
    all.filter(|tongue| tongue.id == LanguageId::DEFAULT || !tongue.guides.is_empty()).collect()
}

/// Where the list of the guides is in the languages beside this one.
fn others<'a>(site: &'a Site, words: &'a Words, tongues: &'a [Tongue<'_>], this: &Tongue<'_>) -> llms::Others<'a> {
    let others = tongues.iter().filter(|other| other.id != this.id);
    let other = |other: &'a Tongue<'_>| llms::Other {
        title: site.title(other.id),
        name: other.name,
        path: format!("{}{}", other.prefix, llms::FILE),
    };
    llms::Others { title: words.of(&site.languages.get(this.id).tag).word("other_languages"), all: others.map(other).collect() }
}

/// The addresses of all pages: guides, then lists.
fn addresses<'a>(site: &Site, sources: &Sources<'_>, generated: impl Iterator<Item = &'a Route>) -> Vec<Address> {
    let canonical = |id: SourceId| site.canonical(site.route(id));
    let guides = site.ids().filter(|id| is_published(site, *id)).filter_map(|id| {
        let mut alternates = site.alternates(id);
        alternates.retain(|(_, other)| is_published(site, *other));
        if alternates.iter().all(|(_, other)| *other == id) {
            alternates.clear();
        }
        let alternates = alternates.into_iter().filter_map(|(language, id)| Some((language.to_owned(), canonical(id)?))).collect();
        Some(Address { url: canonical(id)?, updated: sources.history.updated(site.page(id)), alternates })
    });
    let generated = generated.filter_map(|route| Some(Address { url: site.canonical(route)?, updated: None, alternates: Vec::new() }));
    guides.chain(generated).collect()
}
