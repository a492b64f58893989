//! Checklists at the command line: ids are written into sources and nothing else is, twice is once, files for programs are valid.

use crate::program::{contents, finish, milepost, repository, write};
use milepost::{
    progress::Progress,
    project::{Overrides, Project},
};
use proptest::{prelude::*, test_runner::RngSeed};
use std::{fs, path::Path};

/// The same cases on every run; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` ask for others, and for more.
fn settings() -> ProptestConfig {
    let asked = ProptestConfig::default();
    let seed = std::env::var_os("PROPTEST_RNG_SEED").map_or(RngSeed::Fixed(1), |_| asked.rng_seed);
    let cases = std::env::var_os("PROPTEST_CASES").map_or(600, |_| asked.cases);
    ProptestConfig { cases, rng_seed: seed, failure_persistence: None, max_shrink_iters: 400, ..asked }
}

/// Guides that hold steps of every form, sound and torn, with any line ending and any space where it is allowed.
fn guide() -> impl Strategy<Value = String> {
    let front = prop::sample::select(vec![
        "",
        "",
        "---\nchecklist: headings\n---\n",
        "---\nchecklist: items\n---\n",
        "---\nchecklist: ordered\n---\n",
    ]);
    let block = prop::sample::select(vec![
        "# Title\n",
        "Setext title\n============\n",
        "Lead paragraph.  \n",
        "Lead over\ntwo lines\n",
        "## Open an account\n",
        "## Open an account ##   \n",
        "Setext heading\n---\n",
        "## 打开账户\n",
        "### Smaller\n",
        "## Related\n",
        "<!-- @checklist list -->\n",
        "<!-- @checklist -->\n",
        "<!-- @step -->\n",
        "<!-- @step time=5m -->\n",
        "<!-- @step given -->\n",
        "- [ ] first task\n- [ ] second task   \n",
        "- [ ] task over\n  two lines\n\n  and a paragraph\n- [ ] *emphasis* `code` [link](a.md)\n",
        "* [ ] outer\n  * [x] inner <!-- @step inner -->\n    1. [ ] deep\\\n       broken\n",
        "1. one\n2. two\n   - nested\n",
        "1) one\n\n2) two\n\n       code\n",
        "- [ ] \n- [ ] <b>raw</b>\n",
        "Choose: <!-- @choose -->\n\n- **A** <!-- @branch -->\n  - [ ] of a\n- B <!-- @branch b -->\n",
        "Choose: <!-- @choose way -->\n- A <!-- @branch -->\n\n  - [ ] loose\n",
        "> - [ ] quoted\n",
        "Text.[^1]\n\n[^1]: - [ ] note\n",
        "```\n- [ ] code\n```\n",
        "    - [ ] indented\n",
        "| a |\n|---|\n| - [ ] b |\n",
        "<div>\n\n- [ ] in a div\n\n</div>\n",
        "\n",
        "\n\n",
        "---\n",
        "text",
    ]);
    let ending = prop::sample::select(vec!["\n", "\n", "\r\n", "\r"]);
    (front, prop::collection::vec(block, 1..12), ending, any::<bool>()).prop_map(|(front, blocks, ending, closed)| {
        let text = format!("{front}{}", blocks.join("\n"));
        let text = if closed { text } else { text.trim_end().to_owned() };
        text.replace('\n', ending)
    })
}

/// Whether a text is another with nothing but insertions, and how many bytes were added.
fn is_subsequence(before: &[u8], after: &[u8]) -> bool {
    let mut rest = after.iter();
    before.iter().all(|byte| rest.any(|other| other == byte))
}

fn stamp(root: &Path) -> (milepost::edit::stamp::Stamped, milepost::edit::lock::Recorded) {
    let project = Project::open(Some(root), &Overrides::default()).expect("the project is sound");
    milepost::stamp(&project, &[], false, &Progress::default()).expect("it can be stamped")
}

