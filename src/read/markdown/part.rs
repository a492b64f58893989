//! A guide, or a region of it, as a part of another page: the same text with ids that the page has free.

use super::{ParseOptions, front_matter, plain_line_endings, references::References, writer::Writer};
use crate::site::page::Page;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, TextMergeWithOffset};
use std::{ops::Range, sync::Arc};

/// Parses a guide as a part of a page. `taken` are the ids that the page has, `prefix` keeps apart what ids of ours it gets.
/// Its mistakes are told where the guide is a page itself, and what it has of checklists stays there.
///
/// # Errors
/// The names of the regions that there are, where the one that is asked for is not among them.
pub(in crate::read) fn part(
    path: &Arc<str>,
    text: &str,
    region: Option<&str>,
    taken: &[Box<str>],
    prefix: &str,
    options: &ParseOptions,
) -> Result<Page, Vec<String>> {
    let text = &*plain_line_endings(text);
    let (_, base, _) = front_matter::split(path, text);
    let source = match region {
        Some(name) => cut(&text[base..], name, options.extensions)?,
        None => text[base..].to_owned(),
    };
    let parser = Parser::new_ext(&source, options.extensions);
    let references = References::collect(&source, 0, parser.reference_definitions());
    let mut writer = Writer::new(path, &source, 0, references, options);
    writer.may_mark = super::may_mark(&source);
    writer.prefix = prefix;
    writer.reserve(taken);
    for (event, range) in TextMergeWithOffset::new(parser.into_offset_iter()) {
        writer.event(event, range);
    }
    let (page, _) = writer.finish(&[], options);
    Ok(page)
}

/// The blocks of a region, with the definitions of all that they may name.
fn cut(source: &str, name: &str, extensions: Options) -> Result<String, Vec<String>> {
    let parser = Parser::new_ext(source, extensions);
    let mut definitions: Vec<Range<usize>> = parser.reference_definitions().iter().map(|(_, found)| found.span.clone()).collect();
    definitions.sort_by_key(|range| range.start);
    let mut regions = Regions::default();
    let mut depth = 0_u32;
    for (event, range) in parser.into_offset_iter() {
        match event {
            Event::Start(Tag::FootnoteDefinition(_)) if depth == 0 => {
                definitions.push(range);
                depth += 1;
            }
            Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock) => {}
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Html(html) if depth == 0 => regions.line(&html, range),
            _ => {}
        }
    }
    let region = regions.take(name)?;
    let mut out = source[region.clone()].to_owned();
    for definition in definitions.iter().filter(|range| range.start < region.start || range.end > region.end) {
        out.push_str("\n\n");
        out.push_str(source[definition.clone()].trim_end());
    }
    out.push('\n');
    Ok(out)
}

/// The regions of a guide, by the comments that begin and end them.
#[derive(Default)]
struct Regions {
    open: Vec<(String, usize)>,
    closed: Vec<(String, Range<usize>)>,
}

impl Regions {
    fn line(&mut self, html: &str, range: Range<usize>) {
        let comment = html.trim().strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->")).map(str::trim);
        let Some(comment) = comment else { return };
        if let Some(name) = comment.strip_prefix("#region ") {
            self.open.push((name.trim().to_owned(), range.end));
        } else if comment.split(' ').next() == Some("#endregion")
            && let Some((name, start)) = self.open.pop()
        {
            self.closed.push((name, start..range.start));
        }
    }

    fn take(self, name: &str) -> Result<Range<usize>, Vec<String>> {
        match self.closed.iter().find(|(known, _)| known == name) {
            Some((_, range)) => Ok(range.clone()),
            None => Err(self.closed.into_iter().map(|(name, _)| name).collect()),
        }
    }
}
