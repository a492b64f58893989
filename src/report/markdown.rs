//! The report as Markdown, for the summary of a job or a comment on a pull request: a table for each file.

use super::{External, Places, Report, Verdict, named, words::counted};
use crate::diagnostic::{Diagnostic, Severity};
use std::fmt::Write as _;

/// The longest report in bytes: GitHub takes 1 MiB for the summary of a step, and refuses it whole beyond that.
pub const LIMIT: usize = 900 * 1024;

/// The longest text of a cell, in characters.
const LONGEST: usize = 1000;

/// How many places of an external address are named.
const PLACES: usize = 5;

/// What is kept free for the last words and for what closes a section.
const RESERVE: usize = 400;

/// All findings that fit into `limit` bytes, and how many do not; `prefix` leads from the repository's root to the content.
#[must_use]
pub fn render(report: &Report, places: &Places, prefix: &str, strict: bool, limit: usize) -> String {
    let mut out = headline(report, strict);
    let room = limit.saturating_sub(RESERVE);
    let left = tables(&mut out, report, places, prefix, room);
    if left > 0 {
        let _ = writeln!(out, "\n{} left out here: the log has them all.", counted(left, "finding is", "findings are"));
    }
    for (words, help) in &report.advice {
        let paragraph = format!("\n{}: {}\n", escape(words), escape(help));
        if out.len() + paragraph.len() <= room {
            out.push_str(&paragraph);
        }
    }
    if let Some(external) = &report.external
        && !external.is_empty()
        && out.len() < room
    {
        folded(&mut out, external, places, prefix, room);
    }
    out
}

fn headline(report: &Report, strict: bool) -> String {
    let summary = report.summary;
    let verdict = if report.fails(strict) { "failed" } else { "passed" };
    let notes = report.diagnostics.iter().filter(|finding| finding.severity == Severity::Info).count();
    let found: Vec<String> = [(summary.errors, "error", "errors"), (summary.warnings, "warning", "warnings"), (notes, "note", "notes")]
        .into_iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(number, one, many)| counted(number, one, many))
        .collect();
    let found = if found.is_empty() { "nothing to mend".to_owned() } else { found.join(", ") };
    let (pages, links) = (counted(summary.pages, "page", "pages"), counted(summary.links, "link", "links"));
    let external =
        if summary.external > 0 { format!(", {} of them external", super::words::grouped(summary.external)) } else { String::new() };
    format!("## Milepost: {verdict}, {found}\n\n{pages}, {links}{external}.\n")
}

/// Writes a table for each file, and says how many findings had no room.
fn tables(out: &mut String, report: &Report, places: &Places, prefix: &str, room: usize) -> usize {
    let mut left = report.diagnostics.len();
    for findings in report.diagnostics.chunk_by(|a, b| a.file == b.file) {
        let file = findings.first().map(|finding| named(prefix, &finding.file)).unwrap_or_default();
        let mut part = format!("\n### {}\n\n| Line | Rule | What is wrong | What to do |\n|---:|---|---|---|\n", code(&file));
        for finding in findings {
            let row = row(finding, places);
            if out.len() + part.len() + row.len() > room {
                return left;
            }
            part.push_str(&row);
            out.push_str(&part);
            part.clear();
            left -= 1;
        }
    }
    left
}

fn row(finding: &Diagnostic, places: &Places) -> String {
    let line = places.of(&finding.file, finding.span).line;
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warn => "warning",
        Severity::Info | Severity::Off => "note",
    };
    let (rule, message) = (finding.rule.name(), escape(&finding.message));
    format!("| {line} | {level}: `{rule}` | {message} | {} |\n", escape(finding.help.as_deref().unwrap_or_default()))
}

