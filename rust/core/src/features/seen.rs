//! Which hashes were seen before, for a bounded number of them.

const BITS: usize = 8192;

/// A set of hashes by one bit each. Two hashes may share a bit, which makes text look slightly more repetitive.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    bits: [u64; BITS / 64],
}

impl Seen {
    /// How many hashes are entered at most: at eight bits each, about one in sixteen of the last shares its bit.
    pub(super) const LIMIT: usize = 1024;

    pub(super) fn new() -> Self {
        Self { bits: [0; BITS / 64] }
    }

    /// Whether the hash is new; it is entered.
    #[inline]
    pub(super) fn is_new(&mut self, hash: u32) -> bool {
        let word = &mut self.bits[hash as usize / 64 % (BITS / 64)];
        let bit = 1 << (hash % 64);
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    /// Takes the given hashes out again: cheaper than clearing everything after a short text.
    pub(super) fn forget(&mut self, hashes: &[u32]) {
        for &hash in hashes.iter().take(Self::LIMIT) {
            self.bits[hash as usize / 64 % (BITS / 64)] = 0;
        }
    }
}
