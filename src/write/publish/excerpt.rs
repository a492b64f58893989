//! The first words of a page, for lists that programs read: a page in, one line of plain text out.

use crate::{
    html::{self, Piece},
    site::page::Page,
};

/// How many characters of a page's first paragraph are told.
const LONGEST: usize = 200;

/// What a page says of itself: its description, else the beginning of its first paragraph.
pub(super) fn excerpt(page: &Page) -> Option<String> {
    let text = match &page.front_matter.description {
        Some(description) => description.split_whitespace().collect::<Vec<_>>().join(" "),
        None => shortened(&first_paragraph(&page.body.html)?),
    };
    (!text.is_empty()).then_some(text)
}

/// The first paragraph that has words, without its tags. The holes of the HTML are start tags and images: nothing is missing.
fn first_paragraph(html: &str) -> Option<String> {
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

/// The text up to its limit, cut between words where there are any.
fn shortened(text: &str) -> String {
    let Some((end, _)) = text.char_indices().nth(LONGEST) else { return text.to_owned() };
    let cut = text[..end].rfind(' ').filter(|at| *at > end / 2).unwrap_or(end);
    format!("{}…", text[..cut].trim_end_matches([',', ';', ':', '.', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::page::Body;

    #[test]
    fn the_first_paragraph_with_words_is_told_without_markup() {
        let of = |html: &str| excerpt(&Page { body: Body { html: html.to_owned(), holes: Vec::new() }, ..Page::default() });
        assert_eq!(
            of("<h1>A</h1>\n<p></p><p>Ask <em>Bo</em>\n&amp; Cy<!-- > --> &lt;now&gt;.</a></p><p>x</p>").as_deref(),
            Some("Ask Bo & Cy <now>.")
        );
        assert_eq!(of("<h1>A</h1><ul><li>x</li></ul>"), None);
        let long = of(&format!("<p>{}</p>", "word, ".repeat(60))).expect("there are words");
        assert!(long.ends_with("word…") && long.chars().count() <= LONGEST + 1, "{long}");
        assert_eq!(of(&format!("<p>{}</p>", "安".repeat(300))).map(|text| text.chars().count()), Some(LONGEST + 1));
    }
}
