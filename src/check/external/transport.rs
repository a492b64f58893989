//! One request: an address in, a status or the way in which none came out. Redirects are not followed here, so that every
//! address on the way is looked at first; of bodies that nobody asked for, no more is read than keeps a connection in use.

use super::{outcome::Fault, settings::Settings};
use crate::error::Error;
use lychee_lib::ErrorKind;
use reqwest::{
    Method, Response, StatusCode,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER},
    redirect::Policy,
};
use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use url::{Host, Url};

/// The most of a page that is read to look for fragments, in bytes.
const BODY: usize = 4 << 20;
/// The most of a page that nobody asked for which is read all the same: less than another connection costs, in bytes.
const REST: u64 = 64 << 10;
/// The longest that this may take.
const REST_TIME: Duration = Duration::from_millis(500);
/// The longest that connecting may take, in whatever time a request has.
const CONNECT: Duration = Duration::from_secs(10);

/// Sends requests.
pub(super) struct Transport {
    client: reqwest::Client,
    timeout: Duration,
    allow_private: bool,
}

/// What a host said.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    /// Where it sends the reader on.
    pub(super) location: Option<String>,
    /// How long it wants to be left alone.
    pub(super) retry_after: Option<Duration>,
    /// Whether it wants to see that a person is asking.
    pub(super) is_challenge: bool,
    response: Response,
}

/// Why there is no answer.
pub(super) enum Failure {
    /// Worth another try.
    Broken(Fault),
    /// The address is one that is not to be asked.
    Private(String),
}

impl Transport {
    /// # Errors
    /// A client that cannot be made, such as for want of certificates.
    pub(super) fn new(settings: &Settings<'_>) -> Result<Self, Error> {
        let client = reqwest::Client::builder()
            .user_agent(settings.user_agent.as_str())
            .redirect(Policy::none())
            .connect_timeout(CONNECT.min(settings.timeout))
            .dns_resolver(Arc::new(PublicOnly { allow_private: settings.allow_private, proxies: proxies() }))
            .pool_idle_timeout(Duration::from_secs(15))
            .build()
            .map_err(|error| {
                let words = ErrorKind::NetworkRequest(error).details();
                Error::usage(
                    format!("no client for external addresses could be made: {words}"),
                    "install the system's certificates (Debian: `ca-certificates`)",
                )
            })?;
        Ok(Self { client, timeout: settings.timeout, allow_private: settings.allow_private })
    }

    /// Sends one request and waits for the head of the answer.
    pub(super) async fn send(&self, method: Method, url: &Url, headers: &HeaderMap) -> Result<Answer, Failure> {
        if let Some(address) = literal(url).filter(|address| !self.allow_private && is_private(*address)) {
            return Err(Failure::Private(private(&address.to_string())));
        }
        let request = self.client.request(method, url.clone()).headers(headers.clone()).send();
        let response = match tokio::time::timeout(self.timeout, request).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(failure(error, self.timeout)),
            Err(_) => return Err(Failure::Broken(timed_out(self.timeout))),
        };
        let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Ok(Answer {
            status: response.status(),
            location: response.headers().get(LOCATION).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
            retry_after: text(RETRY_AFTER).and_then(|value| retry_after(&value)),
            is_challenge: response.headers().get("cf-mitigated").is_some_and(|value| value == "challenge"),
            response,
        })
    }

    /// Is done with an answer: what is left of a short page is read, so that its connection serves the next request.
    pub(super) async fn finish(&self, answer: Answer) {
        let mut response = answer.response;
        if response.content_length().is_some_and(|length| length <= REST) {
            let reading = async { while let Ok(Some(_)) = response.chunk().await {} };
            // A connection that is slow or breaks is closed, and nothing depends on it.
            let _ = tokio::time::timeout(REST_TIME, reading).await;
        }
    }

    /// The text of an HTML page, as far as it is looked through; none where it is no HTML.
    pub(super) async fn html(&self, answer: Answer) -> Result<Option<String>, Failure> {
        let mut response = answer.response;
        let kind = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
        if !(kind.starts_with("text/html") || kind.starts_with("application/xhtml+xml")) {
            return Ok(None);
        }
        let reading = async {
            let mut body: Vec<u8> = Vec::new();
            while let Some(chunk) = response.chunk().await? {
                body.extend_from_slice(&chunk);
                if body.len() >= BODY {
                    // What lies beyond is not known, so nothing can be said of what is missing.
                    return Ok(None);
                }
            }
            Ok(Some(String::from_utf8_lossy(&body).into_owned()))
        };
        match tokio::time::timeout(self.timeout, reading).await {
            Ok(Ok(text)) => Ok(text),
            Ok(Err(error)) => Err(failure(error, self.timeout)),
            Err(_) => Err(Failure::Broken(timed_out(self.timeout))),
        }
    }
}

