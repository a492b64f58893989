//! The report's formats on one tree with every severity and odd names: each is read by an independent parser or its own schema.

use crate::program::{Run, command, files, finish, folder, milepost, repository, write};
use serde_json::Value;
use std::{collections::BTreeSet, fs, path::Path};

/// The guides that are odd in their names: a space, a quote, Chinese, `%`, `#`, and what means something to GitHub's commands.
const ODD: &[&str] = &["安装 指南.md", "50% off #1.md", "it's, a: b.md"];

/// A tree with an error, warnings and notes in files with odd names, with fixes certain and likely, and a long message.
fn tree() -> tempfile::TempDir {
    let long = format!("gone-{}.md", "x".repeat(3000));
    let home = format!(
        "# Home\n\n[1](%E5%AE%89%E8%A3%85%20%E6%8C%87%E5%8D%97.md) [2](50%25%20off%20%231.md) [3](<it's, a: b.md>)\n\n安 [long]({long}) [gone](gone.md) [gone](gone.md)\n"
    );
    folder(&[
        ("milepost.toml", "content = \"docs\"\n[check.rules]\nimage-alt = \"info\"\n"),
        ("docs/README.md", &home),
        ("docs/安装 指南.md", "# 安装\n\n你好 [家](Readme.md)\n\n[un|used <b>]: README.md\n"),
        ("docs/50% off #1.md", "# Off\n\n![](map.svg) [a](READM.md)\n"),
        ("docs/it's, a: b.md", "# It\n\n[a](<a form|`.html>)\n"),
        ("docs/map.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"4\" height=\"2\"></svg>"),
    ])
}

fn empty() -> tempfile::TempDir {
    folder(&[("milepost.toml", "content = \"docs\"\n"), ("docs/README.md", "# Home\n")])
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().expect("it is a list")
}

