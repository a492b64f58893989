//! Reference labels: which definition a label names, which labels have none, which definitions have no use.
//! Labels match as CommonMark 0.31.2 says: source text, full case folding, inner white space collapsed.

use super::{ParseOptions, destination};
use crate::{
    config::ShortcutReferences,
    diagnostic::{Diagnostic, Rule, Span},
    site::{page::Definition, spelling},
};
use foldhash::{HashMap, HashMapExt as _};
use pulldown_cmark::{LinkType, RefDefs};
use std::{cell::OnceCell, ops::Range, sync::Arc};
use unicase::UniCase;

/// A label in brackets that the parser found no definition for.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) label: String,
    pub(super) kind: LinkType,
    pub(super) range: Range<usize>,
}

/// The definitions of one page while its text is parsed.
pub(super) struct References {
    definitions: Vec<Definition>,
    /// The labels and their like, made when the first undefined label is met.
    variants: OnceCell<Variants>,
    by_label: HashMap<UniCase<String>, u32>,
    /// Lines that look like a definition of a label that is defined elsewhere; what the parser shows as text is taken out.
    suspects: Vec<Range<usize>>,
}

impl References {
    /// Collects the definitions in force, and the lines that may repeat them.
    pub(super) fn collect(source: &str, base: usize, found: &RefDefs<'_>) -> Self {
        let mut ranges: Vec<(Range<usize>, &str)> =
            found.iter().map(|(_, definition)| (definition.span.clone(), definition.dest.as_ref())).collect();
        ranges.sort_by_key(|(range, _)| range.start);
        let mut definitions = Vec::with_capacity(ranges.len());
        let mut by_label = HashMap::with_capacity(ranges.len());
        for (range, target) in &ranges {
            let (label, span) = destination::definition(source, range);
            by_label.insert(key(label), u32::try_from(definitions.len()).unwrap_or(u32::MAX));
            let spelling = spelling::of(&source[span.range()], target);
            let span = Span::new(base + span.start as usize, base + span.end as usize);
            let label_span = Span::new(base + range.start, base + range.start + label_length(source, range));
            definitions.push(Definition { label: label.into(), target: (*target).into(), label_span, span, spelling, used: false });
        }
        let suspects = if definitions.is_empty() {
            Vec::new()
        } else {
            definition_lines(source)
                .filter(|range| ranges.binary_search_by_key(&range.start, |(range, _)| range.start).is_err())
                .filter(|range| by_label.contains_key(&key(&source[range.start + 1..range.end - 2])))
                .collect()
        };
        Self { definitions, variants: OnceCell::new(), by_label, suspects }
    }

    /// Marks the definition of a label as used.
    pub(super) fn resolve(&mut self, label: &str) -> Option<u32> {
        let index = *self.by_label.get(&key(label))?;
        self.definitions[index as usize].used = true;
        Some(index)
    }

    /// What the parser shows as content is no definition.
    pub(super) fn shown(&mut self, range: &Range<usize>) {
        if !self.suspects.is_empty() {
            let first = self.suspects.partition_point(|suspect| suspect.start < range.start);
            let after = self.suspects.partition_point(|suspect| suspect.start < range.end);
            self.suspects.drain(first..after.max(first));
        }
    }

