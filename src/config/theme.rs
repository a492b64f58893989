//! `[theme]`: how the built-in theme looks, and whose files replace it.

use serde::Deserialize;
use std::path::PathBuf;

/// `[theme]`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Appearance {
    /// The colour of links and marks.
    pub color: Option<Color>,
    /// The picture before the site's name, as a path in the content or the static folder.
    pub logo: Option<String>,
    /// The picture in its place on dark pages.
    pub logo_dark: Option<String>,
    /// The picture of browser tabs.
    pub icon: Option<String>,
    /// The typeface of the text: a CSS list of families, or a WOFF2 file among the templates.
    pub font: Option<String>,
    /// The typeface of code.
    pub code_font: Option<String>,
    /// A line below every page.
    pub footer: Option<String>,
    /// Links below every page.
    pub footer_links: Vec<FooterLink>,
    /// A folder of templates under the author's own, from the configuration's folder.
    pub folder: Option<PathBuf>,
}

/// The colour that all shades are made from.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(untagged)]
pub enum Color {
    /// A hue of the OKLCH colour space, in degrees.
    Hue(u16),
    /// A colour in hexadecimal notation: `#0b7a5a`.
    Hex(String),
}

/// A link below every page.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FooterLink {
    /// What it says.
    pub title: String,
    /// A path in the content or the static folder, or an address.
    pub to: String,
}

/// The least chroma that has a hue to speak of.
const GREY: f64 = 0.02;

impl Color {
    /// Its hue in degrees, 0 to 359.
    ///
    /// # Errors
    /// What is wrong with it, and what to write instead.
    pub fn hue(&self) -> Result<u16, (String, &'static str)> {
        match self {
            Self::Hue(degrees) if *degrees <= 360 => Ok(degrees % 360),
            Self::Hue(degrees) => Err((format!("{degrees} is no hue"), "write degrees from 0 to 360")),
            Self::Hex(text) => {
                let wrong =
                    || (format!("`{text}` is no colour"), "write it in hexadecimal notation, such as `#0b7a5a`, or a hue from 0 to 360");
                let (hue, chroma) = hue_and_chroma(channels(text).ok_or_else(wrong)?);
                if chroma < GREY {
                    return Err((format!("`{text}` is grey and has no hue"), "write a colour, or replace `style/colours.css`"));
                }
                // Degrees are small and not negative.
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a hue is between 0 and 360")]
                let degrees = hue.round() as u16;
                Ok(degrees % 360)
            }
        }
    }
}

impl Color {
    /// A shade of a hue in hexadecimal notation, from OKLCH (CSS Color 4, section 9.2); what sRGB lacks is clipped.
    #[must_use]
    pub fn shade(lightness: f64, chroma: f64, hue: u16) -> String {
        let (sine, cosine) = f64::from(hue).to_radians().sin_cos();
        let (a, b) = (chroma * cosine, chroma * sine);
        let cones = [(0.396_337_777_4, 0.215_803_757_3), (-0.105_561_345_8, -0.063_854_172_8), (-0.089_484_177_5, -1.291_485_548)]
            .map(|(of_a, of_b)| (lightness + of_a * a + of_b * b).powi(3));
        let rows = [
            [4.076_741_662_1, -3.307_711_591_3, 0.230_969_929_2],
            [-1.268_438_004_6, 2.609_757_401_1, -0.341_319_396_5],
            [-0.004_196_086_3, -0.703_418_614_7, 1.707_614_701],
        ];
        let channel = |row: [f64; 3]| {
            let linear = row[0] * cones[0] + row[1] * cones[1] + row[2] * cones[2];
            let value = if linear <= 0.003_130_8 { linear * 12.92 } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 };
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is clipped to a byte")]
            let byte = (value.clamp(0.0, 1.0) * 255.0).round() as u8;
            byte
        };
        let [red, green, blue] = rows.map(channel);
        format!("#{red:02x}{green:02x}{blue:02x}")
    }
}

/// The channels of `#rgb` or `#rrggbb`, each 0 to 1.
fn channels(text: &str) -> Option<[f64; 3]> {
    let digits = text.strip_prefix('#').filter(|digits| digits.is_ascii())?;
    let width = match digits.len() {
        3 => 1,
        6 => 2,
        _ => return None,
    };
    let mut found = [0.0; 3];
    for (channel, digits) in found.iter_mut().zip(digits.as_bytes().chunks(width)) {
        let value = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        *channel = f64::from(if width == 1 { value * 17 } else { value }) / 255.0;
    }
    Some(found)
}

/// The hue in degrees and the chroma of an sRGB colour in OKLCH (CSS Color 4, section 9.2; the matrices are Ottosson's, 2020).
fn hue_and_chroma(channels: [f64; 3]) -> (f64, f64) {
    let linear = channels.map(|c| if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) });
    let dot = |row: [f64; 3], column: [f64; 3]| row[0] * column[0] + row[1] * column[1] + row[2] * column[2];
    let cones = [
        [0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9],
        [0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6],
        [0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5],
    ]
    .map(|row| dot(row, linear).cbrt());
    let a = dot([1.977_998_495_1, -2.428_592_205, 0.450_593_709_9], cones);
    let b = dot([0.025_904_037_1, 0.782_771_766_2, -0.808_675_766], cones);
    (b.atan2(a).to_degrees().rem_euclid(360.0), a.hypot(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hue(text: &str) -> Result<u16, String> {
        Color::Hex(text.to_owned()).hue().map_err(|(message, _)| message)
    }

    /// The hues that CSS Color 4 gives for these: red 29.23, lime 142.5, blue 264.05.
    #[test]
    fn a_colour_has_the_hue_of_oklch() {
        assert_eq!(["#f00", "#00ff00", "#0000FF"].map(hue), [Ok(29), Ok(142), Ok(264)]);
        assert_eq!(Color::Hue(360).hue(), Ok(0));
    }

    /// Red of sRGB by its place in OKLCH, from CSS Color 4.
    #[test]
    fn a_shade_is_the_colour_of_its_place() {
        // Red is at 29.23 degrees, so a whole degree misses it by a little blue.
        assert_eq!(Color::shade(0.627_96, 0.257_68, 29), "#ff0004");
        assert_eq!(Color::shade(1.0, 0.0, 0), "#ffffff");
        assert_eq!(hue(&Color::shade(0.6, 0.1, 200)), Ok(200));
    }

    #[test]
    fn what_has_no_hue_is_refused() {
        assert_eq!(hue("#777"), Err("`#777` is grey and has no hue".to_owned()));
        assert_eq!(hue("green"), Err("`green` is no colour".to_owned()));
        assert_eq!(hue("#ääää"), Err("`#ääää` is no colour".to_owned()));
        assert!(Color::Hue(400).hue().is_err());
    }
}
