//! A command in, its wall time, CPU time and peak memory out.
//!
//! The command is run by this program, started anew for each run: so the children's resource usage is that of one command,
//! and the peak memory is not hidden by what the bench itself had used before.

#![expect(clippy::cast_precision_loss, reason = "figures are rounded for people")]

use serde::{Deserialize, Serialize};
use std::{
    ffi::OsString,
    fs::{self, File},
    io,
    path::Path,
    process::{Command, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

/// How long a command may take; then it is ended with all that it has started.
pub(crate) const LIMIT: Duration = Duration::from_secs(300);

/// One run of one command.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(crate) struct Run {
    /// Seconds from start to exit.
    pub(crate) wall: f64,
    /// Seconds of user and system time of the command and all that it waited for.
    pub(crate) cpu: f64,
    /// Bytes: the largest resident set of a single process.
    pub(crate) peak: f64,
    /// The exit status; -1 for a signal.
    pub(crate) status: i32,
    /// Whether it was ended for taking longer than the limit.
    pub(crate) over: bool,
}

/// The first argument that makes this program the wrapper.
pub(crate) const WRAPPER: &str = "--measure";

/// Runs a command in the wrapper, in a folder of its own; what it prints goes to `log`.
///
/// # Errors
/// A command that cannot be started.
pub(crate) fn run(command: &[OsString], folder: &Path, log: &Path) -> io::Result<Run> {
    let figures = log.with_extension("figures");
    let printed = File::create(log)?;
    let status = Command::new(std::env::current_exe()?)
        .arg(WRAPPER)
        .arg(&figures)
        .args(command)
        .current_dir(folder)
        .env("ASTRO_TELEMETRY_DISABLED", "1")
        .stdin(Stdio::null())
        .stdout(printed.try_clone()?)
        .stderr(printed)
        .status()?;
    if !status.success() {
        return Err(io::Error::other(fs::read_to_string(log)?));
    }
    serde_json::from_slice(&fs::read(&figures)?).map_err(io::Error::other)
}

/// The wrapper: `FIGURES PROGRAM ARGUMENT…`.
///
/// # Errors
/// A command that cannot be started, or figures that cannot be written.
pub(crate) fn wrap(arguments: &[OsString]) -> io::Result<()> {
    let [figures, program, rest @ ..] = arguments else { return Err(io::Error::other("no command to measure")) };
    let mut command = Command::new(program);
    command.args(rest);
    let run = timed(command)?;
    fs::write(figures, serde_json::to_vec(&run)?)
}

/// Runs a command in a process group of its own, so that nothing which it has started outlives it.
#[cfg(unix)]
fn timed(mut command: Command) -> io::Result<Run> {
    use nix::{
        sys::{
            resource::{UsageWho, getrusage},
            signal::{Signal, killpg},
        },
        unistd::Pid,
    };
    use std::os::unix::process::CommandExt as _;
    let started = Instant::now();
    let mut child = command.process_group(0).spawn()?;
    let group = Pid::from_raw(child.id().cast_signed());
    let (ended, end) = mpsc::channel::<()>();
    let watch = std::thread::spawn(move || {
        let over = end.recv_timeout(LIMIT) == Err(mpsc::RecvTimeoutError::Timeout);
        // Without an error where nothing of the group is left.
        let _ = killpg(group, Signal::SIGKILL);
        over
    });
    let status = child.wait()?;
    let wall = started.elapsed();
    drop(ended);
    let over = watch.join().unwrap_or(false);
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let seconds = |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    // Linux and the BSDs count KiB, macOS bytes.
    let unit = if cfg!(target_vendor = "apple") { 1.0 } else { 1_024.0 };
    Ok(Run {
        wall: wall.as_secs_f64(),
        cpu: seconds(usage.user_time()) + seconds(usage.system_time()),
        peak: usage.max_rss() as f64 * unit,
        status: status.code().unwrap_or(-1),
        over,
    })
}

#[cfg(not(unix))]
fn timed(_: Command) -> io::Result<Run> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "the benchmark measures processes as Unix does; run it on Linux, macOS or WSL"))
}
