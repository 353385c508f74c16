//! Blocks of budget, leased from a store that processes share.
//!
//! The host asks [`Ledger::wants`] in the background, fetches the blocks, and adds them with [`Ledger::lease`]; no
//! reservation waits for the store. A block belongs to one window of one cap. The store counts a block as spent when it
//! gives it, so the sum over all processes never passes the cap.

use super::book::Ledger;
use super::cap::{Cost, Scope};
use super::page::Page;
use super::shelf::Shelf;

/// A block that is wanted, leased, or returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The scope of its account.
    pub scope: Scope,
    /// The account's key; empty for the fleet.
    pub key: String,
    /// Index of the cap among the account's.
    pub cap: usize,
    /// Number of the window: the aligned time divided by the cap's period.
    pub window: u64,
    /// Its size.
    pub amount: Cost,
}

impl Ledger {
    /// Lists the blocks that should be leased now, at most `most`: those of accounts that were used and have less than half
    /// a block left. Each is listed once, until [`lease`](Self::lease) answers it.
    pub fn wants(&self, most: usize, now: f64) -> Vec<Block> {
        let now = self.clock(now);
        let mut wants = Vec::new();
        {
            let mut fleet = self.fleet.lock();
            let seen = fleet.seen;
            if let Some(page) = &mut fleet.page {
                page.roll(now.max(seen));
                page.ask();
                list(Scope::Fleet, "", page, &mut wants);
            }
        }
        for (scope, _, shelf) in self.shelves() {
            let mut shelf = shelf.lock();
            while wants.len() < most
                && let Some(place) = shelf.lows.pop()
            {
                let Shelf { pages, .. } = &mut *shelf;
                if let (Some(key), Some(page)) = (pages.key(place), pages.get(place)) {
                    list(scope, key, page, &mut wants);
                }
            }
        }
        wants
    }

    /// Adds a leased block. `dry`: the store has no more in this window; no more is requested until an empty block that is
    /// not dry arrives. False when the account or the window has gone; the block must then be returned to the store.
    pub fn lease(&self, block: &Block, dry: bool) -> bool {
        self.page(block.scope, &block.key, |page| page.lease(block.cap, block.window, block.amount, dry))
            .unwrap_or(false)
    }

    /// Takes back all leased blocks that are not committed, for return to the store.
    pub fn unlease(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut take = |scope: Scope, key: &str, page: &mut Page| {
            let back = page.unlease().into_iter();
            blocks.extend(back.map(|(cap, window, amount)| Block {
                scope,
                key: key.to_owned(),
                cap,
                window,
                amount,
            }));
        };
        for (scope, _, shelf) in self.shelves() {
            let mut shelf = shelf.lock();
            let mut next = shelf.pages.oldest();
            while let Some(place) = next {
                next = shelf.pages.newer(place);
                let key = shelf.pages.key(place).unwrap_or_default().to_owned();
                if let Some(page) = shelf.pages.get_mut(place) {
                    take(scope, &key, page);
                }
            }
        }
        if let Some(page) = &mut self.fleet.lock().page {
            take(Scope::Fleet, "", page);
        }
        blocks
    }

    fn page<T>(&self, scope: Scope, key: &str, then: impl FnOnce(&mut Page) -> T) -> Option<T> {
        if scope == Scope::Fleet {
            return self.fleet.lock().page.as_mut().map(then);
        }
        let (hash, shard) = self.hash(key);
        let mut shelf = self.shelf(scope as usize, shard)?;
        let place = shelf.pages.find(hash, key)?;
        shelf.pages.get_mut(place).map(then)
    }
}

fn list(scope: Scope, key: &str, page: &Page, wants: &mut Vec<Block>) {
    wants.extend(page.asked().filter_map(|(cap, window, left)| {
        let amount = page.rules().get(cap)?.cap.leased?.block.less(left);
        Some(Block { scope, key: key.to_owned(), cap, window, amount })
    }));
}
