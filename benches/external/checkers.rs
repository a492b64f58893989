//! The guides in, the commands that check them out, and what each has found, beside the truth.

use crate::{
    plan::{Plan, Way},
    server::Servers,
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::{OsStr, OsString},
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

/// How all checkers ask. The rest is Milepost's own default, and is told to others.
pub(crate) const TIMEOUT_S: u32 = 1;
pub(crate) const RETRIES: u32 = 2;
pub(crate) const RETRY_WAIT_S: u32 = 1;
pub(crate) const AT_ONCE: usize = 64;
pub(crate) const HOST_AT_ONCE: usize = 4;
pub(crate) const HOST_PAUSE_MS: u32 = 50;

/// Who is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Milepost,
    Lychee,
}

/// A command to measure.
pub(crate) struct Checker {
    pub(crate) role: Role,
    pub(crate) name: String,
    pub(crate) command: Vec<OsString>,
    /// Where its report goes.
    report: PathBuf,
}

/// What a checker has found. Addresses are numbers of the plan; what is no address of it is told as written.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) broken: BTreeSet<usize>,
    /// What was said of each that is broken, to be shown where it is wrong.
    pub(crate) words: BTreeMap<usize, String>,
    pub(crate) moved: BTreeMap<usize, String>,
    pub(crate) flaky: BTreeSet<usize>,
    /// Whatever else it tells.
    pub(crate) other: Vec<String>,
}

/// Milepost, and lychee where it is on the `PATH` or named by `LYCHEE`.
///
/// # Errors
/// A configuration that cannot be written, or a release binary that does not start.
pub(crate) fn all(tree: &Path, work: &Path) -> io::Result<Vec<Checker>> {
    let program = OsString::from(env!("CARGO_BIN_EXE_milepost"));
    let version_of_own = version(&program).ok_or_else(|| io::Error::other("the release binary does not start"))?;
    let config = work.join("milepost.toml");
    let settings = format!(
        "content = {}\n[check.rules]\nredirect = \"warn\"\n[external]\nallow-private-addresses = true\ncache = false\ntimeout-ms = {}\nretries = {RETRIES}\n\
         retry-wait-ms = {}\nconcurrency = {AT_ONCE}\nhost-concurrency = {HOST_AT_ONCE}\nhost-pause-ms = {HOST_PAUSE_MS}\n",
        toml::Value::String(tree.display().to_string()),
        TIMEOUT_S * 1_000,
        RETRY_WAIT_S * 1_000
    );
    fs::write(&config, settings)?;
    let report = work.join("milepost.json");
    let mut command = words(&program, &["check", "--external", "--deadline", "10m", "--config"]);
    command.extend([config.into_os_string(), "--format".into()]);
    command.push(written_to(&report));
    let mut all = vec![Checker { role: Role::Milepost, name: format!("milepost {version_of_own}"), command, report }];

    let lychee = std::env::var_os("LYCHEE").unwrap_or_else(|| "lychee".into());
    if let Some(version) = version(&lychee) {
        let report = work.join("lychee.json");
        let limits = format!(
            "--timeout {TIMEOUT_S} --max-retries {RETRIES} --retry-wait-time {RETRY_WAIT_S} --max-concurrency {AT_ONCE} \
             --host-concurrency {HOST_AT_ONCE} --host-request-interval {HOST_PAUSE_MS}ms --no-progress --format json"
        );
        let mut command = words(&lychee, &limits.split(' ').collect::<Vec<_>>());
        command.extend(["--output".into(), report.clone().into_os_string(), tree.as_os_str().to_owned()]);
        all.push(Checker { role: Role::Lychee, name: format!("lychee {version}"), command, report });
    }
    Ok(all)
}

fn words(program: &OsStr, arguments: &[&str]) -> Vec<OsString> {
    std::iter::once(program.to_owned()).chain(arguments.iter().map(OsString::from)).collect()
}

fn written_to(report: &Path) -> OsString {
    let mut format = OsString::from("json=");
    format.push(report);
    format
}

fn version(program: &OsStr) -> Option<String> {
    let said = Command::new(program).arg("--version").output().ok().filter(|said| said.status.success())?;
    String::from_utf8_lossy(&said.stdout).split_whitespace().nth(1).map(str::to_owned)
}

impl Checker {
    /// What its last run has found.
    ///
    /// # Errors
    /// A report that is not there or cannot be understood.
    pub(crate) fn found(&self, servers: &Servers) -> io::Result<Found> {
        let report: Value = serde_json::from_slice(&fs::read(&self.report)?)?;
        fs::remove_file(&self.report)?;
        let numbers: BTreeMap<String, usize> =
            (0..servers.plan().addresses.len()).map(|index| (servers.plan().url(index, servers.port), index)).collect();
        let number = |url: &Value| numbers.get(url.as_str().unwrap_or_default()).copied();
        let mut found = Found::default();
        match self.role {
            Role::Milepost => {
                for finding in list(&report["diagnostics"]) {
                    found.take_finding(finding, number(&finding["target"]));
                }
                for note in list(&report["external"]) {
                    match (note["verdict"].as_str(), number(&note["url"])) {
                        (Some("flaky"), Some(index)) => drop(found.flaky.insert(index)),
                        _ => found.other.push(note.to_string()),
                    }
                }
            }
            Role::Lychee => {
                let maps = [&report["error_map"], &report["timeout_map"]];
                for entry in maps.into_iter().filter_map(Value::as_object).flat_map(|map| map.values()).flat_map(list) {
                    match number(&entry["url"]) {
                        Some(index) => found.say_broken(index, entry["status"]["text"].as_str().unwrap_or_default()),
                        None => found.other.push(entry.to_string()),
                    }
                }
            }
        }
        Ok(found)
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

impl Found {
    fn take_finding(&mut self, finding: &Value, index: Option<usize>) {
        let rule = finding["rule"].as_str().unwrap_or_default();
        match index {
            Some(index) if rule.starts_with("http-") => {
                self.say_broken(index, &format!("{rule}: {}", finding["message"].as_str().unwrap_or_default()));
            }
            Some(index) if rule == "redirect" => {
                let message = finding["message"].as_str().unwrap_or_default();
                self.moved.insert(index, message.split('`').nth(1).unwrap_or_default().to_owned());
            }
            _ => self.other.push(finding.to_string()),
        }
    }

    fn say_broken(&mut self, index: usize, words: &str) {
        self.broken.insert(index);
        self.words.insert(index, words.to_owned());
    }

    /// What a checker should find.
    pub(crate) fn truth(plan: &Plan, port: u16) -> Self {
        let mut truth = Self::default();
        for (index, address) in plan.addresses.iter().enumerate() {
            match address.way {
                Way::Gone(_) => drop(truth.broken.insert(index)),
                Way::Fails(..) => drop(truth.flaky.insert(index)),
                Way::Moved(_) => truth.moved.extend(plan.moved_to(index, port).map(|to| (index, to))),
                Way::Answers | Way::Elsewhere(_) => {}
            }
        }
        truth
    }
}
