//! Fixes into sources: findings in, the same files with the links mended out, and not a byte else changed.
//!
//! Texts are mended in memory, in rounds, and each file proves itself: it is parsed again, and a fix that does not remove its
//! finding, or brings another, is left out. Only then are files written.

use super::file::{Source, joined};
use crate::{
    diagnostic::{Diagnostic, Edit, Fix, Rule, Span},
    error::Error,
    site::{Site, page::Page},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

/// How an edited guide is judged.
pub struct Judge<'a> {
    /// Parses a guide again, as it was parsed at first.
    pub parse: &'a dyn Fn(&Arc<str>, &str) -> Page,
    /// What is wrong on a page.
    pub find: &'a dyn Fn(&Page) -> Vec<Diagnostic>,
    /// Whether some page links to an id of a page.
    pub is_named: &'a dyn Fn(&str, &str) -> bool,
    /// The hash that a page keeps of its text.
    pub hash: fn(&str) -> u64,
}

/// The texts that are mended and not written yet.
#[derive(Default)]
pub struct Drafts {
    /// By the file itself, behind any symbolic link.
    files: BTreeMap<PathBuf, Draft>,
    left_alone: BTreeMap<Arc<str>, String>,
    /// The page that a file is mended as, where symbolic links show it as several.
    owners: Option<BTreeMap<PathBuf, Vec<Arc<str>>>>,
}

struct Draft {
    file: Arc<str>,
    source: Source,
    text: String,
    links: usize,
    others: usize,
}

/// What was mended, or would be.
#[derive(Debug, Default)]
pub struct Mended {
    /// How many links were mended.
    pub links: usize,
    /// How many other places.
    pub others: usize,
    /// Each file that is changed.
    pub files: Vec<Changed>,
    /// The files that were left alone, and why.
    pub left_alone: Vec<(Arc<str>, String)>,
}

/// A file before and after its fixes, as bytes.
#[derive(Debug)]
pub struct Changed {
    /// The file, from the content root.
    pub file: Arc<str>,
    /// What it held.
    pub before: Vec<u8>,
    /// What it holds, or would hold.
    pub after: Vec<u8>,
}

impl Drafts {
    /// Mends what these findings allow, each file once; returns how many fixes were made.
    ///
    /// Of fixes that overlap the first by place is made, the others wait for the next round.
    pub fn round(&mut self, content: &Path, site: &Site, findings: &[Diagnostic], with_likely: bool, judge: &Judge<'_>) -> usize {
        let mut by_file: BTreeMap<&Arc<str>, Vec<&Diagnostic>> = BTreeMap::new();
        for finding in findings {
            if finding.fix.as_ref().is_some_and(|fix| fix.is_certain || with_likely) {
                by_file.entry(&finding.file).or_default().push(finding);
            }
        }
        let mut made = 0;
        for (file, findings) in by_file {
            if self.left_alone.contains_key(file) {
                continue;
            }
            let page = site.pages.iter().find(|page| page.path == *file).map(AsRef::as_ref);
            match self.open(content, site, file, page, &findings, judge) {
                Ok(Some(place)) => {
                    if let Some(draft) = self.files.get_mut(&place) {
                        made += draft.mend(page.is_some(), &findings, judge);
                    }
                }
                Ok(None) => {}
                Err(why) => {
                    self.left_alone.insert(Arc::clone(file), why);
                }
            }
        }
        made
    }

    /// The mended texts by the paths under which they are read.
    #[must_use]
    pub fn texts(&self, content: &Path) -> Vec<(PathBuf, Vec<u8>)> {
        let names = |place: &PathBuf, draft: &Draft| -> Vec<Arc<str>> {
            let owned = self.owners.as_ref().and_then(|owners| owners.get(place)).cloned();
            owned.unwrap_or_else(|| vec![Arc::clone(&draft.file)])
        };
        let each = |(place, draft): (&PathBuf, &Draft)| -> Vec<(PathBuf, Vec<u8>)> {
            let bytes = draft.source.bytes(&draft.text);
            names(place, draft).iter().map(|name| (joined(content, name), bytes.clone())).collect()
        };
        self.files.iter().flat_map(each).collect()
    }

