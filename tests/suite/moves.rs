//! `milepost mv`: where each link leads afterwards, which bytes change and which do not, and what is refused.

use crate::{
    checker::dead_addresses,
    program::{Run, contents, files, folder, milepost, write},
    properties::{page_text, settings},
};
use milepost::{
    Building,
    diagnostic::Rule,
    edit::mv::{Moves, Request},
    progress::Progress,
    project::{Overrides, Project},
    site::{Destination, Site},
};
use proptest::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Command,
};

fn text(root: &Path, path: &str) -> String {
    String::from_utf8(fs::read(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))).expect("it is UTF-8")
}

fn mv(root: &Path, from: &str, to: &str) -> Run {
    milepost(root, &["mv", from, to])
}

fn moved(root: &Path, from: &str, to: &str) -> Run {
    let run = mv(root, from, to);
    assert_eq!(run.status, 0, "{from} → {to}: {}", run.stderr);
    run
}

/// A tree with a page in each place that a link can lead from and to.
fn tree(more: &[(&str, &str)]) -> tempfile::TempDir {
    let site = folder(&[
        ("milepost.toml", "base-url = \"https://docs.example.com/help/\"\ncontent = \"docs\"\n"),
        ("docs/README.md", "# Home\n"),
        ("docs/a/README.md", "# A\n\n## Part\n"),
        ("docs/a/b c.md", "# B\n\n## Part\n"),
        ("docs/a/x.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\" height=\"1\"/>"),
        ("docs/安/装.md", "# 装\n"),
        ("docs/d.md", "# D\n"),
    ]);
    for (path, text) in more {
        write(site.path(), path, text);
    }
    site
}

#[test]
fn each_form_of_link_is_written_as_it_was() {
    let forms = [
        ("[x](<a/b c.md>)", "[x](<new/deep/b c.md>)"),
        ("[x](./a/b%20c.md#part \"title\")", "[x](./new/deep/b%20c.md#part \"title\")"),
        ("[x](</a/b c.md?x=1#part>)", "[x](</new/deep/b c.md?x=1#part>)"),
        ("[x](a/b&#32;c.md)", "[x](new/deep/b&#32;c.md)"),
        ("[x](a/)", "[x](new/deep/)"),
        ("[x](a)", "[x](new/deep)"),
        ("[x](a#part)", "[x](new/deep#part)"),
        ("![x](a/x.svg)", "![x](new/deep/x.svg)"),
        (
            "<img alt=\"\" src='a/x.svg' srcset=\"a/x.svg 1x, /a/x.svg 2x\">",
            "<img alt=\"\" src='new/deep/x.svg' srcset=\"new/deep/x.svg 1x, /new/deep/x.svg 2x\">",
        ),
        ("[x][r] [r]\n\n[r]: <a/b c.md> 'title'", "[x][r] [r]\n\n[r]: <new/deep/b c.md> 'title'"),
        ("[x](https://docs.example.com/help/a/b%20c/#part)", "[x](https://docs.example.com/help/new/deep/b%20c/#part)"),
        ("<https://docs.example.com/help/a>", "<https://docs.example.com/help/new/deep>"),
        ("[x](a/gone.md)", "[x](new/deep/gone.md)"),
        ("[x](A/README.md)", "[x](new/deep/README.md)"),
        ("`[x](a/README.md)` [x](d.md) [x](https://example.com/a/)", "`[x](a/README.md)` [x](d.md) [x](https://example.com/a/)"),
    ];
    for (before, after) in forms {
        for (lead, end) in [("", "\n"), ("\u{feff}", "\r\n"), ("---\r\ntitle: T\r\n---\r\n", "\r\n")] {
            let [before, after] = [before, after].map(|text| format!("{lead}{}{end}", text.replace('\n', end)));
            let site = tree(&[("docs/page.md", &before)]);
            moved(site.path(), "docs/a", "docs/new/deep");
            assert_eq!(text(site.path(), "docs/page.md"), after);
            assert!(!site.path().join("docs/a").exists());
        }
    }
}

