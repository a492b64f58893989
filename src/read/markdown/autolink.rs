//! Bare addresses in text, by GFM's extended autolinks (GFM 0.29, section 6.9); text in, ranges and targets out.

use std::ops::Range;

/// A bare address found in text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Autolink {
    /// Where in the text.
    pub(super) range: Range<usize>,
    /// The address with its scheme.
    pub(super) target: String,
}

/// Finds the bare addresses of a text, in order.
pub(super) fn find(text: &str) -> Vec<Autolink> {
    let bytes = text.as_bytes();
    let mut found: Vec<Autolink> = Vec::new();
    let mut from = 0;
    while let Some(at) = memchr::memchr3(b':', b'w', b'@', &bytes[from..]).map(|skip| from + skip) {
        let earliest = found.last().map_or(0, |link| link.range.end);
        let link = match bytes[at] {
            b':' => address(text, at, earliest),
            b'w' => www(text, at),
            _ => email(text, at, earliest),
        };
        from = link.as_ref().map_or(at + 1, |link| link.range.end.max(at + 1));
        found.extend(link);
    }
    found
}

fn address(text: &str, colon: usize, earliest: usize) -> Option<Autolink> {
    let rest = text[colon..].strip_prefix("://")?;
    let scheme = ["https", "http", "ftp"].into_iter().find(|scheme| {
        text.as_bytes()[earliest..colon].len() >= scheme.len()
            && text.as_bytes()[colon - scheme.len()..colon].eq_ignore_ascii_case(scheme.as_bytes())
    })?;
    let start = colon - scheme.len();
    let domain = domain_length(rest, true)?;
    if !may_follow(text, start) {
        return None;
    }
    let end = colon + 3 + domain + tail_length(&rest[domain..]);
    let end = trim(text, start, end);
    (end > colon + 3).then(|| Autolink { range: start..end, target: text[start..end].to_owned() })
}

fn www(text: &str, start: usize) -> Option<Autolink> {
    let rest = &text[start..];
    if !rest.starts_with("www.") || !may_follow(text, start) {
        return None;
    }
    let domain = domain_length(rest, false)?;
    let end = trim(text, start, start + domain + tail_length(&rest[domain..]));
    (end > start + 4).then(|| Autolink { range: start..end, target: format!("http://{}", &text[start..end]) })
}

fn email(text: &str, at: usize, earliest: usize) -> Option<Autolink> {
    let bytes = text.as_bytes();
    let local = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'+');
    let start = (earliest..at).rev().take_while(|&i| local(bytes[i])).last()?;
    let mut end = at + 1;
    while end < bytes.len() && (bytes[end].is_ascii_alphanumeric() || matches!(bytes[end], b'.' | b'-' | b'_')) {
        end += 1;
    }
    while end > at + 1 && bytes[end - 1] == b'.' {
        end -= 1;
    }
    let host = &text[at + 1..end];
    let sound = host.contains('.') && !host.ends_with(['-', '_']) && !host.split('.').any(str::is_empty);
    sound.then(|| Autolink { range: start..end, target: format!("mailto:{}", &text[start..end]) })
}

/// An autolink begins the line, or follows white space or one of `*`, `_`, `~`, `(`.
fn may_follow(text: &str, start: usize) -> bool {
    text[..start].chars().next_back().is_none_or(|before| before.is_whitespace() || matches!(before, '*' | '_' | '~' | '('))
}

/// The length of a valid domain: no underscore in its last two parts, and a period unless `short` hosts are allowed.
fn domain_length(text: &str, short: bool) -> Option<usize> {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let length = text.find(|c: char| !part(c)).unwrap_or(text.len());
    let domain = text[..length].trim_end_matches('.');
    let mut parts = domain.rsplit('.');
    let last = parts.next()?;
    let before = parts.next();
    let sound = !domain.is_empty() && !last.contains('_') && !before.is_some_and(|part| part.contains('_')) && (short || before.is_some());
    sound.then_some(length)
}

fn tail_length(text: &str) -> usize {
    text.find(|c: char| c.is_whitespace() || c == '<').unwrap_or(text.len())
}

/// Leaves trailing punctuation, unbalanced closing parentheses and a trailing entity out of the address.
fn trim(text: &str, start: usize, mut end: usize) -> usize {
    let opened = text[start..end].matches('(').count();
    let mut closed = text[start..end].matches(')').count();
    loop {
        let link = &text[start..end];
        match link.as_bytes().last() {
            Some(b'?' | b'!' | b'.' | b',' | b':' | b'*' | b'_' | b'~' | b'\'' | b'"') => end -= 1,
            Some(b')') if closed > opened => {
                closed -= 1;
                end -= 1;
            }
            Some(b';') => match link[..link.len() - 1].rfind('&') {
                Some(entity) if link[entity + 1..link.len() - 1].bytes().all(|b| b.is_ascii_alphanumeric()) && entity + 2 < link.len() => {
                    end = start + entity;
                }
                _ => return end,
            },
            _ => return end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn targets(text: &str) -> Vec<String> {
        find(text).into_iter().map(|link| link.target).collect()
    }

    #[test]
    fn the_examples_of_the_specification_hold() {
        assert_eq!(targets("Visit www.commonmark.org/help for more."), ["http://www.commonmark.org/help"]);
        assert_eq!(targets("Visit www.commonmark.org/a.b."), ["http://www.commonmark.org/a.b"]);
        assert_eq!(targets("(www.google.com/search?q=Markup+(business))"), ["http://www.google.com/search?q=Markup+(business)"]);
        assert_eq!(targets("www.google.com/search?q=commonmark&hl;"), ["http://www.google.com/search?q=commonmark"]);
        assert_eq!(targets("http://commonmark.org, foo@bar.baz."), ["http://commonmark.org", "mailto:foo@bar.baz"]);
        assert_eq!(targets("a.b-c_d@a.b- and a.b-c_d@a.b_"), Vec::<String>::new());
        assert_eq!(
            targets("https://encrypted.google.com/search?q=Markup+(business)"),
            ["https://encrypted.google.com/search?q=Markup+(business)"]
        );
    }

    #[test]
    fn words_that_look_alike_are_left_alone() {
        assert_eq!(targets("xhttp://a.b www. follow w@ @b xwww.a.b ://x"), Vec::<String>::new());
        assert_eq!(targets("http://127.0.0.1:80/ok. And more"), ["http://127.0.0.1:80/ok"]);
    }

    #[test]
    fn positions_lie_on_character_boundaries() {
        let text = "见 http://例え.jp/路径。 和 www.例え.jp";
        for link in find(text) {
            assert!(text.is_char_boundary(link.range.start) && text.is_char_boundary(link.range.end));
        }
    }
}
