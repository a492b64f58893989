//! How a target is spelled in the source: the source's own text and a new path in, the same text with only the path changed out.

use super::{
    page::Spelling,
    target::{decode, encode, join},
};

/// The source text of a target, and whether it holds escapes or entities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spelled<'a> {
    text: &'a str,
    is_escaped: bool,
}

/// How a target is spelled where the source holds this text.
pub(crate) fn of(text: &str, target: &str) -> Spelling {
    if text == target {
        Spelling::Plain
    } else if unescape(text) == target {
        Spelling::Escaped(text.into())
    } else {
        Spelling::Unknown
    }
}

impl<'a> Spelled<'a> {
    /// The source text of a target; none where it is not known.
    pub(crate) fn new(target: &'a str, spelling: &'a Spelling) -> Option<Self> {
        match spelling {
            Spelling::Plain => Some(Self { text: target, is_escaped: false }),
            Spelling::Escaped(text) => Some(Self { text, is_escaped: true }),
            Spelling::Unknown => None,
        }
    }

    /// The source text.
    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    /// The target that a source text stands for, spelled as this one is.
    pub(crate) fn target(&self, text: &str) -> String {
        if self.is_escaped { unescape(text) } else { text.to_owned() }
    }

    /// The text that leads from a folder to a path of the tree, with query, fragment, `./` and all that stays of the path as it is.
    pub(crate) fn leading(&self, folder: &str, to: &str, is_folder: bool) -> String {
        let (path, rest) = self.halves();
        let written: Vec<&str> = path.split('/').collect();
        let mut text = self.same_shape(&written, folder, to).unwrap_or_else(|| self.reshaped(&written, folder, to));
        let ends = text.trim_end_matches('/').len();
        text.truncate(ends.max(1));
        // A first name with a colon would read as a scheme.
        if text.split('/').next().is_some_and(|first| first.contains(':')) {
            text.insert_str(0, "./");
        }
        if is_folder && path.ends_with('/') && !text.ends_with('/') {
            text.push('/');
        }
        text + rest
    }

    /// The text that leads from a folder of the output to a file of it, with query and fragment as they are; none where it does so already.
    pub(crate) fn moved(&self, folder: &str, to: &str) -> Option<String> {
        let (path, rest) = self.halves();
        let written = self.segment(path);
        if !written.starts_with('/') && !written.ends_with('/') && join(folder, &written).as_deref() == Some(to) {
            return None;
        }
        let mut text = way(folder, to).iter().map(|name| styled(name, path)).collect::<Vec<_>>().join("/");
        if text.split('/').next().is_some_and(|first| first.contains(':')) {
            text.insert_str(0, "./");
        }
        Some(text + rest)
    }

    /// Whether a source text is this one.
    pub(crate) fn is(&self, text: &str) -> bool {
        self.text == text
    }

    /// The text with another id after the `#`.
    pub(crate) fn naming(&self, id: &str) -> String {
        let (path, rest) = self.halves();
        let (query, fragment) = rest.split_once('#').unwrap_or((rest, ""));
        let directive = fragment.find(":~:").map_or("", |at| &fragment[at..]);
        format!("{path}{query}#{}{directive}", styled(id, fragment))
    }

