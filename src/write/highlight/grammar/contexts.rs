//! The contexts of grammars, made ready for their tokens when one is first entered, and kept while the program runs.
//!
//! A grammar is a set of contexts, a context a list of rules, and a rule a pattern with the scopes of what it matches and the contexts
//! that it leads to: <https://www.sublimetext.com/docs/syntax.html>.

use super::{
    classes::{Class, classes},
    expression::{Expression, Line},
    start::Start,
};
use onig::Region;
use std::{
    cell::RefCell,
    collections::HashMap,
    rc::Rc,
    sync::{LazyLock, Mutex, OnceLock, PoisonError},
};
use syntect::parsing::{
    SyntaxReference, SyntaxSet,
    syntax_definition::{self, ContextId, ContextReference, MatchOperation, MatchPattern, Pattern},
};

/// All grammars. Those of their languages are read when one is first asked for.
pub(super) static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);

/// A context with the rules of all that it includes.
pub(super) struct Context {
    /// The rules that hold beside its own, before them.
    pub(super) prototype: Option<&'static Self>,
    rules: Vec<&'static Rule>,
    by_byte: OnceLock<Box<ByByte>>,
    /// The classes of all that is in it, with what leads to it and from it.
    pub(super) meta: Vec<Class>,
    /// The classes of all that is in it, without these.
    pub(super) content: Vec<Class>,
    pub(super) clears_scopes: bool,
    /// Whether its patterns need the text that was matched when it was entered.
    pub(super) uses_captures: bool,
}

/// The rules that a match can begin with, by its first byte; the last are those for the end of the text.
type ByByte = [OnceLock<Box<[&'static Rule]>>; 257];

/// What a rule does with the stack of contexts, the upper ones last.
pub(super) enum Step {
    Stay,
    Pop,
    Push(Targets),
    Set(Targets),
}

/// The contexts that a rule leads to.
pub(super) struct Targets {
    references: &'static [ContextReference],
    contexts: OnceLock<Option<Vec<&'static Context>>>,
    /// A context whose rules hold in the last of them and in all that these lead to.
    with_prototype: Option<(&'static ContextReference, OnceLock<Option<&'static Context>>)>,
}

/// A pattern and what follows from a match.
pub(super) struct Rule {
    pattern: &'static MatchPattern,
    start: Start,
    expression: Expression,
    pub(super) step: Step,
    pub(super) classes: Vec<Class>,
    /// Of the groups of the pattern.
    pub(super) captures: Vec<(usize, Vec<Class>)>,
}

/// How deep contexts may include others: none does so without end, but a grammar could.
const DEEPEST_INCLUDE: usize = 100;

impl Context {
    /// The context that the code of a language begins in.
    pub(super) fn first_of(syntax: &'static SyntaxReference) -> Option<&'static Self> {
        static FIRST: Mutex<Vec<(&'static SyntaxReference, Option<&'static Context>)>> = Mutex::new(Vec::new());
        let mut known = FIRST.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, first)) = known.iter().find(|(other, _)| std::ptr::eq(*other, syntax)) {
            return *first;
        }
        let first = find_first(syntax).and_then(|id| Self::of(id, 0));
        known.push((syntax, first));
        first
    }

    fn of(id: ContextId, depth: usize) -> Option<&'static Self> {
        static KNOWN: LazyLock<Mutex<HashMap<ContextId, &'static Context>>> = LazyLock::new(Mutex::default);
        let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(context) = known().get(&id) {
            return Some(context);
        }
        let definition = resolved(id).filter(|_| depth < DEEPEST_INCLUDE)?;
        let context = Self {
            prototype: match definition.prototype {
                Some(prototype) => Some(Self::of(prototype, depth + 1)?),
                None => None,
            },
            rules: rules(definition, depth),
            by_byte: OnceLock::new(),
            meta: classes(&definition.meta_scope),
            content: classes(&definition.meta_content_scope),
            clears_scopes: definition.clear_scopes.is_some(),
            uses_captures: definition.uses_backrefs,
        };
        // As long-lived as the grammar that it is of. Another thread may have been quicker.
        Some(*known().entry(id).or_insert_with(|| Box::leak(Box::new(context))))
    }

    /// The rules that a match can begin with at this byte, or at the end of the text, in their order.
    pub(super) fn rules_at(&self, byte: Option<u8>) -> &[&'static Rule] {
        let by_byte = self.by_byte.get_or_init(|| Box::new([const { OnceLock::new() }; 257]));
        by_byte[byte.map_or(256, usize::from)]
            .get_or_init(|| self.rules.iter().filter(|rule| rule.start.has_first(byte)).copied().collect())
    }
}

/// The rules of a context, those that it includes where it does so.
fn rules(definition: &'static syntax_definition::Context, depth: usize) -> Vec<&'static Rule> {
    let of_pattern = |pattern: &'static Pattern| match pattern {
        Pattern::Match(pattern) => vec![&*Box::leak(Box::new(Rule::new(pattern)))],
        Pattern::Include(reference) => {
            reference.id().ok().and_then(|id| Context::of(id, depth + 1)).map(|context| context.rules.clone()).unwrap_or_default()
        }
    };
    definition.patterns.iter().flat_map(of_pattern).collect()
}

