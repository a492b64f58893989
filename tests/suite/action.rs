//! What the repository offers to CI: the steps of `action.yml`, the lines of `ci/gitlab.yml` and the hook for pre-commit are read
//! from their files and run in a plain shell, with the environment that the service gives them. Steps of other actions (`uses:`)
//! need a network: they are looked at, and stood in for.

use crate::program::{self, Run, folder, repository};
use serde_json::Value;
use std::{collections::BTreeMap, fs, path::Path, process::Command};

const CLEAN: &[(&str, &str)] = &[("docs/README.md", "# Welcome\n")];
const BROKEN: &[(&str, &str)] = &[("docs/README.md", "# Welcome\n\n[Laptop](laptop.md)\n\n![](README.md)\n")];
const WARNED: &[(&str, &str)] =
    &[("docs/README.md", "# Welcome\n\n![](a.svg)\n"), ("docs/a.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")];

fn yaml(path: &str) -> Value {
    let text = fs::read_to_string(repository(path)).expect("it is there");
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| if value.is_null() { String::new() } else { value.to_string() }, str::to_owned)
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// A shell with the program on its path, and nothing of this run's own CI service.
fn shell(name: &str, here: &Path) -> Command {
    let mut command = Command::new(name);
    for name in program::SERVICES {
        command.env_remove(name);
    }
    let program = Path::new(env!("CARGO_BIN_EXE_milepost")).parent().expect("the program is in a folder");
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap_or_default());
    command.current_dir(here).env("PATH", path);
    command
}

/// A job that uses the action: a workspace and inputs in, what became of it out.
struct Job {
    workspace: tempfile::TempDir,
    temporary: tempfile::TempDir,
    /// `inputs.path` and the like, and what steps put out.
    known: BTreeMap<String, String>,
}

#[derive(Default)]
struct Done {
    /// The names of the steps that were run or stood in for.
    steps: Vec<String>,
    /// What `uses:` steps were given.
    given: Vec<BTreeMap<String, String>>,
    log: String,
    words: String,
    status: i32,
    outputs: BTreeMap<String, String>,
    summary: String,
}

impl Job {
    fn new(files: &[(&str, &str)], inputs: &[(&str, &str)]) -> Self {
        let action = yaml("action.yml");
        let mut known: BTreeMap<String, String> =
            entries(&action["inputs"]).map(|(name, input)| (format!("inputs.{name}"), text(&input["default"]))).collect();
        for (name, value) in inputs {
            assert!(known.insert(format!("inputs.{name}"), (*value).to_owned()).is_some(), "there is no input `{name}`");
        }
        // The program is there already, as after a run that kept it.
        for (name, value) in [("steps.program.outputs.cache-hit", "true"), ("github.run_id", "7"), ("github.run_attempt", "1")] {
            known.insert(name.to_owned(), value.to_owned());
        }
        let temporary = tempfile::tempdir().expect("a folder can be made");
        Self { workspace: folder(files), temporary, known }
    }

    fn command(&self) -> Command {
        let temporary = self.temporary.path();
        let mut command = shell("bash", self.workspace.path());
        command
            .args(["--noprofile", "--norc", "-eo", "pipefail", "-c"])
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_ACTION_PATH", repository(""))
            .env("GITHUB_WORKSPACE", self.workspace.path())
            .env("GITHUB_OUTPUT", temporary.join("output"))
            .env("GITHUB_PATH", temporary.join("path"))
            .env("GITHUB_STEP_SUMMARY", temporary.join("summary"))
            .envs([("RUNNER_OS", "Linux"), ("RUNNER_ARCH", "X64"), ("ImageOS", "ubuntu24")])
            .env("RUNNER_TEMP", temporary);
        command
    }

    fn run(&mut self) -> Done {
        let mut done = Done::default();
        let action = yaml("action.yml");
        for step in items(&action["runs"]["steps"]) {
            let condition = text(&step["if"]);
            if (done.status != 0 && !condition.contains("always()")) || !(condition.is_empty() || self.holds(&condition)) {
                continue;
            }
            done.steps.push(text(&step["name"]));
            if !step["uses"].is_null() {
                done.given.push(entries(&step["with"]).map(|(name, value)| (name.clone(), self.filled(&text(value)))).collect());
                continue;
            }
            assert_eq!(step["shell"], "bash", "a step of a composite action names its shell");
            let environment = entries(&step["env"]).map(|(name, value)| (name.clone(), self.filled(&text(value))));
            let run = program::finish(self.command().arg(text(&step["run"])).envs(environment));
            self.take_outputs(&text(&step["id"]));
            done.log.push_str(&run.stdout);
            done.words.push_str(&run.stderr);
            if done.status == 0 {
                done.status = run.status;
            }
        }
        done.outputs = entries(&action["outputs"]).map(|(name, output)| (name.clone(), self.filled(&text(&output["value"])))).collect();
        // The report goes with the job's folder, so it is read now.
        if let Some(report) = done.outputs.get_mut("report").filter(|report| !report.is_empty()) {
            *report = fs::read_to_string(&*report).expect("the report is there");
        }
        done.summary = self.kept("summary");
        done
    }

