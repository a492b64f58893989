//! How long Milepost takes for a whole site, beside the physical limit and its peers; README.md tells what is measured and how.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::format_collect,
    reason = "figures are rounded for people, and the generated guides are written once"
)]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "what a benchmark finds is printed")]

mod contestants;
mod figures;
mod floor;
mod generate;
mod grammars;
mod languages;
mod layouts;
mod measure;
mod peers;
mod plot;
mod random;
mod stages;
mod tables;

use clap::Parser as _;
use contestants::{Before, Contestant, Place, Role};
use figures::{Entry, Figures};
use floor::Until;
use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};
use tables::Report;

/// Measures whole builds, rebuilds and checks, beside the floor and what is installed of the peers, and prints the tables of it.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[derive(clap::Parser)]
struct Arguments {
    /// The sizes of the generated trees, in pages
    #[arg(long, value_delimiter = ',', default_value = "1000,10000")]
    pages: Vec<usize>,
    /// The measured runs of each contestant, after one that warms up; slow peers have one run
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..))]
    runs: u16,
    /// One run of everything on 200 pages, to see that it works
    #[arg(long, conflicts_with_all = ["pages", "runs", "json"])]
    quick: bool,
    /// A folder of Markdown to measure instead of generated trees
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["pages", "quick"])]
    corpus: Option<PathBuf>,
    /// Writes the generated tree there, measures nothing
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["corpus", "runs"])]
    generate: Option<PathBuf>,
    /// Measures what highlighting costs by language, instead of sites
    #[arg(long, conflicts_with_all = ["pages", "corpus", "quick"])]
    languages: bool,
    /// Samples where the time of a build goes, of the first of `--pages`, with a program that was compiled with the profile `counted`
    #[arg(long, value_name = "PROGRAM", conflicts_with_all = ["corpus", "quick", "languages"])]
    stages: Option<PathBuf>,
    /// Keeps the figures in a file, beside those of other sizes that it has, and prints the tables of all of them
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Measures nothing, prints the tables of the figures that `--json` kept
    #[arg(long, requires = "json")]
    report: bool,
    /// Draws the cost against pages
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    /// What `cargo bench` passes
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    let given: Vec<OsString> = std::env::args_os().skip(1).collect();
    let done = match given.first().and_then(|first| first.to_str()) {
        Some(measure::WRAPPER) => measure::wrap(&given[1..]),
        Some(contestants::FLOOR) => run_floor(&given[1..]),
        _ => measure_all(&Arguments::parse()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the benchmark cannot run: {error}");
            ExitCode::from(2)
        }
    }
}

fn run_floor(arguments: &[OsString]) -> io::Result<()> {
    let [until, tree, output] = arguments else { return Err(io::Error::other("the floor needs a mode, a tree and an output")) };
    let until = match until.to_str() {
        Some("parsed") => Until::Parsed,
        Some("rendered") => Until::Rendered,
        _ => Until::Written,
    };
    let sum = floor::run(Path::new(tree), Path::new(output), until)?;
    println!("{sum}");
    Ok(())
}

fn measure_all(arguments: &Arguments) -> io::Result<()> {
    if let Some(folder) = &arguments.generate {
        return generate::tree(folder, arguments.pages[0]);
    }
    if !arguments.bench {
        println!("run it with `cargo bench --bench site`");
        return Ok(());
    }
    let kept = arguments.json.as_deref().filter(|file| file.exists());
    let mut report: Report =
        kept.map_or_else(|| Ok(Report::default()), |file| serde_json::from_slice(&fs::read(file)?).map_err(io::Error::other))?;
    if !arguments.report {
        let runs = usize::from(arguments.runs);
        if arguments.quick {
            report = quick()?;
        } else if arguments.languages {
            let languages = languages::measure(work_folder()?.path(), 400, runs)?;
            add(&mut report, Report { machine: machine(), languages, ..Report::default() }, arguments)?;
        } else if let Some(program) = &arguments.stages {
            let stages = sampled(program, arguments.pages[0])?;
            add(&mut report, Report { machine: machine(), stages, ..Report::default() }, arguments)?;
        } else if let Some(corpus) = &arguments.corpus {
            let work = work_folder()?;
            let size = compare(&fs::canonicalize(corpus)?, work.path(), runs, false)?;
            add(&mut report, Report { machine: machine(), sizes: vec![size], ..Report::default() }, arguments)?;
        } else {
            for pages in &arguments.pages {
                let size = generated(*pages, runs)?;
                add(&mut report, Report { machine: machine(), sizes: vec![size], ..Report::default() }, arguments)?;
            }
        }
    }
    println!("{}", report.blocks());
    if let Some(file) = &arguments.plot {
        let drawing = plot::draw(&report.sizes).ok_or_else(|| io::Error::other("a plot needs figures of two sizes"))?;
        fs::write(file, drawing)?;
    }
    Ok(())
}

/// Keeps what was measured at once: the next size may take an hour.
fn add(report: &mut Report, more: Report, arguments: &Arguments) -> io::Result<()> {
    report.add(more);
    match &arguments.json {
        Some(file) => fs::write(file, serde_json::to_vec_pretty(report)?),
        None => Ok(()),
    }
}

/// Everything once, with little: two sizes, each language, and what is written of them.
fn quick() -> io::Result<Report> {
    let languages = languages::measure(work_folder()?.path(), 5, 1)?;
    let report = Report { machine: machine(), sizes: vec![generated(20, 1)?, generated(200, 1)?], languages, ..Report::default() };
    let kept = serde_json::to_vec(&report)?;
    let report: Report = serde_json::from_slice(&kept)?;
    let drawing = plot::draw(&report.sizes).ok_or_else(|| io::Error::other("nothing is drawn of two sizes"))?;
    roxmltree::Document::parse(&drawing).map_err(io::Error::other)?;
    Ok(report)
}

