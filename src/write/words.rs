//! The theme's own words: `words/LANGUAGE.toml` of the built-in theme and the author's over it, text in, words by language out.

use crate::{
    error::{Error, SourceError},
    site::language,
};
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

/// The names of the words for months.
const MONTHS: [&str; 12] =
    ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

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

    /// What a language of a site is called: as it is configured, else as it calls itself, else its tag.
    pub(super) fn name<'a>(&'a self, language: &'a language::Language) -> &'a str {
        language.name.as_deref().unwrap_or_else(|| self.own_name(&language.tag))
    }

    /// What a language (BCP 47 tag) calls itself, else its tag.
    pub(super) fn own_name<'a>(&'a self, tag: &'a str) -> &'a str {
        self.of(tag).name.as_deref().filter(|_| self.has(tag)).unwrap_or(tag)
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

    /// A word with its placeholders filled.
    pub(super) fn filled<'a>(&self, name: &str, values: impl IntoIterator<Item = (&'a str, String)>) -> String {
        fill(self.word(name), values)
    }

    /// A duration in words.
    pub(super) fn duration(&self, minutes: u32) -> String {
        let counted = |name: &str, number: u32| self.counted(name, number as usize);
        match (minutes / 60, minutes % 60) {
            (0, minutes) => counted("minutes", minutes),
            (hours, 0) => counted("hours", hours),
            (hours, minutes) => {
                self.filled("hours_and_minutes", [("hours", counted("hours", hours)), ("minutes", counted("minutes", minutes))])
            }
        }
    }

    /// A day, in the form that the language's words give; days that have no word are in ISO's.
    pub(super) fn date(&self, date: jiff::civil::Date) -> String {
        let month = self.word(MONTHS.get(date.month().unsigned_abs() as usize - 1).copied().unwrap_or_default());
        self.filled("day", [("day", date.day().to_string()), ("month", month.to_owned()), ("year", date.year().to_string())])
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
    use std::collections::BTreeSet;

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

    /// The names of a table's words, those that are counted without their forms; and the forms of each that is.
    fn names(table: &toml::Table) -> (BTreeSet<String>, BTreeMap<String, BTreeSet<&'static str>>) {
        let mut names = BTreeSet::new();
        let mut forms: BTreeMap<String, BTreeSet<&'static str>> = BTreeMap::new();
        for name in table.iter().filter(|(_, value)| value.is_str()).map(|(name, _)| name) {
            let counted = counted_name(name);
            names.insert(counted.to_owned());
            let form = FORMS.iter().find(|(_, form)| name.strip_suffix(form).is_some_and(|start| start == counted));
            if let Some((_, form)) = form {
                forms.entry(counted.to_owned()).or_default().insert(form);
            }
        }
        (names, forms)
    }

    #[test]
    fn every_language_of_the_theme_has_the_words_of_english_and_no_others() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/words");
        let read = |language: &str| -> toml::Table {
            let text = std::fs::read_to_string(folder.join(format!("{language}.toml"))).expect("it can be read");
            toml::from_str(&text).expect("it is TOML")
        };
        let english = read(FALLBACK);
        let files = std::fs::read_dir(&folder).expect("it can be listed").map(|entry| entry.expect("it can be read").path());
        let languages: BTreeSet<String> = files.map(|path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned()).collect();
        assert!(languages.contains("zh"), "{languages:?}");
        for language in &languages {
            let own = read(language);
            let locale = Locale::try_from_str(language).expect("it is a tag");
            let rules = PluralRules::try_new_cardinal(locale.into()).expect("the language is known");
            let wanted: BTreeSet<PluralCategory> = rules.categories().collect();
            let wanted: BTreeSet<&str> = FORMS.iter().filter(|(form, _)| wanted.contains(form)).map(|(_, form)| *form).collect();
            for (table, english) in
                [(&own, &english), (own[SCRIPT].as_table().expect("a table"), english[SCRIPT].as_table().expect("a table"))]
            {
                let ((names, forms), (expected, _)) = (names(table), names(english));
                assert_eq!(names, expected, "the words of `{language}`");
                for (name, forms) in forms {
                    assert_eq!(forms, wanted, "the forms of `{name}` in `{language}`");
                }
                for (name, word) in table.iter().filter(|(_, word)| word.is_str()) {
                    if let Some(expected) = english.get(name) {
                        assert_eq!(placeholders(word), placeholders(expected), "the placeholders of `{name}` in `{language}`");
                    }
                }
            }
        }
    }

    /// The names in braces, but the number, which a language may spell out.
    fn placeholders(word: &toml::Value) -> BTreeSet<&str> {
        let names = word.as_str().unwrap_or_default().split('{').skip(1);
        names.filter_map(|rest| rest.split_once('}').map(|(name, _)| name)).filter(|name| *name != "count").collect()
    }

    #[test]
    fn durations_and_days_are_words() {
        let words = Words::parse(&[
            file("en", include_str!("../../templates/words/en.toml")),
            file("zh", include_str!("../../templates/words/zh.toml")),
        ]);
        let words = words.expect("the files are sound");
        let durations = |language: &str| [1, 25, 60, 70, 121].map(|minutes| words.of(language).duration(minutes)).join(", ");
        assert_eq!(durations("en"), "1 minute, 25 minutes, 1 hour, 1 hour 10 minutes, 2 hours 1 minute");
        assert_eq!(durations("zh"), "1 分钟, 25 分钟, 1 小时, 1 小时 10 分钟, 2 小时 1 分钟");
        let days = ["en", "zh"].map(|language| words.of(language).date(jiff::civil::date(2026, 12, 1)));
        assert_eq!(days, ["1 December 2026", "2026年12月1日"]);
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
