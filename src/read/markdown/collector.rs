//! What of a page can be ticked or chosen, noted while its events go by: headings, items, choices and their markers.
//! `checklist.rs` makes [`Checklists`](crate::site::checklist::Checklists) of the notes.

use super::{
    marker::{self, Comment, Kind, Marker},
    writer::{Writer, index},
};
use crate::{
    config::Derive,
    diagnostic::{Diagnostic, Edit, Fix, Rule, Span},
    site::{
        checklist::{Name, ReferenceKind},
        page::{HoleKind, LinkKind},
    },
};
use std::ops::Range;

/// The notes of one page; made only for pages that may have a checklist, so that others pay nothing.
pub(super) struct Collector {
    pub(super) derive: Option<Derive>,
    /// Beginnings of headings, in lower case, that are no steps when a checklist is derived.
    pub(super) leave_out: Vec<String>,
    pub(super) nodes: Vec<Node>,
    pub(super) lists: Vec<ListNote>,
    pub(super) references: Vec<ReferenceNote>,
    /// Where a card goes that no marker places.
    pub(super) lead: Lead,
    /// The headings around the current place, outermost first.
    headings: Vec<(u8, usize)>,
    /// The level of the last heading.
    level: u8,
    /// The heading that nothing but comments has followed yet.
    fresh_heading: Option<usize>,
    /// The last item of a list that nothing but comments has followed yet.
    last_item: Option<usize>,
    items: Vec<OpenItem>,
    /// The choice whose list comes next.
    pending_choice: Option<usize>,
    /// The choices of the lists that are open.
    choices: Vec<Option<usize>>,
    pending_verify: Option<Span>,
    /// Embedded lists that go after the block that is open.
    pending_embeds: Vec<u32>,
    /// Quotations, footnotes, tables and definitions that are open.
    containers: u32,
    /// The number of links before the block that is open.
    links_before: usize,
}

/// A heading, an item or a choice.
pub(super) struct Node {
    pub(super) form: NodeForm,
    /// The node around it.
    pub(super) outer: Option<usize>,
    pub(super) title: String,
    pub(super) marker: Option<Marker>,
    /// Its text in the file.
    pub(super) span: Span,
    /// Whether it is a task: whether the source ticks it, and where.
    pub(super) checked: Option<(bool, Span)>,
    /// Whether the page's way of deriving makes it a step.
    pub(super) derived: bool,
    /// Whether it can be no step or choice: it lies in a footnote or a section that is left out, or its list never came.
    pub(super) is_void: bool,
}

pub(super) enum NodeForm {
    Heading { anchor: String },
    Item { loose: bool },
    Choice,
}

/// A `@checklist` marker.
pub(super) struct ListNote {
    pub(super) marker: Marker,
    /// The number of nodes before it.
    pub(super) before: usize,
    /// The heading above it.
    pub(super) heading: Option<usize>,
}

/// An `@embed` or `@needs` marker.
pub(super) struct ReferenceNote {
    pub(super) kind: ReferenceKind,
    pub(super) list: Name,
    pub(super) link: u32,
    pub(super) before: usize,
    pub(super) level: u8,
}

/// Where the first block ends that a card can follow.
#[derive(Default)]
pub(super) struct Lead {
    /// The end of the title: offsets in the HTML and in the file.
    pub(super) title: Option<(usize, usize)>,
    /// The end of the first paragraph after it.
    pub(super) paragraph: Option<(usize, usize)>,
    /// Whether a block has come that ends the lead.
    pub(super) closed: bool,
}

struct OpenItem {
    node: usize,
    text: ItemText,
    /// Where the text ends in the source, so far.
    end: usize,
    start: usize,
}

/// How far the text of an item is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ItemText {
    Waiting,
    Open,
    Closed,
}

