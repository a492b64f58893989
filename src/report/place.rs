//! Byte offsets to lines and columns, for the files that a report names: each is read and split once.

use crate::diagnostic::Span;
use std::collections::BTreeMap;

/// A place for people: lines and columns from 1, columns in Unicode characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The first line.
    pub line: usize,
    /// The first column.
    pub column: usize,
    /// The last line.
    pub end_line: usize,
    /// The column after the last.
    pub end_column: usize,
}

/// The texts of the files that a report names.
#[derive(Debug)]
pub struct Places {
    files: BTreeMap<String, Lines>,
}

#[derive(Debug)]
pub(super) struct Lines {
    pub(super) text: String,
    starts: Vec<usize>,
}

impl Places {
    /// Reads the named files; one that is gone counts as empty.
    pub fn read<'a>(names: impl Iterator<Item = &'a str>, read: impl Fn(&str) -> Option<String>) -> Self {
        let mut files = BTreeMap::new();
        for name in names {
            if !files.contains_key(name) {
                files.insert(name.to_owned(), Lines::new(read(name).unwrap_or_default()));
            }
        }
        Self { files }
    }

    /// The place of a span.
    #[must_use]
    pub fn of(&self, file: &str, span: Span) -> Place {
        let Some(lines) = self.files.get(file) else { return Place { line: 1, column: 1, end_line: 1, end_column: 1 } };
        let (line, column) = lines.position(span.start as usize);
        let (end_line, end_column) = lines.position((span.end as usize).max(span.start as usize));
        Place { line, column, end_line, end_column }
    }

    pub(super) fn lines(&self, file: &str) -> Option<&Lines> {
        self.files.get(file)
    }
}

impl Lines {
    fn new(text: String) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for end in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            if bytes[end] == b'\n' || bytes.get(end + 1) != Some(&b'\n') {
                starts.push(end + 1);
            }
        }
        Self { text, starts }
    }

    fn position(&self, offset: usize) -> (usize, usize) {
        let offset = offset.min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts[line - 1];
        let column = self.text.get(start..offset).map_or(offset - start, |before| before.chars().count());
        (line, column + 1)
    }

    /// The range of a line's text without its ending; lines count from 1.
    pub(super) fn line(&self, number: usize) -> std::ops::Range<usize> {
        let start = self.starts[number - 1];
        let end = self.starts.get(number).copied().unwrap_or(self.text.len());
        start..start + self.text[start..end].trim_end_matches(['\n', '\r']).len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_all_line_endings_count() {
        let places = Places::read(["a.md"].into_iter(), |_| Some("a\r\nüb\rcd\nx".to_owned()));
        let place = |start, end| {
            let place = places.of("a.md", Span::new(start, end));
            (place.line, place.column, place.end_line, place.end_column)
        };
        assert_eq!(place(0, 1), (1, 1, 1, 2));
        assert_eq!(place(3, 6), (2, 1, 2, 3));
        assert_eq!(place(7, 9), (3, 1, 3, 3));
        assert_eq!(place(10, 11), (4, 1, 4, 2));
        assert_eq!(place(99, 99), (4, 2, 4, 2));
    }
}
