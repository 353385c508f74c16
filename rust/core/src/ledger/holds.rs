//! Live reservations: found by id, ended once, expired in order.

use super::cap::Cost;
use crate::keyed::Place;
use crate::{Error, Result};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// How many expired reservations of a shard are remembered, so that a late settlement is still counted.
const REMEMBERED: usize = 4_096;

/// Where a reservation's account is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    pub(super) shard: u32,
    pub(super) place: Place,
}

/// One reservation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hold {
    pub(super) claim: Cost,
    /// When it was made and when it ends by itself, in milliseconds.
    pub(super) at: u64,
    pub(super) expires: u64,
    /// Its query's, session's and tenant's accounts.
    pub(super) spots: [Option<Spot>; 3],
}

/// A place for a reservation. Its generation counts the reservations that it has had.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) generation: u32,
    pub(super) hold: Option<Hold>,
    pub(super) expired: bool,
}

/// What an id stands for.
#[derive(Debug)]
pub(super) enum Found {
    Live(Hold),
    /// Expired, but not yet settled.
    Expired(Hold),
    /// Settled, or forgotten, or never made.
    Nothing,
}

/// The reservations of one shard.
#[derive(Debug, Default)]
pub(super) struct Holds {
    slots: Vec<Kept>,
    free: Vec<u32>,
    queue: BinaryHeap<Reverse<(u64, u32, u32)>>,
    expired: VecDeque<(u32, u32)>,
    live: usize,
    pub(super) tally: Tally,
}

/// What has happened to the reservations of one shard.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    pub(super) made: u64,
    pub(super) settled: u64,
    pub(super) expired: u64,
    pub(super) late: u64,
    pub(super) duplicate: u64,
}

impl Holds {
    /// From a snapshot: every place, and the expired reservations whose settlement is awaited, the oldest first.
    pub(super) fn restored(slots: Vec<Kept>, awaited: Vec<(u32, u32)>, tally: Tally) -> Self {
        let free = slots.iter().zip(0..).filter(|(s, _)| s.hold.is_none()).map(|(_, slot)| slot).collect();
        let live = slots.iter().filter(|s| s.hold.is_some() && !s.expired).count();
        let mut holds = Self { slots, free, live, expired: awaited.into(), tally, ..Self::default() };
        holds.queue_up();
        holds
    }

    pub(super) fn slots(&self) -> &[Kept] {
        &self.slots
    }

    pub(super) fn awaited(&self) -> impl ExactSizeIterator<Item = (u32, u32)> {
        self.expired.iter().copied()
    }

    pub(super) fn live(&self) -> usize {
        self.live
    }

