//! Parser events to HTML with holes, as pulldown-cmark's own writer does it, with GitHub's ids, alerts and task lists.

use super::{
    ParseOptions,
    collector::{Block, Collector},
    extras::Extras,
    fence::Fence,
    footnotes::Footnotes,
    links::OpenLink,
    lists::OpenList,
    plain::Plain,
    raw::{self, RawHeading, RawHtml},
    references::{Candidate, References},
    silence::{self, Directive},
    table::Table,
    text::{escaped, push_escaped, push_text},
};
use crate::{
    diagnostic::{Diagnostic, Span},
    site::{
        checklist::line_ending,
        page::{Body, CodeBlock, Heading, Hole, HoleKind, Link, Page, RawImage, Word},
        slug::Slugger,
    },
};
use pulldown_cmark::{BlockQuoteKind, CodeBlockKind, CowStr, Event, Tag, TagEnd};
use std::{collections::BTreeMap, fmt::Write as _, ops::Range, sync::Arc};

/// Builds one page while the events of its text go by.
pub(super) struct Writer<'a> {
    pub(super) file: &'a Arc<str>,
    pub(super) source: &'a str,
    pub(super) options: &'a ParseOptions,
    /// Where the source begins in the file, after the front matter.
    pub(super) base: usize,
    pub(super) html: String,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) ids: Vec<Box<str>>,
    pub(super) open_links: Vec<OpenLink>,
    /// How many `<a>` of raw HTML are open.
    pub(super) raw_anchors: u32,
    pub(super) raw_heading: Option<RawHeading>,
    pub(super) holes: Vec<Hole>,
    /// The texts around a footnote that is being written.
    pub(super) outer: Vec<(String, Body)>,
    pub(super) footnotes: Footnotes,
    pub(super) links: Vec<Link>,
    pub(super) link_ranges: Vec<Range<usize>>,
    pub(super) raw_images: Vec<RawImage>,
    pub(super) references: References,
    slugger: Slugger,
    /// Whether an id that its author gave stays as it is, whatever else has it.
    keeps_given_ids: bool,
    headings: Vec<Heading>,
    heading: Option<OpenHeading>,
    directives: Vec<Directive>,
    code: Vec<CodeBlock>,
    open_code: Option<CodeBlockText>,
    raw_block: Option<RawHtml>,
    pub(super) table: Table,
    pub(super) lists: Vec<OpenList>,
    pub(super) tasks: u32,
    /// What may be ticked or chosen, on pages that may have a checklist.
    pub(super) checklist: Option<Box<Collector>>,
    /// Whether the source may hold markers.
    pub(super) may_mark: bool,
    pub(super) extras: Extras,
    /// How many diagrams are drawn.
    pub(super) diagrams: u32,
    /// What keeps ids of ours apart from those of the page that this text becomes a part of.
    pub(super) prefix: &'a str,
    /// The ids of raw HTML in a part of a page, with those that they have there.
    pub(super) given_ids: BTreeMap<Box<str>, Box<str>>,
    /// Where ids of raw HTML become others, and what is written there.
    pub(super) new_ids: Vec<(Span, Box<str>)>,
    /// The line ending of the source, for fixes.
    pub(super) ending: &'static str,
    /// Whether a block stands inside the frame of `@verify`.
    verifies: bool,
    /// How many images are open: inside one nothing is markup.
    pub(super) images: u32,
    /// The text of the outermost open image.
    pub(super) alt: String,
    /// The text of the page without markup, where it is kept.
    pub(super) plain: Option<Box<Plain>>,
}

struct OpenHeading {
    start: usize,
    /// The number of holes before it.
    holes: usize,
    level: u8,
    id: Option<String>,
    attributes: String,
    text: String,
}

struct CodeBlockText {
    fence: Fence,
    text: String,
}

