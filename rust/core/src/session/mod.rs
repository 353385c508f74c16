//! Conversations: which rung one stands on, what its provider has cached, whose thinking is in its history.
//!
//! A session goes up when the gain is worth more than the cache that is lost, stays up (the latch), and comes down after
//! several easier asks in a row. Turns that go on with an earlier ask keep its rung. Bounded: the least recently used
//! session is forgotten first, and one that nobody has used for its time to live is over. Time is passed in.

mod purpose;

use crate::keyed::{self, Keyed};
use crate::{Error, Result};
pub use purpose::Purpose;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How sessions are kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SessionOptions {
    /// The most sessions kept.
    pub most: usize,
    /// A session that nobody has used for so many seconds is over.
    pub ttl: f64,
    /// For how many seconds after a turn the provider still has its prefix cached.
    pub cache_ttl: f64,
    /// After how many easier asks in a row a session comes down.
    pub down_after: u32,
    /// Keeps those who choose session names from choosing hash collisions.
    pub seed: u64,
}

impl Default for SessionOptions {
    fn default() -> Self {
        Self { most: 1_000_000, ttl: 3_600.0, cache_ttl: 300.0, down_after: 3, seed: 0 }
    }
}

impl SessionOptions {
    /// # Errors
    /// [`Error::Invalid`] when an option is out of bounds.
    pub fn validate(&self) -> Result<()> {
        if !(1..=1 << 31).contains(&self.most) {
            return Err(Error::invalid("sessions: most", self.most, format!("between 1 and {}", 1u64 << 31)));
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

/// What is remembered of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Memory {
    /// Rungs that have thought, by bit.
    thought: u64,
    /// Milliseconds.
    last: u64,
    prefix: u32,
    rung: u8,
    easier: u8,
}

/// Where a session stands when a turn begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Its rung, by place on the ladder.
    pub rung: usize,
    /// Tokens that its provider is taken to have cached: those of the last turn, while the cache is warm.
    pub cached_tokens: u32,
    /// Which rungs have thought in its history, by bit.
    pub thought: u64,
    /// How many asks in a row would have done with a lower rung.
    pub easier: u32,
    /// After how many it comes down.
    pub down_after: u32,
}

impl Standing {
    /// The rung for an ask that would take `wanted` by itself: up at once, down only after several in a row.
    pub fn keep(&self, wanted: usize) -> usize {
        if wanted < self.rung && self.easier + 1 < self.down_after { self.rung } else { wanted }
    }
}

/// What a turn leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The rung that was taken.
    pub rung: usize,
    /// Whether the ask would have done with a lower one.
    pub easier: bool,
    /// Whether the turn says anything about the session's rung; one that only goes on with an earlier ask does not.
    pub counts: bool,
    /// Whether the rung thinks.
    pub thinks: bool,
    /// Tokens that the provider has then seen.
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
    /// [`Error::Invalid`] when an option is out of bounds.
    pub fn new(options: SessionOptions) -> Result<Self> {
        options.validate()?;
        Ok(Self { options, shards: (0..SHARDS).map(|_| Mutex::default()).collect() })
    }

    /// Where a session stands; none when it is new, or over.
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
            thought: m.thought,
            easier: m.easier.into(),
            down_after: self.options.down_after,
        })
    }

    /// Takes note of a turn.
    pub fn step(&self, name: &str, step: &Step, now: f64) {
        let (hash, now) = (self.hash(name), millis(now));
        let Some(mut shard) = self.shard(hash) else { return };
        let thought = u64::from(step.thinks).checked_shl(step.rung as u32).unwrap_or(0);
        let rung = step.rung.min(255) as u8;
        let new =
            Memory { thought, last: now, prefix: step.prefix_tokens, rung, easier: u8::from(step.easier) };
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
        if step.counts {
            m.easier = if step.easier && rung == m.rung { m.easier.saturating_add(1) } else { 0 };
        }
        m.rung = rung;
        m.thought |= thought;
        m.prefix = step.prefix_tokens;
        m.last = m.last.max(now);
    }

    /// Takes note that evidence has taken a session's run up to a rung: the session stays there.
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

    /// Forgets a session. True when there was one.
    pub fn forget(&self, name: &str) -> bool {
        let hash = self.hash(name);
        let Some(mut shard) = self.shard(hash) else { return false };
        shard.find(hash, name).and_then(|place| shard.remove(place)).is_some()
    }

    /// How many sessions are kept, and the bytes that they take.
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

    /// The oldest goes when there are too many; two that are over go with each new one, so that idle memory shrinks.
    fn make_room(&self, shard: &mut Keyed<Memory>, now: u64) {
        let most = self.options.most.div_ceil(SHARDS);
        for _ in 0..2 {
            let Some(oldest) = shard.oldest() else { return };
            let over = |m: &Memory| now.saturating_sub(m.last) as f64 >= self.options.ttl * 1e3;
            if shard.len() >= most || shard.get(oldest).is_some_and(over) {
                shard.remove(oldest);
            }
        }
    }
}

