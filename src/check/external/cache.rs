//! What is known of addresses from earlier runs: one line an address, sorted, readable in a diff.
//!
//! `address <tab> outcome <tab> detail <tab> when <tab> where it has moved to`. Only outcomes that would come again are kept:
//! found, redirected, broken. A line that cannot be read is left out, as is a file of another version.

use super::{
    outcome::{Fault, Found, Known},
    settings::{Keep, Settings},
};
use crate::{
    error::{Error, shown},
    replace::replace,
};
use jiff::Timestamp;
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs::{self, OpenOptions},
    path::{Path, PathBuf},
    time::Duration,
};

/// The first line of a cache file.
const HEADER: &str = "milepost-links 1";
/// Entries that are this much older than anything is believed go for good.
const FORGET: Duration = Duration::from_secs(90 * 86_400);

/// Outcomes by address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cache {
    entries: BTreeMap<String, Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    known: Kept,
    /// Seconds since 1970.
    when: i64,
}

/// An outcome that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Kept {
    Found {
        status: u16,
        redirected: bool,
        moved: Option<String>,
    },
    Broken(Fault),
    /// A fragment: whether the page has it.
    Fragment(bool),
}

impl Cache {
    /// Reads a cache; one that is not there is empty.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn read(path: &Path) -> Result<Self, Error> {
        match fs::read(path) {
            Ok(bytes) => Ok(Self::parse(&String::from_utf8_lossy(&bytes))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(source) => Err(Error::io("read", path, source)),
        }
    }

    fn parse(text: &str) -> Self {
        let mut lines = text.lines();
        if lines.next() != Some(HEADER) {
            return Self::default();
        }
        Self { entries: lines.filter_map(entry).collect() }
    }

    /// The text of the file.
    #[must_use]
    pub fn render(&self) -> String {
        let mut out = format!("{HEADER}\n");
        for (url, Entry { known, when }) in &self.entries {
            let when = Timestamp::from_second(*when).map_or_else(|_| String::new(), |when| when.to_string());
            let (outcome, detail, moved) = match known {
                Kept::Found { status, redirected, moved } => {
                    (if *redirected { "redirected" } else { "found" }, status.to_string(), moved.as_deref().unwrap_or_default())
                }
                Kept::Broken(Fault::Status(words)) => ("status", words.clone(), ""),
                Kept::Broken(Fault::Timeout(words)) => ("timeout", words.clone(), ""),
                Kept::Broken(Fault::Connect(words)) => ("connect", words.clone(), ""),
                Kept::Broken(Fault::RedirectLoop(words)) => ("redirect-loop", words.clone(), ""),
                Kept::Fragment(is_there) => (if *is_there { "fragment" } else { "no-fragment" }, String::new(), ""),
            };
            let detail = detail.replace(['\t', '\n', '\r'], " ");
            let _ = writeln!(out, "{}", format!("{url}\t{outcome}\t{detail}\t{when}\t{moved}").trim_end_matches('\t'));
        }
        out
    }

    /// Whether nothing is known.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What is known of an address and its fragments; none when it has to be asked for. `any_age` believes everything.
    pub(super) fn get(&self, url: &str, fragments: &[&str], keep: &Keep, any_age: bool) -> Option<Known> {
        let now = Timestamp::now().as_second();
        let fresh = |entry: &&Entry| any_age || u64::try_from(now - entry.when).map_or(true, |age| age <= keep.of(&entry.known).as_secs());
        match &self.entries.get(url).filter(fresh)?.known {
            Kept::Broken(fault) => Some(Known::Broken(fault.clone())),
            Kept::Fragment(_) => None,
            Kept::Found { status, redirected, moved } => {
                let mut missing = Vec::new();
                for fragment in fragments {
                    match self.entries.get(&format!("{url}#{fragment}")).filter(fresh)?.known {
                        Kept::Fragment(true) => {}
                        Kept::Fragment(false) => missing.push((*fragment).into()),
                        _ => return None,
                    }
                }
                Some(Known::Found(Found { status: *status, moved: moved.clone(), redirected: *redirected, missing }))
            }
        }
    }

