//! The one test binary: fixture sites, link cases, commands, specifications, whole trees, and the shape of the source.

mod adoption;
mod checker;
mod checklists;
mod commands;
mod corpora;
mod determinism;
mod docs;
mod fixes;
mod links;
mod program;
mod properties;
mod sites;
mod spec;
mod tidy;
