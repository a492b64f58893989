//! A title to an SVG drawing by the theme's template, and that drawing to PNG. The only user of resvg and skrifa.
//!
//! Letters come from a typeface of the program's own (Inter, SIL Open Font License), so that the same title gives the same
//! bytes on every machine. A title with letters that it lacks, such as Chinese ones, gets no card rather than boxes.

use crate::{
    config::{Appearance, Color},
    error::Error,
    write::theme::Theme,
};
use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{Options, Tree, fontdb::Database},
};
use serde::Serialize;
use skrifa::{FontRef, MetadataProvider as _, instance::LocationRef, prelude::Size};
use std::sync::{Arc, OnceLock};

/// What the names of cards change with, beside what is drawn: the version of the renderer.
pub(super) const VERSION: &str = "resvg 0.49";

const WIDTH: u32 = 1200;
const HEIGHT: u32 = 630;

/// The width that lines may take, in pixels.
const LINE: f32 = 1040.0;

/// The sizes of letters that are tried, and how many lines of each there is room for.
const SIZES: &[(f32, usize)] = &[(84.0, 3), (68.0, 4), (54.0, 5)];

/// Where the last line stands, in pixels from the top.
const LAST: f32 = 540.0;

/// The hue of the theme where none is configured.
const HUE: u16 = 163;

const LETTERS: &[u8] = include_bytes!("inter-semibold.ttf");

/// A line of the title.
#[derive(Serialize)]
struct Line {
    text: String,
    y: f32,
}

/// The drawing of a card, unless the typeface lacks one of its letters.
pub(super) fn drawing(look: &Appearance, theme: &Theme, title: &str, section: Option<&str>) -> Result<Option<String>, Error> {
    let letters =
        FontRef::new(LETTERS).map_err(|error| Error::usage(format!("the typeface of cards cannot be read: {error}"), "report it"))?;
    if !covers(&letters, title) || title.trim().is_empty() {
        return Ok(None);
    }
    let (size, lines) = set(&letters, title);
    let mut y = LAST + size * 1.2;
    let mut lines: Vec<Line> = lines
        .into_iter()
        .rev()
        .map(|text| {
            y -= size * 1.2;
            Line { text, y }
        })
        .collect();
    lines.reverse();
    let hue = look.color.as_ref().and_then(|color| color.hue().ok()).unwrap_or(HUE);
    let mut context = tera::Context::new();
    context.insert("section", &section.filter(|section| covers(&letters, section)));
    context.insert("lines", &lines);
    context.insert("size", &size);
    context.insert("color", &Color::shade(0.81, 0.11, hue));
    context.insert("font", &family());
    theme.render("card.svg", &context, title).map(Some)
}

/// A drawing as PNG.
pub(super) fn png(drawing: &str) -> Result<Vec<u8>, Error> {
    let wrong = |message: String| Error::usage(message, "mend `card.svg` among your templates");
    let options = Options { fontdb: fonts(), ..Options::default() };
    let tree = Tree::from_str(drawing, &options).map_err(|error| wrong(format!("`card.svg` gives no drawing: {error}")))?;
    let mut pixels = Pixmap::new(WIDTH, HEIGHT).ok_or_else(|| wrong("a card has no room".to_owned()))?;
    resvg::render(&tree, Transform::identity(), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| wrong(format!("a card cannot be written as PNG: {error}")))
}

fn fonts() -> Arc<Database> {
    static FONTS: OnceLock<Arc<Database>> = OnceLock::new();
    let load = || {
        let mut fonts = Database::new();
        fonts.load_font_data(LETTERS.to_vec());
        Arc::new(fonts)
    };
    Arc::clone(FONTS.get_or_init(load))
}

/// What the typeface calls itself.
fn family() -> String {
    let family = fonts().faces().next().and_then(|face| face.families.first()).map(|(name, _)| name.clone());
    family.unwrap_or_default()
}

fn covers(letters: &FontRef<'_>, text: &str) -> bool {
    let known = letters.charmap();
    text.chars().all(|letter| letter.is_whitespace() || known.map(letter).is_some())
}

/// The title in lines, in the largest size in which it has room; what has none in the smallest ends in an ellipsis.
fn set(letters: &FontRef<'_>, title: &str) -> (f32, Vec<String>) {
    let mut chosen = (0.0, Vec::new());
    for (size, most) in SIZES {
        let lines = wrap(letters, title, *size);
        if lines.len() <= *most && lines.iter().all(|line| width(letters, line, *size) <= LINE) {
            return (*size, lines);
        }
        chosen = (*size, shorten(letters, lines, *most, *size));
    }
    chosen
}

fn shorten(letters: &FontRef<'_>, mut lines: Vec<String>, most: usize, size: f32) -> Vec<String> {
    let cut = lines.len() > most;
    lines.truncate(most);
    let last = lines.len().saturating_sub(1);
    for (position, line) in lines.iter_mut().enumerate() {
        let too_long = width(letters, line, size) > LINE;
        if too_long || (cut && position == last) {
            while !line.is_empty() && width(letters, &format!("{line}…"), size) > LINE {
                line.pop();
            }
            line.truncate(line.trim_end().len());
            line.push('…');
        }
    }
    lines
}

/// Words in lines, each as full as can be.
fn wrap(letters: &FontRef<'_>, title: &str, size: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in title.split_whitespace() {
        if let Some(line) = lines.last_mut() {
            let longer = format!("{line} {word}");
            if width(letters, &longer, size) <= LINE {
                *line = longer;
                continue;
            }
        }
        lines.push(word.to_owned());
    }
    lines
}

fn width(letters: &FontRef<'_>, text: &str, size: f32) -> f32 {
    let (known, metrics) = (letters.charmap(), letters.glyph_metrics(Size::new(size), LocationRef::default()));
    text.chars().filter_map(|letter| metrics.advance_width(known.map(letter)?)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters() -> FontRef<'static> {
        FontRef::new(LETTERS).expect("the typeface is sound")
    }

    #[test]
    fn a_short_title_is_set_large_on_one_line() {
        assert_eq!(set(&letters(), "Create a server"), (84.0, vec!["Create a server".to_owned()]));
    }

    #[test]
    fn a_title_without_room_ends_in_an_ellipsis_within_the_line() {
        for title in ["word ".repeat(80), "w".repeat(300)] {
            let (size, lines) = set(&letters(), &title);
            assert!(lines.len() <= 5 && lines.last().is_some_and(|line| line.ends_with('…')), "{lines:?}");
            assert!(lines.iter().all(|line| width(&letters(), line, size) <= LINE), "{lines:?}");
        }
    }

    #[test]
    fn letters_that_the_typeface_lacks_are_known() {
        assert!(covers(&letters(), "Größe, Привет, Ελλάδα — “x”"));
        assert!(!covers(&letters(), "账号"));
    }

    #[test]
    fn a_card_is_drawn_the_same_each_time() {
        let Ok(theme) = Theme::load(&[], &Appearance::default()) else { panic!("the theme loads") };
        let drawing = drawing(&Appearance::default(), &theme, "A < B & \"C\"", Some("Site")).ok().flatten().unwrap_or_default();
        let (first, second) = (png(&drawing).unwrap_or_default(), png(&drawing).unwrap_or_default());
        assert!(Pixmap::decode_png(&first).is_ok_and(|image| (image.width(), image.height()) == (1200, 630)));
        assert_eq!(first, second);
        assert_ne!(png(&drawing.replace("&lt;", "-")).unwrap_or_default(), first, "letters are drawn");
    }
}