fn timed_out(timeout: Duration) -> Fault {
    Fault::Timeout(format!("there was no answer within {} s", timeout.as_secs_f64()))
}

fn failure(error: reqwest::Error, timeout: Duration) -> Failure {
    let mut source: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(&error);
    while let Some(cause) = source {
        if let Some(refusal) = cause.downcast_ref::<Refusal>() {
            return Failure::Private(refusal.0.clone());
        }
        source = cause.source();
    }
    if error.is_timeout() {
        return Failure::Broken(timed_out(timeout));
    }
    let words = ErrorKind::NetworkRequest(error.without_url()).details();
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    Failure::Broken(Fault::Connect(format!("the host cannot be reached: {}", lower_first(words.trim_end_matches('.')))))
}

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) if !text[first.len_utf8()..].starts_with(char::is_uppercase) => first.to_lowercase().chain(characters).collect(),
        _ => text.to_owned(),
    }
}

/// Seconds, or a date (RFC 9110, 10.2.3).
fn retry_after(value: &str) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(value.trim()).ok()?.timestamp();
    let seconds = date.as_second() - jiff::Timestamp::now().as_second();
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

/// The address that a host's name is, if it is one.
fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
        Host::Domain(_) => None,
    }
}

/// Resolves names, and forgets addresses that are nobody's business but this network's.
struct PublicOnly {
    allow_private: bool,
    /// The hosts of proxies: whoever set them trusts them, wherever they are.
    proxies: Vec<String>,
}

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private || self.proxies.iter().any(|proxy| proxy.eq_ignore_ascii_case(name.as_str()));
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let public: Vec<SocketAddr> = found.iter().copied().filter(|address| allow_private || !is_private(address.ip())).collect();
            match found.first() {
                Some(first) if public.is_empty() => Err(Refusal(private(&first.ip().to_string())).into()),
                _ => Ok(Box::new(public.into_iter()) as Addrs),
            }
        })
    }
}

/// The hosts of the proxies that the environment names, as the client reads it.
fn proxies() -> Vec<String> {
    let names = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"].into_iter().flat_map(|name| [name.to_owned(), name.to_lowercase()]);
    let values = names.filter_map(|name| std::env::var(name).ok());
    let urls = values.filter_map(|value| Url::parse(&value).or_else(|_| Url::parse(&format!("http://{value}"))).ok());
    urls.filter_map(|url| url.host_str().map(str::to_owned)).collect()
}

fn private(address: &str) -> String {
    format!("its address `{address}` is private; `allow-private-addresses` in `[external]` asks it")
}

#[derive(Debug)]
struct Refusal(String);

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Refusal {}

/// Whether an address is loopback, private, link-local or otherwise not of the public network (RFC 6890).
pub(super) fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            address.is_loopback()
                || address.is_private()
                || address.is_link_local()
                || address.is_unspecified()
                || address.is_broadcast()
                || address.is_documentation()
                || address.is_multicast()
                || first == 0
                || (first == 100 && (64..128).contains(&second))
                || (first == 198 && (18..20).contains(&second))
                || first >= 240
        }
        IpAddr::V6(address) => {
            let embedded = match address.segments() {
                // NAT64 (RFC 6052) and 6to4 (RFC 3056) carry an address of the old kind.
                [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => Some((high, low)),
                _ => None,
            };
            let embedded = embedded.map(|(high, low)| {
                let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
                IpAddr::from([a, b, c, d])
            });
            address.is_loopback()
                || address.is_unspecified()
                || address.is_multicast()
                || address.is_unique_local()
                || address.is_unicast_link_local()
                || embedded.is_some_and(is_private)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_this_network_are_told_from_public_ones() {
        for address in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "::1",
            "fe80::1",
            "fd00::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
        ] {
            assert!(is_private(address.parse().expect("it is an address")), "{address}");
        }
        for address in ["1.1.1.1", "93.184.216.34", "100.128.0.1", "2606:4700::1111", "64:ff9b::101:101"] {
            assert!(!is_private(address.parse().expect("it is an address")), "{address}");
        }
    }

    #[test]
    fn a_wait_is_seconds_or_a_date() {
        assert_eq!(retry_after("120"), Some(Duration::from_secs(120)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::ZERO));
        assert_eq!(retry_after("soon"), None);
    }
}
