//! Code to tokens by the contexts of its grammar: the same tokens as those of syntect's own parser, in a fraction of its time.
//!
//! That parser looks for the first match of each rule of a context to the end of the line, and takes the one that begins first. Here
//! the rules are asked place by place, only those of them that can begin with the byte that is there, and the first match is taken.

use super::{
    classes::Class,
    contexts::{Captured, Context, GROUPS, Rule, Step, Targets},
    expression::Line,
    markup::Markup,
};
use onig::Region;
use std::{cmp::Reverse, mem, rc::Rc};

/// How many contexts can be within each other.
const DEEPEST: usize = 100;

/// The state between two tokens.
pub(super) struct Tokens {
    levels: Vec<Level>,
    /// On which levels rules of a prototype led to others: the prototypes below hold no more.
    covered: Vec<usize>,
    /// The class that each scope leaves: its own, or that of the scope around it.
    classes: Vec<Class>,
    /// What the groups of the last match took.
    region: Region,
    out: Markup,
    /// How much of the line is in the output.
    written: usize,
}

/// A context that the code is in.
struct Level {
    context: &'static Context,
    /// Contexts whose rules hold in this one and in those above.
    prototypes: Vec<&'static Context>,
    captured: Option<Rc<Captured>>,
}

/// A place of a line from which a token is looked for.
#[derive(Clone, Copy)]
struct Place<'a> {
    line: Line<'a>,
    from: usize,
    /// Whether a context was entered here without a byte: leaving it so would go round for ever.
    was_entered: bool,
}

/// What was found behind a place.
enum Found {
    Token {
        rule: &'static Rule,
        from: usize,
        to: usize,
        /// Whether the rule is one of a level's prototypes.
        is_of_prototype: bool,
    },
    /// Only a rule that would go round for ever.
    Round,
    Nothing,
}

impl Tokens {
    /// Before the first line of code, into the output.
    pub(super) fn new(first: &'static Context, out: Markup) -> Self {
        let mut tokens =
            Self { levels: Vec::new(), covered: Vec::new(), classes: Vec::new(), region: Region::with_capacity(GROUPS), out, written: 0 };
        tokens.push(&first.content);
        tokens.levels.push(Level { context: first, prototypes: Vec::new(), captured: None });
        tokens
    }

    pub(super) fn finish(self) -> Markup {
        self.out
    }

    /// Takes a line with its ending; none if the grammar leads to one that is not there.
    pub(super) fn line(&mut self, line: &str) -> Option<()> {
        self.written = 0;
        let ready = Line::new(line);
        let mut from = 0;
        // Where a context was entered without a byte, and how many levels there were then.
        let mut entered = (0, 0);
        loop {
            let place = Place { line: ready, from, was_entered: entered == (from, self.levels.len()) };
            let levels = self.levels.len();
            while self.covered.pop_if(|level| *level >= levels).is_some() {}
            match self.find(place)? {
                Found::Nothing => break,
                Found::Round => match line[from..].char_indices().nth(1) {
                    Some((next, _)) => from += next,
                    None => break,
                },
                Found::Token { rule, from: begin, to, is_of_prototype } => {
                    if to == from && matches!(rule.step, Step::Push(_)) {
                        entered = (to, levels + 1);
                    }
                    if is_of_prototype {
                        self.covered.push(levels);
                    }
                    from = to;
                    self.write(line, rule, begin, to)?;
                    self.step(line, &rule.step)?;
                }
            }
        }
        self.write_to(line, line.len());
        Some(())
    }

