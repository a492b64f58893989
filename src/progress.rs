//! How far a run has come: counted by the stages, shown by whoever watches.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU8, AtomicUsize, Ordering},
};

/// What a run is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Reading and parsing.
    Read,
    /// Resolving and checking.
    Check,
    /// Rendering and writing.
    Write,
    /// Asking for external addresses.
    Ask,
}

/// Counters that any thread may read while the run goes on.
#[derive(Debug, Default)]
pub struct Progress {
    stage: AtomicU8,
    done: AtomicUsize,
    total: AtomicUsize,
    /// What the run is waiting for, in words.
    waits_for: Mutex<String>,
}

impl Progress {
    /// Enters a stage of so many pages; 0 where the number is not known yet.
    pub fn enter(&self, stage: Stage, total: usize) {
        self.done.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
        self.stage.store(stage as u8, Ordering::Relaxed);
    }

    /// One page more.
    pub fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    /// Says what the run is waiting for.
    pub fn wait_for(&self, words: String) {
        *self.waits_for.lock().unwrap_or_else(PoisonError::into_inner) = words;
    }

    /// What the run is waiting for; empty when nothing keeps it.
    #[must_use]
    pub fn waits_for(&self) -> String {
        self.waits_for.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The stage, the pages done, and their number where it is known.
    #[must_use]
    pub fn now(&self) -> (Stage, usize, Option<usize>) {
        let stage = match self.stage.load(Ordering::Relaxed) {
            0 => Stage::Read,
            1 => Stage::Check,
            2 => Stage::Write,
            _ => Stage::Ask,
        };
        let total = self.total.load(Ordering::Relaxed);
        (stage, self.done.load(Ordering::Relaxed), (total > 0).then_some(total))
    }
}