    /// Writes what was mended, unless `dry_run`; a file that changed meanwhile is left alone.
    ///
    /// # Errors
    /// A file that cannot be written. Files before it are mended then, those after it are as they were.
    pub fn finish(self, dry_run: bool) -> Result<Mended, Error> {
        let mut mended = Mended { left_alone: self.left_alone.into_iter().collect(), ..Mended::default() };
        for draft in self.files.into_values().filter(|draft| draft.text != draft.source.text) {
            if !draft.source.is_current() {
                mended.left_alone.push((draft.file, CHANGED.to_owned()));
                continue;
            }
            if !dry_run {
                draft.source.replace(&draft.text)?;
            }
            mended.links += draft.links;
            mended.others += draft.others;
            let (before, after) = (draft.source.bytes(&draft.source.text), draft.source.bytes(&draft.text));
            mended.files.push(Changed { file: draft.file, before, after });
        }
        mended.files.sort_by(|a, b| a.file.cmp(&b.file));
        mended.left_alone.sort();
        Ok(mended)
    }

    /// The draft of a file; none where the file is mended under another name. Fails with the reason to leave it alone.
    fn open(
        &mut self,
        content: &Path,
        site: &Site,
        file: &Arc<str>,
        page: Option<&Page>,
        findings: &[&Diagnostic],
        judge: &Judge<'_>,
    ) -> Result<Option<PathBuf>, String> {
        let path = joined(content, file);
        let place = fs::canonicalize(&path).map_err(|_| GONE.to_owned())?;
        let owners = self.owners.get_or_insert_with(|| owners(content, site));
        if owners.get(&place).and_then(|names| names.first()).is_some_and(|owner| owner != file) {
            return Ok(None);
        }
        if let Some(draft) = self.files.get(&place) {
            return Ok((draft.file == *file).then_some(place));
        }
        let source = Source::read(&path).map_err(|_| GONE.to_owned())?.ok_or_else(|| NOT_UTF8.to_owned())?;
        let is_as_parsed = match page {
            Some(page) => page.hash == (judge.hash)(&source.text),
            None => findings.iter().any(|finding| within_quotes(&source.text, finding).is_some()),
        };
        if !is_as_parsed {
            return Err(if page.is_some() { CHANGED } else { UNLIKE }.to_owned());
        }
        let text = source.text.clone();
        self.files.insert(place.clone(), Draft { file: Arc::clone(file), source, text, links: 0, others: 0 });
        Ok(Some(place))
    }
}

const GONE: &str = "it cannot be read any more";
const NOT_UTF8: &str = "it is not UTF-8; save it as UTF-8 first";
const CHANGED: &str = "it changed while it was checked; run the command again";
const UNLIKE: &str = "its addresses are written with escapes, or it changed meanwhile; mend it by hand";

/// The names of each file that is shown as several pages.
fn owners(content: &Path, site: &Site) -> BTreeMap<PathBuf, Vec<Arc<str>>> {
    let mut owners: BTreeMap<PathBuf, Vec<Arc<str>>> = BTreeMap::new();
    for page in &site.pages {
        if let Ok(place) = fs::canonicalize(joined(content, &page.path)) {
            owners.entry(place).or_default().push(Arc::clone(&page.path));
        }
    }
    owners.retain(|_, names| names.len() > 1);
    owners
}

impl Draft {
    /// Makes the fixes that prove themselves; returns how many.
    fn mend(&mut self, is_guide: bool, findings: &[&Diagnostic], judge: &Judge<'_>) -> usize {
        let plain: Vec<Diagnostic>;
        let mut fixes = apart(findings);
        if is_guide {
            let proof = Proof::new(&self.file, &self.text, judge);
            let mut made = Vec::new();
            prove(&proof, &self.text, &fixes, &mut made);
            fixes = made;
        } else {
            plain = fixes.iter().filter_map(|finding| within_quotes(&self.text, finding)).collect();
            fixes = plain.iter().collect();
        }
        if fixes.is_empty() {
            return 0;
        }
        self.text = with(&self.text, &fixes);
        let links = fixes.iter().filter(|finding| is_about_links(finding.rule)).count();
        self.links += links;
        self.others += fixes.len() - links;
        fixes.len()
    }
}

