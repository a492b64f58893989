//! The notes of a page become its checklists: which headings and items are steps, of which list, below what, by which id.

use super::{
    collector::{Collector, Node, NodeForm},
    marker::{self, Kind},
    writer::index,
};
use crate::{
    diagnostic::{Diagnostic, Rule, Span},
    site::{
        checklist::{
            Branch, Checklists, Child, Choice, Id, List, Name, Reference, Stamp, StampForm, Step, StepForm, StepKeys, derived_id,
            unstamped_id,
        },
        page::{Hole, HoleKind, Page},
    },
};
use std::{collections::HashMap, sync::Arc};

/// What a node turns out to be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Nothing,
    /// A task outside any list.
    Task,
    Step,
    Choice,
    Branch,
}

/// The page with its checklists, made of its notes.
pub(super) fn finish(notes: Collector, page: Page) -> Page {
    let mut builder = Builder::new(notes, &page);
    builder.nest();
    builder.name();
    let Builder { notes, found, mistakes, index_of, .. } = builder;
    let mut page = page;
    page.body.holes = remap(std::mem::take(&mut page.body.holes), &index_of);
    if notes.lists.is_empty() && !found.lists.is_empty() {
        let lead = notes.lead.paragraph.or(notes.lead.title);
        place_card(&mut page.body.holes, lead.map_or(0, |(html, _)| html));
    }
    page.ids.extend(found.lists.iter().enumerate().flat_map(|(position, list)| {
        let id = list.id.text.clone();
        found.steps_of(index(position)).map(move |step| Checklists::fragment(&id, &step.id.text).into())
    }));
    page.ids.sort_unstable();
    page.ids.dedup();
    page.diagnostics.extend(mistakes);
    Page { checklists: found, ..page }
}

/// Puts the card that no marker places after the lead.
fn place_card(holes: &mut Vec<Hole>, offset: usize) {
    let offset = index(offset);
    let position = holes.partition_point(|hole| hole.offset < offset);
    // A hole at the same place belongs to what comes before: the row of a heading, the end of an item.
    let position =
        position + holes[position..].iter().take_while(|hole| hole.offset == offset && !matches!(hole.kind, HoleKind::Item(_))).count();
    holes.insert(position, Hole { offset, kind: HoleKind::Card(0) });
}

/// Holes name notes until it is known what each is; those that are nothing go.
fn remap(holes: Vec<Hole>, index_of: &[(Role, u32)]) -> Vec<Hole> {
    let kind = |hole: &Hole| {
        let of = |node: u32| index_of[node as usize];
        Some(match hole.kind {
            HoleKind::HeadingStep(node) => match of(node) {
                (Role::Step, step) => HoleKind::HeadingStep(step),
                _ => return None,
            },
            HoleKind::Item(node) => match of(node) {
                (Role::Step | Role::Task, step) => HoleKind::Item(step),
                (Role::Branch, branch) => HoleKind::Branch(branch),
                _ => return None,
            },
            HoleKind::BoxStart(node) => match of(node) {
                (Role::Step | Role::Task, step) => HoleKind::BoxStart(step),
                (Role::Branch, branch) => HoleKind::RadioStart(branch),
                _ => return None,
            },
            HoleKind::BoxEnd(node) => match of(node) {
                (Role::Step | Role::Task, step) => HoleKind::BoxEnd(step),
                (Role::Branch, branch) => HoleKind::RadioEnd(branch),
                _ => return None,
            },
            HoleKind::BranchRow(node) => match of(node) {
                (Role::Branch, branch) => HoleKind::BranchRow(branch),
                _ => return None,
            },
            HoleKind::ChoiceStart(node) => match of(node) {
                (Role::Choice, choice) => HoleKind::ChoiceStart(choice),
                _ => return None,
            },
            HoleKind::ChoiceEnd(node) => match of(node) {
                (Role::Choice, choice) => HoleKind::ChoiceEnd(choice),
                _ => return None,
            },
            kind => kind,
        })
    };
    holes.into_iter().filter_map(|hole| kind(&hole).map(|kind| Hole { kind, ..hole })).collect()
}

struct Builder<'a> {
    page: &'a Page,
    notes: Collector,
    found: Checklists,
    mistakes: Vec<Diagnostic>,
    /// What each node is, and its index among its kind.
    index_of: Vec<(Role, u32)>,
    /// The nearest step or branch around each node.
    around: Vec<Option<usize>>,
}

