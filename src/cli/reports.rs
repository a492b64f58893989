//! Where reports go: formats and the surroundings in, texts for the two streams and files out.

use super::{
    Outcome,
    arguments::{Common, Format, Reporting, Requested},
    prefix,
};
use milepost::{
    diagnostic::Severity,
    error::{Error, shown},
    project::Project,
    read,
    replace::replace,
    report::{Places, Report, file, github, gitlab, json, junit, markdown, sarif, text},
};
use std::{env, fmt::Write as _, fs, path::PathBuf};

/// What a CI service tells about the job by its environment.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    /// Whether GitHub Actions runs the job.
    is_github: bool,
    /// The root of the repository.
    root: Option<PathBuf>,
    /// The file that GitHub shows as the summary of the step.
    summary: Option<PathBuf>,
}

impl Surroundings {
    pub(super) fn read() -> Self {
        let path = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        Self {
            is_github: env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true"),
            root: path("GITHUB_WORKSPACE").or_else(|| path("CI_PROJECT_DIR")),
            summary: path("GITHUB_STEP_SUMMARY"),
        }
    }
}

/// What goes where, decided before the run.
#[derive(Debug)]
pub(super) struct Plan {
    strict: bool,
    /// Whether words go to the standard error stream.
    speaks: bool,
    /// The format that the standard output stream holds.
    stdout: Option<Format>,
    files: Vec<(Format, PathBuf)>,
    /// The file that the job's summary is added to.
    summary: Option<PathBuf>,
    /// The root of the repository, where the surroundings tell it.
    root: Option<PathBuf>,
}

impl Plan {
    /// # Errors
    /// Two formats for one place, or a file that cannot be.
    pub(super) fn new(common: &Common, surroundings: Surroundings) -> Result<Self, Error> {
        let Reporting { format: requested, no_github } = &common.reporting;
        let asked = |format| requested.iter().any(|one| one.format == format);
        let files = files(requested)?;
        let mut stdout = whole(requested)?;
        // Annotations are a part of what there is to say, so they do not take the place of words.
        let is_taken = !matches!(stdout, None | Some(Format::Github));
        let speaks = requested.iter().any(|one| one.format == Format::Text && one.file.is_none())
            || !(is_taken || files.iter().any(|(format, _)| *format == Format::Text));
        let by_itself = surroundings.is_github && !no_github;
        if by_itself && stdout.is_none() && !asked(Format::Github) {
            stdout = Some(Format::Github);
        }
        let summary = surroundings.summary.filter(|_| by_itself && !asked(Format::Markdown));
        Ok(Self { strict: common.strict, speaks, stdout, files, summary, root: surroundings.root })
    }

    /// Whether a whole report takes the standard output stream.
    pub(super) fn fills_stdout(&self) -> bool {
        !matches!(self.stdout, None | Some(Format::Github))
    }

    /// Writes the files, and returns what the streams are to hold.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub(super) fn carry_out(&self, project: &Project, report: &Report, quiet: bool) -> Result<Outcome, Error> {
        let places = Places::read(report.files(), |file| read::quote(&project.content, file));
        let render = |format| self.render(format, project, report, &places);
        for (format, place) in &self.files {
            replace(place, render(*format).as_bytes())?;
        }
        let mut stderr = String::new();
        if self.speaks {
            let here = here(project);
            stderr = if quiet {
                let failing = report.diagnostics.iter().filter(|finding| finding.severity == Severity::Error || self.strict);
                text::render(&Report { diagnostics: failing.cloned().collect(), ..Report::default() }, &places, &here)
            } else {
                text::render(report, &places, &here)
            };
        }
        if let Some(place) = &self.summary {
            // An earlier command of the same step may have written to it: what is there counts for the limit too.
            let limit = markdown::LIMIT.saturating_sub(file::size(place));
            let summary = markdown::render(report, &places, &self.prefix(project), self.strict, limit);
            if let Err(error) = file::append(place, &summary) {
                // Nobody asked for the summary, so the run does not fail for it.
                let _ = writeln!(stderr, "the job's summary is missing: {error}");
            }
        }
        let stdout = self.stdout.map(render).unwrap_or_default();
        Ok(Outcome { stdout, stderr, status: u8::from(report.fails(self.strict)) })
    }

    fn render(&self, format: Format, project: &Project, report: &Report, places: &Places) -> String {
        let prefix = self.prefix(project);
        match format {
            Format::Text => anstream::adapter::strip_str(&text::render(report, places, &here(project))).to_string(),
            Format::Json => json::render(report, places, &super::prefix(&project.content, &project.root)),
            Format::Sarif => sarif::render(report, places, &prefix),
            Format::Junit => junit::render(report, places, &prefix, self.strict),
            Format::Github => github::render(report, places, &prefix),
            Format::Gitlab => gitlab::render(report, places, &prefix),
            Format::Markdown => markdown::render(report, places, &prefix, self.strict, markdown::LIMIT),
        }
    }

    /// What leads from the root of the repository to the content; from the current folder, where the root is not known.
    fn prefix(&self, project: &Project) -> String {
        let Some(root) = &self.root else { return here(project) };
        if project.content.starts_with(root) {
            return prefix(&project.content, root);
        }
        match (fs::canonicalize(&project.content), fs::canonicalize(root)) {
            (Ok(content), Ok(root)) if content.starts_with(&root) => prefix(&content, &root),
            _ => here(project),
        }
    }
}

fn here(project: &Project) -> String {
    prefix(&project.content, &env::current_dir().unwrap_or_default())
}

/// The one format that goes to the standard output stream.
fn whole(requested: &[Requested]) -> Result<Option<Format>, Error> {
    let mut formats = requested.iter().filter(|one| one.file.is_none() && one.format != Format::Text).map(|one| one.format);
    let first = formats.next();
    match (first, formats.find(|format| Some(*format) != first)) {
        (Some(first), Some(second)) => {
            let (first, second) = (first.name(), second.name());
            Err(Error::usage(
                format!("`{first}` and `{second}` would both go to the standard output stream"),
                format!("name a file for one of them: `--format {second}=FILE`"),
            ))
        }
        _ => Ok(first),
    }
}

/// The formats that go to files, each to its own.
fn files(requested: &[Requested]) -> Result<Vec<(Format, PathBuf)>, Error> {
    let mut files: Vec<(Format, PathBuf)> = Vec::new();
    for one in requested {
        let Some(named) = one.file.as_deref() else { continue };
        let place = file::place(named)?;
        if let Some((other, _)) = files.iter().find(|(_, known)| *known == place) {
            let (other, format) = (other.name(), one.format.name());
            return Err(Error::usage(format!("`{other}` and `{format}` would both go to `{}`", shown(named)), "give each its own file"));
        }
        files.push((one.format, place));
    }
    Ok(files)
}