#[test]
fn links_from_a_page_that_moves_lead_where_they_led() {
    let before = "# B\n\n[a](README.md) [h](../README.md#home) [s](#part) ![](x.svg) [r](/d.md)\n[z](../安/装.md) [o](../../out.md) [g](gone.md)\n\n## Part\n";
    let after = "# B\n\n[a](../../a/README.md) [h](../../README.md#home) [s](#part) ![](../../a/x.svg) [r](/d.md)\n[z](../../安/装.md) [o](../../../out.md) [g](../../a/gone.md)\n\n## Part\n";
    let site = tree(&[("docs/a/b c.md", before)]);
    let run = moved(site.path(), "a/b c.md", "new/deep/B.md");
    assert_eq!(text(site.path(), "docs/new/deep/B.md"), format!("---\naliases: [/a/b%20c/]\n---\n\n{after}"));
    assert_eq!(run.stderr, "moved 1 page, mended 6 links, left 1 redirect: 1 file changed\n");
    // Back again, the page keeps the address of the visit as its alias, and no other byte differs.
    moved(site.path(), "docs/new/deep/B.md", "docs/a/b c.md");
    assert_eq!(text(site.path(), "docs/a/b c.md"), format!("---\naliases: [/new/deep/B/]\n---\n\n{before}"));
}

#[test]
fn a_page_of_a_folder_leaves_its_folder() {
    let site = tree(&[("docs/page.md", "[x](a/) [y](a/README.md#part) [z](a/)\n")]);
    moved(site.path(), "docs/a/README.md", "docs/d2.md");
    assert_eq!(text(site.path(), "docs/page.md"), "[x](d2.md) [y](d2.md#part) [z](d2.md)\n");
    assert!(text(site.path(), "docs/d2.md").starts_with("---\naliases: [/a/]\n---\n\n# A"));
}

#[test]
fn wikilinks_and_short_forms_keep_their_form() {
    let site = tree(&[
        ("milepost.toml", "content = \"docs\"\n[markdown]\nwikilinks = true\n[check]\nextensionless = true\noutput-paths = true\n"),
        ("docs/page.md", "[[d]] [[d|words]] [[a/b c#part]] [x](d) [y](d.html) [z](d/) [w](a/b%20c)\n"),
    ]);
    moved(site.path(), "docs/d.md", "docs/e/f.md");
    moved(site.path(), "docs/a/b c.md", "docs/a/g.md");
    assert_eq!(text(site.path(), "docs/page.md"), "[[f]] [[f|words]] [[a/g#part]] [x](e/f) [y](e/f.html) [z](e/f/) [w](a/g)\n");
}

#[test]
fn navigation_files_follow() {
    let site = tree(&[
        ("mkdocs.yml", "site_name: T\nnav:\n  - Home: README.md\n  - B: a/b c.md\n  - 'D': \"d.md\"\n"),
        ("docs/TOC.yml", "- name: A\r\n  href: a/TOC.yml\r\n- name: D\r\n  href: 'd.md'\r\n- name: B\r\n  href: a/b c.md # here\r\n"),
        ("docs/a/TOC.yml", "- name: B\n  href: b c.md\n- name: D\n  href: ../d.md\n- name: Up\n  href: /b c.md\n"),
        ("docs/SUMMARY.md", "# Summary\n\n- [D](d.md)\n- [B](<a/b c.md>)\n"),
    ]);
    moved(site.path(), "docs/a", "docs/n");
    moved(site.path(), "docs/d.md", "docs/n/it's.md");
    assert_eq!(text(site.path(), "mkdocs.yml"), "site_name: T\nnav:\n  - Home: README.md\n  - B: n/b c.md\n  - 'D': \"n/it's.md\"\n");
    assert_eq!(
        text(site.path(), "docs/TOC.yml"),
        "- name: A\r\n  href: n/TOC.yml\r\n- name: D\r\n  href: 'n/it%27s.md'\r\n- name: B\r\n  href: n/b c.md # here\r\n"
    );
    assert_eq!(
        text(site.path(), "docs/n/TOC.yml"),
        "- name: B\n  href: b c.md\n- name: D\n  href: it%27s.md\n- name: Up\n  href: /b c.md\n"
    );
    assert_eq!(text(site.path(), "docs/SUMMARY.md"), "# Summary\n\n- [D](n/it%27s.md)\n- [B](<n/b c.md>)\n");
}

