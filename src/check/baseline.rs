//! A baseline: the findings that were there when it was written, one a line. Its text and findings in, what is left of them out.

use super::context;
use crate::{
    diagnostic::{Diagnostic, Rule},
    error::{Error, SourceError},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

/// The first words of the file.
const HEADER: &str = "# milepost baseline 1:";

/// What follows them.
const ADVICE: &str = " findings put off; `milepost check --baseline FILE --update-baseline` writes it";

/// What makes a finding the same one on another line: file, rule, target, and a hash of the words around it.
type Identity = (String, Rule, Option<String>, String);

/// The findings that are put off.
#[derive(Debug)]
pub struct Baseline {
    /// For each finding the numbers among its equals, and the line of the file that has each.
    entries: BTreeMap<Identity, BTreeMap<usize, usize>>,
    name: String,
}

/// What a baseline leaves of the findings of a run.
#[derive(Debug, Default)]
pub struct Left {
    /// The findings that it does not hold.
    pub findings: Vec<Diagnostic>,
    /// How many findings it holds.
    pub hidden: usize,
    /// What it holds and the run did not find: the place in the file, and the entry.
    pub gone: Vec<(String, String)>,
}

impl Baseline {
    /// Reads a baseline; `name` is for messages.
    ///
    /// # Errors
    /// A line that is no entry, with its place.
    pub fn parse(text: &str, name: &str) -> Result<Self, Error> {
        let error = |span: Range<usize>, message: &str, help: &str| {
            let source = SourceError {
                path: name.to_owned(),
                text: text.to_owned(),
                span,
                message: message.to_owned(),
                help: Some(help.to_owned()),
            };
            Err(Error::Source(Box::new(source)))
        };
        if !is_one(text) {
            return error(0..text.lines().next().map_or(0, str::len), "the file is no baseline", "write one with `--update-baseline`");
        }
        let mut entries: BTreeMap<Identity, BTreeMap<usize, usize>> = BTreeMap::new();
        let mut start = 0;
        for (number, line) in text.split('\n').enumerate() {
            let words = line.trim_end();
            if !words.is_empty() && !words.starts_with('#') {
                let Some((identity, place)) = entry(words) else {
                    let help = "resolve the conflict, keeping the lines of both sides, or write the file anew with `--update-baseline`";
                    return error(start..start + words.len(), "the line is no entry of a baseline", help);
                };
                entries.entry(identity).or_default().insert(place, number + 1);
            }
            start += line.len() + 1;
        }
        Ok(Self { entries, name: name.to_owned() })
    }

    /// The findings that are not put off. Of equal ones the first by place are, as many as the baseline holds.
    #[must_use]
    pub fn hide(&self, findings: Vec<Diagnostic>, text_of: &dyn Fn(&str) -> Option<String>) -> Left {
        let mut left = Left::default();
        let mut seen: BTreeMap<Identity, usize> = BTreeMap::new();
        let identities = identities(&findings, text_of);
        for (finding, identity) in findings.into_iter().zip(identities) {
            let count = seen.entry(identity.clone()).or_default();
            *count += 1;
            if self.entries.get(&identity).is_some_and(|numbers| *count <= numbers.len()) {
                left.hidden += 1;
            } else {
                left.findings.push(finding);
            }
        }
        let mut gone: BTreeSet<(usize, String)> = BTreeSet::new();
        for (identity, numbers) in &self.entries {
            let found = seen.get(identity).copied().unwrap_or_default();
            gone.extend(numbers.iter().skip(found).map(|(number, line)| (*line, written(identity, *number))));
        }
        left.gone = gone.into_iter().map(|(line, entry)| (format!("{}:{line}", self.name), entry)).collect();
        left
    }
}

/// Whether a text is a baseline that this version can read.
#[must_use]
pub fn is_one(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').starts_with(HEADER)
}

/// The baseline of these findings: sorted, a line an entry, without line numbers.
#[must_use]
pub fn render(findings: &[Diagnostic], text_of: &dyn Fn(&str) -> Option<String>) -> String {
    let mut counts: BTreeMap<Identity, usize> = BTreeMap::new();
    for identity in identities(findings, text_of) {
        *counts.entry(identity).or_default() += 1;
    }
    let lines: BTreeSet<String> =
        counts.iter().flat_map(|(identity, count)| (1..=*count).map(|number| written(identity, number))).collect();
    let mut out = format!("{HEADER}{ADVICE}\n");
    for line in lines {
        out.push_str(&line);
        out.push('\n');
    }
    out
}

fn identities(findings: &[Diagnostic], text_of: &dyn Fn(&str) -> Option<String>) -> Vec<Identity> {
    let mut texts: BTreeMap<&str, String> = BTreeMap::new();
    let identity = |finding: &Diagnostic, text: &str| {
        let words = context::of(text, finding.span);
        let hash = blake3::hash(words.as_bytes()).to_hex()[..8].to_owned();
        (finding.file.to_string(), finding.rule, finding.target.clone(), hash)
    };
    for finding in findings {
        texts.entry(&finding.file).or_insert_with(|| text_of(&finding.file).unwrap_or_default());
    }
    findings.iter().map(|finding| identity(finding, &texts[&*finding.file])).collect()
}

/// An entry as the file has it: `file rule target hash number`.
fn written((file, rule, target, hash): &Identity, number: usize) -> String {
    let target = target.as_deref().map_or_else(|| "-".to_owned(), quoted);
    format!("{} {} {target} {hash} {number}", quoted(file), rule.name())
}

/// A word as it is, or as a JSON string where it would not be one word.
fn quoted(word: &str) -> String {
    let is_plain = !word.is_empty()
        && word != "-"
        && !word.starts_with('#')
        && !word.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '\\'));
    if is_plain { word.to_owned() } else { serde_json::Value::from(word).to_string() }
}

