//! The life of a reservation: reserve, settle, release, expire.

use super::book::Ledger;
use super::cap::Cost;
use super::hold_id::HoldId;
use super::holds::{Found, Hold};
use super::journal::{Entry, Owed};
use super::payer::Payer;
use crate::error::Bound;
use crate::named::named;
use crate::{Error, Result};

/// Expired reservations that a new one ends on its way.
const SWEEP: usize = 4;

/// A partial settlement: spending, and the claim that stays until a time in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    pub(super) spent: Cost,
    pub(super) rest: Cost,
    pub(super) expires: u64,
}

named! {
    /// The effect of a settlement.
    pub enum Settlement {
        /// The claim has ended and the spending is counted.
        Settled = "settled",
        /// The claim had expired; the spending is counted.
        Late = "late",
        /// Settled before, expired long ago, or never made. Nothing changed.
        Nothing = "nothing",
    }
}

impl Ledger {
    /// Reserves a claim under every cap of the payer, or under none. `ttl`, in seconds, overrides the ledger's.
    ///
    /// # Errors
    /// [`Error::Denied`] when it does not fit a cap; [`Error::Invalid`] when a name or `ttl` is out of range.
    pub fn reserve(&self, payer: &Payer<'_>, claim: Cost, ttl: Option<f64>, now: f64) -> Result<HoldId> {
        let (now, ttl, shard) = (self.clock(now), self.ttl(ttl)?, self.turn());
        self.in_turn()?;
        self.sweep(shard, now, SWEEP);
        match self.attempt(payer, claim, ttl, now, shard) {
            // Reservations that expire in other shards may make it fit.
            Err(Error::Denied { .. }) if self.sweep_all(now) > 0 => {}
            Err(error) => return Err(self.refused(error)),
            done => return done,
        }
        self.attempt(payer, claim, ttl, now, shard).map_err(|error| self.refused(error))
    }

    /// Changes the claim of a live reservation. `ttl`, if given, restarts. If a window has passed since it was made, the
    /// whole claim is drawn on the new window.
    ///
    /// # Errors
    /// [`Error::Denied`] when the new claim does not fit a cap; [`Error::State`] when the reservation has ended. Nothing has
    /// changed then.
    pub fn resize(&self, id: HoldId, claim: Cost, ttl: Option<f64>, now: f64) -> Result<()> {
        let (shard, slot, generation) = id.parts();
        let ended = || Error::state(format!("reservation {id}: it has been settled or has expired"));
        let holds = self.holds.get(shard as usize).ok_or_else(ended)?;
        let found = holds.lock().live_hold(slot, generation);
        let hold = found.ok_or_else(ended)?;
        let ttl = ttl.map(|ttl| self.ttl(Some(ttl))).transpose()?;
        self.in_turn()?;
        let mut open = self.reopen(&hold);
        let at = open.roll(self.clock(now));
        let refusal = open.pages().find_map(|(scope, page)| {
            let more = page.more(hold.at, hold.claim, claim);
            page.check(more).err().map(|r| page.denied(scope, more, &r))
        });
        if let Some(error) = refusal {
            open.ask();
            drop(open);
            return Err(self.refused(error));
        }
        // Locks are taken in the order of `reserve`: accounts, then reservations. It may have ended in between.
        let expires = ttl.map_or(hold.expires, |ttl| self.clock(now).saturating_add(ttl));
        let mut holds = holds.lock();
        if !holds.change(slot, generation, &hold, Hold { claim, at, expires, ..hold }) {
            return Err(ended());
        }
        drop(holds);
        open.resize(&hold, claim);
        open.note(&Entry::Resized { id, at, expires, claim, parts: hold.parts });
        open.ask();
        Ok(())
    }

    /// Ends a reservation with its spending. A second settlement changes nothing.
    pub fn settle(&self, id: HoldId, spent: Cost, now: f64) -> Settlement {
        self.end(id, spent, self.clock(now), true)
    }

