//! Conversations: the rung that one is on, what its provider has cached, and the models that thought in its history.
//!
//! A session goes up when the gain exceeds the cost of the lost cache, stays up (a latch), and comes down after several
//! easier asks in a row. Turns that continue an earlier ask keep its rung. Bounded: the least recently used session is
//! evicted first, and a session unused for its time to live is over. Time is an argument.

mod codec;
mod purpose;

use crate::keyed::{self, Keyed};
use crate::{Error, Result};
pub use purpose::Purpose;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Settings of sessions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SessionOptions {
    /// Most sessions kept.
    pub capacity: usize,
    /// Lifetime of an unused session, in seconds.
    pub ttl: f64,
    /// Seconds after a turn that the provider keeps its prefix cached.
    pub cache_ttl: f64,
    /// Easier asks in a row after which a session comes down.
    pub down_after: u32,
    /// Secret seed of the hash, against chosen collisions of session names.
    pub seed: u64,
}

impl Default for SessionOptions {
    fn default() -> Self {
        Self { capacity: 1_000_000, ttl: 3_600.0, cache_ttl: 300.0, down_after: 3, seed: 0 }
    }
}

impl SessionOptions {
    /// # Errors
    /// [`Error::Invalid`] when an option is out of range.
    pub fn validate(&self) -> Result<()> {
        if !(1..=1 << 31).contains(&self.capacity) {
            return Err(Error::invalid(
                "sessions: capacity",
                self.capacity,
                format!("between 1 and {}", 1u64 << 31),
            ));
        }
        for (what, seconds) in [("sessions: ttl", self.ttl), ("sessions: cache_ttl", self.cache_ttl)] {
            if !(0.0..=1e9).contains(&seconds) {
                return Err(Error::invalid(what, seconds, "between 0 and 1e9 seconds"));
            }
        }
        if !(1..=255).contains(&self.down_after) {
            return Err(Error::invalid("sessions: down_after", self.down_after, "between 1 and 255"));
        }
        Ok(())
    }
}

/// The stored state of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Memory {
    /// Rungs that have thought, by bit.
    thought: u64,
    /// Milliseconds.
    last: u64,
    /// Digest of the newest request.
    request: u64,
    prefix: u32,
    rung: u8,
    easier: u8,
}

/// The state of a session at the start of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Its rung, by index.
    pub rung: usize,
    /// Tokens assumed to be in the provider's cache: those of the last turn, while the cache is warm.
    pub cached_tokens: u32,
    /// Digest of its newest request; 0 if it had none.
    pub request: u64,
    /// Rungs that have thought in its history, by bit.
    pub thought: u64,
    /// Asks in a row that a lower rung would have done for.
    pub easier: u32,
    /// Number of such asks after which it comes down.
    pub down_after: u32,
}

impl Standing {
    /// The rung for an ask that would take `wanted` by itself: up at once, down after several in a row.
    pub fn keep(&self, wanted: usize) -> usize {
        if wanted < self.rung && self.easier + 1 < self.down_after { self.rung } else { wanted }
    }
}

/// The effect of a turn on its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The rung taken.
    pub rung: usize,
    /// True if a lower rung would have done.
    pub easier: bool,
    /// True if the turn counts for the session's rung; one that continues an earlier ask does not.
    pub counts: bool,
    /// A digest of the request; 0 if it has none. The same request again is a retry, and no turn.
    pub request: u64,
    /// True if the rung thinks.
    pub thinks: bool,
    /// Tokens that the provider has seen after it.
    pub prefix_tokens: u32,
}

/// The sessions of a governor.
#[derive(Debug)]
pub struct Sessions {
    options: SessionOptions,
    shards: Box<[Mutex<Keyed<Memory>>]>,
}

const SHARDS: usize = 16;

impl Sessions {
    /// # Errors
    /// [`Error::Invalid`] when an option is out of range.
    pub fn new(options: SessionOptions) -> Result<Self> {
        options.validate()?;
        Ok(Self { options, shards: (0..SHARDS).map(|_| Mutex::default()).collect() })
    }

