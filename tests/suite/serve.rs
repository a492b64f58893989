//! `milepost serve` over real sockets: sites that are written to while they are served. An event tells when to look again.

use crate::program::{command, folder, milepost, write};
use std::{
    fs,
    io::{BufReader, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Child, ChildStderr, Stdio},
    time::Duration,
};

/// What a wait ends with when nothing comes: a failure, never an answer.
const PATIENCE: Duration = Duration::from_secs(120);

/// A server, and the events that it sends to browsers.
struct Served {
    child: Child,
    said: BufReader<ChildStderr>,
    host: String,
    /// The path of the site, with its slashes.
    mount: String,
    events: BufReader<TcpStream>,
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
    }
}

impl Served {
    fn start(root: &Path, arguments: &[&str]) -> Self {
        let mut child =
            command(root).args(["serve", "--port", "0"]).args(arguments).stderr(Stdio::piped()).spawn().expect("the program starts");
        let mut said = BufReader::new(child.stderr.take().expect("it is piped"));
        let address = line_with(&mut said, "serving at http://");
        let address = address.trim().rsplit_once("http://").expect("it is an address").1.to_owned();
        let (host, mount) = address.split_once('/').expect("it has a path");
        let events = BufReader::new(send(host, "GET", "/@milepost/live", host));
        let mut served = Self { child, said, host: host.to_owned(), mount: format!("/{mount}"), events };
        served.event();
        served
    }

    fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &self.host)
    }

    fn ask(&self, method: &str, path: &str, host: &str) -> Answer {
        answer(send(&self.host, method, path, host))
    }

    /// The next event.
    fn event(&mut self) -> String {
        line_with(&mut self.events, "data: ")
    }

    /// Waits until a page holds a text; the page.
    fn until(&mut self, path: &str, text: &str) -> Answer {
        self.until_it(path, text, |answer| answer.body.contains(text))
    }

    fn until_it(&mut self, path: &str, wanted: &str, is_there: impl Fn(&Answer) -> bool) -> Answer {
        loop {
            let answer = self.get(path);
            if is_there(&answer) {
                return answer;
            }
            assert!(!self.event().is_empty(), "`{path}` never had `{wanted}`: {}", answer.body);
        }
    }

    /// What the overlay of a page shows.
    fn overlay(&self, page: &str) -> String {
        self.get(&format!("/@milepost/overlay?page={page}")).body
    }

    /// Waits until the overlay of a page says something.
    fn until_overlay(&mut self, page: &str, text: &str) -> String {
        self.until(&format!("/@milepost/overlay?page={page}"), text).body
    }

    /// Waits for a line in the terminal.
    fn says(&mut self, text: &str) -> String {
        line_with(&mut self.said, text)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn line_with(lines: &mut impl std::io::BufRead, text: &str) -> String {
    let mut line = String::new();
    while !line.contains(text) {
        line.clear();
        let length = lines.read_line(&mut line).expect("it can be read");
        assert!(length > 0, "`{text}` was never said");
    }
    line
}

/// HTTP/1.0, so that bodies come as they are.
fn send(address: &str, method: &str, path: &str, host: &str) -> TcpStream {
    send_with(address, method, path, host, "")
}

/// The same with more headers, each with its end of line.
fn send_with(address: &str, method: &str, path: &str, host: &str, headers: &str) -> TcpStream {
    let mut connection = TcpStream::connect(address).expect("it listens");
    connection.set_read_timeout(Some(PATIENCE)).expect("a time can be set");
    write!(connection, "{method} {path} HTTP/1.0\r\nHost: {host}\r\n{headers}\r\n").expect("it reads");
    connection
}

fn answer(mut connection: TcpStream) -> Answer {
    let mut bytes = Vec::new();
    connection.read_to_end(&mut bytes).expect("it answers");
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").expect("it has a head");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("it has a status");
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

const SITE: &[(&str, &str)] = &[
    ("milepost.toml", "title = \"Served\"\n"),
    ("content/README.md", "# Home\n\nSee [the guide](guide.md).\n"),
    ("content/guide.md", "# A guide\n\nThe old sentence.\n"),
    ("content/入门/创建.md", "---\ndraft: true\n---\n# 创建实例\n\n文字。\n"),
    ("content/image.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>"),
];

#[test]
fn pages_files_and_nothing_are_answered_as_a_host_would() {
    let site = folder(SITE);
    let served = Served::start(site.path(), &[]);
    let home = served.get("/");
    assert_eq!((home.status, home.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert_eq!(home.header("cache-control"), Some("no-store"));
    assert!(home.body.contains("<script src=\"/@milepost/client.js\" data-generation="), "{}", home.body);
    assert_eq!(home.header("access-control-allow-origin"), None);
    let image = served.get("/image.svg?x=1");
    assert_eq!((image.status, image.header("content-type")), (200, Some("image/svg+xml")));
    let folder = served.get("/guide?x=1");
    assert_eq!((folder.status, folder.header("location")), (302, Some("/guide/?x=1")));
    let missing = served.get("/no/such/page/");
    assert_eq!(missing.status, 404);
    assert!(missing.body.contains("code-404"), "the page of the theme: {}", missing.body);
    for path in ["/%E5%85%A5%E9%97%A8/%E5%88%9B%E5%BB%BA/", "/%e5%85%a5%e9%97%a8/%e5%88%9b%e5%bb%ba/index.html"] {
        let draft = served.get(path);
        assert_eq!(draft.status, 200, "{path}");
        assert!(draft.body.contains("创建实例") && draft.body.contains("class=\"draft\""), "drafts are shown and marked: {}", draft.body);
    }
    assert_eq!(served.get("/%ff").status, 400);
    let index = served.get("/assets/milepost-search/en/index.js");
    assert_eq!((index.status, index.header("content-type")), (200, Some("text/javascript; charset=utf-8")));
    let style = home.body.split("href=\"").find(|rest| rest.starts_with("assets/milepost-style-")).expect("it has a style sheet");
    let style = served.get(&format!("/{}", style.split('"').next().unwrap_or_default()));
    assert_eq!((style.status, style.header("cache-control")), (200, Some("max-age=31536000, immutable")), "its name changes with it");
}

#[test]
fn a_part_of_a_file_is_given_where_it_is_asked_for() {
    let site = folder(SITE);
    write(site.path(), "content/film.mp4", "0123456789");
    let served = Served::start(site.path(), &[]);
    let ask = |method, headers| answer(send_with(&served.host, method, "/film.mp4", &served.host, headers));
    let whole = served.get("/film.mp4");
    assert_eq!((whole.status, whole.header("accept-ranges"), whole.body.as_str()), (200, Some("bytes"), "0123456789"));
    let part = ask("GET", "Range: bytes=2-5\r\n");
    assert_eq!((part.status, part.header("content-range"), part.body.as_str()), (206, Some("bytes 2-5/10"), "2345"));
    assert_eq!((part.header("content-type"), part.header("content-length")), (Some("video/mp4"), Some("4")));
    let beyond = ask("GET", "Range: bytes=10-\r\n");
    assert_eq!((beyond.status, beyond.header("content-range")), (416, Some("bytes */10")));
    assert_eq!(ask("GET", "Range: bytes=0-1\r\nIf-Range: \"of-then\"\r\n").body, "0123456789", "no version has that name");
    assert_eq!(ask("HEAD", "Range: bytes=0-1\r\n").status, 200);
    assert_eq!(answer(send_with(&served.host, "GET", "/", &served.host, "Range: bytes=0-1\r\n")).status, 200, "pages are given whole");
}

#[test]
fn nothing_but_the_site_is_served_and_only_read() {
    let site = folder(SITE);
    let served = Served::start(site.path(), &[]);
    for path in [
        "/../milepost.toml",
        "/%2e%2e/milepost.toml",
        "/..%2fmilepost.toml",
        "//etc/passwd",
        "/guide/../../milepost.toml",
        "/milepost.toml",
    ] {
        assert_eq!(served.get(path).status, 404, "{path}");
    }
    let head = served.ask("HEAD", "/", &served.host);
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    let post = served.ask("POST", "/", &served.host);
    assert_eq!((post.status, post.header("allow")), (405, Some("GET, HEAD")));
    assert!(!site.path().join("public").exists(), "nothing is written");
}

#[test]
fn a_name_that_others_can_point_here_is_refused() {
    let site = folder(SITE);
    let served = Served::start(site.path(), &[]);
    for (host, status) in
        [("localhost:1", 200), ("docs.localhost", 200), ("[::1]:1", 200), ("evil.example", 403), ("127.0.0.1.evil.example", 403), ("", 403)]
    {
        for path in ["/", "/@milepost/overlay?page=/", "/@milepost/client.js"] {
            assert_eq!(served.ask("GET", path, host).status, status, "{host} {path}");
        }
    }
}

#[test]
fn a_site_is_served_under_the_path_where_it_is_published() {
    let site = folder(SITE);
    write(site.path(), "milepost.toml", "base-url = \"https://example.com/docs/v1\"\n[languages.zh]\n");
    let served = Served::start(site.path(), &[]);
    assert_eq!(served.mount, "/docs/v1/");
    for path in ["/", "/docs/v1"] {
        assert_eq!(served.get(path).header("location"), Some("/docs/v1/"), "{path}");
    }
    assert_eq!(served.get("/docs/v1/guide/").status, 200);
    assert_eq!(served.get("/guide/").status, 404);
    let (own, other) = (served.get("/docs/v1/nowhere"), served.get("/docs/v1/zh/nowhere"));
    assert_eq!((own.status, other.status), (404, 404));
    assert!(own.body.contains("<html lang=\"en\"") && other.body.contains("<html lang=\"zh\""), "each language has its own");
}

#[test]
fn a_page_follows_its_source_however_it_is_saved() {
    let site = folder(SITE);
    let guide = site.path().join("content/guide.md");
    let mut served = Served::start(site.path(), &[]);
    write(site.path(), "content/guide.md", "# A guide\n\nWritten in place.\n");
    served.until("/guide/", "Written in place.");
    let beside = site.path().join("content/.guide.md.tmp");
    fs::write(&beside, "# A guide\n\nRenamed over it.\n").expect("a file can be written");
    fs::rename(&beside, &guide).expect("a file can be renamed");
    served.until("/guide/", "Renamed over it.");
    fs::rename(&guide, site.path().join("content/guide.md~")).expect("a file can be renamed");
    fs::write(&guide, "# A guide\n\nAs vim does it.\n").expect("a file can be written");
    served.until("/guide/", "As vim does it.");
    fs::remove_file(&guide).expect("a file can be removed");
    served.until_it("/guide/", "404", |answer| answer.status == 404);
    write(site.path(), "content/guide.md", "# A guide\n\nBack again.\n");
    served.until("/guide/", "Back again.");
    // Headings and addresses are the site's, and others lead to them.
    write(site.path(), "content/guide.md", "# A new name\n\n## Part\n");
    served.until("/", "A new name");
    write(site.path(), "content/README.md", "# Home\n\n[Part](guide.md#part)\n");
    served.until("/", "guide/index.html#part");
}

#[test]
fn folders_come_and_go() {
    let site = folder(SITE);
    let mut served = Served::start(site.path(), &[]);
    write(site.path(), "content/new/deep/page.md", "# Deep\n\nFirst.\n");
    served.until("/new/deep/page/", "First.");
    write(site.path(), "content/new/deep/page.md", "# Deep\n\nSecond.\n");
    served.until("/new/deep/page/", "Second.");
    fs::rename(site.path().join("content/new"), site.path().join("content/other")).expect("a folder can be renamed");
    served.until("/other/deep/page/", "Second.");
    assert_eq!(served.get("/new/deep/page/").status, 404);
    write(site.path(), "content/other/deep/page.md", "# Deep\n\nThird.\n");
    served.until("/other/deep/page/", "Third.");
    write(site.path(), "static/plain.txt", "a file");
    served.until("/plain.txt", "a file");
    write(site.path(), "static/plain.txt", "the same file");
    served.until("/plain.txt", "the same file");
}

#[test]
fn a_deleted_content_folder_is_told_and_may_come_back() {
    let site = folder(SITE);
    let mut served = Served::start(site.path(), &[]);
    fs::rename(site.path().join("content"), site.path().join("elsewhere")).expect("a folder can be renamed");
    served.until_overlay("/guide/", "is not there");
    assert!(served.get("/guide/").body.contains("The old sentence."), "the last good version");
    fs::rename(site.path().join("elsewhere"), site.path().join("content")).expect("a folder can be renamed");
    served.until_overlay("/guide/", "\"failure\":null");
    write(site.path(), "content/guide.md", "# A guide\n\nAfter all.\n");
    served.until("/guide/", "After all.");
    fs::remove_dir_all(site.path().join("content")).expect("a folder can be removed");
    served.until_overlay("/guide/", "is not there");
    write(site.path(), "content/guide.md", "# A guide\n\nWritten anew.\n");
    served.until("/guide/", "Written anew.");
}

#[test]
fn a_broken_configuration_is_told_until_it_is_mended() {
    let site = folder(SITE);
    let mut served = Served::start(site.path(), &[]);
    write(site.path(), "milepost.toml", "titel = \"Served\"\n");
    let overlay = served.until_overlay("/", "titel");
    assert!(overlay.contains("milepost.toml:1:1"), "{overlay}");
    served.says("the last good version stays in sight");
    // What is written meanwhile is not lost.
    write(site.path(), "templates/parts/footer.html", "<footer>A footer of our own</footer>\n");
    write(site.path(), "milepost.toml", "title = \"Renamed\"\n");
    served.until("/", "A footer of our own");
    assert!(served.get("/").body.contains("Renamed"));
    assert!(served.overlay("/").contains("\"failure\":null"));
    served.says("shown again");
    write(site.path(), "milepost.toml", "title = \"Moved\"\nbase-url = \"https://example.com/below/\"\n");
    served.until("/below/", "Moved");
}

#[test]
fn a_mistake_in_a_template_shows_over_the_last_good_page() {
    let site = folder(SITE);
    let mut served = Served::start(site.path(), &[]);
    let good = served.get("/guide/").body;
    assert!(good.contains("The old sentence."));
    write(site.path(), "templates/page.html", "{% extends \"base.html\" %}\n{% block main %}{{ nothing }}{% endblock main %}\n");
    let page = loop {
        let page = served.get("/guide/");
        if served.overlay("/guide/").contains("templates/page.html:2:") {
            break page;
        }
        served.event();
    };
    assert_eq!(page.status, 200);
    assert!(page.body.contains("The old sentence."), "the last good version");
    served.says("--> templates/page.html:2:");
    // A page that was never good has nothing to show but the mistake.
    assert_eq!(served.get("/").status, 500);
    write(site.path(), "templates/page.html", "{% extends \"base.html\" %}\n{% block main %}{{ page.title \n");
    served.until_overlay("/", "templates/page.html:");
    write(site.path(), "templates/page.html", "{% extends \"base.html\" %}\n{% block main %}Mended.{% endblock main %}\n");
    served.until("/guide/", "Mended.");
    fs::remove_dir_all(site.path().join("templates")).expect("a folder can be removed");
    served.until("/guide/", "The old sentence.");
}

#[test]
fn findings_are_told_by_page_and_in_the_terminal() {
    let site = folder(SITE);
    let mut served = Served::start(site.path(), &["--editor", "vscode"]);
    write(site.path(), "content/guide.md", "# A guide\n\nA [link](nowhere.md).\n");
    let overlay = served.until_overlay("/guide/", "nowhere.md");
    let shown: serde_json::Value = serde_json::from_str(&overlay).expect("it is JSON");
    assert_eq!((&shown["errors"], &shown["page"][0]["rule"]), (&1.into(), &"missing-file".into()));
    assert_eq!(shown["page"][0]["place"], "content/guide.md:3:10");
    let link = shown["page"][0]["link"].as_str().expect("it has a link");
    assert!(link.starts_with("vscode://file/") && link.ends_with("/content/guide.md:3:10"), "{link}");
    let home: serde_json::Value = serde_json::from_str(&served.overlay("/")).expect("it is JSON");
    assert_eq!((home["page"].as_array().map(Vec::len), &home["elsewhere"][0]["rule"]), (Some(0), &"missing-file".into()));
    served.says("error[missing-file]: there is no `nowhere.md`");
    served.says("--> content/guide.md:3:10");
    let change = served.says("changed content/guide.md · ");
    assert!(change.contains(" ms · 1 error"), "{change}");
    write(site.path(), "content/guide.md", "# A guide\n\nNo link.\n");
    assert!(!served.says("changed content/guide.md · ").contains("error"));
}

#[test]
fn thousands_of_files_that_change_at_once_are_one_change_or_a_few() {
    let site = folder(SITE);
    let mut served = Served::start(site.path(), &["--quiet"]);
    for round in ["first", "second"] {
        for number in 0..2_000 {
            write(
                site.path(),
                &format!("content/many/{}/page-{number}.md", number % 20),
                format!("# Page {number}\n\nThe {round} text.\n"),
            );
        }
        served.until("/many/19/page-1999/", &format!("The {round} text."));
        served.until("/many/0/page-0/", &format!("The {round} text."));
    }
    fs::remove_dir_all(site.path().join("content/many")).expect("a folder can be removed");
    served.until_it("/many/19/page-1999/", "404", |answer| answer.status == 404);
    assert!(served.get("/guide/").body.contains("The old sentence."));
}

#[test]
fn a_checkout_of_another_branch_is_shown() {
    let site = folder(SITE);
    let git = |arguments: &[&str]| {
        let done = std::process::Command::new("git")
            .args(["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"])
            .args(arguments)
            .current_dir(site.path())
            .output()
            .expect("git runs");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    git(&["init", "-q", "-b", "main"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "one"]);
    git(&["checkout", "-qb", "other"]);
    write(site.path(), "content/guide.md", "# A guide\n\nOn the other branch.\n");
    write(site.path(), "content/only/there.md", "# Only there\n");
    git(&["add", "."]);
    git(&["commit", "-qm", "two"]);
    git(&["checkout", "-q", "main"]);
    let mut served = Served::start(site.path(), &[]);
    git(&["checkout", "-q", "other"]);
    served.until("/guide/", "On the other branch.");
    served.until("/only/there/", "Only there");
    git(&["checkout", "-q", "main"]);
    served.until("/guide/", "The old sentence.");
    served.until_it("/only/there/", "404", |answer| answer.status == 404);
}

#[test]
fn a_site_that_is_not_there_yet_is_waited_for() {
    let site = folder(&[("milepost.toml", "title = \"Served\"\n"), ("content/image.svg", "<svg/>")]);
    let mut served = Served::start(site.path(), &[]);
    let page = served.get("/");
    assert_eq!(page.status, 503);
    assert!(page.body.contains("there are no guides in"), "{}", page.body);
    write(site.path(), "content/README.md", "# Home\n\nAt last.\n");
    served.until("/", "At last.");
}

#[test]
fn dates_follow_the_commits() {
    let site = folder(SITE);
    let commit = |date: &str| {
        for arguments in [&["init", "-q"][..], &["add", "."], &["commit", "-qm", date]] {
            let done = std::process::Command::new("git")
                .args(["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"])
                .args(arguments)
                .current_dir(site.path())
                .envs([("GIT_AUTHOR_DATE", date), ("GIT_COMMITTER_DATE", date), ("GIT_CONFIG_GLOBAL", "/dev/null")])
                .status();
            assert!(done.expect("git runs").success(), "git {arguments:?}");
        }
    };
    commit("2024-03-01T12:00:00Z");
    let mut served = Served::start(site.path(), &[]);
    served.until("/guide/", "<time datetime=\"2024-03-01\">");
    write(site.path(), "content/guide.md", "# A guide\n\nThe new sentence.\n");
    served.until("/guide/", "The new sentence.");
    commit("2025-04-02T12:00:00Z");
    write(site.path(), "content/README.md", "# Home\n\nSaved after it.\n");
    served.until("/guide/", "<time datetime=\"2025-04-02\">");
    served.until("/", "Saved after it.");
}

#[test]
fn a_port_that_was_asked_for_is_not_replaced_by_another() {
    let site = folder(SITE);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = taken.local_addr().expect("it has an address").port().to_string();
    let run = milepost(site.path(), &["dev", "--port", &port]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains(&format!("port {port} is taken")), "{}", run.stderr);
    let run = milepost(site.path(), &["serve", "--editor", "javascript:{path}"]);
    assert!(run.status == 2 && run.stderr.contains("there is no editor"), "{}", run.stderr);
}

#[cfg(unix)]
#[test]
fn it_ends_when_it_is_told_to() {
    use nix::sys::signal::{Signal, kill};
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let site = folder(SITE);
        let mut served = Served::start(site.path(), &[]);
        let id = nix::unistd::Pid::from_raw(served.child.id().try_into().expect("it is a process"));
        kill(id, signal).expect("it runs");
        assert_eq!(served.child.wait().expect("it ends").code(), Some(0));
    }
}
