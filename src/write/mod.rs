//! Site to files: pages rendered by the theme, code highlighted, images measured, all of it published at once.

pub mod archive;
mod body;
mod card;
pub mod checklists;
mod code;
mod context;
mod generated;
mod highlight;
mod images;
mod look;
pub mod output;
mod plan;
mod print;
mod publish;
pub(crate) mod redirects;
mod reuse;
mod search;
mod sidebar;
mod theme;
mod words;

use crate::{
    error::Error,
    project::Project,
    site::{Destination, FileId, Followed, Site, View, history::History, language::LanguageId, page::LinkKind, route::Route},
};
use generated::redirect_files;
pub(crate) use highlight::Highlights;
#[cfg(feature = "serve")]
pub(crate) use images::Variants;
use output::{Output, Written};
use plan::Item;
pub(crate) use plan::Plan;
use rayon::prelude::*;
pub(crate) use reuse::{Outputs, Reuse};
pub(crate) use search::{Kept as IndexKept, Plan as IndexPlan};
#[cfg(feature = "serve")]
pub(crate) use search::{Outline, is_index};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
pub(crate) use theme::Theme;
pub use theme::{names as theme_files, text as theme_file};

/// What pages are made from beside the site itself.
pub struct Sources<'a> {
    /// When guides changed last, and by whom.
    pub history: &'a History,
    /// The text of a guide, as it was for the parse; none when it is gone.
    pub text_of: &'a (dyn Fn(&str) -> Option<String> + Sync),
}

/// What the files of a site are made of.
pub(crate) struct Materials<'a> {
    pub(crate) site: &'a Site,
    pub(crate) followed: &'a Followed,
    pub(crate) sources: &'a Sources<'a>,
    pub(crate) theme: &'a Theme,
    pub(crate) highlights: &'a Highlights,
}

/// What writing a site came to.
pub(crate) struct Made {
    pub(crate) written: Written,
    /// Whether no page was left as it was.
    pub(crate) all_pages: bool,
    /// What each file was made from, where it was asked for.
    pub(crate) outputs: Option<Outputs>,
    /// What was made for the index of search, where it was made anew.
    pub(crate) index: Option<IndexKept>,
    /// The Markdown of guides in whose place something of the author's stands.
    pub(crate) left_out: Vec<String>,
}

/// Writes the whole site, but for what is there already as it would be made.
///
/// # Errors
/// A template that is wrong, or an output that cannot be written; the old output is untouched then.
pub(crate) fn site(
    project: &Project,
    materials: &Materials<'_>,
    index: IndexPlan,
    reuse: Option<&Reuse<'_>>,
    on_page: &(dyn Fn() + Sync),
) -> Result<Made, Error> {
    let Materials { site, followed, .. } = *materials;
    let plan = Plan::new(materials, images::make(site, followed, &project.root)?)?;
    let is_there = |path: &str, item: &Item| reuse.is_some_and(|reuse| reuse.has(path, item, plan.original(item)));
    let outline;
    let (index, files) = match index {
        IndexPlan::Whole(files) => (None, files),
        IndexPlan::Pieces(new, kept) => {
            outline = new;
            let indexes = plan.indexes(&outline, kept);
            let files = indexes.paths().collect();
            (Some(indexes), files)
        }
    };
    let output = Output::open(&project.output, plan.items().map(|(path, _)| path.to_owned()).chain(files.iter().cloned()).collect())?;
    let is_intact = |path: &str| reuse.is_some_and(|reuse| reuse.is_intact(path));
    // It takes much memory, and pages will take more: only what the next build asks for stays.
    let index = index.map(|index| index.write(&|path, bytes| output.write(path, bytes), &is_intact)).transpose()?;
    let index = index.filter(|_| reuse.is_some());
    let leaves_pages = AtomicBool::new(false);
    plan.sections().par_iter().try_for_each(|section| {
        let mut sidebars = plan.sidebars(section);
        for page in &section.pages {
            let view = View { language: section.language, page: *page };
            let path = site.route_in(section.language, *page).file();
            if is_there(path, &Item::Page(view)) {
                leaves_pages.store(true, Ordering::Relaxed);
            } else {
                output.write(path, plan.page(view, &mut sidebars)?.as_bytes())?;
            }
            on_page();
        }
        Ok::<(), Error>(())
    })?;
    let others: Vec<(&str, &Item)> = plan.items().filter(|(_, item)| !matches!(item, Item::Page(_))).collect();
    others.par_iter().try_for_each(|(path, item)| match plan.original(item) {
        _ if is_there(path, item) => Ok(()),
        Some(original) => output.copy(path, original),
        // Its name changes with what it shows, and drawing takes long.
        None if matches!(item, Item::Card) && reuse.is_none() && output.has(path) => Ok(()),
        None => output.write(path, &plan.make(path, item)?),
    })?;
    let written = output.publish()?;
    Ok(Made {
        written,
        all_pages: !leaves_pages.into_inner(),
        outputs: reuse.map(|reuse| reuse.outputs(&plan, &files)),
        index,
        left_out: plan.publish.left_out,
    })
}

/// The theme of a project, for the languages of its site.
///
/// # Errors
/// A folder that cannot be read, a template that does not compile, or words that are no TOML.
pub(crate) fn theme(project: &Project, site: &Site) -> Result<Theme, Error> {
    let folders: Vec<&Path> = [&project.theme, &project.templates].into_iter().flatten().map(PathBuf::as_path).collect();
    Ok(Theme::load(&folders, &site.config.theme)?.with_words_for(languages(site)))
}

/// Whether the site has the pictures and pages that `[theme]` names.
///
/// # Errors
/// The first that it does not have.
pub(crate) fn check_look(site: &Site) -> Result<(), Error> {
    look::Look::new(site, LanguageId::DEFAULT).map(drop)
}

/// The languages of the site and of its pages.
pub(crate) fn languages(site: &Site) -> BTreeSet<&str> {
    let pages = site.pages.iter().filter_map(|page| page.front_matter.language.as_deref());
    pages.chain(site.languages.iter().map(|(_, language)| language.tag.as_str())).collect()
}

/// The files that the site needs: static ones, those of the content that are not hidden, and those that a page links.
fn wanted_files(site: &Site, followed: &Followed) -> Vec<FileId> {
    let mut wanted: BTreeSet<FileId> = BTreeSet::new();
    for (page, followed) in site.pages.iter().zip(followed) {
        for (link, destination) in page.links.iter().zip(followed) {
            if let (Ok(Destination::File(id, _)), true) = (destination, link.kind != LinkKind::Include) {
                wanted.insert(*id);
            }
        }
    }
    let navigation: BTreeSet<&str> = site.navigation_files().iter().map(|file| &*file.file).collect();
    for (position, file) in site.files.iter().enumerate() {
        let hidden = file.path.split('/').any(|part| part.starts_with('.'));
        let ours = navigation.contains(&*file.path) || matches!(&*file.path, crate::config::FILE_NAME | crate::site::lock::FILE_NAME);
        if file.is_static || !(hidden || ours) {
            wanted.insert(FileId(u32::try_from(position).unwrap_or(u32::MAX)));
        }
    }
    let mut routes: BTreeSet<&str> = site.routes.iter().map(Route::file).collect();
    routes.extend(redirect_files(site).into_iter().map(|(file, _)| file));
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    wanted.into_iter().filter(|id| !routes.contains(&*site.file(*id).path) && seen.insert(&site.file(*id).path)).collect()
}
