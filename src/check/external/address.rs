//! The distinct external addresses of a site, with every place that names each.

use super::settings::Settings;
use crate::{
    diagnostic::Span,
    site::{Destination, Followed, Site, page::LinkKind, target},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use url::Url;

/// An address without its fragment.
#[derive(Clone, Debug)]
pub(super) struct Address {
    pub(super) url: Url,
    /// The host in lower case; the limits are the host's.
    pub(super) host: String,
    pub(super) places: Vec<Place>,
}

/// A place that names an address.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) file: Arc<str>,
    pub(super) span: Span,
    pub(super) written: Box<str>,
    pub(super) fragment: Option<Box<str>>,
    /// Whether the span holds the address and nothing else, so that another can be written there.
    pub(super) is_plain: bool,
}

impl Address {
    /// The address for reports: without the name and password that it may hold.
    pub(super) fn shown(&self) -> String {
        without_user(&self.url).to_string()
    }

    /// Whether it holds a name or a password.
    pub(super) fn has_user(&self) -> bool {
        !self.url.username().is_empty() || self.url.password().is_some()
    }

    /// The fragments that its places name, each once.
    pub(super) fn fragments(&self) -> BTreeSet<&str> {
        self.places.iter().filter_map(|place| place.fragment.as_deref()).collect()
    }
}

/// An address without user and password.
pub(super) fn without_user(url: &Url) -> Url {
    let mut url = url.clone();
    // Addresses with a host can always be told to have no user.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url
}

/// The external addresses of a site, sorted, without those of other shards.
pub(super) fn collect(site: &Site, followed: &Followed, settings: &Settings<'_>) -> Vec<Address> {
    let mut found: BTreeMap<String, Address> = BTreeMap::new();
    let mut add = |file: &Arc<str>, span: Span, written: &str, is_plain: bool| {
        let Some((url, fragment)) = external(written) else { return };
        let Some(host) = url.host_str().map(str::to_ascii_lowercase) else { return };
        if settings.shard.is_some_and(|shard| !shard.holds(&host)) {
            return;
        }
        let place = Place { file: Arc::clone(file), span, written: written.into(), fragment, is_plain };
        let known = found.entry(url.to_string()).or_insert_with(|| Address { url, host, places: Vec::new() });
        known.places.push(place);
    };
    for (page, followed) in site.pages.iter().zip(followed) {
        let mut told: BTreeSet<u32> = BTreeSet::new();
        for (link, followed) in page.links.iter().zip(followed) {
            if *followed != Ok(Destination::Address) || (link.kind == LinkKind::Autolink && link.target.starts_with("mailto:")) {
                continue;
            }
            // A definition is told once, where it stands.
            let (span, is_plain) = match link.definition {
                Some(definition) if !told.insert(definition) => continue,
                Some(definition) => (page.definitions[definition as usize].span, true),
                None => (link.span, link.kind != LinkKind::Autolink),
            };
            add(&page.path, span, link.target.trim(), is_plain);
        }
    }
    for file in site.navigation_files().iter().filter(|file| !file.is_guide) {
        let mut waiting: Vec<_> = file.entries.iter().collect();
        while let Some(entry) = waiting.pop() {
            waiting.extend(&entry.children);
            if let Some(target) = &entry.target {
                add(&file.file, target.span, target.address.trim(), false);
            }
        }
    }
    found.into_values().collect()
}

/// The address of another host, and its fragment decoded; none for any other target.
fn external(written: &str) -> Option<(Url, Option<Box<str>>)> {
    let full = if written.starts_with("//") { format!("https:{written}") } else { written.to_owned() };
    let scheme = target::scheme(&full)?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return None;
    }
    let mut url = Url::parse(&full).ok()?;
    let fragment = url.fragment().filter(|fragment| !fragment.is_empty()).map(|fragment| target::decode(fragment).as_ref().into());
    url.set_fragment(None);
    Some((url, fragment))
}
