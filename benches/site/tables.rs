//! Figures in, the Markdown of README.md, the manual and this folder out.

use crate::{
    contestants::{Role, Work},
    figures::{Entry, Figures, MEBI, median, number, spread, thousands},
    languages::Language,
    measure::LIMIT,
    stages::Stage,
};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// All that was measured; what `--json` keeps.
#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Report {
    /// What it was measured on.
    pub(crate) machine: String,
    pub(crate) sizes: Vec<Figures>,
    pub(crate) languages: Vec<Language>,
    pub(crate) stages: Vec<Stage>,
}

impl Report {
    /// Adds figures; those of the same size or language are replaced.
    pub(crate) fn add(&mut self, other: Self) {
        self.machine = other.machine;
        self.sizes.retain(|size| other.sizes.iter().all(|newer| newer.pages != size.pages));
        self.sizes.extend(other.sizes);
        self.sizes.sort_by_key(|size| size.pages);
        if !other.languages.is_empty() {
            self.languages = other.languages;
        }
        if !other.stages.is_empty() {
            self.stages = other.stages;
        }
    }

    /// Every block of Markdown, each under the place that it is for.
    pub(crate) fn blocks(&self) -> String {
        let mut text = format!("{}\n", self.machine);
        let mut block = |place: &str, markdown: String| {
            if !markdown.is_empty() {
                let _ = write!(text, "\n<!-- {place} -->\n\n{markdown}");
            }
        };
        block("README.md", self.short());
        block("docs/speed.md: first builds", self.builds());
        block("docs/speed.md: where the time goes", self.shares());
        block("docs/speed.md: rebuilds", self.rebuilds());
        block("docs/speed.md: checks", self.checks());
        block("docs/speed.md: highlighting", self.highlighting());
        block("benches/README.md: all figures, min / median / max", self.full());
        block("targets, by medians", self.targets());
        text
    }

    /// CPU seconds and memory of builds, a size a pair of columns; without trees so small that they tell nothing.
    fn short(&self) -> String {
        let sizes: Vec<&Figures> =
            self.sizes.iter().filter(|size| size.pages >= 1_000 || self.sizes.iter().all(|size| size.pages < 1_000)).collect();
        let roles =
            [Role::Full, Role::Plain, Role::Hugo, Role::Zola, Role::Mdbook, Role::Mkdocs, Role::Zensical, Role::Vitepress, Role::Starlight];
        let pages: String = sizes.iter().map(|size| format!(" {} pages |", thousands(size.pages as f64))).collect();
        let mut table = format!("| CPU seconds, peak MiB |{pages}\n| --- |{}\n", " ---: |".repeat(sizes.len()));
        for role in roles {
            let Some(version) = self.version(role) else { continue };
            let cells: String = sizes.iter().map(|size| format!(" {} |", in_short(size, role))).collect();
            let _ = writeln!(table, "| {} |{cells}", versioned(role, version));
        }
        if sizes.is_empty() { String::new() } else { table }
    }

    fn builds(&self) -> String {
        let rows: String = self
            .rows(&[Work::Floor, Work::Build])
            .map(|(size, entry)| {
                if entry.is_over() {
                    return format!("| {} | {} | – | – | {} | – | – | – |\n", thousands(size.pages as f64), title(entry), over());
                }
                let middle = |of: &dyn Fn(&crate::measure::Run) -> f64| median(entry.all(of));
                format!(
                    "| {} | {} | {} | {} | {} | {} | {} | {} |\n",
                    thousands(size.pages as f64),
                    title(entry),
                    thousands(size.pages as f64 / middle(&|run| run.wall)),
                    number(middle(&|run| run.cpu)),
                    number(middle(&|run| run.wall)),
                    number(middle(&|run| run.peak / MEBI)),
                    written(entry),
                    size.ratio(entry.role, entry.role.unit(), |run| run.cpu).map_or("–".to_owned(), number),
                )
            })
            .collect();
        table(
            "| pages | build | pages/s | CPU s | wall s | peak MiB | output MB | CPU ÷ floor |\n| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n",
            &rows,
        )
    }

    fn shares(&self) -> String {
        let rows: String = self.stages.iter().map(|stage| format!("| {} | {:.0} % |\n", stage.name, stage.share * 100.0)).collect();
        table("| stage | CPU time |\n| --- | ---: |\n", &rows)
    }

