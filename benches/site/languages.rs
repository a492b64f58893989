//! What it costs to highlight code, by language: whole builds with some blocks labelled with their language, beside the same with none.

use crate::{figures::median, generate, grammars, measure, random::Random};
use serde::{Deserialize, Serialize};
use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

/// The pages of each site; the blocks are spread over them.
const PAGES: usize = 20;

/// What a language costs.
#[derive(Deserialize, Serialize)]
pub(crate) struct Language {
    pub(crate) name: String,
    /// Milliseconds of CPU a block after the first, a figure a round.
    pub(crate) each: Vec<f64>,
    /// Milliseconds of CPU until the first block is there.
    pub(crate) first: Vec<f64>,
}

/// Measures every language with a number of distinct blocks.
///
/// # Errors
/// A site that cannot be written, or a build that fails.
pub(crate) fn measure(work: &Path, blocks: usize, runs: usize) -> io::Result<Vec<Language>> {
    let words = generate::vocabulary();
    grammars::ALL
        .iter()
        .map(|grammar| {
            let sites = [0, 1, blocks]
                .into_iter()
                .map(|labelled| {
                    let site = work.join(format!("{}-{labelled}", grammar.language));
                    write(&site, grammar, blocks, labelled, &words).map(|()| site)
                })
                .collect::<io::Result<Vec<PathBuf>>>()?;
            let mut language = Language { name: grammar.language.to_owned(), each: Vec::new(), first: Vec::new() };
            for round in 0..=runs {
                let [none, one, all] = [&sites[0], &sites[1], &sites[2]].map(|site| build(site, &work.join("log")));
                let (none, one, all) = (none?, one?, all?);
                // The first round warms up.
                if round > 0 {
                    language.first.push((one - none) * 1_000.0);
                    language.each.push((all - one) * 1_000.0 / (blocks - 1) as f64);
                }
            }
            eprintln!("{}: {:.3} ms a block", language.name, median(language.each.clone()));
            Ok(language)
        })
        .collect()
}

/// A site with blocks of code, the first of which are labelled with their language: all else is the same in every site.
fn write(site: &Path, grammar: &grammars::Grammar, blocks: usize, labelled: usize, words: &[String]) -> io::Result<()> {
    let content = site.join("content");
    fs::create_dir_all(&content)?;
    fs::write(site.join("milepost.toml"), "title = \"Blocks\"\n\n[search]\nenabled = false\n")?;
    let mut pages: Vec<String> = (0..PAGES).map(|page| format!("# Page {page}\n")).collect();
    for block in 0..blocks {
        let label = if block < labelled { grammar.language } else { "" };
        let text = grammar.block(block, words);
        let more = format!("\nThe {} is so:\n\n```{label}\n{text}```\n", Random::of("caption", block).pick(words));
        pages[block % PAGES].push_str(&more);
    }
    pages.iter().enumerate().try_for_each(|(page, text)| fs::write(content.join(format!("page-{page}.md")), text))
}

/// The CPU seconds of a build.
fn build(site: &Path, log: &Path) -> io::Result<f64> {
    let words = [env!("CARGO_BIN_EXE_milepost"), "build", "--no-cache", "--keep-going"].map(OsString::from);
    let command: Vec<OsString> = words.into_iter().chain([site.into()]).collect();
    if site.join("public").exists() {
        fs::remove_dir_all(site.join("public"))?;
    }
    let run = measure::run(&command, site, log)?;
    if matches!(run.status, 0 | 1) && !run.over {
        return Ok(run.cpu);
    }
    Err(io::Error::other(format!("the build of blocks ended with status {}:\n{}", run.status, fs::read_to_string(log)?)))
}
