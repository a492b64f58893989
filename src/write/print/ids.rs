//! The ids of one page made fit for a page that holds many: each gets a prefix, and so does what names it.

use crate::{
    html::{self, Piece, Tag},
    site::page::{Body, Hole},
};
use std::ops::Range;

/// A change of the HTML: what stands in a range goes, and the prefix comes if it is an id.
struct Edit {
    range: Range<usize>,
    is_id: bool,
}

/// A body whose ids begin with a prefix; links into the same page that are no holes, such as those of footnotes, follow.
/// Sections lose their labels, by which they would be landmarks: there is one of each on every page.
pub(in crate::write) fn prefixed(body: &Body, prefix: &str) -> Body {
    let mut edits = Vec::new();
    for piece in html::pieces(&body.html) {
        if let Piece::Start(tag) = piece {
            add_edits(&body.html, &tag, &mut edits);
        }
    }
    let mut out = String::with_capacity(body.html.len() + edits.len() * prefix.len());
    let mut holes = body.holes.iter().copied().peekable();
    let mut moved = Vec::with_capacity(body.holes.len());
    let mut written = 0;
    for edit in edits.iter().chain([&Edit { range: body.html.len()..body.html.len(), is_id: false }]) {
        while let Some(hole) = holes.next_if(|hole| hole.offset as usize <= edit.range.start) {
            let offset = out.len() + hole.offset as usize - written;
            moved.push(Hole { offset: u32::try_from(offset).expect("a page is shorter than 4 GB"), kind: hole.kind });
        }
        // What stood in a removed attribute goes with it.
        while holes.next_if(|hole| (hole.offset as usize) < edit.range.end).is_some() {}
        out.push_str(&body.html[written..edit.range.start]);
        if edit.is_id {
            out.push_str(prefix);
        }
        written = edit.range.end;
    }
    Body { html: out, holes: moved }
}

/// What changes in one tag.
fn add_edits(html: &str, tag: &Tag, edits: &mut Vec<Edit>) {
    let id_at = |at: usize| Edit { range: at..at, is_id: true };
    for attribute in &tag.attributes {
        let range = attribute.value_range.clone();
        let written = &html[range.clone()];
        match attribute.name.as_str() {
            // Its value may be a word of the theme, which is not there yet.
            "aria-label" if tag.name == "section" => edits.push(Edit { range: attribute.range.clone(), is_id: false }),
            _ if written.trim().is_empty() => {}
            "id" => edits.push(id_at(range.start)),
            "name" if matches!(tag.name.as_str(), "a" | "input" | "map") => edits.push(id_at(range.start)),
            "href" | "usemap" if written.starts_with('#') && written.len() > 1 => edits.push(id_at(range.start + 1)),
            // Parts of a drawing name each other so.
            _ if written.starts_with("url(#") => edits.push(id_at(range.start + "url(#".len())),
            name if html::NAMING.contains(&name) => {
                let starts = written.char_indices().filter(|(at, c)| {
                    !c.is_ascii_whitespace() && written[..*at].chars().next_back().is_none_or(|before| before.is_ascii_whitespace())
                });
                edits.extend(starts.map(|(at, _)| id_at(range.start + at)));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::page::HoleKind;

    fn prefix(html: &str) -> String {
        prefixed(&Body { html: html.to_owned(), holes: Vec::new() }, "p2:").html
    }

    #[test]
    fn ids_and_what_names_them_get_the_prefix() {
        assert_eq!(
            prefix("<h2 id=\"a\">A<a class=\"anchor\" href=\"#a\"></a></h2><label for=b>B</label><input id=b name='n'>"),
            "<h2 id=\"p2:a\">A<a class=\"anchor\" href=\"#p2:a\"></a></h2><label for=p2:b>B</label><input id=p2:b name='p2:n'>"
        );
        assert_eq!(prefix("<marker id=\"m\"><path marker-end=\"url(#m)\">"), "<marker id=\"p2:m\"><path marker-end=\"url(#p2:m)\">");
        assert_eq!(prefix("<td headers=\"x  y\"><a name=z>"), "<td headers=\"p2:x  p2:y\"><a name=p2:z>");
    }

    #[test]
    fn a_section_is_no_landmark_beside_others_of_its_name() {
        assert_eq!(prefix("<section class=\"footnotes\" aria-label=\"Footnotes\"><i id=a>"), "<section class=\"footnotes\" ><i id=p2:a>");
    }

    #[test]
    fn a_hole_in_an_attribute_that_goes_is_gone() {
        let kinds = [HoleKind::Link(0), HoleKind::Link(1)];
        let holes = vec![Hole { offset: 21, kind: kinds[0] }, Hole { offset: 26, kind: kinds[1] }];
        let out = prefixed(&Body { html: "<section aria-label=\"\"><b>x</b></section>".to_owned(), holes }, "p2:");
        assert_eq!(out.html, "<section ><b>x</b></section>");
        assert_eq!(out.holes, [Hole { offset: 13, kind: kinds[1] }]);
    }

    #[test]
    fn nothing_else_does() {
        let html = "<p title=\"id=a\" id=\"\"><a href=\"https://example.com/#a\">id=\"a\"</a><!-- <b id=\"c\"> --><a href=\"#\">";
        assert_eq!(prefix(html), html);
    }

    #[test]
    fn holes_stay_where_they_were_in_the_text() {
        let kinds = [HoleKind::Link(0), HoleKind::Link(1)];
        let body =
            Body { html: "<b id=x></b>".to_owned(), holes: vec![Hole { offset: 0, kind: kinds[0] }, Hole { offset: 8, kind: kinds[1] }] };
        let out = prefixed(&body, "p2:");
        assert_eq!(out.html, "<b id=p2:x></b>");
        assert_eq!(out.holes, [Hole { offset: 0, kind: kinds[0] }, Hole { offset: 11, kind: kinds[1] }]);
        let end = Body { html: "<b id=x>".to_owned(), holes: vec![Hole { offset: 8, kind: kinds[0] }] };
        assert_eq!(prefixed(&end, "p2:").holes, [Hole { offset: 11, kind: kinds[0] }]);
    }
}
