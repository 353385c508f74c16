//! The ledger of many queries: caps on sessions, tenants and the fleet that hold under concurrency.

use super::cap::{Cap, CapRules, Cost, Scope};
use super::hold_id::HoldId;
use super::holds::{Counters, Holds};
use super::options::LedgerOptions;
use super::page::Page;
use super::payer::Payer;
use super::shelf::{Fleet, Shelf};
use super::sync::{Lock, MutexGuard};
use crate::error::Bound;
use crate::keyed;
use crate::money::Usd;
use crate::{Error, Result};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};

/// Caps over sessions, tenants and the fleet, in process.
///
/// [`reserve`](Self::reserve) before a call, [`settle`](Self::settle) after it, or [`release`](Self::release) if the call
/// was never made. A reservation draws on all its caps or on none: their accounts are locked in a fixed order (query,
/// session, tenant, fleet), checked together and changed together. A reservation that is not settled in time expires. Its
/// settlement may still come, and is counted once.
///
/// Time is an argument, in seconds of a clock whose distance from the aligned clock is set by
/// [`set_offset`](Self::set_offset). No window reopens when the clock steps back. Within a window, claims and spending pass
/// a cap only by what a call cost beyond its reservation; then nothing more is granted.
#[derive(Debug)]
pub struct Ledger {
    pub(super) rules: CapRules,
    pub(super) options: LedgerOptions,
    shelves: [Box<[Lock<Shelf>]>; 3],
    pub(super) fleet: Lock<Fleet>,
    pub(super) holds: Box<[Lock<Holds>]>,
    offset: AtomicI64,
    turn: AtomicU32,
    /// Set by [`Ledger::share`]: other processes share its file.
    pub(super) shared: AtomicBool,
}

/// Counters of a ledger.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LedgerStats {
    /// Live reservations.
    pub live: u64,
    /// Tokens that live reservations claim.
    pub held_tokens: u64,
    /// Spent since the ledger was created.
    pub spent: Cost,
    /// Reservations made.
    pub made: u64,
    /// Settled or released in time.
    pub settled: u64,
    /// Expired.
    pub expired: u64,
    /// Settled after they had expired.
    pub late: u64,
    /// Settlements that changed nothing: of a reservation settled before, forgotten, or never made.
    pub duplicate: u64,
    /// Reservations refused.
    pub denied: u64,
    /// Accounts in memory.
    pub accounts: u64,
    /// Idle accounts evicted to make room.
    pub evicted: u64,
    /// Memory, in bytes.
    pub bytes: u64,
}