fn entry(line: &str) -> Option<(Identity, usize)> {
    let (file, rest) = word(line)?;
    let (rule, rest) = word(rest)?;
    let (target, rest) =
        if let Some(rest) = rest.strip_prefix("- ") { (None, rest) } else { word(rest).map(|(target, rest)| (Some(target), rest))? };
    let (hash, number) = rest.split_once(' ')?;
    let is_hash = hash.len() == 8 && hash.bytes().all(|digit| digit.is_ascii_hexdigit());
    let number = number.parse().ok().filter(|number| *number > 0 && is_hash)?;
    Some(((file, Rule::named(&rule)?, target, hash.to_owned()), number))
}

/// The first word of a line, and what follows the space after it.
fn word(line: &str) -> Option<(String, &str)> {
    if !line.starts_with('"') {
        return line.split_once(' ').map(|(word, rest)| (word.to_owned(), rest));
    }
    let mut values = serde_json::Deserializer::from_str(line).into_iter::<String>();
    let word = values.next()?.ok()?;
    line[values.byte_offset()..].strip_prefix(' ').map(|rest| (word, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Span;
    use std::sync::Arc;

    const TEXT: &str = "[a](gone.md) [b](a \"b.md) [a](gone.md)";

    fn findings() -> Vec<Diagnostic> {
        let place = |start: usize, target: &str| {
            Diagnostic::new(&Arc::from("my guide.md"), Span::new(start, start + target.len()), Rule::MissingFile, "gone").target(target)
        };
        vec![place(4, "gone.md"), place(17, "a \"b.md"), place(30, "gone.md")]
    }

    fn text(file: &str) -> Option<String> {
        (file == "my guide.md").then(|| TEXT.to_owned())
    }

    #[test]
    fn what_is_written_hides_what_it_was_written_from() {
        let written = render(&findings(), &text);
        assert_eq!(written.lines().count(), 4, "{written}");
        let baseline = Baseline::parse(&written.replace('\n', "\r\n"), "b").expect("it is sound");
        let left = baseline.hide(findings(), &text);
        assert_eq!((left.findings.len(), left.hidden, left.gone.len()), (0, 3, 0), "{written}");
    }

    #[test]
    fn one_more_of_the_same_is_told_and_what_is_gone_is_named() {
        let written = render(&findings()[..2], &text);
        let baseline = Baseline::parse(&written, "b").expect("it is sound");
        let left = baseline.hide(findings(), &text);
        assert_eq!(left.findings, findings()[2..]);
        let left = baseline.hide(findings()[..1].to_vec(), &text);
        assert_eq!(left.gone.len(), 1);
        assert_eq!(left.gone[0].0, "b:2");
    }

    #[test]
    fn a_line_that_is_no_entry_is_told_with_its_place() {
        for line in ["<<<<<<< ours", "a.md no-such-rule - 00000000 1", "a.md missing-file x 123 1", "a.md missing-file x 00000000 0"] {
            let error = Baseline::parse(&format!("{HEADER}\n\n{line}\n"), "b").expect_err("it is wrong");
            assert!(error.to_string().starts_with("b:3: the line is no entry"), "{error}");
        }
        assert!(Baseline::parse("", "b").is_err());
    }
}
