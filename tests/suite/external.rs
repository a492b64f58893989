//! `check --external` against real servers on loopback: every verdict, and what is asked on the way to it.

use crate::{
    program::{Run, milepost, write},
    server::{Reply, Server, page, say, to},
};
use serde_json::Value;
use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

/// Quick settings for servers on this machine.
const SETTINGS: &str = "[external]\nallow-private-addresses = true\nretry-wait-ms = 20\nhost-pause-ms = 0\ntimeout-ms = 1500\n";

struct Site {
    folder: tempfile::TempDir,
}

impl Site {
    fn new(text: &str, settings: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        // A key that the test sets takes the place of the quick one.
        let key = |line: &str| line.split('=').next().unwrap_or_default().trim().to_owned();
        let given: Vec<String> = settings.lines().map(key).collect();
        let quick: String = SETTINGS.lines().filter(|line| !given.contains(&key(line))).flat_map(|line| [line, "\n"]).collect();
        write(folder.path(), "milepost.toml", format!("content = \"content\"\n{quick}{settings}"));
        write(folder.path(), "content/README.md", text);
        Self { folder }
    }

    fn root(&self) -> &Path {
        self.folder.path()
    }

    fn check(&self, more: &[&str]) -> Run {
        milepost(self.root(), &[&["check", "--external"], more].concat())
    }

    /// The findings as `rule line`, and the notes as `verdict address`.
    fn verdicts(&self, more: &[&str]) -> (Vec<String>, Vec<String>, Run) {
        let run = self.check(&[&["--format", "json"], more].concat());
        let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}{}", run.stdout, run.stderr));
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let findings =
            report["diagnostics"].as_array().into_iter().flatten().map(|finding| format!("{} {}", text(&finding["rule"]), finding["line"]));
        let notes = report["external"].as_array().into_iter().flatten().map(|note| {
            let path = text(&note["url"]).splitn(4, '/').nth(3).unwrap_or_default().to_owned();
            format!("{} /{path}", text(&note["verdict"]))
        });
        (findings.collect(), notes.collect(), run)
    }
}

fn links(server: &Server, paths: &[&str]) -> String {
    paths
        .iter()
        .map(|path| {
            format!(
                "[x]({})

",
                server.url(path)
            )
        })
        .collect::<Vec<_>>()
        .concat()
}

#[test]
fn each_verdict_is_told_apart() {
    let server = Server::start(&[
        ("/ok", vec![say(200)]),
        ("/gone", vec![say(404)]),
        ("/flaky", vec![say(503), say(503), say(200)]),
        ("/down", vec![say(500)]),
        ("/secret", vec![say(403)]),
        ("/login", vec![say(401)]),
        ("/linkedin", vec![say(999)]),
        ("/challenge", vec![Reply::Say(503, vec![("cf-mitigated", "challenge".to_owned())], String::new())]),
        ("/busy", vec![say(429)]),
        ("/late", vec![Reply::Late(Duration::from_secs(3), Box::new(say(200)))]),
    ]);
    let paths = ["/ok", "/gone", "/flaky", "/down", "/secret", "/login", "/linkedin", "/challenge", "/busy", "/late"];
    let site = Site::new(&(links(&server, &paths) + "[e](https://docs.example.com/)\n"), "");
    let (findings, notes, run) = site.verdicts(&[]);
    assert_eq!(findings, ["http-status 3", "http-status 7", "http-timeout 19"], "{}", run.stderr);
    assert_eq!(
        notes,
        ["blocked /busy", "blocked /challenge", "flaky /flaky", "blocked /linkedin", "blocked /login", "blocked /secret", "skipped /"]
    );
    assert_eq!(run.status, 1);
    let words = site.check(&[]).stderr;
    assert!(words.contains("external: 11 addresses"), "{words}");
    assert!(words.contains("the address answers with 404 Not Found"), "{words}");
}

#[test]
fn only_what_is_broken_fails_the_run() {
    let server = Server::start(&[("/flaky", vec![say(503), say(503), say(200)]), ("/secret", vec![say(403)])]);
    let (findings, notes, run) = Site::new(&links(&server, &["/flaky", "/secret"]), "").verdicts(&["--strict"]);
    assert_eq!((findings.len(), notes.len(), run.status), (0, 2, 0));
}

