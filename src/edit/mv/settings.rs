//! `milepost.toml`: its text in, the same text with the paths of what is moved out.

use super::{Moves, Obstacle};
use crate::diagnostic::{Edit, Span};
use std::sync::Arc;
use toml::de::{DeTable, DeValue};

/// The edits that keep a configuration naming what it named: pages to start from, pages of redirects, and patterns that are
/// plain paths.
#[must_use]
pub fn mend(moves: &Moves, file: &Arc<str>, text: &str) -> (Vec<Edit>, Vec<Obstacle>) {
    let mut found = Found { moves, text, edits: Vec::new(), stuck: Vec::new() };
    if let Ok(table) = DeTable::parse(text) {
        for (key, value) in table.get_ref() {
            found.key(&[key.get_ref()], value.get_ref(), value.span());
        }
    }
    let obstacles = found.stuck.into_iter().map(|(line, path)| Obstacle {
        file: Arc::clone(file),
        line,
        why: format!("`{path}` is written with escapes; write it plainly first"),
    });
    (found.edits, obstacles.collect())
}

struct Found<'a> {
    moves: &'a Moves,
    text: &'a str,
    edits: Vec<Edit>,
    stuck: Vec<(usize, String)>,
}

impl Found<'_> {
    fn key(&mut self, keys: &[&str], value: &DeValue<'_>, span: std::ops::Range<usize>) {
        match value {
            DeValue::Table(table) => {
                for (key, value) in table {
                    self.key(&[keys, &[key.get_ref()]].concat(), value.get_ref(), value.span());
                }
            }
            DeValue::Array(items) => {
                for item in items {
                    self.key(keys, item.get_ref(), item.span());
                }
            }
            DeValue::String(path) if names_paths(keys) => self.path(path, span),
            _ => {}
        }
    }

    fn path(&mut self, written: &str, span: std::ops::Range<usize>) {
        let (start, path) = written.strip_prefix("./").map_or(("", written), |path| ("./", path));
        let (path, rest) = path.find('#').map_or((path, ""), |at| path.split_at(at));
        let (path, slash) = path.strip_suffix('/').map_or((path, ""), |path| (path, "/"));
        if path.contains(['*', '?', '[', '{']) || !self.moves.moves(path) {
            return;
        }
        let new = format!("{start}{}{slash}{rest}", self.moves.path(path));
        let inside = ['"', '\''].iter().find(|quote| self.text[span.clone()] == format!("{quote}{written}{quote}"));
        match inside {
            Some(quote) if !new.contains([*quote, '\\']) => {
                self.edits.push(Edit { span: Span::new(span.start + 1, span.end - 1), text: new });
            }
            _ => self.stuck.push((self.text[..span.start].matches('\n').count() + 1, written.to_owned())),
        }
    }
}

/// Whether the values of a key are paths in the content.
fn names_paths(keys: &[&str]) -> bool {
    matches!(keys, ["check", "entry"] | ["check", "paths", "pages"] | ["checklists", "derive", "pages"] | ["redirects", "addresses", _])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_follow_and_all_else_stays() {
        let moves = Moves::one("a".to_owned(), "b/c".to_owned(), true);
        let text = "title = 'a'\n[check]\nentry = [\"a/x.md\", './a/y.md', \"ab/x.md\"]\n[[check.paths]]\npages = \"a/**\"\n\
            [redirects.addresses]\n\"/a/\" = \"a/x.md#part\"\n\"/old/\" = \"a/\"\n\"/e/\" = \"a/\\u0078.md\"\n";
        let (edits, stuck) = mend(&moves, &"../milepost.toml".into(), text);
        let edited: Vec<(&str, &str)> = edits.iter().map(|edit| (&text[edit.span.range()], edit.text.as_str())).collect();
        let wanted = [("a/x.md", "b/c/x.md"), ("./a/y.md", "./b/c/y.md"), ("a/x.md#part", "b/c/x.md#part"), ("a/", "b/c/")];
        assert_eq!(edited, wanted);
        assert_eq!(stuck.iter().map(|obstacle| obstacle.line).collect::<Vec<_>>(), [9]);
    }
}