    fn rebuilds(&self) -> String {
        let share = |share: Option<f64>| share.map_or("–".to_owned(), |share| format!("{:.1} %", share * 100.0));
        let rows: String = self
            .rows(&[Work::Rebuild])
            .map(|(size, entry)| {
                let unit = entry.role.unit();
                format!(
                    "| {} | {} | {} | {} | {} | {} |\n",
                    thousands(size.pages as f64),
                    entry.role.name(),
                    size.median(entry.role, |run| run.cpu).map_or("–".to_owned(), number),
                    size.median(entry.role, |run| run.wall).map_or("–".to_owned(), number),
                    share(size.ratio(entry.role, unit, |run| run.cpu)),
                    share(size.ratio(entry.role, unit, |run| run.wall)),
                )
            })
            .collect();
        table(
            "| pages | rebuild | CPU s | wall s | CPU, of the first build | wall, of the first build |\n| ---: | --- | ---: | ---: | ---: | ---: |\n",
            &rows,
        )
    }

    fn checks(&self) -> String {
        let rows: String = self
            .rows(&[Work::Check])
            .map(|(size, entry)| {
                let pages = thousands(size.pages as f64);
                if entry.is_over() {
                    return format!("| {pages} | {} | – | {} | – | – |\n", title(entry), over());
                }
                format!(
                    "| {pages} | {} | {} | {} | {} | {} |\n",
                    title(entry),
                    number(median(entry.all(|run| run.cpu))),
                    number(median(entry.all(|run| run.wall))),
                    number(median(entry.all(|run| run.peak / MEBI))),
                    size.ratio(entry.role, Role::Check, |run| run.cpu).map_or("–".to_owned(), number),
                )
            })
            .collect();
        table("| pages | checker | CPU s | wall s | peak MiB | CPU ÷ Milepost's |\n| ---: | --- | ---: | ---: | ---: | ---: |\n", &rows)
    }

    fn highlighting(&self) -> String {
        let rows: String = self
            .languages
            .iter()
            .map(|language| format!("| {} | {} | {} |\n", language.name, spread(language.each.clone()), spread(language.first.clone())))
            .collect();
        table("| language | ms a block | ms to the first |\n| --- | ---: | ---: |\n", &rows)
    }

    fn full(&self) -> String {
        let all = [Work::Floor, Work::Build, Work::Rebuild, Work::Check];
        let rows: String = self
            .rows(&all)
            .map(|(size, entry)| {
                format!(
                    "| {} | {} | {} | {} | {} | {} | {} | {} |\n",
                    size.pages,
                    title(entry),
                    spread(entry.all(|run| size.pages as f64 / run.wall)),
                    spread(entry.all(|run| run.cpu)),
                    if entry.is_over() { over() } else { spread(entry.all(|run| run.wall)) },
                    spread(entry.all(|run| run.peak / MEBI)),
                    written(entry),
                    spread(size.ratios(entry.role, entry.role.unit(), |run| run.cpu)),
                )
            })
            .collect();
        table(
            "| pages | contestant | pages/s | CPU s | wall s | peak MiB | output MB | CPU ratio |\n| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n",
            &rows,
        )
    }