impl Collector {
    /// The notes for a page, where it may have something to note.
    pub(super) fn new(may_mark: bool, derive: Option<Derive>, leave_out: &[String]) -> Option<Box<Self>> {
        if derive.is_none() && !may_mark {
            return None;
        }
        Some(Box::new(Self {
            derive,
            leave_out: leave_out.iter().map(|title| title.to_lowercase()).collect(),
            nodes: Vec::new(),
            lists: Vec::new(),
            references: Vec::new(),
            lead: Lead::default(),
            headings: Vec::new(),
            level: 1,
            fresh_heading: None,
            last_item: None,
            items: Vec::new(),
            pending_choice: None,
            choices: Vec::new(),
            pending_verify: None,
            pending_embeds: Vec::new(),
            containers: 0,
            links_before: 0,
        }))
    }

    fn is_outermost(&self) -> bool {
        self.containers == 0 && self.items.is_empty()
    }

    fn heading_node(&self) -> Option<usize> {
        self.headings.last().map(|(_, node)| *node)
    }

    fn is_left_out(&self, title: &str) -> bool {
        let title = title.to_lowercase();
        self.leave_out.iter().any(|start| title.starts_with(start.as_str()))
    }
}

/// A block that begins, as far as the notes tell blocks apart.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Block {
    Code,
    Html,
    List,
    Paragraph,
    Heading,
    Other,
}

