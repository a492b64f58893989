//! The parts of a link's target, and paths inside the tree: text in, text out, nothing of the site needed.

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use std::borrow::Cow;

/// What a path part of a URL cannot hold as it is (RFC 3986, `pchar`, less what HTML attributes need escaped).
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b'&')
    .add(b'\'');

/// A target split as RFC 3986 splits a relative reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parts<'a> {
    pub(crate) path: &'a str,
    pub(crate) query: Option<&'a str>,
    pub(crate) fragment: Option<&'a str>,
}

/// Splits a target at its first `#`, then at the first `?` before it.
pub(crate) fn split(target: &str) -> Parts<'_> {
    let whole = Parts { path: target, query: None, fragment: None };
    let Some(at) = memchr::memchr2(b'#', b'?', target.as_bytes()) else { return whole };
    let (path, rest) = (&target[..at], &target[at + 1..]);
    if target.as_bytes()[at] == b'#' {
        return Parts { path, fragment: Some(rest), ..whole };
    }
    let (query, fragment) = rest.split_once('#').map_or((rest, None), |(query, fragment)| (query, Some(fragment)));
    Parts { path, query: Some(query), fragment }
}

/// The scheme of an absolute address; a single letter is a Windows drive, not a scheme.
pub(crate) fn scheme(target: &str) -> Option<&str> {
    let scheme = &target[..memchr::memchr(b':', target.as_bytes())?];
    let mut bytes = scheme.bytes();
    let sound = bytes.next()?.is_ascii_alphabetic() && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    (sound && scheme.len() > 1).then_some(scheme)
}

/// Percent-decodes once, as GitHub does.
pub(crate) fn decode(text: &str) -> Cow<'_, str> {
    // Most have nothing to decode.
    if memchr::memchr(b'%', text.as_bytes()).is_none() { Cow::Borrowed(text) } else { percent_decode_str(text).decode_utf8_lossy() }
}

/// Percent-encodes a path of the tree for an address; letters of all scripts stay readable.
pub(crate) fn encode(path: &str) -> String {
    if path.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.')) {
        return path.to_owned();
    }
    let mut out = String::with_capacity(path.len() + 8);
    for character in path.chars() {
        if character.is_ascii() || character.is_whitespace() || character.is_control() {
            let mut buffer = [0; 4];
            out.extend(utf8_percent_encode(character.encode_utf8(&mut buffer), PATH));
        } else {
            out.push(character);
        }
    }
    out
}

/// Joins a decoded path to a folder and resolves `.` and `..` by text alone, as URLs do; none above the root.
pub(crate) fn join(folder: &str, path: &str) -> Option<String> {
    let (start, mut rest) = path.strip_prefix('/').map_or((folder, path), |rest| ("", rest));
    let mut out = String::with_capacity(start.len() + 1 + path.len());
    let push = |out: &mut String, part: &str| {
        if !out.is_empty() {
            out.push('/');
        }
        out.push_str(part);
    };
    if start.starts_with('/') || start.ends_with('/') || start.as_bytes().windows(2).any(|two| two == b"//") {
        start.split('/').filter(|part| !part.is_empty()).for_each(|part| push(&mut out, part));
    } else {
        out.push_str(start);
    }
    loop {
        let end = memchr::memchr(b'/', rest.as_bytes());
        match &rest[..end.unwrap_or(rest.len())] {
            "" | "." => {}
            ".." if out.is_empty() => return None,
            ".." => out.truncate(memchr::memrchr(b'/', out.as_bytes()).unwrap_or(0)),
            part => push(&mut out, part),
        }
        match end {
            Some(end) => rest = &rest[end + 1..],
            None => return Some(out),
        }
    }
}

/// The path in the tree that a target of a page names; none when it leads elsewhere or stays on the page.
pub(crate) fn local_path(page: &str, target: &str) -> Option<String> {
    if scheme(target).is_some() || target.starts_with("//") {
        return None;
    }
    let parts = split(target);
    if parts.path.is_empty() {
        return None;
    }
    let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
    join(folder, &decode(parts.path))
}

/// The relative address from one path of the site to another, both from the root, percent-encoded.
pub(crate) fn relative(from: &str, to: &str) -> String {
    let from_folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let here: Vec<&str> = from_folder.split('/').filter(|part| !part.is_empty()).collect();
    let there: Vec<&str> = to.split('/').collect();
    let shared = here.iter().zip(&there[..there.len() - 1]).take_while(|(a, b)| a == b).count();
    let mut out = "../".repeat(here.len() - shared);
    let rest = there[shared..].join("/");
    // A first part with a colon would read as a scheme.
    if out.is_empty() && rest.split('/').next().is_some_and(|first| first.contains(':')) {
        out.push_str("./");
    }
    out.push_str(&encode(&rest));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_split_as_urls_do() {
        let all = Parts { path: "a.md", query: Some("plain=1"), fragment: Some("L2?x") };
        assert_eq!(split("a.md?plain=1#L2?x"), all);
        assert_eq!(split("#x"), Parts { path: "", query: None, fragment: Some("x") });
    }

    #[test]
    fn schemes_are_told_from_drives_and_paths() {
        assert_eq!(scheme("https://a"), Some("https"));
        assert_eq!(scheme("mailto:a@b"), Some("mailto"));
        assert_eq!(scheme("C:\\a.md"), None);
        assert_eq!(scheme("a b:c.md"), None);
        assert_eq!(scheme("a/b.md"), None);
    }

    #[test]
    fn dot_segments_are_resolved_by_text_and_never_leave_the_root() {
        assert_eq!(join("a/b", "../c.md").as_deref(), Some("a/c.md"));
        assert_eq!(join("", "gone/../b.md").as_deref(), Some("b.md"));
        assert_eq!(join("a", "/x/y.md").as_deref(), Some("x/y.md"));
        assert_eq!(join("a", "../../b.md"), None);
    }

    #[test]
    fn relative_addresses_lead_from_file_to_file() {
        assert_eq!(relative("a/b/index.html", "a/c/index.html"), "../c/index.html");
        assert_eq!(relative("index.html", "a/index.html"), "a/index.html");
        assert_eq!(relative("a/b/index.html", "index.html"), "../../index.html");
        assert_eq!(relative("a/index.html", "a/x y#?.png"), "x%20y%23%3F.png");
        assert_eq!(relative("index.html", "a:b/index.html"), "./a:b/index.html");
        assert_eq!(relative("a/index.html", "a/安装/index.html"), "安装/index.html");
    }
}
