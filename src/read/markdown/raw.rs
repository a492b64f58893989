//! Raw HTML inside a guide: its links become holes, its headings get ids, its silencing comments take effect.

use super::{
    checklist::text_after,
    writer::{Writer, index},
};
use crate::{
    diagnostic::{Diagnostic, Rule, Span},
    html::{self, Piece, Tag, TagAttribute},
    site::{
        page::{Attribute, GivenSize, HoleKind, Link, LinkAttribute, LinkKind, RawImage, Spelling, Words},
        spelling,
    },
};
use std::ops::Range;

/// The length of what opens a comment.
const COMMENT: usize = "<!--".len();

/// Raw HTML as it stands in the source: lines of a block may have lost the markers of the quote or list around them.
#[derive(Default)]
pub(super) struct RawHtml {
    text: String,
    /// Where pieces of the text stand in the source: (offset in the text, offset in the source).
    places: Vec<(usize, usize)>,
}

impl RawHtml {
    pub(super) fn push(&mut self, text: &str, source: usize) {
        self.places.push((self.text.len(), source));
        self.text.push_str(text);
    }

    fn source(&self, offset: usize) -> usize {
        let after = self.places.partition_point(|(text, _)| *text <= offset);
        let (text, source) = self.places.get(after.saturating_sub(1)).copied().unwrap_or_default();
        source + (offset - text)
    }

    fn span(&self, range: &Range<usize>, base: usize) -> Span {
        Span::new(base + self.source(range.start), base + self.source(range.end.max(1) - 1) + usize::from(range.end > range.start))
    }
}

/// A heading of raw HTML that is open: where its id goes, and its text so far.
pub(super) struct RawHeading {
    pub(super) level: u8,
    /// The offset in the HTML after the tag's name.
    pub(super) offset: usize,
    pub(super) id: Option<String>,
    pub(super) text: String,
}