/// Syntect keeps to itself which of its contexts is the first of a language, `__start`: it has a pattern only, which matches nothing and
/// leads to the language's own.
fn find_first(syntax: &SyntaxReference) -> Option<ContextId> {
    let number = SYNTAXES.syntaxes().iter().position(|other| std::ptr::eq(other, syntax))?;
    for context in 0.. {
        let id: ContextId = serde_json::from_value(serde_json::json!({ "syntax_index": number, "context_index": context })).ok()?;
        let definition = resolved(id)?;
        if let [Pattern::Match(only)] = &definition.patterns[..]
            && only.regex.regex_str().is_empty()
            && matches!(only.operation, MatchOperation::Push(_))
            && definition.meta_content_scope.first() == Some(&syntax.scope)
        {
            return Some(id);
        }
    }
    None
}

fn resolved(id: ContextId) -> Option<&'static syntax_definition::Context> {
    let reference: ContextReference = serde_json::from_value(serde_json::json!({ "Direct": id })).ok()?;
    reference.resolve(&SYNTAXES).ok()
}

impl Targets {
    fn new(references: &'static [ContextReference], with_prototype: Option<&'static ContextReference>) -> Self {
        Self { references, contexts: OnceLock::new(), with_prototype: with_prototype.map(|reference| (reference, OnceLock::new())) }
    }

    /// The contexts, the uppermost last; none if one is of a grammar that is not there.
    pub(super) fn contexts(&self) -> Option<&[&'static Context]> {
        let of = |reference: &ContextReference| Context::of(reference.id().ok()?, 0);
        self.contexts.get_or_init(|| self.references.iter().map(of).collect()).as_deref()
    }

    pub(super) fn with_prototype(&self) -> Option<&'static Context> {
        let (reference, context) = self.with_prototype.as_ref()?;
        *context.get_or_init(|| Context::of(reference.id().ok()?, 0))
    }
}

impl Rule {
    fn new(pattern: &'static MatchPattern) -> Self {
        let targets = |references| Targets::new(references, pattern.with_prototype.as_ref());
        Self {
            pattern,
            start: Start::of(pattern.regex.regex_str()),
            expression: Expression::new(pattern.regex.regex_str()),
            step: match &pattern.operation {
                MatchOperation::None => Step::Stay,
                MatchOperation::Pop => Step::Pop,
                MatchOperation::Push(references) => Step::Push(targets(references)),
                MatchOperation::Set(references) => Step::Set(targets(references)),
            },
            classes: classes(&pattern.scope),
            captures: pattern.captures.iter().flatten().map(|(group, scopes)| (*group, classes(scopes))).collect(),
        }
    }

    /// Where the match ends that begins at a place, the first byte of which it can begin with.
    pub(super) fn match_at(&'static self, line: Line<'_>, at: usize, captured: Option<&Captured>, region: &mut Region) -> Option<usize> {
        if !self.start.can_be_at(line.text.as_bytes(), at) {
            return None;
        }
        let length = match captured.filter(|_| self.pattern.has_captures) {
            Some(captured) => captured.expression(self).length_at(line, at, region),
            None => self.expression.length_at(line, at, region),
        };
        length.map(|length| at + length)
    }
}

/// What was matched when a context was entered, for patterns that refer to its groups, such as the end of a here-document.
pub(super) struct Captured {
    groups: Vec<Option<String>>,
    expressions: RefCell<Vec<(&'static Rule, Rc<Expression>)>>,
}

/// How many groups patterns can refer to, the whole match with them.
pub(super) const GROUPS: usize = 10;

impl Captured {
    pub(super) fn new(text: &str, region: &Region) -> Self {
        let group = |group| region.pos(group).and_then(|(from, to)| text.get(from..to)).map(str::to_owned);
        Self { groups: (0..GROUPS).map(group).collect(), expressions: RefCell::default() }
    }

    /// The expression of a rule with what was matched.
    fn expression(&self, rule: &'static Rule) -> Rc<Expression> {
        let mut expressions = self.expressions.borrow_mut();
        if let Some((_, expression)) = expressions.iter().find(|(other, _)| std::ptr::eq(*other, rule)) {
            return expression.clone();
        }
        let expression = Rc::new(Expression::new(self.put_into(rule.pattern.regex.regex_str())));
        expressions.push((rule, expression.clone()));
        expression
    }

    /// A pattern with the text of the groups in place of what refers to them.
    fn put_into(&self, pattern: &str) -> String {
        let mut out = String::with_capacity(pattern.len() + 16);
        let mut characters = pattern.chars();
        while let Some(character) = characters.next() {
            let escaped = if character == '\\' { characters.next() } else { None };
            match escaped.map(|escaped| (escaped, escaped.to_digit(10))) {
                None => out.push(character),
                Some((_, Some(group))) => self.groups[group as usize].iter().for_each(|text| push_literal(&mut out, text)),
                Some((escaped, None)) => out.extend(['\\', escaped]),
            }
        }
        out
    }
}

/// Text as a pattern that matches it alone.
fn push_literal(pattern: &mut String, text: &str) {
    for character in text.chars() {
        if r"\.+*?()|[]{}^$#&-~".contains(character) {
            pattern.push('\\');
        }
        pattern.push(character);
    }
}
