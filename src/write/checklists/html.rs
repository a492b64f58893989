//! Checklists as HTML: the boxes and buttons in the text of a page, and cards. All of it works without scripts.

use super::{data::Address, included::Run};
use crate::{
    site::{
        Destination, Followed, Place, Site, SourceId, View,
        checklist::{Branch, Checklists, Child, Choice, Due, List, ReferenceKind, Step, StepForm},
        language::LanguageId,
        lists::Held,
        page::{HoleKind, Page},
        route::Route,
    },
    write::{
        body::{push_attribute, push_href, push_words},
        words::Language,
    },
};
use std::{
    collections::{BTreeMap, HashSet},
    fmt::Write as _,
};

/// Fills the holes that checklists left in the text of one page, or of a guide that it includes.
pub(in crate::write) struct Filler<'a> {
    site: &'a Site,
    /// The page that the lists belong to.
    page: &'a Page,
    owner: SourceId,
    /// The page that shows them.
    id: SourceId,
    language: LanguageId,
    words: &'a Language,
    followed: &'a Followed,
    /// The steps directly below a list.
    units: HashSet<u32>,
    /// How the guide stands on the other page, where it is included.
    included: Option<Included<'a>>,
}

/// How many copies of each list a page shows so far: the controls of each have names of their own.
pub(in crate::write) struct Copies<'a>(BTreeMap<&'a str, u32>);

impl<'a> Copies<'a> {
    /// The lists in a page's own text are the first copies.
    pub(in crate::write) fn new(page: &'a Page) -> Self {
        Self(page.checklists.lists.iter().map(|list| (&*list.id.text, 1)).collect())
    }

    fn next(&mut self, list: &'a str) -> u32 {
        let copy = self.0.entry(list).or_insert(0);
        *copy += 1;
        *copy
    }
}

/// An included guide, or a region of it, among what a page shows.
struct Included<'a> {
    /// None where the guide's own page does not hold what is in the part: then its boxes are tasks.
    run: Option<Run>,
    prefix: Box<str>,
    copies: BTreeMap<&'a str, u32>,
}

/// What a card is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::write) enum CardKind {
    /// The list stands on the same page.
    Own,
    /// A page embeds the list of another.
    Embed,
    /// The page of all lists.
    Hub,
}

impl CardKind {
    fn word(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Embed => "embed",
            Self::Hub => "hub",
        }
    }
}

impl<'a> Filler<'a> {
    /// For the text of a page, or of a part of it.
    pub(in crate::write) fn new(
        site: &'a Site,
        followed: &'a Followed,
        view: View,
        words: &'a Language,
        text: &Page,
        copies: &mut Copies<'a>,
    ) -> Self {
        let owner = match site.at(&text.path) {
            Some(Place::Page(owner)) if text.part.is_some() => owner,
            _ => view.page,
        };
        let page = site.page(owner);
        let lists = &page.checklists.lists;
        let units = lists.iter().flat_map(|list| list.steps.iter().copied()).collect();
        let included = text.part.as_ref().map(|part| {
            let run = Run::find(&page.checklists, text);
            let shown = lists.iter().filter(|list| run.as_ref().is_some_and(|run| run.shows(list)));
            let copies = shown.map(|list| (&*list.id.text, copies.next(&list.id.text))).collect();
            Included { run, prefix: part.prefix.clone(), copies }
        });
        Self { site, page, owner, id: view.page, language: view.language, words, followed, units, included }
    }

