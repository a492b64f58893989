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
mod hugo;
mod measure;
mod random;

use clap::Parser as _;
use contestants::Contestant;
use figures::{Entry, Figures};
use floor::Until;
use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Measures whole builds and checks, beside the floor and what is installed of Hugo, lychee and hyperlink.
#[derive(clap::Parser)]
struct Arguments {
    /// The sizes of the generated trees, in pages
    #[arg(long, value_delimiter = ',', default_value = "1000,10000")]
    pages: Vec<usize>,
    /// The measured runs of each contestant, after one that warms up
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..))]
    runs: u16,
    /// One run on 200 pages, to see that everything works
    #[arg(long)]
    quick: bool,
    /// A folder of Markdown to measure instead of generated trees
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["pages", "quick"])]
    corpus: Option<PathBuf>,
    /// Writes the generated tree there, measures nothing
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["corpus", "runs"])]
    generate: Option<PathBuf>,
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
    let runs = if arguments.quick { 1 } else { usize::from(arguments.runs) };
    println!(
        "{} {}, {} threads, {runs} runs after a warm-up, interleaved; cells are min / median / max\n",
        std::env::consts::OS,
        std::env::consts::ARCH,
        rayon::current_num_threads()
    );
    if let Some(corpus) = &arguments.corpus {
        let work = work_folder()?;
        return compare(&fs::canonicalize(corpus)?, work.path(), runs);
    }
    let sizes: &[usize] = if arguments.quick { &[200] } else { &arguments.pages };
    for pages in sizes {
        let work = work_folder()?;
        let tree = work.path().join("tree");
        generate::tree(&tree, *pages)?;
        compare(&tree, work.path(), runs)?;
    }
    Ok(())
}

/// Measures all contestants on one tree, round by round, and prints what came out.
fn compare(tree: &Path, work: &Path, runs: usize) -> io::Result<()> {
    let contestants = contestants::all(tree, work)?;
    let mut entries: Vec<Entry> = contestants.into_iter().map(|contestant| Entry { contestant, runs: Vec::new(), written: 0 }).collect();
    for round in 0..=runs {
        for entry in &mut entries {
            let run = one(&entry.contestant, work)?;
            if round == 0 {
                entry.written = entry.contestant.output.as_deref().map_or(0, |output| files(output).map(|(_, bytes)| bytes).sum());
            } else {
                entry.runs.push(run);
            }
        }
    }
    let pages = files(tree).filter(|(path, _)| path.extension().is_some_and(|extension| extension == "md")).count();
    let bytes: u64 =
        files(tree).filter(|(path, _)| path.extension().is_some_and(|extension| extension == "md")).map(|(_, bytes)| bytes).sum();
    let figures = Figures { pages, entries };
    println!("{pages} pages with those of folders, {:.1} MB of Markdown\n\n{}\n{}", bytes as f64 / 1e6, figures.table(), figures.targets());
    Ok(())
}

/// One run, its old output removed outside the clock.
fn one(contestant: &Contestant, work: &Path) -> io::Result<measure::Run> {
    if let Some(output) = contestant.output.as_deref().filter(|output| output.exists()) {
        fs::remove_dir_all(output)?;
    }
    let log = work.join("log");
    let run = measure::run(&contestant.command, &log)?;
    if contestant.role.accepts(run.status) {
        return Ok(run);
    }
    let said = fs::read_to_string(&log).unwrap_or_default();
    let said: String = said.chars().take(2_000).collect();
    Err(io::Error::other(format!("{} ended with status {}:\n{said}", contestant.role.name(), run.status)))
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