    /// Takes an outcome over, if it is one that would come again; `fragments` are those that were looked for.
    pub(super) fn put(&mut self, url: &str, known: &Known, fragments: &[&str]) {
        let when = Timestamp::now().as_second();
        let kept = match known {
            Known::Found(found) => {
                for fragment in fragments {
                    let is_there = !found.missing.iter().any(|missing| **missing == **fragment);
                    self.entries.insert(format!("{url}#{fragment}"), Entry { known: Kept::Fragment(is_there), when });
                }
                Kept::Found { status: found.status, redirected: found.redirected, moved: found.moved.clone() }
            }
            Known::Broken(fault @ (Fault::Status(_) | Fault::RedirectLoop(_))) => Kept::Broken(fault.clone()),
            // A host that does not answer may do so in a minute.
            Known::Broken(_) | Known::Blocked(_) | Known::Skipped(_) | Known::NotChecked(_) => return,
        };
        self.entries.insert(url.to_owned(), Entry { known: kept, when });
    }

    /// Takes over what another cache knows better: the newer of two entries, and for one moment the worse.
    pub fn merge(&mut self, other: Self) {
        for (url, entry) in other.entries {
            match self.entries.get(&url) {
                Some(known) if known.when > entry.when => {}
                Some(known) if known.when == entry.when && matches!(known.known, Kept::Broken(_) | Kept::Fragment(false)) => {}
                _ => {
                    self.entries.insert(url, entry);
                }
            }
        }
    }

    /// Writes what was learnt over what is in the file by now: another run may have written meanwhile.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub(super) fn save(self, path: &Path, believed: Duration) -> Result<(), Error> {
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(|source| Error::io("create", folder, source))?;
        let name = path.file_name().map_or_else(|| "links".to_owned(), |name| name.to_string_lossy().into_owned());
        let lock_path = path.with_file_name(format!(".{name}.lock"));
        let lock =
            OpenOptions::new().create(true).append(true).open(&lock_path).map_err(|source| Error::io("create", &lock_path, source))?;
        lock.lock().map_err(|source| Error::io("lock", &lock_path, source))?;
        let mut all = Self::read(path)?;
        all.merge(self);
        let oldest = Timestamp::now().as_second() - i64::try_from(believed.saturating_add(FORGET).as_secs()).unwrap_or(i64::MAX);
        all.entries.retain(|_, entry| entry.when >= oldest);
        write(path, &all.render())
    }
}

/// The caches of several runs as one text.
///
/// # Errors
/// A file that is not there or is no cache.
pub fn join(paths: &[PathBuf]) -> Result<String, Error> {
    let mut all = Cache::default();
    for path in paths {
        let text = fs::read_to_string(path).map_err(|source| Error::io("read", path, source))?;
        if text.lines().next() != Some(HEADER) {
            return Err(Error::usage(
                format!("`{}` is no cache of external addresses", shown(path)),
                "name files that `check --external` wrote",
            ));
        }
        all.merge(Cache::parse(&text));
    }
    Ok(all.render())
}

impl Keep {
    /// The longest that anything is believed.
    pub(super) fn longest(self) -> Duration {
        self.found.max(self.redirected).max(self.broken)
    }

    fn of(self, known: &Kept) -> Duration {
        match known {
            Kept::Found { redirected: true, .. } => self.redirected,
            Kept::Found { .. } | Kept::Fragment(true) => self.found,
            Kept::Broken(_) | Kept::Fragment(false) => self.broken,
        }
    }
}

impl Settings<'_> {
    /// The cache of earlier runs.
    pub(super) fn known(&self) -> Result<Cache, Error> {
        self.cache.as_deref().map_or_else(|| Ok(Cache::default()), Cache::read)
    }
}

/// Writes a cache over another one, and over nothing else.
///
/// # Errors
/// A file that is there and is no cache, or that cannot be written.
pub fn write(path: &Path, text: &str) -> Result<(), Error> {
    let is_other = fs::read(path).is_ok_and(|old| !old.is_empty() && !old.starts_with(b"milepost-links "));
    if is_other {
        return Err(Error::usage(
            format!("`{}` is no cache of external addresses", shown(path)),
            "name another file for the cache, or remove this one",
        ));
    }
    replace(path, text.as_bytes())
}