    fn rows<'a>(&'a self, works: &'a [Work]) -> impl Iterator<Item = (&'a Figures, &'a Entry)> {
        self.sizes
            .iter()
            .flat_map(|size| size.entries.iter().map(move |entry| (size, entry)))
            .filter(|(_, entry)| works.contains(&entry.role.work()))
    }

    fn version(&self, role: Role) -> Option<&str> {
        self.sizes.iter().flat_map(|size| &size.entries).find(|entry| entry.role == role).map(|entry| entry.version.as_str())
    }

    /// The project's targets, met or not by the medians; those that nothing was measured for are left out.
    fn targets(&self) -> String {
        let mut lines = String::new();
        for size in &self.sizes {
            let cpu = |role, unit| size.ratio(role, unit, |run| run.cpu);
            let peak = |role, unit| size.ratio(role, unit, |run| run.peak);
            let mut line = |what: &str, value: Option<f64>, limit: f64| {
                if let Some(value) = value {
                    let verdict = if value <= limit { "met" } else { "NOT MET" };
                    let _ = writeln!(
                        lines,
                        "- {} pages, {what}: {} (at most {}): {verdict}",
                        thousands(size.pages as f64),
                        number(value),
                        number(limit)
                    );
                }
            };
            let is = |pages: usize| (pages..pages * 2).contains(&size.pages);
            if is(1_000) {
                line("CPU over Hugo's, no search", cpu(Role::Plain, Role::Hugo), 1.0 / 6.0);
                line("CPU over Zola's, no search", cpu(Role::Plain, Role::ZolaPlain), 1.0 / 10.0);
                line("CPU with search over Hugo's without", cpu(Role::Full, Role::Hugo), 1.0 / 3.0);
                line("CPU over Zola's, both with search", cpu(Role::Full, Role::Zola), 1.0 / 7.0);
                line("peak MB, no search", size.median(Role::Plain, |run| run.peak / 1e6), 120.0);
                line("CPU over the floor's, no highlighting, no search", cpu(Role::Bare, Role::Floor), 4.0);
            }
            if is(10_000) {
                line("CPU over Hugo's, no search", cpu(Role::Plain, Role::Hugo), 1.0 / 8.0);
                line("memory over Hugo's, no search", peak(Role::Plain, Role::Hugo), 1.0 / 4.0);
                line("memory with search over Hugo's without", peak(Role::Full, Role::Hugo), 1.0 / 4.0);
                line("CPU of a rebuild, one page edited, over the first build's", cpu(Role::FullEdited, Role::Full), 0.10);
                line("the same, no search", cpu(Role::PlainEdited, Role::Plain), 0.10);
            }
            if is(100_000) {
                line("CPU over the floor's, no highlighting, no search", cpu(Role::Bare, Role::Floor), 5.0);
                line("peak MB, no search", size.median(Role::Plain, |run| run.peak / 1e6), 2_000.0);
                let tenth = self.sizes.iter().find(|tenth| (10_000..20_000).contains(&tenth.pages));
                for (what, role) in [("CPU over that of 10,000 pages", Role::Full), ("the same, no search", Role::Plain)] {
                    let of = |size: &Figures| size.median(role, |run| run.cpu);
                    line(what, tenth.and_then(|tenth| Some(of(size)? / of(tenth)?)), 11.0);
                }
            }
            if size.pages >= 1_000 {
                line("CPU of a rebuild, nothing changed, over the first build's", cpu(Role::FullUnchanged, Role::Full), 0.05);
                line("the same, no search", cpu(Role::PlainUnchanged, Role::Plain), 0.05);
                line("CPU of a check over hyperlink's", cpu(Role::Check, Role::Hyperlink), 0.5);
                line("CPU of a check over lychee's", cpu(Role::Check, Role::Lychee), 0.2);
            }
        }
        for language in &self.languages {
            let mut line = |what: &str, value: f64, limit: f64| {
                let verdict = if value <= limit { "met" } else { "NOT MET" };
                let _ = writeln!(lines, "- {}, {what}: {} (at most {limit}): {verdict}", language.name, number(value));
            };
            line("ms a block", median(language.each.clone()), 0.4);
            line("ms to the first block", median(language.first.clone()), 10.0);
        }
        lines
    }
}

fn table(head: &str, rows: &str) -> String {
    if rows.is_empty() { String::new() } else { format!("{head}{rows}") }
}

/// Who it is, with the version behind the name.
fn title(entry: &Entry) -> String {
    if entry.role.work() == Work::Rebuild {
        return format!("Milepost, {}", entry.role.name());
    }
    versioned(entry.role, &entry.version)
}

fn versioned(role: Role, version: &str) -> String {
    match role.name().split_once(", ") {
        Some((name, how)) => format!("{name} {version}, {how}"),
        None => format!("{} {version}", role.name()),
    }
}

fn written(entry: &Entry) -> String {
    if entry.written == 0 { "–".to_owned() } else { format!("{:.1}", entry.written as f64 / 1e6) }
}

fn over() -> String {
    format!("over {}", LIMIT.as_secs())
}

fn in_short(size: &Figures, role: Role) -> String {
    match size.entry(role) {
        Some(entry) => format!("{} s, {}", number(median(entry.all(|run| run.cpu))), number(median(entry.all(|run| run.peak / MEBI)))),
        None if size.entries.iter().any(|entry| entry.role == role) => format!("{} s", over()),
        None => "–".to_owned(),
    }
}
