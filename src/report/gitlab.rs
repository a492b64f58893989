//! The report as GitLab's code quality widget reads it: a list of findings, each with a fingerprint.

use super::{Places, Report, fingerprint::Fingerprints, named};
use crate::diagnostic::{Diagnostic, Severity};
use serde::Serialize;

#[derive(Serialize)]
struct Finding {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
}

/// All findings; `prefix` leads from the repository's root to the content.
#[must_use]
pub fn render(report: &Report, places: &Places, prefix: &str) -> String {
    let mut fingerprints = Fingerprints::default();
    let findings: Vec<Finding> = report.diagnostics.iter().map(|finding| describe(finding, places, prefix, &mut fingerprints)).collect();
    let mut text = serde_json::to_string_pretty(&findings).unwrap_or_default();
    text.push('\n');
    text
}

fn describe(finding: &Diagnostic, places: &Places, prefix: &str, fingerprints: &mut Fingerprints) -> Finding {
    let path = named(prefix, &finding.file);
    let help = finding.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
    Finding {
        description: format!("{}{help}", finding.message),
        check_name: finding.rule.name(),
        fingerprint: fingerprints.next(finding, &path),
        severity: match finding.severity {
            Severity::Error => "major",
            Severity::Warn => "minor",
            Severity::Info | Severity::Off => "info",
        },
        location: Location { lines: Lines { begin: places.of(&finding.file, finding.span).line }, path },
    }
}
