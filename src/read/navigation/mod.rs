//! Navigation files of other tools: DocFX `TOC.yml`, mdBook `SUMMARY.md` and `nav` of `mkdocs.yml` in, entries with places out.

mod lines;

use super::{
    markdown::summary,
    source::{self, Found, Overlay},
    value::{self, Node, Value},
};
use crate::{
    diagnostic::{Diagnostic, Rule, Span},
    error::Error,
    site::{
        language::Languages,
        navigation::{Entry, NavigationFile, Target},
    },
};
use std::{path::Path, sync::Arc};

/// Reads the navigation files among the files of a tree.
///
/// # Errors
/// A file that cannot be read.
pub(super) fn read<'a>(
    files: impl Iterator<Item = &'a Found>,
    overlay: &Overlay,
    languages: &Languages,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Vec<NavigationFile>, Error> {
    let mut found = Vec::new();
    for file in files {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let (_, common) = languages.of_path(&file.path);
        let common = common.as_deref().unwrap_or(&file.path);
        let name = common.rsplit('/').next().unwrap_or(common);
        let hidden = file.path.split('/').any(|part| part.starts_with('.'));
        match name {
            _ if hidden => {}
            _ if name.eq_ignore_ascii_case("toc.yml") || name.eq_ignore_ascii_case("toc.yaml") => {
                found.push(docfx(file, folder, overlay, diagnostics)?);
            }
            "mkdocs.yml" | "mkdocs.yaml" => found.extend(mkdocs(file, folder, overlay)?),
            "SUMMARY.md" => {
                let entries = summary::entries(&source::text(&file.disk, overlay)?.text);
                found.push(NavigationFile {
                    file: Arc::clone(&file.path),
                    base: folder.to_owned(),
                    folder: folder.to_owned(),
                    is_guide: true,
                    entries,
                });
            }
            _ => {}
        }
    }
    found.sort_by(|a, b| a.file.cmp(&b.file));
    Ok(found)
}

/// DocFX: a list of `name`, `href`, `items`; the list may also stand below `items` of a table.
fn docfx(file: &Found, folder: &str, overlay: &Overlay, diagnostics: &mut Vec<Diagnostic>) -> Result<NavigationFile, Error> {
    let text = source::text(&file.disk, overlay)?.text;
    let entries = match value::yaml(&text) {
        Ok(root) => docfx_entries(&root),
        Err(mistake) => {
            diagnostics.push(
                Diagnostic::new(&file.path, mistake.span, Rule::Navigation, format!("the file is not YAML: {}", mistake.message))
                    .help("its `name` and `href` lines are used as they stand until it is mended"),
            );
            lines::entries(&text)
        }
    };
    Ok(NavigationFile { file: Arc::clone(&file.path), base: folder.to_owned(), folder: folder.to_owned(), is_guide: false, entries })
}

fn docfx_entries(node: &Node) -> Vec<Entry> {
    match &node.value {
        Value::List(items) => items.iter().filter_map(docfx_entry).collect(),
        Value::Table(_) if node.get("name").is_some() || node.get("href").is_some() => docfx_entry(node).into_iter().collect(),
        Value::Table(_) => node.get("items").map(docfx_entries).unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn docfx_entry(node: &Node) -> Option<Entry> {
    let href = node.get("href").or_else(|| node.get("topicHref"));
    let target = href.and_then(|href| target(href, ""));
    let children = node.get("items").map(docfx_entries).unwrap_or_default();
    let title = node.get("name").and_then(Node::text);
    (title.is_some() || target.is_some() || !children.is_empty()).then_some(Entry { title, target, children })
}

/// MkDocs: `nav` is a list of `path`, `title: path` and `title: [list]`, relative to `docs_dir`.
/// The file is another tool's: what cannot be read of it is no finding of ours.
fn mkdocs(file: &Found, folder: &str, overlay: &Overlay) -> Result<Option<NavigationFile>, Error> {
    let text = source::text(&file.disk, overlay)?.text;
    let Ok(root) = value::yaml(&text) else { return Ok(None) };
    let Some(nav) = root.get("nav") else { return Ok(None) };
    let docs = docs_folder(&root);
    let below = if folder.is_empty() || docs.is_empty() { format!("{folder}{docs}") } else { format!("{folder}/{docs}") };
    let prefix = if docs.is_empty() { String::new() } else { format!("{docs}/") };
    let entries = mkdocs_entries(nav, &prefix);
    Ok(Some(NavigationFile { file: Arc::clone(&file.path), base: folder.to_owned(), folder: below, is_guide: false, entries }))
}

/// A `mkdocs.yml` beside the content folder, when the content is its `docs_dir`.
///
/// # Errors
/// A file that cannot be read.
pub(super) fn above(content: &Path, overlay: &Overlay) -> Result<Option<NavigationFile>, Error> {
    let Some(disk) = content.parent().map(|parent| parent.join("mkdocs.yml")).filter(|file| overlay.has_file(file)) else {
        return Ok(None);
    };
    let Ok(root) = value::yaml(&source::text(&disk, overlay)?.text) else { return Ok(None) };
    let is_ours = content.file_name().is_some_and(|name| *name == *docs_folder(&root));
    let Some(nav) = root.get("nav").filter(|_| is_ours) else { return Ok(None) };
    let entries = mkdocs_entries(nav, "");
    Ok(Some(NavigationFile { file: "../mkdocs.yml".into(), base: String::new(), folder: String::new(), is_guide: false, entries }))
}

fn docs_folder(root: &Node) -> String {
    let docs = root.get("docs_dir").and_then(Node::text).unwrap_or_else(|| "docs".to_owned());
    let docs = docs.trim_matches('/');
    if docs == "." { String::new() } else { docs.to_owned() }
}

fn mkdocs_entries(node: &Node, prefix: &str) -> Vec<Entry> {
    let Value::List(items) = &node.value else { return Vec::new() };
    items.iter().flat_map(|item| mkdocs_entry(item, prefix)).collect()
}

fn mkdocs_entry(item: &Node, prefix: &str) -> Vec<Entry> {
    match &item.value {
        Value::Text(_) => vec![Entry { title: None, target: target(item, prefix), children: Vec::new() }],
        Value::Table(entries) => entries
            .iter()
            .map(|(name, node)| Entry {
                title: Some(name.text.clone()),
                target: target(node, prefix),
                children: mkdocs_entries(node, prefix),
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// A scalar as a target; other tools write plain paths, so what a link would escape is escaped here.
fn target(node: &Node, prefix: &str) -> Option<Target> {
    written_target(&node.text()?, node.span, prefix)
}

fn written_target(written: &str, span: Span, prefix: &str) -> Option<Target> {
    let trimmed = written.trim();
    if trimmed.is_empty() {
        return None;
    }
    let address = if trimmed.contains("://") || trimmed.starts_with('/') { trimmed.to_owned() } else { format!("{prefix}{trimmed}") };
    Some(Target { address: address.replace(' ', "%20"), written: written.to_owned(), span })
}
