//! The sizes of the images that pages show, read from their headers, so that nothing moves while a page loads.

use crate::site::{Destination, FileId, Followed, Site, page::LinkKind};
use rayon::prelude::*;
use std::collections::{BTreeSet, HashMap};

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
    shown
        .par_iter()
        .filter_map(|id| {
            let header = imagesize::size(&site.file(*id).disk).ok()?;
            (header.width > 0 && header.height > 0).then_some((*id, (header.width, header.height)))
        })
        .collect()
}