proptest! {
    #![proptest_config(settings())]

    #[test]
    fn stamping_adds_markers_and_changes_no_other_byte(text in guide(), mark: bool) {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let root = folder.path();
        let before = if mark { format!("\u{feff}{text}") } else { text.clone() };
        write(root, "guide.md", &before);
        write(root, "a.md", "# A\n");
        let (stamped, recorded) = stamp(root);
        let after = fs::read_to_string(root.join("guide.md")).expect("it is there");
        prop_assert!(is_subsequence(before.as_bytes(), after.as_bytes()), "{before:?} became {after:?}");
        // What was added is the markers that were told, with the spaces and line endings that set them apart.
        let told: usize = stamped.insertions.iter().map(|insertion| insertion.text.len()).sum();
        let added = after.len() - before.len();
        prop_assert!(added >= told && added <= told + stamped.insertions.len() * 4, "{added} bytes added, {told} told: {before:?} became {after:?}");
        if !stamped.left_alone.is_empty() {
            prop_assert_eq!(&before, &after, "a file that is left alone is left alone: {:?}", stamped.left_alone);
            return Ok(());
        }
        let lock = fs::read(root.join("milepost.lock")).unwrap_or_default();
        let (again, recorded_again) = stamp(root);
        prop_assert_eq!(again.insertions, vec![], "a second run changes nothing: {:?}", &after);
        prop_assert!(!recorded_again.changed && recorded_again.ids == recorded.ids);
        prop_assert_eq!(fs::read_to_string(root.join("guide.md")).expect("it is there"), after);
        prop_assert_eq!(fs::read(root.join("milepost.lock")).unwrap_or_default(), lock);
    }
}

#[test]
fn a_dry_run_writes_nothing_and_says_where_the_markers_would_go() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let root = folder.path();
    write(root, "guide.md", "# Guide\n\nLead.\n\n<!-- @checklist -->\n\n## Open it\n\n- [ ] Look\n");
    let before = contents(root);
    let run = milepost(root, &["stamp", "--dry-run", "."]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(run.stdout, "guide.md:5: guide\nguide.md:9: <!-- @step look -->\n");
    assert_eq!(run.stderr, "would write 2 ids into 1 file; `milepost.lock` would hold 2 ids, 2 new\n");
    assert_eq!(contents(root), before);
}

#[test]
fn what_is_not_utf8_is_left_alone_and_told() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let root = folder.path();
    write(root, "gbk.md", b"# \xb0\xb2\xd7\xb0\n\n<!-- @checklist -->\n\n- [ ] \xb0\xb2\n");
    write(root, "fine.md", "<!-- @checklist -->\n\n- [ ] Look\n");
    let before = fs::read(root.join("gbk.md")).expect("it is there");
    let run = milepost(root, &["stamp", "."]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.starts_with("`gbk.md` is left alone: it is not UTF-8; save it as UTF-8 first\n"), "{}", run.stderr);
    assert_eq!(fs::read(root.join("gbk.md")).expect("it is there"), before);
    assert_eq!(
        fs::read_to_string(root.join("fine.md")).expect("it is there"),
        "<!-- @checklist fine -->\n\n- [ ] Look <!-- @step look -->\n"
    );
}

/// A guide with a list of every form, in English and in Chinese; neither has any id.
const ORIGINAL: &str = "# Account\n\n<!-- @checklist -->\n\n## Open it\n\n- [ ] Register\n  - [ ] By mail\n\n## Pay\n<!-- @step time=5m -->\n\n\
    <!-- @choose -->\n- Card <!-- @branch -->\n  - [ ] Enter the number\n- Cash <!-- @branch -->\n  - [ ] Go to the desk\n";
const TRANSLATION: &str = "# 账户\n\n<!-- @checklist -->\n\n## 开通\n\n- [ ] 注册\n  - [ ] 通过邮件\n\n## 付款\n<!-- @step time=5m -->\n\n\
    <!-- @choose -->\n- 银行卡 <!-- @branch -->\n  - [ ] 输入卡号\n- 现金 <!-- @branch -->\n  - [ ] 到前台\n";

/// The ids that a text has in its markers, in order.
fn ids_of(text: &str) -> Vec<&str> {
    let markers = text.split("<!-- @").skip(1).filter_map(|rest| rest.split("-->").next());
    markers.map(|marker| marker.split_whitespace().nth(1).unwrap_or("none")).collect()
}

