//! The JSON report, version 1; its shape is described in the manual.

use super::{Place, Places, Report, Summary, named};
use crate::diagnostic::{Diagnostic, Rule, Severity, Span};
use serde::Serialize;

#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    version: u32,
    summary: Summary,
    diagnostics: Vec<Finding<'a>>,
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
    };
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

fn describe<'a>(finding: &'a Diagnostic, places: &Places, prefix: &str) -> Finding<'a> {
    let file = named(prefix, &finding.file);
    let at = |span: Span| places.of(&finding.file, span);
    let Place { line, column, end_line, end_column } = at(finding.span);
    // Programs may make these fixes unseen.
    let fix = finding.fix.as_ref().filter(|fix| fix.is_certain).map(|fix| Fix {
        title: &fix.title,
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
