//! A plan in, its hosts on loopback out, with an account of every request.
//!
//! Plain threads, one a connection: a checker that keeps to its limits has some hundred, and a blocking read with a timeout is
//! all that a late answer needs, which also has to see that the client has gone.

use crate::plan::{Address, Failure, Gone, Plan, Way, ip};
use std::{
    io::{self, ErrorKind, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// Requests of a client that has gone away count as over so long before the server could see it: its client ends a request
/// first, and its connection then.
const GRACE: Duration = Duration::from_millis(50);
/// What `Retry-After` asks for.
const PATIENCE: Duration = Duration::from_secs(1);
/// The longest that a connection may be idle.
const IDLE: Duration = Duration::from_secs(60);
/// The longest head of a request.
const HEAD: usize = 4_096;

/// The running hosts; they end with the process.
pub(crate) struct Servers {
    pub(crate) port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    plan: Plan,
    port: u16,
    late: Duration,
    started: Instant,
    /// How often each address has been asked.
    asked: Vec<AtomicU32>,
    /// The requests of each host.
    seen: Vec<Mutex<Vec<Seen>>>,
    connections: AtomicUsize,
    page: Vec<u8>,
}

/// When a request came in, and when it was over.
#[derive(Clone, Copy)]
struct Seen {
    start: Duration,
    end: Duration,
    /// Whether it was answered with `Retry-After: 1`.
    asks_for_patience: bool,
}

/// What came in since the last account.
#[derive(Clone, Debug, Default)]
pub(crate) struct Account {
    pub(crate) requests: usize,
    pub(crate) connections: usize,
    /// The most requests that any host had under way at once.
    pub(crate) at_once: usize,
    /// The most requests that began at any host within a second.
    pub(crate) a_second: usize,
    /// The requests that came in while their host had asked to be left alone.
    pub(crate) impatient: usize,
    /// How often each address was asked, by its number; the addresses that it leads to are not counted.
    pub(crate) asked: Vec<u32>,
}

impl Servers {
    /// Starts all hosts of a plan at one port; a late answer takes `late`.
    ///
    /// # Errors
    /// A loopback address that this machine has not, or no free port.
    pub(crate) fn start(plan: Plan, late: Duration) -> io::Result<Self> {
        let listeners = listen(plan.hosts)?;
        let port = listeners.first().map_or(Ok(0), |listener| listener.local_addr().map(|address| address.port()))?;
        let shared = Arc::new(Shared {
            asked: plan.addresses.iter().map(|_| AtomicU32::new(0)).collect(),
            seen: (0..plan.hosts).map(|_| Mutex::new(Vec::new())).collect(),
            page: format!("<!doctype html><title>Guide</title><p>{}", "All that there is to know. ".repeat(3_000)).into_bytes(),
            connections: AtomicUsize::new(0),
            started: Instant::now(),
            plan,
            port,
            late,
        });
        for (host, listener) in listeners.into_iter().enumerate() {
            let shared = Arc::clone(&shared);
            small_thread(move || {
                for connection in listener.incoming().flatten() {
                    shared.connections.fetch_add(1, Ordering::Relaxed);
                    let shared = Arc::clone(&shared);
                    // A client that goes away is no failure of the server.
                    let served = small_thread(move || drop(shared.serve(&connection, host)));
                    if served.is_err() {
                        return;
                    }
                }
            })?;
        }
        Ok(Self { port, shared })
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.shared.plan
    }

    /// What came in so far, and begins anew: every address fails again as often as it is meant to.
    pub(crate) fn account(&self) -> Account {
        let mut account = Account {
            connections: self.shared.connections.swap(0, Ordering::Relaxed),
            asked: self.shared.asked.iter().map(|times| times.swap(0, Ordering::Relaxed)).collect(),
            ..Account::default()
        };
        for seen in &self.shared.seen {
            let seen = std::mem::take(&mut *locked(seen));
            account.requests += seen.len();
            account.at_once = account.at_once.max(most_at_once(&seen));
            account.impatient += impatient(&seen);
            account.a_second = account.a_second.max(most_within(&seen, Duration::from_secs(1)));
        }
        account
    }
}

/// A port that is free at all hosts.
fn listen(hosts: usize) -> io::Result<Vec<TcpListener>> {
    let mut last = None;
    for _ in 0..20 {
        let first = TcpListener::bind((ip(0), 0))?;
        let port = first.local_addr()?.port();
        match (1..hosts).map(|host| TcpListener::bind((ip(host), port))).collect::<io::Result<Vec<_>>>() {
            Ok(others) => return Ok(std::iter::once(first).chain(others).collect()),
            Err(error) => last = Some(error),
        }
    }
    Err(last.unwrap_or_else(|| ErrorKind::AddrInUse.into()))
}

fn small_thread(work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new().stack_size(128 << 10).spawn(work).map(drop)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn most_at_once(seen: &[Seen]) -> usize {
    let mut changes: Vec<(Duration, bool)> = seen.iter().flat_map(|seen| [(seen.start, true), (seen.end, false)]).collect();
    // An end comes before a beginning of the same moment.
    changes.sort_unstable();
    let (mut now, mut most) = (0_usize, 0);
    for (_, begins) in changes {
        now = if begins { now + 1 } else { now.saturating_sub(1) };
        most = most.max(now);
    }
    most
}

fn most_within(seen: &[Seen], time: Duration) -> usize {
    let mut starts: Vec<Duration> = seen.iter().map(|seen| seen.start).collect();
    starts.sort_unstable();
    let mut first = 0;
    let mut most = 0;
    for (last, start) in starts.iter().enumerate() {
        while *start >= starts[first] + time {
            first += 1;
        }
        most = most.max(last + 1 - first);
    }
    most
}

fn impatient(seen: &[Seen]) -> usize {
    let waits: Vec<Duration> = seen.iter().filter(|seen| seen.asks_for_patience).map(|seen| seen.end).collect();
    // Requests that were on their way are not meant, nor clocks that differ.
    let is_in = |start: Duration, asked: Duration| start > asked + GRACE && start + GRACE < asked + PATIENCE;
    seen.iter().filter(|seen| waits.iter().any(|asked| is_in(seen.start, *asked))).count()
}

/// What is said to one request.
enum Reply {
    Say { delay: Duration, status: &'static str, headers: String, length: usize },
    Late,
    Reset,
}

impl Shared {
    fn serve(&self, mut connection: &TcpStream, host: usize) -> io::Result<()> {
        connection.set_nodelay(true)?;
        let mut head = [0; HEAD];
        loop {
            connection.set_read_timeout(Some(IDLE))?;
            let Some((start, length)) = self.wait_for_head(connection, &mut head)? else { return Ok(()) };
            let text = String::from_utf8_lossy(&head[..length]);
            let mut words = text.split_whitespace();
            let is_head = words.next() == Some("HEAD");
            let reply = self.reply(words.next().unwrap_or_default(), is_head);
            if matches!(reply, Reply::Reset) {
                // What is not read makes the system answer with a reset.
                self.note(host, start, self.started.elapsed(), false);
                return Ok(());
            }
            connection.read_exact(&mut head[..length])?;
            let (delay, status, headers, length) = match reply {
                Reply::Say { delay, status, headers, length } => (delay, status, headers, length),
                _ => (self.late, "200 OK", String::new(), 0),
            };
            if delay < self.late {
                thread::sleep(delay);
            } else if client_leaves(connection, delay)? {
                self.note(host, start, self.started.elapsed().saturating_sub(GRACE).max(start), false);
                return Ok(());
            }
            let mut answer =
                format!("HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {length}\r\n{headers}\r\n").into_bytes();
            if !is_head {
                answer.extend_from_slice(&self.page[..length]);
            }
            // The client may have the answer before this thread runs again.
            self.note(host, start, self.started.elapsed(), headers.starts_with("Retry-After"));
            connection.write_all(&answer)?;
        }
    }

    /// When the next request began, and the length of its head, which is still to be read; none at the end.
    fn wait_for_head(&self, connection: &TcpStream, head: &mut [u8]) -> io::Result<Option<(Duration, usize)>> {
        let mut start = None;
        for _ in 0..1_000 {
            let known = connection.peek(head)?;
            if known == 0 {
                return Ok(None);
            }
            let start = *start.get_or_insert_with(|| self.started.elapsed());
            if let Some(end) = head[..known].windows(4).position(|end| end == b"\r\n\r\n") {
                return Ok(Some((start, end + 4)));
            }
            thread::sleep(Duration::from_millis(1));
        }
        Err(ErrorKind::TimedOut.into())
    }

    fn note(&self, host: usize, start: Duration, end: Duration, asks_for_patience: bool) {
        locked(&self.seen[host]).push(Seen { start, end, asks_for_patience });
    }

    /// `/guide/7` is an address of the plan; `/guide/7/2` and `/guide/7/there` are where it leads.
    fn reply(&self, path: &str, is_head: bool) -> Reply {
        let mut parts = path.trim_start_matches("/guide/").split('/');
        let index: Option<usize> = parts.next().and_then(|number| number.parse().ok());
        let Some((index, address)) = index.and_then(|index| Some((index, self.plan.addresses.get(index)?))) else {
            return say(Duration::ZERO, "404 Not Found", String::new(), 0);
        };
        let plain = |status| say(address.delay, status, String::new(), address.length);
        let to = |status, target: String| say(address.delay, status, format!("Location: {target}\r\n"), 0);
        let there = |host: usize| format!("http://{}:{}/guide/{index}/there", ip(host), self.port);
        let further = parts.next();
        if further.is_none() {
            let times = self.asked[index].fetch_add(1, Ordering::Relaxed);
            if let Way::Fails(failure, first) = address.way
                && times < first
            {
                return failure.reply(address);
            }
        }
        match (address.way, further) {
            (Way::Gone(Gone::Elsewhere(host)) | Way::Elsewhere(host), None) => to("302 Found", there(host)),
            (Way::Gone(Gone::Deleted), _) => plain("410 Gone"),
            (Way::Gone(Gone::HeadRefused), _) if is_head => plain("405 Method Not Allowed"),
            (Way::Gone(_), _) => plain("404 Not Found"),
            (Way::Moved(hops), further) => {
                let hop: usize = further.and_then(|hop| hop.parse().ok()).unwrap_or(0);
                if hop < hops { to("301 Moved Permanently", format!("/guide/{index}/{}", hop + 1)) } else { plain("200 OK") }
            }
            _ => plain("200 OK"),
        }
    }
}

impl Failure {
    fn reply(self, address: &Address) -> Reply {
        match self {
            Self::Unavailable => say(address.delay, "503 Service Unavailable", String::new(), 200),
            Self::Limited => say(address.delay, "429 Too Many Requests", String::new(), 200),
            Self::LimitedFor => say(address.delay, "429 Too Many Requests", "Retry-After: 1\r\n".to_owned(), 200),
            Self::Reset => Reply::Reset,
            Self::Late => Reply::Late,
        }
    }
}

fn say(delay: Duration, status: &'static str, headers: String, length: usize) -> Reply {
    Reply::Say { delay, status, headers, length }
}

/// Waits; true when the client has gone before the time was over.
fn client_leaves(connection: &TcpStream, time: Duration) -> io::Result<bool> {
    connection.set_read_timeout(Some(time))?;
    match connection.peek(&mut [0]) {
        Ok(0) => Ok(true),
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => Ok(false),
        Err(error) if error.kind() == ErrorKind::ConnectionReset => Ok(true),
        Err(error) => Err(error),
        // Another request on the same connection: this one is still to be answered.
        Ok(_) => {
            thread::sleep(time);
            Ok(false)
        }
    }
}