impl<'a> Builder<'a> {
    fn new(notes: Collector, page: &'a Page) -> Self {
        let mut builder =
            Self { page, found: Checklists::default(), mistakes: Vec::new(), index_of: Vec::new(), around: Vec::new(), notes };
        let marked = |node: &Node| matches!(&node.marker, Some(marker) if marker.kind == Kind::Step);
        let has_list = !builder.notes.lists.is_empty()
            || builder.notes.nodes.iter().any(|node| marked(node) || (node.derived && !node.title.is_empty()));
        if has_list {
            builder.lists();
        }
        for node in 0..builder.notes.nodes.len() {
            let role = builder.role(node, has_list);
            let around = builder.notes.nodes[node].outer.and_then(|outer| match builder.index_of[outer].0 {
                Role::Step | Role::Branch => Some(outer),
                _ => builder.around[outer],
            });
            builder.around.push(around);
            let position = match role {
                Role::Step | Role::Task => builder.found.steps.len(),
                Role::Choice => builder.found.choices.len(),
                Role::Branch => builder.found.branches.len(),
                Role::Nothing => 0,
            };
            builder.index_of.push((role, index(position)));
            builder.add(node, role);
        }
        builder
    }

    fn mistake(&mut self, span: Span, message: impl Into<String>, help: &str) {
        self.mistakes.push(Diagnostic::new(&self.page.path, span, Rule::ChecklistMarker, message).help(help));
    }

    fn role(&mut self, position: usize, has_list: bool) -> Role {
        let node = &self.notes.nodes[position];
        let kind = node.marker.as_ref().map(|marker| marker.kind);
        let span = node.marker.as_ref().map_or(node.span, |marker| marker.span);
        let in_choice = matches!(node.form, NodeForm::Item { .. })
            && node.outer.is_some_and(|outer| matches!(self.notes.nodes[outer].form, NodeForm::Choice));
        let is_way = in_choice && node.outer.is_some_and(|outer| self.index_of[outer].0 == Role::Choice);
        match (&node.form, kind) {
            (NodeForm::Choice, _) if node.is_void => Role::Nothing,
            (NodeForm::Choice, _) => {
                let outer = node.outer.and_then(|outer| match self.index_of[outer].0 {
                    Role::Step | Role::Branch => Some(outer),
                    _ => self.around[outer],
                });
                if outer.is_some() {
                    return Role::Choice;
                }
                self.mistake(span, "`@choose` belongs to no step", "give the heading above it, or the item around it, a `@step`");
                Role::Nothing
            }
            (_, Some(Kind::Branch)) if in_choice => {
                if is_way {
                    Role::Branch
                } else {
                    Role::Nothing
                }
            }
            (_, Some(Kind::Branch)) => {
                self.mistake(
                    span,
                    "`@branch` stands outside a choice",
                    "write `<!-- @choose id -->` at the end of the paragraph before the list",
                );
                Role::Nothing
            }
            (NodeForm::Item { .. }, _) if is_way => {
                self.mistake(span, "a way of a choice without `@branch`", "write `<!-- @branch id -->` at the end of its text");
                Role::Nothing
            }
            _ if node.title.is_empty() && kind == Some(Kind::Step) => {
                self.mistake(span, "the step has no text", "say what there is to do");
                Role::Nothing
            }
            (_, Some(Kind::Step)) => Role::Step,
            // A marker is stronger than a section that is left out; footnotes have none.
            _ if node.is_void && node.checked.is_some() => Role::Task,
            _ if node.is_void => Role::Nothing,
            _ if node.title.is_empty() => {
                if node.checked.is_some() {
                    Role::Task
                } else {
                    Role::Nothing
                }
            }
            _ if node.derived => Role::Step,
            _ if node.checked.is_some() => {
                if has_list {
                    Role::Step
                } else {
                    Role::Task
                }
            }
            _ => Role::Nothing,
        }
    }

