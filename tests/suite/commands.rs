//! The command line: exit statuses, what is written and what is not, the report's shape, and where things are found.

use crate::program::{Run, command, contents, files, finish, folder, milepost, write};
use serde_json::Value;
use std::{collections::BTreeSet, fs, path::Path, time::SystemTime};

const SOUND: &[(&str, &str)] =
    &[("milepost.toml", "title = \"T\"\n"), ("content/README.md", "# Home\n\n[a](a.md)\n"), ("content/a.md", "# A\n")];

fn break_a_link(root: &Path) {
    write(root, "content/a.md", "# A\n\n[gone](gone.md)\n");
}

fn assert_status(run: &Run, status: i32) {
    assert_eq!(run.status, status, "{}{}", run.stdout, run.stderr);
}

#[test]
fn the_exit_status_says_how_a_run_ended() {
    let site = folder(SOUND);
    assert_status(&milepost(site.path(), &["check"]), 0);
    assert_status(&milepost(site.path(), &["build"]), 0);
    write(site.path(), "content/a.md", "# A\n\n[unused]: README.md\n");
    assert_status(&milepost(site.path(), &["check"]), 0);
    assert_status(&milepost(site.path(), &["check", "--strict"]), 1);
    break_a_link(site.path());
    assert_status(&milepost(site.path(), &["check"]), 1);
    assert_status(&milepost(site.path(), &["build"]), 1);
    assert_status(&milepost(site.path(), &["build", "--keep-going"]), 1);
    assert_status(&milepost(site.path(), &["check", "no-such-folder"]), 2);
    assert_status(&milepost(site.path(), &["check", "milepost.toml"]), 2);
    assert_status(&milepost(site.path(), &["check", "--no-such-flag"]), 2);
    assert_status(&milepost(site.path(), &["no-such-verb"]), 2);
    write(site.path(), "milepost.toml", "title = ");
    assert_status(&milepost(site.path(), &["check"]), 2);
}

#[test]
fn a_template_that_fails_leaves_the_old_output_untouched() {
    let site = folder(SOUND);
    assert_status(&milepost(site.path(), &["build"]), 0);
    let before = contents(&site.path().join("public"));
    for template in ["{% if %}", "{{ no.such.name }}"] {
        write(site.path(), "templates/page.html", template);
        let run = milepost(site.path(), &["build"]);
        assert_status(&run, 2);
        assert!(run.stderr.contains("templates/page.html"), "{}", run.stderr);
        assert!(contents(&site.path().join("public")) == before);
    }
}

#[test]
fn a_refused_build_leaves_the_old_output_untouched() {
    let site = folder(SOUND);
    assert_status(&milepost(site.path(), &["build"]), 0);
    let before = contents(&site.path().join("public"));
    break_a_link(site.path());
    let refused = milepost(site.path(), &["build"]);
    assert_status(&refused, 1);
    assert!(refused.stderr.contains("nothing written; `--keep-going` builds anyway"), "{}", refused.stderr);
    assert!(contents(&site.path().join("public")) == before);
    let kept = milepost(site.path(), &["build", "--keep-going"]);
    assert_status(&kept, 1);
    assert!(!kept.stderr.contains("nothing written"), "{}", kept.stderr);
    assert!(contents(&site.path().join("public")) != before);
}

#[test]
fn a_refused_first_build_writes_nothing_at_all() {
    let site = folder(SOUND);
    break_a_link(site.path());
    let before = files(site.path());
    assert_status(&milepost(site.path(), &["build"]), 1);
    assert_eq!(files(site.path()), before);
}

#[test]
fn strict_refuses_a_build_for_a_warning() {
    let site = folder(SOUND);
    write(site.path(), "content/a.md", "# A\n\n[unused]: README.md\n");
    let run = milepost(site.path(), &["build", "--strict"]);
    assert_status(&run, 1);
    assert!(run.stderr.contains("nothing written"), "{}", run.stderr);
    assert!(!site.path().join("public").exists());
    assert_status(&milepost(site.path(), &["build"]), 0);
}

#[test]
fn quiet_prints_errors_only() {
    let site = folder(SOUND);
    let silent = milepost(site.path(), &["build", "--quiet"]);
    assert_eq!((silent.stdout.as_str(), silent.stderr.as_str(), silent.status), ("", "", 0));
    write(site.path(), "content/a.md", "# A\n\n[gone](gone.md)\n\n[unused]: README.md\n");
    let errors = milepost(site.path(), &["check", "--quiet"]);
    assert!(
        errors.stderr.contains("missing-file") && !errors.stderr.contains("unused-definition") && !errors.stderr.contains("checked"),
        "{}",
        errors.stderr
    );
}