    /// The text of a file that the service gives to a step.
    fn kept(&self, name: &str) -> String {
        fs::read_to_string(self.temporary.path().join(name)).unwrap_or_default()
    }

    fn take_outputs(&mut self, id: &str) {
        for line in self.kept("output").lines() {
            let (name, value) = line.split_once('=').expect("an output is a name and a value");
            self.known.insert(format!("steps.{id}.outputs.{name}"), value.to_owned());
        }
        let _ = fs::remove_file(self.temporary.path().join("output"));
    }

    /// A text with its `${{ … }}` replaced.
    fn filled(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${{") {
            let (expression, tail) = after.split_once("}}").expect("an expression ends");
            out.push_str(before);
            out.push_str(&self.value(expression));
            rest = tail;
        }
        out + rest
    }

    /// The first of `a || b` that is not empty.
    fn value(&self, expression: &str) -> String {
        let one = |term: &str| match term.strip_prefix('\'') {
            Some(literal) => literal.trim_end_matches('\'').to_owned(),
            // What a step that was not run would have put out is empty.
            None if term.starts_with("steps.") => self.known.get(term).cloned().unwrap_or_default(),
            None => self.known.get(term).cloned().unwrap_or_else(|| panic!("`{term}` is not known")),
        };
        expression.split("||").map(|term| one(term.trim())).find(|value| !value.is_empty()).unwrap_or_default()
    }

    /// `a == 'b' && c != 'd' && always()`.
    fn holds(&self, condition: &str) -> bool {
        condition.split("&&").map(str::trim).filter(|term| *term != "always()").all(|term| {
            if let Some((left, right)) = term.split_once("==") {
                return self.value(left) == self.value(right);
            }
            let (left, right) = term.split_once("!=").unwrap_or_else(|| panic!("`{term}` is no comparison"));
            self.value(left) != self.value(right)
        })
    }
}

impl Done {
    fn output(&self, name: &str) -> &str {
        &self.outputs[name]
    }

