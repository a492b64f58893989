//! Text to the words that are searched for: lower case without accents, and pairs of characters where words have no spaces.
//! `search.js` cuts what a reader types in the same way.

use icu_normalizer::DecomposingNormalizerBorrowed;
use std::borrow::Cow;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// Longer words are keys and checksums, which nobody types.
const LONGEST: usize = 60;

/// What a character is to a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// It parts words.
    Gap,
    /// It belongs to a word.
    Letter,
    /// A word's boundary cannot be told from it: Chinese, and the syllables of Japanese.
    Ideograph,
}

/// Calls back with each word of a text, in its order.
pub(super) fn each(text: &str, on_word: &mut dyn FnMut(&str)) {
    let mut run = (Kind::Gap, 0);
    for (at, character) in text.char_indices() {
        let kind = kind(character);
        if kind != run.0 {
            finish(run.0, &text[run.1..at], on_word);
            run = (kind, at);
        }
    }
    finish(run.0, &text[run.1..], on_word);
}

/// Whether a word is one of those that stand for a piece of a text without spaces.
pub(super) fn is_ideographic(word: &str) -> bool {
    word.chars().next().is_some_and(|first| kind(first) == Kind::Ideograph)
}

fn kind(character: char) -> Kind {
    if character.is_ascii() {
        return if character.is_ascii_alphanumeric() { Kind::Letter } else { Kind::Gap };
    }
    match character {
        '\u{3041}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{323af}' => Kind::Ideograph,
        _ if character.is_alphanumeric() || is_mark(character) => Kind::Letter,
        _ => Kind::Gap,
    }
}

fn is_mark(character: char) -> bool {
    character.general_category_group() == GeneralCategoryGroup::Mark
}

fn finish(kind: Kind, run: &str, on_word: &mut dyn FnMut(&str)) {
    match kind {
        Kind::Gap => {}
        Kind::Letter => {
            let word = folded(run);
            if !word.is_empty() && word.len() <= LONGEST {
                on_word(&word);
            }
        }
        // Pairs, and the last character alone: so that every character begins a word.
        Kind::Ideograph => {
            let starts: Vec<usize> = run.char_indices().map(|(at, _)| at).chain([run.len()]).collect();
            for (position, start) in starts[..starts.len() - 1].iter().enumerate() {
                on_word(&run[*start..*starts.get(position + 2).unwrap_or(&run.len())]);
            }
        }
    }
}

/// A word in lower case, without accents, with the plain form of letters that have several.
fn folded(run: &str) -> Cow<'_, str> {
    if run.is_ascii() {
        return if run.bytes().any(|byte| byte.is_ascii_uppercase()) { run.to_ascii_lowercase().into() } else { run.into() };
    }
    let plain = DecomposingNormalizerBorrowed::new_nfkd().normalize(run);
    let letters: String = plain.chars().filter(|character| !is_mark(*character)).collect();
    letters.to_lowercase().chars().filter(|character| character.is_alphanumeric()).collect::<String>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let mut words = Vec::new();
        each(text, &mut |word| words.push(word.to_owned()));
        words
    }

    #[test]
    fn words_are_lower_case_and_without_accents() {
        assert_eq!(words("Run `ssh-keygen`: Café, Ｅｃｓ_2!"), ["run", "ssh", "keygen", "cafe", "ecs", "2"]);
        assert_eq!(words("e\u{301}te\u{301} ﬁn Ünï"), ["ete", "fin", "uni"]);
    }

    #[test]
    fn text_without_spaces_becomes_pairs_and_its_last_character() {
        assert_eq!(words("创建云主机"), ["创建", "建云", "云主", "主机", "机"]);
        assert_eq!(words("用SSH登录。"), ["用", "ssh", "登录", "录"]);
    }

    #[test]
    fn what_nobody_types_is_no_word() {
        assert_eq!(words(&format!("{} ok — …", "x".repeat(61))), ["ok"]);
    }
}