#[test]
fn the_configuration_goes_on_naming_its_pages() {
    let toml = "content = \"docs\"\n[check]\nentry = [\"README.md\", \"a/b c.md\"] # where readers arrive\n[[check.paths]]\npages = \"a/README.md\"\nrules = { image-alt = \"off\" }\n";
    let site = tree(&[("milepost.toml", toml)]);
    moved(site.path(), "docs/a", "docs/n");
    assert_eq!(text(site.path(), "milepost.toml"), toml.replace("\"a/", "\"n/"));
    assert_eq!(milepost(site.path(), &["check"]).status, 0);
}

#[test]
fn links_to_the_repository_follow() {
    let site = tree(&[
        ("milepost.toml", "content = \"docs\"\nrepository-url = \"https://github.com/x/y\"\n"),
        ("src/main.rs", "\n"),
        (
            "docs/page.md",
            "[x](https://github.com/x/y/blob/main/docs/a/b%20c.md#part) [then](https://github.com/x/y/blob/0123456789012345678901234567890123456789/docs/d.md)\n",
        ),
        ("docs/d.md", "[y](../src/main.rs)\n"),
    ]);
    fs::create_dir(site.path().join(".git")).expect("a folder can be made");
    moved(site.path(), "docs/a/b c.md", "docs/n.md");
    moved(site.path(), "docs/d.md", "docs/a/d.md");
    let page = "[x](https://github.com/x/y/blob/main/docs/n.md#part) [then](https://github.com/x/y/blob/0123456789012345678901234567890123456789/docs/d.md)\n";
    assert_eq!(text(site.path(), "docs/page.md"), page);
    assert!(text(site.path(), "docs/a/d.md").ends_with("[y](../../src/main.rs)\n"));
    assert_eq!(milepost(site.path(), &["check"]).status, 0);
}

#[test]
fn a_dry_run_is_a_diff_that_git_applies() {
    let more = [("docs/page.md", "[x](a/b%20c.md)\r\n![](a/x.svg)"), ("docs/a/q\"uote.md", "# Q\n")];
    let site = tree(if cfg!(unix) { &more } else { &more[..1] });
    let before = contents(site.path());
    let run = milepost(site.path(), &["mv", "--dry-run", "docs/a", "docs/new name"]);
    assert_eq!((run.status, contents(site.path())), (0, before), "{}", run.stderr);
    assert!(run.stderr.starts_with("would move "), "{}", run.stderr);
    let twin = tree(if cfg!(unix) { &more } else { &more[..1] });
    write(twin.path(), "../mv.patch", "");
    let patch = twin.path().join("mv.patch");
    fs::write(&patch, &run.stdout).expect("a file can be written");
    let applied = Command::new("git").args(["apply", "mv.patch"]).current_dir(twin.path()).output().expect("git starts");
    assert!(applied.status.success(), "{}{}", String::from_utf8_lossy(&applied.stderr), run.stdout);
    fs::remove_file(&patch).expect("it can be removed");
    moved(site.path(), "docs/a", "docs/new name");
    assert_eq!(contents(twin.path()), contents(site.path()));
}

