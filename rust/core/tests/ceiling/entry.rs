//! The second set of books: reports, streams and calls, by the definition.

use rheostat::run::{Call, CallKind, Sample, Usage};

/// A provider's reports of one stream or call, by the definition: the maximum of each field.
#[derive(Default, Clone, Copy)]
pub(crate) struct Reports {
    pub(crate) input: Option<u64>,
    pub(crate) cached: u64,
    pub(crate) written: u64,
    /// Output and reasoning, each at its largest.
    pub(crate) output: Option<u64>,
    pub(crate) reasoning: u64,
    /// The largest output, with a reasoning that is counted apart, and what was (counted, seen) then.
    pub(crate) most: Option<(u64, u64, u64)>,
    pub(crate) fell: bool,
    pub(crate) dollars: f64,
}

impl Reports {
    pub(crate) fn add(&mut self, usage: &Usage, shown: [u64; 3], prices: &[f64; 4]) {
        let [counted, _, seen] = shown;
        let real = |value: Option<u64>| value.filter(|&value| value > 0 || seen == 0);
        let apart = [usage.cached, usage.written].into_iter().flatten().any(|n| n > 0)
            || self.cached + self.written > 0;
        self.fell |= usage.output.zip(self.output).is_some_and(|(new, old)| 0 < new && new < old);
        self.input = self.input.max(usage.input.filter(|_| apart).or(real(usage.input)));
        self.output = self.output.max(real(usage.output));
        self.cached = self.cached.max(usage.cached.unwrap_or(0));
        self.written = self.written.max(usage.written.unwrap_or(0));
        self.reasoning = self.reasoning.max(usage.reasoning.unwrap_or(0));
        if let Some(output) = self.output {
            let all = if self.reasoning > output { output + self.reasoning } else { output };
            if self.most.is_none() || all > self.output(shown)[0] {
                self.most = Some((all, counted, seen));
            }
        }
        let (input, special) = (self.input.unwrap_or(0), self.cached + self.written);
        let plain = if special > input { input } else { input - special };
        let [fresh, cached, written, _] = prices;
        let parts = [(plain, fresh), (self.cached, cached), (self.written, written)];
        let dollars: f64 = parts.iter().map(|(tokens, price)| *tokens as f64 * **price).sum();
        self.dollars = self.dollars.max(dollars);
    }

    /// True if a report tells the output.
    pub(crate) fn tells(usage: &Usage, [_, least, seen]: [u64; 3]) -> bool {
        usage.output.is_some_and(|output| (output > 0 || seen == 0) && !(0 < output && output < least))
    }

    /// Output tokens that are certain, the fewest and the expected, given those that streams show.
    pub(crate) fn output(&self, [counted, least, seen]: [u64; 3]) -> [u64; 3] {
        let Some((most, counted_then, seen_then)) = self.most else {
            return [counted, least, seen].map(|tokens| tokens.max(self.reasoning));
        };
        let certain = counted.max(most + counted.saturating_sub(counted_then));
        let least = least.max(certain);
        let since = most + seen.saturating_sub(seen_then);
        [certain, least, least.max(if self.fell { since.max(seen) } else { since })]
    }
}

/// One stream in the books.
#[expect(clippy::struct_excessive_bools, reason = "books, not an interface")]
pub(crate) struct Stream {
    pub(crate) handle: Sample,
    /// Tokens counted, and those of them that came without text.
    pub(crate) counted: u64,
    pub(crate) bare: u64,
    /// Bytes of text (ASCII) without tokens.
    pub(crate) bytes: u64,
    /// The most tokens shown so far, and the fewest that the text can be.
    pub(crate) seen: u64,
    pub(crate) least: u64,
    pub(crate) reports: Reports,
    pub(crate) max_tokens: u64,
    /// Tokens granted while it ran.
    pub(crate) extra: u64,
    pub(crate) began: bool,
    pub(crate) ended: bool,
    /// It failed, and its usage is not known.
    pub(crate) lost: bool,
    /// It never reached its engine, so that it takes no place among the samples.
    pub(crate) waived: bool,
    pub(crate) gated: bool,
}

