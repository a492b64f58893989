//! All addresses in rounds: each is asked once a round, what failed for the moment waits for the next. Hosts are asked side by
//! side, each at its own pace and in its own rounds; only the last try of an address waits until all hosts have come so far.

use super::{
    address::Address,
    cache::Cache,
    host::{Host, Turn},
    outcome::{Fault, Found, Known, Outcome},
    settings::Settings,
    transport::{Answer, Failure, Transport},
};
use crate::error::Error;
use futures::{StreamExt as _, stream::FuturesUnordered};
use lychee_lib::{Uri, filter};
use reqwest::{Method, StatusCode, header::HeaderMap};
use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{sync::Semaphore, time::Instant};
use url::Url;

/// What all addresses came to, in their order.
pub(super) struct Run {
    pub(super) outcomes: Vec<Outcome>,
    /// Whether somebody stopped it.
    pub(super) interrupted: bool,
    /// Why what was learnt could not be kept.
    pub(super) unsaved: Option<Error>,
}

/// Asks for all addresses that neither the settings nor the cache decide.
///
/// # Errors
/// A cache that cannot be read or written, a client that cannot be made.
pub(super) fn run(addresses: &[Address], settings: &Settings<'_>) -> Result<Run, Error> {
    let known = settings.known()?;
    let mut outcomes: Vec<Option<Outcome>> = addresses.iter().map(|address| decided(address, &known, settings)).collect();
    let waiting: Vec<usize> = (0..addresses.len()).filter(|index| outcomes[*index].is_none()).collect();
    let mut interrupted = false;
    let mut unsaved = None;
    if !waiting.is_empty() {
        let transport = Transport::new(settings)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(|source| Error::io("start", "the network's threads", source))?;
        let asking = Asking::new(addresses, settings, &transport);
        let end = runtime.block_on(asking.until_the_end(waiting.clone()));
        interrupted = end == End::Interrupted;
        // Requests that are still under way are of no use any more.
        runtime.shutdown_background();
        let mut learnt = asking.learnt();
        let mut cache = Cache::default();
        for index in waiting {
            let outcome = learnt.remove(&index).unwrap_or_else(|| Outcome::of(Known::NotChecked(end.words().to_owned())));
            // An address that holds a password is not written down.
            if !addresses[index].has_user() {
                cache.put(addresses[index].url.as_str(), &outcome.known, &looked_for(&addresses[index], settings));
            }
            outcomes[index] = Some(outcome);
        }
        if let Some(path) = settings.cache.as_deref().filter(|_| !cache.is_empty()) {
            unsaved = cache.save(path, settings.keep.longest()).err();
        }
    }
    let outcomes = outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(|| Outcome::of(Known::NotChecked(String::new())))).collect();
    Ok(Run { outcomes, interrupted, unsaved })
}

/// The fragments of an address that are looked for on its page.
fn looked_for<'a>(address: &'a Address, settings: &Settings<'_>) -> Vec<&'a str> {
    if settings.fragments { address.fragments().into_iter().filter(|fragment| is_id(fragment)).collect() } else { Vec::new() }
}

/// Whether a fragment can name an element: routes of scripts, text fragments and GitHub's lines are none.
fn is_id(fragment: &str) -> bool {
    let is_line = fragment.strip_prefix('L').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    !(fragment.starts_with(['!', '/', ':']) || fragment.contains(":~:") || is_line || fragment.eq_ignore_ascii_case("top"))
}

/// What is known of an address without asking.
fn decided(address: &Address, cache: &Cache, settings: &Settings<'_>) -> Option<Outcome> {
    if let Some(reason) = skipped(address, settings) {
        return Some(Outcome::of(Known::Skipped(reason)));
    }
    let known = cache.get(address.url.as_str(), &looked_for(address, settings), &settings.keep, settings.offline);
    if let Some(known) = known.filter(|known| is_still_so(known, settings)) {
        return Some(Outcome { is_cached: true, ..Outcome::of(known) });
    }
    settings.offline.then(|| Outcome::of(Known::NotChecked("it is not in the cache, and `--offline` asks nobody".to_owned())))
}

