//! The manual's console examples: files of a page in, commands run, what they print compared with what the page says.
//!
//! A fenced block with `title="path"` is a file. A `console` block holds commands after `$ `, each followed by what it
//! prints. A page runs in a folder of its own, from the top. `SNAPSHOTS=overwrite` writes what the commands print into the page.

use crate::program;
use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

#[test]
fn the_console_examples_of_the_manual_print_what_it_says() {
    let manual = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let mut pages: Vec<PathBuf> = fs::read_dir(&manual)
        .expect("the manual is there")
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    pages.sort();
    let mut wrong = String::new();
    let mut commands = 0;
    for page in &pages {
        let text = fs::read_to_string(page).expect("a page can be read");
        let (said, ran) = run(&text);
        commands += ran;
        if said == text {
            continue;
        }
        if std::env::var("SNAPSHOTS").is_ok_and(|mode| mode == "overwrite") {
            fs::write(page, &said).expect("a page can be written");
        }
        let name = page.file_name().unwrap_or_default().to_string_lossy();
        for (number, (old, new)) in text.lines().zip(said.lines()).enumerate().filter(|(_, (old, new))| old != new).take(3) {
            let _ = writeln!(wrong, "{name}:{}\n  says:   {old}\n  prints: {new}", number + 1);
        }
        if text.lines().count() != said.lines().count() {
            let _ = writeln!(wrong, "{name}: says {} lines, prints {}", text.lines().count(), said.lines().count());
        }
    }
    assert!(commands > 20, "only {commands} commands were found");
    assert!(wrong.is_empty(), "the manual says what is not so; SNAPSHOTS=overwrite renews it\n{wrong}");
}

#[test]
fn the_manual_has_every_key_for_external_addresses() {
    let manual = fs::read_to_string(program::repository("docs/external.md")).expect("the page is there");
    for table in ["external", "external.hosts.x"] {
        let site = program::folder(&[("milepost.toml", &format!("[{table}]\nzzzz = 1\n"))]);
        let said = program::milepost(site.path(), &["check", "."]).stderr;
        let known = said.split_once("known here: ").unwrap_or_else(|| panic!("the keys are not told: {said}")).1;
        for key in known.lines().next().unwrap_or_default().split(", ") {
            assert!(manual.contains(&format!("\n| `{key}` |")), "docs/external.md has no row for `{key}` of `[{table}]`");
        }
    }
}

/// The page with what its commands print, and how many commands there are.
fn run(text: &str) -> (String, usize) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let mut said = String::with_capacity(text.len());
    let mut lines = text.lines();
    let mut commands = 0;
    while let Some(line) = lines.next() {
        said.push_str(line);
        said.push('\n');
        let Some((fence, info)) = fence(line) else { continue };
        let block: Vec<&str> = lines.by_ref().take_while(|line| line.trim_end() != fence).collect();
        if info.starts_with("console") {
            commands += console(&block, folder.path(), &mut said);
        } else {
            if let Some(path) = title(info) {
                program::write(folder.path(), path, format!("{}\n", block.join("\n")));
            }
            for line in &block {
                said.push_str(line);
                said.push('\n');
            }
        }
        said.push_str(fence);
        said.push('\n');
    }
    (said, commands)
}

/// The backticks that open a fenced block, and what follows them.
fn fence(line: &str) -> Option<(&str, &str)> {
    let length = line.bytes().take_while(|byte| *byte == b'`').count();
    (length >= 3 && !line[length..].contains('`')).then(|| line.split_at(length))
}

fn title(info: &str) -> Option<&str> {
    info.split_once("title=\"")?.1.split('"').next()
}

/// Runs the commands of a block and writes them with what they print.
fn console(block: &[&str], folder: &Path, said: &mut String) -> usize {
    let program = Path::new(env!("CARGO_BIN_EXE_milepost")).parent().expect("the program is in a folder");
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap_or_default());
    let mut commands = 0;
    for line in block {
        let Some(command) = line.strip_prefix("$ ") else { continue };
        commands += 1;
        let mut shell = Command::new("sh");
        for name in program::SERVICES {
            shell.env_remove(name);
        }
        let run = shell
            .arg("-c")
            .arg(format!("exec 2>&1; {command}"))
            .current_dir(folder)
            .env("PATH", &path)
            .env("NO_COLOR", "1")
            .output()
            .expect("a shell runs");
        said.push_str(line);
        said.push('\n');
        for line in String::from_utf8_lossy(&run.stdout).trim_end().lines() {
            said.push_str(&plain_time(line));
            said.push('\n');
        }
    }
    commands
}

/// The line with its time, as in `in 0.42 s`, made the same for all runs.
fn plain_time(line: &str) -> String {
    let Some((before, rest)) = line.split_once(" in ") else { return line.to_owned() };
    let digits = rest.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    if digits > 0 && rest[digits..].starts_with(" s") { format!("{before} in 0.01{}", &rest[digits..]) } else { line.to_owned() }
}
