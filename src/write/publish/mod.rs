//! What is published for programs beside the pages: sitemap, feed, the guides' Markdown, and texts that list them.

mod excerpt;
mod feed;
mod llms;
mod markdown;
mod paths;
mod sitemap;
mod xml;

use super::Sources;
use crate::site::{Followed, Site, SourceId, history::Updated, route::Route};
pub(super) use markdown::Editions;
use paths::Paths;
use rayon::prelude::*;

/// The file of the feed.
const FEED: &str = "feed.xml";

/// How much text `llms-full.txt` is made of: as much as the HTML of the guides may take, in bytes.
const FULL: usize = 16 << 20;

/// An address of the site.
struct Address {
    url: String,
    updated: Option<Updated>,
}

/// What is published for programs.
pub(super) struct Publish {
    /// Files that are ready.
    files: Vec<(String, Vec<u8>)>,
    /// The Markdown of the guides.
    pub(super) editions: Editions,
    /// The guides of the file that holds them all, in its order.
    full: Option<Vec<SourceId>>,
    /// Where the feed is, if there is one.
    pub(super) feed: Option<&'static str>,
    /// What was left out as something of the author's stands there.
    pub(super) left_out: Vec<String>,
}

/// What stands in a file; the number is an index into those that are ready.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Ready(usize),
    Edition(SourceId),
    Full,
}

/// The file that holds all guides.
const FULL_FILE: &str = "llms-full.txt";

impl Publish {
    /// What is to be published, none of it in the place of another file; `generated` are pages that no guide stands for.
    pub(super) fn plan<'a>(
        site: &Site,
        sources: &Sources<'_>,
        taken: impl Iterator<Item = &'a str>,
        generated: impl Iterator<Item = &'a Route>,
    ) -> Self {
        let mut publish = Self { files: Vec::new(), editions: Editions::none(), full: None, feed: None, left_out: Vec::new() };
        let Some(base) = site.config.base_url.as_deref().map(|base| base.trim_end_matches('/')) else { return publish };
        let config = &site.config.publish;
        let mut taken = Paths::new(taken);
        let guides: Vec<SourceId> = site.ids().filter(|id| !site.page(*id).front_matter.draft).collect();
        if config.markdown {
            (publish.editions, publish.left_out) = Editions::plan(site, &mut taken);
        }
        if config.sitemap {
            for (name, bytes) in sitemap::files(base, &addresses(site, sources, &guides, generated)) {
                publish.offer(&mut taken, &name, bytes);
            }
            publish.offer(&mut taken, "robots.txt", format!("User-agent: *\nAllow: /\n\nSitemap: {base}/sitemap.xml\n").into_bytes());
        }
        if config.feed
            && let Some(bytes) = feed::feed(site, sources.history, &guides, base, FEED)
        {
            publish.feed = publish.offer(&mut taken, FEED, bytes).then_some(FEED);
        }
        if config.llms {
            publish.offer(&mut taken, "llms.txt", llms::overview(site, &publish.editions, &guides, base).into_bytes());
            let fits = config.markdown && llms::size(site, &guides) <= FULL;
            publish.full = (fits && taken.claim(FULL_FILE)).then(|| llms::in_reading_order(site, &guides));
        }
        publish
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
        ready.chain(editions).chain(self.full.as_ref().map(|_| (FULL_FILE, Kind::Full)))
    }

    /// One of the files.
    pub(super) fn make(&self, kind: Kind, site: &Site, followed: &Followed, sources: &Sources<'_>) -> Vec<u8> {
        match kind {
            Kind::Ready(number) => self.files[number].1.clone(),
            Kind::Edition(id) => self.edition(site, followed, sources, id).into_bytes(),
            Kind::Full => {
                let chapter = |id: &SourceId| {
                    let address = site.canonical(site.route(*id)).unwrap_or_default();
                    llms::chapter(site.page(*id), &address, &self.edition(site, followed, sources, *id))
                };
                let published = self.full.iter().flatten().filter(|id| self.editions.of(**id).is_some()).collect::<Vec<_>>();
                published.into_par_iter().map(chapter).collect::<Vec<_>>().join("\n").into_bytes()
            }
        }
    }

    fn edition(&self, site: &Site, followed: &Followed, sources: &Sources<'_>, id: SourceId) -> String {
        let source = (sources.text_of)(&site.page(id).path).unwrap_or_default();
        self.editions.text(site, followed, id, &source)
    }
}

/// The addresses of all pages: guides, then lists.
fn addresses<'a>(site: &Site, sources: &Sources<'_>, guides: &[SourceId], generated: impl Iterator<Item = &'a Route>) -> Vec<Address> {
    let guides = guides.iter().map(|id| (site.route(*id), sources.history.updated(site.page(*id))));
    let all = guides.chain(generated.map(|route| (route, None)));
    all.filter_map(|(route, updated)| site.canonical(route).map(|url| Address { url, updated })).collect()
}
