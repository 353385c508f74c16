//! The test of a log: what it certifies, what else it would allow, and how many labels are missing.

use super::graded::{Graded, best, saved};
use crate::Result;
use crate::guarantee::{
    Assumed, Certificate, Method, Range, Target, Units, Verdict, Walk, labels_needed, learn_then_test,
};

/// A promise that a log allows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Promise {
    /// The bound on the mean loss, in points of score.
    pub max_loss: f64,
    /// Confidence of all offers together.
    pub confidence: f64,
    /// The certified threshold, as [`Guaranteed::threshold`](super::Guaranteed::threshold).
    pub threshold: f64,
    /// Share of the top rung's expected cost that the log's queries save.
    pub saved: f64,
    /// Mean loss on the log.
    pub mean_loss: f64,
    /// Number of independent units.
    pub units: usize,
}

/// The losses that are offered, as multiples of what was asked. They are fixed: a loss that is chosen by the log would not be
/// promised. Each is tested at its part of δ.
const OFFERED: [f64; 5] = [1.5, 2.0, 3.0, 5.0, 10.0];
/// An offer saves at least this much more than the promise before it.
const WORTH_AN_OFFER: f64 = 0.01;
/// The chance that `labels_needed` labels suffice.
const POWER: f64 = 0.8;

/// A log, by candidate.
pub(super) struct Tested {
    thresholds: Vec<f64>,
    units: Units,
    /// Share of the top rung's cost that each candidate saves.
    saved: Vec<f64>,
    method: Method,
    priced: bool,
}

/// The boldest certified candidate.
pub(super) struct Found {
    pub(super) verdict: Verdict,
    pub(super) threshold: Option<f64>,
    /// Share of the top rung's cost that it saves; 0 if nothing is certified.
    pub(super) saved: f64,
}

impl Tested {
    pub(super) fn new(log: &[Graded], thresholds: &[f64]) -> Result<Self> {
        let mut losses = Vec::with_capacity(log.len() * thresholds.len());
        let mut savings = vec![0.0; thresholds.len()];
        let (mut all, mut priced) = (0.0, false);
        for graded in log {
            let top = graded.scores.len().saturating_sub(1);
            let of = |rung: usize| (at(&graded.chances, rung), at(&graded.usd, rung));
            let (usd, score) = (at(&graded.usd, top), at(&graded.scores, top));
            all += if usd > 0.0 { usd } else { 1.0 };
            priced |= usd > 0.0;
            for (&threshold, savings) in thresholds.iter().zip(&mut savings) {
                let rung = best(top, of, threshold);
                losses.push(score - at(&graded.scores, rung));
                *savings += saved(rung, top, usd, of(rung).1);
            }
        }
        let groups: Vec<u64> = log.iter().map(|graded| graded.group).collect();
        let units = Units::new(&losses, thresholds.len(), Some(&groups), Range::SIGNED)?;
        let whole = |candidate| units.of(candidate).iter().all(|loss| loss.fract() == 0.0);
        let method = if (0..units.candidates()).all(whole) { Method::Paired } else { Method::Betting };
        let saved = savings.iter().map(|saved| if all > 0.0 { saved / all } else { 0.0 }).collect();
        Ok(Self { thresholds: thresholds.to_vec(), units, saved, method, priced })
    }

    /// Tests the candidates from the safest on.
    pub(super) fn test(&self, target: Target) -> Result<Found> {
        let verdict = learn_then_test(&self.units, &target, self.method, Walk::FixedSequence)?;
        let candidate = verdict.candidate();
        let threshold = candidate.and_then(|candidate| self.thresholds.get(candidate).copied());
        Ok(Found { threshold, saved: candidate.map_or(0.0, |candidate| at(&self.saved, candidate)), verdict })
    }

    /// The weaker promises that save more than `saved`, each more than the one before.
    pub(super) fn offers(&self, max_loss: f64, confidence: f64, mut saved: f64) -> Result<Vec<Promise>> {
        let error = (1.0 - confidence) / OFFERED.len() as f64;
        let mut offers = Vec::new();
        for max_loss in OFFERED.map(|times| times * max_loss).into_iter().filter(|loss| *loss < 1.0) {
            let found = self.test(Target::new(max_loss, 1.0 - error, Range::SIGNED)?)?;
            let (Some(threshold), Verdict::Certified(certificate)) = (found.threshold, &found.verdict) else {
                continue;
            };
            if found.saved < saved + WORTH_AN_OFFER {
                continue;
            }
            saved = found.saved;
            let &Certificate { mean_loss, units, .. } = certificate;
            offers.push(Promise { max_loss, confidence, threshold, saved, mean_loss, units });
        }
        Ok(offers)
    }

    /// Units that would probably certify the boldest candidate that lost at most half of `max_loss`, if it saves more than `saved`.
    pub(super) fn labels_needed(&self, max_loss: f64, confidence: f64, saved: f64) -> Option<u64> {
        let boldest = (0..self.units.candidates()).rev().find(|&c| self.units.mean(c) <= max_loss / 2.0)?;
        if self.units.count() == 0 || at(&self.saved, boldest) < saved + WORTH_AN_OFFER {
            return None;
        }
        let losses = self.units.of(boldest);
        let differ = losses.iter().map(|loss| loss.abs()).sum::<f64>() / losses.len() as f64;
        let loss = self.units.mean(boldest).max(0.0);
        labels_needed(max_loss, confidence, &Assumed { loss, differ: Some(differ.max(loss)), power: POWER })
            .ok()
    }

    /// A saving in words.
    pub(super) fn saves(&self, saved: f64) -> String {
        let percent = 100.0 * saved;
        if self.priced {
            format!("{percent:.1} % of the top rung's expected cost is saved")
        } else {
            format!("queries start {percent:.1} % of the way down a ladder without prices")
        }
    }
}

fn at(values: &[f64], i: usize) -> f64 {
    values.get(i).copied().unwrap_or(0.0)
}
