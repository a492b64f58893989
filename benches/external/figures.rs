//! Runs in, the table, what differs from the truth, and what became of the expectations out.

use crate::{
    checkers::{Checker, Found, HOST_AT_ONCE, HOST_PAUSE_MS, RETRIES, Role},
    measure::Run,
    plan::{Plan, Way},
    server::Account,
};
use std::fmt::Write as _;

const MEBI: f64 = 1_048_576.0;
/// The most memory that Milepost may use, in MiB.
const PEAK: f64 = 300.0;
/// The differences that are shown of each kind.
const SHOWN: usize = 5;

/// One run, with what the servers saw of it and what it found.
pub(crate) struct Sample {
    pub(crate) run: Run,
    pub(crate) account: Account,
    pub(crate) found: Found,
}

/// A checker with its runs.
pub(crate) struct Figures {
    pub(crate) checker: Checker,
    pub(crate) samples: Vec<Sample>,
}

/// A Markdown table: a cell is min / median / max, or the worst of the runs where that is what counts.
pub(crate) fn table(all: &[Figures], truth: &Found) -> String {
    let mut table = String::from(
        "| checker | wall s | CPU s | peak MiB | requests | connections | at once, a host | a second, a host | impatient | missed | wrong |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
    );
    for Figures { checker, samples } in all {
        let spread = |of: &dyn Fn(&Sample) -> f64| spread(samples.iter().map(of).collect());
        let worst = |of: &dyn Fn(&Sample) -> usize| samples.iter().map(of).max().unwrap_or(0);
        let _ = writeln!(
            table,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            checker.name,
            spread(&|sample| sample.run.wall),
            spread(&|sample| sample.run.cpu),
            spread(&|sample| sample.run.peak / MEBI),
            spread(&|sample| f64::from(sample.account.requests as u32)),
            spread(&|sample| f64::from(sample.account.connections as u32)),
            worst(&|sample| sample.account.at_once),
            worst(&|sample| sample.account.a_second),
            worst(&|sample| sample.account.impatient),
            worst(&|sample| truth.broken.difference(&sample.found.broken).count()),
            worst(&|sample| sample.found.broken.difference(&truth.broken).count()),
        );
    }
    table
}

impl Figures {
    /// What a checker has missed and what it says wrongly, a few of each, with what the address does.
    pub(crate) fn differences(&self, truth: &Found, plan: &Plan) -> String {
        let mut out = format!("\n{}:\n", self.checker.name);
        for Sample { found, account, run } in &self.samples {
            let mut tell = |what: &str, indices: Vec<usize>| {
                let _ = writeln!(out, "  {what}: {}", indices.len());
                for index in indices.iter().take(SHOWN) {
                    let words = found.words.get(index).map_or("", String::as_str);
                    let _ = writeln!(
                        out,
                        "    {index} {:?} at {}, asked {} times {words}",
                        plan.addresses[*index].way,
                        crate::plan::ip(plan.addresses[*index].host),
                        account.asked[*index]
                    );
                }
            };
            tell("missed", truth.broken.difference(&found.broken).copied().collect());
            tell("wrong", found.broken.difference(&truth.broken).copied().collect());
            if self.checker.role == Role::Milepost {
                tell("flaky and not told", truth.flaky.difference(&found.flaky).copied().collect());
                tell("told as flaky", found.flaky.difference(&truth.flaky).copied().collect());
                tell("never asked", (0..plan.addresses.len()).filter(|index| account.asked[*index] == 0).collect());
            }
            for other in found.other.iter().take(SHOWN) {
                let _ = writeln!(out, "  also told: {other}");
            }
            let most = account.asked.iter().max().copied().unwrap_or(0);
            let _ = writeln!(out, "  asked at most {most} times; status {}", run.status);
        }
        out.push('\n');
        out
    }

    /// What is expected of Milepost, and whether it held in all runs; nothing is expected of others.
    pub(crate) fn expectations(&self, truth: &Found, plan: &Plan) -> Vec<(String, bool)> {
        if self.checker.role != Role::Milepost {
            return Vec::new();
        }
        let all = |holds: &dyn Fn(&Sample) -> bool| self.samples.iter().all(holds);
        // A request that had to wait for the processor may come close to the next.
        let a_second = 1_000 / HOST_PAUSE_MS as usize + 2 * HOST_AT_ONCE;
        // A HEAD, and a GET for each try.
        let times = RETRIES + 2;
        vec![
            ("exactly the addresses that are gone are broken".to_owned(), all(&|sample| sample.found.broken == truth.broken)),
            ("exactly the addresses that failed for a while are flaky".to_owned(), all(&|sample| sample.found.flaky == truth.flaky)),
            ("each permanent redirect is told, with where it leads".to_owned(), all(&|sample| sample.found.moved == truth.moved)),
            ("no request comes while its host has asked to be left alone".to_owned(), all(&|sample| sample.account.impatient == 0)),
            ("nothing else is told".to_owned(), all(&|sample| sample.found.other.is_empty())),
            (format!("at most {HOST_AT_ONCE} requests at a host at once"), all(&|sample| sample.account.at_once <= HOST_AT_ONCE)),
            (format!("at most {a_second} requests to a host within a second"), all(&|sample| sample.account.a_second <= a_second)),
            (
                format!("no address is asked more than {times} times"),
                all(&|sample| sample.account.asked.iter().all(|asked| *asked <= times)),
            ),
            (
                "an address that answers is asked once".to_owned(),
                all(&|sample| {
                    plan.addresses.iter().zip(&sample.account.asked).all(|(address, asked)| address.way != Way::Answers || *asked == 1)
                }),
            ),
            (format!("at most {PEAK} MiB of memory"), all(&|sample| sample.run.peak / MEBI <= PEAK)),
        ]
    }
}

fn spread(mut values: Vec<f64>) -> String {
    values.sort_by(f64::total_cmp);
    let number = |value: f64| if value < 100.0 { format!("{value:.1}") } else { format!("{value:.0}") };
    match values[..] {
        [] => "–".to_owned(),
        [only] => number(only),
        [least, .., most] => format!("{} / {} / {}", number(least), number(values[values.len() / 2]), number(most)),
    }
}
