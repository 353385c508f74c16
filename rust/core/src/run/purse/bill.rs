//! The bill of one call: its spending so far, and the most that it may come to.

use super::report::{Report, Seen, Usage};
use crate::ledger::Amount;
use crate::money::{Prices, Usd};

/// The wanted size of a call.
#[derive(Debug, Clone, Copy)]
pub(in crate::run) struct Request {
    pub(in crate::run) prices: Prices,
    pub(in crate::run) samples: u32,
    /// Output tokens of one sample, at least 1.
    pub(in crate::run) max_tokens: u64,
    /// Fewest output tokens that make a sample useful.
    pub(in crate::run) least_tokens: u64,
    /// Input tokens of one sample.
    pub(in crate::run) input: u64,
    /// True if a smaller sample will do where no whole one fits.
    pub(in crate::run) shrinks: bool,
    /// True if the rung is above the entry rung.
    pub(in crate::run) above: bool,
}

/// One stream's part of its call's bill.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is counted by itself")]
pub(in crate::run) struct Share {
    /// Tokens granted.
    pub(in crate::run) granted: u64,
    /// Tokens that may still be written or reported within the grant.
    pub(in crate::run) left: u64,
    /// True if it failed.
    pub(in crate::run) failed: bool,
    /// True if it spends `left` only if its usage says so: it failed, or its host has left it.
    pub(in crate::run) lost: bool,
    /// Output tokens: seen, or reported for this stream.
    pub(in crate::run) output: Seen,
    /// The cost of its input; None while it is not reported.
    pub(in crate::run) input: Option<Usd>,
    /// The reported cost of cached and written input while the whole is not reported.
    pub(in crate::run) parts: Usd,
    /// True if its input has been read.
    pub(in crate::run) began: bool,
    /// True if it may still begin.
    pub(in crate::run) may_begin: bool,
    /// True if it counts against the ceiling on samples.
    pub(in crate::run) charged: bool,
}

/// Sums over the streams of a call. Wide, so that a share can be taken out of them again.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    granted: u128,
    left: u128,
    /// `left` of streams that failed or were left, and the failed ones that may have begun.
    lost: u128,
    lost_inputs: u32,
    output: [u128; 3],
    /// Reported cost of input.
    input_usd: u128,
    /// Streams that began, and that may begin, without a report of their input.
    began: u32,
    may_begin: u32,
    charged: u32,
}

impl Sums {
    fn change(&mut self, share: &Share, by: impl Fn(u128, u128) -> u128) {
        let add = |to: &mut u128, part: u64| *to = by(*to, part.into());
        let count = |to: &mut u32, part: bool| *to = by((*to).into(), part.into()) as u32;
        add(&mut self.granted, share.granted);
        add(&mut self.left, share.left);
        add(&mut self.lost, if share.lost { share.left } else { 0 });
        add(&mut self.output[0], share.output.counted);
        add(&mut self.output[1], share.output.least);
        add(&mut self.output[2], share.output.all);
        add(&mut self.input_usd, share.input.unwrap_or(share.parts).0);
        count(&mut self.began, share.input.is_none() && share.began);
        let may_begin = share.input.is_none() && !share.began && share.may_begin;
        count(&mut self.may_begin, may_begin);
        count(&mut self.lost_inputs, may_begin && share.failed);
        count(&mut self.charged, share.charged);
    }
}

/// A call's cost at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::run) struct Totals {
    /// The most that it may come to, its spending included.
    pub(in crate::run) claim: Amount,
    pub(in crate::run) spent: Amount,
    /// The part of `spent` that is neither counted nor reported.
    pub(in crate::run) estimated: Amount,
    /// The part of `claim` that failed streams may still come to.
    pub(in crate::run) lost: Amount,
    /// The cost of input beyond its estimate.
    pub(in crate::run) excess: Usd,
}

impl Totals {
    /// (claim, spent), as an account takes them.
    pub(in crate::run) fn pair(&self) -> (Amount, Amount) {
        (self.claim, self.spent)
    }
}

/// The bill of one call.
#[derive(Debug, Clone)]
pub(in crate::run) struct Bill {
    prices: Prices,
    /// Estimated input tokens of one sample.
    input_estimate: u64,
    samples: u32,
    /// True if its rung is above the entry rung.
    above: bool,
    sums: Sums,
    /// Usage reported for the call as a whole.
    report: Option<Report>,
    /// The totals that the account holds for this call.
    pub(in crate::run) drawn: Totals,
}

impl Bill {
    /// A bill for what fits of a request. Its samples count against the ceiling if `charged`.
    pub(in crate::run) fn new(request: &Request, samples: u32, max_tokens: u64, charged: bool) -> Self {
        let Request { prices, input, above, .. } = *request;
        let share =
            Share { granted: max_tokens, left: max_tokens, may_begin: true, charged, ..Share::default() };
        let mut sums = Sums::default();
        for _ in 0..samples {
            sums.change(&share, |sum, part| sum + part);
        }
        let mut bill = Self {
            prices,
            input_estimate: input,
            samples,
            above,
            sums,
            report: None,
            drawn: Totals::default(),
        };
        bill.drawn = bill.totals();
        bill
    }

    pub(in crate::run) fn prices(&self) -> Prices {
        self.prices
    }