/// Whether the settings judge a status as they did when it was kept.
fn is_still_so(known: &Known, settings: &Settings<'_>) -> bool {
    match known {
        Known::Found(found) => settings.accept.contains(found.status),
        Known::Broken(Fault::Status(words)) => {
            let code = words.split(' ').next().and_then(|code| code.parse().ok());
            !code.is_some_and(|code| settings.accept.contains(code))
        }
        _ => true,
    }
}

fn skipped(address: &Address, settings: &Settings<'_>) -> Option<String> {
    let url = address.url.as_str();
    if settings.exclude.is_match(url) {
        return Some("`exclude` in `[external]` names it".to_owned());
    }
    if settings.include.is_match(url) {
        return None;
    }
    let uri = Uri::try_from(url).ok()?;
    if filter::is_example_domain(&uri) {
        return Some("its host is reserved for examples (RFC 2606)".to_owned());
    }
    if filter::is_false_positive(url) {
        return Some("it is a name, not a page".to_owned());
    }
    filter::is_unsupported_domain(&uri).then(|| "its host shows nothing without an account".to_owned())
}

/// How asking ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Done,
    Deadline,
    Interrupted,
}

impl End {
    fn words(self) -> &'static str {
        match self {
            Self::Done => "no answer could be had",
            Self::Deadline => "the deadline came first",
            Self::Interrupted => "the run was interrupted",
        }
    }
}

/// An address that waits to be asked.
#[derive(Clone)]
struct Item {
    index: usize,
    tries: u32,
    /// What it failed with at first, and at last.
    first: Option<String>,
    last: Option<Known>,
    /// Whether no answer came to a HEAD.
    head_failed: bool,
}

/// A redirect on the way to an address.
struct Hop {
    from: Url,
    status: StatusCode,
    /// Where it leads, with its fragment.
    to: String,
}

/// What one try came to.
enum Tried {
    Known(Known),
    /// Worth another try; what it counts as if there is none.
    Again(Known),
}

/// What a host has left to be asked, between its rounds.
struct Queue<'h> {
    host: &'h str,
    items: VecDeque<Item>,
    round: u32,
    /// The rounds in a row in which the host gave no answer at all: they take no tries from its addresses, and have as many.
    silent: u32,
    /// When its last round was over.
    rested: Instant,
}

struct Asking<'a> {
    addresses: &'a [Address],
    settings: &'a Settings<'a>,
    transport: &'a Transport,
    hosts: Mutex<HashMap<String, Arc<Host>>>,
    at_once: Semaphore,
    learnt: Mutex<HashMap<usize, Outcome>>,
    /// How many addresses of each host are left, for whoever watches.
    left: BTreeMap<String, AtomicUsize>,
}

impl<'a> Asking<'a> {
    fn new(addresses: &'a [Address], settings: &'a Settings<'a>, transport: &'a Transport) -> Self {
        let left = addresses.iter().map(|address| (address.host.clone(), AtomicUsize::new(0))).collect();
        Self {
            addresses,
            settings,
            transport,
            hosts: Mutex::new(HashMap::new()),
            at_once: Semaphore::new(settings.concurrency),
            learnt: Mutex::new(HashMap::new()),
            left,
        }
    }

