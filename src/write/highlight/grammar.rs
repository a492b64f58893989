//! A language and its code to HTML with some twenty short classes. The only user of syntect.

use pulldown_cmark_escape::escape_html_body_text;
use std::sync::LazyLock;
use syntect::parsing::{ParseState, Scope, ScopeStackOp, SyntaxReference, SyntaxSet};

static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);

/// Scope prefixes and their class, the most telling first; the innermost scope that has one decides.
const CLASSES: &[(&str, &str)] = &[
    ("comment", "c"),
    ("constant.character.escape", "e"),
    ("constant.numeric", "n"),
    ("constant", "m"),
    ("string", "s"),
    ("entity.name.function", "f"),
    ("support.function", "b"),
    ("variable.function", "f"),
    ("entity.name.tag", "g"),
    ("entity.other.attribute-name", "a"),
    ("meta.annotation", "a"),
    ("entity.name.section", "h"),
    ("markup.heading", "h"),
    ("markup.inserted", "i"),
    ("markup.deleted", "d"),
    ("entity.name", "t"),
    ("entity.other.inherited-class", "t"),
    ("support.type", "t"),
    ("support.class", "t"),
    ("storage.type.function", "k"),
    ("storage.type", "k"),
    ("storage", "k"),
    ("support.constant", "m"),
    ("support", "b"),
    ("keyword.operator", "o"),
    ("keyword", "k"),
    ("variable.parameter", "v"),
    ("variable.language", "m"),
    ("variable.other.readwrite", "v"),
    ("variable", "v"),
    ("invalid", "x"),
    ("punctuation.definition.string", "s"),
    ("punctuation.definition.comment", "c"),
    ("punctuation.definition.heading", "h"),
    ("punctuation.definition.variable", "v"),
    ("punctuation", "p"),
];

/// Prefixes with their classes, in their order.
type Prefixes = Vec<(Scope, &'static str)>;

/// The prefixes that begin with a word, by the number that syntect gives the word:
/// most scopes are `meta` or `source`, which have none, and most others need a look at few.
static PREFIXES: LazyLock<Vec<(u16, Prefixes)>> = LazyLock::new(|| {
    let mut by_word: Vec<(u16, Prefixes)> = Vec::new();
    for (prefix, class) in CLASSES {
        let Ok(scope) = Scope::new(prefix) else { continue };
        let word = scope.atom_at(0);
        match by_word.iter_mut().find(|(known, _)| *known == word) {
            Some((_, prefixes)) => prefixes.push((scope, class)),
            None => by_word.push((word, vec![(scope, class)])),
        }
    }
    by_word
});

/// Names that readers write and the grammars do not know.
fn alias(language: &str) -> &str {
    match language {
        "shell" | "console" | "shell-session" | "sh-session" | "zsh" => "bash",
        "jsonc" | "json5" => "json",
        "golang" => "go",
        "csharp" => "cs",
        "docker" => "dockerfile",
        "ps1" | "pwsh" => "powershell",
        "conf" => "ini",
        "plain" | "plaintext" | "txt" => "text",
        language => language,
    }
}

fn syntax(language: &str) -> Option<&'static SyntaxReference> {
    let lower = language.to_ascii_lowercase();
    let name = alias(&lower);
    (name != "text").then(|| SYNTAXES.find_syntax_by_token(name)).flatten()
}

pub(super) fn highlight(language: &str, code: &str) -> Option<String> {
    let mut state = ParseState::new(syntax(language)?);
    let mut stack: Vec<Option<&'static str>> = Vec::new();
    let mut out = Markup { html: String::with_capacity(code.len() * 2), open: None };
    for line in lines(code) {
        let operations = state.parse_line(line, &SYNTAXES).ok()?;
        let mut written = 0;
        for (offset, operation) in operations {
            out.push(&line[written..offset], current(&stack));
            written = offset;
            apply(&mut stack, &operation);
        }
        out.push(&line[written..], current(&stack));
    }
    Some(out.finish())
}

/// Lines with their ending, as the grammars want them.
fn lines(code: &str) -> impl Iterator<Item = &str> {
    code.split_inclusive('\n')
}

fn current(stack: &[Option<&'static str>]) -> Option<&'static str> {
    stack.iter().rev().find_map(|class| *class)
}

/// Keeps the class of each scope on the stack: scopes themselves are not needed again.
fn apply(stack: &mut Vec<Option<&'static str>>, operation: &ScopeStackOp) {
    match operation {
        ScopeStackOp::Push(scope) => stack.push(class(*scope)),
        ScopeStackOp::Pop(count) => stack.truncate(stack.len().saturating_sub(*count)),
        ScopeStackOp::Clear(_) | ScopeStackOp::Restore | ScopeStackOp::Noop => {}
    }
}

fn class(scope: Scope) -> Option<&'static str> {
    if scope.is_empty() {
        return None;
    }
    let word = scope.atom_at(0);
    let (_, prefixes) = PREFIXES.iter().find(|(known, _)| *known == word)?;
    prefixes.iter().find(|(prefix, _)| prefix.is_prefix_of(scope)).map(|(_, class)| *class)
}

/// HTML whose neighbouring tokens of one class share a span.
struct Markup {
    html: String,
    open: Option<&'static str>,
}

impl Markup {
    fn push(&mut self, text: &str, class: Option<&'static str>) {
        if text.is_empty() {
            return;
        }
        let blank = text.trim().is_empty();
        if class != self.open && !(blank && self.open.is_some() && !text.contains('\n')) {
            self.close();
            if let Some(class) = class.filter(|_| !blank) {
                self.html.push_str("<span class=\"");
                self.html.push_str(class);
                self.html.push_str("\">");
                self.open = Some(class);
            }
        }
        escape_html_body_text(&mut self.html, text).expect("writing to a string cannot fail");
    }

    fn close(&mut self) {
        if self.open.take().is_some() {
            self.html.push_str("</span>");
        }
    }

    fn finish(mut self) -> String {
        self.close();
        self.html
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(html: &str) -> String {
        let mut out = String::new();
        let mut inside = false;
        for character in html.chars() {
            match character {
                '<' => inside = true,
                '>' => inside = false,
                character if !inside => out.push(character),
                _ => {}
            }
        }
        out.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    }

    #[test]
    fn tokens_get_classes_and_the_text_stays() {
        let code = "fn main() {\n    let x = \"a < b\"; // note\n}\n";
        let html = highlight("rust", code).expect("there is a grammar");
        assert_eq!(plain(&html), code);
        for token in
            ["<span class=\"k\">", "<span class=\"f\">main</span>", "<span class=\"s\">\"a &lt; b\"</span>", "<span class=\"c\">// note"]
        {
            assert!(html.contains(token), "{token} in {html}");
        }
    }

    #[test]
    fn the_languages_of_documentation_have_grammars() {
        for language in [
            "bash",
            "shell",
            "console",
            "json",
            "yaml",
            "toml",
            "rust",
            "python",
            "go",
            "js",
            "ts",
            "powershell",
            "ini",
            "sql",
            "html",
            "css",
            "dockerfile",
            "java",
            "c",
            "cpp",
            "csharp",
            "diff",
            "xml",
            "php",
            "ruby",
        ] {
            assert!(syntax(language).is_some(), "{language}");
        }
        assert!(highlight("no-such-language", "x").is_none());
        assert!(highlight("text", "x").is_none());
    }
}
