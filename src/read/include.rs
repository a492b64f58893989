//! Inclusions: pages whose markers name files in, the same pages with those files as their parts out.

use super::{
    Found, Overlay,
    markdown::{self, ParseOptions},
    source,
};
use crate::{
    diagnostic::{Diagnostic, Rule},
    error::Error,
    site::{
        page::{Body, CodeBlock, Cut, CutKind, Heading, Hole, HoleKind, Inclusion, Link, Page, Part, Text},
        target,
    },
};
use rayon::prelude::*;
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// The most levels of inclusions in inclusions.
const DEEPEST: usize = 16;

/// The files that can be included.
pub(super) struct Includer<'a> {
    guides: HashMap<&'a str, &'a Found>,
    others: HashMap<&'a str, &'a Found>,
    overlay: &'a Overlay,
    options: &'a ParseOptions,
}

impl<'a> Includer<'a> {
    pub(super) fn new(guides: &'a [Found], others: &'a [Found], overlay: &'a Overlay, options: &'a ParseOptions) -> Self {
        let by_path = |files: &'a [Found]| files.iter().map(|file| (&*file.path, file)).collect();
        Self { guides: by_path(guides), others: by_path(others), overlay, options }
    }

    /// Gives each page the parts that its markers name.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub(super) fn fill(&self, pages: &mut [Arc<Page>]) -> Result<(), Error> {
        pages.par_iter_mut().filter(|page| !page.inclusions.is_empty()).try_for_each(|page| {
            let mut way = Way { around: vec![Arc::clone(&page.path)], taken: page.ids.clone(), circle: None };
            self.fill_page(Arc::make_mut(page), &mut way, "")
        })
    }

    /// Fills one page or part; `prefix` keeps the ids of its parts apart.
    fn fill_page(&self, page: &mut Page, way: &mut Way, prefix: &str) -> Result<(), Error> {
        let mut inclusions = std::mem::take(&mut page.inclusions);
        for (number, inclusion) in inclusions.iter_mut().enumerate() {
            let link = page.links[inclusion.link as usize].clone();
            inclusion.part = match self.part(&page.path, &link, way, &format!("{prefix}{}:", number + 1))? {
                Ok(part) => part,
                Err(mistake) => {
                    page.diagnostics.push(*mistake);
                    Part::Refused
                }
            };
            if way.around.len() == 1
                && let Some(circle) = way.circle.take()
            {
                inclusion.part = Part::Refused;
                let message = format!("the page includes itself: {circle}");
                page.diagnostics.push(refused(&page.path, &link, message).help("take one of these markers out"));
            }
        }
        merge(page, &inclusions);
        page.inclusions = inclusions;
        Ok(())
    }

    fn part(&self, from: &Arc<str>, link: &Link, way: &mut Way, prefix: &str) -> Result<Result<Part, Box<Diagnostic>>, Error> {
        let (address, region) = match link.target.split_once('#') {
            Some((address, region)) => (address, Some(region)),
            None => (&*link.target, None),
        };
        let Some(path) = target::local_path(from, address) else { return Ok(Ok(Part::Nowhere)) };
        if let Some(file) = self.guides.get(&*path) {
            return self.guide(file, from, link, region, way, prefix);
        }
        let Some(file) = self.others.get(&*path) else { return Ok(Ok(Part::Nowhere)) };
        let bytes = source::bytes(&file.disk, self.overlay)?;
        if memchr::memchr(0, &bytes).is_some() {
            let finding = refused(from, link, format!("`{path}` is no text"));
            return Ok(Err(Box::new(finding.help("include a guide or a file of code"))));
        }
        let digest = *blake3::hash(&bytes).as_bytes();
        let text = source::decode(bytes).text.replace("\r\n", "\n");
        let text = match region.map(|name| region_of(&text, name)) {
            Some(Ok(text)) => text,
            Some(Err(known)) => return Ok(Err(Box::new(no_region(from, link, region, &known)))),
            None => text,
        };
        Ok(Ok(Part::Made(Box::new(Page { digest, ..code(&file.path, text) }))))
    }

    fn guide(
        &self,
        file: &Found,
        from: &Arc<str>,
        link: &Link,
        region: Option<&str>,
        way: &mut Way,
        prefix: &str,
    ) -> Result<Result<Part, Box<Diagnostic>>, Error> {
        if way.around.first() == Some(&file.path) {
            way.circle.get_or_insert_with(|| {
                let chain = way.around.iter().chain([&file.path]);
                chain.map(|path| format!("`{path}`")).collect::<Vec<_>>().join(" → ")
            });
            return Ok(Ok(Part::Refused));
        }
        // A circle that does not hold the page is told on the pages that it holds.
        if way.around.contains(&file.path) || way.around.len() > DEEPEST {
            return Ok(Ok(Part::Refused));
        }
        let bytes = source::bytes(&file.disk, self.overlay)?;
        let digest = *blake3::hash(&bytes).as_bytes();
        let text = source::decode(bytes).text;
        let mut part = match markdown::part(&file.path, &text, region, &way.taken, prefix, self.options) {
            Ok(part) => part,
            Err(known) => return Ok(Err(Box::new(no_region(from, link, region, &known)))),
        };
        part.digest = digest;
        way.taken.extend(part.ids.iter().cloned());
        way.around.push(Arc::clone(&file.path));
        self.fill_page(&mut part, way, prefix)?;
        way.around.pop();
        Ok(Ok(Part::Made(Box::new(part))))
    }
}

