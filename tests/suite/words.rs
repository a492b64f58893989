//! The theme's words: templates, scripts and what the writer puts into pages hold none of their own.

use crate::program::{files, is_kind, repository};
use std::fs;

#[test]
fn templates_hold_no_words() {
    let mut found = Vec::new();
    let root = repository("templates");
    for path in files(&root).into_iter().filter(|path| is_kind(path, "html")) {
        let text = fs::read_to_string(root.join(&path)).expect("a template can be read");
        let text = without(&without(&without(&text, "{#", "#}"), "{%", "%}"), "{{", "}}");
        let outside = without(&without(&text, "<style", "</style>"), "<", ">");
        found.extend(words(&outside).map(|word| format!("{path}: {word}")));
        for attribute in ["aria-label", "title", "alt", "placeholder", "content"] {
            let mark = format!(" {attribute}=\"");
            let values = text.split(&mark).skip(1).filter_map(|rest| rest.split('"').next());
            let values = values.filter(|value| {
                !matches!(*value, "width=device-width, initial-scale=1" | "light dark" | "noindex" | "article" | "summary_large_image")
                    && !value.starts_with("0; url=")
            });
            found.extend(values.flat_map(words).map(|word| format!("{path}: {attribute}={word}")));
        }
    }
    assert!(found.is_empty(), "words belong in templates/words/: {found:#?}");
}

#[test]
fn scripts_hold_no_words() {
    let mut found = Vec::new();
    let root = repository("templates");
    for path in files(&root).into_iter().filter(|path| is_kind(path, "js")) {
        let text = fs::read_to_string(root.join(&path)).expect("a script can be read");
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            found.extend(sentences(line).map(|words| format!("{path}: {words}")));
        }
    }
    assert!(found.is_empty(), "words belong in templates/words/: {found:#?}");
}

#[test]
fn what_the_writer_puts_into_pages_holds_no_words() {
    let mut found = Vec::new();
    let root = repository("src");
    let of_pages = |path: &String| path.starts_with("write/") || path.starts_with("read/markdown/");
    for path in files(&root).into_iter().filter(|path| is_kind(path, "rs")).filter(of_pages) {
        let text = fs::read_to_string(root.join(&path)).expect("a source can be read");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
            // A word right behind a tag, or in an attribute that is read out.
            for mark in [">", "aria-label=\\\"", " title=\\\"", " alt=\\\""] {
                let after = line.split(mark).skip(1).filter(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()));
                let inside = after.filter(|_| line.contains("\"<") || line.contains("=\\\"") || line.contains("</"));
                found.extend(inside.map(|rest| format!("{path}: {rest}")));
            }
        }
    }
    assert!(found.is_empty(), "words belong in templates/words/: {found:#?}");
}

/// The text without what stands between two marks, and without these.
fn without(text: &str, start: &str, end: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, inside)) = rest.split_once(start) {
        out.push_str(before);
        out.push(' ');
        rest = inside.split_once(end).map_or("", |(_, after)| after);
    }
    out + rest
}

/// The words of two letters and more.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() > 1)
}

/// What stands in quotation marks on a line of script and begins like a sentence, or like one with two words.
fn sentences(line: &str) -> impl Iterator<Item = &str> {
    let quoted = line.split(['"', '`']).skip(1).step_by(2);
    quoted.filter(|text| {
        let mut words = text.split(' ');
        let first = words.next().unwrap_or_default();
        let capital = first.starts_with(|c: char| c.is_ascii_uppercase()) && first.chars().skip(1).all(|c| c.is_ascii_lowercase());
        let is_name = first.len() < 3 || text.contains(':') || text.contains('-');
        capital && !is_name && (words.next().is_none_or(|second| second.chars().all(|c| c.is_ascii_lowercase())))
    })
}