#[test]
fn every_place_of_an_address_gets_the_finding_and_it_is_asked_once() {
    let server = Server::start(&[("/gone", vec![say(404)]), ("/ok", vec![say(200)])]);
    let (gone, ok) = (server.url("/gone"), server.url("/ok"));
    let text = format!(
        "[a]({gone}) [b]({gone}#x)\n\n<{gone}>\n\n[r]: {gone}\n\n[one][r] [two][r]\n\n<a href=\"{gone}\">h</a>\n\n[ok]({ok}) ![i]({ok}#y) {ok}\n"
    );
    let (findings, _, _) = Site::new(&text, "").verdicts(&[]);
    assert_eq!(findings, ["http-status 1", "http-status 1", "http-status 3", "http-status 5", "http-status 9"]);
    let asked = server.asked();
    assert_eq!(asked.iter().filter(|request| request.ends_with("/ok")).count(), 1, "{asked:?}");
    assert_eq!(asked.iter().filter(|request| request.ends_with("/gone")).count(), 2, "a HEAD, and a GET to be sure: {asked:?}");
}

#[test]
fn a_refused_head_is_asked_again_with_get_and_the_host_is_known_for_it() {
    let server =
        Server::start(&[("HEAD /a", vec![say(405)]), ("GET /a", vec![say(200)]), ("HEAD /b", vec![say(405)]), ("GET /b", vec![say(200)])]);
    let site = Site::new(&links(&server, &["/a", "/b"]), "host-concurrency = 1\n");
    let (findings, notes, _) = site.verdicts(&[]);
    assert_eq!((findings.len(), notes.len()), (0, 0));
    assert_eq!(server.asked(), ["HEAD /a", "GET /a", "GET /b"]);
}

#[test]
fn connections_that_break_are_tried_again() {
    let server = Server::start(&[("/reset", vec![Reply::Close, Reply::Close, say(200)]), ("/dead", vec![Reply::Close])]);
    let (findings, notes, _) = Site::new(&links(&server, &["/reset", "/dead"]), "").verdicts(&[]);
    assert_eq!((findings, notes), (vec!["http-connect 3".to_owned()], vec!["flaky /reset".to_owned()]));
    let refused = Site::new("[x](http://127.0.0.1:1/)\n\n[tls](https://127.0.0.1:1/)\n", "retries = 0\n");
    assert_eq!(refused.verdicts(&[]).0, ["http-connect 1", "http-connect 3"]);
}

#[test]
fn a_server_without_tls_is_told_as_such() {
    let server = Server::start(&[("/", vec![say(200)])]);
    let site = Site::new(&format!("[x](https://{}/)\n", server.address), "retries = 0\n");
    let (findings, _, run) = site.verdicts(&[]);
    assert_eq!(findings, ["http-connect 1"], "{}", run.stderr);
}

#[test]
fn redirects_are_followed_with_a_look_at_each_address() {
    let other = Server::start_at("127.0.0.2:0", &[("/there", vec![say(200)]), ("/far", vec![to(302, "/gone")])]);
    let server = Server::start(&[
        ("/one", vec![to(301, "/two")]),
        ("/two", vec![to(308, "/three")]),
        ("/three", vec![to(302, "/ok")]),
        ("/ok", vec![say(200)]),
        ("/for-now", vec![to(302, "/ok")]),
        ("/elsewhere", vec![to(301, &other.url("/there"))]),
        ("/to-gone", vec![to(302, &other.url("/far"))]),
        ("/self", vec![to(302, "/self")]),
        ("/a", vec![to(302, "/b")]),
        ("/b", vec![to(302, "/a")]),
        ("/mail", vec![to(302, "mailto:x@example.com")]),
    ]);
    let paths = ["/one", "/for-now", "/elsewhere", "/to-gone", "/self", "/a", "/mail"];
    let site = Site::new(&links(&server, &paths), "[check.rules]\nredirect = \"warn\"\n");
    let (findings, notes, _) = site.verdicts(&[]);
    assert_eq!(findings, ["redirect 1", "redirect 5", "http-status 7", "http-redirect-loop 9", "http-redirect-loop 11", "http-status 13"]);
    assert!(notes.is_empty(), "{notes:?}");
    let report: Value = serde_json::from_str(&site.verdicts(&[]).2.stdout).expect("it is JSON");
    assert_eq!(report["diagnostics"][0]["fix"]["edits"][0]["text"], Value::from(server.url("/three")), "what is permanent, and no further");
}

