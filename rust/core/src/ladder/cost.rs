//! The expected cost of requests on a rung: one model, for plans and for ramps.
//!
//! ```text
//! usd = requests · (input price · input + output price · (min(output, room for the answer) + budget · used(difficulty)))
//! used(d) = 0.25 + 0.5 d
//! ```
//!
//! `used` is the share of a thinking budget that a sample writes. Seven reasoning models on 582 recorded questions, with budgets at
//! the 95th percentile of their own lengths, used 0.38 (95 % interval 0.376 to 0.389), more on questions of higher estimated
//! difficulty (slope 1.39, 1.25 to 1.54). This line is nearer to them than a flat half (mean absolute error 0.192 against 0.221). The
//! best line, 1.39 d − 0.18, reaches 0.159, but the questions' difficulties lie between 0.34 and 0.49: below, it would make large
//! budgets look cheap for easy questions, which these traces do not show. `python -m benches.quality thinking` prints all of it.

use super::{Dials, Rung};
use crate::money::Prices;

/// The share of a thinking budget used at difficulty 0, and its rise up to difficulty 1.
const USED: (f64, f64) = (0.25, 0.5);

/// The expected size of a query and its answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Load {
    /// Input tokens of one request.
    pub input_tokens: f64,
    /// Output tokens of one answer, without thinking.
    pub output_tokens: f64,
    /// The estimated difficulty, in [0, 1].
    pub difficulty: f64,
}

impl Load {
    /// The share of a thinking budget that a sample is expected to use.
    pub fn thinking_used(&self) -> f64 {
        USED.0 + USED.1 * self.difficulty
    }
}

/// The prices and the size of requests on a rung.
#[derive(Debug, Clone, Copy)]
pub struct RungCost {
    prices: Prices,
    input: f64,
    output: f64,
    answer: f64,
    thinking: f64,
    requests: f64,
    /// Samples, of which several are scored; and dollars per token that a scorer reads, and per score.
    samples: f64,
    scoring: Option<(f64, f64)>,
    /// Tokens of the distillation of several samples.
    distils: Option<f64>,
}

impl RungCost {
    /// The requests of a rung's own dials.
    pub fn of(rung: &Rung) -> Self {
        Self {
            prices: rung.prices(),
            input: rung.input_price / 1e6,
            output: rung.output_price / 1e6,
            answer: rung.answer_tokens as f64,
            thinking: rung.thinking_tokens as f64,
            requests: f64::from(rung.most_samples()) + f64::from(rung.depth) - 1.0,
            samples: rung.most_samples().into(),
            distils: rung.strategy.distils().map(|tokens| tokens as f64),
            scoring: rung
                .scorer
                .as_ref()
                .map(|scorer| (scorer.input_price / 1e6, scorer.output_price / 1e6 * scorer.tokens as f64)),
        }
    }

    /// Replaces the dials.
    #[must_use]
    pub fn with_dials(self, dials: &Dials) -> Self {
        Self {
            answer: dials.answer_tokens as f64,
            thinking: dials.thinking_tokens as f64,
            requests: f64::from(dials.samples) + f64::from(dials.depth) - 1.0,
            samples: dials.samples.into(),
            ..self
        }
    }

    /// Replaces the number of requests, none of which is scored.
    #[must_use]
    pub fn with_requests(self, requests: u32) -> Self {
        Self { requests: f64::from(requests), scoring: None, distils: None, ..self }
    }

    /// Replaces the thinking budget, in tokens per request.
    #[must_use]
    pub fn with_thinking(self, tokens: u64) -> Self {
        Self { thinking: tokens as f64, ..self }
    }

    /// The prices of tokens.
    pub fn prices(&self) -> Prices {
        self.prices
    }

    /// The expected cost, in US dollars: expected tokens, not caps.
    ///
    /// ```
    /// use rheostat::ladder::{Load, Rung, RungCost};
    /// let rung = Rung { thinking_tokens: 1_000, output_price: 1.0, ..Rung::new("think", "m") };
    /// let load = Load { input_tokens: 10.0, output_tokens: 100.0, difficulty: 0.5 };
    /// assert!((RungCost::of(&rung).usd(&load) - 600e-6).abs() < 1e-9); // 100 tokens of answer, 500 of thinking
    /// ```
    pub fn usd(&self, load: &Load) -> f64 {
        let output = load.output_tokens.min(self.answer) + self.thinking * load.thinking_used();
        let requests = self.requests * (self.input * load.input_tokens + self.output * output);
        if let Some(distilled) = self.distils.filter(|_| self.samples > 1.0) {
            let read = 2.0 * load.input_tokens + self.samples * output + distilled;
            return requests + self.input * read + self.output * (distilled + output);
        }
        match self.scoring.filter(|_| self.samples > 1.0) {
            Some((token, reply)) => requests + self.samples * (token * (load.input_tokens + output) + reply),
            None => requests,
        }
    }
}
