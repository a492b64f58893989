//! An index to the files that `search.js` asks for: scripts, since a page that is opened from disk may load nothing else.
//!
//! | file | what it holds |
//! |---|---|
//! | `index.js` | the first word of each part, the first page of each text, a version |
//! | `part-N.js` | words in their order, each with its places |
//! | `text-N.js` | some pages: title, address, the way to it, and its sections with their text |
//! | `words.js` | the commonest words, to mend slips of the pen |

use super::{
    index::{self, Term},
    outline,
    places::Place,
    words,
};
use crate::site::{Site, View, page::Page, target};
use rayon::prelude::*;
use serde::Serialize;

/// The most that a part holds, in bytes, if it holds several words: what a word costs a reader, about half of it when compressed.
const PART: usize = 16 * 1024;
/// How many lines are made at a time.
const BATCH: usize = 4_096;
/// How many words are kept against slips of the pen.
const WORDS: usize = 5_000;
/// The digits of numbers: five bits each, the sixth says that more follow.
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The words in their order, cut into parts: the first word of each, and its file.
pub(super) fn parts(terms: &[Term<'_>]) -> Vec<(String, String)> {
    let mut parts: Vec<(String, String)> = Vec::new();
    let mut lines = String::new();
    let mut first: &str = "";
    for terms in terms.chunks(BATCH) {
        let made: Vec<String> = terms.par_iter().map(line).collect();
        for (term, line) in terms.iter().zip(made) {
            if lines.is_empty() {
                first = term.word;
            } else if outline::ends(lines.len(), lines.len() + line.len(), PART, term.word) {
                parts.push((first.to_owned(), part(parts.len(), &lines)));
                lines.clear();
                first = term.word;
            } else {
                lines.push('\n');
            }
            lines.push_str(&line);
        }
    }
    if !lines.is_empty() {
        parts.push((first.to_owned(), part(parts.len(), &lines)));
    }
    parts
}

fn part(number: usize, lines: &str) -> String {
    script(&format!("part-{number}"), lines)
}

/// The commonest words of an alphabet, sorted.
pub(super) fn common_words(terms: &[Term<'_>]) -> String {
    let is_spelled = |word: &str| word.len() > 3 && !words::is_ideographic(word) && !word.bytes().any(|byte| byte.is_ascii_digit());
    let mut common: Vec<(usize, &str)> =
        terms.iter().filter(|term| is_spelled(term.word)).map(|term| (term.commonness(), term.word)).collect();
    common.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    common.truncate(WORDS);
    let mut common: Vec<&str> = common.into_iter().map(|(_, word)| word).collect();
    common.sort_unstable();
    script("words", &common.join(" "))
}

/// The text of some pages.
pub(super) fn text(site: &Site, number: usize, pages: &[View]) -> String {
    let pages: Vec<PageText<'_>> = pages.iter().map(|view| PageText::new(site, *view)).collect();
    script(&format!("text-{number}"), &pages)
}

/// What the script asks for first.
#[derive(Serialize)]
pub(super) struct Entry {
    /// It changes with the rest, so that a browser keeps no file longer than it holds.
    pub(super) version: String,
    /// How many pages there are.
    pub(super) pages: usize,
    /// The first word of each part.
    pub(super) parts: Vec<String>,
    /// The place of each text's first page, as the distance from the one before.
    pub(super) texts: String,
}

impl Entry {
    pub(super) fn new(version: String, pages: usize, parts: Vec<String>, firsts: impl Iterator<Item = usize>) -> Self {
        let mut texts = String::new();
        let mut before = 0;
        for first in firsts {
            push_number(&mut texts, first - before);
            before = first;
        }
        Self { version, pages, parts, texts }
    }

    pub(super) fn file(&self) -> String {
        script("index", self)
    }
}

/// A page as the list of results shows it.
#[derive(Serialize)]
struct PageText<'a>(&'a str, String, Vec<&'a str>, Vec<SectionText<'a>>);

/// A section: its heading, its id, its text.
#[derive(Serialize)]
struct SectionText<'a>(&'a str, &'a str, String);

impl<'a> PageText<'a> {
    fn new(site: &'a Site, view: View) -> Self {
        let page = site.page(view.page);
        let words = page.words();
        let sections = index::sections(page, &words);
        let sections = sections.iter().map(|section| {
            let heading = section.heading.map(|heading| &page.headings[heading]);
            let (text, id) = heading.map_or(("", ""), |heading| (heading.text.as_str(), heading.id.as_str()));
            SectionText(text, id, plain(page, section))
        });
        Self(&page.title, target::encode(site.route_in(view.language, view.page).file()), way(site, view), sections.collect())
    }
}

/// A section's text with single spaces; that of the page's beginning starts with its description.
fn plain(page: &Page, section: &index::Section<'_>) -> String {
    let description = page.front_matter.description.as_deref().filter(|_| section.heading.is_none()).unwrap_or_default();
    let mut out = String::with_capacity(section.pieces.iter().map(|text| text.len() + 1).sum());
    let pieces = section.pieces.iter().copied();
    for word in [description].into_iter().chain(pieces).flat_map(str::split_whitespace) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// The titles of what lies above a page, without the home page.
pub(super) fn way(site: &Site, view: View) -> Vec<&str> {
    let navigation = site.navigation(view.language);
    let mut way = Vec::new();
    let mut above = navigation.of_page(view.page).and_then(|node| navigation.node(node).parent);
    while let Some(node) = above.filter(|node| *node != navigation.root()) {
        way.push(navigation.node(node).title.as_str());
        above = navigation.node(node).parent;
    }
    way.reverse();
    way
}

/// A line: the word, the number of its pages where not all are listed, and its places.
fn line(term: &Term<'_>) -> String {
    let shortened = term.shortened();
    let length = shortened.as_ref().map_or(term.commonness(), |(places, _)| 2 * places.len());
    // A place takes two digits, and some more where pages are far apart.
    let mut out = String::with_capacity(term.word.len() + 8 + length * 3 / 2);
    out.push_str(term.word);
    out.push(' ');
    let mut before = None;
    let mut push = |out: &mut String, Place { page, section, weight }| {
        let distance = before.map_or(page + 1, |before| page - before);
        push_number(out, distance as usize);
        push_number(out, usize::from(section) << 4 | usize::from(weight));
        before = Some(page);
    };
    match shortened {
        Some((places, pages)) => {
            out.push('*');
            push_number(&mut out, pages as usize);
            for place in places {
                push(&mut out, place);
            }
        }
        None => term.each_place(|place| push(&mut out, place)),
    }
    out
}

fn push_number(out: &mut String, mut number: usize) {
    while number > 31 {
        out.push(char::from(DIGITS[number & 31 | 32]));
        number >>= 5;
    }
    out.push(char::from(DIGITS[number & 31]));
}

/// A file that hands its content to the script that asked for it.
fn script(name: &str, content: &(impl Serialize + ?Sized)) -> String {
    let content = serde_json::to_string(content).expect("text and lists are JSON");
    format!("milepostSearch({name:?},{content})\n")
}

#[cfg(test)]
mod tests {
    use super::{super::index::Group, *};

    #[test]
    fn a_line_holds_distances_between_pages_and_packed_places() {
        let places = [
            Place { page: 0, section: 0, weight: 15 },
            Place { page: 0, section: 2, weight: 1 },
            Place { page: 40, section: 0, weight: 3 },
        ];
        // Page 0 lies 1 from the start; 2 << 4 | 1 is 33, which is 1 and 1 more of 32; 40 is 8 and 1 more.
        let group = Group::with(&["ssh"], &places);
        let terms = index::terms([(0, &group)].into_iter());
        assert_eq!(line(&terms[0]), "ssh BPAhBoBD");
    }

    #[test]
    fn the_places_of_a_group_are_counted_from_where_the_group_begins() {
        let place = |page| Place { page, section: 0, weight: 1 };
        let (one, two) = (Group::with(&["b", "a"], &[place(0)]), Group::with(&["b"], &[place(0), place(2)]));
        let terms = index::terms([(0, &one), (7, &two)].into_iter());
        let pages = |term: &Term<'_>| {
            let mut pages = Vec::new();
            term.each_place(|place| pages.push(place.page));
            pages
        };
        assert_eq!(terms.iter().map(|term| (term.word, pages(term))).collect::<Vec<_>>(), [("a", vec![0]), ("b", vec![0, 7, 9])]);
    }

    #[test]
    fn a_part_is_never_too_large_and_begins_with_the_word_that_the_entry_names() {
        let places: Vec<Place> = (0..2_000).map(|page| Place { page, section: 0, weight: 1 }).collect();
        let words: Vec<String> = (0..9).map(|number| format!("word{number:05}")).collect();
        let group = Group::with(&words.iter().map(String::as_str).collect::<Vec<_>>(), &places);
        let parts = parts(&index::terms([(0, &group)].into_iter()));
        assert_eq!(parts[0].0, "word00000");
        assert!(parts.len() > 2 && parts.iter().all(|(_, part)| part.len() < PART + 32));
        assert!(parts[1].1.starts_with(&format!("milepostSearch(\"part-1\",\"{} BBBB", parts[1].0)));
    }
}
