//! Patterns of grammars, read as far as they tell where a match can begin. They are those of Oniguruma:
//! <https://github.com/kkos/oniguruma/blob/master/doc/RE>.

use std::mem;

/// Characters: which of ASCII, and whether any other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Set {
    pub(super) ascii: u128,
    pub(super) others: bool,
    /// Whether it has all of ASCII that it says: only then can it be negated.
    pub(super) is_exact: bool,
}

impl Set {
    const ALL: Self = Self { ascii: u128::MAX, others: true, is_exact: false };
    const NONE: Self = Self { ascii: 0, others: false, is_exact: true };

    const fn of(ascii: u128, others: bool) -> Self {
        Self { ascii, others, is_exact: true }
    }

    /// The character that begins with a byte.
    fn character(byte: u8) -> Self {
        if byte.is_ascii() { Self { ascii: 1 << byte, ..Self::NONE } } else { Self { others: true, ..Self::NONE } }
    }

    /// The only character of a set, if it is ASCII.
    fn only(self) -> Option<u8> {
        let is_one = self.is_exact && !self.others && self.ascii.is_power_of_two();
        u8::try_from(self.ascii.trailing_zeros()).ok().filter(|_| is_one)
    }

    fn or(self, other: Self) -> Self {
        Self { ascii: self.ascii | other.ascii, others: self.others || other.others, is_exact: self.is_exact && other.is_exact }
    }

    fn not(self) -> Self {
        if self.is_exact { Self { ascii: !self.ascii, others: true, is_exact: true } } else { Self::ALL }
    }

    /// With the other case of its letters, which some characters that are not ASCII have too.
    fn any_case(self) -> Self {
        const BETWEEN: u8 = b'a' - b'A';
        let (upper, lower) = (self.ascii & UPPER, self.ascii & LOWER);
        Self { ascii: self.ascii | upper << BETWEEN | lower >> BETWEEN, others: self.others || upper | lower != 0, ..self }
    }
}

/// From one character of ASCII to another.
const fn range(from: u8, to: u8) -> u128 {
    if from > to { 0 } else { (u128::MAX >> (127 - to)) & (u128::MAX << from) }
}

const DIGIT: u128 = range(b'0', b'9');
const UPPER: u128 = range(b'A', b'Z');
const LOWER: u128 = range(b'a', b'z');
const LETTER: u128 = UPPER | LOWER;
const WORD: u128 = LETTER | DIGIT | 1 << b'_';
const HEXADECIMAL: u128 = DIGIT | range(b'A', b'F') | range(b'a', b'f');
const BLANK: u128 = 1 << b' ' | 1 << b'\t';
const SPACE: u128 = BLANK | range(b'\n', b'\r');

/// A part of a pattern.
#[derive(Debug)]
pub(super) enum Part {
    Set(Set),
    /// Any text, or none.
    Unknown,
    /// Takes no text and says nothing.
    Nothing,
    LineStart,
    LineEnd,
    Boundary,
    Ahead(Box<Part>),
    Behind(Box<Part>),
    NotBehind(Box<Part>),
    Sequence(Vec<Part>),
    Alternatives(Vec<Part>),
    Repeat {
        part: Box<Part>,
        is_optional: bool,
        is_many: bool,
    },
}

impl Part {
    /// A whole pattern; one that has what is not known here is not known.
    pub(super) fn read(pattern: &str) -> Self {
        let mut reader = Reader { text: pattern.as_bytes(), at: 0, depth: 0 };
        let part = reader.alternatives(Flags::default());
        part.filter(|_| reader.at == pattern.len()).unwrap_or(Self::Unknown)
    }
}

/// What holds in a group.
#[derive(Clone, Copy, Default)]
struct Flags {
    any_case: bool,
    /// White space and comments are none of the pattern.
    extended: bool,
    dot_takes_line_ends: bool,
}

/// How deep groups and classes can be within each other.
const DEEPEST: usize = 100;

