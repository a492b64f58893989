//! mdBook's `SUMMARY.md`: nested lists of links become navigation entries, headings become titles between them.

use super::destination;
use crate::{
    diagnostic::Span,
    site::navigation::{Entry, Target},
};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// The entries of a summary, in order.
pub(crate) fn entries(text: &str) -> Vec<Entry> {
    let mut levels: Vec<Vec<Entry>> = vec![Vec::new()];
    let mut open: Option<(Entry, usize)> = None;
    let mut heading: Option<String> = None;
    for (event, range) in Parser::new_ext(text, Options::empty()).into_offset_iter() {
        match event {
            Event::Start(Tag::List(_)) => levels.push(Vec::new()),
            Event::End(TagEnd::List(_)) => {
                let children = levels.pop().unwrap_or_default();
                let nested = levels.len() > 1;
                let Some(level) = levels.last_mut() else { continue };
                // A list belongs to the item that holds it, or to the part whose heading is above it.
                match level.last_mut().filter(|last| nested || (last.target.is_none() && last.children.is_empty())) {
                    Some(parent) => parent.children.extend(children),
                    None => level.extend(children),
                }
            }
            Event::Start(Tag::Heading { level, .. }) => heading = (level != HeadingLevel::H1 || !levels[0].is_empty()).then(String::new),
            Event::End(TagEnd::Heading(_)) => {
                if let (Some(title), Some(level)) = (heading.take(), levels.last_mut()) {
                    level.push(Entry { title: Some(title), target: None, children: Vec::new() });
                }
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                let target = (!dest_url.is_empty()).then(|| Target {
                    address: dest_url.to_string(),
                    written: dest_url.to_string(),
                    span: Span::new(range.start, range.end),
                });
                open = Some((Entry { title: Some(String::new()), target, children: Vec::new() }, range.start + 1));
            }
            Event::End(TagEnd::Link) => {
                if let (Some((mut entry, text_end)), Some(level)) = (open.take(), levels.last_mut()) {
                    if let Some(target) = &mut entry.target {
                        target.span = destination::inline(text, &range, text_end);
                    }
                    level.push(entry);
                }
            }
            Event::Text(words) | Event::Code(words) => {
                if let Some((entry, text_end)) = &mut open {
                    entry.title.get_or_insert_default().push_str(&words);
                    *text_end = range.end;
                } else if let Some(title) = &mut heading {
                    title.push_str(&words);
                }
            }
            _ => {}
        }
    }
    levels.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(entries: &[Entry], depth: usize, out: &mut Vec<String>) {
        for entry in entries {
            let target = entry.target.as_ref().map_or("-", |target| &target.address);
            out.push(format!("{}{} {target}", "  ".repeat(depth), entry.title.as_deref().unwrap_or("?")));
            outline(&entry.children, depth + 1, out);
        }
    }

    #[test]
    fn a_summary_is_a_tree() {
        let text =
            "# Summary\n\n[Welcome](README.md)\n\n# Part one\n\n- [A `b`](a.md)\n  - [C](c/d.md)\n- [Later]()\n\n---\n\n[End](e.md)\n";
        let mut lines = Vec::new();
        outline(&entries(text), 0, &mut lines);
        assert_eq!(lines, ["Welcome README.md", "Part one -", "  A b a.md", "    C c/d.md", "  Later -", "End e.md"]);
    }
}
