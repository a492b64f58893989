//! The Markdown of each guide, beside its page: the source without its front matter, its links led to what is published.

use super::paths::Paths;
use crate::site::{
    Destination, Fault, Followed, Site, SourceId,
    checklist::line_ending,
    language::LanguageId,
    page::{CodeBlock, Inclusion, Link, LinkKind, Page, Part, Spelling},
    route::Route,
    spelling::Spelled,
    target,
};
use std::{fmt::Write as _, ops::Range};

/// Where links are that are led elsewhere: the folder that a guide's Markdown is published in, and its language.
struct From<'a> {
    folder: &'a str,
    language: LanguageId,
}

/// Where the Markdown of each guide is published; none for one whose place is taken.
pub(in crate::write) struct Editions {
    paths: Vec<Option<String>>,
}

impl Editions {
    /// No guide's Markdown is published.
    pub(super) fn none() -> Self {
        Self { paths: Vec::new() }
    }

    /// A place for each guide; the places that were taken already, with what they would have held, are the second part.
    pub(super) fn plan(site: &Site, taken: &mut Paths) -> (Self, Vec<String>) {
        let mut left_out = Vec::new();
        let mut paths = Vec::with_capacity(site.pages.len());
        for (page, route) in site.pages.iter().zip(&site.routes) {
            let path = path(page, route, &site.languages.get(page.language).prefix);
            let free = taken.claim(&path);
            if !free {
                left_out.push(path.clone());
            }
            paths.push(free.then_some(path));
        }
        (Self { paths }, left_out)
    }

    /// Where the Markdown of a guide is published.
    pub(in crate::write) fn of(&self, id: SourceId) -> Option<&str> {
        self.paths.get(id.0 as usize)?.as_deref()
    }

    /// All places, each with its guide.
    pub(super) fn places(&self) -> impl Iterator<Item = (SourceId, &str)> {
        let all = (0..).map(SourceId).zip(&self.paths);
        all.filter_map(|(id, path)| Some((id, path.as_deref()?)))
    }

    /// The text that is published for a guide with this source.
    pub(super) fn text(&self, site: &Site, followed: &Followed, id: SourceId, source: &str) -> String {
        let page = site.page(id);
        let own = self.of(id).unwrap_or_default();
        let from = From { folder: own.rsplit_once('/').map_or("", |(folder, _)| folder), language: page.language };
        let edits = self.edits(site, &from, page, &followed[id.0 as usize], source);
        let start = (page.text_start as usize).min(source.len());
        let mut out = String::with_capacity(source.len() - start + 64);
        if !page.has_heading {
            let _ = write!(out, "# {}\n\n", page.title);
        }
        let start = start + leading_blanks(&source[start..]);
        splice(&mut out, source, start, edits);
        if !out.ends_with('\n') {
            out.push('\n');
        }
        out
    }

    /// The places of a page or part that are others once it is published, and what is written there, in order.
    fn edits(&self, site: &Site, from: &From<'_>, page: &Page, followed: &[Result<Destination, Fault>], source: &str) -> Vec<Edit> {
        let mut edits = Vec::new();
        for inclusion in &page.inclusions {
            let (link, destination) = (&page.links[inclusion.link as usize], &followed[inclusion.link as usize]);
            edits.extend(self.included(site, from, inclusion, link, destination, source));
        }
        if let Some(part) = &page.part {
            edits.extend(part.names.iter().map(|(place, name)| (place.range(), name.to_string())));
        }
        for (link, destination) in page.links.iter().zip(followed) {
            let Ok(destination) = destination else { continue };
            if link.kind == LinkKind::Wikilink {
                edits.extend(self.wikilink(site, source, from, link, destination));
                continue;
            }
            let (target, span, spelling) = match link.definition {
                Some(index) => {
                    let definition = &page.definitions[index as usize];
                    (&definition.target, definition.span, &definition.spelling)
                }
                None => (&link.target, link.span, &link.spelling),
            };
            let Some(place) = place_of(source, span.range(), target, spelling) else { continue };
            // What led to a heading beside it may lead to one of another id, in the page around it.
            if let (true, Destination::Same(address)) = (page.part.is_some(), destination) {
                edits.extend((target::decode(target) != target::decode(address)).then(|| (place, address.to_string())));
                continue;
            }
            edits.extend(self.moved(site, from, target, spelling, destination).map(|text| (place, text)));
        }
        edits.sort_by_key(|(place, _)| (place.start, place.end));
        edits
    }

