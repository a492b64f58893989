//! Git, asked without a shell: what was renamed, what changed since a revision, and how files were then.

use crate::{
    error::Error,
    site::{Rename, history::History},
};
use jiff::Timestamp;
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    ffi::OsStr,
    io::{BufRead, BufReader, Read as _, Write as _},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
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

/// The commit that is checked out, and whether the history before it is cut off; none outside a repository.
pub(crate) fn commit(folder: &Path) -> Option<String> {
    folder.ancestors().find(|folder| folder.join(".git").exists())?;
    let mut command = git(folder);
    command.args(["rev-parse", "HEAD", "--is-shallow-repository"]);
    bounded(command).map(|answer| String::from_utf8_lossy(&answer).into_owned())
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

/// The history of a folder's files, and what of it could not be told.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) history: History,
    pub(crate) missing: Option<Missing>,
}

/// Why a history is not known in full.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    /// The clone was cut off before the last change of some of the files.
    Shallow,
    /// Git says no, or is not there.
    Failed(String),
}

/// When these files of a folder changed last, from one run of `git log` that ends as soon as all of them have been seen;
/// with the names of all who changed them, and through renames, from the whole history. Nothing outside a repository.
pub(crate) fn history(folder: &Path, files: &BTreeSet<&str>, with_authors: bool) -> Told {
    if !folder.ancestors().any(|folder| folder.join(".git").exists()) {
        return Told::default();
    }
    let failed = |why: String| Told { history: History::default(), missing: Some(Missing::Failed(why)) };
    let state = match git(folder).args(["rev-parse", "--is-shallow-repository", "HEAD"]).stderr(Stdio::piped()).output() {
        Ok(state) => state,
        Err(error) => return failed(error.to_string()),
    };
    if !state.status.success() {
        let why = String::from_utf8_lossy(&state.stderr);
        // Neither what only looks like a repository nor one without a commit has a history to tell.
        return if why.contains("not a git repository") || why.contains("HEAD") {
            Told::default()
        } else {
            failed(first_line(&why).to_owned())
        };
    }
    let is_shallow = state.stdout.starts_with(b"true");
    let tracked = match answer(folder, &["ls-files", "-z"]) {
        Ok(listed) => fields(&listed).map(|name| name.to_string_lossy().into_owned()).collect::<HashSet<String>>(),
        Err(error) => return failed(error.to_string()),
    };
    let mut command = git(folder);
    // A clone without trees or with settings of its own must neither ask a server nor answer in another form.
    command.env("GIT_NO_LAZY_FETCH", "1").stderr(Stdio::piped());
    command.args(["-c", "log.follow=false", "-c", "log.showRoot=true", "-c", "diff.ignoreSubmodules=all"]);
    command.args(["log", "-z", "--name-status", "--relative", "--no-show-signature", "--no-ext-diff", "--no-color"]);
    command.args([if with_authors { "--find-renames" } else { "--no-renames" }, "--format=format:%x01%ct%x02%P%x02%aN", "--", "."]);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return failed(error.to_string()),
    };
    let mut log = Log {
        history: History::default(),
        unseen: files.iter().copied().filter(|file| tracked.contains(*file)).collect(),
        names: HashMap::new(),
        with_authors,
        is_shallow,
    };
    let whole = child.stdout.take().is_none_or(|stdout| log.read(BufReader::new(stdout)));
    if !whole {
        let _ = child.kill();
    }
    let done = child.wait_with_output();
    let missing = match done {
        Ok(done) if whole && !done.status.success() => Some(Missing::Failed(first_line(&String::from_utf8_lossy(&done.stderr)).to_owned())),
        _ => (is_shallow && !log.unseen.is_empty()).then_some(Missing::Shallow),
    };
    Told { history: log.history, missing }
}

fn first_line(words: &str) -> &str {
    words.lines().next().unwrap_or_default().trim_start_matches("fatal: ")
}

/// The answer of `git log` while it is read.
struct Log<'a> {
    history: History,
    /// The files whose last change has not come yet.
    unseen: BTreeSet<&'a str>,
    /// What files are called now that had this name before.
    names: HashMap<String, String>,
    with_authors: bool,
    is_shallow: bool,
}

/// One commit of a log.
struct Commit {
    at: Timestamp,
    author: String,
}

