//! Smaller forms of images: what is made, what pages say of it, and that a second build makes nothing again.

use crate::program::{contents, files, finish, milepost, write};
use image::{DynamicImage, ImageDecoder as _, ImageFormat, Rgb, RgbImage, codecs::jpeg::JpegEncoder, codecs::png::PngEncoder};
use std::{fs, io::Cursor, path::Path, time::SystemTime};

const CONFIGURATION: &str = "[images]\nwidths = [300, 600]\nformats = [\"avif\", \"webp\"]\n";

/// Something that compresses as a photograph does: no two pixels alike, and no noise.
fn photograph(width: u32, height: u32) -> DynamicImage {
    DynamicImage::from(RgbImage::from_fn(width, height, |x, y| {
        let wave = |at: u32, length: u32| u8::try_from((at % (2 * length)).abs_diff(length) * 250 / length).expect("it is at most 250");
        Rgb([wave(x, 97), wave(y, 53), wave(x * y / 64, 71)])
    }))
}

fn png(picture: &DynamicImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture.write_with_encoder(PngEncoder::new(&mut bytes)).expect("it can be encoded");
    bytes
}

fn jpeg(picture: &DynamicImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 95)).expect("it can be encoded");
    bytes
}

fn site() -> tempfile::TempDir {
    let site = tempfile::tempdir().expect("a folder can be made");
    write(site.path(), "milepost.toml", CONFIGURATION);
    write(
        site.path(),
        "content/README.md",
        "# Home\n\n![wide](a/wide.jpg)\n\n![middle](middle.png)\n\n![moves](moves.gif)\n\n![drawn](drawn.svg)\n\n<img src=\"a/wide.jpg\" alt=\"as the author says\">\n",
    );
    write(site.path(), "content/a/wide.jpg", jpeg(&photograph(900, 400)));
    write(site.path(), "content/middle.png", png(&photograph(420, 210)));
    write(site.path(), "content/moves.gif", b"GIF89a\x20\x03\x20\x03\0\0\0;");
    write(site.path(), "content/drawn.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"800\" height=\"400\"/>");
    site
}