/// Nothing that is done under the lock can panic half-way, so a poisoned one is taken as it is.
fn lock(shard: &Mutex<Keyed<Memory>>) -> MutexGuard<'_, Keyed<Memory>> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Milliseconds; NaN and what lies before the clock's beginning are its beginning.
fn millis(now: f64) -> u64 {
    (now * 1e3) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sessions(most: usize) -> Sessions {
        Sessions::new(SessionOptions { most, ..SessionOptions::default() }).unwrap()
    }

    fn step(rung: usize, easier: bool) -> Step {
        Step { rung, easier, counts: true, thinks: rung > 0, prefix_tokens: 1_000 }
    }

    #[test]
    fn up_at_once_down_after_several() {
        let s = sessions(100);
        assert_eq!(s.standing("a", 0.0), None);
        s.step("a", &step(2, false), 0.0);
        for turn in 1..=2 {
            let standing = s.standing("a", f64::from(turn)).unwrap();
            assert_eq!((standing.rung, standing.keep(0), standing.keep(3)), (2, 2, 3));
            s.step("a", &step(2, true), f64::from(turn));
        }
        assert_eq!(s.standing("a", 3.0).unwrap().keep(0), 0);
        s.step("a", &step(2, false), 3.0); // a hard one between them starts the count again
        assert_eq!(s.standing("a", 4.0).unwrap().keep(0), 2);
    }

    #[test]
    fn caches_grow_cold_and_sessions_end() {
        let s = sessions(100);
        s.step("a", &step(1, false), 0.0);
        assert_eq!(s.standing("a", 299.0).unwrap().cached_tokens, 1_000);
        assert_eq!(s.standing("a", 300.0).unwrap().cached_tokens, 0);
        assert_eq!(s.standing("a", 3_600.0), None);
        for odd in [f64::NAN, -1.0, f64::NEG_INFINITY] {
            assert_eq!(s.standing("a", odd).unwrap().rung, 1);
        }
        assert_eq!(s.standing("a", f64::INFINITY), None);
    }

    #[test]
    fn an_escalation_latches() {
        let s = sessions(100);
        s.step("a", &step(1, true), 0.0);
        s.escalated("a", 2, true, 1.0);
        let standing = s.standing("a", 2.0).unwrap();
        assert_eq!((standing.rung, standing.easier, standing.thought), (2, 0, 0b110));
        s.escalated("nobody", 2, true, 1.0);
        assert!(s.forget("a") && !s.forget("a"));
    }

    #[test]
    fn a_session_costs_less_than_512_bytes_and_the_oldest_goes_first() {
        let s = sessions(20_000);
        for i in 0..30_000 {
            s.step(&format!("session-{i:028}"), &step(1, false), f64::from(i) * 1e-3);
        }
        let (count, bytes) = s.size();
        assert!((19_000..=20_016).contains(&count), "{count}");
        assert!(bytes / count <= 512, "{}", bytes / count);
        assert!(s.standing("session-0000000000000000000000000000", 30.0).is_none());
        assert!(s.standing(&format!("session-{:028}", 29_999), 30.0).is_some());
    }

    #[test]
    fn options_out_of_bounds_are_named() {
        for (bad, name) in [
            (SessionOptions { most: 0, ..SessionOptions::default() }, "most"),
            (SessionOptions { ttl: f64::NAN, ..SessionOptions::default() }, "ttl"),
            (SessionOptions { cache_ttl: -1.0, ..SessionOptions::default() }, "cache_ttl"),
            (SessionOptions { down_after: 0, ..SessionOptions::default() }, "down_after"),
        ] {
            assert!(Sessions::new(bad).unwrap_err().to_string().contains(name));
        }
    }
}