    fn learnt(&self) -> HashMap<usize, Outcome> {
        std::mem::take(&mut *self.learnt.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Asks until all is known, the deadline comes, or somebody stops it.
    async fn until_the_end(&self, waiting: Vec<usize>) -> End {
        let deadline = self.settings.deadline.map(|deadline| Instant::now() + deadline);
        let sleep = async {
            match deadline {
                Some(deadline) => tokio::time::sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = self.rounds(waiting) => End::Done,
            () = sleep => End::Deadline,
            _ = tokio::signal::ctrl_c() => End::Interrupted,
            () = self.watch() => End::Done,
        }
    }

    /// Tells whoever watches which hosts keep the run waiting.
    async fn watch(&self) {
        loop {
            tokio::time::sleep(Duration::from_millis(500)).await;
            let mut slow: Vec<(usize, &str)> =
                self.left.iter().map(|(host, left)| (left.load(Ordering::Relaxed), host.as_str())).filter(|(left, _)| *left > 0).collect();
            slow.sort_by(|a, b| b.cmp(a));
            let names: Vec<String> = slow.iter().take(3).map(|(left, host)| format!("{host} {left}")).collect();
            self.settings.progress.wait_for(names.join(", "));
        }
    }

    async fn rounds(&self, waiting: Vec<usize>) {
        self.settings.progress.enter(crate::progress::Stage::Ask, waiting.len());
        let mut by_host: BTreeMap<&str, VecDeque<Item>> = BTreeMap::new();
        for index in waiting {
            let item = Item { index, tries: 0, first: None, last: None, head_failed: false };
            by_host.entry(self.addresses[index].host.as_str()).or_default().push_back(item);
        }
        for (host, items) in &by_host {
            self.left[*host].store(items.len(), Ordering::Relaxed);
        }
        let rested = Instant::now();
        let all = by_host.into_iter().map(|(host, items)| Queue { host, items, round: 0, silent: 0, rested });
        // A host that is down for a while has the time that the others take to come back.
        let mut asking: FuturesUnordered<_> = all.map(|queue| self.rounds_of(queue, self.settings.retries)).collect();
        let mut last = Vec::new();
        while let Some(queue) = asking.next().await {
            last.push(queue);
        }
        let mut asking: FuturesUnordered<_> = last.into_iter().map(|queue| self.rounds_of(queue, u32::MAX)).collect();
        while asking.next().await.is_some() {}
    }

    /// The rounds of one host, until each of its addresses has had so many tries or is known.
    async fn rounds_of<'h>(&self, mut queue: Queue<'h>, tries: u32) -> Queue<'h> {
        while queue.silent < tries && queue.items.iter().any(|item| item.tries < tries) {
            if queue.round > 0 {
                let wait = self.settings.retry_wait.saturating_mul(1 << queue.round.min(4)) / 2;
                tokio::time::sleep_until(queue.rested + wait).await;
            }
            queue = self.round_of(queue).await;
            if queue.silent > self.settings.retries {
                self.give_up(std::mem::take(&mut queue.items));
            }
        }
        queue
    }

    /// One round of one host: what is left for the next.
    async fn round_of<'h>(&self, queue: Queue<'h>) -> Queue<'h> {
        let host = self.host(queue.host);
        host.try_again();
        let workers = self.settings.host(queue.host).concurrency.min(queue.items.len());
        let now = Mutex::new(queue.items);
        let later = Mutex::new(VecDeque::new());
        let work = || async {
            while !host.is_dead() {
                let Some(mut item) = now.lock().unwrap_or_else(PoisonError::into_inner).pop_front() else { break };
                let tried = self.ask(&mut item).await;
                item.tries += 1;
                match tried {
                    Tried::Known(known) => self.learn(&item, known),
                    Tried::Again(known) if item.tries > self.settings.retries => self.learn(&item, known),
                    Tried::Again(known) => {
                        item.first.get_or_insert_with(|| words(&known));
                        item.last = Some(known);
                        later.lock().unwrap_or_else(PoisonError::into_inner).push_back(item);
                    }
                }
            }
        };
        let mut working: FuturesUnordered<_> = (0..workers).map(|_| work()).collect();
        while working.next().await.is_some() {}
        drop(working);
        // One that failed shows whether the host answers by now, or at least to a GET; then come those that were not asked yet.
        let mut later = later.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut items: VecDeque<Item> = later.pop_front().into_iter().collect();
        items.extend(now.into_inner().unwrap_or_else(PoisonError::into_inner));
        items.extend(later);
        let silent = if host.is_silent() { queue.silent + 1 } else { 0 };
        Queue { items, round: queue.round + 1, silent, rested: Instant::now(), ..queue }
    }

    /// The host has been silent in every round: none of its addresses can be had.
    fn give_up(&self, items: VecDeque<Item>) {
        let reason = items.iter().find_map(|item| item.last.clone());
        for item in items {
            let known = item
                .last
                .clone()
                .or_else(|| reason.clone())
                .unwrap_or_else(|| Known::Broken(Fault::Connect("the host cannot be reached".to_owned())));
            self.learn(&item, known);
        }
    }

    fn learn(&self, item: &Item, known: Known) {
        let failed_first = item.first.clone().filter(|_| matches!(known, Known::Found(_)));
        let outcome = Outcome { failed_first, ..Outcome::of(known) };
        self.learnt.lock().unwrap_or_else(PoisonError::into_inner).insert(item.index, outcome);
        self.left[&self.addresses[item.index].host].fetch_sub(1, Ordering::Relaxed);
        self.settings.progress.step();
    }

    fn host(&self, name: &str) -> Arc<Host> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(hosts.entry(name.to_owned()).or_insert_with(|| Arc::new(Host::new(self.settings.host(name)))))
    }

    /// One try: HEAD where it will do, GET where it does not; redirects are followed with a look at each address.
    async fn ask(&self, item: &mut Item) -> Tried {
        let address = &self.addresses[item.index];
        let fragments = looked_for(address, self.settings);
        let first = self.host(&address.host);
        let wants_page = !fragments.is_empty();
        let mut method = if wants_page || item.tries > 0 || first.refuses_head() { Method::GET } else { Method::HEAD };
        // A HEAD that fails says little of the page: a GET has the last word, in a later try or, where there is none, at once.
        let is_last = item.tries >= self.settings.retries;
        let mut url = address.url.clone();
        let mut way: Vec<Hop> = Vec::new();
        loop {
            let name = url.host_str().unwrap_or_default().to_ascii_lowercase();
            let host = self.host(&name);
            // An answer that is dropped has its connection closed, which belongs to its turn.
            let (_turn, answer) = match self.send(&host, &name, method.clone(), &url).await {
                Ok(answer) => answer,
                Err(Tried::Again(_)) if method == Method::HEAD && is_last => {
                    method = Method::GET;
                    continue;
                }
                Err(tried) => {
                    item.head_failed |= method == Method::HEAD;
                    return tried;
                }
            };
            let status = answer.status;
            if let (true, Some(location)) = (status.is_redirection(), &answer.location) {
                let Ok(next) = url.join(location) else {
                    return Tried::Known(Known::Broken(Fault::Status(format!(
                        "`{}` to `{location}`, which is no address",
                        reason(status)
                    ))));
                };
                let to = next.to_string();
                let mut next = next;
                next.set_fragment(None);
                way.push(Hop { from: url.clone(), status, to });
                if way.iter().any(|hop| hop.from == next) {
                    return Tried::Known(Known::Broken(Fault::RedirectLoop(format!(
                        "the address redirects in a circle, by way of `{next}`"
                    ))));
                }
                if way.len() > self.settings.max_redirects {
                    return Tried::Known(Known::Broken(Fault::RedirectLoop(format!(
                        "the address redirects more than {} times",
                        self.settings.max_redirects
                    ))));
                }
                if !matches!(next.scheme(), "http" | "https") {
                    return Tried::Known(Known::Broken(Fault::Status(format!("`{}` to `{next}`, which is no page", reason(status)))));
                }
                url = next;
                self.transport.finish(answer).await;
                continue;
            }
            if self.settings.accept.contains(status.as_u16()) {
                if item.head_failed {
                    // Some servers break the connection at a HEAD, or let it wait for ever.
                    first.refused_head();
                }
                return self.found(answer, &way, &fragments).await;
            }
            if method == Method::HEAD && (!may_pass(status) || (is_last && status != StatusCode::TOO_MANY_REQUESTS)) {
                if matches!(status, StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED) {
                    host.refused_head();
                }
                method = Method::GET;
                continue;
            }
            let tried = self.refused(&host, &answer);
            self.transport.finish(answer).await;
            return tried;
        }
    }

    /// Sends a request when it is its turn, which lasts as long as what is returned with the answer.
    async fn send<'h>(&'h self, host: &'h Host, name: &str, method: Method, url: &Url) -> Result<(Turn<'h>, Answer), Tried> {
        let Some(turn) = host.turn(&self.at_once).await else {
            return Err(Tried::Known(Known::NotChecked(End::Done.words().to_owned())));
        };
        let none = HeaderMap::new();
        let headers = self.settings.hosts.get(name).map_or(&none, |host| &host.headers);
        match self.transport.send(method, url, headers).await {
            Ok(answer) => {
                host.answered();
                Ok((turn, answer))
            }
            Err(Failure::Private(reason)) => Err(Tried::Known(Known::Skipped(reason))),
            Err(Failure::Broken(fault)) => {
                host.failed();
                Err(Tried::Again(Known::Broken(fault)))
            }
        }
    }

    async fn found(&self, answer: Answer, way: &[Hop], fragments: &[&str]) -> Tried {
        let status = answer.status.as_u16();
        let permanent = way.iter().take_while(|hop| matches!(hop.status.as_u16(), 301 | 308));
        let moved = permanent.last().map(|hop| hop.to.clone());
        let missing = if fragments.is_empty() {
            self.transport.finish(answer).await;
            Vec::new()
        } else {
            match self.transport.html(answer).await {
                Ok(Some(text)) => {
                    let ids = (self.settings.ids)(&text);
                    let has = |id: &str| ids.binary_search_by(|known| (**known).cmp(id)).is_ok();
                    let is_there = |fragment: &str| has(fragment) || has(&format!("user-content-{fragment}"));
                    fragments.iter().filter(|fragment| !is_there(fragment)).map(|fragment| (*fragment).into()).collect()
                }
                Ok(None) => Vec::new(),
                Err(Failure::Private(reason)) => return Tried::Known(Known::Skipped(reason)),
                Err(Failure::Broken(fault)) => return Tried::Again(Known::Broken(fault)),
            }
        };
        Tried::Known(Known::Found(Found { status, moved, redirected: !way.is_empty(), missing }))
    }

    /// An answer that is not the page.
    fn refused(&self, host: &Host, answer: &Answer) -> Tried {
        let status = answer.status;
        let is_limit = matches!(status.as_u16(), 429 | 503);
        if let Some(wait) = answer.retry_after.filter(|_| is_limit) {
            host.wait(wait.min(self.settings.max_retry_after));
        } else if status.as_u16() == 429 {
            host.wait(self.settings.retry_wait);
        }
        let words = reason(status);
        if answer.is_challenge {
            return Tried::Known(Known::Blocked(format!("the host wants to see that a person is asking (`{words}`)")));
        }
        match status.as_u16() {
            429 => Tried::Again(Known::Blocked(format!("the host answers with `{words}`, however long it is left alone"))),
            401 | 403 | 999 => Tried::Known(Known::Blocked(format!("the host answers with `{words}`"))),
            408 | 425 | 500..=599 => Tried::Again(Known::Broken(Fault::Status(words))),
            _ => Tried::Known(Known::Broken(Fault::Status(words))),
        }
    }
}

/// Whether a status tells of a host that has too much to do, and nothing of the method: another request at once is what it
/// needs least.
fn may_pass(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 425 | 429 | 502..=504)
}

/// A status with its name, as `404 Not Found`.
fn reason(status: StatusCode) -> String {
    match status.canonical_reason() {
        Some(name) => format!("{} {name}", status.as_u16()),
        None => status.as_u16().to_string(),
    }
}

fn words(known: &Known) -> String {
    match known {
        Known::Broken(fault) => fault.words(),
        Known::Blocked(words) | Known::Skipped(words) | Known::NotChecked(words) => words.clone(),
        Known::Found(_) => String::new(),
    }
}
