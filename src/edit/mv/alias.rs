//! A redirect into a guide: its text, where its settings are and its former address in, the text with the alias out, and not a
//! byte else changed.

use super::navigation::single;
use crate::site::page::{AliasPlaces, Settings};
use std::{ops::Range, sync::Arc};

/// A former address of a page, as an alias says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// The page, by the path that it has before the move.
    pub file: Arc<str>,
    /// The address that it leaves; none where nothing needs to lead on from there.
    pub add: Option<String>,
    /// The alias that is its own address from now on.
    pub remove: Option<String>,
}

/// The text with its aliases changed. Fails with the reason why they cannot be.
pub(super) fn write(text: &str, settings: &Settings, left: &Left) -> Result<String, String> {
    let (is_toml, block, places) = match settings {
        Settings::Absent => return Ok(left.add.as_ref().map_or_else(|| text.to_owned(), |alias| with_block(text, alias))),
        Settings::Unreadable => return Err("its front matter cannot be read; mend it first".to_owned()),
        Settings::Block { is_toml, span, aliases } => (*is_toml, span.range(), aliases),
    };
    let quoted = left.add.as_ref().map(|alias| if is_toml { basic(alias) } else { scalar(alias) });
    let Some(places) = places else {
        return Ok(quoted.map_or_else(|| text.to_owned(), |alias| with_key(text, is_toml, &block, &alias)));
    };
    if !places.is_list {
        return Err("its `aliases` are no list; mend that first".to_owned());
    }
    let own = left.remove.as_ref().and_then(|own| places.items.iter().position(|(_, alias)| alias == own));
    match (quoted, own) {
        (Some(alias), Some(own)) => Ok(replaced(text, &item(text, places, own), &alias)),
        (Some(alias), None) => Ok(added(text, places, &block, &alias)),
        (None, Some(own)) => Ok(removed(text, places, own)),
        (None, None) => Ok(text.to_owned()),
    }
}

/// A guide without front matter gets one.
fn with_block(text: &str, alias: &str) -> String {
    let end = ending(text);
    format!("---{end}aliases: [{}]{end}---{end}{end}{text}", scalar(alias))
}

/// TOML's keys come before its tables; YAML's are written below the others.
fn with_key(text: &str, is_toml: bool, block: &Range<usize>, alias: &str) -> String {
    let end = ending(text);
    if is_toml {
        return format!("{}aliases = [{alias}]{end}{}", &text[..block.start], &text[block.start..]);
    }
    format!("{}aliases: [{alias}]{end}{}", &text[..block.end], &text[block.end..])
}

fn added(text: &str, places: &AliasPlaces, block: &Range<usize>, alias: &str) -> String {
    let Some(last) = places.items.len().checked_sub(1) else {
        let after = places.name.end as usize;
        let rest = &text[after..block.end];
        if let Some(open) = rest.find('[').filter(|open| !rest[..*open].contains('\n')) {
            return replaced(text, &(after + open + 1..after + open + 1), alias);
        }
        let colon = rest.find(':').map_or(after, |colon| after + colon + 1);
        return replaced(text, &(colon..colon), &format!(" [{alias}]"));
    };
    let item = item(text, places, last);
    if is_in_brackets(text, item.start) {
        return replaced(text, &(item.end..item.end), &format!(", {alias}"));
    }
    let line = text[..item.start].rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let end = text[item.end..].find(['\n', '\r']).map_or(text.len(), |at| item.end + at);
    replaced(text, &(end..end), &format!("{}{}{alias}", ending(text), &text[line..item.start]))
}

fn removed(text: &str, places: &AliasPlaces, own: usize) -> String {
    let range = item(text, places, own);
    if !is_in_brackets(text, range.start) {
        let line = text[..range.start].rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let rest = &text[range.end..];
        let end = rest.find(['\n', '\r']).map_or(text.len(), |at| range.end + at + if rest[at..].starts_with("\r\n") { 2 } else { 1 });
        return replaced(text, &(line..end), "");
    }
    let range = if own + 1 < places.items.len() {
        range.start..item(text, places, own + 1).start
    } else if own > 0 {
        item(text, places, own - 1).end..range.end
    } else {
        range
    };
    replaced(text, &range, "")
}

/// Whether an item stands in a list with brackets.
fn is_in_brackets(text: &str, item: usize) -> bool {
    text[..item].trim_end().ends_with(['[', ','])
}

