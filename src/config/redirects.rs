//! `[redirects]`: addresses without a page that lead on, and the forms in which all redirects are written.

use serde::Deserialize;
use std::{collections::BTreeMap, path::Path};
use toml::Spanned;

/// `[redirects]`: where former addresses lead, and how that is written.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Redirects {
    /// The forms in which the redirects are written, those of `aliases` too.
    pub formats: Vec<RedirectFormat>,
    /// Addresses from the site's root, each with the page, file, folder or address that it leads to.
    pub addresses: BTreeMap<Spanned<String>, Spanned<String>>,
}

impl Default for Redirects {
    fn default() -> Self {
        Self { formats: vec![RedirectFormat::Html], addresses: BTreeMap::new() }
    }
}

/// A form of redirects.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum RedirectFormat {
    /// A page at each address that leads on.
    Html,
    /// `_redirects`, as Netlify reads it.
    Netlify,
    /// `_redirects`, as Cloudflare Pages reads it.
    Cloudflare,
    /// `redirects.nginx.conf`, to be included in a server of nginx.
    Nginx,
}

impl RedirectFormat {
    /// The file that holds all redirects in this form; none where each has a page.
    #[must_use]
    pub const fn file(self) -> Option<&'static str> {
        match self {
            Self::Html => None,
            Self::Netlify | Self::Cloudflare => Some("_redirects"),
            Self::Nginx => Some("redirects.nginx.conf"),
        }
    }
}

/// The configuration's file as findings name it, from the content folder.
pub(super) fn named(content: &Path) -> String {
    let depth = content.components().filter(|part| matches!(part, std::path::Component::Normal(_))).count();
    format!("{}{}", "../".repeat(depth), super::FILE_NAME)
}
