//! Heading ids as GitHub makes them; heading texts in, unique ids out.
//!
//! The rule is github-slugger's (2.0), whose fixtures are rendered by GitHub itself: lower-case, drop what is neither
//! letter, mark, decimal or letter number, connector, hyphen nor space, turn each space into a hyphen, number repeats.

use foldhash::HashMap;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Gives out ids that are unique on one page.
#[derive(Debug, Default)]
pub(crate) struct Slugger {
    seen: HashMap<String, u32>,
}

impl Slugger {
    /// Takes an id that its author gave, so that no heading's text leads to it again.
    pub(crate) fn reserve(&mut self, id: &str) {
        self.seen.entry(id.to_owned()).or_insert(0);
    }

    /// The id of a heading with this text.
    pub(crate) fn slug(&mut self, text: &str) -> String {
        self.unique(&slug(text))
    }

    /// An id that nothing else has, made of this one.
    pub(crate) fn unique(&mut self, slug: &str) -> String {
        let mut unique = slug.to_owned();
        if let Some(repeats) = self.seen.get(slug) {
            let mut repeats = *repeats;
            while self.seen.contains_key(&unique) {
                repeats += 1;
                unique = format!("{slug}-{repeats}");
            }
            self.seen.insert(slug.to_owned(), repeats);
        }
        self.seen.insert(unique.clone(), 0);
        unique
    }
}

/// The id of a text that nothing else on the page has.
pub(crate) fn slug(text: &str) -> String {
    if text.is_ascii() {
        let mut slug = String::with_capacity(text.len());
        slug.extend(text.bytes().filter_map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' => Some(char::from(byte.to_ascii_lowercase())),
            b' ' => Some('-'),
            _ => None,
        }));
        return slug;
    }
    text.to_lowercase()
        .chars()
        .filter(|character| stays(*character))
        .map(|character| if character == ' ' { '-' } else { character })
        .collect()
}

fn stays(character: char) -> bool {
    use GeneralCategory as Category;
    matches!(character, ' ' | '-')
        || character.is_alphabetic()
        || matches!(
            character.general_category(),
            Category::NonspacingMark
                | Category::SpacingMark
                | Category::EnclosingMark
                | Category::DecimalNumber
                | Category::LetterNumber
                | Category::ConnectorPunctuation
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Vector {
        headings: Vec<String>,
        slugs: Vec<String>,
    }

    #[test]
    fn the_vectors_of_github_slugger_hold() {
        let vectors = include_str!("../../tests/data/slug_vectors.jsonl");
        for line in vectors.lines() {
            let vector: Vector = serde_json::from_str(line).expect("the vectors are JSON lines");
            let mut slugger = Slugger::default();
            let slugs: Vec<String> = vector.headings.iter().map(|heading| slugger.slug(heading)).collect();
            assert_eq!(slugs, vector.slugs, "{:?}", vector.headings);
        }
    }
}