/// The range of an item with the quotes around it.
fn item(text: &str, places: &AliasPlaces, index: usize) -> Range<usize> {
    let range = places.items[index].0.range();
    let is_quoted = ['"', '\''].iter().any(|quote| text[..range.start].ends_with(*quote) && text[range.end..].starts_with(*quote));
    if is_quoted { range.start - 1..range.end + 1 } else { range }
}

fn replaced(text: &str, range: &Range<usize>, new: &str) -> String {
    format!("{}{new}{}", &text[..range.start], &text[range.end..])
}

/// The line ending of a text: that of its first line.
fn ending(text: &str) -> &'static str {
    match text.find(['\n', '\r']) {
        Some(at) if text[at..].starts_with("\r\n") => "\r\n",
        Some(at) if text[at..].starts_with('\r') => "\r",
        _ => "\n",
    }
}

/// A YAML value, in quotes where it needs them.
fn scalar(text: &str) -> String {
    if text.chars().all(|c| c.is_alphanumeric() || "/-_.%".contains(c)) { text.to_owned() } else { single(text) }
}

/// A TOML value.
pub(super) fn basic(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Span;

    /// Where the settings of a text are, found as a person would find them.
    fn settings(text: &str) -> Settings {
        let Some(fence) = ["---", "+++"].into_iter().find(|fence| text.starts_with(fence)) else { return Settings::Absent };
        let start = text.find('\n').expect("there is a line") + 1;
        let end = text[start..].rfind(fence).map(|at| start + at).expect("it is closed");
        let aliases = text.find("aliases").map(|name| {
            let items = text.match_indices("/o").filter(|(at, _)| *at > name).map(|(at, _)| {
                let length = text[at..].find([']', ',', '\n', '\r', '"', '\'']).expect("it ends");
                (Span::new(at, at + length), text[at..at + length].to_owned())
            });
            AliasPlaces { name: Span::new(name, name + 7), is_list: true, items: items.collect() }
        });
        Settings::Block { is_toml: fence == "+++", span: Span::new(start, end), aliases }
    }

    fn left(text: &str, add: Option<&str>, remove: Option<&str>) -> String {
        let left = Left { file: "a.md".into(), add: add.map(str::to_owned), remove: remove.map(str::to_owned) };
        write(text, &settings(text), &left).expect("it can be written")
    }

    #[test]
    fn an_alias_joins_what_is_there() {
        for (before, after) in [
            ("# A\r\n", "---\r\naliases: [/n/]\r\n---\r\n\r\n# A\r\n"),
            ("---\ntitle: T\n---\nx", "---\ntitle: T\naliases: [/n/]\n---\nx"),
            ("---\naliases: [/o/]\n---\n", "---\naliases: [/o/, /n/]\n---\n"),
            ("---\naliases: [\"/o/\" ]\n---\n", "---\naliases: [\"/o/\", /n/ ]\n---\n"),
            (
                "---\naliases:\n  - /o1/ # first\n  - '/o2/'\nx: y\n---\n",
                "---\naliases:\n  - /o1/ # first\n  - '/o2/'\n  - /n/\nx: y\n---\n",
            ),
            ("---\naliases: []\n---\n", "---\naliases: [/n/]\n---\n"),
            ("---\naliases:\n---\n", "---\naliases: [/n/]\n---\n"),
            ("+++\ntitle = 'T'\n[extra]\n+++\n", "+++\naliases = [\"/n/\"]\ntitle = 'T'\n[extra]\n+++\n"),
            ("+++\naliases = ['/o/']\n+++\n", "+++\naliases = ['/o/', \"/n/\"]\n+++\n"),
        ] {
            assert_eq!(left(before, Some("/n/"), None), after);
        }
        assert_eq!(left("x", Some("/a b/"), None), "---\naliases: ['/a b/']\n---\n\nx");
    }

    #[test]
    fn an_alias_that_is_the_address_again_goes_and_nothing_else() {
        for (before, after) in [
            ("---\naliases: [/o1/, /o2/, /o3/]\n---\n", "---\naliases: [/o1/, /o3/]\n---\n"),
            ("---\naliases: [/o1/, /o2/]\n---\n", "---\naliases: [/o1/]\n---\n"),
            ("---\naliases: [/o2/]\n---\n", "---\naliases: []\n---\n"),
            ("---\naliases:\r\n- /o1/\r\n- /o2/\r\n---\r\n", "---\naliases:\r\n- /o1/\r\n---\r\n"),
        ] {
            assert_eq!(left(before, None, Some("/o2/")), after);
        }
        assert_eq!(left("---\naliases: [/o1/, '/o2/']\n---\n", Some("/n/"), Some("/o2/")), "---\naliases: [/o1/, /n/]\n---\n");
    }
}
