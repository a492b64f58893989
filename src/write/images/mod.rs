//! The sizes of the images that pages show, read from their headers, so that nothing moves while a page loads.

mod drawing;
mod orientation;

use crate::site::{Destination, FileId, Followed, Site, page::LinkKind};
use rayon::prelude::*;
use std::{
    collections::{BTreeSet, HashMap},
    fs::{self, File},
    io::BufReader,
    path::Path,
};

/// The width and height of images, as a browser shows them.
pub(super) type Sizes = HashMap<FileId, (u32, u32)>;

/// The width and height of each image that a page shows, where its format tells.
pub(super) fn measure(site: &Site, followed: &Followed) -> Sizes {
    let shown: Vec<FileId> = shown(site, followed).into_iter().collect();
    shown.par_iter().filter_map(|id| Some((*id, size(&site.file(*id).disk)?))).collect()
}

/// The files that pages show as images, in Markdown and in HTML.
fn shown(site: &Site, followed: &Followed) -> BTreeSet<FileId> {
    let mut shown = BTreeSet::new();
    for (page, followed) in site.pages.iter().zip(followed) {
        let markdown = page.links.iter().zip(followed).filter(|(link, _)| link.kind == LinkKind::Image).map(|(_, to)| to);
        let raw = page.raw_images.iter().map(|image| &followed[image.link as usize]);
        for destination in markdown.chain(raw) {
            if let Ok(Destination::File(id, _)) = destination {
                shown.insert(*id);
            }
        }
    }
    shown
}

/// The width and height of one image, where its format tells.
pub(super) fn size(file: &Path) -> Option<(u32, u32)> {
    let (width, height) = match imagesize::size(file) {
        Ok(header) => (u32::try_from(header.width).ok()?, u32::try_from(header.height).ok()?),
        Err(_) => drawing::size(&fs::read_to_string(file).ok()?)?,
    };
    if width == 0 || height == 0 {
        return None;
    }
    let turned = File::open(file).is_ok_and(|file| orientation::lies_on_its_side(BufReader::new(file)));
    Some(if turned { (height, width) } else { (width, height) })
}
