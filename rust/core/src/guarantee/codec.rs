//! A watch as an artifact, so that its guarantee outlives the process.

use super::betting::{Betting, Side};
use super::units::{Range, Target};
use super::watch::{MAX_GROUPS, Watch};
use crate::Result;
use crate::artifact::bytes::{Bytes, put_f64, put_u32, put_u64};
use crate::artifact::{Reader, Writer};

/// The largest watch that is read, in bytes.
pub const MOST_BYTES: usize = 1 << 24;
/// Names the layout in the place of a feature schema.
const SCHEMA: u64 = u64::from_le_bytes(*b"watch  1");
/// A gambler's sixteen parts, scale, two peaks and count.
const GAMBLER: usize = 20 * 8;

impl Watch {
    /// Writes the watch as an artifact; wealth is exact to the last bit.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut target = Vec::new();
        let Target { max_loss, confidence, range } = self.target;
        for x in [max_loss, confidence, range.low(), range.high()] {
            put_f64(&mut target, x);
        }
        let mut counts = Vec::new();
        for x in [self.units, self.repeated, self.left_out] {
            put_u64(&mut counts, x);
        }
        let mut wealth = Vec::new();
        put_u32(&mut wealth, self.below.len() as u32);
        for (below, above) in self.below.iter().zip(&self.above) {
            below.write(&mut wealth);
            above.write(&mut wealth);
        }
        let mut groups = Vec::new();
        put_u32(&mut groups, self.groups.len() as u32);
        for &group in &self.groups {
            put_u64(&mut groups, group);
        }
        let mut writer = Writer::new(SCHEMA);
        writer.section("target", target);
        writer.section("counts", counts);
        writer.section("wealth", wealth);
        writer.section("groups", groups);
        writer.finish()
    }

    /// Reads a watch. A checksum is no signature: whoever can write the file can forge a guarantee.
    ///
    /// # Errors
    /// [`crate::Error::Artifact`] when it is damaged, larger than [`MOST_BYTES`], of another version, or has numbers
    /// that no watch can have.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let reader = Reader::within(bytes, SCHEMA, MOST_BYTES)?;
        let mut numbers = Bytes::new("target", reader.section("target")?.bytes());
        let (max_loss, confidence) = (numbers.f64()?, numbers.f64()?);
        let (low, high) = (numbers.f64()?, numbers.f64()?);
        let target = Range::new(low, high).and_then(|range| Target::new(max_loss, confidence, range));
        let target = target.map_err(|error| numbers.refused(&error.to_string()))?;
        numbers.end()?;
        let mut counts = Bytes::new("counts", reader.section("counts")?.bytes());
        let (units, repeated, left_out) = (counts.u64()?, counts.u64()?, counts.u64()?);
        counts.end()?;
        let mut wealth = Bytes::new("wealth", reader.section("wealth")?.bytes());
        let candidates = wealth.count(2 * GAMBLER, 4_096)?;
        let mut watch = Self::new(candidates, target).map_err(|e| wealth.refused(&e.to_string()))?;
        let limit = target.range.to_unit(target.max_loss);
        for (below, above) in watch.below.iter_mut().zip(&mut watch.above) {
            *below = Betting::read(limit, Side::Below, &mut wealth)?;
            *above = Betting::read(limit, Side::Above, &mut wealth)?;
            if below.count() != units || above.count() != units {
                return Err(wealth.refused("a candidate that has not seen every unit"));
            }
        }
        wealth.end()?;
        let mut groups = Bytes::new("groups", reader.section("groups")?.bytes());
        for _ in 0..groups.count(8, MAX_GROUPS)? {
            let group = groups.u64()?;
            if watch.groups.last().is_some_and(|&before| before >= group) {
                return Err(groups.refused("groups out of order"));
            }
            watch.groups.insert(group);
        }
        groups.end()?;
        if watch.groups.len() as u64 > units {
            return Err(groups.refused("more groups than units"));
        }
        Ok(Self { units, repeated, left_out, ..watch })
    }
}

#[cfg(test)]
#[path = "../../tests/unit/guarantee/codec.rs"]
mod tests;