fn build(root: &Path) -> String {
    let run = milepost(root, &["build"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    fs::read_to_string(root.join("public/index.html")).expect("the home page is there")
}

fn forms(root: &Path) -> Vec<String> {
    let all = files(&root.join("public")).into_iter();
    all.filter(|path| path.contains(".webp") || path.contains(".avif")).collect()
}

#[test]
fn a_photograph_has_smaller_forms_and_what_moves_or_is_drawn_has_none() {
    let site = site();
    let home = build(site.path());
    let picture = home.split("<picture>").nth(1).and_then(|rest| rest.split("</picture>").next()).expect("there is a picture");
    assert!(picture.find("image/avif").expect("it has AVIF") < picture.find("image/webp").expect("it has WebP"), "{picture}");
    assert!(picture.contains(" 300w, ") && picture.contains(" 600w\""), "{picture}");
    assert!(
        picture.contains("<img src=\"a/wide.jpg\" alt=\"wide\" width=\"900\" height=\"400\""),
        "the original stands for the rest: {picture}"
    );
    assert_eq!(home.matches("<picture>").count(), 2, "the photograph and the middle one: {home}");
    assert!(home.contains(" 420w\""), "as wide as it is, where a wider form is asked for: {home}");
    assert!(home.contains("<img src=\"a/wide.jpg\" width=\"900\" height=\"400\""), "raw HTML is the author's");
    let originals = [900_u32, 420].map(|width| if width == 900 { "content/a/wide.jpg" } else { "content/middle.png" });
    let largest = originals.map(|path| fs::metadata(site.path().join(path)).expect("it is there").len()).into_iter().max();
    for path in forms(site.path()) {
        let bytes = fs::read(site.path().join("public").join(&path)).expect("a form can be read");
        assert!(Some(bytes.len() as u64) < largest && !bytes.is_empty(), "{path}");
        let width = path.rsplit('-').next().and_then(|rest| rest.split('.').next()).and_then(|width| width.parse::<usize>().ok());
        assert_eq!(imagesize::blob_size(&bytes).ok().map(|size| size.width), width, "{path} is as wide as it says");
    }
}

#[test]
fn a_second_build_makes_nothing_again_and_gives_the_same_bytes() {
    let site = site();
    build(site.path());
    let cache = site.path().join(".milepost-cache/images");
    let times = || -> Vec<(String, SystemTime)> {
        let time = |path: &str| fs::metadata(cache.join(path)).and_then(|file| file.modified()).expect("times are known");
        files(&cache).into_iter().map(|path| (path.clone(), time(&path))).collect()
    };
    let (before, made) = (contents(&site.path().join("public")), times());
    assert!(made.len() >= 8, "each width in each format: {made:?}");
    fs::remove_dir_all(site.path().join("public")).expect("the output can be removed");
    build(site.path());
    assert!(times() == made, "the cache is as it was");
    assert!(contents(&site.path().join("public")) == before);
    fs::remove_dir_all(site.path().join(".milepost-cache")).expect("the cache can be removed");
    fs::remove_dir_all(site.path().join("public")).expect("the output can be removed");
    let run = finish(crate::program::command(site.path()).args(["build"]).env("RAYON_NUM_THREADS", "1"));
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(contents(&site.path().join("public")) == before, "one thread makes what many make");
}

#[test]
fn what_no_page_shows_any_more_leaves_the_cache() {
    let site = site();
    build(site.path());
    write(site.path(), ".milepost-cache/images/mine.txt", "mine");
    write(site.path(), "content/README.md", "# Home\n\n![middle](middle.png)\n");
    build(site.path());
    let kept = files(&site.path().join(".milepost-cache/images"));
    assert!(kept.iter().all(|path| path.contains("-300.") || path.contains("-420.") || path == "mine.txt"), "{kept:?}");
    assert!(kept.contains(&"mine.txt".to_owned()), "files of others stay");
    assert!(forms(site.path()).iter().all(|path| !path.contains("-600.")), "{:?}", forms(site.path()));
}

#[test]
fn no_form_is_larger_than_the_image_and_a_damaged_one_stays() {
    let site = tempfile::tempdir().expect("a folder can be made");
    write(site.path(), "milepost.toml", format!("{CONFIGURATION}quality = 100\n"));
    write(site.path(), "content/README.md", "# Home\n\n![poor](poor.jpg) ![cut](cut.png)\n");
    // So little is left of it that no form at the best quality is smaller.
    let mut poor = Vec::new();
    photograph(600, 300).write_with_encoder(JpegEncoder::new_with_quality(&mut poor, 1)).expect("it can be encoded");
    write(site.path(), "content/poor.jpg", poor);
    let whole = png(&photograph(700, 300));
    write(site.path(), "content/cut.png", &whole[..whole.len() / 2]);
    let home = build(site.path());
    assert!(!home.contains("<picture>"), "{home}");
    assert_eq!(forms(site.path()), Vec::<String>::new());
}

#[test]
fn a_photograph_taken_upright_stands_upright_in_every_form() {
    let site = tempfile::tempdir().expect("a folder can be made");
    write(site.path(), "milepost.toml", "[images]\nwidths = [200]\n");
    write(site.path(), "content/README.md", "# Home\n\n![upright](upright.jpg)\n");
    let lying = jpeg(&photograph(600, 400));
    let exif = b"\xff\xe1\0\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    write(site.path(), "content/upright.jpg", [&lying[..2], exif.as_slice(), &lying[2..]].concat());
    let home = build(site.path());
    assert!(home.contains("width=\"400\" height=\"600\""), "{home}");
    let form = forms(site.path()).pop().expect("there is a form");
    let bytes = fs::read(site.path().join("public").join(form)).expect("it can be read");
    let measured = imagesize::blob_size(&bytes).expect("it is an image");
    assert_eq!((measured.width, measured.height), (200, 300));
}

#[test]
fn colours_beyond_srgb_are_left_alone() {
    let site = tempfile::tempdir().expect("a folder can be made");
    write(site.path(), "milepost.toml", "[images]\nwidths = [200]\n");
    write(site.path(), "content/README.md", "# Home\n\n![plain](plain.png)\n\n![wide](wide.png)\n");
    let picture = photograph(500, 300);
    write(site.path(), "content/plain.png", png(&picture));
    let mut bytes = Vec::new();
    let mut encoder = PngEncoder::new(&mut bytes);
    image::ImageEncoder::set_icc_profile(&mut encoder, b"a profile that is called Display P3".to_vec()).expect("PNG holds profiles");
    picture.write_with_encoder(encoder).expect("it can be encoded");
    let profile = image::ImageReader::with_format(Cursor::new(&bytes), ImageFormat::Png).into_decoder().expect("it is a PNG").icc_profile();
    assert!(profile.is_ok_and(|profile| profile.is_some()));
    write(site.path(), "content/wide.png", bytes);
    let home = build(site.path());
    assert_eq!(home.matches("<picture>").count(), 1, "{home}");
    assert!(home.contains("<p><img src=\"wide.png\""), "{home}");
}

#[test]
fn without_widths_nothing_is_made() {
    let site = site();
    write(site.path(), "milepost.toml", "title = \"T\"\n");
    assert!(!build(site.path()).contains("<picture>"));
    assert!(!site.path().join(".milepost-cache/images").exists());
}
