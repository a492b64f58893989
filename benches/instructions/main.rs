//! How many instructions a build, a check and two rebuilds of a seeded tree take, beside the counts that are kept in `counts.toml`.
//!
//! A machine that is busy, slow or shared counts the same: so a slowdown is seen where a clock would tell nothing.

#![expect(
    clippy::cast_precision_loss,
    clippy::format_collect,
    reason = "ratios are rounded for people, and the generated guides are written once"
)]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "what a benchmark finds is printed")]

mod callgrind;
mod counts;
#[path = "../site/generate.rs"]
mod generate;
#[path = "../site/random.rs"]
mod random;

use clap::Parser as _;
use counts::{Counts, Verdict};
use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

/// The pages of the tree, beside those of folders.
const PAGES: usize = 200;

/// Counts the instructions of builds and checks with callgrind, and compares them with those that are kept.
#[derive(clap::Parser)]
struct Arguments {
    /// Keeps what is counted now, in place of the counts that are kept
    #[arg(long)]
    renew: bool,
    /// A program to count instead of one that is compiled for it
    #[arg(long, value_name = "FILE")]
    milepost: Option<PathBuf>,
    /// What `cargo bench` passes
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if !arguments.bench {
        println!("run it with `cargo bench --profile dev --bench instructions`");
        return ExitCode::SUCCESS;
    }
    match compare(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("instructions cannot be counted: {error}");
            ExitCode::from(2)
        }
    }
}

/// Counts, and tells whether the counts are within the room that they have.
fn compare(arguments: &Arguments) -> io::Result<bool> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/instructions/counts.toml");
    let program = match &arguments.milepost {
        Some(program) => fs::canonicalize(program)?,
        None => compiled()?,
    };
    let now = Counts { compiler: compiler()?, machine: std::env::consts::ARCH.to_owned(), commands: count(&program)? };
    if arguments.renew {
        println!("{}", now.table(None));
        return fs::write(&file, now.text()).map(|()| true);
    }
    let kept = Counts::parse(&fs::read_to_string(&file)?)?;
    println!("{}", now.table(Some(&kept)));
    let verdict = now.against(&kept);
    println!("{verdict}");
    Ok(!matches!(verdict, Verdict::Slower { .. } | Verdict::Faster { .. } | Verdict::Others))
}

/// The program as it is counted: with colours for code, without what draws and what asks, which take long to compile.
fn compiled() -> io::Result<PathBuf> {
    let this = std::env::current_exe()?;
    let target = this.ancestors().nth(3).ok_or_else(|| io::Error::other("this program is not in a target folder"))?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let options = ["build", "--quiet", "--bin", "milepost", "--profile", "counted", "--no-default-features", "--features", "highlight"];
    let status = Command::new(cargo)
        .args(options)
        .arg("--target-dir")
        .arg(target)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("CARGO_INCREMENTAL", "0")
        .status()?;
    if !status.success() {
        return Err(io::Error::other("the program does not compile"));
    }
    Ok(target.join("counted").join("milepost"))
}

fn compiler() -> io::Result<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let said = Command::new(rustc).arg("--version").current_dir(env!("CARGO_MANIFEST_DIR")).output()?;
    Ok(String::from_utf8_lossy(&said.stdout).trim().to_owned())
}

/// The counts of each command, in the order in which they are told.
fn count(program: &Path) -> io::Result<Vec<(String, u64)>> {
    let work = tempfile::Builder::new().prefix("milepost-count-").tempdir()?;
    let site = work.path().join("site");
    let content = site.join("content");
    generate::tree(&content, PAGES)?;
    fs::write(site.join("milepost.toml"), "title = \"Handbook\"\n")?;
    generate::age(&site)?;
    let build = command(program, &["build"], &site);
    let mut counts = Vec::new();
    let mut note = |name: &str, command: &[OsString]| -> io::Result<()> {
        counts.push((name.to_owned(), callgrind::count(command, &work.path().join("profile"))?));
        Ok(())
    };
    note("build", &command(program, &["build", "--no-cache"], &site))?;
    note("check", &command(program, &["check"], &site))?;
    fs::remove_dir_all(site.join("public"))?;
    callgrind::plain(&build)?;
    note("rebuild, nothing changed", &build)?;
    edit(&content)?;
    note("rebuild, one page changed", &build)?;
    Ok(counts)
}

fn command(program: &Path, words: &[&str], site: &Path) -> Vec<OsString> {
    let words = words.iter().map(OsString::from);
    std::iter::once(program.into()).chain(words).chain([site.into()]).collect()
}

/// Adds a paragraph to a guide in the middle of the tree.
fn edit(content: &Path) -> io::Result<()> {
    let folder = content.join("part-00/topic-005");
    let mut guides: Vec<PathBuf> = fs::read_dir(&folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    guides.sort();
    let guide = guides.first().ok_or_else(|| io::Error::other("the tree has no such folder"))?;
    fs::write(guide, fs::read_to_string(guide)? + "\nThis was added later.\n")
}
