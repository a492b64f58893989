//! A tree in, the commands that are measured on it out: Milepost, the floor, and what is installed of the others.

use crate::hugo;
use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

/// The first argument that makes this program the floor.
pub(crate) const FLOOR: &str = "--floor";

/// Who is measured, in the order of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    Floor,
    FloorRender,
    FloorParse,
    Plain,
    Highlighted,
    Check,
    Hugo,
    Lychee,
    Hyperlink,
}

impl Role {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::FloorRender => "floor --render",
            Self::FloorParse => "floor --parse",
            Self::Plain => "milepost build, no highlighting",
            Self::Highlighted => "milepost build",
            Self::Check => "milepost check",
            Self::Hugo => "hugo build",
            Self::Lychee => "lychee, on Markdown",
            Self::Hyperlink => "hyperlink, on HTML",
        }
    }

    /// The floor whose CPU time is the unit: checkers need no HTML.
    pub(crate) fn floor(self) -> Self {
        match self {
            Self::FloorParse | Self::Check | Self::Lychee | Self::Hyperlink => Self::FloorParse,
            _ => Self::Floor,
        }
    }

    /// Whether an exit status is that of a run which did its work; checkers also exit so when they have found something.
    pub(crate) fn accepts(self, status: i32) -> bool {
        match self {
            Self::Plain | Self::Highlighted | Self::Check => matches!(status, 0 | 1),
            Self::Lychee | Self::Hyperlink => matches!(status, 0..=2),
            _ => status == 0,
        }
    }
}

/// A command to measure.
pub(crate) struct Contestant {
    pub(crate) role: Role,
    pub(crate) version: String,
    pub(crate) command: Vec<OsString>,
    /// What it writes, removed before each run.
    pub(crate) output: Option<PathBuf>,
}

/// The contestants on a tree, with what they need written into `work`.
///
/// # Errors
/// A file that cannot be written, or a release binary that does not start.
pub(crate) fn all(tree: &Path, work: &Path) -> io::Result<Vec<Contestant>> {
    let mut all = floors(tree, work)?;
    all.extend(milepost(tree, work)?);
    let hugo = std::env::var_os("HUGO").unwrap_or_else(|| "hugo".into());
    if let Some(version) = version(&hugo, "version") {
        let site = work.join("hugo-site");
        hugo::write(tree, &site)?;
        let output = work.join("hugo");
        let command = words(
            &hugo,
            &["build".as_ref(), "--noBuildLock".as_ref(), "--source".as_ref(), site.as_ref(), "--destination".as_ref(), output.as_ref()],
        );
        all.push(Contestant { role: Role::Hugo, version, command, output: Some(output) });
    }
    if let Some(version) = version("lychee".as_ref(), "--version") {
        let command =
            words("lychee".as_ref(), &["--offline".as_ref(), "--include-fragments".as_ref(), "--no-progress".as_ref(), tree.as_ref()]);
        all.push(Contestant { role: Role::Lychee, version, command, output: None });
    }
    if let Some(version) = version("hyperlink".as_ref(), "--version") {
        let site = work.join("plain");
        let command = words("hyperlink".as_ref(), &["--check-anchors".as_ref(), site.as_ref()]);
        all.push(Contestant { role: Role::Hyperlink, version, command, output: None });
    }
    Ok(all)
}

fn floors(tree: &Path, work: &Path) -> io::Result<Vec<Contestant>> {
    let program = std::env::current_exe()?.into_os_string();
    let floors = [(Role::Floor, "written"), (Role::FloorRender, "rendered"), (Role::FloorParse, "parsed")];
    Ok(floors
        .into_iter()
        .map(|(role, until)| {
            let output = work.join("floor");
            let command = words(&program, &[FLOOR.as_ref(), until.as_ref(), tree.as_ref(), output.as_ref()]);
            let output = (role == Role::Floor).then_some(output);
            Contestant { role, version: format!("pulldown-cmark {}", pulldown_cmark_version()), command, output }
        })
        .collect())
}

fn milepost(tree: &Path, work: &Path) -> io::Result<Vec<Contestant>> {
    let program = OsString::from(env!("CARGO_BIN_EXE_milepost"));
    let version = version(&program, "--version").ok_or_else(|| io::Error::other("the release binary does not start"))?;
    let content = toml::Value::String(tree.display().to_string());
    let mut all = Vec::new();
    for (role, name, highlight) in [(Role::Plain, "plain", false), (Role::Highlighted, "highlighted", true)] {
        if highlight && !cfg!(feature = "highlight") {
            continue;
        }
        let config = work.join(format!("{name}.toml"));
        fs::write(&config, format!("title = \"Handbook\"\ncontent = {content}\n[markdown]\nhighlight = {highlight}\n"))?;
        let output = work.join(name);
        let command = words(
            &program,
            &["build".as_ref(), "--keep-going".as_ref(), "--config".as_ref(), config.as_ref(), "--output-dir".as_ref(), output.as_ref()],
        );
        all.push(Contestant { role, version: version.clone(), command, output: Some(output) });
    }
    let config = work.join("plain.toml");
    let command = words(&program, &["check".as_ref(), "--config".as_ref(), config.as_ref()]);
    all.push(Contestant { role: Role::Check, version, command, output: None });
    Ok(all)
}

fn words(program: &std::ffi::OsStr, arguments: &[&std::ffi::OsStr]) -> Vec<OsString> {
    std::iter::once(program).chain(arguments.iter().copied()).map(OsString::from).collect()
}

/// What a program calls its version; none when it is not installed.
fn version(program: &std::ffi::OsStr, argument: &str) -> Option<String> {
    let said = Command::new(program).arg(argument).output().ok().filter(|said| said.status.success())?;
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let number = said.split_whitespace().nth(1)?.trim_start_matches('v');
    Some(number.split(['-', '+']).next().unwrap_or(number).to_owned())
}

/// The version that the lock file holds: the library does not tell its own.
fn pulldown_cmark_version() -> &'static str {
    let lock = include_str!("../../Cargo.lock");
    let entry = lock.split("[[package]]").find(|entry| entry.contains("name = \"pulldown-cmark\"\n"));
    entry.and_then(|entry| entry.split("version = \"").nth(1)?.split('"').next()).unwrap_or("")
}
