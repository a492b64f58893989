//! What holds for any text at all: the parser never panics, and every span and hole lies within what it speaks about.

use milepost::{
    config::Config,
    diagnostic::Span,
    read::markdown::{ParseOptions, parse},
    site::page::{HoleKind, Page},
};
use proptest::prelude::*;
use std::sync::Arc;

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
            HoleKind::Code(index) => (index as usize) < page.code.len(),
        };
        prop_assert!(known, "a hole names what is there: {:?}", page.body);
        last = hole.offset;
    }
    Ok(())
}

/// Pieces of Markdown, whole and torn, in any order.
fn markdown_like() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
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
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

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
