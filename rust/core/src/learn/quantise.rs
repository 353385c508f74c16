//! Heads from the weights of a fit: whole numbers in the place of doubles.

use super::design::Known;
use crate::estimate::inputs::{BUCKETS, INPUTS};
use crate::estimate::tempering::Mean;
use crate::estimate::{HeadRung, Heads, MOST_HEADS, Report, lanes};

/// What [`quantised`] is made of.
pub(super) struct Parts<'a> {
    pub(super) ladder: &'a [Known],
    pub(super) models: Vec<String>,
    pub(super) abilities: Vec<f64>,
    /// By rung, what is added to chances, and to what gains are differences of.
    pub(super) levels: Vec<(f64, f64)>,
    /// By model: the weight of one occurrence of each bucket's term.
    pub(super) terms: Vec<Vec<f64>>,
    pub(super) features: Vec<[f32; INPUTS.len()]>,
    pub(super) means: [f32; INPUTS.len()],
    pub(super) scales: [f32; INPUTS.len()],
    pub(super) mean: Mean,
    pub(super) share: f64,
    pub(super) teaches: Vec<u8>,
    pub(super) teaches_mean: f32,
    pub(super) report: Report,
}

pub(super) fn quantised(parts: Parts<'_>) -> Heads {
    let lanes = lanes(parts.models.len());
    let mut table = vec![0; 2 * BUCKETS * lanes];
    let mut units = [0.0; MOST_HEADS];
    for (lane, (terms, unit)) in parts.terms.iter().zip(&mut units).enumerate() {
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
    let rung = |(i, known): (usize, &Known)| HeadRung {
        name: known.rung.clone(),
        model: parts.models.iter().position(|m| *m == known.model).unwrap_or(0) as u8,
        ability: parts.abilities[i],
        dials: known.dials,
        level: parts.levels[i].0,
        gain_level: parts.levels[i].1,
        calibration: None,
    };
    Heads {
        rungs: parts.ladder.iter().enumerate().map(rung).collect(),
        models: parts.models,
        table,
        units,
        means: parts.means,
        scales: parts.scales,
        features: parts.features,
        mean: parts.mean,
        share: parts.share,
        teaches: parts.teaches,
        teaches_mean: parts.teaches_mean,
        report: parts.report,
    }
}
