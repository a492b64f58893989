//! The shape of the source: imports point downward, each library has one owner, every file says what it is.

use crate::program::{files, is_kind, repository};
use milepost::diagnostic::Rule;
use std::fs;

/// Each stage, and the parts of the crate that it may name.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("diagnostic", &[]),
    ("error", &[]),
    ("file_state", &[]),
    ("progress", &[]),
    ("replace", &["error"]),
    ("html", &["diagnostic"]),
    ("one_piece", &[]),
    ("config", &["diagnostic", "error"]),
    ("project", &["config", "error"]),
    ("site", &["config", "diagnostic", "one_piece"]),
    ("report", &["diagnostic", "error", "replace"]),
    ("read", &["site", "config", "diagnostic", "error", "file_state", "project", "html"]),
    ("check", &["site", "config", "diagnostic", "error", "project", "progress", "report", "replace"]),
    ("write", &["site", "config", "diagnostic", "error", "file_state", "project", "replace", "html", "one_piece"]),
    ("building", &["cache", "error", "progress", "project", "read", "report", "resolve", "site", "write"]),
    ("cache", &["config", "diagnostic", "error", "file_state", "project", "read", "replace", "report", "write"]),
    ("serve", &["building", "check_entries", "config", "diagnostic", "error", "project", "read", "report", "site", "write"]),
    ("moving", &["config", "edit", "error", "found", "progress", "project", "read"]),
    ("edit", &["site", "diagnostic", "error", "project", "replace"]),
];

/// Each library that has an owner, and the beginning of the paths that may name it.
const OWNERS: &[(&str, &[&str])] = &[
    ("pulldown_cmark", &["read/markdown/"]),
    ("tera", &["write/"]),
    ("resvg", &["write/card/draw.rs"]),
    ("skrifa", &["write/card/draw.rs"]),
    ("math_core", &["read/markdown/formula.rs"]),
    ("mermaid_svg", &["read/markdown/diagram.rs"]),
    ("lz4_flex", &["site/compact.rs"]),
    ("onig", &["write/highlight/grammar/"]),
    ("syntect", &["write/highlight/grammar/"]),
    ("two_face", &["write/highlight/grammar/"]),
    ("html5gum", &["html.rs"]),
    ("serde_saphyr", &["read/value.rs"]),
    ("encoding_rs", &["read/source.rs"]),
    ("chardetng", &["read/source.rs"]),
    ("ignore", &["read/source.rs"]),
    ("walkdir", &["read/source.rs", "write/theme.rs", "write/output.rs"]),
    ("similar", &["report/diff.rs", "check/since.rs"]),
    ("globset", &["config/", "read/markdown/"]),
    ("lychee_lib", &["check/external/"]),
    ("reqwest", &["check/external/"]),
    ("tokio", &["check/external/", "serve/"]),
    ("hyper", &["serve/http.rs"]),
    ("hyper_util", &["serve/http.rs"]),
    ("http_body_util", &["serve/http.rs"]),
    ("notify", &["serve/watch.rs"]),
    ("futures", &["check/external/"]),
    ("regex", &["check/external/"]),
    ("icu_plurals", &["write/words.rs"]),
    ("icu_locale_core", &["write/words.rs"]),
    ("quick_xml", &["write/publish/xml.rs"]),
    ("mime_guess", &["serve/http.rs"]),
    ("postcard", &["cache.rs", "read/kept.rs", "write/highlight/kept.rs", "write/reuse.rs"]),
    ("imagesize", &["write/images/"]),
    ("image", &["write/images/encode.rs"]),
    ("webp", &["write/images/encode.rs"]),
    ("ravif", &["write/images/encode.rs"]),
    ("zip", &["write/archive.rs"]),
    ("icu_normalizer", &["write/search/words.rs"]),
    ("rust_embed", &["write/theme.rs"]),
    ("annotate_snippets", &["report/text.rs"]),
    ("clap", &["cli/", "main.rs"]),
    ("indicatif", &["cli/"]),
    ("anstream", &["cli/", "main.rs"]),
];