#[test]
fn a_translation_is_stamped_with_the_ids_of_its_original() {
    for place in ["account.zh.md", "zh/account.md"] {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let root = folder.path();
        write(root, "milepost.toml", "[languages.zh]\n");
        write(root, "content/account.md", ORIGINAL);
        write(root, &format!("content/{place}"), TRANSLATION);
        let read = |path: &str| fs::read_to_string(root.join("content").join(path)).expect("it is there");
        let run = milepost(root, &["stamp"]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        let (original, translation) = (read("account.md"), read(place));
        assert_eq!(ids_of(&original), ids_of(&translation));
        assert!(original.contains("@checklist account -->") && translation.contains("- [ ] 注册 <!-- @step register -->"), "{translation}");
        assert!(translation.contains("- [ ] 输入卡号 <!-- @step enter-the-number -->"), "{translation}");
        assert!(!milepost(root, &["check"]).stderr.contains("checklist-"), "they are one list");
        assert!(milepost(root, &["stamp"]).stderr.starts_with("every id is in the guides already"));
        // What is added to both is added with one id.
        write(root, "content/account.md", original.replace("  - [ ] Go to the desk", "  - [ ] Ask for the way\n  - [ ] Go to the desk"));
        write(root, &format!("content/{place}"), translation.replace("  - [ ] 到前台", "  - [ ] 问路\n  - [ ] 到前台"));
        let run = milepost(root, &["stamp"]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        assert!(read(place).contains("- [ ] 问路 <!-- @step ask-for-the-way -->\n"), "{}", read(place));
    }
}

#[test]
fn a_translation_of_another_structure_is_left_alone_and_told() {
    let added = TRANSLATION.replace("- [ ] 注册\n", "- [ ] 注册\n- [ ] 等待\n");
    let nested = TRANSLATION.replace("  - [ ] 通过邮件", "- [ ] 通过邮件");
    let renamed = TRANSLATION.replace("注册\n", "注册 <!-- @step enrol -->\n");
    let split = format!("{TRANSLATION}\n# 另一个\n\n<!-- @checklist -->\n\n- [ ] 看\n");
    for (translation, why) in [
        (&added, "its steps are not those of `account.md` one for one: 6 here, 5 there"),
        (&nested, "its steps are not those of `account.md` one for one: another order or nesting"),
        (&renamed, "it has the id `enrol` where `account.md` has `register`"),
        (&split, "it has 2 checklists without an id where `account.md` has 1"),
    ] {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let root = folder.path();
        write(root, "milepost.toml", "content = \".\"\n[languages.zh]\n");
        write(root, "account.md", ORIGINAL);
        write(root, "account.zh.md", translation);
        let run = milepost(root, &["stamp"]);
        assert_eq!(run.status, 1, "{}", run.stderr);
        let wanted =
            format!("`account.zh.md` is left alone: {why}; write its ids by hand, so that readers keep their ticks in both languages\n");
        assert!(run.stderr.starts_with(&wanted), "{}", run.stderr);
        assert_eq!(fs::read_to_string(root.join("account.zh.md")).expect("it is there"), *translation);
        assert!(fs::read_to_string(root.join("account.md")).expect("it is there").contains("@step register"), "the original is stamped");
    }
}

#[test]
fn a_list_that_only_a_translation_has_gets_ids_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let root = folder.path();
    write(root, "milepost.toml", "content = \".\"\n[languages.zh]\n");
    write(root, "a.md", "# A\n\n<!-- @checklist ours -->\n\n- [ ] Look <!-- @step look -->\n");
    write(root, "a.zh.md", "# A\n\n<!-- @checklist own -->\n\n- [ ] Read\n");
    write(root, "b.md", "# B\n");
    write(root, "b.zh.md", "# B\n\n<!-- @checklist -->\n\n- [ ] Wait\n");
    let run = milepost(root, &["stamp"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let read = |path: &str| fs::read_to_string(root.join(path)).expect("it is there");
    assert_eq!((ids_of(&read("a.zh.md")), ids_of(&read("b.zh.md"))), (vec!["own", "read"], vec!["b", "wait"]));
}

#[cfg(unix)]
#[test]
fn a_guide_behind_a_symbolic_link_is_stamped_once_and_keeps_its_permissions() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let folder = tempfile::tempdir().expect("a folder can be made");
    let root = folder.path();
    write(root, "real/guide.md", "<!-- @checklist list -->\n\n- [ ] Look\n");
    symlink("real/guide.md", root.join("also.md")).expect("a link can be made");
    fs::set_permissions(root.join("real/guide.md"), fs::Permissions::from_mode(0o640)).expect("they can be set");
    assert_eq!(milepost(root, &["stamp", "."]).status, 0);
    let text = fs::read_to_string(root.join("also.md")).expect("it is there");
    assert_eq!(text, "<!-- @checklist list -->\n\n- [ ] Look <!-- @step look -->\n");
    assert!(root.join("also.md").is_symlink());
    let mode = fs::metadata(root.join("real/guide.md")).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
}

#[test]
fn the_lists_are_shown_for_people_and_programs() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let root = folder.path();
    write(root, "a.md", "# A\n\n<!-- @checklist first -->\n\n- [ ] One <!-- @step one time=5m -->\n- [ ] Two <!-- @step two time=1h -->\n");
    write(
        root,
        "b.md",
        "# B\n\n<!-- @checklist first shared -->\n\n- [ ] One <!-- @step one time=5m -->\n- [ ] Two <!-- @step two time=1h -->\n",
    );
    assert_eq!(milepost(root, &["checklists", "."]).stdout, "first  2 steps  about 1 hour 5 minutes  a.md, b.md\n");
    let run = milepost(root, &["checklists", ".", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&run.stdout).expect("it is JSON");
    assert_eq!(document["lists"][0]["steps"][1]["time"], 60);
    write(root, "b.md", "# B\n");
    write(root, "a.md", "# A\n");
    assert_eq!(milepost(root, &["checklists", "."]).stdout, "there are no checklists\n");
}

/// The document that a site publishes, by the schema that it publishes beside it.
fn is_valid(source: &Path) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let output = folder.path().join("site");
    let named = output.to_str().expect("the path is UTF-8");
    let source = source.to_str().expect("the path is UTF-8");
    let run = finish(crate::program::command(folder.path()).args(["build", source, "--keep-going", "--quiet", "--output-dir", named]));
    assert!(run.status < 2, "{}", run.stderr);
    let read = |name: &str| -> serde_json::Value {
        serde_json::from_str(&fs::read_to_string(output.join(name)).expect("it is there")).expect("it is JSON")
    };
    let (document, schema) = (read("checklists.json"), read("checklists.schema.json"));
    assert_eq!(document["$schema"], "checklists.schema.json");
    assert!(!document["lists"].as_array().expect("lists are a list").is_empty());
    let mut schemas = boon::Schemas::new();
    let mut compiler = boon::Compiler::new();
    compiler.add_resource("https://example.com/checklists.schema.json", schema).expect("the schema is sound");
    let index = compiler.compile("https://example.com/checklists.schema.json", &mut schemas).expect("the schema is sound");
    if let Err(error) = schemas.validate(&document, index) {
        panic!("{error:#}");
    }
    let mut wrong = document;
    wrong["lists"][0]["steps"][0]["time"] = "soon".into();
    assert!(schemas.validate(&wrong, index).is_err(), "the schema tells what is wrong");
}

#[test]
fn the_published_document_is_valid_by_its_schema() {
    is_valid(&repository(""));
    for case in ["checklist-markers", "checklist-derive", "checklist-embed"] {
        is_valid(&repository("tests/sites").join(case));
    }
}

#[test]
fn a_page_with_wrong_markers_is_left_alone_and_told() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let root = folder.path();
    write(root, "guide.md", "<!-- @checklist list -->\n\n- [ ] Look <!-- @stepp look -->\n");
    let before = contents(root);
    let run = milepost(root, &["stamp", "."]);
    assert_eq!(run.status, 1);
    assert!(
        run.stderr.starts_with("`guide.md` is left alone: it has markers that are wrong; `milepost check` tells them\n"),
        "{}",
        run.stderr
    );
    let guide = |files: Vec<(String, Vec<u8>)>| files.into_iter().find(|(path, _)| path == "guide.md");
    assert_eq!(guide(contents(root)), guide(before));
}

