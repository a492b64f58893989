//! What the last build left is used only where it holds: any change gives the bytes of a build from nothing.

use crate::{
    program::{command, contents, finish, write},
    properties::{page_text, settings},
};
use milepost::{
    Building,
    progress::Progress,
    project::{Overrides, Project},
    write::output::Written,
};
use proptest::prelude::*;
use std::{
    fs::{self, File},
    path::Path,
    time::{Duration, SystemTime},
};

/// The guides that there may be.
const NAMES: [&str; 10] = [
    "README.md",
    "a.md",
    "a.zh.md",
    "sub/README.md",
    "sub/b c.md",
    "sub/安装.md",
    "50%.md",
    "list/one.md",
    "list/two.md",
    "list/deep/three.md",
];

/// Files that are no guides; some stand where the program would put one of its own.
const OTHERS: [&str; 7] = [
    "content/raw.html",
    "content/feed.xml",
    "content/llms.txt",
    "content/404.html",
    "content/_redirects",
    "static/sub/b c.md",
    "static/logo.svg",
];

/// One change of a project.
#[derive(Clone, Debug)]
enum Change {
    Rewrite(usize, String),
    Append(usize, String),
    Retitle(usize, String),
    Settings(usize, &'static str),
    Include(usize, usize),
    Move(usize, usize),
    Delete(usize),
    Image(u8),
    OtherFile(&'static str, &'static str),
    Template(String),
    Configuration(&'static str),
    Output(usize),
}

fn change() -> impl Strategy<Value = Change> {
    let page = || 0..NAMES.len();
    let words = || "[a-c]{1,3}";
    prop_oneof![
        4 => (page(), page_text()).prop_map(|(page, text)| Change::Rewrite(page, text)),
        4 => (page(), words()).prop_map(|(page, text)| Change::Append(page, text)),
        2 => (page(), words()).prop_map(|(page, title)| Change::Retitle(page, title)),
        2 => (page(), prop::sample::select(vec!["draft: true", "weight: 3", "search: false", "sidebar: false", "description: x", "slug: y", "toc: false", "aliases: [old]"]))
            .prop_map(|(page, setting)| Change::Settings(page, setting)),
        1 => (page(), page()).prop_map(|(page, other)| Change::Include(page, other)),
        2 => (page(), page()).prop_map(|(from, to)| Change::Move(from, to)),
        2 => page().prop_map(Change::Delete),
        1 => any::<u8>().prop_map(Change::Image),
        2 => (prop::sample::select(OTHERS.to_vec()), prop::sample::select(vec!["", "one", "two"])).prop_map(|(name, text)| Change::OtherFile(name, text)),
        1 => words().prop_map(Change::Template),
        1 => prop::sample::select(vec!["", "title = \"Other\"\n", "lowercase-addresses = true\n", "[print]\nsections = true\nsite = true\n", "[search]\nenabled = false\n", "[markdown]\nhighlight = false\n", "[languages.zh]\n", "[redirects]\nformats = [\"netlify\", \"html\"]\n[redirects.addresses]\n\"/gone/\" = \"/a.md\"\n"])
            .prop_map(Change::Configuration),
        1 => any::<usize>().prop_map(Change::Output),
    ]
}

fn make(root: &Path, change: &Change, age: u64) {
    let content = root.join("content");
    let at = |page: usize| content.join(NAMES[page]);
    let text = |page: usize| fs::read_to_string(at(page)).unwrap_or_default();
    let put = |page: usize, text: String| {
        write(&content, NAMES[page], text);
        grow_old(&at(page), age);
    };
    match change {
        Change::Rewrite(page, new) => put(*page, new.clone()),
        Change::Append(page, more) => put(*page, format!("{}\n\n{more}\n", text(*page))),
        Change::Retitle(page, title) => put(*page, format!("---\ntitle: {title}\n---\n{}", body(&text(*page)))),
        Change::Settings(page, setting) => put(*page, format!("---\n{setting}\n---\n{}", body(&text(*page)))),
        Change::Include(page, other) => put(*page, format!("{}\n\n<!-- @include </{}> -->\n", text(*page), NAMES[*other])),
        Change::Move(from, to) => {
            if at(*from).exists() {
                fs::create_dir_all(at(*to).parent().expect("it is in a folder")).expect("it can be made");
                fs::rename(at(*from), at(*to)).expect("it can be moved");
            }
        }
        // A site has a page.
        Change::Delete(page) if *page > 0 => drop(fs::remove_file(at(*page))),
        Change::Delete(_) => {}
        Change::Image(size) => {
            write(&content, "sub/x.svg", format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{size}\" height=\"9\"/>"));
            grow_old(&content.join("sub/x.svg"), age);
        }
        Change::OtherFile(name, "") => drop(fs::remove_file(root.join(name))),
        Change::OtherFile(name, text) => {
            write(root, name, text);
            grow_old(&root.join(name), age);
        }
        Change::Template(words) => {
            write(root, "templates/parts/footer.html", format!("<footer>{words}</footer>"));
            grow_old(&root.join("templates/parts/footer.html"), age);
        }
        Change::Configuration(settings) => write(root, "milepost.toml", format!("base-url = \"https://docs.example.com/\"\n{settings}")),
        // Somebody else touches what was written.
        Change::Output(number) => {
            let written: Vec<(String, Vec<u8>)> = contents(&root.join("public"));
            let (path, _) = &written[number % written.len()];
            if !path.ends_with(".milepost-manifest") {
                write(&root.join("public"), path, "not ours");
            }
        }
    }
}

fn body(text: &str) -> &str {
    text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).map_or(text, |(_, body)| body)
}

