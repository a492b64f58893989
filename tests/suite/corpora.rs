//! Whole documentation trees, where `MILEPOST_CORPORA` names the folder that holds them: the number of findings of each rule,
//! an independent oracle's findings, and a built site in which every link leads somewhere.

use crate::{
    checker::dead_addresses,
    program::{files, is_kind, milepost, repository},
};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// The trees that `tests/data/corpora.toml` has a table for.
type Counts = BTreeMap<String, BTreeMap<String, u64>>;

#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
fn corpora() -> Option<(PathBuf, Counts)> {
    let Some(folder) = std::env::var_os("MILEPOST_CORPORA").map(PathBuf::from) else {
        println!("skipped: MILEPOST_CORPORA names no folder of trees");
        return None;
    };
    let table = fs::read_to_string(repository("tests/data/corpora.toml")).expect("the table can be read");
    Some((folder, toml::from_str(&table).expect("the table is TOML")))
}

fn report(tree: &Path) -> Value {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let run = milepost(folder.path(), &["check", tree.to_str().expect("the path is UTF-8"), "--format", "json"]);
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{}: {error}: {}", tree.display(), run.stderr))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

#[test]
fn every_tree_has_the_known_number_of_findings_of_each_rule() {
    let Some((folder, known)) = corpora() else { return };
    let mut found = Counts::new();
    for name in known.keys().filter(|name| folder.join(name).is_dir()) {
        let report = report(&folder.join(name));
        let counts = found.entry(name.clone()).or_default();
        counts.insert("pages".to_owned(), report["summary"]["pages"].as_u64().unwrap_or_default());
        for finding in list(&report["diagnostics"]) {
            *counts.entry(text(finding, "rule").to_owned()).or_default() += 1;
        }
    }
    let known: Counts = known.into_iter().filter(|(name, _)| found.contains_key(name)).collect();
    assert!(
        found == known,
        "the trees now have\n\n{}\nand the table says\n\n{}",
        toml::to_string(&found).expect("counts are TOML"),
        toml::to_string(&known).expect("counts are TOML")
    );
}

#[test]
#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
fn an_independent_oracle_agrees_about_every_tree() {
    let Some((folder, known)) = corpora() else { return };
    let oracle = folder.join("../acceptance/oracle");
    if !oracle.is_dir() {
        println!("skipped: there is no oracle beside the trees");
        return;
    }
    let mut faults = Vec::new();
    for name in known.keys().filter(|name| folder.join(name).is_dir()) {
        let report = report(&folder.join(name));
        faults.extend(differences(&report, &oracle, name, false));
        if oracle.join(format!("{name}.toc.jsonl")).exists() {
            faults.extend(differences(&report, &oracle, name, true));
        }
    }
    assert!(faults.is_empty(), "{} differences\n{}", faults.len(), faults.join("\n"));
}

/// A finding as two checkers can agree on it: file, rule, decoded target.
type Key = (String, String, String);

/// The rules that the oracle speaks about; a fragment that is wrong in letter case counts as missing.
const COMPARED: &[&str] = &["missing-file", "missing-fragment", "case-mismatch", "outside-root", "undefined-reference"];

fn key(file: &str, rule: &str, target: &str) -> Key {
    let rule = if rule == "fragment-case" { "missing-fragment" } else { rule };
    (file.to_owned(), rule.to_owned(), percent_decode_str(target).decode_utf8_lossy().trim().to_owned())
}

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).expect("an oracle's line is JSON")).collect()
}

