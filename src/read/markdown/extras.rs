//! Markers before a block: tabs of a list, the caption of an image, another file in a place of its own.

use super::{
    marker::{Kind, Marker},
    text,
    writer::{Writer, index},
};
use crate::{
    diagnostic::{Diagnostic, Rule, Span},
    site::page::{HoleKind, Inclusion, Link, LinkKind, Part, Spelling, Words},
};
use pulldown_cmark::{Event, Tag};
use std::ops::Range;

/// What markers have asked for so far.
#[derive(Default)]
pub(super) struct Extras {
    /// The marker that waits for the block after it.
    waiting: Option<Marker>,
    figure: Option<Figure>,
    pub(super) inclusions: Vec<Inclusion>,
    pub(super) has_tabs: bool,
}

/// A paragraph that shall be an image with its caption.
struct Figure {
    caption: Box<str>,
    marker: Span,
    images: u32,
    has_words: bool,
}

/// The items of a list that are tabs.
pub(super) struct Tabs {
    stage: Stage,
    /// Whether the item that is open has its text in no paragraph.
    is_tight: bool,
    /// The first line of the item that is open.
    item: Span,
    label: String,
    labels: Vec<String>,
}

/// How far the first text of a tab is written: its label, and what follows it on the line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing of the item has come.
    Waiting,
    /// The label's paragraph is open and empty.
    Begun,
    /// The label is a line.
    Line,
    /// The label is what stands in bold.
    Bold,
    /// The label is written, and nothing has followed it.
    Ended,
    /// What follows it is a paragraph of its own.
    Rest,
    /// The first text is over.
    Over,
}