    /// Fills one hole; holes of other kinds are left alone.
    pub(in crate::write) fn fill(&self, out: &mut String, hole: HoleKind, copies: &mut Copies<'a>) {
        let lists = &self.page.checklists;
        let hole = match &self.included {
            Some(Included { run: Some(run), .. }) => run.hole(lists, hole),
            Some(Included { run: None, prefix, .. }) => return plain(out, hole, prefix),
            None => hole,
        };
        match hole {
            HoleKind::HeadingStep(step) => self.heading(out, step),
            HoleKind::Item(step) => self.item(out, step),
            HoleKind::BoxStart(step) => self.box_start(out, step),
            HoleKind::BoxEnd(step) => self.box_end(out, &lists.steps[step as usize]),
            HoleKind::Branch(branch) => {
                let branch = &lists.branches[branch as usize];
                let (list, choice) = self.owner(branch);
                let _ = write!(out, " class=\"milepost-branch\" data-branch=\"{}/{}/{}\"", Attribute(list), choice.id.text, branch.id.text);
            }
            HoleKind::BranchRow(_) => out.push_str(" class=\"milepost-row\""),
            HoleKind::RadioStart(branch) => {
                let branch = &lists.branches[branch as usize];
                let (list, choice) = self.owner(branch);
                if !branch.loose {
                    out.push_str("<span class=\"milepost-row\">");
                }
                radio(out, list, choice, branch, self.copy(list));
            }
            HoleKind::RadioEnd(branch) => {
                out.push_str("</label>");
                if !lists.branches[branch as usize].loose {
                    out.push_str("</span>");
                }
            }
            HoleKind::ChoiceStart(choice) => {
                let choice = &lists.choices[choice as usize];
                fieldset(out, self.words, self.list_id(choice.list), choice, true);
                out.push('\n');
            }
            HoleKind::ChoiceEnd(_) => out.push_str("</fieldset>\n"),
            HoleKind::Card(list) => self.own_card(out, list, copies),
            HoleKind::Reference(reference) => self.reference(out, reference, copies),
            _ => {}
        }
    }

    /// The copy of a list that its rows in the text are.
    fn copy(&self, list: &str) -> u32 {
        self.included.as_ref().and_then(|included| included.copies.get(list)).copied().unwrap_or(1)
    }

    /// How a row is named: links lead to the one on the page that the list belongs to.
    fn name_row(&self, out: &mut String, list: &str, step: &Step) {
        if self.included.is_none() {
            target_and_row(out, list, step);
        } else {
            data_row(out, list, step);
        }
    }