/// A finding about an address in a navigation file, with its fix inside the quotes that may be around the address; none where
/// the file writes the address otherwise, with escapes or over several lines.
fn within_quotes(text: &str, finding: &Diagnostic) -> Option<Diagnostic> {
    let target = finding.target.as_deref()?;
    let written = text.get(finding.span.range())?;
    if written == target {
        return Some(finding.clone());
    }
    let inside = ['"', '\''].into_iter().find_map(|quote| written.strip_prefix(quote)?.strip_suffix(quote))?;
    let span = Span { start: finding.span.start + 1, end: finding.span.end - 1 };
    let mut fix = finding.fix.clone().filter(|_| inside == target)?;
    fix.edits.iter_mut().for_each(|edit| edit.span = span);
    Some(Diagnostic { fix: Some(fix), ..finding.clone() })
}

/// The fixes by place, without those that overlap one before them.
fn apart<'a>(findings: &[&'a Diagnostic]) -> Vec<&'a Diagnostic> {
    let mut sorted: Vec<&Diagnostic> = findings.to_vec();
    sorted.sort_by_key(|finding| edits(finding).iter().map(|edit| edit.span).min());
    let mut taken: Vec<&Edit> = Vec::new();
    sorted.retain(|finding| {
        let edits = edits(finding);
        let is_free = edits.iter().all(|edit| taken.iter().all(|other| are_apart(edit, other)));
        if is_free {
            taken.extend(edits);
        }
        is_free
    });
    sorted
}

fn are_apart(a: &Edit, b: &Edit) -> bool {
    (a.span.end <= b.span.start || b.span.end <= a.span.start) && a.span.start != b.span.start
}

fn edits(finding: &Diagnostic) -> &[Edit] {
    finding.fix.as_ref().map_or(&[], |fix: &Fix| &fix.edits)
}

/// A text with fixes made.
fn with(text: &str, fixes: &[&Diagnostic]) -> String {
    let mut all: Vec<&Edit> = fixes.iter().flat_map(|finding| edits(finding)).collect();
    all.sort_by_key(|edit| edit.span);
    let mut out = String::with_capacity(text.len() + all.len() * 16);
    let mut written = 0;
    for edit in all {
        out.push_str(&text[written..edit.span.start as usize]);
        out.push_str(&edit.text);
        written = edit.span.end as usize;
    }
    out.push_str(&text[written..]);
    out
}

/// Adds to `made` as many of the fixes as can be made together with those that are in it: all, else those of either half.
fn prove<'a>(proof: &Proof<'_>, text: &str, fixes: &[&'a Diagnostic], made: &mut Vec<&'a Diagnostic>) {
    if fixes.is_empty() {
        return;
    }
    let together: Vec<&Diagnostic> = made.iter().chain(fixes).copied().collect();
    if proof.holds(&with(text, &together), &together) {
        *made = together;
    } else if fixes.len() > 1 {
        let (first, second) = fixes.split_at(fixes.len() / 2);
        prove(proof, text, first, made);
        prove(proof, text, second, made);
    }
}

/// A guide before its fixes, to compare it with what they make of it.
struct Proof<'a> {
    judge: &'a Judge<'a>,
    page: Page,
    findings: BTreeMap<Key, usize>,
}

/// What makes two findings of one page the same.
type Key = (Rule, Option<String>, String);

impl<'a> Proof<'a> {
    fn new(file: &Arc<str>, text: &str, judge: &'a Judge<'a>) -> Self {
        let page = (judge.parse)(file, text);
        let findings = counted(&(judge.find)(&page));
        Self { judge, page, findings }
    }