    /// The lists of the page, without their steps.
    fn lists(&mut self) {
        let alone = self.notes.lists.len() < 2;
        for position in 0..self.notes.lists.len().max(1) {
            let unstamped = unstamped_id(&self.page.path, position);
            let list = self.notes.lists.get(position);
            let id = match list.map(|note| (&note.marker.id, &note.marker)) {
                Some((Some(name), _)) => Id { text: name.text.clone(), span: name.span, stamp: None },
                Some((None, marker)) => {
                    Id { text: unstamped.into(), span: marker.span, stamp: Some(Stamp { at: marker.id_place, form: StampForm::Id }) }
                }
                None => {
                    let lead = self.notes.lead.paragraph.or(self.notes.lead.title);
                    let first = Stamp { at: self.page.text_start, form: StampForm::First };
                    let stamp = lead.map_or(first, |(_, at)| Stamp { at: index(at), form: StampForm::AfterBlock });
                    Id { text: unstamped.into(), span: Span::default(), stamp: Some(stamp) }
                }
            };
            if let Some(note) = list.filter(|note| note.marker.shared && note.marker.id.is_none()) {
                let mistake = Diagnostic::new(
                    &self.page.path,
                    note.marker.span,
                    Rule::ChecklistMarker,
                    "a copy that does not say of which checklist",
                );
                self.mistakes.push(mistake.help("write its id: `<!-- @checklist list-id shared -->`"));
            }
            let heading = list.and_then(|note| note.heading).map(|node| self.notes.nodes[node].title.as_str());
            let given = list.and_then(|note| note.marker.title.as_deref());
            let title = match (given, heading) {
                (Some(title), _) => title,
                (None, Some(heading)) if !alone && !heading.is_empty() => heading,
                _ => &self.page.title,
            };
            self.found.lists.push(List {
                id,
                title: title.into(),
                steps: Vec::new(),
                all: Vec::new(),
                counts_leaves: list.is_some_and(|note| note.marker.counts_leaves),
                do_confirm: list.is_some_and(|note| note.marker.do_confirm),
                roles: list.map(|note| note.marker.keys.roles.clone()).unwrap_or_default(),
                shared: list.is_some_and(|note| note.marker.shared),
            });
        }
    }

    /// The list in whose reach a place is: the last one that begins before it, else the first.
    fn list_at(&self, before: usize) -> Option<u32> {
        if self.found.lists.is_empty() {
            return None;
        }
        let after = self.notes.lists.partition_point(|note| note.before <= before);
        Some(index(after.saturating_sub(1)))
    }

    fn list_of(&self, node: usize) -> Option<u32> {
        match self.around[node].map(|around| self.index_of[around]) {
            Some((Role::Step, step)) => self.found.steps[step as usize].list,
            Some((Role::Branch, branch)) => self.found.choices[self.found.branches[branch as usize].choice as usize].list,
            _ => self.list_at(node),
        }
    }

    fn add(&mut self, position: usize, role: Role) {
        let node = &self.notes.nodes[position];
        let title: Box<str> = node.title.as_str().into();
        match role {
            Role::Nothing => {}
            Role::Step | Role::Task => {
                let list = if role == Role::Step { self.list_of(position) } else { None };
                let form = match &node.form {
                    NodeForm::Heading { anchor } => StepForm::Heading { anchor: anchor.as_str().into() },
                    _ => StepForm::Item { checked: node.checked.is_some_and(|(checked, _)| checked) },
                };
                let stamp = match &form {
                    StepForm::Heading { .. } => StampForm::AfterHeading,
                    StepForm::Item { .. } => StampForm::AfterItem,
                };
                let keys =
                    node.marker.as_ref().map_or_else(|| StepKeys { revision: 1, ..StepKeys::default() }, |marker| marker.keys.clone());
                let id = id(node, Stamp { at: node.span.end, form: stamp });
                if let (Some((true, span)), Some(_)) = (node.checked, list) {
                    let finding = Diagnostic::new(
                        &self.page.path,
                        span,
                        Rule::ChecklistChecked,
                        "the source ticks the step, but progress is the reader's",
                    );
                    self.mistakes.push(finding.help("write `[ ]`").fix("untick it", span, "[ ]"));
                }
                if let Some(list) = list {
                    self.found.lists[list as usize].all.push(index(self.found.steps.len()));
                }
                self.found.steps.push(Step { id, list, title, form, children: Vec::new(), keys: Box::new(keys) });
            }
            Role::Choice => {
                let around = self.around[position].map(|around| self.notes.nodes[around].title.as_str()).unwrap_or_default();
                let at = node.marker.as_ref().map_or(0, |marker| marker.id_place);
                let id = id(node, Stamp { at, form: StampForm::Id });
                self.found.choices.push(Choice { id, list: self.list_of(position), title: around.into(), branches: Vec::new() });
            }
            Role::Branch => {
                let choice = node.outer.map_or(0, |outer| self.index_of[outer].1);
                let at = node.marker.as_ref().map_or(0, |marker| marker.id_place);
                let roles = node.marker.as_ref().map(|marker| marker.keys.roles.clone()).unwrap_or_default();
                let loose = matches!(node.form, NodeForm::Item { loose: true });
                let id = id(node, Stamp { at, form: StampForm::Id });
                let branch = index(self.found.branches.len());
                self.found.choices[choice as usize].branches.push(branch);
                self.found.branches.push(Branch { id, choice, title, roles, children: Vec::new(), loose });
            }
        }
    }

