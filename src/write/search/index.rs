//! Pages of one language to the words that they hold, and how much each counts in each section.

use super::{
    places::{self, Place, Places},
    words,
};
use crate::site::{
    Site, View,
    page::{CutKind, Page, Part},
};
use foldhash::fast::RandomState;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, ops::Range};

/// A word, and where it stands: the places of one group of pages after those of another.
pub(super) struct Term<'a> {
    pub(super) word: &'a str,
    /// The position of each group's first page, and the places in it.
    groups: Vec<(u32, &'a [u8])>,
}

impl Term<'_> {
    /// Of a word that stands nearly everywhere, the places where it counts most and on how many pages it stands; none where all places
    /// are listed.
    pub(super) fn shortened(&self) -> Option<(Vec<Place>, u32)> {
        // Each place takes two bytes or more.
        let most = self.commonness() / 2;
        if most <= LONGEST_LIST {
            return None;
        }
        let mut places = Vec::with_capacity(most);
        self.each_place(|place| places.push(place));
        if places.len() <= LONGEST_LIST {
            return None;
        }
        let pages = number(places.chunk_by(|a, b| a.page == b.page).count());
        places.sort_by_key(|place| (std::cmp::Reverse(place.weight), place.page, place.section));
        places.truncate(LONGEST_LIST);
        places.sort_unstable_by_key(|place| (place.page, place.section));
        Some((places, pages))
    }

    /// Calls `then` with each place where the word stands, by page and section.
    pub(super) fn each_place(&self, mut then: impl FnMut(Place)) {
        for (first, bytes) in &self.groups {
            places::of_bytes(bytes).for_each(|place| then(Place { page: first + place.page, ..place }));
        }
    }

    /// How common the word is, as a number that only compares.
    pub(super) fn commonness(&self) -> usize {
        self.groups.iter().map(|(_, bytes)| bytes.len()).sum()
    }
}

/// The words of some pages that follow each other, and where each stands. Its pages are counted from the first of them, so that
/// it stays the same wherever they come in the index.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Group {
    /// Each word ends with a line feed.
    words: String,
    /// How many bytes of the places are each word's.
    lengths: Vec<u32>,
    #[serde(with = "crate::one_piece")]
    places: Vec<u8>,
}

impl Group {
    /// The words of some pages.
    pub(super) fn of(site: &Site, pages: &[View]) -> Self {
        let mut known = Known::default();
        for (position, view) in pages.iter().enumerate() {
            known.add_page(number(position), site.page(view.page));
        }
        let Known { ids, lists, .. } = known;
        let mut group = Self::default();
        let mut words: Vec<(Box<str>, u32)> = ids.into_iter().collect();
        words.sort_unstable();
        for (word, id) in words {
            group.push(&word, &lists[id as usize].bytes);
        }
        group.words.shrink_to_fit();
        group.places.shrink_to_fit();
        group
    }

    fn push(&mut self, word: &str, places: &[u8]) {
        self.words.push_str(word);
        self.words.push('\n');
        self.lengths.push(number(places.len()));
        self.places.extend_from_slice(places);
    }

    fn words(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let mut rest = &self.places[..];
        self.words.lines().zip(&self.lengths).map_while(move |(word, length)| {
            let (places, others) = rest.split_at_checked(*length as usize)?;
            rest = others;
            Some((word, places))
        })
    }

    #[cfg(test)]
    pub(super) fn with(words: &[&str], list: &[Place]) -> Self {
        let mut places = Places::default();
        for place in list {
            places.push(*place);
        }
        let mut group = Self::default();
        for word in words {
            group.push(word, &places.bytes);
        }
        group
    }
}

/// The words of all groups, sorted; each comes with the position of its first page.
pub(super) fn terms<'a>(groups: impl Iterator<Item = (usize, &'a Group)>) -> Vec<Term<'a>> {
    // The groups come in the order of their pages, and so do the places of a word. A word is in many: merging is quicker than sorting.
    let mut merged: HashMap<&str, Vec<(u32, &[u8])>, RandomState> = HashMap::default();
    for (first, group) in groups {
        for (word, places) in group.words() {
            merged.entry(word).or_default().push((number(first), places));
        }
    }
    let mut terms: Vec<Term<'_>> = merged.into_iter().map(|(word, groups)| Term { word, groups }).collect();
    terms.par_sort_unstable_by(|a, b| a.word.cmp(b.word));
    terms
}

/// A page's section.
pub(super) struct Section<'a> {
    /// The heading's index on the page; none for the page's beginning.
    pub(super) heading: Option<usize>,
    /// Text and code, in their order.
    pub(super) pieces: Vec<&'a str>,
}

