//! The command line, as clap describes it.

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum, ValueHint};
use std::{io::IsTerminal as _, path::PathBuf, time::Duration};

/// Builds onboarding sites from Markdown guides, and checks every link on the way.
#[derive(Debug, Parser)]
#[command(
    name = "milepost",
    version,
    propagate_version = true,
    arg_required_else_help = true,
    after_help = "Examples:\n  milepost build              build the site of the nearest milepost.toml into public/\n  milepost build docs -o out  build a plain folder of Markdown, without configuration\n  milepost serve --open       see the site while it is written\n  milepost check --strict     fail on warnings as well as errors\n  milepost stamp              write ids into checklists, so that readers keep their ticks\n  milepost mv a.md b/a.md     move a page, mend every link, and lead on from its old address\n\nExit status: 0 nothing found, 1 findings at the failing level, 2 could not run."
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
        #[command(flatten)]
        options: Writing,
    },
    /// Serve the site while it is written, at an address of this machine
    ///
    /// Pages follow each change of guides, images, templates and configuration. Drafts are shown. Nothing is written.
    #[cfg(feature = "serve")]
    #[command(
        visible_alias = "dev",
        after_help = "Examples:\n  milepost serve --open\n  milepost serve docs --port 8000\n  milepost serve --editor 'zed://file{path}:{line}:{column}'"
    )]
    Serve {
        #[command(flatten)]
        place: Place,
        /// Where the site is published: it is served under the same path
        #[arg(short = 'u', long, value_name = "URL", value_hint = ValueHint::Url)]
        base_url: Option<String>,
        #[command(flatten)]
        serving: Serving,
    },
    /// Check the guides; mend links when asked to
    #[command(
        after_help = "Examples:\n  milepost check docs --format json > findings.json\n  milepost check docs --fix\n  milepost check docs --since origin/main\n  milepost check docs --external --format sarif=findings.sarif --format junit=findings.xml"
    )]
    Check {
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        mend: Mend,
        #[command(flatten)]
        external: External,
    },
    /// Join the JSON reports of several runs, and their caches
    ///
    /// Each run checks one part of a site: `check --external --shard 2/5 --format json`. The joined report goes to stdout.
    #[command(after_help = "Example:\n  milepost merge-reports part-*.json --caches part-*.tsv --cache links.tsv > findings.json")]
    MergeReports {
        /// The reports, as `check --format json` writes them
        #[arg(required = true, value_hint = ValueHint::FilePath)]
        reports: Vec<PathBuf>,
        /// The caches to join
        #[arg(long, num_args = 1.., value_name = "FILE", requires = "cache", value_hint = ValueHint::FilePath)]
        caches: Vec<PathBuf>,
        /// Where the joined cache is written
        #[arg(long, value_name = "FILE", requires = "caches", value_hint = ValueHint::FilePath)]
        cache: Option<PathBuf>,
        /// Fail on warnings too
        #[arg(long)]
        strict: bool,
    },
    /// Write ids into checklists and steps that have none
    ///
    /// An id is what keeps a reader's tick when a step is moved or reworded. Nothing else in a file is changed, and a second
    /// run changes nothing. A translation gets the ids of its original. The ids are recorded in milepost.lock.
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
    /// Move a page, a file or a folder, and mend every link to and from it
    ///
    /// Each page that gets another address leads on to it from the old one. Its translations go with it. Nothing is written
    /// unless every link leads where it led before. NEW is a path, or a folder that is there.
    #[command(
        after_help = "Examples:\n  milepost mv guides/laptop.md guides/first-day/laptop.md\n  milepost mv --dry-run guides archive/2025"
    )]
    Mv {
        /// The page, file or folder, from the current folder or the content folder
        #[arg(value_hint = ValueHint::AnyPath)]
        old: PathBuf,
        /// Where it goes
        #[arg(value_hint = ValueHint::AnyPath)]
        new: PathBuf,
        /// The project's folder [default: the nearest one upward with a milepost.toml]
        #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
        dir: Option<PathBuf>,
        /// A configuration file instead of milepost.toml
        #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        config: Option<PathBuf>,
        /// Leave translations where they are
        #[arg(long)]
        only: bool,
        /// Show what would change as a diff, and write nothing
        #[arg(short = 'n', long)]
        dry_run: bool,
    },
    /// Show the checklists of the site: steps, time, pages
    #[command(after_help = "Example:\n  milepost checklists --format json > checklists.json")]
    Checklists {
        #[command(flatten)]
        place: Place,
        /// How to show them, on stdout
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        format: ListFormat,
    },
    /// Say what a rule finds, with an example, and how to silence it
    ///
    /// Without a rule, all rules are listed with their default severity.
    #[command(after_help = "Example:\n  milepost explain missing-file")]
    Explain {
        /// The rule's name, as findings give it
        rule: Option<String>,
    },
    /// Show the files of the built-in theme, or one of them
    ///
    /// A file of the same name in the folder of your templates takes its place.
    #[command(after_help = "Examples:\n  milepost theme\n  milepost theme parts/footer.html > templates/parts/footer.html")]
    Theme {
        /// The file's name, as the list gives it
        file: Option<String>,
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

/// What `build` writes, and where.
#[derive(Debug, Args)]
pub(crate) struct Writing {
    /// Where to write the site [default: public]
    #[arg(short, long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub(crate) output_dir: Option<PathBuf>,
    /// Write the site even when there are errors; broken links are shown as such
    #[arg(long)]
    pub(crate) keep_going: bool,
    /// Make everything anew, and leave nothing for the next build
    #[arg(long)]
    pub(crate) no_cache: bool,
    /// Pack the site into an archive that opens from disk, without a server
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) offline_zip: Option<PathBuf>,
    /// Open the site in the browser when it is built
    #[arg(short = 'O', long)]
    pub(crate) open: bool,
}