impl Writer<'_> {
    /// Writes raw HTML through, with holes for its links.
    pub(super) fn raw_html(&mut self, raw: &RawHtml, block: bool) {
        let mut written = 0;
        let mut marked = None;
        for piece in html::pieces(&raw.text) {
            if block && self.may_mark && !matches!(&piece, Piece::Comment { .. }) && !is_blank(&piece) {
                self.note_raw();
                self.unfollowed();
            }
            match piece {
                Piece::Start(tag) => written = self.raw_tag(raw, &tag, written),
                Piece::End { name } => self.raw_end(&name),
                Piece::Text(text) => {
                    if let Some(heading) = &mut self.raw_heading {
                        heading.text.push_str(&text);
                    }
                }
                Piece::Comment { text, range } => {
                    let span = raw.span(&range, self.base);
                    let base = self.base;
                    let place =
                        |part: Range<usize>| raw.span(&(range.start + COMMENT + part.start..range.start + COMMENT + part.end), base);
                    let written_text = raw.text[range.clone()].trim_start_matches("<!--").trim_end_matches("-->");
                    if self.marker_comment(written_text, span, &place, block) {
                        marked = Some(range.clone());
                    } else if !self.silencing_comment(text.trim(), span) {
                        continue;
                    }
                    self.html.push_str(&raw.text[written..range.start]);
                    written = range.end;
                }
            }
        }
        let rest = &raw.text[written..];
        if block && let Some(comment) = marked {
            self.text_after_marker(raw, &comment);
            // A block that was all markers leaves nothing behind.
            if rest.trim().is_empty() && self.html.is_empty() | self.html.ends_with('\n') {
                return;
            }
        }
        self.html.push_str(rest);
    }

    /// Tells of words after a marker on its line: CommonMark takes the whole line for raw HTML.
    fn text_after_marker(&mut self, raw: &RawHtml, comment: &Range<usize>) {
        let after = &raw.text[comment.end..];
        let line = after.split(['\n', '\r']).next().unwrap_or_default();
        let text = line.trim();
        if text.is_empty() || text.starts_with("<!--") {
            return;
        }
        let start = comment.end + line.len() - line.trim_start().len();
        let span = raw.span(&(start..start + text.len()), self.base);
        let first = self.source[..raw.source(comment.start)].rfind(['\n', '\r']).map_or(0, |end| end + 1);
        let before = &self.source[first..raw.source(comment.start)];
        let fix = before.trim().is_empty().then(|| {
            let gap = raw.span(&(comment.end..comment.end), self.base);
            (Span::new(gap.start as usize, span.start as usize), format!("{}{before}", self.ending))
        });
        self.diagnostics.push(text_after(self.file, span, fix));
    }

    fn raw_tag(&mut self, raw: &RawHtml, tag: &Tag, mut written: usize) -> usize {
        for id in html::tag_ids(tag) {
            let own = self.own_id(&id);
            self.ids.push(own.unwrap_or(id));
        }
        let marked = tag.attribute("class").is_some() || tag.attribute("title").is_some();
        let first = self.link_count();
        for attribute in &tag.attributes {
            let Some(name) = link_attribute(&tag.name, &attribute.name) else {
                written = self.raw_names(raw, tag, attribute, written);
                continue;
            };
            if name == LinkAttribute::Srcset {
                written = self.raw_srcset(raw, attribute, written);
                continue;
            }
            self.html.push_str(&raw.text[written..attribute.range.start]);
            let span = raw.span(if attribute.value_range.is_empty() { &attribute.range } else { &attribute.value_range }, self.base);
            let index = self.add_link(Link {
                kind: LinkKind::Attribute(Attribute { name, marked, first }),
                target: attribute.value.trim().into(),
                span,
                spelling: self.spelling(span, attribute.value.trim()),
                words: Words::default(),
                definition: None,
            });
            self.hole(HoleKind::Attribute(index));
            if tag.name == "img" {
                self.raw_image(tag, index);
            }
            written = attribute.range.end;
        }
        if tag.name == "img" && tag.attribute("alt").is_none() {
            self.image_without_alt(raw.span(&tag.range, self.base), "give the tag an `alt`; `alt=\"\"` says that the image is decoration");
        }
        if tag.name == "a" {
            self.raw_anchors += 1;
        }
        if let Some(level) = heading_level(&tag.name) {
            let after_name = tag.range.start + 1 + tag.name.len();
            if written <= after_name {
                self.html.push_str(&raw.text[written..after_name]);
                written = after_name;
            }
            let id = tag.attribute("id").map(|id| self.own_id(&id.value).map_or_else(|| id.value.clone(), Into::into));
            self.raw_heading = Some(RawHeading { level, offset: self.html.len(), id, text: String::new() });
        }
        written
    }

    fn raw_image(&mut self, tag: &Tag, link: u32) {
        let has = |name: &str| tag.attribute(name).is_some();
        self.raw_images.push(RawImage { link, size: given_size(tag), loading: has("loading"), decoding: has("decoding") });
        self.hole(HoleKind::RawImage(index(self.raw_images.len() - 1)));
    }

    fn raw_srcset(&mut self, raw: &RawHtml, attribute: &TagAttribute, mut written: usize) -> usize {
        let base = attribute.value_range.start;
        for (address, span) in html::candidates(&raw.text[attribute.value_range.clone()]) {
            let range = base + span.start as usize..base + span.end as usize;
            self.html.push_str(&raw.text[written..range.start]);
            let span = raw.span(&range, self.base);
            let index = self.add_link(Link {
                kind: LinkKind::Candidate,
                target: address.into(),
                span,
                spelling: self.spelling(span, address),
                words: Words::default(),
                definition: None,
            });
            self.hole(HoleKind::Address(index));
            written = range.end;
        }
        written
    }

    /// How an address of raw HTML is spelled; lines that a quote or a list splits are not looked into.
    fn spelling(&self, span: Span, target: &str) -> Spelling {
        let text = span.start as usize - self.base..span.end as usize - self.base;
        self.source.get(text).map_or(Spelling::Unknown, |text| spelling::of(text, target))
    }

    fn raw_end(&mut self, name: &str) {
        if name == "a" {
            self.raw_anchors = self.raw_anchors.saturating_sub(1);
        }
        if heading_level(name).is_some()
            && let Some(heading) = self.raw_heading.take()
        {
            let text = heading.text.trim();
            if let Some(id) = heading.id {
                self.add_raw_heading(heading.level, id, text);
            } else {
                let id = self.add_heading(heading.level, None, text);
                self.insert(heading.offset, &format!(" id=\"{}\"", super::text::escaped(&id)), 0);
            }
        }
    }

    /// The id that one of raw HTML has in the page around this part, where that is another.
    fn own_id(&self, id: &str) -> Option<Box<str>> {
        self.given_ids.get(id).filter(|own| ***own != *id).cloned()
    }

    /// Writes the ids that an attribute gives or names, where they are others in the page around this part.
    fn raw_names(&mut self, raw: &RawHtml, tag: &Tag, attribute: &TagAttribute, written: usize) -> usize {
        let names = match attribute.name.as_str() {
            "id" => true,
            "name" => tag.name == "a",
            name => html::NAMING.contains(&name),
        };
        if !names || !attribute.value.split_ascii_whitespace().any(|id| self.own_id(id).is_some()) {
            return written;
        }
        let own = |id: &str| self.own_id(id).map_or_else(|| id.to_owned(), Into::into);
        let value = super::text::escaped(&attribute.value.split_ascii_whitespace().map(own).collect::<Vec<_>>().join(" "));
        self.html.push_str(&raw.text[written..attribute.value_range.start]);
        self.html.push_str(&value);
        self.new_ids.push((raw.span(&attribute.value_range, self.base), value.into()));
        attribute.value_range.end
    }

    pub(super) fn image_without_alt(&mut self, span: Span, help: &str) {
        self.diagnostics.push(Diagnostic::new(self.file, span, Rule::ImageAlt, "the image has no alternative text").help(help));
    }
}

