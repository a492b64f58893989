//! `explain`: the name of a rule in, what the manual says of it out.

use milepost::{diagnostic::Rule, error::Error, report::manual};
use std::fmt::Write as _;

/// What the manual says of a rule, or all rules in a line each.
pub(super) fn explain(name: Option<&str>) -> Result<String, Error> {
    let Some(name) = name else { return Ok(list()) };
    let Some(rule) = Rule::named(name) else {
        return Err(Error::usage(format!("there is no rule `{name}`"), nearest(name)));
    };
    Ok(format!("{}: {}\n\n{}", rule.name(), rule.meaning(), manual::plain(rule)))
}

fn list() -> String {
    let width = Rule::ALL.iter().map(|rule| rule.name().len()).max().unwrap_or_default();
    let mut out = String::new();
    for rule in Rule::ALL {
        let _ = writeln!(out, "{:width$}  {:5}  {}", rule.name(), rule.default_severity().name(), rule.meaning());
    }
    out
}

/// The names that may have been meant, the nearest first.
fn nearest(name: &str) -> String {
    let mut near: Vec<(f64, &str)> = Rule::ALL
        .iter()
        .map(|rule| (strsim::normalized_damerau_levenshtein(rule.name(), name), rule.name()))
        .filter(|(likeness, known)| *likeness >= 0.6 || (name.len() >= 3 && known.contains(name)))
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    let near: Vec<String> = near.iter().take(3).map(|(_, name)| format!("`{name}`")).collect();
    match near.as_slice() {
        [] => "`milepost explain` lists all rules".to_owned(),
        [one] => format!("did you mean {one}?"),
        [first @ .., last] => format!("did you mean {} or {last}?", first.join(", ")),
    }
}
