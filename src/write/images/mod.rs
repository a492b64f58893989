//! The images that pages show: their sizes, so that nothing moves while a page loads, and smaller forms of them.

mod drawing;
#[cfg(feature = "images")]
mod encode;
mod orientation;
mod variants;

pub(crate) use variants::Variants;
pub(super) use variants::make;

use crate::site::{Destination, Fault, FileId, Followed, Site, page::LinkKind};
use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::BufReader,
    path::Path,
    sync::OnceLock,
};

/// The width and height of images, as a browser shows them; each is measured when it is first asked for.
pub(super) struct Sizes<'a> {
    site: &'a Site,
    by_file: Vec<OnceLock<Option<(u32, u32)>>>,
}

impl<'a> Sizes<'a> {
    pub(super) fn new(site: &'a Site) -> Self {
        Self { site, by_file: site.files.iter().map(|_| OnceLock::new()).collect() }
    }

    /// The width and height of one image, where its format tells.
    pub(super) fn of(&self, id: FileId) -> Option<(u32, u32)> {
        *self.by_file[id.0 as usize].get_or_init(|| size(&self.site.file(id).disk))
    }
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
