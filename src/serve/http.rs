//! Requests to responses: what the generation of the moment makes, the client's script, its stream of events and its overlay.
//!
//! A path is looked up among the planned files and never on the disk, so that none leads out of the site.

use super::{
    Said, Say,
    editor::Editor,
    generation::{self, Found},
    live::{Current, Live, is_html},
    problem::Failure,
};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, channel::Channel, combinators::BoxBody};
use hyper::{
    Method, Request, Response, StatusCode,
    body::Incoming,
    header::{
        ACCEPT_RANGES, ALLOW, CACHE_CONTROL, CONTENT_RANGE, CONTENT_TYPE, HOST, HeaderValue, IF_RANGE, LOCATION, RANGE,
        X_CONTENT_TYPE_OPTIONS,
    },
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use percent_encoding::percent_decode_str;
use std::{convert::Infallible, fmt::Write as _, net::IpAddr, ops::Range, path::PathBuf, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::broadcast::{Receiver, error::RecvError},
};

/// Where the server's own files are: no guide's address begins so.
const OWN: &str = "/@milepost/";
/// What keeps pages up to date in the browser.
const CLIENT: &str = concat!(include_str!("overlay.js"), include_str!("swap.js"), include_str!("live.js"));
/// How often a silent stream says that it is there, so that a browser that has gone is seen.
const HEARTBEAT: Duration = Duration::from_secs(20);
/// How long a system without room for another connection is left alone.
const PAUSE: Duration = Duration::from_millis(50);

type Body = BoxBody<Bytes, Infallible>;

/// What answers requests.
pub(super) struct Server {
    pub(super) live: Arc<Live>,
    /// The name under which it was asked to listen.
    pub(super) host: String,
    pub(super) editor: Editor,
    /// The folder that errors name files from.
    pub(super) current: PathBuf,
    pub(super) say: Say,
}

/// Accepts connections for good.
pub(super) async fn accept(listener: TcpListener, server: Arc<Server>) {
    loop {
        match listener.accept().await {
            Ok((connection, _)) => {
                tokio::spawn(serve(connection, Arc::clone(&server)));
            }
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

async fn serve(connection: TcpStream, server: Arc<Server>) {
    // Small answers are sent at once.
    let _ = connection.set_nodelay(true);
    let service = service_fn(move |request| {
        let server = Arc::clone(&server);
        async move { Ok::<_, Infallible>(server.answer(&request).await) }
    });
    // A browser that breaks off is no failure of ours.
    let _ = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(connection), service).await;
}

impl Server {
    async fn answer(&self, request: &Request<Incoming>) -> Response<Body> {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let mut response = words(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD are answered here");
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return response;
        }
        let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        if !is_own(host, &self.host) {
            return words(
                StatusCode::FORBIDDEN,
                &format!("`{host}` is no name of this server: ask for localhost, or start it with `--host {}`", name(host)),
            );
        }
        let path = request.uri().path();
        let query = request.uri().query();
        match path.strip_prefix(OWN) {
            Some("client.js") => return reply(StatusCode::OK, "text/javascript; charset=utf-8", CLIENT.into()),
            Some("live") => return self.stream(),
            Some("overlay") => return self.overlay(query.unwrap_or_default()).await,
            _ => {}
        }
        let Ok(decoded) = percent_decode_str(path).decode_utf8() else {
            return words(StatusCode::BAD_REQUEST, "the address is not UTF-8");
        };
        // A part of a version that is named is asked for: no version has a name here, so it is given whole.
        let asks_for_part = *request.method() == Method::GET && !request.headers().contains_key(IF_RANGE);
        let range = request.headers().get(RANGE).filter(|_| asks_for_part).and_then(|range| range.to_str().ok());
        // A generation that is replaced at this moment leaves the request to the next one.
        for _ in 0..3 {
            let Some(current) = self.live.current() else { break };
            let mount = &*current.mount;
            let Some(below) = decoded.strip_prefix(mount) else {
                let home = decoded == "/" || format!("{decoded}/") == mount;
                if home {
                    return redirect(mount, query);
                }
                return words(StatusCode::NOT_FOUND, &format!("the site is at {mount}, as its `base-url` says"));
            };
            if let Some(response) = self.file(&current, below, path, query, range).await {
                return response;
            }
        }
        self.nothing_yet()
    }

    async fn file(&self, current: &Current, below: &str, path: &str, query: Option<&str>, range: Option<&str>) -> Option<Response<Body>> {
        let script = || client(current.number);
        if let Some(bytes) = self.live.known(current.number, &generation::file(below)) {
            return Some(html(StatusCode::OK, &bytes, &script()));
        }
        let answer = current.ask(below, true).await?;
        if self.live.settle(current.number, &answer)
            && let Found::Failed(error) = &answer.found
        {
            (self.say)(Said::Failed(error));
        }
        Some(match answer.found {
            Found::Bytes(bytes) if is_html(&answer.file) => html(StatusCode::OK, &bytes, &script()),
            Found::Bytes(bytes) => {
                let mut response = ranged(&media_type(&answer.file), bytes, range);
                if is_hashed(&answer.file) {
                    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("max-age=31536000, immutable"));
                }
                response
            }
            Found::Nothing(bytes) => html(StatusCode::NOT_FOUND, &bytes, &script()),
            Found::Folder => redirect(&format!("{path}/"), query),
            Found::Failed(error) => match self.live.last_good(&answer.file) {
                Some(bytes) => html(StatusCode::OK, &bytes, &script()),
                None => html(StatusCode::INTERNAL_SERVER_ERROR, &apology(&Failure::of(&error)), &script()),
            },
        })
    }

    /// The page that is shown as long as there is no site at all.
    fn nothing_yet(&self) -> Response<Body> {
        let failure = self.live.failure().unwrap_or_else(|| Failure::words("the site is being made"));
        html(StatusCode::SERVICE_UNAVAILABLE, &apology(&failure), &client(0))
    }

    /// The events, as they come.
    fn stream(&self) -> Response<Body> {
        let (first, events) = self.live.listen();
        let (sender, body) = Channel::<Bytes>::new(8);
        tokio::spawn(forward(Arc::clone(&self.live), first, events, sender));
        respond(StatusCode::OK, "text/event-stream", body.boxed())
    }

    /// What the overlay of a page shows, as JSON; `query` names the page by its address.
    async fn overlay(&self, query: &str) -> Response<Body> {
        let page = query.strip_prefix("page=").unwrap_or_default();
        let (mut file, mut source) = (String::new(), None);
        // The address is encoded once as an address, and once as a part of the query.
        if let Ok(address) = percent_decode_str(page).decode_utf8()
            && let Ok(decoded) = percent_decode_str(&address).decode_utf8()
            && let Some(current) = self.live.current()
            && let Some(below) = decoded.strip_prefix(&*current.mount)
            && let Some(answer) = current.ask(below, false).await
        {
            (file, source) = (answer.file, answer.source);
        }
        let problem = |failure: &Failure| failure.problem(&self.current, &self.editor);
        let overlay = self.live.overlay(&file, source.as_deref(), &problem);
        reply(StatusCode::OK, "application/json", serde_json::to_vec(&overlay).unwrap_or_default().into())
    }
}

/// Sends events to a browser until it goes away.
async fn forward(live: Arc<Live>, first: Arc<str>, mut events: Receiver<Arc<str>>, mut sender: http_body_util::channel::Sender<Bytes>) {
    let mut next = format!("retry: 300\ndata: {first}\n\n");
    loop {
        if sender.send_data(next.into()).await.is_err() {
            return;
        }
        next = match tokio::time::timeout(HEARTBEAT, events.recv()).await {
            Ok(Ok(event)) => format!("data: {event}\n\n"),
            Ok(Err(RecvError::Lagged(_))) => format!("data: {}\n\n", live.after_all()),
            Ok(Err(RecvError::Closed)) => return,
            Err(_) => ":\n\n".to_owned(),
        };
    }
}

/// Whether a `Host` is one that a page of somebody else's cannot have: an address in digits, this machine, or the name that the
/// server was started with. A name that others can let point here would let their pages read what is served.
fn is_own(host: &str, started_with: &str) -> bool {
    let name = name(host);
    let is_address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok();
    is_address
        || name.eq_ignore_ascii_case("localhost")
        || name.to_ascii_lowercase().ends_with(".localhost")
        || name.eq_ignore_ascii_case(started_with)
}

/// A host without its port.
fn name(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// The media type of a file; text is all written as UTF-8 here.
fn media_type(file: &str) -> String {
    let kind = mime_guess::from_path(file).first_or_octet_stream();
    let is_text = kind.type_() == mime_guess::mime::TEXT || kind.subtype() == mime_guess::mime::JAVASCRIPT;
    if is_text { format!("{}; charset=utf-8", kind.essence_str()) } else { kind.essence_str().to_owned() }
}

/// Whether a file's name changes with its bytes.
fn is_hashed(file: &str) -> bool {
    file.strip_prefix("assets/milepost-").is_some_and(|name| !name.contains('/'))
}

fn client(number: u64) -> String {
    format!("<script src=\"{OWN}client.js\" data-generation=\"{number}\" defer></script>")
}

/// A page with the client's script before those of its own, or at its end where it has no head.
fn html(status: StatusCode, page: &[u8], script: &str) -> Response<Body> {
    reply(status, "text/html; charset=utf-8", with_script(page, script).into())
}

fn with_script(page: &[u8], script: &str) -> Vec<u8> {
    const HEAD: &[u8] = b"<head>";
    let after_start = memchr::memmem::find(page, HEAD).map(|at| at + HEAD.len());
    let place = after_start.or_else(|| memchr::memmem::find(page, b"</head>")).unwrap_or(page.len());
    [&page[..place], script.as_bytes(), &page[place..]].concat()
}

/// A page in place of one that never could be made.
fn apology(failure: &Failure) -> Vec<u8> {
    let mut text = String::new();
    for character in failure.in_words().chars() {
        match character {
            '<' => text.push_str("&lt;"),
            '&' => text.push_str("&amp;"),
            other => text.push(other),
        }
    }
    let mut page = String::new();
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>milepost serve</title>\
         <meta name=\"color-scheme\" content=\"light dark\"></head><body><main><h1>This page cannot be made yet</h1><pre>{text}</pre></main></body></html>\n"
    );
    page.into_bytes()
}

fn redirect(to: &str, query: Option<&str>) -> Response<Body> {
    let to = query.map_or_else(|| to.to_owned(), |query| format!("{to}?{query}"));
    let mut response = words(StatusCode::FOUND, "");
    if let Ok(to) = HeaderValue::from_str(&to) {
        response.headers_mut().insert(LOCATION, to);
    }
    response
}

/// A file, or the part of it that is asked for: a browser seeks in a video so.
fn ranged(kind: &str, bytes: Bytes, range: Option<&str>) -> Response<Body> {
    let length = bytes.len();
    let mut response = match range.map_or(Part::All, |range| part(range, length)) {
        Part::All => reply(StatusCode::OK, kind, bytes),
        Part::Of(part) => {
            let mut response = reply(StatusCode::PARTIAL_CONTENT, kind, bytes.slice(part.clone()));
            let place = format!("bytes {}-{}/{length}", part.start, part.end - 1);
            response.headers_mut().extend(HeaderValue::from_str(&place).map(|place| (CONTENT_RANGE, place)));
            response
        }
        Part::Beyond => {
            let mut response = words(StatusCode::RANGE_NOT_SATISFIABLE, &format!("the file has {length} bytes"));
            let place = format!("bytes */{length}");
            response.headers_mut().extend(HeaderValue::from_str(&place).map(|place| (CONTENT_RANGE, place)));
            response
        }
    };
    response.headers_mut().insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    response
}

/// What a `Range` asks for.
#[derive(Debug, PartialEq)]
enum Part {
    All,
    /// Some bytes, at least one.
    Of(Range<usize>),
    /// Bytes behind the last.
    Beyond,
}

/// The part of so many bytes that a `Range` asks for (RFC 9110, section 14.1): all of them where it asks for several parts, or is not understood.
fn part(range: &str, length: usize) -> Part {
    // A number too large for us is behind any file.
    let number = |digits: &str| {
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| digits.parse().unwrap_or(usize::MAX))
    };
    let Some((unit, wanted)) = range.split_once('=') else { return Part::All };
    let Some((first, last)) = wanted.trim().split_once('-').filter(|_| unit.eq_ignore_ascii_case("bytes")) else { return Part::All };
    let wanted = match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => first..last.saturating_add(1).min(length),
        (Some(first), None) if last.is_empty() => first..length,
        (None, Some(count)) if first.is_empty() => length.saturating_sub(count)..length,
        _ => return Part::All,
    };
    if wanted.start < wanted.end { Part::Of(wanted) } else { Part::Beyond }
}

