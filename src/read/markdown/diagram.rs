//! Diagrams: Mermaid in, SVG out, drawn at build so that no script is needed. The only user of mermaid-svg.

use super::text::escaped;
use mermaid_svg::{ParseError, RenderError};

/// The drawing of a diagram; `prefix` keeps its ids apart from those of others on the page.
///
/// # Errors
/// Why it cannot be drawn, and the line of the source, from 1, where that shows.
pub(super) fn svg(source: &str, prefix: &str) -> Result<String, (Option<usize>, String)> {
    let drawn = mermaid_svg::render(source).map_err(|error| match error {
        RenderError::Parse(ParseError::Syntax { message, line, .. }) => (Some(line), message),
        RenderError::Parse(other) => (None, other.to_string()),
        other => (None, other.to_string()),
    })?;
    if ["href=\"", "<image", "<foreignObject"].iter().any(|outside| drawn.contains(outside)) {
        let line = source.lines().position(|line| line.trim_start().starts_with("click ")).map(|line| line + 1);
        return Err((line, "it leads elsewhere, which a drawing cannot".to_owned()));
    }
    Ok(with_words(&with_own_ids(&in_its_size(&drawn), prefix)))
}

/// Gives a drawing the size that it was laid out for, so that its words stay readable and nothing moves while a page loads.
fn in_its_size(svg: &str) -> String {
    let Some((start, rest)) = svg.split_once(" width=\"100%\" viewBox=\"0 0 ") else { return svg.to_owned() };
    let Some((size, rest)) = rest.split_once('"') else { return svg.to_owned() };
    let Some((width, height)) = size.split_once(' ') else { return svg.to_owned() };
    let own = format!(" style=\"max-width: {width}px;\"");
    format!("{start} width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {size}\"{}", rest.replacen(&own, "", 1))
}

/// Gives every id of a drawing a prefix, where it stands and where it is named.
fn with_own_ids(svg: &str, prefix: &str) -> String {
    [" id=\"", "url(#", "aria-labelledby=\"", "aria-describedby=\""]
        .iter()
        .fold(svg.to_owned(), |svg, before| svg.replace(before, &format!("{before}{prefix}")))
}

/// Says the words of a drawing to those who cannot see it, unless its author does (`accTitle`).
fn with_words(svg: &str) -> String {
    let Some(rest) = svg.strip_prefix("<svg role=\"graphics-document document\"") else { return svg.to_owned() };
    if rest.contains("<title ") {
        return format!("<svg role=\"img\"{rest}");
    }
    let words: Vec<&str> = svg.split("<text").skip(1).filter_map(|text| text.split_once("</text>")).map(|(text, _)| text).collect();
    let mut said: Vec<String> = Vec::new();
    for word in words.iter().map(|text| plain(text)).filter(|text| !text.is_empty()) {
        if !said.contains(&word) {
            said.push(word);
        }
    }
    format!("<svg role=\"img\" aria-label=\"{}\"{rest}", escaped(&said.join(", ")))
}

/// The text of an element without the tags in it, from the end of its own start tag.
fn plain(element: &str) -> String {
    let inside = element.split_once('>').map_or("", |(_, inside)| inside);
    let words: String = inside.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text)).collect::<Vec<_>>().join(" ");
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    words.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagram_is_drawn_with_ids_and_words_of_its_own() {
        let drawn = svg("flowchart LR\n  A[Ask & wait] --> B[Done]\n", "diagram:1:").expect("it can be drawn");
        assert!(drawn.starts_with("<svg role=\"img\" aria-label=\"Ask &amp; wait, Done\""), "{drawn}");
        assert!(drawn.contains("id=\"diagram:1:") && drawn.contains("url(#diagram:1:"), "{drawn}");
        assert!(drawn.contains(" width=\"") && !drawn.contains("width=\"100%\"") && !drawn.contains("max-width"), "{drawn}");
        assert!(!drawn.contains("id=\"arrow") && !drawn.contains("url(#arrow"), "{drawn}");
        assert_eq!(svg("flowchart LR\n  A --> B\n", "x"), svg("flowchart LR\n  A --> B\n", "x"));
    }

    #[test]
    fn what_cannot_be_drawn_says_where() {
        assert_eq!(svg("no such thing\n", "").map_err(|(line, _)| line), Err(None));
        assert_eq!(svg("flowchart LR\n  A --> B\n  click A \"https://example.com\"\n", "").map_err(|(line, _)| line), Err(Some(3)));
        assert!(svg("sequenceDiagram\n  A->>B: x\n  nonsense here\n", "").is_err_and(|(line, _)| line == Some(3)));
    }
}
