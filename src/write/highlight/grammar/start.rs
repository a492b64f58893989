//! Where a pattern of a grammar can match at all: the bytes that may be at the first two places of a match and before it, and whether
//! a word begins or ends there. What cannot be told is allowed, so that no match is ever lost.

use super::pattern::{Part, Set};

/// The bytes that may be at a place of a line, or that it is beyond the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    bytes: [u64; 4],
    is_beyond: bool,
}

impl Place {
    const ANY: Self = Self { bytes: [u64::MAX; 4], is_beyond: true };
    const NONE: Self = Self { bytes: [0; 4], is_beyond: false };
    /// The bytes of characters that are not ASCII.
    const NOT_ASCII: Self = Self { bytes: [0, 0, u64::MAX, u64::MAX], is_beyond: false };
    /// What a line is between.
    const BEYOND: Self = Self { bytes: [0; 4], is_beyond: true };
    const LINE_END: Self = Self { bytes: [1 << b'\n', 0, 0, 0], is_beyond: true };

    /// The bytes of the characters that are ASCII.
    fn ascii(set: Set) -> Self {
        let bytes = set.ascii.to_le_bytes();
        let half = |from: usize| (0..8).fold(0, |half, byte| half | u64::from(bytes[from + byte]) << (8 * byte));
        Self { bytes: [half(0), half(8), 0, 0], is_beyond: false }
    }

    fn or(self, other: Self) -> Self {
        Self { bytes: std::array::from_fn(|i| self.bytes[i] | other.bytes[i]), is_beyond: self.is_beyond || other.is_beyond }
    }

    fn and(self, other: Self) -> Self {
        Self { bytes: std::array::from_fn(|i| self.bytes[i] & other.bytes[i]), is_beyond: self.is_beyond && other.is_beyond }
    }

    fn has(&self, byte: Option<u8>) -> bool {
        byte.map_or(self.is_beyond, |byte| self.bytes[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1)
    }
}

/// The first two places of a match.
type Places = [Place; 2];

const ANYTHING: Places = [Place::ANY; 2];

fn or(a: Places, b: Places) -> Places {
    [a[0].or(b[0]), a[1].or(b[1])]
}

/// Where a pattern can match.
#[derive(Debug)]
pub(super) struct Start {
    places: Places,
    anchor: Anchor,
}

/// What is before a match.
#[derive(Clone, Copy, Debug)]
struct Anchor {
    before: Place,
    /// Whether a word begins or ends there.
    is_boundary: bool,
}

impl Start {
    /// That of a pattern.
    pub(super) fn of(pattern: &str) -> Self {
        let part = Part::read(pattern);
        Self { places: places(&part, ANYTHING, &mut 0), anchor: anchor(&part) }
    }

    /// Whether a match can begin with this byte, or at the end of the line.
    pub(super) fn has_first(&self, byte: Option<u8>) -> bool {
        self.places[0].has(byte)
    }

