//! Text that stands in the page as text: bare addresses become links, and what looks like a link but is none is told.

use super::{Wanted, autolink, writer::Writer};
use crate::{
    diagnostic::{Diagnostic, Rule, Span},
    site::page::{HoleKind, Link, LinkKind, Spelling, Words},
};
use pulldown_cmark_escape::{escape_html, escape_html_body_text};
use std::ops::Range;

/// Text with `&`, `<`, `>` and quotes escaped, for attribute values.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    push_escaped(&mut out, text);
    out
}

/// Appends text for an attribute value.
pub(super) fn push_escaped(out: &mut String, text: &str) {
    escape_html(&mut *out, text).expect("writing to a string cannot fail");
}

/// Appends text for an element's content.
pub(super) fn push_text(out: &mut String, text: &str) {
    escape_html_body_text(&mut *out, text).expect("writing to a string cannot fail");
}

/// The longest link that is looked for in plain text, in bytes: a bound that keeps the search linear.
const NEAR: usize = 500;

impl Writer<'_> {
    /// Writes a run of text, with its bare addresses as links.
    pub(super) fn text(&mut self, text: &str, range: &Range<usize>) {
        self.look_alikes(range);
        if !self.may_autolink(text) {
            // A checklist looks at the HTML of its steps.
            if self.options.wanted != Wanted::Facts || self.checklist.is_some() {
                push_text(&mut self.html, text);
            }
            return;
        }
        let mut written = 0;
        for link in autolink::find(text) {
            push_text(&mut self.html, &text[written..link.range.start]);
            let words = &text[link.range.clone()];
            let index = self.add_link(Link {
                kind: LinkKind::Autolink,
                target: link.target.into(),
                span: self.place_in_text(text, &link.range, range),
                spelling: Spelling::Unknown,
                words: Words::default(),
                definition: None,
            });
            self.hole(HoleKind::Link(index));
            push_text(&mut self.html, words);
            self.html.push_str("</a>");
            written = link.range.end;
        }
        push_text(&mut self.html, &text[written..]);
    }

    fn may_autolink(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let is_address = |at: usize| match bytes[at] {
            b'@' => true,
            b':' => bytes[at..].starts_with(b"://"),
            _ => bytes[..at].ends_with(b"www"),
        };
        self.open_links.is_empty() && self.raw_anchors == 0 && memchr::memchr3_iter(b'@', b':', b'.', bytes).any(is_address)
    }

    /// Where a piece of decoded text stands in the source.
    fn place_in_text(&self, text: &str, part: &Range<usize>, range: &Range<usize>) -> Span {
        let source = &self.source[range.clone()];
        let words = &text[part.clone()];
        let start = if source.len() == text.len() { Some(part.start) } else { source.find(words) };
        match start {
            Some(start) => Span::new(self.base + range.start + start, self.base + range.start + start + words.len()),
            None => Span::new(self.base + range.start, self.base + range.end),
        }
    }

    /// Tells of `[^x]` without a definition, and of `[text](a file.md)`, whose space keeps it from being a link.
    fn look_alikes(&mut self, range: &Range<usize>) {
        let source = self.source;
        let Some(text) = source.get(range.clone()) else { return };
        if memchr::memchr2(b'[', b']', text.as_bytes()).is_none() {
            return;
        }
        self.undefined_footnotes(text, range.start);
        for middle in memchr::memmem::find_iter(text.as_bytes(), "](") {
            self.not_a_link(text, middle, range.start);
        }
    }

    fn undefined_footnotes(&mut self, text: &str, start: usize) {
        for at in memchr::memmem::find_iter(text.as_bytes(), "[^") {
            let label = &text[at + 2..];
            let Some(length) = label.find(|c: char| c == ']' || c == '[' || c == '^' || c.is_whitespace()) else { continue };
            let label = &label[..length];
            let closed = text[at + 2 + length..].starts_with(']');
            if !closed || label.is_empty() || self.is_escaped(start + at) || is_character_class(label) {
                continue;
            }
            let span = Span::new(self.base + start + at, self.base + start + at + length + 3);
            self.diagnostics.push(
                Diagnostic::new(self.file, span, Rule::UndefinedFootnote, format!("the footnote `{label}` is not defined on this page"))
                    .target(format!("^{label}"))
                    .help(format!("define it: `[^{label}]: text`")),
            );
        }
    }

    fn not_a_link(&mut self, text: &str, middle: usize, start: usize) {
        let rest = &text[middle + 2..];
        let Some(close) = closing_parenthesis(rest) else { return };
        let inside = rest[..close].trim();
        let address = inside.split([' ', '\t']).next_back().unwrap_or_default();
        let titled = inside.ends_with(['"', '\'', ')']);
        let looks_like_a_path = inside.contains('/') || std::path::Path::new(address).extension().is_some_and(|e| e.len() <= 8);
        if titled
            || !inside.contains([' ', '\t'])
            || inside.contains(['\n', '\r', '<', '>'])
            || !looks_like_a_path
            || self.is_escaped(start + middle)
        {
            return;
        }
        let before = &self.source.as_bytes()[(start + middle).saturating_sub(NEAR)..start + middle];
        let opens = memchr::memrchr(b'[', before).is_some_and(|open| memchr::memmem::find(&before[open..], b"\n\n").is_none());
        if !opens {
            return;
        }
        let offset = middle + 2 + (rest[..close].len() - rest[..close].trim_start().len());
        let span = Span::new(self.base + start + offset, self.base + start + offset + inside.len());
        self.diagnostics.push(
            Diagnostic::new(self.file, span, Rule::NotALink, "the space in the address keeps this from being a link")
                .target(inside)
                .help(format!("write it in angle brackets: `<{inside}>`"))
                .fix("put the address in angle brackets", span, format!("<{inside}>")),
        );
    }

    fn is_escaped(&self, offset: usize) -> bool {
        self.source[..offset].bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
    }
}

/// `[^a-z]` and `[^0-9]` are regular expressions, not footnotes.
fn is_character_class(label: &str) -> bool {
    let mut characters = label.chars();
    characters.next().is_some() && characters.next() == Some('-') && characters.next().is_some() && characters.next().is_none()
}

/// The offset of the parenthesis that closes the one before the text, if it is near.
fn closing_parenthesis(text: &str) -> Option<usize> {
    let mut depth = 0_u32;
    for (at, byte) in text.bytes().take(NEAR).enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' if depth == 0 => return Some(at),
            b')' => depth -= 1,
            _ => {}
        }
    }
    None
}