#[test]
fn what_cannot_be_done_leaves_everything_as_it_was() {
    let site = tree(&[
        ("docs/.gitignore", "/build/\n"),
        ("docs/a/old.md", "---\naliases: [/taken/]\n---\n"),
        ("docs/gbk.md", "# G\n"),
        ("docs/list.md", "---\nchecklist: items\nslug: other\n---\n\n- [ ] One\n"),
    ]);
    fs::write(site.path().join("docs/gbk.md"), b"[x](d.md) \xb0\xb2\xd7\xb0\n").expect("a file can be written");
    let before = contents(site.path());
    for (from, to, status, why) in [
        ("docs/gone.md", "docs/x.md", 2, "there is no `docs/gone.md`"),
        ("docs/d.md", "x.md", 2, "is outside the content folder"),
        ("docs/d.md", "docs/build/d.md", 2, "git ignores `build/d.md`"),
        ("docs/d.md", "docs/.x/d.md", 1, "would be no page"),
        ("docs/d.md", "docs/e.md", 1, "docs/gbk.md: it is not UTF-8"),
        ("docs/a/b c.md", "docs/taken.md", 1, "docs/a/old.md: there would be a new finding of `duplicate-address`"),
        ("docs/list.md", "docs/a/list.md", 1, "run `milepost stamp` first"),
    ] {
        let run = mv(site.path(), from, to);
        assert_eq!(run.status, status, "{from} → {to}: {}", run.stderr);
        assert!(run.stderr.contains(why), "{from} → {to}: {}", run.stderr);
        assert_eq!(contents(site.path()), before, "{from} → {to}");
    }
}

#[test]
fn an_address_that_another_page_takes_is_told() {
    let site = tree(&[("docs/a/index.md", "# Index\n")]);
    let run = moved(site.path(), "docs/a/index.md", "docs/n.md");
    assert!(run.stderr.contains("no redirect from `/a/`: `a/README.md` has that address now"), "{}", run.stderr);
    assert_eq!(text(site.path(), "docs/n.md"), "# Index\n");
    assert!(text(site.path(), "docs/a/README.md").starts_with("---\naliases: [/a/README/]\n---\n"));
}

#[cfg(target_os = "linux")]
/// A site in three languages: a page in all of them, each translation in another form; and a page in one.
fn in_languages() -> tempfile::TempDir {
    folder(&[
        ("milepost.toml", "base-url = \"https://docs.example.com/\"\n[languages.zh]\n[languages.fr]\n"),
        ("content/README.md", "# Home\n\n[laptop](team/laptop.md) [office](office.md)\n"),
        ("content/README.zh.md", "# 首页\n\n[电脑](team/laptop.zh.md) [办公室](office.md)\n"),
        ("content/team/laptop.md", "# Laptop\n\n[home](../README.md)\n"),
        ("content/team/laptop.zh.md", "# 电脑\n\n[首页](../README.zh.md)\n"),
        ("content/fr/team/laptop.md", "# Portable\n\n[bureau](../../office.md)\n"),
        ("content/office.md", "# Office\n\n[laptop](team/laptop.md)\n"),
    ])
}

#[test]
fn translations_go_with_their_original() {
    let site = in_languages();
    let root = site.path();
    let run = moved(root, "team/laptop.md", "kit/notebook.md");
    assert_eq!(
        run.stderr,
        "moved 3 pages, mended 3 links, left 3 redirects: 6 files changed\n\
         the translation `content/fr/team/laptop.md` went with it to `content/fr/kit/notebook.md`\n\
         the translation `content/team/laptop.zh.md` went with it to `content/kit/notebook.zh.md`\n"
    );
    assert_eq!(text(root, "content/kit/notebook.zh.md"), "---\naliases: [/zh/team/laptop/]\n---\n\n# 电脑\n\n[首页](../README.zh.md)\n");
    assert_eq!(
        text(root, "content/fr/kit/notebook.md"),
        "---\naliases: [/fr/team/laptop/]\n---\n\n# Portable\n\n[bureau](../../office.md)\n"
    );
    assert!(text(root, "content/README.zh.md").contains("[电脑](kit/notebook.zh.md)"));
    assert_eq!(milepost(root, &["build"]).status, 0);
    let built = |path: &str| text(root, &format!("public/{path}"));
    assert!(built("zh/kit/notebook/index.html").contains("hreflang=\"fr\""), "they are translations of each other still");
    assert!(built("zh/team/laptop/index.html").contains("../../kit/notebook/index.html"));
    moved(root, "kit/notebook.md", "team/laptop.md");
    assert!(files(root).contains(&"content/fr/team/laptop.md".to_owned()) && files(root).contains(&"content/team/laptop.zh.md".to_owned()));
}

