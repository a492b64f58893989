//! The examples of CommonMark 0.31.2 and of GitHub's specification 0.29 through the parser, each hole filled plainly.
//!
//! `tests/spec/fetch` brings the specifications; `tests/spec/differences.toml` lists the examples that differ, with reasons.

use crate::program::repository;
use html5gum::{Token, Tokenizer};
use milepost::{
    config::Config,
    read::markdown::{ParseOptions, parse},
    site::page::{HoleKind, Link, LinkKind, Page},
};
use pulldown_cmark_escape::{escape_href, escape_html, escape_html_body_text};
use std::{collections::BTreeMap, fmt::Write as _, fs, sync::Arc};

/// An example of a specification.
struct Example {
    number: usize,
    markdown: String,
    html: String,
}

/// For each specification the numbers of the examples that differ, with the reason.
type Differences = BTreeMap<String, BTreeMap<String, String>>;

#[test]
fn the_examples_of_commonmark_hold() {
    compare("commonmark", "tests/spec/node_modules/commonmark-spec/spec.txt", 652);
}

#[test]
fn the_examples_of_github_hold() {
    compare("gfm", "tests/spec/gfm/spec.txt", 672);
}

fn compare(name: &str, path: &str, count: usize) {
    let text = fs::read_to_string(repository(path))
        .unwrap_or_else(|error| panic!("{path}: {error}; run `tests/spec/fetch` to get the specifications"));
    let examples = examples(&text);
    assert_eq!(examples.len(), count, "{path} has all its examples");
    let listed = fs::read_to_string(repository("tests/spec/differences.toml")).expect("the list can be read");
    let mut listed: Differences = toml::from_str(&listed).expect("the list is TOML");
    let mut listed = listed.remove(name).unwrap_or_default();
    let mut faults = String::new();
    for example in examples {
        let ours = render(&example.markdown);
        let differs = normal(&ours) != normal(&example.html);
        let known = listed.remove(&example.number.to_string()).is_some();
        if differs && !known {
            let _ = write!(
                faults,
                "\nexample {} differs\n--- Markdown\n{}--- wanted\n{}--- ours\n{ours}",
                example.number, example.markdown, example.html
            );
        } else if known && !differs {
            let _ = write!(faults, "\nexample {} is listed as different, and no longer is", example.number);
        }
    }
    for number in listed.keys() {
        let _ = write!(faults, "\nexample {number} is listed, and does not exist");
    }
    assert!(faults.is_empty(), "{name}: {faults}");
}

fn examples(text: &str) -> Vec<Example> {
    let fence = "`".repeat(32);
    let mut found: Vec<Example> = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if !line.starts_with(&format!("{fence} example")) {
            continue;
        }
        let mut part = |end: &str| {
            lines.by_ref().take_while(|line| *line != end).map(|line| format!("{line}\n").replace('→', "\t")).collect::<String>()
        };
        let (markdown, html) = (part("."), part(&fence));
        found.push(Example { number: found.len() + 1, markdown, html });
    }
    found
}

/// The body of a page with its holes filled as if every link led where it is written.
fn render(markdown: &str) -> String {
    let mut config = Config::default();
    config.markdown.heading_attributes = false;
    let page = parse(&Arc::from("page.md"), markdown, &ParseOptions::new(&config));
    let mut out = String::new();
    let mut written = 0;
    for hole in &page.body.holes {
        out.push_str(&page.body.html[written..hole.offset as usize]);
        written = hole.offset as usize;
        fill(&mut out, &page, hole.kind);
    }
    out + &page.body.html[written..]
}

fn fill(out: &mut String, page: &Page, kind: HoleKind) {
    let link = |index: u32| &page.links[index as usize];
    match kind {
        HoleKind::Link(index) => {
            out.push_str("<a");
            attribute(out, "href", &link(index).target);
            title(out, link(index));
            out.push('>');
        }
        HoleKind::Image(index) => {
            out.push_str("<img");
            attribute(out, "src", &link(index).target);
            let _ = write!(out, " alt=\"{}\"", escaped(&link(index).words.alt));
            title(out, link(index));
            out.push('>');
        }
        HoleKind::Attribute(index) => {
            if let LinkKind::Attribute(named) = link(index).kind {
                let _ = write!(out, "{}=\"{}\"", named.name.name(), escaped(&link(index).target));
            }
        }
        HoleKind::Address(index) => out.push_str(&link(index).target),
        HoleKind::Code(index) => {
            let block = &page.code[index as usize];
            let class = if block.language.is_empty() { String::new() } else { format!(" class=\"language-{}\"", escaped(&block.language)) };
            let mut text = String::new();
            escape_html_body_text(&mut text, &block.text).expect("writing to a string cannot fail");
            let _ = write!(out, "<pre><code{class}>{text}</code></pre>");
        }
        HoleKind::Word(word) => {
            let words: toml::Table = include_str!("../../templates/words/en.toml").parse().expect("the words are TOML");
            out.push_str(words[word.name()].as_str().expect("a word is a text"));
        }
        // What a tag lacks is known from files, and an example has none.
        HoleKind::RawImage(_) => {}
        // No example holds a checklist marker, and without one there are no holes for checklists.
        kind => unreachable!("{kind:?} in a page without markers"),
    }
}

