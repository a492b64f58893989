//! The sizes of the images that pages show, read from their headers, so that nothing moves while a page loads.

use crate::site::{Destination, FileId, Followed, Site, page::LinkKind};
use rayon::prelude::*;
use std::{
    collections::{BTreeSet, HashMap},
    fs,
    path::Path,
};

/// The width and height of each image that a page shows, where its format tells.
pub(super) fn measure(site: &Site, followed: &Followed) -> HashMap<FileId, (usize, usize)> {
    let mut shown: BTreeSet<FileId> = BTreeSet::new();
    for (page, followed) in site.pages.iter().zip(followed) {
        for (link, destination) in page.links.iter().zip(followed) {
            if let (LinkKind::Image, Ok(Destination::File(id, _))) = (link.kind, destination) {
                shown.insert(*id);
            }
        }
    }
    let shown: Vec<FileId> = shown.into_iter().collect();
    shown.par_iter().filter_map(|id| size(&site.file(*id).disk).map(|size| (*id, size))).collect()
}

/// The width and height of one image, where its format tells.
pub(super) fn size(file: &Path) -> Option<(usize, usize)> {
    let (width, height) = match imagesize::size(file) {
        Ok(header) => (header.width, header.height),
        Err(_) => drawing_size(&fs::read_to_string(file).ok()?)?,
    };
    (width > 0 && height > 0).then_some((width, height))
}

/// The size of an SVG drawing: its `width` and `height` in pixels, else those of its `viewBox` (SVG 2, section 8.2).
fn drawing_size(text: &str) -> Option<(usize, usize)> {
    let start = text.find("<svg")?;
    let tag = &text[start..start + text[start..].find('>')?];
    let attribute = |name: &str| {
        let value = tag.split_once(&format!(" {name}=")).or_else(|| tag.split_once(&format!("\n{name}=")))?.1;
        let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        value[1..].split(quote).next()
    };
    let pixels = |value: &str| value.trim().trim_end_matches("px").parse::<f64>().ok();
    let given = attribute("width").and_then(pixels).zip(attribute("height").and_then(pixels));
    let (width, height) = given.or_else(|| {
        let mut numbers = attribute("viewBox")?.split([' ', ',']).filter(|part| !part.is_empty()).map(str::parse::<f64>);
        let (_, _) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
        Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
    })?;
    let whole = |number: f64| format!("{:.0}", number.round()).parse().ok();
    Some((whole(width)?, whole(height)?))
}

#[cfg(test)]
mod tests {
    use super::drawing_size;

    #[test]
    fn drawings_tell_their_size() {
        assert_eq!(drawing_size("<?xml version=\"1.0\"?><svg xmlns=\"x\" width=\"20px\" height='10.4'><g/></svg>"), Some((20, 10)));
        assert_eq!(drawing_size("<svg viewBox=\"0 0 640 120\" width=\"100%\">"), Some((640, 120)));
        assert_eq!(drawing_size("<svg>"), None);
        assert_eq!(drawing_size("GIF89a"), None);
    }
}
