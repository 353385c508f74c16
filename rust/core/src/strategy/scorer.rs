//! The scorer of a rung that draws several answers: its price, and how many answers it can tell apart.
//!
//! The best of n picks the largest of n noisy numbers, so a scorer that cannot tell right from wrong picks its own errors, more of
//! them the more it is given (arXiv 2603.15377). `width` bounds the answers;
//! [`ScoreWorth`](crate::learn::ScoreWorth) learns it from graded runs.

use crate::digest::record;
use crate::money::Prices;
use crate::named::named;
use crate::{Error, Result};

/// Bound on the tokens of one score's reply.
const MOST_TOKENS: u64 = 1 << 20;
/// Bound on prices, in US dollars per million tokens.
const MOST_USD: f64 = 1e6;

named! {
    /// How scores choose among answers.
    pub enum Choose as "choice" {
        /// The answer of the sample with the highest score.
        Score = "score",
        /// The answer whose samples have the largest sum of scores.
        Vote = "vote",
    }
}

/// A model that scores answers, in calls of their own.
#[derive(Debug, Clone, PartialEq)]
pub struct Scorer {
    /// Model that the host sends the answers to.
    pub model: String,
    /// Room for one reply, in tokens, at least 1.
    pub tokens: u64,
    /// US dollars per million input tokens: the query and the answer that is scored.
    pub input_price: f64,
    /// US dollars per million output tokens.
    pub output_price: f64,
    /// The most answers among which it is asked to choose. None: as many as the rung has samples.
    pub width: Option<u32>,
}

record! { Scorer, "scorer": model tokens input_price output_price width }

impl Scorer {
    /// Default of `tokens`: a number between 0 and 1, or a word.
    pub const TOKENS: u64 = 16;

    /// A scorer that costs nothing; set its fields.
    pub fn new(model: impl Into<String>) -> Self {
        Self { model: model.into(), tokens: Self::TOKENS, input_price: 0.0, output_price: 0.0, width: None }
    }

    /// Prices per token.
    pub fn prices(&self) -> Prices {
        Prices::per_million(self.input_price, None, self.output_price)
    }

    /// Checks every field.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the field.
    pub fn validate(&self) -> Result<()> {
        if self.model.trim().is_empty() {
            return Err(Error::invalid("scorer: model", format!("{:?}", self.model), "not blank"));
        }
        if !(1..=MOST_TOKENS).contains(&self.tokens) {
            return Err(Error::invalid(
                "scorer: tokens",
                self.tokens,
                format!("between 1 and {MOST_TOKENS}"),
            ));
        }
        for (name, price) in [("input_price", self.input_price), ("output_price", self.output_price)] {
            if !(0.0..=MOST_USD).contains(&price) {
                let bound = format!("between 0 and {MOST_USD} US dollars per million tokens");
                return Err(Error::invalid(format!("scorer: {name}"), price, bound));
            }
        }
        if self.width == Some(0) {
            return Err(Error::invalid("scorer: width", 0, "at least 1"));
        }
        Ok(())
    }
}