impl Ledger {
    /// # Errors
    /// [`Error::Invalid`] when a cap or an option is out of bounds.
    pub fn new(options: LedgerOptions) -> Result<Self> {
        options.validate()?;
        let rules = CapRules::new(&options.caps)?;
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

    /// The settings that it was made with, caps included.
    pub fn options(&self) -> &LedgerOptions {
        &self.options
    }

    /// Sets how many seconds the clock that windows are aligned to is ahead of the one that callers pass.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless it is finite.
    pub fn set_offset(&self, seconds: f64) -> Result<()> {
        if !seconds.is_finite() {
            return Err(Error::invalid("offset", seconds, "a finite number of seconds"));
        }
        self.offset.store((seconds * 1e3).round() as i64, Ordering::Relaxed);
        Ok(())
    }

    /// Milliseconds on the aligned clock. NaN and times before its start count as its start.
    pub(super) fn clock(&self, now: f64) -> u64 {
        let millis = (now * 1e3).clamp(-9e15, 9e15) as i64;
        millis.saturating_add(self.offset.load(Ordering::Relaxed)).max(0) as u64
    }

    /// Seconds until the current window of a period ends, above 0. `period` is a cap's, in seconds.
    pub fn until_next_window(&self, period: f64, now: f64) -> f64 {
        let period = ((period * 1e3).round() as u64).max(1);
        // As for a reservation, the newest time that the fleet has seen counts.
        let now = self.clock(now).max(self.fleet.lock().seen);
        (period - now % period) as f64 / 1e3
    }

    pub(super) fn ttl(&self, ttl: Option<f64>) -> Result<u64> {
        match ttl {
            None => Ok((self.options.ttl * 1e3) as u64),
            Some(ttl) if (0.001..=1e9).contains(&ttl) => Ok((ttl * 1e3) as u64),
            Some(ttl) => Err(Error::invalid("ttl", ttl, "between 0.001 and 1e9 seconds")),
        }
    }

    /// The next shard for a reservation, round-robin.
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

    /// The largest claim that a payer could reserve now. Expired reservations count until [`expire`](Self::expire), or a
    /// reservation that needs their room, ends them.
    pub fn room(&self, payer: &Payer<'_>, now: f64) -> Cost {
        let mut room = Cost::MAX;
        self.visit(payer, now, |_, page, now| room = room.min(page.room_at(now)));
        room
    }

    /// The least that is left to a payer under caps on escalated spend, and the cap. None without such a cap.
    pub fn escalated_room(&self, payer: &Payer<'_>, now: f64) -> Option<(Usd, Bound)> {
        if !self.options.caps.iter().any(|cap| cap.escalated.is_some()) {
            return None;
        }
        let mut least: Option<(Usd, Bound)> = None;
        self.visit(payer, now, |scope, page, now| {
            let Some((left, period)) = page.escalated_at(now) else { return };
            if least.is_none_or(|(least, _)| left < least) {
                least = Some((left, Bound { scope: scope.as_str(), part: Bound::ESCALATED, period }));
            }
        });
        least
    }

    /// Shows a payer's pages, and the time that a reservation would be made at: the newest that the fleet has seen. Accounts that
    /// there are not yet are shown as they would begin.
    fn visit(&self, payer: &Payer<'_>, now: f64, mut see: impl FnMut(Scope, &Page, u64)) {
        let now = self.clock(now).max(self.fleet.lock().seen);
        for (i, (scope, key)) in payer.keys().into_iter().enumerate() {
            let Some(key) = key else { continue };
            let Some(rules) = self.rules.of(scope, key) else { continue };
            let (hash, shard) = self.hash(key);
            let Some(shelf) = self.shelf(i, shard) else { continue };
            match shelf.pages.find(hash, key).and_then(|place| shelf.pages.get(place)) {
                Some(page) => see(scope, page, now),
                None => see(scope, &Page::new(rules.clone()), now),
            }
        }
        if let Some(page) = &self.fleet.lock().page {
            see(Scope::Fleet, page, now);
        }
    }

    /// Like [`room`](Self::room), but an error where it is 0.
    ///
    /// # Errors
    /// [`Error::Denied`] when tokens or money are used up under a cap; it names the cap.
    pub fn admit(&self, payer: &Payer<'_>, now: f64) -> Result<Cost> {
        let room = self.room(payer, now);
        if room.tokens > 0 && room.usd.0 > 0 {
            return Ok(room);
        }
        // Expired reservations may make room. If they do not, the smallest claim finds the cap that is used up.
        self.expire(now);
        let least = Cost::new(u64::from(room.tokens == 0), Usd(u64::from(room.usd.0 == 0)));
        self.check(payer, least, self.clock(now))?;
        Ok(self.room(payer, now))
    }

    /// Counters and sizes.
    pub fn stats(&self) -> LedgerStats {
        let mut stats = LedgerStats::default();
        let mut counters = Counters::default();
        for holds in &self.holds {
            let holds = holds.lock();
            stats.live += holds.live() as u64;
            stats.bytes += holds.bytes() as u64;
            counters.made += holds.counters.made;
            counters.settled += holds.counters.settled;
            counters.expired += holds.counters.expired;
            counters.late += holds.counters.late;
            counters.duplicate += holds.counters.duplicate;
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
        let Counters { made, settled, expired, late, duplicate } = counters;
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

    /// Claims and spending of the accounts of a scope in their widest window: at most `most`, the most recently used last.
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
