//! Lists, and items that are tasks, with boxes as GitHub writes them.

use super::{extras::Tabs, writer::Writer};
use crate::diagnostic::{Diagnostic, Rule, Span};
use std::{fmt::Write as _, ops::Range};

/// A list that is open.
pub(super) struct OpenList {
    pub(super) start: usize,
    pub(super) end_tag: &'static str,
    pub(super) has_tasks: bool,
    pub(super) item: usize,
    pub(super) label_open: bool,
    pub(super) tabs: Option<Box<Tabs>>,
}

impl Writer<'_> {
    /// Opens a list.
    pub(super) fn list(&mut self, start: Option<u64>) {
        self.fresh_line();
        self.note_list();
        let at = self.html.len();
        let tabs = self.open_tabs().map(Box::new);
        let end_tag = match start {
            _ if tabs.is_some() => "</div>\n",
            None => {
                self.html.push_str("<ul>\n");
                "</ul>\n"
            }
            Some(1) => {
                self.html.push_str("<ol>\n");
                "</ol>\n"
            }
            Some(first) => {
                let _ = writeln!(self.html, "<ol start=\"{first}\">");
                "</ol>\n"
            }
        };
        self.lists.push(OpenList { start: at, end_tag, has_tasks: false, item: at, label_open: false, tabs });
    }

    /// A task becomes a box with a label, which a reader can tick. Ids of ours hold a colon, as no heading's does.
    pub(super) fn task(&mut self, checked: bool, range: &Range<usize>) {
        if self.lists.last().is_some_and(|list| list.tabs.is_some()) {
            let span = Span::new(self.base + range.start, self.base + range.end);
            let finding = Diagnostic::new(self.file, span, Rule::Marker, "the item of a tab is a task");
            return self.diagnostics.push(finding.help("put the task into a list in the tab"));
        }
        if self.checklist.is_some() {
            return self.note_task(checked, range);
        }
        let Some(list) = self.lists.last_mut() else { return };
        let (start, item, first) = (list.start, list.item, !list.has_tasks);
        list.has_tasks = true;
        list.label_open = true;
        self.insert(item + "<li".len(), " class=\"task\"", 0);
        if first {
            self.insert(start + "<ul".len(), " class=\"task-list\"", 0);
        }
        self.tasks += 1;
        let checked = if checked { " checked" } else { "" };
        let _ =
            write!(self.html, "<input type=\"checkbox\" id=\"task:{1}{0}\"{checked}><label for=\"task:{1}{0}\">", self.tasks, self.prefix);
    }

    /// Marks the list that is open as one whose items have boxes.
    pub(super) fn mark_task_list(&mut self) {
        if let Some(list) = self.lists.last_mut().filter(|list| !list.has_tasks) {
            list.has_tasks = true;
            let start = list.start;
            self.insert(start + "<ul".len(), " class=\"task-list\"", 0);
        }
    }

    /// Closes the label of a task.
    pub(super) fn close_label(&mut self) {
        self.end_tab_text();
        self.close_item_text();
        if self.lists.last_mut().is_some_and(|list| std::mem::take(&mut list.label_open)) {
            self.html.push_str("</label>");
        }
    }
}
