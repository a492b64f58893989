//! Markdown to [`Page`]: one parse gives the HTML with holes, the links with their places, headings, ids and findings.
//! The only user of pulldown-cmark.

mod autolink;
mod checklist;
mod collector;
mod destination;
mod diagram;
mod drawn;
mod extras;
mod fence;
mod footnotes;
mod formula;
mod links;
mod lists;
mod marker;
mod part;
mod plain;
mod raw;
mod references;
mod silence;
pub(super) mod summary;
mod table;
mod text;
mod writer;

use super::front_matter;
use crate::{
    config::{Config, Derive, ShortcutReferences},
    site::{language::Languages, navigation::readable, page::Page},
};
use collector::Collector;
pub(super) use part::part;
use pulldown_cmark::{BrokenLink, CowStr, Options, Parser, TextMergeWithOffset};
use references::{Candidate, References};
use std::{borrow::Cow, sync::Arc};

/// The dialect, and what of a page's own mistakes is looked for.
#[derive(Clone, Debug)]
pub struct ParseOptions {
    extensions: Options,
    shortcut_references: ShortcutReferences,
    ignore_definitions: Vec<String>,
    derive: Vec<(globset::GlobMatcher, Derive)>,
    leave_out: Vec<String>,
    /// Whether diagrams are drawn.
    diagrams: bool,
    languages: Languages,
    wanted: Wanted,
    keep_parts: bool,
}

/// What of a page is wanted beside its facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    /// Nothing: its HTML may lack text.
    Facts,
    Html,
    /// Its text without markup too.
    HtmlAndText,
}

impl ParseOptions {
    /// The options that a configuration asks for.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let mut extensions = Options::ENABLE_TABLES
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_GFM
            | Options::ENABLE_DEFINITION_LIST;
        extensions.set(Options::ENABLE_HEADING_ATTRIBUTES, config.markdown.heading_attributes);
        extensions.set(Options::ENABLE_WIKILINKS, config.markdown.wikilinks);
        extensions.set(Options::ENABLE_MATH, config.markdown.math);
        extensions.set(Options::ENABLE_SMART_PUNCTUATION, config.markdown.smart_punctuation);
        Self {
            extensions,
            shortcut_references: config.check.shortcut_references,
            ignore_definitions: config.check.ignore_definitions.clone(),
            derive: config.checklists.derive.iter().map(|derive| (derive.pages.compile_matcher(), derive.from)).collect(),
            leave_out: config.checklists.leave_out.clone(),
            diagrams: config.markdown.diagrams,
            languages: Languages::new(config),
            wanted: Wanted::Html,
            keep_parts: false,
        }
    }

    /// The same options, with or without the text of a page beside its HTML.
    #[must_use]
    pub fn keep_text(self, keep_text: bool) -> Self {
        Self { wanted: if keep_text { Wanted::HtmlAndText } else { Wanted::Html }, ..self }
    }

    /// The same options, with or without the Markdown of what pages include.
    #[must_use]
    pub fn keep_parts(self, keep_parts: bool) -> Self {
        Self { keep_parts, ..self }
    }

    /// The same options where nothing of pages is wanted beside their facts.
    #[must_use]
    pub fn only_facts(self) -> Self {
        Self { wanted: Wanted::Facts, ..self }
    }

    /// How a checklist is derived from a page that does not say so itself.
    fn derive(&self, path: &str) -> Option<Derive> {
        self.derive.iter().find(|(pages, _)| pages.is_match(path)).map(|(_, from)| *from)
    }
}

/// Parses one guide. Cannot fail: mistakes go to the page's diagnostics.
#[must_use]
pub fn parse(path: &Arc<str>, text: &str, options: &ParseOptions) -> Page {
    let text = &*plain_line_endings(text);
    let (front_matter, base, mut diagnostics) = front_matter::split(path, text);
    let source = &text[base..];
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut on_broken_link = |link: BrokenLink<'_>| -> Option<(CowStr<'_>, CowStr<'_>)> {
        candidates.push(Candidate { label: link.reference.to_string(), kind: link.link_type, range: link.span });
        None
    };
    let parser = Parser::new_with_broken_link_callback(source, options.extensions, Some(&mut on_broken_link));
    let references = References::collect(source, base, parser.reference_definitions());
    let mut writer = writer::Writer::new(path, source, base, references, options);
    writer.plain = (options.wanted == Wanted::HtmlAndText && front_matter.search != Some(false)).then(Box::default);
    writer.may_mark = may_mark(source);
    writer.checklist = Collector::new(writer.may_mark, front_matter.checklist.or_else(|| options.derive(path)), &options.leave_out);
    for (event, range) in TextMergeWithOffset::new(parser.into_offset_iter()) {
        writer.event(event, range);
    }
    let (mut page, notes) = writer.finish(&candidates, options);
    page.length = writer::index(source.len());
    (page.language, page.common) = options.languages.of_path(path);
    diagnostics.append(&mut page.diagnostics);
    page.title = match &front_matter.title {
        Some(title) => title.clone(),
        None if page.title.is_empty() => readable(page.stem()),
        None => page.title,
    };
    page.text_start = writer::index(base);
    if let Some(notes) = notes {
        page = checklist::finish(*notes, page);
        diagnostics.append(&mut page.diagnostics);
    }
    Page { front_matter, diagnostics, ..page }
}

/// Whether a text may hold markers: pages without pay this one search.
fn may_mark(source: &str) -> bool {
    memchr::memmem::find_iter(source.as_bytes(), "<!--").any(|at| marker::is_marker(&source[at + "<!--".len()..]))
}

/// The text with `\n` for every `\r` that stands alone: no offset changes, and not every part of the parser knows the old ending.
fn plain_line_endings(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let is_alone = |at: &usize| bytes.get(at + 1) != Some(&b'\n');
    if !memchr::memchr_iter(b'\r', bytes).any(|at| is_alone(&at)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut written = 0;
    for at in memchr::memchr_iter(b'\r', bytes).filter(is_alone) {
        out.push_str(&text[written..at]);
        out.push('\n');
        written = at + 1;
    }
    out.push_str(&text[written..]);
    Cow::Owned(out)
}