impl Stream {
    /// Looks at the text again: four bytes are a token, but for what counted tokens without text explain.
    pub(crate) fn look(&mut self) {
        let granted = self.max_tokens.saturating_add(self.extra);
        let explained = if self.bare > 0 { 6 * self.bare + 64 } else { 0 };
        let estimate = self.bytes.saturating_sub(explained).div_ceil(4);
        let all = self.counted + estimate;
        let slack = estimate.min(granted / 8 * 3 + 16);
        self.seen = self.seen.max(self.counted).max(all.min(granted.max(all - slack)));
        self.least = (self.counted + estimate / 4).min(self.seen);
    }

    pub(crate) fn shown(&self) -> [u64; 3] {
        [self.counted, self.least, self.seen]
    }

    pub(crate) fn output(&self) -> [u64; 3] {
        self.reports.output(self.shown())
    }

    /// The rest of its grant that it may still spend.
    pub(crate) fn left(&self) -> u64 {
        let open = !self.ended || self.lost;
        if open { self.max_tokens.saturating_add(self.extra).saturating_sub(self.output()[2]) } else { 0 }
    }
}

/// One call in the books.
pub(crate) struct Entry {
    pub(crate) call: Call,
    pub(crate) streams: Vec<Stream>,
    /// Dollars per million tokens: input, cached, written, output.
    pub(crate) prices: [f64; 4],
    pub(crate) input_estimate: u64,
    pub(crate) reports: Option<Reports>,
    pub(crate) failed: bool,
}

impl Entry {
    /// Tokens that its streams show: certain, the fewest, the expected.
    pub(crate) fn seen(&self) -> [u64; 3] {
        let outputs = self.streams.iter().map(Stream::output);
        outputs.fold([0_u64; 3], |sum, each| std::array::from_fn(|i| sum[i].saturating_add(each[i])))
    }

    /// Tokens written: the provider's report if there is one, and what streams showed after it.
    pub(crate) fn output(&self) -> [u64; 3] {
        let seen = self.seen();
        self.reports.map_or(seen, |reports| reports.output(seen))
    }

    /// Most tokens it may reach: the rest of its open streams, at most the whole grant.
    pub(crate) fn exposure(&self) -> u64 {
        let left = self.streams.iter().fold(0_u64, |sum, s| sum.saturating_add(s.left()));
        let granted = |s: &Stream| s.max_tokens.saturating_add(s.extra);
        let granted = self.streams.iter().fold(0_u64, |sum, s| sum.saturating_add(granted(s)));
        let output = self.output()[2];
        output.max(output.saturating_add(left).min(granted))
    }

    /// Cost of the input: reported, or else estimated for each stream that began or may yet begin.
    pub(crate) fn input(&self) -> (f64, f64) {
        let reported: f64 = self.streams.iter().map(|s| s.reports.dollars).sum();
        if let Some(reports) = self.reports.filter(|reports| reports.input.is_some()) {
            let dollars = reports.dollars.max(reported);
            return (dollars, dollars);
        }
        let reported = reported.max(self.reports.map_or(0.0, |reports| reports.dollars));
        let unreported = |s: &&Stream| s.reports.input.is_none();
        let reading =
            self.streams.iter().filter(unreported).filter(|s| s.began || !s.ended || s.lost).count();
        (reported, reported + (self.input_estimate * reading as u64) as f64 * self.prices[0])
    }

    pub(crate) fn dollars(&self) -> f64 {
        (self.input().1 + self.exposure() as f64 * self.prices[3]) / 1e6
    }

    /// Dollars that are counted or reported.
    pub(crate) fn certain_dollars(&self) -> f64 {
        (self.input().0 + self.output()[0] as f64 * self.prices[3]) / 1e6
    }

    pub(crate) fn samples(&self) -> u32 {
        let charged = self.call.kind == CallKind::Generate;
        if charged { self.streams.iter().filter(|s| !s.waived).count() as u32 } else { 0 }
    }
}
