//! The program: arguments in, words and an exit status out. Only this file prints and exits.

mod cli;

use clap::Parser as _;
use std::{io::Write as _, process::ExitCode};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    arguments.color().write_global();
    let outcome = cli::run(&arguments, print);
    // A reader that has gone away, such as `| head`, is no failure of ours.
    let _ = anstream::stdout().write_all(outcome.stdout.as_bytes());
    let _ = anstream::stdout().flush();
    let _ = anstream::stderr().write_all(outcome.stderr.as_bytes());
    ExitCode::from(outcome.status)
}

fn print(words: &str) {
    // A terminal that is gone is no failure of ours.
    let _ = anstream::stderr().write_all(words.as_bytes());
}
