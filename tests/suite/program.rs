//! The real binary: a folder and arguments in, what it printed and how it ended out.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use walkdir::WalkDir;

/// What a run printed and how it ended.
pub(crate) struct Run {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) status: i32,
}

/// What CI services tell the program, this test's own among them.
pub(crate) const SERVICES: &[&str] = &["GITHUB_ACTIONS", "GITHUB_WORKSPACE", "GITHUB_STEP_SUMMARY", "CI_PROJECT_DIR"];

/// The program, to be started in a folder, with nothing of the caller's environment that changes what it prints.
pub(crate) fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_milepost"));
    command.current_dir(folder);
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "RAYON_NUM_THREADS", "COLUMNS"].iter().chain(SERVICES) {
        command.env_remove(name);
    }
    command
}

/// Runs the program in a folder.
pub(crate) fn milepost(folder: &Path, arguments: &[&str]) -> Run {
    finish(command(folder).args(arguments))
}

/// Runs a prepared command.
pub(crate) fn finish(command: &mut Command) -> Run {
    let done = command.output().expect("the program starts");
    Run {
        stdout: String::from_utf8(done.stdout).expect("the program prints UTF-8"),
        stderr: String::from_utf8(done.stderr).expect("the program prints UTF-8"),
        status: done.status.code().expect("the program is not killed"),
    }
}

/// A folder of the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Writes a file, with the folders that it needs.
pub(crate) fn write(root: &Path, path: &str, contents: impl AsRef<[u8]>) {
    let place = root.join(path);
    fs::create_dir_all(place.parent().expect("a file has a parent")).expect("folders can be made");
    fs::write(place, contents).expect("a file can be written");
}

/// A new folder with these files in it.
pub(crate) fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for (path, text) in files {
        write(folder.path(), path, text);
    }
    folder
}

/// Every file below a folder, relative to it, with `/`, sorted; none where there is no folder.
pub(crate) fn files(root: &Path) -> Vec<String> {
    if !root.is_dir() {
        return Vec::new();
    }
    let mut found: Vec<String> = WalkDir::new(root)
        .into_iter()
        .map(|entry| entry.expect("the folder can be read"))
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let path = entry.path().strip_prefix(root).expect("it is below");
            path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
        })
        .collect();
    found.sort();
    found
}

/// Copies a folder with all that is below it; a folder that is not there counts as empty.
pub(crate) fn copy(from: &Path, to: &Path) {
    for path in files(from) {
        let place = to.join(&path);
        fs::create_dir_all(place.parent().expect("a file has a parent")).expect("folders can be made");
        fs::copy(from.join(&path), place).expect("a file can be copied");
    }
}

/// Whether a path names a file of that kind.
pub(crate) fn is_kind(path: &str, extension: &str) -> bool {
    Path::new(path).extension().is_some_and(|own| own == extension)
}

/// Every file below a folder with its bytes.
pub(crate) fn contents(root: &Path) -> Vec<(String, Vec<u8>)> {
    files(root)
        .into_iter()
        .map(|path| {
            let bytes = fs::read(root.join(&path)).expect("a file can be read");
            (path, bytes)
        })
        .collect()
}
