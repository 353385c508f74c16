//! A watch as an artifact, so that a promise outlives the process that keeps it.

use super::betting::{Betting, Side};
use super::units::{Range, Target};
use super::watch::{MAX_GROUPS, Watch};
use crate::Result;
use crate::artifact::bytes::{Bytes, put_f64, put_u32, put_u64};
use crate::artifact::{Reader, Writer};

/// The largest watch that is read, in bytes.
pub const MOST_BYTES: usize = 1 << 24;
/// In the place of a feature schema: a watch knows nothing of features.
const SCHEMA: u64 = u64::from_le_bytes(*b"watch  1");
/// A gambler's sixteen parts, scale, two peaks and count.
const GAMBLER: usize = 20 * 8;

impl Watch {
    /// The watch as an artifact: all that it needs to go on, wealth to the last bit.
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

    /// Reads a watch. A checksum is no signature: whoever can write the file can write what it promises.
    ///
    /// # Errors
    /// [`crate::Error::Artifact`] when it is damaged, larger than [`MOST_BYTES`], of another version, or of numbers that no watch
    /// has; [`crate::Error::Invalid`] for a target that cannot be.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let reader = Reader::within(bytes, SCHEMA, MOST_BYTES)?;
        let mut numbers = Bytes::new("target", reader.section("target")?.bytes());
        let (max_loss, confidence) = (numbers.f64()?, numbers.f64()?);
        let target = Target::new(max_loss, confidence, Range::new(numbers.f64()?, numbers.f64()?)?)?;
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
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn what_is_read_goes_on_as_what_was_written(
            losses in prop::collection::vec((-1.0..=1.0, -1.0..=1.0, prop::option::of(0_u64..40)), 0..400),
            cut in 0_usize..400,
        ) {
            let target = Target::new(0.1, 0.9, Range::new(-1.0, 1.0).unwrap()).unwrap();
            let mut through = Watch::new(2, target).unwrap();
            let mut again = through.clone();
            for (i, &(a, b, group)) in losses.iter().enumerate() {
                if i == cut {
                    let bytes = again.to_bytes();
                    again = Watch::from_bytes(&bytes).unwrap();
                    prop_assert_eq!(again.to_bytes(), bytes);
                }
                through.update(&[a, b], group).unwrap();
                again.update(&[a, b], group).unwrap();
            }
            prop_assert_eq!(again.standing(), through.standing());
            for candidate in 0..2 {
                prop_assert_eq!(again.evidence(candidate), through.evidence(candidate));
            }
        }
    }

    #[test]
    fn damage_is_refused() {
        let mut watch = Watch::new(2, Target::new(0.1, 0.95, Range::UNIT).unwrap()).unwrap();
        (0..50).for_each(|i| _ = watch.update(&[0.0, 1.0], Some(i)).unwrap());
        let bytes = watch.to_bytes();
        for end in 0..bytes.len() {
            assert!(Watch::from_bytes(&bytes[..end]).is_err(), "cut at {end}");
        }
        for i in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[i] ^= 16;
            assert!(Watch::from_bytes(&damaged).is_err(), "bit at {i}");
        }
        assert!(Watch::from_bytes(&vec![0; MOST_BYTES + 1]).unwrap_err().to_string().contains("at most"));
    }

    #[test]
    fn numbers_that_no_watch_has_are_refused() {
        let watch = |target: [f64; 4], gambler: f64, groups: &[u64]| {
            let mut sections = [const { Vec::new() }; 4];
            for x in target {
                put_f64(&mut sections[0], x);
            }
            for x in [1, 0, 0] {
                put_u64(&mut sections[1], x);
            }
            put_u32(&mut sections[2], 1);
            for _ in 0..2 {
                (0..19).for_each(|_| put_f64(&mut sections[2], gambler));
                put_u64(&mut sections[2], 1);
            }
            put_u32(&mut sections[3], groups.len() as u32);
            for &x in groups {
                put_u64(&mut sections[3], x);
            }
            let mut writer = Writer::new(SCHEMA);
            for (name, section) in ["target", "counts", "wealth", "groups"].into_iter().zip(sections) {
                writer.section(name, section);
            }
            Watch::from_bytes(&writer.finish()).map_err(|e| e.to_string())
        };
        let good = [0.1, 0.95, 0.0, 1.0];
        assert!(watch(good, 1.0, &[7]).is_ok());
        for (text, got) in [
            ("max_loss", watch([1.0, 0.95, 0.0, 1.0], 1.0, &[])),
            ("range", watch([0.1, 0.95, 1.0, 0.0], 1.0, &[])),
            ("not finite", watch([f64::NAN, 0.95, 0.0, 1.0], 1.0, &[])),
            ("outside", watch(good, -1.0, &[])),
            ("not finite", watch(good, f64::INFINITY, &[])),
            ("out of order", watch(good, 1.0, &[7, 7])),
            ("more groups", watch(good, 1.0, &[7, 8])),
        ] {
            let error = got.unwrap_err();
            assert!(error.contains(text), "{text}: {error}");
        }
    }
}