#[test]
fn a_chain_that_is_too_long_is_a_loop() {
    let replies: Vec<(String, Vec<Reply>)> =
        (0..20).map(|number| (format!("/{number}"), vec![to(302, &format!("/{}", number + 1))])).collect();
    let replies: Vec<(&str, Vec<Reply>)> = replies.iter().map(|(path, reply)| (path.as_str(), reply.clone())).collect();
    let server = Server::start(&replies);
    assert_eq!(Site::new(&links(&server, &["/0"]), "").verdicts(&[]).0, ["http-redirect-loop 1"]);
}

#[test]
fn addresses_of_this_network_are_not_asked_unless_they_may_be() {
    let server = Server::start(&[("/ok", vec![say(200)])]);
    let folder = tempfile::tempdir().expect("a folder can be made");
    let port = server.address.port();
    let text = format!(
        "[a]({}) [b](http://localhost:{port}/ok) [c](http://[::1]:{port}/ok) [d](http://2130706433:{port}/ok)\n",
        server.url("/ok")
    );
    write(folder.path(), "README.md", text);
    let run = milepost(folder.path(), &["check", ".", "--external", "--format", "json"]);
    let report: Value = serde_json::from_str(&run.stdout).expect("it is JSON");
    let verdicts: Vec<&Value> = report["external"].as_array().expect("a list").iter().map(|note| &note["verdict"]).collect();
    assert!(!verdicts.is_empty() && verdicts.iter().all(|verdict| **verdict == "skipped"), "{}", run.stdout);
    assert_eq!((server.asked().len(), run.status), (0, 0));
}

#[test]
fn headers_go_to_their_own_host_only_and_come_from_the_environment() {
    let other = Server::start_at("127.0.0.2:0", &[("/there", vec![say(200)])]);
    let server = Server::start(&[("/moved", vec![to(302, &other.url("/there"))])]);
    let settings = "[external.hosts.\"127.0.0.1\"]\nheaders = { Authorization = \"Bearer ${MILEPOST_TEST_TOKEN}\" }\n";
    let site = Site::new(&links(&server, &["/moved"]), settings);
    let run = crate::program::finish(
        crate::program::command(site.root())
            .args(["check", "--external", "--format", "json", "-v"])
            .env("MILEPOST_TEST_TOKEN", "s3cret-value"),
    );
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(server.requests()[0].header("authorization"), Some("Bearer s3cret-value"));
    assert_eq!(other.requests()[0].header("authorization"), None);
    let cache = fs::read_to_string(site.root().join(".milepost-cache/links.tsv")).expect("there is a cache");
    assert!(!format!("{}{}{cache}", run.stdout, run.stderr).contains("s3cret-value"));
    let unset = site.check(&[]);
    assert!(unset.status == 2 && unset.stderr.contains("MILEPOST_TEST_TOKEN"), "{}", unset.stderr);
}

#[test]
fn fragments_are_looked_for_on_pages_where_that_is_asked() {
    let server = Server::start(&[
        ("/page", vec![page("<h1 id=\"intro\">x</h1><a name=old></a><h2 id=user-content-readme>r</h2>")]),
        ("/text", vec![Reply::Say(200, vec![("Content-Type", "text/plain".to_owned())], "x".to_owned())]),
        ("/cut", vec![Reply::Truncated]),
        ("/endless", vec![Reply::Endless]),
        ("/stuck", vec![Reply::Stuck]),
    ]);
    let paths = ["/page#intro", "/page#old", "/page#readme", "/page#no", "/page#:~:text=x", "/text#x", "/cut#b", "/endless#b", "/stuck#a"];
    let site = Site::new(&links(&server, &paths), "fragments = true\nretries = 0\n");
    let started = Instant::now();
    assert_eq!(site.verdicts(&[]).0, ["http-fragment 7", "http-connect 13", "http-timeout 17"]);
    assert!(started.elapsed() < Duration::from_secs(15), "an endless page is left behind");
    assert!(server.asked().contains(&"GET /page".to_owned()));
    let without = Site::new(&links(&server, &["/page#no"]), "");
    assert_eq!(without.verdicts(&[]).0, Vec::<String>::new());
}

