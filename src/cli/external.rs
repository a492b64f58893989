//! `check --external`, and `merge-reports`: what the command line adds to asking for addresses.

use super::arguments::External;
use milepost::{
    error::{Error, shown},
    progress::Progress,
    project::Project,
    report::Report,
};
use serde_json::{Map, Value};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Checks a project and asks for its external addresses; true when it was stopped before the end.
#[cfg(feature = "external")]
pub(super) fn check(project: &Project, arguments: &External, progress: &Progress) -> Result<(Report, bool), Error> {
    use milepost::check::external::{Asking, Shard};
    let shard = arguments.shard.as_deref().map(Shard::parse).transpose();
    let shard =
        shard.map_err(|help| Error::usage(format!("`--shard {}` names no part", arguments.shard.as_deref().unwrap_or_default()), help))?;
    let asking = Asking { offline: arguments.offline, deadline: arguments.deadline, shard };
    milepost::check_external(project, asking, progress)
}

/// This program was built without it.
#[cfg(not(feature = "external"))]
pub(super) fn check(_: &Project, _: &External, _: &Progress) -> Result<(Report, bool), Error> {
    Err(Error::usage("this milepost was built without external checks", "build it with the cargo feature `external`"))
}

/// Joins the caches of several runs into one file.
#[cfg(feature = "external")]
pub(super) fn join_caches(paths: &[PathBuf], into: &Path) -> Result<(), Error> {
    milepost::check::external::write_cache(into, &milepost::check::external::join_caches(paths)?)
}

/// This program was built without it.
#[cfg(not(feature = "external"))]
pub(super) fn join_caches(_: &[PathBuf], _: &Path) -> Result<(), Error> {
    Err(Error::usage("this milepost was built without external checks", "build it with the cargo feature `external`"))
}

/// Joins JSON reports: every finding and every address once. Returns the text, the errors and the warnings.
pub(super) fn join_reports(paths: &[PathBuf]) -> Result<(String, u64, u64), Error> {
    let mut findings: BTreeMap<(String, u64, u64, String, String), Value> = BTreeMap::new();
    let mut external: Option<BTreeMap<String, Value>> = None;
    let mut totals = [0_u64; 3];
    for path in paths {
        let report = read(path)?;
        for (total, key) in totals.iter_mut().zip(["pages", "links", "external"]) {
            *total = (*total).max(report["summary"][key].as_u64().unwrap_or(0));
        }
        for finding in report["diagnostics"].as_array().into_iter().flatten() {
            let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
            let number = |key: &str| finding[key].as_u64().unwrap_or(0);
            let key = (text("file"), number("line"), number("column"), text("rule"), finding.to_string());
            findings.insert(key, finding.clone());
        }
        if let Some(addresses) = report["external"].as_array() {
            let known = external.get_or_insert_default();
            for address in addresses {
                known.insert(address["url"].as_str().unwrap_or_default().to_owned(), address.clone());
            }
        }
    }
    let count = |severity: &str| findings.values().filter(|finding| finding["severity"] == severity).count() as u64;
    let (errors, warnings) = (count("error"), count("warn"));
    let summary = [("pages", totals[0]), ("links", totals[1]), ("external", totals[2]), ("errors", errors), ("warnings", warnings)];
    let mut document = Map::new();
    document.insert("format".to_owned(), "milepost-report".into());
    document.insert("version".to_owned(), 1.into());
    document.insert(
        "summary".to_owned(),
        summary.into_iter().map(|(key, number)| (key.to_owned(), Value::from(number))).collect::<Map<_, _>>().into(),
    );
    document.insert("diagnostics".to_owned(), findings.into_values().collect::<Vec<_>>().into());
    if let Some(external) = external {
        document.insert("external".to_owned(), external.into_values().collect::<Vec<_>>().into());
    }
    let mut text = serde_json::to_string_pretty(&Value::Object(document)).unwrap_or_default();
    text.push('\n');
    Ok((text, errors, warnings))
}

fn read(path: &Path) -> Result<Value, Error> {
    let text = fs::read_to_string(path).map_err(|source| Error::io("read", path, source))?;
    let report: Value = serde_json::from_str(&text)
        .map_err(|error| Error::usage(format!("`{}` is no JSON: {error}", shown(path)), "name reports of `check --format json`"))?;
    if report["format"] != "milepost-report" || report["version"] != 1 {
        return Err(Error::usage(format!("`{}` is no report of this version", shown(path)), "name reports of `check --format json`"));
    }
    Ok(report)
}
