//! The link cases: each is laid out in a folder of its own, checked, and its findings compared.
//!
//! A case is a line of `tests/data/link_cases.jsonl`: `files`, `options` and `expect`, a list of file, line, rule and target.

use crate::program::{milepost, write};
use rayon::prelude::*;
use serde_json::Value;
use std::fmt::Write as _;

/// The rules that the cases speak about; findings of other rules are no business of theirs.
const COMPARED: &[&str] = &[
    "missing-file",
    "case-mismatch",
    "outside-root",
    "directory-without-index",
    "missing-fragment",
    "fragment-case",
    "undefined-reference",
    "unused-definition",
    "duplicate-definition",
    "undefined-footnote",
    "empty-target",
    "orphan-page",
    "http-status",
    "http-timeout",
    "http-connect",
    "http-redirect-loop",
    "http-fragment",
    "redirect",
];

#[test]
fn every_link_case_has_the_findings_that_it_names() {
    let cases: Vec<Value> =
        include_str!("../data/link_cases.jsonl").lines().map(|line| serde_json::from_str(line).expect("a case is JSON")).collect();
    let internal: Vec<&Value> = cases.iter().filter(|case| case["options"].get("external").is_none()).collect();
    assert!(internal.len() > 100, "the cases are there");
    let faults: Vec<String> = internal.par_iter().filter_map(|case| run(case)).collect();
    assert!(faults.is_empty(), "{} of {} cases fail\n{}", faults.len(), internal.len(), faults.join("\n"));
}

fn run(case: &Value) -> Option<String> {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for (path, text) in case["files"].as_object().expect("files are named") {
        write(folder.path(), path, text.as_str().expect("a file is text"));
    }
    write(folder.path(), "milepost.toml", configuration(&case["options"]));
    let path = folder.path().to_str().expect("the path is UTF-8");
    let run = milepost(folder.path(), &["check", path, "--format", "json"]);
    let mut faults = String::new();
    match serde_json::from_str::<Value>(&run.stdout) {
        Err(_) => {
            let _ = write!(faults, " no JSON report: {}", run.stderr);
        }
        Ok(report) => {
            let diagnostics = report["diagnostics"].as_array().expect("the report has diagnostics");
            let mut got: Vec<Row> =
                diagnostics.iter().filter(|found| COMPARED.contains(&text(&found["rule"]))).map(|found| row(found, "rule")).collect();
            let mut want: Vec<Row> =
                case["expect"].as_array().expect("a case expects a list").iter().map(|found| row(found, "kind")).collect();
            got.sort();
            want.sort();
            for (title, rows) in [("wrongly reported", beyond(&got, &want)), ("missed", beyond(&want, &got))] {
                for row in rows {
                    let _ = write!(faults, "\n  {title}: {row:?}");
                }
            }
            let failing = diagnostics.iter().any(|found| text(&found["severity"]) == "error");
            if run.status != i32::from(failing) {
                let _ = write!(faults, "\n  exit status {}", run.status);
            }
        }
    }
    (!faults.is_empty()).then(|| format!("{}: {}{faults}", text(&case["id"]), text(&case["note"])))
}

type Row = (String, u64, String, String);

fn row(found: &Value, rule: &str) -> Row {
    let line = found["line"].as_u64().expect("a line is a number");
    (text(&found["file"]).to_owned(), line, text(&found[rule]).to_owned(), found["target"].as_str().unwrap_or_default().to_owned())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// What one sorted list has more than the other, each as often as it does.
fn beyond<'a>(list: &'a [Row], other: &[Row]) -> Vec<&'a Row> {
    let mut rest: Vec<&Row> = other.iter().collect();
    list.iter()
        .filter(|row| match rest.iter().position(|known| known == row) {
            Some(at) => {
                rest.swap_remove(at);
                false
            }
            None => true,
        })
        .collect()
}

/// The `milepost.toml` that a case's options stand for.
fn configuration(options: &Value) -> String {
    let truth = |key: &str| options[key].as_bool().unwrap_or(false);
    let asked = |key: &str| if truth(key) { "warn" } else { "off" };
    let list = |key: &str| options[key].as_array().map_or_else(|| "[]".to_owned(), |items| toml_text(&Value::Array(items.clone())));
    let mut out = format!("content = {}\n", toml_text(options.get("root").unwrap_or(&Value::from("."))));
    if let Some(url) = options.get("site_url") {
        let _ = writeln!(out, "base-url = {}", toml_text(url));
    }
    let _ = writeln!(
        out,
        "\n[markdown]\nheading-attributes = {}\nwikilinks = {}\nmath = {}",
        truth("heading_attributes"),
        truth("wikilinks"),
        truth("math")
    );
    let shortcuts = options["shortcut_references"].as_str().unwrap_or("off");
    let _ = writeln!(
        out,
        "\n[check]\nextensionless = {}\noutput-paths = {}\nline-anchors = {}\nshortcut-references = \"{shortcuts}\"\nignore-definitions = {}",
        truth("extensionless"),
        truth("accept_output_paths"),
        truth("check_line_anchors"),
        list("ignore_definitions")
    );
    if options.get("entry").is_some() {
        let _ = writeln!(out, "entry = {}", toml_text(&options["entry"]));
    }
    let _ = writeln!(
        out,
        "\n[check.rules]\nunused-definition = \"{}\"\nduplicate-definition = \"{}\"\norphan-page = \"{}\"\nredirect = \"{}\"\nnot-a-link = \"off\"\nunused-ignore = \"off\"",
        asked("unused_definitions"),
        asked("duplicate_definitions"),
        asked("orphans"),
        if options["redirects"].as_str() == Some("report") { "warn" } else { "off" }
    );
    out
}

/// JSON strings and lists of strings are TOML as they stand.
fn toml_text(value: &Value) -> String {
    value.to_string()
}
