//! What learning leaves for the hot path: a table of weights for each model, and what each rung adds.

use super::calibration::Calibration;
use super::inputs::{BUCKETS, INPUTS, MOST_HEADS, MOST_WORDS, pair_bucket, root, standardised, word_bucket};
use super::report::Report;
use super::tempering::Mean;
use crate::features::Scan;
use crate::ladder::{Ability, Rung, dial_logits};

/// A chance of being right is never said to be nearer to 0 or 1 than this.
const SUREST: f64 = 0.005;

/// Heads for models, learned from outcomes. Immutable; an [`Estimator`](crate::estimate::Estimator) carries them.
///
/// A rung's chance of being right is the prior's, at the ability that outcomes gave it, plus its model's head: integer
/// weights of words and pairs of words, summed exactly, and a few features. Of a text at most [`MOST_WORDS`] words are
/// looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Heads {
    pub(crate) models: Vec<String>,
    pub(crate) rungs: Vec<HeadRung>,
    /// For each bucket, a weight for each lane; there are as many lanes as models, rounded up to 1, 2, 4 or 8.
    pub(crate) table: Vec<i16>,
    pub(crate) units: [f32; MOST_HEADS],
    pub(crate) means: [f32; INPUTS.len()],
    pub(crate) scales: [f32; INPUTS.len()],
    pub(crate) features: Vec<[f32; INPUTS.len()]>,
    pub(crate) mean: Mean,
    /// How much of what was learned is kept in chances, from the prior on: as much as held-out outcomes bear out.
    pub(crate) share: f64,
    /// By bucket, what one more outcome would teach; and the mean of it over the words of the queries that were seen.
    pub(crate) teaches: Vec<u8>,
    pub(crate) teaches_mean: f32,
    pub(crate) report: Report,
}

/// What was learned of one rung.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct HeadRung {
    pub(crate) name: String,
    pub(crate) model: u8,
    /// Its ability, in logits of the prior.
    pub(crate) ability: f64,
    /// What its dials add, in logits.
    pub(crate) dials: f64,
    /// What is added to every query's chance, and to what gains are differences of.
    pub(crate) level: f64,
    pub(crate) gain_level: f64,
    /// What the chance is mapped by.
    pub(crate) calibration: Option<Calibration>,
}

/// What each head says of one query: by how much its model's chance of being right differs from the prior's.
pub type HeadValues = [f32; MOST_HEADS];

/// How the chance of one rung follows from an estimate, worked out once for a ladder.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// The ability at which the prior is asked, in logits.
    pub(crate) ability: f64,
    pub(crate) level: f64,
    pub(crate) gain_level: f64,
    /// How much of what its head says is kept in its chance.
    pub(crate) share: f64,
    /// The place of the model's head among the values of an estimate.
    pub(crate) head: Option<usize>,
    /// What the chance is mapped by at the end.
    pub(crate) calibration: Option<Calibration>,
    /// Whether outcomes have taught an order of gains.
    pub(crate) ranks: bool,
}

impl View {
    /// A rung of which nothing was learned.
    pub fn prior(ability: f64) -> Self {
        Self { ability, level: 0.0, gain_level: 0.0, share: 0.0, head: None, calibration: None, ranks: false }
    }

    /// Whether outcomes have anything to say of the rung.
    pub fn learned(&self) -> bool {
        self.head.is_some()
    }

    /// The chance, from the prior's chance at [`View::ability`].
    pub(crate) fn chance(&self, prior: f64, values: &HeadValues) -> f64 {
        let said = self.head.map_or(0.0, |head| f64::from(values[head]));
        let chance = prior + self.level + self.share * said;
        let chance = self.calibration.map_or(chance, |map| map.apply(chance));
        if self.head.is_some() { chance.clamp(SUREST, 1.0 - SUREST) } else { chance }
    }

    /// What gains are differences of: all that was learned, and not cut to what a chance can be.
    pub(crate) fn unbounded(&self, prior: f64, values: &HeadValues) -> f64 {
        self.head.map_or(prior, |head| prior + self.gain_level + f64::from(values[head]))
    }
}

/// How many lanes so many models take.
pub(crate) fn lanes(models: usize) -> usize {
    models.max(1).next_power_of_two()
}

impl Heads {
    /// The models that have a head.
    pub fn models(&self) -> &[String] {
        &self.models
    }

    /// The rungs that outcomes were of.
    pub fn rungs(&self) -> impl Iterator<Item = &str> {
        self.rungs.iter().map(|rung| rung.name.as_str())
    }

    /// How they were fitted, and how well they do on queries that they had not seen.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// What the heads say of a scanned query whose location, and tilt of gains, the prior has. Allocates nothing.
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
        // The tempered prior takes the place of the prior.
        for (value, change) in values.iter_mut().zip(self.mean.change(location, tilt)) {
            *value += change as f32;
        }
        values
    }

    /// Sums of whole numbers, so their order does not matter; each bucket of a text once.
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

    /// How a rung's chance follows from an estimate. A rung of a known model that no outcome was of is moved from the
    /// nearest one that there were outcomes of, by the difference of their dials; of an unknown model there is the prior.
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

    /// The view of a rung that there were outcomes of, by its name.
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

    /// The ability that outcomes gave a rung, in logits of the prior.
    pub fn ability(&self, rung: &str) -> Option<f64> {
        self.rungs.iter().find(|known| known.name == rung).map(|known| known.ability)
    }
}

impl Heads {
    /// The same heads with chances of some rungs mapped; a rung's map replaces the one that it had.
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

    pub(crate) fn without_maps(&self) -> Self {
        let mut heads = self.clone();
        for rung in &mut heads.rungs {
            rung.calibration = None;
        }
        heads
    }

    /// The most that a span of `words` words can move any head's value in a text of `of` words: the largest weights that
    /// there are, in its place.
    pub fn influence(&self, words: usize, of: usize) -> f64 {
        let most = self.units.iter().fold(0.0f64, |most, &unit| most.max(f64::from(unit)));
        let words = words.min(MOST_WORDS);
        2.0 * words as f64 * most * f64::from(i16::MAX) / root(of.clamp(words.max(1), MOST_WORDS))
    }
    /// The root of what an outcome of a query would teach of the traffic, against that of the mean query that was seen:
    /// below 1 where its words are known already, or are nowhere else.
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
