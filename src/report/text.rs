//! Findings for people, as rustc prints them: the source line, an underline, and what to do.

use super::{Places, Report, named};
use crate::{
    diagnostic::{Diagnostic, Severity},
    error::{Error, SourceError},
};
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use std::ops::Range;

/// The longest part of a line that is handed to the renderer, in bytes; it trims to the terminal's width itself.
const WINDOW: usize = 4000;

/// All findings, each followed by an empty line; `prefix` leads from the current folder to the content.
#[must_use]
pub fn render(report: &Report, places: &Places, prefix: &str) -> String {
    let mut out = String::new();
    for finding in &report.diagnostics {
        out.push_str(&render_one(finding, places, prefix));
        out.push_str("\n\n");
    }
    for (words, help) in &report.advice {
        out.push_str(&print(Group::with_title(Level::WARNING.primary_title(words.as_str())), Some(help)));
        out.push_str("\n\n");
    }
    out
}

fn render_one(finding: &Diagnostic, places: &Places, prefix: &str) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warn => Level::WARNING,
        Severity::Info | Severity::Off => Level::INFO,
    };
    let path = named(prefix, &finding.file);
    let title = level.primary_title(&*finding.message).id(finding.rule.name());
    let place = places.of(&finding.file, finding.span);
    let whole_file = finding.span.range() == (0..0);
    let quoted = places.lines(&finding.file).filter(|lines| !whole_file && !lines.text.is_empty()).map(|lines| {
        let line = lines.line(place.line);
        let start = (finding.span.start as usize).clamp(line.start, line.end);
        let end = (finding.span.end as usize).clamp(start, line.end);
        window(&lines.text, &line, start..end)
    });
    let group = match &quoted {
        Some((text, span)) => {
            let annotation = AnnotationKind::Primary.span(span.clone());
            title.element(Snippet::source(text.as_str()).line_start(place.line).path(path.as_str()).annotation(annotation))
        }
        None => title.element(Origin::path(path.as_str())),
    };
    print(group, finding.help.as_deref())
}

/// An error of the program, in the same look.
#[must_use]
pub fn render_error(error: &Error) -> String {
    match error {
        Error::Source(source) => render_source_error(source),
        error => {
            let message = error.to_string();
            print(Group::with_title(Level::ERROR.primary_title(message)), error.help())
        }
    }
}

fn render_source_error(error: &SourceError) -> String {
    let start = error.span.start.min(error.text.len());
    let line_start = error.text[..start].rfind('\n').map_or(0, |end| end + 1);
    let line_end = error.text[start..].find('\n').map_or(error.text.len(), |length| start + length);
    let end = error.span.end.clamp(start, line_end);
    let (text, span) = window(&error.text, &(line_start..line_end), start..end);
    let number = error.text[..start].matches('\n').count() + 1;
    let snippet = Snippet::source(text).line_start(number).path(error.path.as_str()).annotation(AnnotationKind::Primary.span(span));
    print(Level::ERROR.primary_title(error.message.as_str()).element(snippet), error.help.as_deref())
}

fn print(group: Group<'_>, help: Option<&str>) -> String {
    let group = match help {
        Some(help) => group.element(Level::HELP.message(help)),
        None => group,
    };
    Renderer::styled().render(&[group])
}

/// A line, cut around the span when it is very long, and the span in it.
fn window(text: &str, line: &Range<usize>, span: Range<usize>) -> (String, Range<usize>) {
    let whole = &text[line.clone()];
    let inside = span.start - line.start..span.end - line.start;
    if whole.len() <= WINDOW {
        return (whole.to_owned(), inside);
    }
    let boundary = |mut at: usize| {
        at = at.min(whole.len());
        while !whole.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let from = boundary(inside.start.saturating_sub(WINDOW / 3));
    let to = boundary((from + WINDOW).max(inside.end.min(inside.start + 2 * WINDOW)));
    let lead = if from > 0 { "…" } else { "" };
    let tail = if to < whole.len() { "…" } else { "" };
    let shift = |at: usize| at.clamp(from, to) - from + lead.len();
    (format!("{lead}{}{tail}", &whole[from..to]), shift(inside.start)..shift(inside.end))
}
