//! Quantises the weights of a fit to the 16-bit integers of heads.

use super::design::FitRung;
use crate::estimate::inputs::{BUCKETS, INPUTS};
use crate::estimate::tempering::PriorMean;
use crate::estimate::{HeadRung, Heads, MOST_HEADS, Report, lanes};

/// A fit in double precision.
pub(super) struct FittedHeads<'a> {
    pub(super) ladder: &'a [FitRung],
    pub(super) models: Vec<String>,
    pub(super) abilities: Vec<f64>,
    /// By rung: level of chances, and of the predictions whose differences are gains.
    pub(super) levels: Vec<(f64, f64)>,
    /// By model: weight of each bucket's term.
    pub(super) terms: Vec<Vec<f64>>,
    pub(super) features: Vec<[f32; INPUTS.len()]>,
    pub(super) means: [f32; INPUTS.len()],
    pub(super) scales: [f32; INPUTS.len()],
    pub(super) mean: PriorMean,
    pub(super) share: f64,
    pub(super) teaches: Vec<u8>,
    pub(super) teaches_mean: f32,
    pub(super) report: Report,
}

/// Packs a fit into heads, with one quantum per model: its largest weight over 32,767.
pub(super) fn quantise(fit: FittedHeads<'_>) -> Heads {
    let lanes = lanes(fit.models.len());
    let mut table = vec![0; 2 * BUCKETS * lanes];
    let mut units = [0.0; MOST_HEADS];
    for (lane, (terms, unit)) in fit.terms.iter().zip(&mut units).enumerate() {
        let most = terms.iter().fold(0.0f64, |most, weight| most.max(weight.abs()));
        if most <= 0.0 {
            continue;
        }
        let step = most / f64::from(i16::MAX);
        *unit = step as f32;
        for (bucket, weight) in terms.iter().enumerate() {
            table[bucket * lanes + lane] = (weight / step).round_ties_even() as i16;
        }
    }
    let rung = |(i, known): (usize, &FitRung)| HeadRung {
        name: known.rung.clone(),
        model: fit.models.iter().position(|m| *m == known.model).unwrap_or(0) as u8,
        ability: fit.abilities[i],
        dials: known.dials,
        level: fit.levels[i].0,
        gain_level: fit.levels[i].1,
        calibration: None,
    };
    Heads {
        rungs: fit.ladder.iter().enumerate().map(rung).collect(),
        models: fit.models,
        table,
        units,
        means: fit.means,
        scales: fit.scales,
        features: fit.features,
        mean: fit.mean,
        share: fit.share,
        teaches: fit.teaches,
        teaches_mean: fit.teaches_mean,
        report: fit.report,
    }
}
