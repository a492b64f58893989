//! Checklists as files for other programs: one JSON document, and a list each as Markdown, CSV and iCalendar.

use super::{
    data::{self, ChoiceData, Entry, ListData, StepData},
    html,
};
use crate::{
    site::{Site, language::LanguageId, lists::Held, route::Route},
    write::words::{Language, Words},
};
use std::fmt::Write as _;

/// The JSON Schema of the document, published beside it.
const SCHEMA: &str = include_str!("checklists.schema.json");

/// All checklists as one JSON document that ends with a line ending.
#[must_use]
pub fn json(site: &Site) -> String {
    render(site, LanguageId::DEFAULT, site.lists.owned(), None)
}

/// All checklists for people, a line each.
#[must_use]
pub fn text(site: &Site) -> String {
    let rows: Vec<[String; 4]> = site
        .lists
        .owned()
        .iter()
        .map(|held| {
            let list = site.list(*held);
            let page = site.page(held.page);
            let lists = &page.checklists;
            let minutes: u32 = lists.required(list).map(|step| html::minutes(lists, step)).sum();
            let count = lists.required(list).count();
            let steps = if count == 1 { "1 step".to_owned() } else { format!("{count} steps") };
            let time = if minutes > 0 { format!("about {}", duration(minutes)) } else { String::new() };
            let copies = site.lists.all(&list.id.text)[1..].iter().map(|copy| format!(", {}", site.page(copy.page).path));
            [list.id.text.to_string(), steps, time, format!("{}{}", page.path, copies.collect::<String>())]
        })
        .collect();
    if rows.is_empty() {
        return "there are no checklists\n".to_owned();
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let (first, second, third) = (width(0), width(1), width(2));
    rows.iter().fold(String::new(), |mut out, [id, steps, time, pages]| {
        let _ = writeln!(out, "{id:first$}  {steps:>second$}  {time:third$}  {pages}");
        out
    })
}

/// A duration in words, for the terminal, where the program speaks English.
fn duration(minutes: u32) -> String {
    let counted = |number: u32, word: &str| format!("{number} {word}{}", if number == 1 { "" } else { "s" });
    match (minutes / 60, minutes % 60) {
        (0, minutes) => counted(minutes, "minute"),
        (hours, 0) => counted(hours, "hour"),
        (hours, minutes) => format!("{} {}", counted(hours, "hour"), counted(minutes, "minute")),
    }
}

fn render(site: &Site, language: LanguageId, lists: &[Held], schema: Option<String>) -> String {
    let mut text = serde_json::to_string_pretty(&data::document(site, language, lists, schema)).unwrap_or_default();
    text.push('\n');
    text
}

/// The files and their texts; none where the list of all checklists has no address.
pub(in crate::write) fn files(site: &Site, words: &Words) -> Vec<(String, String)> {
    site.languages.iter().flat_map(|(language, known)| files_in(site, words.of(&known.tag), language).unwrap_or_default()).collect()
}

fn files_in(site: &Site, words: &Language, language: LanguageId) -> Option<Vec<(String, String)>> {
    let hub = site.hub(language).map(Route::address)?.trim_end_matches('/').to_owned();
    let name = hub.rsplit('/').next().unwrap_or_default();
    let lists = site.lists.in_order(language);
    let mut files = vec![
        (format!("{hub}.json"), render(site, language, lists, Some(format!("{name}.schema.json")))),
        (format!("{hub}.schema.json"), SCHEMA.to_owned()),
    ];
    for held in lists {
        let list = data::list(site, *held, language, None);
        let path = format!("{hub}/{}", list.id);
        files.push((format!("{path}.md"), markdown(&list, site, words)));
        files.push((format!("{path}.csv"), csv(&list)));
        files.extend(calendar(&list, site).map(|text| (format!("{path}.ics"), text)));
    }
    Some(files)
}

/// A task list as GitHub has it, to be pasted into an issue.
fn markdown(list: &ListData<'_>, site: &Site, words: &Language) -> String {
    let linked = |title: &str, href: &str| {
        if site.config.base_url.is_some() { format!("[{}](<{href}>)", plain(title)) } else { plain(title) }
    };
    let mut out = format!("## {}\n\n", linked(list.title, &list.href));
    let mut put = |depth: usize, entry: Place<'_>| {
        let indent = "  ".repeat(depth);
        let _ = match entry {
            Place::Step(step) => {
                let title = linked(step.title, &step.href);
                let title = if step.optional { words.filled("optional_step", [("title", title)]) } else { title };
                writeln!(out, "{indent}- [ ] {title}")
            }
            Place::Choice(choice) => writeln!(out, "{indent}- {}", words.filled("choose", [("title", plain(choice.title))])),
            Place::Branch(title) => writeln!(out, "{indent}- {}", plain(title)),
        };
    };
    for entry in &list.steps {
        walk(entry, 0, &mut put);
    }
    out
}

