//! The report as JUnit XML, which most CI services show as test results: a suite for each file that has findings.

use super::{Places, Report, named, words::counted};
use crate::diagnostic::{Diagnostic, Severity};
use std::fmt::Write as _;

/// All findings; those that fail the run are failures. `prefix` leads from the repository's root to the content.
#[must_use]
pub fn render(report: &Report, places: &Places, prefix: &str, strict: bool) -> String {
    let failures = report.diagnostics.iter().filter(|finding| fails(finding, strict)).count();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let tests = report.diagnostics.len() + 1;
    let _ = writeln!(out, "<testsuites name=\"milepost\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">");
    out.push_str(&totals(report));
    for findings in report.diagnostics.chunk_by(|a, b| a.file == b.file) {
        out.push_str(&suite(findings, places, prefix, strict));
    }
    out.push_str("</testsuites>\n");
    out
}

fn fails(finding: &Diagnostic, strict: bool) -> bool {
    finding.severity == Severity::Error || (strict && finding.severity == Severity::Warn)
}

/// A suite that passes, so that a run without findings is one that has tested something.
fn totals(report: &Report) -> String {
    let summary = report.summary;
    let mut out = String::from("  <testsuite name=\"milepost\" tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\">\n    <properties>\n");
    for (name, number) in [
        ("pages", summary.pages),
        ("links", summary.links),
        ("external", summary.external),
        ("errors", summary.errors),
        ("warnings", summary.warnings),
    ] {
        let _ = writeln!(out, "      <property name=\"{name}\" value=\"{number}\"/>");
    }
    let read = format!("read {}, {}", counted(summary.pages, "page", "pages"), counted(summary.links, "link", "links"));
    let _ = writeln!(out, "    </properties>\n    <testcase name=\"{read}\" classname=\"milepost\"/>\n  </testsuite>");
    out
}

fn suite(findings: &[Diagnostic], places: &Places, prefix: &str, strict: bool) -> String {
    let file = findings.first().map(|finding| escape(&named(prefix, &finding.file))).unwrap_or_default();
    let failures = findings.iter().filter(|finding| fails(finding, strict)).count();
    let tests = findings.len();
    let mut out = format!("  <testsuite name=\"{file}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"0\">\n");
    for finding in findings {
        let place = places.of(&finding.file, finding.span);
        let (line, column, rule) = (place.line, place.column, finding.rule.name());
        let _ = writeln!(
            out,
            "    <testcase name=\"{rule} at line {line}, column {column}\" classname=\"{file}\" file=\"{file}\" line=\"{line}\">"
        );
        let help = finding.help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
        let words = escape(&format!("{}:{line}:{column}: {}{help}", named(prefix, &finding.file), finding.message));
        if fails(finding, strict) {
            let _ = writeln!(out, "      <failure type=\"{rule}\" message=\"{}\">{words}</failure>", escape(&finding.message));
        } else {
            let _ = writeln!(out, "      <system-out>{}[{rule}]: {words}</system-out>", finding.severity.name());
        }
        out.push_str("    </testcase>\n");
    }
    out.push_str("  </testsuite>\n");
    out
}

/// Text for content and attributes alike; what no XML document may hold becomes the replacement character.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => {
                let _ = write!(out, "&#{};", u32::from(character));
            }
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push(char::REPLACEMENT_CHARACTER),
            character => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Rule, Span};

    #[test]
    fn any_text_makes_a_document_that_says_the_same() {
        let message: String =
            (0..0x300).chain([0xfffd, 0xfffe, 0xffff, 0x1_f600]).filter_map(char::from_u32).chain("]]>--".chars()).collect();
        let file = "a\"<&>'\u{1b}.md";
        let finding = Diagnostic::new(&file.into(), Span::new(0, 1), Rule::MissingFile, &*message);
        let places = Places::read([file].into_iter(), |_| Some("x".to_owned()));
        let text = render(&Report::new(1, 1, 0, vec![finding]), &places, "", false);
        let document = roxmltree::Document::parse(&text).expect("it is XML");
        let failure = document.descendants().find(|node| node.has_tag_name("failure")).expect("there is a failure");
        let told: String = message
            .chars()
            .map(|c| if matches!(c, '\t' | '\n' | '\r') || (c >= ' ' && c != '\u{fffe}' && c != '\u{ffff}') { c } else { '\u{fffd}' })
            .collect();
        assert_eq!(failure.attribute("message"), Some(told.as_str()));
        assert!(failure.text().is_some_and(|text| text.ends_with(&told)));
    }
}
