//! What fixes change: a file before and after in, a unified diff that `patch` and `git apply` take out.

use similar::TextDiff;
use std::fmt::Write as _;

/// The diff of one file; the name is the same on both sides.
#[must_use]
pub fn render(name: &str, before: &[u8], after: &[u8]) -> String {
    let (before, after) = (String::from_utf8_lossy(before), String::from_utf8_lossy(after));
    // Only the line feed ends a line for the programs that read this: lone carriage returns are text to them.
    let (old, new): (Vec<&str>, Vec<&str>) = (before.split_inclusive('\n').collect(), after.split_inclusive('\n').collect());
    let diff = TextDiff::configure().newline_terminated(true).diff_slices(&old, &new);
    // A tab ends a name that holds spaces.
    let end = if name.contains(char::is_whitespace) { "\t" } else { "" };
    diff.unified_diff().context_radius(3).header(&format!("a/{name}{end}"), &format!("b/{name}{end}")).to_string()
}

/// The diff of a file that may get another name, as git writes it; without texts only the name changes.
#[must_use]
pub fn renamed(from: &str, to: &str, texts: Option<(&[u8], &[u8])>) -> String {
    let mut out = format!("diff --git {} {}\n", quoted("a/", from), quoted("b/", to));
    if from != to {
        let _ = writeln!(out, "rename from {}\nrename to {}", quoted("", from), quoted("", to));
    }
    let Some((before, after)) = texts else { return out };
    let diff = render("", before, after);
    let hunks = diff.lines().take(2).map(|line| line.len() + 1).sum();
    let end = |name: &str| if name.contains(char::is_whitespace) && !is_quoted(name) { "\t" } else { "" };
    let _ = writeln!(out, "--- {}{}\n+++ {}{}", quoted("a/", from), end(from), quoted("b/", to), end(to));
    out.push_str(diff.get(hunks..).unwrap_or_default());
    out
}

/// A name as git writes it: in quotes where it holds a quote or a backslash.
fn quoted(side: &str, name: &str) -> String {
    if is_quoted(name) {
        return format!("\"{side}{}\"", name.replace('\\', "\\\\").replace('"', "\\\""));
    }
    format!("{side}{name}")
}

fn is_quoted(name: &str) -> bool {
    name.contains(['"', '\\'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_name_is_told_before_what_changes() {
        assert_eq!(renamed("a b.md", "c.md", None), "diff --git a/a b.md b/c.md\nrename from a b.md\nrename to c.md\n");
        let diff = renamed("a.md", "b/a.md", Some((b"x\n", b"y\n")));
        let wanted = "diff --git a/a.md b/b/a.md\nrename from a.md\nrename to b/a.md\n--- a/a.md\n+++ b/b/a.md\n@@ -1 +1 @@\n-x\n+y\n";
        assert_eq!(diff, wanted);
    }

    #[test]
    fn every_byte_of_a_line_is_in_the_diff() {
        let diff = render("my guide.md", b"\xef\xbb\xbfone\r\ntwo\rthree", b"\xef\xbb\xbfone\r\ntwo\rThree");
        assert_eq!(
            diff,
            "--- a/my guide.md\t\n+++ b/my guide.md\t\n@@ -1,2 +1,2 @@\n \u{feff}one\r\n-two\rthree\n\\ No newline at end of file\n+two\rThree\n\\ No newline at end of file\n"
        );
    }
}