impl<'a> Writer<'a> {
    pub(super) fn new(file: &'a Arc<str>, source: &'a str, base: usize, references: References, options: &'a ParseOptions) -> Self {
        Self {
            file,
            source,
            options,
            base,
            html: String::with_capacity(source.len() + source.len() / 2),
            diagnostics: Vec::new(),
            ids: Vec::new(),
            open_links: Vec::new(),
            raw_anchors: 0,
            raw_heading: None,
            holes: Vec::new(),
            outer: Vec::new(),
            footnotes: Footnotes::default(),
            links: Vec::new(),
            link_ranges: Vec::new(),
            raw_images: Vec::new(),
            references,
            slugger: Slugger::default(),
            keeps_given_ids: true,
            headings: Vec::new(),
            heading: None,
            directives: Vec::new(),
            code: Vec::new(),
            open_code: None,
            raw_block: None,
            table: Table::default(),
            lists: Vec::new(),
            tasks: 0,
            ending: line_ending(source),
            checklist: None,
            may_mark: false,
            extras: Extras::default(),
            diagrams: 0,
            prefix: "",
            given_ids: BTreeMap::new(),
            new_ids: Vec::new(),
            verifies: false,
            images: 0,
            alt: String::new(),
            plain: None,
        }
    }

    /// Writes one event.
    pub(super) fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        if let Some(plain) = &mut self.plain {
            plain.event(&event);
        }
        match event {
            Event::Start(tag) => {
                self.inside_link(&range);
                self.start(tag, range);
            }
            Event::End(tag) => self.end(tag, &range),
            event => {
                self.inside_link(&range);
                self.references.shown(&range);
                self.leaf(event, &range);
            }
        }
        if let Some(plain) = &mut self.plain {
            plain.mark(self.headings.len(), self.code.len(), self.extras.inclusions.len());
        }
    }

    /// The page, once all events have gone by.
    pub(super) fn finish(mut self, candidates: &[Candidate], options: &ParseOptions) -> (Page, Option<Box<Collector>>) {
        self.note_page_end();
        self.unfollowed();
        self.write_footnotes();
        let (definitions, found) = self.references.finish(self.file, self.base, candidates, &self.link_ranges, self.source, options);
        self.diagnostics.extend(found);
        let (silences, unknown) = silence::ranges(&self.directives, self.file, self.base, self.source);
        self.diagnostics.extend(unknown);
        self.ids.extend(self.headings.iter().map(|heading| heading.id.as_str().into()));
        self.ids.sort_unstable();
        self.ids.dedup();
        let first = self.headings.iter().find(|heading| heading.level == 1);
        let page = Page {
            path: Arc::clone(self.file),
            title: first.map(|heading| heading.text.clone()).unwrap_or_default(),
            has_heading: first.is_some(),
            headings: self.headings,
            ids: self.ids,
            links: self.links,
            raw_images: self.raw_images,
            has_tabs: self.extras.has_tabs,
            definitions,
            code: self.code,
            inclusions: self.extras.inclusions,
            body: Body { html: self.html, holes: self.holes },
            text: self.plain.map(|plain| plain.finish()).unwrap_or_default(),
            silences,
            diagnostics: self.diagnostics,
            ..Page::default()
        };
        (page, self.checklist)
    }

    /// Whether a heading's line is being written.
    pub(super) fn in_heading(&self) -> bool {
        self.heading.is_some()
    }

    /// How many headings are written.
    pub(super) fn heading_count(&self) -> u32 {
        index(self.headings.len())
    }

    /// Takes ids that other parts of the page have; those that raw HTML gives become ids that nothing else has.
    pub(super) fn reserve(&mut self, taken: &[Box<str>], given: Vec<Box<str>>) {
        for id in taken {
            self.slugger.reserve(id);
        }
        self.keeps_given_ids = false;
        self.given_ids = given.into_iter().map(|id| (id.clone(), self.slugger.unique(&id).into())).collect();
    }

    /// Adds a link and returns its index.
    pub(super) fn add_link(&mut self, link: Link) -> u32 {
        self.links.push(link);
        index(self.links.len() - 1)
    }

    /// The index that the next link gets.
    pub(super) fn link_count(&self) -> u32 {
        index(self.links.len())
    }

    /// Marks a hole at the end of what is written.
    pub(super) fn hole(&mut self, kind: HoleKind) {
        self.holes.push(Hole { offset: index(self.html.len()), kind });
    }

    /// Inserts text into what is written, and moves every remembered offset after it; so many holes come before the text.
    pub(super) fn insert(&mut self, at: usize, text: &str, before: usize) {
        self.html.insert_str(at, text);
        let moved = index(text.len());
        for hole in self.holes[before..].iter_mut().rev().take_while(|hole| hole.offset as usize >= at) {
            hole.offset += moved;
        }
        if let Some(heading) = self.raw_heading.as_mut().filter(|heading| heading.offset >= at) {
            heading.offset += text.len();
        }
        for list in &mut self.lists {
            for offset in [&mut list.start, &mut list.item] {
                if *offset >= at {
                    *offset += text.len();
                }
            }
        }
    }

    /// Adds a heading; its id is the given one, or GitHub's for its text.
    pub(super) fn add_heading(&mut self, level: u8, given: Option<String>, text: &str) -> String {
        let id = match given {
            Some(id) if self.keeps_given_ids => {
                self.slugger.reserve(&id);
                id
            }
            Some(id) => self.slugger.unique(&id),
            None => self.slugger.slug(text),
        };
        self.push_heading(level, id.clone(), text);
        id
    }

    fn push_heading(&mut self, level: u8, id: String, text: &str) {
        self.headings.push(Heading { level, id, text: text.replace(['\n', '\r'], " ") });
    }

    /// Adds a heading of raw HTML whose tag holds its id.
    pub(super) fn add_raw_heading(&mut self, level: u8, id: String, text: &str) {
        self.slugger.reserve(&id);
        self.push_heading(level, id, text);
    }

    /// Takes note of a comment that silences rules; false when it is any other comment.
    pub(super) fn silencing_comment(&mut self, text: &str, span: Span) -> bool {
        let directive = silence::directive(text, span);
        let found = directive.is_some();
        self.directives.extend(directive);
        found
    }

    fn inside_link(&mut self, range: &Range<usize>) {
        if let Some(link) = self.open_links.last_mut() {
            link.text_end = link.text_end.max(range.end);
        }
    }

    fn leaf(&mut self, event: Event<'_>, range: &Range<usize>) {
        if let Some(code) = &mut self.open_code {
            if let Event::Text(text) = event {
                code.text.push_str(&text);
            }
            return;
        }
        if self.images > 0 {
            match event {
                Event::Text(text) | Event::Code(text) | Event::InlineMath(text) => self.alt.push_str(&text),
                Event::SoftBreak | Event::HardBreak => self.alt.push(' '),
                _ => {}
            }
            return;
        }
        self.heading_text(&event);
        if self.checklist.is_some() {
            self.note_leaf(&event, range);
        }
        let Some(event) = self.extra_leaf(event) else { return };
        match event {
            Event::Text(text) => self.text(&text, range),
            Event::Code(code) => self.wrapped("<code>", &code, "</code>"),
            Event::InlineMath(math) => self.formula(&math, range, false),
            Event::DisplayMath(math) => self.formula(&math, range, true),
            Event::Html(html) => match &mut self.raw_block {
                Some(block) => block.push(&html, range.start),
                None => self.inline_html(&html, range),
            },
            Event::InlineHtml(html) => self.inline_html(&html, range),
            Event::FootnoteReference(label) => self.footnote_reference(&label),
            Event::SoftBreak => self.html.push('\n'),
            Event::HardBreak => self.html.push_str("<br>\n"),
            Event::Rule => {
                self.close_label();
                self.note_block(Block::Other);
                self.fresh_line();
                self.html.push_str("<hr>\n");
            }
            Event::TaskListMarker(checked) => self.task(checked, range),
            Event::Start(_) | Event::End(_) => {}
        }
    }

    /// What is left of a leaf for the page, where a marker has something to do with it.
    fn extra_leaf<'e>(&mut self, event: Event<'e>) -> Option<Event<'e>> {
        if !self.may_mark || self.raw_block.is_some() {
            return Some(event);
        }
        match &event {
            Event::Text(text) if text.trim().is_empty() => {}
            Event::Text(_) | Event::Code(_) | Event::InlineMath(_) | Event::DisplayMath(_) | Event::InlineHtml(_) => {
                self.note_in_figure(false);
            }
            Event::Rule => self.unfollowed(),
            _ => {}
        }
        if matches!(event, Event::Rule | Event::TaskListMarker(_)) { Some(event) } else { self.tab_leaf(event) }
    }

    pub(super) fn wrapped(&mut self, open: &str, text: &str, close: &str) {
        self.html.push_str(open);
        push_text(&mut self.html, text);
        self.html.push_str(close);
    }

    fn inline_html(&mut self, html: &str, range: &Range<usize>) {
        if raw::is_plain_tag(html) {
            self.html.push_str(html);
            return;
        }
        let mut raw = RawHtml::default();
        raw.push(html, range.start);
        self.raw_html(&raw, false);
    }

    fn heading_text(&mut self, event: &Event<'_>) {
        let text = match event {
            Event::Text(text) | Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => text.as_ref(),
            Event::SoftBreak | Event::HardBreak => "\n",
            _ => return,
        };
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(text);
        }
        if let Some(heading) = &mut self.raw_heading {
            heading.text.push_str(text);
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        if !matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. } | Tag::Paragraph) {
            self.close_label();
        }
        if self.checklist.is_some() {
            self.note_start(&tag, &range);
        }
        if self.may_mark {
            self.extra_start(&tag);
        }
        match tag {
            Tag::Paragraph => {
                if !self.may_mark || !(self.open_figure() || self.open_tab_label()) {
                    self.block("<p>");
                }
                self.open_item_text(range.start, true);
            }
            Tag::Heading { level, id, classes, attrs } => {
                self.fresh_line();
                let attributes = heading_attributes(&classes, &attrs);
                let id = id.map(CowStr::into_string);
                self.heading = Some(OpenHeading {
                    start: self.html.len(),
                    holes: self.holes.len(),
                    level: level as u8,
                    id,
                    attributes,
                    text: String::new(),
                });
            }
            Tag::BlockQuote(kind) => self.blockquote(kind),
            Tag::CodeBlock(kind) => {
                self.references.shown(&range);
                let info = if let CodeBlockKind::Fenced(info) = kind { info } else { CowStr::Borrowed("") };
                if self.takes_verify() {
                    self.block("<div class=\"milepost-verify\">\n<p class=\"milepost-verify-title\">");
                    self.hole(HoleKind::Word(Word::Verify));
                    self.html.push_str("</p>\n");
                    self.verifies = true;
                }
                self.open_code = Some(CodeBlockText { fence: Fence::new(&info), text: String::new() });
            }
            Tag::HtmlBlock => self.raw_block = Some(RawHtml::default()),
            Tag::List(start) => self.list(start),
            Tag::Item => {
                self.fresh_line();
                let at = self.html.len();
                if self.open_tab(&range) {
                    return;
                }
                let ordered = self.lists.last().is_some_and(|list| list.end_tag.starts_with("</ol"));
                self.note_item(&range, ordered);
                if let Some(list) = self.lists.last_mut() {
                    list.item = at;
                }
            }
            Tag::FootnoteDefinition(label) => self.open_footnote(&label),
            Tag::DefinitionList => self.block("<dl>\n"),
            Tag::DefinitionListTitle => self.block("<dt>"),
            Tag::DefinitionListDefinition => self.block("<dd>"),
            Tag::Table(alignments) => {
                self.block("<div class=\"table\" tabindex=\"0\" role=\"group\" aria-label=\"");
                self.hole(HoleKind::Word(Word::Table));
                self.html.push_str("\"><table>\n");
                self.table = Table { alignments, ..Table::default() };
            }
            Tag::TableHead => {
                self.table.in_head = true;
                self.table.cell = 0;
                self.html.push_str("<thead><tr>");
            }
            Tag::TableRow => {
                self.table.cell = 0;
                if !std::mem::replace(&mut self.table.has_body, true) {
                    self.html.push_str("<tbody>\n");
                }
                self.html.push_str("<tr>");
            }
            Tag::TableCell => self.table_cell(),
            Tag::Emphasis => self.inline("<em>"),
            Tag::Strong => self.inline("<strong>"),
            Tag::Strikethrough => self.inline("<del>"),
            Tag::Superscript => self.inline("<sup>"),
            Tag::Subscript => self.inline("<sub>"),
            Tag::Link { link_type, dest_url, title, id } => self.open_link(false, link_type, &dest_url, &title, &id, &range),
            Tag::Image { link_type, dest_url, title, id } => self.open_link(true, link_type, &dest_url, &title, &id, &range),
            Tag::MetadataBlock(_) => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: &Range<usize>) {
        match tag {
            TagEnd::Paragraph => {
                let is_closed = self.end_tab_paragraph();
                self.close_label();
                if !self.close_figure() && !is_closed {
                    self.html.push_str("</p>\n");
                }
                self.note_paragraph_end(range);
            }
            TagEnd::Heading(_) => self.close_heading(range),
            TagEnd::BlockQuote(kind) => {
                self.unfollowed();
                self.html.push_str(if kind.is_some() { "</div>\n" } else { "</blockquote>\n" });
                self.note_container(false);
            }
            TagEnd::CodeBlock => {
                if let Some(code) = self.open_code.take() {
                    self.fresh_line();
                    if !self.set_code(&code.fence, &code.text, range) {
                        self.code.push(code.fence.block(code.text));
                        self.hole(HoleKind::Code(index(self.code.len() - 1)));
                    }
                    self.html.push('\n');
                    if std::mem::take(&mut self.verifies) {
                        self.html.push_str("</div>\n");
                    }
                }
            }
            TagEnd::HtmlBlock => {
                if let Some(block) = self.raw_block.take() {
                    self.fresh_line();
                    self.raw_html(&block, true);
                }
            }
            TagEnd::List(_) => {
                if let Some(list) = self.lists.pop() {
                    self.html.push_str(list.end_tag);
                }
                self.note_list_end();
            }
            TagEnd::Item => {
                self.close_label();
                self.unfollowed();
                if self.close_tab() {
                    return;
                }
                self.html.push_str("</li>\n");
                if self.note_item_end() {
                    self.mark_task_list();
                }
            }
            TagEnd::FootnoteDefinition => {
                self.unfollowed();
                self.close_footnote();
                self.note_container(false);
            }
            TagEnd::DefinitionList => {
                self.html.push_str("</dl>\n");
                self.note_container(false);
            }
            TagEnd::DefinitionListTitle => self.html.push_str("</dt>\n"),
            TagEnd::DefinitionListDefinition => self.html.push_str("</dd>\n"),
            TagEnd::Table => {
                self.html.push_str(if self.table.has_body { "</tbody></table></div>\n" } else { "</table></div>\n" });
                self.note_container(false);
            }
            TagEnd::TableHead => {
                self.table.in_head = false;
                self.html.push_str("</tr></thead>\n");
            }
            TagEnd::TableRow => self.html.push_str("</tr>\n"),
            TagEnd::TableCell => {
                self.flush_embeds();
                self.close_cell();
            }
            TagEnd::Emphasis => self.inline("</em>"),
            TagEnd::Strong => {
                self.inline("</strong>");
                self.end_bold_label();
            }
            TagEnd::Strikethrough => self.inline("</del>"),
            TagEnd::Superscript => self.inline("</sup>"),
            TagEnd::Subscript => self.inline("</sub>"),
            TagEnd::Link | TagEnd::Image => self.close_link(range),
            TagEnd::MetadataBlock(_) => {}
        }
    }

    /// Takes note of a tag that begins, where a marker may have something to do with it.
    fn extra_start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Image { .. } => {
                self.note_in_figure(self.images == 0);
                self.tab_inline(false);
            }
            Tag::Strong => self.tab_inline(true),
            Tag::Emphasis | Tag::Strikethrough | Tag::Link { .. } | Tag::Superscript | Tag::Subscript => self.tab_inline(false),
            Tag::Item | Tag::TableHead | Tag::TableRow | Tag::TableCell => {}
            tag => self.follow_marker(tag),
        }
    }

    /// Writes an inline tag, unless an image's text is being read.
    fn inline(&mut self, tag: &str) {
        if self.images == 0 {
            self.html.push_str(tag);
        }
    }

    pub(super) fn fresh_line(&mut self) {
        if !self.html.is_empty() && !self.html.ends_with('\n') {
            self.html.push('\n');
        }
    }

    pub(super) fn block(&mut self, tag: &str) {
        self.fresh_line();
        self.html.push_str(tag);
    }

    fn blockquote(&mut self, kind: Option<BlockQuoteKind>) {
        let (class, word) = match kind {
            None => return self.block("<blockquote>\n"),
            Some(BlockQuoteKind::Note) => ("note", Word::Note),
            Some(BlockQuoteKind::Tip) => ("tip", Word::Tip),
            Some(BlockQuoteKind::Important) => ("important", Word::Important),
            Some(BlockQuoteKind::Warning) => ("warning", Word::Warning),
            Some(BlockQuoteKind::Caution) => ("caution", Word::Caution),
        };
        self.block(&format!("<div class=\"markdown-alert markdown-alert-{class}\">\n<p class=\"markdown-alert-title\">"));
        self.hole(HoleKind::Word(word));
        self.html.push_str("</p>\n");
    }

    /// Notes what an event adds to an item's text.
    fn note_leaf(&mut self, event: &Event<'_>, range: &Range<usize>) {
        match event {
            Event::Text(text) | Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => self.note_inline(text, range),
            Event::SoftBreak | Event::HardBreak => self.note_inline(" ", range),
            Event::FootnoteReference(_) => self.note_inline("", range),
            Event::InlineHtml(html) if !html.starts_with("<!--") => self.note_inline("", range),
            _ => {}
        }
    }

    /// Notes the beginning of a block, or of an inline in an item's text.
    fn note_start(&mut self, tag: &Tag<'_>, range: &Range<usize>) {
        match tag {
            Tag::Paragraph => self.note_block(Block::Paragraph),
            Tag::Heading { .. } => self.note_block(Block::Heading),
            Tag::CodeBlock(CodeBlockKind::Fenced(_)) => self.note_block(Block::Code),
            Tag::HtmlBlock => self.note_block(Block::Html),
            Tag::List(_) => self.note_block(Block::List),
            Tag::BlockQuote(_) | Tag::FootnoteDefinition(_) | Tag::DefinitionList | Tag::Table(_) => {
                self.note_block(Block::Other);
                self.note_container(true);
            }
            Tag::CodeBlock(_) | Tag::TableCell | Tag::DefinitionListTitle | Tag::DefinitionListDefinition => self.note_block(Block::Other),
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. } | Tag::Superscript | Tag::Subscript => {
                self.note_inline("", range);
            }
            Tag::Item | Tag::TableHead | Tag::TableRow | Tag::MetadataBlock(_) => {}
        }
    }

    fn close_heading(&mut self, range: &Range<usize>) {
        let Some(heading) = self.heading.take() else { return };
        let id = escaped(&self.add_heading(heading.level, heading.id, &heading.text));
        let level = heading.level;
        self.insert(heading.start, &format!("<h{level} id=\"{id}\"{}>", heading.attributes), heading.holes);
        let _ = writeln!(self.html, "<a class=\"anchor\" href=\"#{id}\" aria-hidden=\"true\" tabindex=\"-1\"></a></h{level}>");
        if self.checklist.is_some() {
            let anchor = self.headings.last().map(|heading| heading.id.clone()).unwrap_or_default();
            self.note_heading(level, &anchor, &heading.text, range);
        }
    }
}

/// A length as the index that the page keeps.
pub(super) fn index(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn heading_attributes(classes: &[CowStr<'_>], attributes: &[(CowStr<'_>, Option<CowStr<'_>>)]) -> String {
    let mut out = String::new();
    if !classes.is_empty() {
        out.push_str(" class=\"");
        for (position, class) in classes.iter().enumerate() {
            if position > 0 {
                out.push(' ');
            }
            push_escaped(&mut out, class);
        }
        out.push('"');
    }
    for (name, value) in attributes {
        let sound = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':'));
        if sound && !name.to_ascii_lowercase().starts_with("on") {
            let _ = write!(out, " {name}=\"{}\"", escaped(value.as_deref().unwrap_or_default()));
        }
    }
    out
}
