//! Heads: the learned corrections of a deployment's models, in the form that the hot path reads.
//!
//! ```text
//! value[model] = Σ table[bucket][model] / √terms · unit[model] + Σ weight · feature + change of the prior mean
//! chance       = map(prior(ability) + level + share · value[model])
//! ```
//!
//! The sum runs over the different buckets of the first [`MOST_WORDS`] words and pairs, in whole numbers. All models of a
//! bucket lie side by side, so that one load serves all of them. `learn/` fits heads.

use super::calibration::Calibration;
use super::inputs::{BUCKETS, INPUTS, MOST_HEADS, MOST_WORDS, pair_bucket, root, standardised, word_bucket};
use super::report::Report;
use super::tempering::PriorMean;
use crate::features::Scan;
use crate::ladder::{Ability, Rung, dial_logits};

/// Learned chances stay this far from 0 and 1.
const SUREST: f64 = 0.005;

/// Corrections per model, fitted to outcomes. Immutable; an [`Estimator`](crate::estimate::Estimator) carries them.
#[derive(Debug, Clone, PartialEq)]
pub struct Heads {
    pub(crate) models: Vec<String>,
    pub(crate) rungs: Vec<HeadRung>,
    /// Weights, `lanes` per bucket: the number of models rounded up to 1, 2, 4 or 8.
    pub(crate) table: Vec<i16>,
    pub(crate) units: [f32; MOST_HEADS],
    pub(crate) means: [f32; INPUTS.len()],
    pub(crate) scales: [f32; INPUTS.len()],
    pub(crate) features: Vec<[f32; INPUTS.len()]>,
    pub(crate) mean: PriorMean,
    /// Share of the values that enters chances, in [0, 1]. Cross-validation chooses it.
    pub(crate) share: f64,
    /// Information that one more outcome would add, by bucket; and its mean over the words that were seen.
    pub(crate) teaches: Vec<u8>,
    pub(crate) teaches_mean: f32,
    pub(crate) report: Report,
}

/// The part of a fit that belongs to one rung.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct HeadRung {
    pub(crate) name: String,
    pub(crate) model: u8,
    /// Ability in logits, on the prior's scale.
    pub(crate) ability: f64,
    /// Contribution of the dials to the ability, in logits.
    pub(crate) dials: f64,
    /// Constant correction of chances, and of the predictions whose differences are gains.
    pub(crate) level: f64,
    pub(crate) gain_level: f64,
    /// Map applied to the chance.
    pub(crate) calibration: Option<Calibration>,
}

/// Values of the heads for one query: the correction of P(correct), by model.
pub type HeadValues = [f32; MOST_HEADS];

/// One rung's way from an estimate to a chance. Made once per ladder.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// Ability, in logits, at which the prior is evaluated.
    pub(crate) ability: f64,
    pub(crate) level: f64,
    pub(crate) gain_level: f64,
    /// Share of the head's value that enters the chance.
    pub(crate) share: f64,
    /// Index of the model's head.
    pub(crate) head: Option<usize>,
    /// Map applied last.
    pub(crate) calibration: Option<Calibration>,
    /// True if the head was fitted to outcomes, so that it ranks gains; false for heads that only carry maps.
    pub(crate) ranks: bool,
}

impl View {
    /// The view of a rung without a head.
    pub fn prior(ability: f64) -> Self {
        Self { ability, level: 0.0, gain_level: 0.0, share: 0.0, head: None, calibration: None, ranks: false }
    }

    /// True if the rung has a head.
    pub fn learned(&self) -> bool {
        self.head.is_some()
    }

    /// Corrects the prior's chance at [`View::ability`].
    pub(crate) fn chance(&self, prior: f64, values: &HeadValues) -> f64 {
        let value = self.head.map_or(0.0, |head| f64::from(values[head]));
        let chance = prior + self.level + self.share * value;
        let chance = self.calibration.map_or(chance, |map| map.apply(chance));
        if self.head.is_some() { chance.clamp(SUREST, 1.0 - SUREST) } else { chance }
    }

    /// The unshrunk, unclamped prediction, whose differences are gains.
    pub(crate) fn unbounded(&self, prior: f64, values: &HeadValues) -> f64 {
        self.head.map_or(prior, |head| prior + self.gain_level + f64::from(values[head]))
    }
}

/// Lanes of the table for a number of models.
pub(crate) fn lanes(models: usize) -> usize {
    models.max(1).next_power_of_two()
}

impl Heads {
    /// Models with a head.
    pub fn models(&self) -> &[String] {
        &self.models
    }

    /// Rungs with outcomes.
    pub fn rungs(&self) -> impl Iterator<Item = &str> {
        self.rungs.iter().map(|rung| rung.name.as_str())
    }