    fn list_id(&self, list: Option<u32>) -> &'a str {
        list.map_or("", |list| &self.page.checklists.lists[list as usize].id.text)
    }

    /// The classes of a row: the script puts the buttons of units and of steps that say why to skip them into the row itself,
    /// which keeps room for them.
    fn classes(&self, index: u32) -> String {
        let step = &self.page.checklists.steps[index as usize];
        let direct = if step.keys.skip.is_some() || self.units.contains(&index) { " milepost-direct" } else { "" };
        let parent = if step.children.is_empty() { "" } else { " milepost-parent" };
        format!("{direct}{parent}")
    }

    fn owner(&self, branch: &Branch) -> (&'a str, &'a Choice) {
        let choice = &self.page.checklists.choices[branch.choice as usize];
        (self.list_id(choice.list), choice)
    }

    fn heading(&self, out: &mut String, index: u32) {
        let step = &self.page.checklists.steps[index as usize];
        let list = self.list_id(step.list);
        let _ = write!(out, "<div class=\"milepost-step{}\"", self.classes(index));
        self.name_row(out, list, step);
        out.push_str(">\n");
        row(out, list, step, self.copy(list));
        out.push('\n');
        about_step(out, self.words, list, step, self.copy(list));
        out.push_str("</div>\n");
    }

    fn item(&self, out: &mut String, index: u32) {
        let step = &self.page.checklists.steps[index as usize];
        let _ = write!(out, " class=\"task{}\"", self.classes(index));
        if step.list.is_some() {
            self.name_row(out, self.list_id(step.list), step);
        }
    }

    fn box_start(&self, out: &mut String, index: u32) {
        let step = &self.page.checklists.steps[index as usize];
        if step.list.is_none() {
            let checked = if matches!(step.form, StepForm::Item { checked: true }) { " checked" } else { "" };
            let prefix = self.included.as_ref().map_or("", |included| &*included.prefix);
            task(out, prefix, index, checked);
        } else if step.children.is_empty() {
            let list = self.list_id(step.list);
            checkbox(out, list, step, self.copy(list));
        } else {
            out.push_str("<span class=\"milepost-mark\"></span><span class=\"milepost-name\">");
        }
    }

    fn box_end(&self, out: &mut String, step: &Step) {
        if step.list.is_none() {
            out.push_str("</label>");
            return;
        }
        out.push_str(if step.children.is_empty() { "</label>" } else { "</span>" });
        if has_about(step) {
            out.push(' ');
            let list = self.list_id(step.list);
            about_step(out, self.words, list, step, self.copy(list));
        }
    }

    fn own_card(&self, out: &mut String, list: u32, copies: &mut Copies<'a>) {
        let Some(found) = self.page.checklists.lists.get(list as usize).filter(|found| !found.steps.is_empty()) else { return };
        let held = Held { page: self.owner, list };
        let copy = copies.next(&found.id.text);
        let card = Card {
            site: self.site,
            held,
            language: self.language,
            at: self.site.route_in(self.language, self.id),
            words: self.words,
            kind: CardKind::Own,
            copy,
            level: 2,
            first: false,
        };
        let needs = self.needs();
        card.write(out, &needs);
    }

    /// The lists that this page asks for first, each once, with their pages.
    fn needs(&self) -> Vec<Held> {
        let mut needs: Vec<Held> = Vec::new();
        for reference in self.page.checklists.references.iter().filter(|reference| reference.kind == ReferenceKind::Needs) {
            needs.extend(self.site.lists.in_language(self.site, self.language, &reference.list).filter(|held| !needs.contains(held)));
        }
        needs
    }

    fn reference(&self, out: &mut String, index: u32, copies: &mut Copies<'a>) {
        let reference = &self.page.checklists.references[index as usize];
        let Some(held) = self.site.lists.in_language(self.site, self.language, &reference.list) else { return };
        if reference.kind == ReferenceKind::Needs {
            let _ = write!(out, " <span class=\"milepost-badge\" data-progress=\"{}\"></span>", Attribute(&reference.list));
            return;
        }
        // A list that holds itself is an error, and would show without end.
        let leads_here =
            matches!(&self.followed[self.owner.0 as usize][reference.link as usize], Ok(Destination::Page(page, _)) if *page == self.owner);
        if leads_here || held.page == self.owner || held.page == self.id {
            return;
        }
        let copy = copies.next(&reference.list);
        let level = (reference.level + 1).clamp(2, 6);
        Card {
            site: self.site,
            held,
            language: self.language,
            at: self.site.route_in(self.language, self.id),
            words: self.words,
            kind: CardKind::Embed,
            copy,
            level,
            first: copy == 1,
        }
        .write(out, &[]);
    }
}

/// A list in short, or in full.
pub(in crate::write) struct Card<'a> {
    pub(in crate::write) site: &'a Site,
    pub(in crate::write) held: Held,
    /// The language of the reader.
    pub(in crate::write) language: LanguageId,
    pub(in crate::write) words: &'a Language,
    /// The page that shows it.
    pub(in crate::write) at: &'a Route,
    pub(in crate::write) kind: CardKind,
    pub(in crate::write) copy: u32,
    pub(in crate::write) level: u8,
    /// Whether its steps are the ones that links to steps lead to.
    pub(in crate::write) first: bool,
}

