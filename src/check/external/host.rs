//! One host while it is asked: how many requests at once, how long between them, and whether it answers at all.

use super::settings::PerHost;
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{self, Semaphore, SemaphorePermit},
    time::{Instant, sleep_until},
};

/// So many failures of the connection in a row, and the host is left alone for the round.
const DEAD_AFTER: u32 = 5;

/// The state of a host that all its requests share.
pub(super) struct Host {
    permits: Semaphore,
    /// Held by the one request that waits for its moment: what comes after it needs no place among those of other hosts yet.
    door: sync::Mutex<()>,
    pause: Duration,
    state: Mutex<State>,
}

struct State {
    /// When the next request may start.
    next: Instant,
    failures_in_a_row: u32,
    /// Whether any answer came in this round.
    has_answered: bool,
    refuses_head: bool,
}

/// A request's share of what its host and the whole run may ask at once.
pub(super) struct Turn<'h> {
    _own: SemaphorePermit<'h>,
    _all: SemaphorePermit<'h>,
}

impl Host {
    pub(super) fn new(limits: &PerHost) -> Self {
        let state = State { next: Instant::now(), failures_in_a_row: 0, has_answered: false, refuses_head: false };
        Self { permits: Semaphore::new(limits.concurrency), door: sync::Mutex::new(()), pause: limits.pause, state: Mutex::new(state) }
    }

    /// Waits until a request may start, by the host's limits and by those of `all`; it runs for as long as its turn is held.
    pub(super) async fn turn<'h>(&'h self, all: &'h Semaphore) -> Option<Turn<'h>> {
        let own = self.permits.acquire().await.ok()?;
        let _door = self.door.lock().await;
        loop {
            let next = self.state().next;
            sleep_until(next).await;
            let all = all.acquire().await.ok()?;
            let mut state = self.state();
            // The host may have asked for a longer wait meanwhile.
            if state.next <= Instant::now() {
                state.next = Instant::now() + self.pause;
                return Some(Turn { _own: own, _all: all });
            }
        }
    }

    /// Lets nothing start before so long.
    pub(super) fn wait(&self, time: Duration) {
        let mut state = self.state();
        state.next = state.next.max(Instant::now() + time);
    }

    /// Takes note that the host answered, whatever it said.
    pub(super) fn answered(&self) {
        let mut state = self.state();
        state.failures_in_a_row = 0;
        state.has_answered = true;
    }

    /// Takes note that no answer came.
    pub(super) fn failed(&self) {
        self.state().failures_in_a_row += 1;
    }

    /// Whether the host has failed so often in a row that asking on is no use for now.
    pub(super) fn is_dead(&self) -> bool {
        self.state().failures_in_a_row >= DEAD_AFTER
    }

    /// Whether it is dead, and has not answered in this round at all.
    pub(super) fn is_silent(&self) -> bool {
        let state = self.state();
        state.failures_in_a_row >= DEAD_AFTER && !state.has_answered
    }

    /// Begins a round: a host that gave no answer in the last one has two more requests to prove itself with.
    pub(super) fn try_again(&self) {
        let mut state = self.state();
        let is_silent = !std::mem::take(&mut state.has_answered);
        state.failures_in_a_row = if is_silent { state.failures_in_a_row.min(DEAD_AFTER - 2) } else { 0 };
    }

    pub(super) fn refuses_head(&self) -> bool {
        self.state().refuses_head
    }

    pub(super) fn refused_head(&self) {
        self.state().refuses_head = true;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No code that holds the lock can panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
