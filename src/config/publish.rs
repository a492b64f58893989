//! `[publish]` and `[git]`: what is written for programs, and what the history tells readers.

use serde::Deserialize;

/// `[publish]`: what is written for programs beside the pages, on a site that has a `base-url`.
#[expect(clippy::struct_excessive_bools, reason = "each is a key of the file, and any of them goes with any other")]
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Publish {
    /// `sitemap.xml`, and `robots.txt` that names it.
    pub sitemap: bool,
    /// `feed.xml`: the guides that changed last.
    pub feed: bool,
    /// The Markdown of each guide.
    pub markdown: bool,
    /// `llms.txt` and `llms-full.txt`.
    pub llms: bool,
    /// The images that other sites show beside a link.
    pub cards: Cards,
}

/// Which pages have an image of their own for other sites to show.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Cards {
    /// None has one.
    Off,
    /// All share one with the site's title.
    Site,
    /// Each has one with its title.
    Pages,
}

impl Default for Publish {
    fn default() -> Self {
        Self { sitemap: true, feed: true, markdown: true, llms: true, cards: Cards::Site }
    }
}

/// `[git]`: what the history of the repository tells readers.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Git {
    /// When each guide changed last.
    pub dates: bool,
    /// Who has changed each guide, by name.
    pub contributors: bool,
}

impl Default for Git {
    fn default() -> Self {
        Self { dates: true, contributors: false }
    }
}
