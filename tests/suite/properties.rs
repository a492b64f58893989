//! What holds for any text at all: the parser never panics, and every span and hole lies within what it speaks about.

use crate::{
    checker::dead_addresses,
    program::{files, write},
};
use milepost::{
    Building,
    config::Config,
    diagnostic::Span,
    progress::Progress,
    project::{Overrides, Project},
    read::markdown::{ParseOptions, parse},
    site::page::{HoleKind, Page},
};
use proptest::{prelude::*, test_runner::RngSeed};
use std::{collections::BTreeSet, sync::Arc};

/// The same cases on every run; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` ask for others, and for more.
pub(crate) fn settings(cases: u32) -> ProptestConfig {
    let asked = ProptestConfig::default();
    let seed = std::env::var_os("PROPTEST_RNG_SEED").map_or(RngSeed::Fixed(1), |_| asked.rng_seed);
    let cases = std::env::var_os("PROPTEST_CASES").map_or(cases, |_| asked.cases);
    ProptestConfig { cases, rng_seed: seed, failure_persistence: None, max_shrink_iters: 400, ..asked }
}

fn options() -> [ParseOptions; 2] {
    let mut all = Config::default();
    all.markdown.wikilinks = true;
    all.markdown.math = true;
    all.markdown.smart_punctuation = true;
    all.check.shortcut_references = milepost::config::ShortcutReferences::All;
    [ParseOptions::new(&Config::default()), ParseOptions::new(&all)]
}

fn holds(text: &str) -> Result<(), TestCaseError> {
    for options in options() {
        let page = parse(&Arc::from("folder/page.md"), text, &options);
        spans_lie_within(&page, text)?;
        holes_lie_within(&page)?;
    }
    Ok(())
}

fn spans_lie_within(page: &Page, text: &str) -> Result<(), TestCaseError> {
    let spans = page
        .links
        .iter()
        .map(|link| ("a link", link.span))
        .chain(page.definitions.iter().map(|definition| ("a definition", definition.span)))
        .chain(page.silences.iter().flat_map(|silence| [("a comment", silence.comment), ("a silence", silence.range)]))
        .chain(page.checklists.ids().map(|id| ("an id", id.span)))
        .chain(page.checklists.ids().filter_map(|id| id.stamp).map(|stamp| ("a stamp", Span { start: stamp.at, end: stamp.at })))
        .chain(page.diagnostics.iter().map(|finding| ("a finding", finding.span)))
        .chain(
            page.diagnostics
                .iter()
                .filter_map(|finding| finding.fix.as_ref())
                .flat_map(|fix| fix.edits.iter().map(|edit| ("an edit", edit.span))),
        );
    for (what, Span { start, end }) in spans {
        prop_assert!(text.get(start as usize..end as usize).is_some(), "{what} at {start}..{end} of {text:?}");
    }
    Ok(())
}

fn holes_lie_within(page: &Page) -> Result<(), TestCaseError> {
    let mut last = 0;
    for hole in &page.body.holes {
        prop_assert!(hole.offset >= last, "holes ascend: {:?}", page.body);
        prop_assert!(page.body.html.is_char_boundary(hole.offset as usize), "a hole lies between characters: {:?}", page.body);
        let known = match hole.kind {
            HoleKind::Link(index) | HoleKind::Image(index) | HoleKind::Attribute(index) | HoleKind::Address(index) => {
                (index as usize) < page.links.len()
            }
            HoleKind::Word(_) => true,
            HoleKind::Code(index) => (index as usize) < page.code.len(),
            HoleKind::RawImage(index) => (index as usize) < page.raw_images.len(),
            HoleKind::HeadingStep(index) | HoleKind::Item(index) | HoleKind::BoxStart(index) | HoleKind::BoxEnd(index) => {
                (index as usize) < page.checklists.steps.len()
            }
            HoleKind::Branch(index) | HoleKind::BranchRow(index) | HoleKind::RadioStart(index) | HoleKind::RadioEnd(index) => {
                (index as usize) < page.checklists.branches.len()
            }
            HoleKind::ChoiceStart(index) | HoleKind::ChoiceEnd(index) => (index as usize) < page.checklists.choices.len(),
            HoleKind::Card(index) => (index as usize) < page.checklists.lists.len(),
            HoleKind::Reference(index) => (index as usize) < page.checklists.references.len(),
            HoleKind::Include(index) => (index as usize) < page.inclusions.len(),
        };
        prop_assert!(known, "a hole names what is there: {:?}", page.body);
        last = hole.offset;
    }
    Ok(())
}

