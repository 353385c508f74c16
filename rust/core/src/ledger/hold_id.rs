//! Names of reservations.

use std::fmt;

/// Names a reservation. The number is only valid in its ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HoldId(u64);

const SHARD_BITS: u32 = 8;
pub(super) const SLOT_BITS: u32 = 24;

impl HoldId {
    pub(super) fn new(shard: u32, slot: u32, generation: u32) -> Self {
        let high = u64::from(generation) << (SHARD_BITS + SLOT_BITS);
        Self(high | u64::from(slot) << SHARD_BITS | u64::from(shard))
    }

    pub(super) fn parts(self) -> (u32, u32, u32) {
        let shard = self.0 as u32 & ((1 << SHARD_BITS) - 1);
        let slot = (self.0 >> SHARD_BITS) as u32 & ((1 << SLOT_BITS) - 1);
        (shard, slot, (self.0 >> (SHARD_BITS + SLOT_BITS)) as u32)
    }

    /// The number, for storage.
    pub fn to_bits(self) -> u64 {
        self.0
    }

    /// The id with a number. Settling an id that was never given does nothing.
    pub fn from_bits(bits: u64) -> Self {
        Self(bits)
    }
}

impl fmt::Display for HoldId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}
