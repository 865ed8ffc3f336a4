//! Random numbers of a seed: a run that fails can be repeated with its own.

/// `SplitMix64`: small, good enough to shuffle tests, and the same everywhere.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The numbers of this seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from `low` to below `high`.
    pub const fn within(&mut self, low: u64, high: u64) -> u64 {
        low + self.bits() % (high - low)
    }

    /// A whole number from `low` to below `high`.
    pub fn whole(&mut self, low: i64, high: i64) -> i64 {
        let steps = u64::try_from(high - low).expect("bounds in order");
        low + i64::try_from(self.within(0, steps)).expect("less than the bounds")
    }

    /// A number from `low` to below `high`, in eighths.
    pub fn number(&mut self, low: i32, high: i32) -> f64 {
        let eighths = self.whole(i64::from(low) * 8, i64::from(high) * 8);
        f64::from(i32::try_from(eighths).expect("a small number")) / 8.0
    }

    /// A place in a list of that length, which is not 0.
    pub fn place(&mut self, length: usize) -> usize {
        usize::try_from(self.within(0, length as u64)).expect("less than a length")
    }

    /// Yes, in that many of a hundred cases.
    pub const fn percent(&mut self, chance: u64) -> bool {
        self.within(0, 100) < chance
    }

    /// One of these.
    pub fn one_of<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.place(choices.len())]
    }
}
