//! A command in, its wall time, CPU time and peak memory out.
//!
//! The command is run by this program, started anew for each run: so the children's resource usage is that of one command,
//! and the peak memory is not hidden by what the bench itself had used before.

use std::{
    ffi::OsString,
    fs::{self, File},
    io,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// One run of one command.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    /// Seconds from start to exit.
    pub(crate) wall: f64,
    /// Seconds of user and system time of the command and all that it waited for.
    pub(crate) cpu: f64,
    /// Bytes: the largest resident set of a single process.
    pub(crate) peak: f64,
    /// The exit status; -1 for a signal.
    pub(crate) status: i32,
}

/// The first argument that makes this program the wrapper.
pub(crate) const WRAPPER: &str = "--measure";

/// Runs a command in the wrapper; what it prints goes to `log`.
///
/// # Errors
/// A command that cannot be started.
pub(crate) fn run(command: &[OsString], log: &Path) -> io::Result<Run> {
    let figures = log.with_extension("figures");
    let printed = File::create(log)?;
    let status = Command::new(std::env::current_exe()?)
        .arg(WRAPPER)
        .arg(&figures)
        .args(command)
        .stdin(Stdio::null())
        .stdout(printed.try_clone()?)
        .stderr(printed)
        .status()?;
    if !status.success() {
        return Err(io::Error::other(fs::read_to_string(log)?));
    }
    let text = fs::read_to_string(&figures)?;
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    let [wall, cpu, peak, status] = numbers[..] else { return Err(io::Error::other(format!("not four numbers: {text}"))) };
    Ok(Run { wall, cpu, peak, status: status as i32 })
}

/// The wrapper: `FIGURES PROGRAM ARGUMENT…`.
///
/// # Errors
/// A command that cannot be started, or figures that cannot be written.
pub(crate) fn wrap(arguments: &[OsString]) -> io::Result<()> {
    let [figures, program, rest @ ..] = arguments else { return Err(io::Error::other("no command to measure")) };
    let started = Instant::now();
    let status = Command::new(program).args(rest).status()?;
    let wall = started.elapsed();
    let (cpu, peak) = children()?;
    fs::write(figures, format!("{} {} {peak} {}", wall.as_secs_f64(), cpu.as_secs_f64(), status.code().unwrap_or(-1)))
}

/// The CPU time and the peak memory, in bytes, of the children so far.
#[cfg(unix)]
fn children() -> io::Result<(Duration, u64)> {
    use nix::sys::resource::{UsageWho, getrusage};
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let duration =
        |time: nix::sys::time::TimeVal| Duration::new(time.tv_sec().unsigned_abs(), time.tv_usec().unsigned_abs() as u32 * 1_000);
    // Linux and the BSDs count KiB, macOS bytes.
    let unit = if cfg!(target_vendor = "apple") { 1 } else { 1_024 };
    Ok((duration(usage.user_time()) + duration(usage.system_time()), usage.max_rss().unsigned_abs() * unit))
}

#[cfg(not(unix))]
fn children() -> io::Result<(Duration, u64)> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "the benchmark measures processes as Unix does; run it on Linux, macOS or WSL"))
}