#[test]
fn the_folders_of_other_languages_go_with_a_folder() {
    let site = in_languages();
    let run = moved(site.path(), "team", "kit/");
    assert!(run.stderr.contains("the translation `content/fr/team` went with it to `content/fr/kit`\n"), "{}", run.stderr);
    let all = files(site.path());
    for path in ["content/kit/laptop.md", "content/kit/laptop.zh.md", "content/fr/kit/laptop.md"] {
        assert!(all.contains(&path.to_owned()), "{all:?}");
    }
}

#[test]
fn translations_stay_where_that_is_asked_for_or_they_alone_are_moved() {
    let site = in_languages();
    let run = milepost(site.path(), &["mv", "--only", "team/laptop.md", "team/notebook.md"]);
    assert_eq!((run.status, run.stderr.starts_with("moved 1 page,")), (0, true), "{}", run.stderr);
    assert!(files(site.path()).contains(&"content/team/laptop.zh.md".to_owned()));
    let run = moved(site.path(), "team/laptop.zh.md", "team/notebook.zh.md");
    assert!(run.stderr.starts_with("moved 1 page,") && !run.stderr.contains("went with it"), "{}", run.stderr);
}

#[test]
fn a_translation_whose_place_is_taken_keeps_all_from_being_moved() {
    let site = in_languages();
    write(site.path(), "content/fr/team/notebook.md", "# Autre\n");
    let before = contents(site.path());
    let run = mv(site.path(), "team/laptop.md", "team/notebook.md");
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("fr/team/notebook.md` is there already"), "{}", run.stderr);
    assert_eq!(contents(site.path()), before);
}

#[test]
fn readers_of_a_language_are_led_on_from_where_a_page_stood_in() {
    let site = in_languages();
    let root = site.path();
    moved(root, "office.md", "rooms.md");
    assert_eq!(
        text(root, "content/rooms.md"),
        "---\naliases: [/office/, /fr/office/, /zh/office/]\n---\n\n# Office\n\n[laptop](team/laptop.md)\n"
    );
    assert_eq!(milepost(root, &["build"]).status, 0);
    let leads = |path: &str| text(root, &format!("public/{path}/index.html"));
    assert!(leads("zh/office").contains("url=../rooms/index.html") && leads("zh/rooms").contains("Office"), "{}", leads("zh/office"));
    assert!(leads("office").contains("url=../rooms/index.html"));
    // A translation that comes later is what readers find there.
    write(root, "content/rooms.zh.md", "# 房间\n\n[首页](README.zh.md)\n");
    assert_eq!(milepost(root, &["build"]).status, 0);
    assert!(leads("zh/office").contains("url=../rooms/index.html") && leads("zh/rooms").contains("房间"));
    fs::remove_file(root.join("content/rooms.zh.md")).expect("it can be removed");
    moved(root, "rooms.md", "office.md");
    assert_eq!(milepost(root, &["build"]).status, 0);
    assert!(leads("zh/office").contains("<h1") && leads("zh/rooms").contains("url=../office/index.html"), "{}", leads("zh/rooms"));
}

