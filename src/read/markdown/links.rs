//! Links and images: their holes, their places, and an image's text.

use super::{destination, writer::Writer};
use crate::{
    diagnostic::Span,
    site::{
        page::{HoleKind, Link, LinkKind, Spelling, Words},
        spelling,
    },
};
use pulldown_cmark::LinkType;
use std::ops::Range;

/// A link or image whose end has not come yet.
pub(super) struct OpenLink {
    /// Its index; none inside an image's text, where nothing is a link.
    index: Option<u32>,
    is_image: bool,
    form: LinkType,
    /// Where the last event inside the brackets ended.
    pub(super) text_end: usize,
}

impl Writer<'_> {
    pub(super) fn open_link(&mut self, is_image: bool, form: LinkType, target: &str, title: &str, label: &str, range: &Range<usize>) {
        self.references.shown(range);
        let inside_image = self.images > 0;
        self.images += u32::from(is_image);
        let definition = match form {
            LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut => self.references.resolve(label),
            _ => None,
        };
        let index = (!inside_image).then(|| {
            let kind = match form {
                _ if is_image => LinkKind::Image,
                LinkType::Autolink | LinkType::Email => LinkKind::Autolink,
                LinkType::WikiLink { .. } => LinkKind::Wikilink,
                _ => LinkKind::Link,
            };
            let target = if form == LinkType::Email { format!("mailto:{target}").into() } else { target.into() };
            let words = Words { title: title.into(), alt: "".into() };
            let index = self.add_link(Link { kind, target, span: Span::default(), spelling: Spelling::Unknown, words, definition });
            self.hole(if is_image { HoleKind::Image(index) } else { HoleKind::Link(index) });
            self.link_ranges.push(range.clone());
            index
        });
        let bracket = if is_image { 2 } else { 1 };
        self.open_links.push(OpenLink { index, is_image, form, text_end: range.start + bracket });
    }

    pub(super) fn close_link(&mut self, range: &Range<usize>) {
        let Some(open) = self.open_links.pop() else { return };
        if let Some(outer) = self.open_links.last_mut() {
            outer.text_end = outer.text_end.max(range.end);
        }
        self.images -= u32::from(open.is_image);
        let Some(index) = open.index else { return };
        let alt = if open.is_image { std::mem::take(&mut self.alt) } else { String::new() };
        let inner = match open.form {
            LinkType::Inline => destination::inline(self.source, range, open.text_end),
            LinkType::Autolink | LinkType::Email => Span::new(range.start + 1, range.end.max(1) - 1),
            LinkType::WikiLink { .. } => wikilink_address(self.source, range),
            _ => Span::new(range.start, range.end),
        };
        let span = Span::new(self.base + inner.start as usize, self.base + inner.end as usize);
        let missing_alt = open.is_image && alt.trim().is_empty();
        let link = &mut self.links[index as usize];
        link.span = span;
        if matches!(open.form, LinkType::Inline) {
            link.spelling = spelling::of(&self.source[inner.range()], &link.target);
        }
        link.words.alt = alt.into();
        if missing_alt && !link.target.is_empty() {
            self.image_without_alt(
                Span::new(self.base + range.start, self.base + range.end),
                "describe it between the brackets: `![what it shows](…)`",
            );
        }
        if !open.is_image {
            self.html.push_str("</a>");
        }
    }
}

fn wikilink_address(source: &str, range: &Range<usize>) -> Span {
    let start = range.start + source[range.clone()].find("[[").map_or(0, |at| at + 2);
    let length = source[start..range.end].find(['|', ']']).unwrap_or(range.end - start);
    Span::new(start, start + length)
}
