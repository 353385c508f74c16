//! The money and tokens of a run: its account under the ceiling, a bill per call, and the ledger that stands behind both.
//!
//! ```text
//! draw    a call's whole grant is claimed from the account, then from the ledger, before the host hears of the call
//! count   tokens of a stream turn from claimed into spent
//! end     a stream gives back what it left of its grant, if its cost is known
//! report  a provider's usage replaces the count
//! ```
//!
//! After each of them the account holds what the bills say: the sum of their claims never passes the ceiling.

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

/// The size that a call should have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Request {
    pub(super) prices: Prices,
    pub(super) samples: u32,
    /// Output tokens of one sample, at least 1.
    pub(super) max_tokens: u64,
    /// The fewest output tokens that one sample is any use with.
    pub(super) least_tokens: u64,
    /// Input tokens of one sample.
    pub(super) input: u64,
    /// Whether a smaller sample will do, where not one fits whole.
    pub(super) shrinks: bool,
}

/// The end of one stream, as its call's bill needs it.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    /// Whether only now its input counts as read.
    pub(super) reads: bool,
    /// What it left of its grant, and whether it had begun; none while its cost is not known.
    pub(super) releases: Option<(u64, bool)>,
    /// Whether it counts as a sample no more: it gave nothing, or was given up.
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

    /// Whether an engine has passed its grant, and with it the ceiling.
    pub(super) fn overdrawn(&self) -> bool {
        self.account.overdrawn()
    }

    /// Whether the ledger refused the newest claim.
    pub(super) fn denied(&self) -> bool {
        self.backing.denied()
    }

    /// The samples and the tokens of each that fit: as many whole samples as possible, or else one with less room.
    /// Room for the answer is part of `least_tokens`, so thinking gives way first.
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

    /// Whether one more answer of `tokens` could be granted once `freed` has been given back.
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

    /// Claims the bill of the next call. `spare` is the most that its stream may be raised by while it runs. False when the
    /// account or a cap of the ledger refuses; then nothing has changed.
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
        // The claim is drawn; the samples count as spent from the start.
        self.account.revise((nothing, nothing), (nothing, spent));
        self.bills.push(bill);
        true
    }

    /// Grants a running stream `tokens` more, of which it may still write `left`. False when the account or the ledger
    /// refuses; then nothing has changed.
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

    /// Counts `tokens` of a stream, `within` of which were open in its grant. `first` is set for its first sign of life,
    /// and tells whether the stream had been released before it.
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

    /// Takes a provider's usage in place of the count, and gives back the grants of streams that waited for it.
    pub(super) fn report(&mut self, call: u32, usage: Usage, released: impl Iterator<Item = (u64, bool)>) {
        self.change(call, |bill| {
            bill.report(usage);
            for (left, began) in released {
                bill.release(left, began);
            }
        });
    }

    /// The newest claim could not be written to the ledger's file. Running streams may not draw on it.
    pub(super) fn unwritten(&mut self) {
        self.backing.unwritten();
    }

    /// Ends the reservation in the ledger with what the account has committed.
    pub(super) fn settle(&mut self, now: f64) {
        self.backing.settle(&self.account, now);
    }

    /// Tells the session that evidence has taken its run up to a rung.
    pub(super) fn escalated(&self, escalations: u32, rung: usize, thinks: bool, now: f64) {
        self.backing.escalated(escalations, rung, thinks, now);
    }

    /// Changes a bill, and brings the account up to date with it.
    fn change(&mut self, call: u32, change: impl FnOnce(&mut Bill)) {
        let Some(bill) = self.bills.get_mut(call as usize) else { return };
        change(bill);
        let now = bill.now();
        self.account.revise(bill.drawn, now);
        bill.drawn = now;
    }
}
