//! Tokens to HTML.

use super::classes::Class;
use pulldown_cmark_escape::escape_html_body_text;

/// HTML whose neighbouring tokens of one class share a span.
pub(super) struct Markup {
    html: String,
    open: Class,
}

impl Markup {
    /// That of code with this many bytes.
    pub(super) fn new(length: usize) -> Self {
        Self { html: String::with_capacity(length * 2), open: None }
    }

    pub(super) fn push(&mut self, text: &str, class: Class) {
        if text.is_empty() {
            return;
        }
        let blank = text.trim().is_empty();
        if class != self.open && !(blank && self.open.is_some() && !text.contains('\n')) {
            self.close();
            if let Some(class) = class.filter(|_| !blank) {
                self.html.push_str("<span class=\"");
                self.html.push_str(class);
                self.html.push_str("\">");
                self.open = Some(class);
            }
        }
        escape_html_body_text(&mut self.html, text).expect("writing to a string cannot fail");
    }

    fn close(&mut self) {
        if self.open.take().is_some() {
            self.html.push_str("</span>");
        }
    }

    pub(super) fn finish(mut self) -> String {
        self.close();
        self.html
    }
}
