//! What a page begins with: its HTML in, the text of its first paragraph out.

use crate::html::{self, Piece};

/// The first paragraph that has words, without its tags. The holes of the HTML are start tags and images: nothing is missing.
pub(super) fn lead(html: &str) -> Option<String> {
    html.match_indices("<p>").find_map(|(at, tag)| {
        let rest = &html[at + tag.len()..];
        let words = plain(&rest[..rest.find("</p>")?]);
        (!words.is_empty()).then_some(words)
    })
}

/// The text of a piece of HTML, with single spaces.
fn plain(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    for piece in html::pieces(html) {
        if let Piece::Text(text) = piece {
            out.push_str(&text);
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::lead;

    #[test]
    fn the_first_paragraph_with_words_is_told_without_markup() {
        assert_eq!(
            lead("<h1>A</h1>\n<p></p><p>Ask <em>Bo</em>\n&amp; Cy<!-- > --> &lt;now&gt;.</a></p><p>x</p>").as_deref(),
            Some("Ask Bo & Cy <now>.")
        );
        assert_eq!(lead("<h1>A</h1><ul><li>x</li></ul>"), None);
    }
}