#[test]
fn the_json_report_has_every_key() {
    let site = folder(SOUND);
    write(site.path(), "content/a.md", "# A\n\nü [gone](Readme.md) [x](no-such.md) [y](https://example.com/)\n\n[un used]: README.md\n");
    let run = milepost(site.path(), &["check", "--format", "json"]);
    assert_status(&run, 1);
    let report: Value = serde_json::from_str(&run.stdout).expect("the report is JSON and nothing else is on stdout");
    assert_eq!(keys(&report), ["diagnostics", "format", "summary", "version"]);
    assert_eq!((report["format"].as_str(), report["version"].as_u64()), (Some("milepost-report"), Some(1)));
    assert_eq!(report["summary"], serde_json::json!({"pages": 2, "links": 4, "external": 1, "errors": 2, "warnings": 1}));
    let found = report["diagnostics"].as_array().expect("diagnostics is a list");
    for finding in found {
        let wanted = ["column", "end_column", "end_line", "file", "fix", "help", "line", "message", "rule", "severity", "target"];
        assert_eq!(keys(finding), wanted);
    }
    let fix = serde_json::json!({
        "title": "use the letter case of the file", "certain": true,
        "edits": [{"file": "content/a.md", "line": 3, "column": 10, "end_line": 3, "end_column": 19, "text": "README.md"}],
    });
    assert_eq!(
        found[0],
        serde_json::json!({
            "rule": "case-mismatch", "severity": "error", "file": "content/a.md", "line": 3, "column": 10, "end_line": 3, "end_column": 19,
            "target": "Readme.md", "message": "`Readme.md` is `README.md` in the tree: letter case counts", "help": "write `README.md`", "fix": fix,
        })
    );
    assert_eq!((found[1]["rule"].as_str(), &found[1]["fix"], found[1]["column"].as_u64()), (Some("missing-file"), &Value::Null, Some(25)));
    assert_eq!(
        (found[2]["rule"].as_str(), found[2]["severity"].as_str(), found[2]["target"].as_str()),
        (Some("unused-definition"), Some("warn"), Some("un used"))
    );
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().expect("it is an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

#[test]
fn findings_come_by_file_line_column_and_rule() {
    let site = folder(&[
        ("b.md", "[x](gone) [y]()\n\n[z](gone)\n"),
        ("a/c.md", "[x](gone)\n"),
        ("a.md", "[x](gone)\n"),
        ("README.md", "[x](gone)\n"),
    ]);
    let run = milepost(site.path(), &["check", ".", "--format", "json"]);
    let report: Value = serde_json::from_str(&run.stdout).expect("the report is JSON");
    let places: Vec<(String, u64, u64, String)> = report["diagnostics"]
        .as_array()
        .expect("diagnostics is a list")
        .iter()
        .map(|found| {
            let text = |key: &str| found[key].as_str().expect("it is text").to_owned();
            let number = |key: &str| found[key].as_u64().expect("it is a number");
            (text("file"), number("line"), number("column"), text("rule"))
        })
        .collect();
    assert!(places.is_sorted(), "{places:?}");
    assert!(places.len() > 5, "{places:?}");
}

#[test]
fn colours_are_for_those_who_can_see_them() {
    let site = folder(SOUND);
    break_a_link(site.path());
    let plain = |run: &Run| !run.stderr.contains('\u{1b}');
    assert!(plain(&milepost(site.path(), &["check"])), "a pipe gets no colours");
    assert!(plain(&milepost(site.path(), &["check", "--color", "never"])));
    assert!(!plain(&milepost(site.path(), &["check", "--color", "always"])));
    assert!(plain(&finish(command(site.path()).arg("check").env("NO_COLOR", "1"))));
    let forced = finish(command(site.path()).args(["check", "--color", "always"]).env("NO_COLOR", "1"));
    assert!(!plain(&forced), "what is asked for on the command line wins");
    assert_status(&milepost(site.path(), &["check", "--color", "sometimes"]), 2);
}

#[test]
fn clean_removes_what_build_wrote_and_nothing_else() {
    let site = folder(SOUND);
    let nothing = milepost(site.path(), &["clean"]);
    assert_status(&nothing, 0);
    assert_status(&milepost(site.path(), &["build"]), 0);
    write(site.path(), "public/CNAME", "docs.example.com\n");
    let run = milepost(site.path(), &["clean"]);
    assert_status(&run, 0);
    assert!(run.stderr.contains("removed"), "{}", run.stderr);
    assert_eq!(files(&site.path().join("public")), ["CNAME"]);
    let foreign = folder(&[("milepost.toml", ""), ("content/README.md", "# A\n"), ("public/index.html", "mine")]);
    assert_status(&milepost(foreign.path(), &["clean"]), 2);
    assert_status(&milepost(foreign.path(), &["build"]), 2);
    assert_eq!(fs::read_to_string(foreign.path().join("public/index.html")).expect("it is there"), "mine");
    assert_eq!(files(&foreign.path().join("public")), ["index.html"]);
}

#[test]
fn an_unknown_key_is_named_with_its_line_and_the_nearest_key() {
    let site = folder(&[("milepost.toml", "title = \"T\"\nbase-urll = \"https://docs.example.com/\"\n"), ("content/README.md", "# A\n")]);
    let run = milepost(site.path(), &["build"]);
    assert_status(&run, 2);
    for part in ["milepost.toml:2:1", "base-urll", "did you mean `base-url`?"] {
        assert!(run.stderr.contains(part), "no {part:?} in:\n{}", run.stderr);
    }
    assert!(!site.path().join("public").exists());
}

#[test]
fn the_project_is_the_nearest_one_upward() {
    let site = folder(SOUND);
    write(site.path(), "content/deep/er/b.md", "# B\n");
    let run = milepost(&site.path().join("content/deep/er"), &["build"]);
    assert_status(&run, 0);
    assert!(site.path().join("public/deep/er/b/index.html").is_file());
    assert!(!site.path().join("content/deep/er/public").exists());
}

#[test]
fn without_configuration_the_output_goes_to_the_current_folder() {
    let work = folder(&[("docs/README.md", "# Home\n\n[a](sub/a.md)\n"), ("docs/sub/a.md", "# A\n")]);
    assert_status(&milepost(work.path(), &["build", "docs"]), 0);
    assert!(work.path().join("public/sub/a/index.html").is_file());
    assert!(!work.path().join("docs/public").exists());
    assert_status(&milepost(work.path(), &["build", "docs", "--output-dir", "elsewhere"]), 0);
    assert!(work.path().join("elsewhere/index.html").is_file());
}

#[test]
fn the_output_is_never_input() {
    let site = folder(&[("README.md", "# Home\n"), ("page.html", "<p>raw</p>")]);
    assert_status(&milepost(site.path(), &["build"]), 0);
    write(site.path(), "public/stray.md", "# Stray\n\n[gone](gone.md)\n");
    let before = contents(&site.path().join("public"));
    let again = milepost(site.path(), &["build", "."]);
    assert_status(&again, 0);
    assert!(again.stderr.contains("1 page,"), "{}", again.stderr);
    assert!(contents(&site.path().join("public")) == before);
    assert_status(&milepost(site.path(), &["build", "--output-dir", "."]), 2);
    assert_status(&milepost(site.path(), &["build", "--output-dir", ".."]), 2);
}

#[test]
fn a_second_build_touches_nothing() {
    let site = folder(SOUND);
    write(site.path(), "content/image.bin", "bytes");
    let build = || assert_status(&milepost(site.path(), &["build"]), 0);
    let times = || -> Vec<(String, SystemTime)> {
        let time =
            |path: &str| fs::metadata(site.path().join("public").join(path)).and_then(|data| data.modified()).expect("files have times");
        files(&site.path().join("public")).into_iter().map(|path| (path.clone(), time(&path))).collect()
    };
    build();
    let before = times();
    std::thread::sleep(std::time::Duration::from_millis(20));
    build();
    assert_eq!(times(), before);
    write(site.path(), "content/a.md", "# A\n\nMore.\n");
    build();
    let changed: BTreeSet<String> = times().into_iter().filter(|entry| !before.contains(entry)).map(|(path, _)| path).collect();
    assert!(changed.contains("a/index.html") && !changed.contains("index.html") && !changed.contains("image.bin"), "{changed:?}");
    fs::remove_file(site.path().join("content/image.bin")).expect("it can be removed");
    build();
    assert!(!site.path().join("public/image.bin").exists(), "what is gone from the sources goes from the output");
}

#[test]
fn every_verb_is_in_the_help_with_an_example() {
    let site = folder(SOUND);
    let help = milepost(site.path(), &["--help"]);
    assert_status(&help, 0);
    assert!(help.stdout.contains("Exit status"), "{}", help.stdout);
    let verbs: Vec<&str> = help
        .stdout
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .filter(|verb| *verb != "help")
        .collect();
    assert!(["build", "check", "clean"].iter().all(|verb| verbs.contains(verb)), "{verbs:?}");
    for verb in verbs {
        let help = milepost(site.path(), &[verb, "--help"]);
        assert!(help.stdout.contains("Example") && help.stdout.contains(&format!("  milepost {verb}")), "{}", help.stdout);
    }
    let version = milepost(site.path(), &["--version"]);
    assert_eq!(version.stdout, format!("milepost {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_base_url_from_the_command_line_wins_and_must_be_an_address() {
    let site = folder(SOUND);
    write(site.path(), "content/a.md", "# A\n\n[x](https://docs.example.com/gone/)\n");
    assert_status(&milepost(site.path(), &["check"]), 0);
    assert_status(&milepost(site.path(), &["check", "--base-url", "https://docs.example.com/"]), 1);
    assert_status(&milepost(site.path(), &["check", "--base-url", "docs.example.com"]), 2);
}

#[test]
fn a_folder_without_guides_is_told_as_such() {
    let empty = folder(&[("notes.txt", "x")]);
    let run = milepost(empty.path(), &["check"]);
    assert_status(&run, 2);
    assert!(run.stderr.contains("there are no guides"), "{}", run.stderr);
}

#[test]
fn a_file_beside_a_page_of_its_name_is_no_failure() {
    let site = folder(&[
        ("milepost.toml", ""),
        ("content/README.md", "[a](install) [b](install.md)\n"),
        ("content/install", "#!/bin/sh\n"),
        ("content/install.md", "# Install\n"),
    ]);
    let run = milepost(site.path(), &["build", "--keep-going"]);
    assert!(run.status < 2, "{}", run.stderr);
    assert_eq!(fs::read_to_string(site.path().join("public/install")).expect("the file keeps its address"), "#!/bin/sh\n");
}

#[test]
fn an_alias_that_cannot_be_is_told_and_nothing_fails() {
    for alias in ["404.html", ".nojekyll", "install/old", ".milepost-manifest"] {
        let page = format!("---\naliases: ['{alias}']\n---\n# A\n");
        let site = folder(&[("milepost.toml", ""), ("content/install", "x"), ("content/README.md", &page)]);
        let run = milepost(site.path(), &["build"]);
        assert_eq!(run.status, 1, "{alias}: {}", run.stderr);
        assert!(run.stderr.contains(alias), "{}", run.stderr);
    }
}

#[test]
fn a_slug_is_one_line_and_clean_removes_what_it_named() {
    let site = folder(&[("milepost.toml", ""), ("content/a.md", "---\nslug: \"a\\nb\"\n---\n# A\n")]);
    milepost(site.path(), &["build", "--keep-going"]);
    assert_status(&milepost(site.path(), &["clean"]), 0);
    assert_eq!(files(&site.path().join("public")), Vec::<String>::new());
}

#[test]
fn every_id_of_a_page_is_its_own() {
    let text = "# Main\n\n## Menu\n\n## Theme\n\n## Toc\n\n## Task 1\n\n- [ ] a box[^1]\n\n## fn 1\n\n## fnref 1\n\n[^1]: A note.\n";
    let site = folder(&[("milepost.toml", ""), ("content/README.md", text)]);
    assert_status(&milepost(site.path(), &["build"]), 0);
    let html = fs::read_to_string(site.path().join("public/index.html")).expect("the page is there");
    let mut ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    ids.sort_unstable();
    let twice: BTreeSet<&str> = ids.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
    assert!(ids.len() > 8 && twice.is_empty(), "on the page more than once: {twice:?}");
}

#[test]
fn all_line_endings_say_the_same() {
    let text = "---\ntitle: T\n---\n# H\n\n<!-- a comment -->\n\n[a](gone.md)\n\n```\ncode\n```\n\n<div>\n<a href=\"gone.md\">b</a>\n</div>\n\n| a |\n|---|\n| [c](gone.md) |\n\n[^1]: [d](gone.md)\n\n<!-- milepost-disable-next-line -->\n[e](gone.md)\n[f](gone.md) [^1]\n";
    let places = |text: &str| -> Vec<(u64, u64)> {
        let site = folder(&[("README.md", text)]);
        let run = milepost(site.path(), &["check", ".", "--format", "json"]);
        let report: Value = serde_json::from_str(&run.stdout).expect("the report is JSON");
        let found = report["diagnostics"].as_array().expect("diagnostics is a list");
        found.iter().map(|found| (found["line"].as_u64().unwrap_or(0), found["column"].as_u64().unwrap_or(0))).collect()
    };
    let expected = places(text);
    assert_eq!(expected.len(), 5, "{expected:?}");
    assert_eq!(places(&text.replace('\n', "\r\n")), expected, "with two bytes a line ending");
    assert_eq!(places(&text.replace('\n', "\r")), expected, "with one old byte a line ending");
}
