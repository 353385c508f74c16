//! The ledger of many queries: caps on sessions, tenants and the fleet that hold under any concurrency.

use super::cap::{Cap, Cost, Rules, Scope};
use super::hold_id::HoldId;
use super::holds::{Holds, Tally};
use super::options::LedgerOptions;
use super::page::Page;
use super::payer::Payer;
use super::shelf::{Fleet, Shelf};
use super::sync::{Lock, MutexGuard};
use crate::keyed;
use crate::money::Usd;
use crate::{Error, Result};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};

/// Caps over sessions, tenants and the fleet, in process.
///
/// [`reserve`](Self::reserve) before a call, [`settle`](Self::settle) after it (or [`release`](Self::release), if it
/// was never made). A reservation takes all the caps that it falls under or none of them: their accounts are locked
/// in a fixed order (query, session, tenant, fleet), checked together and changed together. What is neither settled
/// nor released ends after its time; its settlement may still come late, and is counted once.
///
/// Time is passed in, in seconds of a clock of which [`set_offset`](Self::set_offset) says how far it is from the
/// time that windows are aligned to. No window reopens when the clock steps back: within each window what is held and
/// spent never passes the cap, except by what a call cost beyond its reservation, which is recorded; after that
/// nothing is granted.
#[derive(Debug)]
pub struct Ledger {
    pub(super) rules: Rules,
    pub(super) options: LedgerOptions,
    shelves: [Box<[Lock<Shelf>]>; 3],
    pub(super) fleet: Lock<Fleet>,
    pub(super) holds: Box<[Lock<Holds>]>,
    offset: AtomicI64,
    turn: AtomicU32,
    /// Other processes share its file: see [`Ledger::share`].
    pub(super) shared: AtomicBool,
}

/// What a ledger holds and has seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LedgerStats {
    /// Live reservations.
    pub live: u64,
    /// Tokens that live reservations claim.
    pub held_tokens: u64,
    /// Spent since the ledger was made.
    pub spent: Cost,
    /// Reservations made, settled, expired; settled after they expired; settled again, or never made.
    pub made: u64,
    /// Settled or released in time.
    pub settled: u64,
    /// Ended by themselves.
    pub expired: u64,
    /// Settled after they had expired.
    pub late: u64,
    /// Settlements of what had been settled before, was forgotten or never made. They change nothing.
    pub duplicate: u64,
    /// Refused.
    pub denied: u64,
    /// Accounts kept.
    pub accounts: u64,
    /// Idle accounts forgotten to make room.
    pub evicted: u64,
    /// Memory, in bytes.
    pub bytes: u64,
}

impl Ledger {
    /// # Errors
    /// [`Error::Invalid`] when a cap or an option is out of bounds.
    pub fn new(options: LedgerOptions) -> Result<Self> {
        options.validate()?;
        let rules = Rules::new(&options.caps)?;
        let shelf = || (0..options.shards).map(|_| Lock::new(Shelf::default())).collect();
        let page = rules.of(Scope::Fleet, "").map(|rules| Page::new(rules.clone()));
        let fleet = Fleet { page, seen: 0, held: 0, spent: Cost::default(), denied: 0, log: None };
        Ok(Self {
            shelves: [shelf(), shelf(), shelf()],
            fleet: Lock::new(fleet),
            holds: (0..options.shards).map(|_| Lock::new(Holds::default())).collect(),
            rules,
            options,
            offset: AtomicI64::new(0),
            turn: AtomicU32::new(0),
            shared: AtomicBool::new(false),
        })
    }

    /// Says that windows are aligned to a clock which is so many seconds ahead of the one that callers pass.
    pub fn set_offset(&self, seconds: f64) {
        self.offset.store((seconds * 1e3).round() as i64, Ordering::Relaxed);
    }

    /// Milliseconds on the aligned clock; NaN and what lies before its beginning are its beginning.
    pub(super) fn clock(&self, now: f64) -> u64 {
        let millis = (now * 1e3).clamp(-9e15, 9e15) as i64;
        millis.saturating_add(self.offset.load(Ordering::Relaxed)).max(0) as u64
    }

    pub(super) fn ttl(&self, ttl: Option<f64>) -> Result<u64> {
        match ttl {
            None => Ok((self.options.ttl * 1e3) as u64),
            Some(ttl) if (0.001..=1e9).contains(&ttl) => Ok((ttl * 1e3) as u64),
            Some(ttl) => Err(Error::invalid("ttl", ttl, "between 0.001 and 1e9 seconds")),
        }
    }

    /// The next shard for a reservation, in turn.
    pub(super) fn turn(&self) -> u32 {
        self.turn.fetch_add(1, Ordering::Relaxed) % self.options.shards
    }

