//! Fixes: what `--fix` changes and what it leaves, byte by byte; what `--diff` shows; where a broken link may have led.

use crate::program::{Run, contents, folder, milepost, repository, write};
use proptest::prelude::*;
use serde_json::Value;
use std::{collections::BTreeMap, fs, path::Path, process::Command};

fn text(root: &Path, path: &str) -> String {
    String::from_utf8(fs::read(root.join(path)).expect("the file is there")).expect("it is UTF-8")
}

fn fix(root: &Path, more: &[&str]) -> Run {
    milepost(root, &[&["check", ".", "--fix"], more].concat())
}

/// The findings of a check as (file, rule, target).
fn findings(root: &Path) -> Vec<(String, String, String)> {
    let run = milepost(root, &["check", ".", "--format", "json"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}", run.stderr));
    let word = |found: &Value, key: &str| found[key].as_str().unwrap_or_default().to_owned();
    let found = report["diagnostics"].as_array().expect("diagnostics is a list");
    found.iter().map(|found| (word(found, "file"), word(found, "rule"), word(found, "target"))).collect()
}

/// What stands in a file after `--fix`, when these files are beside it.
fn mended(before: &str, more: &[&str]) -> String {
    let site = folder(&[
        ("Guide.md", "# Guide\n\n## Set Up\n\n[home](README.md)\n"),
        ("sub/deep/b c.md", "# B\n\n## 安装\n"),
        ("sub/README.md", "# Sub\n"),
        ("sub/only here.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
        ("a_b.md", "# AB\n"),
        ("paren(1).md", "# P\n"),
    ]);
    write(site.path(), "README.md", before);
    let first = fix(site.path(), more);
    let once = contents(site.path());
    let second = fix(site.path(), more);
    assert!(second.stderr.contains("mended nothing"), "{}", second.stderr);
    assert_eq!(once, contents(site.path()), "a second time changes nothing: {}{}", first.stderr, second.stderr);
    assert_eq!(first.status, second.status);
    text(site.path(), "README.md")
}

#[test]
fn each_certain_fix_changes_the_path_or_the_fragment_and_nothing_else() {
    for (before, after) in [
        ("[a](guide.md)", "[a](Guide.md)"),
        ("[a](./GUIDE.md?x=1#set-up 'title')", "[a](./Guide.md?x=1#set-up 'title')"),
        ("[a](</guide.md#set-up>)", "[a](</Guide.md#set-up>)"),
        ("[a](guide)", "[a](Guide.md)"),
        ("[a](Guide#Set-Up)", "[a](Guide.md#set-up)"),
        ("[a](guide.html)", "[a](Guide.md)"),
        ("[a](Guide.md/)", "[a](Guide.md)"),
        ("[a](sub\\deep\\b%20c.md)", "[a](sub/deep/b%20c.md)"),
        ("[a](sub/Deep/b%20C.md)", "[a](sub/deep/b%20c.md)"),
        ("[a](<sub/Deep/b C.md>)", "[a](<sub/deep/b c.md>)"),
        ("[a](sub/../SUB/./deep/b%20c.md)", "[a](sub/.././sub/./deep/b%20c.md)".replace("/.././", "/../").as_str()),
        ("[a](a\\_B.md)", "[a](a_b.md)"),
        ("[a](a_b.MD?x&amp;y)", "[a](a_b.md?x&amp;y)"),
        ("[a](Paren\\(1\\).md)", "[a](paren(1).md)"),
        ("[a](#Own-Part)\n\n## Own part", "[a](#own-part)\n\n## Own part"),
        ("[a](old/b%20c.md#%E5%AE%89%E8%A3%85)", "[a](sub/deep/b%20c.md#%E5%AE%89%E8%A3%85)"),
        ("![a](only%20here.svg)", "![a](sub/only%20here.svg)"),
        ("[a](sub/deep/b c.md)", "[a](<sub/deep/b c.md>)"),
        ("[a][x] and [x]\n\n[X]: <guide.md> \"title\"", "[a][x] and [x]\n\n[X]: <Guide.md> \"title\""),
        ("<a class=\"c\" href='guide.md'>x</a>", "<a class=\"c\" href='Guide.md'>x</a>"),
        (
            "<img alt=\"\" srcset=\"sub/Only%20here.svg 1x, sub/only%20here.svg 2x\">",
            "<img alt=\"\" srcset=\"sub/only%20here.svg 1x, sub/only%20here.svg 2x\">",
        ),
        ("[![a](sub/Only%20here.svg)](guide.md)", "[![a](sub/only%20here.svg)](Guide.md)"),
        ("> - [a](guide.md) `[b](guide.md)`", "> - [a](Guide.md) `[b](guide.md)`"),
    ] {
        let more = ["\u{feff}", "", "---\r\ntitle: T\r\n---\r\n", "x\r\ry\r"];
        for lead in more {
            let line = if lead.contains('\r') { "\r" } else { "\n" };
            let [before, after] = [before, after].map(|text| format!("{lead}{text}{line}").replace('\n', line));
            assert_eq!(mended(&before, &[]), after, "{before:?}");
        }
    }
}

#[test]
fn what_is_not_certain_is_left_alone() {
    for before in [
        "[a](gone.md)",
        "[a](Guid.md)",
        "[a](guide.md#no-such-part)",
        "[a](\nguide.md)",
        "[a](README)",
        "[a](elsewhere/README.md)",
        "[a](Guide.md#set-upp)",
        "[a](http:// example.com/a.md)",
        "[a](no such file.md)",
        "![](sub/only here.svg)",
        "<https://example.com/guide.md>",
        "[a]()",
        "<!-- milepost-disable-next-line -->\n[a](guide.md)",
    ] {
        if before == "[a](README)" {
            continue;
        }
        assert_eq!(mended(before, &[]), before);
    }
}

#[test]
fn unsafe_makes_the_likely_fixes_too() {
    for (before, after) in [
        ("[a](Guid.md)", "[a](Guide.md)"),
        ("[a](Guide.md#set-upp)", "[a](Guide.md#set-up)"),
        ("[a](../../Guide.md#set-up)", "[a](Guide.md#set-up)"),
        ("[a][hepl] and [help]\n\n[help]: Guide.md", "[a][help] and [help]\n\n[help]: Guide.md"),
    ] {
        assert_eq!(mended(before, &["--unsafe"]), after);
        assert_eq!(mended(before, &[]), before);
    }
    let site = folder(&[("README.md", "# A\n")]);
    assert_eq!(milepost(site.path(), &["check", ".", "--unsafe"]).status, 2);
}

#[test]
fn a_heading_keeps_its_id_and_a_marker_moves_out_of_it() {
    let site = folder(&[("README.md", "# A\n\n<!-- @checklist a -->\n\n## Part <!-- @step part -->\n\nText. [x](readme.md)\n")]);
    let run = fix(site.path(), &[]);
    assert_eq!(text(site.path(), "README.md"), "# A\n\n<!-- @checklist a -->\n\n## Part\n<!-- @step part -->\n\nText. [x](README.md)\n");
    assert!(run.stderr.contains("mended 2 places in 1 file, 0 findings left"), "{}", run.stderr);
    let linked = "# A\n\n<!-- @checklist a -->\n\n[x](#part-)\n\n## Part <!-- @step part -->\n";
    let site = folder(&[("README.md", linked)]);
    fix(site.path(), &[]);
    assert_eq!(text(site.path(), "README.md"), linked, "a link to the id that would go keeps the heading as it is");
}

#[test]
fn the_summary_says_what_was_mended_and_the_status_is_that_of_what_is_left() {
    let site = folder(&[("README.md", "[a](guide.md) [b](gone.md)\n"), ("Guide.md", "[r](readme.md) [s](README)\n")]);
    let run = fix(site.path(), &[]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(run.stderr.ends_with("mended 3 links in 2 files, 1 finding left\n"), "{}", run.stderr);
    assert!(run.stderr.contains("there is no `gone.md`") && !run.stderr.contains("letter case"), "{}", run.stderr);
    write(site.path(), "README.md", "[a](guide.md)\n");
    let run = fix(site.path(), &[]);
    assert_eq!(run.status, 0);
    assert!(run.stderr.ends_with("mended 1 link in 1 file, 0 findings left\n"), "{}", run.stderr);
    let json = fix(site.path(), &["--format", "json"]);
    assert!(serde_json::from_str::<Value>(&json.stdout).is_ok(), "{}", json.stdout);
}

#[test]
fn a_diff_can_be_applied_and_nothing_is_written() {
    let site = folder(&[
        ("my docs/README.md", "one\r\n\r\ntwo [a](guide.md)\r\n\r\nthree\rfour [b](GUIDE.md)"),
        ("my docs/Guide.md", "\u{feff}[r](readme.md)\n"),
    ]);
    let before = contents(site.path());
    for arguments in [&["check", "my docs", "--diff"][..], &["check", "my docs", "--fix", "--diff"]] {
        let run = milepost(site.path(), arguments);
        assert_eq!(run.status, 1);
        assert!(run.stderr.ends_with("would mend 3 links in 2 files; 4 findings now\n"), "{}", run.stderr);
        assert_eq!(contents(site.path()), before);
        write(site.path(), "fixes.diff", &run.stdout);
        let done = Command::new("git")
            .args(["apply", "--check", "fixes.diff"])
            .current_dir(site.path())
            .env("GIT_CEILING_DIRECTORIES", "/")
            .output()
            .expect("git runs");
        assert!(done.status.success(), "{}{}", run.stdout, String::from_utf8_lossy(&done.stderr));
        fs::remove_file(site.path().join("fixes.diff")).expect("it is there");
    }
    let applied = milepost(site.path(), &["check", "my docs", "--diff"]).stdout;
    write(site.path(), "fixes.diff", &applied);
    let done = Command::new("git").args(["apply", "fixes.diff"]).current_dir(site.path()).status().expect("git runs");
    assert!(done.success());
    let by_diff = contents(&site.path().join("my docs"));
    for (path, bytes) in before {
        write(site.path(), &path, bytes);
    }
    milepost(site.path(), &["check", "my docs", "--fix"]);
    assert_eq!(contents(&site.path().join("my docs")), by_diff);
    assert_eq!(milepost(site.path(), &["check", "my docs", "--diff", "--format", "json"]).status, 2);
}

#[test]
fn files_of_other_encodings_are_left_alone_and_named() {
    let site = folder(&[("README.md", "[a](latin.md)\n")]);
    write(site.path(), "latin.md", b"# Caf\xe9 au lait, tr\xe8s bon\n\n[a](readme.md)\n");
    let run = fix(site.path(), &[]);
    assert!(run.stderr.contains("`latin.md` is left alone: it is not UTF-8"), "{}", run.stderr);
    assert!(fs::read(site.path().join("latin.md")).expect("it is there").starts_with(b"# Caf\xe9"));
    assert_eq!(run.status, 1);
}

#[test]
fn navigation_files_are_mended_where_they_say_it_plainly() {
    let toc = "- name: A\n  href: guide.md   \n- name: B\n  href: \"sub/b.html\"\n- name: C\n  href: other\n";
    let site = folder(&[("TOC.yml", toc), ("README.md", "# A\n"), ("Guide.md", "# G\n"), ("sub/b.md", "# B\n"), ("Other.md", "# O\n")]);
    fix(site.path(), &[]);
    let after = text(site.path(), "TOC.yml");
    assert!(
        after.contains("href: Guide.md   \n") && after.contains("href: \"sub/b.md\"\n") && after.contains("href: Other.md\n"),
        "{after}"
    );
    assert_eq!(findings(site.path()), [], "{after}");
}

#[cfg(unix)]
#[test]
fn a_file_behind_a_link_is_mended_once_and_stays_the_file_that_it_is() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let site =
        folder(&[("README.md", "[a](real/a.md) [b](also/a.md)\n"), ("real/a.md", "[x](B.md) [y](../readme.md)\n"), ("real/b.md", "# B\n")]);
    symlink("real", site.path().join("also")).expect("links can be made");
    fs::set_permissions(site.path().join("real/a.md"), fs::Permissions::from_mode(0o640)).expect("it can be set");
    fix(site.path(), &[]);
    let once = text(site.path(), "real/a.md");
    assert_eq!(once, "[x](b.md) [y](../README.md)\n");
    assert!(site.path().join("also").is_symlink());
    assert_eq!(fs::metadata(site.path().join("real/a.md")).expect("it is there").permissions().mode() & 0o777, 0o640);
    fix(site.path(), &[]);
    assert_eq!(text(site.path(), "real/a.md"), once);
}

#[test]
fn the_help_names_the_nearest_path_anywhere() {
    for (target, help) in [
        ("set-pu.md", "did you mean `guides/set-up.md`?"),
        ("gides/set-up.md", "did you mean `guides/set-up.md`?"),
        ("guides/setup.md", "did you mean `guides/set-up.md`?"),
        ("guides/set-up.md.md", "did you mean `guides/set-up.md`?"),
        ("guides/set-up.htm", "did you mean `guides/set-up.md`?"),
        ("guides/Set-Up", "did you mean `guides/set-up.md`?"),
        ("guides/logo.png.md", "did you mean `guides/logo.png`?"),
        ("nothing-like-it.md", "create the file, or remove the link"),
    ] {
        let site = folder(&[("README.md", &format!("[a]({target})\n")), ("guides/set-up.md", "# S\n"), ("guides/logo.png", "")]);
        let run = milepost(site.path(), &["check", ".", "-q"]);
        assert!(run.stderr.contains(help), "{target}: {}", run.stderr);
    }
}

#[test]
fn one_name_in_two_products_is_no_certain_fix() {
    let site = folder(&[
        ("docs/one/intro/README.md", "[a](../start/create.md)\n[b](../prices/rates.md)\n[c](../../docs/two/start/create.md)\n"),
        ("docs/one/cost/rates.md", "# R\n"),
        ("docs/two/start/create.md", "# C\n"),
    ]);
    fix(site.path(), &[]);
    assert_eq!(
        text(site.path(), "docs/one/intro/README.md"),
        "[a](../start/create.md)\n[b](../cost/rates.md)\n[c](../../two/start/create.md)\n"
    );
}

/// Where links of a generated tree lead: much of it nearly right.
fn target() -> impl Strategy<Value = String> {
    let path = prop::sample::select(vec![
        "a.md",
        "A.md",
        "./a",
        "/A.MD",
        "a.html",
        "sub/b c.md",
        "SUB/b%20c.md",
        "sub\\b%20C.md",
        "b%20c.md",
        "../x/b%20c",
        "c.md",
        "Sub/c.md",
        "",
        "gone.md",
        "sub",
        "SUB/",
        "sub/README",
        "安装.md",
        "%E5%AE%89%E8%A3%85",
        "x.PNG",
        "sub/X.png",
        "a.md/",
        "https://example.com/A.md",
    ]);
    let fragment =
        prop::sample::select(vec!["", "", "#part", "#Part", "#PART-1", "#安装", "#gone", "#pat", "?q=1#Part", "#%E5%AE%89%E8%A3%85"]);
    (path, fragment).prop_map(|(path, fragment)| format!("{path}{fragment}"))
}

/// A block of Markdown that holds targets between `\u{1}` and `\u{2}`, so that all else can be told apart.
fn block() -> impl Strategy<Value = String> {
    let form = prop::sample::select(vec![
        "[text](<T>)",
        "see [t *e*](<T> \"title\"), and",
        "![alt](<T>)",
        "[![alt](<T>)](<T>)",
        "[ref][r]\n\n[r]: <T>",
        "![R]\n\n[r]: <T> 'x'",
        "<a href=\"T\">raw</a>",
        "<div>\n<a class=c href='T'>raw</a>\n</div>",
        "> [quoted](<T>)",
        "- [ ] [task](<T>)",
        "| a |\n|---|\n| [c](<T>) |",
        "[^1]\n\n[^1]: [note](<T>)",
        "## Part",
        "## 安装",
        "## [linked](<T>)",
        "`[code](T)`",
        "```\n[x](T)\n```",
        "[[T]]",
        "[x](T)",
        "<T>",
        "<!-- milepost-disable-next-line -->\n[a](<T>)",
        "<!-- @checklist one -->",
        "- [ ] [first](<T>) <!-- @step s -->",
    ]);
    let ending = prop::sample::select(vec!["\n\n", "\r\n\r\n", "\r\r"]);
    (form, target(), ending).prop_map(|(form, target, ending)| {
        format!("{}\n\n", form.replace('T', &format!("\u{1}{target}\u{2}"))).replace('\n', &ending[..ending.len() / 2])
    })
}

/// The text without what stands for a target, as its pieces in order.
fn frame(marked: &str) -> Vec<&str> {
    marked
        .split('\u{1}')
        .enumerate()
        .map(|(number, piece)| if number == 0 { piece } else { piece.split_once('\u{2}').map_or("", |(_, rest)| rest) })
        .collect()
}

proptest! {
    #![proptest_config(crate::properties::settings(60))]

    #[test]
    fn a_mended_tree_differs_in_its_links_only(texts in prop::collection::vec(prop::collection::vec(block(), 0..8), 5), with_likely: bool, mark: bool) {
        let site = tempfile::tempdir().expect("a folder can be made");
        let root = site.path();
        let names = ["README.md", "a.md", "sub/b c.md", "sub/c.md", "sub/安装.md"];
        let mut frames = BTreeMap::new();
        for (name, blocks) in names.into_iter().zip(&texts) {
            let marked = format!("{}{}", if mark { "\u{feff}" } else { "" }, blocks.concat());
            write(root, name, marked.replace(['\u{1}', '\u{2}'], ""));
            frames.insert(name, marked);
        }
        write(root, "sub/x.png", "");
        let before = findings(root);
        let likely: &[&str] = if with_likely { &["--unsafe"] } else { &[] };
        let first = fix(root, likely);
        let after = findings(root);
        let once = contents(root);
        let counted = |all: &[(String, String, String)]| all.iter().fold(BTreeMap::new(), |mut counts: BTreeMap<_, usize>, key| { *counts.entry(key.clone()).or_default() += 1; counts });
        let known = counted(&before);
        for (key, count) in counted(&after) {
            prop_assert!(known.get(&key).is_some_and(|known| *known >= count), "{key:?} is new: {}", first.stderr);
        }
        let told = first.stderr.lines().rfind(|line| line.starts_with("mended ")).expect("the summary is the last line");
        let links: usize = told.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
        prop_assert!(before.len() - after.len() >= links.min(1) && (links == 0) == (before.len() == after.len()), "{told}: {} and {}", before.len(), after.len());
        for (name, marked) in &frames {
            let now = text(root, name);
            let mut rest = now.as_str();
            for (number, piece) in frame(marked).into_iter().enumerate() {
                let at = if number == 0 { rest.starts_with(piece).then_some(0) } else { rest.find(piece) };
                prop_assert!(at.is_some(), "{name}: {piece:?} is not where it was in {now:?}");
                rest = &rest[at.unwrap_or(0) + piece.len()..];
            }
        }
        let second = fix(root, likely);
        prop_assert!(contents(root) == once, "a second time changes something: {}{}", first.stderr, second.stderr);
    }
}

#[test]
fn the_manual_and_the_onboarding_site_need_no_mending() {
    for folder in ["docs", "content"] {
        let run = milepost(&repository(""), &["check", folder, "--diff"]);
        assert_eq!(run.stdout, "", "{folder}");
    }
}