/// Where an inclusion stands, and what the page around it has.
struct Way {
    /// The files that it stands in, the page first.
    around: Vec<Arc<str>>,
    /// The ids of the page so far.
    taken: Vec<Box<str>>,
    /// The files from the page back to itself, once some inclusion has led there.
    circle: Option<String>,
}

fn refused(from: &Arc<str>, link: &Link, message: String) -> Diagnostic {
    Diagnostic::new(from, link.span, Rule::Include, message).target(&*link.target)
}

/// Lays the headings and ids of the parts into the page, in the order of the text.
fn merge(page: &mut Page, inclusions: &[Inclusion]) {
    let mut headings: Vec<Heading> = Vec::with_capacity(page.headings.len());
    let mut own = std::mem::take(&mut page.headings).into_iter();
    let mut before = 0;
    for inclusion in inclusions {
        headings.extend(own.by_ref().take(inclusion.headings as usize - before));
        before = inclusion.headings as usize;
        if let Part::Made(part) = &inclusion.part {
            headings.extend(part.headings.iter().cloned());
            page.has_tabs |= part.has_tabs;
            page.ids.extend(part.ids.iter().cloned());
        }
    }
    headings.extend(own);
    page.headings = headings;
    page.ids.sort_unstable();
    page.ids.dedup();
}

/// Drops the HTML of a page's parts.
pub(super) fn forget(page: &mut Page) {
    for inclusion in &mut page.inclusions {
        if let Part::Made(part) = &mut inclusion.part {
            part.body = Body::default();
            part.code = Vec::new();
            forget(part);
        }
    }
}

/// A file of code as a page that holds one block.
fn code(path: &Arc<str>, text: String) -> Page {
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension = name.rsplit_once('.').map_or(name, |(_, extension)| extension).to_lowercase();
    let language = match &*extension {
        "rs" => "rust",
        "py" => "python",
        "yml" => "yaml",
        "sh" => "bash",
        "rb" => "ruby",
        "ps1" => "powershell",
        "txt" => "",
        extension => extension,
    };
    Page {
        path: Arc::clone(path),
        code: vec![CodeBlock { language: language.into(), text: text.into(), frame: None }],
        body: Body { html: "\n".to_owned(), holes: vec![Hole { offset: 0, kind: HoleKind::Code(0) }] },
        text: Text { words: String::new(), cuts: vec![Cut { offset: 0, kind: CutKind::Code(0) }] },
        ..Page::default()
    }
}

