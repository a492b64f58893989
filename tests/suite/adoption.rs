//! Taking the checker into use on a tree with old findings: baselines, `--since`, renames that git knows, severities by path.

use crate::program::{Run, command, finish, folder, milepost, write};
use std::{fs, path::Path, process::Command};

/// Git in a folder, with nothing of the machine's own settings.
fn git(root: &Path, arguments: &[&str]) -> String {
    let done = Command::new("git")
        .args(["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false", "-c", "core.hooksPath=/dev/null"])
        .args(["-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always", "-c", "core.autocrlf=false"])
        .args(arguments)
        .current_dir(root)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CEILING_DIRECTORIES", root.parent().unwrap_or(root))
        .output()
        .expect("git runs");
    assert!(done.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8_lossy(&done.stdout).into_owned()
}

fn commit(root: &Path) {
    git(root, &["add", "-A"]);
    git(root, &["commit", "-q", "-m", "x", "--allow-empty"]);
}

/// A repository with these files committed on `main`, and a branch `work` that begins there.
fn cloned(files: &[(&str, &str)]) -> tempfile::TempDir {
    let site = folder(files);
    git(site.path(), &["init", "-q"]);
    commit(site.path());
    git(site.path(), &["checkout", "-q", "-b", "work"]);
    site
}

/// What a run reports, as `file:line rule`.
fn told(run: &Run) -> Vec<String> {
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}", run.stderr));
    let found = report["diagnostics"].as_array().expect("diagnostics is a list");
    found
        .iter()
        .map(|found| {
            format!("{}:{} {}", found["file"].as_str().unwrap_or_default(), found["line"], found["rule"].as_str().unwrap_or_default())
        })
        .collect()
}

fn since(root: &Path, arguments: &[&str]) -> Vec<String> {
    told(&milepost(root, &[&["check"], arguments, &["--format", "json", "--since", "main"]].concat()))
}

#[test]
fn a_baseline_hides_what_it_holds_and_tells_what_is_new() {
    let site = folder(&[("README.md", "[a](gone.md)\n\n[a](gone.md)\n\n![](a%20b.png)\n"), ("a b.png", "")]);
    let root = site.path();
    let check = |more: &[&str]| milepost(root, &[&["check", ".", "--baseline", "old.txt"], more].concat());
    assert_eq!(check(&[]).status, 2, "there is no baseline yet");
    let written = check(&["--update-baseline"]);
    assert_eq!(written.status, 0, "{}", written.stderr);
    assert!(written.stderr.ends_with("the baseline `old.txt` holds 3 findings\n"), "{}", written.stderr);
    let lines: Vec<String> = fs::read_to_string(root.join("old.txt")).expect("it is there").lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 4);
    assert!(lines[0].starts_with("# milepost baseline 1") && lines[1].starts_with("README.md image-alt - "), "{lines:?}");
    assert!(lines[2].starts_with("README.md missing-file gone.md ") && lines[2].ends_with(" 1") && lines[3].ends_with(" 2"), "{lines:?}");

    let same = check(&["--strict"]);
    assert_eq!(same.status, 0, "{}", same.stderr);
    assert!(same.stderr.contains(": nothing to mend\n3 findings are in the baseline\n"), "{}", same.stderr);
    // Lines may move and be wrapped anew; the links stay the same ones.
    write(root, "README.md", "# New\n\n> text before [a](gone.md)\n\nand after [a](gone.md)\n\n![](a%20b.png)\n");
    assert_eq!(check(&["--strict"]).status, 0);
    write(root, "README.md", "[a](gone.md)\n\n[a](gone.md)\n\n[a](gone.md)\n\n[other words](gone.md)\n\n![](a%20b.png)\n");
    let more = told(&check(&["--format", "json"]));
    assert_eq!(more, ["README.md:5 missing-file", "README.md:7 missing-file"]);

    write(root, "README.md", "[a](gone.md)\n");
    let fewer = check(&["--strict"]);
    assert_eq!(fewer.status, 0);
    assert!(fewer.stderr.contains("old.txt:4: no longer occurs: README.md missing-file gone.md "), "{}", fewer.stderr);
    assert!(fewer.stderr.contains("old.txt:2: no longer occurs: README.md image-alt - "), "{}", fewer.stderr);
    assert!(!check(&["--quiet"]).stderr.contains("no longer"), "quiet says errors only");
    check(&["--update-baseline"]);
    assert!(!check(&[]).stderr.contains("no longer"));
    let again = check(&["--update-baseline"]);
    assert!(again.stderr.contains("holds, as before, 1 finding"), "{}", again.stderr);
}

