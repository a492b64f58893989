//! The scopes of grammars, of which there are thousands, to some twenty classes.

use std::sync::LazyLock;
use syntect::parsing::Scope;

/// The class of a token; none for plain text.
pub(super) type Class = Option<&'static str>;

/// Scope prefixes and their class, the most telling first; the innermost scope that has one decides.
const CLASSES: &[(&str, &str)] = &[
    ("comment", "c"),
    ("constant.character.escape", "e"),
    ("constant.numeric", "n"),
    ("constant", "m"),
    ("string", "s"),
    ("entity.name.function", "f"),
    ("support.function", "b"),
    ("variable.function", "f"),
    ("entity.name.tag", "g"),
    ("entity.other.attribute-name", "a"),
    ("meta.annotation", "a"),
    ("entity.name.section", "h"),
    ("markup.heading", "h"),
    ("markup.inserted", "i"),
    ("markup.deleted", "d"),
    ("entity.name", "t"),
    ("entity.other.inherited-class", "t"),
    ("support.type", "t"),
    ("support.class", "t"),
    ("storage.type.function", "k"),
    ("storage.type", "k"),
    ("storage", "k"),
    ("support.constant", "m"),
    ("support", "b"),
    ("keyword.operator", "o"),
    ("keyword", "k"),
    ("variable.parameter", "v"),
    ("variable.language", "m"),
    ("variable.other.readwrite", "v"),
    ("variable", "v"),
    ("invalid", "x"),
    ("punctuation.definition.string", "s"),
    ("punctuation.definition.comment", "c"),
    ("punctuation.definition.heading", "h"),
    ("punctuation.definition.variable", "v"),
    ("punctuation", "p"),
];

/// Prefixes with their classes, in their order.
type Prefixes = Vec<(Scope, &'static str)>;

/// The prefixes that begin with a word, by the number that syntect gives the word:
/// most scopes are `meta` or `source`, which have none, and most others need a look at few.
static PREFIXES: LazyLock<Vec<(u16, Prefixes)>> = LazyLock::new(|| {
    let mut by_word: Vec<(u16, Prefixes)> = Vec::new();
    for (prefix, class) in CLASSES {
        let Ok(scope) = Scope::new(prefix) else { continue };
        let word = scope.atom_at(0);
        match by_word.iter_mut().find(|(known, _)| *known == word) {
            Some((_, prefixes)) => prefixes.push((scope, class)),
            None => by_word.push((word, vec![(scope, class)])),
        }
    }
    by_word
});

/// The classes of scopes, in their order.
pub(super) fn classes(scopes: &[Scope]) -> Vec<Class> {
    scopes.iter().map(|scope| class(*scope)).collect()
}

fn class(scope: Scope) -> Class {
    if scope.is_empty() {
        return None;
    }
    let word = scope.atom_at(0);
    let (_, prefixes) = PREFIXES.iter().find(|(known, _)| *known == word)?;
    prefixes.iter().find(|(prefix, _)| prefix.is_prefix_of(scope)).map(|(_, class)| *class)
}
