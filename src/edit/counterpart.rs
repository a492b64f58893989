//! Ids for a translation: it and its original in, the translation with the ids of the original out, or why they do not correspond.

use crate::site::{
    checklist::{Checklists, Child, Id, StepForm},
    page::Page,
};

/// A list of a translation and the list of the original that it translates, by their numbers on the pages.
type Pair = (usize, usize);

/// The lists of a translation that translate one of the original. A list whose written id no list of the original has is one of its own.
///
/// # Errors
/// Lists without ids, of which nobody can say which they translate.
pub(super) fn pairs(page: &Page, original: &Page) -> Result<Vec<Pair>, String> {
    let (here, there) = (&page.checklists.lists, &original.checklists.lists);
    let mut waiting: Vec<usize> = (0..there.len()).filter(|list| !there[*list].steps.is_empty()).collect();
    let mut pairs = Vec::new();
    for (number, list) in here.iter().enumerate().filter(|(_, list)| list.id.stamp.is_none()) {
        if let Some(position) = waiting.iter().position(|other| there[*other].id.text == list.id.text) {
            pairs.push((number, waiting.remove(position)));
        }
    }
    let unnamed: Vec<usize> = (0..here.len()).filter(|list| here[*list].id.stamp.is_some() && !here[*list].steps.is_empty()).collect();
    if unnamed.is_empty() || waiting.is_empty() {
        return Ok(pairs);
    }
    if unnamed.len() != waiting.len() {
        return Err(format!("it has {} without an id where `{}` has {}", lists(unnamed.len()), original.path, waiting.len()));
    }
    pairs.extend(unnamed.into_iter().zip(waiting));
    Ok(pairs)
}

fn lists(count: usize) -> String {
    if count == 1 { "1 checklist".to_owned() } else { format!("{count} checklists") }
}

/// Gives what has no id in the lists that translate one of the original the id that stands in its place there.
///
/// # Errors
/// Steps that are not those of the original, one for one, or an original that has no ids itself.
pub(super) fn carry_over(page: &mut Page, original: &Page, pairs: &[Pair]) -> Result<(), String> {
    for (list, other) in pairs {
        let there = &original.checklists;
        let mut matched = Matched { here: &page.checklists, there, ids: Vec::new() };
        let (here, theirs) = (&page.checklists.lists[*list], &there.lists[*other]);
        matched.pair(Spot::List(*list), &here.id, &theirs.id, original)?;
        let roots = |steps: &[u32]| -> Vec<Child> { steps.iter().map(|step| Child::Step(*step)).collect() };
        if !matched.children(&roots(&here.steps), &roots(&theirs.steps), original)? {
            let (own, others) = (here.all.len(), theirs.all.len());
            let how = if own == others { "another order or nesting".to_owned() } else { format!("{own} here, {others} there") };
            return Err(format!("its steps are not those of `{}` one for one: {how}", original.path));
        }
        for (spot, id) in matched.ids {
            spot.of(&mut page.checklists).text = id;
        }
    }
    Ok(())
}

/// What has an id, by its index.
#[derive(Clone, Copy)]
enum Spot {
    List(usize),
    Step(u32),
    Choice(u32),
    Branch(u32),
}

impl Spot {
    fn of(self, lists: &mut Checklists) -> &mut Id {
        match self {
            Self::List(list) => &mut lists.lists[list].id,
            Self::Step(step) => &mut lists.steps[step as usize].id,
            Self::Choice(choice) => &mut lists.choices[choice as usize].id,
            Self::Branch(branch) => &mut lists.branches[branch as usize].id,
        }
    }
}

/// Two lists that are gone through side by side, and the ids that were found for the first.
struct Matched<'a> {
    here: &'a Checklists,
    there: &'a Checklists,
    ids: Vec<(Spot, Box<str>)>,
}

impl Matched<'_> {
    /// Notes the original's id for a place without one. Fails where a written id is another than the original's.
    fn pair(&mut self, spot: Spot, here: &Id, there: &Id, original: &Page) -> Result<(), String> {
        if there.stamp.is_some() {
            return Err(format!("`{}`, which it translates, has no ids either", original.path));
        }
        if here.stamp.is_some() {
            self.ids.push((spot, there.text.clone()));
        } else if here.text != there.text {
            return Err(format!("it has the id `{}` where `{}` has `{}`", here.text, original.path, there.text));
        }
        Ok(())
    }

    /// Whether what stands below two places is of the same kinds, in the same order and nesting.
    fn children(&mut self, here: &[Child], there: &[Child], original: &Page) -> Result<bool, String> {
        if here.len() != there.len() {
            return Ok(false);
        }
        for pair in here.iter().zip(there) {
            let same = match pair {
                (Child::Step(one), Child::Step(other)) => self.steps(*one, *other, original)?,
                (Child::Choice(one), Child::Choice(other)) => self.choices(*one, *other, original)?,
                _ => false,
            };
            if !same {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn steps(&mut self, step: u32, other: u32, original: &Page) -> Result<bool, String> {
        let (here, there) = (&self.here.steps[step as usize], &self.there.steps[other as usize]);
        let is_heading = |form: &StepForm| matches!(form, StepForm::Heading { .. });
        if is_heading(&here.form) != is_heading(&there.form) || !self.children(&here.children, &there.children, original)? {
            return Ok(false);
        }
        self.pair(Spot::Step(step), &here.id, &there.id, original)?;
        Ok(true)
    }

    fn choices(&mut self, choice: u32, other: u32, original: &Page) -> Result<bool, String> {
        let (here, there) = (&self.here.choices[choice as usize], &self.there.choices[other as usize]);
        if here.branches.len() != there.branches.len() {
            return Ok(false);
        }
        self.pair(Spot::Choice(choice), &here.id, &there.id, original)?;
        for (branch, other) in here.branches.iter().zip(&there.branches) {
            let (here, there) = (&self.here.branches[*branch as usize], &self.there.branches[*other as usize]);
            if !self.children(&here.children, &there.children, original)? {
                return Ok(false);
            }
            self.pair(Spot::Branch(*branch), &here.id, &there.id, original)?;
        }
        Ok(true)
    }
}
