//! A code block with its colours to HTML: its title above it, its marked and changed lines in elements of their own.

use super::body::{push_attribute, push_words};
use crate::site::page::{Change, CodeBlock, Frame};
use std::borrow::Cow;

/// Appends a block; `coloured` is its code as HTML with spans that do not nest, where its language has a grammar.
pub(super) fn push(out: &mut String, block: &CodeBlock, coloured: Option<&str>) {
    let frame = block.frame.as_deref();
    let title = frame.map(|frame| &*frame.title).filter(|title| !title.is_empty());
    if let Some(title) = title {
        out.push_str("<figure class=\"code-figure\"><figcaption>");
        push_words(out, title);
        out.push_str("</figcaption>");
    }
    out.push_str("<pre class=\"code\" tabindex=\"0\"");
    let lines = frame.map_or("", line_classes);
    if block.language.is_empty() {
        out.push_str("><code");
        if !lines.is_empty() {
            out.push_str(" class=\"");
            out.push_str(lines.trim_start());
            out.push('"');
        }
    } else {
        out.push_str(" data-language=\"");
        push_attribute(out, &block.language);
        out.push_str("\"><code class=\"language-");
        push_attribute(out, &block.language);
        out.push_str(lines);
        out.push('"');
    }
    out.push('>');
    let html = coloured.map_or_else(|| Cow::Owned(escaped(&block.text)), Cow::Borrowed);
    match frame.filter(|_| !lines.is_empty()) {
        Some(frame) => push_lines(out, &html, frame),
        None => out.push_str(&html),
    }
    out.push_str("</code></pre>");
    if title.is_some() {
        out.push_str("</figure>");
    }
}

/// The classes of code whose lines are told apart.
fn line_classes(frame: &Frame) -> &'static str {
    match (frame.marked.is_empty(), frame.changes.is_empty()) {
        (true, true) => "",
        (false, true) => " lines",
        (_, false) => " lines changes",
    }
}

/// Appends highlighted code line by line: a span that goes on over lines is closed and opened again.
fn push_lines(out: &mut String, html: &str, frame: &Frame) {
    let mut open: Option<&str> = None;
    for (number, line) in (1_u32..).zip(html.split_inclusive('\n')) {
        let change = frame.changes.get(number as usize - 1).copied().unwrap_or(Change::None);
        let element = match (change, frame.marked.binary_search(&number).is_ok()) {
            (Change::Added, _) => "ins",
            (Change::Removed, _) => "del",
            (Change::None, true) => "mark",
            (Change::None, false) => "span",
        };
        out.push('<');
        out.push_str(element);
        out.push_str(" class=\"line\">");
        let carried = open;
        out.push_str(carried.unwrap_or_default());
        open = still_open(line, carried);
        out.push_str(line);
        if open.is_some() {
            out.push_str("</span>");
        }
        out.push_str("</");
        out.push_str(element);
        out.push('>');
    }
}

/// The start tag of the span that is open after a line.
fn still_open<'a>(line: &'a str, before: Option<&'a str>) -> Option<&'a str> {
    match (line.rfind("<span"), line.rfind("</span>")) {
        (Some(start), end) if end.is_none_or(|end| end < start) => line[start..].find('>').map(|end| &line[start..=start + end]),
        (None, None) => before,
        _ => None,
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    push_words(&mut out, text);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(html: &str, marked: &[u32], changes: &[Change]) -> String {
        let mut out = String::new();
        push_lines(&mut out, html, &Frame { title: "".into(), marked: marked.into(), changes: changes.into() });
        out
    }

    #[test]
    fn a_span_over_lines_is_closed_in_each() {
        assert_eq!(
            shown("a<span class=\"c\">b\nc\nd</span>e\nf", &[2], &[]),
            "<span class=\"line\">a<span class=\"c\">b\n</span></span><mark class=\"line\"><span class=\"c\">c\n</span></mark>\
             <span class=\"line\"><span class=\"c\">d</span>e\n</span><span class=\"line\">f</span>"
        );
    }

    #[test]
    fn lines_that_came_and_went_say_so() {
        assert_eq!(shown("a\nb\n", &[1], &[Change::Removed, Change::Added]), "<del class=\"line\">a\n</del><ins class=\"line\">b\n</ins>");
    }
}