    /// The path, and the query and fragment with the characters that begin them.
    fn halves(&self) -> (&'a str, &'a str) {
        let bytes = self.text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            match bytes[at] {
                b'\\' if self.is_escaped => at += 1,
                b'&' if self.is_escaped => at += entity(&self.text[at..]).map_or(0, |(_, length)| length - 1),
                b'#' | b'?' => break,
                _ => {}
            }
            at += 1;
        }
        self.text.split_at(at.min(self.text.len()))
    }

    fn segment(&self, text: &str) -> String {
        decode(&self.target(text)).into_owned()
    }

    /// The written path with other names in it, where the new one has a name for each of the old.
    fn same_shape(&self, written: &[&str], folder: &str, to: &str) -> Option<String> {
        let is_absolute = written.first().is_some_and(|first| first.is_empty());
        let base = if is_absolute { "" } else { folder };
        let mut places: Vec<(Option<usize>, &str)> = base.split('/').filter(|name| !name.is_empty()).map(|name| (None, name)).collect();
        for (position, name) in written.iter().enumerate() {
            match self.segment(name).as_str() {
                "" | "." => {}
                ".." => {
                    places.pop()?;
                }
                _ => places.push((Some(position), name)),
            }
        }
        let names: Vec<&str> = to.split('/').collect();
        if names.len() != places.len() {
            return None;
        }
        let mut out: Vec<String> = written.iter().map(|&name| name.to_owned()).collect();
        for ((position, old), new) in places.into_iter().zip(names) {
            match position {
                None if old != new => return None,
                Some(position) if self.segment(old) != new => out[position] = styled(new, self.halves().0),
                _ => {}
            }
        }
        Some(out.join("/"))
    }

    /// The shortest path, in which the names that it shares with the written one at its ends are spelled as there.
    fn reshaped(&self, written: &[&str], folder: &str, to: &str) -> String {
        let mut new: Vec<String> = Vec::new();
        if written.first().is_some_and(|first| first.is_empty()) {
            new.push(String::new());
            new.extend(to.split('/').map(str::to_owned));
        } else {
            new = way(folder, to);
            if new.first().is_some_and(|first| first != "..") && written.first() == Some(&".") {
                new.insert(0, ".".to_owned());
            }
        }
        let is_same = |(old, new): &(&&str, &String)| self.segment(old) == **new;
        let before = written.iter().zip(&new).take_while(is_same).count();
        let shorter = written.len().min(new.len());
        let after = written.iter().rev().zip(new.iter().rev()).take(shorter - before).take_while(is_same).count();
        let (old_after, new_after) = (written.len() - after, new.len() - after);
        let style = self.halves().0;
        let middle = new[before..new_after].iter().map(|name| styled(name, style));
        let kept = |names: &[&str]| -> Vec<String> { names.iter().map(|&name| name.to_owned()).collect() };
        let mut out = kept(&written[..before]);
        out.extend(middle);
        out.extend(kept(&written[old_after..]));
        out.join("/")
    }
}

/// The names on the way from a folder to a path: `..` for each folder up, then those below.
fn way(folder: &str, to: &str) -> Vec<String> {
    let here: Vec<&str> = folder.split('/').filter(|name| !name.is_empty()).collect();
    let there: Vec<&str> = to.split('/').collect();
    let shared = here.iter().zip(&there[..there.len() - 1]).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", here.len() - shared);
    up.chain(there[shared..].iter().copied()).map(str::to_owned).collect()
}

/// A name or an id encoded like the text that it joins: spaces as they are where it has such, other scripts where it encodes none.
fn styled(name: &str, like: &str) -> String {
    let encoded = if like.contains(' ') { name.split(' ').map(encode).collect::<Vec<_>>().join(" ") } else { encode(name) };
    let encodes_scripts =
        like.match_indices('%').any(|(at, _)| like[at + 1..].starts_with(|digit: char| matches!(digit, '8'..='9' | 'A'..='F' | 'a'..='f')));
    let balanced = encoded.bytes().try_fold(0_u32, |depth, byte| match byte {
        b'(' => Some(depth + 1),
        b')' => depth.checked_sub(1),
        _ => Some(depth),
    });
    let mut out = String::with_capacity(encoded.len());
    for character in encoded.chars() {
        let is_loose = matches!(character, '(' | ')') && balanced != Some(0);
        if is_loose || (encodes_scripts && !character.is_ascii()) {
            let mut buffer = [0; 4];
            for byte in character.encode_utf8(&mut buffer).bytes() {
                out.push_str(percent_encoding::percent_encode_byte(byte));
            }
        } else {
            out.push(character);
        }
    }
    out
}

/// The text without Markdown's escapes and the entities that addresses hold.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['\\', '&']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let escaped = rest.strip_prefix('\\').and_then(|after| after.chars().next()).filter(char::is_ascii_punctuation);
        if let Some(character) = escaped {
            out.push(character);
            rest = &rest[2..];
        } else if let Some((character, length)) = entity(rest) {
            out.push(character);
            rest = &rest[length..];
        } else {
            out.push_str(&rest[..1]);
            rest = &rest[1..];
        }
    }
    out + rest
}

