//! Raw HTML inside Markdown, and `.html` files: tags with the places of their attributes, and comments.

use crate::diagnostic::Span;
use html5gum::{Token, Tokenizer, emitters::default::DefaultEmitter};
use std::ops::Range;

/// What a piece of raw HTML holds, with byte ranges in that piece.
#[derive(Debug)]
pub(crate) enum Piece {
    /// `<name …>`
    Start(Tag),
    /// `</name>`
    End { name: String },
    /// Text between tags.
    Text(String),
    /// `<!-- text -->`
    Comment { text: String, range: Range<usize> },
}

/// A start tag.
#[derive(Debug)]
pub(crate) struct Tag {
    pub(crate) name: String,
    pub(crate) range: Range<usize>,
    pub(crate) attributes: Vec<TagAttribute>,
}

/// One attribute of a start tag.
#[derive(Debug)]
pub(crate) struct TagAttribute {
    pub(crate) name: String,
    /// The value after its entities are decoded.
    pub(crate) value: String,
    /// From the name to the end of the value, quotes included.
    pub(crate) range: Range<usize>,
    /// The value alone, without quotes.
    pub(crate) value_range: Range<usize>,
}

impl Tag {
    /// The value of an attribute.
    pub(crate) fn attribute(&self, name: &str) -> Option<&TagAttribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }
}

/// Tokenizes raw HTML by the WHATWG algorithm; scripts and styles are skipped as text.
pub(crate) fn pieces(html: &str) -> Vec<Piece> {
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    let tokenizer = Tokenizer::new_with_emitter(html, emitter);
    let mut pieces = Vec::new();
    for token in tokenizer {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let mut attributes: Vec<TagAttribute> = tag
                    .attributes
                    .iter()
                    .map(|(name, value)| {
                        let (range, value_range) = locate(html, value.span.start);
                        TagAttribute { name: text(name), value: text(&value.value), range, value_range }
                    })
                    .collect();
                attributes.sort_by_key(|attribute| attribute.range.start);
                pieces.push(Piece::Start(Tag { name: text(&tag.name), range: tag.span.start..tag.span.end.min(html.len()), attributes }));
            }
            Token::EndTag(tag) => pieces.push(Piece::End { name: text(&tag.name) }),
            Token::String(string) => pieces.push(Piece::Text(text(&string.value))),
            Token::Comment(comment) => {
                pieces.push(Piece::Comment { text: text(&comment.value), range: comment.span.start..comment.span.end.min(html.len()) });
            }
            Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    pieces
}

/// Attributes whose value is one id of the same document, or several with spaces between them.
pub(crate) const NAMING: &[&str] = &[
    "aria-activedescendant",
    "aria-controls",
    "aria-describedby",
    "aria-details",
    "aria-errormessage",
    "aria-flowto",
    "aria-labelledby",
    "aria-owns",
    "commandfor",
    "for",
    "form",
    "headers",
    "itemref",
    "list",
    "popovertarget",
];

/// The ids that fragments can name in an HTML document, sorted.
pub(crate) fn ids(html: &str) -> Vec<Box<str>> {
    let mut ids: Vec<Box<str>> = pieces(html)
        .into_iter()
        .filter_map(|piece| if let Piece::Start(tag) = piece { Some(tag) } else { None })
        .flat_map(|tag| tag_ids(&tag))
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The ids that one tag defines: `id` on any element, `name` on `a` only.
pub(crate) fn tag_ids(tag: &Tag) -> Vec<Box<str>> {
    let mut ids = Vec::new();
    for attribute in &tag.attributes {
        if (attribute.name == "id" || (attribute.name == "name" && tag.name == "a")) && !attribute.value.is_empty() {
            ids.push(attribute.value.as_str().into());
        }
    }
    ids
}

/// The addresses in a `srcset`, each with its range in the value.
pub(crate) fn candidates(srcset: &str) -> Vec<(&str, Span)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = srcset[at..].find(|c: char| !c.is_ascii_whitespace() && c != ',').map(|skip| at + skip) {
        let end = srcset[start..].find(|c: char| c.is_ascii_whitespace()).map_or(srcset.len(), |length| start + length);
        let address = srcset[start..end].trim_end_matches(',');
        found.push((address, Span::new(start, start + address.len())));
        at = if address.len() < end - start { end } else { srcset[end..].find(',').map_or(srcset.len(), |skip| end + skip) };
    }
    found
}

fn text(bytes: &html5gum::HtmlString) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The range of an attribute that begins at or just before `start`, and of its value, read from the text itself.
fn locate(html: &str, start: usize) -> (Range<usize>, Range<usize>) {
    let bytes = html.as_bytes();
    let start = start.min(bytes.len());
    let is_end = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b'=' | b'>' | b'/');
    let skip = |mut at: usize, test: &dyn Fn(u8) -> bool| {
        while at < bytes.len() && test(bytes[at]) {
            at += 1;
        }
        at
    };
    let name_end = skip(start, &|byte| !is_end(byte));
    let equals = skip(name_end, &|byte| byte.is_ascii_whitespace());
    if bytes.get(equals) != Some(&b'=') {
        return (start..name_end, name_end..name_end);
    }
    let value = skip(equals + 1, &|byte| byte.is_ascii_whitespace());
    if let Some(&quote @ (b'"' | b'\'')) = bytes.get(value) {
        let end = skip(value + 1, &|byte| byte != quote);
        return (start..(end + 1).min(bytes.len()), value + 1..end);
    }
    let end = skip(value, &|byte| !byte.is_ascii_whitespace() && byte != b'>');
    (start..end, value..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attributes(html: &str) -> Vec<(String, String, String, String)> {
        pieces(html)
            .into_iter()
            .filter_map(|piece| if let Piece::Start(tag) = piece { Some(tag) } else { None })
            .flat_map(|tag| tag.attributes)
            .map(|a| (a.name, a.value, html[a.range].to_owned(), html[a.value_range].to_owned()))
            .collect()
    }

    fn owned(name: &str, value: &str, all: &str, raw: &str) -> (String, String, String, String) {
        (name.to_owned(), value.to_owned(), all.to_owned(), raw.to_owned())
    }

    #[test]
    fn attributes_carry_their_places() {
        assert_eq!(
            attributes("<A HREF=gone.md class = 'b'\n id=\"a&amp;b\" hidden>x</A>"),
            [
                owned("href", "gone.md", "HREF=gone.md", "gone.md"),
                owned("class", "b", "class = 'b'", "b"),
                owned("id", "a&b", "id=\"a&amp;b\"", "a&amp;b"),
                owned("hidden", "", "hidden", ""),
            ]
        );
    }

    #[test]
    fn tags_inside_scripts_and_comments_are_no_tags() {
        assert_eq!(attributes("<script>var s = '<a href=\"x\">';</script><!-- <img src=y> -->"), []);
    }

    #[test]
    fn a_srcset_is_split_into_its_addresses() {
        let addresses: Vec<&str> = candidates("a.png 1x, b.png 2x,c.png").into_iter().map(|(address, _)| address).collect();
        assert_eq!(addresses, ["a.png", "b.png", "c.png"]);
    }

    #[test]
    fn ids_come_from_id_and_from_the_name_of_a() {
        let ids = ids("<p id=b><a name=a></a><input name=q>");
        assert_eq!(ids.iter().map(AsRef::as_ref).collect::<Vec<_>>(), ["a", "b"]);
    }
}
