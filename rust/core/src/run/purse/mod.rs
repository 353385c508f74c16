//! The tokens and dollars of a run: its account under the ceiling, a bill per call, and the ledger behind both.
//!
//! ```text
//! draw    claims a call's whole grant from the account and the ledger, before the host sees the call
//! count   turns tokens of a stream from claimed into spent
//! end     gives back the unused grant of a stream, if its cost is known
//! report  replaces the count by a provider's usage
//! ```
//!
//! After each of them the account holds the sum of the bills, and its claims never pass the ceiling.

mod backing;
mod bill;

use super::action::Reason;
use crate::ledger::{Account, Amount, Cost};
use crate::money::Prices;

pub(super) use backing::Backing;
pub(super) use bill::{Bill, Usage};

#[derive(Debug)]
pub(super) struct Purse {
    account: Account,
    backing: Backing,
    /// By the number of their call.
    bills: Vec<Bill>,
}

/// The wanted size of a call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Request {
    pub(super) prices: Prices,
    pub(super) samples: u32,
    /// Output tokens of one sample, at least 1.
    pub(super) max_tokens: u64,
    /// Fewest output tokens that make a sample useful.
    pub(super) least_tokens: u64,
    /// Input tokens of one sample.
    pub(super) input: u64,
    /// True if a smaller sample will do where no whole one fits.
    pub(super) shrinks: bool,
}

/// The end of one stream, as its call's bill sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    /// True if its input counts as read from now on.
    pub(super) reads: bool,
    /// Its unused grant, and true if it had begun; none while its cost is not known.
    pub(super) releases: Option<(u64, bool)>,
    /// True if it no longer counts as a sample: it gave nothing, or was given up.
    pub(super) waived: bool,
}

impl Purse {
    pub(super) fn new(limit: Amount, backing: Backing) -> Self {
        Self { account: Account::new(limit), backing, bills: Vec::new() }
    }

    /// Tokens, money and samples that may still be granted.
    pub(super) fn room(&self) -> Amount {
        self.account.room()
    }

    pub(super) fn spent(&self) -> Amount {
        self.account.spent()
    }

    /// True if an engine passed its grant and the ceiling.
    pub(super) fn overdrawn(&self) -> bool {
        self.account.overdrawn()
    }

    /// True if the ledger refused the newest claim.
    pub(super) fn denied(&self) -> bool {
        self.backing.denied()
    }

    /// The samples that fit and their size: as many whole samples as possible, or one smaller one. `least_tokens` includes
    /// the answer, so thinking gives way first.
    pub(super) fn fit(&self, request: &Request) -> Result<(u32, u64), Reason> {
        let (room, Request { prices, input, max_tokens, least_tokens, .. }) = (self.room(), *request);
        if request.samples == 0 {
            return Err(Reason::Samples);
        }
        let each = prices.cost(input, 0, max_tokens);
        let by_usd = room.usd.0.checked_div(each.0).unwrap_or(u64::MAX);
        let whole = u64::from(request.samples).min(room.tokens / max_tokens).min(by_usd) as u32;
        if whole > 0 {
            return Ok((whole, max_tokens));
        }
        if !request.shrinks || room.tokens < least_tokens {
            return Err(Reason::Tokens);
        }
        let left = room.usd.less(prices.cost(input, 0, 0));
        let affordable = left.0.checked_div(prices.output.0).unwrap_or(u64::MAX);
        if affordable < least_tokens || prices.cost(input, 0, least_tokens) > room.usd {
            return Err(Reason::Usd);
        }
        Ok((1, max_tokens.min(room.tokens).min(affordable)))
    }

    /// Checks if an answer of `tokens` could be granted once `freed` is given back.
    pub(super) fn affords(
        &self,
        prices: &Prices,
        input: u64,
        tokens: u64,
        freed: Amount,
    ) -> Result<(), Reason> {
        let room = self.room();
        if room.tokens.saturating_add(freed.tokens) < tokens {
            return Err(Reason::Tokens);
        }
        if room.usd.plus(freed.usd) < prices.cost(input, 0, tokens) {
            return Err(Reason::Usd);
        }
        if room.samples.saturating_add(freed.samples) == 0 {
            return Err(Reason::Samples);
        }
        Ok(())
    }

    /// Claims the bill of the next call. `spare` is the most that its stream may be raised by. False, and no change, when the
    /// account or the ledger refuses.
    pub(super) fn draw(&mut self, bill: Bill, spare: Cost, now: f64) -> bool {
        let (claim, spent) = bill.drawn;
        let nothing = Amount::default();
        if !self.account.reserve(claim) {
            return false;
        }
        if !self.backing.cover(&self.account, spare, now) {
            self.account.revise((claim, nothing), (nothing, nothing));
            return false;
        }
        // The claim is drawn; samples count as spent from the start.
        self.account.revise((nothing, nothing), (nothing, spent));
        self.bills.push(bill);
        true
    }

    /// Grants a running stream `tokens` more, `left` of which it may still write. False, and no change, when the account or
    /// the ledger refuses.
    pub(super) fn raise(&mut self, call: u32, tokens: u64, left: u64, now: f64) -> bool {
        let Some(bill) = self.bills.get_mut(call as usize) else { return false };
        let mut raised = bill.clone();
        raised.raise(tokens, left);
        let (before, after) = (bill.drawn, raised.now());
        if !self.account.extend(before, after) {
            return false;
        }
        if !self.backing.cover_running(&self.account, now) {
            self.account.revise(after, before);
            return false;
        }
        raised.drawn = after;
        *bill = raised;
        true
    }

    /// Counts `tokens` of a stream, `within` of which were open in its grant. `first` is set for its first token: true if
    /// the stream had been released before.
    pub(super) fn count(&mut self, call: u32, tokens: u64, within: u64, first: Option<bool>) {
        self.change(call, |bill| {
            if let Some(released) = first {
                bill.start(released);
            }
            bill.count(tokens, within);
        });
    }

    /// Ends a stream.
    pub(super) fn end(&mut self, call: u32, end: End) {
        self.change(call, |bill| {
            if end.reads {
                bill.start(false);
            }
            if let Some((left, began)) = end.releases {
                bill.release(left, began);
            }
            bill.samples = bill.samples.saturating_sub(u32::from(end.waived));
        });
    }

    /// Takes a provider's usage, and frees the grants of streams that waited for it.
    pub(super) fn report(&mut self, call: u32, usage: Usage, released: impl Iterator<Item = (u64, bool)>) {
        self.change(call, |bill| {
            bill.report(usage);
            for (left, began) in released {
                bill.release(left, began);
            }
        });
    }

    /// Notes that the newest claim was not written to the ledger's file. Running streams may not draw on it.
    pub(super) fn unwritten(&mut self) {
        self.backing.unwritten();
    }

    /// Settles the reservation in the ledger with what the account has committed.
    pub(super) fn settle(&mut self, now: f64) {
        self.backing.settle(&self.account, now);
    }

    /// Notes in the session that evidence took its run up to a rung.
    pub(super) fn escalated(&self, escalations: u32, rung: usize, thinks: bool, now: f64) {
        self.backing.escalated(escalations, rung, thinks, now);
    }

    /// Changes a bill, and the account with it.
    fn change(&mut self, call: u32, change: impl FnOnce(&mut Bill)) {
        let Some(bill) = self.bills.get_mut(call as usize) else { return };
        change(bill);
        let now = bill.now();
        self.account.revise(bill.drawn, now);
        bill.drawn = now;
    }
}
