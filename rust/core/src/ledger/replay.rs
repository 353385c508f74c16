//! Records a ledger in its journal, and plays a journal back.

use super::book::Ledger;
use super::cap::Cost;
use super::hold_id::HoldId;
use super::holds::Hold;
use super::journal::{Entry, first};
use super::reserve::Part;
use crate::{Error, Result};

impl Ledger {
    /// Starts recording. Records stay in memory until the host takes them with [`recorded`](Self::recorded). Leases
    /// ([`wants`](Self::wants)) are not recorded.
    pub fn record(&self) {
        self.fleet.lock().log.get_or_insert_with(Box::default);
    }

    /// Takes the records since the last call. The host appends them to its journal.
    pub fn recorded(&self) -> Vec<u8> {
        self.fleet.lock().log.as_mut().map_or_else(Vec::new, |log| log.take())
    }

    /// Plays records back and returns the number of bytes read. An incomplete record at the end is left: its process
    /// ended while it wrote it. Played records are not recorded again.
    ///
    /// # Errors
    /// [`Error::Artifact`] when a record is damaged or does not fit the ones before it; those before it have been played.
    /// [`Error::State`] when one ends a reservation that was settled here and is not written yet: the ledger must be
    /// [restored](Self::restore).
    pub fn replay(&self, journal: &[u8]) -> Result<usize> {
        let mut read = 0;
        while let Some((payload, length)) = first(journal.get(read..).unwrap_or_default())? {
            let entry = Entry::decode(payload)?;
            if let Some(id) = entry.id().filter(|id| self.owes(*id)) {
                return Err(Error::state(format!("reservation {id}: it was ended elsewhere meanwhile")));
            }
            self.play(&entry)?;
            read += length;
        }
        Ok(read)
    }

    fn play(&self, entry: &Entry<'_>) -> Result<()> {
        match *entry {
            Entry::Made { id, at, expires, claim, payer } => {
                // Another process may allow more accounts: its reservation is not refused here.
                let mut open = self.open_all(&payer, at)?;
                open.roll(at);
                let (shard, slot, generation) = place(self, id)?;
                let hold = Hold { claim, at, expires, parts: 0, spots: open.spots() };
                let Some(holds) = self.holds.get(shard as usize) else { return Ok(()) };
                if holds.lock().put(slot, generation, hold)? {
                    open.hold(&hold);
                }
                Ok(())
            }
            Entry::Resized { id, at, expires, claim, parts } => {
                self.play_resize(id, at, expires, claim, parts)
            }
            Entry::Settled { id, at, spent, late } => {
                if late {
                    self.play_expiry(id, at)?;
                }
                let (shard, slot, generation) = place(self, id)?;
                let holds = self.holds.get(shard as usize);
                if holds.is_some_and(|holds| holds.lock().find(slot, generation).is_some()) {
                    self.end(id, spent, at, false);
                }
                Ok(())
            }
            Entry::Expired { id, at } => self.play_expiry(id, at),
            Entry::Parted { id, at, expires, spent, rest, parts } => {
                let (shard, slot, generation) = place(self, id)?;
                let holds = self.holds.get(shard as usize);
                let found = holds.and_then(|holds| holds.lock().live_hold(slot, generation));
                if found.is_some_and(|hold| hold.parts.wrapping_add(1) == parts) {
                    self.part(id, Part { spent, rest, expires }, at, false);
                }
                Ok(())
            }
            Entry::Rebased { now, latest } => {
                self.rebase_to(now, latest);
                Ok(())
            }
        }
    }

    fn play_resize(&self, id: HoldId, at: u64, expires: u64, claim: Cost, parts: u32) -> Result<()> {
        let (shard, slot, generation) = place(self, id)?;
        let Some(holds) = self.holds.get(shard as usize) else { return Ok(()) };
        let found = holds.lock().live_hold(slot, generation);
        let Some(hold) = found else { return Ok(()) };
        if at < hold.at || parts != hold.parts || (claim, expires) == (hold.claim, hold.expires) {
            return Ok(()); // Known already.
        }
        let mut open = self.reopen(&hold);
        open.roll(at);
        if holds.lock().change(slot, generation, &hold, Hold { claim, at, expires, ..hold }) {
            open.resize(&hold, claim);
        }
        Ok(())
    }

    fn play_expiry(&self, id: HoldId, at: u64) -> Result<()> {
        let (shard, slot, generation) = place(self, id)?;
        let Some(holds) = self.holds.get(shard as usize) else { return Ok(()) };
        let expired = holds.lock().expire_one(slot, generation);
        if let Some(hold) = expired {
            self.free(&hold, at, None);
        }
        Ok(())
    }
}

/// The shard, slot and generation of a reservation.
fn place(ledger: &Ledger, id: HoldId) -> Result<(u32, u32, u32)> {
    let (shard, slot, generation) = id.parts();
    if shard < ledger.options.shards {
        return Ok((shard, slot, generation));
    }
    let shards = ledger.options.shards;
    Err(Error::artifact(format!(
        "journal: reservation {id} is of shard {shard}, and the ledger has {shards}"
    )))
}
