//! Git, asked without a shell: what was renamed.

use crate::site::Rename;
use std::{
    io::Read as _,
    path::Path,
    process::{Command, Stdio},
    sync::mpsc,
    time::Duration,
};

/// How long the history is looked through for renames.
const PATIENCE: Duration = Duration::from_secs(5);

/// How much of an answer about renames is read, in bytes.
const LONGEST: u64 = 16 << 20;

/// The renames of files in a folder, the newest first: those that are not committed yet, then those of the history.
/// None where there is no git, no repository or no time.
pub(crate) fn renames(folder: &Path) -> Vec<Rename> {
    let options = ["-z", "--name-status", "--find-renames", "--diff-filter=R", "--relative", "--no-ext-diff"];
    let mut found = Vec::new();
    for first in [&["diff", "HEAD"][..], &["log", "--format=", "--no-show-signature"][..]] {
        let mut command = git(folder);
        command.args(first).args(options).args(["--", "."]);
        found.extend(bounded(command).map(|answer| parse_renames(&answer)).unwrap_or_default());
    }
    found
}

/// `R100`, the old path and the new one, each ended by a zero byte; what is cut off at the end is left out.
fn parse_renames(answer: &[u8]) -> Vec<Rename> {
    let whole = answer.iter().rposition(|byte| *byte == 0).unwrap_or(0);
    let mut fields = answer[..whole].split(|byte| *byte == 0).map(String::from_utf8_lossy);
    let mut renames = Vec::new();
    while let Some(status) = fields.next() {
        if status.trim_start().starts_with('R')
            && let (Some(from), Some(to)) = (fields.next(), fields.next())
        {
            renames.push(Rename { from: from.into_owned(), to: to.into_owned() });
        }
    }
    renames
}

/// Git in a folder, with nothing of the caller's environment that names another repository, and without what may ask or wait.
fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_EXTERNAL_DIFF", "GIT_DIFF_OPTS"] {
        command.env_remove(name);
    }
    for (name, value) in [("GIT_OPTIONAL_LOCKS", "0"), ("GIT_TERMINAL_PROMPT", "0"), ("LC_ALL", "C")] {
        command.env(name, value);
    }
    command.args(["--no-pager", "--literal-pathspecs", "-c", "core.fsmonitor=false", "-c", "diff.renameLimit=2000", "-C"]).arg(folder);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// What a command prints, as far as it comes in time; none when it does not start or fails.
fn bounded(mut command: Command) -> Option<Vec<u8>> {
    let mut child = command.spawn().ok()?;
    let stdout = child.stdout.take()?;
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        let mut answer = Vec::new();
        // What was read before a failure is still an answer.
        let _ = stdout.take(LONGEST).read_to_end(&mut answer);
        let _ = send.send(answer);
    });
    let answer = receive.recv_timeout(PATIENCE);
    let _ = child.kill();
    let _ = child.wait();
    answer.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renames_are_read_as_far_as_they_are_whole() {
        let answer = b"R100\0a.md\0b c.md\0\nR061\0x\ny.md\0z.md\0R100\0cut.md\0of";
        let found = parse_renames(answer);
        let pairs: Vec<(&str, &str)> = found.iter().map(|rename| (rename.from.as_str(), rename.to.as_str())).collect();
        assert_eq!(pairs, [("a.md", "b c.md"), ("x\ny.md", "z.md")]);
    }
}