    /// The first match behind a place; where several begin there, that of the first rule.
    fn find(&mut self, place: Place<'_>) -> Option<Found> {
        let Self { levels, covered, region, .. } = self;
        let top = levels.last()?;
        let text = place.line.text.as_bytes();
        let depth = levels.len();
        // Rules whose next match is none, as it takes nothing and changes nothing.
        let mut idle: Vec<&'static Rule> = Vec::new();
        let mut at = place.from;
        loop {
            let byte = text.get(at).copied();
            let mut is_round = false;
            let mut first = |rules: &[&'static Rule], captured: Option<&Captured>| {
                rules.iter().find_map(|rule| {
                    if idle.iter().any(|other| std::ptr::eq(*other, *rule)) {
                        return None;
                    }
                    let to = rule.match_at(place.line, at, captured, region)?;
                    match rule.step {
                        Step::Stay if to == at => idle.push(rule),
                        Step::Push(_) if depth >= DEEPEST => idle.push(rule),
                        Step::Pop if to == place.from && place.was_entered => is_round = true,
                        _ => return Some((*rule, to)),
                    }
                    None
                })
            };
            let covering = covered.last().copied().unwrap_or_default();
            let mut prototypes = levels[covering..].iter().flat_map(|level| level.prototypes.iter().map(move |context| (context, level)));
            let token = |(rule, to), is_of_prototype| Some(Found::Token { rule, from: at, to, is_of_prototype });
            if let Some(found) = prototypes.find_map(|(context, level)| first(context.rules_at(byte), level.captured.as_deref())) {
                return token(found, true);
            }
            let of_prototype = top.context.prototype.and_then(|context| first(context.rules_at(byte), None));
            if let Some(found) = of_prototype.or_else(|| first(top.context.rules_at(byte), top.captured.as_deref())) {
                return token(found, false);
            }
            if is_round {
                return Some(Found::Round);
            }
            let Some(next) = place.line.text[at..].chars().next() else { return Some(Found::Nothing) };
            at += next.len_utf8();
        }
    }

    /// Gives what a rule has matched, and the groups of it, their classes.
    fn write(&mut self, line: &str, rule: &Rule, from: usize, to: usize) -> Option<()> {
        let left = self.levels.last()?.context;
        match &rule.step {
            Step::Stay => {}
            Step::Pop => self.pop_at(line, from, left.content.len()),
            Step::Push(targets) | Step::Set(targets) => {
                for target in targets.contexts()? {
                    self.push_at(line, from, &target.meta);
                }
            }
        }
        self.push_at(line, from, &rule.classes);
        self.write_groups(line, rule);
        self.pop_at(line, to, rule.classes.len());
        match &rule.step {
            Step::Stay => {}
            Step::Pop => self.pop_at(line, to, left.meta.len()),
            Step::Push(targets) => {
                let targets = targets.contexts()?;
                if targets.iter().any(|target| !target.content.is_empty()) {
                    self.enter(line, to, targets, 0);
                }
            }
            Step::Set(targets) => {
                let targets = targets.contexts()?;
                let of_left = left.meta.len() + left.content.len();
                if of_left > 0 || targets.iter().any(|target| !target.content.is_empty() || target.clears_scopes) {
                    self.enter(line, to, targets, of_left);
                }
            }
        }
        Some(())
    }

