//! `[external]`: how addresses of other sites are asked for.

use serde::Deserialize;
use std::{collections::BTreeMap, path::PathBuf};

/// The file of what is known of external addresses, from the configuration's folder.
pub const CACHE: &str = ".milepost-cache/links.tsv";

/// `[external]`: how external addresses are asked for.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct External {
    /// How long an answer may take, in milliseconds.
    pub timeout_ms: u64,
    /// How often a failure that may pass is tried again.
    pub retries: u32,
    /// How long the first wait before another try is, in milliseconds; it doubles.
    pub retry_wait_ms: u64,
    /// The most redirects that are followed.
    pub max_redirects: usize,
    /// The longest that a host's `Retry-After` is honoured, in seconds.
    pub max_retry_after_s: u64,
    /// Whether fragments are looked for on the pages.
    pub fragments: bool,
    /// Whether addresses of this machine and its network may be asked.
    pub allow_private_addresses: bool,
    /// Status codes that count as found, beside 2xx.
    pub accept: Vec<StatusCodes>,
    /// Regular expressions of addresses that are not asked for.
    pub exclude: Vec<String>,
    /// Regular expressions of addresses that are asked for although they are known to be no pages.
    pub include: Vec<String>,
    /// What the program calls itself.
    pub user_agent: Option<String>,
    /// The most requests at once.
    pub concurrency: usize,
    /// The most requests to one host at once.
    pub host_concurrency: usize,
    /// The least time between two requests to one host, in milliseconds.
    pub host_pause_ms: u64,
    /// Where outcomes are kept.
    pub cache: CachePlace,
    /// How long what was found is believed, in days.
    pub keep_found_days: u32,
    /// How long a redirect is believed, in days.
    pub keep_redirect_days: u32,
    /// How long what is broken is believed, in hours.
    pub keep_broken_hours: u32,
    /// Hosts with limits and headers of their own.
    pub hosts: BTreeMap<String, Host>,
}

impl Default for External {
    fn default() -> Self {
        Self {
            timeout_ms: 20_000,
            retries: 2,
            retry_wait_ms: 1_000,
            max_redirects: 10,
            max_retry_after_s: 60,
            fragments: false,
            allow_private_addresses: false,
            accept: Vec::new(),
            exclude: Vec::new(),
            include: Vec::new(),
            user_agent: None,
            concurrency: 64,
            host_concurrency: 4,
            host_pause_ms: 50,
            cache: CachePlace::Use(true),
            keep_found_days: 7,
            keep_redirect_days: 1,
            keep_broken_hours: 1,
            hosts: BTreeMap::new(),
        }
    }
}

/// One status code, or several in lychee's notation: `200..=299`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(untagged)]
pub enum StatusCodes {
    /// One.
    One(u16),
    /// A range.
    Range(String),
}

/// Whether outcomes are kept, or where.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(untagged)]
pub enum CachePlace {
    /// In the usual place, or not at all.
    Use(bool),
    /// In a file, from the configuration's folder.
    At(PathBuf),
}

/// `[external.hosts."example.com"]`: one host.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Host {
    /// Headers for this host only; `${NAME}` stands for an environment variable.
    pub headers: BTreeMap<String, String>,
    /// The most requests at once.
    pub concurrency: Option<usize>,
    /// The least time between two requests, in milliseconds.
    pub pause_ms: Option<u64>,
}