fn attribute(out: &mut String, name: &str, address: &str) {
    let _ = write!(out, " {name}=\"");
    escape_href(&mut *out, address).expect("writing to a string cannot fail");
    out.push('"');
}

fn title(out: &mut String, link: &Link) {
    if !link.words.title.is_empty() {
        let _ = write!(out, " title=\"{}\"", escaped(&link.words.title));
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    escape_html(&mut out, text).expect("writing to a string cannot fail");
    out
}

/// Tags at whose edges white space has no meaning, as the specification's own `normalize.py` has them.
const BLOCKS: &[&str] = &[
    "article",
    "header",
    "aside",
    "hgroup",
    "blockquote",
    "hr",
    "iframe",
    "body",
    "li",
    "map",
    "button",
    "object",
    "canvas",
    "ol",
    "caption",
    "output",
    "col",
    "p",
    "colgroup",
    "pre",
    "dd",
    "progress",
    "div",
    "section",
    "dl",
    "table",
    "td",
    "dt",
    "tbody",
    "embed",
    "textarea",
    "fieldset",
    "tfoot",
    "figcaption",
    "th",
    "figure",
    "thead",
    "footer",
    "tr",
    "form",
    "ul",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "video",
    "script",
    "style",
];

/// HTML in one form, so that only differences that a reader could see are left. What is made equal:
/// the slash and quotes of tags, the order of attributes, entities, white space at the edges of blocks (as `normalize.py` does);
/// and what Milepost adds on purpose: ids and anchors of headings, the box around a table, `class="align-…"` for `align`,
/// and a task's box with a label that can be ticked.
fn normal(html: &str) -> String {
    let mut out = String::new();
    let mut boxes: Vec<bool> = Vec::new();
    let mut in_pre = false;
    let mut in_anchor = false;
    let mut emitter = html5gum::DefaultEmitter::default();
    emitter.naively_switch_states(true);
    for token in Tokenizer::new_with_emitter(html, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let name = text(&tag.name);
                let mut attributes: BTreeMap<String, String> = tag.attributes.iter().map(|(key, value)| (text(key), text(value))).collect();
                if name == "div" {
                    boxes.push(attributes.get("class").is_some_and(|class| class == "table"));
                }
                in_anchor |= name == "a" && attributes.get("class").is_some_and(|class| class == "anchor");
                if in_anchor || name == "label" || (name == "div" && boxes.last() == Some(&true)) {
                    continue;
                }
                in_pre |= name == "pre";
                without_additions(&name, &mut attributes);
                edge(&mut out, &name, &format!("<{name} {attributes:?}>"));
            }
            Token::EndTag(tag) => {
                let name = text(&tag.name);
                let of_table = name == "div" && boxes.pop() == Some(true);
                let anchor = in_anchor && name == "a";
                in_anchor &= !anchor;
                in_pre &= name != "pre";
                if !of_table && !anchor && name != "label" {
                    edge(&mut out, &name, &format!("</{name}>"));
                }
            }
            Token::String(string) if in_pre => out.push_str(&text(&string)),
            Token::String(string) => {
                for character in text(&string).chars() {
                    let space = character.is_ascii_whitespace();
                    if !space || !(out.is_empty() || out.ends_with([' ', '\u{1}'])) {
                        out.push(if space { ' ' } else { character });
                    }
                }
            }
            Token::Comment(comment) => {
                let _ = write!(out, "<!--{}-->", text(&comment.value));
            }
            Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    out.replace('\u{1}', "").trim().to_owned()
}

/// Writes a tag; white space around a block's is dropped: `\u{1}` marks where none may follow.
fn edge(out: &mut String, name: &str, tag: &str) {
    let block = BLOCKS.contains(&name) || name == "input";
    if block && out.ends_with(' ') {
        out.pop();
    }
    out.push_str(tag);
    if block && name != "pre" {
        out.push('\u{1}');
    }
}

fn without_additions(name: &str, attributes: &mut BTreeMap<String, String>) {
    match name {
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => drop(attributes.remove("id")),
        "th" | "td" => {
            if let Some(side) = attributes.get("class").and_then(|class| class.strip_prefix("align-")).map(str::to_owned) {
                attributes.remove("class");
                attributes.insert("align".to_owned(), side);
            }
        }
        "input" => attributes.retain(|key, _| key == "type" || key == "checked"),
        "li" if attributes.get("class").is_some_and(|class| class == "task") => drop(attributes.remove("class")),
        "ul" | "ol" if attributes.get("class").is_some_and(|class| class == "task-list") => drop(attributes.remove("class")),
        _ => {}
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
