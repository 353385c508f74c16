//! The lowest rung that is expected to lose little against the top one, with a promise of what is lost on average.

use super::prospect::Prospect;
use crate::digest::{Digest, Digestible};
use crate::guarantee::{Method, Range, Target, Units, Verdict, Walk, learn_then_test};
use crate::{Error, Result};

/// The candidates: how much a rung may be expected to lose against the top one, from the safest on. They are fixed, so that
/// the log that certifies one of them has no part in making them.
fn candidates() -> impl Iterator<Item = f64> {
    (0..=CANDIDATES).map(|i| SAFEST + STEP * f64::from(i))
}

const SAFEST: f64 = -0.2;
const STEP: f64 = 0.005;
const CANDIDATES: u32 = 160;

/// How sure a rung's loss against the top rung has to be, and what a log has shown of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Guaranteed {
    max_loss: f64,
    confidence: f64,
    /// How much a rung may be expected to lose, where a log has certified it.
    threshold: Option<f64>,
    /// The version of the estimator, and the names of the rungs, that it was certified for.
    made_for: Option<(String, Vec<String>)>,
    reason: String,
}

/// One query of a calibration log, by rung from the lowest to the top.
#[derive(Debug, Clone, PartialEq)]
pub struct Graded {
    /// What the estimator says of each rung's chance.
    pub chances: Vec<f64>,
    /// How good each rung's answer was, in [0, 1].
    pub scores: Vec<f64>,
    /// The independent unit that it belongs to.
    pub group: u64,
}

impl Digestible for Guaranteed {
    fn write_to(&self, digest: &mut Digest) {
        // The reason is words about the other fields.
        let Self { max_loss, confidence, threshold, made_for, reason: _ } = self;
        digest.record("guaranteed").put(max_loss).put(confidence).put(threshold).put(made_for);
    }
}

impl Guaranteed {
    /// A policy without a log: it takes the top rung, always.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `max_loss`, in points of score, and `confidence` are above 0 and below 1.
    pub fn new(max_loss: f64, confidence: f64) -> Result<Self> {
        Target::new(max_loss, confidence, Range::UNIT)?;
        let reason = "no log has certified anything yet".to_owned();
        Ok(Self { max_loss, confidence, threshold: None, made_for: None, reason })
    }

    /// The policy as a log allows it: the boldest threshold with which the mean score lost against always using the top rung
    /// is at most `max_loss`, with the given confidence. Where none can be certified it stays with the top rung.
    ///
    /// Losses are differences in [−1, 1], tested from the safest threshold on by bets (Learn then Test).
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

    /// This policy for an estimator and the rungs of a ladder: what was certified for others holds no longer.
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

    /// The mean loss that is promised not to be passed.
    pub fn max_loss(&self) -> f64 {
        self.max_loss
    }

    /// How sure that is.
    pub fn confidence(&self) -> f64 {
        self.confidence
    }

    /// How much a rung may be expected to lose against the top one; none where nothing is certified.
    pub fn threshold(&self) -> Option<f64> {
        self.threshold
    }

    /// What was certified, or why nothing was.
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
    use crate::error::refuses;

    fn graded(chance: f64, score: f64, group: u64) -> Graded {
        Graded { chances: vec![chance, 0.9], scores: vec![score, 1.0], group }
    }

    fn names() -> Vec<String> {
        vec!["fast".into(), "deep".into()]
    }

    /// Half of the queries are easy, and known to be: the lower rung never fails them, and always fails the rest.
    fn log(count: u64) -> Vec<Graded> {
        (0..count).map(|i| if i % 2 == 0 { graded(0.88, 1.0, i) } else { graded(0.5, 0.0, i) }).collect()
    }

    #[test]
    fn what_a_log_certifies_is_used() {
        let policy = Guaranteed::new(0.02, 0.95).unwrap();
        let open = |p_correct| Prospect { p_correct, usd: 0.0, open: true };
        assert_eq!(policy.choose(&[open(0.9), open(0.9)]), Some(1));
        let policy = policy.calibrated(&log(1_000), "m+1", &names()).unwrap();
        let threshold = policy.threshold().unwrap();
        assert!((0.02..0.4).contains(&threshold), "{threshold}: {}", policy.reason());
        assert_eq!(policy.choose(&[open(0.88), open(0.9)]), Some(0));
        assert_eq!(policy.choose(&[open(0.4), open(0.9)]), Some(1));
        let closed = Prospect { open: false, ..open(0.88) };
        assert_eq!(policy.choose(&[closed, open(0.9)]), Some(1));
        assert_eq!(policy.choose(&[closed, closed]), None);
        let rungs = ["fast", "deep"];
        assert_eq!(policy.clone().held_to("m+1", &rungs), policy);
        assert_eq!(policy.clone().held_to("m+2", &rungs).threshold(), None);
        assert_eq!(policy.held_to("m+1", &["fast"]).threshold(), None);
    }

    #[test]
    fn what_cannot_be_certified_is_refused_with_a_reason() {
        let policy = Guaranteed::new(0.02, 0.95).unwrap();
        let few = policy.calibrated(&log(40), "m", &names()).unwrap();
        assert_eq!(few.threshold(), None);
        assert!(
            few.reason().contains("the top rung stays") && few.reason().contains("40 units"),
            "{}",
            few.reason()
        );
        // A thousand rows of ten users are ten units.
        let grouped: Vec<_> = log(1_000).into_iter().map(|g| Graded { group: g.group % 10, ..g }).collect();
        assert_eq!(policy.calibrated(&grouped, "m", &names()).unwrap().threshold(), None);
    }

    #[test]
    fn bad_logs_are_named() {
        let policy = Guaranteed::new(0.02, 0.95).unwrap();
        let text = |log: &[Graded]| policy.calibrated(log, "m", &names()).unwrap_err().to_string();
        assert!(refuses(&text(&[graded(0.5, f64::NAN, 0)]), "scores[0][0]", "NaN"));
        assert!(refuses(&text(&[graded(0.5, 1.0, 0), graded(1.5, 1.0, 1)]), "chances[1][0]", "1.5"));
        assert!(refuses(
            &text(&[Graded { scores: vec![1.0], ..graded(0.5, 1.0, 0) }]),
            "scores[0]",
            "1 values"
        ));
        for (loss, confidence) in [(0.0, 0.9), (f64::NAN, 0.9), (0.1, 1.0)] {
            assert!(Guaranteed::new(loss, confidence).is_err());
        }
    }
}
