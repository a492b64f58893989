//! What a finding is recognised by when lines move: a text and a span in, the words of the link around it out.

use crate::diagnostic::Span;

/// How far before a finding its link may begin, in bytes.
const NEAR: usize = 2_000;

/// The text that identifies the place of a finding on its line: a link with its words, else what the finding marks. White
/// space is collapsed, so that a paragraph that is indented or wrapped anew keeps its findings; empty for a whole file.
pub(super) fn of(text: &str, span: Span) -> String {
    if span == Span::default() {
        return String::new();
    }
    let start = boundary(text, span.start as usize);
    let end = boundary(text, span.end as usize).max(start);
    // A line may be as long as a book; the words of a link are not.
    let near = boundary(text, start.saturating_sub(NEAR));
    let line = text[near..start].rfind(['\n', '\r']).map_or(near, |end| near + end + 1);
    let from = opening(&text[line..start]).map_or(start, |at| line + at);
    text[from..end].split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Where the link begins whose address follows: at its `[`, or at the `<` of its tag.
fn opening(before: &str) -> Option<usize> {
    let Some(words) = before.strip_suffix('<').unwrap_or(before).trim_end().strip_suffix("](") else {
        return before.rfind('<');
    };
    let mut depth = 1_u32;
    for (at, character) in words.char_indices().rev() {
        match character {
            ']' => depth += 1,
            '[' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    // The words begin on an earlier line.
    Some(0)
}

fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_link_identify_it_wherever_its_line_is() {
        for (text, address, context) in [
            ("See [the  form](form.md).", "form.md", "[the form](form.md"),
            ("> [a [b] c](<x y.md> \"t\")", "x y.md", "[a [b] c](<x y.md"),
            ("words](x.md)", "x.md", "words](x.md"),
            ("b <a class=c href=\"x.md\">", "x.md", "<a class=c href=\"x.md"),
            ("text\r[a]: x.md", "x.md", "x.md"),
        ] {
            let start = text.find(address).expect("it is there");
            assert_eq!(of(text, Span::new(start, start + address.len())), context);
        }
        assert_eq!(of("x", Span::default()), "");
        assert_eq!(of("é", Span::new(1, 9)), "é");
    }
}