    /// Whether a text has lost the findings of these fixes, gained none, and says the same but for its links.
    fn holds(&self, text: &str, fixes: &[&Diagnostic]) -> bool {
        let page = (self.judge.parse)(&self.page.path, text);
        let mut allowed = self.findings.clone();
        for finding in fixes {
            if let Some(count) = allowed.get_mut(&key(finding)) {
                *count = count.saturating_sub(1);
            }
        }
        let found = counted(&(self.judge.find)(&page));
        if found.iter().any(|(key, count)| allowed.get(key).is_none_or(|allowed| count > allowed)) {
            return false;
        }
        let new = fixes.iter().filter(|finding| matches!(finding.rule, Rule::NotALink | Rule::UndefinedReference)).count();
        let is_same = page.ids == self.page.ids
            && page.title == self.page.title
            && page.links.len() == self.page.links.len() + new
            && page.definitions.len() == self.page.definitions.len()
            && page.checklists.ids().map(|id| &id.text).eq(self.page.checklists.ids().map(|id| &id.text));
        is_same || (fixes.iter().any(|finding| !is_about_links(finding.rule)) && self.keeps_named(&page))
    }

    /// Whether every id that some link names is still there.
    fn keeps_named(&self, page: &Page) -> bool {
        let ids: BTreeSet<&str> = page.ids.iter().map(AsRef::as_ref).collect();
        let gone = self.page.ids.iter().filter(|id| !ids.contains(&***id));
        gone.into_iter().all(|id| !(self.judge.is_named)(&page.path, id))
    }
}

fn key(finding: &Diagnostic) -> Key {
    (finding.rule, finding.target.clone(), finding.message.clone())
}

fn counted(findings: &[Diagnostic]) -> BTreeMap<Key, usize> {
    let mut counts = BTreeMap::new();
    for finding in findings {
        *counts.entry(key(finding)).or_default() += 1;
    }
    counts
}

/// Whether a rule's fixes change where a link leads, and nothing that the page says.
fn is_about_links(rule: Rule) -> bool {
    !rule.name().starts_with("checklist-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(start: usize, end: usize, text: &str) -> Diagnostic {
        let span = Span::new(start, end);
        Diagnostic::new(&Arc::from("a.md"), span, Rule::MissingFile, "gone").fix("mend", span, text)
    }

    #[test]
    fn of_fixes_that_overlap_the_first_by_place_is_made() {
        let all = [finding(4, 6, "x"), finding(0, 5, "y"), finding(6, 7, "z"), finding(6, 6, "w")];
        let chosen = apart(&all.iter().collect::<Vec<_>>());
        let spans: Vec<u32> = chosen.iter().map(|finding| finding.span.start).collect();
        assert_eq!(spans, [0, 6]);
        assert_eq!(with("0123456789", &chosen), "y5w6789");
    }

    #[test]
    fn a_file_that_changed_meanwhile_is_left_alone() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let path = folder.path().join("a.md");
        fs::write(&path, "\u{feff}old").expect("a file can be written");
        let draft = || {
            let source = Source::read(&path).expect("it can be read").expect("it is UTF-8");
            let draft = Draft { file: "a.md".into(), source, text: "new".to_owned(), links: 1, others: 0 };
            Drafts { files: BTreeMap::from([(path.clone(), draft)]), ..Drafts::default() }
        };
        let drafts = draft();
        fs::write(&path, "theirs").expect("a file can be written");
        let mended = drafts.finish(false).expect("it ends");
        assert_eq!((mended.links, mended.left_alone), (0, vec![("a.md".into(), CHANGED.to_owned())]));
        assert_eq!(fs::read(&path).expect("it is there"), b"theirs");
        fs::write(&path, "\u{feff}old").expect("a file can be written");
        assert_eq!(draft().finish(false).expect("it ends").links, 1);
        assert_eq!(fs::read_to_string(&path).expect("it is there"), "\u{feff}new");
    }
}