#[test]
fn a_baseline_that_cannot_be_read_is_told_with_its_place() {
    let site = folder(&[("README.md", "[a](gone.md)\n"), ("notes.txt", "mine\n")]);
    let root = site.path();
    milepost(root, &["check", ".", "--baseline", "old.txt", "--update-baseline"]);
    let sound = fs::read_to_string(root.join("old.txt")).expect("it is there");
    write(root, "old.txt", format!("{sound}<<<<<<< ours\n"));
    let run = milepost(root, &["check", ".", "--baseline", "old.txt"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("old.txt:3:1") && run.stderr.contains("is no entry of a baseline"), "{}", run.stderr);
    let foreign = milepost(root, &["check", ".", "--baseline", "notes.txt", "--update-baseline"]);
    assert_eq!((foreign.status, fs::read_to_string(root.join("notes.txt")).expect("it is there").as_str()), (2, "mine\n"));
    assert_eq!(milepost(root, &["check", ".", "--update-baseline"]).status, 2);
    assert_eq!(milepost(root, &["check", ".", "--baseline", "old.txt", "--update-baseline", "--fix"]).status, 2);
}

#[test]
fn fixes_leave_what_the_baseline_holds() {
    let site = folder(&[("README.md", "[a](guide.md)\n"), ("Guide.md", "# G\n")]);
    let root = site.path();
    milepost(root, &["check", ".", "--baseline", "old.txt", "--update-baseline"]);
    write(root, "README.md", "[a](guide.md)\n[new](guide.md)\n");
    milepost(root, &["check", ".", "--baseline", "old.txt", "--fix"]);
    assert_eq!(fs::read_to_string(root.join("README.md")).expect("it is there"), "[a](guide.md)\n[new](Guide.md)\n");
}

#[test]
fn only_changed_lines_are_told_and_untracked_files_count() {
    let site = cloned(&[("README.md", "[old](gone.md)\n\ntext\n\n[stays](gone.md)\n"), ("a.md", "[old](gone.md)\n")]);
    let root = site.path();
    assert_eq!(since(root, &["."]), [""; 0]);
    write(root, "README.md", "New.\n\n[old](gone.md)\n\ntext [new](gone.md)\n\n[stays](gone.md)\n");
    write(root, "new page.md", "[x](gone.md)\n");
    let expected = ["README.md:5 missing-file", "new page.md:1 missing-file"];
    let found = |found: Vec<String>| -> Vec<String> { found.into_iter().filter(|found| !found.contains("orphan")).collect() };
    assert_eq!(found(since(root, &["."])), expected, "in the working tree");
    git(root, &["add", "-A"]);
    assert_eq!(found(since(root, &["."])), expected, "in the index");
    commit(root);
    assert_eq!(found(since(root, &["."])), expected, "in a commit");
    // What happens on main meanwhile is no change of this branch.
    git(root, &["checkout", "-q", "main"]);
    write(root, "a.md", "[old](gone.md)\n\n[theirs](gone.md)\n");
    commit(root);
    git(root, &["checkout", "-q", "work"]);
    assert_eq!(found(since(root, &["."])), expected);
    let run = milepost(root, &["check", ".", "--since", "main"]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains(": 2 errors"), "{}", run.stderr);
    // A checkout with other line endings has not changed.
    for path in ["README.md", "a.md"] {
        let text = fs::read_to_string(root.join(path)).expect("it is there");
        write(root, path, text.replace('\n', "\r\n"));
    }
    assert_eq!(found(since(root, &["."])), expected);
}

#[test]
fn what_the_change_breaks_elsewhere_is_told() {
    let site = cloned(&[
        (
            "site/README.md",
            "[a](a.md#part) [b](b.md) [c](c.md)\n\n[gone](gone.md) [a](a.md#never)\n\n[d](d/x%20y.md#z) [raw](raw.html#id)\n",
        ),
        ("site/a.md", "# A\n\n## Part\n\n[home](README.md)\n"),
        ("site/b.md", "# B\n"),
        ("site/c.md", "# C\n\n[b](b.md)\n"),
        ("site/d/x y.md", "# X\n\n## Z\n"),
        ("site/raw.html", "<p id=id>"),
    ]);
    let root = site.path();
    let docs = root.join("site");
    let since = |folder: &Path, arguments: &[&str]| {
        let mut found = since(folder, arguments);
        found.retain(|found| !found.ends_with("orphan-page"));
        found
    };
    assert_eq!(since(&docs, &["."]), [""; 0]);
    write(root, "site/a.md", "# A\n\n## Other part\n\n[home](README.md)\n");
    assert_eq!(since(&docs, &["."]), ["README.md:1 missing-fragment"], "its heading has another id");
    git(root, &["checkout", "-q", "--", "."]);
    git(root, &["rm", "-q", "site/b.md"]);
    assert_eq!(since(root, &["site"]), ["README.md:1 missing-file", "c.md:3 missing-file"], "the page is deleted");
    git(root, &["reset", "-q", "--hard"]);
    git(root, &["mv", "site/d/x y.md", "site/d/é z.md"]);
    commit(root);
    assert_eq!(since(&docs.join("d"), &[".."]), ["README.md:5 missing-file"], "the page is renamed");
    git(root, &["reset", "-q", "--hard", "main"]);
    fs::create_dir(docs.join("new")).expect("a folder can be made");
    fs::rename(docs.join("c.md"), docs.join("new/c.md")).expect("it can be moved");
    git(root, &["add", "-A"]);
    assert_eq!(
        since(root, &["site"]),
        ["README.md:1 missing-file", "new/c.md:3 missing-file"],
        "links of the page that moved lead elsewhere"
    );
    git(root, &["reset", "-q", "--hard", "main"]);
    write(root, "site/raw.html", "<p>");
    write(root, "site/gone.md", "# Back\n");
    assert_eq!(
        since(root, &["site"]),
        ["README.md:5 missing-fragment"],
        "a link that was broken before is not told when it is broken otherwise"
    );
}

#[test]
fn since_says_what_it_needs() {
    let site = cloned(&[("docs/README.md", "# A\n")]);
    let root = site.path();
    let asked = |root: &Path, revision: &str| milepost(root, &["check", "docs", "--since", revision]);
    assert_eq!(asked(root, "main").status, 0);
    let unknown = asked(root, "no-such-branch");
    assert_eq!(unknown.status, 2);
    assert!(unknown.stderr.contains("git does not know the revision `no-such-branch`"), "{}", unknown.stderr);
    assert_eq!(asked(root, "--output=x").status, 2);
    assert!(!root.join("x").exists());
    git(root, &["checkout", "-q", "--orphan", "apart"]);
    write(root, "docs/b.md", "# B\n");
    commit(root);
    assert!(asked(root, "main").stderr.contains("have no history in common"));
    let outside = folder(&[("docs/README.md", "# A\n")]);
    let mut apart = command(outside.path());
    let apart = finish(
        apart.args(["check", "docs", "--since", "main"]).env("GIT_CEILING_DIRECTORIES", outside.path().parent().expect("it is in one")),
    );
    assert_eq!(apart.status, 2);
    assert!(apart.stderr.contains("needs a git repository"), "{}", apart.stderr);
    let mut without = command(root);
    let without = finish(without.args(["check", "docs", "--since", "main"]).env("PATH", "/nowhere"));
    assert_eq!(without.status, 2);
    assert!(without.stderr.contains("needs git, which could not be run"), "{}", without.stderr);
}

#[test]
fn a_shallow_clone_is_told_how_to_get_the_history() {
    let site = cloned(&[("README.md", "# A\n")]);
    write(site.path(), "b.md", "# B\n");
    commit(site.path());
    let place = tempfile::tempdir().expect("a folder can be made");
    let from = format!("file://{}", site.path().display());
    git(place.path(), &["clone", "-q", "--depth", "1", "--no-single-branch", "--branch", "work", &from, "clone"]);
    for revision in ["origin/main", "HEAD~1"] {
        let run = milepost(&place.path().join("clone"), &["check", ".", "--since", revision]);
        assert_eq!(run.status, 2, "{}", run.stderr);
        assert!(run.stderr.contains("the clone is shallow") && run.stderr.contains("fetch-depth: 0"), "{}", run.stderr);
    }
}

#[test]
fn fixes_mend_what_the_change_touched() {
    let site = cloned(&[("README.md", "[old](guide.md)\n"), ("Guide.md", "# G\n")]);
    write(site.path(), "README.md", "[old](guide.md)\n[new](guide.md)\n");
    let run = milepost(site.path(), &["check", ".", "--since", "main", "--fix"]);
    assert!(run.stderr.ends_with("mended 1 link in 1 file, 0 findings left\n"), "{}", run.stderr);
    assert_eq!(fs::read_to_string(site.path().join("README.md")).expect("it is there"), "[old](guide.md)\n[new](Guide.md)\n");
}

#[test]
fn a_renamed_file_is_found_again_through_every_name_that_it_had() {
    let words = "Words enough that git sees the file again when a line of it changes.\n".repeat(8);
    let site = cloned(&[
        ("docs/README.md", "[a](first.md#part) [b](taken.md) [c](old/) [d](lost.md)\n"),
        ("docs/first.md", &format!("# First\n\n## Part\n\n{words}")),
        ("docs/taken.md", &format!("# Taken\n\n{words}{words}")),
        ("docs/old/README.md", &format!("# Old\n\n{words}one\n")),
        ("docs/old/x.md", &format!("# X\n\n{words}two\n")),
        ("docs/lost.md", "# Lost\n"),
    ]);
    let root = site.path();
    let renamed = |from: &str, to: &str| {
        fs::create_dir_all(root.join(to).parent().expect("it is in a folder")).expect("folders can be made");
        git(root, &["mv", from, to]);
    };
    renamed("docs/first.md", "docs/second.md");
    renamed("docs/old", "docs/new");
    git(root, &["rm", "-q", "docs/lost.md"]);
    commit(root);
    renamed("docs/second.md", "docs/guides/it's third.md");
    commit(root);
    // Not committed yet.
    renamed("docs/taken.md", "docs/guides/given.md");
    let run = milepost(root, &["check", "docs", "--quiet"]);
    assert!(run.stderr.contains("it was renamed: write `guides/it%27s%20third.md#part`"), "{}", run.stderr);
    milepost(root, &["check", "docs", "--fix"]);
    let text = fs::read_to_string(root.join("docs/README.md")).expect("it is there");
    assert_eq!(text, "[a](guides/it%27s%20third.md#part) [b](guides/given.md) [c](new/) [d](lost.md)\n");
}

#[test]
fn without_git_renames_are_silent() {
    let site = folder(&[("README.md", "[a](first.md)\n"), ("other.md", "# O\n")]);
    let mut command = command(site.path());
    let run = finish(command.args(["check", ".", "--quiet"]).env("PATH", "/nowhere"));
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("create the file, or remove the link") && !run.stderr.contains("git"), "{}", run.stderr);
}

