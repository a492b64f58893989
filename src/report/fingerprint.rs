//! What a service knows a finding by from one run to the next: rule, file and target in, a hash that lines do not enter out.

use crate::diagnostic::Diagnostic;
use std::collections::HashMap;

/// Gives each finding of a report its fingerprint; they are to be asked for in the report's order.
#[derive(Debug, Default)]
pub(super) struct Fingerprints {
    seen: HashMap<String, usize>,
}

impl Fingerprints {
    /// The fingerprint of the next finding: its rule, file and target, and how many equal ones came before it.
    pub(super) fn next(&mut self, finding: &Diagnostic, file: &str) -> String {
        // No part holds a NUL, so that no two triples make one text.
        let key = format!("{}\0{file}\0{}", finding.rule.name(), finding.target.as_deref().unwrap_or_default());
        let before = self.seen.entry(key.clone()).or_default();
        let hash = blake3::hash(format!("{key}\0{before}").as_bytes());
        *before += 1;
        hash.to_hex()[..32].to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Rule, Span};

    #[test]
    fn a_fingerprint_stays_when_lines_move_and_is_no_other_finding_s() {
        let finding = |start, target: &str| {
            Diagnostic::new(&"a.md".into(), Span::new(start, start + 1), Rule::MissingFile, format!("at {start}")).target(target)
        };
        let all = |findings: &[Diagnostic]| {
            let mut fingerprints = Fingerprints::default();
            findings.iter().map(|finding| fingerprints.next(finding, "a.md")).collect::<Vec<_>>()
        };
        let before = all(&[finding(0, "x"), finding(9, "y"), finding(20, "x")]);
        assert_eq!(before, all(&[finding(5, "x"), finding(19, "y"), finding(90, "x")]));
        assert!(before[0] != before[1] && before[0] != before[2] && before[1] != before[2], "{before:?}");
    }
}
