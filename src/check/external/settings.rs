//! How external addresses are asked for: the configuration and the command line in, checked values out.

use crate::{
    config::{self, Config},
    error::Error,
    progress::Progress,
};
use lychee_lib::{StatusCodeSelector, StatusRange};
use regex::RegexSet;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    str::FromStr as _,
    time::Duration,
};

/// How addresses are asked for.
pub struct Settings<'a> {
    pub(super) timeout: Duration,
    pub(super) retries: u32,
    pub(super) retry_wait: Duration,
    pub(super) max_redirects: usize,
    pub(super) max_retry_after: Duration,
    pub(super) fragments: bool,
    pub(super) allow_private: bool,
    pub(super) accept: StatusCodeSelector,
    pub(super) exclude: RegexSet,
    pub(super) include: RegexSet,
    pub(super) user_agent: String,
    pub(super) concurrency: usize,
    pub(super) per_host: PerHost,
    pub(super) hosts: BTreeMap<String, PerHost>,
    /// Where outcomes are kept; none when they are not.
    pub(super) cache: Option<PathBuf>,
    pub(super) keep: Keep,
    /// Whether the cache alone answers.
    pub(super) offline: bool,
    pub(super) deadline: Option<Duration>,
    pub(super) shard: Option<Shard>,
    /// The ids of an HTML page.
    pub(super) ids: fn(&str) -> Vec<Box<str>>,
    pub(super) progress: &'a Progress,
}

/// How long outcomes are kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keep {
    pub(super) found: Duration,
    pub(super) redirected: Duration,
    pub(super) broken: Duration,
}

/// How one host is asked.
#[derive(Clone, Debug)]
pub(super) struct PerHost {
    pub(super) concurrency: usize,
    pub(super) pause: Duration,
    pub(super) headers: reqwest::header::HeaderMap,
}

/// One of so many parts of all addresses, split by host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    number: u32,
    of: u32,
}

impl Shard {
    /// Reads `2/5`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || "write it as `2/5`: the second of five parts".to_owned();
        let (number, of) = text.split_once('/').ok_or_else(wrong)?;
        let (number, of) = (number.trim().parse().map_err(|_| wrong())?, of.trim().parse().map_err(|_| wrong())?);
        if number == 0 || number > of {
            return Err(format!("the part is a number from 1 to {of}"));
        }
        Ok(Self { number, of })
    }

    /// Whether a host is in this part: the same one on every machine.
    pub(super) fn holds(self, host: &str) -> bool {
        let hash = blake3::hash(host.as_bytes());
        let first = hash.as_bytes().first_chunk().copied().map_or(0, u64::from_le_bytes);
        first % u64::from(self.of) == u64::from(self.number - 1)
    }
}

/// What the command line says over the configuration.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asking {
    /// Whether the cache alone answers.
    pub offline: bool,
    /// How long the run may take.
    pub deadline: Option<Duration>,
    /// The part of all addresses that is asked for.
    pub shard: Option<Shard>,
}

impl<'a> Settings<'a> {
    /// The settings of a project.
    ///
    /// # Errors
    /// A pattern, a status code, a header or an environment variable that cannot be used.
    pub fn new(
        config: &Config,
        root: &Path,
        asking: Asking,
        ids: fn(&str) -> Vec<Box<str>>,
        progress: &'a Progress,
    ) -> Result<Self, Error> {
        let external = &config.external;
        let per_host = PerHost {
            concurrency: external.host_concurrency.max(1),
            pause: Duration::from_millis(external.host_pause_ms),
            headers: reqwest::header::HeaderMap::new(),
        };
        let mut hosts = BTreeMap::new();
        for (name, host) in &external.hosts {
            let own = PerHost {
                concurrency: host.concurrency.map_or(per_host.concurrency, |concurrency| concurrency.max(1)),
                pause: host.pause_ms.map_or(per_host.pause, Duration::from_millis),
                headers: headers(name, &host.headers)?,
            };
            hosts.insert(name.to_ascii_lowercase(), own);
        }
        let cache = match &external.cache {
            config::CachePlace::Use(false) => None,
            config::CachePlace::Use(true) => Some(root.join(config::CACHE)),
            config::CachePlace::At(path) => Some(root.join(path)),
        };
        let days = |days: u32| Duration::from_secs(u64::from(days) * 86_400);
        let hours = |hours: u32| Duration::from_secs(u64::from(hours) * 3_600);
        Ok(Self {
            timeout: Duration::from_millis(external.timeout_ms.max(1)),
            retries: external.retries,
            retry_wait: Duration::from_millis(external.retry_wait_ms),
            max_redirects: external.max_redirects,
            max_retry_after: Duration::from_secs(external.max_retry_after_s),
            fragments: external.fragments,
            allow_private: external.allow_private_addresses,
            accept: accepted(&external.accept)?,
            exclude: patterns("exclude", &external.exclude)?,
            include: patterns("include", &external.include)?,
            user_agent: external.user_agent.clone().unwrap_or_else(|| concat!("milepost/", env!("CARGO_PKG_VERSION")).to_owned()),
            concurrency: external.concurrency.max(1),
            per_host,
            hosts,
            cache,
            keep: Keep {
                found: days(external.keep_found_days),
                redirected: days(external.keep_redirect_days),
                broken: hours(external.keep_broken_hours),
            },
            offline: asking.offline,
            deadline: asking.deadline,
            shard: asking.shard,
            ids,
            progress,
        })
    }

