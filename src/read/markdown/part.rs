//! A guide, or a region of it, as a part of another page: the same text with ids that the page has free.

use super::{
    ParseOptions, Wanted, checklist,
    collector::Collector,
    front_matter, plain_line_endings,
    references::References,
    writer::{Writer, index},
};
use crate::{
    diagnostic::Span,
    html,
    site::page::{HoleKind, Page, PartFacts},
};
use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd, TextMergeWithOffset};
use std::{ops::Range, sync::Arc};

/// Parses a guide as a part of a page. `taken` are the ids that the page has, `prefix` keeps apart what ids of ours it gets.
/// Its mistakes are told where the guide is a page itself.
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
    let (front_matter, base, _) = front_matter::split(path, text);
    let (source, start) = match region {
        Some(name) => cut(&text[base..], name, options.extensions)?,
        None => (text[base..].to_owned(), 0),
    };
    let parser = Parser::new_ext(&source, options.extensions);
    let references = References::collect(&source, 0, parser.reference_definitions());
    let mut writer = Writer::new(path, &source, 0, references, options);
    writer.may_mark = super::may_mark(&source);
    writer.plain = (options.wanted == Wanted::HtmlAndText).then(Box::default);
    let derive = front_matter.checklist.or_else(|| options.derive(path));
    writer.checklist = Collector::new(writer.may_mark, derive, &options.leave_out);
    writer.prefix = prefix;
    writer.reserve(taken, raw_ids(&source, options.extensions));
    for (event, range) in TextMergeWithOffset::new(parser.into_offset_iter()) {
        writer.event(event, range);
    }
    let ids = std::mem::take(&mut writer.given_ids);
    let mut names = std::mem::take(&mut writer.new_ids);
    let (mut page, notes) = writer.finish(&[], options);
    page.length = index(source.len());
    if let Some(notes) = notes {
        page = ticked(*notes, page, region.is_some());
    }
    let mut kept = Box::<str>::default();
    if options.keep_parts {
        names.extend(labels(&source, &page, prefix, options));
        kept = source.into();
    }
    page.part = Some(Box::new(PartFacts { start: index(base + start), prefix: prefix.into(), source: kept, names, ids }));
    Ok(page)
}

/// The part with what can be ticked in it. The places of its steps, to which links lead, are on the guide's own page.
fn ticked(notes: Collector, mut page: Page, is_region: bool) -> Page {
    // A card that no marker places stands at the beginning of a guide, not of each of its regions.
    let leaves_card_out = is_region && notes.lists.is_empty();
    let ids = std::mem::take(&mut page.ids);
    page = checklist::finish(notes, page);
    page.ids = ids;
    if leaves_card_out {
        page.body.holes.retain(|hole| !matches!(hole.kind, HoleKind::Card(_)));
    }
    page
}

/// The ids that raw HTML gives in a text.
fn raw_ids(source: &str, extensions: Options) -> Vec<Box<str>> {
    if !source.contains('<') {
        return Vec::new();
    }
    let mut text = String::new();
    for event in Parser::new_ext(source, extensions) {
        if let Event::Html(html) | Event::InlineHtml(html) = event {
            text.push_str(&html);
        }
    }
    html::ids(&text)
}

/// Makes the labels of definitions and footnotes the part's own: places, and what is written there.
fn labels(source: &str, page: &Page, prefix: &str, options: &ParseOptions) -> Vec<(Span, Box<str>)> {
    let prefix: Box<str> = format!("include-{}", prefix.replace(':', "-")).into();
    let mut labels = Vec::new();
    // Labels are compared without the spaces around them.
    let mut begin = |at: usize| {
        let at = at + source[at..].len() - source[at..].trim_start().len();
        labels.push((Span::new(at, at), prefix.clone()));
    };
    page.definitions.iter().for_each(|definition| begin(definition.label_span.start as usize + 1));
    let mut added = Vec::new();
    for (event, range) in Parser::new_ext(source, options.extensions).into_offset_iter() {
        let text = &source[range.clone()];
        match event {
            Event::FootnoteReference(_) | Event::Start(Tag::FootnoteDefinition(_)) if text.starts_with("[^") => begin(range.start + 2),
            Event::Start(Tag::Link { link_type, .. } | Tag::Image { link_type, .. }) => match link_type {
                LinkType::Reference => begin(range.start + last_bracket(text) + 1),
                LinkType::Collapsed => {
                    // The place of such a link ends before its empty brackets.
                    let own = text.trim_end_matches("[]");
                    added.push((range.start + own.len() + 1, format!("{prefix}{}", label_of(own))));
                }
                LinkType::Shortcut => added.push((range.end, format!("[{prefix}{}]", label_of(text)))),
                _ => {}
            },
            _ => {}
        }
    }
    labels.extend(added.into_iter().map(|(at, text)| (Span::new(at, at), text.into())));
    labels
}

/// Where the last pair of brackets of a text opens: a label holds no bracket without a backslash.
fn last_bracket(text: &str) -> usize {
    let is_plain = |at: &usize| (text[..*at].len() - text[..*at].trim_end_matches('\\').len()).is_multiple_of(2);
    text.rmatch_indices('[').map(|(at, _)| at).find(is_plain).unwrap_or(0)
}

/// What stands between the brackets of `[label]` or `![label]`.
fn label_of(text: &str) -> &str {
    text.trim_start_matches('!').trim_start_matches('[').trim_end_matches(']').trim()
}

/// The blocks of a region, with the definitions of all that they may name, and where they begin.
fn cut(source: &str, name: &str, extensions: Options) -> Result<(String, usize), Vec<String>> {
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
    let mut out = source[region.clone()].trim_end().to_owned();
    for definition in definitions.iter().filter(|range| range.start < region.start || range.end > region.end) {
        out.push_str("\n\n");
        out.push_str(source[definition.clone()].trim_end());
    }
    out.push('\n');
    Ok((out, region.start))
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
