//! Findings and errors to what the overlay shows of them, with the address that opens an editor.

use super::Editor;
use crate::{
    diagnostic::{Diagnostic, Severity},
    error::Error,
    report::{Places, named},
};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// One thing that is wrong, as the overlay shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Problem {
    severity: &'static str,
    rule: Option<&'static str>,
    message: String,
    help: Option<String>,
    /// The file as the terminal names it, with line and column.
    place: Option<String>,
    /// What opens the place in an editor.
    link: Option<String>,
    /// The text of the line.
    line: Option<String>,
}

/// What kept the program from making something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    message: String,
    help: Option<String>,
    /// File, line and column.
    place: Option<(String, usize, usize)>,
    line: Option<String>,
}

impl Failure {
    /// What an error says.
    pub(super) fn of(error: &Error) -> Self {
        let help = error.help().map(str::to_owned);
        let Error::Source(source) = error else {
            return Self { message: error.to_string(), help, place: None, line: None };
        };
        let (line, column) = source.place();
        Self {
            message: source.message.clone(),
            help,
            place: Some((source.path.clone(), line, column)),
            line: source.text.lines().nth(line - 1).map(str::to_owned),
        }
    }

    pub(super) fn words(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, place: None, line: None }
    }

    /// As the overlay shows it; files are named from a folder.
    pub(super) fn problem(&self, current: &Path, editor: &Editor) -> Problem {
        let link = self.place.as_ref().and_then(|(file, line, column)| {
            let file = current.join(file);
            file.is_file().then(|| editor.link(&file, *line, *column)).flatten()
        });
        Problem {
            severity: Severity::Error.name(),
            rule: None,
            message: self.message.clone(),
            help: self.help.clone(),
            place: self.place.as_ref().map(|(file, line, column)| format!("{file}:{line}:{column}")),
            link,
            line: self.line.clone(),
        }
    }

    /// Message and place in one line, for a page that has nothing else to show.
    pub(super) fn in_words(&self) -> String {
        match &self.place {
            Some((file, line, column)) => format!("{}\n{file}:{line}:{column}", self.message),
            None => self.message.clone(),
        }
    }
}

impl Problem {
    /// As the overlay shows a finding. `prefix` leads from the current folder to the content.
    pub(super) fn of(finding: &Diagnostic, places: &Places, prefix: &str, content: &Path, editor: &Editor) -> Self {
        let place = places.of(&finding.file, finding.span);
        Self {
            severity: finding.severity.name(),
            rule: Some(finding.rule.name()),
            message: finding.message.clone(),
            help: finding.help.clone(),
            place: Some(format!("{}:{}:{}", named(prefix, &finding.file), place.line, place.column)),
            link: editor.link(&on_disk(content, &finding.file), place.line, place.column),
            line: None,
        }
    }
}

/// Where a file is that a finding names.
fn on_disk(content: &Path, file: &str) -> PathBuf {
    crate::project::normal(&content.join(file))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::SourceError;

    #[test]
    fn an_error_of_a_template_has_its_place_and_its_line() {
        let text = "<p>\n  é{{ nme }}\n</p>\n".to_owned();
        let start = text.find("nme").expect("it is there");
        let error = Error::Source(Box::new(SourceError {
            path: "templates/page.html".to_owned(),
            span: start..start + 3,
            text,
            message: "not there".to_owned(),
            help: None,
        }));
        let problem = Failure::of(&error).problem(Path::new("/site"), &Editor::default());
        assert_eq!(problem.place.as_deref(), Some("templates/page.html:2:7"));
        assert_eq!(problem.line.as_deref(), Some("  é{{ nme }}"));
        assert_eq!(problem.link, None, "no such file");
    }
}
