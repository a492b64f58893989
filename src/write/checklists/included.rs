//! What a guide that another page includes holds of its own lists: its steps, ways and references as runs of those on its own page.

use crate::site::{
    checklist::{Checklists, List, StepForm},
    page::HoleKind,
};

/// Where the steps, choices, branches and references of a part begin among those of the guide's own page.
pub(super) struct Run {
    steps: u32,
    /// How many steps there are.
    count: u32,
    choices: u32,
    branches: u32,
    references: u32,
    /// The list of the guide's own page for each of the part's.
    lists: Vec<Option<u32>>,
}

impl Run {
    /// Finds what a part holds; none where the guide's own page has no such steps.
    pub(super) fn find(own: &Checklists, part: &Checklists) -> Option<Self> {
        let form = |form: &StepForm| matches!(form, StepForm::Item { .. });
        // The same words may stand twice: then the ids tell, unless they are derived from what comes before.
        let named = start(&own.steps, &part.steps, |a, b| (form(&a.form), &a.title, &a.id.text) == (form(&b.form), &b.title, &b.id.text));
        let steps = named.or_else(|| start(&own.steps, &part.steps, |a, b| (form(&a.form), &a.title) == (form(&b.form), &b.title)))?;
        let first = |list: &List| own.steps.get((steps + list.all.first()?) as usize)?.list;
        Some(Self {
            steps,
            count: u32::try_from(part.steps.len()).ok()?,
            choices: start(&own.choices, &part.choices, |a, b| (&a.id.text, &a.title) == (&b.id.text, &b.title))?,
            branches: start(&own.branches, &part.branches, |a, b| (&a.id.text, &a.title) == (&b.id.text, &b.title))?,
            references: start(&own.references, &part.references, |a, b| (a.kind, &a.list) == (b.kind, &b.list))?,
            lists: part.lists.iter().map(first).collect(),
        })
    }

    /// Whether a list of the guide's own page has steps in the part.
    pub(super) fn shows(&self, list: &List) -> bool {
        list.all.iter().any(|step| (self.steps..self.steps + self.count).contains(step))
    }

    /// A hole of the part as one of the guide's own page.
    pub(super) fn hole(&self, own: &Checklists, hole: HoleKind) -> HoleKind {
        match hole {
            HoleKind::HeadingStep(step) => HoleKind::HeadingStep(self.steps + step),
            HoleKind::Item(step) => HoleKind::Item(self.steps + step),
            HoleKind::BoxStart(step) => HoleKind::BoxStart(self.steps + step),
            HoleKind::BoxEnd(step) => HoleKind::BoxEnd(self.steps + step),
            HoleKind::Branch(branch) => HoleKind::Branch(self.branches + branch),
            HoleKind::BranchRow(branch) => HoleKind::BranchRow(self.branches + branch),
            HoleKind::RadioStart(branch) => HoleKind::RadioStart(self.branches + branch),
            HoleKind::RadioEnd(branch) => HoleKind::RadioEnd(self.branches + branch),
            HoleKind::ChoiceStart(choice) => HoleKind::ChoiceStart(self.choices + choice),
            HoleKind::ChoiceEnd(choice) => HoleKind::ChoiceEnd(self.choices + choice),
            HoleKind::Reference(reference) => HoleKind::Reference(self.references + reference),
            HoleKind::Card(list) => {
                let own_list = self.lists.get(list as usize).copied().flatten();
                // A list without steps has no card.
                HoleKind::Card(own_list.unwrap_or_else(|| u32::try_from(own.lists.len()).unwrap_or(u32::MAX)))
            }
            hole => hole,
        }
    }
}

/// Where a run begins in a whole.
fn start<T>(whole: &[T], run: &[T], alike: impl Fn(&T, &T) -> bool) -> Option<u32> {
    let last = whole.len().checked_sub(run.len())?;
    let found = (0..=last).find(|at| whole[*at..].iter().zip(run).all(|(a, b)| alike(a, b)))?;
    u32::try_from(found).ok()
}
