//! A command in, the instructions that it takes out, as Valgrind's callgrind counts them.

use std::{
    ffi::{OsStr, OsString},
    fs, io,
    path::Path,
    process::{Command, Stdio},
};

/// Runs a command with one thread under callgrind; its profile is left in a file.
///
/// # Errors
/// Valgrind is not there, or the command fails.
pub(crate) fn count(command: &[OsString], profile: &Path) -> io::Result<u64> {
    let mut option = OsString::from("--callgrind-out-file=");
    option.push(profile);
    let valgrind = ["valgrind".as_ref(), "--tool=callgrind".as_ref(), "--quiet".as_ref(), option.as_os_str()];
    run(valgrind.into_iter().chain(command.iter().map(OsString::as_os_str)))?;
    let text = fs::read_to_string(profile)?;
    let total = text.lines().find_map(|line| line.strip_prefix("totals: ").or_else(|| line.strip_prefix("summary: ")));
    total.and_then(|total| total.trim().parse().ok()).ok_or_else(|| io::Error::other("callgrind tells no total"))
}

/// Runs a command as it is, with one thread.
///
/// # Errors
/// The command fails.
pub(crate) fn plain(command: &[OsString]) -> io::Result<()> {
    run(command.iter().map(OsString::as_os_str))
}

fn run<'a>(mut words: impl Iterator<Item = &'a OsStr>) -> io::Result<()> {
    let program = words.next().unwrap_or_default();
    let name = program.to_string_lossy();
    let said = Command::new(program).args(words).env("RAYON_NUM_THREADS", "1").stdin(Stdio::null()).output();
    let said = said.map_err(|error| io::Error::new(error.kind(), format!("`{name}` does not start: {error}")))?;
    if said.status.success() {
        return Ok(());
    }
    Err(io::Error::other(format!("`{name}` ends with {}:\n{}", said.status, String::from_utf8_lossy(&said.stderr))))
}
