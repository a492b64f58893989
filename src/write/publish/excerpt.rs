//! The first words of a page, for lists that programs read: a page in, one line of plain text out.

use crate::site::page::Page;

/// How many characters of a page's first paragraph are told.
const LONGEST: usize = 200;

/// What a page says of itself: its description, else the beginning of its first paragraph.
pub(super) fn excerpt(page: &Page) -> Option<String> {
    let text = match &page.front_matter.description {
        Some(description) => description.split_whitespace().collect::<Vec<_>>().join(" "),
        None => shortened(&page.lead),
    };
    (!text.is_empty()).then_some(text)
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

    #[test]
    fn the_beginning_of_a_long_paragraph_is_told() {
        let of = |lead: &str| excerpt(&Page { lead: lead.into(), ..Page::default() });
        assert_eq!(of("Ask Bo."), Some("Ask Bo.".to_owned()));
        assert_eq!(of(""), None);
        let long = of(&"word, ".repeat(60)).expect("there are words");
        assert!(long.ends_with("word…") && long.chars().count() <= LONGEST + 1, "{long}");
        assert_eq!(of(&"安".repeat(300)).map(|text| text.chars().count()), Some(LONGEST + 1));
    }
}