/// Pieces of Markdown, whole and torn.
const PIECES: &[&str] = &[
    "[",
    "]",
    "](",
    ")",
    "![",
    "[text](a b.md)",
    "[text](<a b.md>)",
    "[a][b]",
    "[b]: c.md",
    "[b]: <",
    "[^1]",
    "[^1]: note",
    "[[page|x]]",
    "[[",
    "<a href",
    "<a href=\"x.md\">",
    "<a href='",
    "</a>",
    "<img src=x.png>",
    "<img srcset=\"a.png 1x, b.png 2x\">",
    "<h2>",
    "</h2>",
    "<h3 id=x>",
    "<p",
    ">",
    "<",
    "<!-- milepost-disable -->",
    "<!-- milepost-disable-next-line missing-file -->",
    "<!-- milepost-enable -->",
    "<!-- @checklist",
    "<!-- @checklist a -->",
    "<!-- @checklist b shared -->",
    "<!-- @step -->",
    "<!-- @step a time=5m -->",
    "<!-- @step b skip=\"",
    "<!-- @step a after=b,c/d aka=e --> text",
    "<!-- @choose c -->",
    "<!-- @branch d -->",
    "<!-- @embed a -->",
    "<!-- @needs a -->",
    "<!-- @verify -->",
    "<!-- @tabs -->",
    "<!-- @tabs sync=os -->\n- **a** b\n- c",
    "<!-- @caption c -->",
    "<!-- @include a.md#b -->",
    "```mermaid\nflowchart LR\nA-->B\n```",
    "```math\n\\frac{a\n```",
    "$\\frac{a}{b",
    "```js {1-3} diff title=\"",
    "checklist: headings",
    "---\nchecklist: headings\n---\n",
    "---\nchecklist: items\n---\n",
    "---\nchecklist: ordered\n---\n",
    "- [ ] task <!-- @step t -->",
    "<!--",
    "-->",
    "<script>",
    "</script>",
    "`",
    "``` sh",
    "```",
    "~~~",
    "    code",
    "\t",
    "\r",
    "\n",
    "\r\n",
    "\n\n",
    "# ",
    "## Title {#id .class}",
    "===",
    "---",
    "+++",
    "---\ntitle: x\n---\n",
    "---\ntitle: [\n---\n",
    "+++\ntitle = 'x'\n+++\n",
    "| a | b |\n|---|:-:|\n| c | [d](e) |",
    "|",
    "- ",
    "* [ ] task",
    "- [x] done",
    "1. ",
    "> ",
    "> [!NOTE]",
    "  ",
    "*",
    "**",
    "_",
    "~~",
    "$",
    "$$",
    "\\",
    "&amp;",
    "&#x41;",
    "安装",
    "é",
    "e\u{301}",
    "👩‍💻",
    "\u{feff}",
    "\u{200b}",
    "\u{a0}",
    "\u{2028}",
    "\0",
    "www.example.com",
    "https://例え.jp/a_(b)",
    "a@b.co",
    "://",
    "text",
    "word word",
    "term\n: definition",
    "...",
    "\"quoted\"",
    "%20",
    "?",
    "#",
];

/// The pieces in any order.
fn markdown_like() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(PIECES.to_vec());
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(settings(1500))]

    #[test]
    fn any_text_is_parsed(text in any::<String>()) {
        holds(&text)?;
    }

    #[test]
    fn what_looks_like_markdown_is_parsed(text in markdown_like()) {
        holds(&text)?;
    }

    #[test]
    fn punctuation_and_a_few_letters_are_parsed(text in "[\\[\\]()<>!#*_`~|:&;\\\\\"'\\-+=.@/ \t\r\nab1^$é安😀]{0,60}") {
        holds(&text)?;
    }
}

/// Where links of a generated site lead: some exist, some do not, some only nearly.
fn target() -> impl Strategy<Value = String> {
    let path = prop::sample::select(vec![
        "",
        "a.md",
        "./a.md",
        "/a.md",
        "../a.md",
        "sub/README.md",
        "sub/",
        "sub",
        "README.md",
        "../README.md",
        "b c.md",
        "sub/b%20c.md",
        "b%20c.md",
        "安装.md",
        "%E5%AE%89%E8%A3%85.md",
        "../sub/安装.md",
        "raw.html",
        "/raw.html",
        "sub/x.png",
        "x.png",
        "../sub/x.png",
        "gone.md",
        "A.md",
        "Sub/",
        "a",
        "a.html",
        "a.md/",
        "50%25.md",
        "50%.md",
        "c%23.md",
        "c#.md",
        "draft.md",
        "list/",
        "list/one.md",
        "../list/one.md",
        "https://example.com/",
        "https://docs.example.com/",
        "https://docs.example.com/sub/",
        "https://docs.example.com/a/",
        "https://docs.example.com/gone/",
        "https://docs.example.com/list/",
        "//example.com/x",
        "mailto:a@example.com",
        "../../out.md",
        ".",
        "..",
        "?x=1",
        "a.md?plain=1",
        "a:b.md",
        "/",
        "#",
    ]);
    let fragment = prop::sample::select(vec![
        "",
        "",
        "",
        "#part",
        "#Part",
        "#part-1",
        "#part-9",
        "#安装",
        "#%E5%AE%89%E8%A3%85",
        "#top",
        "#",
        "#x",
        "#own",
        "#fn:1",
        "#fnref:1",
        "#raw",
        "#task:1",
        "#main",
        "#a%20b",
        "#:~:text=x",
    ]);
    (path, fragment).prop_map(|(path, fragment)| format!("{path}{fragment}"))
}