/// Gives a file a time long ago, so that its state counts and not its bytes.
fn grow_old(file: &Path, age: u64) {
    if age > 0 {
        let file = File::options().append(true).open(file).expect("it is there");
        file.set_modified(SystemTime::now() - Duration::from_secs(age * 100)).expect("it has a time");
    }
}

fn build(root: &Path, reuse: bool) -> Written {
    build_lean(root, reuse, false)
}

fn build_lean(root: &Path, reuse: bool, lean: bool) -> Written {
    let output = root.join(if reuse { "public" } else { "clean" });
    let project = Project::open(Some(root), &Overrides { output: Some(output), ..Overrides::default() }).expect("the project is sound");
    let building = Building { keep_going: true, reuse, lean, ..Building::default() };
    milepost::build(&project, building, &Progress::default()).expect("it builds").1.expect("it is written")
}

fn is_as_from_nothing(root: &Path) -> Result<(), TestCaseError> {
    let _ = fs::remove_dir_all(root.join("clean"));
    build(root, false);
    let (warm, clean) = (contents(&root.join("public")), contents(&root.join("clean")));
    let names = |files: &[(String, Vec<u8>)]| files.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>();
    prop_assert_eq!(names(&warm), names(&clean));
    for ((path, warm), (_, clean)) in warm.iter().zip(&clean) {
        prop_assert!(warm == clean, "`{}` differs: {}\n---\n{}", path, String::from_utf8_lossy(warm), String::from_utf8_lossy(clean));
    }
    Ok(())
}

proptest! {
    #![proptest_config(settings(48))]

    #[test]
    fn any_change_gives_what_a_build_from_nothing_gives(
        texts in prop::collection::vec(page_text(), NAMES.len()),
        rounds in prop::collection::vec((prop::collection::vec(change(), 1..3), 0_u64..3, any::<bool>()), 1..6),
    ) {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let root = folder.path();
        write(root, "milepost.toml", "base-url = \"https://docs.example.com/\"\n");
        for (page, text) in texts.into_iter().enumerate() {
            make(root, &Change::Rewrite(page, text), 9);
        }
        build(root, true);
        for (changes, age, lean) in rounds {
            for change in changes {
                make(root, &change, age);
            }
            build_lean(root, true, lean);
            is_as_from_nothing(root)?;
        }
        let again = build(root, true);
        prop_assert_eq!((again.changed, again.removed), (0, 0));
    }
}

fn site(root: &Path) {
    write(root, "milepost.toml", "");
    write(root, "content/README.md", "# Home\n\n[one](one.md)\n");
    write(root, "content/one.md", "# One\n\n```sh\nls\n```\n\n[home](README.md#home)\n");
    write(root, "content/two.md", "# Two\n\n[gone](gone.md)\n");
}

#[test]
fn no_file_is_touched_where_nothing_has_changed() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    site(folder.path());
    build(folder.path(), true);
    let times = |root: &Path| -> Vec<(String, SystemTime)> {
        let files = contents(root).into_iter();
        files
            .map(|(path, _)| (path.clone(), fs::metadata(root.join(path)).expect("it is there").modified().expect("it has a time")))
            .collect()
    };
    let before = times(&folder.path().join("public"));
    let again = build(folder.path(), true);
    assert_eq!((again.changed, again.removed), (0, 0));
    assert_eq!(times(&folder.path().join("public")), before);
}

#[test]
fn one_page_that_has_changed_is_the_one_that_is_written() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    site(folder.path());
    write(folder.path(), "milepost.toml", "[search]\nenabled = false\n");
    build(folder.path(), true);
    write(folder.path(), "content/one.md", "# One\n\nOther words.\n");
    assert_eq!(build(folder.path(), true).changed, 1);
    assert!(fs::read_to_string(folder.path().join("public/one/index.html")).expect("it is there").contains("Other words."));
}

