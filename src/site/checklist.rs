//! Checklists as one page holds them: lists, steps, choices and branches, each with its place in the source.

use crate::diagnostic::Span;
use serde::{Deserialize, Serialize};

/// The longest id that is made of a text.
const DERIVED: usize = 48;

/// Everything on a page that a reader can tick or choose, and what of other pages' lists it shows.
///
/// Steps, choices and branches lie flat, in the order of the text, and name each other by index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checklists {
    /// The lists of the page.
    pub lists: Vec<List>,
    /// Headings and items that are steps, and plain tasks, which belong to no list.
    pub steps: Vec<Step>,
    /// The places where one of several ways is chosen.
    pub choices: Vec<Choice>,
    /// The ways to choose from.
    pub branches: Vec<Branch>,
    /// The lists that the page embeds or asks for first.
    pub references: Vec<Reference>,
}

/// A list, stamped or derived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct List {
    /// Its identity in the site; until it is stamped, [`unstamped_id`].
    pub id: Id,
    /// Its name on cards and in the list of all lists.
    pub title: Box<str>,
    /// Its units: the steps directly below it.
    pub steps: Vec<u32>,
    /// All its steps, in the order of the text.
    pub all: Vec<u32>,
    /// Whether leaves are counted instead of units.
    pub counts_leaves: bool,
    /// Whether the card lists every step, to be confirmed at the end.
    pub do_confirm: bool,
    /// The roles that it is for; none means everyone.
    pub roles: Vec<Box<str>>,
    /// Whether another page owns it and this one holds a copy.
    pub shared: bool,
}

/// A heading or an item that a reader can tick.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its identity in its list.
    pub id: Id,
    /// The list that it belongs to; none for a plain task.
    pub list: Option<u32>,
    /// Its text without markup.
    pub title: Box<str>,
    /// What it is in the text.
    pub form: StepForm,
    /// What is below it, in order; empty for a leaf.
    pub children: Vec<Child>,
    /// What its marker says.
    pub keys: Box<StepKeys>,
}

/// What a step is in the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StepForm {
    /// A heading: the section is the step.
    Heading {
        /// The heading's own id.
        anchor: Box<str>,
    },
    /// An item.
    Item {
        /// Whether the source ticks it.
        checked: bool,
    },
}

/// What stands below a step or in a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Child {
    /// A step, by index.
    Step(u32),
    /// A choice, by index.
    Choice(u32),
}

/// The keys of a `@step` marker.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepKeys {
    /// How long it takes, in minutes; 0 where it is not said.
    pub minutes: u32,
    /// Why a reader may leave it out.
    pub skip: Option<Box<str>>,
    /// Whether the list is done without it.
    pub optional: bool,
    /// The roles that it is for; none means everyone.
    pub roles: Vec<Box<str>>,
    /// The steps to do first.
    pub after: Vec<Name>,
    /// When it is due.
    pub due: Option<Due>,
    /// Who sees to it.
    pub owner: Option<Box<str>>,
    /// The revision of its text; a tick of an older one is open again. At least 1.
    pub revision: u32,
    /// What changed with the revision.
    pub why: Option<Box<str>>,
    /// Former ids, whose ticks carry over.
    pub aka: Vec<Name>,
}

/// A step named in a marker: `step` of the same list, or `list/step`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Name {
    /// As written.
    pub text: Box<str>,
    /// Where.
    pub span: Span,
}

impl Name {
    /// The step as `list/step`, in a marker of this list.
    #[must_use]
    pub fn full(&self, list: &str) -> String {
        if self.text.contains('/') { self.text.to_string() } else { format!("{list}/{}", self.text) }
    }
}

/// When a step is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Due {
    /// So many days after the reader's first tick.
    Days(u32),
    /// On a day.
    On(jiff::civil::Date),
}

/// A place where one of several ways is chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Its identity in its list.
    pub id: Id,
    /// The list that it belongs to; none when its place is wrong.
    pub list: Option<u32>,
    /// What is chosen: the title of the step around it.
    pub title: Box<str>,
    /// The ways.
    pub branches: Vec<u32>,
}

/// One of the ways of a choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Branch {
    /// Its identity in its choice.
    pub id: Id,
    /// The choice that it belongs to.
    pub choice: u32,
    /// Its text without markup.
    pub title: Box<str>,
    /// The roles for which it is chosen beforehand.
    pub roles: Vec<Box<str>>,
    /// What there is to do on this way.
    pub children: Vec<Child>,
    /// Whether the item holds paragraphs, and so a paragraph is its row.
    pub loose: bool,
}

/// A list of another page that this page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// Whether it is embedded, or asked for first.
    pub kind: ReferenceKind,
    /// The id of the list.
    pub list: Box<str>,
    /// Where the id stands.
    pub span: Span,
    /// The index of the link beside it.
    pub link: u32,
    /// The list of this page in whose text it stands, if any.
    pub inside: Option<u32>,
    /// The level of the heading above it.
    pub level: u8,
}

