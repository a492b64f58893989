//! Findings as workflow commands, which GitHub Actions shows as annotations of the changed files.

use super::{Places, Report, named, words::counted};
use crate::diagnostic::{Diagnostic, Severity};
use std::fmt::Write as _;

/// How many annotations of a kind GitHub shows for one step.
const SHOWN: usize = 10;

/// The longest message in characters; GitHub cuts far longer ones, and nobody reads them in an annotation.
const LONGEST: usize = 4000;

/// The first findings of each severity, a command each; `prefix` leads from the repository's root to the content.
#[must_use]
pub fn render(report: &Report, places: &Places, prefix: &str) -> String {
    let mut out = String::new();
    for (severity, kind, one, many) in [
        (Severity::Error, "error", "more error", "more errors"),
        (Severity::Warn, "warning", "more warning", "more warnings"),
        (Severity::Info, "notice", "more notice", "more notices"),
    ] {
        let findings: Vec<&Diagnostic> = report.diagnostics.iter().filter(|finding| finding.severity == severity).collect();
        for (position, finding) in findings.iter().take(SHOWN).enumerate() {
            let left = if position + 1 == SHOWN { findings.len() - SHOWN } else { 0 };
            let more = if left > 0 { format!("\n\nand {}: the log has them all", counted(left, one, many)) } else { String::new() };
            out.push_str(&command(kind, finding, places, prefix, &more));
        }
    }
    out
}

fn command(kind: &str, finding: &Diagnostic, places: &Places, prefix: &str, more: &str) -> String {
    let place = places.of(&finding.file, finding.span);
    let mut out = format!("::{kind} file={},line={},endLine={}", property(&named(prefix, &finding.file)), place.line, place.end_line);
    // Columns of a range over several lines are refused by GitHub.
    if place.line == place.end_line && finding.span.range() != (0..0) {
        let _ = write!(out, ",col={},endColumn={}", place.column, place.end_column);
    }
    let help = finding.help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
    let message = shortened(&format!("{}{help}", finding.message));
    let _ = writeln!(out, ",title={}::{}", property(finding.rule.name()), data(&format!("{message}{more}")));
    out
}

fn shortened(message: &str) -> String {
    match message.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &message[..end]),
        None => message.to_owned(),
    }
}

/// The text of a command, escaped as `@actions/core` does.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a command's property, escaped as `@actions/core` does.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Rule, Span};

    fn finding(severity: Severity, message: &str) -> Diagnostic {
        Diagnostic { severity, ..Diagnostic::new(&"a, b:c.md".into(), Span::new(0, 3), Rule::MissingFile, message) }
    }

    fn rendered(diagnostics: Vec<Diagnostic>) -> String {
        let places = Places::read(["a, b:c.md"].into_iter(), |_| Some("text".to_owned()));
        render(&Report::new(1, 1, 0, diagnostics), &places, "100%/")
    }

    #[test]
    fn everything_that_means_something_to_the_runner_is_escaped() {
        let out = rendered(vec![finding(Severity::Warn, "a: 50%,\r\n::error::b").help("c")]);
        assert_eq!(
            out,
            "::warning file=100%25/a%2C b%3Ac.md,line=1,endLine=1,col=1,endColumn=4,title=missing-file::a: 50%25,%0D%0A::error::b%0Ahelp: c\n"
        );
    }

    #[test]
    fn errors_come_first_and_the_tenth_of_a_kind_counts_the_others() {
        let mut findings = vec![finding(Severity::Info, "i"), finding(Severity::Warn, "w")];
        findings.extend((0..12).map(|number| finding(Severity::Error, &format!("e{number}"))));
        let out = rendered(findings);
        let lines: Vec<&str> = out.lines().collect();
        assert_eq!(lines.len(), 12);
        assert!(lines[..10].iter().all(|line| line.starts_with("::error ")), "{out}");
        assert!(lines[8].ends_with("::e8") && lines[9].ends_with("::e9%0A%0Aand 2 more errors: the log has them all"), "{out}");
        assert!(lines[10].starts_with("::warning ") && lines[11].starts_with("::notice "), "{out}");
    }

    #[test]
    fn a_message_without_end_is_cut_between_characters() {
        let out = rendered(vec![finding(Severity::Error, &"ü".repeat(9000))]);
        assert_eq!(out.matches('ü').count(), LONGEST);
    }
}
