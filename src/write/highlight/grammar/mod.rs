//! A language and its code to HTML with some twenty short classes, by the grammars of syntect. The only user of it and of oniguruma.

mod classes;
mod contexts;
mod expression;
mod markup;
mod pattern;
mod start;
mod tokens;

use contexts::{Context, SYNTAXES};
use markup::Markup;
use syntect::parsing::SyntaxReference;
use tokens::Tokens;

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

/// The code of a block; none for a language without a grammar.
pub(super) fn highlight(language: &str, code: &str) -> Option<String> {
    let first = Context::first_of(syntax(language)?)?;
    let mut tokens = Tokens::new(first, Markup::new(code.len()));
    // With their endings, as the grammars want them.
    for line in code.split_inclusive('\n') {
        tokens.line(line)?;
    }
    Some(tokens.finish().finish())
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
