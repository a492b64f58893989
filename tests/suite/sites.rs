//! The fixture sites: each folder in `tests/sites/` is built, and what is printed and written is compared with what it holds.
//!
//! A case has `content/`, `milepost.toml` and `milepost.lock` where it needs them, `diagnostics.txt` (every command with what it printed and its
//! exit status), `expected/` (the output files worth comparing), and sometimes `commands.txt` (a command a line; without it
//! `build --keep-going`), `files.txt` (the pages and files of the output) and `templates/` over those of `tests/plain-theme/`.
//! Whatever was written is also gone over by the independent checker: no address in it may be dead.
//! `SITES=one,two` tries only these; `SNAPSHOTS=overwrite` renews what is compared; an empty file in `expected/` asks for one.

use crate::{
    checker::dead_addresses,
    program::{self, copy, files, is_kind, repository, write},
};
use rayon::prelude::*;
use snapbox::{Assert, Data};
use std::{collections::BTreeSet, fmt::Write as _, fs, path::Path};

#[test]
fn every_site_is_reported_and_written_as_its_folder_says() {
    let cases = repository("tests/sites");
    let mut names: Vec<String> = fs::read_dir(&cases)
        .expect("the cases can be listed")
        .map(|entry| entry.expect("a case can be read"))
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert!(names.len() > 40, "the cases are there: {names:?}");
    if let Ok(wanted) = std::env::var("SITES") {
        names.retain(|name| wanted.split(',').any(|wanted| wanted == name));
    }
    let faults: Vec<String> = names
        .par_iter()
        .filter(|name| runs_here(name))
        .map(|name| run(&cases.join(name), name))
        .filter(|faults| !faults.is_empty())
        .collect();
    assert!(faults.is_empty(), "{} sites differ; SNAPSHOTS=overwrite renews them\n{}", faults.len(), faults.join("\n"));
}

/// Names and links that other systems do not have are tried on unix only.
fn runs_here(name: &str) -> bool {
    cfg!(unix) || !matches!(name, "odd-names" | "symbolic-links" | "letter-case")
}

fn run(case: &Path, name: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let root = &folder.path().join("site");
    copy(&repository("tests/plain-theme"), &root.join("templates"));
    for part in ["content", "static", "templates", "themes"] {
        copy(&case.join(part), &root.join(part));
    }
    let configuration = fs::read_to_string(case.join("milepost.toml")).unwrap_or_default();
    write(root, "milepost.toml", configuration);
    if let Ok(lock) = fs::read(case.join("milepost.lock")) {
        write(root, "milepost.lock", lock);
    }
    made_at_run_time(name, root);

    let commands = fs::read_to_string(case.join("commands.txt")).unwrap_or_else(|_| "build --keep-going\n".to_owned());
    let mut said = String::new();
    for line in commands.lines().filter(|line| !line.is_empty()) {
        let arguments: Vec<&str> = line.split(' ').collect();
        let run = program::milepost(root, &arguments);
        let words = timeless(&run.stderr).replace(&root.display().to_string(), "[ROOT]");
        let _ = writeln!(said, "$ milepost {line}\n{}{words}exit status: {}\n", run.stdout, run.status);
    }

    let assert = Assert::new().action_env("SNAPSHOTS");
    let compare = |faults: &mut String, actual: String, expected: &Path| {
        let expected_data = Data::read_from(expected, None).raw();
        if let Err(error) = assert.try_eq(Some(&name), Data::text(actual), expected_data) {
            let _ = writeln!(faults, "{error}");
        }
    };
    let mut faults = String::new();
    compare(&mut faults, said, &case.join("diagnostics.txt"));
    let output = root.join("public");
    if case.join("files.txt").exists() {
        let listed = files(&output).into_iter().filter(|path| !is_furniture(path)).fold(String::new(), |all, path| all + &path + "\n");
        compare(&mut faults, listed, &case.join("files.txt"));
    }
    if case.join("expected").is_dir() {
        for path in files(&case.join("expected")) {
            match fs::read_to_string(output.join(&path)) {
                Ok(text) => compare(&mut faults, text, &case.join("expected").join(&path)),
                Err(error) => {
                    let _ = writeln!(faults, "{name}: no `{path}` in the output: {error}");
                }
            }
        }
    }
    for dead in dead_addresses(&output, &not_ours(root)) {
        let _ = writeln!(faults, "{name}: a dead address in the output: {dead}");
    }
    faults
}