impl Card<'_> {
    pub(in crate::write) fn write(&self, out: &mut String, needs: &[Held]) {
        let found = self.site.list(self.held);
        let id = Attribute(&found.id.text);
        let (copy, level) = (self.copy, self.level);
        let title = format!("check:{id}::card:{copy}");
        let _ = write!(
            out,
            "<section class=\"milepost-card\" data-list=\"{id}\" data-kind=\"{}\" data-copy=\"{copy}\"{}{}>\n<h{level} class=\"milepost-title\" id=\"{title}\" tabindex=\"-1\">",
            self.kind.word(),
            if self.kind == CardKind::Own && has_roles(self.lists(), self.held.list) { " data-roles" } else { "" },
            // A second region of the same name would tell a screen reader nothing.
            if self.kind == CardKind::Embed && !self.first { String::new() } else { format!(" aria-labelledby=\"{title}\"") }
        );
        if self.kind == CardKind::Own {
            push_words(out, &self.words.filled("checklist_title", [("title", found.title.to_string())]));
        } else {
            out.push_str("<a href=\"");
            push_href(out, &self.address().page(""));
            out.push_str("\">");
            push_words(out, &found.title);
            out.push_str("</a>");
        }
        let _ = writeln!(out, "</h{level}>");
        self.progress(out, found);
        out.push_str("<noscript><p>");
        push_words(out, self.words.word("no_script"));
        out.push_str("</p></noscript>\n");
        for held in needs {
            let other = self.site.list(*held);
            let _ = write!(out, "<p class=\"milepost-needs\" data-needs=\"{}\">", Attribute(&other.id.text));
            push_words(out, self.words.word("do_first"));
            out.push_str(" <a href=\"");
            push_href(out, &Address { site: self.site, held: *held, language: self.language, at: Some(self.at) }.page(""));
            out.push_str("\">");
            push_words(out, &other.title);
            out.push_str("</a> <span data-count></span></p>\n");
        }
        self.steps(out, found);
        out.push_str("</section>\n");
    }

    fn address(&self) -> Address<'_> {
        Address { site: self.site, held: self.held, language: self.language, at: Some(self.at) }
    }

    fn lists(&self) -> &Checklists {
        &self.site.page(self.held.page).checklists
    }

    fn progress(&self, out: &mut String, found: &List) {
        let required: Vec<&Step> = self.lists().required(found).collect();
        let minutes: u32 = required.iter().map(|step| minutes(self.lists(), step)).sum();
        let id = format!("check:{}::progress:{}", Attribute(&found.id.text), self.copy);
        let count = required.len();
        let _ = write!(
            out,
            "<p class=\"milepost-progress\"><label for=\"{id}\">{}</label> <progress id=\"{id}\" max=\"{}\" value=\"0\"></progress> <span data-count>",
            Attribute(self.words.word("progress")),
            count.max(1),
        );
        push_words(out, &self.words.counted("steps", count));
        out.push_str("</span> <span data-time>");
        if minutes > 0 {
            push_words(out, &self.words.filled("about_time", [("time", self.words.duration(minutes))]));
        }
        out.push_str("</span></p>\n");
    }

    fn steps(&self, out: &mut String, found: &List) {
        let full = self.kind != CardKind::Own || found.do_confirm;
        let units = found.steps.iter().map(|step| &self.lists().steps[*step as usize]);
        let units: Vec<&Step> = units.filter(|step| full || matches!(step.form, StepForm::Heading { .. })).collect();
        if units.is_empty() {
            return;
        }
        // The page of all lists is an overview: each list unfolds.
        let folded = self.kind == CardKind::Hub;
        if folded {
            out.push_str("<details class=\"milepost-all\"><summary>");
            self.named(out, "all_steps", &found.title);
            out.push_str("</summary>\n");
        }
        out.push_str("<ul class=\"milepost-steps\" role=\"list\">\n");
        for step in units {
            self.step(out, step, full, true);
        }
        out.push_str(if folded { "</ul>\n</details>\n" } else { "</ul>\n" });
    }

    fn step(&self, out: &mut String, step: &Step, full: bool, is_unit: bool) {
        let list = &self.site.list(self.held).id.text;
        let direct = self.kind != CardKind::Own && (is_unit || step.keys.skip.is_some());
        out.push_str(match (direct, step.children.is_empty()) {
            (false, true) => "<li",
            (false, false) => "<li class=\"milepost-parent\"",
            (true, true) => "<li class=\"milepost-direct\"",
            (true, false) => "<li class=\"milepost-direct milepost-parent\"",
        });
        if self.first {
            target_and_row(out, list, step);
        } else {
            data_row(out, list, step);
        }
        out.push('>');
        row(out, list, step, self.copy);
        out.push(' ');
        if has_about(step) {
            about_step(out, self.words, list, step, self.copy);
            out.push(' ');
        }
        if is_unit {
            out.push_str("<a class=\"milepost-how\" href=\"");
            push_href(out, &self.address().step(step));
            out.push_str("\">");
            self.named(out, "how_to", &step.title);
            out.push_str("</a>");
        }
        if full {
            self.children(out, &step.children);
        }
        out.push_str("</li>\n");
    }

    /// A word, and for screen readers what it is about.
    fn named(&self, out: &mut String, word: &str, title: &str) {
        push_words(out, self.words.word(word));
        out.push_str("<span class=\"hidden\">");
        push_words(out, &self.words.filled("of_what", [("title", title.to_owned())]));
        out.push_str("</span>");
    }

    fn children(&self, out: &mut String, children: &[Child]) {
        if children.is_empty() {
            return;
        }
        out.push_str("\n<ul class=\"milepost-steps\" role=\"list\">\n");
        for child in children {
            match child {
                Child::Step(step) => self.step(out, &self.lists().steps[*step as usize], true, false),
                Child::Choice(choice) => self.choice(out, &self.lists().choices[*choice as usize]),
            }
        }
        out.push_str("</ul>\n");
    }

    fn choice(&self, out: &mut String, choice: &Choice) {
        let list = &self.site.list(self.held).id.text;
        out.push_str("<li>");
        fieldset(out, self.words, list, choice, false);
        out.push_str("\n<ul role=\"list\">\n");
        for branch in &choice.branches {
            let branch = &self.lists().branches[*branch as usize];
            let _ = write!(
                out,
                "<li class=\"milepost-branch\" data-branch=\"{}/{}/{}\"><span class=\"milepost-row\">",
                Attribute(list),
                choice.id.text,
                branch.id.text
            );
            radio(out, list, choice, branch, self.copy);
            push_words(out, &branch.title);
            out.push_str("</label></span>");
            self.children(out, &branch.children);
            out.push_str("</li>\n");
        }
        out.push_str("</ul></fieldset></li>\n");
    }
}