    /// What stands in the place of an inclusion's marker: the file's own text, where the page shows it.
    fn included(
        &self,
        site: &Site,
        from: &From<'_>,
        inclusion: &Inclusion,
        link: &Link,
        destination: &Result<Destination, Fault>,
        source: &str,
    ) -> Option<Edit> {
        let Part::Made(part) = &inclusion.part else { return None };
        let text = match destination.as_ref().ok()? {
            Destination::Page(own, _) => {
                let source = &*part.part.as_ref()?.source;
                let followed: Vec<_> = part.links.iter().map(|link| site.follow_from_part(*own, part, link)).collect();
                let mut text = String::with_capacity(source.len());
                splice(&mut text, source, 0, self.edits(site, from, part, &followed, source));
                text
            }
            _ => fenced(part.code.first()?),
        };
        let span = link.span.range();
        let start = source.get(..span.start)?.rfind("<!--")?;
        let end = span.end + source.get(span.end..)?.find("-->")? + "-->".len();
        Some((start..end, as_block(source, start..end, &text)))
    }

    /// Where a link to a guide leads: to its Markdown, else to its page as the readers of the link's language see it.
    fn place<'a>(&'a self, site: &'a Site, from: &From<'_>, id: SourceId) -> &'a str {
        self.of(id).unwrap_or_else(|| site.route_in(from.language, id).file())
    }

    /// What a target is to be, when it is to be another.
    fn moved(&self, site: &Site, from: &From<'_>, target: &str, spelling: &Spelling, destination: &Destination) -> Option<String> {
        if target::scheme(target.trim()).is_some() || target.trim().starts_with("//") {
            return None;
        }
        let to = match destination {
            Destination::Page(id, _) => self.place(site, from, *id),
            Destination::File(id, _) => &site.file(*id).path,
            Destination::Repository(address) => return Some(address.to_string()),
            Destination::Same(_) | Destination::Address => return None,
        };
        let plain = Spelling::Plain;
        let spelling = if *spelling == Spelling::Unknown { &plain } else { spelling };
        Spelled::new(target, spelling)?.moved(from.folder, to)
    }

    /// `[[page|text]]` as a link that every reader of Markdown knows.
    fn wikilink(
        &self,
        site: &Site,
        source: &str,
        from: &From<'_>,
        link: &Link,
        destination: &Destination,
    ) -> Option<(Range<usize>, String)> {
        let (to, suffix) = match destination {
            Destination::Page(id, suffix) => (self.place(site, from, *id), suffix),
            Destination::File(id, suffix) => (&*site.file(*id).path, suffix),
            Destination::Same(suffix) => ("", suffix),
            Destination::Repository(_) | Destination::Address => return None,
        };
        let span = link.span.range();
        let start = source.get(..span.start)?.ends_with("[[").then(|| span.start - 2)?;
        let length = source.get(span.end..)?.find("]]")?;
        let text = source[span.end..span.end + length].strip_prefix('|').unwrap_or(&source[span]);
        let address = if to.is_empty() { String::new() } else { target::relative(&format!("{}/x", from.folder), to) };
        Some((start..link.span.end as usize + length + 2, format!("[{text}]({address}{suffix})")))
    }
}

/// A place of a source, and what is written there.
type Edit = (Range<usize>, String);

/// Appends a source from an offset on, with edits that are in order.
fn splice(out: &mut String, source: &str, start: usize, edits: Vec<Edit>) {
    let mut written = start;
    for (range, text) in edits {
        // What overlaps is one place told twice.
        if range.start >= written {
            out.push_str(&source[written..range.start]);
            out.push_str(&text);
            written = range.end;
        }
    }
    out.push_str(&source[written..]);
}

/// A file of code in a fence that no line of it closes.
fn fenced(code: &CodeBlock) -> String {
    let longest = code.text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{}\n{}\n{fence}", code.language, code.text.trim_end_matches('\n'))
}