#[test]
fn without_a_configuration_the_content_folder_is_named() {
    let site = folder(&[("docs/README.md", "# Home\n\n[a](a.md)\n"), ("docs/a.md", "# A\n")]);
    let run = milepost(site.path(), &["mv", "--dir", "docs", "docs/a.md", "docs/b.md"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stderr.contains("there is no milepost.toml: the content folder is `"), "{}", run.stderr);
}

#[test]
fn letter_case_alone_can_change() {
    let site = tree(&[("docs/page.md", "[x](d.md)\n")]);
    let run = moved(site.path(), "docs/d.md", "docs/D.md");
    assert!(run.stderr.contains("no redirect from `/d/`: it differs in letter case only"), "{}", run.stderr);
    assert_eq!((text(site.path(), "docs/page.md").as_str(), text(site.path(), "docs/D.md").as_str()), ("[x](D.md)\n", "# D\n"));
}

#[cfg(unix)]
#[test]
fn symbolic_links_are_left_to_their_author() {
    use std::os::unix::fs::symlink;
    let site = tree(&[]);
    symlink("a", site.path().join("docs/l")).expect("a link can be made");
    for (from, to, why) in [
        ("docs/l", "docs/m", "`docs/l` is a symbolic link"),
        ("docs/l/x.svg", "docs/x.svg", "`docs/l` is a symbolic link"),
        ("docs/a", "docs/m", "is reached by a symbolic link"),
        ("docs/d.md", "docs/l/d.md", "`docs/l` is a symbolic link"),
    ] {
        let run = mv(site.path(), from, to);
        assert!(run.status == 2 && run.stderr.contains(why), "{from} → {to}: {}", run.stderr);
    }
}

#[test]
fn ticks_of_a_list_without_an_id_are_found_by_the_alias() {
    let site = tree(&[
        ("docs/a/week.md", "# Week\n\n<!-- @checklist -->\n\n- [ ] One\n"),
        ("docs/a/README.md", "# A\n\n<!-- @checklist -->\n\n- [ ] Two\n"),
    ]);
    moved(site.path(), "docs/a", "docs/n");
    assert_eq!(milepost(site.path(), &["build"]).status, 0);
    let lists: serde_json::Value = serde_json::from_str(&text(site.path(), "public/checklists.json")).expect("it is JSON");
    let was: BTreeMap<&str, Vec<&str>> = lists["lists"]
        .as_array()
        .expect("lists is a list")
        .iter()
        .map(|list| {
            (list["id"].as_str().expect("an id"), list["was"].as_array().expect("a list").iter().filter_map(|was| was.as_str()).collect())
        })
        .collect();
    assert!(was["n/week"].contains(&"a/week") && was["n/README"].contains(&"a/README"), "{was:?}");
}

/// What a generated site has: pages whose links are made up, and files.
const NAMES: &[&str] =
    &["README.md", "a.md", "sub/README.md", "sub/b c.md", "sub/安装.md", "50%.md", "c#.md", "list/one.md", "list/a:b.md"];

/// Moves of all kinds.
const MOVES: &[(&str, &str)] = &[
    ("sub", "other"),
    ("sub", "list/sub"),
    ("sub", "安 装/(x)"),
    ("list", "sub/list"),
    ("a.md", "sub/a.md"),
    ("a.md", "sub/index.md"),
    ("sub/README.md", "README2.md"),
    ("README.md", "sub/home.md"),
    ("sub/b c.md", "b&c;d.md"),
    ("50%.md", "list/50%25.md"),
    ("c#.md", "new/c?.md"),
    ("sub/安装.md", "%20.md"),
    ("list/a:b.md", "sub/a:b.md"),
    ("raw.html", "sub/raw.html"),
    ("sub/x.png", "x.png"),
    ("draft.md", "list/draft.md"),
];

/// Where each link leads, by the path of its page: a path and what follows it, or that it leads nowhere.
fn leads(site: &Site, path: &dyn Fn(&str) -> String) -> BTreeMap<String, Vec<String>> {
    let led = |page: &milepost::site::page::Page, link| match site.follow(page, link) {
        Ok(Destination::Page(id, suffix)) => format!("{}{suffix}", path(&site.page(id).path)),
        Ok(Destination::File(id, suffix)) => format!("{}{suffix}", path(&site.file(id).path)),
        Ok(Destination::Same(suffix)) => suffix.to_string(),
        Ok(Destination::Address | Destination::Repository(_)) => "elsewhere".to_owned(),
        Err(_) => "nowhere".to_owned(),
    };
    site.pages.iter().map(|page| (path(&page.path), page.links.iter().map(|link| led(page, link)).collect())).collect()
}

/// How many findings there are of each rule; a broken link may be broken in another way, and an orphan harms nobody.
fn rules(project: &Project) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for finding in milepost::check(project, &Progress::default()).expect("it is checked").diagnostics {
        let name = match finding.rule {
            Rule::OrphanPage => continue,
            Rule::MissingFile
            | Rule::CaseMismatch
            | Rule::OutsideRoot
            | Rule::DirectoryWithoutIndex
            | Rule::MissingFragment
            | Rule::FragmentCase => "a broken link",
            rule => rule.name(),
        };
        *counts.entry(name).or_default() += 1;
    }
    counts
}

