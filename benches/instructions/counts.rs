//! Counts of now and counts that are kept in, what became of the speed out.

use std::{fmt, io};

/// The part of a count that it may differ by with the same compiler: what a machine's memory and hash seeds make is below a hundredth.
const ROOM: f64 = 0.10;
/// The same between compilers: each makes other instructions of the same program.
const ROOM_OF_COMPILERS: f64 = 0.25;
/// The command that renews the file.
const RENEW: &str = "cargo bench --profile dev --bench instructions -- --renew";

/// What was counted, and of what.
pub(crate) struct Counts {
    /// As `rustc --version` says it.
    pub(crate) compiler: String,
    /// The architecture: counts of others do not compare.
    pub(crate) machine: String,
    pub(crate) commands: Vec<(String, u64)>,
}

/// What became of the counts that are kept.
#[derive(Debug, PartialEq)]
pub(crate) enum Verdict {
    Same {
        compilers: Option<(String, String)>,
    },
    Slower {
        names: Vec<String>,
        room: f64,
    },
    Faster {
        names: Vec<String>,
        room: f64,
    },
    /// Other commands are counted than are kept.
    Others,
    /// The counts that are kept are of another architecture.
    OtherMachine,
}

impl Counts {
    /// Reads what `text` gives.
    ///
    /// # Errors
    /// A file that is not like it.
    pub(crate) fn parse(text: &str) -> io::Result<Self> {
        let file: toml::Table = text.parse().map_err(io::Error::other)?;
        let word = |key: &str| file.get(key).and_then(toml::Value::as_str).map(str::to_owned);
        let commands = file.get("counts").and_then(toml::Value::as_table).map(|counts| {
            counts.iter().filter_map(|(name, count)| Some((name.clone(), u64::try_from(count.as_integer()?).ok()?))).collect()
        });
        let (Some(compiler), Some(machine), Some(commands)) = (word("compiler"), word("machine"), commands) else {
            return Err(io::Error::other("counts.toml lacks `compiler`, `machine` or `[counts]`"));
        };
        Ok(Self { compiler, machine, commands })
    }

    /// The file that keeps them.
    pub(crate) fn text(&self) -> String {
        let counts: String = self.commands.iter().map(|(name, count)| format!("\"{name}\" = {count}\n")).collect();
        format!(
            "# Instructions of a seeded tree of 200 pages, one thread; benches/README.md tells how they are counted. Written by\n\
             # {RENEW}\n\
             compiler = \"{}\"\nmachine = \"{}\"\n\n[counts]\n{counts}",
            self.compiler, self.machine
        )
    }

    /// A Markdown table, in millions, with the ratio to what is kept.
    pub(crate) fn table(&self, kept: Option<&Self>) -> String {
        let rows: String = self
            .commands
            .iter()
            .map(|(name, count)| {
                let then = kept.and_then(|kept| kept.count(name));
                let ratio = then.map_or("–".to_owned(), |then| format!("{:.3}", *count as f64 / then as f64));
                let then = then.map_or("–".to_owned(), |then| format!("{:.1}", then as f64 / 1e6));
                format!("| {name} | {:.1} | {then} | {ratio} |\n", *count as f64 / 1e6)
            })
            .collect();
        format!("| instructions | millions | kept | ratio |\n| --- | ---: | ---: | ---: |\n{rows}")
    }

    /// What became of the counts that are kept.
    pub(crate) fn against(&self, kept: &Self) -> Verdict {
        if self.machine != kept.machine {
            return Verdict::OtherMachine;
        }
        let names = |counts: &Self| counts.commands.iter().map(|(name, _)| name.clone()).collect::<std::collections::BTreeSet<_>>();
        if names(self) != names(kept) {
            return Verdict::Others;
        }
        let same_compiler = self.compiler == kept.compiler;
        let room = if same_compiler { ROOM } else { ROOM_OF_COMPILERS };
        let beyond = |is_beyond: &dyn Fn(f64) -> bool| -> Vec<String> {
            let ratios = self.commands.iter().filter_map(|(name, count)| Some((name, *count as f64 / kept.count(name)? as f64)));
            ratios.filter(|(_, ratio)| is_beyond(*ratio)).map(|(name, ratio)| format!("{name} ({ratio:.2} times)")).collect()
        };
        let (slower, faster) = (beyond(&|ratio| ratio > 1.0 + room), beyond(&|ratio| ratio < 1.0 - room));
        if !slower.is_empty() {
            return Verdict::Slower { names: slower, room };
        }
        if !faster.is_empty() {
            return Verdict::Faster { names: faster, room };
        }
        Verdict::Same { compilers: (!same_compiler).then(|| (kept.compiler.clone(), self.compiler.clone())) }
    }

    fn count(&self, name: &str) -> Option<u64> {
        self.commands.iter().find(|(known, _)| known == name).map(|(_, count)| *count)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Same { compilers: None } => write!(formatter, "as fast as before"),
            Self::Same { compilers: Some((then, now)) } => write!(
                formatter,
                "as fast as before, as far as counts of two compilers tell ({then}, and now {now}): renew them with `{RENEW}`"
            ),
            Self::Slower { names, room } => write!(
                formatter,
                "slower than before by more than {:.0} %: {}\nfind out why (benches/README.md tells how), or, if it has to be, renew the counts with `{RENEW}`",
                room * 100.0,
                names.join(", ")
            ),
            Self::Faster { names, room } => write!(
                formatter,
                "faster than before by more than {:.0} %: {}\nkeep it so: renew the counts with `{RENEW}`",
                room * 100.0,
                names.join(", ")
            ),
            Self::Others => write!(formatter, "other commands are counted than counts.toml keeps: renew it with `{RENEW}`"),
            Self::OtherMachine => write!(formatter, "nothing to compare with: the counts that are kept are of another architecture"),
        }
    }
}
