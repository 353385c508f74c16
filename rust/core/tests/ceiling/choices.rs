//! Sources of a random run's choices.

/// Where a run's choices come from: a generator, or bytes that proptest can shrink.
pub(crate) trait Choices {
    /// A number below `n`.
    fn below(&mut self, n: u64) -> u64;

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    /// One of `usual`, but once in sixteen one of `odd`.
    fn mostly<T: Copy>(&mut self, usual: &[T], odd: &[T]) -> T {
        if self.below(16) == 15 { self.pick(odd) } else { self.pick(usual) }
    }
}

pub(crate) struct Generator(pub(crate) u64);

impl Choices for Generator {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (x ^ (x >> 31)) % n
    }
}

pub(crate) struct Bytes<'a>(pub(crate) std::slice::Iter<'a, u8>);

impl Choices for Bytes<'_> {
    fn below(&mut self, n: u64) -> u64 {
        u64::from(self.0.next().copied().unwrap_or(0)) % n
    }
}
