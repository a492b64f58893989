//! The same input gives the same bytes, with one thread and with many, and every link of the output leads somewhere.

use crate::{
    checker::dead_addresses,
    program::{command, contents, finish, repository, write},
};
use std::{collections::BTreeSet, fmt::Write as _, path::Path};

fn build(source: &Path, output: &Path, threads: &str) -> Vec<(String, Vec<u8>)> {
    let source = source.to_str().expect("the path is UTF-8");
    let named = output.to_str().expect("the path is UTF-8");
    let folder = output.parent().expect("it has a parent");
    let run =
        finish(command(folder).args(["build", source, "--keep-going", "--quiet", "--output-dir", named]).env("RAYON_NUM_THREADS", threads));
    assert!(run.status < 2, "{}", run.stderr);
    contents(output)
}

fn compare(source: &Path) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let one = build(source, &folder.path().join("one"), "1");
    let many = build(source, &folder.path().join("many"), "8");
    let names = |files: &[(String, Vec<u8>)]| files.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>();
    assert_eq!(names(&one), names(&many));
    for ((path, one), (_, many)) in one.iter().zip(&many) {
        assert!(one == many, "`{path}` differs between one thread and eight");
    }
    assert_eq!(dead_addresses(&folder.path().join("many"), &BTreeSet::new()), Vec::<String>::new());
}

#[test]
fn the_onboarding_site_is_the_same_with_any_number_of_threads() {
    compare(&repository(""));
}

#[test]
fn a_generated_tree_is_the_same_with_any_number_of_threads() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for number in 0..400_usize {
        let mut text = format!("---\nweight: {}\n---\n# Page {number}\n\n## Part\n\n```sh\nls {number}\n```\n\n", number % 7);
        for step in 1..12 {
            let other = (number * 31 + step * 17) % 400;
            let _ = writeln!(text, "- [{other}](../{}/{other}.md#part){}", other % 9, if step == 5 { " [gone](gone.md)" } else { "" });
        }
        text.push_str("\nA note.[^1]\n\n[^1]: Here.\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n");
        write(folder.path(), &format!("{}/{number}.md", number % 9), text);
    }
    compare(folder.path());
}
