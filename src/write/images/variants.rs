//! Images to smaller forms of them in other formats, each made once and kept by what it was made from.

use super::shown_in_markdown;
use crate::{
    config::{CACHES, ImageFormat, Images},
    error::Error,
    site::{FileId, Followed, Site},
};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

/// Where made forms are kept, in the folder of all caches.
const FORMS: &str = "images";

/// The smaller forms of images, by format in the order of the configuration, each by width.
pub(crate) type Variants = HashMap<FileId, Vec<(ImageFormat, Vec<Variant>)>>;

/// One form of an image.
pub(crate) struct Variant {
    pub(in crate::write) width: u32,
    /// Where it is published, from the site's root.
    pub(in crate::write) path: String,
    /// Where it is kept.
    pub(in crate::write) kept: PathBuf,
}

/// Makes what the configuration asks for and the cache does not hold; what no page needs any more leaves the cache.
///
/// # Errors
/// An image that cannot be read, a cache that cannot be written, or a program without the feature `images`.
pub(in crate::write) fn make(site: &Site, followed: &Followed, root: &Path) -> Result<Variants, Error> {
    let wanted = &site.config.images;
    if wanted.widths.is_empty() || wanted.formats.is_empty() {
        return Ok(Variants::new());
    }
    let files: Vec<FileId> = shown_in_markdown(site, followed).into_iter().collect();
    made::make(site, &files, wanted, &root.join(CACHES).join(FORMS))
}

#[cfg(not(feature = "images"))]
mod made {
    use super::{Error, FileId, Images, Path, Site, Variants};

    pub(super) fn make(_: &Site, _: &[FileId], _: &Images, _: &Path) -> Result<Variants, Error> {
        Err(Error::usage(
            "`widths` in `[images]` asks for smaller forms of images, and this program was made without them",
            "leave `widths` out, or install milepost with its feature `images`",
        ))
    }
}

#[cfg(feature = "images")]
mod made {
    use super::{super::encode::Picture, Error, FileId, ImageFormat, Images, Path, PathBuf, Site, Variant, Variants};
    use crate::replace::replace;
    use rayon::prelude::*;
    use std::{collections::BTreeSet, fs};

    /// Changes with whatever changes the bytes that are made.
    const VERSION: &[u8] = b"milepost image 1\n";

    pub(super) fn make(site: &Site, files: &[FileId], wanted: &Images, cache: &Path) -> Result<Variants, Error> {
        fs::create_dir_all(cache).map_err(|source| Error::io("create", cache, source))?;
        let made: Vec<_> =
            files.par_iter().map(|id| Ok((*id, of_file(&site.file(*id).disk, wanted, cache)?))).collect::<Result<_, Error>>()?;
        forget(cache, &made.iter().flat_map(|(_, made)| made.used.iter().map(PathBuf::as_path)).collect())?;
        Ok(made.into_iter().filter(|(_, made)| !made.variants.is_empty()).map(|(id, made)| (id, made.variants)).collect())
    }

    /// The forms of one image, and the files of the cache that say so.
    #[derive(Default)]
    struct Made {
        variants: Vec<(ImageFormat, Vec<Variant>)>,
        used: Vec<PathBuf>,
    }

    fn of_file(file: &Path, wanted: &Images, cache: &Path) -> Result<Made, Error> {
        let mut made = Made::default();
        let bytes = fs::read(file).map_err(|source| Error::io("read", file, source))?;
        let Some((width, _)) = super::super::size(file).filter(|_| Picture::is_one(&bytes)) else { return Ok(made) };
        let mut hasher = blake3::Hasher::new();
        hasher.update(VERSION).update(&[wanted.quality]).update(&bytes);
        let key = &hasher.finalize().to_hex()[..32];
        let widths = widths(width, &wanted.widths);
        let mut picture = None;
        for format in &wanted.formats {
            let mut variants = Vec::new();
            for width in &widths {
                let name = format!("{key}-{width}.{}", format.name());
                let kept = cache.join(&name);
                if !kept.is_file() {
                    let picture = picture.get_or_insert_with(|| Picture::decode(&bytes));
                    let form = picture.as_ref().and_then(|picture| picture.encode(*width, *format, wanted.quality));
                    // An empty file says that nothing is gained by this form.
                    let form = form.filter(|form| form.len() < bytes.len()).unwrap_or_default();
                    replace(&kept, &form)?;
                }
                if fs::metadata(&kept).is_ok_and(|kept| kept.len() > 0) {
                    variants.push(Variant { width: *width, path: format!("assets/milepost-{name}"), kept: kept.clone() });
                }
                made.used.push(kept);
            }
            // A browser takes from one format only: without its widest form a sharp screen would get a coarse picture.
            if variants.last().is_some_and(|last| Some(&last.width) == widths.last()) {
                made.variants.push((*format, variants));
            }
        }
        Ok(made)
    }

    /// The widths that an image is made in: none wider than it is, and as wide as it is where a wider one is asked for.
    fn widths(own: u32, wanted: &[u32]) -> Vec<u32> {
        let widest = wanted.iter().copied().max().unwrap_or_default();
        let mut widths: BTreeSet<u32> = wanted.iter().copied().filter(|width| *width > 0 && *width < own).collect();
        if own <= widest {
            widths.insert(own);
        }
        widths.into_iter().collect()
    }

    /// Removes the forms that this build did not need; files of other names are not ours.
    fn forget(cache: &Path, used: &BTreeSet<&Path>) -> Result<(), Error> {
        let listed = fs::read_dir(cache).map_err(|source| Error::io("read", cache, source))?;
        for entry in listed {
            let place = entry.map_err(|source| Error::io("read", cache, source))?.path();
            if is_ours(&place) && !used.contains(place.as_path()) {
                fs::remove_file(&place).map_err(|source| Error::io("remove", &place, source))?;
            }
        }
        Ok(())
    }

    fn is_ours(place: &Path) -> bool {
        let name = place.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let Some((key, rest)) = name.split_once('-') else { return false };
        let Some((width, format)) = rest.split_once('.') else { return false };
        let hash = key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_hexdigit());
        hash && width.parse::<u32>().is_ok() && [ImageFormat::Webp, ImageFormat::Avif].iter().any(|known| known.name() == format)
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn no_form_is_wider_than_the_image() {
            assert_eq!(widths(1000, &[1440, 480, 960]), [480, 960, 1000]);
            assert_eq!(widths(2000, &[480, 960]), [480, 960]);
            assert_eq!(widths(960, &[480, 960]), [480, 960]);
            assert_eq!(widths(300, &[480]), [300]);
        }

        #[test]
        fn only_files_of_ours_are_forgotten() {
            let named = |name: &str| is_ours(&Path::new("cache").join(name));
            assert!(named("0123456789abcdef0123456789abcdef-480.webp"));
            assert!(!named("0123456789abcdef0123456789abcdef-480.png") && !named("links.tsv") && !named("a-480.webp"));
        }
    }
}
