//! `serve`: the server's news as lines of the terminal, whose places open in an editor.

use super::{
    Outcome, Print,
    arguments::{Arguments, Place, Serving},
    prefix, summary,
};
use milepost::{
    diagnostic::Severity,
    error::Error,
    project::{Overrides, Project},
    report::{
        Report, named,
        text::{self, render_error},
        words::{counted, grouped},
    },
    serve::{self, Editor, Made, Options, Said},
};
use std::{
    env,
    fmt::Write as _,
    io::IsTerminal as _,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// How many changed files a line names.
const NAMED: usize = 3;
/// How many new findings are printed after a change; all of them after the start.
const SHOWN: usize = 50;

pub(super) fn run(arguments: &Arguments, place: &Place, base_url: Option<&str>, serving: &Serving, print: Print) -> Result<Outcome, Error> {
    let editor = editor(serving.editor.as_deref(), &|name| env::var(name).ok())?;
    let overrides = Overrides { config: place.config.clone(), base_url: base_url.map(str::to_owned), drafts: true, ..Overrides::default() };
    let dir = place.dir.clone();
    let open = move || Project::open(dir.as_deref(), &overrides);
    let terminal = Terminal {
        quiet: arguments.quiet(),
        verbose: arguments.verbose(),
        opens: serving.open,
        editor: (std::io::stderr().is_terminal() && shows_links(&|name| env::var(name).ok())).then(|| editor.clone()),
        current: env::current_dir().unwrap_or_default(),
        has_failed: AtomicBool::new(false),
    };
    let say = move |said: Said<'_>| print(&terminal.hear(&said));
    let options = Options { host: serving.host.clone(), port: serving.port, editor };
    serve::serve(Arc::new(open), options, Arc::new(say))?;
    Ok(Outcome::default())
}

/// The editor that was asked for, else the one of the environment, else the commonest.
fn editor(asked: Option<&str>, variable: &dyn Fn(&str) -> Option<String>) -> Result<Editor, Error> {
    if let Some(asked) = asked {
        return Editor::named(asked);
    }
    Ok(["VISUAL", "EDITOR"].iter().filter_map(|name| variable(name)).find_map(|command| Editor::of_command(&command)).unwrap_or_default())
}

/// Whether the terminal is one of those that show links (OSC 8).
fn shows_links(variable: &dyn Fn(&str) -> Option<String>) -> bool {
    if let Some(forced) = variable("FORCE_HYPERLINK") {
        return forced != "0";
    }
    let programs = ["iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "Tabby", "rio", "WarpTerminal"];
    let is_known = variable("TERM_PROGRAM").is_some_and(|program| programs.contains(&program.as_str()));
    let is_named = variable("TERM").is_some_and(|term| ["kitty", "alacritty", "foot", "ghostty"].iter().any(|name| term.contains(name)));
    let version = variable("VTE_VERSION").and_then(|version| version.parse::<u32>().ok());
    is_known
        || is_named
        || version.is_some_and(|version| version >= 5_000)
        || variable("WT_SESSION").is_some()
        || variable("KONSOLE_VERSION").is_some()
}

/// What the terminal is told, and how.
struct Terminal {
    quiet: bool,
    verbose: bool,
    opens: bool,
    /// The editor that links open, where the terminal shows links.
    editor: Option<Editor>,
    current: PathBuf,
    /// Whether the last change could not be shown.
    has_failed: AtomicBool,
}

impl Terminal {
    /// The words for what has happened.
    fn hear(&self, said: &Said<'_>) -> String {
        match said {
            Said::Serving { address, project, is_open } => self.serving(address, project, *is_open),
            Said::Polling => "the system watches no more folders: files are looked at twice a second\n".to_owned(),
            Said::Failed(error) => {
                self.has_failed.store(true, Ordering::Relaxed);
                format!("{}\nthe last good version stays in sight\n\n", self.linked_error(error))
            }
            Said::Made(made) => self.made(made),
        }
    }

    fn serving(&self, address: &str, project: &Project, is_open: bool) -> String {
        let mut out = String::new();
        if self.opens
            && let Err(source) = ::open::that_detached(address)
        {
            let _ = writeln!(out, "no browser could be opened ({source})");
        }
        // Without it nobody knows which port was free.
        let _ = writeln!(out, "serving at {address}");
        if self.quiet {
            return out;
        }
        if is_open {
            out.push_str("other machines can see it too\n");
        }
        let folders = [
            Some(&project.content),
            project.static_folder.as_ref(),
            project.templates.as_ref(),
            project.theme.as_ref(),
            project.file.as_ref(),
        ];
        let names: Vec<String> = folders.into_iter().flatten().map(|folder| format!("`{}`", milepost::error::shown(folder))).collect();
        let _ = writeln!(out, "watching {}; Ctrl-C ends it\n", names.join(", "));
        out
    }

    fn made(&self, made: &Made<'_>) -> String {
        let is_start = made.changed.is_empty();
        let mut out = self.findings(made, is_start);
        let mended = self.has_failed.swap(false, Ordering::Relaxed);
        if self.quiet {
            return out;
        }
        let pages = made.report.summary.pages;
        let what = if is_start { format!("made {}", counted(pages, "page", "pages")) } else { changed(made.changed) };
        let _ = write!(out, "{what} · {} · {}", milliseconds(made.took), summary::verdict(made.report));
        if mended {
            out.push_str(" · shown again");
        }
        out.push('\n');
        if self.verbose {
            let stages: Vec<String> = made.times.iter().map(|(name, took)| format!("{name} {}", milliseconds(*took))).collect();
            let _ = writeln!(out, "  {}", stages.join(" · "));
        }
        out
    }

    /// The findings that are new, as `check` prints them.
    fn findings(&self, made: &Made<'_>, is_start: bool) -> String {
        let prefix = prefix(&made.project.content, &self.current);
        let counts = |severity| !self.quiet || severity == Severity::Error;
        let new = made.new.diagnostics.iter().filter(|finding| counts(finding.severity));
        let shown: Vec<_> = new.clone().take(if is_start { usize::MAX } else { SHOWN }).cloned().collect();
        let left = new.count() - shown.len();
        let mut out = String::new();
        for finding in shown {
            let (file, place) = (finding.file.clone(), made.places.of(&finding.file, finding.span));
            let words = text::render(&Report { diagnostics: vec![finding], ..Report::default() }, made.places, &prefix);
            let name = format!("{}:{}:{}", named(&prefix, &file), place.line, place.column);
            out.push_str(&self.linked(&words, &name, &made.project.content.join(&*file), place.line, place.column));
        }
        if left > 0 {
            let _ = writeln!(out, "and {} more: `milepost check` prints them all\n", grouped(left));
        }
        out
    }

    fn linked_error(&self, error: &Error) -> String {
        let words = render_error(error);
        let Error::Source(source) = error else { return words };
        let (line, column) = source.place();
        let file = self.current.join(&source.path);
        let name = format!("{}:{line}:{column}", source.path);
        if file.is_file() { self.linked(&words, &name, &file, line, column) } else { words }
    }

    /// The words with the first place of that name as a link.
    fn linked(&self, words: &str, name: &str, file: &Path, line: usize, column: usize) -> String {
        match self.editor.as_ref().and_then(|editor| editor.link(file, line, column)) {
            Some(address) => words.replacen(name, &format!("\x1b]8;;{address}\x1b\\{name}\x1b]8;;\x1b\\"), 1),
            None => words.to_owned(),
        }
    }
}

/// `changed a.md, b.md and 12 more`.
fn changed(names: &[String]) -> String {
    let shown = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = if names.len() > NAMED { format!(" and {} more", grouped(names.len() - NAMED)) } else { String::new() };
    format!("changed {shown}{more}")
}

fn milliseconds(took: Duration) -> String {
    format!("{} ms", took.as_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_one_line_however_many_files_it_has() {
        let names = |names: &[&str]| changed(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(names(&["a.md"]), "changed a.md");
        assert_eq!(names(&["a.md", "b.md", "c.md", "d.md"]), "changed a.md, b.md, c.md and 1 more");
    }

    #[test]
    fn links_are_shown_where_a_terminal_knows_them() {
        let with = |name: &'static str, value: &'static str| shows_links(&move |asked| (asked == name).then(|| value.to_owned()));
        assert!(
            with("TERM_PROGRAM", "WezTerm") && with("VTE_VERSION", "7600") && with("TERM", "xterm-kitty") && with("FORCE_HYPERLINK", "1")
        );
        assert!(!with("TERM", "xterm-256color") && !with("TERM", "dumb") && !with("VTE_VERSION", "4000") && !with("FORCE_HYPERLINK", "0"));
    }

    #[test]
    fn the_editor_is_that_of_the_environment() {
        let of = |command: &'static str| editor(None, &move |name| (name == "EDITOR").then(|| command.to_owned())).expect("there is one");
        assert_eq!(of("vim"), Editor::default());
        assert_eq!(of("zed --wait"), Editor::named("zed").expect("it is known"));
    }
}