    /// Whether a match can begin at this place, the first byte of which it can begin with.
    pub(super) fn can_be_at(&self, line: &[u8], at: usize) -> bool {
        (at == line.len() || self.places[1].has(line.get(at + 1).copied()))
            && self.anchor.before.has(at.checked_sub(1).map(|at| line[at]))
            && (!self.anchor.is_boundary || can_be_boundary(line, at))
    }
}

/// Whether a word can begin or end here: characters that are not ASCII may be of words or not.
fn can_be_boundary(line: &[u8], at: usize) -> bool {
    let (before, here) = (at.checked_sub(1).map(|at| line[at]), line.get(at).copied());
    let is_word = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_word(before) != is_word(here) || [before, here].into_iter().flatten().any(|byte| !byte.is_ascii())
}

/// How many parts are looked at before the rest counts as not known: nested repetitions look at theirs again and again.
const STEPS: usize = 4_000;

/// The first places of a part before what has the places of `rest`.
fn places(part: &Part, rest: Places, steps: &mut usize) -> Places {
    *steps += 1;
    if *steps > STEPS {
        return ANYTHING;
    }
    match part {
        Part::Set(set) => match (set.ascii != 0, set.others) {
            (true, false) => [Place::ascii(*set), rest[0]],
            (false, true) => [Place::NOT_ASCII; 2],
            (false, false) => [Place::NONE; 2],
            (true, true) => or([Place::ascii(*set), rest[0]], [Place::NOT_ASCII; 2]),
        },
        Part::Unknown => ANYTHING,
        Part::Nothing | Part::Boundary | Part::LineStart | Part::Behind(_) | Part::NotBehind(_) => rest,
        Part::LineEnd => [rest[0].and(Place::LINE_END), rest[1]],
        Part::Ahead(part) => {
            let ahead = places(part, ANYTHING, steps);
            [rest[0].and(ahead[0]), rest[1].and(ahead[1])]
        }
        Part::Sequence(parts) => {
            // Those behind the first two bytes say nothing.
            let mut length = 0;
            let second = parts.iter().position(|part| {
                length += least(part);
                length >= 2
            });
            let (parts, rest) = second.map_or((&parts[..], rest), |second| (&parts[..=second], ANYTHING));
            parts.iter().rev().fold(rest, |rest, part| places(part, rest, steps))
        }
        Part::Alternatives(parts) => parts.iter().map(|part| places(part, rest, steps)).reduce(or).unwrap_or(rest),
        Part::Repeat { part, is_optional, is_many } => {
            // Two places need no more than two rounds.
            let mut repeated = places(part, rest, steps);
            if *is_many && least(part) < 2 {
                repeated = places(part, or(rest, repeated), steps);
            }
            if *is_optional { or(rest, repeated) } else { repeated }
        }
    }
}

/// How many bytes a part takes at least; a character that is not ASCII counts as one.
fn least(part: &Part) -> usize {
    match part {
        Part::Set(_) => 1,
        Part::Sequence(parts) => parts.iter().map(least).sum(),
        Part::Alternatives(parts) => parts.iter().map(least).min().unwrap_or_default(),
        Part::Repeat { part, is_optional: false, .. } => least(part),
        _ => 0,
    }
}

/// What is before a match of a part.
fn anchor(part: &Part) -> Anchor {
    const ANYWHERE: Anchor = Anchor { before: Place::ANY, is_boundary: false };
    match part {
        Part::LineStart => Anchor { before: Place::BEYOND, ..ANYWHERE },
        Part::Behind(part) => Anchor { before: last(part), ..ANYWHERE },
        Part::NotBehind(part) => Anchor { before: not_last(part), ..ANYWHERE },
        Part::Boundary => Anchor { is_boundary: true, ..ANYWHERE },
        Part::Ahead(part) | Part::Repeat { part, is_optional: false, .. } => anchor(part),
        Part::Sequence(parts) => {
            let first = parts.iter().position(|part| !is_empty(part)).map_or(parts.len(), |first| first + 1);
            parts[..first]
                .iter()
                .map(anchor)
                .fold(ANYWHERE, |a, b| Anchor { before: a.before.and(b.before), is_boundary: a.is_boundary || b.is_boundary })
        }
        Part::Alternatives(parts) => parts
            .iter()
            .map(anchor)
            .reduce(|a, b| Anchor { before: a.before.or(b.before), is_boundary: a.is_boundary && b.is_boundary })
            .unwrap_or(ANYWHERE),
        _ => ANYWHERE,
    }
}

/// Whether a part never takes text.
fn is_empty(part: &Part) -> bool {
    match part {
        Part::Set(_) | Part::Unknown | Part::Repeat { .. } => false,
        Part::Sequence(parts) | Part::Alternatives(parts) => parts.iter().all(is_empty),
        _ => true,
    }
}

/// The last byte of what a part takes, or what is before it.
fn last(part: &Part) -> Place {
    match part {
        Part::Set(set) if set.others => Place::ascii(*set).or(Place::NOT_ASCII),
        Part::Set(set) => Place::ascii(*set),
        Part::LineStart => Place::BEYOND,
        Part::Sequence(parts) => parts.last().map_or(Place::ANY, last),
        Part::Alternatives(parts) => parts.iter().map(last).reduce(Place::or).unwrap_or(Place::ANY),
        Part::Repeat { part, is_optional: false, .. } => last(part),
        _ => Place::ANY,
    }
}

/// All but the single characters that a part takes.
fn not_last(part: &Part) -> Place {
    match part {
        Part::Set(set) if set.is_exact => Place::ascii(Set { ascii: !set.ascii, ..*set }).or(Place::NOT_ASCII).or(Place::BEYOND),
        Part::Sequence(parts) if parts.len() == 1 => not_last(&parts[0]),
        Part::Alternatives(parts) => parts.iter().map(not_last).reduce(Place::and).unwrap_or(Place::ANY),
        _ => Place::ANY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The places of a line where a pattern can match.
    fn starts(pattern: &str, line: &str) -> Vec<usize> {
        let start = Start::of(pattern);
        let can_be = |at: &usize| start.has_first(line.as_bytes().get(*at).copied()) && start.can_be_at(line.as_bytes(), *at);
        (0..=line.len()).filter(can_be).collect()
    }

    #[test]
    fn places_without_a_match_are_left_out() {
        for (pattern, line, places) in [
            ("if", "if elif i", &[0, 5][..]),
            ("(?i)if", "IF", &[0]),
            (r"\bif\b", "if elif", &[0]),
            (r"\b(?:if|of)\b", "xof of", &[4]),
            ("^ab", "abab", &[0]),
            ("a?b", "ab b", &[0, 1, 3]),
            ("a*b", "aab", &[0, 1, 2]),
            ("(?:xy)+z", "xyz", &[0]),
            ("[a-c]{2}", "abd", &[0, 1]),
            ("[^a-z]", "a1b", &[1]),
            ("[[:digit:]_]+x", "1x_", &[0]),
            ("(?=ab)[a-z]", "ab ac", &[0]),
            ("(?<=a)b", "bab", &[2]),
            ("(?<=a|^)b", "bab", &[0, 2]),
            ("(?<![a-z])b", "bab b", &[0, 4]),
            ("a$", "a a\n", &[2]),
            ("(?x) a # b\n b", "ab a b", &[0]),
            ("a(?i)b|c", "aB ab c", &[0, 3]),
            ("a{2,0}b", "b ab", &[0, 2, 3]),
            (r"\p{Lu}x", "ax Ax", &[3]),
            ("(?#a)b", "ab", &[1]),
            (r"\$\{", "$ ${", &[2]),
            ("", "ab", &[0, 1, 2]),
        ] {
            assert_eq!(starts(pattern, line), places, "{pattern} in {line}");
        }
    }

    #[test]
    fn what_is_not_known_can_be_anywhere() {
        for pattern in [r"\1a", r"\Ga", "(?~a)", "a{,2}?", r"[a&&[^b]]?", "(a", "a)", "[a", "(*FAIL)", r"\k<name>"] {
            assert_eq!(starts(pattern, "xy"), [0, 1, 2], "{pattern}");
        }
    }
}