impl Writer<'_> {
    /// Puts a marker that is about no checklist where it belongs.
    pub(super) fn place_extra(&mut self, marker: Marker, block: bool) {
        let word = marker.kind.word();
        if !block || self.in_heading() {
            let help = "write it on a line of its own, before what it is about";
            return self.without_effect(marker.span, format!("`@{word}` stands in the middle of a text"), help);
        }
        if marker.kind == Kind::Include {
            return self.place_inclusion(marker);
        }
        self.unfollowed();
        self.extras.waiting = Some(marker);
    }

    fn without_effect(&mut self, span: Span, message: String, help: &str) {
        self.diagnostics.push(Diagnostic::new(self.file, span, Rule::Marker, message).help(help));
    }

    /// Tells of a marker that what has come leaves without its block.
    pub(super) fn unfollowed(&mut self) {
        let Some(marker) = self.extras.waiting.take() else { return };
        let (message, help) = match marker.kind {
            Kind::Tabs => ("no list follows `@tabs`", "write it on the line before a list whose items are the tabs"),
            _ => ("no image follows `@caption`", "write it on the line before an image that stands alone in its paragraph"),
        };
        self.without_effect(marker.span, message.to_owned(), help);
    }

    /// Takes note of a block that begins: only the one that a marker waits for may come after it.
    pub(super) fn follow_marker(&mut self, tag: &Tag<'_>) {
        let Some(marker) = &self.extras.waiting else { return };
        let awaited = match tag {
            Tag::HtmlBlock => true,
            Tag::List(_) => marker.kind == Kind::Tabs,
            Tag::Paragraph => marker.kind == Kind::Caption,
            _ => false,
        };
        if !awaited {
            self.unfollowed();
        }
    }

    /// Writes another file's place; what stands there is known when all files are read.
    fn place_inclusion(&mut self, marker: Marker) {
        let Some(address) = marker.value else { return };
        if !self.outer.is_empty() {
            return self.without_effect(marker.span, "`@include` stands in a footnote".to_owned(), "write it in the text");
        }
        let link = self.add_link(Link {
            kind: LinkKind::Include,
            target: address.text,
            span: address.span,
            spelling: Spelling::Plain,
            words: Words::default(),
            definition: None,
        });
        self.fresh_line();
        let headings = self.heading_count();
        self.extras.inclusions.push(Inclusion { link, headings, part: Part::Unread });
        self.hole(HoleKind::Include(index(self.extras.inclusions.len() - 1)));
    }

    /// Opens a paragraph; true when it is the one of a captioned image.
    pub(super) fn open_figure(&mut self) -> bool {
        let Some(marker) = self.extras.waiting.take() else { return false };
        let caption = marker.value.map(|value| value.text).unwrap_or_default();
        self.extras.figure = Some(Figure { caption, marker: marker.span, images: 0, has_words: false });
        self.block("<figure>");
        true
    }

    /// Notes an image, or words beside it, in the paragraph that is open.
    pub(super) fn note_in_figure(&mut self, is_image: bool) {
        if let Some(figure) = &mut self.extras.figure {
            figure.images += u32::from(is_image);
            figure.has_words |= !is_image;
        }
    }

    /// Closes a paragraph; true when it was a captioned image.
    pub(super) fn close_figure(&mut self) -> bool {
        let Some(figure) = self.extras.figure.take() else { return false };
        if figure.images != 1 || figure.has_words {
            let help = "write it before an image that stands alone in its paragraph";
            self.without_effect(figure.marker, "`@caption` stands before no single image".to_owned(), help);
        }
        self.html.push_str("\n<figcaption>");
        text::push_text(&mut self.html, &figure.caption);
        self.html.push_str("</figcaption>\n</figure>\n");
        true
    }

    /// Opens the tabs of a list that `@tabs` waits for.
    pub(super) fn open_tabs(&mut self) -> Option<Tabs> {
        let marker = self.extras.waiting.take()?;
        self.extras.has_tabs = true;
        self.html.push_str("<div class=\"tabs\" role=\"list\"");
        if let Some(name) = &marker.value {
            // The name is an id: nothing in it needs an escape.
            self.html.push_str(" data-sync=\"");
            self.html.push_str(&name.text);
            self.html.push('"');
        }
        self.html.push_str(">\n");
        Some(Tabs { stage: Stage::Over, is_tight: false, item: Span::default(), label: String::new(), labels: Vec::new() })
    }

    /// Opens a tab; false when the list that is open has none.
    pub(super) fn open_tab(&mut self, range: &Range<usize>) -> bool {
        let base = self.base;
        let line = self.source[range.clone()].lines().next().unwrap_or_default().trim_end().len();
        let Some(tabs) = self.tabs() else { return false };
        tabs.stage = Stage::Waiting;
        tabs.is_tight = false;
        tabs.item = Span::new(base + range.start, base + range.start + line);
        tabs.label.clear();
        self.html.push_str("<div class=\"tab\" role=\"listitem\">\n");
        true
    }

    /// Closes a tab; false when the list that is open has none.
    pub(super) fn close_tab(&mut self) -> bool {
        let Some(tabs) = self.tabs() else { return false };
        let label = std::mem::take(&mut tabs.label).trim().to_owned();
        let span = tabs.item;
        let repeats = tabs.labels.contains(&label);
        let fault = if label.is_empty() {
            Some((
                "the item is no tab: it does not begin with a label".to_owned(),
                "begin it with a line of its own, or with words in bold",
            ))
        } else {
            repeats.then(|| (format!("a second tab `{label}`"), "give each tab a label of its own"))
        };
        tabs.labels.push(label);
        if let Some((message, help)) = fault {
            self.without_effect(span, message, help);
        }
        self.fresh_line();
        self.html.push_str("</div>\n");
        true
    }

    fn tabs(&mut self) -> Option<&mut Tabs> {
        self.lists.last_mut()?.tabs.as_deref_mut()
    }

    /// Opens the first paragraph of a tab, which begins with its label; false for any other.
    pub(super) fn open_tab_label(&mut self) -> bool {
        let Some(tabs) = self.tabs().filter(|tabs| tabs.stage == Stage::Waiting) else { return false };
        tabs.stage = Stage::Begun;
        self.html.push_str("<p class=\"tab-label\">");
        true
    }

    /// Prepares for an inline that begins in a tab's first text.
    pub(super) fn tab_inline(&mut self, is_bold: bool) {
        let Some(tabs) = self.tabs() else { return };
        let label = if is_bold { Stage::Bold } else { Stage::Line };
        let opens = match tabs.stage {
            Stage::Waiting => {
                tabs.is_tight = true;
                tabs.stage = label;
                "<p class=\"tab-label\">"
            }
            Stage::Begun => {
                tabs.stage = label;
                return;
            }
            Stage::Ended => {
                tabs.stage = Stage::Rest;
                "<p>"
            }
            _ => return,
        };
        self.html.push_str(opens);
    }

    /// Takes a leaf of a tab's first text over; false when it is to be written as any other, with what is left of it if it is text.
    pub(super) fn tab_leaf<'e>(&mut self, event: Event<'e>) -> Option<Event<'e>> {
        let Some(stage) = self.tabs().map(|tabs| tabs.stage) else { return Some(event) };
        match (stage, event) {
            (Stage::Line, Event::SoftBreak | Event::HardBreak) => {
                self.end_label();
                None
            }
            (Stage::Ended, Event::SoftBreak | Event::HardBreak) => None,
            (Stage::Ended, Event::Text(text)) => {
                let rest = text.trim_start_matches([' ', '\t', ':', '：', '–', '—']);
                if rest.is_empty() {
                    return None;
                }
                self.tab_inline(false);
                let rest = rest.to_owned();
                Some(Event::Text(rest.into()))
            }
            (Stage::Over, event) => Some(event),
            (_, event) => {
                self.tab_inline(false);
                if let (Some(tabs), Event::Text(text) | Event::Code(text)) = (self.tabs(), &event)
                    && matches!(tabs.stage, Stage::Line | Stage::Bold)
                {
                    tabs.label.push_str(text);
                }
                Some(event)
            }
        }
    }

    fn end_label(&mut self) {
        if let Some(tabs) = self.tabs() {
            tabs.stage = Stage::Ended;
        }
        self.html.push_str("</p>\n");
    }

    /// Ends a label that is in bold with the bold.
    pub(super) fn end_bold_label(&mut self) {
        if self.tabs().is_some_and(|tabs| tabs.stage == Stage::Bold) {
            self.end_label();
        }
    }

    /// Ends the first paragraph of a tab; true when its end tag is written already.
    pub(super) fn end_tab_paragraph(&mut self) -> bool {
        let Some(tabs) = self.tabs().filter(|tabs| !tabs.is_tight) else { return false };
        std::mem::replace(&mut tabs.stage, Stage::Over) == Stage::Ended
    }

    /// Ends the first text of a tab that stands in no paragraph.
    pub(super) fn end_tab_text(&mut self) {
        let Some(tabs) = self.tabs() else { return };
        let is_open = tabs.is_tight && matches!(tabs.stage, Stage::Line | Stage::Bold | Stage::Rest);
        tabs.stage = Stage::Over;
        if is_open {
            self.html.push_str("</p>\n");
        }
    }
}