    /// The state of a session; none if it is new or over.
    pub fn standing(&self, name: &str, now: f64) -> Option<Standing> {
        let (hash, now) = (self.hash(name), millis(now));
        let shard = self.shard(hash)?;
        let m = shard.find(hash, name).and_then(|place| shard.get(place).copied())?;
        let idle = now.saturating_sub(m.last);
        if idle as f64 >= self.options.ttl * 1e3 {
            return None;
        }
        let warm = (idle as f64) < self.options.cache_ttl * 1e3;
        Some(Standing {
            rung: m.rung.into(),
            cached_tokens: if warm { m.prefix } else { 0 },
            request: m.request,
            thought: m.thought,
            easier: m.easier.into(),
            down_after: self.options.down_after,
        })
    }

    /// Records a turn.
    pub fn step(&self, name: &str, step: &Step, now: f64) {
        let (hash, now) = (self.hash(name), millis(now));
        let Some(mut shard) = self.shard(hash) else { return };
        let thought = u64::from(step.thinks).checked_shl(step.rung as u32).unwrap_or(0);
        let rung = step.rung.min(255) as u8;
        let Step { request, prefix_tokens: prefix, .. } = *step;
        let new = Memory { thought, last: now, request, prefix, rung, easier: u8::from(step.easier) };
        let Some(place) = shard.find(hash, name) else {
            self.make_room(&mut shard, now);
            shard.insert(hash, name, new);
            return;
        };
        shard.touch(place);
        let Some(m) = shard.get_mut(place) else { return };
        if now.saturating_sub(m.last) as f64 >= self.options.ttl * 1e3 {
            *m = new;
            return;
        }
        let retry = request != 0 && request == m.request;
        if step.counts && !retry {
            m.easier = if step.easier && rung == m.rung { m.easier.saturating_add(1) } else { 0 };
        }
        m.rung = rung;
        m.thought |= thought;
        m.prefix = prefix;
        m.request = request;
        m.last = m.last.max(now);
    }

    /// Records that a summary has taken the place of the conversation: nothing of it is cached.
    pub fn forget_prefix(&self, name: &str) {
        let hash = self.hash(name);
        let Some(mut shard) = self.shard(hash) else { return };
        if let Some(m) = shard.find(hash, name).and_then(|place| shard.get_mut(place)) {
            m.prefix = 0;
        }
    }

    /// Records that evidence took a session's run up to a rung, where the session then stays.
    pub fn escalated(&self, name: &str, rung: usize, thinks: bool, now: f64) {
        let (hash, now) = (self.hash(name), millis(now));
        let Some(mut shard) = self.shard(hash) else { return };
        let Some(place) = shard.find(hash, name) else { return };
        let Some(m) = shard.get_mut(place) else { return };
        if rung > m.rung.into() {
            (m.rung, m.easier) = (rung.min(255) as u8, 0);
            m.thought |= u64::from(thinks).checked_shl(rung as u32).unwrap_or(0);
        }
        m.last = m.last.max(now);
    }

    /// Removes a session. True if there was one.
    pub fn forget(&self, name: &str) -> bool {
        let hash = self.hash(name);
        let Some(mut shard) = self.shard(hash) else { return false };
        shard.find(hash, name).and_then(|place| shard.remove(place)).is_some()
    }

    /// Number of sessions and their memory in bytes.
    pub fn size(&self) -> (usize, usize) {
        self.shards
            .iter()
            .map(|shard| lock(shard))
            .fold((0, 0), |(count, bytes), shard| (count + shard.len(), bytes + shard.bytes()))
    }

    fn hash(&self, name: &str) -> u64 {
        keyed::hash(self.options.seed, name)
    }

    fn shard(&self, hash: u64) -> Option<MutexGuard<'_, Keyed<Memory>>> {
        self.shards.get((hash >> 40) as usize % SHARDS).map(lock)
    }

    /// Evicts the oldest session if there are too many, and up to two that are over, so that idle memory shrinks.
    fn make_room(&self, shard: &mut Keyed<Memory>, now: u64) {
        let most = self.options.capacity.div_ceil(SHARDS);
        for _ in 0..2 {
            let Some(oldest) = shard.oldest() else { return };
            let over = |m: &Memory| now.saturating_sub(m.last) as f64 >= self.options.ttl * 1e3;
            if shard.len() >= most || shard.get(oldest).is_some_and(over) {
                shard.remove(oldest);
            }
        }
    }
}

/// Changes under the lock cannot panic half-way, so a poisoned lock is used as it is.
fn lock(shard: &Mutex<Keyed<Memory>>) -> MutexGuard<'_, Keyed<Memory>> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Milliseconds. NaN and negative times count as 0.
fn millis(now: f64) -> u64 {
    (now * 1e3) as u64
}