#[test]
fn a_host_is_never_asked_more_at_once_than_it_may_be_and_gets_its_pause() {
    let names: Vec<String> = (0..24).map(|number| format!("/{number}")).collect();
    let replies: Vec<(&str, Vec<Reply>)> =
        names.iter().map(|name| (name.as_str(), vec![Reply::Late(Duration::from_millis(40), Box::new(say(200)))])).collect();
    let server = Server::start(&replies);
    let paths: Vec<&str> = names.iter().map(String::as_str).collect();
    let (findings, _, _) = Site::new(&links(&server, &paths), "host-concurrency = 3\n").verdicts(&[]);
    assert!(findings.is_empty());
    assert!((2..=3).contains(&server.most_at_once()), "{} at once", server.most_at_once());

    let server = Server::start(&[("/a", vec![say(200)]), ("/b", vec![say(200)]), ("/c", vec![say(200)])]);
    let settings = "[external.hosts.\"127.0.0.1\"]\npause-ms = 150\n";
    assert!(Site::new(&links(&server, &["/a", "/b", "/c"]), settings).verdicts(&[]).0.is_empty());
    let times: Vec<Instant> = server.requests().iter().map(|request| request.at).collect();
    assert!(times.windows(2).all(|pair| pair[1] - pair[0] >= Duration::from_millis(130)), "{times:?}");
}

#[test]
fn a_host_that_asks_for_patience_gets_it() {
    let busy = Reply::Say(429, vec![("Retry-After", "1".to_owned())], String::new());
    let server = Server::start(&[("/a", vec![busy, say(200)]), ("/b", vec![say(200)])]);
    let (findings, notes, _) = Site::new(&links(&server, &["/a", "/b"]), "host-concurrency = 1\n").verdicts(&[]);
    assert_eq!((findings.len(), notes), (0, vec!["flaky /a".to_owned()]));
    let requests = server.requests();
    assert!(requests[1].at - requests[0].at >= Duration::from_millis(950), "the next request waits too");
}

#[test]
fn a_host_that_has_too_much_to_do_is_not_asked_again_at_once() {
    let busy = Reply::Say(503, vec![("Retry-After", "1".to_owned())], String::new());
    let late = Reply::Late(Duration::from_secs(2), Box::new(say(200)));
    let server = Server::start(&[("/a", vec![busy, say(200)]), ("/b", vec![late, say(200)]), ("/c", vec![say(504), say(200)])]);
    let settings = "host-concurrency = 1\ntimeout-ms = 500\n";
    let (findings, notes, _) = Site::new(&links(&server, &["/a", "/b", "/c"]), settings).verdicts(&[]);
    assert_eq!((findings.len(), notes), (0, vec!["flaky /a".to_owned(), "flaky /b".to_owned(), "flaky /c".to_owned()]));
    assert_eq!(server.asked(), ["HEAD /a", "HEAD /b", "HEAD /c", "GET /a", "GET /b", "GET /c"]);
    let requests = server.requests();
    assert!(requests[1].at - requests[0].at >= Duration::from_millis(950), "`Retry-After` holds for a HEAD too");
}

#[test]
fn without_another_try_a_head_that_fails_is_asked_again_with_get() {
    let server = Server::start(&[
        ("HEAD /a", vec![Reply::Close]),
        ("GET /a", vec![say(200)]),
        ("HEAD /b", vec![say(503)]),
        ("GET /b", vec![say(200)]),
        ("/c", vec![say(503)]),
    ]);
    let (findings, notes, _) = Site::new(&links(&server, &["/a", "/b", "/c"]), "retries = 0\nhost-concurrency = 1\n").verdicts(&[]);
    assert_eq!((findings, notes.len()), (vec!["http-status 5".to_owned()], 0));
    assert_eq!(server.asked(), ["HEAD /a", "GET /a", "HEAD /b", "GET /b", "HEAD /c", "GET /c"]);
}

