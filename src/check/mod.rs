//! Site to findings: what every page, link and definition has wrong, by the configured severities and silencing comments.

pub mod baseline;
mod checklists;
mod context;
#[cfg(feature = "external")]
pub mod external;
mod links;
mod orphans;
pub mod since;
mod suggest;

use crate::{
    config::Severities,
    diagnostic::{Diagnostic, Rule, Severity, Span},
    site::{Destination, Fault, Followed, Site, page::Page},
};
use rayon::prelude::*;
use std::{collections::BTreeMap, sync::Arc};
pub use suggest::Renames;
use suggest::Suggestions;

/// Every finding, sorted by place, with those about external addresses that were made before.
/// `locked` makes what `milepost.lock` does not agree with an error.
#[must_use]
pub fn all(site: &Site, followed: &Followed, locked: bool, renames: Renames<'_>, external: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let checks = PageChecks::new(site, renames);
    let suggestions = &checks.suggestions;
    let mut by_file: BTreeMap<Arc<str>, Vec<Diagnostic>> = BTreeMap::new();
    let site_wide = site.diagnostics.iter().cloned().chain(links::navigation(site, suggestions)).chain(orphans::find(site, followed));
    let site_wide = site_wide.chain(checklists::find(site, followed, locked)).map(|finding| lock(finding, locked)).chain(external);
    for diagnostic in site_wide {
        by_file.entry(Arc::clone(&diagnostic.file)).or_default().push(diagnostic);
    }
    let mut found: Vec<Diagnostic> = site
        .pages
        .par_iter()
        .zip(followed)
        .flat_map_iter(|(page, followed)| {
            let mut findings = checks.own(page, followed);
            findings.extend(by_file.get(&page.path).into_iter().flatten().cloned());
            silence(&checks.severities, page, findings)
        })
        .collect();
    for page in &site.pages {
        by_file.remove(&page.path);
    }
    found.extend(by_file.into_values().flatten().filter_map(|finding| weigh(&checks.severities, finding)));
    found.sort_by(|a, b| {
        (&a.file, a.span, a.rule.name(), &a.target, &a.message).cmp(&(&b.file, b.span, b.rule.name(), &b.target, &b.message))
    });
    found
}

/// The checks of one page at a time, in a site that stays as it is: what an edit of the page would do to its findings.
pub struct PageChecks<'a> {
    site: &'a Site,
    severities: Severities,
    suggestions: Suggestions<'a>,
}

impl<'a> PageChecks<'a> {
    /// The checks of a site's pages.
    #[must_use]
    pub fn new(site: &'a Site, renames: Renames<'a>) -> Self {
        Self { site, severities: site.config.severities(), suggestions: Suggestions::new(site, renames) }
    }

    /// What is wrong on a page, or would be if it were as it is given, as far as it shows on the page itself.
    #[must_use]
    pub fn find(&self, page: &Page) -> Vec<Diagnostic> {
        let followed: Vec<_> = page.links.iter().map(|link| self.site.follow(page, link)).collect();
        silence(&self.severities, page, self.own(page, &followed))
    }

    fn own(&self, page: &Page, followed: &[Result<Destination, Fault>]) -> Vec<Diagnostic> {
        let mut findings: Vec<Diagnostic> =
            page.diagnostics.iter().cloned().map(|finding| links::look_alike(self.site, page, finding)).collect();
        findings.extend(links::page(self.site, page, followed, &self.suggestions));
        findings
    }
}

/// Under `--locked` a disagreement with the lock file is an error.
fn lock(finding: Diagnostic, locked: bool) -> Diagnostic {
    if locked && finding.rule == Rule::ChecklistLock { Diagnostic { severity: Severity::Error, ..finding } } else { finding }
}

/// Gives a finding its configured severity; none when the rule is off.
fn weigh(severities: &Severities, mut finding: Diagnostic) -> Option<Diagnostic> {
    let configured = severities.of(finding.rule, &finding.file);
    let is_raised = finding.severity > finding.rule.default_severity() && configured != Severity::Off;
    finding.severity = if is_raised { finding.severity.max(configured) } else { configured };
    (finding.severity != Severity::Off).then_some(finding)
}

/// Takes out what a comment on the page silences, and tells of comments that silence nothing.
fn silence(severities: &Severities, page: &Page, findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut findings: Vec<Diagnostic> = findings.into_iter().filter_map(|finding| weigh(severities, finding)).collect();
    if page.silences.is_empty() {
        return findings;
    }
    let mut used = vec![false; page.silences.len()];
    findings.retain(|finding| {
        let mut kept = true;
        for (silence, used) in page.silences.iter().zip(&mut used) {
            let about_file = finding.span == Span::default() && silence.is_block && silence.rules.contains(&finding.rule);
            let here = about_file || (silence.range.start <= finding.span.start && finding.span.start <= silence.range.end);
            let named = silence.rules.is_empty() || silence.rules.contains(&finding.rule);
            if here && named && finding.span != silence.comment {
                *used = true;
                kept = false;
            }
        }
        kept
    });
    for (silence, used) in page.silences.iter().zip(used) {
        if !used {
            let unused =
                Diagnostic::new(&page.path, silence.comment, Rule::UnusedIgnore, "this comment silences nothing").help("remove it");
            findings.extend(weigh(severities, unused));
        }
    }
    findings
}