    /// The report of the fit.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// Values for a scanned query with the prior's location and tilt. Allocates nothing.
    pub fn values(&self, scan: &Scan, location: f64, tilt: f64) -> HeadValues {
        let words = scan.words.len().min(MOST_WORDS);
        let mut values = match lanes(self.models.len()) {
            1 => self.words::<1>(scan, words),
            2 => self.words::<2>(scan, words),
            4 => self.words::<4>(scan, words),
            _ => self.words::<8>(scan, words),
        };
        let inputs = INPUTS.map(|feature| scan.inputs()[feature as usize]);
        let features = standardised(&inputs, &self.means, &self.scales);
        for (value, weights) in values.iter_mut().zip(&self.features) {
            for (weight, x) in weights.iter().zip(&features) {
                *value += weight * x;
            }
        }
        // Chances begin at the plain prior; this moves them to the tempered one.
        for (value, change) in values.iter_mut().zip(self.mean.change(location, tilt)) {
            *value += change as f32;
        }
        values
    }

    /// Sums the weights of a text's different buckets, in whole numbers: the result does not depend on the order.
    fn words<const LANES: usize>(&self, scan: &Scan, words: usize) -> HeadValues {
        let (table, _) = self.table.as_chunks::<LANES>();
        let (known_words, pairs) = table.split_at(BUCKETS.min(table.len()));
        let mut sums = [0_i32; LANES];
        let mut seen = [0_u64; 2 * BUCKETS / 64];
        let mut add = |bucket: usize, weights: Option<&[i16; LANES]>| {
            let bit = 1 << (bucket % 64);
            if let (Some(weights), Some(word)) = (weights, seen.get_mut(bucket / 64))
                && *word & bit == 0
            {
                *word |= bit;
                for (sum, &weight) in sums.iter_mut().zip(weights) {
                    *sum += i32::from(weight);
                }
            }
        };
        for (&word, &pair) in scan.words[..words].iter().zip(&scan.pairs) {
            let (word, pair) = (word_bucket(word), pair_bucket(pair));
            add(word, known_words.get(word));
            add(pair, pairs.get(pair - BUCKETS));
        }
        let root = root(words) as f32;
        let mut values = [0.0; MOST_HEADS];
        for ((value, &sum), &unit) in values.iter_mut().zip(&sums).zip(&self.units) {
            *value = sum as f32 / root * unit;
        }
        values
    }

    /// The view of a rung. A rung without outcomes, of a model with a head, takes the view of that model's nearest rung,
    /// moved by the difference of their dials. A rung of an unknown model gets the prior.
    pub fn view(&self, rung: &Rung, ability: Ability) -> View {
        let dials = dial_logits(rung);
        let Some(model) = self.models.iter().position(|model| *model == rung.model) else {
            return View::prior(ability.logit);
        };
        let kin = self.rungs.iter().filter(|known| usize::from(known.model) == model);
        let same = kin.clone().find(|known| known.name == rung.name);
        let nearest = || kin.min_by(|a, b| (a.dials - dials).abs().total_cmp(&(b.dials - dials).abs()));
        same.or_else(nearest).map_or(View::prior(ability.logit), |known| View {
            ability: known.ability + dials - known.dials,
            ..self.view_of_known(known)
        })
    }

    /// The view of a rung with outcomes, by its name.
    pub fn view_of(&self, rung: &str) -> Option<View> {
        self.rungs.iter().find(|known| known.name == rung).map(|known| self.view_of_known(known))
    }

    fn view_of_known(&self, known: &HeadRung) -> View {
        View {
            ability: known.ability,
            level: known.level,
            gain_level: known.gain_level,
            share: self.share,
            head: Some(usize::from(known.model)),
            calibration: known.calibration,
            ranks: self.report.outcomes > 0,
        }
    }

    /// Fitted ability of a rung, in logits on the prior's scale.
    pub fn ability(&self, rung: &str) -> Option<f64> {
        self.rungs.iter().find(|known| known.name == rung).map(|known| known.ability)
    }
}

impl Heads {
    /// Copies the heads with other maps for some rungs.
    #[must_use]
    pub fn calibrated(&self, maps: &[(String, Calibration)]) -> Self {
        let mut heads = self.clone();
        for rung in &mut heads.rungs {
            if let Some((_, map)) = maps.iter().find(|(name, _)| *name == rung.name) {
                rung.calibration = Some(*map);
            }
        }
        heads
    }

    /// Copies the heads without maps.
    pub(crate) fn without_maps(&self) -> Self {
        let mut heads = self.clone();
        for rung in &mut heads.rungs {
            rung.calibration = None;
        }
        heads
    }

    /// Root of the information that an outcome of a query would add, relative to the mean query that was seen. Below 1 where
    /// its words are known already, or occur in no other query.
    pub fn teaches(&self, scan: &Scan) -> f64 {
        let words = scan.words.len().min(MOST_WORDS);
        if words == 0 || self.teaches.len() != 2 * BUCKETS {
            return 1.0;
        }
        let of = |bucket: usize| u64::from(self.teaches.get(bucket).copied().unwrap_or(u8::MAX));
        let sum: u64 = scan.words[..words]
            .iter()
            .zip(&scan.pairs)
            .map(|(&word, &pair)| of(word_bucket(word)) + of(pair_bucket(pair)))
            .sum();
        let mean = sum as f64 / (2 * words) as f64;
        (mean / f64::from(self.teaches_mean).max(1.0)).sqrt()
    }
}
