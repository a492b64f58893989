//! The places of a word, two bytes each while the index of a large site is made.

/// A word in one section of one page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The page's position among those of the index.
    pub(super) page: u32,
    /// The section: 0 is the page's beginning, the others begin with a heading.
    pub(super) section: u16,
    /// How much the word counts there, 1 to 15; from 7 on it stands in the heading, or in the page's title.
    pub(super) weight: u8,
}

/// The section of a place that has two more bytes for it.
const FAR: u16 = 15;

/// Places by page and section: the distance between pages in sevens of bits, then a byte for section and weight.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Places {
    page: u32,
    pub(super) bytes: Vec<u8>,
}

impl Places {
    /// Adds a place, which comes after all others.
    pub(super) fn push(&mut self, place: Place) {
        let mut distance = place.page - self.page;
        self.page = place.page;
        while distance > 0x7f {
            self.bytes.push(0x80 | seven_bits(distance));
            distance >>= 7;
        }
        self.bytes.push(seven_bits(distance));
        let near = u8::try_from(place.section.min(FAR)).expect("it is at most 15");
        self.bytes.push(near << 4 | place.weight);
        if place.section >= FAR {
            self.bytes.extend(place.section.to_le_bytes());
        }
    }
}

/// The places that bytes hold, one after the other.
pub(super) fn of_bytes(bytes: &[u8]) -> impl Iterator<Item = Place> {
    let mut bytes = bytes.iter().copied();
    let mut page = 0;
    std::iter::from_fn(move || {
        let mut byte = bytes.next()?;
        let mut shift = 0;
        while byte > 0x7f {
            page += u32::from(byte & 0x7f) << shift;
            shift += 7;
            byte = bytes.next()?;
        }
        page += u32::from(byte) << shift;
        let packed = bytes.next()?;
        let section = match u16::from(packed >> 4) {
            FAR => u16::from_le_bytes([bytes.next()?, bytes.next()?]),
            near => near,
        };
        Some(Place { page, section, weight: packed & 15 })
    })
}

fn seven_bits(number: u32) -> u8 {
    u8::try_from(number & 0x7f).expect("seven bits fit into a byte")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_come_out_as_they_went_in() {
        let sections = [0, 1, 14, 15, 16, 300, u16::MAX];
        let pages = [0, 0, 1, 127, 128, 255, 16_384, 3_000_000];
        let all: Vec<Place> = pages
            .iter()
            .zip([0, 1].repeat(4))
            .flat_map(|(page, odd)| {
                sections.iter().skip(odd).map(move |section| Place { page: *page, section: *section, weight: 15 - u8::from(odd > 0) })
            })
            .collect();
        let mut places = Places::default();
        for place in &all {
            places.push(*place);
        }
        assert_eq!(of_bytes(&places.bytes).collect::<Vec<_>>(), all);
    }
}
