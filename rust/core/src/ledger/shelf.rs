//! The accounts of one shard of one scope, and the fleet's own account.

use super::cap::{Cost, Scope};
use super::journal::{Entry, Journal};
use super::page::Page;
use crate::error::Bound;
use crate::keyed::{Keyed, Place};
use crate::{Error, Result};

/// The accounts of one shard of one scope.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    pub(super) pages: Keyed<Page>,
    /// Accounts that requested a lease.
    pub(super) lows: Vec<Place>,
    pub(super) evicted: u64,
}

/// The account of the fleet, which every reservation touches.
#[derive(Debug)]
pub(super) struct Fleet {
    /// None if the fleet has no cap.
    pub(super) page: Option<Page>,
    /// The newest time seen, in milliseconds.
    pub(super) seen: u64,
    pub(super) held: u128,
    pub(super) spent: Cost,
    pub(super) denied: u64,
    /// None while nothing is recorded.
    pub(super) log: Option<Box<Journal>>,
}

impl Fleet {
    /// Records a change. Every change holds the fleet's lock, so records are in the order of changes.
    pub(super) fn note(&mut self, entry: &Entry<'_>) {
        if let Some(log) = &mut self.log {
            log.write(entry);
        }
    }
}

impl Shelf {
    pub(super) fn note_low(&mut self, place: Place) {
        if self.lows.len() > 2 * self.pages.len() + 64 {
            // No host reads the requests, and accounts have come and gone.
            let pages = &self.pages;
            self.lows.retain(|&place| pages.get(place).is_some());
        }
        self.lows.push(place);
    }

    /// Evicts one account if there are `most`, the least recently used of 64 first.
    ///
    /// An idle session or query is evicted and counted: a caller who could bring it back could as well have started another.
    /// A tenant's spending is kept while its window lasts.
    pub(super) fn make_room(&mut self, scope: Scope, most: usize, now: u64) -> Result<()> {
        const LOOK: usize = 64;
        if self.pages.len() < most {
            return Ok(());
        }
        let next = |place: &Place| self.pages.newer(*place);
        let spare = std::iter::successors(self.pages.oldest(), next).take(LOOK).find(|&place| {
            self.pages
                .get(place)
                .is_some_and(|page| if scope == Scope::Tenant { page.blank(now) } else { page.idle() })
        });
        let Some(place) = spare else {
            let cap = Bound { scope: scope.as_str(), part: "accounts", period: None };
            return Err(Error::denied(cap, 1.0, 0.0));
        };
        self.evicted += u64::from(self.pages.get(place).is_some_and(|page| !page.blank(now)));
        self.pages.remove(place);
        Ok(())
    }
}
