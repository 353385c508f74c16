//! The cost of one call: spent so far, and at most.

use crate::ledger::Amount;
use crate::money::Prices;

/// Larger counts are cut to this, so that sums within a call cannot overflow.
const BELIEVED: u64 = 1 << 60;

/// A provider's count, cumulative over the call.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::run) struct Usage {
    pub(in crate::run) input: Option<u64>,
    pub(in crate::run) cached: Option<u64>,
    pub(in crate::run) output: Option<u64>,
    pub(in crate::run) reasoning: Option<u64>,
}

/// The bill of one call. `left` is the unused grant of its open samples.
#[derive(Debug, Clone)]
pub(in crate::run) struct Bill {
    prices: Prices,
    granted: u64,
    /// Estimated input tokens of one sample, charged for each sample that has started until usage is known.
    input_estimate: u64,
    started: u32,
    unstarted: u32,
    /// Tokens counted from streams.
    counted: u64,
    left: u64,
    usage: Usage,
    /// `counted` at the newest report; tokens counted later are added to the report.
    counted_then: u64,
    /// Samples that count against the ceiling.
    pub(in crate::run) samples: u32,
    /// The (claim, spent) that the account holds for this call.
    pub(in crate::run) drawn: (Amount, Amount),
}

impl Bill {
    /// A bill for `samples` streams of at most `max_tokens` each; `charged` of them count as samples.
    pub(in crate::run) fn new(
        prices: Prices,
        samples: u32,
        max_tokens: u64,
        input: u64,
        charged: u32,
    ) -> Self {
        let granted = max_tokens.saturating_mul(u64::from(samples));
        let mut bill = Self {
            prices,
            granted,
            input_estimate: input,
            started: 0,
            unstarted: samples,
            counted: 0,
            left: granted,
            usage: Usage::default(),
            counted_then: 0,
            samples: charged,
            drawn: Default::default(),
        };
        bill.drawn = bill.now();
        bill
    }

    /// Grants a stream `tokens` more, `left` of which it has not written yet.
    pub(in crate::run) fn raise(&mut self, tokens: u64, left: u64) {
        self.granted = self.granted.saturating_add(tokens);
        self.left = self.left.saturating_add(left);
    }

    /// Counts `tokens` of a stream, `within` of which were open in its grant.
    pub(in crate::run) fn count(&mut self, tokens: u64, within: u64) {
        self.counted = self.counted.saturating_add(tokens).min(BELIEVED);
        self.left = self.left.saturating_sub(within);
    }

    /// The first token of a stream: its input has been read. `released`: it had been given up before.
    pub(in crate::run) fn start(&mut self, released: bool) {
        self.unstarted = self.unstarted.saturating_sub(u32::from(!released));
        self.started += 1;
    }

    /// Frees the unused grant of a stream, and its input if it never began.
    pub(in crate::run) fn release(&mut self, left: u64, began: bool) {
        self.left = self.left.saturating_sub(left);
        if !began {
            self.unstarted = self.unstarted.saturating_sub(1);
        }
    }

    /// Replaces the count by a provider's; fields left out stay as they were.
    pub(in crate::run) fn report(&mut self, usage: Usage) {
        if usage.output.is_some() || usage.reasoning.is_some() {
            self.counted_then = self.counted;
        }
        let old = self.usage;
        self.usage = Usage {
            input: usage.input.or(old.input),
            cached: usage.cached.or(old.cached),
            output: usage.output.or(old.output),
            reasoning: usage.reasoning.or(old.reasoning),
        };
    }

    /// Output tokens so far. A larger `reasoning` is counted apart by the provider, and both are added.
    pub(in crate::run) fn output(&self) -> u64 {
        let (output, reasoning) = (self.usage.output, self.usage.reasoning.unwrap_or(0));
        let reported = match output {
            None if self.usage.reasoning.is_none() => return self.counted,
            // Reasoning alone is a lower bound; the stream's count may be higher.
            None => return self.counted.max(reasoning.min(BELIEVED)),
            Some(output) if reasoning > output => output.saturating_add(reasoning),
            Some(output) => output,
        };
        reported.min(BELIEVED).saturating_add(self.counted - self.counted_then).min(BELIEVED)
    }

    /// (claim, spent) now.
    pub(in crate::run) fn now(&self) -> (Amount, Amount) {
        let output = self.output();
        // A call never passes its grant, and its streams add at most what they have left.
        let most = output.max(output.saturating_add(self.left).min(self.granted));
        let (input, waiting) = match self.usage.input {
            Some(input) => (input.min(BELIEVED), 0),
            None => (
                self.input_estimate.saturating_mul(u64::from(self.started)),
                self.input_estimate.saturating_mul(u64::from(self.unstarted)),
            ),
        };
        let cached = self.usage.cached.unwrap_or(0);
        let cost = |input: u64, output: u64| self.prices.cost(input, cached, output);
        let spent = Amount { tokens: output, usd: cost(input, output), samples: self.samples };
        let claim = Amount { tokens: most, usd: cost(input.saturating_add(waiting), most), ..spent };
        (claim, spent)
    }
}