fn folded(out: &mut String, external: &[External], places: &Places, prefix: &str, room: usize) {
    let count = |verdict| external.iter().filter(|address| address.verdict == verdict).count();
    let counts: Vec<String> = [Verdict::Flaky, Verdict::Blocked, Verdict::Skipped, Verdict::NotChecked]
        .into_iter()
        .filter(|verdict| count(*verdict) > 0)
        .map(|verdict| format!("{} {}", count(verdict), verdict.name()))
        .collect();
    let _ = write!(out, "\n<details>\n<summary>External addresses: {}</summary>\n", counts.join(", "));
    out.push_str("\n| Address | Verdict | Why | Where |\n|---|---|---|---|\n");
    let mut left = external.len();
    for address in external {
        let mut named_places: Vec<String> = address
            .places
            .iter()
            .take(PLACES)
            .map(|(file, span)| code(&format!("{}:{}", named(prefix, file), places.of(file, *span).line)))
            .collect();
        if address.places.len() > PLACES {
            named_places.push(format!("{} more", address.places.len() - PLACES));
        }
        let row = format!(
            "| {} | {} | {} | {} |\n",
            code(&address.url),
            address.verdict.name(),
            escape(&address.reason),
            named_places.join(", ")
        );
        if out.len() + row.len() > room {
            break;
        }
        out.push_str(&row);
        left -= 1;
    }
    if left > 0 {
        let _ = writeln!(out, "\n{} left out here.", counted(left, "address is", "addresses are"));
    }
    out.push_str("\n</details>\n");
}

/// Text in which nothing is Markdown or HTML, but for pairs of backticks, which are our own.
fn escape(text: &str) -> String {
    let text = shortened(text);
    if !text.matches('`').count().is_multiple_of(2) {
        return plain(&text);
    }
    let mut out = String::with_capacity(text.len());
    for (position, part) in text.split('`').enumerate() {
        let is_code = position % 2 == 1;
        if is_code {
            out.push_str("<code>");
        }
        out.push_str(&plain(part));
        if is_code {
            out.push_str("</code>");
        }
    }
    out
}

/// The text as code; backticks of its own are shown.
fn code(text: &str) -> String {
    format!("<code>{}</code>", plain(&shortened(text)))
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Every character that can mean something to Markdown as a character reference, which never does.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\r' | '\t' => out.push(' '),
            character if character.is_control() => out.push(char::REPLACEMENT_CHARACTER),
            '-' | '.' | ',' | ';' | '/' | '?' | '%' => out.push(character),
            character if character.is_ascii_punctuation() => {
                let _ = write!(out, "&#{};", u32::from(character));
            }
            character => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Rule, Span};

    #[test]
    fn nothing_of_a_guide_becomes_markup() {
        assert_eq!(escape("no `a|b<i>.md` *here*"), "no <code>a&#124;b&#60;i&#62;.md</code> &#42;here&#42;");
        assert_eq!(escape("one ` only\n| x"), "one &#96; only &#124; x");
        assert_eq!(code("a`b\u{1b}"), "<code>a&#96;b\u{fffd}</code>");
    }

    #[test]
    fn a_long_report_stays_below_the_limit_and_says_what_it_leaves_out() {
        let findings: Vec<Diagnostic> = (0..500)
            .map(|number| Diagnostic::new(&format!("{number}.md").into(), Span::default(), Rule::MissingFile, "<".repeat(3000)))
            .collect();
        let places = Places::read(std::iter::empty(), |_| None);
        let text = render(&Report::new(500, 500, 0, findings), &places, "", false, LIMIT);
        assert!(text.len() <= LIMIT && text.len() > LIMIT / 2, "{}", text.len());
        let rows = text.matches("| 1 | error").count();
        assert!(text.ends_with(&format!("\n{} findings are left out here: the log has them all.\n", 500 - rows)), "{rows}");
    }

    #[test]
    fn external_addresses_are_folded_away() {
        let places = Places::read(["a.md"].into_iter(), |_| Some("x\ny".to_owned()));
        let address = External {
            url: "https://example.com/a|b".to_owned(),
            verdict: Verdict::Blocked,
            reason: "it answers `403`".to_owned(),
            places: vec![("a.md".into(), Span::new(2, 3)); 7],
        };
        let report = Report { external: Some(vec![address; 2]), ..Report::new(1, 1, 1, Vec::new()) };
        let text = render(&report, &places, "docs/", true, LIMIT);
        assert!(text.contains("<details>\n<summary>External addresses: 2 blocked</summary>\n\n| Address |"), "{text}");
        let place = "<code>docs/a.md&#58;2</code>";
        let row = format!(
            "| <code>https&#58;//example.com/a&#124;b</code> | blocked | it answers <code>403</code> | {}, 2 more |",
            [place; PLACES].join(", ")
        );
        assert!(text.contains(&row), "{text}");
        assert!(text.ends_with("|\n\n</details>\n"), "{text}");
        let tight = render(&report, &places, "docs/", true, RESERVE + text.len() - 100);
        assert!(tight.contains("\n1 address is left out here.\n\n</details>\n"), "{tight}");
    }
}