/// The HTML of the output that the author wrote, and the pages for addresses where nothing is, whose links start at the host.
fn not_ours(root: &Path) -> BTreeSet<String> {
    let copied = ["content", "static"].into_iter().flat_map(|folder| files(&root.join(folder)));
    copied.filter(|path| is_kind(path, "html")).chain(["404.html", "zh/404.html", "ar/404.html"].map(str::to_owned)).collect()
}

/// What every output has, whatever the site.
fn is_furniture(path: &str) -> bool {
    path.starts_with("assets/milepost-") || matches!(path, ".nojekyll" | ".milepost-manifest" | "404.html")
}

/// The words of a run without the time it took.
pub(crate) fn timeless(text: &str) -> String {
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        let timed = line.rsplit_once(" in ").and_then(|(before, after)| {
            let (seconds, rest) = after.split_once(" s:")?;
            seconds.parse::<f64>().ok().map(|_| format!("{before} in [TIME]:{rest}"))
        });
        out.push_str(timed.as_deref().unwrap_or(line));
    }
    out
}

/// Files that a repository does not keep well: other encodings and line endings, odd names, links, and git's own.
fn made_at_run_time(name: &str, root: &Path) {
    let utf16 = |text: &str, mark: bool| -> Vec<u8> {
        let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    };
    match name {
        "encodings" => {
            write(root, "content/gbk.md", b"# \xb0\xb2\xd7\xb0\xd6\xb8\xc4\xcf\n\n\xc7\xeb\xcf\xc8\xb5\xc7\xc2\xbc\xa3\xac\xc8\xbb\xba\xf3\xb4\xf2\xbf\xaa\xbf\xd8\xd6\xc6\xcc\xa8\xa1\xa3[x](gone.md)\n");
            write(root, "content/utf16.md", utf16("# Größe\n\n[x](gone.md)\n", true));
            write(root, "content/mark.md", "\u{feff}---\ntitle: With a mark\n---\n[x](gone.md)\n");
            write(root, "content/crlf.md", "---\r\ntitle: Two bytes end a line\r\n---\r\none\r\n\r\n[x](gone.md)\r\n");
            write(root, "content/lone-cr.md", "---\rtitle: One byte ends a line\r---\rone\r\r[x](gone.md)\r");
        }
        "odd-names" => {
            for (path, title) in [
                ("with space.md", "Space"),
                (" leading space.md", "Leading"),
                ("安装指南.md", "安装"),
                ("50%.md", "Percent"),
                ("c#.md", "Sharp"),
                ("what?.md", "Question"),
                ("a&b.md", "Ampersand"),
                ("a:b.md", "Colon"),
                ("it's \"so\".md", "Quotes"),
            ] {
                write(root, &format!("content/{path}"), format!("# {title}\n\n[home](README.md)\n"));
            }
        }
        "letter-case" => {
            write(root, "content/Guide.md", "# Upper\n");
            write(root, "content/guide.md", "# Lower\n");
        }
        "gitignore" => {
            write(root, ".git/HEAD", "ref: refs/heads/main\n");
            write(root, "content/.gitignore", "drafts/\n*.tmp.md\n!kept.tmp.md\n");
            write(root, "content/drafts/idea.md", "# Idea\n");
            write(root, "content/note.tmp.md", "# Note\n");
            write(root, "content/kept.tmp.md", "# Kept\n");
        }
        "repository-links" => {
            write(root, ".git/HEAD", "ref: refs/heads/main\n");
            write(root, "src/main file.rs", "fn main() {}\n");
        }
        #[cfg(unix)]
        "symbolic-links" => {
            use std::os::unix::fs::symlink;
            write(root, "outside.md", "# Outside\n");
            for (target, path) in [(".", "loop"), ("../outside.md", "outside.md"), ("nowhere.md", "dangling.md"), ("real", "also")] {
                symlink(target, root.join("content").join(path)).expect("a link can be made");
            }
        }
        _ => {}
    }
}
