//! The size of an SVG drawing, from its text.

/// A drawing's `width` and `height` in pixels, else those of its `viewBox` (SVG 2, section 8.2).
pub(super) fn size(text: &str) -> Option<(u32, u32)> {
    let start = text.find("<svg")?;
    let tag = &text[start..start + text[start..].find('>')?];
    let attribute = |name: &str| {
        let found = tag.match_indices(name).map(|(at, _)| at).find(|at| {
            tag[..*at].ends_with(|before: char| before.is_ascii_whitespace()) && tag[at + name.len()..].trim_start().starts_with('=')
        })?;
        let value = tag[found + name.len()..].trim_start().strip_prefix('=')?.trim_start();
        let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        value[1..].split(quote).next()
    };
    let pixels = |value: &str| value.trim().trim_end_matches("px").parse::<f64>().ok();
    let given = attribute("width").and_then(pixels).zip(attribute("height").and_then(pixels));
    let (width, height) = given.or_else(|| {
        let mut numbers = attribute("viewBox")?
            .split(|c: char| c.is_ascii_whitespace() || c == ',')
            .filter(|part| !part.is_empty())
            .map(str::parse::<f64>);
        let (_, _) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
        Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
    })?;
    let whole = |number: f64| format!("{:.0}", number.round()).parse().ok();
    Some((whole(width)?, whole(height)?))
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn drawings_tell_their_size() {
        assert_eq!(size("<?xml version=\"1.0\"?><svg xmlns=\"x\" width=\"20px\" height='10.4'><g/></svg>"), Some((20, 10)));
        assert_eq!(size("<svg viewBox=\"0 0 640 120\" width=\"100%\">"), Some((640, 120)));
        assert_eq!(size("<svg\n\tstroke-width=\"2\"\n\twidth = \"30\"\n\theight=\"40\">"), Some((30, 40)));
        assert_eq!(size("<svg>"), None);
        assert_eq!(size("GIF89a"), None);
    }
}
