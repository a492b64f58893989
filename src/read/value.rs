//! YAML and TOML as one tree of values with their places: front matter and navigation files in, [`Node`] out.

use crate::diagnostic::Span;
use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, SeqAccess, Visitor},
};
use std::fmt;

/// A value with its place in the text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) value: Value,
    pub(crate) span: Span,
}

/// What both languages can say.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    Table(Vec<(Name, Node)>),
}

/// A key with its place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) span: Span,
}

/// Why a text is not a tree, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    pub(crate) message: String,
    pub(crate) span: Span,
}

impl Node {
    /// The value under a key of a table.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        match &self.value {
            Value::Table(entries) => entries.iter().find(|(name, _)| name.text == key).map(|(_, node)| node),
            _ => None,
        }
    }

    /// The text of a scalar.
    pub(crate) fn text(&self) -> Option<String> {
        match &self.value {
            Value::Text(text) => Some(text.clone()),
            Value::Integer(number) => Some(number.to_string()),
            Value::Float(number) => Some(number.to_string()),
            Value::Bool(truth) => Some(truth.to_string()),
            Value::Null | Value::List(_) | Value::Table(_) => None,
        }
    }

    /// The same value as JSON, for templates.
    pub(crate) fn json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(truth) => (*truth).into(),
            Value::Integer(number) => (*number).into(),
            Value::Float(number) => (*number).into(),
            Value::Text(text) => text.as_str().into(),
            Value::List(nodes) => nodes.iter().map(Self::json).collect(),
            Value::Table(entries) => {
                serde_json::Value::Object(entries.iter().map(|(name, node)| (name.text.clone(), node.json())).collect())
            }
        }
    }

    /// What kind of value it is, in words.
    pub(crate) fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Bool(_) => "true or false",
            Value::Integer(_) | Value::Float(_) => "a number",
            Value::Text(_) => "text",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
        }
    }
}

/// Reads YAML.
pub(crate) fn yaml(text: &str) -> Result<Node, Mistake> {
    let options = serde_saphyr::options! { strict_booleans: true, with_snippet: false };
    serde_saphyr::from_str_with_options::<Located>(text, options).map(Located::node).map_err(|error| {
        let span = error.location().map_or(Span::default(), |location| place_of_mistake(&location, text));
        let message = error.without_snippet().to_string();
        let message = message.lines().next().unwrap_or_default();
        // What follows is meant for programmers: its own position, and options to set.
        let message = message.split(" at line ").next().unwrap_or(message).split(", set ").next().unwrap_or(message);
        Mistake { message: message.to_owned(), span: clamp(span, text) }
    })
}

/// Reads TOML.
pub(crate) fn toml(text: &str) -> Result<Node, Mistake> {
    toml::de::DeTable::parse(text)
        .map(|table| {
            let span = Span::new(table.span().start, table.span().end);
            Node { value: toml_table(table.get_ref()), span }
        })
        .map_err(|error| {
            let span = error.span().map_or(Span::default(), |span| Span::new(span.start, span.end));
            Mistake { message: error.message().lines().next().unwrap_or_default().to_owned(), span: clamp(span, text) }
        })
}

/// A span that lies in the text, on character boundaries.
fn clamp(span: Span, text: &str) -> Span {
    let boundary = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let range = span.range();
    Span::new(boundary(range.start), boundary(range.end))
}

fn toml_table(table: &toml::de::DeTable<'_>) -> Value {
    let mut entries: Vec<(Name, Node)> = table
        .iter()
        .map(|(key, value)| {
            let name = Name { text: key.get_ref().to_string(), span: Span::new(key.span().start, key.span().end) };
            (name, toml_node(value))
        })
        .collect();
    entries.sort_by_key(|(name, _)| name.span);
    Value::Table(entries)
}

fn toml_node(value: &toml::Spanned<toml::de::DeValue<'_>>) -> Node {
    use toml::de::DeValue;
    let span = Span::new(value.span().start, value.span().end);
    let value = match value.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => {
            let text = number.as_str();
            i64::from_str_radix(text, number.radix()).map_or_else(|_| Value::Text(text.to_owned()), Value::Integer)
        }
        DeValue::Float(number) => number.as_str().parse().map_or_else(|_| Value::Text(number.as_str().to_owned()), Value::Float),
        DeValue::Boolean(truth) => Value::Bool(*truth),
        DeValue::Datetime(date) => Value::Text(date.to_string()),
        DeValue::Array(array) => Value::List(array.iter().map(toml_node).collect()),
        DeValue::Table(table) => toml_table(table),
    };
    Node { value, span }
}

fn place(location: &serde_saphyr::Location) -> Span {
    let span = location.span();
    let start = usize::try_from(span.byte_offset().unwrap_or(0)).unwrap_or(0);
    Span::new(start, start + usize::try_from(span.byte_len().unwrap_or(0)).unwrap_or(0))
}

