//! How a camera held a photograph: the orientation in a JPEG's Exif data, which browsers turn the picture by.

use std::io::{self, Read};

/// The marker of application data that Exif is kept in.
const APP1: u8 = 0xe1;
/// The marker that begins a scan: no header comes after it.
const SCAN: u8 = 0xda;
/// The tag of the orientation (Exif 2.32, section 4.6.4).
const ORIENTATION: u16 = 0x0112;

/// Whether a JPEG is shown with its width and height exchanged; false for anything else.
pub(super) fn lies_on_its_side(file: impl Read) -> bool {
    exif(file).ok().flatten().and_then(|exif| orientation(&exif)).is_some_and(|orientation| (5..=8).contains(&orientation))
}

/// The Exif data among the first segments of a JPEG.
fn exif(mut file: impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut start = [0; 2];
    file.read_exact(&mut start)?;
    if start != [0xff, 0xd8] {
        return Ok(None);
    }
    loop {
        let mut header = [0; 4];
        file.read_exact(&mut header)?;
        let [0xff, marker, high, low] = header else { return Ok(None) };
        let length = usize::from(u16::from_be_bytes([high, low])).saturating_sub(2);
        if marker == SCAN {
            return Ok(None);
        }
        let mut segment = vec![0; length];
        file.read_exact(&mut segment)?;
        if marker == APP1
            && let Some(exif) = segment.strip_prefix(b"Exif\0\0")
        {
            return Ok(Some(exif.to_vec()));
        }
    }
}

/// The orientation, 1 to 8, in the first directory of a TIFF structure.
fn orientation(tiff: &[u8]) -> Option<u16> {
    let little = match tiff.get(..4)? {
        [b'I', b'I', 42, 0] => true,
        [b'M', b'M', 0, 42] => false,
        _ => return None,
    };
    let short = |at: usize| -> Option<u16> {
        let bytes = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let long = |at: usize| -> Option<u32> {
        let bytes = tiff.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    };
    let directory = usize::try_from(long(4)?).ok()?;
    let entries = usize::from(short(directory)?);
    let mut places = (0..entries).map(|entry| directory + 2 + entry * 12);
    let place = places.find(|place| short(*place) == Some(ORIENTATION))?;
    short(place + 8)
}

#[cfg(test)]
mod tests {
    use super::lies_on_its_side;

    /// A JPEG's beginning: a segment of no interest, then Exif with one entry.
    fn photograph(orientation: u8, little: bool) -> Vec<u8> {
        let tiff: Vec<u8> = if little {
            [b"II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".as_slice(), &[orientation, 0, 0, 0]].concat()
        } else {
            [b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01".as_slice(), &[0, orientation, 0, 0]].concat()
        };
        let length = u8::try_from(tiff.len() + 8).expect("it is short");
        [b"\xff\xd8\xff\xe0\0\x04JF\xff\xe1\0".as_slice(), &[length], b"Exif\0\0", &tiff].concat()
    }

    #[test]
    fn a_camera_held_upright_exchanges_width_and_height() {
        let turned = |orientation| [true, false].map(|little| lies_on_its_side(photograph(orientation, little).as_slice()));
        assert_eq!((turned(1), turned(3), turned(6), turned(8)), ([false; 2], [false; 2], [true; 2], [true; 2]));
    }

    #[test]
    fn what_is_cut_off_or_no_photograph_stands_as_it_is() {
        let whole = photograph(6, true);
        assert!((0..whole.len()).all(|length| !lies_on_its_side(&whole[..length])), "no part of it is enough");
        assert!(!lies_on_its_side(b"\x89PNG\r\n\x1a\n".as_slice()));
    }
}
