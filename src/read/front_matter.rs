//! The settings at the top of a guide: YAML between `---`, TOML between `+++`; text in, [`FrontMatter`] and findings out.

use super::value::{self, Name, Node, Value};
use crate::{
    config::Derive,
    diagnostic::{Diagnostic, Rule, Span},
    site::page::{AliasPlaces, FrontMatter, Settings},
};
use std::sync::Arc;

/// The keys that the program knows.
const KEYS: &[&str] = &[
    "title",
    "description",
    "draft",
    "slug",
    "weight",
    "aliases",
    "template",
    "updated",
    "toc",
    "sidebar",
    "search",
    "checklist",
    "language",
    "extra",
];

/// The settings of a guide, the offset where its text begins, and the mistakes in between.
pub(crate) fn split(file: &Arc<str>, text: &str) -> (FrontMatter, usize, Vec<Diagnostic>) {
    let Some((block, fence, end)) = block(text) else { return (FrontMatter::default(), 0, Vec::new()) };
    let base = block.start;
    let inside = &text[block.clone()];
    if inside.trim().is_empty() {
        return (FrontMatter::default(), end, Vec::new());
    }
    let parsed = if fence == "---" { value::yaml(inside) } else { value::toml(inside) };
    if matches!(&parsed, Ok(Node { value: Value::Text(_), .. })) {
        return (FrontMatter::default(), 0, Vec::new());
    }
    let mut mistakes = Vec::new();
    let front_matter = match parsed {
        Ok(node) => Reader { file, base, mistakes: &mut mistakes }.read(&node),
        Err(mistake) => {
            let language = if fence == "---" { "YAML" } else { "TOML" };
            let span = shift(mistake.span, base);
            mistakes.push(
                Diagnostic::new(file, span, Rule::FrontMatter, format!("the front matter is not {language}: {}", mistake.message))
                    .help("quote values that hold `:` or `#`, or begin with a special character"),
            );
            FrontMatter::default()
        }
    };
    (front_matter, end, mistakes)
}

/// Where the settings of a guide are, and its aliases in them.
pub(crate) fn settings(text: &str) -> Settings {
    let Some((block, fence, _)) = block(text) else { return Settings::Absent };
    let (is_toml, span, inside) = (fence == "+++", Span::new(block.start, block.end), &text[block.clone()]);
    let parsed = match inside.trim() {
        "" => return Settings::Block { is_toml, span, aliases: None },
        _ if is_toml => value::toml(inside),
        _ => value::yaml(inside),
    };
    let entries = match parsed.map(|node| node.value) {
        Ok(Value::Text(_)) => return Settings::Absent,
        Ok(Value::Null) => Vec::new(),
        Ok(Value::Table(entries)) => entries,
        _ => return Settings::Unreadable,
    };
    let aliases = entries.iter().find(|(name, _)| name.text == "aliases").map(|(name, node)| AliasPlaces {
        name: shift(name.span, block.start),
        is_list: matches!(node.value, Value::List(_) | Value::Null),
        items: match &node.value {
            Value::List(items) => items.iter().map(|item| (shift(item.span, block.start), item.text().unwrap_or_default())).collect(),
            _ => Vec::new(),
        },
    });
    Settings::Block { is_toml, span, aliases }
}

fn shift(span: Span, base: usize) -> Span {
    Span::new(base + span.start as usize, base + span.end as usize)
}

/// The range between the fences, the fence, and the offset after the closing one; none when it never closes.
fn block(text: &str) -> Option<(std::ops::Range<usize>, &'static str, usize)> {
    let fence = ["---", "+++"].into_iter().find(|fence| text.starts_with(fence))?;
    let (_, first) = line(text, 0)?;
    if text[3..first].trim_end() != "" {
        return None;
    }
    let starts_blank = line(text, first).is_some_and(|(end, _)| text[first..end].trim().is_empty());
    if fence == "---" && starts_blank {
        return None;
    }
    let mut at = first;
    while let Some((end, next)) = line(text, at) {
        if text[at..end].trim_end() == fence {
            return Some((first..at, fence, next));
        }
        at = next;
    }
    None
}