/// What the oracle found and the report has not, and what the report has beyond it. Judgement calls never count: index-like
/// references, fragments wrong in letter case only, `{#custom-id}` headings, Windows paths, root-absolute targets.
fn differences(report: &Value, oracle: &Path, name: &str, navigation: bool) -> Vec<String> {
    let mut got: BTreeMap<Key, BTreeSet<u64>> = BTreeMap::new();
    for finding in list(&report["diagnostics"]) {
        let file = text(finding, "file");
        let is_guide = [".md", ".markdown"].iter().any(|extension| file.to_lowercase().ends_with(extension));
        let key = key(file, text(finding, "rule"), text(finding, "target"));
        if is_guide != navigation && COMPARED.contains(&key.1.as_str()) {
            got.entry(key).or_default().insert(finding["line"].as_u64().unwrap_or_default());
        }
    }
    let mut wanted: BTreeMap<Key, Vec<Value>> = BTreeMap::new();
    let mut allowed: BTreeSet<Key> = BTreeSet::new();
    for fault in lines(&oracle.join(format!("{name}{}.jsonl", if navigation { ".toc" } else { "" }))) {
        let key = key(text(&fault, "file"), text(&fault, "kind"), text(&fault, "target"));
        let hint = text(&fault, "hint");
        let judgement = hint.starts_with("custom-id")
            || hint.starts_with("windows-drive-path")
            || (hint == "case" && text(&fault, "kind") == "missing-fragment");
        if judgement || fault["indexlike"].as_bool().unwrap_or(false) {
            allowed.insert(key);
        } else {
            wanted.entry(key).or_default().push(fault);
        }
    }
    for fault in lines(&oracle.join(format!("{name}.info.jsonl"))) {
        let kind = text(&fault, "kind");
        allowed.insert(key(text(&fault, "file"), kind.strip_prefix("absolute-").unwrap_or(kind), text(&fault, "target")));
    }
    let mut faults = Vec::new();
    for (key, expected) in &wanted {
        let Some(at) = got.get(key) else {
            faults.push(format!("{name}: missed {key:?} at line {}", expected[0]["line"]));
            continue;
        };
        for fault in expected.iter().filter(|fault| text(fault, "form") == "inline") {
            let first = fault["line"].as_u64().unwrap_or_default();
            let last = fault["line_end"].as_u64().filter(|line| *line > 0).unwrap_or(first);
            if !at.iter().any(|line| (first..=last).contains(line)) {
                faults.push(format!("{name}: {key:?} is at line {first}, and was told at {at:?}"));
            }
        }
    }
    faults.extend(
        got.iter()
            .filter(|(key, _)| !wanted.contains_key(key) && !allowed.contains(key))
            .map(|(key, at)| format!("{name}: beyond the oracle: {key:?} at {at:?}")),
    );
    faults
}

/// Dead addresses that no checker of links can help: raw HTML that the author left open swallows what comes after it.
const SWALLOWED: &[&str] = &[
    // A table of the source closes `style="…` with a curly quote, so that the attribute runs on into the next heading's tag.
    "jdcloud-en: documentation/Elastic-Compute/CloudDisk/Introduction/Performance-Test/index.html: <a> `#disk-performance-test-method`",
];

#[test]
fn every_link_of_every_built_tree_leads_somewhere() {
    let Some((folder, known)) = corpora() else { return };
    let mut faults = Vec::new();
    for name in known.keys().filter(|name| folder.join(name).is_dir()) {
        let tree = folder.join(name);
        let work = tempfile::tempdir().expect("a folder can be made");
        let run = milepost(work.path(), &["build", tree.to_str().expect("the path is UTF-8"), "--keep-going", "--quiet"]);
        assert!(run.status < 2, "{name}: {}", run.stderr);
        let raw: BTreeSet<String> = files(&tree).into_iter().filter(|path| is_kind(path, "html")).collect();
        let dead = dead_addresses(&work.path().join("public"), &raw).into_iter().map(|fault| format!("{name}: {fault}"));
        faults.extend(dead.filter(|fault| !SWALLOWED.iter().any(|known| fault.starts_with(known))));
    }
    assert!(
        faults.is_empty(),
        "{} addresses lead nowhere\n{}",
        faults.len(),
        faults.iter().take(60).cloned().collect::<Vec<_>>().join("\n")
    );
}
