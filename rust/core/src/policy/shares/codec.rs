//! Saves, loads and merges what shares have learned.

use super::Shares;
use super::memory::{MOST_SKETCHES, Memory};
use super::sketch::{BINS, MEMORY, Sketch, UNIT};
use crate::Result;
use crate::artifact::bytes::{Bytes, put_str, put_u32, put_u64};
use crate::artifact::{Reader, Writer};
use std::sync::Arc;

/// Names the layout, in the place of a feature schema.
const LAYOUT: u64 = 0x7368_6172_6573_0001;
const SECTION: &str = "shares";
/// Longest name of an estimator.
const MOST_NAME: usize = 4_096;

impl Shares {
    /// Writes what was learned: a histogram of difficulties per estimator. Debts of shares are left out: they are of one process.
    pub fn state(&self) -> Vec<u8> {
        let sketches = self.memory.sketches();
        let mut out = Vec::new();
        put_u32(&mut out, sketches.len() as u32);
        for (estimator, sketch) in sketches {
            put_str(&mut out, &estimator);
            let counts = sketch.counts();
            let filled = counts.iter().enumerate().filter(|(_, count)| **count > 0);
            put_u32(&mut out, filled.clone().count() as u32);
            for (bin, count) in filled {
                put_u32(&mut out, bin as u32);
                put_u64(&mut out, *count);
            }
        }
        let mut writer = Writer::new(LAYOUT);
        writer.section(SECTION, out);
        writer.finish()
    }

    /// Takes the state of another process in: the histograms are added, and scaled to what one remembers. Give each state once
    /// in a while, not again and again: queries that come twice count twice.
    ///
    /// # Errors
    /// [`crate::Error::Artifact`] when it is damaged; then nothing is changed.
    pub fn absorb(&self, state: &[u8]) -> Result<()> {
        for (estimator, counts) in read(state)? {
            let mut fresh = false;
            let sketch = self.memory.sketch(&estimator, || {
                fresh = true;
                Sketch::of(counts.clone())
            });
            if !fresh {
                sketch.absorb(&counts);
            }
        }
        Ok(())
    }

    /// Copies the policy with what another process had learned, instead of its own.
    ///
    /// # Errors
    /// [`crate::Error::Artifact`] when the state is damaged.
    pub fn with_state(&self, state: &[u8]) -> Result<Self> {
        let copy = Self { memory: Arc::new(Memory::default()), held: None, ..self.clone() };
        copy.absorb(state)?;
        Ok(copy)
    }
}

fn read(state: &[u8]) -> Result<Vec<(String, Box<[u64]>)>> {
    let artifact = Reader::new(state, LAYOUT)?;
    let mut bytes = Bytes::new(SECTION, artifact.section(SECTION)?.bytes());
    let sketches = bytes.count(8, MOST_SKETCHES)?;
    let mut read = Vec::with_capacity(sketches);
    for _ in 0..sketches {
        let estimator = bytes.text(MOST_NAME)?;
        let mut counts = vec![0; BINS].into_boxed_slice();
        for _ in 0..bytes.count(12, BINS)? {
            let (bin, count) = (bytes.u32()? as usize, bytes.u64()?);
            match counts.get_mut(bin) {
                Some(slot) if count <= 4 * MEMORY * UNIT => *slot = count,
                _ => return Err(bytes.refused(&format!("a count of {count} in bin {bin}"))),
            }
        }
        read.push((estimator, counts));
    }
    bytes.end()?;
    Ok(read)
}