/// The lines of a region of code, without the space that they share in front, and without the marks of regions in it.
fn region_of(text: &str, name: &str) -> Result<String, Vec<String>> {
    let mut open: Vec<&str> = Vec::new();
    let mut known: Vec<String> = Vec::new();
    let mut lines: Option<Vec<&str>> = None;
    for line in text.lines() {
        match mark(line) {
            Some(Mark::Start(found)) => {
                open.push(found);
                known.push(found.to_owned());
                if found == name {
                    lines.get_or_insert_default();
                }
            }
            Some(Mark::End) => {
                if open.pop() == Some(name) {
                    break;
                }
            }
            None => {
                if let Some(lines) = lines.as_mut().filter(|_| open.contains(&name)) {
                    lines.push(line);
                }
            }
        }
    }
    let lines = lines.ok_or(known)?;
    let indent = |line: &&&str| line.len() - line.trim_start().len();
    let shared = lines.iter().filter(|line| !line.trim().is_empty()).map(|line| indent(&line)).min().unwrap_or(0);
    Ok(lines.iter().flat_map(|line| [line.get(shared..).unwrap_or_default(), "\n"]).collect())
}

enum Mark<'a> {
    Start(&'a str),
    End,
}

/// `#region name` and `#endregion` in whatever comment a language has, as editors fold them.
fn mark(line: &str) -> Option<Mark<'_>> {
    let line = line.trim().trim_end_matches("-->").trim_end_matches("*/").trim_end();
    let word = line.trim_start_matches(['/', '*', '-', ';', '%', '<', '!', '#', ' ', '\t']);
    // What is no comment is code that speaks of regions.
    if word.len() == line.len() {
        return None;
    }
    let word = word.strip_prefix("pragma ").unwrap_or(word);
    if word.split(' ').next() == Some("endregion") {
        return Some(Mark::End);
    }
    word.strip_prefix("region ").map(|name| Mark::Start(name.trim()))
}

/// The finding about a region that is not there.
fn no_region(from: &Arc<str>, link: &Link, region: Option<&str>, known: &[String]) -> Diagnostic {
    let name = region.unwrap_or_default();
    let finding = refused(from, link, format!("there is no region `{name}` in that file"));
    let likeness = |known: &str| strsim::jaro_winkler(name, known);
    let nearest = known.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    match nearest {
        Some(nearest) if likeness(nearest) >= 0.8 => {
            let address = format!("{}#{nearest}", link.target.split('#').next().unwrap_or_default());
            finding.help(format!("did you mean `#{nearest}`?")).likely_fix("use the region that is there", link.span, address)
        }
        Some(_) => finding.help(format!("its regions are {}", listed(known))),
        None => finding.help(format!("begin it with a comment `#region {name}`, and end it with `#endregion`")),
    }
}

fn listed(names: &[String]) -> String {
    let distinct: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    distinct.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_of_code_are_found_in_any_comment() {
        let text = "a\n    // #region one\n    b\n      c\n\n    // #region two\n    d\n    // #endregion\n    // #endregion one\ne\n";
        assert_eq!(region_of(text, "one").as_deref(), Ok("b\n  c\n\nd\n"));
        assert_eq!(region_of(text, "two").as_deref(), Ok("d\n"));
        assert_eq!(region_of(text, "three"), Err(vec!["one".to_owned(), "two".to_owned()]));
        for (start, end) in [
            ("# region x", "# endregion"),
            ("<!-- #region x -->", "<!-- #endregion -->"),
            ("/* #region x */", "/* #endregion */"),
            ("-- #region x", "-- #endregion"),
            ("#pragma region x", "#pragma endregion"),
        ] {
            assert_eq!(region_of(&format!("a\n{start}\nb\n{end}\nc\n"), "x").as_deref(), Ok("b\n"), "{start}");
        }
        assert!(region_of("region x\na\n", "x").is_err());
    }
}