    /// An amount of this call: its money is escalated spend if its rung is above the entry rung.
    fn amount(&self, tokens: u64, usd: Usd, samples: u32) -> Amount {
        Amount { tokens, usd, escalated: if self.above { usd } else { Usd(0) }, samples }
    }

    /// Output tokens at the call's prices.
    pub(in crate::run) fn output(&self, tokens: u64) -> Amount {
        self.amount(tokens, self.prices.output.times(tokens), 0)
    }

    /// Replaces one stream's share.
    pub(in crate::run) fn replace(&mut self, before: &Share, after: &Share) {
        self.sums.change(before, u128::saturating_sub);
        self.sums.change(after, |sum, part| sum + part);
    }

    /// Replaces one stream's share where it has only written counted tokens within its grant, which is nearly every event: the claim
    /// stays, and only the spending grows. Returns by how much, or None, and no change, for any other event.
    pub(in crate::run) fn write(&mut self, before: &Share, after: &Share) -> Option<Amount> {
        let tokens = after.output.counted.checked_sub(before.output.counted)?;
        let Seen { counted, least, all } = before.output;
        let output = Seen { counted: counted + tokens, least: least + tokens, all: all + tokens };
        let written = Share { left: before.left.checked_sub(tokens)?, output, ..*before };
        let news = self.amount(tokens, Usd(self.prices.output.0.checked_mul(tokens)?), 0);
        let Totals { claim, spent, .. } = self.drawn;
        // Where a stream has overshot, the claim is what was written.
        let fits = spent.tokens.checked_add(tokens)? <= claim.tokens && self.sums.lost == 0;
        if written != *after || !fits || self.report.is_some() || before.failed {
            return None;
        }
        let usd = Usd(spent.usd.0.checked_add(news.usd.0)?);
        self.drawn.spent = self.amount(spent.tokens + tokens, usd, spent.samples);
        self.sums.left = self.sums.left.saturating_sub(tokens.into());
        self.sums.output.iter_mut().for_each(|sum| *sum += u128::from(tokens));
        debug_assert_eq!(self.drawn, self.totals(), "as if it were added up");
        Some(news)
    }

    /// Takes a report for the whole call. Returns the number of counts that cannot be true, and true if the output is known.
    pub(in crate::run) fn report(&mut self, usage: Usage) -> (u32, bool) {
        let (seen, prices) = (self.seen(), self.prices);
        self.report.get_or_insert_default().merge(usage, &prices, seen)
    }

    /// True if its output has been reported as a whole.
    pub(in crate::run) fn is_reported(&self) -> bool {
        self.report.as_ref().is_some_and(Report::has_output)
    }

    /// Tokens seen or reported per stream.
    fn seen(&self) -> Seen {
        let [counted, least, all] = self.sums.output.map(narrow);
        Seen { counted, least, all }
    }

    fn input(&self) -> Input {
        let reported = Usd(narrow(self.sums.input_usd));
        if let Some(input) = self.report.as_ref().and_then(Report::input) {
            return Input { spent: input.max(reported), estimated: Usd(0), waiting: Usd(0), lost: Usd(0) };
        }
        let estimated = self.input_usd(self.sums.began);
        let waiting = self.input_usd(self.sums.may_begin);
        let lost = self.input_usd(self.sums.lost_inputs);
        let parts = self.report.as_ref().map_or(Usd(0), |report| report.parts(&self.prices));
        Input { spent: reported.max(parts).plus(estimated), estimated, waiting, lost }
    }

    /// The estimated cost of the input of some streams.
    fn input_usd(&self, streams: u32) -> Usd {
        self.prices.input.times(self.input_estimate.saturating_mul(streams.into()))
    }

    /// Adds up the call.
    pub(in crate::run) fn totals(&self) -> Totals {
        let seen = self.seen();
        let Seen { counted, all: output, .. } = match &self.report {
            Some(report) => report.output(seen),
            None => seen,
        };
        let [granted, left, lost] = [self.sums.granted, self.sums.left, self.sums.lost].map(narrow);
        // A call never passes its grant, and its streams add at most what they have left.
        let most = |left: u64| output.max(output.saturating_add(left).min(granted));
        let (most, certain) = (most(left), most(left.saturating_sub(lost)));
        let input = self.input();
        let price = |tokens: u64| self.prices.output.times(tokens);
        let (estimated, lost) = (output.saturating_sub(counted), most - certain);
        let samples = self.sums.charged;
        let spent = self.amount(output, input.spent.plus(price(output)), samples);
        let usd = input.spent.plus(input.waiting).plus(price(most));
        Totals {
            claim: self.amount(most, usd, samples),
            spent,
            estimated: self.amount(estimated, input.estimated.plus(price(estimated)), 0),
            lost: self.amount(lost, input.lost.plus(price(lost)), 0),
            excess: input.spent.less(self.input_usd(self.samples)),
        }
    }
}

/// The cost of a call's input.
struct Input {
    /// Reported, and estimated for streams that began.
    spent: Usd,
    estimated: Usd,
    /// Of streams that may begin, and of the failed ones among them.
    waiting: Usd,
    lost: Usd,
}

fn narrow(sum: u128) -> u64 {
    u64::try_from(sum).unwrap_or(u64::MAX)
}
