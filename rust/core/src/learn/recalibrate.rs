//! Calibrates an estimator's chances on a log, rung by rung.

use super::calibration::{CalibrationReport, calibrate};
use super::design::FitRung;
use super::quantise::{FittedHeads, quantise};
use super::rows::digest;
use crate::estimate::inputs::{BUCKETS, INPUTS};
use crate::estimate::tempering::PriorMean;
use crate::estimate::{Calibration, Estimator, Heads, MOST_HEADS, Report};
use crate::ladder::Ladder;
use crate::{Error, Result};
use std::sync::Arc;

/// Prior mean of Platt's slope for chances without outcomes of their own. The mean over seven sets that were left out of
/// training is 0.73, with a deviation of 0.6 (`training/difficulty/gains.py --slopes`).
const ELSEWHERE: f64 = 0.75;

/// The chances and scores of one rung.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RungScores {
    /// The rung's name.
    pub rung: String,
    /// Chances by an [`uncalibrated`] estimator.
    pub chances: Vec<f64>,
    /// Scores of the answers, in [0, 1].
    pub scores: Vec<f64>,
    /// Independent unit of each answer.
    pub groups: Vec<u64>,
}

/// Copies an estimator without maps. Where it has no heads, it gets heads that change nothing, to carry maps later.
///
/// # Errors
/// [`Error::Invalid`] for a ladder of more than [`MOST_HEADS`] models.
pub fn uncalibrated(estimator: &Estimator, ladder: &Ladder) -> Result<Estimator> {
    let heads = match estimator.heads() {
        Some(heads) => heads.without_maps(),
        None => blank(estimator, ladder)?,
    };
    Ok(estimator.with_heads(Arc::new(heads)))
}

/// Fits a map per rung and keeps those that are better on held-out outcomes. Returns the estimator with them, and a report per
/// rung. The prior mean of Platt's slope is 1 where heads were learned, 0.75 where chances come from elsewhere.
///
/// # Errors
/// [`Error::Invalid`] for a rung with fewer than ten outcomes or values outside [0, 1]; [`Error::Unknown`] for a rung that
/// has no head.
pub fn recalibrated(
    estimator: &Estimator,
    ladder: &Ladder,
    log: &[RungScores],
) -> Result<(Estimator, Vec<CalibrationReport>)> {
    let base = uncalibrated(estimator, ladder)?;
    let heads = base.heads().ok_or_else(|| Error::state("an estimator without heads"))?;
    let slope = if heads.report().outcomes > 0 { 1.0 } else { ELSEWHERE };
    let (mut maps, mut reports): (Vec<(String, Calibration)>, _) = (Vec::new(), Vec::new());
    for scored in log {
        check(scored, heads)?;
        let fold: Vec<usize> =
            scored.groups.iter().map(|group| (digest(&group.to_le_bytes()) % 5) as usize).collect();
        let (map, report) = calibrate(&scored.chances, &scored.scores, &fold, slope);
        maps.extend(map.map(|map| (scored.rung.clone(), map)));
        reports.push(report);
    }
    Ok((base.with_heads(Arc::new(heads.calibrated(&maps))), reports))
}

fn check(scored: &RungScores, heads: &Heads) -> Result<()> {
    let RungScores { rung, chances, scores, groups } = scored;
    if heads.view_of(rung).is_none() {
        return Err(Error::unknown("rung", rung, heads.rungs()));
    }
    if scores.len() < 10 || chances.len() != scores.len() || groups.len() != scores.len() {
        let what = format!("outcomes[{rung:?}]");
        return Err(Error::invalid(what, format!("{} outcomes", scores.len()), "at least ten"));
    }
    for values in [chances, scores] {
        if let Some(i) = values.iter().position(|x| !(0.0..=1.0).contains(x)) {
            return Err(Error::invalid(format!("outcomes[{rung:?}][{i}]"), values[i], "between 0 and 1"));
        }
    }
    Ok(())
}

/// Heads that change nothing, for the rungs of a ladder.
fn blank(estimator: &Estimator, ladder: &Ladder) -> Result<Heads> {
    let mut models: Vec<String> = Vec::new();
    for rung in ladder.rungs() {
        if !models.contains(&rung.model) {
            models.push(rung.model.clone());
        }
    }
    if models.len() > MOST_HEADS {
        let bound = format!("at most {MOST_HEADS}");
        return Err(Error::invalid("ladder", format!("{} models", models.len()), bound));
    }
    let rungs = FitRung::of(ladder);
    Ok(quantise(FittedHeads {
        ladder: &rungs,
        abilities: rungs.iter().map(|rung| rung.ability).collect(),
        levels: vec![(0.0, 0.0); rungs.len()],
        terms: vec![vec![0.0; 2 * BUCKETS]; models.len()],
        features: vec![[0.0; INPUTS.len()]; models.len()],
        means: [0.0; INPUTS.len()],
        scales: [0.0; INPUTS.len()],
        mean: PriorMean::blank(estimator.curve(), models.len()),
        share: 0.0,
        teaches: vec![u8::MAX; 2 * BUCKETS],
        teaches_mean: f32::from(u8::MAX),
        report: Report { kept_prior: true, ..Report::default() },
        models,
    }))
}