/// Whether a step or a way of a list is for some roles only.
pub(super) fn has_roles(lists: &Checklists, list: u32) -> bool {
    let steps = lists.steps_of(list).any(|step| !step.keys.roles.is_empty());
    steps || lists.branches.iter().any(|branch| lists.choices[branch.choice as usize].list == Some(list) && !branch.roles.is_empty())
}

/// The id that links to a step lead to, and the name by which the script finds its row.
fn target_and_row(out: &mut String, list: &str, step: &Step) {
    let _ = write!(out, " id=\"{}\"", Attribute(&Checklists::fragment(list, &step.id.text)));
    data_row(out, list, step);
}

fn data_row(out: &mut String, list: &str, step: &Step) {
    let _ = write!(out, " data-row=\"{}/{}\"", Attribute(list), step.id.text);
}

/// A box that nothing keeps.
fn task(out: &mut String, prefix: &str, index: u32, checked: &str) {
    let number = index + 1;
    let _ = write!(out, "<input type=\"checkbox\" id=\"task:{prefix}{number}\"{checked}><label for=\"task:{prefix}{number}\">");
}

/// A hole of a text whose steps are nobody's.
fn plain(out: &mut String, hole: HoleKind, prefix: &str) {
    match hole {
        HoleKind::Item(_) => out.push_str(" class=\"task\""),
        HoleKind::BoxStart(index) => task(out, prefix, index, ""),
        HoleKind::BoxEnd(_) => out.push_str("</label>"),
        _ => {}
    }
}

/// A leaf's box with its label; a parent's mark and name, since it is done by its parts.
fn row(out: &mut String, list: &str, step: &Step, copy: u32) {
    out.push_str("<span class=\"milepost-row\">");
    if step.children.is_empty() {
        checkbox(out, list, step, copy);
        push_words(out, &step.title);
        out.push_str("</label></span>");
    } else {
        out.push_str("<span class=\"milepost-mark\"></span><span class=\"milepost-name\">");
        push_words(out, &step.title);
        out.push_str("</span></span>");
    }
}

fn checkbox(out: &mut String, list: &str, step: &Step, copy: u32) {
    let list = Attribute(list);
    let id = format!("check:{list}:{}:{copy}", step.id.text);
    let _ = write!(out, "<input type=\"checkbox\" id=\"{id}\" data-step=\"{list}/{}\"", step.id.text);
    if has_about(step) {
        let _ = write!(out, " aria-describedby=\"{id}:about\"");
    }
    let _ = write!(out, "><label for=\"{id}\">");
}