    /// Keeps a reservation; (slot, generation) is its name here.
    pub(super) fn add(&mut self, hold: Hold) -> (u32, u32) {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Kept::default());
            self.slots.len() as u32 - 1
        });
        let mut generation = 0;
        if let Some(s) = self.slots.get_mut(slot as usize) {
            s.hold = Some(hold);
            generation = s.generation;
        }
        self.added(slot, generation, hold.expires);
        (slot, generation)
    }

    /// A reservation that is live.
    pub(super) fn live_hold(&self, slot: u32, generation: u32) -> Option<Hold> {
        let slot = self.slots.get(slot as usize).filter(|s| s.generation == generation && !s.expired);
        slot.and_then(|s| s.hold)
    }

    /// Puts `after` in the place of a live reservation, if it still is what it was before.
    pub(super) fn change(&mut self, slot: u32, generation: u32, before: &Hold, after: Hold) -> bool {
        let same = |hold: &Hold| hold.claim == before.claim && hold.at == before.at;
        if !self.live_hold(slot, generation).is_some_and(|hold| same(&hold)) {
            return false;
        }
        if let Some(s) = self.slots.get_mut(slot as usize) {
            s.hold = Some(after);
        }
        if after.expires < before.expires {
            self.queue.push(Reverse((after.expires, slot, generation)));
        }
        true
    }

    /// A reservation that is live or whose late settlement is awaited.
    pub(super) fn find(&self, slot: u32, generation: u32) -> Option<Hold> {
        self.slots.get(slot as usize).filter(|s| s.generation == generation).and_then(|s| s.hold)
    }

    /// Puts a reservation that a journal holds where it was. False when it is there, or has been and has ended; an
    /// error when another one lives there.
    pub(super) fn put(&mut self, slot: u32, generation: u32, hold: Hold) -> Result<bool> {
        while self.slots.len() <= slot as usize {
            self.free.push(self.slots.len() as u32);
            self.slots.push(Kept::default());
        }
        let Some(s) = self.slots.get_mut(slot as usize) else { return Ok(false) };
        if s.generation > generation || (s.generation == generation && s.hold.is_some()) {
            return Ok(false);
        }
        if s.hold.is_some() && !s.expired {
            return Err(Error::artifact("journal: two reservations live in one place"));
        }
        *s = Kept { generation, hold: Some(hold), expired: false };
        // All processes free and take slots in the same order, so that it is nearly always the last one.
        if let Some(at) = self.free.iter().rposition(|&free| free == slot) {
            self.free.swap_remove(at);
        }
        self.added(slot, generation, hold.expires);
        Ok(true)
    }

    fn added(&mut self, slot: u32, generation: u32, expires: u64) {
        self.live += 1;
        self.tally.made += 1;
        self.queue.push(Reverse((expires, slot, generation)));
        if self.queue.len() > 2 * self.live + 64 {
            self.compact();
        }
    }

    /// Ends a reservation; the second time, there is nothing.
    pub(super) fn end(&mut self, slot: u32, generation: u32) -> Found {
        let found = match self.slots.get(slot as usize) {
            Some(s) if s.generation == generation => s.hold.map(|hold| (hold, s.expired)),
            _ => None,
        };
        let Some((hold, expired)) = found else {
            self.tally.duplicate += 1;
            return Found::Nothing;
        };
        self.clear(slot);
        if expired {
            self.tally.late += 1;
            Found::Expired(hold)
        } else {
            self.live -= 1;
            self.tally.settled += 1;
            Found::Live(hold)
        }
    }

    /// The next reservation whose time is over, with its slot and generation. It no longer lives, and its late settlement
    /// is still awaited.
    pub(super) fn expire(&mut self, now: u64) -> Option<(Hold, u32, u32)> {
        while let Some(&Reverse((expires, slot, generation))) = self.queue.peek() {
            if expires > now {
                return None;
            }
            self.queue.pop();
            let Some(hold) = self.live_hold(slot, generation) else { continue };
            if hold.expires > now {
                // Its time was moved.
                self.queue.push(Reverse((hold.expires, slot, generation)));
                continue;
            }
            if let Some(hold) = self.expire_one(slot, generation) {
                return Some((hold, slot, generation));
            }
        }
        None
    }

    /// Ends a live reservation as one whose time is over.
    pub(super) fn expire_one(&mut self, slot: u32, generation: u32) -> Option<Hold> {
        let hold = self.live_hold(slot, generation)?;
        self.slots.get_mut(slot as usize)?.expired = true;
        self.live -= 1;
        self.tally.expired += 1;
        self.remember(slot, generation);
        Some(hold)
    }

    /// Sets the clock right: no reservation was made after `now`, and none lives past `latest`.
    pub(super) fn rebase(&mut self, now: u64, latest: u64) {
        for s in &mut self.slots {
            if let Some(hold) = &mut s.hold {
                hold.at = hold.at.min(now);
                hold.expires = hold.expires.min(latest);
            }
        }
        self.queue_up();
    }

    /// Makes the queue of expiries anew.
    fn queue_up(&mut self) {
        let live = self.slots.iter().enumerate().filter(|(_, s)| !s.expired);
        let live = live.filter_map(|(i, s)| Some(Reverse((s.hold?.expires, i as u32, s.generation))));
        self.queue = live.collect();
    }

    pub(super) fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Kept>()
            + self.queue.capacity() * size_of::<Reverse<(u64, u32, u32)>>()
            + (self.expired.capacity() * 2 + self.free.capacity()) * 4
    }

    fn remember(&mut self, slot: u32, generation: u32) {
        self.expired.push_back((slot, generation));
        if self.expired.len() > REMEMBERED
            && let Some((slot, generation)) = self.expired.pop_front()
            && self.slots.get(slot as usize).is_some_and(|s| s.generation == generation && s.expired)
        {
            self.clear(slot);
        }
    }

    fn clear(&mut self, slot: u32) {
        if let Some(s) = self.slots.get_mut(slot as usize) {
            *s = Kept { generation: s.generation.wrapping_add(1), hold: None, expired: false };
            self.free.push(slot);
        }
    }

    /// Drops what has ended from the queue.
    fn compact(&mut self) {
        let slots = &self.slots;
        self.queue.retain(|&Reverse((_, slot, generation))| {
            slots
                .get(slot as usize)
                .is_some_and(|s| s.generation == generation && s.hold.is_some() && !s.expired)
        });
    }
}
