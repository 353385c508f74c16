//! Reservations of one shard: found by id, ended once, expired in order.
//!
//! A slab with generations: an id is (slot, generation), and a slot's generation grows when its reservation ends, so an
//! old id finds nothing. A binary heap orders the expiries, O(log n) each; entries of ended reservations stay in it until
//! they are a half of it.

use super::cap::Cost;
use crate::keyed::Place;
use crate::{Error, Result};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// Expired reservations that a shard remembers, so that a late settlement is still counted.
const REMEMBERED: usize = 4_096;

/// The place of an account.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    pub(super) shard: u32,
    pub(super) place: Place,
}

/// One reservation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hold {
    pub(super) claim: Cost,
    /// Creation and expiry, in milliseconds.
    pub(super) at: u64,
    pub(super) expires: u64,
    /// Partial settlements so far; by it a journal's record of one is recognised.
    pub(super) parts: u32,
    /// The accounts of its query, session and tenant.
    pub(super) spots: [Option<Spot>; 3],
}

/// One slot of the slab. Its generation counts the reservations that have ended in it.
#[derive(Debug, Default)]
pub(super) struct Slot {
    pub(super) generation: u32,
    pub(super) hold: Option<Hold>,
    pub(super) expired: bool,
}

/// The state of an id.
#[derive(Debug)]
pub(super) enum Found {
    Live(Hold),
    /// Expired, and not yet settled.
    Expired(Hold),
    /// Settled, forgotten, or never made.
    Nothing,
}

/// The reservations of one shard.
#[derive(Debug, Default)]
pub(super) struct Holds {
    slots: Vec<Slot>,
    free: Vec<u32>,
    queue: BinaryHeap<Reverse<(u64, u32, u32)>>,
    expired: VecDeque<(u32, u32)>,
    live: usize,
    pub(super) counters: Counters,
}

/// Counters of one shard.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counters {
    pub(super) made: u64,
    pub(super) settled: u64,
    pub(super) expired: u64,
    pub(super) late: u64,
    pub(super) duplicate: u64,
}

impl Holds {
    /// Restores a snapshot: all slots, and the expired reservations that await settlement, oldest first.
    pub(super) fn restored(slots: Vec<Slot>, awaited: Vec<(u32, u32)>, counters: Counters) -> Self {
        let free = slots.iter().zip(0..).filter(|(s, _)| s.hold.is_none()).map(|(_, slot)| slot).collect();
        let live = slots.iter().filter(|s| s.hold.is_some() && !s.expired).count();
        let mut holds = Self { slots, free, live, expired: awaited.into(), counters, ..Self::default() };
        holds.queue_up();
        holds
    }

    pub(super) fn slots(&self) -> &[Slot] {
        &self.slots
    }

    pub(super) fn awaited(&self) -> impl ExactSizeIterator<Item = (u32, u32)> {
        self.expired.iter().copied()
    }

    pub(super) fn live(&self) -> usize {
        self.live
    }

    /// The live reservations.
    pub(super) fn live_holds(&self) -> impl Iterator<Item = &Hold> {
        self.slots.iter().filter(|s| !s.expired).filter_map(|s| s.hold.as_ref())
    }

    /// Adds a reservation and returns its slot and generation.
    pub(super) fn add(&mut self, hold: Hold) -> (u32, u32) {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot::default());
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

    /// The live reservation of an id.
    pub(super) fn live_hold(&self, slot: u32, generation: u32) -> Option<Hold> {
        let slot = self.slots.get(slot as usize).filter(|s| s.generation == generation && !s.expired);
        slot.and_then(|s| s.hold)
    }

    /// Replaces a live reservation by `after`, unless it has changed from `before`.
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

    /// A reservation that is live or awaits its late settlement.
    pub(super) fn find(&self, slot: u32, generation: u32) -> Option<Hold> {
        self.slots.get(slot as usize).filter(|s| s.generation == generation).and_then(|s| s.hold)
    }

