//! Where in the source the address of a link stands: the construct's range in, the address's span out.

use crate::diagnostic::Span;
use std::ops::Range;

/// The address of an inline link or image; `text_end` is where the parser's last event inside the brackets ended.
pub(super) fn inline(source: &str, construct: &Range<usize>, text_end: usize) -> Span {
    let whole = || first_line(source, construct);
    let Some(close) = source.get(text_end..construct.end).and_then(|rest| rest.find("](")) else { return whole() };
    address(source, text_end + close + 2, construct)
}

/// The address of a definition `[label]: address "title"`, and its label.
pub(super) fn definition<'a>(source: &'a str, construct: &Range<usize>) -> (&'a str, Span) {
    let text = &source[construct.clone()];
    let Some(close) = closing_bracket(text) else { return (text, first_line(source, construct)) };
    (text[1..close].trim(), address(source, construct.start + close + 2, construct))
}

/// The offset of the unescaped `]` that closes the `[` at the start of a label, where a `:` follows.
pub(super) fn closing_bracket(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'[' => return None,
            b']' => return (bytes.get(at + 1) == Some(&b':')).then_some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// The address that begins after white space at `from`; the construct's first line when it stands on a later one.
fn address(source: &str, from: usize, construct: &Range<usize>) -> Span {
    let rest = &source[from.min(construct.end)..construct.end];
    let trimmed = rest.trim_start_matches([' ', '\t', '\n', '\r']);
    let skipped = &rest[..rest.len() - trimmed.len()];
    if skipped.contains(['\n', '\r']) {
        return first_line(source, construct);
    }
    let start = from + skipped.len();
    if let Some(bracketed) = trimmed.strip_prefix('<') {
        let end = unescaped(bracketed, |byte| byte == b'>');
        return Span::new(start + 1, start + 1 + end);
    }
    let mut depth = 0_u32;
    let end = unescaped(trimmed, |byte| match byte {
        b'(' => {
            depth += 1;
            false
        }
        b')' if depth == 0 => true,
        b')' => {
            depth -= 1;
            false
        }
        byte => byte.is_ascii_whitespace(),
    });
    Span::new(start, start + end)
}

fn unescaped(text: &str, mut ends: impl FnMut(u8) -> bool) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'\\' && bytes.get(at + 1).is_some_and(u8::is_ascii_punctuation) {
            at += 2;
            continue;
        }
        if ends(bytes[at]) {
            return at;
        }
        at += 1;
    }
    text.len()
}

fn first_line(source: &str, construct: &Range<usize>) -> Span {
    let text = &source[construct.clone()];
    let end = text.find(['\n', '\r']).unwrap_or(text.len());
    Span::new(construct.start, construct.start + end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_found_in_each_form() {
        for (link, text_end, address) in [
            ("[x](b.md)", 2, "b.md"),
            ("[x]( b.md \"t\")", 2, "b.md"),
            ("[x](<a b.md> 't')", 2, "a b.md"),
            ("[x](foo(1).md)", 2, "foo(1).md"),
            ("[x](foo\\)a.md)", 2, "foo\\)a.md"),
            ("[](b.md)", 1, "b.md"),
            ("[x](\nb.md)", 2, "[x]("),
        ] {
            let span = inline(link, &(0..link.len()), text_end);
            assert_eq!(&link[span.range()], address, "{link}");
        }
    }

    #[test]
    fn a_definition_gives_label_and_address() {
        let text = "[a\\] b]: <c.md> 'title'";
        let (label, span) = definition(text, &(0..text.len()));
        assert_eq!((label, &text[span.range()]), ("a\\] b", "c.md"));
        let text = "[s]:\n  gone.md";
        let (label, span) = definition(text, &(0..text.len()));
        assert_eq!((label, &text[span.range()]), ("s", "[s]:"));
    }
}
