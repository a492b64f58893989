//! The search index of built sites: which pages and sections are in it, in which pieces, and that nothing of `check` pays for it.

use crate::program::{files, folder, milepost, write};
use serde_json::Value;
use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

const FOLDER: &str = "public/assets/milepost-search";

/// An index as `search.js` reads it.
struct Index {
    entry: Value,
    /// By word: (page, section, weight) of each place.
    words: BTreeMap<String, Vec<(usize, usize, usize)>>,
    /// Title, address, way and sections of each page.
    pages: Vec<Value>,
}

fn build(root: &Path) {
    let run = milepost(root, &["build", "--quiet"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
}

/// What a file hands to the script that asked for it.
fn content(root: &Path, language: &str, name: &str) -> Value {
    let path = root.join(FOLDER).join(language).join(format!("{name}.js"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let inner = text.strip_prefix(&format!("milepostSearch(\"{name}\",")).and_then(|rest| rest.strip_suffix(")\n"));
    serde_json::from_str(inner.expect("it calls the script")).expect("it holds JSON")
}

fn numbers(text: &str) -> Vec<usize> {
    let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut found, mut number, mut shift) = (Vec::new(), 0, 0);
    for letter in text.chars() {
        let digit = digits.find(letter).expect("it is a digit");
        number |= (digit & 31) << shift;
        shift += 5;
        if digit < 32 {
            found.push(number);
            (number, shift) = (0, 0);
        }
    }
    found
}

fn index(root: &Path, language: &str) -> Index {
    let entry = content(root, language, "index");
    let mut words = BTreeMap::new();
    let parts = entry["parts"].as_array().expect("it lists its parts");
    for (number, first) in parts.iter().enumerate() {
        let part = content(root, language, &format!("part-{number}"));
        let lines: Vec<&str> = part.as_str().expect("a part is text").lines().collect();
        assert!(
            lines[0].starts_with(&format!("{} ", first.as_str().expect("a word is text"))),
            "the entry names the first word of part {number}"
        );
        for line in lines {
            let (word, places) = line.split_once(' ').expect("a line is a word and its places");
            let mut page = 0;
            // A star is followed by the number of pages, where not all are listed.
            let is_partial = places.starts_with('*');
            let places = numbers(places.trim_start_matches('*')).split_off(usize::from(is_partial));
            let places = places.chunks(2).map(|pair| {
                page += pair[0];
                (page - 1, pair[1] >> 4, pair[1] & 15)
            });
            words.insert(word.to_owned(), places.collect());
        }
    }
    let texts = numbers(entry["texts"].as_str().expect("it lists its texts")).len();
    let pages =
        (0..texts).flat_map(|number| content(root, language, &format!("text-{number}")).as_array().cloned().unwrap_or_default()).collect();
    Index { entry, words, pages }
}

impl Index {
    /// The titles of the pages on which a word stands, with the headings of the sections.
    fn finds(&self, word: &str) -> Vec<(&str, &str)> {
        let places = self.words.get(word).map_or(&[][..], Vec::as_slice);
        places.iter().map(|(page, section, _)| (text(&self.pages[*page][0]), text(&self.pages[*page][3][*section][0]))).collect()
    }

    fn weight(&self, word: &str, page: usize, section: usize) -> usize {
        let found = self.words[word].iter().find(|(at, within, _)| (*at, *within) == (page, section));
        found.map_or(0, |(_, _, weight)| *weight)
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("it is text")
}

const GUIDE: &str = "---\ndescription: How to reach a server.\n---\n\n# Connect\n\nBegin *here*, at the [console](https://example.com/).\n\n\
    ## Make a key\n\nRun `ssh-keygen` once.\n\n```sh\nssh-copy-id admin@host\n```\n\n<!-- nobody sees this -->\n\n\
    | Port | Use |\n|---|---|\n| 22 | Login |\n\n<h3>Raw</h3>\n\n<p>markup &amp; more</p><script>secret()</script>\n\n- [ ] Tick it.[^1]\n\n![hidden](a.png)\n\n[^1]: A note.\n";

#[test]
fn words_lead_to_pages_and_to_the_sections_that_their_headings_begin() {
    let root = folder(&[("milepost.toml", ""), ("content/README.md", "# Home\n\nNothing.\n"), ("content/guide.md", GUIDE)]);
    write(root.path(), "content/a.png", "no image");
    build(root.path());
    let index = index(root.path(), "en");
    assert_eq!(index.entry["pages"], 2);
    assert_eq!(
        index.pages[1],
        serde_json::json!([
            "Connect",
            "guide/index.html",
            [],
            [
                ["", "", "How to reach a server. Begin here, at the console."],
                ["Make a key", "make-a-key", "Run ssh-keygen once. ssh-copy-id admin@host Port Use 22 Login Raw"],
                ["Raw", "raw", "markup & more Tick it. A note."],
            ]
        ])
    );
    for (word, heading) in
        [("keygen", "Make a key"), ("copy", "Make a key"), ("22", "Make a key"), ("tick", "Raw"), ("markup", "Raw"), ("server", "")]
    {
        assert_eq!(index.finds(word), [("Connect", heading)], "{word}");
    }
    for word in ["nobody", "secret", "hidden", "script"] {
        assert_eq!(index.finds(word), [], "{word}");
    }
    assert!(index.weight("connect", 1, 0) > index.weight("key", 1, 1), "the title counts more than a heading");
    assert!(index.weight("key", 1, 1) > index.weight("ssh", 1, 1), "a heading counts more than text");
}

#[test]
fn drafts_pages_that_say_no_and_pages_that_nobody_wrote_stay_out() {
    let guides = [
        ("milepost.toml", ""),
        ("content/README.md", "# Home\n"),
        ("content/open.md", "---\naliases: [former]\n---\n# Open\n\nwombat\n"),
        ("content/draft.md", "---\ndraft: true\n---\n# Draft\n\nwombat\n"),
        ("content/closed.md", "---\nsearch: false\n---\n# Closed\n\nwombat\n"),
        ("content/list/one.md", "# One\n\n## Do it\n<!-- @step do -->\n"),
    ];
    let root = folder(&guides);
    build(root.path());
    let found = index(root.path(), "en");
    let addresses: Vec<&str> = found.pages.iter().map(|page| text(&page[1])).collect();
    assert_eq!(addresses, ["index.html", "list/one/index.html", "open/index.html"]);
    assert_eq!(found.finds("wombat"), [("Open", "")]);
    for generated in ["404.html", "former/index.html", "list/index.html", "checklists/index.html"] {
        assert!(root.path().join("public").join(generated).is_file(), "`{generated}` is there, and not in the index");
    }
    let run = milepost(root.path(), &["build", "--quiet", "--drafts"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(index(root.path(), "en").finds("wombat"), [("Draft", ""), ("Open", "")]);
}

#[test]
fn each_language_has_an_index_and_its_pages_name_it() {
    let guides = [
        ("milepost.toml", "language = \"en\"\n"),
        ("content/README.md", "# Home\n\nA cloud.\n"),
        ("content/zh.md", "---\nlanguage: zh-Hans\n---\n# 创建云主机\n\n用SSH登录。\n"),
        ("content/de.md", "---\nlanguage: de\nsearch: false\n---\n# Wolke\n"),
    ];
    let root = folder(&guides);
    build(root.path());
    let chinese = index(root.path(), "zh-hans");
    let words: Vec<&str> = chinese.words.keys().map(String::as_str).collect();
    assert_eq!(words, ["ssh", "主机", "云主", "创建", "建云", "录", "机", "用", "登录"]);
    assert_eq!(index(root.path(), "en").pages.len(), 1);
    let page = |name: &str| fs::read_to_string(root.path().join("public").join(name)).expect("the page is there");
    assert!(page("index.html").contains("data-index=\"assets/milepost-search/en/\""));
    assert!(page("zh/index.html").contains("data-index=\"../assets/milepost-search/zh-hans/\""));
    assert!(!page("de/index.html").contains("page:search"), "where nothing can be searched, nothing offers it");
}

#[test]
fn without_search_no_page_offers_it_and_no_index_is_written() {
    let root = folder(&[("milepost.toml", "[search]\nenabled = false\n"), ("content/README.md", "# Home\n")]);
    build(root.path());
    assert!(!root.path().join(FOLDER).exists());
    let html = fs::read_to_string(root.path().join("public/index.html")).expect("the page is there");
    assert!(!html.contains("page:search"));
}

#[test]
fn an_index_comes_in_pieces_that_stay_small_and_changes_where_a_page_has_changed() {
    let root = folder(&[("milepost.toml", "")]);
    for number in 0..600 {
        let mut text = format!("# Page {number}\n\nEverywhere the same.\n\n");
        for word in 0..60 {
            let _ = write!(text, "w{number}x{word} ");
        }
        for section in 0..8 {
            let _ = write!(text, "\n\n## Part {section}\n\nEverywhere the same again, part {section}.");
        }
        write(root.path(), &format!("content/{}/{number:03}.md", number % 7), text);
    }
    build(root.path());
    let before = index(root.path(), "en");
    assert_eq!(before.pages.len(), 600);
    assert_eq!(before.finds("w17x3"), [("Page 17", "")]);
    let places = before.words["everywhere"].len();
    assert_eq!(places, 4_000, "a word that stands nearly everywhere keeps the places where it counts most");
    let sizes = |kind: &str| -> Vec<(String, u64)> {
        let folder = root.path().join(FOLDER).join("en");
        let names = files(&folder).into_iter().filter(|name| name.starts_with(kind));
        names.map(|name| (name.clone(), fs::metadata(folder.join(name)).expect("it is there").len())).collect()
    };
    assert!(sizes("part").len() > 10 && sizes("text").len() > 30);
    assert!(sizes("").iter().all(|(_, size)| *size < 48 * 1024), "{:?}", sizes(""));

    let folder = root.path().join(FOLDER).join("en");
    let read = || {
        files(&folder).into_iter().map(|name| (name.clone(), fs::read(folder.join(name)).expect("it is there"))).collect::<BTreeMap<_, _>>()
    };
    let files_before = read();
    let guide = root.path().join("content/3/017.md");
    let text = fs::read_to_string(&guide).expect("the guide is there");
    fs::write(&guide, text.replace("w17x3 ", "w17x3changed ")).expect("the guide can be written");
    build(root.path());
    let changed: Vec<String> =
        read().into_iter().filter(|(name, bytes)| files_before.get(name) != Some(bytes)).map(|(name, _)| name).collect();
    assert!(changed.len() <= 6, "the entry, a part and a text, and the ends of parts beside it: {changed:?}");
    assert_ne!(index(root.path(), "en").entry["version"], before.entry["version"]);
}

#[test]
fn readers_of_a_language_find_its_pages_and_those_that_stand_in_at_their_addresses() {
    let guides = [
        ("milepost.toml", "[languages.zh]\n"),
        ("content/README.md", "# Home\n"),
        ("content/README.zh.md", "# 首页\n"),
        ("content/team/only.md", "# Only English\n\nwombat\n"),
        ("content/closed.md", "---\nsearch: false\n---\n# Closed\n"),
        ("content/closed.zh.md", "# 关闭\n"),
    ];
    let root = folder(&guides);
    build(root.path());
    let addresses =
        |language: &str| -> Vec<String> { index(root.path(), language).pages.iter().map(|page| text(&page[1]).to_owned()).collect() };
    assert_eq!(addresses("en"), ["index.html", "team/only/index.html"]);
    assert_eq!(addresses("zh"), ["zh/index.html", "zh/team/only/index.html"]);
    assert_eq!(index(root.path(), "zh").finds("wombat"), [("Only English", "")]);
}

#[test]
fn what_a_page_includes_is_found_on_it_in_the_right_section() {
    let guides = [
        ("milepost.toml", ""),
        (
            "content/README.md",
            "# Home\n\nBefore.\n\n<!-- @include part.md -->\n\n## After\n\n<!-- @include run.sh -->\n\n<!-- @tabs -->\n\n- Linux\n\n  Use apt.\n\n- Windows\n\n  Use winget.\n",
        ),
        ("content/part.md", "Shared words.\n\n## Shared heading\n\nMore of them.\n"),
        ("content/run.sh", "echo wombat\n"),
    ];
    let root = folder(&guides);
    build(root.path());
    let found = index(root.path(), "en");
    assert_eq!(
        found.pages[0][3],
        serde_json::json!([
            ["", "", "Before. Shared words."],
            ["Shared heading", "shared-heading", "More of them."],
            ["After", "after", "echo wombat Linux Use apt. Windows Use winget."],
        ])
    );
    assert_eq!(found.finds("wombat"), [("Home", "After")]);
}