#[test]
fn severities_go_by_path_and_the_last_pattern_that_fits_holds() {
    let site = folder(&[
        (
            "milepost.toml",
            "[[check.paths]]\npages = \"drafts/**\"\nrules = { missing-file = \"warn\", orphan-page = \"off\" }\n\n[[check.paths]]\npages = \"drafts/next/*\"\nrules = { missing-file = \"error\" }\n",
        ),
        ("content/README.md", "# A\n"),
        ("content/drafts/a.md", "[x](gone.md)\n"),
    ]);
    assert_eq!(milepost(site.path(), &["check"]).status, 0);
    assert_eq!(milepost(site.path(), &["check", "--strict"]).status, 1);
    write(site.path(), "content/drafts/next/b.md", "[x](gone.md)\n");
    let run = milepost(site.path(), &["check"]);
    assert!(run.stderr.contains(": 1 error, 1 warning\n"), "{}", run.stderr);
    write(site.path(), "milepost.toml", "[[check.paths]]\npages = \"a{\"\nrules = {}\n");
    assert_eq!(milepost(site.path(), &["check"]).status, 2);
    write(site.path(), "milepost.toml", "[[check.paths]]\npages = \"a\"\nrules = { mising-file = \"off\" }\n");
    assert!(milepost(site.path(), &["check"]).stderr.contains("did you mean `missing-file`?"));
}
