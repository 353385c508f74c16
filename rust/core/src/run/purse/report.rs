//! A provider's usage, merged so that spending never falls.
//!
//! ```text
//! each field      the maximum of its reports; a missing field changes nothing
//! output          reasoning above output is counted apart: both are added
//! input           cached + written above input are counted apart: all are added
//! tokens          max(counted, reported + written since the report); a report below that changes nothing
//! a zero          for a stream that wrote something is refused, and counted as invalid
//! an estimate     may be corrected downwards, to no less than a quarter of it
//! a fall          shows that reports are not cumulative: from then on the estimate is a lower bound, too
//! ```

use crate::money::{Prices, Usd};

/// Larger counts are cut to this, so that sums within a call cannot overflow.
pub(in crate::run) const LARGEST: u64 = 1 << 60;

/// A provider's counts of tokens, cumulative over a call or one of its streams. None: not reported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Input tokens, cached and written ones included.
    pub input: Option<u64>,
    /// Input tokens read from the provider's cache.
    pub cached: Option<u64>,
    /// Input tokens written to the provider's cache.
    pub written: Option<u64>,
    /// Output tokens, reasoning included.
    pub output: Option<u64>,
    /// Reasoning tokens.
    pub reasoning: Option<u64>,
}

/// The tokens that were seen of a stream, or of all streams of a call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::run) struct Seen {
    /// Counted one by one.
    pub(in crate::run) counted: u64,
    /// The fewest that there can be: a token has 16 bytes, or a sign that repeats.
    pub(in crate::run) least: u64,
    /// Counted, or estimated from text.
    pub(in crate::run) all: u64,
}

/// The merged reports of one stream or call.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::run) struct Report {
    usage: Usage,
    /// Cost of the reported input; it never falls.
    input_usd: Usd,
    output: Option<u64>,
    /// The tokens seen when `output` was reported.
    then: Seen,
    fell: bool,
}

impl Report {
    /// Merges a report, given the tokens seen so far. Returns the number of counts that cannot be true, and true if it tells
    /// the output.
    pub(in crate::run) fn merge(&mut self, new: Usage, prices: &Prices, seen: Seen) -> (u32, bool) {
        let mut invalid = 0;
        let mut accept = |old: Option<u64>, new: Option<u64>, needed: bool| {
            let new = new.map(|tokens| tokens.min(LARGEST));
            let zero = needed && new == Some(0) && old.is_none_or(|old| old == 0);
            invalid += u32::from(zero || new.zip(old).is_some_and(|(new, old)| new < old));
            if zero { old } else { old.max(new) }
        };
        let (wrote, old) = (seen.all > 0, self.usage);
        let apart = [new.cached, new.written, old.cached, old.written].into_iter().flatten().any(|n| n > 0);
        self.fell |= new.output.zip(old.output).is_some_and(|(new, old)| 0 < new && new < old);
        self.usage = Usage {
            // An input that was read from the cache as a whole is 0 where the cache is counted apart.
            input: accept(old.input, new.input, wrote && !apart),
            cached: accept(old.cached, new.cached, false),
            written: accept(old.written, new.written, false),
            output: accept(old.output, new.output, wrote),
            reasoning: accept(old.reasoning, new.reasoning, false),
        };
        if let Some(output) = self.resolved()
            && (self.output.is_none() || output > self.output(seen).counted)
        {
            (self.output, self.then) = (Some(output), seen);
        }
        self.input_usd = self.input_usd.max(self.price_input(prices).unwrap_or_default());
        let low = new.output.is_some_and(|output| 0 < output && output < seen.least);
        (invalid + u32::from(low), new.output.is_some_and(|output| (output > 0 || !wrote) && !low))
    }

    /// Reported output tokens, with those of a reasoning that is counted apart.
    fn resolved(&self) -> Option<u64> {
        let (output, reasoning) = (self.usage.output?, self.usage.reasoning.unwrap_or(0));
        Some(if reasoning > output { output.saturating_add(reasoning).min(LARGEST) } else { output })
    }

    fn price_input(&self, prices: &Prices) -> Option<Usd> {
        let (cached, written) = (self.usage.cached.unwrap_or(0), self.usage.written.unwrap_or(0));
        self.usage.input.map(|input| prices.input_cost(input, cached, written))
    }

    /// The cost of cached and written input while the input is not reported.
    pub(in crate::run) fn parts(&self, prices: &Prices) -> Usd {
        let (cached, written) = (self.usage.cached.unwrap_or(0), self.usage.written.unwrap_or(0));
        if self.usage.input.is_some() { Usd(0) } else { prices.input_cost(0, cached, written) }
    }

    /// The cost of the input; None while it is not reported.
    pub(in crate::run) fn input(&self) -> Option<Usd> {
        self.usage.input.map(|_| self.input_usd)
    }

    /// The reported output; None if reports fall, so that they are not cumulative.
    pub(in crate::run) fn told(&self) -> Option<u64> {
        self.output.filter(|_| !self.fell)
    }

    /// True if the output was reported.
    pub(in crate::run) fn has_output(&self) -> bool {
        self.output.is_some()
    }

    /// Output tokens, given those seen: all of them, and the part that is counted or reported.
    pub(in crate::run) fn output(&self, seen: Seen) -> Seen {
        let Some(reported) = self.output else {
            // Reasoning alone is a lower bound.
            let least = self.usage.reasoning.unwrap_or(0);
            let [counted, lowest, all] = [seen.counted, seen.least, seen.all].map(|tokens| tokens.max(least));
            return Seen { counted, least: lowest, all };
        };
        let counted =
            seen.counted.max(reported.saturating_add(seen.counted.saturating_sub(self.then.counted)));
        let since = reported.saturating_add(seen.all.saturating_sub(self.then.all));
        let all = if self.fell { since.max(seen.all) } else { since };
        let least = seen.least.max(counted);
        Seen { counted, least, all: all.max(least) }
    }
}
