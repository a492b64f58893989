//! XML, written element by element. The only user of quick-xml.

use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};
use std::borrow::Cow;

/// A document that is being written.
pub(super) struct Document {
    writer: Writer<Vec<u8>>,
}

impl Document {
    pub(super) fn new() -> Self {
        let mut document = Self { writer: Writer::new(Vec::new()) };
        document.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        document.line();
        document
    }

    /// An element with what is inside.
    pub(super) fn element(&mut self, name: &str, attributes: &[(&str, &str)], inside: impl FnOnce(&mut Self)) {
        self.event(Event::Start(start(name, attributes)));
        self.line();
        inside(self);
        self.event(Event::End(BytesEnd::new(name)));
        self.line();
    }

    /// An element with nothing but text.
    pub(super) fn text(&mut self, name: &str, text: &str) {
        self.event(Event::Start(BytesStart::new(name)));
        self.event(Event::Text(BytesText::new(&sound(text))));
        self.event(Event::End(BytesEnd::new(name)));
        self.line();
    }

    /// An element that is empty.
    pub(super) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.event(Event::Empty(start(name, attributes)));
        self.line();
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.writer.into_inner()
    }

    fn line(&mut self) {
        self.event(Event::Text(BytesText::from_escaped("\n")));
    }

    fn event(&mut self, event: Event<'_>) {
        self.writer.write_event(event).expect("writing to memory cannot fail");
    }
}

fn start<'a>(name: &'a str, attributes: &[(&str, &str)]) -> BytesStart<'a> {
    let mut start = BytesStart::new(name);
    for (name, value) in attributes {
        start.push_attribute((*name, &*sound(value)));
    }
    start
}

/// The text with a replacement for each character that no XML document may hold.
fn sound(text: &str) -> Cow<'_, str> {
    let is_unsound = |c: char| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    if text.contains(is_unsound) { text.replace(is_unsound, "\u{fffd}").into() } else { text.into() }
}
