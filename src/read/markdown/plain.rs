//! Parser events to the text of a page without markup, cut where headings and code blocks stand, for search.

use super::writer::index;
use crate::{
    read::html::{self, Piece},
    site::page::{Cut, CutKind, Text},
};
use pulldown_cmark::{Event, Tag, TagEnd};

/// The text of a page while its events go by.
#[derive(Default)]
pub(super) struct Plain {
    text: Text,
    headings: usize,
    code: usize,
    inclusions: usize,
    /// How many headings, images and code blocks are open: their text is kept elsewhere, or not at all.
    elsewhere: u32,
    raw_block: Option<String>,
}

impl Plain {
    /// Takes the text of an event.
    pub(super) fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(Tag::Heading { .. } | Tag::Image { .. } | Tag::CodeBlock(_)) => self.elsewhere += 1,
            Event::Start(Tag::HtmlBlock) => self.raw_block = Some(String::new()),
            Event::Start(tag) if !is_inline(tag.to_end()) => self.end_block(),
            Event::End(TagEnd::Heading(_) | TagEnd::Image | TagEnd::CodeBlock) => self.elsewhere = self.elsewhere.saturating_sub(1),
            Event::End(TagEnd::HtmlBlock) => self.raw_text(),
            Event::End(TagEnd::TableCell) | Event::SoftBreak | Event::HardBreak => self.push(" "),
            Event::End(tag) if !is_inline(*tag) => self.end_block(),
            Event::Text(text) | Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => self.push(text),
            Event::Html(html) => {
                if let Some(block) = &mut self.raw_block {
                    block.push_str(html);
                }
            }
            Event::InlineHtml(html) if html.starts_with("<br") => self.push(" "),
            _ => {}
        }
    }

    /// Notes what is complete now: so many headings, code blocks and inclusions.
    pub(super) fn mark(&mut self, headings: usize, code: usize, inclusions: usize) {
        let offset = index(self.text.words.len());
        let new = (self.headings..headings).map(|_| CutKind::Heading);
        let new = new.chain((self.code..code).map(|block| CutKind::Code(index(block))));
        let new = new.chain((self.inclusions..inclusions).map(|part| CutKind::Include(index(part))));
        self.text.cuts.extend(new.map(|kind| Cut { offset, kind }));
        (self.headings, self.code, self.inclusions) = (headings, code, inclusions);
    }

    pub(super) fn finish(mut self) -> Text {
        self.text.words.shrink_to_fit();
        self.text.cuts.shrink_to_fit();
        self.text
    }

    fn push(&mut self, text: &str) {
        if self.elsewhere == 0 && self.raw_block.is_none() {
            self.text.words.push_str(text);
        }
    }

    fn end_block(&mut self) {
        if !self.text.words.is_empty() && !self.text.words.ends_with('\n') {
            self.text.words.push('\n');
        }
    }

    fn raw_text(&mut self) {
        let Some(block) = self.raw_block.take() else { return };
        let mut unseen = 0_u32;
        for piece in html::pieces(&block) {
            match piece {
                Piece::Start(tag) if is_unseen(&tag.name) => unseen += 1,
                Piece::End { name } if is_unseen(&name) => unseen = unseen.saturating_sub(1),
                Piece::Start(_) | Piece::End { .. } => self.push(" "),
                Piece::Text(text) if unseen == 0 => {
                    for word in text.split_whitespace() {
                        self.push(word);
                        self.push(" ");
                    }
                }
                Piece::Text(_) | Piece::Comment { .. } => {}
            }
        }
        self.end_block();
    }
}

/// Whether an element of raw HTML shows no text of its own.
fn is_unseen(name: &str) -> bool {
    matches!(name, "script" | "style" | "template")
}

fn is_inline(tag: TagEnd) -> bool {
    matches!(
        tag,
        TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::Link
            | TagEnd::TableCell
            | TagEnd::TableHead
            | TagEnd::HtmlBlock
    )
}
