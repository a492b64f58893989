//! Checklists as data: what the script on a page reads, and what `checklists.json` holds.

use crate::site::{
    Site, SourceId,
    checklist::{Checklists, Child, Due, Step},
    language::LanguageId,
    lists::{self, Held},
    route::Route,
    target,
};
use serde::Serialize;

/// The manifest of a page: which lists it shows, with all their steps.
#[derive(Serialize)]
pub(in crate::write) struct Manifest<'a> {
    site: String,
    root: String,
    hub: Option<String>,
    next: Option<NextPage<'a>>,
    lists: Vec<ListData<'a>>,
}

#[derive(Serialize)]
struct NextPage<'a> {
    title: &'a str,
    href: String,
}

/// All checklists of a site, as `checklists.json` and `milepost checklists --format json` give them.
#[derive(Serialize)]
pub(super) struct Document<'a> {
    #[serde(rename = "$schema", skip_serializing_if = "Option::is_none")]
    schema: Option<String>,
    format: &'static str,
    version: u32,
    site: String,
    title: &'a str,
    lists: Vec<ListData<'a>>,
}

#[derive(Serialize)]
pub(super) struct ListData<'a> {
    pub(super) id: &'a str,
    pub(super) hash: String,
    pub(super) title: &'a str,
    pub(super) href: String,
    /// The source of the page, from the content root.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<&'a str>,
    /// The id that the list had before it was stamped.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    was: Vec<String>,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) leaves: bool,
    #[serde(rename = "for", skip_serializing_if = "<[_]>::is_empty")]
    pub(super) roles: &'a [Box<str>],
    pub(super) steps: Vec<Entry<'a>>,
}

/// A step or a choice: both stand in one order.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Entry<'a> {
    Step(StepData<'a>),
    Choice(ChoiceData<'a>),
}

#[derive(Serialize)]
pub(super) struct StepData<'a> {
    pub(super) id: &'a str,
    pub(super) title: &'a str,
    pub(super) href: String,
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) time: u32,
    #[serde(skip_serializing_if = "is_first")]
    rev: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    aka: Vec<&'a str>,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) optional: bool,
    #[serde(rename = "for", skip_serializing_if = "<[_]>::is_empty")]
    pub(super) roles: &'a [Box<str>],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    after: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) due: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) owner: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) skip: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) steps: Vec<Entry<'a>>,
}

#[derive(Serialize)]
pub(super) struct ChoiceData<'a> {
    pub(super) choice: &'a str,
    pub(super) title: &'a str,
    pub(super) branches: Vec<BranchData<'a>>,
}

#[derive(Serialize)]
pub(super) struct BranchData<'a> {
    pub(super) id: &'a str,
    pub(super) title: &'a str,
    #[serde(rename = "for", skip_serializing_if = "<[_]>::is_empty")]
    roles: &'a [Box<str>],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) steps: Vec<Entry<'a>>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_false(value: &bool) -> bool {
    !value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(value: &u32) -> bool {
    *value == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_first(value: &u32) -> bool {
    *value <= 1
}

/// The manifest of a page at a route that shows these lists.
pub(super) fn manifest<'a>(site: &'a Site, language: LanguageId, at: &Route, page: Option<SourceId>, shown: &[Held]) -> Manifest<'a> {
    let next = page
        .and_then(|page| site.navigation(language).neighbours(page).1)
        .map(|next| NextPage { title: &site.page(next).title, href: target::relative(at.file(), site.route_in(language, next).file()) });
    Manifest {
        site: site.id(),
        root: at.to_root(),
        hub: site.hub(language).map(|hub| target::relative(at.file(), hub.file())),
        next,
        lists: shown.iter().map(|held| list(site, *held, language, Some(at))).collect(),
    }
}

/// Lists of a site for the readers of a language; `schema` names the schema beside the document.
pub(super) fn document<'a>(site: &'a Site, language: LanguageId, lists: &[Held], schema: Option<String>) -> Document<'a> {
    let lists = lists.iter().map(|held| list(site, *held, language, None)).collect();
    Document { schema, format: "milepost-checklists", version: 1, site: site.id(), title: site.title(language), lists }
}