fn read(root: &Path, path: &str) -> String {
    fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn report(root: &Path, format: &str) -> Run {
    milepost(root, &["check", "--format", format])
}

#[test]
fn the_tree_has_every_severity() {
    let site = tree();
    let found = json(&report(site.path(), "json").stdout);
    let severities: BTreeSet<&str> = list(&found["diagnostics"]).iter().filter_map(|one| one["severity"].as_str()).collect();
    assert_eq!(severities, BTreeSet::from(["error", "info", "warn"]));
    let certain: BTreeSet<Option<bool>> = list(&found["diagnostics"]).iter().map(|one| one["fix"]["certain"].as_bool()).collect();
    assert!(certain.contains(&Some(true)) && certain.contains(&None), "{certain:?}");
    for name in ODD {
        assert!(list(&found["diagnostics"]).iter().any(|one| one["file"] == format!("docs/{name}")), "{name} is in {found:#}");
    }
    assert_eq!(found.get("external"), None);
}

fn sarif(text: &str) -> Value {
    let schema = fs::read_to_string(repository("tests/spec/sarif/schema.json"))
        .unwrap_or_else(|error| panic!("the schema of SARIF: {error}; run `tests/spec/fetch` to get it"));
    let address = "https://example.com/sarif-schema-2.1.0.json";
    let mut schemas = boon::Schemas::new();
    let mut compiler = boon::Compiler::new();
    compiler.enable_format_assertions();
    compiler.add_resource(address, json(&schema)).expect("the schema is sound");
    let index = compiler.compile(address, &mut schemas).unwrap_or_else(|error| panic!("{error:#}"));
    let log = json(text);
    if let Err(error) = schemas.validate(&log, index) {
        panic!("{error:#}");
    }
    let mut wrong = log.clone();
    wrong["runs"][0]["columnKind"] = "bytes".into();
    assert!(schemas.validate(&wrong, index).is_err(), "the schema tells what is wrong");
    log
}

#[test]
fn sarif_is_valid_and_says_what_json_says() {
    let site = tree();
    let log = sarif(&report(site.path(), "sarif").stdout);
    let found = json(&report(site.path(), "json").stdout);
    let run = &log["runs"][0];
    assert_eq!(list(&run["results"]).len(), list(&found["diagnostics"]).len());
    for (result, finding) in list(&run["results"]).iter().zip(list(&found["diagnostics"])) {
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().expect("there is one");
        let path = percent_encoding::percent_decode_str(uri).decode_utf8_lossy();
        assert_eq!(finding["file"], *path);
        assert!(uri.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/%-._~".contains(&byte)), "{uri}");
        assert_eq!(place["artifactLocation"]["uriBaseId"], "SRCROOT");
        if finding["rule"] != "orphan-page" {
            for (ours, theirs) in [("line", "startLine"), ("column", "startColumn"), ("end_line", "endLine"), ("end_column", "endColumn")] {
                assert_eq!(finding[ours], place["region"][theirs], "{finding:#}");
            }
        }
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("it is a number")).expect("it is small");
        assert_eq!((&result["ruleId"], &run["tool"]["driver"]["rules"][index]["id"]), (&finding["rule"], &finding["rule"]));
        assert_eq!(
            result["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"],
            finding["fix"]["edits"][0]["text"]
        );
    }
    let prints: BTreeSet<&str> =
        list(&run["results"]).iter().filter_map(|result| result["partialFingerprints"]["milepost/v1"].as_str()).collect();
    assert_eq!(prints.len(), list(&run["results"]).len(), "no two are alike");
    write(site.path(), "docs/README.md", format!("Moved.\n\n{}", read(site.path(), "docs/README.md")));
    let moved = sarif(&report(site.path(), "sarif").stdout);
    let after: BTreeSet<&str> =
        list(&moved["runs"][0]["results"]).iter().filter_map(|result| result["partialFingerprints"]["milepost/v1"].as_str()).collect();
    assert_eq!(prints, after, "they stay when lines move");
}

#[test]
fn junit_is_xml_whose_failures_are_those_of_the_exit_status() {
    let site = tree();
    let count = |arguments: &[&str]| {
        let run = milepost(site.path(), arguments);
        let document = roxmltree::Document::parse(&run.stdout).unwrap_or_else(|error| panic!("{error}\n{}", run.stdout));
        let root = document.root_element();
        let elements = |name| document.descendants().filter(|node| node.has_tag_name(name)).count();
        let number = |name| root.attribute(name).and_then(|value| value.parse().ok()).unwrap_or(usize::MAX);
        assert_eq!((number("tests"), number("failures")), (elements("testcase"), elements("failure")));
        let names: Vec<&str> = root.children().filter(roxmltree::Node::is_element).filter_map(|suite| suite.attribute("name")).collect();
        assert!(ODD.iter().all(|name| names.contains(&format!("docs/{name}").as_str())) && names[0] == "milepost", "{names:?}");
        elements("failure")
    };
    let summary = json(&report(site.path(), "json").stdout)["summary"].clone();
    let (errors, warnings) = (summary["errors"].as_u64().unwrap_or(0), summary["warnings"].as_u64().unwrap_or(0));
    assert_eq!(count(&["check", "--format", "junit"]) as u64, errors);
    assert_eq!(count(&["check", "--format", "junit", "--strict"]) as u64, errors + warnings);
}

#[test]
fn gitlab_gets_every_finding_with_a_fingerprint_of_its_own() {
    let site = tree();
    let found = json(&report(site.path(), "json").stdout);
    let quality = json(&report(site.path(), "gitlab").stdout);
    assert_eq!(list(&quality).len(), list(&found["diagnostics"]).len());
    let mut prints = BTreeSet::new();
    for (one, finding) in list(&quality).iter().zip(list(&found["diagnostics"])) {
        assert_eq!((&one["check_name"], &one["location"]["path"]), (&finding["rule"], &finding["file"]));
        assert_eq!(one["location"]["lines"]["begin"], finding["line"]);
        let severity = match finding["severity"].as_str() {
            Some("error") => "major",
            Some("warn") => "minor",
            _ => "info",
        };
        assert_eq!(one["severity"], severity);
        assert!(one["description"].as_str().is_some_and(|said| said.starts_with(finding["message"].as_str().unwrap_or("?"))));
        assert!(prints.insert(one["fingerprint"].to_string()), "{one:#}");
    }
}

#[test]
fn github_commands_are_a_line_each_and_escaped() {
    let site = tree();
    let run = report(site.path(), "github");
    assert_eq!(run.status, 1);
    assert!(run.stdout.contains("::error file=docs/it's%2C a%3A b.md,line=3,endLine=3,col="), "{}", run.stdout);
    assert!(
        run.stdout.contains("::notice file=docs/50%25 off #1.md,line=3,endLine=3,col=1,endColumn=13,title=image-alt::"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("::warning file=docs/安装 指南.md,line=5,endLine=5"), "{}", run.stdout);
    assert!(run.stdout.lines().all(|line| line.starts_with("::")), "{}", run.stdout);
    assert!(run.stderr.contains("error[missing-file]"), "annotations do not take the place of words: {}", run.stderr);
}

#[test]
fn the_paths_for_a_service_begin_at_the_root_of_the_repository() {
    let site = tree();
    for name in ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"] {
        let run = finish(command(&site.path().join("docs")).args(["check", "--format", "gitlab"]).env(name, site.path()));
        assert!(list(&json(&run.stdout)).iter().all(|one| one["location"]["path"].as_str().is_some_and(|path| path.starts_with("docs/"))));
    }
}

#[test]
fn markdown_has_a_verdict_a_table_a_file_and_no_markup_of_the_guides() {
    let site = tree();
    let run = report(site.path(), "markdown");
    assert!(run.stdout.starts_with("## Milepost: failed, "), "{}", run.stdout);
    assert!(run.stdout.contains("\n4 pages, "), "{}", run.stdout);
    assert!(run.stdout.contains("\n### <code>docs/50% off &#35;1.md</code>\n\n| Line | Rule |"), "{}", run.stdout);
    assert!(run.stdout.contains("un&#124;used &#60;b&#62;") && !run.stdout.contains("<b>"), "{}", run.stdout);
    let rows = run.stdout.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| Line"));
    for row in rows {
        assert_eq!(row.matches('|').count(), 5, "{row}");
    }
}

#[test]
fn a_report_without_findings_is_a_report() {
    let site = empty();
    let of = |format: &str| {
        let run = report(site.path(), format);
        assert_eq!(run.status, 0, "{}", run.stderr);
        run.stdout
    };
    assert_eq!(sarif(&of("sarif"))["runs"][0]["results"], serde_json::json!([]));
    let junit = of("junit");
    let document = roxmltree::Document::parse(&junit).expect("it is XML");
    assert_eq!((document.root_element().attribute("tests"), document.root_element().attribute("failures")), (Some("1"), Some("0")));
    assert_eq!((of("github").as_str(), of("gitlab").as_str()), ("", "[]\n"));
    assert_eq!(of("markdown"), "## Milepost: passed, nothing to mend\n\n1 page, 0 links.\n");
    assert_eq!(json(&of("json"))["diagnostics"], serde_json::json!([]));
}

#[test]
fn several_formats_go_to_their_files_and_words_stay() {
    let site = tree();
    let asked = ["sarif=out/a.sarif", "junit=out/a.xml", "gitlab=out/a.json", "markdown=out/a.md", "text=out/a.txt", "json"];
    let mut arguments = vec!["check"];
    arguments.extend(asked.iter().flat_map(|format| ["--format", *format]));
    let refused = milepost(site.path(), &arguments);
    assert_eq!(refused.status, 2);
    assert!(refused.stderr.contains("there is no folder `out` for the report `out/a.sarif`"), "{}", refused.stderr);
    fs::create_dir(site.path().join("out")).expect("a folder can be made");
    let run = milepost(site.path(), &arguments);
    assert_eq!(run.status, 1);
    let alone = |format: &str| report(site.path(), format).stdout;
    assert_eq!(run.stdout, alone("json"));
    for (file, format) in [("a.sarif", "sarif"), ("a.xml", "junit"), ("a.json", "gitlab"), ("a.md", "markdown")] {
        assert_eq!(read(site.path(), &format!("out/{file}")), alone(format), "{format}");
    }
    assert!(!run.stderr.contains("missing-file") && run.stderr.starts_with("checked 4 pages"), "{}", run.stderr);
    let coloured = finish(command(site.path()).args(["check", "--color", "always", "--format", "text=out/a.txt"]));
    assert_eq!(coloured.status, 1);
    let words = read(site.path(), "out/a.txt");
    assert!(words.contains("error[missing-file]") && !words.contains('\u{1b}'), "{words}");
    assert_eq!(files(&site.path().join("out")).len(), 5, "nothing is left beside the reports");
    let run = milepost(site.path(), &["build", "--format", "sarif=out/a.sarif", "--format", "json=out/b.json"]);
    assert!(run.stdout.is_empty() && run.stderr.contains("error[missing-file]"), "{}", run.stderr);
    assert_eq!(json(&read(site.path(), "out/b.json")), json(&alone("json")));
}

#[test]
fn what_cannot_be_is_refused_before_the_run() {
    let site = tree();
    let refused = |formats: &[&str], said: &str| {
        let mut arguments = vec!["build", "--keep-going"];
        arguments.extend(formats.iter().flat_map(|format| ["--format", *format]));
        let run = milepost(site.path(), &arguments);
        assert!(run.status == 2 && run.stderr.contains(said), "{formats:?}: {}", run.stderr);
        assert!(!site.path().join("public").exists());
    };
    refused(&["json", "sarif"], "`json` and `sarif` would both go to the standard output stream");
    refused(&["json", "github"], "name a file for one of them: `--format github=FILE`");
    refused(&["json=a", "sarif=docs/../a"], "`json` and `sarif` would both go to `docs/../a`");
    refused(&["json=docs"], "the report `docs` is a folder");
    refused(&["html"], "there is no format `html`; there are text, json, sarif, junit, github, gitlab, markdown");
    refused(&["json="], "the file is missing: write `json=FILE`");
}

#[cfg(unix)]
#[test]
fn a_report_keeps_permissions_follows_links_and_replaces_no_device() {
    use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _, symlink};
    let site = tree();
    write(site.path(), "real.json", "old");
    fs::set_permissions(site.path().join("real.json"), fs::Permissions::from_mode(0o640)).expect("they can be set");
    symlink("real.json", site.path().join("link.json")).expect("a link can be made");
    let run = milepost(site.path(), &["check", "--format", "json=link.json", "--format", "sarif=/dev/null"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(site.path().join("link.json").is_symlink() && read(site.path(), "real.json").starts_with('{'));
    let mode = fs::metadata(site.path().join("real.json")).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    assert!(fs::metadata("/dev/null").is_ok_and(|data| data.file_type().is_char_device()));
}

/// A run as in a step of GitHub Actions, and the step's summary after it.
fn in_actions(site: &Path, arguments: &[&str]) -> (Run, String) {
    let summary = site.join("summary.md");
    fs::write(&summary, "before\n").expect("it can be written");
    let environment = [("GITHUB_ACTIONS", Path::new("true")), ("GITHUB_WORKSPACE", site), ("GITHUB_STEP_SUMMARY", &summary)];
    let run = finish(command(site).args(arguments).envs(environment));
    (run, fs::read_to_string(summary).expect("it is there"))
}

#[test]
fn github_actions_gets_annotations_and_a_summary_by_itself() {
    let site = tree();
    let commands = report(site.path(), "github").stdout;
    let summary = format!("before\n{}", report(site.path(), "markdown").stdout);
    for verb in ["check", "build"] {
        let (run, written) = in_actions(site.path(), &[verb]);
        assert_eq!((run.stdout.as_str(), written.as_str(), run.status), (commands.as_str(), summary.as_str(), 1));
        assert!(run.stderr.contains("error[missing-file]"), "{}", run.stderr);
    }
    let (run, written) = in_actions(site.path(), &["check", "--no-github"]);
    assert_eq!((run.stdout.as_str(), written.as_str()), ("", "before\n"));
    let (run, written) = in_actions(site.path(), &["check", "--format", "json"]);
    assert!(run.stdout.starts_with('{') && written == summary, "{}", run.stdout);
    let (run, written) = in_actions(site.path(), &["check", "--format", "markdown=own.md"]);
    assert_eq!((run.stdout.as_str(), written.as_str()), (commands.as_str(), "before\n"));
    let (run, written) = in_actions(site.path(), &["check", "--format", "github=own.txt"]);
    assert_eq!((run.stdout.as_str(), written.as_str()), ("", summary.as_str()));
    let unwritable = finish(
        command(site.path())
            .args(["check", "docs/.."])
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_STEP_SUMMARY", site.path().join("no/file")),
    );
    assert!(unwritable.status == 1 && unwritable.stderr.contains("the job's summary is missing"), "{}", unwritable.stderr);
}

#[test]
fn explain_tells_one_rule_or_lists_all() {
    let site = empty();
    let all = milepost(site.path(), &["explain"]);
    assert_eq!((all.status, all.stdout.lines().count()), (0, milepost::diagnostic::Rule::ALL.len()));
    assert!(all.stdout.starts_with("missing-file             error  a target in the tree that does not exist\n"), "{}", all.stdout);
    let one = milepost(site.path(), &["explain", "missing-file"]);
    for part in ["missing-file: a target", "Default: `error`.", "    Set up [your laptop](laptp.md).", "Good:", "Silence:"] {
        assert!(one.stdout.contains(part), "no {part:?} in:\n{}", one.stdout);
    }
    assert!(!one.stdout.contains("case-mismatch"), "{}", one.stdout);
    let near = milepost(site.path(), &["explain", "mising-file"]);
    assert_eq!((near.status, near.stdout.as_str()), (2, ""));
    assert!(
        near.stderr.contains("there is no rule `mising-file`") && near.stderr.contains("did you mean `missing-file`"),
        "{}",
        near.stderr
    );
    assert!(milepost(site.path(), &["explain", "zzz"]).stderr.contains("`milepost explain` lists all rules"));
}