/// Text in which nothing is Markdown.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '\\' | '[' | ']' | '<' | '*' | '_' | '`' | '&' | '~' | '|') {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

/// What a list holds, as it is walked.
enum Place<'a> {
    Step(&'a StepData<'a>),
    Choice(&'a ChoiceData<'a>),
    Branch(&'a str),
}

fn walk(entry: &Entry<'_>, depth: usize, put: &mut dyn FnMut(usize, Place<'_>)) {
    match entry {
        Entry::Step(step) => {
            put(depth, Place::Step(step));
            for entry in &step.steps {
                walk(entry, depth + 1, put);
            }
        }
        Entry::Choice(choice) => {
            put(depth, Place::Choice(choice));
            for branch in &choice.branches {
                put(depth + 1, Place::Branch(branch.title));
                for entry in &branch.steps {
                    walk(entry, depth + 2, put);
                }
            }
        }
    }
}

/// One line a step (RFC 4180); no field can be taken for a formula by a spreadsheet.
fn csv(list: &ListData<'_>) -> String {
    let mut out = String::from("list,step,title,below,way,minutes,optional,for,due,owner,address\r\n");
    for entry in &list.steps {
        csv_entry(&mut out, list.id, entry, "", "");
    }
    out
}

fn csv_entry(out: &mut String, list: &str, entry: &Entry<'_>, below: &str, way: &str) {
    match entry {
        Entry::Step(step) => {
            let minutes = if step.time > 0 { step.time.to_string() } else { String::new() };
            let optional = if step.optional { "yes" } else { "" };
            let roles = step.roles.join(", ");
            let due = step.due.clone().unwrap_or_default();
            let owner = step.owner.unwrap_or_default();
            let fields = [list, step.id, step.title, below, way, &minutes, optional, &roles, &due, owner, &step.href];
            let fields: Vec<String> = fields.into_iter().map(field).collect();
            out.push_str(&fields.join(","));
            out.push_str("\r\n");
            for entry in &step.steps {
                csv_entry(out, list, entry, step.id, way);
            }
        }
        Entry::Choice(choice) => {
            for branch in &choice.branches {
                for entry in &branch.steps {
                    csv_entry(out, list, entry, below, branch.title);
                }
            }
        }
    }
}

/// A field in quotation marks; an apostrophe before a sign with which a formula begins (OWASP, CSV injection).
fn field(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

/// The steps that are due on a day as to-dos (RFC 5545); none without such steps.
fn calendar(list: &ListData<'_>, site: &Site) -> Option<String> {
    let mut todos = String::new();
    let mut put = |_: usize, entry: Place<'_>| {
        let Place::Step(step) = entry else { return };
        let Some(due) = step.due.as_deref().filter(|due| !due.starts_with('+')) else { return };
        let day = due.replace('-', "");
        let lines = [
            "BEGIN:VTODO".to_owned(),
            format!("UID:{}/{}@{}", list.id, step.id, if site.id().is_empty() { "milepost".to_owned() } else { site.id() }),
            // The stamp is no clock's: the same guides give the same file.
            format!("DTSTAMP:{day}T000000Z"),
            format!("DUE;VALUE=DATE:{day}"),
            format!("SUMMARY:{}", escape(step.title)),
            format!("DESCRIPTION:{}", escape(list.title)),
            format!("URL:{}", step.href),
            "STATUS:NEEDS-ACTION".to_owned(),
            "END:VTODO".to_owned(),
        ];
        for line in lines.iter().filter(|line| site.config.base_url.is_some() || !line.starts_with("URL:")) {
            todos.push_str(&fold(line));
        }
    };
    for entry in &list.steps {
        walk(entry, 0, &mut put);
    }
    let begin = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Milepost//Checklists//EN\r\n";
    (!todos.is_empty()).then(|| format!("{begin}{todos}END:VCALENDAR\r\n"))
}

/// Text of a property: `\`, `;`, `,` and line endings escaped (RFC 5545, 3.3.11).
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n")
}

/// A content line of at most 75 bytes, continued on lines that begin with a space (RFC 5545, 3.1).
fn fold(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + 8);
    let mut length = 0;
    for character in line.chars() {
        if length + character.len_utf8() > 75 {
            out.push_str("\r\n ");
            length = 1;
        }
        out.push(character);
        length += character.len_utf8();
    }
    out.push_str("\r\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_field_is_a_formula() {
        assert_eq!(field("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        assert_eq!(field("plain, with a comma"), "\"plain, with a comma\"");
    }

    #[test]
    fn long_lines_are_folded_between_characters() {
        let folded = fold(&format!("SUMMARY:{}", "安".repeat(40)));
        assert!(folded.split("\r\n").all(|line| line.len() <= 75), "{folded}");
        assert_eq!(folded.replace("\r\n ", "").trim_end(), format!("SUMMARY:{}", "安".repeat(40)));
    }
}