fn block() -> impl Strategy<Value = String> {
    let form = prop::sample::select(vec![
        "[text](<T>)",
        "[t *e* `c`](<T> \"title\")",
        "![alt](<T>)",
        "[![alt](<T>)](<T>)",
        "[ref][r]\n\n[r]: <T>",
        "![ref]\n\n[ref]: <T> 'x'",
        "<a href=\"T\">raw</a>",
        "<a class=c href='T'>raw</a>",
        "<img src=\"T\" alt=\"\">",
        "<div>\n<a href=\"T\">raw</a>\n</div>",
        "<video src=\"T\"></video>",
        "> [quoted](<T>)",
        "- [ ] [task](<T>)",
        "| a |\n|---|\n| [cell](<T>) |",
        "[^1]\n\n[^1]: [note](<T>)",
        "## Part",
        "## 安装",
        "## Part {#own}",
        "## [linked](<T>)",
        "<h2>Raw</h2>",
        "<h3 id=\"x\">x</h3>",
        "<a name=\"x\"></a>",
        "<T>",
        "T",
        "`[code](T)`",
        "<!-- <a href=\"T\"> -->",
        "```html\n<a href=\"T\">\n```",
        "[[T]]",
        "term\n: [def](<T>)",
        "<!-- @checklist one -->",
        "## Step [linked](<T>)\n<!-- @step heading -->",
        "- [ ] task [linked](<T>) <!-- @step item -->\n  - [ ] inside\n\n    [below](<T>)",
        "- [ ] [first](<T>)",
        "Choose: <!-- @choose way -->\n\n- **A** [a](<T>) <!-- @branch a -->\n  - [ ] [deep](<T>)\n- B <!-- @branch b -->",
        "[list](<T>) <!-- @embed one -->",
        "[list](<T>) <!-- @needs one -->",
    ]);
    (form, target()).prop_map(|(form, target)| format!("{}\n\n", form.replace('T', &target)))
}

pub(crate) fn page_text() -> impl Strategy<Value = String> {
    prop::collection::vec(block(), 0..10).prop_map(|blocks| blocks.concat())
}

proptest! {
    #![proptest_config(settings(100))]

    /// The first promise of the checker: what it does not report works in the built site, and what it reports is no dead link there.
    #[test]
    fn every_address_of_a_generated_site_leads_somewhere(texts in prop::collection::vec(page_text(), 9), lowercase: bool, wikilinks: bool, lenient: bool) {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let root = folder.path();
        let names = ["README.md", "a.md", "sub/README.md", "sub/b c.md", "sub/安装.md", "50%.md", "c#.md", "list/one.md", "list/a:b.md"];
        for (name, text) in names.into_iter().zip(&texts) {
            write(root, &format!("content/{name}"), text);
        }
        write(root, "content/draft.md", "---\ndraft: true\n---\n");
        write(root, "content/raw.html", "<p id=x>");
        write(root, "content/sub/x.png", "");
        let settings = format!("[markdown]\nwikilinks = {wikilinks}\n[check]\nextensionless = {lenient}\noutput-paths = {lenient}\n");
        write(root, "milepost.toml", format!("base-url = \"https://docs.example.com/\"\nlowercase-addresses = {lowercase}\n{settings}"));
        let project = Project::open(Some(root), &Overrides::default()).expect("the project is sound");
        milepost::build(&project, Building { keep_going: true, ..Building::default() }, &Progress::default()).expect("it builds");
        let output = root.join("public");
        prop_assert!(files(&output).len() > names.len());
        let not_ours: BTreeSet<String> = ["raw.html", "404.html"].map(str::to_owned).into();
        let dead = dead_addresses(&output, &not_ours);
        prop_assert!(dead.is_empty(), "{}", dead.join("\n"));
    }
}
