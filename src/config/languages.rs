//! `[languages]`: the languages of a site beside its own, each by its tag.

use serde::Deserialize;

/// `[languages.zh]`: one language of the site. That of `language` may have a table too.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct LanguageTable {
    /// What the language is called in the switcher: its own name for itself.
    pub name: Option<String>,
    /// The site's name in this language.
    pub title: Option<String>,
    /// One sentence about the site in this language.
    pub description: Option<String>,
    /// The writing direction, where the tag does not tell it.
    pub direction: Option<Direction>,
    /// Whether a page that has no translation is shown in the site's own language, with a note.
    pub fallback: bool,
}

impl Default for LanguageTable {
    fn default() -> Self {
        Self { name: None, title: None, description: None, direction: None, fallback: true }
    }
}

/// A writing direction.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// From left to right.
    Ltr,
    /// From right to left.
    Rtl,
}

impl Direction {
    /// The word of HTML's `dir`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ltr => "ltr",
            Self::Rtl => "rtl",
        }
    }

    /// The writing direction of a language (BCP 47 tag).
    #[must_use]
    pub fn of(language: &str) -> Self {
        let mut parts = language.split(['-', '_']);
        let primary = parts.next().unwrap_or_default().to_ascii_lowercase();
        let script = parts.find(|part| part.len() == 4).map(str::to_ascii_lowercase);
        let right = match script.as_deref() {
            Some("arab" | "hebr" | "thaa" | "syrc" | "nkoo" | "adlm") => true,
            Some(_) => false,
            None => matches!(primary.as_str(), "ar" | "he" | "fa" | "ur" | "yi" | "dv" | "ps" | "sd" | "ug" | "ckb" | "arc" | "syr"),
        };
        if right { Self::Rtl } else { Self::Ltr }
    }
}

/// Whether a word has the form of a language tag (BCP 47): parts of letters and digits, the first of letters.
pub(super) fn is_tag(word: &str) -> bool {
    let mut parts = word.split('-');
    let first = parts.next().is_some_and(|part| (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic()));
    first && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_direction_follows_the_script_before_the_language() {
        let words = ["en", "ar", "fa-IR", "az-Arab", "ar-Latn", "zh"].map(|tag| Direction::of(tag).word());
        assert_eq!(words, ["ltr", "rtl", "rtl", "rtl", "ltr", "ltr"]);
    }

    #[test]
    fn tags_are_told_from_names() {
        assert!(["en", "zh", "zh-Hans", "pt-BR", "gsw", "de-1996"].into_iter().all(is_tag));
        assert!(!["", "e", "english", "zh_CN", "zh/", "1a", "zh-", "zh-simplified-x"].into_iter().any(is_tag));
    }
}
