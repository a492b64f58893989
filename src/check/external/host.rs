//! One host while it is asked: how many requests at once, how long between them, and whether it answers at all.

use super::settings::PerHost;
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, sleep_until},
};

/// So many failures of the connection in a row, and the host is left alone for the round.
const DEAD_AFTER: u32 = 5;

/// The state of a host that all its requests share.
pub(super) struct Host {
    permits: Semaphore,
    pause: Duration,
    state: Mutex<State>,
}

struct State {
    /// When the next request may start.
    next: Instant,
    failures_in_a_row: u32,
    refuses_head: bool,
}

impl Host {
    pub(super) fn new(limits: &PerHost) -> Self {
        let state = State { next: Instant::now(), failures_in_a_row: 0, refuses_head: false };
        Self { permits: Semaphore::new(limits.concurrency), pause: limits.pause, state: Mutex::new(state) }
    }

    /// Waits until a request may start; it runs for as long as the permit is held.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        let permit = self.permits.acquire().await.ok()?;
        loop {
            let start = {
                let mut state = self.state();
                if state.next <= Instant::now() {
                    state.next = Instant::now() + self.pause;
                    return Some(permit);
                }
                state.next
            };
            // Another request may take this turn, or the host may ask for a longer wait: look again then.
            sleep_until(start).await;
        }
    }

    /// Lets nothing start before so long.
    pub(super) fn wait(&self, time: Duration) {
        let mut state = self.state();
        state.next = state.next.max(Instant::now() + time);
    }

    /// Takes note that the host answered, whatever it said.
    pub(super) fn answered(&self) {
        self.state().failures_in_a_row = 0;
    }

    /// Takes note that no answer came.
    pub(super) fn failed(&self) {
        self.state().failures_in_a_row += 1;
    }

    /// Whether the host has failed so often in a row that asking on is no use for now.
    pub(super) fn is_dead(&self) -> bool {
        self.state().failures_in_a_row >= DEAD_AFTER
    }

    /// Gives a host that was left alone one more request to prove itself with.
    pub(super) fn try_again(&self) {
        let mut state = self.state();
        state.failures_in_a_row = state.failures_in_a_row.min(DEAD_AFTER - 1);
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
