//! `name`, `href` and `items` lines of a `TOC.yml` that is not YAML: lines in, entries by their indentation out.

use crate::{diagnostic::Span, site::navigation::Entry};

/// An entry while its lines are read.
struct Open {
    indent: usize,
    entry: Entry,
}

/// The entries that the lines of a broken file still tell.
pub(super) fn entries(text: &str) -> Vec<Entry> {
    let mut done: Vec<Entry> = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        let Some((key, value, indent, is_item)) = key_and_value(line) else { continue };
        let value_start = start + (value.as_ptr() as usize - line.as_ptr() as usize);
        let repeated = key == "name" && open.last().is_some_and(|open| open.entry.title.is_some());
        if is_item || open.is_empty() || repeated {
            close(&mut open, &mut done, indent);
            open.push(Open { indent, entry: Entry { title: None, target: None, children: Vec::new() } });
        }
        let Some(last) = open.last_mut() else { continue };
        let value = value.trim().trim_matches(['"', '\'']);
        match key {
            "name" if !value.is_empty() => last.entry.title = Some(value.to_owned()),
            "href" | "topicHref" => last.entry.target = super::written_target(value, Span::new(value_start, value_start + value.len()), ""),
            _ => {}
        }
    }
    close(&mut open, &mut done, 0);
    done
}

/// Ends the entries that are indented as far or farther.
fn close(open: &mut Vec<Open>, done: &mut Vec<Entry>, indent: usize) {
    while open.last().is_some_and(|last| last.indent >= indent) {
        let Some(last) = open.pop() else { return };
        match open.last_mut() {
            Some(parent) => parent.entry.children.push(last.entry),
            None => done.push(last.entry),
        }
    }
}

/// The key, its value, the column of the key's entry, and whether the line begins an entry.
fn key_and_value(line: &str) -> Option<(&str, &str, usize, bool)> {
    let trimmed = line.trim_start_matches([' ', '\t', '\u{feff}']);
    let indent = line.len() - trimmed.len();
    let (rest, is_item) = trimmed.strip_prefix('-').map_or((trimmed, false), |rest| (rest.trim_start(), true));
    let (key, value) = rest.split_once(':')?;
    let key = key.trim_end();
    let indent = if is_item { indent } else { indent.saturating_sub(2) };
    matches!(key, "name" | "href" | "topicHref" | "items").then(|| (key, value.trim_start_matches([' ', '\t']).trim_end(), indent, is_item))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_files_still_tell_their_entries() {
        let text = "- name: A: b\n  href: a.md\n  items:\n  - name:C\n    href:  c d.md\n- name: E\n  href: \n";
        let entries = entries(text);
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[0].title.as_deref(), Some("A: b"));
        let child = entries[0].children[0].target.as_ref().expect("it has a target");
        assert_eq!((child.address.as_str(), &text[child.span.range()]), ("c%20d.md", "c d.md"));
        assert_eq!(entries[1].target, None);
    }
}