#[test]
fn the_index_of_many_pages_is_mended_in_pieces() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let root = folder.path();
    let page = |number: usize| format!("guides/page-{number:03}.md");
    let words = |number: usize| format!("# Page {number}\n\n{}\n\n## Heading\n\nword{number}\n", "filler ".repeat(number % 400));
    for number in 0..300 {
        write(root, &page(number), words(number));
        grow_old(&root.join(page(number)), 1);
    }
    write(root, "milepost.toml", "content = \"guides\"\n");
    build(root, true);
    let texts = |folder: &str| {
        let names = contents(&root.join(folder).join("assets/milepost-search")).into_iter().map(|(path, _)| path);
        names.filter(|path| path.contains("text-")).count()
    };
    assert!(texts("public") > 10, "there are texts to mend one of");
    let changes: [&dyn Fn(); 6] = [
        &|| write(root, &page(150), "# Page 150\n\nOther words.\n"),
        &|| write(root, &page(0), "# Page 0\n\nOther words, and *more*.\n\n<!-- @include <page-007.md> -->\n"),
        &|| write(root, &page(7), "# Another title\n\nSome.\n"),
        &|| write(root, "guides/page-100b.md", words(100)),
        &|| fs::remove_file(root.join(page(299))).expect("it is there"),
        &|| fs::rename(root.join(page(20)), root.join(page(280))).expect("it is there"),
    ];
    for change in changes {
        change();
        build(root, true);
        is_as_from_nothing(root).expect("the bytes are the same");
    }
    write(root, &page(31), "# Page 31\n\nfiller\n");
    let written = build(root, true);
    assert!(written.changed < 8, "a page, its text, and the parts with its words: {written:?}");
}

#[test]
fn a_file_of_the_authors_in_the_place_of_ours_changes_what_is_around_it() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let root = folder.path();
    site(root);
    write(root, "milepost.toml", "base-url = \"https://docs.example.com/\"\n[redirects]\nformats = [\"netlify\"]\n");
    write(root, "content/one.md", "---\nupdated: 2026-11-25\naliases: [old]\n---\n# One\n");
    let read = |path: &str| fs::read_to_string(root.join("public").join(path)).expect("it is there");
    build(root, true);
    assert!(read("index.html").contains("feed.xml") && read("_redirects").contains("/old/"));
    write(root, "content/feed.xml", "<feed/>");
    write(root, "content/_redirects", "/mine /yours\n");
    build(root, true);
    assert!(!read("index.html").contains("feed.xml"), "it is no feed of ours");
    assert!(read("_redirects").starts_with("/mine /yours\n"));
    write(root, "content/_redirects", "/mine /theirs\n");
    build(root, true);
    assert!(read("_redirects").starts_with("/mine /theirs\n") && read("_redirects").contains("/old/"));
}

#[test]
fn findings_are_told_again_where_nothing_has_changed() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    site(folder.path());
    let run = |more: &[&str]| finish(command(folder.path()).arg("build").args(more));
    let first = run(&["--keep-going"]);
    let again = run(&["--keep-going"]);
    // The last line tells the time that it took.
    let told = |stderr: &str| stderr.lines().filter(|line| !line.starts_with("built ")).collect::<Vec<_>>().join("\n");
    assert_eq!((again.status, told(&again.stderr)), (1, told(&first.stderr)));
    assert!(first.stderr.contains("gone.md"), "{}", first.stderr);
    // Without `--keep-going` such a site is not written, cache or not.
    let refused = run(&[]);
    assert!(refused.stderr.contains("nothing written"), "{}", refused.stderr);
}

#[test]
fn a_damaged_cache_is_none() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let root = folder.path();
    site(root);
    build(root, true);
    for (path, bytes) in contents(&root.join(".milepost-cache")) {
        let kept = bytes.len() / 2;
        fs::write(root.join(".milepost-cache").join(path), &bytes[..kept]).expect("it can be written");
    }
    write(root, "content/one.md", "# One\n\nOther words.\n");
    build(root, true);
    assert!(fs::read_to_string(root.join("public/one/index.html")).expect("it is there").contains("Other words."));
}

#[test]
fn nothing_is_kept_where_nothing_is_to_be_and_what_is_kept_is_no_concern_of_git() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let root = folder.path();
    site(root);
    let run = |more: &[&str]| finish(command(root).args(["build", "--keep-going", "--quiet"]).args(more));
    run(&["--no-cache"]);
    assert!(!root.join(".milepost-cache").exists());
    run(&[]);
    assert_eq!(fs::read_to_string(root.join(".milepost-cache/.gitignore")).expect("it is there"), "*\n");
    fs::remove_dir_all(root.join("public")).expect("it can be removed");
    run(&["--output-dir", "other"]);
    let kept = fs::read_dir(root.join(".milepost-cache/build")).expect("it is there").count();
    assert_eq!(kept, 1, "the cache of an output that is gone goes");
}