/// The place of a mistake: by bytes where they are known, else from the column to the end of the line.
fn place_of_mistake(location: &serde_saphyr::Location, text: &str) -> Span {
    let span = place(location);
    if location.span().byte_offset().is_some() && span.start < span.end {
        return span;
    }
    let line = usize::try_from(location.line()).unwrap_or(1).max(1);
    let column = usize::try_from(location.column()).unwrap_or(1).max(1);
    let (start, content) = lines_of(text).nth(line - 1).unwrap_or((text.len(), ""));
    let offset = content.char_indices().nth(column - 1).map_or(content.len(), |(offset, _)| offset);
    let rest = content.len() - offset;
    if rest == 0 { Span::new(start, start + content.len()) } else { Span::new(start + offset, start + content.len()) }
}

/// Lines without their endings, with their offsets.
fn lines_of(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_inclusive('\n').scan(0, |offset, line| {
        let start = *offset;
        *offset += line.len();
        Some((start, line.trim_end_matches(['\n', '\r'])))
    })
}

/// A YAML value of any kind with its location.
struct Located(serde_saphyr::Spanned<Any>);

enum Any {
    Scalar(Value),
    List(Vec<Located>),
    Table(Vec<(serde_saphyr::Spanned<Key>, Located)>),
}

struct Key(String);

impl Located {
    fn node(self) -> Node {
        let span = place(&self.0.referenced);
        let value = match self.0.value {
            Any::Scalar(value) => value,
            Any::List(items) => Value::List(items.into_iter().map(Self::node).collect()),
            Any::Table(entries) => Value::Table(
                entries.into_iter().map(|(key, value)| (Name { text: key.value.0, span: place(&key.referenced) }, value.node())).collect(),
            ),
        };
        Node { value, span }
    }
}

impl<'de> Deserialize<'de> for Located {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde_saphyr::Spanned::deserialize(deserializer).map(Self)
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let any = Any::deserialize(deserializer)?;
        let node = Node { value: if let Any::Scalar(value) = any { value } else { Value::Null }, span: Span::default() };
        Ok(Self(node.text().unwrap_or_default()))
    }
}

impl<'de> Deserialize<'de> for Any {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyVisitor)
    }
}

struct AnyVisitor;

impl<'de> Visitor<'de> for AnyVisitor {
    type Value = Any;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Any, E> {
        Ok(Any::Scalar(Value::Bool(value)))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Any, E> {
        Ok(Any::Scalar(Value::Integer(value)))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Any, E> {
        Ok(Any::Scalar(i64::try_from(value).map_or_else(|_| Value::Text(value.to_string()), Value::Integer)))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Any, E> {
        Ok(Any::Scalar(Value::Float(value)))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Any, E> {
        Ok(Any::Scalar(Value::Text(value.to_owned())))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Any, E> {
        Ok(Any::Scalar(Value::Null))
    }

    fn visit_none<E: de::Error>(self) -> Result<Any, E> {
        Ok(Any::Scalar(Value::Null))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Any, D::Error> {
        Any::deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Any, D::Error> {
        Any::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Any, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element()? {
            items.push(item);
        }
        Ok(Any::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Any, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Any::Table(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yaml_values_carry_their_places() {
        let text = "title: Größe\nweight: 3\nitems:\n  - name: a\n    href: b.md\n";
        let node = yaml(text).expect("it is YAML");
        let title = node.get("title").expect("there is a title");
        assert_eq!((title.text().as_deref(), &text[title.span.range()]), (Some("Größe"), "Größe"));
        let Some(Value::List(items)) = node.get("items").map(|items| &items.value) else { panic!("items is a list") };
        let href = items[0].get("href").expect("there is an href");
        assert_eq!(&text[href.span.range()], "b.md");
        assert_eq!(node.get("weight").map(|weight| weight.value.clone()), Some(Value::Integer(3)));
    }

    #[test]
    fn words_that_yaml_once_took_for_truth_are_text() {
        let node = yaml("country: no\nday: 2026-01-02\n").expect("it is YAML");
        assert_eq!(node.get("country").and_then(Node::text).as_deref(), Some("no"));
        assert_eq!(node.get("day").and_then(Node::text).as_deref(), Some("2026-01-02"));
    }

    #[test]
    fn a_mistake_has_its_place() {
        let mistake = yaml("a: 1\nb: [1, 2\nc: 3\n").expect_err("the list is not closed");
        assert!(mistake.span.start > 4, "{mistake:?}");
        let mistake = toml("a = 1\nb = [1, 2\n").expect_err("the list is not closed");
        assert!(mistake.span.start >= 6, "{mistake:?}");
    }

    #[test]
    fn toml_values_carry_their_places() {
        let text = "title = \"x\"\n[extra]\nday = 2026-01-02\n";
        let node = toml(text).expect("it is TOML");
        let day = node.get("extra").and_then(|extra| extra.get("day")).expect("there is a day");
        assert_eq!((day.text().as_deref(), &text[day.span.range()]), (Some("2026-01-02"), "2026-01-02"));
    }
}
