//! An independent link checker over a built site: it shares no code with the program, reads only the output, and resolves
//! addresses as a browser does over plain file hosting.

use html5gum::{Token, Tokenizer};
use percent_encoding::percent_decode_str;
use rayon::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// What one HTML file offers and asks for.
#[derive(Default)]
struct Document {
    ids: BTreeSet<String>,
    /// Addresses, each with the tag that it stands in.
    addresses: Vec<(String, String)>,
}

/// Every address in the pages of an output that leads nowhere; `raw` are files that the author wrote, not the program.
pub(crate) fn dead_addresses(output: &Path, raw: &BTreeSet<String>) -> Vec<String> {
    let files: BTreeSet<String> = crate::program::files(output).into_iter().collect();
    let documents: BTreeMap<&str, Document> = files
        .par_iter()
        .filter(|path| crate::program::is_kind(path, "html"))
        .map(|path| {
            let bytes = fs::read(output.join(path)).expect("an output file can be read");
            (path.as_str(), read(&String::from_utf8_lossy(&bytes)))
        })
        .collect();
    let check = |page: &str, document: &Document| -> Vec<String> {
        let faults = document.addresses.iter().map(|(tag, address)| (tag, address, fault(page, tag, address, &files, &documents)));
        faults.filter_map(|(tag, address, fault)| fault.map(|why| format!("{page}: <{tag}> `{address}`: {why}"))).collect()
    };
    documents.par_iter().filter(|(path, _)| !raw.contains(**path)).flat_map_iter(|(path, document)| check(path, document)).collect()
}

fn read(html: &str) -> Document {
    let mut document = Document::default();
    let mut emitter = html5gum::DefaultEmitter::default();
    emitter.naively_switch_states(true);
    for token in Tokenizer::new_with_emitter(html, emitter) {
        let Ok(Token::StartTag(tag)) = token else { continue };
        let name = String::from_utf8_lossy(&tag.name).into_owned();
        for (key, value) in &tag.attributes {
            let value = String::from_utf8_lossy(value).into_owned();
            match key.as_slice() {
                b"id" => drop(document.ids.insert(value)),
                b"name" if name == "a" => drop(document.ids.insert(value)),
                b"href" | b"src" | b"poster" => document.addresses.push((name.clone(), value)),
                b"srcset" => {
                    let candidates = value.split(", ").filter_map(|candidate| candidate.split_whitespace().next());
                    document.addresses.extend(candidates.map(|address| (name.clone(), address.to_owned())));
                }
                _ => {}
            }
        }
    }
    document
}

/// Why an address on a page leads nowhere; none when it leads somewhere or elsewhere.
fn fault(page: &str, tag: &str, address: &str, files: &BTreeSet<String>, documents: &BTreeMap<&str, Document>) -> Option<String> {
    let address = address.trim();
    if address.is_empty() {
        return Some("no address".to_owned());
    }
    if address.starts_with("//") || has_scheme(address) {
        return None;
    }
    let (rest, fragment) = address.split_once('#').map_or((address, ""), |(rest, fragment)| (rest, fragment));
    let (path, query) = rest.split_once('?').map_or((rest, ""), |(path, query)| (path, query));
    let target = if path.is_empty() { page.to_owned() } else { resolve(page, &decoded(path)) };
    let target = if files.contains(&target) { target } else { format!("{target}/index.html").trim_start_matches('/').to_owned() };
    if !files.contains(&target) {
        return Some(format!("no `{target}` in the output"));
    }
    let fragment = fragment.split(":~:").next().unwrap_or_default();
    // `?plain=1` is GitHub's view of the source, whose fragments are lines.
    // The fragment of an image is the image's own business.
    if !matches!(tag, "a" | "area") || fragment.is_empty() || fragment.eq_ignore_ascii_case("top") || query == "plain=1" {
        return None;
    }
    let ids = &documents.get(target.as_str())?.ids;
    (!ids.contains(fragment) && !ids.contains(&decoded(fragment))).then(|| format!("no such id in `{target}`"))
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn has_scheme(address: &str) -> bool {
    let Some((scheme, _)) = address.split_once(':') else { return false };
    scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

/// The path that a relative address of a page names, `.` and `..` resolved as browsers do.
fn resolve(page: &str, path: &str) -> String {
    let mut parts: Vec<&str> = if path.starts_with('/') { Vec::new() } else { page.split('/').collect() };
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[test]
fn the_checker_finds_what_is_dead_and_nothing_else() {
    let site = crate::program::folder(&[
        (
            "index.html",
            "<a href='a/#x'>1</a><a href='a/#y'>2</a><a href='b/'>3</a><a href='https://x.test/'>4</a><img src='a/i%20j.png'><a href=''>5</a>",
        ),
        ("a/index.html", "<h1 id=x>A</h1><a href='../index.html'>home</a><a href='../A/'>case</a><a href='#z'>z</a><a name=z></a>"),
        ("a/i j.png", ""),
    ]);
    assert_eq!(
        dead_addresses(site.path(), &BTreeSet::new()),
        [
            "a/index.html: <a> `../A/`: no `A/index.html` in the output",
            "index.html: <a> `a/#y`: no such id in `a/index.html`",
            "index.html: <a> `b/`: no `b/index.html` in the output",
            "index.html: <a> ``: no address",
        ]
    );
}
