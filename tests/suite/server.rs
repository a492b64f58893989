//! An HTTP server on loopback that answers as a test wants it to, soundly or not.

use std::{
    collections::HashMap,
    fmt::Write as _,
    io::{BufRead as _, BufReader, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// What the server does with one request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// A status with headers and a body.
    Say(u16, Vec<(&'static str, String)>, String),
    /// The same, later.
    Late(Duration, Box<Reply>),
    /// The connection breaks without a word.
    Close,
    /// The head promises more than the body holds.
    Truncated,
    /// A page that never ends.
    Endless,
    /// A page whose next byte never comes.
    Stuck,
}

/// One request, as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) at: Instant,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// A running server; it stops when it is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<Request>>>,
    most: Arc<AtomicUsize>,
    connections: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
}

/// A plain answer.
pub(crate) fn say(status: u16) -> Reply {
    Reply::Say(status, Vec::new(), String::new())
}

/// A redirect.
pub(crate) fn to(status: u16, location: &str) -> Reply {
    Reply::Say(status, vec![("Location", location.to_owned())], String::new())
}

/// An HTML page.
pub(crate) fn page(body: &str) -> Reply {
    Reply::Say(200, vec![("Content-Type", "text/html; charset=utf-8".to_owned())], body.to_owned())
}

impl Server {
    /// Starts a server on 127.0.0.1: each path has its replies, one a request, the last one for good; other paths are 404.
    pub(crate) fn start(replies: &[(&str, Vec<Reply>)]) -> Self {
        Self::start_at("127.0.0.1:0", replies)
    }

    pub(crate) fn start_at(address: &str, replies: &[(&str, Vec<Reply>)]) -> Self {
        let listener = TcpListener::bind(address).expect("a port is free");
        let address = listener.local_addr().expect("it has an address");
        let replies: Arc<Mutex<HashMap<String, Vec<Reply>>>> =
            Arc::new(Mutex::new(replies.iter().map(|(path, replies)| ((*path).to_owned(), replies.clone())).collect()));
        let (seen, most, stop) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let (now, connections) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let server = Self {
            address,
            seen: Arc::clone(&seen),
            most: Arc::clone(&most),
            connections: Arc::clone(&connections),
            stop: Arc::clone(&stop),
        };
        thread::spawn(move || {
            for connection in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(connection) = connection else { continue };
                connections.fetch_add(1, Ordering::SeqCst);
                let (replies, seen, most, now) = (Arc::clone(&replies), Arc::clone(&seen), Arc::clone(&most), Arc::clone(&now));
                thread::spawn(move || {
                    // A client that goes away is no failure of the server.
                    let _ = serve(connection, &replies, &seen, &most, &now);
                });
            }
        });
        server
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The requests so far, as `GET /path`.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.requests().iter().map(|request| format!("{} {}", request.method, request.path)).collect()
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.seen.lock().expect("no thread has failed").clone()
    }

    /// The connections so far.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// The most requests that were under way at once.
    pub(crate) fn most_at_once(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // The listener wakes up for one more connection, and sees that it is to stop.
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(
    mut connection: TcpStream,
    replies: &Mutex<HashMap<String, Vec<Reply>>>,
    seen: &Mutex<Vec<Request>>,
    most: &AtomicUsize,
    now: &AtomicUsize,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(connection.try_clone()?);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let mut words = line.split_whitespace();
        let (method, path) = (words.next().unwrap_or_default().to_owned(), words.next().unwrap_or_default().to_owned());
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            headers.push((name.to_owned(), value.trim().to_owned()));
        }
        let under_way = now.fetch_add(1, Ordering::SeqCst) + 1;
        most.fetch_max(under_way, Ordering::SeqCst);
        let reply = {
            let mut replies = replies.lock().expect("no thread has failed");
            let own = format!("{method} {path}");
            let key = if replies.contains_key(&own) { own } else { path.clone() };
            match replies.get_mut(&key) {
                Some(replies) if replies.len() > 1 => replies.remove(0),
                Some(replies) => replies.first().cloned().unwrap_or_else(|| say(404)),
                None => say(404),
            }
        };
        seen.lock().expect("no thread has failed").push(Request { method: method.clone(), path, headers, at: Instant::now() });
        let mut reply = reply;
        while let Reply::Late(time, later) = reply {
            thread::sleep(time);
            reply = *later;
        }
        // Once the answer is out the client may ask again before this thread goes on.
        now.fetch_sub(1, Ordering::SeqCst);
        if !answer(&mut connection, &reply, method == "HEAD")? {
            return Ok(());
        }
    }
}

/// Answers; true when the connection stays open.
fn answer(connection: &mut TcpStream, reply: &Reply, is_head: bool) -> std::io::Result<bool> {
    match reply {
        Reply::Say(status, headers, body) => {
            let mut head = format!("HTTP/1.1 {status} Some words\r\nContent-Length: {}\r\n", body.len());
            for (name, value) in headers {
                let _ = write!(head, "{name}: {value}\r\n");
            }
            connection.write_all(format!("{head}\r\n{}", if is_head { "" } else { body }).as_bytes())?;
            Ok(true)
        }
        // The wait is over by now.
        Reply::Late(_, reply) => answer(connection, reply, is_head),
        Reply::Close => Ok(false),
        Reply::Truncated => {
            connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\n\r\n<p id=a>")?;
            Ok(false)
        }
        Reply::Endless => {
            connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")?;
            let filler = vec![b'x'; 1 << 16];
            if is_head {
                return Ok(false);
            }
            loop {
                connection.write_all(&filler)?;
            }
        }
        Reply::Stuck => {
            connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\n\r\n<p id=a>")?;
            thread::sleep(Duration::from_secs(20));
            Ok(false)
        }
    }
}
