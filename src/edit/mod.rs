//! Changes to what the author wrote: the only writer of sources. Ids go into guides and into the lock file.

mod file;
pub mod lock;
pub mod stamp;
