//! `build`: the stages called in turn, with what the last build left where it still holds.

use crate::{
    cache::{Cache, Leaves},
    error::Error,
    progress::{Progress, Stage},
    project::Project,
    read::{
        self, Keep, Kept,
        git::{Missing, Told},
    },
    report::Report,
    resolve,
    site::Site,
    write::{self, Highlights, IndexKept, IndexPlan, Materials, Outputs, Reuse, Sources, output::Written},
};
use std::collections::BTreeSet;

/// How a project is built.
#[expect(clippy::struct_excessive_bools, reason = "each is a choice of its own")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Building {
    /// Whether warnings fail the run.
    pub strict: bool,
    /// Whether the site is written although findings fail the run.
    pub keep_going: bool,
    /// Whether what the last build left is used, and something left for the next.
    pub reuse: bool,
    /// Whether the HTML of each guide is made only when it is written, which takes less memory and more time. So it is always
    /// done with very many guides.
    pub lean: bool,
}

impl Building {
    fn refuses(self, report: &Report) -> bool {
        report.fails(self.strict) && !self.keep_going
    }
}

/// What the last build left of its output.
struct Left<'a> {
    outputs: Outputs,
    /// Of its indexes, where that is asked for.
    index: &'a dyn Fn() -> IndexKept,
    highlights: Highlights,
}

/// What came of one try.
enum Done {
    /// Findings fail the run: nothing is written.
    Refused,
    /// The site is written.
    Written(Written, Option<Box<Leaves>>),
    /// A guide has changed while it was built.
    Moved,
}

/// Reads, checks and writes a project. Findings that fail the run leave the old output untouched, unless `keep_going`.
///
/// # Errors
/// The machine's failures: the disk, the configuration, a template.
pub fn build(project: &Project, building: Building, progress: &Progress) -> Result<(Report, Option<Written>), Error> {
    if !building.reuse {
        let (report, done) = run(project, building, None, progress)?;
        return Ok((report, if let Done::Written(written, _) = done { Some(written) } else { None }));
    }
    let mut cache = Cache::open(project)?;
    if let Some((report, written)) = cache.unchanged(project) {
        let written = (!building.refuses(&report)).then_some(written);
        return Ok((report, written));
    }
    let (mut guides, before) = (cache.guides(), cache.outputs());
    let left = Left { outputs: before, index: &|| cache.index(), highlights: cache.highlights() };
    let (mut report, mut done) = run(project, building, Some((&mut guides, &left)), progress)?;
    if matches!(done, Done::Moved) {
        // With nothing kept, each guide is read once: what is written is of one moment.
        guides = Kept::default();
        let left = Left { outputs: Outputs::default(), index: &IndexKept::default, ..left };
        (report, done) = run(project, building, Some((&mut guides, &left)), progress)?;
    }
    let Done::Written(written, kept) = done else { return Ok((report, None)) };
    if let Some(made) = kept {
        // What is saved takes memory too.
        guides.forget_texts();
        cache.save(project, &guides, *made, &report);
    }
    Ok((report, Some(written)))
}

fn run(project: &Project, building: Building, reuse: Option<(&mut Kept, &Left<'_>)>, progress: &Progress) -> Result<(Report, Done), Error> {
    let keep = if building.lean { Keep::Lean } else { Keep::Pages };
    let (guides, left) = reuse.unzip();
    let (mut site, followed, mut report) = resolve(project, keep, guides, progress)?;
    if site.has_hub() && site.id().is_empty() {
        report.advice.push((
            "the site has no id: readers' ticks are kept under the address of its home page".to_owned(),
            "set `site-id` in milepost.toml, so that a move of the site keeps them".to_owned(),
        ));
    }
    report.advice.extend(write::redirects::advice(&site));
    if building.refuses(&report) {
        return Ok((report, Done::Refused));
    }
    progress.enter(Stage::Write, site.languages.iter().map(|(language, _)| site.views(language).count()).sum());
    let told = history(project, &site);
    let text_of = |file: &str| read::quote(&project.content, file);
    let sources = Sources { history: &told.history, text_of: &text_of };
    let theme = write::theme(project, &site)?;
    let reuse = left.map(|left| Reuse::new(&site, &followed, &sources, &theme, &left.outputs, &project.output)).transpose()?;
    let kept_index = || left.map(|left| (left.index)()).unwrap_or_default();
    let index = IndexPlan::new(&site, reuse.as_ref().and_then(Reuse::index), kept_index);
    if let Some(reuse) = &reuse {
        let wanted = reuse.wanted(&site, &index);
        if !read::complete(project, &mut site.pages, keep, &|page| wanted[page]) {
            return Ok((report, Done::Moved));
        }
    }
    let of_this_run;
    let highlights = if let Some(left) = left {
        &left.highlights
    } else {
        of_this_run = Highlights::new(&site);
        &of_this_run
    };
    let materials = Materials { site: &site, followed: &followed, sources: &sources, theme: &theme, highlights };
    let made = write::site(project, &materials, index, reuse.as_ref(), &|| progress.step())?;
    highlights.save(made.all_pages);
    report.advice.extend(told.missing.as_ref().map(undated));
    if let Some(first) = made.left_out.first() {
        let others = if made.left_out.len() > 1 { format!(", nor that of {} more", made.left_out.len() - 1) } else { String::new() };
        report.advice.push((
            format!("the Markdown of a guide is not at `{first}`{others}: a file of yours stands there"),
            "rename one of the two, or set `markdown = false` in `[publish]`".to_owned(),
        ));
    }
    let leaves = made.outputs.map(|outputs| Box::new(Leaves { outputs, index: made.index, sought: site.sought().to_vec() }));
    Ok((report, Done::Written(made.written, leaves)))
}

/// When the guides changed last, where anybody is to be told.
pub(crate) fn history(project: &Project, site: &Site) -> Told {
    let config = &project.config.git;
    if !config.dates {
        return Told::default();
    }
    let files: BTreeSet<&str> = site.pages.iter().map(|page| &*page.path).collect();
    read::git::history(&project.content, &files, config.contributors)
}

/// What is to be said of a history that is not known in full.
fn undated(missing: &Missing) -> (String, String) {
    match missing {
        Missing::Shallow => (
            "some guides have no date of their last change: the clone is shallow".to_owned(),
            "fetch the whole history: `git fetch --unshallow origin`, or `fetch-depth: 0` for the checkout step of the job".to_owned(),
        ),
        Missing::Failed(why) => (
            format!("guides have no date of their last change: git says `{why}`"),
            "mend that, or set `dates = false` in `[git]`".to_owned(),
        ),
    }
}