    /// Counts what a reservation has spent, and keeps it live for `ttl` more seconds with the claim `rest`: for costs that
    /// become known later, by [`settle`](Self::settle), or never.
    pub fn settle_part(&self, id: HoldId, spent: Cost, rest: Cost, ttl: f64, now: f64) -> Settlement {
        let now = self.clock(now);
        let expires = now.saturating_add((ttl.clamp(0.001, 1e9) * 1e3) as u64);
        self.part(id, Part { spent, rest, expires }, now, true)
    }

    pub(super) fn part(&self, id: HoldId, part: Part, now: u64, news: bool) -> Settlement {
        let (shard, slot, generation) = id.parts();
        let Some(holds) = self.holds.get(shard as usize) else { return Settlement::Nothing };
        let found = holds.lock().live_hold(slot, generation);
        let Some(hold) = found else { return self.end(id, part.spent, now, news) };
        let mut open = self.reopen(&hold);
        let at = open.roll(now);
        let (Part { spent, rest, expires }, parts) = (part, hold.parts.wrapping_add(1));
        if !holds.lock().change(slot, generation, &hold, Hold { claim: rest, at, expires, parts, ..hold }) {
            return Settlement::Nothing;
        }
        for (_, page) in open.pages() {
            page.settle(hold.at, hold.claim, spent);
            page.hold(at, rest);
        }
        let held = open.fleet.held.saturating_sub(u128::from(hold.claim.tokens));
        open.fleet.held = held + u128::from(rest.tokens);
        open.fleet.spent = open.fleet.spent.plus(spent);
        if news {
            open.note(&Entry::Parted { id, at, expires, spent, rest, parts });
            let covered = spent.plus(rest).within(hold.claim);
            open.owe(id, Owed { spent, at, rest: Some((rest, expires)) }, covered);
        }
        open.ask();
        Settlement::Settled
    }

    /// `news` is false in a replay: a replayed settlement is not recorded.
    pub(super) fn end(&self, id: HoldId, spent: Cost, now: u64, news: bool) -> Settlement {
        let (shard, slot, generation) = id.parts();
        let Some(holds) = self.holds.get(shard as usize) else { return Settlement::Nothing };
        let found = holds.lock().find(slot, generation);
        let Some(hold) = found else {
            holds.lock().counters.duplicate += 1;
            return Settlement::Nothing;
        };
        // Locks are taken in the order of `reserve`. The operation that takes the record settles it.
        let mut open = self.reopen(&hold);
        let at = open.roll(now);
        let spent = if news {
            // A part that the next turn repeats is settled along with the rest.
            let Some(part) = open.take_unwritten(id) else { return Settlement::Nothing };
            spent.plus(part)
        } else {
            spent
        };
        let (hold, live) = match holds.lock().end(slot, generation) {
            Found::Live(hold) => (hold, true),
            Found::Expired(hold) => (hold, false),
            Found::Nothing => return Settlement::Nothing,
        };
        for (_, page) in open.pages() {
            if live {
                page.settle(hold.at, hold.claim, spent);
            } else {
                page.spend(spent);
            }
        }
        if live {
            open.fleet.held = open.fleet.held.saturating_sub(u128::from(hold.claim.tokens));
        }
        open.fleet.spent = open.fleet.spent.plus(spent);
        if news {
            open.note(&Entry::Settled { id, at, spent, late: !live });
            open.owe(id, Owed { spent, at, rest: None }, live && spent.within(hold.claim));
        }
        open.ask();
        if live { Settlement::Settled } else { Settlement::Late }
    }

    /// Ends a reservation whose call was never made.
    pub fn release(&self, id: HoldId, now: f64) -> Settlement {
        self.settle(id, Cost::default(), now)
    }

    /// Releases a reservation if it is live; otherwise counts no duplicate.
    pub fn forgo(&self, id: HoldId, now: f64) {
        let (shard, slot, generation) = id.parts();
        if self
            .holds
            .get(shard as usize)
            .is_some_and(|holds| holds.lock().live_hold(slot, generation).is_some())
        {
            self.release(id, now);
        }
    }

    /// Ends every expired reservation and returns their number.
    pub fn expire(&self, now: f64) -> usize {
        self.sweep_all(self.clock(now))
    }

