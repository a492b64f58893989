//! External addresses: a site's links in, findings and what else is worth a word out. The only user of lychee-lib and of a
//! network.
//!
//! lychee-lib decides what it decides well: which addresses are known to be no pages (`filter`), which status codes count as
//! found, and what a failure of the network means in words. Sending is our own (`transport`), since its client follows
//! redirects without looking at the addresses, reads bodies without a bound, repeats neither 5xx nor broken connections, and
//! knows a single method.

mod address;
mod cache;
mod engine;
mod host;
mod outcome;
mod settings;
mod transport;

pub use cache::{Cache, join as join_caches, write as write_cache};
pub use settings::{Asking, Settings, Shard};

use crate::{
    diagnostic::{Diagnostic, Rule},
    error::Error,
    report::{External, ExternalTotals, Verdict},
    site::{Followed, Site, target},
};
use address::{Address, Place};
use outcome::{Fault, Known, Outcome};

/// What came of asking.
#[derive(Debug, Default)]
pub struct Asked {
    /// The findings, at the places that name the addresses.
    pub diagnostics: Vec<Diagnostic>,
    /// Addresses that are not broken, but worth a word.
    pub notes: Vec<External>,
    /// The totals.
    pub totals: ExternalTotals,
    /// Whether somebody stopped the run before its end.
    pub interrupted: bool,
    /// Why what was learnt could not be kept for later runs.
    pub unsaved: Option<Error>,
}

/// Asks for every external address of a site, each once.
///
/// # Errors
/// Settings that make no sense, a cache that cannot be read or written, a client that cannot be made.
pub fn ask(site: &Site, followed: &Followed, settings: &Settings<'_>) -> Result<Asked, Error> {
    let addresses = address::collect(site, followed, settings);
    let run = engine::run(&addresses, settings)?;
    let mut asked = Asked { interrupted: run.interrupted, unsaved: run.unsaved, ..Asked::default() };
    asked.totals.addresses = addresses.len();
    asked.totals.from_cache = run.outcomes.iter().filter(|outcome| outcome.is_cached).count();
    for (address, outcome) in addresses.iter().zip(&run.outcomes) {
        tell(address, outcome, &mut asked);
    }
    asked.notes.sort_by(|a, b| a.url.cmp(&b.url));
    Ok(asked)
}

fn tell(address: &Address, outcome: &Outcome, asked: &mut Asked) {
    let note = |verdict: Verdict, reason: &str| External {
        url: address.shown(),
        verdict,
        reason: reason.to_owned(),
        places: address.places.iter().map(|place| (place.file.clone(), place.span)).collect(),
    };
    let totals = &mut asked.totals;
    match &outcome.known {
        Known::Found(found) => {
            totals.found += 1;
            if let Some(first) = &outcome.failed_first {
                totals.flaky += 1;
                asked.notes.push(note(Verdict::Flaky, &format!("it answered in the end, after {first}")));
            }
            for place in &address.places {
                if let Some(fragment) = place.fragment.as_ref().filter(|fragment| found.missing.contains(fragment)) {
                    asked.diagnostics.push(fragment_missing(place, fragment));
                }
                if let Some(to) = &found.moved {
                    asked.diagnostics.push(moved(place, to));
                }
            }
        }
        Known::Broken(fault) => {
            totals.broken += 1;
            asked.diagnostics.extend(address.places.iter().map(|place| broken(place, fault)));
        }
        Known::Blocked(reason) => {
            totals.blocked += 1;
            asked.notes.push(note(Verdict::Blocked, reason));
        }
        Known::Skipped(reason) => {
            totals.skipped += 1;
            asked.notes.push(note(Verdict::Skipped, reason));
        }
        Known::NotChecked(reason) => {
            totals.not_checked += 1;
            asked.notes.push(note(Verdict::NotChecked, reason));
        }
    }
}

fn broken(place: &Place, fault: &Fault) -> Diagnostic {
    let (rule, message, help) = match fault {
        Fault::Status(status) => {
            (Rule::HttpStatus, format!("the address answers with {status}"), "link to where it is now, or remove the link")
        }
        Fault::Timeout(words) => {
            (Rule::HttpTimeout, words.clone(), "try it in a browser; if it is only slow, raise `timeout-ms` in `[external]`")
        }
        Fault::Connect(words) => (Rule::HttpConnect, words.clone(), "look for a slip in the host's name, or remove the link"),
        Fault::RedirectLoop(words) => (Rule::HttpRedirectLoop, words.clone(), "link to the page that a browser ends at"),
    };
    Diagnostic::new(&place.file, place.span, rule, message).target(&*place.written).help(help)
}

fn fragment_missing(place: &Place, fragment: &str) -> Diagnostic {
    Diagnostic::new(&place.file, place.span, Rule::HttpFragment, format!("the page has no `#{fragment}`"))
        .target(&*place.written)
        .help("look for the heading on the page, or leave the fragment out")
}

fn moved(place: &Place, to: &str) -> Diagnostic {
    let address = match &place.fragment {
        Some(fragment) => format!("{}#{}", to.split('#').next().unwrap_or(to), target::encode(fragment)),
        None => to.to_owned(),
    };
    // What could end the place that it is written in, a person has to look at.
    let is_plain = place.is_plain && !address.contains(['(', ')', '<', '>', '"', '\'', '\\', '`', ' ']);
    let finding = Diagnostic::new(&place.file, place.span, Rule::Redirect, format!("the address has moved to `{address}`"))
        .target(&*place.written)
        .help(format!("write `{address}`"));
    if is_plain { finding.fix("use the address that it has moved to", place.span, address) } else { finding }
}
