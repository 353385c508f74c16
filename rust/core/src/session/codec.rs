//! Saves and restores sessions, so that conversations stay where they were when their process starts again.

use super::{Memory, Sessions, lock};
use crate::artifact::bytes::{Bytes, put_str, put_u32, put_u64};
use crate::artifact::{Reader, Writer};
use crate::ledger::MAX_KEY;
use crate::{Error, Result};

/// Names the layout, in the place of a feature schema.
const LAYOUT: u64 = 0x7365_7373_0000_0001;
const SECTION: &str = "sessions";
/// Largest state that is read, in bytes.
const MOST_BYTES: usize = 1 << 30;
/// Bytes of a session without its name.
const LEAST: usize = 4 + 3 * 8 + 3 * 4;

impl Sessions {
    /// Writes the sessions. Times are those that were passed in, and rungs are indices: give it back to a process with the same clock
    /// and the same rungs.
    pub fn state(&self) -> Vec<u8> {
        let (mut out, mut count) = (vec![0; 4], 0_u32);
        for shard in &self.shards {
            for (name, memory) in lock(shard).iter() {
                put_str(&mut out, name);
                for number in [memory.thought, memory.last, memory.request] {
                    put_u64(&mut out, number);
                }
                for number in [memory.prefix, memory.rung.into(), memory.easier.into()] {
                    put_u32(&mut out, number);
                }
                count += 1;
            }
        }
        if let Some(head) = out.get_mut(..4) {
            head.copy_from_slice(&count.to_le_bytes());
        }
        let mut writer = Writer::new(LAYOUT);
        writer.section(SECTION, out);
        writer.finish()
    }

    /// Takes the sessions of a [state](Self::state) in, and returns their number. Those that are here already stay as they are.
    ///
    /// # Errors
    /// [`Error::Artifact`] when it is damaged; then nothing has changed.
    pub fn restore(&self, state: &[u8]) -> Result<usize> {
        let artifact = Reader::within(state, LAYOUT, MOST_BYTES)?;
        let mut bytes = Bytes::new(SECTION, artifact.section(SECTION)?.bytes());
        let count = bytes.count(LEAST, u32::MAX as usize)?;
        let read = (0..count).map(|_| session(&mut bytes)).collect::<Result<Vec<_>>>()?;
        bytes.end()?;
        for (name, memory) in &read {
            let hash = self.hash(name);
            let Some(mut shard) = self.shard(hash) else { continue };
            if shard.find(hash, name).is_none() {
                // At time 0 none is over: only a full shard loses its oldest.
                self.make_room(&mut shard, 0);
                shard.insert(hash, name, *memory);
            }
        }
        Ok(count)
    }
}

fn session(bytes: &mut Bytes<'_>) -> Result<(String, Memory)> {
    // A header may be longer than a ledger's key, but not without bound.
    let name = bytes.text(MAX_KEY.max(64 << 10))?;
    let (thought, last, request) = (bytes.u64()?, bytes.u64()?, bytes.u64()?);
    let prefix = bytes.u32()?;
    let small = |number: u32, bytes: &Bytes<'_>| -> Result<u8> {
        u8::try_from(number).map_err(|_| -> Error { bytes.refused(&format!("{number} is above 255")) })
    };
    let (rung, easier) = (bytes.u32()?, bytes.u32()?);
    let (rung, easier) = (small(rung, bytes)?, small(easier, bytes)?);
    Ok((name, Memory { thought, last, request, prefix, rung, easier }))
}
