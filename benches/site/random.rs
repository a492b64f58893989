//! A purpose and a number in, a stream of numbers out that is the same on every machine.

/// Changing it changes every tree: figures of different seeds do not compare.
const SEED: u64 = 20_260_701;

/// `SplitMix64`: a few lines that give the same numbers everywhere and for ever.
pub(crate) struct Random(u64);

impl Random {
    /// A stream of its own for each purpose and page, so that a page does not depend on those before it.
    pub(crate) fn of(purpose: &str, page: usize) -> Self {
        let mut random =
            Self(purpose.bytes().fold(SEED, |seed, byte| seed.wrapping_mul(0x0100_0000_01b3) ^ u64::from(byte)) ^ ((page as u64) << 20));
        random.next();
        random
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, which is far below 2^32.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (((self.next() >> 32) * bound as u64) >> 32) as usize
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}
