//! Comments that silence rules: `<!-- milepost-disable rule … -->` and its kin; directives in, ranges out.

use crate::{
    diagnostic::{Diagnostic, Rule, Span},
    site::page::Silence,
};
use std::sync::Arc;

/// One silencing comment as it was met.
pub(super) struct Directive {
    scope: Scope,
    names: Vec<String>,
    comment: Span,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    Disable,
    Enable,
    Line,
    NextLine,
}

/// Reads a comment's text; none when it is not for us.
pub(super) fn directive(text: &str, comment: Span) -> Option<Directive> {
    let mut words = text.split([' ', '\t', '\n', '\r', ',']).filter(|word| !word.is_empty());
    let scope = match words.next()? {
        "milepost-disable" => Scope::Disable,
        "milepost-enable" => Scope::Enable,
        "milepost-disable-line" => Scope::Line,
        "milepost-disable-next-line" => Scope::NextLine,
        _ => return None,
    };
    Some(Directive { scope, names: words.take_while(|word| *word != "--").map(str::to_owned).collect(), comment })
}

/// The ranges in which rules are silent, and the comments that name unknown rules.
pub(super) fn ranges(directives: &[Directive], file: &Arc<str>, base: usize, source: &str) -> (Vec<Silence>, Vec<Diagnostic>) {
    let mut silences = Vec::new();
    let mut diagnostics = Vec::new();
    let end = base + source.len();
    for (position, directive) in directives.iter().enumerate() {
        let mut rules = Vec::new();
        for name in &directive.names {
            match Rule::named(name) {
                Some(rule) => rules.push(rule),
                None => diagnostics.push(unknown(file, directive.comment, name)),
            }
        }
        if rules.is_empty() && !directive.names.is_empty() {
            continue;
        }
        let comment = directive.comment.range();
        let range = match directive.scope {
            Scope::Enable => continue,
            Scope::Disable => {
                let until = directives[position + 1..].iter().find(|later| later.scope == Scope::Enable && ends(later, directive));
                comment.end..until.map_or(end, |later| later.comment.start as usize)
            }
            Scope::Line => line_start(source, comment.start - base) + base..line_end(source, comment.end - base) + base,
            Scope::NextLine => {
                let next = after_line(source, comment.end - base);
                next + base..line_end(source, next) + base
            }
        };
        let is_block = directive.scope == Scope::Disable;
        silences.push(Silence { comment: directive.comment, range: Span::new(range.start, range.end), rules, is_block });
    }
    (silences, diagnostics)
}

/// An enabling comment without names ends all; with names, the disabling comments that name one of them.
fn ends(enable: &Directive, disable: &Directive) -> bool {
    enable.names.is_empty() || enable.names.iter().any(|name| disable.names.contains(name))
}

fn unknown(file: &Arc<str>, comment: Span, name: &str) -> Diagnostic {
    let nearest = Rule::ALL.iter().max_by(|a, b| strsim::jaro_winkler(name, a.name()).total_cmp(&strsim::jaro_winkler(name, b.name())));
    let help = nearest.map(|rule| format!("did you mean `{}`?", rule.name())).unwrap_or_default();
    Diagnostic::new(file, comment, Rule::UnusedIgnore, format!("no rule is called `{name}`")).target(name).help(help)
}

fn line_start(source: &str, at: usize) -> usize {
    source[..at].rfind(['\n', '\r']).map_or(0, |end| end + 1)
}

fn line_end(source: &str, at: usize) -> usize {
    source[at..].find(['\n', '\r']).map_or(source.len(), |length| at + length)
}

fn after_line(source: &str, at: usize) -> usize {
    let end = line_end(source, at);
    if source[end..].starts_with("\r\n") { end + 2 } else { (end + 1).min(source.len()) }
}