/// A list; addresses lead from a page, or else from the site's root, in full where its address is known.
pub(super) fn list<'a>(site: &'a Site, held: Held, language: LanguageId, at: Option<&Route>) -> ListData<'a> {
    let page = site.page(held.page);
    let found = site.list(held);
    let address = Address { site, held, language, at };
    let was = if found.shared { Vec::new() } else { lists::former_ids(site, page, held.list as usize) };
    ListData {
        id: &found.id.text,
        hash: hash(&lists::structure(page, held.list)),
        title: &found.title,
        href: address.page(""),
        page: at.is_none().then_some(&*page.path),
        was,
        leaves: found.counts_leaves,
        roles: &found.roles,
        steps: found.steps.iter().map(|step| entry(&page.checklists, Child::Step(*step), &address)).collect(),
    }
}

/// A name for a structure, short enough for attributes.
pub(super) fn hash(structure: &str) -> String {
    blake3::hash(structure.as_bytes()).to_hex()[..8].to_owned()
}

fn entry<'a>(lists: &'a Checklists, child: Child, address: &Address<'_>) -> Entry<'a> {
    match child {
        Child::Step(step) => Entry::Step(step_data(lists, &lists.steps[step as usize], address)),
        Child::Choice(choice) => {
            let choice = &lists.choices[choice as usize];
            let branches = choice.branches.iter().map(|branch| {
                let branch = &lists.branches[*branch as usize];
                let steps = branch.children.iter().map(|child| entry(lists, *child, address)).collect();
                BranchData { id: &branch.id.text, title: &branch.title, roles: &branch.roles, steps }
            });
            Entry::Choice(ChoiceData { choice: &choice.id.text, title: &choice.title, branches: branches.collect() })
        }
    }
}

fn step_data<'a>(lists: &'a Checklists, step: &'a Step, address: &Address<'_>) -> StepData<'a> {
    let keys = &step.keys;
    StepData {
        id: &step.id.text,
        title: &step.title,
        href: address.step(step),
        time: keys.minutes,
        rev: keys.revision,
        why: keys.why.as_deref(),
        aka: keys.aka.iter().map(|name| &*name.text).collect(),
        optional: keys.optional,
        roles: &keys.roles,
        after: keys.after.iter().map(|name| &*name.text).collect(),
        due: keys.due.map(|due| match due {
            Due::Days(days) => format!("+{days}d"),
            Due::On(date) => date.to_string(),
        }),
        owner: keys.owner.as_deref(),
        skip: keys.skip.as_deref(),
        steps: step.children.iter().map(|child| entry(lists, *child, address)).collect(),
    }
}

/// Addresses of one list's page and steps, as another page links them.
pub(super) struct Address<'a> {
    pub(super) site: &'a Site,
    pub(super) held: Held,
    /// The language of the reader.
    pub(super) language: LanguageId,
    /// The page that links; none for files that are read elsewhere.
    pub(super) at: Option<&'a Route>,
}

impl Address<'_> {
    pub(super) fn page(&self, suffix: &str) -> String {
        let to = self.site.route_in(self.language, self.held.page);
        match (self.at, &self.site.config.base_url) {
            (Some(at), _) if at == to && !suffix.is_empty() => suffix.to_owned(),
            (Some(at), _) => format!("{}{suffix}", target::relative(at.file(), to.file())),
            (None, Some(base)) => format!("{}/{}{suffix}", base.trim_end_matches('/'), target::encode(to.address())),
            (None, None) => format!("{}{suffix}", target::encode(to.file())),
        }
    }

    /// The place where a step is explained: the row below its heading, or its item.
    pub(super) fn step(&self, step: &Step) -> String {
        let fragment = Checklists::fragment(&self.site.list(self.held).id.text, &step.id.text);
        self.page(&format!("#{}", target::encode(&fragment)))
    }
}