    /// Corrects a ledger whose clock was ahead: windows continue from `now`, and no reservation lives longer than one made
    /// now would.
    pub fn rebase(&self, now: f64) {
        let now = self.clock(now);
        let latest = now.saturating_add((self.options.ttl * 1e3) as u64);
        self.rebase_to(now, latest);
        self.fleet.lock().note(&Entry::Rebased { now, latest });
    }

    pub(super) fn rebase_to(&self, now: u64, latest: u64) {
        let mut all = self.lock_all();
        for shelf in &mut all.shelves {
            shelf.pages.for_each(|page| page.rebase(now));
        }
        all.fleet.seen = all.fleet.seen.min(now);
        if let Some(page) = &mut all.fleet.page {
            page.rebase(now);
        }
        all.holds.iter_mut().for_each(|holds| holds.rebase(now, latest));
        all.hold_again();
    }

    /// Checks if a claim fits under each cap of its payer, and reserves nothing.
    ///
    /// # Errors
    /// [`Error::Denied`] when it does not; it names the cap.
    pub fn check_claim(&self, payer: &Payer<'_>, claim: Cost, now: f64) -> Result<()> {
        self.check(payer, claim, self.clock(now))
    }

    pub(super) fn check(&self, payer: &Payer<'_>, claim: Cost, now: u64) -> Result<()> {
        let mut open = self.open(payer, now)?;
        open.roll(now);
        let checked = open.check(claim);
        drop(open);
        checked.map_err(|error| self.refused(error))
    }

    fn attempt(&self, payer: &Payer<'_>, claim: Cost, ttl: u64, now: u64, shard: u32) -> Result<HoldId> {
        let mut open = self.open(payer, now)?;
        let at = open.roll(now);
        if let Err(error) = open.check(claim) {
            open.ask();
            return Err(error);
        }
        let expires = now.saturating_add(ttl);
        let hold = Hold { claim, at, expires, parts: 0, spots: open.spots() };
        let most = self.options.live.div_ceil(self.options.shards as usize);
        let Some(holds) = self.holds.get(shard as usize) else { return Err(full()) };
        let mut holds = holds.lock();
        if holds.live() >= most {
            return Err(full());
        }
        let (slot, generation) = holds.add(hold);
        drop(holds);
        let id = Self::id(shard, slot, generation);
        open.hold(&hold);
        open.note(&Entry::Made { id, at, expires, claim, payer: *payer });
        open.ask();
        Ok(id)
    }

    fn refused(&self, error: Error) -> Error {
        if matches!(error, Error::Denied { .. }) {
            let mut fleet = self.fleet.lock();
            fleet.denied += 1;
        }
        error
    }

    fn sweep_all(&self, now: u64) -> usize {
        (0..self.options.shards).map(|shard| self.sweep(shard, now, usize::MAX)).sum()
    }

    /// Ends at most `most` expired reservations of one shard.
    fn sweep(&self, shard: u32, now: u64, most: usize) -> usize {
        let Some(holds) = self.holds.get(shard as usize) else { return 0 };
        let mut count = 0;
        // Another process may have extended a reservation; only a turn sees that.
        while count < most && self.in_turn().is_ok() {
            // The record stays, marked as expired, before its claim is freed. A settlement that comes between the two counts its
            // spending, and the claim is still freed once.
            let Some((hold, slot, generation)) = holds.lock().expire(now) else { break };
            self.free(&hold, now, Some(Self::id(shard, slot, generation)));
            count += 1;
        }
        count
    }

    /// Frees the claim of an expired reservation. `news` is its id, if it is to be recorded.
    pub(super) fn free(&self, hold: &Hold, now: u64, news: Option<HoldId>) {
        let mut open = self.reopen(hold);
        let at = open.roll(now);
        open.pages().for_each(|(_, page)| page.settle(hold.at, hold.claim, Cost::default()));
        open.fleet.held = open.fleet.held.saturating_sub(u128::from(hold.claim.tokens));
        if let Some(id) = news {
            open.note(&Entry::Expired { id, at });
        }
    }
}

fn full() -> Error {
    Error::denied(Bound { scope: "ledger", part: "reservations", period: None }, 1.0, 0.0)
}
