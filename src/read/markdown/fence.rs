//! What the info string of a fenced code block asks for beside its language: a title, lines to mark, lines that came or went.

use crate::site::page::{Change, CodeBlock, Frame};
use std::ops::RangeInclusive;

/// The info string of a block: ```` ```rust title="src/main.rs" {1,3-5} diff ````.
#[derive(Default)]
pub(super) struct Fence {
    pub(super) language: Box<str>,
    pub(super) title: Box<str>,
    /// The lines to mark, from 1.
    marked: Vec<RangeInclusive<u32>>,
    /// Whether lines begin with `+` and `-`, although the language is another.
    is_diff: bool,
}

impl Fence {
    /// Reads an info string; words that mean nothing here are left to other tools.
    pub(super) fn new(info: &str) -> Self {
        let language = info.split([' ', '\t', ',', '{']).next().unwrap_or_default();
        let mut fence = Self { language: language.into(), ..Self::default() };
        let mut rest = &info[language.len()..];
        loop {
            rest = rest.trim_start_matches([' ', '\t', ',']);
            if rest.is_empty() {
                return fence;
            }
            rest = fence.word(rest);
        }
    }

    /// Takes one word over, and returns what follows it.
    fn word<'a>(&mut self, text: &'a str) -> &'a str {
        if let Some((inside, rest)) = text.strip_prefix('{').and_then(|text| text.split_once('}')) {
            self.marked.extend(ranges(inside));
            return rest;
        }
        if let Some(value) = text.strip_prefix("title=") {
            let (title, rest) = match value.chars().next() {
                Some(quote @ ('"' | '\'')) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
                _ => value.split_at(value.find([' ', '\t']).unwrap_or(value.len())),
            };
            self.title = title.trim().into();
            return rest;
        }
        let (word, rest) = text.split_at(
            text.char_indices().skip(1).find(|(_, sign)| matches!(sign, ' ' | '\t' | ',' | '{')).map_or(text.len(), |(at, _)| at),
        );
        self.is_diff |= word == "diff" && !matches!(&*self.language, "" | "diff");
        rest
    }

    /// The block of this fence with its code.
    pub(super) fn block(self, text: String) -> CodeBlock {
        if self.title.is_empty() && self.marked.is_empty() && !self.is_diff {
            return CodeBlock { language: self.language, text: text.into(), frame: None };
        }
        let (text, changes) = if self.is_diff { without_signs(&text) } else { (text, Vec::new()) };
        let lines = u32::try_from(text.lines().count()).unwrap_or(u32::MAX);
        let mut marked: Vec<u32> = self.marked.into_iter().flat_map(|range| *range.start()..=(*range.end()).min(lines)).collect();
        marked.sort_unstable();
        marked.dedup();
        let frame = Frame { title: self.title, marked: marked.into(), changes: changes.into() };
        CodeBlock { language: self.language, text: text.into(), frame: Some(Box::new(frame)) }
    }
}

/// `1,3-5`; none of it where a part is no range of lines, since braces mean other things to other tools.
fn ranges(text: &str) -> Vec<RangeInclusive<u32>> {
    let range = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (first.trim().parse::<u32>().ok()?, last.trim().parse::<u32>().ok()?);
        (first > 0 && first <= last).then_some(first..=last)
    };
    text.split(',').map(|part| range(part.trim())).collect::<Option<_>>().unwrap_or_default()
}

/// The code without the signs that its lines begin with, and what they say; the space in front of all other lines goes too.
fn without_signs(text: &str) -> (String, Vec<Change>) {
    let is_change = |line: &str| line.starts_with(['+', '-']);
    let is_indented = text.lines().all(|line| is_change(line) || line.is_empty() || line.starts_with(' '));
    let mut out = String::with_capacity(text.len());
    let mut changes = Vec::new();
    for line in text.split_inclusive('\n') {
        changes.push(match line.as_bytes().first() {
            Some(b'+') => Change::Added,
            Some(b'-') => Change::Removed,
            _ => Change::None,
        });
        let strips = is_change(line) || (is_indented && line.starts_with(' '));
        out.push_str(&line[usize::from(strips)..]);
    }
    (out, changes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(info: &str) -> (String, String, Vec<RangeInclusive<u32>>, bool) {
        let fence = Fence::new(info);
        (fence.language.into(), fence.title.into(), fence.marked, fence.is_diff)
    }

    #[test]
    fn attributes_are_read_in_any_order_and_others_left_alone() {
        assert_eq!(
            read("rust title=\"src/main file.rs\" {1,3-5} diff"),
            ("rust".into(), "src/main file.rs".into(), vec![1..=1, 3..=5], true)
        );
        assert_eq!(read("js{2} title=a.js"), ("js".into(), "a.js".into(), vec![2..=2], false));
        assert_eq!(read("rust,ignore,edition2021"), ("rust".into(), String::new(), vec![], false));
        assert_eq!(read("js {.class #id} showLineNumbers title="), ("js".into(), String::new(), vec![], false));
        assert_eq!(read("diff {0}"), ("diff".into(), String::new(), vec![], false));
        assert_eq!(read("{1}"), (String::new(), String::new(), vec![1..=1], false));
        assert_eq!(read("sh title=\"open"), ("sh".into(), "open".into(), vec![], false));
    }

    #[test]
    fn signs_are_taken_off_and_kept_beside_the_code() {
        let block = Fence::new("js diff {1-900000000}").block(" a\n-b\n+c\n\n".to_owned());
        let frame = block.frame.expect("it has one");
        assert_eq!(&*block.text, "a\nb\nc\n\n");
        assert_eq!(&*frame.changes, [Change::None, Change::Removed, Change::Added, Change::None]);
        assert_eq!(&*frame.marked, [1, 2, 3, 4]);
        let block = Fence::new("js diff").block("a\n+b\n".to_owned());
        assert_eq!(&*block.text, "a\nb\n");
    }
}