impl Writer<'_> {
    /// Notes that a block begins.
    pub(super) fn note_block(&mut self, block: Block) {
        let links = self.links.len();
        let Some(notes) = &mut self.checklist else { return };
        notes.links_before = links;
        if block != Block::Paragraph
            && let Some(item) = notes.items.last_mut()
            && item.text == ItemText::Waiting
        {
            item.text = ItemText::Closed;
        }
        if block == Block::Html {
            return;
        }
        notes.fresh_heading = None;
        notes.last_item = None;
        if notes.is_outermost() && !matches!(block, Block::Paragraph | Block::Heading) {
            notes.lead.closed = true;
        }
        let unfollowed = if block == Block::List { None } else { notes.pending_choice.take() };
        let unshown = if block == Block::Code { None } else { notes.pending_verify.take() };
        if let Some(choice) = unfollowed.map(|choice| &mut notes.nodes[choice]) {
            choice.is_void = true;
            let span = choice.span;
            self.misplaced(span, "no list follows `@choose`", "write it at the end of the paragraph before the list of ways");
        }
        if let Some(span) = unshown {
            self.misplaced(span, "no fenced code block follows `@verify`", "write it on the line before the code block");
        }
    }

    /// Notes that something opens in which nothing is outermost.
    pub(super) fn note_container(&mut self, opens: bool) {
        if let Some(notes) = &mut self.checklist {
            notes.containers = if opens { notes.containers + 1 } else { notes.containers.saturating_sub(1) };
        }
    }

    /// Notes a heading that has just been written.
    pub(super) fn note_heading(&mut self, level: u8, anchor: &str, text: &str, range: &Range<usize>) {
        let end = range.start + self.source[range.clone()].trim_end().len();
        let (html, base, in_footnote) = (self.html.len(), self.base, !self.outer.is_empty());
        let Some(notes) = &mut self.checklist else { return };
        notes.level = level;
        if !notes.is_outermost() || in_footnote {
            return;
        }
        while notes.headings.last().is_some_and(|(open, _)| *open >= level) {
            notes.headings.pop();
        }
        let node = notes.nodes.len();
        let title = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let derived = notes.derive == Some(Derive::Headings) && level == 2 && !notes.is_left_out(&title);
        if level == 1 && notes.lead.title.is_none() && notes.lead.paragraph.is_none() {
            notes.lead.title = Some((html, base + end));
        } else {
            notes.lead.closed = true;
        }
        let marker = notes.nodes.pop_if(|last| matches!(last.form, NodeForm::Heading { .. }) && last.span == Span::default());
        let node = node - usize::from(marker.is_some());
        notes.nodes.push(Node {
            form: NodeForm::Heading { anchor: anchor.to_owned() },
            outer: notes.heading_node(),
            title,
            marker: marker.and_then(|held| held.marker),
            span: Span::new(base + range.start, base + end),
            checked: None,
            derived,
            is_void: false,
        });
        notes.headings.push((level, node));
        notes.fresh_heading = Some(node);
        self.hole(HoleKind::HeadingStep(index(node)));
    }

    /// Notes that a list begins, and opens the group of a choice around it.
    pub(super) fn note_list(&mut self) {
        let Some(notes) = &mut self.checklist else { return };
        let choice = notes.pending_choice.take();
        notes.choices.push(choice);
        if let Some(choice) = choice {
            self.fresh_line();
            self.hole(HoleKind::ChoiceStart(index(choice)));
        }
    }

    /// Notes that a list is written.
    pub(super) fn note_list_end(&mut self) {
        let Some(notes) = &mut self.checklist else { return };
        if let Some(Some(choice)) = notes.choices.pop() {
            self.hole(HoleKind::ChoiceEnd(index(choice)));
        }
    }

    /// Notes that an item begins; the start of its tag is written here.
    pub(super) fn note_item(&mut self, range: &Range<usize>, is_ordered: bool) {
        let in_footnote = !self.outer.is_empty();
        let (base, depth, links) = (self.base, self.lists.len(), self.links.len());
        self.html.push_str("<li");
        if let Some(notes) = &mut self.checklist {
            notes.links_before = links;
            notes.fresh_heading = None;
            let choice = notes.choices.last().copied().flatten();
            let outer = choice.or_else(|| notes.items.last().map(|item| item.node)).or_else(|| notes.heading_node());
            let outermost = depth == 1 && notes.containers == 0 && is_ordered;
            let section = notes.heading_node().map(|node| notes.nodes[node].title.clone()).unwrap_or_default();
            let is_left_out = notes.derive.is_some() && notes.is_left_out(&section);
            let derived = notes.derive == Some(Derive::Ordered) && outermost && !is_left_out;
            let node = notes.nodes.len();
            notes.nodes.push(Node {
                form: NodeForm::Item { loose: false },
                outer,
                title: String::new(),
                marker: None,
                span: Span::new(base + range.start, base + range.start),
                checked: None,
                derived,
                is_void: in_footnote || is_left_out,
            });
            notes.items.push(OpenItem { node, text: ItemText::Waiting, end: range.start, start: range.start });
            self.hole(HoleKind::Item(index(node)));
        }
        self.html.push('>');
    }

    /// Begins the text of an item with what comes first in it, a paragraph or words.
    pub(super) fn open_item_text(&mut self, start: usize, in_paragraph: bool) {
        let Some(notes) = &mut self.checklist else { return };
        let Some(item) = notes.items.last_mut().filter(|item| item.text == ItemText::Waiting) else { return };
        item.text = ItemText::Open;
        item.start = start;
        item.end = start;
        let node = item.node;
        if in_paragraph {
            notes.nodes[node].form = NodeForm::Item { loose: true };
            self.html.truncate(self.html.len() - ">".len());
            self.hole(HoleKind::BranchRow(index(node)));
            self.html.push('>');
        }
        self.hole(HoleKind::BoxStart(index(node)));
    }

    /// Ends the text of an item, if it is open.
    pub(super) fn close_item_text(&mut self) {
        let (source, base) = (self.source, self.base);
        let Some(notes) = &mut self.checklist else { return };
        if let Some(item) = notes.items.last_mut().filter(|item| item.text == ItemText::Open) {
            item.text = ItemText::Closed;
            let end = item.start + source.get(item.start..item.end).map_or(0, |text| text.trim_end().len());
            let node = item.node;
            notes.nodes[node].span = Span::new(base + item.start, base + end);
            let title = notes.nodes[node].title.split_whitespace().collect::<Vec<_>>().join(" ");
            notes.nodes[node].title = title;
            let is_tight = matches!(notes.nodes[node].form, NodeForm::Item { loose: false });
            self.hole(HoleKind::BoxEnd(index(node)));
            if is_tight {
                self.flush_embeds();
            }
        }
    }

    /// Writes the embedded lists that were waiting for the end of a block.
    pub(super) fn flush_embeds(&mut self) {
        let Some(notes) = &mut self.checklist else { return };
        for reference in std::mem::take(&mut notes.pending_embeds) {
            self.hole(HoleKind::Reference(reference));
        }
    }

    /// Notes words, or an inline that ends here, as a part of an item's text.
    pub(super) fn note_inline(&mut self, words: &str, range: &Range<usize>) {
        self.open_item_text(range.start, false);
        let Some(notes) = &mut self.checklist else { return };
        if let Some(item) = notes.items.last_mut().filter(|item| item.text == ItemText::Open) {
            item.end = item.end.max(range.end);
            notes.nodes[item.node].title.push_str(words);
        }
    }

    /// Notes that the item is a task.
    pub(super) fn note_task(&mut self, checked: bool, range: &Range<usize>) {
        self.open_item_text(range.end, false);
        let base = self.base;
        let Some(notes) = &mut self.checklist else { return };
        let Some(item) = notes.items.last_mut() else { return };
        // The text begins after the brackets.
        item.start = range.end + usize::from(self.source[range.end..].starts_with([' ', '\t']));
        item.end = item.end.max(item.start);
        let node = &mut notes.nodes[item.node];
        node.checked = Some((checked, Span::new(base + range.start, base + range.end)));
        node.derived |= notes.derive == Some(Derive::Items);
    }

    /// Notes that an item is written; true when it shows a box or a button.
    pub(super) fn note_item_end(&mut self) -> bool {
        let Some(notes) = &mut self.checklist else { return false };
        let Some(item) = notes.items.pop() else { return false };
        if notes.items.is_empty() && notes.containers == 0 {
            notes.last_item = Some(item.node);
        }
        let node = &notes.nodes[item.node];
        node.checked.is_some() || node.marker.is_some() || node.derived
    }

    /// Notes the end of a paragraph: the lead is over after the first.
    pub(super) fn note_paragraph_end(&mut self, range: &Range<usize>) {
        let end = self.base + range.start + self.source[range.clone()].trim_end().len();
        let html = self.html.len();
        if let Some(notes) = &mut self.checklist
            && notes.is_outermost()
            && !notes.lead.closed
            && self.outer.is_empty()
        {
            notes.lead.paragraph = Some((html, end));
            notes.lead.closed = true;
        }
        self.flush_embeds();
    }

    /// Whether a `@verify` marker waits for the code block that begins.
    pub(super) fn takes_verify(&mut self) -> bool {
        self.checklist.as_mut().is_some_and(|notes| notes.pending_verify.take().is_some())
    }

    /// Tells of markers that the end of the page leaves without what they wait for.
    pub(super) fn note_page_end(&mut self) {
        self.note_block(Block::Other);
    }

    /// Notes that raw HTML other than comments has come.
    pub(super) fn note_raw(&mut self) {
        if let Some(notes) = &mut self.checklist {
            notes.fresh_heading = None;
            notes.last_item = None;
        }
    }

    /// Reads a comment that may be a marker, and puts it where it belongs; false when it is an ordinary comment.
    pub(super) fn marker_comment(&mut self, text: &str, span: Span, place: &dyn Fn(Range<usize>) -> Span, block: bool) -> bool {
        if !self.may_mark || !marker::is_marker(text) {
            return false;
        }
        if !block {
            self.trim_before_marker();
        }
        let comment = Comment { file: self.file, text, span, place };
        if let Some(marker) = marker::parse(&comment, &mut self.diagnostics) {
            if marker.kind.is_of_checklists() {
                self.place_marker(marker, block);
            } else {
                self.place_extra(marker, block);
            }
        }
        true
    }

    /// Takes the space before a marker along, so that none is left before the comma that follows it.
    fn trim_before_marker(&mut self) {
        let end = self.html.trim_end_matches(' ').len();
        if self.holes.last().is_none_or(|hole| hole.offset as usize <= end) {
            self.html.truncate(end);
        }
    }

    fn place_marker(&mut self, marker: Marker, block: bool) {
        let span = marker.span;
        match marker.kind {
            Kind::Checklist if !block => {
                self.misplaced(span, "`@checklist` stands in the middle of a text", "write it on a line of its own, as a paragraph");
            }
            Kind::Checklist => self.place_list(marker),
            Kind::Verify if !block => {
                self.misplaced(span, "`@verify` stands in the middle of a text", "write it on the line before a fenced code block");
            }
            Kind::Verify => {
                if let Some(notes) = &mut self.checklist {
                    notes.pending_verify = Some(span);
                }
            }
            Kind::Step | Kind::Branch => self.place_step(marker, block),
            Kind::Choose => self.place_choice(marker),
            Kind::Needs | Kind::Embed => self.place_reference(marker, block),
            Kind::Tabs | Kind::Include | Kind::Caption => {}
        }
    }

    fn place_list(&mut self, marker: Marker) {
        let in_footnote = !self.outer.is_empty();
        let Some(notes) = &mut self.checklist else { return };
        if !notes.is_outermost() || in_footnote {
            let help = "write it as a paragraph outside lists, quotations and notes";
            return self.misplaced(marker.span, "`@checklist` stands inside another block", help);
        }
        let list = index(notes.lists.len());
        let (before, heading) = (notes.nodes.len(), notes.heading_node());
        notes.lists.push(ListNote { marker, before, heading });
        self.fresh_line();
        self.hole(HoleKind::Card(list));
    }

    fn place_step(&mut self, marker: Marker, block: bool) {
        let in_heading = self.in_heading();
        let in_footnote = !self.outer.is_empty();
        let span = marker.span;
        let word = marker.kind.word();
        let Some(notes) = &mut self.checklist else { return };
        if in_footnote {
            return self.misplaced(span, &format!("`@{word}` stands in a footnote"), "write it where the step is");
        }
        if in_heading {
            if marker.kind == Kind::Step && notes.is_outermost() {
                return self.step_in_heading(marker);
            }
            return self.misplaced(span, &format!("`@{word}` stands in a heading"), "write it at the end of an item's text");
        }
        let heading = if block && marker.kind == Kind::Step { notes.fresh_heading } else { None };
        let item = notes.items.last().map(|item| item.node);
        let node = heading.filter(|_| item.is_none()).or(item);
        if let Some(node) = node {
            return self.attach(node, marker);
        }
        if let (true, Some(item)) = (block, notes.last_item) {
            return self.after_list(item, marker);
        }
        let help = match marker.kind {
            Kind::Step => "write it as the first line after a heading, or at the end of an item's text",
            _ => "write it at the end of an item's text, in the list after `@choose`",
        };
        self.misplaced(span, &format!("`@{word}` belongs to no {}", if word == "step" { "heading or item" } else { "item" }), help);
    }

    fn attach(&mut self, node: usize, marker: Marker) {
        let Some(notes) = &mut self.checklist else { return };
        let slot = &mut notes.nodes[node].marker;
        if let Some(first) = slot {
            let (message, help) = match (first.kind, marker.kind) {
                (Kind::Step, Kind::Step) => ("a second `@step` for one step", "remove one of the two"),
                (Kind::Branch, Kind::Branch) => ("a second `@branch` for one way", "remove one of the two"),
                _ => ("an item is a step or a way to choose, not both", "keep one of the two markers, and put the step into a list below"),
            };
            return self.misplaced(marker.span, message, help);
        }
        *slot = Some(marker);
    }

    /// A marker in a heading's line: GitHub makes the space before it a part of the heading's id.
    fn step_in_heading(&mut self, marker: Marker) {
        let span = marker.span;
        let line_end = self.source[span.end as usize - self.base..]
            .find(['\n', '\r'])
            .map_or(self.source.len() + self.base, |at| span.end as usize + at);
        let before = &self.source[..span.start as usize - self.base];
        let start = self.base + before.trim_end_matches([' ', '\t']).len();
        let comment = self.source[span.start as usize - self.base..span.end as usize - self.base].to_owned();
        let ending = self.ending;
        let edits = vec![
            Edit { span: Span::new(start, span.end as usize), text: String::new() },
            Edit { span: Span::new(line_end, line_end), text: format!("{ending}{comment}") },
        ];
        let mut finding = Diagnostic::new(self.file, span, Rule::ChecklistHeading, "the marker stands in the heading's line")
            .help("write it on the next line: GitHub makes the space before it a part of the heading's id");
        finding.fix = Some(Fix { title: "move it to a line of its own".to_owned(), is_certain: true, edits });
        self.diagnostics.push(finding);
        if let Some(notes) = &mut self.checklist {
            // The heading's node comes with its end, and takes the marker over.
            notes.nodes.push(Node {
                form: NodeForm::Heading { anchor: String::new() },
                outer: None,
                title: String::new(),
                marker: Some(marker),
                span: Span::default(),
                checked: None,
                derived: false,
                is_void: false,
            });
        }
    }

    /// A marker after a list, without indentation: it splits the list in two.
    fn after_list(&mut self, item: usize, marker: Marker) {
        let span = marker.span;
        let Some(notes) = &self.checklist else { return };
        let place = notes.nodes[item].span.end as usize;
        let comment = self.source[span.start as usize - self.base..span.end as usize - self.base].to_owned();
        let after = &self.source[span.end as usize - self.base..];
        let ending = after.len() - after.trim_start_matches([' ', '\t']).len();
        let rest = &after[ending..];
        let ending = ending + if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with(['\n', '\r'])) };
        let edits = vec![
            Edit { span: Span::new(place, place), text: format!(" {comment}") },
            Edit { span: Span::new(span.start as usize, span.end as usize + ending), text: String::new() },
        ];
        let message = format!("`@{}` stands after the list and splits it", marker.kind.word());
        let mut finding = Diagnostic::new(self.file, span, Rule::ChecklistMarker, message)
            .help("write it at the end of the item's text, or indent it like the text");
        finding.fix = Some(Fix { title: "move it to the end of the item".to_owned(), is_certain: true, edits });
        self.diagnostics.push(finding);
        self.attach(item, marker);
    }

    fn place_choice(&mut self, marker: Marker) {
        let span = marker.span;
        if self.in_heading() {
            return self.misplaced(span, "`@choose` stands in a heading", "write it at the end of the paragraph before the list of ways");
        }
        let in_footnote = !self.outer.is_empty();
        let Some(notes) = &mut self.checklist else { return };
        if notes.pending_choice.is_some() {
            return self.misplaced(span, "a second `@choose` before one list", "remove one of the two");
        }
        let outer = notes.items.last().map(|item| item.node).or_else(|| notes.heading_node());
        notes.pending_choice = Some(notes.nodes.len());
        notes.nodes.push(Node {
            form: NodeForm::Choice,
            outer,
            title: String::new(),
            span,
            marker: Some(marker),
            checked: None,
            derived: false,
            is_void: in_footnote,
        });
    }

    fn place_reference(&mut self, marker: Marker, block: bool) {
        let in_heading = self.in_heading();
        if !self.outer.is_empty() {
            return self.misplaced(marker.span, &format!("`@{}` stands in a footnote", marker.kind.word()), "write it in the text");
        }
        let Some(notes) = &mut self.checklist else { return };
        // Formatters put a marker on a line of its own, which in an item is still beside the link.
        let block = block && notes.items.is_empty();
        let first = notes.links_before;
        let beside =
            self.links[first.min(self.links.len())..].iter().rposition(|link| !matches!(link.kind, LinkKind::Image | LinkKind::Candidate));
        let (Some(position), false, false, Some(list)) = (beside, block, in_heading, marker.id) else {
            let message = format!("`@{}` stands beside no link", marker.kind.word());
            let help = format!("write `[its title](its-page.md) <!-- @{} list-id -->` in a text", marker.kind.word());
            return self.misplaced(marker.span, &message, &help);
        };
        let kind = if marker.kind == Kind::Embed { ReferenceKind::Embed } else { ReferenceKind::Needs };
        let reference = index(notes.references.len());
        notes.references.push(ReferenceNote { kind, list, link: index(first + position), before: notes.nodes.len(), level: notes.level });
        if kind == ReferenceKind::Embed {
            notes.pending_embeds.push(reference);
        } else {
            self.hole(HoleKind::Reference(reference));
        }
    }

    pub(super) fn misplaced(&mut self, span: Span, message: &str, help: &str) {
        self.diagnostics.push(Diagnostic::new(self.file, span, Rule::ChecklistMarker, message).help(help));
    }
}
