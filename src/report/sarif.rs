//! The report as SARIF 2.1.0, which code scanning services and editors read.

use super::{Place, Places, Report, fingerprint::Fingerprints, manual, named};
use crate::diagnostic::{Diagnostic, Fix, Rule, Severity, Span};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use std::collections::BTreeMap;

/// The name for the folder that paths are relative to.
const ROOT: &str = "SRCROOT";

/// What a path in a URI shows as it is; a colon would make its first part a scheme.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool,
    invocations: [Invocation; 1],
    original_uri_base_ids: BTreeMap<&'static str, BaseFolder>,
    column_kind: &'static str,
    results: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
struct Driver {
    name: &'static str,
    version: &'static str,
    rules: Vec<Descriptor>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    id: Rule,
    short_description: Words,
    full_description: Words,
    help: Help,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Words {
    text: String,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
struct Configuration {
    enabled: bool,
    level: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
}

#[derive(Serialize)]
struct BaseFolder {
    description: Words,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding<'a> {
    rule_id: Rule,
    rule_index: usize,
    level: &'static str,
    message: Words,
    locations: [Location; 1],
    partial_fingerprints: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fixes: Option<[Mend<'a>; 1]>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Mend<'a> {
    description: Words,
    artifact_changes: [Change<'a>; 1],
    properties: Certainty,
}

#[derive(Serialize)]
struct Certainty {
    certain: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Change<'a> {
    artifact_location: Artifact,
    replacements: Vec<Replacement<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement<'a> {
    deleted_region: Region,
    inserted_content: Content<'a>,
}

#[derive(Serialize)]
struct Content<'a> {
    text: &'a str,
}

/// All findings and the rules that they name; `prefix` leads from the repository's root to the content.
#[must_use]
pub fn render(report: &Report, places: &Places, prefix: &str) -> String {
    let mut rules: Vec<Rule> = report.diagnostics.iter().map(|finding| finding.rule).collect();
    rules.sort_unstable();
    rules.dedup();
    let mut fingerprints = Fingerprints::default();
    let results = report.diagnostics.iter().map(|finding| describe(finding, &rules, places, prefix, &mut fingerprints)).collect();
    let driver = Driver { name: "milepost", version: env!("CARGO_PKG_VERSION"), rules: rules.iter().copied().map(descriptor).collect() };
    let root = BaseFolder { description: Words { text: "the root of the repository".to_owned() } };
    let run = Run {
        tool: Tool { driver },
        invocations: [Invocation { execution_successful: true }],
        original_uri_base_ids: BTreeMap::from([(ROOT, root)]),
        column_kind: "unicodeCodePoints",
        results,
    };
    let schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
    let mut text = serde_json::to_string_pretty(&Log { schema, version: "2.1.0", runs: [run] }).unwrap_or_default();
    text.push('\n');
    text
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warn => "warning",
        Severity::Info => "note",
        Severity::Off => "none",
    }
}

fn descriptor(rule: Rule) -> Descriptor {
    let default = rule.default_severity();
    Descriptor {
        id: rule,
        short_description: Words { text: rule.meaning().to_owned() },
        full_description: Words { text: manual::description(rule) },
        help: Help { text: manual::plain(rule), markdown: manual::markdown(rule) },
        default_configuration: Configuration { enabled: default != Severity::Off, level: level(default) },
    }
}

fn describe<'a>(finding: &'a Diagnostic, rules: &[Rule], places: &Places, prefix: &str, fingerprints: &mut Fingerprints) -> Finding<'a> {
    let file = named(prefix, &finding.file);
    let help = finding.help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
    let is_whole_file = finding.span.range() == (0..0);
    let region = if is_whole_file {
        Region { start_line: 1, start_column: None, end_line: None, end_column: None }
    } else {
        region(places.of(&finding.file, finding.span))
    };
    Finding {
        rule_id: finding.rule,
        rule_index: rules.partition_point(|rule| *rule < finding.rule),
        level: level(finding.severity),
        message: Words { text: format!("{}{help}", finding.message) },
        locations: [Location { physical_location: PhysicalLocation { artifact_location: artifact(&file), region } }],
        partial_fingerprints: BTreeMap::from([("milepost/v1", fingerprints.next(finding, &file))]),
        fixes: finding.fix.as_ref().map(|fix| [mend(fix, &file, |span| places.of(&finding.file, span))]),
    }
}

fn mend<'a>(fix: &'a Fix, file: &str, place: impl Fn(Span) -> Place) -> Mend<'a> {
    let replacements = fix
        .edits
        .iter()
        .map(|edit| Replacement { deleted_region: region(place(edit.span)), inserted_content: Content { text: &edit.text } });
    Mend {
        description: Words { text: fix.title.clone() },
        artifact_changes: [Change { artifact_location: artifact(file), replacements: replacements.collect() }],
        properties: Certainty { certain: fix.is_certain },
    }
}

const fn region(place: Place) -> Region {
    Region { start_line: place.line, start_column: Some(place.column), end_line: Some(place.end_line), end_column: Some(place.end_column) }
}

/// A file as SARIF names it: relative to the root, or by its full address where it lies elsewhere.
fn artifact(file: &str) -> Artifact {
    let file = if cfg!(windows) { file.replace('\\', "/") } else { file.to_owned() };
    let encoded = utf8_percent_encode(&file, PATH).to_string();
    if file.starts_with('/') {
        return Artifact { uri: format!("file://{encoded}"), uri_base_id: None };
    }
    if file.as_bytes().get(1..3) == Some(b":/") && cfg!(windows) {
        return Artifact { uri: format!("file:///{encoded}"), uri_base_id: None };
    }
    Artifact { uri: encoded, uri_base_id: Some(ROOT) }
}

#[cfg(test)]
mod tests {
    use super::artifact;

    #[test]
    fn paths_become_addresses() {
        let uri = |file: &str| artifact(file).uri;
        assert_eq!(uri("docs/50% off #1.md"), "docs/50%25%20off%20%231.md");
        assert_eq!(uri("a:b/安.md"), "a%3Ab/%E5%AE%89.md");
        assert_eq!((uri("/tmp/a b.md"), artifact("/tmp/a.md").uri_base_id), ("file:///tmp/a%20b.md".to_owned(), None));
    }
}
