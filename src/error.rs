//! What keeps the program from running: the machine's failures, never the author's mistakes in a guide.

use std::{
    fmt,
    ops::Range,
    path::{Path, PathBuf},
};

/// A failure of the disk, the configuration or a template. Nothing was written when one is returned before writing began.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder that could not be read or written.
    #[error("cannot {action} `{}`: {source}", shown(path))]
    Io {
        /// What was tried: `read`, `write`, `create` …
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// A mistake in a file of the program's own, such as `milepost.toml` or a template.
    #[error("{0}")]
    Source(Box<SourceError>),
    /// A request that makes no sense as it stands.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// What to do.
        help: Option<String>,
    },
}

/// A mistake with its place in a configuration file or a template.
#[derive(Debug)]
pub struct SourceError {
    /// The file, as the user would name it.
    pub path: String,
    /// The whole text of the file.
    pub text: String,
    /// The bytes that are wrong.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl SourceError {
    /// Line and column of what is wrong, both from 1; a column is a character.
    #[must_use]
    pub fn place(&self) -> (usize, usize) {
        let before = self.text.get(..self.span.start).unwrap_or(&self.text);
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        (before.matches('\n').count() + 1, before[start..].chars().count() + 1)
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, _) = self.place();
        write!(formatter, "{}:{line}: {}", self.path, self.message)
    }
}

/// A path as the user would name it from the current folder.
#[must_use]
pub fn shown(path: &Path) -> String {
    let current = std::env::current_dir().unwrap_or_default();
    match path.strip_prefix(&current) {
        Ok(below) if below.as_os_str().is_empty() => ".".to_owned(),
        Ok(below) => below.display().to_string(),
        Err(_) => path.display().to_string(),
    }
}

impl Error {
    /// An error of the disk.
    pub fn io(action: &'static str, path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Self::Io { action, path: path.into(), source }
    }

    /// A request that makes no sense, with what to do about it.
    pub fn usage(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), help: Some(help.into()) }
    }

    /// What to do about it, where the program knows.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        match self {
            Self::Io { .. } => None,
            Self::Source(source) => source.help.as_deref(),
            Self::Usage { help, .. } => help.as_deref(),
        }
    }
}
