//! The JSON report, version 1; its shape is described in the manual.

use super::{External, Place, Places, Report, Summary, Verdict, named};
use crate::diagnostic::{Diagnostic, Rule, Severity, Span};
use serde::Serialize;
use std::sync::Arc;

#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    version: u32,
    summary: Summary,
    diagnostics: Vec<Finding<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external: Option<Vec<Address<'a>>>,
}

#[derive(Serialize)]
struct Address<'a> {
    url: &'a str,
    verdict: Verdict,
    reason: &'a str,
    places: Vec<Mention>,
}

#[derive(Serialize)]
struct Mention {
    file: String,
    line: usize,
}

#[derive(Serialize)]
struct Finding<'a> {
    rule: Rule,
    severity: Severity,
    file: String,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    target: Option<&'a str>,
    message: &'a str,
    help: Option<&'a str>,
    fix: Option<Fix<'a>>,
}

#[derive(Serialize)]
struct Fix<'a> {
    title: &'a str,
    certain: bool,
    edits: Vec<Edit<'a>>,
}

#[derive(Serialize)]
struct Edit<'a> {
    file: String,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    text: &'a str,
}

/// The report as one JSON document that ends with a line ending; `prefix` leads from the project's folder to the content.
#[must_use]
pub fn render(report: &Report, places: &Places, prefix: &str) -> String {
    let document = Document {
        format: "milepost-report",
        version: 1,
        summary: report.summary,
        diagnostics: report.diagnostics.iter().map(|finding| describe(finding, places, prefix)).collect(),
        external: report.external.as_ref().map(|all| all.iter().map(|address| mention(address, places, prefix)).collect()),
    };
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

fn mention<'a>(address: &'a External, places: &Places, prefix: &str) -> Address<'a> {
    let place = |(file, span): &(Arc<str>, Span)| Mention { file: named(prefix, file), line: places.of(file, *span).line };
    Address { url: &address.url, verdict: address.verdict, reason: &address.reason, places: address.places.iter().map(place).collect() }
}

fn describe<'a>(finding: &'a Diagnostic, places: &Places, prefix: &str) -> Finding<'a> {
    let file = named(prefix, &finding.file);
    let at = |span: Span| places.of(&finding.file, span);
    let Place { line, column, end_line, end_column } = at(finding.span);
    let fix = finding.fix.as_ref().map(|fix| Fix {
        title: &fix.title,
        certain: fix.is_certain,
        edits: fix
            .edits
            .iter()
            .map(|edit| {
                let Place { line, column, end_line, end_column } = at(edit.span);
                Edit { file: file.clone(), line, column, end_line, end_column, text: &edit.text }
            })
            .collect(),
    });
    Finding {
        rule: finding.rule,
        severity: finding.severity,
        file,
        line,
        column,
        end_line,
        end_column,
        target: finding.target.as_deref(),
        message: &finding.message,
        help: finding.help.as_deref(),
        fix,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn external_addresses_are_there_when_they_were_asked_for() {
        let places = Places::read(["a.md"].into_iter(), |_| Some("x\ny".to_owned()));
        let address = External {
            url: "https://example.com/".to_owned(),
            verdict: Verdict::NotChecked,
            reason: "no time was left".to_owned(),
            places: vec![("a.md".into(), Span::new(2, 3))],
        };
        let report = Report { external: Some(vec![address]), ..Report::default() };
        let document: serde_json::Value = serde_json::from_str(&render(&report, &places, "docs/")).unwrap_or_default();
        assert_eq!(
            document["external"],
            serde_json::json!([{
                "url": "https://example.com/", "verdict": "not-checked", "reason": "no time was left",
                "places": [{"file": "docs/a.md", "line": 2}],
            }])
        );
        assert!(!render(&Report::default(), &places, "").contains("\"external\": ["));
    }
}
