//! An estimator whose chances are mapped by what a log says of them.

use super::calibration::{CalibrationReport, calibrate};
use super::design::Known;
use super::quantise::{Parts, quantised};
use super::rows::digest;
use crate::estimate::inputs::{BUCKETS, INPUTS};
use crate::estimate::tempering::Mean;
use crate::estimate::{Calibration, Estimator, Heads, MOST_HEADS, Report};
use crate::ladder::{Ladder, dial_logits};
use crate::{Error, Result};
use std::sync::Arc;

/// The slope that chances of a model without outcomes of its own should have: the mean of seven sets that were left out of
/// training is 0.73, with a deviation of 0.6 (`training/difficulty/gains.py --slopes`).
const ELSEWHERE: f64 = 0.75;

/// What a log says of one rung.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scored {
    /// The rung's name.
    pub rung: String,
    /// Its chances, as an estimator from [`uncalibrated`] has them.
    pub chances: Vec<f64>,
    /// How good its answers were, in [0, 1].
    pub scores: Vec<f64>,
    /// The independent unit of each.
    pub groups: Vec<u64>,
}

/// The estimator without maps, and with heads that say nothing where it has none.
///
/// # Errors
/// [`Error::Invalid`] when the ladder has more models than there can be heads.
pub fn uncalibrated(estimator: &Estimator, ladder: &Ladder) -> Result<Estimator> {
    let heads = match estimator.heads() {
        Some(heads) => heads.without_maps(),
        None => blank(estimator, ladder)?,
    };
    Ok(estimator.with_heads(Arc::new(heads)))
}

/// The estimator with a map for each rung of a log that is better with one on held-out outcomes, and what became of each.
/// Platt's curve is drawn towards the chance itself where heads were learned, and towards three quarters of its slope where
/// the chances come from elsewhere.
///
/// # Errors
/// [`Error::Invalid`] when a rung has fewer than ten outcomes, values out of [0, 1], or was not learned.
pub fn recalibrated(
    estimator: &Estimator,
    ladder: &Ladder,
    log: &[Scored],
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

fn check(scored: &Scored, heads: &Heads) -> Result<()> {
    let Scored { rung, chances, scores, groups } = scored;
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

/// Heads that add nothing, for the rungs of a ladder.
fn blank(estimator: &Estimator, ladder: &Ladder) -> Result<Heads> {
    let mut models: Vec<String> = Vec::new();
    for rung in ladder.rungs() {
        if !models.contains(&rung.model) {
            models.push(rung.model.clone());
        }
    }
    if models.len() > MOST_HEADS {
        return Err(Error::invalid(
            "ladder",
            format!("{} models", models.len()),
            format!("at most {MOST_HEADS}"),
        ));
    }
    let known = ladder.rungs().iter().enumerate().map(|(i, rung)| Known {
        rung: rung.name.clone(),
        model: rung.model.clone(),
        ability: ladder.ability(i).logit,
        dials: dial_logits(rung),
    });
    let known: Vec<Known> = known.collect();
    Ok(quantised(Parts {
        ladder: &known,
        abilities: known.iter().map(|known| known.ability).collect(),
        levels: vec![(0.0, 0.0); known.len()],
        terms: vec![vec![0.0; 2 * BUCKETS]; models.len()],
        features: vec![[0.0; INPUTS.len()]; models.len()],
        means: [0.0; INPUTS.len()],
        scales: [0.0; INPUTS.len()],
        mean: Mean::blank(estimator.curve(), models.len()),
        share: 0.0,
        teaches: vec![u8::MAX; 2 * BUCKETS],
        teaches_mean: f32::from(u8::MAX),
        report: Report { kept_prior: true, ..Report::default() },
        models,
    }))
}