#[test]
fn a_host_keeps_its_pause_when_it_waits_for_others() {
    let late = Reply::Late(Duration::from_millis(400), Box::new(say(200)));
    let slow = Server::start_at("127.0.0.2:0", &[("/a", vec![late.clone()]), ("/b", vec![late])]);
    let server = Server::start(&[("/a", vec![say(200)]), ("/b", vec![say(200)]), ("/c", vec![say(200)])]);
    let text = links(&slow, &["/a", "/b"]) + &links(&server, &["/a", "/b", "/c"]);
    let settings = "concurrency = 1\n[external.hosts.\"127.0.0.1\"]\npause-ms = 150\n";
    assert!(Site::new(&text, settings).verdicts(&[]).0.is_empty());
    let times: Vec<Instant> = server.requests().iter().map(|request| request.at).collect();
    assert!(times.len() == 3 && times.windows(2).all(|pair| pair[1] - pair[0] >= Duration::from_millis(130)), "{times:?}");
}

#[test]
fn a_slow_host_keeps_no_other_from_its_next_round() {
    let late = Reply::Late(Duration::from_millis(700), Box::new(say(200)));
    let slow = Server::start_at("127.0.0.2:0", &[("/a", vec![late.clone()]), ("/b", vec![late.clone()]), ("/c", vec![late])]);
    let server = Server::start(&[("/flaky", vec![say(503), say(200)])]);
    let text = links(&slow, &["/a", "/b", "/c"]) + &links(&server, &["/flaky"]);
    assert_eq!(Site::new(&text, "host-concurrency = 1\n").verdicts(&[]).1, ["flaky /flaky"]);
    let (second, last) = (server.requests()[1].at, slow.requests()[2].at);
    assert!(second < last, "it is asked again while the slow host still has addresses that nobody has asked");
}

#[test]
fn a_host_that_answers_some_addresses_is_not_given_up_for_those_that_it_breaks() {
    let paths: Vec<String> = (10..40).map(|number| format!("/{number}")).collect();
    let breaks = |number: usize| (11..=16).contains(&number);
    let replies: Vec<(&str, Vec<Reply>)> =
        paths.iter().zip(10..).map(|(path, number)| (path.as_str(), vec![if breaks(number) { Reply::Close } else { say(200) }])).collect();
    let server = Server::start(&replies);
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let (findings, notes, _) = Site::new(&links(&server, &paths), "host-concurrency = 1\n").verdicts(&[]);
    let lines: Vec<String> = (11..=16).map(|number| format!("http-connect {}", (number - 10) * 2 + 1)).collect();
    assert_eq!((findings, notes.len()), (lines, 0));
}

#[test]
fn a_host_that_lets_a_head_wait_is_asked_with_get_from_then_on() {
    let late = Reply::Late(Duration::from_secs(5), Box::new(say(200)));
    let paths: Vec<String> = (10..40).map(|number| format!("/{number}")).collect();
    let keys: Vec<(String, String)> = paths.iter().map(|path| (format!("HEAD {path}"), format!("GET {path}"))).collect();
    let replies: Vec<(&str, Vec<Reply>)> =
        keys.iter().flat_map(|(head, get)| [(head.as_str(), vec![late.clone()]), (get.as_str(), vec![say(200)])]).collect();
    let server = Server::start(&replies);
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let (findings, _, _) = Site::new(&links(&server, &paths), "timeout-ms = 300\n").verdicts(&[]);
    assert!(findings.is_empty(), "{findings:?}");
    let heads = server.asked().iter().filter(|request| request.starts_with("HEAD")).count();
    assert!(heads <= 16, "{heads} requests were waited for in vain");
}

#[test]
fn a_connection_serves_many_requests_when_pages_are_short() {
    let page = Reply::Say(404, Vec::new(), "x".repeat(40_000));
    let paths = ["/a", "/b", "/c", "/d", "/e", "/f", "/g", "/h"];
    let server = Server::start(&paths.map(|path| (path, vec![page.clone()])));
    let (findings, _, _) = Site::new(&links(&server, &paths), "host-concurrency = 1\n").verdicts(&[]);
    assert_eq!((findings.len(), server.asked().len()), (8, 16));
    // A busy machine may take longer for a rest than the client waits, and then there is another connection; never one a page.
    assert!(server.connections() <= 4, "{} connections", server.connections());
}

