//! Turns: processes share one ledger through a file, without a server (state machine replication over a locked log).
//!
//! Each process keeps the whole ledger in memory. To make a reservation it takes a turn:
//!
//! ```text
//! lock the file
//! replay(records that others appended)      the ledger is now up to date
//! begin()
//! reserve, resize, next() of a run …        decided on the newest state, so no cap is passed
//! append(commit())                          in the file before anybody acts on it
//! unlock the file
//! written()
//! ```
//!
//! A settlement needs no turn. It counts in memory at once, and the next turn appends it. Until then the file holds the
//! whole claim: if the process is killed, the settlement is lost and the claim stays held until it expires. If appending
//! fails, the host [restores](Ledger::restore) the ledger from its file, and the next turn repeats the unwritten settlements.
//!
//! Outside of a turn, reservations are refused and nothing expires: another process may have extended a reservation.

use super::accounts::LockedAccounts;
use super::book::Ledger;
use super::cap::Cost;
use super::hold_id::HoldId;
use super::journal::{Owed, Turns};
use super::reserve::Part;
use crate::{Error, Result};
use std::collections::HashMap;
use std::sync::atomic::Ordering;

impl Ledger {
    /// Begins to [record](Self::record), in turns: from now on reservations are made in turns only.
    pub fn share(&self) {
        self.record();
        if let Some(log) = &mut self.fleet.lock().log {
            log.turns.get_or_insert_with(Turns::default);
        }
        self.shared.store(true, Ordering::Release);
    }

    /// True if reservations are made in turns only.
    pub fn is_shared(&self) -> bool {
        self.shared.load(Ordering::Acquire)
    }

    /// Opens a turn. The host has locked its file and replayed its new records. After a restore, this repeats the
    /// settlements that the file did not have.
    pub fn begin(&self) {
        let again = self.turns(|turns| {
            turns.open = true;
            std::mem::take(&mut turns.again)
        });
        for (id, Owed { spent, at, rest }) in again.unwrap_or_default() {
            match rest {
                None => self.end(id, spent, at, true),
                Some((rest, expires)) => self.part(id, Part { spent, rest, expires }, at, true),
            };
        }
    }

    /// Closes the turn and returns the records to append: its changes, and the settlements since the last turn.
    pub fn commit(&self) -> Vec<u8> {
        self.turns(|turns| {
            turns.open = false;
            turns.urgent = false;
            let owed = std::mem::take(&mut turns.owed);
            turns.writing.extend(owed);
        });
        self.recorded()
    }

    /// Tells the ledger that the records of [`commit`](Self::commit) are in the file.
    pub fn written(&self) {
        self.turns(|turns| turns.writing.clear());
    }

    /// True if there are settlements that are not written yet.
    pub fn owing(&self) -> bool {
        self.turns(|turns| !turns.owed.is_empty()).unwrap_or(false)
    }

    /// True if an unwritten settlement is above its claim, or came after its claim had expired. No claim in the file
    /// covers it, so the host should take a turn at once.
    pub fn urgent(&self) -> bool {
        self.turns(|turns| turns.urgent).unwrap_or(false)
    }

    /// # Errors
    /// [`Error::State`] when reservations are made in turns, and none is open.
    pub(super) fn in_turn(&self) -> Result<()> {
        if !self.is_shared() || self.turns(|turns| turns.open).unwrap_or(true) {
            return Ok(());
        }
        Err(Error::state("a reservation from a shared file is made in a turn, and none is open"))
    }

    pub(super) fn owes(&self, id: HoldId) -> bool {
        self.turns(|t| t.owed.contains_key(&id) || t.writing.contains_key(&id)).unwrap_or(false)
    }

    fn turns<T>(&self, then: impl FnOnce(&mut Turns) -> T) -> Option<T> {
        self.fleet.lock().log.as_mut().and_then(|log| log.turns.as_mut()).map(then)
    }
}

impl Turns {
    /// After a restore: marks the unwritten settlements for the next turn to repeat.
    pub(super) fn restored(&mut self) {
        let (writing, owed) = (std::mem::take(&mut self.writing), std::mem::take(&mut self.owed));
        for (id, owed) in writing.into_iter().chain(owed) {
            merge(&mut self.again, id, owed);
        }
    }
}

impl LockedAccounts<'_> {
    /// Spending of a partial settlement that was made before a restore and is not repeated yet; it is then part of the
    /// caller's. None if the whole reservation was settled so.
    pub(super) fn take_unwritten(&mut self, id: HoldId) -> Option<Cost> {
        let again = self.fleet.log.as_mut().and_then(|log| log.turns.as_mut()).map(|turns| &mut turns.again);
        match again {
            Some(again) if again.get(&id).is_some_and(|owed| owed.rest.is_none()) => None,
            Some(again) => Some(again.remove(&id).map_or(Cost::default(), |owed| owed.spent)),
            None => Some(Cost::default()),
        }
    }

    /// Notes a settlement that is to be written; `covered`: the file holds a claim that stands for it until then.
    pub(super) fn owe(&mut self, id: HoldId, owed: Owed, covered: bool) {
        if let Some(turns) = self.fleet.log.as_mut().and_then(|log| log.turns.as_mut()) {
            merge(&mut turns.owed, id, owed);
            turns.urgent |= !covered;
        }
    }
}

/// Adds a settlement of a reservation to those before it.
fn merge(all: &mut HashMap<HoldId, Owed>, id: HoldId, owed: Owed) {
    let before = all.get(&id).map_or(Cost::default(), |owed| owed.spent);
    all.insert(id, Owed { spent: before.plus(owed.spent), ..owed });
}
