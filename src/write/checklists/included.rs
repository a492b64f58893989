//! What a guide that another page includes holds of its own lists: its steps, ways and references as runs of those on its own page.

use crate::site::{
    checklist::{Checklists, List},
    page::{HoleKind, Page},
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
    /// Finds what a part holds, by where its text begins in the guide; none where the guide's own page has no such steps there.
    pub(super) fn find(own: &Checklists, text: &Page) -> Option<Self> {
        let (part, at) = (&text.checklists, text.part.as_ref()?.start);
        let steps = start(&own.steps, &part.steps, |step| step.id.span.start < at, |a, b| a.title == b.title)?;
        let first = |list: &List| own.steps.get((steps + list.all.first()?) as usize)?.list;
        Some(Self {
            steps,
            count: u32::try_from(part.steps.len()).ok()?,
            choices: start(&own.choices, &part.choices, |choice| choice.id.span.start < at, |a, b| a.title == b.title)?,
            branches: start(&own.branches, &part.branches, |branch| branch.id.span.start < at, |a, b| a.title == b.title)?,
            references: start(&own.references, &part.references, |reference| reference.span.start < at, |a, b| a.list == b.list)?,
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

/// Where a run begins in a whole: after what comes before the part.
fn start<T>(whole: &[T], run: &[T], comes_before: impl Fn(&T) -> bool, alike: impl Fn(&T, &T) -> bool) -> Option<u32> {
    let first = whole.partition_point(comes_before);
    let found = whole.get(first..first + run.len())?;
    found.iter().zip(run).all(|(a, b)| alike(a, b)).then(|| u32::try_from(first).ok())?
}
