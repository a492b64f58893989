//! The theme's own words: `words/LANGUAGE.toml` of the built-in theme and the author's over it, text in, words by language out.

use crate::error::{Error, SourceError};
use icu_locale_core::Locale;
use icu_plurals::{PluralCategory, PluralRules};
use std::collections::BTreeMap;

/// The language whose words stand in where another has none.
const FALLBACK: &str = "en";

/// The table of a file that scripts read.
const SCRIPT: &str = "script";

/// What a language calls itself.
const NAME: &str = "language_name";

/// How the forms of a word that is counted end, by the categories of CLDR.
const FORMS: [(PluralCategory, &str); 6] = [
    (PluralCategory::Zero, "_zero"),
    (PluralCategory::One, "_one"),
    (PluralCategory::Two, "_two"),
    (PluralCategory::Few, "_few"),
    (PluralCategory::Many, "_many"),
    (PluralCategory::Other, OTHER),
];

/// The form that every language has.
const OTHER: &str = "_other";

/// The words of every language there is.
pub(super) struct Words {
    languages: BTreeMap<String, Language>,
}

/// The words of one language, complete: what it lacks is English.
#[derive(Clone, Debug, Default)]
pub(super) struct Language {
    /// The language (BCP 47 tag).
    pub(super) tag: String,
    /// What the language calls itself; its own words only.
    pub(super) name: Option<String>,
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
        let complete = |tag: &str, words: Language| Language {
            tag: tag.to_owned(),
            name: words.page.get(NAME).cloned(),
            page: over(&fallback.page, words.page),
            script: over(&fallback.script, words.script),
        };
        Ok(Self { languages: own.into_iter().map(|(language, words)| (language.to_owned(), complete(language, words))).collect() })
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

    /// Whether a language has words of its own.
    pub(super) fn has(&self, language: &str) -> bool {
        let nearest = self.nearest(language);
        language.get(..nearest.len()).is_some_and(|start| start.eq_ignore_ascii_case(nearest))
    }

    /// The words for a text in a language.
    pub(super) fn of(&self, language: &str) -> &Language {
        &self.languages[self.nearest(language)]
    }
}

impl Language {
    /// The script that hands its words to the other scripts, with the language under whose rules they are counted.
    pub(super) fn to_script(&self) -> String {
        let mut words = self.script.clone();
        words.insert("language".to_owned(), self.tag.clone());
        let json = serde_json::to_string(&words).expect("texts by name are JSON");
        format!("window.milepostWords={json};\n")
    }

    /// A word of templates; empty where no language has it.
    pub(super) fn word(&self, name: &str) -> &str {
        self.page.get(name).map_or("", String::as_str)
    }

    /// A number with what is counted, in the form that the language has for it; `{count}` stands for the number.
    pub(super) fn counted(&self, name: &str, number: usize) -> String {
        let form = self.page.get(&format!("{name}{}", self.form(number))).or_else(|| self.page.get(&format!("{name}{OTHER}")));
        fill(form.map_or("", String::as_str), [("count", number.to_string())])
    }

    fn form(&self, number: usize) -> &'static str {
        let rules = Locale::try_from_str(&self.tag).ok().and_then(|locale| PluralRules::try_new_cardinal(locale.into()).ok());
        let category = rules.map_or(PluralCategory::Other, |rules| rules.category_for(number));
        FORMS.iter().find(|(known, _)| *known == category).map_or(OTHER, |(_, form)| form)
    }
}

/// A language's own words over those that stand in. Of a word that is counted either all forms are its own or none.
fn over(fallback: &BTreeMap<String, String>, own: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let is_own = |name: &String| own.contains_key(&format!("{}{OTHER}", counted_name(name)));
    let mut whole: BTreeMap<String, String> =
        fallback.iter().filter(|(name, _)| !is_own(name)).map(|(name, word)| (name.clone(), word.clone())).collect();
    whole.extend(own);
    whole
}

/// The name of a word without the form of its number.
fn counted_name(name: &str) -> &str {
    FORMS.iter().find_map(|(_, form)| name.strip_suffix(form)).unwrap_or(name)
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
    fn every_language_counts_by_its_own_rules() {
        let files = [
            file("en", "steps_one = \"{count} step\"\nsteps_other = \"{count} steps\"\n"),
            file("zh", "steps_other = \"{count} 步\"\n"),
            file(
                "pl",
                "steps_one = \"{count} krok\"\nsteps_few = \"{count} kroki\"\nsteps_many = \"{count} kroków\"\nsteps_other = \"{count} kroku\"\n",
            ),
        ];
        let words = Words::parse(&files).expect("the files are sound");
        let counted = |language: &str| [0, 1, 2, 5, 22].map(|number| words.of(language).counted("steps", number)).join(", ");
        assert_eq!(counted("en"), "0 steps, 1 step, 2 steps, 5 steps, 22 steps");
        assert_eq!(counted("zh-CN"), "0 步, 1 步, 2 步, 5 步, 22 步");
        assert_eq!(counted("pl"), "0 kroków, 1 krok, 2 kroki, 5 kroków, 22 kroki");
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
