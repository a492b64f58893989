//! The images that pages show: their sizes, so that nothing moves while a page loads, and smaller forms of them.

mod drawing;
#[cfg(feature = "images")]
mod encode;
mod orientation;
mod variants;

pub(super) use variants::{Variants, make};

use crate::site::{Destination, Fault, FileId, Followed, Site, page::LinkKind};
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
    let mut shown = shown_in_markdown(site, followed);
    for (page, followed) in site.pages.iter().zip(followed) {
        shown.extend(page.raw_images.iter().filter_map(|image| file(&followed[image.link as usize])));
    }
    shown
}

/// The files that pages show as images of Markdown: what HTML says of an image is the author's.
fn shown_in_markdown(site: &Site, followed: &Followed) -> BTreeSet<FileId> {
    let mut shown = BTreeSet::new();
    for (page, followed) in site.pages.iter().zip(followed) {
        let images = page.links.iter().zip(followed).filter(|(link, _)| link.kind == LinkKind::Image);
        shown.extend(images.filter_map(|(_, to)| file(to)));
    }
    shown
}

fn file(to: &Result<Destination, Fault>) -> Option<FileId> {
    match to {
        Ok(Destination::File(id, _)) => Some(*id),
        _ => None,
    }
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
