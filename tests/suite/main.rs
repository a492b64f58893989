//! The one test binary: fixture sites, link cases, commands, report formats, specifications, whole trees, and the shape of the source.

mod adoption;
mod checker;
mod checklists;
mod commands;
mod corpora;
mod determinism;
mod docs;
#[cfg(feature = "external")]
mod external;
mod fixes;
mod formats;
mod links;
mod program;
mod properties;
#[cfg(feature = "external")]
mod server;
mod sites;
mod spec;
mod tidy;
