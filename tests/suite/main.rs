//! The one test binary: fixture sites, link cases, commands, report formats, what CI services run, specifications, whole trees, and the shape of the source.

#[cfg(unix)]
mod action;
mod adoption;
mod archive;
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
#[cfg(feature = "images")]
mod images;
mod links;
mod moves;
mod program;
mod properties;
mod publish;
mod reuse;
mod search;
#[cfg(feature = "serve")]
mod serve;
#[cfg(feature = "external")]
mod server;
mod sites;
mod spec;
mod tidy;
mod words;
