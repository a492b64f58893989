//! Expressions of grammars, compiled by Oniguruma when they are first asked.

use onig::{EncodedBytes, EncodedChars, MatchParam, Regex, RegexOptions, Region, SearchOptions, Syntax};
use std::{borrow::Cow, sync::OnceLock};

/// A line of code.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) text: &'a str,
    is_ascii: bool,
}

impl<'a> Line<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, is_ascii: text.is_ascii() }
    }
}

/// An expression. In lines of ASCII, which most are, it has no need of the other characters: without them a class is a set of bytes,
/// which takes a fraction of the time to compile and to match.
pub(super) struct Expression {
    pattern: Cow<'static, str>,
    ascii: OnceLock<Option<Regex>>,
    unicode: OnceLock<Option<Regex>>,
}

impl Expression {
    pub(super) fn new(pattern: impl Into<Cow<'static, str>>) -> Self {
        Self { pattern: pattern.into(), ascii: OnceLock::new(), unicode: OnceLock::new() }
    }

    /// How long the match at a place is. A search that takes too many steps is none, as is one by a pattern that is not sound.
    pub(super) fn length_at(&self, line: Line<'_>, at: usize, region: &mut Region) -> Option<usize> {
        if line.is_ascii {
            let ascii = || in_ascii(&self.pattern).and_then(|pattern| compile(EncodedBytes::ascii(pattern.as_bytes())));
            if let Some(regex) = self.ascii.get_or_init(ascii) {
                return length(regex, EncodedBytes::ascii(line.text.as_bytes()), at, region);
            }
        }
        length(self.unicode.get_or_init(|| compile(&*self.pattern)).as_ref()?, line.text, at, region)
    }
}

/// Properties of characters, and those that have the same of ASCII, where only these have a name.
const PROPERTIES: [(&str, &str); 5] =
    [(r"\p{L}", r"\p{Alpha}"), (r"\p{Lu}", r"\p{Upper}"), (r"\p{Ll}", r"\p{Lower}"), (r"\p{N}", r"\p{Digit}"), (r"\p{Nd}", r"\p{Digit}")];

/// A pattern in words that there are for ASCII; none where it has other characters. What else has no words is not sound.
fn in_ascii(pattern: &str) -> Option<String> {
    if !pattern.is_ascii() {
        return None;
    }
    let mut out = String::with_capacity(pattern.len() + pattern.len() / 8);
    let mut rest = pattern;
    while let Some(at) = rest.find('\\') {
        let (plain, escape) = rest.split_at(at);
        out.push_str(plain);
        let property = PROPERTIES.iter().find(|(property, _)| escape.starts_with(property));
        // What is behind a backslash is none itself.
        let taken = property.map_or(escape.len().min(2), |(property, _)| property.len());
        out.push_str(property.map_or(&escape[..taken], |(_, ascii)| ascii));
        rest = &escape[taken..];
    }
    out.push_str(rest);
    Some(out)
}

fn compile(pattern: impl EncodedChars) -> Option<Regex> {
    Regex::with_options_and_encoding(pattern, RegexOptions::REGEX_OPTION_CAPTURE_GROUP, Syntax::default()).ok()
}

fn length(regex: &Regex, text: impl EncodedChars, at: usize, region: &mut Region) -> Option<usize> {
    regex.match_with_param(text, at, SearchOptions::SEARCH_OPTION_NONE, Some(region), MatchParam::default()).ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_have_the_same_of_ascii_in_both() {
        let classes =
            ["alnum", "alpha", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "xdigit", "word", "ascii"];
        let brackets = classes.iter().flat_map(|class| [format!("[[:{class}:]]"), format!("[^[:{class}:]]"), format!(r"\p{{{class}}}")]);
        let escapes =
            [r"\w", r"\W", r"\d", r"\D", r"\s", r"\S", r"\h", r"\H", r"\b.", r".\B", ".", "(?i)[a-k]", "(?i)S", "[^k]", r"\R", r"\X"];
        let properties = PROPERTIES.iter().flat_map(|(property, _)| {
            [(*property).to_owned(), format!("[^{property}]"), format!("(?i)[{property}]"), format!(r"\\{}|\\", &property[1..])]
        });
        for pattern in brackets.chain(escapes.map(str::to_owned)).chain(properties) {
            let expression = Expression::new(pattern.clone());
            for byte in 0..128_u8 {
                let text = char::from(byte).to_string();
                let [ascii, unicode] =
                    [true, false].map(|is_ascii| expression.length_at(Line { text: &text, is_ascii }, 0, &mut Region::new()));
                assert_eq!(ascii, unicode, "{pattern} at {text:?}");
            }
        }
    }

    #[test]
    fn what_ascii_has_no_words_for_is_taken_as_it_is() {
        for pattern in ["é|b", r"\p{Greek}|b", r"\x{5f00}|b", r"[\x{e9}-\x{f0}b]", r"(?i)ß|b"] {
            let expression = Expression::new(pattern);
            assert_eq!(expression.length_at(Line::new("ab"), 1, &mut Region::new()), Some(1), "{pattern}");
        }
        assert_eq!(Expression::new("[é-ö]+").length_at(Line::new("aéö"), 1, &mut Region::new()), Some(4));
        assert_eq!(Expression::new("(").length_at(Line::new("("), 0, &mut Region::new()), None);
    }
}
