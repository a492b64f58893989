//! What the browser is shown at the moment: the generation that answers, what was found in it, and what went wrong since.

use super::{
    generation::{Answer, Ask, Found},
    problem::{Failure, Problem},
};
use bytes::Bytes;
use serde::Serialize;
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc::Sender},
    time::{SystemTime, UNIX_EPOCH},
};
use tokio::sync::{broadcast, oneshot};

/// How many events a browser may be behind.
const BEHIND: usize = 64;
/// How many findings of other pages the overlay lists.
const ELSEWHERE: usize = 20;

/// What all connections share.
pub(super) struct Live {
    state: Mutex<State>,
    /// The last HTML of each page that was made without a mistake in a template.
    good: Mutex<HashMap<String, Good>>,
    events: broadcast::Sender<Arc<str>>,
}

struct State {
    current: Option<Current>,
    /// The number of the last generation; larger than any of a server that ran before, so that pages of that one see it.
    number: u64,
    /// Why the sources of now are no generation.
    failure: Option<Failure>,
    checked: Option<Arc<Checked>>,
    /// The pages that cannot be made in this generation, by file.
    broken: BTreeMap<String, Failure>,
}

/// A page, and the generation that it was made in.
struct Good {
    number: u64,
    html: Bytes,
}

/// The generation that answers.
#[derive(Clone)]
pub(super) struct Current {
    pub(super) number: u64,
    /// The path under which the site is published: `/`, or `/docs/`.
    pub(super) mount: Arc<str>,
    asks: Sender<Ask>,
}

/// What was found in a generation.
#[derive(Debug, Default)]
pub(super) struct Checked {
    pub(super) errors: usize,
    pub(super) warnings: usize,
    /// By guide.
    pub(super) by_file: BTreeMap<Arc<str>, Vec<Problem>>,
}

/// What browsers are told when something has changed.
#[derive(Serialize)]
struct Event<'a> {
    generation: u64,
    /// Whether what was found belongs to this generation.
    checked: bool,
    failed: bool,
    /// The addresses of files that have changed and are no pages; none when there are too many to name.
    files: Option<&'a [String]>,
}

/// What the overlay of a page shows.
#[derive(Serialize)]
pub(super) struct Overlay {
    generation: u64,
    checked: bool,
    errors: usize,
    warnings: usize,
    /// What keeps the server from showing what is on the disk now.
    failure: Option<Problem>,
    /// The findings of this page.
    page: Vec<Problem>,
    /// Some of those of other files.
    elsewhere: Vec<Problem>,
}

impl Current {
    /// What stands at a path from the site's root; none when the generation ends at this moment.
    pub(super) async fn ask(&self, path: &str, with_body: bool) -> Option<Answer> {
        let (reply, answer) = oneshot::channel();
        self.asks.send(Ask { path: path.to_owned(), with_body, reply }).ok()?;
        answer.await.ok()
    }
}

impl Live {
    pub(super) fn new() -> Self {
        let began = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let number = u64::try_from(began.as_millis()).unwrap_or_default();
        let state = State { current: None, number, failure: None, checked: None, broken: BTreeMap::new() };
        Self { state: Mutex::new(state), good: Mutex::default(), events: broadcast::Sender::new(BEHIND) }
    }

    /// Lets a new generation answer; `files` are addresses of files that have changed beside pages.
    pub(super) fn replace(&self, mount: &str, asks: Sender<Ask>, files: Option<&[String]>) -> u64 {
        let mut state = self.lock();
        state.number += 1;
        let number = state.number;
        state.current = Some(Current { number, mount: mount.into(), asks });
        state.failure = None;
        state.broken.clear();
        state.checked = None;
        self.tell(&state, files);
        number
    }

    /// The sources of now are no generation: the last one goes on.
    pub(super) fn fail(&self, failure: Failure) {
        let mut state = self.lock();
        state.failure = Some(failure);
        self.tell(&state, Some(&[]));
    }

    /// What was found in a generation; false when another one answers by now.
    pub(super) fn check(&self, number: u64, checked: Checked) -> bool {
        let mut state = self.lock();
        if state.number != number {
            return false;
        }
        state.checked = Some(Arc::new(checked));
        self.tell(&state, Some(&[]));
        true
    }

    pub(super) fn current(&self) -> Option<Current> {
        self.lock().current.clone()
    }

    pub(super) fn failure(&self) -> Option<Failure> {
        self.lock().failure.clone()
    }

    /// The event for a browser that has just come, and those that follow.
    pub(super) fn listen(&self) -> (Arc<str>, broadcast::Receiver<Arc<str>>) {
        let state = self.lock();
        (event(&state, Some(&[])), self.events.subscribe())
    }

    /// The event for a browser that has missed some: any file may have changed.
    pub(super) fn after_all(&self) -> Arc<str> {
        event(&self.lock(), None)
    }

    /// Keeps a page that is good, and the mistake of one that is not; true when the mistake is new.
    pub(super) fn settle(&self, number: u64, answer: &Answer) -> bool {
        match &answer.found {
            Found::Bytes(bytes) if is_html(&answer.file) => {
                self.good.lock().unwrap_or_else(PoisonError::into_inner).insert(answer.file.clone(), Good { number, html: bytes.clone() });
                false
            }
            Found::Failed(error) => {
                let failure = Failure::of(error);
                let mut state = self.lock();
                state.number == number && state.broken.insert(answer.file.clone(), failure.clone()).as_ref() != Some(&failure)
            }
            _ => false,
        }
    }

    /// The last HTML of a page that was made without a mistake.
    pub(super) fn last_good(&self, file: &str) -> Option<Bytes> {
        self.good.lock().unwrap_or_else(PoisonError::into_inner).get(file).map(|good| good.html.clone())
    }

    /// A page that was made in this generation already: a browser asks twice, to compare and to load anew.
    pub(super) fn known(&self, number: u64, file: &str) -> Option<Bytes> {
        let good = self.good.lock().unwrap_or_else(PoisonError::into_inner);
        good.get(file).filter(|good| good.number == number).map(|good| good.html.clone())
    }

    /// What the overlay of a page shows: `file` is the page's in the output, `source` its guide.
    pub(super) fn overlay(&self, file: &str, source: Option<&str>, problem: &dyn Fn(&Failure) -> Problem) -> Overlay {
        let state = self.lock();
        let failure = state.failure.as_ref().or_else(|| state.broken.get(file)).map(problem);
        let generation = state.number;
        let Some(checked) = state.checked.clone() else {
            return Overlay { generation, checked: false, errors: 0, warnings: 0, failure, page: Vec::new(), elsewhere: Vec::new() };
        };
        let page = source.and_then(|source| checked.by_file.get(source)).cloned().unwrap_or_default();
        let others = checked.by_file.iter().filter(|(file, _)| source != Some(file));
        let elsewhere = others.flat_map(|(_, problems)| problems).take(ELSEWHERE).cloned().collect();
        Overlay { generation, checked: true, errors: checked.errors, warnings: checked.warnings, failure, page, elsewhere }
    }

    fn tell(&self, state: &State, files: Option<&[String]>) {
        // Without a browser nobody listens.
        let _ = self.events.send(event(state, files));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn event(state: &State, files: Option<&[String]>) -> Arc<str> {
    let event = Event { generation: state.number, checked: state.checked.is_some(), failed: state.failure.is_some(), files };
    serde_json::to_string(&event).unwrap_or_default().into()
}

pub(super) fn is_html(file: &str) -> bool {
    file.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("html") || extension.eq_ignore_ascii_case("htm"))
}