#[test]
fn an_id_that_cannot_be_given_up_stops_before_anything_is_written() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let root = folder.path();
    write(root, "guide.md", "<!-- @checklist list -->\n\n- [ ] Look\n");
    let before = contents(root);
    let run = milepost(root, &["stamp", ".", "--retire", "list/never"]);
    assert_eq!((run.status, contents(root) == before), (2, true), "{}", run.stderr);
}

#[test]
fn an_id_that_was_given_up_stays_so() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let root = folder.path();
    write(root, "guide.md", "<!-- @checklist list -->\n\n- [ ] Look <!-- @step look -->\n- [ ] Go <!-- @step go -->\n");
    assert_eq!(milepost(root, &["stamp", "."]).status, 0);
    write(root, "guide.md", "<!-- @checklist list -->\n\n- [ ] Look <!-- @step look -->\n");
    let run = milepost(root, &["check", ".", "--locked"]);
    assert!(run.status == 1 && run.stderr.contains("milepost.lock:4:1") && run.stderr.contains("`list/go` is gone"), "{}", run.stderr);
    assert_eq!(milepost(root, &["stamp", ".", "--retire", "list/go"]).status, 0);
    assert_eq!(milepost(root, &["check", ".", "--locked"]).status, 0);
    write(root, "guide.md", "<!-- @checklist list -->\n\n- [ ] Look <!-- @step look -->\n- [ ] Other <!-- @step go -->\n");
    assert_eq!(milepost(root, &["check", ".", "--locked"]).status, 1);
    let run = milepost(root, &["stamp", "."]);
    assert!(run.stderr.contains("`list/go` was given up and stands in a guide again"), "{}", run.stderr);
    assert_eq!(milepost(root, &["check", ".", "--locked"]).status, 1, "stamping does not make it right");
}