    /// The findings about labels and definitions, and the definitions themselves.
    pub(super) fn finish(
        self,
        file: &Arc<str>,
        base: usize,
        candidates: &[Candidate],
        links: &[Range<usize>],
        source: &str,
        options: &ParseOptions,
    ) -> (Vec<Definition>, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let mut told_until = 0;
        for candidate in in_order(candidates) {
            // In `[a][b][c]` the pair `[a][b]` is what was meant: brackets that a finding names are not told again.
            if candidate.range.start < told_until || cuts(links, &candidate.range) {
                continue;
            }
            if let Some(finding) = self.undefined(file, base, candidate, source, options.shortcut_references) {
                told_until = candidate.range.end;
                diagnostics.push(finding);
            }
        }
        // `[//]: # (text)` is how Markdown writes a comment.
        let ignored = |label: &str| label == "//" || options.ignore_definitions.iter().any(|known| key(known) == key(label));
        for definition in self.definitions.iter().filter(|definition| !definition.used && !ignored(&definition.label)) {
            diagnostics.push(
                Diagnostic::new(file, definition.label_span, Rule::UnusedDefinition, format!("no reference uses `[{}]`", definition.label))
                    .target(&*definition.label)
                    .help("remove the definition, or link to it"),
            );
        }
        for suspect in &self.suspects {
            let label = source[suspect.start + 1..suspect.end - 2].trim();
            if ignored(label) {
                continue;
            }
            let first = self.by_label.get(&key(label)).map(|index| &self.definitions[*index as usize].label);
            let span = Span::new(base + suspect.start, base + suspect.end);
            diagnostics.push(
                Diagnostic::new(
                    file,
                    span,
                    Rule::DuplicateDefinition,
                    format!("`[{label}]` is defined already; this definition has no effect"),
                )
                .target(first.map_or_else(|| label.to_owned(), ToString::to_string))
                .help("remove one of the two, or give it a label of its own"),
            );
        }
        (self.definitions, diagnostics)
    }

    fn undefined(
        &self,
        file: &Arc<str>,
        base: usize,
        candidate: &Candidate,
        source: &str,
        shortcuts: ShortcutReferences,
    ) -> Option<Diagnostic> {
        if candidate.label.starts_with(['!', '^']) || candidate.label.trim().is_empty() {
            return None;
        }
        let nearest = self.nearest(&candidate.label);
        let is_shortcut = matches!(candidate.kind, LinkType::Shortcut | LinkType::ShortcutUnknown);
        if is_shortcut {
            match shortcuts {
                ShortcutReferences::Off => return None,
                ShortcutReferences::Near if nearest.is_none() => return None,
                ShortcutReferences::Near | ShortcutReferences::All => {}
            }
        }
        let mut end = candidate.range.end;
        if matches!(candidate.kind, LinkType::Collapsed) && source[end..].starts_with("[]") {
            end += 2;
        }
        let help = nearest
            .map_or_else(|| format!("define it: `[{}]: address`", candidate.label), |nearest| format!("did you mean `[{nearest}]`?"));
        let span = Span::new(base + candidate.range.start, base + end);
        let finding = Diagnostic::new(file, span, Rule::UndefinedReference, format!("`[{}]` is not defined on this page", candidate.label))
            .target(&candidate.label)
            .help(help);
        // Only of `[text][label]` is the label no part of what readers see.
        let is_full = matches!(candidate.kind, LinkType::Reference | LinkType::ReferenceUnknown);
        let label = source[candidate.range.clone()].strip_suffix(']').filter(|text| is_full && text.ends_with(&candidate.label));
        Some(match (label, nearest) {
            (Some(_), Some(nearest)) => {
                let label = Span::new(base + candidate.range.end - 1 - candidate.label.len(), base + candidate.range.end - 1);
                finding.likely_fix("use the label that is defined", label, nearest)
            }
            _ => finding,
        })
    }

    /// The defined label one edit away; labels of fewer than four characters are too alike to tell.
    fn nearest(&self, label: &str) -> Option<&str> {
        let wanted = label.to_lowercase();
        if !(4..=LONGEST).contains(&wanted.chars().count()) {
            return None;
        }
        let variants = self.variants.get_or_init(|| Variants::new(&self.definitions));
        variants.nearest(&wanted).map(|position| &*self.definitions[position].label)
    }
}

/// The longest label, in characters, that is compared with others.
const LONGEST: usize = 64;

/// The defined labels under each of their spellings with one letter left out: two words are at most one edit apart
/// only if they share such a spelling, or one is such a spelling of the other (symmetric deletion).
struct Variants {
    labels: Vec<String>,
    by_spelling: HashMap<String, Vec<usize>>,
}