    /// Puts each step and choice below what is around it.
    fn nest(&mut self) {
        for node in 0..self.notes.nodes.len() {
            let (role, position) = self.index_of[node];
            let child = match role {
                Role::Step => Child::Step(position),
                Role::Choice => Child::Choice(position),
                _ => continue,
            };
            match self.around[node].map(|around| self.index_of[around]) {
                Some((Role::Step, step)) => self.found.steps[step as usize].children.push(child),
                Some((Role::Branch, branch)) => self.found.branches[branch as usize].children.push(child),
                _ => {
                    if let (Child::Step(step), Some(list)) = (child, self.list_of(node)) {
                        self.found.lists[list as usize].steps.push(step);
                    }
                }
            }
        }
        for note in std::mem::take(&mut self.notes.references) {
            let Name { text, span } = note.list;
            let inside = self.list_at(note.before);
            self.found.references.push(Reference { kind: note.kind, list: text, span, link: note.link, inside, level: note.level });
        }
        for (position, list) in self.found.lists.iter().enumerate() {
            let is_empty = self.found.steps_of(index(position)).next().is_none();
            if let (true, Some(note)) = (is_empty, self.notes.lists.get(position)) {
                self.mistakes.push(
                    Diagnostic::new(
                        &self.page.path,
                        note.marker.span,
                        Rule::ChecklistMarker,
                        format!("the checklist `{}` has no steps", list.id.text),
                    )
                    .help("give a heading or an item below it a `@step`, or write items as `- [ ]`"),
                );
            }
        }
        for choice in self.found.choices.iter().filter(|choice| choice.branches.is_empty()) {
            self.mistakes.push(
                Diagnostic::new(&self.page.path, choice.id.span, Rule::ChecklistMarker, "the choice has no ways to choose from")
                    .help("end the text of each item of the list with `<!-- @branch id -->`"),
            );
        }
    }

    /// Gives ids to what has none, tells of ids that stand twice, and of those that are not in the source.
    fn name(&mut self) {
        let mut choices_of: HashMap<u32, Vec<usize>> = HashMap::new();
        for (position, choice) in self.found.choices.iter().enumerate() {
            if let Some(list) = choice.list {
                choices_of.entry(list).or_default().push(position);
            }
        }
        for list in 0..index(self.found.lists.len()) {
            let mut names = Namer::default();
            let choices = choices_of.remove(&list).unwrap_or_default();
            let of_steps = self.found.steps_of(list).map(|step| &step.id);
            let of_choices = choices.iter().map(|choice| &self.found.choices[*choice].id);
            let given = of_steps.chain(of_choices).filter(|id| id.stamp.is_none());
            let mut repeated: Vec<(Box<str>, Span)> = given
                .filter_map(|id| names.take(id).map(|first| [(id.text.clone(), first), (id.text.clone(), id.span)]))
                .flatten()
                .collect();
            repeated.dedup();
            self.tell_repeated(repeated);
            for step in self.found.lists[list as usize].all.clone() {
                let step = &mut self.found.steps[step as usize];
                if step.id.text.is_empty() {
                    step.id.text = names.unique(derived_id(&step.title));
                }
            }
            let mut other = None;
            for choice in choices {
                let choice = &mut self.found.choices[choice];
                if choice.id.text.is_empty() {
                    choice.id.text = names.unique(format!("{}-choice", derived_id(&choice.title)));
                }
                let branches = choice.branches.iter().map(|branch| &self.found.branches[*branch as usize].id);
                let first = [&choice.id].into_iter().chain(branches).find(|id| id.stamp.is_some());
                other = other.or(first.map(|id| id.span));
            }
            self.tell_unstamped(list, other);
        }
        for choice in 0..self.found.choices.len() {
            let mut names = Namer::default();
            let mut repeated = Vec::new();
            for branch in self.found.choices[choice].branches.clone() {
                let branch = &mut self.found.branches[branch as usize];
                if branch.id.text.is_empty() {
                    branch.id.text = names.unique(derived_id(&branch.title));
                } else if let Some(first) = names.take(&branch.id) {
                    repeated.extend([(branch.id.text.clone(), first), (branch.id.text.clone(), branch.id.span)]);
                }
            }
            self.tell_repeated(repeated);
        }
    }

