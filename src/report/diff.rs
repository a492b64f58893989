//! What fixes change: a file before and after in, a unified diff that `patch` and `git apply` take out.

use similar::TextDiff;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_of_a_line_is_in_the_diff() {
        let diff = render("my guide.md", b"\xef\xbb\xbfone\r\ntwo\rthree", b"\xef\xbb\xbfone\r\ntwo\rThree");
        assert_eq!(
            diff,
            "--- a/my guide.md\t\n+++ b/my guide.md\t\n@@ -1,2 +1,2 @@\n \u{feff}one\r\n-two\rthree\n\\ No newline at end of file\n+two\rThree\n\\ No newline at end of file\n"
        );
    }
}
