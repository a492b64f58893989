//! Checklists for paper: boxes to tick with a pen, without what a script would keep, and without ids that could be there twice.

use super::html::{Attribute, about, has_about};
use crate::{
    site::{
        checklist::{Checklists, Step, StepForm},
        page::{HoleKind, Page},
    },
    write::{body::push_words, words::Language},
};
use std::fmt::Write as _;

/// Fills one hole of a page that checklists left; `prefix` keeps the ids of this page apart from those of others.
pub(in crate::write) fn fill(out: &mut String, words: &Language, page: &Page, hole: HoleKind, prefix: &str) {
    let lists = &page.checklists;
    // Links to a step of what is included lead to its own page.
    let around = prefix;
    let (prefix, part) = (page.part.is_none().then_some(prefix), page.part.as_ref().map_or("", |part| &part.prefix));
    let step = |index: u32| &lists.steps[index as usize];
    match hole {
        HoleKind::HeadingStep(index) => heading(out, words, lists, step(index), prefix),
        HoleKind::Item(index) => {
            out.push_str(" class=\"task\"");
            push_id(out, lists, step(index), prefix);
        }
        HoleKind::BoxStart(index) if has_box(step(index)) => open_box(out, step(index)),
        HoleKind::BoxEnd(index) => close_box(out, words, step(index)),
        HoleKind::Branch(_) => out.push_str(" class=\"paper-branch\""),
        HoleKind::RadioStart(index) => {
            let choice = lists.branches[index as usize].choice;
            let _ = write!(out, "<label><input type=\"radio\" name=\"{around}{part}choice:{choice}\"> ");
        }
        HoleKind::RadioEnd(_) => out.push_str("</label>"),
        HoleKind::ChoiceStart(index) => {
            out.push_str("<fieldset class=\"paper-choice\"><legend class=\"hidden\">");
            push_words(out, &lists.choices[index as usize].title);
            out.push_str("</legend>\n");
        }
        HoleKind::ChoiceEnd(_) => out.push_str("</fieldset>\n"),
        // A card repeats the steps that stand in the text; the link to another list is in the text as well.
        _ => {}
    }
}

/// A step of parts is done by them: only what has none has a box.
fn has_box(step: &Step) -> bool {
    step.list.is_none() || step.children.is_empty()
}

fn heading(out: &mut String, words: &Language, lists: &Checklists, step: &Step, prefix: Option<&str>) {
    let silent = !has_box(step) && !has_about(step);
    out.push_str(if silent { "<div" } else { "<p class=\"paper-step\"" });
    push_id(out, lists, step, prefix);
    if silent {
        out.push_str("></div>\n");
        return;
    }
    out.push('>');
    if has_box(step) {
        open_box(out, step);
        push_words(out, &step.title);
    }
    close_box(out, words, step);
    out.push_str("</p>\n");
}

fn open_box(out: &mut String, step: &Step) {
    let checked = if matches!(step.form, StepForm::Item { checked: true }) && step.list.is_none() { " checked" } else { "" };
    let _ = write!(out, "<label><input type=\"checkbox\"{checked}> ");
}

fn close_box(out: &mut String, words: &Language, step: &Step) {
    if has_box(step) {
        out.push_str("</label>");
    }
    if has_about(step) && step.list.is_some() {
        out.push_str(" <span class=\"milepost-about\">");
        push_words(out, &about(words, step));
        out.push_str("</span>");
    }
}

/// The id that links to a step lead to.
fn push_id(out: &mut String, lists: &Checklists, step: &Step, prefix: Option<&str>) {
    if let (Some(list), Some(prefix)) = (step.list, prefix) {
        let fragment = Checklists::fragment(&lists.lists[list as usize].id.text, &step.id.text);
        let _ = write!(out, " id=\"{prefix}{}\"", Attribute(&fragment));
    }
}