/// A word's places on a list at most: a list stays a few kilobytes on sites of any size.
const LONGEST_LIST: usize = 4_000;
/// The length of a usual section in words. It is no average of the site, so that a page's weights depend on that page alone.
const USUAL_LENGTH: f32 = 80.0;

/// The sections of a page with these words, with what stands in them.
pub(super) fn sections<'a>(page: &'a Page, words: &'a str) -> Vec<Section<'a>> {
    let mut sections = vec![Section { heading: None, pieces: Vec::new() }];
    let title = page.headings.iter().position(|heading| heading.level == 1);
    add_sections(page, words, title, &mut (0..page.headings.len()), &mut sections);
    sections
}

/// Adds the text of a page or of a part of one; `headings` are those of the whole page that are still to come.
fn add_sections<'a>(page: &'a Page, words: &'a str, title: Option<usize>, headings: &mut Range<usize>, sections: &mut Vec<Section<'a>>) {
    let mut start = 0;
    for cut in &page.text.cuts {
        let end = cut.offset as usize;
        push(sections, &words[start..end]);
        start = end;
        match cut.kind {
            CutKind::Code(block) => push(sections, &page.code[block as usize].text),
            CutKind::Include(part) => {
                if let Part::Made(part) = &page.inclusions[part as usize].part {
                    add_sections(part, &part.text.words, title, headings, sections);
                }
            }
            CutKind::Heading => {
                // The page's title begins no section.
                if let Some(heading) = headings.next().filter(|heading| Some(*heading) != title) {
                    sections.push(Section { heading: Some(heading), pieces: Vec::new() });
                }
            }
        }
    }
    push(sections, &words[start..]);
}

fn push<'a>(sections: &mut [Section<'a>], piece: &'a str) {
    if let Some(section) = sections.last_mut().filter(|_| !piece.trim().is_empty()) {
        section.pieces.push(piece);
    }
}

/// The words that were met so far.
#[derive(Default)]
struct Known {
    ids: HashMap<Box<str>, u32, RandomState>,
    lists: Vec<Places>,
    /// The words of the section that is read, and whether each stands in its heading or the page's title.
    words: Vec<(u32, bool)>,
}

impl Known {
    fn add_page(&mut self, place: u32, page: &Page) {
        for (position, section) in sections(page, &page.words()).iter().enumerate() {
            let Ok(position) = u16::try_from(position) else { break };
            if let Some(heading) = section.heading {
                self.add(&page.headings[heading].text, true);
            } else {
                self.add(&page.title, true);
                let heading = page.headings.iter().find(|heading| heading.level == 1 && heading.text != page.title);
                self.add(heading.map_or("", |heading| &heading.text), true);
                self.add(page.front_matter.description.as_deref().unwrap_or_default(), false);
            }
            for piece in &section.pieces {
                self.add(piece, false);
            }
            self.finish_section(place, position);
        }
    }

    fn add(&mut self, text: &str, in_head: bool) {
        words::each(text, &mut |word| {
            let id = if let Some(id) = self.ids.get(word) {
                *id
            } else {
                let id = number(self.lists.len());
                self.ids.insert(word.into(), id);
                self.lists.push(Places::default());
                id
            };
            self.words.push((id, in_head));
        });
    }

    fn finish_section(&mut self, page: u32, section: u16) {
        let heading = count(self.words.iter().filter(|(_, in_head)| *in_head).count());
        let length = count(self.words.len()) - heading;
        // A heading of one word is more about it than one of eight is about each.
        let share = heading.max(1.0).sqrt().recip();
        let head = if section == 0 { 9.0 + 6.0 * share } else { 7.0 + 5.0 * share };
        self.words.sort_unstable();
        for same in self.words.chunk_by(|a, b| a.0 == b.0) {
            let times = count(same.iter().filter(|(_, in_head)| !in_head).count());
            // BM25's saturation: a word that stands twice counts less than double, and less in a longer text. It stays below 7.
            let body = 6.0 * times / (times + 1.2 * (0.4 + 0.6 * length / USUAL_LENGTH));
            let weight = if same.iter().any(|(_, in_head)| *in_head) { head } else { body };
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is between 1 and 15")]
            let weight = weight.round().clamp(1.0, 15.0) as u8;
            self.lists[same[0].0 as usize].push(Place { page, section, weight });
        }
        self.words.clear();
    }
}

fn number(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

#[expect(clippy::cast_precision_loss, reason = "a section has fewer words than a float counts")]
fn count(words: usize) -> f32 {
    words as f32
}
