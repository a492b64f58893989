//! Changes to what the author wrote: the only writer of sources. Fixes and ids go into guides, ids into the lock file, and
//! findings that are put off into a baseline.

pub mod baseline;
mod counterpart;
mod file;
pub mod lock;
pub mod mend;
pub mod mv;
pub mod stamp;

pub(crate) use file::joined;
