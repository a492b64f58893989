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
mod print;
mod publish;
pub(crate) mod redirects;
mod search;
mod sidebar;
mod theme;
mod words;

use crate::{
    error::Error,
    project::Project,
    site::{
        Destination, FileId, Followed, Site, SourceId, View,
        history::History,
        language::LanguageId,
        navigation::NodeId,
        page::{CodeBlock, LinkKind},
        route::Route,
    },
};
use card::Cards;
use context::{Contexts, Shell};
use generated::{Generated, redirect_files};
use output::{Output, Written};
use print::Sheets;
use publish::Publish;
use rayon::prelude::*;
use search::Indexes;
use sidebar::Sidebars;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use theme::Theme;
pub use theme::{names as theme_files, text as theme_file};

/// What pages are made from beside the site itself.
pub struct Sources<'a> {
    /// When guides changed last, and by whom.
    pub history: &'a History,
    /// The text of a guide, as it was for the parse; none when it is gone.
    pub text_of: &'a (dyn Fn(&str) -> Option<String> + Sync),
}

/// Writes the whole site; the files are told that were left out as something of the author's stands in their place.
///
/// # Errors
/// A template that is wrong, or an output that cannot be written; the old output is untouched then.
pub fn site(
    project: &Project,
    site: &Site,
    followed: &Followed,
    sources: &Sources<'_>,
    on_page: &(dyn Fn() + Sync),
) -> Result<(Written, Vec<String>), Error> {
    let folders: Vec<&Path> = [&project.theme, &project.templates].into_iter().flatten().map(PathBuf::as_path).collect();
    let theme = Theme::load(&folders, &site.config.theme)?.with_words_for(languages(site));
    let files = wanted_files(site, followed);
    let generated = Generated::plan(site);
    let variants = images::make(site, followed, &project.root)?;
    let sheets = Sheets::plan(site)?;
    let mut paths: Vec<String> = site.routes.iter().map(|route| route.file().to_owned()).collect();
    let stand_ins = site.languages.iter().flat_map(|(language, _)| site.stand_ins(language));
    paths.extend(stand_ins.map(|(_, route)| route.file().to_owned()));
    paths.extend(generated.routes().map(|route| route.file().to_owned()));
    paths.extend(sheets.all().map(|sheet| sheet.route.file().to_owned()));
    paths.extend(files.iter().map(|id| site.file(*id).path.to_string()));
    paths.extend(theme.assets().map(|asset| asset.path.clone()));
    let forms: BTreeMap<&str, &Path> =
        variants.values().flatten().flat_map(|(_, forms)| forms).map(|form| (form.path.as_str(), form.kept.as_path())).collect();
    paths.extend(forms.keys().map(|path| (*path).to_owned()));
    paths.extend(checklists::files(site, theme.words()));
    let indexes = Indexes::new(site);
    paths.extend(indexes.paths());
    paths.extend(redirect_files(site).into_iter().map(|(file, _)| file.to_owned()));
    paths.push(".nojekyll".to_owned());
    let publish = Publish::plan(site, sources, paths.iter().map(String::as_str), generated.indexed());
    paths.extend(publish.paths().map(str::to_owned));
    let cards = Cards::plan(site, &theme)?;
    paths.extend(cards.paths().map(str::to_owned));
    let output = Output::open(&project.output, paths)?;
    let searched = indexes.write(&output)?;

    let highlighted = highlight_all(site);
    let sizes = images::measure(site, followed);
    let shell = Shell::new(site, &theme)?;
    let contexts = Contexts { site, shell: &shell, sources, publish: &publish, sheets: &sheets, cards: &cards, searched: &searched };
    let bodies = body::Bodies { site, followed, highlighted: &highlighted, words: theme.words(), sizes: &sizes, variants: &variants };

    by_section(site).par_iter().try_for_each(|section| {
        let mut sidebars = Sidebars::new(site, &theme, section.language, section.open);
        for id in &section.pages {
            let view = View { language: section.language, page: *id };
            let page = site.page(*id);
            let route = site.route_in(section.language, *id);
            let is_left_out = site.setting(*id, |settings| settings.sidebar) == Some(false);
            let sidebar = if is_left_out && site.navigation(section.language).of_page(*id).is_none() {
                String::new()
            } else {
                sidebars.of(route, Some(*id))?
            };
            let data = checklists::page_data(site, view, checklists::has_marks(&sidebar));
            let context = contexts.page(view, &bodies, &sidebar, data.as_deref());
            let template = page.front_matter.template.as_deref().unwrap_or("page.html");
            let html = theme.render(template, &context, &page.path)?;
            output.write(route.file(), html.as_bytes())?;
            on_page();
        }
        Ok::<(), Error>(())
    })?;
    generated.write(site, &theme, &contexts, &output)?;
    sheets.all().collect::<Vec<_>>().par_iter().try_for_each(|sheet| {
        let html = theme.render("print.html", &contexts.sheet(sheet, &bodies), sheet.route.file())?;
        output.write(sheet.route.file(), html.as_bytes())
    })?;
    files.par_iter().try_for_each(|id| {
        let file = site.file(*id);
        output.copy(&file.path, &file.disk)
    })?;
    forms.par_iter().try_for_each(|(path, kept)| output.copy(path, kept))?;
    for asset in theme.assets() {
        output.write(&asset.path, &asset.bytes)?;
    }
    checklists::write_files(site, theme.words(), &output)?;
    output.write(".nojekyll", b"")?;
    cards.write(&output)?;
    publish.write(site, followed, sources, &output)?;
    output.publish().map(|written| (written, publish.left_out))
}