impl Log<'_> {
    /// Reads fields that a zero byte ends each: a commit, then the state and the name of each file, with two names for a rename.
    /// False when it stopped before the end, as nothing more is wanted.
    fn read(&mut self, mut answer: impl BufRead) -> bool {
        let mut commit: Option<Commit> = None;
        loop {
            let Some(field) = next_field(&mut answer) else { return true };
            let mut state = field.as_str();
            if let Some(head) = state.strip_prefix('\u{1}') {
                if self.unseen.is_empty() && !self.with_authors {
                    return false;
                }
                let (head, first) = head.split_once('\n').unwrap_or((head, ""));
                commit = self.commit(head);
                state = first;
            }
            let renamed = state.starts_with(['R', 'C']);
            let before = if renamed { next_field(&mut answer) } else { None };
            if state.is_empty() {
                continue;
            }
            let Some(name) = next_field(&mut answer) else { return true };
            if let Some(commit) = &commit
                && !state.starts_with('D')
            {
                self.change(name, before.filter(|_| state.starts_with('R')), state.starts_with('A'), commit);
            }
        }
    }

    /// A commit that tells when files changed: not the one where a shallow clone was cut off, which seems to add every file.
    fn commit(&self, head: &str) -> Option<Commit> {
        let mut parts = head.splitn(3, '\u{2}');
        let (seconds, parents, author) = (parts.next()?, parts.next()?, parts.next()?);
        let at = Timestamp::from_second(seconds.parse().ok()?).ok()?;
        (!(self.is_shallow && parents.is_empty())).then(|| Commit { at, author: author.to_owned() })
    }

    fn change(&mut self, name: String, before: Option<String>, is_new: bool, commit: &Commit) {
        // Older commits that name a file which this one adds mean another.
        let now = if is_new { self.names.remove(&name) } else { self.names.get(&name).cloned() }.unwrap_or(name);
        if let Some(before) = before {
            self.names.insert(before, now.clone());
        }
        self.unseen.remove(now.as_str());
        self.history.add(now, commit.at, self.with_authors.then_some(commit.author.as_str()));
    }
}

fn next_field(answer: &mut impl BufRead) -> Option<String> {
    let mut field = Vec::new();
    let length = answer.read_until(0, &mut field).ok()?;
    if field.last() == Some(&0) {
        field.pop();
    }
    (length > 0).then(|| String::from_utf8_lossy(&field).into_owned())
}

/// What changed since a revision: in the commits of this branch, in the index and in the working tree.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// Files that were not there then, as places on the disk.
    pub(crate) added: Vec<PathBuf>,
    /// Files as they were then.
    pub(crate) before: Vec<(PathBuf, Vec<u8>)>,
    /// The new and the old place of files that were renamed.
    pub(crate) renamed: Vec<(PathBuf, PathBuf)>,
}

/// What changed in the repository of a folder since the commit at which a revision and the current one parted.
/// Only of files that are wanted the bytes are read; the others stand for themselves by being there.
///
/// # Errors
/// No git, no repository, no such revision, or a history that is cut off before it.
pub(crate) fn changes(folder: &Path, revision: &str, is_wanted: &dyn Fn(&Path) -> bool) -> Result<Changes, Error> {
    let top = top(folder)?;
    let base = base(folder, revision)?;
    let mut changes = Changes::default();
    let untracked = answer(&top, &["ls-files", "--others", "--exclude-standard", "-z"])?;
    changes.added.extend(fields(&untracked).map(|name| top.join(name)));
    let options = ["diff", "--raw", "-z", "--no-abbrev", "--find-renames", "--no-ext-diff", "--no-color", "--ignore-submodules=all"];
    let raw = answer(&top, &[&options[..], &[base.as_str(), "--"]].concat())?;
    let mut wanted = Vec::new();
    let mut fields = fields(&raw);
    while let Some(record) = fields.next() {
        // `:100644 100644 <old> <new> M`, then the path; with `R` and `C` the old path and the new one.
        let record = record.to_string_lossy();
        let words: Vec<&str> = record.trim_start_matches(':').split(' ').collect();
        let &[mode, _, object, _, status] = words.as_slice() else { continue };
        let Some(old) = fields.next().map(|name| top.join(name)) else { break };
        if status.starts_with(['R', 'C']) {
            let Some(new) = fields.next().map(|name| top.join(name)) else { break };
            changes.added.push(new.clone());
            if status.starts_with('C') {
                continue;
            }
            changes.renamed.push((new, old.clone()));
        }
        match status.as_bytes().first() {
            // Links and submodules are no files of ours.
            Some(b'M' | b'D' | b'R' | b'T') if mode.starts_with("100") => wanted.push((old, object.to_owned())),
            Some(b'A' | b'T') => changes.added.push(old),
            _ => {}
        }
    }
    changes.before = objects(&top, wanted, is_wanted)?;
    Ok(changes)
}

/// The top of the repository around a folder.
fn top(folder: &Path) -> Result<PathBuf, Error> {
    let done = run(git(folder).args(["rev-parse", "--show-toplevel"]))?;
    if !done.status.success() {
        let why = String::from_utf8_lossy(&done.stderr);
        let why = why.lines().next().unwrap_or_default().trim_start_matches("fatal: ");
        return Err(Error::usage(
            format!("`--since` needs a git repository around `{}`: {why}", folder.display()),
            "run it in a clone, or leave `--since` out",
        ));
    }
    Ok(PathBuf::from(os_string(done.stdout.strip_suffix(b"\n").unwrap_or(&done.stdout))))
}