#[test]
fn a_dead_host_costs_a_few_tries_and_not_one_for_each_address() {
    let names: Vec<String> = (0..60).map(|number| format!("http://127.0.0.1:1/{number}")).collect();
    let text = names.iter().map(|url| format!("[x]({url})\n")).collect::<Vec<_>>().concat();
    let started = Instant::now();
    let (findings, _, _) = Site::new(&text, "timeout-ms = 400\n").verdicts(&[]);
    assert_eq!(findings.len(), 60);
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[test]
fn what_the_deadline_leaves_is_not_checked_and_fails_nothing() {
    let server = Server::start(&[("/ok", vec![say(200)]), ("/slow", vec![Reply::Late(Duration::from_secs(20), Box::new(say(200)))])]);
    let site = Site::new(&links(&server, &["/ok", "/slow"]), "timeout-ms = 30000\n");
    let started = Instant::now();
    let (findings, notes, run) = site.verdicts(&["--deadline", "1s"]);
    assert!(started.elapsed() < Duration::from_secs(8));
    assert_eq!((findings.len(), notes, run.status), (0, vec!["not-checked /slow".to_owned()], 0));
    // What was learnt before is kept.
    let (_, notes, _) = site.verdicts(&["--offline"]);
    assert_eq!(notes, ["not-checked /slow"]);
}

#[test]
fn the_cache_answers_for_what_would_come_again() {
    let server =
        Server::start(&[("/ok", vec![say(200)]), ("/gone", vec![say(404)]), ("/flaky", vec![say(500)]), ("/moved", vec![to(301, "/ok")])]);
    let site = Site::new(&links(&server, &["/ok", "/gone", "/flaky", "/moved"]), "retries = 0\n[check.rules]\nredirect = \"warn\"\n");
    let (first, _, _) = site.verdicts(&[]);
    let asked = server.asked().len();
    let (second, _, run) = site.verdicts(&[]);
    assert_eq!((&first, first.len()), (&second, 3), "{}", run.stderr);
    assert_eq!(server.asked().len(), asked, "nothing is asked twice within an hour");
    let cache = fs::read_to_string(site.root().join(".milepost-cache/links.tsv")).expect("there is a cache");
    assert!(cache.starts_with("milepost-links 1\nhttp://127.0.0.1"), "{cache}");
    // A cache of long ago, as CI restores one, is believed no more; a damaged one harms nothing.
    let old: String = cache.lines().map(|line| line.replace("2026-", "2020-") + "\n").collect();
    fs::write(site.root().join(".milepost-cache/links.tsv"), old + "\u{0}damaged\t\t\n").expect("it can be written");
    assert_eq!(site.verdicts(&[]).0, first);
    assert!(server.asked().len() > asked);
    let offline = Site::new(&links(&server, &["/ok"]), "");
    assert_eq!(offline.verdicts(&["--offline"]).1, ["not-checked /ok"]);
    let off = Site::new(&links(&server, &["/ok"]), "cache = false\n");
    assert!(off.verdicts(&[]).0.is_empty() && !off.root().join(".milepost-cache").exists());
}

#[test]
fn what_the_settings_leave_out_is_skipped_and_what_they_accept_is_found() {
    let server = Server::start(&[("/teapot", vec![say(418)]), ("/gone", vec![say(404)])]);
    let site = Site::new(&links(&server, &["/teapot", "/gone"]), "accept = [418, \"500..=599\"]\nexclude = [\"/gone$\"]\n");
    let (findings, notes, _) = site.verdicts(&[]);
    assert_eq!((findings.len(), notes), (0, vec!["skipped /gone".to_owned()]));
    let wrong = Site::new("x\n", "exclude = [\"(\"]\n").check(&[]);
    assert!(wrong.status == 2 && wrong.stderr.contains("`external.exclude`"), "{}", wrong.stderr);
}

#[test]
fn a_silenced_finding_about_an_address_is_silent() {
    let server = Server::start(&[("/gone", vec![say(404)])]);
    let text = format!("<!-- milepost-disable-next-line http-status -->\n[x]({})\n", server.url("/gone"));
    assert_eq!(Site::new(&text, "").verdicts(&[]).0, Vec::<String>::new());
}

#[test]
fn shards_ask_for_each_host_once_and_their_reports_are_joined() {
    let servers: Vec<Server> = (1..=6).map(|number| Server::start_at(&format!("127.0.0.{number}:0"), &[("/ok", vec![say(200)])])).collect();
    let text = servers
        .iter()
        .map(|server| format!("[a]({}) [b]({})\n\n[c](gone.md)\n\n", server.url("/ok"), server.url("/gone")))
        .collect::<Vec<_>>()
        .concat();
    let site = Site::new(&text, "");
    for part in 1..=3 {
        let run = site.check(&["--shard", &format!("{part}/3"), "--format", "json"]);
        write(site.root(), &format!("part-{part}.json"), run.stdout);
        fs::rename(site.root().join(".milepost-cache/links.tsv"), site.root().join(format!("part-{part}.tsv"))).unwrap_or_default();
    }
    for server in &servers {
        assert_eq!(server.asked().iter().filter(|request| request.ends_with("/ok")).count(), 1);
    }
    let caches: Vec<String> = (1..=3).map(|part| format!("part-{part}.tsv")).filter(|name| site.root().join(name).exists()).collect();
    let mut arguments = vec!["merge-reports", "part-1.json", "part-2.json", "part-3.json", "--cache", "all.tsv", "--caches"];
    arguments.extend(caches.iter().map(String::as_str));
    let run = milepost(site.root(), &arguments);
    let whole = site.check(&["--format", "json"]);
    let read = |text: &str| -> Value { serde_json::from_str(text).expect("it is JSON") };
    assert_eq!(read(&run.stdout), read(&whole.stdout), "{}", run.stderr);
    assert_eq!((run.status, run.stderr.as_str()), (1, "joined 3 reports: 12 errors, 0 warnings\n"));
    let all = fs::read_to_string(site.root().join("all.tsv")).expect("the joined cache is there");
    assert_eq!(all.lines().count(), 13, "{all}");
    let wrong = site.check(&["--shard", "4/3"]);
    assert!(wrong.status == 2 && wrong.stderr.contains("from 1 to 3"), "{}", wrong.stderr);
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_keeps_what_it_has_learnt() {
    let server = Server::start(&[("/ok", vec![say(200)]), ("/slow", vec![Reply::Late(Duration::from_secs(20), Box::new(say(200)))])]);
    let site = Site::new(&links(&server, &["/ok", "/slow"]), "timeout-ms = 30000\n");
    let mut command = crate::program::command(site.root());
    command.args(["check", "--external"]).stderr(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let child = command.spawn().expect("the program starts");
    let started = Instant::now();
    while server.asked().len() < 2 {
        assert!(started.elapsed() < Duration::from_secs(30), "both are asked: {:?}", server.asked());
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(200));
    let pid = nix::unistd::Pid::from_raw(i32::try_from(child.id()).expect("it is a process"));
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGINT).expect("it can be stopped");
    let done = child.wait_with_output().expect("it ends");
    let words = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(130), "{words}");
    assert!(words.contains("1 found, 1 not checked"), "{words}");
    assert_eq!(site.verdicts(&["--offline"]).1, ["not-checked /slow"]);
}

#[test]
fn a_redirect_keeps_its_fragment_and_a_fix_never_breaks_its_place() {
    let server = Server::start(&[
        ("/sec", vec![to(301, "/new#part")]),
        ("/odd", vec![to(301, "/n)ew")]),
        ("/caf", vec![Reply::Say(301, vec![("Location", "/caf\u{e9}".to_owned())], String::new())]),
        ("/new", vec![say(200)]),
        ("/n)ew", vec![say(200)]),
        ("/caf%C3%A9", vec![say(200)]),
    ]);
    let site = Site::new(&links(&server, &["/sec", "/odd", "/caf"]), "[check.rules]\nredirect = \"warn\"\n");
    assert_eq!(site.verdicts(&[]).0, ["redirect 1", "redirect 3", "redirect 5"]);
    let run = site.check(&["--fix"]);
    let text = fs::read_to_string(site.root().join("content/README.md")).expect("it is there");
    let (sec, odd, cafe) = (server.url("/new#part"), server.url("/odd"), server.url("/caf%C3%A9"));
    assert_eq!(text, format!("[x]({sec})\n\n[x]({odd})\n\n[x]({cafe})\n\n"), "{}", run.stderr);
}

#[test]
fn what_was_learnt_is_told_even_where_it_cannot_be_kept() {
    let server = Server::start(&[("/gone", vec![say(404)])]);
    let site = Site::new(&links(&server, &["/gone"]), "cache = \"content/README.md\"\n");
    let run = site.check(&[]);
    assert!(run.status == 1 && run.stderr.contains("404 Not Found") && run.stderr.contains("is no cache"), "{}", run.stderr);
    assert!(fs::read_to_string(site.root().join("content/README.md")).expect("it is there").starts_with("[x]("), "nothing is overwritten");
}

#[test]
fn a_permanent_redirect_is_mended_where_that_is_asked() {
    let server = Server::start(&[("/old", vec![to(301, "/new")]), ("/new", vec![say(200)]), ("/now", vec![to(302, "/new")])]);
    let (old, new, now) = (server.url("/old"), server.url("/new"), server.url("/now"));
    let site = Site::new(
        &format!("[a]({old}#part \"title\") [n]({now})\n\n[r]: <{old}>\n\n[b][r] <{old}>\n"),
        "[check.rules]\nredirect = \"warn\"\n",
    );
    let diff = site.check(&["--diff"]);
    assert!(diff.stdout.contains(&format!("+[a]({new}#part \"title\") [n]({now})")), "{}{}", diff.stdout, diff.stderr);
    let run = site.check(&["--fix"]);
    let text = fs::read_to_string(site.root().join("content/README.md")).expect("it is there");
    assert_eq!(text, format!("[a]({new}#part \"title\") [n]({now})\n\n[r]: <{new}>\n\n[b][r] <{old}>\n"), "{}", run.stderr);
    assert!(run.stderr.contains("mended 2 links in 1 file, 1 finding left"), "{}", run.stderr);
}

#[test]
fn a_password_in_an_address_is_written_down_nowhere() {
    let server = Server::start(&[("/ok", vec![say(200)]), ("/gone", vec![say(404)]), ("/plain", vec![say(200)])]);
    let host = server.address;
    let site = Site::new(
        &format!("[a](http://user:hunter2@{host}/ok) [b](http://user:hunter2@{host}/locked)\n\n[c](http://{host}/plain)\n"),
        "accept = [404]\n",
    );
    let run = site.check(&["--format", "json=report.json", "-v"]);
    let cache = fs::read_to_string(site.root().join(".milepost-cache/links.tsv")).expect("there is a cache");
    assert_eq!(cache.lines().count(), 2, "{cache}");
    let report = fs::read_to_string(site.root().join("report.json")).expect("it is there");
    assert!(!format!("{cache}{report}{}", run.stderr).contains("hunter2"), "{report}{}", run.stderr);
}

#[test]
fn what_counts_as_found_is_judged_anew_from_the_cache() {
    let server = Server::start(&[("/teapot", vec![say(418)])]);
    let site = Site::new(&links(&server, &["/teapot"]), "");
    assert_eq!(site.verdicts(&[]).0, ["http-status 1"]);
    let settings = fs::read_to_string(site.root().join("milepost.toml")).expect("it is there");
    write(site.root(), "milepost.toml", format!("{settings}accept = [418]\n"));
    assert!(site.verdicts(&[]).0.is_empty());
    write(site.root(), "milepost.toml", settings);
    assert_eq!(site.verdicts(&[]).0, ["http-status 1"]);
}

#[test]
fn a_proxy_of_this_network_may_be_named_by_its_host() {
    let proxy = Server::start(&[("GET http://gone.milepost.dev/x", vec![say(404)]), ("HEAD http://gone.milepost.dev/x", vec![say(404)])]);
    let folder = tempfile::tempdir().expect("a folder can be made");
    write(folder.path(), "README.md", "[x](http://gone.milepost.dev/x)\n");
    let mut command = crate::program::command(folder.path());
    command
        .args(["check", ".", "--external"])
        .env("HTTP_PROXY", format!("http://localhost:{}", proxy.address.port()))
        .env_remove("NO_PROXY")
        .env_remove("no_proxy");
    let run = crate::program::finish(&mut command);
    assert!(run.status == 1 && run.stderr.contains("404 Not Found"), "{}{:?}", run.stderr, proxy.asked());
}
