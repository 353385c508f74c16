//! The tokens and dollars of a run: its account under the ceiling, a bill per call, and the ledger behind both.
//!
//! ```text
//! draw    claims a call's whole grant from the account and the ledger, before the host sees the call
//! count   turns tokens of a stream from claimed into spent
//! end     gives back the unused grant of a stream, if its cost is known
//! report  merges a provider's usage
//! ```
//!
//! After each of them the account holds the sum of the bills, and its claims never pass the ceiling.

mod backing;
mod bill;
mod report;

use super::action::Reason;
use crate::ledger::{Account, Amount, Cost};
use crate::money::{Prices, Usd};

pub(super) use backing::Backing;
use backing::cost;
use bill::Totals;
pub(super) use bill::{Bill, Request, Share};
pub use report::Usage;
pub(super) use report::{LARGEST, Report, Seen};

#[derive(Debug)]
pub(super) struct Purse {
    account: Account,
    backing: Backing,
    /// By the number of their call.
    bills: Vec<Bill>,
    /// True if the money limit is derived from an estimate of the input: then more input raises it.
    derived_usd: bool,
    /// Reported counts that cannot be true.
    invalid: u32,
}

impl Purse {
    pub(super) fn new(limit: Amount, derived_usd: bool, backing: Backing) -> Self {
        Self { account: Account::new(limit), backing, bills: Vec::new(), derived_usd, invalid: 0 }
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

    /// Why the ledger refused the newest claim; None if it did not.
    pub(super) fn denied(&self) -> Option<Reason> {
        self.backing.denied()
    }

    /// The money that is left for calls above the entry rung, or on it and below.
    fn money(&self, above: bool) -> Usd {
        let room = self.room();
        if above { room.usd.min(room.escalated) } else { room.usd }
    }

    /// The limit that leaves too little money.
    fn short(&self, above: bool) -> Reason {
        let room = self.room();
        if above && room.escalated < room.usd { Reason::Escalated } else { Reason::Usd }
    }

    /// The samples that fit and their size: as many whole samples as possible, or one smaller one. `least_tokens` includes
    /// the answer, so thinking gives way first.
    pub(super) fn fit(&self, request: &Request) -> Result<(u32, u64), Reason> {
        let Request { prices, input, max_tokens, least_tokens, above, .. } = *request;
        let (room, money) = (self.room(), self.money(above));
        if request.samples == 0 {
            return Err(Reason::Samples);
        }
        let each = prices.cost(input, 0, max_tokens);
        let by_usd = money.0.checked_div(each.0).unwrap_or(u64::MAX);
        let whole = u64::from(request.samples).min(room.tokens / max_tokens).min(by_usd) as u32;
        if whole > 0 {
            return Ok((whole, max_tokens));
        }
        if !request.shrinks || room.tokens < least_tokens {
            return Err(Reason::Tokens);
        }
        let left = money.less(prices.cost(input, 0, 0));
        let affordable = left.0.checked_div(prices.output.0).unwrap_or(u64::MAX);
        if affordable < least_tokens || prices.cost(input, 0, least_tokens) > money {
            return Err(self.short(above));
        }
        Ok((1, max_tokens.min(room.tokens).min(affordable)))
    }

    /// Checks if an answer of `least_tokens` could be granted once `freed` is given back.
    pub(super) fn affords(&self, request: &Request, freed: Amount, now: f64) -> Result<(), Reason> {
        let (room, least) = (self.room(), request.least_tokens);
        if room.tokens.saturating_add(freed.tokens) < least {
            return Err(Reason::Tokens);
        }
        let cost = request.prices.cost(request.input, 0, least);
        if room.usd.plus(freed.usd) < cost {
            return Err(Reason::Usd);
        }
        // Other runs may have used the cap up since the plan was made.
        let escalated =
            || self.backing.escalated_room(now).map_or(room.escalated, |left| left.min(room.escalated));
        if request.above && escalated().plus(freed.escalated) < cost {
            return Err(Reason::Escalated);
        }
        if room.samples.saturating_add(freed.samples) == 0 {
            return Err(Reason::Samples);
        }
        Ok(())
    }

    /// Claims the bill of the next call. `spare` is the most that its stream may be raised by. False, and no change, when the
    /// account or the ledger refuses.
    pub(super) fn draw(&mut self, bill: Bill, spare: Cost, now: f64) -> bool {
        let Totals { claim, spent, .. } = bill.drawn;
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

    /// Raises the grant of a running stream, whose shares are those `before` and `after`. False, and no change, when the
    /// account or the ledger refuses.
    pub(super) fn raise(&mut self, call: u32, before: &Share, after: &Share, now: f64) -> bool {
        let Some(bill) = self.bills.get_mut(call as usize) else { return false };
        let mut raised = bill.clone();
        raised.replace(before, after);
        raised.drawn = raised.totals();
        let (before, after) = (bill.drawn.pair(), raised.drawn.pair());
        if !self.account.extend(before, after) {
            return false;
        }
        if !self.backing.cover_running(&self.account, now) {
            self.account.revise(after, before);
            return false;
        }
        *bill = raised;
        true
    }

    /// Replaces a stream's share of its call's bill.
    pub(super) fn replace(&mut self, call: u32, before: &Share, after: &Share) {
        let bill = self.bills.get_mut(call as usize);
        if let Some(news) = bill.and_then(|bill| bill.write(before, after)) {
            self.account.spend(news);
            return;
        }
        self.change(call, |bill| bill.replace(before, after));
    }

    /// Merges a provider's usage of a whole call. True if its output is then known.
    pub(super) fn report(&mut self, call: u32, usage: Usage) -> bool {
        let (mut invalid, mut known) = (0, false);
        self.change(call, |bill| (invalid, known) = bill.report(usage));
        self.count_invalid(invalid);
        known
    }

    /// Counts values of a report that cannot be true.
    pub(super) fn count_invalid(&mut self, values: u32) {
        self.invalid = self.invalid.saturating_add(values);
    }

    /// Reported counts that cannot be true.
    pub(super) fn invalid(&self) -> u32 {
        self.invalid
    }

    /// True if the output of a call has been reported as a whole.
    pub(super) fn is_reported(&self, call: u32) -> bool {
        self.bills.get(call as usize).is_some_and(Bill::is_reported)
    }

    /// The prices of a call.
    pub(super) fn prices(&self, call: u32) -> Prices {
        self.bills.get(call as usize).map(Bill::prices).unwrap_or_default()
    }

    /// Output tokens of a call, with their price.
    pub(super) fn output(&self, call: u32, tokens: u64) -> Amount {
        self.bills.get(call as usize).map(|bill| bill.output(tokens)).unwrap_or_default()
    }

    /// The part of the spending that is neither counted nor reported.
    pub(super) fn estimated(&self) -> Amount {
        self.bills.iter().fold(Amount::default(), |sum, bill| sum.plus(bill.drawn.estimated))
    }

    /// Notes that the newest claim was not written to the ledger's file. Running streams may not draw on it.
    pub(super) fn unwritten(&mut self) {
        self.backing.unwritten();
    }

    /// Settles the reservation in the ledger with what the account has committed. The claims of failed calls stay reserved
    /// until their usage is known, or the reservation expires.
    pub(super) fn settle(&mut self, now: f64) {
        let lost = self.bills.iter().fold(Amount::default(), |sum, bill| sum.plus(bill.drawn.lost));
        self.backing.settle(&self.account, cost(lost), now);
    }

    /// Settles the rest of a reservation when the usage of its failed calls has become known.
    pub(super) fn resettle(&mut self, now: f64) {
        if self.backing.awaits_usage() {
            self.settle(now);
        }
    }

    /// Notes in the session that evidence took its run up to a rung.
    pub(super) fn escalated(&self, rung: usize, thinks: bool, now: f64) {
        self.backing.escalated(rung, thinks, now);
    }

    /// Changes a bill, and the account with it.
    fn change(&mut self, call: u32, change: impl FnOnce(&mut Bill)) {
        let Some(bill) = self.bills.get_mut(call as usize) else { return };
        change(bill);
        let now = bill.totals();
        if self.derived_usd {
            self.account.move_limit(bill.drawn.excess, now.excess);
        }
        self.account.revise(bill.drawn.pair(), now.pair());
        bill.drawn = now;
    }
}
