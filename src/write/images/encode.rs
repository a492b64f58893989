//! The bytes of a photograph or drawing to those of a smaller one. The only user of image, webp and ravif.

use crate::config::ImageFormat;
use image::{DynamicImage, ImageDecoder, ImageFormat as Source, ImageReader, codecs::png::PngDecoder, imageops::FilterType};
use std::io::Cursor;

/// How hard AVIF tries, 1 to 10: the slower ones gain little more.
const AVIF_SPEED: u8 = 6;

/// An image, upright.
pub(super) struct Picture {
    pixels: DynamicImage,
    /// Whether it came without loss, as screenshots and drawings do.
    is_drawing: bool,
}

impl Picture {
    /// Whether bytes are of a format that smaller forms are made of. Others are small already, move, or have no pixels.
    pub(super) fn is_one(bytes: &[u8]) -> bool {
        format(bytes).is_some()
    }

    /// Decodes an image. None for one that moves, that has colours beyond sRGB, or that is damaged: it stays as it is.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let format = format(bytes)?;
        if format == Source::Png && PngDecoder::new(Cursor::new(bytes)).ok()?.is_apng().ok()? {
            return None;
        }
        let mut decoder = ImageReader::with_format(Cursor::new(bytes), format).into_decoder().ok()?;
        if decoder.icc_profile().ok()?.is_some_and(|profile| !is_srgb(&profile)) {
            return None;
        }
        let orientation = decoder.orientation().ok()?;
        let mut pixels = DynamicImage::from_decoder(decoder).ok()?;
        pixels.apply_orientation(orientation);
        Some(Self { pixels, is_drawing: format == Source::Png })
    }

    /// The image at a width, with its height in proportion; `quality` is from 1 to 100.
    pub(super) fn encode(&self, width: u32, format: ImageFormat, quality: u8) -> Option<Vec<u8>> {
        let (whole, high) = (u64::from(self.pixels.width()), u64::from(self.pixels.height()));
        let height = u32::try_from((high * u64::from(width) + whole / 2) / whole).ok()?.max(1);
        let resized;
        let pixels = if width == self.pixels.width() {
            &self.pixels
        } else {
            resized = self.pixels.resize_exact(width, height, FilterType::Lanczos3);
            &resized
        };
        let quality = f32::from(quality.clamp(1, 100));
        match format {
            ImageFormat::Webp => self.webp(pixels, quality),
            ImageFormat::Avif => avif(pixels, quality),
        }
    }

    /// A drawing is tried without loss as well: that is often smaller, and always sharper.
    fn webp(&self, pixels: &DynamicImage, quality: f32) -> Option<Vec<u8>> {
        let mut config = webp::WebPConfig::new().ok()?;
        config.quality = quality;
        config.use_sharp_yuv = 1;
        let lossy = webp(pixels, &config)?;
        if !self.is_drawing {
            return Some(lossy);
        }
        config.lossless = 1;
        config.quality = 75.0;
        let exact = webp(pixels, &config)?;
        Some(if exact.len() <= lossy.len() { exact } else { lossy })
    }
}

fn webp(pixels: &DynamicImage, config: &webp::WebPConfig) -> Option<Vec<u8>> {
    let (width, height) = (pixels.width(), pixels.height());
    let memory = if pixels.color().has_alpha() {
        webp::Encoder::from_rgba(&pixels.to_rgba8(), width, height).encode_advanced(config)
    } else {
        webp::Encoder::from_rgb(&pixels.to_rgb8(), width, height).encode_advanced(config)
    };
    memory.ok().map(|memory| memory.to_vec())
}

fn avif(pixels: &DynamicImage, quality: f32) -> Option<Vec<u8>> {
    let size = |length: u32| usize::try_from(length).ok();
    let (width, height) = (size(pixels.width())?, size(pixels.height())?);
    let colours: Vec<ravif::RGBA8> = pixels.to_rgba8().pixels().map(|pixel| pixel.0.into()).collect();
    let encoder = ravif::Encoder::new().with_quality(quality).with_alpha_quality(quality).with_speed(AVIF_SPEED).with_num_threads(Some(1));
    encoder.encode_rgba(ravif::Img::new(&colours, width, height)).ok().map(|image| image.avif_file)
}

fn format(bytes: &[u8]) -> Option<Source> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some(Source::Png),
        [0xff, 0xd8, 0xff, ..] => Some(Source::Jpeg),
        _ => None,
    }
}

/// Whether a colour profile calls itself sRGB, in ASCII or in UTF-16.
fn is_srgb(profile: &[u8]) -> bool {
    [b"sRGB".as_slice(), b"s\0R\0G\0B"].iter().any(|name| memchr::memmem::find(profile, name).is_some())
}