/// The end of the line at `at`, and where the next begins.
fn line(text: &str, at: usize) -> Option<(usize, usize)> {
    if at >= text.len() {
        return None;
    }
    let end = text[at..].find(['\n', '\r']).map_or(text.len(), |length| at + length);
    let next = if text[end..].starts_with("\r\n") { end + 2 } else { (end + 1).min(text.len()) };
    Some((end, next))
}

struct Reader<'a> {
    file: &'a Arc<str>,
    base: usize,
    mistakes: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    fn read(mut self, node: &Node) -> FrontMatter {
        let mut found = FrontMatter::default();
        let entries = match &node.value {
            Value::Table(entries) => entries,
            Value::Null => return found,
            _ => {
                self.mistake(node.span, format!("the front matter is {}, not a table of keys", node.kind()), "write `key: value` lines");
                return found;
            }
        };
        for (name, node) in entries {
            if node.value == Value::Null && KEYS.contains(&name.text.as_str()) {
                continue;
            }
            match name.text.as_str() {
                "title" => found.title = self.text(name, node),
                "description" => found.description = self.text(name, node),
                "draft" => found.draft = self.truth(name, node).unwrap_or(false),
                "slug" => found.slug = self.slug(name, node),
                "weight" => found.weight = self.integer(name, node),
                "aliases" => found.aliases = self.aliases(name, node),
                "template" => found.template = self.text(name, node),
                "updated" => found.updated = self.date(name, node),
                "toc" => found.toc = self.truth(name, node),
                "sidebar" => found.sidebar = self.truth(name, node),
                "search" => found.search = self.truth(name, node),
                "checklist" => {
                    found.checklist = self.one_of(name, node, &["headings", "items", "ordered"]).map(|word| match word.as_str() {
                        "headings" => Derive::Headings,
                        "items" => Derive::Items,
                        _ => Derive::Ordered,
                    });
                }
                "language" => found.language = self.text(name, node),
                "extra" => match &node.value {
                    Value::Table(entries) => {
                        found.extra.extend(entries.iter().map(|(name, node)| (name.text.clone(), node.json())));
                    }
                    _ => self.wrong_kind(name, node, "a table", "write the keys below it, indented"),
                },
                key => {
                    found.extra.insert(key.to_owned(), node.json());
                }
            }
        }
        found
    }

    fn text(&mut self, name: &Name, node: &Node) -> Option<String> {
        let text = node.text();
        if text.is_none() {
            self.wrong_kind(name, node, "text", "write it on one line, in quotes if it holds `:` or `#`");
        }
        text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    fn truth(&mut self, name: &Name, node: &Node) -> Option<bool> {
        if let Value::Bool(truth) = node.value {
            return Some(truth);
        }
        self.wrong_kind(name, node, "`true` or `false`", "write `true` or `false`, without quotes");
        None
    }

    fn integer(&mut self, name: &Name, node: &Node) -> Option<i64> {
        if let Value::Integer(number) = node.value {
            return Some(number);
        }
        self.wrong_kind(name, node, "a whole number", "write a whole number, without quotes");
        None
    }

    fn slug(&mut self, name: &Name, node: &Node) -> Option<String> {
        let slug = self.text(name, node)?;
        if slug.contains(['/', '\\', '?', '#']) || slug.contains(char::is_control) || slug == "." || slug == ".." {
            self.mistake(node.span, format!("`slug` is one part of an address, and `{slug}` is not"), "leave out `/`, `\\`, `?` and `#`");
            return None;
        }
        Some(slug)
    }

    fn aliases(&mut self, name: &Name, node: &Node) -> Vec<String> {
        let Value::List(items) = &node.value else {
            self.wrong_kind(name, node, "a list", "write `aliases: [old/address/]`");
            return Vec::new();
        };
        let mut aliases = Vec::new();
        for item in items {
            match item.text() {
                Some(alias)
                    if !alias.split('/').any(|part| part == "..") && !alias.contains(['?', '#', '\\']) && !alias.contains("://") =>
                {
                    aliases.push(alias);
                }
                _ => self.mistake(
                    item.span,
                    "an alias is an address on this site".to_owned(),
                    "write it from the site's root, such as `/old/address/`",
                ),
            }
        }
        aliases
    }

    fn date(&mut self, name: &Name, node: &Node) -> Option<jiff::civil::Date> {
        let text = self.text(name, node)?;
        let date = text.get(..10).unwrap_or(&text).parse().ok();
        if date.is_none() {
            self.mistake(node.span, format!("`updated` is not a date: `{text}`"), "write it as `2026-01-31`");
        }
        date
    }

    fn one_of(&mut self, name: &Name, node: &Node, known: &[&str]) -> Option<String> {
        let text = self.text(name, node)?;
        if known.contains(&text.as_str()) {
            return Some(text);
        }
        self.mistake(node.span, format!("`{}` cannot be `{text}`", name.text), &format!("known here: `{}`", known.join("`, `")));
        None
    }

    fn wrong_kind(&mut self, name: &Name, node: &Node, wanted: &str, help: &str) {
        let is_scalar = !matches!(node.value, Value::List(_) | Value::Table(_) | Value::Null);
        let span = if is_scalar { node.span } else { name.span };
        self.mistake(span, format!("`{}` is {}, not {wanted}", name.text, node.kind()), help);
    }

    fn mistake(&mut self, span: Span, message: String, help: &str) {
        self.mistakes.push(Diagnostic::new(self.file, shift(span, self.base), Rule::FrontMatter, message).help(help));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (FrontMatter, usize, Vec<String>) {
        let (front_matter, end, mistakes) = split(&Arc::from("a.md"), text);
        (front_matter, end, mistakes.iter().map(|m| format!("{}: {}", &text[m.span.range()], m.message)).collect())
    }

    #[test]
    fn both_languages_say_the_same() {
        let (yaml, ..) = read("---\ntitle: T\nweight: 2\ndraft: true\naliases: [/a/]\nupdated: 2026-01-02\nother: 1\n---\nx");
        let (toml, ..) = read("+++\ntitle = 'T'\nweight = 2\ndraft = true\naliases = ['/a/']\nupdated = 2026-01-02\nother = 1\n+++\nx");
        assert_eq!(yaml, toml);
        assert_eq!(yaml.title.as_deref(), Some("T"));
        assert_eq!(yaml.updated, Some(jiff::civil::date(2026, 1, 2)));
        assert_eq!(yaml.extra.get("other"), Some(&serde_json::json!(1)));
    }

    #[test]
    fn line_endings_of_all_kinds_end_the_block() {
        for text in ["---\ntitle: T\n---\nx", "---\r\ntitle: T\r\n---\r\nx", "---\rtitle: T\r---\rx"] {
            let (front_matter, end, mistakes) = read(text);
            assert_eq!((front_matter.title.as_deref(), &text[end..], mistakes.len()), (Some("T"), "x", 0), "{text:?}");
        }
    }

    #[test]
    fn what_never_closes_or_holds_no_keys_is_content() {
        for text in ["---\ntitle: T\n", "--- x\n---\n", "----\na\n----\n", "", "---\n\nAfter a rule\n\n---\n", "---\nA heading\n---\n"] {
            assert_eq!(read(text), (FrontMatter::default(), 0, vec![]), "{text:?}");
        }
    }

    #[test]
    fn mistakes_name_their_place() {
        let (_, _, mistakes) = read("---\ntitle: [a]\ndraft: maybe\nweight: x\nupdated: soon\nslug: a/b\n---\n");
        assert_eq!(
            mistakes,
            [
                "title: `title` is a list, not text",
                "maybe: `draft` is text, not `true` or `false`",
                "x: `weight` is text, not a whole number",
                "soon: `updated` is not a date: `soon`",
                "a/b: `slug` is one part of an address, and `a/b` is not",
            ]
        );
        let (_, _, mistakes) = read("---\na: b: c\n---\n");
        assert!(mistakes[0].contains("the front matter is not YAML"), "{mistakes:?}");
    }
}
