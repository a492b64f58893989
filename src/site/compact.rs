//! Texts of pages in a third of their memory, until they are asked for. The only user of `lz4_flex`.

use serde::{Deserialize, Serialize};

/// A text in the LZ4 block format: <https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md>.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compact(#[serde(with = "crate::one_piece")] Box<[u8]>);

/// How many bytes of text a byte can stand for.
const MOST: usize = 255;

impl Compact {
    pub(crate) fn new(text: &str) -> Self {
        // A new block of its own size: what it was made in has room for text that cannot be compressed.
        Self(lz4_flex::block::compress_prepend_size(text.as_bytes()).as_slice().into())
    }

    /// The text; none if what a file held was damaged.
    pub(crate) fn text(&self) -> Option<String> {
        let (length, _) = lz4_flex::block::uncompressed_size(&self.0).ok()?;
        if length > self.0.len() * MOST {
            return None;
        }
        String::from_utf8(lz4_flex::block::decompress_size_prepended(&self.0).ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back_as_they_were() {
        for text in ["", "a", &"<p>安装 and more</p>\n".repeat(1000)] {
            assert_eq!(Compact::new(text).text().as_deref(), Some(text));
        }
        assert_eq!(Compact([u8::MAX; 9].into()).text(), None);
        assert!(Compact::new(&"<li>more</li>\n".repeat(1000)).0.len() < 1000);
    }
}