    fn tell_repeated(&mut self, repeated: Vec<(Box<str>, Span)>) {
        for (id, span) in repeated {
            self.mistakes.push(
                Diagnostic::new(&self.page.path, span, Rule::ChecklistDuplicate, format!("the id `{id}` stands twice in one checklist"))
                    .target(&*id)
                    .help("give one of the two another id: ticks are kept by it"),
            );
        }
    }

    /// `other` is the first choice or way without an id.
    fn tell_unstamped(&mut self, list: u32, other: Option<Span>) {
        let unstamped = |id: &&Id| id.stamp.is_some();
        let steps: Vec<&Id> = self.found.steps_of(list).map(|step| &step.id).collect();
        let missing: Vec<&Id> = steps.iter().copied().filter(unstamped).collect();
        let own = &self.found.lists[list as usize].id;
        if steps.is_empty() || (missing.is_empty() && own.stamp.is_none() && other.is_none()) {
            return;
        }
        let message = match missing.len() {
            0 if own.stamp.is_some() => "the checklist has no id in the source: a move of the page will lose readers' ticks".to_owned(),
            0 => "a choice or one of its ways has no id in the source: a rename will lose what readers chose".to_owned(),
            1 if steps.len() == 1 => "the step has no id in the source: a rename will lose readers' ticks".to_owned(),
            1 => format!("1 of {} steps has no id in the source: a rename will lose readers' ticks", steps.len()),
            count => format!("{count} of {} steps have no id in the source: a rename will lose readers' ticks", steps.len()),
        };
        let span = missing.first().map(|id| id.span).or(other).unwrap_or(own.span);
        self.mistakes.push(
            Diagnostic::new(&self.page.path, span, Rule::ChecklistUnstamped, message)
                .help("run `milepost stamp`, which writes ids into the source and changes nothing else"),
        );
    }
}

/// The id of a node's marker, or an empty one that is to be derived, with the place where it would be written.
fn id(node: &Node, stamp: Stamp) -> Id {
    match &node.marker {
        Some(marker::Marker { id: Some(name), .. }) => Id { text: name.text.clone(), span: name.span, stamp: None },
        Some(marker) => Id { text: "".into(), span: marker.span, stamp: Some(Stamp { at: marker.id_place, form: StampForm::Id }) },
        None => Id { text: "".into(), span: node.span, stamp: Some(stamp) },
    }
}

/// Gives out ids that nothing else has.
#[derive(Default)]
struct Namer {
    taken: HashMap<Box<str>, Span>,
    /// The last number that was tried with each id, so that many equal texts cost no more than different ones.
    numbers: HashMap<String, u32>,
}

impl Namer {
    /// Takes an id of the source; the place that had it before, if there is one.
    fn take(&mut self, id: &Id) -> Option<Span> {
        self.taken.insert(id.text.clone(), id.span)
    }

    /// The id, or the id with the first number that makes it unique.
    fn unique(&mut self, id: String) -> Box<str> {
        let mut unique: Box<str> = id.as_str().into();
        let number = self.numbers.entry(id).or_insert(1);
        let id = unique.clone();
        // These two words would be read as keys of the marker.
        while matches!(&*unique, "optional" | "shared") || self.taken.contains_key(&unique) {
            *number += 1;
            unique = format!("{id}-{number}").into();
        }
        self.taken.insert(unique.clone(), Span::default());
        unique
    }
}

/// Whether a comment stands on a line of its own, followed by text that CommonMark takes for raw HTML.
pub(super) fn text_after(file: &Arc<str>, span: Span, fix: Option<(Span, String)>) -> Diagnostic {
    let finding =
        Diagnostic::new(file, span, Rule::ChecklistMarker, "text after a marker on its line is raw HTML: its links and emphasis are dead")
            .help("begin a new line after `-->`");
    match fix {
        Some((place, text)) => finding.fix("begin a new line", place, text),
        None => finding,
    }
}
