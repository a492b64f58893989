//! Whether `check --external` finds exactly what is gone, keeps to its limits, and what it costs; README.md tells what is measured.

#![expect(clippy::cast_possible_truncation, reason = "figures are rounded for people")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "what a benchmark finds is printed")]

mod checkers;
mod figures;
#[path = "../site/measure.rs"]
mod measure;
mod plan;
#[path = "../site/random.rs"]
mod random;
mod server;

use checkers::{Checker, Found, TIMEOUT_S};
use clap::Parser as _;
use figures::{Figures, Sample};
use plan::Plan;
use server::Servers;
use std::{ffi::OsString, fs, io, path::Path, process::ExitCode, time::Duration};

/// Asks for thousands of addresses at many hosts on loopback, of which some fail for a while and some for good.
#[derive(clap::Parser)]
struct Arguments {
    /// The distinct addresses that the guides name
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    addresses: u32,
    /// The hosts that they are at, 127.0.0.1 and so on
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=250))]
    hosts: u32,
    /// The measured runs of each checker
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    runs: u16,
    /// 200 addresses at 5 hosts, to see that everything works
    #[arg(long, conflicts_with_all = ["addresses", "hosts"])]
    quick: bool,
    /// What `cargo bench` passes
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    let given: Vec<OsString> = std::env::args_os().skip(1).collect();
    let done = match given.first().and_then(|first| first.to_str()) {
        Some(measure::WRAPPER) => measure::wrap(&given[1..]).map(|()| true),
        _ => ask_all(&Arguments::parse()),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("the benchmark cannot run: {error}");
            ExitCode::from(2)
        }
    }
}

/// True when all that is expected of Milepost held.
fn ask_all(arguments: &Arguments) -> io::Result<bool> {
    if !arguments.bench {
        println!("run it with `cargo bench --bench external`");
        return Ok(true);
    }
    let (addresses, hosts) = if arguments.quick { (200, 5) } else { (arguments.addresses as usize, arguments.hosts as usize) };
    let servers = Servers::start(Plan::new(addresses, hosts), Duration::from_millis(u64::from(TIMEOUT_S) * 1_500))?;
    let work = tempfile::Builder::new().prefix("milepost-bench-").tempdir()?;
    let tree = work.path().join("tree");
    servers.plan().write(&tree, servers.port)?;
    let truth = Found::truth(servers.plan(), servers.port);
    println!(
        "{addresses} addresses at {hosts} hosts: {} gone, {} flaky, {} moved\n",
        truth.broken.len(),
        truth.flaky.len(),
        truth.moved.len()
    );
    let mut all: Vec<Figures> =
        checkers::all(&tree, work.path())?.into_iter().map(|checker| Figures { checker, samples: Vec::new() }).collect();
    for _ in 0..arguments.runs {
        for figures in &mut all {
            figures.samples.push(one(&figures.checker, &servers, &work.path().join("log"))?);
        }
    }
    print!("{}", figures::table(&all, &truth));
    for figures in &all {
        print!("{}", figures.differences(&truth, servers.plan()));
    }
    let mut held = true;
    for figures in &all {
        for (what, holds) in figures.expectations(&truth, servers.plan()) {
            println!("- {what}: {}", if holds { "met" } else { "NOT MET" });
            held &= holds;
        }
    }
    Ok(held)
}

fn one(checker: &Checker, servers: &Servers, log: &Path) -> io::Result<Sample> {
    servers.account();
    let run = measure::run(&checker.command, Path::new("."), log)?;
    let said = || fs::read_to_string(log).unwrap_or_default().chars().take(2_000).collect::<String>();
    let found = checker
        .found(servers)
        .map_err(|error| io::Error::other(format!("{}, status {}: {error}\n{}", checker.name, run.status, said())))?;
    Ok(Sample { run, account: servers.account(), found })
}
