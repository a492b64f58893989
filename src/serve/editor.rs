//! A place in a file to the address that opens it in an editor.

use crate::{error::Error, site::target};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::path::Path;

/// What is encoded of a path: a terminal wants an address of ASCII letters only.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The editors that open addresses, with what they want; `{path}` stands for the file, encoded, from the root of the disk.
const KNOWN: &[(&str, &str)] = &[
    ("vscode", "vscode://file{path}:{line}:{column}"),
    ("vscode-insiders", "vscode-insiders://file{path}:{line}:{column}"),
    ("vscodium", "vscodium://file{path}:{line}:{column}"),
    ("cursor", "cursor://file{path}:{line}:{column}"),
    ("windsurf", "windsurf://file{path}:{line}:{column}"),
    ("zed", "zed://file{path}:{line}:{column}"),
    ("idea", "idea://open?file={path}&line={line}&column={column}"),
    ("sublime", "subl://open?url=file://{path}&line={line}&column={column}"),
    ("textmate", "txmt://open?url=file://{path}&line={line}&column={column}"),
    ("macvim", "mvim://open?url=file://{path}&line={line}&column={column}"),
    ("emacs", "emacs://open?url=file://{path}&line={line}&column={column}"),
    ("none", ""),
];

/// The programs by which an environment names them.
const PROGRAMS: &[(&str, &str)] = &[
    ("code", "vscode"),
    ("code-insiders", "vscode-insiders"),
    ("codium", "vscodium"),
    ("vscodium", "vscodium"),
    ("cursor", "cursor"),
    ("windsurf", "windsurf"),
    ("zed", "zed"),
    ("zeditor", "zed"),
    ("idea", "idea"),
    ("subl", "sublime"),
    ("mate", "textmate"),
    ("mvim", "macvim"),
    ("emacs", "emacs"),
    ("emacsclient", "emacs"),
];

/// How an editor wants to be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Editor {
    template: String,
}

impl Default for Editor {
    fn default() -> Self {
        Self { template: KNOWN[0].1.to_owned() }
    }
}

impl Editor {
    /// An editor by its name, or by an address with `{path}`, `{line}` and `{column}`.
    ///
    /// # Errors
    /// A name that is not known, and is no such address.
    pub fn named(name: &str) -> Result<Self, Error> {
        if let Some((_, template)) = KNOWN.iter().find(|(known, _)| *known == name) {
            return Ok(Self { template: (*template).to_owned() });
        }
        let scheme = target::scheme(name).map(str::to_ascii_lowercase);
        if name.contains("{path}") && scheme.is_some_and(|scheme| !matches!(scheme.as_str(), "javascript" | "data" | "vbscript")) {
            return Ok(Self { template: name.to_owned() });
        }
        let names: Vec<&str> = KNOWN.iter().map(|(name, _)| *name).collect();
        Err(Error::usage(
            format!("there is no editor `{name}`"),
            format!("name one of {}, or write its address with `{{path}}`, `{{line}}` and `{{column}}`", names.join(", ")),
        ))
    }

    /// No editor: nothing is to be opened.
    #[must_use]
    pub fn none() -> Self {
        Self { template: String::new() }
    }

    /// The editor that a command such as `code --wait` starts; none for one that opens no addresses.
    #[must_use]
    pub fn of_command(command: &str) -> Option<Self> {
        let program = Path::new(command.split_whitespace().next()?).file_stem()?.to_str()?;
        let (_, name) = PROGRAMS.iter().find(|(known, _)| *known == program)?;
        Self::named(name).ok()
    }

    /// The address that opens a file at a place; none where no editor is wanted.
    #[must_use]
    pub fn link(&self, file: &Path, line: usize, column: usize) -> Option<String> {
        if self.template.is_empty() {
            return None;
        }
        let path = file.to_string_lossy().replace('\\', "/");
        let rooted = if path.starts_with('/') { path } else { format!("/{path}") };
        let filled = self.template.replace("{path}", &utf8_percent_encode(&rooted, ENCODED).to_string());
        Some(filled.replace("{line}", &line.to_string()).replace("{column}", &column.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_becomes_the_address_of_an_editor() {
        let file = Path::new("/my docs/指南.md");
        let vscode = Editor::of_command("/usr/bin/code --wait").expect("it is known");
        assert_eq!(vscode, Editor::default());
        assert_eq!(vscode.link(file, 3, 7).as_deref(), Some("vscode://file/my%20docs/%E6%8C%87%E5%8D%97.md:3:7"));
        let own = Editor::named("my+editor://{path}?at={line}").expect("it is an address");
        assert_eq!(own.link(Path::new("/a.md"), 3, 7).as_deref(), Some("my+editor:///a.md?at=3"));
        assert_eq!(Editor::named("none").expect("it is known").link(file, 1, 1), None);
    }

    #[test]
    fn what_is_no_editor_is_refused() {
        assert!(Editor::named("javascript:alert('{path}')").is_err());
        assert!(Editor::named("https://example.com/").is_err());
        assert!(Editor::named("vim").is_err_and(|error| error.help().is_some_and(|help| help.contains("vscode, "))));
        assert_eq!(Editor::of_command("vim"), None);
        assert_eq!(Editor::of_command(""), None);
    }
}
