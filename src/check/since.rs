//! What a change caused: the findings and files of then and the findings of now in, those on changed lines or new elsewhere out.

use super::context;
use crate::diagnostic::{Diagnostic, Rule, Span};
use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::collections::{BTreeMap, BTreeSet};

/// The tree as it was, as far as it has changed since.
#[derive(Debug, Default)]
pub struct Since {
    /// The files that changed, under the names that they have now: the text that each had, none where it is new.
    changed: BTreeMap<String, Option<String>>,
    /// How many findings of each kind there were.
    then: BTreeMap<Identity, usize>,
}

/// What makes a finding of now one of then: its file, whether it is about where a link leads or of which other rule, its
/// target, and the words around it.
type Identity = (String, Option<Rule>, Option<String>, String);

impl Since {
    /// The tree of then: what changed, how files were called that have another name now, and what was found.
    /// `text_of` gives the texts of then.
    #[must_use]
    pub fn new(
        changed: BTreeMap<String, Option<String>>,
        names_now: &BTreeMap<String, String>,
        findings: &[Diagnostic],
        text_of: &dyn Fn(&str) -> Option<String>,
    ) -> Self {
        let mut then = BTreeMap::new();
        let mut texts: BTreeMap<&str, String> = BTreeMap::new();
        for finding in findings {
            let text = texts.entry(&finding.file).or_insert_with(|| text_of(&finding.file).unwrap_or_default());
            let name = names_now.get(&*finding.file).map_or(&*finding.file, String::as_str);
            *then.entry(identity(finding, name, text)).or_default() += 1;
        }
        Self { changed, then }
    }

    /// The findings on changed lines, and those on other lines that were not there then.
    #[must_use]
    pub fn keep(&self, findings: Vec<Diagnostic>, text_of: &dyn Fn(&str) -> Option<String>) -> Vec<Diagnostic> {
        let mut texts: BTreeMap<String, (String, Changed)> = BTreeMap::new();
        let mut then = self.then.clone();
        let is_kept = |finding: &Diagnostic| {
            let (text, changed) = texts.entry(finding.file.to_string()).or_insert_with(|| {
                let text = text_of(&finding.file).unwrap_or_default();
                let changed = Changed::new(self.changed.get(&*finding.file), &text);
                (text, changed)
            });
            if changed.holds(finding.span) {
                return true;
            }
            if is_external(finding.rule) {
                return false;
            }
            match then.get_mut(&identity(finding, &finding.file, text)) {
                Some(count) if *count > 0 => {
                    *count -= 1;
                    false
                }
                _ => true,
            }
        };
        findings.into_iter().filter(is_kept).collect()
    }
}

/// The lines of a file that changed, from 0.
enum Changed {
    All,
    /// Their numbers, and where each line of the file begins.
    Lines(BTreeSet<usize>, Vec<usize>),
}

impl Changed {
    fn new(before: Option<&Option<String>>, now: &str) -> Self {
        match before {
            None => Self::Lines(BTreeSet::new(), Vec::new()),
            Some(None) => Self::All,
            Some(Some(before)) => {
                let ops = capture_diff_slices(Algorithm::Myers, &lines(before), &lines(now));
                let new = ops.into_iter().filter(|op| !matches!(op, DiffOp::Equal { .. }));
                Self::Lines(new.flat_map(|op| op.new_range()).collect(), starts(now))
            }
        }
    }

    fn holds(&self, span: Span) -> bool {
        let Self::Lines(changed, starts) = self else { return true };
        if span == Span::default() {
            return false;
        }
        let line = |offset: u32| starts.partition_point(|start| *start <= offset as usize).saturating_sub(1);
        !changed.is_empty() && changed.range(line(span.start)..=line(span.end.saturating_sub(1).max(span.start))).next().is_some()
    }
}

/// The lines of a text without their endings, whichever these are: a checkout may have others than the repository.
fn lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    for line in text.split('\n') {
        lines.extend(line.strip_suffix('\r').unwrap_or(line).split('\r'));
    }
    lines
}

/// Where the lines of a text begin, as [`lines`] splits it.
fn starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let ends = memchr::memchr2_iter(b'\n', b'\r', bytes).filter(|at| bytes[*at] == b'\n' || bytes.get(at + 1) != Some(&b'\n'));
    [0].into_iter().chain(ends.map(|end| end + 1)).collect()
}

fn identity(finding: &Diagnostic, file: &str, text: &str) -> Identity {
    // A link that was broken otherwise was no sound one.
    let rule = (!is_about_a_target(finding.rule)).then_some(finding.rule);
    (file.to_owned(), rule, finding.target.clone(), context::of(text, finding.span))
}

fn is_about_a_target(rule: Rule) -> bool {
    use Rule::{CaseMismatch, DirectoryWithoutIndex, EmptyTarget, FragmentCase, LinkToDraft, MissingFile, MissingFragment, OutsideRoot};
    matches!(
        rule,
        MissingFile | CaseMismatch | OutsideRoot | DirectoryWithoutIndex | MissingFragment | FragmentCase | EmptyTarget | LinkToDraft
    )
}

/// Whether a rule speaks of other hosts, whose changes are not ours.
fn is_external(rule: Rule) -> bool {
    use Rule::{HttpConnect, HttpFragment, HttpRedirectLoop, HttpStatus, HttpTimeout, Redirect};
    matches!(rule, HttpStatus | HttpTimeout | HttpConnect | HttpRedirectLoop | HttpFragment | Redirect)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_endings_are_no_change() {
        let changed = |before: &str, now: &str| match Changed::new(Some(&Some(before.to_owned())), now) {
            Changed::Lines(lines, _) => lines.into_iter().collect::<Vec<_>>(),
            Changed::All => vec![usize::MAX],
        };
        assert_eq!(changed("a\nb\nc\n", "a\r\nb\r\nc\r\n"), [0_usize; 0]);
        assert_eq!(changed("a\nb\nc\n", "a\rB\rc\r"), [1]);
        assert_eq!(changed("a\nc\n", "a\nb\nc\n"), [1]);
    }
}
