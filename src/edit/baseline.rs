//! The baseline file: its text in, the file replaced whole out.

use crate::{error::Error, replace::replace};
use std::path::Path;

/// Writes a baseline where it differs from the old one; says whether it did.
///
/// # Errors
/// A file that cannot be written; the old one is as it was then.
pub fn write(place: &Path, before: Option<&str>, text: &str) -> Result<bool, Error> {
    if before == Some(text) {
        return Ok(false);
    }
    replace(place, text.as_bytes())?;
    Ok(true)
}
