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

    /// How many of the hashes (at most [`Seen::LIMIT`]) differ from all before them. The set is empty again afterwards.
    pub(super) fn count_new(&mut self, hashes: &[u32]) -> u32 {
        let mut new = 0;
        for &hash in hashes {
            let word = &mut self.bits[hash as usize / 64 % (BITS / 64)];
            new += u32::from(*word >> (hash % 64) & 1 == 0);
            *word |= 1 << (hash % 64);
        }
        // A short text clears only what it has set.
        if hashes.len() > BITS / 64 {
            self.bits.fill(0);
        } else {
            for &hash in hashes {
                self.bits[hash as usize / 64 % (BITS / 64)] = 0;
            }
        }
        new
    }
}
