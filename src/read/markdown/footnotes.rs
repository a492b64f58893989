//! Footnotes: written where they are defined, moved to the end in the order of their first reference, as GitHub does.

use super::{text::escaped, writer::Writer};
use crate::site::page::{Body, Hole, HoleKind, Word};
use std::{collections::HashMap, fmt::Write as _};
use unicase::UniCase;

/// The footnotes of a page while its events go by.
#[derive(Default)]
pub(super) struct Footnotes {
    /// Labels in the order of their first reference, with the number of references.
    cited: Vec<(String, u32)>,
    numbers: HashMap<UniCase<String>, usize>,
    defined: HashMap<UniCase<String>, Body>,
}

impl Writer<'_> {
    pub(super) fn open_footnote(&mut self, label: &str) {
        self.raw_heading = None;
        let around = Body { html: std::mem::take(&mut self.html), holes: std::mem::take(&mut self.holes) };
        self.outer.push((label.to_owned(), around));
    }

    pub(super) fn close_footnote(&mut self) {
        let Some((label, around)) = self.outer.pop() else { return };
        self.raw_heading = None;
        let body = Body { html: std::mem::replace(&mut self.html, around.html), holes: std::mem::replace(&mut self.holes, around.holes) };
        self.footnotes.defined.entry(UniCase::new(label)).or_insert(body);
    }

    pub(super) fn footnote_reference(&mut self, label: &str) {
        let next = self.footnotes.cited.len();
        let position = *self.footnotes.numbers.entry(UniCase::new(label.to_owned())).or_insert(next);
        if position == next {
            self.footnotes.cited.push((label.to_owned(), 0));
        }
        let (first, count) = &mut self.footnotes.cited[position];
        *count += 1;
        let id = footnote_id(self.prefix, first);
        let suffix = if *count > 1 { format!(":{count}") } else { String::new() };
        let number = position + 1;
        let _ = write!(self.html, "<sup class=\"footnote-ref\"><a href=\"#fn:{id}\" id=\"fnref:{id}{suffix}\">{number}</a></sup>");
    }

    /// Writes the cited footnotes at the end, in the order of their numbers, as GitHub does.
    pub(super) fn write_footnotes(&mut self) {
        if self.footnotes.cited.is_empty() || self.footnotes.defined.is_empty() {
            return;
        }
        let mut defined = std::mem::take(&mut self.footnotes.defined);
        let cited = std::mem::take(&mut self.footnotes.cited);
        if self.prefix.is_empty() {
            self.block("<section class=\"footnotes\" aria-label=\"");
            self.hole(HoleKind::Word(Word::Footnotes));
            self.html.push_str("\">\n<ol>\n");
        } else {
            // A page has one landmark of that name: its own notes.
            self.block("<section class=\"footnotes\">\n<ol>\n");
        }
        for (number, (label, count)) in cited.iter().enumerate() {
            let Some(body) = defined.remove(&UniCase::new(label.clone())) else { continue };
            let id = footnote_id(self.prefix, label);
            self.ids.extend([format!("fn:{id}").into(), format!("fnref:{id}").into()]);
            let _ = writeln!(self.html, "<li id=\"fn:{id}\">");
            let start = super::writer::index(self.html.len());
            let text = body.html.trim_end();
            let (text, close) = text.strip_suffix("</p>").map_or((text, ""), |inner| (inner, "</p>"));
            self.holes.extend(body.holes.iter().map(|hole| Hole { offset: start + hole.offset, ..*hole }));
            self.html.push_str(text);
            for reference in 1..=*count {
                let suffix = if reference > 1 { format!(":{reference}") } else { String::new() };
                let _ = write!(self.html, " <a href=\"#fnref:{id}{suffix}\" class=\"footnote-back\" aria-label=\"");
                self.hole(HoleKind::Word(Word::BackToReference));
                let _ = write!(self.html, " {}{suffix}\">↩</a>", number + 1);
            }
            self.html.push_str(close);
            self.html.push_str("\n</li>\n");
        }
        self.html.push_str("</ol>\n</section>\n");
    }
}

fn footnote_id(prefix: &str, label: &str) -> String {
    format!("{prefix}{}", escaped(&label.split_whitespace().collect::<Vec<_>>().join("-")))
}
