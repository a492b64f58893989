//! Entries of navigation files: the site before and where it would be in, the edits that keep each entry leading where it led out.

use super::{
    Mended, Moves, Obstacle,
    links::{World, line, place_of},
};
use crate::{
    diagnostic::Edit,
    site::{
        Fault, Site,
        navigation::{Entry, NavigationFile, Target},
        page::Spelling,
        spelling::Spelled,
        target,
    },
};
use std::sync::Arc;

/// Mends the entries of the navigation files that are no guides.
pub fn mend(moves: &Moves, before: &Site, after: &Site, text_of: &dyn Fn(&str) -> Option<String>, mended: &mut Mended) {
    let world = World { moves, before, after, content: "" };
    for file in before.navigation_files().iter().filter(|file| !file.is_guide) {
        let path = moves.path(&file.file);
        let Some(there) = after.navigation_files().iter().find(|there| *there.file == *path) else { continue };
        let Some(text) = text_of(&file.file) else { continue };
        let mut edits = Vec::new();
        for target in targets(&file.entries) {
            let why = match (Step { world: &world, file, there }).mended(target) {
                None => continue,
                Some(Ok(new)) => match written(&text, target, &new) {
                    Some(edit) => {
                        edits.push(edit);
                        continue;
                    }
                    None => format!("`{}` is written with escapes; write it plainly first", target.written),
                },
                Some(Err(())) => format!("no path leads from here to where `{}` would be", target.written),
            };
            mended.obstacles.push(Obstacle { file: Arc::clone(&file.file), line: line(&text, target.span), why });
        }
        if !edits.is_empty() {
            mended.edits.entry(Arc::clone(&file.file)).or_default().extend(edits);
        }
    }
}

/// The targets of entries and of those below them.
pub(super) fn targets(entries: &[Entry]) -> Vec<&Target> {
    let mut found = Vec::new();
    let mut waiting: Vec<&Entry> = entries.iter().rev().collect();
    while let Some(entry) = waiting.pop() {
        found.extend(&entry.target);
        waiting.extend(entry.children.iter().rev());
    }
    found
}

/// Where an entry leads: a page, a file, or a folder without a page.
pub(super) fn leads(site: &Site, base: &str, address: &str) -> Option<String> {
    let path = address.split_once('#').map_or(address, |(path, _)| path);
    match site.follow_entry(base, path) {
        Err(Fault::NoIndex { folder }) => Some(folder.into()),
        led => place_of(site, &led),
    }
}

struct Step<'a> {
    world: &'a World<'a>,
    file: &'a NavigationFile,
    there: &'a NavigationFile,
}

impl Step<'_> {
    /// What an entry has to say to lead where it led; none where it does as it is. Fails where nothing does.
    fn mended(&self, target: &Target) -> Option<Result<String, ()>> {
        let world = self.world;
        let led = leads(world.before, &self.file.base, &target.address)?;
        let wanted = world.moves.path(&led);
        let written = target.written.trim();
        let prefix = target.address.strip_suffix(&*written.replace(' ', "%20")).unwrap_or_default();
        let address = |text: &str| format!("{prefix}{}", text.replace(' ', "%20"));
        let is_there = |text: &str| leads(world.after, &self.there.base, &address(text)).as_deref() == Some(&wanted);
        if is_there(written) {
            return None;
        }
        let spelled = Spelled::new(written, &Spelling::Plain)?;
        let named = target::join(&self.file.folder, &target::decode(target::split(written).path));
        let mut texts = Vec::new();
        for (path, is_folder) in world.paths(named.as_deref(), written.ends_with('/'), &led, &wanted) {
            let text = spelled.leading(&self.there.folder, &path, is_folder);
            // MkDocs reads paths, the others addresses.
            if self.file.file.rsplit('/').next().is_some_and(|name| name.starts_with("mkdocs.")) {
                texts.push(target::decode(&text).into_owned());
            }
            if let Some(below) = written.strip_prefix('/').and_then(|_| path.strip_prefix(&*self.there.folder)) {
                texts.push(format!("/{}", below.trim_start_matches('/')));
            }
            texts.push(text);
        }
        Some(texts.into_iter().find(|text| is_there(text)).ok_or(()))
    }
}

/// The edit that writes a new value where an old one stands, with the quotes that are there or needed.
fn written(text: &str, target: &Target, new: &str) -> Option<Edit> {
    let old = text.get(target.span.range())?;
    let quoted =
        |quote: char| old.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)).is_some_and(|inside| inside == target.written);
    let value = if quoted('"') {
        format!("\"{}\"", new.replace('\\', "\\\\").replace('"', "\\\""))
    } else if quoted('\'') {
        single(new)
    } else if old == target.written {
        if is_plain(new) { new.to_owned() } else { single(new) }
    } else {
        return None;
    };
    Some(Edit { span: target.span, text: value })
}

/// A value in single quotes.
pub(super) fn single(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Whether YAML reads a value as it stands, in a block and in brackets.
pub(super) fn is_plain(text: &str) -> bool {
    let is_sound = |c: char| c.is_alphanumeric() || "/-_.%~+=()@$ ".contains(c);
    let starts = text.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '_'));
    starts && text.chars().all(is_sound) && !text.ends_with(' ') && text.contains(|c: char| c.is_alphabetic() || c == '/')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Span;

    #[test]
    fn quotes_stay_and_come_where_they_are_needed() {
        let edited = |old: &str, word: &str, new: &str| {
            let target = Target { address: word.to_owned(), written: word.to_owned(), span: Span::new(0, old.len()) };
            written(old, &target, new).map(|edit| edit.text)
        };
        assert_eq!(edited("a.md", "a.md", "b/安 c.md").as_deref(), Some("b/安 c.md"));
        assert_eq!(edited("a.md", "a.md", "b, c.md").as_deref(), Some("'b, c.md'"));
        assert_eq!(edited("\"a.md\"", "a.md", "b\"c.md").as_deref(), Some("\"b\\\"c.md\""));
        assert_eq!(edited("'a.md'", "a.md", "b'c.md").as_deref(), Some("'b''c.md'"));
        assert_eq!(edited("\"a\\x2emd\"", "a.md", "b.md"), None);
    }
}
