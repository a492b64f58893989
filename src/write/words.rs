//! The theme's own words: `words/LANGUAGE.toml` of the built-in theme and the author's over it, text in, words by language out.

use crate::error::{Error, SourceError};
use std::collections::BTreeMap;

/// The language whose words stand in where another has none.
const FALLBACK: &str = "en";

/// The table of a file that scripts read.
const SCRIPT: &str = "script";

/// The words of every language there is.
pub(super) struct Words {
    languages: BTreeMap<String, Language>,
}

/// The words of one language, complete: what it lacks is English.
#[derive(Clone, Default)]
pub(super) struct Language {
    /// What templates write, by name.
    pub(super) page: BTreeMap<String, String>,
    /// What scripts write, by name.
    pub(super) script: BTreeMap<String, String>,
}

impl Words {
    /// Reads the files of words; `files` are their languages, the names for messages and the texts, the author's after the built-in one.
    ///
    /// # Errors
    /// A file that is not TOML or holds anything but texts and the table `script`.
    pub(super) fn parse(files: &[(String, String, String)]) -> Result<Self, Error> {
        let mut own: BTreeMap<&str, Language> = BTreeMap::new();
        for (language, shown, text) in files {
            let parsed: toml::Table = toml::from_str(text).map_err(|error| {
                let span = error.span().unwrap_or(0..0);
                mistake(shown, text, span, error.message().lines().next().unwrap_or_default().to_owned())
            })?;
            let words = own.entry(language).or_default();
            for (name, value) in parsed {
                match value {
                    toml::Value::String(word) => drop(words.page.insert(name, word)),
                    toml::Value::Table(table) if name == SCRIPT => {
                        for (name, value) in table {
                            let toml::Value::String(word) = value else { return Err(no_text(shown, text, &name)) };
                            words.script.insert(name, word);
                        }
                    }
                    _ => return Err(no_text(shown, text, &name)),
                }
            }
        }
        let fallback = own.get(FALLBACK).cloned().unwrap_or_default();
        let complete = |words: Language| {
            let mut whole = fallback.clone();
            whole.page.extend(words.page);
            whole.script.extend(words.script);
            whole
        };
        Ok(Self { languages: own.into_iter().map(|(language, words)| (language.to_owned(), complete(words))).collect() })
    }

    /// The language of the words for a text in a language (BCP 47 tag): the nearest that there is, else English.
    pub(super) fn nearest(&self, language: &str) -> &str {
        let mut tag = language;
        loop {
            if let Some((known, _)) = self.languages.iter().find(|(known, _)| known.eq_ignore_ascii_case(tag)) {
                return known;
            }
            match tag.rsplit_once(['-', '_']) {
                Some((shorter, _)) => tag = shorter,
                None => return FALLBACK,
            }
        }
    }

    /// The words for a text in a language.
    pub(super) fn of(&self, language: &str) -> &Language {
        &self.languages[self.nearest(language)]
    }
}

impl Language {
    /// The script that hands its words to the other scripts.
    pub(super) fn to_script(&self) -> String {
        let json = serde_json::to_string(&self.script).expect("texts by name are JSON");
        format!("window.milepostWords={json};\n")
    }
}

/// A word with its placeholders filled: `{name}` stands for a value.
pub(super) fn fill<'a>(word: &str, values: impl IntoIterator<Item = (&'a str, String)>) -> String {
    values.into_iter().fold(word.to_owned(), |word, (name, value)| word.replace(&format!("{{{name}}}"), &value))
}

fn no_text(shown: &str, text: &str, name: &str) -> Error {
    let start = text.find(name).unwrap_or(0);
    mistake(shown, text, start..start + name.len(), format!("`{name}` is no text"))
}

fn mistake(shown: &str, text: &str, span: std::ops::Range<usize>, message: String) -> Error {
    let help = Some("write `name = \"the word\"`".to_owned());
    Error::Source(Box::new(SourceError { path: shown.to_owned(), text: text.to_owned(), span, message, help }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(language: &str, text: &str) -> (String, String, String) {
        (language.to_owned(), format!("words/{language}.toml"), text.to_owned())
    }

    #[test]
    fn what_a_language_lacks_is_english() {
        let files = [file("en", "next = \"Next\"\nmenu = \"Menu\"\n[script]\ncopy = \"Copy\"\n"), file("de", "next = \"Weiter\"\n")];
        let words = Words::parse(&files).expect("the files are sound");
        let german = words.of("de-AT");
        assert_eq!(
            (german.page["next"].as_str(), german.page["menu"].as_str(), german.script["copy"].as_str()),
            ("Weiter", "Menu", "Copy")
        );
        assert_eq!(words.of("fr").page["next"], "Next");
    }

    #[test]
    fn the_authors_words_replace_single_ones() {
        let files = [file("en", "next = \"Next\"\nmenu = \"Menu\"\n"), file("en", "next = \"Go on\"\n")];
        let words = Words::parse(&files).expect("the files are sound");
        assert_eq!((words.of("en").page["next"].as_str(), words.of("en").page["menu"].as_str()), ("Go on", "Menu"));
    }

    #[test]
    fn a_word_that_is_no_text_is_told_with_its_place() {
        let error = Words::parse(&[file("en", "next = \"Next\"\nmenu = 4\n")]).err().expect("4 is no word");
        assert_eq!(error.to_string(), "words/en.toml:2: `menu` is no text");
    }

    #[test]
    fn placeholders_are_filled() {
        assert_eq!(fill("More of {count} pages", [("count", "12".to_owned())]), "More of 12 pages");
    }
}