fn entry(line: &str) -> Option<(String, Entry)> {
    let mut parts = line.split('\t');
    let (url, outcome, detail, when) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let moved = parts.next().filter(|moved| !moved.is_empty()).map(str::to_owned);
    let when = when.parse::<Timestamp>().ok()?.as_second();
    let known = match outcome {
        "found" | "redirected" => Kept::Found { status: detail.parse().ok()?, redirected: outcome == "redirected", moved },
        "status" => Kept::Broken(Fault::Status(detail.to_owned())),
        "timeout" => Kept::Broken(Fault::Timeout(detail.to_owned())),
        "connect" => Kept::Broken(Fault::Connect(detail.to_owned())),
        "redirect-loop" => Kept::Broken(Fault::RedirectLoop(detail.to_owned())),
        "fragment" => Kept::Fragment(true),
        "no-fragment" => Kept::Fragment(false),
        _ => return None,
    };
    url::Url::parse(url).ok()?;
    Some((url.to_owned(), Entry { known, when }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEEP: Keep =
        Keep { found: Duration::from_secs(7 * 86_400), redirected: Duration::from_secs(86_400), broken: Duration::from_secs(3_600) };

    fn at(text: &str, hours_ago: i64) -> Cache {
        let when = Timestamp::from_second(Timestamp::now().as_second() - hours_ago * 3_600).expect("it is a time");
        Cache::parse(&format!("{HEADER}\n{}\n", text.replace("WHEN", &when.to_string())))
    }

    #[test]
    fn each_outcome_is_believed_for_its_own_time() {
        let is_known = |text: &str, hours: i64| at(text, hours).get("https://a.example/", &[], &KEEP, false).is_some();
        let found = "https://a.example/\tfound\t200\tWHEN";
        let redirected = "https://a.example/\tredirected\t200\tWHEN\thttps://b.example/";
        let broken = "https://a.example/\tstatus\t404 Not Found\tWHEN";
        assert!(is_known(found, 160) && !is_known(found, 170));
        assert!(is_known(redirected, 23) && !is_known(redirected, 25));
        assert!(is_known(broken, 0) && !is_known(broken, 2));
        assert!(at(broken, 2000).get("https://a.example/", &[], &KEEP, true).is_some());
    }

    #[test]
    fn a_cache_is_read_as_it_was_written_and_damage_is_left_out() {
        let mut cache = Cache::default();
        let found = Found { status: 200, moved: Some("https://b.example/x".to_owned()), redirected: true, missing: vec!["no".into()] };
        cache.put("https://a.example/", &Known::Found(found.clone()), &["no", "yes"]);
        cache.put("https://c.example/", &Known::Broken(Fault::Status("404 Not Found".to_owned())), &[]);
        cache.put("https://d.example/", &Known::Broken(Fault::Timeout("slow".to_owned())), &[]);
        let text = cache.render();
        assert_eq!(text.lines().count(), 5, "{text}");
        let damaged = Cache::parse(&format!("{text}no line at all\nhttps://e.example/\tfound\tx\ty\n"));
        assert_eq!(damaged, cache);
        assert_eq!(damaged.get("https://a.example/", &["no", "yes"], &KEEP, false), Some(Known::Found(found)));
        assert_eq!(damaged.get("https://a.example/", &["other"], &KEEP, false), None);
        assert_eq!(Cache::parse("milepost-links 2\n"), Cache::default());
    }

    #[test]
    fn two_runs_that_share_a_file_lose_nothing() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let path = folder.path().join("deep/links.tsv");
        std::thread::scope(|scope| {
            for number in 0..8 {
                let path = &path;
                scope.spawn(move || {
                    let mut cache = Cache::default();
                    cache.put(&format!("https://{number}.example/"), &Known::Found(Found { status: 200, ..Found::default() }), &[]);
                    cache.save(path, KEEP.longest()).expect("it can be written");
                });
            }
        });
        assert_eq!(Cache::read(&path).expect("it can be read").entries.len(), 8);
    }
}