    fn lines(&self, start: &str) -> usize {
        self.log.lines().filter(|line| line.starts_with(start)).count()
    }
}

#[test]
fn the_action_passes_a_sound_tree() {
    let done = Job::new(CLEAN, &[("path", "docs"), ("strict", "true")]).run();
    assert_eq!((done.status, done.lines("::")), (0, 0), "{}{}", done.log, done.words);
    assert_eq!((done.output("status"), done.output("errors"), done.output("warnings")), ("0", "0", "0"));
    assert!(done.output("report").contains("\"format\": \"milepost-report\""), "{}", done.output("report"));
    assert!(done.summary.starts_with("## Milepost: passed"), "{}", done.summary);
    assert_eq!(done.steps, ["Say what is kept", "Restore the program", "Check"]);
}

#[test]
fn the_action_fails_with_what_it_found() {
    let done = Job::new(BROKEN, &[("path", "docs"), ("command", "build")]).run();
    assert_eq!(done.status, 1, "{}{}", done.log, done.words);
    assert_eq!((done.output("status"), done.output("errors"), done.output("warnings")), ("1", "1", "1"));
    assert!(done.log.contains("::error file=docs/README.md,line=3,"), "{}", done.log);
    assert!(done.log.contains("milepost found something") && !done.log.contains("did not run"), "{}", done.log);
    assert!(done.summary.starts_with("## Milepost: failed, 1 error, 1 warning"), "{}", done.summary);
    assert!(done.words.contains("error[missing-file]"), "{}", done.words);
    assert!(!done.steps.contains(&"Build".to_owned()), "nothing is built: {:?}", done.steps);
    let strict = Job::new(WARNED, &[("path", "docs"), ("strict", "true")]).run();
    assert_eq!((strict.status, strict.output("warnings")), (1, "1"), "{}", strict.words);
}

#[test]
fn the_action_tells_a_check_that_did_not_run_from_one_that_found_something() {
    let done = Job::new(CLEAN, &[("path", "no<where")]).run();
    assert_eq!((done.status, done.output("status"), done.output("errors"), done.output("report")), (2, "2", "", ""));
    assert!(done.log.contains("::error title=milepost did not run::error: there is no folder `no<where`\n"), "{}", done.log);
    assert!(!done.log.contains("found something"), "{}", done.log);
    assert!(done.summary.starts_with("## Milepost: did not run\n") && done.summary.contains("no&lt;where"), "{}", done.summary);
    for input in [("command", "chekc"), ("strict", "yes"), ("external", "1"), ("arguments", "--format 'json")] {
        let done = Job::new(CLEAN, &[("path", "docs"), input]).run();
        assert_eq!((done.status, done.output("status")), (2, "2"), "{input:?}: {}", done.words);
        assert!(done.log.contains("::error title=milepost did not run::") && done.summary.contains("did not run"), "{}", done.log);
    }
}

#[test]
fn the_action_builds_after_the_check_and_tells_each_finding_once() {
    let mut job = Job::new(WARNED, &[("path", "docs"), ("command", "build"), ("build-arguments", "--output-dir 'the site'")]);
    let done = job.run();
    assert_eq!((done.status, done.output("status"), done.lines("::warning ")), (0, "0", 1), "{}{}", done.log, done.words);
    assert_eq!(done.summary.matches("## Milepost").count(), 1);
    assert!(job.workspace.path().join("the site/index.html").is_file());
    let wrong = Job::new(WARNED, &[("path", "docs"), ("command", "build"), ("build-arguments", "--no-such-option")]).run();
    assert_eq!((wrong.status, wrong.output("status"), wrong.output("warnings")), (2, "2", "1"), "{}", wrong.words);
}

#[test]
fn the_action_passes_arguments_through_and_runs_nothing_in_them() {
    let arguments = "--base-url https://docs.example.com/\n  --format \"sarif=my findings.sarif\" --format 'text=$(touch ran)'\n";
    let mut job = Job::new(BROKEN, &[("path", "docs"), ("arguments", arguments)]);
    let done = job.run();
    let place = job.workspace.path();
    assert_eq!(done.status, 1, "{}", done.words);
    assert!(place.join("my findings.sarif").is_file() && place.join("$(touch ran)").is_file() && !place.join("ran").exists());
}

#[test]
fn the_action_keeps_the_program_and_the_cache_under_keys_that_fit() {
    let done = Job::new(CLEAN, &[("path", "docs")]).run();
    let key = &done.given[0]["key"];
    assert!(key.starts_with("milepost-Linux-X64-ubuntu24-") && key.len() > 40 && !key.contains(','), "{key}");
    let other = Job::new(CLEAN, &[("path", "docs"), ("features", "external")]).run();
    assert_ne!(&other.given[0]["key"], key, "another program has another key");

    let inputs = [("path", "docs/"), ("external", "true"), ("shard", "1/1")];
    let done = Job::new(&[("docs/README.md", "[x](https://docs.example.com/)\n")], &inputs).run();
    let restored = &done.given[1];
    assert_eq!(restored["path"], "docs/.milepost-cache");
    assert_eq!(restored["key"], "milepost-links-docs_.milepost-cache-part-1_1-7-1");
    assert_eq!(restored["restore-keys"], "milepost-links-docs_.milepost-cache-part-1_1-\nmilepost-links-docs_.milepost-cache-\n");
    assert_eq!(done.given[2]["key"], restored["key"]);
    if cfg!(feature = "external") {
        assert_eq!(done.status, 0, "{}", done.words);
        assert!(done.output("report").contains("\"verdict\": \"skipped\""), "{}", done.output("report"));
    } else {
        assert_eq!(done.status, 2, "{}", done.words);
    }
    let kept = "Keep what is known of external addresses".to_owned();
    let found = Job::new(BROKEN, &[("path", "docs"), ("external", "true")]).run();
    assert_eq!(
        (found.status != 0, found.steps.contains(&kept)),
        (true, cfg!(feature = "external")),
        "it is kept although something was found"
    );
    let own = Job::new(CLEAN, &[("path", "docs"), ("external", "true"), ("cache", "known")]).run();
    assert_eq!(own.given[1]["path"], "known");
    assert_eq!(Job::new(CLEAN, &[("path", "docs"), ("external", "true"), ("cache", "false")]).run().given.len(), 1);
}

#[test]
fn the_action_builds_the_program_where_none_was_kept() {
    // The shell itself writes the stand-in: a file that another thread's child holds open cannot be run.
    let install = |ending: &str| -> Run {
        let script = format!(
            "printf '#!/bin/sh\\necho \"cargo $*\"\\n{ending}\\n' > \"$RUNNER_TEMP/cargo\"; chmod +x \"$RUNNER_TEMP/cargo\"; \\
             PATH=\"$RUNNER_TEMP:$PATH\" bash \"$GITHUB_ACTION_PATH/ci/action\" install"
        );
        let environment = [("MILEPOST_FEATURES", "external"), ("MILEPOST_FOLDER", "/kept")];
        program::finish(Job::new(CLEAN, &[]).command().arg(script).envs(environment))
    };
    let run = install("exit 0");
    assert_eq!(run.status, 0, "{}", run.stderr);
    let said =
        format!("cargo install --locked --path {} --root /kept --no-default-features --features external\n", repository("").display());
    assert_eq!(run.stdout, said);
    let run = install("exit 101");
    assert!(run.status == 2 && run.stdout.contains("::error title=milepost did not run::milepost could not be built"), "{}", run.stdout);
}

#[test]
fn the_action_pins_what_it_uses_and_the_manual_names_its_inputs() {
    let action = yaml("action.yml");
    let used: Vec<String> = items(&action["runs"]["steps"]).map(|step| text(&step["uses"])).filter(|used| !used.is_empty()).collect();
    assert!(!used.is_empty());
    for used in &used {
        let version = used.split_once("@v").expect("it names a version").1;
        assert_eq!(version.split('.').filter(|part| part.parse::<u32>().is_ok()).count(), 3, "{used}");
    }
    let manual = fs::read_to_string(repository("docs/ci.md")).expect("it is there");
    for (name, _) in entries(&action["inputs"]).chain(entries(&action["outputs"])) {
        assert!(manual.contains(&format!("| `{name}` |")), "docs/ci.md does not tell `{name}`");
    }
}

/// Runs the lines of the GitLab job as its runner does.
fn gitlab(here: &Path, variables: &[(&str, &str)]) -> Run {
    let job = &yaml("ci/gitlab.yml")[".milepost"];
    let script: Vec<String> = items(&job["before_script"]).chain(items(&job["script"])).map(text).collect();
    let defaults = entries(&job["variables"]).map(|(name, value)| (name.clone(), text(value)));
    let mut command = shell("sh", here);
    command.arg("-ec").arg(script.join("\n")).env("CI_PROJECT_DIR", here).envs(defaults).envs(variables.iter().copied());
    program::finish(&mut command)
}

#[test]
fn the_job_for_gitlab_writes_its_reports_and_ends_as_the_program_does() {
    let job = &yaml("ci/gitlab.yml")[".milepost"];
    let report = |name: &str| text(&job["artifacts"]["reports"][name]);
    let broken = folder(BROKEN);
    let run = gitlab(broken.path(), &[("MILEPOST_PATH", "docs")]);
    assert_eq!(run.status, 1, "{}{}", run.stdout, run.stderr);
    let quality = fs::read_to_string(broken.path().join(report("codequality"))).expect("it is there");
    assert!(quality.contains("\"path\": \"docs/README.md\""), "{quality}");
    let tests = fs::read_to_string(broken.path().join(report("junit"))).expect("it is there");
    assert!(roxmltree::Document::parse(&tests).is_ok_and(|tests| tests.root_element().attribute("failures") == Some("1")), "{tests}");
    let clean = folder(WARNED);
    assert_eq!(gitlab(clean.path(), &[("MILEPOST_PATH", "docs")]).status, 0);
    assert_eq!(gitlab(clean.path(), &[("MILEPOST_PATH", "docs"), ("MILEPOST_ARGUMENTS", "--strict --quiet")]).status, 1);
    assert_eq!(gitlab(clean.path(), &[("MILEPOST_PATH", "nowhere")]).status, 2);
}

#[test]
fn the_hook_for_pre_commit_checks_the_tree_as_a_whole() {
    let hooks = yaml(".pre-commit-hooks.yaml");
    let hook = &hooks[0];
    assert_eq!(
        (text(&hook["id"]), text(&hook["language"]), &hook["pass_filenames"]),
        ("milepost-check".into(), "rust".into(), &false.into())
    );
    let run = |files: &[(&str, &str)]| {
        let tree = folder(files);
        // What is configured as `args` follows the entry.
        let run = program::finish(shell("sh", tree.path()).arg("-c").arg(format!("{} docs --strict", text(&hook["entry"]))));
        assert_eq!(program::files(tree.path()).len(), files.len(), "a hook that checks writes nothing");
        run.status
    };
    assert_eq!((run(CLEAN), run(WARNED), run(&[("README.md", "# Welcome\n")])), (0, 1, 2));
}
