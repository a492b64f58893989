//! `[images]`: the smaller forms that are made of images.

use serde::Deserialize;

/// `[images]`: smaller forms of images, of which a browser takes the one that fits.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Images {
    /// The widths of the forms, in pixels; without any, none are made.
    pub widths: Vec<u32>,
    /// Their formats, the best first.
    pub formats: Vec<ImageFormat>,
    /// How much of the picture is kept, 1 to 100.
    pub quality: u8,
    /// How wide an image stands on the page, as the `sizes` attribute of HTML says it.
    pub sizes: String,
}

impl Default for Images {
    fn default() -> Self {
        Self { widths: Vec::new(), formats: vec![ImageFormat::Webp], quality: 80, sizes: "(min-width: 44rem) 40rem, 100vw".to_owned() }
    }
}

/// A format for smaller forms of images.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum ImageFormat {
    /// WebP, lossless for drawings where that is smaller.
    Webp,
    /// AVIF: smaller, and slow to make.
    Avif,
}

impl ImageFormat {
    /// The extension of its files, which is also the second half of its media type.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Webp => "webp",
            Self::Avif => "avif",
        }
    }
}