fn words(status: StatusCode, text: &str) -> Response<Body> {
    reply(status, "text/plain; charset=utf-8", format!("{text}\n").into())
}

fn reply(status: StatusCode, kind: &str, bytes: Bytes) -> Response<Body> {
    respond(status, kind, Full::new(bytes).boxed())
}

fn respond(status: StatusCode, kind: &str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_str(kind).unwrap_or(HeaderValue::from_static("application/octet-stream")));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_nobody_else_can_have_are_answered() {
        for host in
            ["127.0.0.1:4000", "localhost", "LOCALHOST:4000", "docs.localhost:4000", "[::1]:4000", "192.168.1.2:80", "laptop.lan:4000"]
        {
            assert!(is_own(host, "laptop.lan"), "{host}");
        }
        for host in ["", "evil.example", "evil.example:4000", "localhost.evil.example", "notlocalhost", "127.0.0.1.evil.example"] {
            assert!(!is_own(host, "127.0.0.1"), "{host}");
        }
    }

    #[test]
    fn the_end_of_a_name_tells_the_media_type() {
        for (file, kind) in [
            ("a/index.html", "text/html; charset=utf-8"),
            ("assets/x.css", "text/css; charset=utf-8"),
            ("x.js", "text/javascript; charset=utf-8"),
            ("a.md", "text/markdown; charset=utf-8"),
            ("feed.xml", "text/xml; charset=utf-8"),
            ("x.json", "application/json"),
            ("x.ics", "text/calendar; charset=utf-8"),
            ("x.svg", "image/svg+xml"),
            ("图/a.PNG", "image/png"),
            ("x.avif", "image/avif"),
            ("x.webp", "image/webp"),
            ("x.ico", "image/x-icon"),
            ("x.woff2", "font/woff2"),
            ("x.pdf", "application/pdf"),
            ("x.wasm", "application/wasm"),
            ("LICENSE", "application/octet-stream"),
        ] {
            assert_eq!(media_type(file), kind, "{file}");
        }
    }

    #[test]
    fn one_part_of_a_file_can_be_asked_for() {
        for (range, wanted) in [
            ("bytes=0-0", Part::Of(0..1)),
            ("bytes=2-5", Part::Of(2..6)),
            ("bytes=2-99", Part::Of(2..10)),
            ("Bytes=2-", Part::Of(2..10)),
            ("bytes=-3", Part::Of(7..10)),
            ("bytes=-99", Part::Of(0..10)),
            ("bytes=9-99999999999999999999999", Part::Of(9..10)),
            ("bytes=10-", Part::Beyond),
            ("bytes=99999999999999999999999-", Part::Beyond),
            ("bytes=-0", Part::Beyond),
            ("bytes=5-2", Part::All),
            ("bytes=0-1,3-4", Part::All),
            ("bytes=-", Part::All),
            ("bytes=+1-2", Part::All),
            ("bytes 0-1", Part::All),
            ("lines=0-1", Part::All),
        ] {
            assert_eq!(part(range, 10), wanted, "{range}");
        }
        assert_eq!(part("bytes=0-", 0), Part::Beyond);
        assert_eq!(part("bytes=-5", 0), Part::Beyond);
    }

    #[test]
    fn the_script_stands_first_in_the_head_or_last_on_a_page_without_one() {
        assert_eq!(with_script(b"<head><title></title></head><body>", "*"), b"<head>*<title></title></head><body>");
        assert_eq!(with_script(b"<head lang=en><title></title></head><body>", "*"), b"<head lang=en><title></title>*</head><body>");
        assert_eq!(with_script(b"<p>bare", "*"), b"<p>bare*");
    }
}