/// The commit at which a revision and the current commit parted.
fn base(folder: &Path, revision: &str) -> Result<String, Error> {
    let word = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    let shallow = || {
        let said = run(git(folder).args(["rev-parse", "--is-shallow-repository"]));
        said.is_ok_and(|said| word(&said.stdout) == "true")
    };
    let help = "fetch the whole history: `git fetch --unshallow origin`, or `fetch-depth: 0` for the checkout step of the job";
    let commit = run(git(folder).args(["rev-parse", "--verify", "--quiet", "--end-of-options"]).arg(format!("{revision}^{{commit}}")))?;
    if !commit.status.success() {
        return Err(if shallow() {
            Error::usage(format!("git does not know the revision `{revision}`: the clone is shallow"), help)
        } else {
            Error::usage(
                format!("git does not know the revision `{revision}`"),
                "name a branch, a tag or a commit that was fetched, such as `origin/main`",
            )
        });
    }
    let base = run(git(folder).args(["merge-base", &word(&commit.stdout), "HEAD"]))?;
    if !base.status.success() {
        return Err(if shallow() {
            Error::usage(format!("git cannot tell what changed since `{revision}`: the clone is shallow"), help)
        } else {
            Error::usage(
                format!("`{revision}` and the current commit have no history in common"),
                "name a revision that this branch started from",
            )
        });
    }
    Ok(word(&base.stdout))
}

/// The bytes of objects that are wanted, all from one process; of the others none.
fn objects(top: &Path, files: Vec<(PathBuf, String)>, is_wanted: &dyn Fn(&Path) -> bool) -> Result<Vec<(PathBuf, Vec<u8>)>, Error> {
    let (wanted, rest): (Vec<_>, Vec<_>) = files.into_iter().partition(|(place, _)| is_wanted(place));
    let mut found: Vec<(PathBuf, Vec<u8>)> = rest.into_iter().map(|(place, _)| (place, Vec::new())).collect();
    if wanted.is_empty() {
        return Ok(found);
    }
    let mut command = git(top);
    command.args(["cat-file", "--batch"]).stdin(Stdio::piped());
    let mut child = command.spawn().map_err(|source| missing(&source))?;
    let names: String = wanted.iter().flat_map(|(_, object)| [object, "\n"]).collect();
    if let Some(mut stdin) = child.stdin.take() {
        // Git answers while it is asked: neither side may wait for the other.
        std::thread::spawn(move || stdin.write_all(names.as_bytes()));
    }
    let done = child.wait_with_output().map_err(|source| missing(&source))?;
    let mut rest = done.stdout.as_slice();
    for (place, object) in wanted {
        // `<object> blob <size>`, a line ending, the bytes, a line ending.
        let Some(end) = memchr::memchr(b'\n', rest) else { break };
        let head = String::from_utf8_lossy(&rest[..end]).into_owned();
        rest = &rest[end + 1..];
        let size = head.strip_prefix(&format!("{object} blob ")).and_then(|size| size.parse::<usize>().ok());
        let Some(size) = size.filter(|size| *size < rest.len()) else {
            return Err(Error::usage(
                format!("git does not have the old `{}`", place.display()),
                "fetch the whole history: a partial or shallow clone does not hold it",
            ));
        };
        found.push((place, rest[..size].to_vec()));
        rest = &rest[size + 1..];
    }
    Ok(found)
}

fn answer(folder: &Path, arguments: &[&str]) -> Result<Vec<u8>, Error> {
    let done = run(git(folder).args(arguments))?;
    if done.status.success() {
        return Ok(done.stdout);
    }
    let why = String::from_utf8_lossy(&done.stderr).trim().replace('\n', "; ");
    Err(Error::usage(format!("git could not say what changed: {why}"), "run `git status` in the repository to see what is wrong"))
}

fn run(command: &mut Command) -> Result<Output, Error> {
    command.stderr(Stdio::piped()).output().map_err(|source| missing(&source))
}

fn missing(source: &std::io::Error) -> Error {
    Error::usage(format!("`--since` needs git, which could not be run: {source}"), "install git, or leave `--since` out")
}

/// The parts of an answer that a zero byte ends each.
fn fields(answer: &[u8]) -> impl Iterator<Item = std::ffi::OsString> {
    answer.split(|byte| *byte == 0).filter(|field| !field.is_empty()).map(os_string)
}

#[cfg(unix)]
fn os_string(bytes: &[u8]) -> std::ffi::OsString {
    <OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(bytes).to_owned()
}

#[cfg(not(unix))]
fn os_string(bytes: &[u8]) -> std::ffi::OsString {
    String::from_utf8_lossy(bytes).into_owned().into()
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