/// Where `serve` listens, and what opens the places it names.
#[cfg(feature = "serve")]
#[derive(Debug, Args)]
pub(crate) struct Serving {
    /// The address to listen at; 0.0.0.0 lets other machines see the site
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub(crate) host: String,
    /// The port [default: 4000, or a free one when that is taken]
    #[arg(short, long, value_name = "PORT")]
    pub(crate) port: Option<u16>,
    /// Open the site in the browser
    #[arg(short = 'O', long)]
    pub(crate) open: bool,
    /// The editor that links to files open, by its name or its address [default: that of VISUAL or EDITOR, else vscode]
    #[arg(long, value_name = "EDITOR", env = "MILEPOST_EDITOR")]
    pub(crate) editor: Option<String>,
}

/// How `check` asks for external addresses.
#[derive(Debug, Args)]
#[command(next_help_heading = "External addresses")]
pub(crate) struct External {
    /// Ask for external addresses too
    #[arg(long = "external", id = "external")]
    pub(crate) is_asked: bool,
    /// Ask nobody: the cache alone answers
    #[arg(long, requires = "external")]
    pub(crate) offline: bool,
    /// Stop asking after this time, such as 90s, 5m or 1h; what is left is told as not checked
    #[arg(long, value_name = "TIME", value_parser = duration, requires = "external")]
    pub(crate) deadline: Option<Duration>,
    /// Ask for one part of all addresses, split by host: 2/5 is the second of five
    #[arg(long, value_name = "K/N", requires = "external")]
    pub(crate) shard: Option<String>,
}

/// `90s`, `5m`, `1h`.
fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "write a number and a unit, such as 90s, 5m or 1h".to_owned();
    let unit = text.chars().last().ok_or_else(wrong)?;
    let number: u64 = text[..text.len() - unit.len_utf8()].parse().map_err(|_| wrong())?;
    let seconds = match unit {
        's' => Some(number),
        'm' => number.checked_mul(60),
        'h' => number.checked_mul(3_600),
        _ => None,
    };
    seconds.filter(|seconds| *seconds > 0).map(Duration::from_secs).ok_or_else(wrong)
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
    #[command(flatten)]
    pub(crate) reporting: Reporting,
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

/// How findings are reported.
#[derive(Debug, Args)]
pub(crate) struct Reporting {
    /// How to report findings: text, json, sarif, junit, github, gitlab or markdown; with =FILE, to a file; may be given again
    ///
    /// Without a file, text goes to stderr and any other format to stdout, one at most.
    #[arg(long, value_name = "FORMAT[=FILE]", default_value = "text", value_parser = Requested::parse, help_heading = "Reports")]
    pub(crate) format: Vec<Requested>,
    /// Neither annotate nor write the job's summary by itself in GitHub Actions
    #[arg(long, help_heading = "Reports")]
    pub(crate) no_github: bool,
}

/// The forms of the list of checklists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    Text,
    Json,
}

/// The formats of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
    Sarif,
    Junit,
    Github,
    Gitlab,
    Markdown,
}

impl Format {
    /// The word on the command line.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Markdown => "markdown",
        }
    }
}

/// A format, and the file that it goes to where one is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Requested {
    pub(crate) format: Format,
    pub(crate) file: Option<PathBuf>,
}

impl Requested {
    fn parse(text: &str) -> Result<Self, String> {
        let (name, file) = text.split_once('=').map_or((text, None), |(name, file)| (name, Some(file)));
        let Some(format) = Format::value_variants().iter().copied().find(|format| format.name() == name) else {
            let names: Vec<&str> = Format::value_variants().iter().map(|format| format.name()).collect();
            return Err(format!("there is no format `{name}`; there are {}", names.join(", ")));
        };
        if file == Some("") {
            return Err(format!("the file is missing: write `{name}=FILE`, or `{name}` alone"));
        }
        Ok(Self { format, file: file.map(PathBuf::from) })
    }
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

    #[test]
    fn a_format_may_name_a_file() {
        assert_eq!(Requested::parse("json"), Ok(Requested { format: Format::Json, file: None }));
        assert_eq!(Requested::parse("sarif=a=b.sarif"), Ok(Requested { format: Format::Sarif, file: Some("a=b.sarif".into()) }));
        assert!(Requested::parse("jsn").is_err_and(|said| said.starts_with("there is no format `jsn`; there are text, json, sarif,")));
        assert!(Requested::parse("text=").is_err());
    }
}
