//! The same input gives the same bytes, with one thread and with many, and every link of the output leads somewhere.

use crate::{
    checker::dead_addresses,
    program::{command, contents, finish, repository, write},
};
use std::{collections::BTreeSet, fmt::Write as _, fs, path::Path};

fn build(source: &Path, output: &Path, threads: &str) -> Vec<(String, Vec<u8>)> {
    let source = source.to_str().expect("the path is UTF-8");
    let named = output.to_str().expect("the path is UTF-8");
    let folder = output.parent().expect("it has a parent");
    let run =
        finish(command(folder).args(["build", source, "--keep-going", "--quiet", "--output-dir", named]).env("RAYON_NUM_THREADS", threads));
    assert!(run.status < 2, "{}", run.stderr);
    contents(output)
}

/// A site that asks for all that a build can add: the archive, cards, feeds, formulas, diagrams, redirects, sheets, translations.
fn everything(root: &Path) {
    let settings = "base-url = \"https://docs.example.com/\"\nsite-id = \"everything\"\nlanguage = \"en\"\n\
                    [languages.zh]\ntitle = \"手册\"\n[markdown]\nmath = true\ndiagrams = true\nwikilinks = true\n\
                    [print]\nsite = true\nsections = true\n[publish]\ncards = \"pages\"\n\
                    [redirects]\nformats = [\"html\", \"netlify\", \"nginx\"]\n[redirects.addresses]\n\"/old\" = \"/team/laptop.md\"\n";
    let laptop = "# Laptop\n\n<!-- @checklist laptop -->\n\n<!-- #region first -->\n\n- [ ] Unpack <!-- @step unpack -->\n\n<!-- #endregion -->\n\n\
                  <!-- @tabs sync=os -->\n- Linux\n\n  ```sh title=\"run\" {1}\n  ls\n  ```\n- macOS\n\n\
                  $$a^2 + b^2$$\n\n```mermaid\ngraph TD; A-->B\n```\n";
    for (path, text) in [
        ("milepost.toml", settings),
        ("content/README.md", "# Handbook\n\n[Laptop](team/laptop.md)\n\n<!-- @include team/laptop.md -->\n"),
        ("content/README.zh.md", "# 手册\n\n[笔记本](team/laptop.md)\n\n<!-- @include team/laptop.md#first -->\n"),
        ("content/team/laptop.md", laptop),
        ("content/team/dated.md", "---\nupdated: 2026-01-02\naliases: [/former/]\n---\n# Dated\n\n[[laptop]] and $x$.\n"),
    ] {
        write(root, path, text);
    }
    for number in 0..12 {
        write(root, &format!("content/part/{number}.md"), format!("# Part {number}\n\n[Home](../README.md)\n\nWords {number}.\n"));
    }
}

fn compare(source: &Path) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let one = build(source, &folder.path().join("one"), "1");
    let many = build(source, &folder.path().join("many"), "8");
    let names = |files: &[(String, Vec<u8>)]| files.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>();
    assert_eq!(names(&one), names(&many));
    for ((path, one), (_, many)) in one.iter().zip(&many) {
        assert!(one == many, "`{path}` differs between one thread and eight");
    }
    assert_eq!(dead_addresses(&folder.path().join("many"), &BTreeSet::new()), Vec::<String>::new());
}

#[test]
fn the_onboarding_site_is_the_same_with_any_number_of_threads() {
    compare(&repository(""));
}

#[test]
fn with_everything_on_the_same_comes_out_and_the_same_archive() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    everything(folder.path());
    compare(folder.path());
    let archive = |name: &str, threads: &str| {
        let output = format!("{name}/site");
        // The folder in the archive is named as the archive is.
        let zip = format!("{name}/handbook.zip");
        fs::create_dir(folder.path().join(name)).expect("a folder can be made");
        let arguments = ["build", "--quiet", "--output-dir", &output, "--offline-zip", &zip];
        let run = finish(command(folder.path()).args(arguments).env("RAYON_NUM_THREADS", threads));
        assert_eq!(run.status, 0, "{}", run.stderr);
        fs::read(folder.path().join(zip)).expect("the archive is there")
    };
    let one = archive("one", "1");
    assert!(one.len() > 10_000 && one == archive("many", "8"));
    for path in ["feed.xml", "sitemap.xml", "llms-full.txt", "index.md", "zh/index.md", "print/index.html", "_redirects"] {
        assert!(folder.path().join("one/site").join(path).exists(), "`{path}` is not there: not everything is on");
    }
}

#[test]
fn a_generated_tree_is_the_same_with_any_number_of_threads() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for number in 0..400_usize {
        let mut text = format!("---\nweight: {}\n---\n# Page {number}\n\n## Part\n\n```sh\nls {number}\n```\n\n", number % 7);
        for step in 1..12 {
            let other = (number * 31 + step * 17) % 400;
            let _ = writeln!(text, "- [{other}](../{}/{other}.md#part){}", other % 9, if step == 5 { " [gone](gone.md)" } else { "" });
        }
        text.push_str("\nA note.[^1]\n\n[^1]: Here.\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n");
        write(folder.path(), &format!("{}/{number}.md", number % 9), text);
    }
    compare(folder.path());
}