/// How a page shows a list of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReferenceKind {
    /// `@embed`: the whole list stands here.
    Embed,
    /// `@needs`: it is to be done first.
    Needs,
}

/// An identity: written in the source, or derived and not stamped yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Id {
    /// The words.
    pub text: Box<str>,
    /// Where it stands; the step's text when it is derived.
    pub span: Span,
    /// Where it would be written; none when it is.
    pub stamp: Option<Stamp>,
}

/// Where and how an id would be written into the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// The offset in the decoded text.
    pub at: u32,
    /// What is written there.
    pub form: StampForm,
}

/// What `stamp` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StampForm {
    /// The id alone, into a marker that has none.
    Id,
    /// A `@step` marker on a line of its own after a heading.
    AfterHeading,
    /// A `@step` marker after the text of an item.
    AfterItem,
    /// A `@checklist` marker as a paragraph of its own, after a block.
    AfterBlock,
    /// A `@checklist` marker as a paragraph of its own, before everything.
    First,
}

impl Checklists {
    /// Whether there is nothing to show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lists.is_empty() && self.references.is_empty()
    }

    /// Every id with its place: lists first, then steps, choices and branches that belong to a list.
    pub fn ids(&self) -> impl Iterator<Item = &Id> {
        let lists = self.lists.iter().filter(|list| !list.steps.is_empty()).map(|list| &list.id);
        let steps = self.steps.iter().filter(|step| step.list.is_some()).map(|step| &step.id);
        let choices = self.choices.iter().filter(|choice| choice.list.is_some()).map(|choice| &choice.id);
        let branches = self.branches.iter().filter(|branch| self.choices[branch.choice as usize].list.is_some()).map(|branch| &branch.id);
        lists.chain(steps).chain(choices).chain(branches)
    }

    /// The steps of a list, in the order of the text.
    pub fn steps_of(&self, list: u32) -> impl Iterator<Item = &Step> {
        self.lists.get(list as usize).into_iter().flat_map(|list| &list.all).map(|step| &self.steps[*step as usize])
    }

    /// The units of a list that it is not done without.
    pub fn required(&self, list: &List) -> impl Iterator<Item = &Step> {
        list.steps.iter().map(|step| &self.steps[*step as usize]).filter(|step| !step.keys.optional)
    }

    /// The fragment that leads to a step on a page that holds it: `list.step`.
    #[must_use]
    pub fn fragment(list: &str, step: &str) -> String {
        format!("{list}.{step}")
    }
}

/// The line ending that a text uses, for markers on lines of their own.
#[must_use]
pub fn line_ending(text: &str) -> &'static str {
    match text.find(['\n', '\r']) {
        Some(at) if text[at..].starts_with("\r\n") => "\r\n",
        Some(at) if text[at..].starts_with('\r') => "\r",
        _ => "\n",
    }
}

/// The id of a page's list, by its number from 0, until one is written into the source. Its second part is no path's: two
/// pages never have the same.
#[must_use]
pub fn unstamped_id(path: &str, number: usize) -> String {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem).replace(char::is_whitespace, "%20");
    if number == 0 { stem } else { format!("{stem}~{}", number + 1) }
}

/// Whether a word can be an id.
#[must_use]
pub fn is_id(word: &str) -> bool {
    let sound = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=64).contains(&word.len()) && word.bytes().all(sound) && !word.starts_with('-')
}

/// An id made of a text: the first words of its slug, or a hash of it where the grammar of ids does not allow them.
#[must_use]
pub fn derived_id(text: &str) -> String {
    let slug = super::slug::slug(text);
    let slug = slug.trim_matches('-');
    let cut = match slug.get(..=DERIVED) {
        Some(start) if slug.is_char_boundary(DERIVED + 1) => start.rfind('-').map_or(&slug[..0], |end| slug[..end].trim_end_matches('-')),
        _ => slug,
    };
    if is_id(cut) {
        return cut.to_owned();
    }
    format!("s-{}", &blake3::hash(text.as_bytes()).to_hex()[..8])
}

#[cfg(test)]
mod tests {
    use super::derived_id as derived;

    #[test]
    fn ids_are_made_of_the_first_words() {
        assert_eq!(derived("Account Registration"), "account-registration");
        assert_eq!(
            derived("Fill in the form with a mobile number that you can use for years."),
            "fill-in-the-form-with-a-mobile-number-that-you"
        );
        assert_eq!(derived("开通账户"), format!("s-{}", &blake3::hash("开通账户".as_bytes()).to_hex()[..8]));
        assert_eq!(derived("a_b"), format!("s-{}", &blake3::hash(b"a_b").to_hex()[..8]));
        assert!(derived("?!").starts_with("s-"));
    }
}
