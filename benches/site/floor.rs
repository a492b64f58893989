//! The physical limit of a site generator on pulldown-cmark: read, parse, render, write, and nothing else.

use pulldown_cmark::{Options, Parser, html};
use rayon::prelude::*;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Where the floor stops.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Until {
    /// Reads and parses; no HTML.
    Parsed,
    /// Also renders; nothing is written.
    Rendered,
    /// Also writes the HTML and copies other files.
    Written,
}

const EXTENSIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_GFM)
    .union(Options::ENABLE_DEFINITION_LIST)
    .union(Options::ENABLE_HEADING_ATTRIBUTES)
    .union(Options::ENABLE_YAML_STYLE_METADATA_BLOCKS);

/// Runs over a tree; gives a sum that depends on all of the work, so that none of it can be left out.
///
/// # Errors
/// A file that cannot be read or written.
pub(crate) fn run(tree: &Path, output: &Path, until: Until) -> io::Result<usize> {
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in walkdir::WalkDir::new(tree) {
        let entry = entry?;
        let path = entry.path().strip_prefix(tree).unwrap_or(entry.path()).to_path_buf();
        if entry.file_type().is_file() {
            files.push(path);
        } else if entry.file_type().is_dir() && until == Until::Written {
            fs::create_dir_all(output.join(&path))?;
        }
    }
    files.par_iter().map(|path| file(tree, output, path, until)).sum()
}

fn file(tree: &Path, output: &Path, path: &Path, until: Until) -> io::Result<usize> {
    if path.extension().is_none_or(|extension| extension != "md") {
        return if until == Until::Written { fs::copy(tree.join(path), output.join(path)).map(|_| 1) } else { Ok(0) };
    }
    let text = fs::read_to_string(tree.join(path))?;
    let parser = Parser::new_ext(&text, EXTENSIONS);
    if until == Until::Parsed {
        return Ok(parser.into_offset_iter().map(|(_, range)| range.len()).sum());
    }
    let mut page = String::with_capacity(text.len() * 2);
    html::push_html(&mut page, parser);
    if until == Until::Written {
        fs::write(output.join(path).with_extension("html"), &page)?;
    }
    Ok(page.len())
}