/// Reads a pattern; none where it has what is not known.
struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    /// Goes behind this text, if it is here.
    fn take(&mut self, text: &str) -> bool {
        let is_here = self.text[self.at..].starts_with(text.as_bytes());
        self.at += if is_here { text.len() } else { 0 };
        is_here
    }

    fn take_while(&mut self, is_taken: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&is_taken) {
            self.at += 1;
        }
    }

    /// The text to the next such byte, which is taken as well.
    fn until(&mut self, end: u8) -> Option<&[u8]> {
        let length = self.text[self.at..].iter().position(|byte| *byte == end)?;
        let from = self.at;
        self.at += length + 1;
        Some(&self.text[from..from + length])
    }

    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.depth += 1;
        let read = (self.depth <= DEEPEST).then(|| inner(self))?;
        self.depth -= 1;
        read
    }

    /// Alternatives to the end of the group, or of the pattern.
    fn alternatives(&mut self, flags: Flags) -> Option<Part> {
        let mut alternatives = Vec::new();
        let mut sequence: Vec<Part> = Vec::new();
        loop {
            match self.peek() {
                None | Some(b')') => break,
                Some(b'|') => {
                    self.at += 1;
                    alternatives.push(Part::Sequence(mem::take(&mut sequence)));
                }
                Some(byte) if flags.extended && byte.is_ascii_whitespace() => self.at += 1,
                Some(b'#') if flags.extended => self.take_while(|byte| byte != b'\n'),
                Some(quantifier @ (b'*' | b'+' | b'?')) => {
                    self.at += 1;
                    // Greedy, lazy and possessive ones begin alike.
                    let _ = self.take("?") || self.take("+");
                    let part = Box::new(sequence.pop()?);
                    sequence.push(Part::Repeat { part, is_optional: quantifier != b'+', is_many: quantifier != b'?' });
                }
                Some(b'{') => {
                    if let Some(is_optional) = self.interval() {
                        let part = Box::new(sequence.pop()?);
                        sequence.push(Part::Repeat { part, is_optional, is_many: true });
                    } else {
                        self.at += 1;
                        sequence.push(Part::Set(Set::character(b'{')));
                    }
                }
                Some(_) => sequence.push(self.deeper(|reader| reader.item(flags))?),
            }
        }
        let last = Part::Sequence(sequence);
        Some(if alternatives.is_empty() {
            last
        } else {
            alternatives.push(last);
            Part::Alternatives(alternatives)
        })
    }

    /// Takes `{n,m}`, the greater number of which may come first, and says whether it allows none.
    fn interval(&mut self) -> Option<bool> {
        let from = self.at + 1;
        let length = self.text[from..].iter().position(|byte| *byte == b'}')?;
        let inner = &self.text[from..from + length];
        let is_interval = inner.iter().any(u8::is_ascii_digit) && inner.iter().all(|byte| byte.is_ascii_digit() || *byte == b',');
        if !is_interval {
            return None;
        }
        self.at = from + length + 1;
        let is_zero = |number: &[u8]| !number.is_empty() && number.iter().all(|digit| *digit == b'0');
        // A question mark behind it makes the whole optional, other than behind the short quantifiers.
        Some(inner.starts_with(b",") || inner.split(|byte| *byte == b',').any(is_zero) || self.take("?"))
    }

    fn item(&mut self, flags: Flags) -> Option<Part> {
        Some(match self.next()? {
            b'(' => return self.group(flags),
            b'[' => Part::Set(self.class(flags)?),
            b'.' if flags.dot_takes_line_ends => Part::Set(Set::of(u128::MAX, true)),
            b'.' => Part::Set(Set::of(!(1 << b'\n'), true)),
            b'^' => Part::LineStart,
            b'$' => Part::LineEnd,
            b'\\' => return self.escape(flags),
            // One that is not ASCII can fold to several that are.
            byte if flags.any_case && !byte.is_ascii() => return None,
            byte if flags.any_case => Part::Set(Set::character(byte).any_case()),
            byte => Part::Set(self.character(byte)),
        })
    }

    /// The character that begins with a byte, which is behind.
    fn character(&mut self, byte: u8) -> Set {
        if !byte.is_ascii() {
            self.take_while(|byte| byte & 0xc0 == 0x80);
        }
        Set::character(byte)
    }

    /// What is between a parenthesis, which is behind, and the one that ends it.
    fn group(&mut self, mut flags: Flags) -> Option<Part> {
        let mut around: fn(Box<Part>) -> Part = |part| *part;
        if self.take("?=") {
            around = Part::Ahead;
        } else if self.take("?!") {
            around = |_| Part::Nothing;
        } else if self.take("?<=") {
            around = Part::Behind;
        } else if self.take("?<!") {
            around = Part::NotBehind;
        } else if self.take("?#") {
            return self.until(b')').map(|_| Part::Nothing);
        } else if self.take("?<") {
            self.until(b'>')?;
        } else if self.take("?:") || self.take("?>") {
        } else if self.take("?") {
            let mut is_on = true;
            loop {
                match self.next()? {
                    b'-' => is_on = false,
                    b'i' => flags.any_case = is_on,
                    b'x' => flags.extended = is_on,
                    b'm' => flags.dot_takes_line_ends = is_on,
                    b':' => break,
                    // For the rest of the group around it, the end of which is left to that.
                    b')' => return self.alternatives(flags),
                    _ => return None,
                }
            }
        } else if self.peek() == Some(b'*') {
            return None;
        }
        let inner = self.alternatives(flags)?;
        self.take(")").then(|| around(Box::new(inner)))
    }

    /// What follows a backslash outside of a class.
    fn escape(&mut self, flags: Flags) -> Option<Part> {
        let part = match self.peek()? {
            b'b' => Part::Boundary,
            b'B' => Part::Nothing,
            b'A' => Part::LineStart,
            b'z' | b'Z' => Part::LineEnd,
            b'k' | b'g' => {
                self.until(b'>')?;
                return Some(Part::Unknown);
            }
            b'1'..=b'9' => {
                self.take_while(|byte| byte.is_ascii_digit());
                return Some(Part::Unknown);
            }
            _ => {
                let set = self.escaped()?;
                return Some(Part::Set(if flags.any_case { set.any_case() } else { set }));
            }
        };
        self.at += 1;
        Some(part)
    }

    /// The characters of what follows a backslash, in a class or not.
    fn escaped(&mut self) -> Option<Set> {
        Some(match self.next()? {
            b'w' => Set::of(WORD, true),
            b'W' => Set::of(!WORD, true),
            b'd' => Set::of(DIGIT, true),
            b'D' => Set::of(!DIGIT, true),
            b's' => Set::of(SPACE, true),
            b'S' => Set::of(!SPACE, true),
            b'h' => Set::of(HEXADECIMAL, false),
            b'H' => Set::of(!HEXADECIMAL, true),
            b'n' => Set::character(b'\n'),
            b't' => Set::character(b'\t'),
            b'r' => Set::character(b'\r'),
            b'f' => Set::character(0x0c),
            b'v' => Set::character(0x0b),
            b'a' => Set::character(0x07),
            b'e' => Set::character(0x1b),
            b'p' if self.take("{") => property(self.until(b'}')?),
            b'P' | b'x' if self.take("{") => {
                self.until(b'}')?;
                Set::ALL
            }
            b'x' | b'u' => {
                self.take_while(|byte| byte.is_ascii_hexdigit());
                Set::ALL
            }
            byte if byte.is_ascii_alphanumeric() || !byte.is_ascii() => return None,
            byte => Set::character(byte),
        })
    }

    /// The characters of a class, the bracket of which is behind.
    fn class(&mut self, flags: Flags) -> Option<Set> {
        let is_negated = self.take("^");
        let mut set = Set::NONE;
        let mut is_first = true;
        loop {
            let part = match self.next()? {
                b']' if !is_first => break,
                b'[' if self.take(":") => posix(self.until(b']')?),
                b'[' => self.deeper(|reader| reader.class(flags))?,
                // What both of two classes have.
                b'&' if self.peek() == Some(b'&') => Set::ALL,
                b'\\' => self.escaped_in_class()?,
                byte => self.character(byte),
            };
            is_first = false;
            set = set.or(part);
            let is_range = self.peek() == Some(b'-') && self.text.get(self.at + 1) != Some(&b']');
            if let Some(from) = part.only().filter(|_| is_range) {
                self.at += 1;
                let to = match self.next()? {
                    b'\\' => self.escaped_in_class()?,
                    b'[' => return None,
                    byte => self.character(byte),
                };
                set = set.or(to.only().map_or(Set::ALL, |to| Set::of(range(from, to), false)));
            }
        }
        if flags.any_case {
            // Which case the others of a negated one have is not known.
            return Some(if is_negated { Set::ALL } else { set.any_case() });
        }
        Some(if is_negated { set.not() } else { set })
    }

    fn escaped_in_class(&mut self) -> Option<Set> {
        if self.take("b") {
            return Some(Set::character(0x08));
        }
        if self.peek()?.is_ascii_digit() {
            self.take_while(|byte| byte.is_ascii_digit());
            return Some(Set::ALL);
        }
        self.escaped()
    }
}

/// The characters of a Unicode property, as far as they matter.
fn property(name: &[u8]) -> Set {
    match name {
        b"L" => Set::of(LETTER, true),
        b"Lu" => Set::of(UPPER, true),
        b"Ll" => Set::of(LOWER, true),
        b"N" | b"Nd" => Set::of(DIGIT, true),
        _ => Set::ALL,
    }
}

/// The characters of a POSIX bracket, such as `alpha:`.
fn posix(name: &[u8]) -> Set {
    match name {
        b"alpha:" => Set::of(LETTER, true),
        b"alnum:" => Set::of(LETTER | DIGIT, true),
        b"digit:" => Set::of(DIGIT, true),
        b"xdigit:" => Set::of(HEXADECIMAL, true),
        b"upper:" => Set::of(UPPER, true),
        b"lower:" => Set::of(LOWER, true),
        b"space:" => Set::of(SPACE, true),
        b"blank:" => Set::of(BLANK, true),
        b"word:" => Set::of(WORD, true),
        _ => Set::ALL,
    }
}
