//! What the manual says of a rule: its section of `docs/rules.md`, as Markdown that stands alone and as plain text.

use crate::diagnostic::Rule;
use std::fmt::Write as _;

/// The page of the manual, embedded in the program.
const RULES: &str = include_str!("../../docs/rules.md");

/// The width that paragraphs are broken at, in characters.
const WIDTH: usize = 80;

/// The section of a rule without its heading, as Markdown; links are reduced to their text, since they lead from the manual's own folder.
#[must_use]
pub fn markdown(rule: Rule) -> String {
    let mut out = String::new();
    for part in parts(section(rule)) {
        let text = match part {
            Part::Words(words) => without_links(words),
            Part::Code { whole, .. } => whole.to_owned(),
        };
        out.push_str(text.trim());
        out.push_str("\n\n");
    }
    out.truncate(out.trim_end().len());
    out
}

/// The section of a rule as plain text: paragraphs of readable width, examples indented under the names of their files.
#[must_use]
pub fn plain(rule: Rule) -> String {
    let mut out = String::new();
    for part in parts(section(rule)) {
        match part {
            Part::Words(words) => {
                for paragraph in words.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
                    let _ = writeln!(out, "{}\n", filled(&without_links(paragraph)));
                }
            }
            Part::Code { title, text, .. } => {
                if let Some(title) = title {
                    let _ = writeln!(out, "{title}:\n");
                }
                for line in text.lines() {
                    let _ = writeln!(out, "{}", if line.is_empty() { String::new() } else { format!("    {line}") });
                }
                out.push('\n');
            }
        }
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// The first paragraph of a rule's section on one line, without the default severity that it begins with.
#[must_use]
pub fn description(rule: Rule) -> String {
    let first = section(rule).trim_start().split("\n\n").next().unwrap_or_default();
    let line = without_links(first).split_whitespace().collect::<Vec<_>>().join(" ");
    match line.split_once(". ") {
        Some((default, rest)) if default.starts_with("Default:") => rest.to_owned(),
        _ => line,
    }
}

/// What stands between a rule's heading and the next one; headings in examples are none.
fn section(rule: Rule) -> &'static str {
    let (mut start, mut is_code, mut at) = (None, false, 0);
    for line in RULES.split_inclusive('\n') {
        if line.starts_with("```") {
            is_code = !is_code;
        } else if !is_code && let Some(heading) = line.strip_prefix("## ") {
            if let Some(start) = start {
                return &RULES[start..at];
            }
            if heading.trim().trim_matches('`') == rule.name() {
                start = Some(at + line.len());
            }
        }
        at += line.len();
    }
    start.map_or("", |start| &RULES[start..])
}

enum Part<'a> {
    Words(&'a str),
    Code { title: Option<&'a str>, text: &'a str, whole: &'a str },
}

/// The section, cut at its fenced blocks.
fn parts(mut rest: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    while let Some(start) = fence(rest) {
        parts.push(Part::Words(&rest[..start]));
        let block = &rest[start..];
        let body = block.find('\n').map_or(block.len(), |end| end + 1);
        let end = fence(&block[body..]).map_or(block.len(), |length| body + length);
        let after = block[end..].find('\n').map_or(block.len(), |length| end + length + 1);
        let title = block[..body].split_once("title=\"").and_then(|(_, title)| title.split('"').next());
        parts.push(Part::Code { title, text: &block[body..end], whole: &block[..after] });
        rest = &block[after..];
    }
    parts.push(Part::Words(rest));
    parts.retain(|part| !matches!(part, Part::Words(words) if words.trim().is_empty()));
    parts
}

/// Where the next line of three backticks begins.
fn fence(text: &str) -> Option<usize> {
    if text.starts_with("```") { Some(0) } else { text.find("\n```").map(|end| end + 1) }
}

/// The words with `[text](address)` as its text; code is left alone.
fn without_links(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    let mut rest = words;
    while let Some(at) = rest.find(['`', '[']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let taken = if let Some(code) = rest.strip_prefix('`') {
            let end = code.find('`').map_or(rest.len(), |end| end + 2);
            out.push_str(&rest[..end]);
            end
        } else if let Some((text, end)) = link(rest) {
            out.push_str(text);
            end
        } else {
            out.push('[');
            1
        };
        rest = &rest[taken..];
    }
    out.push_str(rest);
    out
}

/// The text of the link that begins here, and where the link ends.
fn link(rest: &str) -> Option<(&str, usize)> {
    let middle = rest.find("](")?;
    let end = middle + rest[middle..].find(')')?;
    let text = &rest[1..middle];
    (!text.contains('[')).then_some((text, end + 1))
}

/// A paragraph in lines of at most `WIDTH` characters, where words and code allow it.
fn filled(paragraph: &str) -> String {
    let mut lines: Vec<String> = vec![String::new()];
    for word in words(paragraph) {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(&word),
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    lines.join("\n")
}

/// The words of a paragraph; code with spaces in it is one, since it is there to be copied.
fn words(paragraph: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut is_code = false;
    for word in paragraph.split_whitespace() {
        match words.last_mut() {
            Some(last) if is_code => {
                last.push(' ');
                last.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
        is_code ^= !word.matches('`').count().is_multiple_of(2);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_its_section_in_three_forms() {
        for rule in Rule::ALL {
            let (markdown, plain, description) = (markdown(*rule), plain(*rule), description(*rule));
            let default = format!("Default: `{}`", rule.default_severity().name());
            assert!(markdown.starts_with(&default) && plain.starts_with(&default), "{}: {plain}", rule.name());
            assert!(!description.is_empty() && !description.starts_with("Default"), "{}: {description}", rule.name());
            assert!(!plain.contains("\n```") && !plain.contains(".md#") && !plain.contains("\n## "), "{plain}");
        }
    }

    #[test]
    fn headings_and_links_in_examples_are_left_alone() {
        let text = plain(Rule::FragmentCase);
        assert!(
            text.contains("fragment-case/README.md:\n\n    # Welcome\n\n    See [VPN](#VPN).\n\n    ## VPN\n\n    $ milepost check"),
            "{text}"
        );
        assert!(
            text.contains("Good: `[VPN](#vpn)`. Fix: ") && text.ends_with("`<!-- milepost-disable-next-line fragment-case -->`.\n"),
            "{text}"
        );
        assert_eq!(without_links("see [`a`](b.md#c) and `[x](y)`, [z]"), "see `a` and `[x](y)`, [z]");
    }
}
