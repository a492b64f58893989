//! The command line, as clap describes it.

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum, ValueHint};
use std::{io::IsTerminal as _, path::PathBuf};

/// Builds onboarding sites from Markdown guides, and checks every link on the way.
#[derive(Debug, Parser)]
#[command(
    name = "milepost",
    version,
    propagate_version = true,
    arg_required_else_help = true,
    after_help = "Examples:\n  milepost build              build the site of the nearest milepost.toml into public/\n  milepost build docs -o out  build a plain folder of Markdown, without configuration\n  milepost check --strict     fail on warnings as well as errors\n  milepost stamp              write ids into checklists, so that readers keep their ticks\n\nExit status: 0 nothing found, 1 findings at the failing level, 2 could not run."
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
    /// Say less: errors only, no summary
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "Output")]
    quiet: bool,
    /// Say more: folders, and what was written
    #[arg(short, long, global = true, action = ArgAction::SetTrue, help_heading = "Output")]
    verbose: bool,
    /// When to colour what is printed; NO_COLOR and pipes are respected
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = "Output")]
    color: Color,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Check the guides and render them as a static site
    ///
    /// A finding at error level leaves the old output untouched and exits 1.
    #[command(after_help = "Example:\n  milepost build docs --base-url https://docs.example.com/ --output-dir site")]
    Build {
        #[command(flatten)]
        common: Common,
        /// Where to write the site [default: public]
        #[arg(short, long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
        output_dir: Option<PathBuf>,
        /// Write the site even when there are errors; broken links are shown as such
        #[arg(long)]
        keep_going: bool,
        /// Open the site in the browser when it is built
        #[arg(short = 'O', long)]
        open: bool,
    },
    /// Check the guides; mend links when asked to
    #[command(
        after_help = "Examples:\n  milepost check docs --format json > findings.json\n  milepost check docs --fix\n  milepost check docs --since origin/main"
    )]
    Check {
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        mend: Mend,
    },
    /// Write ids into checklists and steps that have none
    ///
    /// An id is what keeps a reader's tick when a step is moved or reworded. Nothing else in a file is changed, and a second
    /// run changes nothing. The ids are recorded in milepost.lock.
    #[command(after_help = "Examples:\n  milepost stamp --dry-run\n  milepost stamp --retire account-prep/fax-form")]
    Stamp {
        #[command(flatten)]
        place: Place,
        /// Say what would be written, and write nothing
        #[arg(short = 'n', long)]
        dry_run: bool,
        /// Give up an id for good: `list/step`, or `list` with all its steps
        #[arg(long, value_name = "ID")]
        retire: Vec<String>,
    },
    /// Show the checklists of the site: steps, time, pages
    #[command(after_help = "Example:\n  milepost checklists --format json > checklists.json")]
    Checklists {
        #[command(flatten)]
        place: Place,
        /// How to show them, on stdout
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        format: Format,
    },
    /// Remove what `build` wrote, and nothing else
    #[command(after_help = "Example:\n  milepost clean")]
    Clean {
        /// The project's folder [default: the nearest one upward with a milepost.toml]
        #[arg(value_hint = ValueHint::DirPath)]
        dir: Option<PathBuf>,
        /// A configuration file instead of milepost.toml
        #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        config: Option<PathBuf>,
        /// Where the site was written [default: public]
        #[arg(short, long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
        output_dir: Option<PathBuf>,
    },
}

/// The project that a verb is about.
#[derive(Debug, Args)]
pub(crate) struct Place {
    /// The folder: a project with a milepost.toml, or plain Markdown [default: the nearest one upward with a milepost.toml]
    #[arg(value_hint = ValueHint::DirPath)]
    pub(crate) dir: Option<PathBuf>,
    /// A configuration file instead of milepost.toml
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,
}

/// What `build` and `check` share.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// The folder: a project with a milepost.toml, or plain Markdown [default: the nearest one upward with a milepost.toml]
    #[arg(value_hint = ValueHint::DirPath)]
    pub(crate) dir: Option<PathBuf>,
    /// A configuration file instead of milepost.toml
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,
    /// Where the site is published; links to it are checked in the tree
    #[arg(short = 'u', long, value_name = "URL", value_hint = ValueHint::Url)]
    pub(crate) base_url: Option<String>,
    /// Treat drafts as pages
    #[arg(long)]
    pub(crate) drafts: bool,
    /// Fail on warnings too
    #[arg(long)]
    pub(crate) strict: bool,
    /// Fail where milepost.lock does not agree with the ids in the guides
    #[arg(long)]
    pub(crate) locked: bool,
    /// How to report findings: text to stderr, json to stdout
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: Format,
}

/// What `check` mends, and which findings it puts off.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[derive(Debug, Args)]
pub(crate) struct Mend {
    /// Mend the links that can only have been meant one way
    #[arg(long, help_heading = "Mending")]
    pub(crate) fix: bool,
    /// With --fix or --diff: also what is likely; look at what it changes
    #[arg(long = "unsafe", help_heading = "Mending")]
    pub(crate) with_likely: bool,
    /// Show what --fix would change as a unified diff, and write nothing
    #[arg(long, help_heading = "Mending")]
    pub(crate) diff: bool,
    /// Put off the findings that this file holds
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Adoption")]
    pub(crate) baseline: Option<PathBuf>,
    /// Write all findings into the file of --baseline
    #[arg(long, requires = "baseline", conflicts_with_all = ["fix", "diff", "since"], help_heading = "Adoption")]
    pub(crate) update_baseline: bool,
    /// Only findings that the change since this revision caused
    #[arg(long, value_name = "REV", help_heading = "Adoption")]
    pub(crate) since: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

impl Arguments {
    pub(crate) fn verb(&self) -> &Verb {
        &self.verb
    }

    pub(crate) fn quiet(&self) -> bool {
        self.quiet
    }

    pub(crate) fn verbose(&self) -> bool {
        self.verbose
    }

    /// Whether a progress bar makes sense: someone is looking, and has not asked for silence.
    pub(crate) fn shows_progress(&self) -> bool {
        !self.quiet && std::io::stderr().is_terminal()
    }

    pub(crate) fn color(&self) -> anstream::ColorChoice {
        match self.color {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }
}
