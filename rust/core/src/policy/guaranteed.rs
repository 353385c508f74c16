//! Takes the lowest rung whose expected loss against the top rung is small, with a tested bound on the mean loss.

use super::prospect::Prospect;
use crate::digest::record;
use crate::guarantee::{Method, Range, Target, Units, Verdict, Walk, learn_then_test};
use crate::{Error, Result};

/// The candidate thresholds of expected loss against the top rung, safest first. They are fixed, so the log that
/// certifies one has no part in making them.
fn candidates() -> impl Iterator<Item = f64> {
    (0..=CANDIDATES).map(|i| SAFEST + STEP * f64::from(i))
}

const SAFEST: f64 = -0.2;
const STEP: f64 = 0.005;
const CANDIDATES: u32 = 160;

/// The policy: its target, and the threshold that a log certified.
#[derive(Debug, Clone, PartialEq)]
pub struct Guaranteed {
    max_loss: f64,
    confidence: f64,
    /// The certified threshold of expected loss.
    threshold: Option<f64>,
    /// The estimator's version and the rungs' names that it was certified for.
    made_for: Option<(String, Vec<String>)>,
    reason: String,
}

/// One query of a calibration log, by rung from the lowest to the top.
#[derive(Debug, Clone, PartialEq)]
pub struct Graded {
    /// P(correct) of each rung by the estimator.
    pub chances: Vec<f64>,
    /// Score of each rung's answer, in [0, 1].
    pub scores: Vec<f64>,
    /// The independent unit that the query belongs to.
    pub group: u64,
}

// The reason only describes the other fields.
record! { Guaranteed, "guaranteed": max_loss confidence threshold made_for, without reason }

impl Guaranteed {
    /// Makes a policy without a log; it always takes the top rung.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `max_loss`, in points of score, and `confidence` are above 0 and below 1.
    pub fn new(max_loss: f64, confidence: f64) -> Result<Self> {
        Target::new(max_loss, confidence, Range::UNIT)?;
        let reason = "no log has certified anything yet".to_owned();
        Ok(Self { max_loss, confidence, threshold: None, made_for: None, reason })
    }

    /// Calibrates the policy on a log: the boldest threshold whose mean score lost against always using the top rung is
    /// at most `max_loss`, at the given confidence. If none can be certified, the top rung stays.
    ///
    /// Losses are differences in [−1, 1], tested from the safest threshold on by betting (Learn then Test).
    ///
    /// # Errors
    /// [`Error::Invalid`] for a query without a chance and a score in [0, 1] for each rung; it names the row.
    pub fn calibrated(&self, log: &[Graded], estimator: &str, rungs: &[String]) -> Result<Self> {
        let range = Range::new(-1.0, 1.0)?;
        let target = Target::new(self.max_loss, self.confidence, range)?;
        let mut losses = Vec::with_capacity(log.len() * (CANDIDATES as usize + 1));
        for (row, graded) in log.iter().enumerate() {
            check(row, graded, rungs.len())?;
            let top = graded.scores.last().copied().unwrap_or(0.0);
            let loss = |threshold| {
                let rung = lowest(&graded.chances, threshold);
                top - graded.scores.get(rung).copied().unwrap_or(top)
            };
            losses.extend(candidates().map(loss));
        }
        let groups: Vec<u64> = log.iter().map(|graded| graded.group).collect();
        let units = Units::new(&losses, CANDIDATES as usize + 1, Some(&groups), range)?;
        let verdict = learn_then_test(&units, &target, Method::Betting, Walk::FixedSequence)?;
        let threshold = verdict.candidate().and_then(|candidate| candidates().nth(candidate));
        let made_for = Some((estimator.to_owned(), rungs.to_vec()));
        let reason = match (&verdict, threshold) {
            (Verdict::Certified(c), Some(threshold)) => format!(
                "a rung may be expected to lose {threshold:.3}: {:.4} was lost on {} units, and {:.4} could be promised",
                c.mean_loss, c.units, c.bound
            ),
            (verdict, _) => format!("nothing was certified, so the top rung stays: {verdict}"),
        };
        Ok(Self { threshold, made_for, reason, ..self.clone() })
    }

    /// Binds the policy to an estimator and a ladder's rungs; a threshold certified for others is dropped.
    pub(crate) fn held_to(self, estimator: &str, rungs: &[&str]) -> Self {
        let fits = match &self.made_for {
            None => true,
            Some((version, names)) => version == estimator && names.iter().eq(rungs),
        };
        if fits || self.threshold.is_none() {
            return self;
        }
        let reason = "what was certified was for another estimator or ladder: calibrate again".to_owned();
        Self { threshold: None, reason, ..self }
    }

    /// The bound on the mean loss.
    pub fn max_loss(&self) -> f64 {
        self.max_loss
    }

    /// The confidence of that bound.
    pub fn confidence(&self) -> f64 {
        self.confidence
    }

    /// The certified threshold of expected loss against the top rung; None if none is certified.
    pub fn threshold(&self) -> Option<f64> {
        self.threshold
    }

    /// The certified threshold in words, or why there is none.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    pub(super) fn validate(&self) -> Result<()> {
        Self::new(self.max_loss, self.confidence).map(|_| ())
    }

    /// The lowest open rung that is expected to lose no more than the threshold; without one the top rung. Where a rung is
    /// not open the next above it, or else the next below.
    pub(super) fn choose(&self, prospects: &[Prospect]) -> Option<usize> {
        let top = prospects.len().checked_sub(1)?;
        let wanted = self.threshold.map_or(top, |threshold| {
            let best = prospects.last().map_or(0.0, |p| p.p_correct);
            prospects.iter().position(|p| best - p.p_correct <= threshold).unwrap_or(top)
        });
        let open = |i: &usize| prospects.get(*i).is_some_and(|p| p.open);
        (wanted..prospects.len()).find(open).or_else(|| (0..wanted).rev().find(open))
    }
}

/// The lowest rung that is expected to lose no more than a threshold against the top one.
fn lowest(chances: &[f64], threshold: f64) -> usize {
    let top = chances.last().copied().unwrap_or(0.0);
    let found = chances.iter().position(|chance| top - chance <= threshold);
    found.unwrap_or(chances.len().saturating_sub(1))
}

fn check(row: usize, graded: &Graded, rungs: usize) -> Result<()> {
    for (what, values) in [("chances", &graded.chances), ("scores", &graded.scores)] {
        if values.len() != rungs {
            let bound = format!("one for each of {rungs} rungs");
            return Err(Error::invalid(format!("{what}[{row}]"), format!("{} values", values.len()), bound));
        }
        if let Some(i) = values.iter().position(|x| !(0.0..=1.0).contains(x)) {
            return Err(Error::invalid(format!("{what}[{row}][{i}]"), values[i], "between 0 and 1"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_holds_for_the_estimator_and_ladder_that_it_was_certified_for() {
        let rungs = ["fast", "deep"];
        let made_for = Some(("m+1".to_owned(), rungs.map(str::to_owned).to_vec()));
        let policy = Guaranteed { threshold: Some(0.1), made_for, ..Guaranteed::new(0.02, 0.95).unwrap() };
        assert_eq!(policy.clone().held_to("m+1", &rungs), policy);
        assert_eq!(policy.clone().held_to("m+2", &rungs).threshold(), None);
        assert_eq!(policy.held_to("m+1", &["fast"]).threshold(), None);
    }
}