fn sampled(program: &Path, pages: usize) -> io::Result<Vec<stages::Stage>> {
    let work = work_folder()?;
    let site = work.path().join("site");
    generate::tree(&site.join("content"), pages)?;
    fs::write(site.join("milepost.toml"), "title = \"Handbook\"\n")?;
    stages::measure(&fs::canonicalize(program)?, &["build".as_ref(), "--no-cache".as_ref(), site.as_ref()], work.path())
}

fn machine() -> String {
    format!("{} {}, {} threads", std::env::consts::OS, std::env::consts::ARCH, rayon::current_num_threads())
}

fn generated(pages: usize, runs: usize) -> io::Result<Figures> {
    let work = work_folder()?;
    let tree = work.path().join("tree");
    generate::tree(&tree, pages)?;
    generate::age(&tree)?;
    compare(&tree, work.path(), runs, true)
}

/// Up to how many pages a first run is left out of the figures.
const WARMED: usize = 20_000;

/// Bytes a page that are touched before each run: about what Milepost's build takes, its output with it.
const TOUCHED: usize = 64 * 1_024;

/// Measures all contestants on one tree, round by round.
fn compare(tree: &Path, work: &Path, runs: usize, generated: bool) -> io::Result<Figures> {
    let markdown = || files(tree).filter(|(path, _)| path.extension().is_some_and(|extension| extension == "md"));
    let (pages, bytes) = (markdown().count(), markdown().map(|(_, bytes)| bytes).sum());
    let place = Place { tree, work, pages, generated };
    let edited = markdown().map(|(path, _)| path).filter(|path| !path.ends_with("index.md")).min();
    let mut entries: Vec<(Contestant, Entry)> = contestants::all(&place)?
        .into_iter()
        .map(|contestant| {
            let entry = Entry { role: contestant.role, version: contestant.version.clone(), runs: Vec::new(), written: 0 };
            (contestant, entry)
        })
        .collect();
    // With so many a run takes minutes, and one more to warm up would tell nothing.
    let first = usize::from(pages > WARMED);
    for round in first..=runs {
        eprintln!("{pages} pages, round {round} of {runs}");
        for (contestant, entry) in &mut entries {
            // Slow ones have one run, and none that warms up.
            let wanted = if contestant.role.is_slow() { round == 1 } else { !entry.is_over() };
            if !wanted {
                continue;
            }
            touch(pages * TOUCHED);
            let run = one(contestant, work, edited.as_deref())?;
            if let Some(output) = contestant.output.as_deref() {
                entry.written = files(output).map(|(_, bytes)| bytes).sum();
                // Checkers have a use for this one.
                if contestant.role != Role::Plain {
                    empty(output)?;
                }
            }
            if round > 0 || run.over {
                entry.runs.push(run);
            }
        }
    }
    Ok(Figures { pages, bytes, entries: entries.into_iter().map(|(_, entry)| entry).collect() })
}

/// Touches memory that a run will take, and leaves it free. Free memory of a virtual machine may be given back to its host; whoever
/// touches it first then waits for the host, which takes longer than most of what is done with it.
fn touch(bytes: usize) {
    let mut memory = vec![0_u8; bytes];
    memory.iter_mut().step_by(4_096).for_each(|byte| *byte = 1);
    std::hint::black_box(&memory);
}

/// One run; what an older one left is removed outside the clock, and what has to be there before is made there too.
fn one(contestant: &Contestant, work: &Path, edited: Option<&Path>) -> io::Result<measure::Run> {
    for folder in contestant.output.iter().chain(&contestant.leftovers) {
        empty(folder)?;
    }
    if contestant.before != Before::Nothing {
        accepted(contestant, work)?;
    }
    let Some(guide) = edited.filter(|_| contestant.before == Before::BuiltAndEdited) else { return accepted(contestant, work) };
    let text = fs::read_to_string(guide)?;
    fs::write(guide, format!("{text}\nThis was added later.\n"))?;
    let run = accepted(contestant, work);
    fs::write(guide, text)?;
    generate::age(guide)?;
    run
}

fn accepted(contestant: &Contestant, work: &Path) -> io::Result<measure::Run> {
    let log = work.join("log");
    let run = measure::run(&contestant.command, &contestant.folder, &log)?;
    if run.over || contestant.role.accepts(run.status) {
        return Ok(run);
    }
    let said = fs::read_to_string(&log).unwrap_or_default();
    let said: String = said.chars().take(2_000).collect();
    Err(io::Error::other(format!("{} ended with status {}:\n{said}", contestant.role.name(), run.status)))
}

fn empty(folder: &Path) -> io::Result<()> {
    if folder.exists() { fs::remove_dir_all(folder) } else { Ok(()) }
}

/// The files below a folder, with their sizes.
fn files(folder: &Path) -> impl Iterator<Item = (PathBuf, u64)> {
    walkdir::WalkDir::new(folder).into_iter().flatten().filter(|entry| entry.file_type().is_file()).map(|entry| {
        let bytes = entry.metadata().map_or(0, |metadata| metadata.len());
        (entry.into_path(), bytes)
    })
}

/// A folder in memory where there is one, so that the disk is not what is measured; removed at the end.
fn work_folder() -> io::Result<tempfile::TempDir> {
    let memory = Path::new("/dev/shm");
    let parent = if memory.is_dir() { memory.to_path_buf() } else { std::env::temp_dir() };
    tempfile::Builder::new().prefix("milepost-bench-").tempdir_in(parent)
}