proptest! {
    #![proptest_config(settings(60))]

    /// What `mv` promises: each link leads where it led, nothing new is found, and there is a way back.
    #[test]
    fn every_link_of_a_generated_site_leads_where_it_led(
        texts in prop::collection::vec(page_text(), NAMES.len()),
        (from, to) in prop::sample::select(MOVES.to_vec()),
        wikilinks: bool,
        lenient: bool,
    ) {
        let site = tempfile::tempdir().expect("a folder can be made");
        let root = site.path();
        for (name, text) in NAMES.iter().zip(&texts) {
            write(root, &format!("content/{name}"), text);
        }
        write(root, "content/draft.md", "---\ndraft: true\n---\n[a](a.md)\n");
        write(root, "content/raw.html", "<p id=x>");
        write(root, "content/sub/x.png", "");
        let keys = format!("[markdown]\nwikilinks = {wikilinks}\n[check]\nextensionless = {lenient}\noutput-paths = {lenient}\n");
        write(root, "milepost.toml", format!("base-url = \"https://docs.example.com/\"\n{keys}"));
        let open = || Project::open(Some(root), &Overrides { drafts: true, ..Overrides::default() }).expect("the project is sound");
        let look = || milepost::site(&open(), &Progress::default()).expect("it is read");
        let (before, bytes, found) = (look(), contents(root), rules(&open()));
        let request = Request { from: from.into(), to: to.into(), current: root.join("content"), only: false };
        let moves = Moves::new(&open().content, &request).expect("the move makes sense");
        let moved = milepost::mv(&open(), &request, false, &Progress::default()).expect("it ends");
        if !moved.obstacles.is_empty() {
            prop_assert_eq!(contents(root), bytes, "what is refused changes nothing");
            prop_assert!(moved.obstacles.iter().all(|obstacle| is_expected(&obstacle.why)), "{from} → {to}: {:#?}", moved.obstacles);
            return Ok(());
        }
        let after = look();
        let (led, now) = (leads(&before, &|path| moves.path(path)), leads(&after, &str::to_owned));
        prop_assert_eq!(led.keys().collect::<Vec<_>>(), now.keys().collect::<Vec<_>>());
        for (page, led) in &led {
            for (led, now) in led.iter().zip(&now[page]) {
                prop_assert!(led == now || led == "nowhere", "{page}: {led} before, {now} now");
            }
        }
        for (rule, count) in rules(&open()) {
            prop_assert!(count <= found.get(&rule).copied().unwrap_or_default(), "{from} → {to}: {rule}");
        }
        milepost::build(&open(), Building { keep_going: true, ..Building::default() }, &Progress::default()).expect("it builds");
        let not_ours: BTreeSet<String> = ["raw.html", "sub/raw.html", "404.html"].map(str::to_owned).into();
        let dead = dead_addresses(&root.join("public"), &not_ours);
        prop_assert!(dead.is_empty(), "{}", dead.join("\n"));
        fs::remove_dir_all(root.join("public")).expect("it can be removed");
        let back = Request { from: to.into(), to: from.into(), current: root.join("content"), only: false };
        let again = milepost::mv(&open(), &back, false, &Progress::default()).expect("it ends");
        prop_assert!(again.obstacles.iter().all(|obstacle| is_expected(&obstacle.why)), "{to} → {from}: {:#?}", again.obstacles);
        prop_assume!(again.obstacles.is_empty());
        prop_assert_eq!(files(root), bytes.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>());
        let back = leads(&look(), &str::to_owned);
        for (page, led) in leads(&before, &str::to_owned) {
            for (led, now) in led.iter().zip(&back[&page]) {
                prop_assert!(led == now || led == "nowhere", "{page}: {led} before, {now} there and back");
            }
        }
    }
}

/// Two pages of one folder's address cannot be told apart from a mistake, and a link that letter case broke shows only when it
/// is mended that it led to another page than the list beside it.
fn is_expected(why: &str) -> bool {
    why.contains("`sub/index.md` is published at `/sub/` already") || why.contains("does not lead to the page of `one`")
}