/// A text as blocks of its own in the place of a comment: each line in the quotations and items that the comment stands in.
fn as_block(source: &str, place: Range<usize>, text: &str) -> String {
    let line = source[..place.start].rfind('\n').map_or(0, |end| end + 1);
    let before = source[line..place.start].split("<!--").next().unwrap_or_default();
    let around: String = before.chars().map(|c| if c == '>' || c.is_whitespace() { c } else { ' ' }).collect();
    let blank = around.trim_end();
    let is_blank = |line: &str| line.trim_matches(['>', ' ', '\t', '\r']).is_empty();
    let mut out = String::new();
    if before.len() == place.start - line && is_blank(before) && !source[..line].lines().next_back().is_none_or(is_blank) {
        // What stands in front of the comment makes the blank line.
        out.push('\n');
        out.push_str(&around);
    }
    let text = text.trim_matches(['\n', '\r']).trim_end();
    for (number, line) in text.lines().enumerate() {
        if number > 0 {
            out.push('\n');
            out.push_str(if line.is_empty() { blank } else { &around });
        }
        out.push_str(line);
    }
    let mut after = source[place.end..].lines();
    if after.next().is_some_and(|rest| !rest.trim().is_empty()) {
        let _ = write!(out, "\n{blank}\n{around}");
    } else if after.next().is_some_and(|next| !is_blank(next)) {
        let _ = write!(out, "\n{blank}");
    }
    if line_ending(source) == "\r\n" { out.replace('\n', "\r\n") } else { out }
}

/// `index.md` for the page of a folder, else the page's address with `.md`.
/// `prefix` is that of the page's language.
fn path(page: &Page, route: &Route, prefix: &str) -> String {
    let address = route.address();
    let folder = format!("{prefix}{}/", page.section());
    if address.is_empty() || address == prefix || address.to_lowercase() == folder.to_lowercase() {
        format!("{address}index.md")
    } else {
        format!("{}.md", address.trim_end_matches('/'))
    }
}

/// Where a target stands in the source; none where the source does not hold it there.
fn place_of(source: &str, span: Range<usize>, target: &str, spelling: &Spelling) -> Option<Range<usize>> {
    if let Some(spelled) = Spelled::new(target, spelling) {
        return spelled.is(source.get(span.clone())?).then_some(span);
    }
    // The address of a link may stand on the line after its brackets, which the span does not reach.
    let rest = source.get(span.start..)?;
    let at = rest.find("](").map(|at| at + 2).or_else(|| rest.find("]:").map(|at| at + 2))?;
    let skipped = rest[at..].len() - rest[at..].trim_start_matches([' ', '\t', '\r', '\n', '<']).len();
    let start = span.start + at + skipped;
    (!target.is_empty() && source[start..].starts_with(target)).then(|| start..start + target.len())
}

fn leading_blanks(text: &str) -> usize {
    text.len() - text.trim_start_matches(['\n', '\r']).len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_a_guide_follows_its_address() {
        let of = |source: &str, file: &str| path(&Page { path: source.into(), ..Page::default() }, &Route::new(file), "");
        assert_eq!(of("README.md", "index.html"), "index.md");
        assert_eq!(of("Team/README.md", "Team/index.html"), "Team/index.md");
        assert_eq!(of("Team/README.md", "team/index.html"), "team/index.md");
        assert_eq!(of("Team/Laptop.md", "Team/Laptop/index.html"), "Team/Laptop.md");
        assert_eq!(of("Team.md", "Team/index.html"), "Team.md");
        assert_eq!(of("Team/index.md", "Team/index/index.html"), "Team/index.md");
        let translated = |source: &str, common: &str, file: &str| {
            let page = Page { path: source.into(), common: Some(common.into()), ..Page::default() };
            path(&page, &Route::new(file), "zh/")
        };
        assert_eq!(translated("README.zh.md", "README.md", "zh/index.html"), "zh/index.md");
        assert_eq!(translated("Team/README.zh.md", "Team/README.md", "zh/Team/index.html"), "zh/Team/index.md");
        assert_eq!(translated("zh/Team/README.md", "Team/README.md", "zh/Team/index.html"), "zh/Team/index.md");
        assert_eq!(translated("Team.zh.md", "Team.md", "zh/Team/index.html"), "zh/Team.md");
    }

    #[test]
    fn a_target_on_the_line_below_is_found() {
        let source = "x [a](\n  b.md) and [c]:\n  d.md";
        assert_eq!(place_of(source, 2..6, "b.md", &Spelling::Unknown).map(|place| &source[place]), Some("b.md"));
        assert_eq!(place_of(source, 2..6, "gone.md", &Spelling::Unknown), None);
    }
}