fn is_blank(piece: &Piece) -> bool {
    matches!(piece, Piece::Text(text) if text.trim().is_empty())
}

/// Whether raw HTML is one tag without attributes that neither links nor names anything: most inline HTML is.
pub(super) fn is_plain_tag(html: &str) -> bool {
    let Some(name) = html.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) else { return false };
    let name = name.strip_prefix('/').unwrap_or(name).trim_end_matches([' ', '/']);
    let plain = ["b", "br", "code", "em", "i", "kbd", "li", "p", "small", "span", "strong", "sub", "sup", "td", "tr", "u", "wbr"];
    plain.iter().any(|known| name.eq_ignore_ascii_case(known))
}

fn given_size(tag: &Tag) -> GivenSize {
    let given = |name: &str| tag.attribute(name).map(|attribute| attribute.value.trim().parse::<u32>().ok());
    match (given("width"), given("height")) {
        (None, None) => GivenSize::Nothing,
        (Some(Some(width)), None) => GivenSize::Width(width),
        (None, Some(Some(height))) => GivenSize::Height(height),
        _ => GivenSize::Enough,
    }
}

fn heading_level(tag: &str) -> Option<u8> {
    match tag.as_bytes() {
        [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
        _ => None,
    }
}

/// The attribute that holds a link on this element, if it is one.
fn link_attribute(tag: &str, attribute: &str) -> Option<LinkAttribute> {
    match (tag, attribute) {
        ("a" | "area" | "link", "href") => Some(LinkAttribute::Href),
        ("img" | "source" | "video" | "audio" | "iframe" | "embed" | "track" | "script" | "input", "src") => Some(LinkAttribute::Src),
        ("img" | "source", "srcset") => Some(LinkAttribute::Srcset),
        ("video", "poster") => Some(LinkAttribute::Poster),
        ("object", "data") => Some(LinkAttribute::Data),
        _ => None,
    }
}
