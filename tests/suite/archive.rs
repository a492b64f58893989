//! `build --offline-zip`: what the archive holds, that its bytes are the same again, and where it may not lie.

use crate::program::{contents, folder, milepost, write};
use std::{collections::BTreeMap, fs, io::Read as _, path::Path};
use zip::{CompressionMethod, ZipArchive};

const SITE: &[(&str, &str)] = &[
    ("milepost.toml", "title = \"T\"\n"),
    ("content/README.md", "# Home\n\n[a](a.md)\n\n![A shot](größe.png)\n"),
    ("content/a.md", "# A\n"),
    ("content/größe.png", "no picture"),
];

fn unpacked(archive: &Path) -> BTreeMap<String, Vec<u8>> {
    let file = fs::File::open(archive).expect("the archive is there");
    let mut archive = ZipArchive::new(file).expect("it is an archive");
    let mut found = BTreeMap::new();
    for position in 0..archive.len() {
        let mut entry = archive.by_index(position).expect("an entry can be read");
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("an entry can be unpacked");
        let name = entry.name().expect("a name is text").into_owned();
        let stored = entry.compression() == CompressionMethod::Stored;
        assert_eq!(stored, name.contains(".png"), "{name}: what is compressed already is stored");
        found.insert(name, bytes);
    }
    found
}

#[test]
fn the_archive_holds_the_published_files_in_a_folder_of_its_name() {
    let site = folder(SITE);
    let run = milepost(site.path(), &["build", "--offline-zip", "guides.zip"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stderr.contains("packed ") && run.stderr.contains("`guides.zip`"), "{}", run.stderr);
    let mut expected: BTreeMap<String, Vec<u8>> =
        contents(&site.path().join("public")).into_iter().map(|(path, bytes)| (format!("guides/{path}"), bytes)).collect();
    for path in ["404.html", ".nojekyll", ".milepost-manifest"] {
        expected.remove(&format!("guides/{path}")).expect("the output has it, and the archive has no use for it");
    }
    assert!(unpacked(&site.path().join("guides.zip")) == expected);
}

#[test]
fn an_archive_is_the_same_again_and_replaces_the_old_one() {
    let site = folder(SITE);
    let pack = || {
        assert_eq!(milepost(site.path(), &["build", "--offline-zip", "guides.zip"]).status, 0);
        fs::read(site.path().join("guides.zip")).expect("the archive is there")
    };
    let first = pack();
    fs::remove_dir_all(site.path().join("public")).expect("the output can be removed");
    assert!(pack() == first, "the same site, written later, gives the same bytes");
    write(site.path(), "content/a.md", "# Another\n");
    let changed = pack();
    assert!(changed != first);
    assert!(unpacked(&site.path().join("guides.zip"))["guides/a/index.html"].windows(7).any(|words| words == b"Another"));
}

#[test]
fn no_archive_is_written_where_no_site_is() {
    let site = folder(SITE);
    write(site.path(), "content/a.md", "# A\n\n[gone](gone.md)\n");
    assert_eq!(milepost(site.path(), &["build", "--offline-zip", "guides.zip"]).status, 1);
    assert!(!site.path().join("guides.zip").exists());
}

#[test]
fn an_archive_in_the_content_is_refused_before_anything_is_written() {
    let site = folder(SITE);
    let run = milepost(site.path(), &["build", "--offline-zip", "content/guides.zip"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("content/guides.zip") && run.stderr.contains("part of the next build"), "{}", run.stderr);
    assert!(!site.path().join("public").exists() && !site.path().join("content/guides.zip").exists());
}