impl Variants {
    fn new(definitions: &[Definition]) -> Self {
        let labels: Vec<String> = definitions.iter().map(|definition| definition.label.to_lowercase()).collect();
        let mut by_spelling: HashMap<String, Vec<usize>> = HashMap::default();
        for (position, label) in labels.iter().enumerate().filter(|(_, label)| label.chars().count() <= LONGEST) {
            for spelling in spellings(label) {
                by_spelling.entry(spelling).or_default().push(position);
            }
        }
        Self { labels, by_spelling }
    }

    fn nearest(&self, wanted: &str) -> Option<usize> {
        let candidates = spellings(wanted).filter_map(|spelling| self.by_spelling.get(&spelling)).flatten();
        candidates.copied().filter(|position| strsim::damerau_levenshtein(&self.labels[*position], wanted) <= 1).min()
    }
}

/// A word, and the word with each of its letters left out.
fn spellings(word: &str) -> impl Iterator<Item = String> {
    let without = word.char_indices().map(|(at, letter)| format!("{}{}", &word[..at], &word[at + letter.len_utf8()..]));
    std::iter::once(word.to_owned()).chain(without)
}

/// The candidates by place, the longer of two at one place first.
fn in_order(candidates: &[Candidate]) -> Vec<&Candidate> {
    let mut sorted: Vec<&Candidate> = candidates.iter().collect();
    sorted.sort_by_key(|candidate| (candidate.range.start, std::cmp::Reverse(candidate.range.end)));
    sorted
}

/// Whether a range overlaps one of the sorted links without lying wholly in its text.
fn cuts(links: &[Range<usize>], range: &Range<usize>) -> bool {
    let after = links.partition_point(|link| link.start < range.end);
    links[..after].iter().rev().take(8).any(|link| link.end > range.start && !(link.start < range.start && range.end < link.end))
}

/// The length of a definition's label with its brackets.
fn label_length(source: &str, definition: &Range<usize>) -> usize {
    destination::closing_bracket(&source[definition.clone()]).map_or(1, |close| close + 1)
}

fn key(label: &str) -> UniCase<String> {
    let mut normal = String::with_capacity(label.len());
    for word in label.split_ascii_whitespace() {
        if !normal.is_empty() {
            normal.push(' ');
        }
        normal.push_str(word);
    }
    UniCase::new(normal)
}

/// The ranges of `[label]:` at the start of lines, past the markers of quotes and lists.
fn definition_lines(source: &str) -> impl Iterator<Item = Range<usize>> {
    let mut line = 0;
    let mut searched = 0;
    memchr::memmem::find_iter(source.as_bytes(), "]:").filter_map(move |close| {
        match memchr::memrchr2(b'\n', b'\r', &source.as_bytes()[searched..close]) {
            Some(end) => line = searched + end + 1,
            // Only the first bracket of a line can end a label that begins it.
            None if searched > 0 => {
                searched = close;
                return None;
            }
            None => {}
        }
        searched = close;
        let text = &source[line..];
        let at = after_markers(text);
        let label = text[at..].starts_with('[') && !text[at..].starts_with("[^");
        let end = destination::closing_bracket(&text[at..close - line + 2])?;
        (label && line + at + end == close).then(|| line + at..close + 2)
    })
}

/// Where the text of a line begins, past the markers of quotes and lists.
fn after_markers(line: &str) -> usize {
    let mut at = 0;
    loop {
        let rest = line[at..].trim_start_matches([' ', '\t', '>']);
        at = line.len() - rest.len();
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let marker = match rest.as_bytes().get(digits) {
            Some(b'-' | b'*' | b'+') if digits == 0 => 1,
            Some(b'.' | b')') if digits > 0 => digits + 1,
            _ => return at,
        };
        if !rest[marker..].starts_with([' ', '\t']) {
            return at;
        }
        at += marker;
    }
}