    /// Puts a reservation from a journal into its slot. False when it is there or has ended.
    ///
    /// # Errors
    /// [`Error::Artifact`] when another reservation lives there.
    pub(super) fn put(&mut self, slot: u32, generation: u32, hold: Hold) -> Result<bool> {
        while self.slots.len() <= slot as usize {
            self.free.push(self.slots.len() as u32);
            self.slots.push(Slot::default());
        }
        let Some(s) = self.slots.get_mut(slot as usize) else { return Ok(false) };
        if s.generation > generation || (s.generation == generation && s.hold.is_some()) {
            return Ok(false);
        }
        if s.hold.is_some() && !s.expired {
            return Err(Error::artifact("journal: two reservations live in one place"));
        }
        *s = Slot { generation, hold: Some(hold), expired: false };
        // All processes free and take slots in the same order, so it is usually the last one.
        if let Some(at) = self.free.iter().rposition(|&free| free == slot) {
            self.free.swap_remove(at);
        }
        self.added(slot, generation, hold.expires);
        Ok(true)
    }

    fn added(&mut self, slot: u32, generation: u32, expires: u64) {
        self.live += 1;
        self.counters.made += 1;
        self.queue.push(Reverse((expires, slot, generation)));
        if self.queue.len() > 2 * self.live + 64 {
            self.compact();
        }
    }

    /// Ends a reservation, once.
    pub(super) fn end(&mut self, slot: u32, generation: u32) -> Found {
        let found = match self.slots.get(slot as usize) {
            Some(s) if s.generation == generation => s.hold.map(|hold| (hold, s.expired)),
            _ => None,
        };
        let Some((hold, expired)) = found else {
            self.counters.duplicate += 1;
            return Found::Nothing;
        };
        self.clear(slot);
        if expired {
            self.counters.late += 1;
            Found::Expired(hold)
        } else {
            self.live -= 1;
            self.counters.settled += 1;
            Found::Live(hold)
        }
    }

    /// The next reservation to expire, with its slot and generation. It then awaits its late settlement.
    pub(super) fn expire(&mut self, now: u64) -> Option<(Hold, u32, u32)> {
        while let Some(&Reverse((expires, slot, generation))) = self.queue.peek() {
            if expires > now {
                return None;
            }
            self.queue.pop();
            let Some(hold) = self.live_hold(slot, generation) else { continue };
            if hold.expires > now {
                // It was extended.
                self.queue.push(Reverse((hold.expires, slot, generation)));
                continue;
            }
            if let Some(hold) = self.expire_one(slot, generation) {
                return Some((hold, slot, generation));
            }
        }
        None
    }

    /// Expires a live reservation.
    pub(super) fn expire_one(&mut self, slot: u32, generation: u32) -> Option<Hold> {
        let hold = self.live_hold(slot, generation)?;
        self.slots.get_mut(slot as usize)?.expired = true;
        self.live -= 1;
        self.counters.expired += 1;
        self.remember(slot, generation);
        Some(hold)
    }

    /// Corrects the clock: no reservation was made after `now`, and none lives past `latest`.
    pub(super) fn rebase(&mut self, now: u64, latest: u64) {
        for s in &mut self.slots {
            if let Some(hold) = &mut s.hold {
                hold.at = hold.at.min(now);
                hold.expires = hold.expires.min(latest);
            }
        }
        self.queue_up();
    }

    /// Rebuilds the queue of expiries.
    fn queue_up(&mut self) {
        let live = self.slots.iter().enumerate().filter(|(_, s)| !s.expired);
        let live = live.filter_map(|(i, s)| Some(Reverse((s.hold?.expires, i as u32, s.generation))));
        self.queue = live.collect();
    }

    pub(super) fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Slot>()
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
            *s = Slot { generation: s.generation.wrapping_add(1), hold: None, expired: false };
            self.free.push(slot);
        }
    }

    /// Drops ended reservations from the queue.
    fn compact(&mut self) {
        let slots = &self.slots;
        self.queue.retain(|&Reverse((_, slot, generation))| {
            slots
                .get(slot as usize)
                .is_some_and(|s| s.generation == generation && s.hold.is_some() && !s.expired)
        });
    }
}
