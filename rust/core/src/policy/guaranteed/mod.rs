//! Goes down the ladder where that loses little for each dollar that it saves, with a tested bound on the mean loss.
//!
//! ```text
//! rung = argmax  threshold · saved − loss        saved: US dollars against the top rung; loss: expected points of score against it
//! ```
//!
//! The threshold is a Lagrange multiplier: the points of score that one saved dollar may cost. For every mean loss one threshold
//! saves the most. On a ladder without prices, going down all the way saves 1.

mod graded;
mod offers;

use super::prospect::Prospect;
use crate::digest::{Digest, record};
use crate::guarantee::{Range, Target, Verdict};
use crate::ladder::{Ladder, Load, Rung, RungCost};
use crate::{Error, Result};
use graded::{best, check};
use std::iter::successors;

pub use graded::Graded;
pub use offers::Promise;

/// The candidate thresholds, safest first, in points of score for the cost of one ordinary query on the top rung. They are fixed, so
/// the log that certifies one has no part in making them.
fn candidates() -> impl Iterator<Item = f64> {
    // By multiplication: powers differ in their last bit between architectures.
    let steps = |ratio: f64| {
        successors(Some(LEAST), move |step| Some(step * ratio)).take_while(|step| *step < GREATEST)
    };
    let safe: Vec<f64> = steps(SAFE_RATIO).collect();
    safe.into_iter().rev().map(|step| -step).chain([0.0]).chain(steps(RATIO))
}

/// Thresholds span five orders of magnitude: queries of 100,000 tokens beside queries of 100.
const LEAST: f64 = 1e-4;
const GREATEST: f64 = 10.0;
/// Steps of the thresholds. More of them cost time, and no confidence.
const RATIO: f64 = 1.05;
/// Steps where a rung must be expected to win: few queries lie there.
const SAFE_RATIO: f64 = 1.3;
/// The ordinary query that thresholds are scaled by.
const ORDINARY: Load = Load { input_tokens: 500.0, output_tokens: 250.0, difficulty: 0.5 };

/// The policy: its target, and the threshold that a log certified.
#[derive(Debug, Clone, PartialEq)]
pub struct Guaranteed {
    max_loss: f64,
    confidence: f64,
    /// The certified threshold.
    threshold: Option<f64>,
    /// The estimator's version and the digest of the rungs that it was certified for.
    made_for: Option<(String, u64)>,
    reason: String,
    saved: Option<f64>,
    offers: Vec<Promise>,
    labels_needed: Option<u64>,
}

// The rest only describes these fields.
record! { Guaranteed, "guaranteed": max_loss confidence threshold made_for, without reason saved offers labels_needed }

impl Guaranteed {
    /// Makes a policy without a log; it always takes the top rung.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `max_loss`, in points of score, and `confidence` are above 0 and below 1.
    pub fn new(max_loss: f64, confidence: f64) -> Result<Self> {
        Target::new(max_loss, confidence, Range::UNIT)?;
        let reason = "no log has certified anything yet".to_owned();
        Ok(Self {
            max_loss,
            confidence,
            threshold: None,
            made_for: None,
            reason,
            saved: None,
            offers: Vec::new(),
            labels_needed: None,
        })
    }

    /// Calibrates the policy on a log: the boldest threshold whose mean score lost against always using the top rung is
    /// at most `max_loss`, at the given confidence. If none can be certified, the top rung stays. [`offers`](Self::offers) are
    /// weaker promises that the log allows.
    ///
    /// Losses are differences in [−1, 1], tested from the safest threshold on (Learn then Test): by the exact test of paired
    /// outcomes if every unit's scores are 0 or 1, by betting if not.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a query without a chance and a score in [0, 1] and a cost of at least 0 for each rung; it names the
    /// row.
    pub fn calibrated(&self, log: &[Graded], estimator: &str, ladder: &Ladder) -> Result<Self> {
        for (row, graded) in log.iter().enumerate() {
            check(row, graded, ladder.rungs().len())?;
        }
        let tested = offers::Tested::new(log, &thresholds(ladder))?;
        let asked = tested.test(Target::new(self.max_loss, self.confidence, Range::SIGNED)?)?;
        let offers = tested.offers(self.max_loss, self.confidence, asked.saved)?;
        let labels_needed = tested.labels_needed(self.max_loss, self.confidence, asked.saved);
        let reason = match &asked.verdict {
            Verdict::Certified(c) => format!(
                "{}: {:.4} was lost on {} units, and {:.4} could be promised",
                tested.saves(asked.saved),
                c.mean_loss,
                c.units,
                c.bound
            ),
            verdict @ Verdict::Refused(_) => {
                format!("nothing was certified, so the top rung stays: {verdict}")
            }
        };
        let offer = offers.first().map_or_else(String::new, |offer| {
            format!("; with a loss of at most {} {}", offer.max_loss, tested.saves(offer.saved))
        });
        let needed = labels_needed
            .map_or_else(String::new, |labels| format!("; about {labels} units would certify more"));
        Ok(Self {
            threshold: asked.threshold,
            made_for: Some((estimator.to_owned(), digest(ladder))),
            reason: reason + &offer + &needed,
            saved: asked.threshold.map(|_| asked.saved),
            offers,
            labels_needed,
            ..self.clone()
        })
    }

