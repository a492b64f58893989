//! What asking for an address came to.

/// The end of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) known: Known,
    /// What it failed with before it was found.
    pub(super) failed_first: Option<String>,
    /// Whether the cache knew it.
    pub(super) is_cached: bool,
}

impl Outcome {
    pub(super) fn of(known: Known) -> Self {
        Self { known, failed_first: None, is_cached: false }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Known {
    Found(Found),
    Broken(Fault),
    /// The host answers, and keeps checkers out.
    Blocked(String),
    /// It is not to be asked for.
    Skipped(String),
    /// There was no time, or no network.
    NotChecked(String),
}

/// An address that is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) status: u16,
    /// Where it has moved for good: where the 301 and 308 at its beginning lead.
    pub(super) moved: Option<String>,
    /// Whether any redirect was followed.
    pub(super) redirected: bool,
    /// The fragments that were asked for and are not on the page.
    pub(super) missing: Vec<Box<str>>,
}

/// Why an address is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The status with its reason, such as `404 Not Found`.
    Status(String),
    Timeout(String),
    Connect(String),
    RedirectLoop(String),
}

impl Fault {
    pub(super) fn words(&self) -> String {
        match self {
            Self::Status(status) => format!("`{status}`"),
            Self::Timeout(words) | Self::Connect(words) | Self::RedirectLoop(words) => words.clone(),
        }
    }
}
