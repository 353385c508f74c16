//! What one call has cost, and what it may still come to.

use crate::ledger::Amount;
use crate::money::Prices;

/// More tokens than this in one call are not believed, so that sums within a call cannot overflow.
const BELIEVED: u64 = 1 << 60;

/// A provider's own count, cumulative for the call.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::run) struct Usage {
    pub(in crate::run) input: Option<u64>,
    pub(in crate::run) cached: Option<u64>,
    pub(in crate::run) output: Option<u64>,
    pub(in crate::run) reasoning: Option<u64>,
}

/// The bill of one call. `left` is what its open samples may still write; it shrinks as they do.
#[derive(Debug, Clone)]
pub(in crate::run) struct Bill {
    prices: Prices,
    granted: u64,
    /// Input tokens of one sample, as estimated; each sample that has started is charged them until usage is known.
    input_estimate: u64,
    started: u32,
    unstarted: u32,
    /// Tokens counted from streams.
    counted: u64,
    left: u64,
    usage: Usage,
    /// `counted` when the output was last reported; what is counted after that comes on top.
    counted_then: u64,
    /// Samples that count against the ceiling.
    pub(in crate::run) samples: u32,
    /// What the account holds for this call: (claim, spent).
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

    /// A stream is granted so many more tokens, `left` of which it has not written already.
    pub(in crate::run) fn raise(&mut self, tokens: u64, left: u64) {
        self.granted = self.granted.saturating_add(tokens);
        self.left = self.left.saturating_add(left);
    }

    /// A stream wrote `tokens`, of which `within` were still open in its grant.
    pub(in crate::run) fn count(&mut self, tokens: u64, within: u64) {
        self.counted = self.counted.saturating_add(tokens).min(BELIEVED);
        self.left = self.left.saturating_sub(within);
    }

    /// A stream's first sign of life: its input has been read. `released`: it had already been given up for dead.
    pub(in crate::run) fn start(&mut self, released: bool) {
        self.unstarted = self.unstarted.saturating_sub(u32::from(!released));
        self.started += 1;
    }

    /// A stream will write no more: what it had left is given back, and its input if it never began.
    pub(in crate::run) fn release(&mut self, left: u64, began: bool) {
        self.left = self.left.saturating_sub(left);
        if !began {
            self.unstarted = self.unstarted.saturating_sub(1);
        }
    }

    /// A provider's count replaces ours; what it leaves out stays as it was.
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

    /// Output tokens so far. `output` includes reasoning with most providers; where `reasoning` alone is the
    /// larger, the provider counts it apart and both are added.
    pub(in crate::run) fn output(&self) -> u64 {
        let (output, reasoning) = (self.usage.output, self.usage.reasoning.unwrap_or(0));
        let reported = match output {
            None if self.usage.reasoning.is_none() => return self.counted,
            // Reasoning alone is a lower bound; the stream's count may be the better one.
            None => return self.counted.max(reasoning.min(BELIEVED)),
            Some(output) if reasoning > output => output.saturating_add(reasoning),
            Some(output) => output,
        };
        reported.min(BELIEVED).saturating_add(self.counted - self.counted_then).min(BELIEVED)
    }

    /// (claim, spent) as they stand.
    pub(in crate::run) fn now(&self) -> (Amount, Amount) {
        let output = self.output();
        // By its grant, a call never passes `granted`; what its streams may add is at most what they have left.
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
