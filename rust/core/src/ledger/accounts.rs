//! Locks the accounts that one reservation falls under, in one fixed order, so that no two operations deadlock.

use super::book::Ledger;
use super::cap::{Cost, Scope, check_key};
use super::holds::{Hold, Holds, Spot};
use super::journal::Entry;
use super::page::Page;
use super::payer::Payer;
use super::shelf::{Fleet, Shelf};
use super::sync::MutexGuard;
use crate::Result;

impl Ledger {
    /// Locks the accounts of a payer.
    pub(super) fn open(&self, payer: &Payer<'_>, now: u64) -> Result<LockedAccounts<'_>> {
        self.open_up(payer, |scope, shelf| {
            let most = self.options.accounts.div_ceil(self.options.shards as usize);
            shelf.make_room(scope, most, now)
        })
    }

    /// Like [`open`](Self::open), but creates an account even above the bound on accounts.
    pub(super) fn open_all(&self, payer: &Payer<'_>, now: u64) -> Result<LockedAccounts<'_>> {
        self.open_up(payer, |scope, shelf| {
            let most = self.options.accounts.div_ceil(self.options.shards as usize);
            shelf.make_room(scope, most, now).or(Ok(()))
        })
    }

    fn open_up(
        &self,
        payer: &Payer<'_>,
        make_room: impl Fn(Scope, &mut Shelf) -> Result<()>,
    ) -> Result<LockedAccounts<'_>> {
        let mut shelves: [Option<(MutexGuard<'_, Shelf>, Spot)>; 3] = [None, None, None];
        for (i, (scope, key)) in payer.keys().into_iter().enumerate() {
            let Some(key) = key else { continue };
            check_key(scope.as_str(), key)?;
            let Some(rules) = self.rules.of(scope, key) else { continue };
            let (hash, shard) = self.hash(key);
            let Some(mut shelf) = self.shelf(i, shard) else { continue };
            let place = if let Some(place) = shelf.pages.find(hash, key) {
                shelf.pages.touch(place);
                place
            } else {
                make_room(scope, &mut shelf)?;
                shelf.pages.insert(hash, key, Page::new(rules.clone()))
            };
            if let Some(entry) = shelves.get_mut(i) {
                *entry = Some((shelf, Spot { shard, place }));
            }
        }
        Ok(LockedAccounts { shelves, fleet: self.fleet.lock() })
    }

    /// Locks everything, in the order of single operations: accounts, the fleet, reservations.
    pub(super) fn lock_all(&self) -> Everything<'_> {
        Everything {
            shelves: self.shelves().map(|(_, _, shelf)| shelf.lock()).collect(),
            fleet: self.fleet.lock(),
            holds: self.holds.iter().map(super::sync::Lock::lock).collect(),
        }
    }

    /// Locks the accounts of a reservation.
    pub(super) fn reopen(&self, hold: &Hold) -> LockedAccounts<'_> {
        let mut shelves: [Option<(MutexGuard<'_, Shelf>, Spot)>; 3] = [None, None, None];
        for (i, (entry, spot)) in shelves.iter_mut().zip(hold.spots).enumerate() {
            if let Some(spot) = spot {
                *entry = self.shelf(i, spot.shard).map(|shelf| (shelf, spot));
            }
        }
        LockedAccounts { shelves, fleet: self.fleet.lock() }
    }
}

/// The whole ledger, locked.
pub(super) struct Everything<'a> {
    /// By scope, then by shard.
    pub(super) shelves: Vec<MutexGuard<'a, Shelf>>,
    pub(super) fleet: MutexGuard<'a, Fleet>,
    pub(super) holds: Vec<MutexGuard<'a, Holds>>,
}

impl Everything<'_> {
    /// Holds the claims of all live reservations, in accounts that hold nothing.
    pub(super) fn hold_again(&mut self) {
        let shards = self.holds.len();
        self.fleet.held = 0;
        for hold in self.holds.iter().flat_map(|holds| holds.live_holds()) {
            for (scope, spot) in hold.spots.into_iter().enumerate() {
                let Some(spot) = spot else { continue };
                let shelf = self.shelves.get_mut(scope * shards + spot.shard as usize);
                if let Some(page) = shelf.and_then(|shelf| shelf.pages.get_mut(spot.place)) {
                    page.hold(hold.at, hold.claim);
                }
            }
            self.fleet.page.iter_mut().for_each(|page| page.hold(hold.at, hold.claim));
            self.fleet.held += u128::from(hold.claim.tokens);
        }
    }
}

/// Accounts that are locked together.
pub(super) struct LockedAccounts<'a> {
    pub(super) shelves: [Option<(MutexGuard<'a, Shelf>, Spot)>; 3],
    pub(super) fleet: MutexGuard<'a, Fleet>,
}

impl LockedAccounts<'_> {
    /// Every page with its scope.
    pub(super) fn pages(&mut self) -> impl Iterator<Item = (Scope, &mut Page)> {
        let shelves = Scope::ALL.into_iter().zip(&mut self.shelves);
        let pages = shelves.filter_map(|(scope, entry)| {
            let (shelf, spot) = entry.as_mut()?;
            Some((scope, shelf.pages.get_mut(spot.place)?))
        });
        pages.chain(self.fleet.page.as_mut().map(|page| (Scope::Fleet, page)))
    }

    /// Moves all pages to one time: the newest that any of them has seen.
    pub(super) fn roll(&mut self, now: u64) -> u64 {
        let seen = self.pages().map(|(_, page)| page.seen()).max().unwrap_or(0);
        let now = now.max(seen).max(self.fleet.seen);
        self.pages().for_each(|(_, page)| page.roll(now));
        self.fleet.seen = now;
        now
    }

    /// # Errors
    /// [`Error::Denied`] when a claim does not fit a page.
    pub(super) fn check(&mut self, claim: Cost) -> Result<()> {
        let refused = |(scope, page): (Scope, &mut Page)| {
            page.check(claim).err().map(|refusal| page.denied(scope, claim, &refusal))
        };
        self.pages().find_map(refused).map_or(Ok(()), Err)
    }

    /// Takes a reservation's claim.
    pub(super) fn hold(&mut self, hold: &Hold) {
        self.pages().for_each(|(_, page)| page.hold(hold.at, hold.claim));
        self.fleet.held += u128::from(hold.claim.tokens);
    }

    /// Changes a reservation's claim.
    pub(super) fn resize(&mut self, hold: &Hold, claim: Cost) {
        self.pages().for_each(|(_, page)| page.resize(hold.at, hold.claim, claim));
        let held = self.fleet.held.saturating_sub(u128::from(hold.claim.tokens));
        self.fleet.held = held + u128::from(claim.tokens);
    }

    /// Records a change.
    pub(super) fn note(&mut self, entry: &Entry<'_>) {
        self.fleet.note(entry);
    }

    pub(super) fn spots(&self) -> [Option<Spot>; 3] {
        self.shelves.each_ref().map(|entry| entry.as_ref().map(|(_, spot)| *spot))
    }

    /// Marks the accounts that should be leased more.
    pub(super) fn ask(&mut self) {
        for entry in &mut self.shelves {
            let Some((shelf, spot)) = entry else { continue };
            if shelf.pages.get_mut(spot.place).is_some_and(Page::ask) {
                shelf.note_low(spot.place);
            }
        }
        // The fleet's page is read at every turn of the lease loop.
        self.fleet.page.as_mut().map(Page::ask);
    }
}