    pub(super) fn host(&self, name: &str) -> &PerHost {
        self.hosts.get(name).unwrap_or(&self.per_host)
    }
}

/// The codes that count as found, beside lychee-lib's own: 100 to 103 and 200 to 299.
fn accepted(codes: &[config::StatusCodes]) -> Result<StatusCodeSelector, Error> {
    let mut selector = StatusCodeSelector::default_accepted();
    for code in codes {
        let text = match code {
            config::StatusCodes::One(code) => code.to_string(),
            config::StatusCodes::Range(range) => range.clone(),
        };
        let range = StatusRange::from_str(text.trim()).map_err(|_| {
            Error::usage(format!("`external.accept` names no status codes: `{text}`"), "write `403`, or a range such as `\"500..=599\"`")
        })?;
        selector.add_range(range);
    }
    Ok(selector)
}

fn patterns(key: &str, patterns: &[String]) -> Result<RegexSet, Error> {
    RegexSet::new(patterns).map_err(|error| {
        let words = error.to_string();
        let last = words.lines().last().unwrap_or_default().trim().trim_start_matches("error: ").to_owned();
        Error::usage(
            format!("a pattern of `external.{key}` is no regular expression: {last}"),
            "escape signs such as `(`, `?` and `+` with `\\`",
        )
    })
}

/// Headers for one host only; `${NAME}` stands for an environment variable, so that no secret is written down.
fn headers(host: &str, given: &BTreeMap<String, String>) -> Result<reqwest::header::HeaderMap, Error> {
    let mut headers = reqwest::header::HeaderMap::new();
    for (name, value) in given {
        let value = expand(host, name, value)?;
        let known = reqwest::header::HeaderName::from_str(name);
        let sound = reqwest::header::HeaderValue::from_str(&value);
        let (Ok(known), Ok(mut sound)) = (known, sound) else {
            return Err(Error::usage(
                format!("the header `{name}` for `{host}` cannot be sent"),
                "use letters, digits and `-` in its name, and no line ending in its value",
            ));
        };
        sound.set_sensitive(true);
        headers.insert(known, sound);
    }
    Ok(headers)
}

fn expand(host: &str, header: &str, value: &str) -> Result<String, Error> {
    let mut out = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, tail)) = after.split_once('}') else {
            return Err(Error::usage(format!("the header `{header}` for `{host}` has a `${{` without its `}}`"), "write `${NAME}`"));
        };
        out.push_str(before);
        let Ok(secret) = std::env::var(name) else {
            let message = format!("the header `{header}` for `{host}` needs the environment variable `{name}`, which is not set");
            return Err(Error::usage(message, "set it, or take the header out of `[external.hosts]`"));
        };
        out.push_str(secret.trim());
        rest = tail;
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_split_all_hosts_among_them() {
        let shards: Vec<Shard> = (1..=5).map(|number| Shard::parse(&format!("{number}/5")).expect("it is a part")).collect();
        for host in ["a.example", "b.example", "127.0.0.1", "例え.jp"] {
            assert_eq!(shards.iter().filter(|shard| shard.holds(host)).count(), 1, "{host}");
        }
        assert!(Shard::parse("0/5").is_err() && Shard::parse("6/5").is_err() && Shard::parse("x").is_err());
    }
}
