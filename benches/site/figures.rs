//! Runs in, the table and what became of the project's targets out.

use crate::{
    contestants::{Contestant, Role},
    measure::Run,
};
use std::fmt::Write as _;

const MEBI: f64 = 1_048_576.0;

/// A contestant with its runs and the bytes of its output.
pub(crate) struct Entry {
    pub(crate) contestant: Contestant,
    pub(crate) runs: Vec<Run>,
    pub(crate) written: u64,
}

/// The figures of one tree.
pub(crate) struct Figures {
    pub(crate) pages: usize,
    pub(crate) entries: Vec<Entry>,
}

impl Figures {
    /// A Markdown table: each cell is min / median / max.
    pub(crate) fn table(&self) -> String {
        let mut table = String::from(
            "| pages | contestant | pages/s | CPU s | wall s | peak MiB | output MB | CPU ÷ floor |\n| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n",
        );
        for Entry { contestant, runs, written } in &self.entries {
            let pages_a_second = runs.iter().map(|run| self.pages as f64 / run.wall).collect();
            let ratios = self.ratios(contestant.role, contestant.role.floor());
            let _ = writeln!(
                table,
                "| {} | {} ({}) | {} | {} | {} | {} | {} | {} |",
                self.pages,
                contestant.role.name(),
                contestant.version,
                spread(pages_a_second),
                spread(runs.iter().map(|run| run.cpu).collect()),
                spread(runs.iter().map(|run| run.wall).collect()),
                spread(runs.iter().map(|run| run.peak / MEBI).collect()),
                if *written == 0 { "–".to_owned() } else { format!("{:.1}", *written as f64 / 1e6) },
                spread(ratios),
            );
        }
        table
    }

    /// The project's targets at this number of pages, met or not by the medians.
    pub(crate) fn targets(&self) -> String {
        let mut lines = String::new();
        let mut line = |what: &str, value: Option<f64>, limit: f64, unit: &str| {
            let _ = match value {
                Some(value) => {
                    writeln!(lines, "- {what}: {value:.2}{unit}, target {limit}{unit}: {}", if value <= limit { "met" } else { "NOT MET" })
                }
                None => writeln!(lines, "- {what}: not measured"),
            };
        };
        let limit = if self.pages < 5_000 { 4.0 } else { 5.0 };
        line("build without highlighting, CPU over the floor's", self.ratio(Role::Plain, Role::Floor), limit, "×");
        if self.pages >= 5_000 {
            for role in [Role::Plain, Role::Highlighted] {
                line(
                    &format!("{}, peak memory", role.name()),
                    self.entry(role).map(|entry| median(entry.runs.iter().map(|run| run.peak / MEBI).collect())),
                    600.0,
                    " MiB",
                );
            }
        }
        line("build with highlighting, CPU over Hugo's", self.ratio(Role::Highlighted, Role::Hugo), 0.5, "×");
        let limit = if self.pages < 5_000 { 3.0 } else { 4.0 };
        line("check, CPU over the parsing floor's", self.ratio(Role::Check, Role::FloorParse), limit, "×");
        line("check, CPU over hyperlink's", self.ratio(Role::Check, Role::Hyperlink), 0.5, "×");
        line("check, CPU over lychee's", self.ratio(Role::Check, Role::Lychee), 0.2, "×");
        lines
    }

    fn entry(&self, role: Role) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.contestant.role == role)
    }

    fn ratio(&self, role: Role, unit: Role) -> Option<f64> {
        let ratios = self.ratios(role, unit);
        (!ratios.is_empty()).then(|| median(ratios))
    }

    /// The ratio of CPU times, round by round: what slows a machine for a while slows both.
    fn ratios(&self, role: Role, unit: Role) -> Vec<f64> {
        let (Some(entry), Some(unit)) = (self.entry(role), self.entry(unit)) else { return Vec::new() };
        entry.runs.iter().zip(&unit.runs).map(|(run, unit)| run.cpu / unit.cpu).collect()
    }
}

fn spread(mut values: Vec<f64>) -> String {
    values.sort_by(f64::total_cmp);
    match values[..] {
        [] => "–".to_owned(),
        [only] => number(only),
        [least, .., most] => format!("{} / {} / {}", number(least), number(median(values)), number(most)),
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { f64::midpoint(values[middle - 1], values[middle]) }
}

/// Three digits that tell something, and no more.
fn number(value: f64) -> String {
    match value {
        100.0.. => format!("{value:.0}"),
        10.0..100.0 => format!("{value:.1}"),
        1.0..10.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}
