//! Where the time of a build goes, as the profiler `perf` samples it; a program with names for its functions in, shares of stages out.

use serde::{Deserialize, Serialize};
use std::{
    ffi::OsStr,
    io::{self, BufReader},
    path::Path,
    process::{Command, Stdio},
};

/// A stage and its share of the samples, from 0 to 1.
#[derive(Deserialize, Serialize)]
pub(crate) struct Stage {
    pub(crate) name: String,
    pub(crate) share: f64,
}

/// Which stage a function works for: the first that a part of its name tells. The innermost function of a sample decides,
/// so that a file which the search index writes counts as writing.
const STAGES: [(&str, &str); 10] = [
    ("highlight", "milepost::write::highlight"),
    ("search", "milepost::write::search"),
    ("write", "milepost::write::output"),
    ("render", "milepost::write"),
    // Its stacks are so deep that who called it is not always sampled.
    ("render", "tera::"),
    ("parse", "milepost::read::markdown"),
    ("parse", "milepost::read::front_matter"),
    ("read", "milepost::read"),
    // The site is asked by all stages: it decides only where no other does.
    ("resolve", "milepost::check"),
    ("resolve", "milepost::site"),
];
const REST: &str = "start, end and threads";

/// Builds a site under `perf`; `options` are those of the build.
///
/// # Errors
/// There is no `perf`, or the build fails.
pub(crate) fn measure(program: &Path, options: &[&OsStr], work: &Path) -> io::Result<Vec<Stage>> {
    let samples = work.join("samples");
    let record = ["record", "--quiet", "--event=cpu-clock", "--freq=997", "--call-graph=dwarf,32768", "--output"];
    let status = Command::new("perf")
        .args(record)
        .args([samples.as_os_str(), "--".as_ref(), program.as_os_str()])
        .args(options)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .map_err(|error| io::Error::new(error.kind(), format!("`perf` does not start: {error}")))?;
    if !status.success() {
        return Err(io::Error::other(format!("`perf record` ends with {status}")));
    }
    let script = ["script", "--no-inline", "--fields=ip,sym", "--input"];
    let mut script = Command::new("perf").args(script).arg(&samples).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let told = script.stdout.take().ok_or_else(|| io::Error::other("`perf script` tells nothing"))?;
    let stages = shares(BufReader::new(told))?;
    script.wait()?;
    Ok(stages)
}

/// The shares of what `perf script` tells: a function a line from the innermost out, and an empty line after each sample.
fn shares(told: impl io::BufRead) -> io::Result<Vec<Stage>> {
    let names = ["read", "parse", "resolve", "highlight", "render", "search", "write", REST];
    let mut counts = [0_u32; 8];
    let mut sample: Vec<String> = Vec::new();
    for line in told.split(b'\n').chain([Ok(Vec::new())]) {
        let line = String::from_utf8_lossy(&line?).trim().to_owned();
        if !line.is_empty() {
            sample.push(line);
        } else if !sample.is_empty() {
            let stage = stage(&sample);
            if let Some(position) = names.iter().position(|name| *name == stage) {
                counts[position] += 1;
            }
            sample.clear();
        }
    }
    let all = f64::from(counts.iter().sum::<u32>().max(1));
    Ok(names.iter().zip(counts).map(|(name, count)| Stage { name: (*name).to_owned(), share: f64::from(count) / all }).collect())
}

fn stage(sample: &[String]) -> &'static str {
    let of = |is_wanted: &dyn Fn(&str) -> bool| {
        sample
            .iter()
            .find_map(|function| STAGES.iter().find(|(stage, part)| is_wanted(stage) && function.contains(part)).map(|(stage, _)| *stage))
    };
    of(&|stage| stage != "resolve").or_else(|| of(&|stage| stage == "resolve")).unwrap_or(REST)
}