/// Whether the site has the pictures and pages that `[theme]` names.
///
/// # Errors
/// The first that it does not have.
pub(crate) fn check_look(site: &Site) -> Result<(), Error> {
    look::Look::new(site, LanguageId::DEFAULT).map(drop)
}

/// The languages of the site and of its pages.
fn languages(site: &Site) -> BTreeSet<&str> {
    let pages = site.pages.iter().filter_map(|page| page.front_matter.language.as_deref());
    pages.chain(site.languages.iter().map(|(_, language)| language.tag.as_str())).collect()
}

/// Pages that share a sidebar.
struct Section {
    language: LanguageId,
    open: NodeId,
    pages: Vec<SourceId>,
}

/// All pages of all languages, grouped by the node that is open in the sidebar.
fn by_section(site: &Site) -> Vec<Section> {
    let mut groups: BTreeMap<(LanguageId, NodeId), Vec<SourceId>> = BTreeMap::new();
    for (language, _) in site.languages.iter() {
        for view in site.views(language) {
            groups.entry((language, sidebar::open_node(site, view))).or_default().push(view.page);
        }
    }
    // A folder of thousands of pages is rendered by all threads: pieces share a sidebar each.
    let pieces = |((language, open), pages): ((LanguageId, NodeId), Vec<SourceId>)| -> Vec<Section> {
        pages.chunks(64).map(|chunk| Section { language, open, pages: chunk.to_vec() }).collect()
    };
    groups.into_iter().flat_map(pieces).collect()
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

/// Highlights each distinct code block once.
fn highlight_all(site: &Site) -> HashMap<&CodeBlock, String> {
    if !site.config.markdown.highlight {
        return HashMap::new();
    }
    let distinct: BTreeSet<(&str, &str)> = site
        .pages
        .iter()
        .flat_map(|page| page.all_code())
        .filter(|block| !block.language.is_empty())
        .map(|block| (&*block.language, &*block.text))
        .collect();
    let distinct: Vec<(&str, &str)> = distinct.into_iter().collect();
    let coloured: HashMap<(&str, &str), String> = distinct
        .par_iter()
        .filter_map(|(language, text)| highlight::highlight(language, text).map(|html| ((*language, *text), html)))
        .collect();
    let mut blocks: HashMap<&CodeBlock, String> = HashMap::with_capacity(coloured.len());
    for block in site.pages.iter().flat_map(|page| page.all_code()) {
        if let Some(html) = coloured.get(&(&*block.language, &*block.text)) {
            blocks.entry(block).or_insert_with(|| html.clone());
        }
    }
    blocks
}