    /// Puts the classes of contexts in the order that they have behind what led to them, and takes those of the context that was left.
    fn enter(&mut self, line: &str, at: usize, targets: &[&'static Context], of_left: usize) {
        let count = of_left + targets.iter().map(|target| target.meta.len()).sum::<usize>();
        self.pop_at(line, at, count);
        for target in targets {
            self.push_at(line, at, &target.meta);
            self.push_at(line, at, &target.content);
        }
    }

    /// Gives the groups of a match their classes: those that begin first go first, the longer before the shorter.
    fn write_groups(&mut self, line: &str, rule: &Rule) {
        let groups = rule.captures.iter().filter_map(|(group, classes)| {
            let (from, to) = self.region.pos(*group).filter(|(from, to)| from < to)?;
            Some((from, to, classes))
        });
        let mut changes: Vec<_> = groups.flat_map(|(from, to, classes)| [(from, Some(to - from), classes), (to, None, classes)]).collect();
        // What ends at a place ends before another begins there.
        changes.sort_by_key(|(at, length, _)| (*at, length.map(Reverse)));
        for (at, length, classes) in changes {
            match length {
                Some(_) => self.push_at(line, at, classes),
                None => self.pop_at(line, at, classes.len()),
            }
        }
    }

    /// Goes to the contexts that a rule leads to.
    fn step(&mut self, line: &str, step: &Step) -> Option<()> {
        match step {
            Step::Stay => {}
            Step::Pop => drop(self.levels.pop()),
            Step::Push(targets) => self.rise(line, targets, Vec::new())?,
            Step::Set(targets) => {
                // What holds in a context holds in the one that takes its place.
                let prototypes = self.levels.pop()?.prototypes;
                self.rise(line, targets, prototypes)?;
            }
        }
        Some(())
    }

    fn rise(&mut self, line: &str, targets: &Targets, mut prototypes: Vec<&'static Context>) -> Option<()> {
        let contexts = targets.contexts()?;
        for (number, context) in contexts.iter().enumerate() {
            let mut prototypes = mem::take(&mut prototypes);
            if number + 1 == contexts.len() {
                prototypes.extend(targets.with_prototype());
            }
            let uses_captures = context.uses_captures || prototypes.iter().any(|prototype| prototype.uses_captures);
            let captured = uses_captures.then(|| Rc::new(Captured::new(line, &self.region)));
            self.levels.push(Level { context, prototypes, captured });
        }
        Some(())
    }

    fn push_at(&mut self, line: &str, at: usize, classes: &[Class]) {
        if !classes.is_empty() {
            self.write_to(line, at);
            self.push(classes);
        }
    }

    fn push(&mut self, classes: &[Class]) {
        for class in classes {
            self.classes.push(class.or(self.class()));
        }
    }

    fn pop_at(&mut self, line: &str, at: usize, count: usize) {
        if count > 0 {
            self.write_to(line, at);
            self.classes.truncate(self.classes.len().saturating_sub(count));
        }
    }

    fn class(&self) -> Class {
        self.classes.last().copied().flatten()
    }

    /// Writes the line up to a place.
    fn write_to(&mut self, line: &str, at: usize) {
        if let Some(text) = line.get(self.written..at) {
            self.out.push(text, self.class());
            self.written = at;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write::highlight::grammar::{classes::classes, contexts::SYNTAXES, highlight, syntax};
    use proptest::{collection::vec, prelude::*, sample::select};
    use syntect::parsing::{ParseState, ScopeStackOp};

    /// What syntect's own parser makes of code.
    fn expected(language: &str, code: &str) -> String {
        let mut state = ParseState::new(syntax(language).expect("a grammar"));
        let mut stack: Vec<Class> = Vec::new();
        let mut out = Markup::new(code.len());
        for line in code.split_inclusive('\n') {
            let mut written = 0;
            for (at, operation) in state.parse_line(line, &SYNTAXES).expect("a grammar that is whole") {
                out.push(line.get(written..at).unwrap_or_default(), stack.iter().rev().find_map(|class| *class));
                written = written.max(at);
                match operation {
                    ScopeStackOp::Push(scope) => stack.extend(classes(&[scope])),
                    ScopeStackOp::Pop(count) => stack.truncate(stack.len().saturating_sub(count)),
                    _ => {}
                }
            }
            out.push(&line[written..], stack.iter().rev().find_map(|class| *class));
        }
        out.finish()
    }

    fn samples() -> impl Iterator<Item = (&'static str, &'static str)> {
        include_str!("samples.txt").split("\n====").skip(1).map(|sample| sample.split_once('\n').expect("a language and its code"))
    }

    #[test]
    fn samples_have_the_tokens_of_syntect() {
        for (language, code) in samples() {
            assert_eq!(highlight(language, code).as_deref(), Some(&*expected(language, code)), "{language}");
        }
    }

    #[test]
    fn the_grammars_have_all_that_they_lead_to() {
        for syntax in SYNTAXES.syntaxes() {
            assert!(Context::first_of(syntax).is_some(), "{}", syntax.name);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        /// Lines of any languages in one, and what is between them: most of it is code that is not sound.
        #[test]
        fn any_lines_have_the_tokens_of_syntect(
            language in select(samples().map(|(language, _)| language).collect::<Vec<_>>()),
            lines in vec(select(samples().flat_map(|(_, code)| code.lines()).collect::<Vec<_>>()), 1..6),
            cut in 0..40_usize,
            odd in "[ \\t(){}<>\"'`$#/*=é\\u{5f00}a-c0-2\\\\-]{0,12}",
        ) {
            let mut code = lines.join("\n");
            let at = (0..=cut.min(code.len())).rev().find(|at| code.is_char_boundary(*at)).unwrap_or_default();
            code.insert_str(at, &odd);
            prop_assert_eq!(highlight(language, &code), Some(expected(language, &code)));
        }
    }
}