/// The character of the entity that a text begins with, and the entity's length.
fn entity(text: &str) -> Option<(char, usize)> {
    let name = text.strip_prefix('&')?.split(';').next().filter(|name| name.len() <= 8)?;
    let length = name.len() + 2;
    text.as_bytes().get(length - 1).filter(|last| **last == b';')?;
    let character = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|character| *character != '\0')?
        }
    };
    Some((character, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leading(text: &str, folder: &str, to: &str) -> String {
        let target = unescape(text);
        let spelling = of(text, if target == text { text } else { &target });
        Spelled::new(&target, &spelling).expect("the spelling is known").leading(folder, to, false)
    }

    #[test]
    fn only_what_differs_is_written_anew() {
        for (text, folder, to, new) in [
            ("./A.md", "", "a.md", "./a.md"),
            ("../X/../b%20C.md?x=1#y", "s", "b c.md", "../X/../b%20c.md?x=1#y"),
            ("<b C.md".trim_start_matches('<'), "", "b c.md", "b c.md"),
            ("/Guide/B.md#x", "s", "guide/b.md", "/guide/b.md#x"),
            ("sub\\b.md", "", "sub/b.md", "sub/b.md"),
            ("b#x", "a", "a/b.md", "b.md#x"),
            ("b.md/", "", "b.md", "b.md"),
            ("old/%E5%AE%89/x.md", "", "new/安/x.md", "new/%E5%AE%89/x.md"),
            ("old/%E5%AE%89.md", "", "new/deep/安.md", "new/deep/%E5%AE%89.md"),
            ("x.md", "a/b", "a/c/x.md", "../c/x.md"),
            ("a\\_B.md", "", "a_b.md", "a_b.md"),
            ("s\\_t/B.md?x&amp;y", "", "s_t/b.md", "s\\_t/b.md?x&amp;y"),
            ("x.md", "", "a:b.md", "./a:b.md"),
            ("x.md", "", "a).md", "a%29.md"),
            ("x.md", "", "a(1).md", "a(1).md"),
        ] {
            assert_eq!(leading(text, folder, to), new, "{text}");
        }
    }

    #[test]
    fn a_text_that_moves_leads_to_the_same_file() {
        for (text, folder, to, new) in [
            ("b.md#x", "a", "a/b.md", None),
            ("./b%20c.md", "", "b c.md", None),
            ("README.md?q#x", "a", "a/index.md", Some("index.md?q#x")),
            ("../team/", "a", "team/index.md", Some("../team/index.md")),
            ("/team/b.md", "a", "team/b.md", Some("../team/b.md")),
            ("s\\_t", "", "s_t.md", Some("s_t.md")),
            ("<a b".trim_start_matches('<'), "", "x/a b.md", Some("x/a b.md")),
            ("x", "", "a:b.md", Some("./a:b.md")),
        ] {
            let target = unescape(text);
            let spelling = of(text, if target == text { text } else { &target });
            let moved = Spelled::new(&target, &spelling).expect("the spelling is known").moved(folder, to);
            assert_eq!(moved.as_deref(), new, "{text}");
        }
    }

    #[test]
    fn an_id_takes_the_place_of_the_fragment_alone() {
        let named = |text: &str, id: &str| Spelled { text, is_escaped: false }.naming(id);
        assert_eq!(named("a%20b.md?q#Part:~:text=x", "part"), "a%20b.md?q#part:~:text=x");
        assert_eq!(named("#%E5%AE%89-A", "安-a"), "#%E5%AE%89-a");
        assert_eq!(named("#安-A", "安-a"), "#安-a");
    }

    #[test]
    fn a_spelling_is_known_only_when_it_gives_the_target() {
        assert_eq!(of("a.md", "a.md"), Spelling::Plain);
        assert_eq!(of("a&#x42;\\*.md", "aB*.md"), Spelling::Escaped("a&#x42;\\*.md".into()));
        assert_eq!(of("[x](", "a.md"), Spelling::Unknown);
    }
}
