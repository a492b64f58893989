//! Runs in; medians, spreads and ratios out.

use crate::{contestants::Role, measure::Run};
use serde::{Deserialize, Serialize};

pub(crate) const MEBI: f64 = 1_048_576.0;

/// A contestant's runs and the bytes of its output.
#[derive(Deserialize, Serialize)]
pub(crate) struct Entry {
    pub(crate) role: Role,
    pub(crate) version: String,
    pub(crate) runs: Vec<Run>,
    pub(crate) written: u64,
}

impl Entry {
    /// Whether a run was ended for taking longer than the limit: then its figures tell nothing else.
    pub(crate) fn is_over(&self) -> bool {
        self.runs.iter().any(|run| run.over)
    }

    pub(crate) fn all(&self, of: impl Fn(&Run) -> f64) -> Vec<f64> {
        self.runs.iter().map(of).collect()
    }
}

/// The figures of one tree.
#[derive(Deserialize, Serialize)]
pub(crate) struct Figures {
    /// The pages, with those of folders.
    pub(crate) pages: usize,
    /// The bytes of Markdown.
    pub(crate) bytes: u64,
    pub(crate) entries: Vec<Entry>,
}

impl Figures {
    /// The contestant, if it was measured and came to an end.
    pub(crate) fn entry(&self, role: Role) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.role == role && !entry.runs.is_empty() && !entry.is_over())
    }

    /// The median of a figure.
    pub(crate) fn median(&self, role: Role, of: impl Fn(&Run) -> f64) -> Option<f64> {
        self.entry(role).map(|entry| median(entry.all(of)))
    }

    /// The median ratio of a figure to that of another contestant.
    pub(crate) fn ratio(&self, role: Role, unit: Role, of: impl Fn(&Run) -> f64) -> Option<f64> {
        let ratios = self.ratios(role, unit, of);
        (!ratios.is_empty()).then(|| median(ratios))
    }

    /// The ratio of a figure, round by round: what slows a machine for a while slows both.
    pub(crate) fn ratios(&self, role: Role, unit: Role, of: impl Fn(&Run) -> f64) -> Vec<f64> {
        let (Some(entry), Some(unit)) = (self.entry(role), self.entry(unit)) else { return Vec::new() };
        entry.runs.iter().zip(&unit.runs).map(|(run, unit)| of(run) / of(unit)).collect()
    }
}

/// Least, median and most.
pub(crate) fn spread(mut values: Vec<f64>) -> String {
    values.sort_by(f64::total_cmp);
    match values[..] {
        [] => "–".to_owned(),
        [only] => number(only),
        [least, .., most] => format!("{} / {} / {}", number(least), number(median(values)), number(most)),
    }
}

/// The value in the middle; not a number for none.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => values[odd / 2],
        even => f64::midpoint(values[even / 2 - 1], values[even / 2]),
    }
}

/// Three digits that tell something, and no more.
pub(crate) fn number(value: f64) -> String {
    match value {
        99.95.. => thousands(value),
        9.995.. => format!("{value:.1}"),
        0.9995.. => format!("{value:.2}"),
        _ if value.is_nan() => "–".to_owned(),
        _ => format!("{value:.3}"),
    }
}

/// A whole number, with commas.
pub(crate) fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
