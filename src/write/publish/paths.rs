//! The paths of an output that are taken: a new one in, whether it may be written out.

use std::collections::BTreeSet;

/// Every file that the output is to hold.
pub(super) struct Paths(BTreeSet<String>);

impl Paths {
    pub(super) fn new<'a>(paths: impl Iterator<Item = &'a str>) -> Self {
        Self(paths.map(str::to_owned).collect())
    }

    /// Takes a path; false when a file or a folder stands there, or a file where it needs a folder.
    pub(super) fn claim(&mut self, path: &str) -> bool {
        let below = format!("{path}/");
        let is_folder = self.0.range(below.clone()..).next().is_some_and(|next| next.starts_with(&below));
        let in_the_way = path.match_indices('/').any(|(at, _)| self.0.contains(&path[..at]));
        !is_folder && !in_the_way && self.0.insert(path.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_taken_by_files_and_folders() {
        let mut paths = Paths::new(["a/index.html", "b"].into_iter());
        assert_eq!(["a", "a/index.html", "b/c", "a.md", "a.md"].map(|path| paths.claim(path)), [false, false, false, true, false]);
    }
}
