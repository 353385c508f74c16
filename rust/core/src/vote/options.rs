//! The options of a vote, and their bounds.

use super::{Normal, Prior, VoteRule};
use crate::{Error, Result};
use std::sync::Arc;

/// The most samples of one vote.
pub const MAX_CAP: u32 = 10_000;

/// The options of a [`Vote`](super::Vote).
#[derive(Debug, Clone, PartialEq)]
pub struct VoteOptions {
    /// When to stop.
    pub rule: VoteRule,
    /// The rule's confidence, above 0.5 and below 1; for [`VoteRule::Entropy`] above 0. Default 0.95.
    pub confidence: f64,
    /// The most samples, from 1 to [`MAX_CAP`]. Default 40.
    pub cap: u32,
    /// Bound on the probability of ever certifying an answer that is not the mode, above 0 and below 1. Default 0.05.
    pub alpha: f64,
    /// The normal form by which answers are compared.
    pub normal: Normal,
    /// [`VoteRule::Esc`]: samples in a window, from 2 to [`MAX_CAP`]. Default 5.
    pub window: u32,
    /// [`VoteRule::Sprt`]: the leader's share of its own and one rival's votes under the alternative, above 0.5 and
    /// below 1. Default 0.75.
    pub odds: f64,
    /// [`VoteRule::Crp`]: the concentration of the process, above 0 and at most 100. Default 1.
    pub concentration: f64,
    /// [`VoteRule::Bayes`]: the prior, learned from earlier votes.
    pub prior: Option<Arc<Prior>>,
}

impl Default for VoteOptions {
    fn default() -> Self {
        Self {
            rule: VoteRule::Beta,
            confidence: 0.95,
            cap: 40,
            alpha: 0.05,
            normal: Normal::default(),
            window: 5,
            odds: 0.75,
            concentration: 1.0,
            prior: None,
        }
    }
}

impl VoteOptions {
    /// Checks every field.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the first field that is out of bounds.
    pub fn validate(&self) -> Result<()> {
        let least = if self.rule == VoteRule::Entropy { 0.0 } else { 0.5 };
        if !(self.confidence > least && self.confidence < 1.0) {
            return Err(Error::invalid("confidence", self.confidence, format!("above {least} and below 1")));
        }
        if self.cap == 0 || self.cap > MAX_CAP {
            return Err(Error::invalid("cap", self.cap, format!("between 1 and {MAX_CAP} samples")));
        }
        if !(self.alpha >= 1e-15 && self.alpha < 1.0) {
            return Err(Error::invalid("alpha", self.alpha, "at least 1e-15 and below 1"));
        }
        if !(2..=MAX_CAP).contains(&self.window) {
            return Err(Error::invalid("window", self.window, format!("between 2 and {MAX_CAP} samples")));
        }
        if !(self.odds > 0.5 && self.odds < 1.0) {
            return Err(Error::invalid("odds", self.odds, "above 0.5 and below 1"));
        }
        if !(self.concentration > 0.0 && self.concentration <= 100.0) {
            return Err(Error::invalid("concentration", self.concentration, "above 0 and at most 100"));
        }
        if self.rule == VoteRule::Bayes && self.prior.is_none() {
            return Err(Error::invalid(
                "prior",
                "none",
                "given for the rule \"bayes\": Prior::learn makes one",
            ));
        }
        Ok(())
    }
}