fn radio(out: &mut String, list: &str, choice: &Choice, branch: &Branch, copy: u32) {
    let list = Attribute(list);
    let (choice, branch) = (&choice.id.text, &branch.id.text);
    let id = format!("check:{list}:{choice}:{branch}:{copy}");
    let _ = write!(
        out,
        "<input type=\"radio\" name=\"check:{list}:{choice}:{copy}\" id=\"{id}\" value=\"{branch}\" data-choice=\"{list}/{choice}\"><label for=\"{id}\">"
    );
}

fn fieldset(out: &mut String, words: &Language, list: &str, choice: &Choice, hidden: bool) {
    let _ = write!(out, "<fieldset class=\"milepost-choice\" data-choice=\"{}/{}\"><legend", Attribute(list), choice.id.text);
    out.push_str(if hidden { " class=\"hidden\">" } else { ">" });
    push_words(out, &words.filled("choose", [("title", choice.title.to_string())]));
    out.push_str("</legend>");
}

fn about_step(out: &mut String, words: &Language, list: &str, step: &Step, copy: u32) {
    if !has_about(step) {
        return;
    }
    let _ = write!(out, "<span class=\"milepost-about\" id=\"check:{}:{}:{copy}:about\">", Attribute(list), step.id.text);
    push_words(out, &about(words, step));
    out.push_str("</span>");
}

/// Whether there is anything to say about a step beside its text.
pub(super) fn has_about(step: &Step) -> bool {
    let keys = &step.keys;
    let says_when = keys.optional || keys.minutes > 0 || keys.due.is_some();
    says_when || keys.owner.is_some() || !keys.roles.is_empty() || keys.skip.is_some()
}

/// What there is to say about a step beside its text.
pub(super) fn about(words: &Language, step: &Step) -> String {
    let keys = &step.keys;
    let mut said: Vec<String> = Vec::new();
    if keys.optional {
        said.push(words.word("optional").to_owned());
    }
    if keys.minutes > 0 {
        said.push(words.filled("takes", [("time", words.duration(keys.minutes))]));
    }
    match keys.due {
        Some(Due::Days(days)) => said.push(words.counted("due_days", days as usize)),
        Some(Due::On(date)) => said.push(words.filled("due_on", [("date", words.date(date))])),
        None => {}
    }
    if let Some(owner) = &keys.owner {
        said.push(words.filled("owner", [("owner", owner.to_string())]));
    }
    if !keys.roles.is_empty() {
        said.push(words.filled("for_roles", [("roles", keys.roles.join(words.word("separator")))]));
    }
    if let Some(skip) = &keys.skip {
        said.push(words.filled("not_needed_if", [("reason", sentence(skip, words.word("stop")))]));
    }
    said.join(" ")
}

/// A text with a full stop, where it has no end of its own.
fn sentence(text: &str, stop: &str) -> String {
    let closed = text.ends_with(['.', '!', '?', '。', '！', '？']);
    if closed { text.to_owned() } else { format!("{text}{stop}") }
}

/// The minutes that a step takes: its own, else those of its parts, where a choice takes the longest of its ways.
pub(super) fn minutes(lists: &Checklists, step: &Step) -> u32 {
    if step.keys.minutes > 0 {
        return step.keys.minutes;
    }
    parts(lists, &step.children)
}

fn parts(lists: &Checklists, children: &[Child]) -> u32 {
    let minutes = children.iter().map(|child| match child {
        Child::Step(step) => {
            let step = &lists.steps[*step as usize];
            if step.keys.optional { 0 } else { minutes(lists, step) }
        }
        Child::Choice(choice) => {
            let branches = lists.choices[*choice as usize].branches.iter();
            branches.map(|branch| parts(lists, &lists.branches[*branch as usize].children)).max().unwrap_or(0)
        }
    });
    minutes.fold(0, u32::saturating_add)
}

/// Text as an attribute's value.
pub(super) struct Attribute<'a>(pub(super) &'a str);

impl std::fmt::Display for Attribute<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut out = String::with_capacity(self.0.len());
        push_attribute(&mut out, self.0);
        formatter.write_str(&out)
    }
}
