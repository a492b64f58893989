//! The sitemap: the addresses of the site with the dates of their last change, as sitemaps.org has it.

use super::{Address, xml::Document};

const NAMESPACE: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

/// The namespace of the links that lead to translations.
const XHTML: &str = "http://www.w3.org/1999/xhtml";

/// How many addresses one file may hold.
const MOST: usize = 50_000;

/// How many bytes of addresses go into one file: the limit is 50 MiB, of which the rest is left for what is around them.
const LARGEST: usize = 40 << 20;

/// How many bytes an entry takes beside its address.
const AROUND: usize = 100;

/// `sitemap.xml`; above the limits, the files that hold the addresses and an index of them in its place.
pub(super) fn files(base: &str, addresses: &[Address]) -> Vec<(String, Vec<u8>)> {
    let mut parts = split(addresses, MOST, LARGEST);
    if parts.len() < 2 {
        return vec![("sitemap.xml".to_owned(), part(parts.pop().unwrap_or_default()))];
    }
    let mut files: Vec<(String, Vec<u8>)> =
        parts.iter().enumerate().map(|(number, addresses)| (format!("sitemap-{}.xml", number + 1), part(addresses))).collect();
    files.push(("sitemap.xml".to_owned(), index(base, files.iter().map(|(name, _)| name.as_str()))));
    files
}

/// The addresses in pieces that keep the limits.
fn split(addresses: &[Address], most: usize, largest: usize) -> Vec<&[Address]> {
    let mut parts = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (position, address) in addresses.iter().enumerate() {
        let own = size(address);
        if position - start == most || bytes + own > largest {
            parts.push(&addresses[start..position]);
            (start, bytes) = (position, 0);
        }
        bytes += own;
    }
    parts.push(&addresses[start..]);
    parts
}

/// How many bytes an address takes, with those of its translations.
fn size(address: &Address) -> usize {
    let translations = address.alternates.iter().map(|(_, url)| url.len() + AROUND).sum::<usize>();
    address.url.len() + AROUND + translations
}

fn part(addresses: &[Address]) -> Vec<u8> {
    let mut document = Document::new();
    let mut attributes = vec![("xmlns", NAMESPACE)];
    if addresses.iter().any(|address| !address.alternates.is_empty()) {
        attributes.push(("xmlns:xhtml", XHTML));
    }
    document.element("urlset", &attributes, |document| {
        for address in addresses {
            document.element("url", &[], |document| {
                document.text("loc", &address.url);
                if let Some(updated) = address.updated {
                    document.text("lastmod", &updated.to_string());
                }
                for (language, url) in &address.alternates {
                    document.empty("xhtml:link", &[("rel", "alternate"), ("hreflang", language), ("href", url)]);
                }
            });
        }
    });
    document.finish()
}

fn index<'a>(base: &str, names: impl Iterator<Item = &'a str>) -> Vec<u8> {
    let mut document = Document::new();
    document.element("sitemapindex", &[("xmlns", NAMESPACE)], |document| {
        for name in names {
            document.element("sitemap", &[], |document| document.text("loc", &format!("{base}/{name}")));
        }
    });
    document.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(count: usize) -> Vec<Address> {
        (0..count).map(|number| Address { url: format!("https://x.test/{number}/"), updated: None, alternates: Vec::new() }).collect()
    }

    #[test]
    fn many_addresses_are_split_and_none_is_lost() {
        let all = addresses(MOST + 1);
        let files = files("https://x.test", &all);
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["sitemap-1.xml", "sitemap-2.xml", "sitemap.xml"]);
        let found = |position: usize, tag: &str| -> Vec<String> {
            let text = std::str::from_utf8(&files[position].1).expect("it is UTF-8");
            let document = roxmltree::Document::parse(text).expect("it is XML");
            document
                .descendants()
                .filter(|node| node.has_tag_name((NAMESPACE, tag)))
                .filter_map(|node| node.text())
                .map(str::to_owned)
                .collect()
        };
        let told = [found(0, "loc"), found(1, "loc")].concat();
        assert_eq!(told, all.iter().map(|address| address.url.clone()).collect::<Vec<_>>());
        assert_eq!(found(2, "loc"), ["https://x.test/sitemap-1.xml", "https://x.test/sitemap-2.xml"]);
        assert!(files[0].1.len() > MOST * "https://x.test/1/".len());
    }

    #[test]
    fn a_file_keeps_both_limits() {
        let all = addresses(10);
        assert_eq!(split(&all, 4, usize::MAX).iter().map(|part| part.len()).collect::<Vec<_>>(), [4, 4, 2]);
        let with = |count: usize| Address {
            url: "https://x.test/".to_owned(),
            updated: None,
            alternates: vec![("zh".to_owned(), "https://x.test/zh/".to_owned()); count],
        };
        let parts = [with(0), with(1), with(0)];
        assert_eq!(split(&parts, 4, 2 * size(&with(0))).iter().map(|part| part.len()).collect::<Vec<_>>(), [1, 1, 1], "translations count");
        let three = 3 * (all[0].url.len() + AROUND);
        assert_eq!(split(&all, 100, three).iter().map(|part| part.len()).collect::<Vec<_>>(), [3, 3, 3, 1]);
        assert_eq!(split(&[], 4, 100).len(), 1);
    }
}