    pub(super) fn shelf(&self, scope: usize, shard: u32) -> Option<MutexGuard<'_, Shelf>> {
        Some(self.shelves.get(scope)?.get(shard as usize)?.lock())
    }

    pub(super) fn shelves(&self) -> impl Iterator<Item = (Scope, u32, &Lock<Shelf>)> {
        let scopes = Scope::ALL.into_iter().zip(&self.shelves);
        scopes
            .flat_map(|(scope, shelf)| shelf.iter().enumerate().map(move |(i, lock)| (scope, i as u32, lock)))
    }

    pub(super) fn hash(&self, key: &str) -> (u64, u32) {
        let hash = keyed::hash(self.options.seed, key);
        (hash, (hash >> 40) as u32 % self.options.shards)
    }

    /// What is left for a payer under all its caps: what a reservation made now could claim at most. What has expired
    /// counts until it is ended, by [`expire`](Self::expire) or by a reservation that needs its room.
    pub fn room(&self, payer: &Payer<'_>, now: f64) -> Cost {
        // A reservation would be made at the newest time that the fleet has seen.
        let now = self.clock(now).max(self.fleet.lock().seen);
        let mut room = Cost::MAX;
        for (i, (scope, key)) in payer.keys().into_iter().enumerate() {
            let Some(key) = key else { continue };
            let Some(rules) = self.rules.of(scope, key) else { continue };
            let (hash, shard) = self.hash(key);
            let Some(shelf) = self.shelf(i, shard) else { continue };
            let page = shelf.pages.find(hash, key).and_then(|place| shelf.pages.get(place));
            let left = page.map_or_else(|| Page::new(rules.clone()).room(), |page| page.room_at(now));
            room = room.min(left);
        }
        self.fleet.lock().page.as_ref().map_or(room, |page| room.min(page.room_at(now)))
    }

    /// As [`room`](Self::room), where there is any.
    ///
    /// # Errors
    /// [`Error::Denied`] when tokens or money are used up under some cap; it names the cap.
    pub fn admit(&self, payer: &Payer<'_>, now: f64) -> Result<Cost> {
        let room = self.room(payer, now);
        if room.tokens > 0 && room.usd.0 > 0 {
            return Ok(room);
        }
        // What has expired may make room; if it does not, the smallest claim says which cap is used up.
        self.expire(now);
        let least = Cost { tokens: u64::from(room.tokens == 0), usd: Usd(u64::from(room.usd.0 == 0)) };
        self.check(payer, least, self.clock(now))?;
        Ok(self.room(payer, now))
    }

    /// What it holds and has seen.
    pub fn stats(&self) -> LedgerStats {
        let mut stats = LedgerStats::default();
        let mut tally = Tally::default();
        for holds in &self.holds {
            let holds = holds.lock();
            stats.live += holds.live() as u64;
            stats.bytes += holds.bytes() as u64;
            tally.made += holds.tally.made;
            tally.settled += holds.tally.settled;
            tally.expired += holds.tally.expired;
            tally.late += holds.tally.late;
            tally.duplicate += holds.tally.duplicate;
        }
        for (_, _, shelf) in self.shelves() {
            let shelf = shelf.lock();
            stats.accounts += shelf.pages.len() as u64;
            stats.evicted += shelf.evicted;
            let owned: usize = shelf.pages.iter().map(|(_, page)| page.bytes()).sum();
            stats.bytes += (shelf.pages.bytes() + owned) as u64;
        }
        let fleet = self.fleet.lock();
        stats.held_tokens = u64::try_from(fleet.held).unwrap_or(u64::MAX);
        let Tally { made, settled, expired, late, duplicate } = tally;
        LedgerStats {
            spent: fleet.spent,
            denied: fleet.denied,
            made,
            settled,
            expired,
            late,
            duplicate,
            ..stats
        }
    }

    /// What is held and what has been spent by each account of a scope in its widest window, at most `most` of them,
    /// the most recently used last.
    pub fn accounts(&self, scope: Scope, most: usize) -> Vec<(String, Cost, Cost)> {
        let mut rows = Vec::new();
        for (of, _, shelf) in self.shelves() {
            if of == scope {
                let shelf = shelf.lock();
                let row = |(key, page): (&str, &Page)| {
                    let (held, spent) = page.totals();
                    (key.to_owned(), held, spent)
                };
                rows.extend(shelf.pages.iter().take(most.saturating_sub(rows.len())).map(row));
            }
        }
        if scope == Scope::Fleet {
            let page = self.fleet.lock().page.as_ref().map(Page::totals);
            rows.extend(page.map(|(held, spent)| (String::new(), held, spent)));
        }
        rows
    }

    /// The caps.
    pub fn caps(&self) -> &[Cap] {
        &self.options.caps
    }

    pub(super) fn id(shard: u32, slot: u32, generation: u32) -> HoldId {
        HoldId::new(shard, slot, generation)
    }
}
