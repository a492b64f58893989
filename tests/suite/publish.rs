//! What is published for programs: dates from a real repository, a sitemap and a feed that parse, and Markdown whose links all lead somewhere.

use crate::program::{self, copy, files, is_kind, milepost, repository, write};
use percent_encoding::percent_decode_str;
use pulldown_cmark::{Event, LinkType, Options, Parser, Tag};
use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    process::{Command, Output},
};

const SITEMAP: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";
const ATOM: &str = "http://www.w3.org/2005/Atom";

fn git(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new("git");
    command.current_dir(folder).args(["-c", "user.name=Ada Example", "-c", "user.email=ada@example.com"]).args(arguments);
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(name);
    }
    command.output().expect("git runs")
}

/// Commits all that is in a folder, on the given day.
fn commit(folder: &Path, day: &str, author: &str) {
    assert!(git(folder, &["add", "--all"]).status.success());
    let date = format!("{day}T12:30:00+0200");
    let mut command = Command::new("git");
    command.current_dir(folder).args(["-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "--quiet", "--message", day]);
    let done = command
        .env("GIT_COMMITTER_DATE", &date)
        .env("GIT_AUTHOR_DATE", &date)
        .env("GIT_AUTHOR_NAME", author)
        .env("GIT_AUTHOR_EMAIL", format!("{}@example.com", author.to_lowercase()))
        .output()
        .expect("git runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// A repository of four commits: one guide is as the first left it, one has changed, one was renamed, one has a date of its own.
fn dated() -> tempfile::TempDir {
    let folder = program::folder(&[
        ("milepost.toml", "base-url = \"https://docs.example.com/handbook/\"\ntitle = \"Handbook <& more>\"\n"),
        ("content/README.md", "# Welcome\n\n[Old](old.md), [new](new.md), [mail](team/mail.md), [own](own.md)\n"),
        ("content/old.md", "# Old\n\nThe office & the keys.\n"),
        ("content/new.md", "# New\n"),
        ("content/post.md", "# Mail\n\nOne.\n\nTwo.\n\nThree.\n"),
        ("content/own.md", "---\nupdated: 2030-05-06\n---\n# Own\n"),
    ]);
    assert!(git(folder.path(), &["init", "--quiet"]).status.success());
    commit(folder.path(), "2024-01-01", "Ada");
    write(folder.path(), "content/new.md", "# New\n\nChanged.\n");
    commit(folder.path(), "2024-02-02", "Bo");
    fs::create_dir(folder.path().join("content/team")).expect("a folder can be made");
    fs::rename(folder.path().join("content/post.md"), folder.path().join("content/team/mail.md")).expect("a file can be moved");
    commit(folder.path(), "2024-03-03", "Cy");
    write(folder.path(), "content/new.md", "# New\n\nChanged again.\n");
    commit(folder.path(), "2024-04-04", "Bo");
    write(folder.path(), "content/untracked.md", "# Untracked\n");
    folder
}

fn build(root: &Path) -> String {
    let run = milepost(root, &["build", "--keep-going"]);
    assert!(run.status < 2, "{}", run.stderr);
    run.stderr
}

fn read(root: &Path, path: &str) -> String {
    fs::read_to_string(root.join("public").join(path)).unwrap_or_else(|error| panic!("`{path}`: {error}"))
}

/// Each address of a sitemap with its date.
fn dates(sitemap: &str) -> Vec<(String, Option<String>)> {
    let document = roxmltree::Document::parse(sitemap).expect("it is XML");
    let text = |node: roxmltree::Node<'_, '_>, name: &str| {
        node.children().find(|child| child.has_tag_name((SITEMAP, name))).and_then(|child| child.text()).map(str::to_owned)
    };
    let urls = document.descendants().filter(|node| node.has_tag_name((SITEMAP, "url")));
    urls.map(|url| (text(url, "loc").expect("a url has its address"), text(url, "lastmod"))).collect()
}

#[test]
fn the_sitemap_dates_each_page_by_its_last_commit() {
    let site = dated();
    let said = build(site.path());
    assert!(!said.contains("shallow") && !said.contains("git says"), "{said}");
    let base = "https://docs.example.com/handbook";
    let found = dates(&read(site.path(), "sitemap.xml"));
    let of = |address: &str| {
        let address = format!("{base}/{address}");
        found.iter().find(|(found, _)| *found == address).unwrap_or_else(|| panic!("no {address} in {found:?}")).1.as_deref()
    };
    assert_eq!(of(""), Some("2024-01-01T10:30:00Z"));
    assert_eq!(of("old/"), Some("2024-01-01T10:30:00Z"));
    assert_eq!(of("new/"), Some("2024-04-04T10:30:00Z"));
    assert_eq!(of("team/mail/"), Some("2024-03-03T10:30:00Z"));
    assert_eq!(of("own/"), Some("2030-05-06"), "the front matter goes before the history");
    assert_eq!(of("untracked/"), None, "what is not committed has no date");
    assert_eq!(of("team/"), None, "a list has none either");
    assert_eq!(read(site.path(), "robots.txt"), format!("User-agent: *\nAllow: /\n\nSitemap: {base}/sitemap.xml\n"));
    let page = read(site.path(), "new/index.html");
    assert!(page.contains("Last updated <time datetime=\"2024-04-04\">2024-04-04</time>"), "{page}");
    assert!(!page.contains("Contributors"), "nobody is named unasked");
}

#[test]
fn contributors_are_named_when_asked_for_by_their_names_of_now() {
    let site = dated();
    write(site.path(), "milepost.toml", "[git]\ncontributors = true\n");
    write(site.path(), ".mailmap", "Ada Lovelace <ada@example.com>\n");
    build(site.path());
    let people = |page: &str| -> String {
        let html = read(site.path(), page);
        let start = html.find("<p class=\"people\">").map_or(html.len(), |at| at + 18);
        html[start..].split("</p>").next().unwrap_or_default().to_owned()
    };
    assert_eq!(people("new/index.html"), "Contributors: Bo, Ada Lovelace");
    assert_eq!(people("team/mail/index.html"), "Contributors: Ada Lovelace, Cy", "those who changed it under another name count");
    assert_eq!(people("untracked/index.html"), "");
    assert!(!read(site.path(), "new/index.html").contains("@example.com"), "no address is told");
}

#[test]
fn a_shallow_clone_tells_no_wrong_dates() {
    let site = dated();
    let clones = tempfile::tempdir().expect("a folder can be made");
    let from = format!("file://{}", site.path().display());
    let done = git(clones.path(), &["clone", "--quiet", "--depth", "2", &from, "clone"]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let clone = clones.path().join("clone");
    let said = build(&clone);
    assert!(said.contains("the clone is shallow") && said.contains("fetch-depth: 0"), "{said}");
    let known: BTreeSet<Option<String>> = dates(&read(&clone, "sitemap.xml")).into_iter().map(|(_, date)| date).collect();
    let expected = [None, Some("2024-04-04T10:30:00Z".to_owned()), Some("2030-05-06".to_owned())];
    assert_eq!(known, BTreeSet::from(expected), "only what changed after the cut has a date of the history");
}

#[test]
fn no_dates_are_told_where_they_are_off_or_there_is_no_repository() {
    let site = dated();
    write(site.path(), "milepost.toml", "base-url = \"https://docs.example.com/\"\n[git]\ndates = false\n");
    build(site.path());
    let told = |root: &Path| dates(&read(root, "sitemap.xml")).into_iter().filter(|(_, date)| date.is_some()).count();
    assert_eq!(told(site.path()), 1, "that of the front matter");
    fs::remove_dir_all(site.path().join(".git")).expect("it can be removed");
    write(site.path(), "milepost.toml", "base-url = \"https://docs.example.com/\"\n");
    let said = build(site.path());
    assert_eq!((told(site.path()), said.contains("git")), (1, false), "{said}");
}

#[test]
fn the_feed_tells_the_last_changes_first() {
    let site = dated();
    build(site.path());
    let text = read(site.path(), "feed.xml");
    let document = roxmltree::Document::parse(&text).expect("it is XML");
    let feed = document.root_element();
    assert!(feed.has_tag_name((ATOM, "feed")));
    let child = |node: roxmltree::Node<'_, '_>, name: &str| {
        node.children().find(|child| child.has_tag_name((ATOM, name))).and_then(|child| child.text()).unwrap_or_default().to_owned()
    };
    assert_eq!(child(feed, "title"), "Handbook <& more>");
    assert_eq!(child(feed, "id"), "https://docs.example.com/handbook/");
    assert_eq!(child(feed, "updated"), "2030-05-06T00:00:00Z");
    let links: Vec<(&str, &str)> = feed
        .children()
        .filter(|node| node.has_tag_name((ATOM, "link")))
        .map(|node| (node.attribute("rel").unwrap_or_default(), node.attribute("href").unwrap_or_default()))
        .collect();
    let base = "https://docs.example.com/handbook/";
    assert_eq!(links, [("self", &*format!("{base}feed.xml")), ("alternate", base)]);
    let entries: Vec<roxmltree::Node<'_, '_>> = feed.children().filter(|node| node.has_tag_name((ATOM, "entry"))).collect();
    let titles: Vec<String> = entries.iter().map(|entry| child(*entry, "title")).collect();
    assert_eq!(titles, ["Own", "New", "Mail", "Welcome", "Old"]);
    for entry in &entries {
        for name in ["id", "title", "updated"] {
            assert!(!child(*entry, name).is_empty(), "an entry lacks {name}: {text}");
        }
    }
    assert_eq!(child(entries[4], "summary"), "The office & the keys.");
    assert!(
        read(site.path(), "old/index.html")
            .contains("<link rel=\"alternate\" type=\"application/atom+xml\" title=\"Handbook &lt;&amp; more&gt;\" href=\"../feed.xml\">")
    );
}

#[test]
fn breadcrumbs_are_told_to_programs_and_end_no_element() {
    let site = program::folder(&[
        ("milepost.toml", "base-url = \"https://docs.example.com/\"\n"),
        ("content/README.md", "# Home &lt;/script>\n\n[a](team/README.md) [b](team/a.md)\n"),
        ("content/team/README.md", "# Team\n\n[a](a.md)\n"),
        ("content/team/a.md", "# \"A\" &lt;/script>&lt;script>alert(1)&lt;/script>\n"),
    ]);
    build(site.path());
    let html = read(site.path(), "team/a/index.html");
    let start = html.find("<script type=\"application/ld+json\">").expect("there is one") + 35;
    let json: serde_json::Value = serde_json::from_str(html[start..].split("</script>").next().unwrap_or_default()).expect("it is JSON");
    assert_eq!(json["@type"], "BreadcrumbList");
    let items: Vec<(u64, &str, &str)> = json["itemListElement"]
        .as_array()
        .expect("there are items")
        .iter()
        .map(|item| {
            (
                item["position"].as_u64().unwrap_or_default(),
                item["name"].as_str().unwrap_or_default(),
                item["item"].as_str().unwrap_or_default(),
            )
        })
        .collect();
    let base = "https://docs.example.com/";
    assert_eq!(items[0], (1, "Home </script>", base));
    assert_eq!(items[1], (2, "Team", &*format!("{base}team/")));
    assert_eq!(items[2], (3, "\"A\" </script><script>alert(1)</script>", &*format!("{base}team/a/")));
    assert!(!read(site.path(), "index.html").contains("ld+json"), "the home page has nothing above it");
}

/// The addresses in a Markdown text, by a parser of its own: of links, of images, and of raw HTML.
fn addresses(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut html = String::new();
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_TASKLISTS | Options::ENABLE_GFM;
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Start(Tag::Link { link_type: LinkType::Autolink | LinkType::Email, .. }) => {}
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => found.push(dest_url.into_string()),
            Event::Html(raw) | Event::InlineHtml(raw) => html.push_str(&raw),
            _ => {}
        }
    }
    for token in html5gum::Tokenizer::new(&html) {
        let Ok(html5gum::Token::StartTag(tag)) = token else { continue };
        for name in ["href", "src"] {
            found.extend(tag.attributes.get(name.as_bytes()).map(|value| String::from_utf8_lossy(value).into_owned()));
        }
    }
    found
}

/// The addresses in the Markdown of an output, and in the texts that list it, that lead to no file of it.
fn dead_in_markdown(output: &Path, base: &str) -> Vec<String> {
    let all: BTreeSet<String> = files(output).into_iter().collect();
    let mut dead = Vec::new();
    let mut followed = 0;
    for path in all.iter().filter(|path| is_kind(path, "md") || path.ends_with("llms.txt")) {
        let text = fs::read_to_string(output.join(path)).expect("it can be read");
        for address in addresses(&text) {
            let local = match address.strip_prefix(base) {
                Some(rest) => format!("/{rest}"),
                None if address.contains(':') || address.starts_with("//") => continue,
                None => address.clone(),
            };
            let local = local.split(['#', '?']).next().unwrap_or_default();
            if local.is_empty() {
                continue;
            }
            followed += 1;
            let local = percent_decode_str(local).decode_utf8_lossy().into_owned();
            let mut parts: Vec<&str> = if local.starts_with('/') { Vec::new() } else { path.split('/').collect() };
            parts.pop();
            for part in local.split('/') {
                match part {
                    "" | "." => {}
                    ".." => drop(parts.pop()),
                    part => parts.push(part),
                }
            }
            let target = parts.join("/");
            let page = format!("{target}/index.html").trim_start_matches('/').to_owned();
            // An address of the site in full is that of a page; in a text it is that of a file.
            let leads = all.contains(&target) || (address.starts_with(base) && all.contains(&page));
            if !leads {
                dead.push(format!("{path}: {address}"));
            }
        }
    }
    assert!(followed > 0, "there are links to follow");
    dead
}

#[test]
fn every_link_in_the_published_markdown_leads_to_a_file() {
    for (name, settings) in [("", ""), ("docs", "[check]\n")] {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let source = if name.is_empty() { repository("content") } else { repository(name) };
        copy(&source, &folder.path().join("content"));
        write(folder.path(), "milepost.toml", format!("base-url = \"https://docs.example.com/x/\"\n{settings}"));
        build(folder.path());
        let output = folder.path().join("public");
        assert_eq!(dead_in_markdown(&output, "https://docs.example.com/x/"), Vec::<String>::new());
        let pages = files(&source).iter().filter(|path| is_kind(path, "md")).count();
        let listed = addresses(&read(folder.path(), "llms.txt")).len();
        assert_eq!(listed, pages, "each guide is listed once in llms.txt of `{name}`");
    }
}

#[test]
fn links_of_every_form_are_led_to_what_is_published() {
    let site = program::folder(&[
        (
            "milepost.toml",
            "base-url = \"https://docs.example.com/\"\nlowercase-addresses = true\n[markdown]\nwikilinks = true\n[check]\nextensionless = true\n",
        ),
        ("content/README.md", "---\ntitle: Home\nsecret: 7\n---\n\nSee [the team](/Team/README.md#who) or [folder](Team/).\n"),
        (
            "content/Team/README.md",
            "# Team\n\n## Who\n\n[up](../README.md) [slug](Laptop.md \"t\") [angle](<A b.md#c>) [full](https://docs.example.com/team/)\n\
             [short](Laptop) [ref] [other][Ref] ![i](i%20j.png) <img src=\"../Team/i j.png\" alt=\"\"> [form](form.pdf?x=1&amp;y#p)\n\
             <a href='Laptop.md'>raw</a> [[Laptop]] [[Laptop|the laptop]] [self](#who) [below](\n  ../README.md)\n\n\
             ```\n[code](Laptop.md)\n```\n\n[ref]: ./Laptop.md 'title'\n[unused]: Laptop.md\n",
        ),
        ("content/Team/Laptop.md", "---\nslug: notebook\n---\nPlain, [up](README.md).\r\n"),
        ("content/Team/A b.md", "# A b\n\n## C\n\n[home](../README.md)\n"),
        ("content/Team/i j.png", ""),
        ("content/Team/form.pdf", ""),
    ]);
    build(site.path());
    assert_eq!(
        read(site.path(), "team/index.md"),
        "# Team\n\n## Who\n\n[up](../index.md) [slug](notebook.md \"t\") [angle](<a b.md#c>) [full](https://docs.example.com/team/)\n\
         [short](notebook.md) [ref] [other][Ref] ![i](../Team/i%20j.png) <img src=\"../Team/i j.png\" alt=\"\"> [form](../Team/form.pdf?x=1&amp;y#p)\n\
         <a href='notebook.md'>raw</a> [Laptop](notebook.md) [the laptop](notebook.md) [self](#who) [below](\n  ../index.md)\n\n\
         ```\n[code](Laptop.md)\n```\n\n[ref]: notebook.md 'title'\n[unused]: Laptop.md\n"
    );
    assert_eq!(read(site.path(), "index.md"), "# Home\n\nSee [the team](team/index.md#who) or [folder](team/index.md).\n");
    assert_eq!(read(site.path(), "team/notebook.md"), "# Laptop\n\nPlain, [up](index.md).\r\n");
    assert_eq!(dead_in_markdown(&site.path().join("public"), "https://docs.example.com/"), Vec::<String>::new());
    let page = read(site.path(), "team/notebook/index.html");
    assert!(page.contains("<link rel=\"alternate\" type=\"text/markdown\" href=\"../notebook.md\">"), "{page}");
    let full = read(site.path(), "llms-full.txt");
    assert!(full.starts_with("<!-- Home: https://docs.example.com/ -->\n\n# Home\n"), "{full}");
    assert!(!full.contains("secret"), "the front matter stays at home");
}

/// A site in two languages: the home page and one guide are translated, one guide is not; a third language has a table and no page.
fn in_two_languages() -> tempfile::TempDir {
    program::folder(&[
        (
            "milepost.toml",
            "base-url = \"https://docs.example.com/x/\"\ntitle = \"First week\"\ndescription = \"How to begin.\"\n\
             [languages.zh]\ntitle = \"第一周\"\n[languages.fr]\n",
        ),
        ("content/README.md", "---\nupdated: 2026-01-01\n---\n# Home\n\n[mail](team/mail.md) [team](team/README.md) [office](office.md)\n"),
        ("content/README.zh.md", "---\nupdated: 2026-01-02\n---\n# 首页\n\n[邮件](team/mail.zh.md) [团队](team/) [办公室](office.md)\n"),
        ("content/team/README.md", "# Team\n\n[mail](mail.md)\n"),
        ("content/team/README.zh.md", "# 团队\n\n[回](../README.zh.md)\n"),
        ("content/team/mail.md", "---\nupdated: 2026-01-03\n---\n# Mail\n"),
        ("content/team/mail.zh.md", "# 邮件\n\n[回](README.zh.md)\n"),
        ("content/office.md", "# Office\n"),
    ])
}

#[test]
fn the_sitemap_names_the_translations_of_each_page() {
    let site = in_two_languages();
    build(site.path());
    let text = read(site.path(), "sitemap.xml");
    let document = roxmltree::Document::parse(&text).expect("it is XML");
    let alternates = |address: &str| -> Vec<(String, String)> {
        let url = format!("https://docs.example.com/x/{address}");
        let loc = document.descendants().find(|node| node.has_tag_name((SITEMAP, "loc")) && node.text() == Some(&*url));
        let entry = loc.and_then(|loc| loc.parent()).unwrap_or_else(|| panic!("`{url}` is not in {text}"));
        let links = entry.children().filter(|node| node.has_tag_name(("http://www.w3.org/1999/xhtml", "link")));
        links
            .map(|link| {
                assert_eq!(link.attribute("rel"), Some("alternate"));
                let of = |name| link.attribute(name).unwrap_or_default().to_owned();
                (of("hreflang"), of("href").replace("https://docs.example.com/x/", ""))
            })
            .collect()
    };
    let both = [("en", "team/mail/"), ("zh", "zh/team/mail/"), ("x-default", "team/mail/")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert_eq!((alternates("team/mail/"), alternates("zh/team/mail/")), (both.to_vec(), both.to_vec()));
    assert_eq!(alternates("office/"), [], "a page without translations has none");
    assert!(!text.contains("/zh/office/"), "what stands in for a translation is no page of its own");
    write(site.path(), "milepost.toml", "base-url = \"https://docs.example.com/x/\"\n");
    build(site.path());
    assert!(!read(site.path(), "sitemap.xml").contains("xhtml"), "a site of one language needs none of it");
}

#[test]
fn each_language_has_a_feed_and_texts_of_its_own() {
    let site = in_two_languages();
    build(site.path());
    let (own, other) = (read(site.path(), "feed.xml"), read(site.path(), "zh/feed.xml"));
    assert!(own.contains("<title>Mail</title>") && !own.contains("首页") && own.contains("xml:lang=\"en\""), "{own}");
    for wanted in [
        "xml:lang=\"zh\"",
        "<title>第一周</title>",
        "<subtitle>How to begin.</subtitle>",
        "<id>https://docs.example.com/x/zh/</id>",
        "href=\"https://docs.example.com/x/zh/feed.xml\"",
        "<title>首页</title>",
    ] {
        assert!(other.contains(wanted), "`{wanted}` is not in {other}");
    }
    assert!(!other.contains("Mail"));
    let names = |page: &str, feed: &str| read(site.path(), page).contains(&format!("type=\"application/atom+xml\" {feed}"));
    assert!(names("team/mail/index.html", "title=\"First week\" href=\"../../feed.xml\""));
    assert!(names("zh/team/mail/index.html", "title=\"第一周\" href=\"../../../zh/feed.xml\""));
    assert!(names("zh/office/index.html", "title=\"第一周\" href=\"../../zh/feed.xml\""), "a page that stands in is one of the language's");
    assert!(!read(site.path(), "fr/index.html").contains("atom+xml"), "nothing is written in that language");
    assert_eq!(
        read(site.path(), "zh/llms.txt"),
        "# 第一周\n\n> How to begin.\n\n## 首页\n\n- [首页](https://docs.example.com/x/zh/index.md): 邮件 团队 办公室\n\n\
         ## 团队\n\n- [团队](https://docs.example.com/x/zh/team/index.md): 回\n- [邮件](https://docs.example.com/x/zh/team/mail.md): 回\n\n\
         ## 其他语言\n\n- [First week](https://docs.example.com/x/llms.txt): English\n"
    );
    let text = read(site.path(), "llms.txt");
    assert!(text.ends_with("## Other languages\n\n- [第一周](https://docs.example.com/x/zh/llms.txt): 中文\n"), "{text}");
    assert!(text.contains("office.md") && !text.contains("首页"), "{text}");
    let (own, other) = (read(site.path(), "llms-full.txt"), read(site.path(), "zh/llms-full.txt"));
    assert!(own.contains("# Office") && !own.contains("首页") && other.contains("# 邮件") && !other.contains("Office"), "{own}{other}");
    assert_eq!(
        files(&site.path().join("public/fr")).into_iter().filter(|path| !path.ends_with("index.html")).collect::<Vec<_>>(),
        ["404.html"]
    );
}

#[test]
fn the_markdown_of_a_translation_is_at_its_address_and_leads_to_translations() {
    let site = in_two_languages();
    build(site.path());
    assert_eq!(read(site.path(), "zh/index.md"), "# 首页\n\n[邮件](team/mail.md) [团队](team/index.md) [办公室](../office.md)\n");
    assert_eq!(read(site.path(), "zh/team/mail.md"), "# 邮件\n\n[回](index.md)\n");
    assert!(read(site.path(), "zh/index.html").contains("<link rel=\"alternate\" type=\"text/markdown\" href=\"index.md\">"));
    assert_eq!(dead_in_markdown(&site.path().join("public"), "https://docs.example.com/x/"), Vec::<String>::new());
}

#[test]
fn the_markdown_of_a_guide_holds_what_it_includes() {
    let page = "# Day\n\nSee [below](#setup-1) and [the portal][up][^1].\n\n## Setup\n\n<!-- @include parts/vpn.md#client -->\n\n\
                > - Words\n>   <!-- @include parts/vpn.md#short -->\n>   more\n\n- <!-- @include parts/note.md -->\n\n\
                <!-- @include code/run.py#call -->\n\n[up]: team/up.md\n[^1]: Ours.\n";
    let site = program::folder(&[
        ("milepost.toml", "base-url = \"https://docs.example.com/\"\n"),
        ("content/README.md", "# Home\n\n[day](start/day.md) [crlf](crlf.md) [up](start/team/up.md) [vpn](start/parts/vpn.md)\n"),
        ("content/start/day.md", page),
        ("content/start/team/up.md", "# Up\n"),
        (
            "content/start/parts/vpn.md",
            "---\ntitle: VPN\nsecret: 7\n---\n\nOutside.\n\n<!-- #region client -->\n\n## Setup\n\n\
             [Up](../team/up.md), [here](#setup), [outside](#other), [own][up], [up][], ![up], [up][^1]\n\n\
             ```\n[code](../team/up.md)\n```\n\n<!-- @include note.md -->\n\n<!-- #endregion -->\n\n## Other\n\n\
             <!-- #region short -->\n\n[Day](../day.md#setup)\n\n    code\n\n<!-- #endregion -->\n\n\
             [up]: shot.png \"t\"\n[^1]: Theirs, [home](../../README.md).\n",
        ),
        ("content/start/parts/note.md", "A note, [home](../../README.md).\n\nIts end.\n"),
        ("content/start/parts/shot.png", ""),
        ("content/start/code/run.py", "# #region call\nrun('```')\n# #endregion\n"),
        ("content/crlf.md", "# Crlf\r\n<!-- @include start/parts/note.md -->\r\nafter\r\n"),
    ]);
    let said = build(site.path());
    assert!(!said.contains("error"), "{said}");
    let day = read(site.path(), "start/day.md");
    assert_eq!(
        day,
        "# Day\n\nSee [below](#setup-1) and [the portal][up][^1].\n\n## Setup\n\n## Setup\n\n\
         [Up](team/up.md), [here](#setup-1), [outside](parts/vpn.md#other), [own][include-1-up], [up][include-1-up], \
         ![up][include-1-up], [up][include-1-up][^include-1-1]\n\n\
         ```\n[code](../team/up.md)\n```\n\nA note, [home](../index.md).\n\nIts end.\n\n\
         [include-1-up]: parts/shot.png \"t\"\n\n[^include-1-1]: Theirs, [home](../index.md).\n\n\
         > - Words\n>   \n>   [Day](day.md#setup)\n>\n>       code\n>\n\
         >   [include-2-up]: shot.png \"t\"\n>\n>   [^include-2-1]: Theirs, [home](../index.md).\n>\n>   more\n\n\
         - A note, [home](../index.md).\n\n  Its end.\n\n\
         ````python\nrun('```')\n````\n\n[up]: team/up.md\n[^1]: Ours.\n"
    );
    assert_eq!(read(site.path(), "crlf.md"), "# Crlf\r\n\r\nA note, [home](index.md).\r\n\r\nIts end.\r\n\r\nafter\r\n");
    assert_eq!(dead_in_markdown(&site.path().join("public"), "https://docs.example.com/"), Vec::<String>::new());
    let full = read(site.path(), "llms-full.txt");
    assert!(full.contains(&day) && !full.contains("@include") && !full.contains("secret"), "{full}");
}

#[test]
fn files_of_the_author_stay_and_are_told() {
    let site = program::folder(&[
        ("milepost.toml", "base-url = \"https://docs.example.com/\"\n"),
        ("content/README.md", "# Home\n\n[a](team/a.md) [b](b.md)\n"),
        ("content/team/a.md", "# A\n\n[b](../b.md)\n"),
        ("content/b.md", "---\nupdated: 2026-01-02\n---\n# B\n"),
        ("static/robots.txt", "mine\n"),
        ("static/feed.xml", "mine\n"),
        ("static/llms.txt", "mine\n"),
        ("static/b.md", "mine\n"),
    ]);
    let said = build(site.path());
    assert!(said.contains("the Markdown of a guide is not at `b.md`: a file of yours stands there"), "{said}");
    for path in ["robots.txt", "feed.xml", "llms.txt", "b.md"] {
        assert_eq!(read(site.path(), path), "mine\n");
    }
    let page = read(site.path(), "b/index.html");
    assert!(!page.contains("text/markdown") && !page.contains("atom+xml"), "{page}");
    assert!(read(site.path(), "team/a.md").contains("[b](../b/index.html)"), "a guide without Markdown is led to as a page");
}

#[test]
fn nothing_is_published_for_programs_without_an_address_or_when_it_is_off() {
    let site = program::folder(&[("milepost.toml", ""), ("content/README.md", "---\nupdated: 2026-01-02\n---\n# Home\n")]);
    let ours = |root: &Path| -> Vec<String> {
        files(&root.join("public")).into_iter().filter(|path| ["md", "txt", "xml"].iter().any(|kind| is_kind(path, kind))).collect()
    };
    build(site.path());
    assert_eq!(ours(site.path()), Vec::<String>::new());
    let base = "base-url = \"https://docs.example.com/\"\n";
    write(site.path(), "milepost.toml", base);
    build(site.path());
    assert_eq!(ours(site.path()), ["feed.xml", "index.md", "llms-full.txt", "llms.txt", "robots.txt", "sitemap.xml"]);
    for (key, left) in [
        ("sitemap", &["feed.xml", "index.md", "llms-full.txt", "llms.txt"][..]),
        ("feed", &["index.md", "llms-full.txt", "llms.txt", "robots.txt", "sitemap.xml"]),
        ("markdown", &["feed.xml", "llms.txt", "robots.txt", "sitemap.xml"]),
        ("llms", &["feed.xml", "index.md", "robots.txt", "sitemap.xml"]),
    ] {
        write(site.path(), "milepost.toml", format!("{base}[publish]\n{key} = false\n"));
        build(site.path());
        assert_eq!(ours(site.path()), left, "without {key}");
    }
}

#[test]
fn a_guide_tells_where_it_can_be_edited() {
    let site = program::folder(&[
        ("milepost.toml", "edit-url = \"https://git.example.com/docs/edit/main/content/{path}\"\n"),
        ("content/README.md", "# Home\n\n[a](a/b c.md)\n"),
        ("content/a/b c.md", "# B\n"),
    ]);
    build(site.path());
    let page = read(site.path(), "a/b c/index.html");
    assert!(page.contains("<a href=\"https://git.example.com/docs/edit/main/content/a/b%20c.md\">Edit this page</a>"), "{page}");
    assert!(!read(site.path(), "a/index.html").contains("Edit this page"), "nobody wrote a list");
    write(site.path(), "milepost.toml", "edit-url = \"https://git.example.com/docs/edit/main/\"\n");
    let run = milepost(site.path(), &["build"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("`edit-url` does not say where the path of a guide goes"), "{}", run.stderr);
}

/// The cards of an output, and which of them a page names.
#[cfg(feature = "cards")]
fn cards(root: &Path) -> Vec<String> {
    files(&root.join("public/assets")).into_iter().filter(|path| is_kind(path, "png")).collect()
}

#[cfg(feature = "cards")]
#[test]
fn the_site_has_one_card_and_each_page_its_own_when_asked_for() {
    let base = "base-url = \"https://docs.example.com/handbook/\"\n";
    let site = program::folder(&[
        ("milepost.toml", base),
        ("content/README.md", "# Handbook\n\n[A](a.md) [B](b.md)\n"),
        ("content/a.md", "# The \"first\" day\n"),
        ("content/b.md", "# \u{8d26}\u{53f7}\n"),
    ]);
    build(site.path());
    let one = cards(site.path());
    assert_eq!(one.len(), 1);
    let named = |page: &str| read(site.path(), page).contains(&format!("content=\"https://docs.example.com/handbook/assets/{}\"", one[0]));
    assert!(named("index.html") && named("a/index.html") && named("b/index.html"));

    write(site.path(), "milepost.toml", format!("{base}[publish]\ncards = \"pages\"\n"));
    build(site.path());
    let all = cards(site.path());
    assert_eq!(all.len(), 2, "a title of letters that the typeface lacks keeps the site's card");
    assert!(!named("a/index.html") && named("b/index.html"));
    assert!(read(site.path(), "a/index.html").contains("content=\"The &quot;first&quot; day · Handbook\""));
    let drawn =
        |card: &String| fs::metadata(site.path().join("public/assets").join(card)).and_then(|file| file.modified()).expect("it is there");
    let before: Vec<_> = all.iter().map(drawn).collect();
    write(site.path(), "content/a.md", "# The \"first\" day\n\nMore.\n");
    build(site.path());
    assert_eq!(all.iter().map(drawn).collect::<Vec<_>>(), before, "cards that have not changed are not drawn again");

    write(site.path(), "milepost.toml", format!("{base}[publish]\ncards = \"off\"\n"));
    build(site.path());
    assert!(cards(site.path()).is_empty() && !read(site.path(), "index.html").contains("og:image"));
}