fn sources() -> Vec<(String, String)> {
    let root = repository("src");
    files(&root)
        .into_iter()
        .filter(|path| is_kind(path, "rs"))
        .map(|path| {
            let text = fs::read_to_string(root.join(&path)).expect("a source can be read");
            (path, text)
        })
        .collect()
}

/// The text before the file's own tests, without comments.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).flat_map(|line| [line, "\n"]).collect()
}

/// The parts of the crate that a file names: `crate::part`, or `part` inside `use crate::{…}`.
fn named_parts(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        let Some(list) = rest.strip_prefix('{') else {
            found.push(word(rest));
            continue;
        };
        let (mut depth, mut start) = (1, true);
        for (position, character) in list.char_indices() {
            match character {
                '{' => depth += 1,
                '}' if depth == 1 => break,
                '}' => depth -= 1,
                ',' if depth == 1 => start = true,
                c if c.is_alphanumeric() && start && depth == 1 => {
                    found.push(word(&list[position..]));
                    start = false;
                }
                _ => {}
            }
        }
    }
    found
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[test]
fn imports_point_downward() {
    let mut faults = Vec::new();
    for (path, text) in sources() {
        let part = path.split('/').next().unwrap_or_default().trim_end_matches(".rs");
        if matches!(part, "lib" | "main") {
            continue;
        }
        let named = named_parts(&code(&text));
        if part == "cli" {
            faults.extend(
                named
                    .iter()
                    .filter(|name| *name != "cli")
                    .map(|name| format!("src/{path} names `crate::{name}`: the command line uses the public interface only")),
            );
            continue;
        }
        let Some((_, allowed)) = MAY_NAME.iter().find(|(name, _)| *name == part) else {
            faults.push(format!("src/{path}: `{part}` has no line in the table of what may name what"));
            continue;
        };
        faults.extend(
            named
                .iter()
                .filter(|name| *name != part && !allowed.contains(&name.as_str()))
                .map(|name| format!("src/{path} names `crate::{name}`, which `{part}` must not")),
        );
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn imports_are_read_from_both_forms() {
    let code = "use crate::{\n    config::{self, Config},\n    site::{File, page::Page},\n};\nlet x = crate::error::Error;\n";
    assert_eq!(named_parts(code), ["config", "site", "error"]);
}

#[test]
fn every_library_has_its_owner() {
    let mut faults = Vec::new();
    for (path, text) in sources() {
        let code = code(&text);
        for (library, owners) in OWNERS {
            let named =
                code.match_indices(&format!("{library}::")).any(|(at, _)| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'));
            if named && !owners.iter().any(|owner| path.starts_with(owner)) {
                faults.push(format!("src/{path} names `{library}`, which belongs to {owners:?}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_source_says_what_it_is() {
    let silent: Vec<String> = sources().into_iter().filter(|(_, text)| !text.starts_with("//! ")).map(|(path, _)| path).collect();
    assert!(silent.is_empty(), "no `//!` line at the top of {silent:?}");
}

#[test]
fn nothing_is_unwrapped() {
    let mut faults = Vec::new();
    for (path, text) in sources() {
        for (number, line) in code(&text).lines().enumerate().filter(|(_, line)| line.contains(".unwrap()")) {
            faults.push(format!("src/{path}, code line {}: {}", number + 1, line.trim()));
        }
    }
    assert!(faults.is_empty(), "`expect` says why it holds\n{}", faults.join("\n"));
}

#[test]
fn every_rule_has_its_heading_in_the_manual() {
    let manual = repository("docs/rules.md");
    let text = fs::read_to_string(&manual).unwrap_or_else(|error| panic!("docs/rules.md: {error}"));
    let headings: Vec<&str> = text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim()).collect();
    let missing: Vec<&str> = Rule::ALL
        .iter()
        .map(|rule| rule.name())
        .filter(|name| !headings.iter().any(|heading| heading.trim_matches('`') == *name))
        .collect();
    assert!(missing.is_empty(), "docs/rules.md has no heading for {missing:?}");
}
