//! Cells of a table, with GitHub's alignment as classes.

use super::writer::Writer;
use pulldown_cmark::Alignment;

/// The table that is open.
#[derive(Default)]
pub(super) struct Table {
    pub(super) alignments: Vec<Alignment>,
    pub(super) cell: usize,
    pub(super) in_head: bool,
    pub(super) has_body: bool,
    /// Where the open cell's start tag begins, and its content.
    pub(super) start_tag: usize,
    pub(super) content: usize,
}

impl Writer<'_> {
    /// Opens a cell.
    pub(super) fn table_cell(&mut self) {
        let alignment = match self.table.alignments.get(self.table.cell) {
            Some(Alignment::Left) => " class=\"align-left\"",
            Some(Alignment::Center) => " class=\"align-center\"",
            Some(Alignment::Right) => " class=\"align-right\"",
            Some(Alignment::None) | None => "",
        };
        self.table.cell += 1;
        self.html.push_str(if self.table.in_head { "<th" } else { "<td" });
        self.table.start_tag = self.html.len() - "<th".len();
        self.html.push_str(alignment);
        self.html.push('>');
        self.table.content = self.html.len();
    }

    /// A cell of the head that says nothing heads nothing.
    pub(super) fn close_cell(&mut self) {
        let content = self.table.content;
        // An image is a hole without text.
        let empty = self.html.len() == content && self.holes.last().is_none_or(|hole| (hole.offset as usize) < content);
        if self.table.in_head && empty {
            let name = self.table.start_tag + 1;
            self.html.replace_range(name..name + "th".len(), "td");
        }
        self.html.push_str(if self.table.in_head && !empty { "</th>" } else { "</td>" });
    }
}