    /// Copies the policy with one of its offers, named by its loss, in place of what was asked.
    ///
    /// # Errors
    /// [`Error::Invalid`] if no offer has that loss.
    pub fn accepting(&self, max_loss: f64) -> Result<Self> {
        let near = |offer: &&Promise| (offer.max_loss - max_loss).abs() <= 1e-9 * offer.max_loss;
        let Some(promise) = self.offers.iter().find(near) else {
            let losses: Vec<String> = self.offers.iter().map(|offer| offer.max_loss.to_string()).collect();
            let bound = if losses.is_empty() {
                "the loss of an offer, and there is none".to_owned()
            } else {
                format!("the loss of an offer: {}", losses.join(", "))
            };
            return Err(Error::invalid("max_loss", max_loss, bound));
        };
        let Promise { max_loss, confidence, threshold, saved, mean_loss, units } = *promise;
        let percent = 100.0 * saved;
        Ok(Self {
            max_loss,
            confidence,
            threshold: Some(threshold),
            reason: format!(
                "an offer was accepted: {mean_loss:.4} was lost on {units} units, {percent:.1} % of the cost saved"
            ),
            saved: Some(saved),
            offers: Vec::new(),
            labels_needed: None,
            ..self.clone()
        })
    }

    /// Binds the policy to an estimator and a ladder's rungs; a threshold certified for others is dropped.
    pub(crate) fn held_to(self, estimator: &str, ladder: &Ladder) -> Self {
        let fits = match &self.made_for {
            None => true,
            Some((version, rungs)) => version == estimator && *rungs == digest(ladder),
        };
        if fits || self.threshold.is_none() {
            return self;
        }
        let reason = "what was certified was for another estimator or ladder: calibrate again".to_owned();
        Self { threshold: None, saved: None, offers: Vec::new(), labels_needed: None, reason, ..self }
    }

    /// The bound on the mean loss.
    pub fn max_loss(&self) -> f64 {
        self.max_loss
    }

    /// The confidence of that bound.
    pub fn confidence(&self) -> f64 {
        self.confidence
    }

    /// The certified threshold: the points of score that a saved US dollar may cost, by expectation. None if none is certified.
    pub fn threshold(&self) -> Option<f64> {
        self.threshold
    }

    /// The share of the top rung's expected cost that the log's queries save; None if nothing is certified.
    pub fn saved(&self) -> Option<f64> {
        self.saved
    }

    /// Weaker promises that the log allows, the strongest first, each of which saves more than the one before. All of them hold
    /// together with the policy's confidence.
    pub fn offers(&self) -> &[Promise] {
        &self.offers
    }

    /// Units that would probably certify the boldest threshold whose mean loss on the log is at most half of what may be lost; None
    /// if that saves no more than what is certified.
    pub fn labels_needed(&self) -> Option<u64> {
        self.labels_needed
    }

    /// The certified threshold in words, or why there is none.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    pub(super) fn validate(&self) -> Result<()> {
        Self::new(self.max_loss, self.confidence).map(|_| ())
    }

    /// The rung of the threshold; without one the top rung. Where a rung is not open the next above it, or else the next below.
    pub(super) fn choose(&self, prospects: &[Prospect]) -> Option<usize> {
        let top = prospects.len().checked_sub(1)?;
        let of = |i: usize| prospects.get(i).map_or((0.0, 0.0), |p| (p.p_correct, p.usd));
        let wanted = self.threshold.map_or(top, |threshold| best(top, of, threshold));
        let open = |i: &usize| prospects.get(*i).is_some_and(|p| p.open);
        (wanted..prospects.len()).find(open).or_else(|| (0..wanted).rev().find(open))
    }
}

/// The candidates in the unit of a ladder's thresholds.
fn thresholds(ladder: &Ladder) -> Vec<f64> {
    let usd = ladder.rungs().last().map_or(0.0, |rung| RungCost::of(rung).usd(&ORDINARY));
    let scale = if usd > 0.0 { usd } else { 1.0 };
    candidates().map(|threshold| threshold / scale).collect()
}

/// A digest of the rungs. What is learned of a rung's doubts has no part in the policy's choice.
fn digest(ladder: &Ladder) -> u64 {
    let rungs: Vec<Rung> = ladder.rungs().iter().map(|rung| Rung { doubt: None, ..rung.clone() }).collect();
    Digest::of(&rungs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_holds_for_the_estimator_and_ladder_that_it_was_certified_for() {
        let ladder = |price| {
            let deep = Rung { input_price: price, ..Rung::new("deep", "large") };
            Ladder::new(vec![Rung::new("fast", "small"), deep], None, None).unwrap()
        };
        let made_for = Some(("m+1".to_owned(), digest(&ladder(1.0))));
        let policy = Guaranteed { threshold: Some(0.1), made_for, ..Guaranteed::new(0.02, 0.95).unwrap() };
        assert_eq!(policy.clone().held_to("m+1", &ladder(1.0)), policy);
        assert_eq!(policy.clone().held_to("m+2", &ladder(1.0)).threshold(), None);
        assert_eq!(policy.held_to("m+1", &ladder(2.0)).threshold(), None, "another price, another choice");
    }
}
