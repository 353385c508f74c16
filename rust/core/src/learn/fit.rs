//! Fits heads to rows.
//!
//! ```text
//! abilities  bisection per rung: the prior's mean chance = the mean score
//! mean       the tempered prior (mean.rs)
//! weights    ridge regression of score − mean (solve.rs)
//! for each fold of whole groups: repeat without it, predict it
//! share      least squares of held-out scores between the prior at 0 and all that was learned at 1
//! ```
//!
//! One solution costs a few hundred passes over the rows' terms; cross-validation repeats it `folds` times, started from the
//! solution on all rows. The report is made from the held-out predictions.

use super::apgr::Ranking;
use super::design::{Design, FitRung, NOISE, by_query};
use super::mean;
use super::quantise::{FittedHeads, quantise};
use super::rows::Rows;
use super::solve::{Weights, solve};
use crate::estimate::tempering::PriorMean;
use crate::estimate::{Curve, GainReport, Heads, MOST_HEADS, Report, RungReport, sigmoid};
use crate::ladder::MAX_RUNGS;
use crate::{Error, Result};
use rapidhash::v3::rapidhash_v3;
use std::collections::{BTreeMap, BTreeSet};

/// Smallest number of outcomes for a fit.
pub const FEWEST: usize = 10;
/// Prior precision of "the share is 1", in units of a graded outcome: ridge regression has shrunk the weights already.
const SHARE_PRECISION: f64 = 0.25;
/// Half the smallest number of paired outcomes for a report on gains.
const FEWEST_PAIRS: usize = 10;

/// Options of the cross-validation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Number of folds, 2 to 20. Groups are held out as a whole.
    pub folds: usize,
    /// Draws of the interval's bootstrap, at most 10,000.
    pub draws: usize,
    /// Seed of folds and draws.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { folds: 5, draws: 400, seed: 0 }
    }
}

/// The dual solution of the last fit, by row. The next fit starts from it.
pub(super) type Warm = BTreeMap<(u64, u64), f64>;

/// Fits heads to rows.
pub(super) fn fit(
    rows: &Rows,
    ladder: &[FitRung],
    curve: Curve,
    now: f64,
    options: Options,
    warm: &mut Warm,
) -> Result<Heads> {
    check(ladder, options)?;
    let design = Design::new(rows, ladder, curve, now);
    enough(&design)?;
    let all: Vec<usize> = (0..design.cases.len()).collect();
    let abilities = design.abilities(&all);
    let mean = mean::tempered(&design, &abilities, &all);
    let residuals: Vec<f64> =
        all.iter().map(|&i| design.cases[i].score - mean::of(&mean, &design, &abilities, i)).collect();
    let keys: Vec<_> = rows.iter().map(super::rows::Row::key).collect();
    let guess: Vec<f64> =
        design.cases.iter().map(|c| warm.get(&keys[c.row]).copied().unwrap_or(0.0)).collect();
    let (weights, dual) = solve(&design, &all, &residuals, &guess);
    *warm = design.cases.iter().zip(&dual).map(|(c, a)| (keys[c.row], *a)).collect();
    let held = hold_out(&design, &abilities, &dual, options);
    let share = held.share(&design);
    let report = held.report(&design, &abilities, share, options);
    Ok(heads(&design, ladder, weights, abilities, mean, report))
}

impl Options {
    /// Refuses options out of bounds.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the option.
    pub fn validate(self) -> Result<()> {
        if !(2..=20).contains(&self.folds) {
            return Err(Error::invalid("folds", self.folds, "from 2 to 20"));
        }
        if self.draws > 10_000 {
            return Err(Error::invalid("draws", self.draws, "at most 10,000"));
        }
        Ok(())
    }
}

fn check(ladder: &[FitRung], options: Options) -> Result<()> {
    options.validate()?;
    let models: BTreeSet<&str> = ladder.iter().map(|known| known.model.as_str()).collect();
    if models.len() > MOST_HEADS || ladder.len() > MAX_RUNGS {
        let counts = format!("{} rungs of {} models", ladder.len(), models.len());
        return Err(Error::invalid("ladder", counts, format!("at most {MAX_RUNGS} of {MOST_HEADS}")));
    }
    Ok(())
}

fn enough(design: &Design) -> Result<()> {
    let count = design.cases.len();
    if count < FEWEST {
        let bound = format!("at least {FEWEST} on rungs of the ladder");
        return Err(Error::invalid("outcomes", count, bound));
    }
    let first = design.cases[0].score;
    if design.cases.iter().all(|case| (case.score - first).abs() < 1e-9) {
        return Err(Error::invalid("outcomes", format!("all {first}"), "at least two different scores"));
    }
    let groups: BTreeSet<u64> = design.cases.iter().map(|case| case.group).collect();
    if groups.len() < 2 {
        return Err(Error::invalid("groups", groups.len(), "at least 2, because one is held out"));
    }
    Ok(())
}

/// Predictions of held-out cases.
struct HeldOut {
    /// Residuals of the prior with fitted levels, and of all that was learned.
    rest_prior: Vec<f64>,
    rest: Vec<f64>,
    /// Prediction and fold of each case.
    predicted: Vec<f64>,
    fold_of: Vec<usize>,
    folds: usize,
    groups: usize,
}

fn hold_out(design: &Design, abilities: &[f64], dual: &[f64], options: Options) -> HeldOut {
    let (fold_of, groups) = folds(design, options);
    let count = design.cases.len();
    let folds = options.folds.min(groups);
    let nothing = || vec![0.0; count];
    let mut held =
        HeldOut { rest_prior: nothing(), rest: nothing(), predicted: nothing(), fold_of, folds, groups };
    for fold in 0..folds {
        let (out, chosen): (Vec<usize>, Vec<usize>) = (0..count).partition(|&i| held.fold_of[i] == fold);
        held.fold(design, abilities, dual, &chosen, &out);
    }
    held
}

/// Mean residual per rung, shrunk as by one graded outcome of residual 0.
fn levels(design: &Design, cases: &[usize], left: impl Fn(usize) -> f64) -> Vec<f64> {
    let mut sums = vec![(0.0, NOISE); design.rungs.len()];
    for &i in cases {
        let sum = &mut sums[design.cases[i].rung];
        sum.0 += weight(design, i) * left(i);
        sum.1 += weight(design, i);
    }
    sums.iter().map(|(sum, count)| sum / count).collect()
}

/// The fold of each case, and the number of groups. Groups are dealt out in turn, in an order drawn from the seed.
fn folds(design: &Design, options: Options) -> (Vec<usize>, usize) {
    let groups: BTreeSet<u64> = design.cases.iter().map(|case| case.group).collect();
    let mut drawn: Vec<(u64, u64)> = groups.iter().map(|&group| (draw(options.seed, group), group)).collect();
    drawn.sort_unstable();
    let fold: BTreeMap<u64, usize> = drawn
        .iter()
        .enumerate()
        .map(|(i, &(_, group))| (group, i % options.folds.min(drawn.len())))
        .collect();
    (design.cases.iter().map(|case| fold[&case.group]).collect(), drawn.len())
}

fn draw(seed: u64, x: u64) -> u64 {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..].copy_from_slice(&x.to_le_bytes());
    rapidhash_v3(&bytes)
}

fn weight(design: &Design, i: usize) -> f64 {
    NOISE / design.cases[i].noise
}

impl HeldOut {
    /// Fits to the chosen cases and predicts the others.
    fn fold(&mut self, design: &Design, abilities: &[f64], dual: &[f64], chosen: &[usize], out: &[usize]) {
        let prior = mean::prior(design, abilities, chosen);
        let tempered = mean::tempered(design, abilities, chosen);
        let left = |mean: &PriorMean, i: usize| design.cases[i].score - mean::of(mean, design, abilities, i);
        let residuals: Vec<f64> = chosen.iter().map(|&i| left(&tempered, i)).collect();
        let guess: Vec<f64> = chosen.iter().map(|&i| dual[i]).collect();
        let (weights, _) = solve(design, chosen, &residuals, &guess);
        let levels = levels(design, chosen, |i| left(&prior, i));
        for &i in out {
            let case = &design.cases[i];
            self.predicted[i] = mean::of(&tempered, design, abilities, i)
                + weights.head(design, case.sketch, case.model)
                + weights.level(design, case.rung);
            self.rest[i] = case.score - self.predicted[i];
            self.rest_prior[i] = left(&prior, i) - levels[case.rung];
        }
    }

    /// The share of the learned correction that enters chances. The squared error of held-out scores is a parabola in the
    /// share; this is its minimum under a prior of [`SHARE_PRECISION`] on 1, and never more than is as good as the prior.
    fn share(&self, design: &Design) -> f64 {
        let (mut product, mut square) = (0.0, 0.0);
        for i in 0..self.rest.len() {
            let correction = self.rest_prior[i] - self.rest[i];
            product += weight(design, i) * correction * self.rest_prior[i];
            square += weight(design, i) * correction * correction;
        }
        let best = (product + SHARE_PRECISION) / (square + SHARE_PRECISION);
        // At twice its minimum the parabola is back at its value at 0, the prior's error.
        let most = if square > 0.0 { 2.0 * product / square } else { 0.0 };
        best.min(most).clamp(0.0, 1.0)
    }

    /// Residual of a case at a share.
    fn left(&self, i: usize, share: f64) -> f64 {
        self.rest_prior[i] + share * (self.rest[i] - self.rest_prior[i])
    }

    /// Weighted mean squared error of one rung or of all.
    fn brier(&self, design: &Design, share: f64, rung: Option<usize>) -> f64 {
        let (mut sum, mut total) = (0.0, 0.0);
        for i in 0..self.rest.len() {
            if rung.is_none_or(|rung| design.cases[i].rung == rung) {
                let weight = weight(design, i);
                sum += weight * self.left(i, share).powi(2);
                total += weight;
            }
        }
        if total > 0.0 { sum / total } else { 0.0 }
    }

    fn report(&self, design: &Design, abilities: &[f64], share: f64, options: Options) -> Report {
        let of_rung = |rung: usize| {
            let scores: Vec<f64> =
                design.cases.iter().filter(|case| case.rung == rung).map(|case| case.score).collect();
            (!scores.is_empty()).then(|| RungReport {
                rung: design.rungs[rung].0.clone(),
                outcomes: scores.len(),
                mean_score: scores.iter().sum::<f64>() / scores.len() as f64,
                ability: sigmoid(abilities[rung]),
                brier_prior: self.brier(design, 0.0, Some(rung)),
                brier: self.brier(design, share, Some(rung)),
            })
        };
        Report {
            outcomes: design.cases.len(),
            queries: by_query(&design.cases, &(0..design.cases.len()).collect::<Vec<_>>()).len(),
            groups: self.groups,
            folds: self.folds,
            rungs: (0..design.rungs.len()).filter_map(of_rung).collect(),
            share,
            kept_prior: share <= 0.0,
            brier_prior: self.brier(design, 0.0, None),
            brier: self.brier(design, share, None),
            gain: self.gain(design, abilities, options),
        }
    }

    /// Ranking of gains between the two rungs farthest apart in ability that have enough paired outcomes.
    fn gain(&self, design: &Design, abilities: &[f64], options: Options) -> Option<GainReport> {
        let all: Vec<usize> = (0..design.cases.len()).collect();
        let queries = by_query(&design.cases, &all);
        let paired = |low: usize, high: usize| {
            let of = |cases: &[usize], rung| cases.iter().copied().find(|&i| design.cases[i].rung == rung);
            queries.iter().filter_map(|c| Some((of(c, low)?, of(c, high)?))).collect::<Vec<_>>()
        };
        let rungs = design.rungs.len();
        let candidates = (0..rungs).flat_map(|a| (0..rungs).map(move |b| (a, b)));
        let (low, high) = candidates
            .filter(|&(a, b)| abilities[b] > abilities[a] && paired(a, b).len() >= 2 * FEWEST_PAIRS)
            .max_by(|x, y| (abilities[x.1] - abilities[x.0]).total_cmp(&(abilities[y.1] - abilities[y.0])))?;
        let pairs = paired(low, high);
        let gains: Vec<f64> =
            pairs.iter().map(|&(a, b)| design.cases[b].score - design.cases[a].score).collect();
        // The prior's gains rise with the tilt. Both orders are centred per fold: where a fold's scores are high by luck, those
        // that it was predicted from are low, and a comparison across folds would understate what was learned.
        let folds: Vec<usize> = pairs.iter().map(|&(a, _)| self.fold_of[a]).collect();
        let prior = pairs.iter().map(|&(a, _)| design.prior_of(design.cases[a].sketch).1);
        let heads = pairs.iter().map(|&(a, b)| self.predicted[b] - self.predicted[a]);
        let (by_prior, by_heads) = (ranked_in_folds(&folds, prior), ranked_in_folds(&folds, heads));
        let even = vec![1.0; pairs.len()];
        let groups: Vec<u64> = pairs.iter().map(|&(a, _)| design.cases[a].group).collect();
        Some(GainReport {
            low: design.rungs[low].0.clone(),
            high: design.rungs[high].0.clone(),
            pairs: pairs.len(),
            mean: gains.iter().sum::<f64>() / gains.len() as f64,
            apgr_prior: by_prior.apgr(&gains, &even)?,
            apgr: by_heads.apgr(&gains, &even)?,
            interval: bootstrap(&by_prior, &by_heads, &gains, &groups, options),
        })
    }
}

/// Ranks values, centred per fold.
fn ranked_in_folds(folds: &[usize], values: impl Iterator<Item = f64>) -> Ranking {
    let mut values: Vec<f64> = values.collect();
    let mut means = BTreeMap::new();
    for (fold, value) in folds.iter().zip(&values) {
        let (sum, count) = means.entry(fold).or_insert((0.0, 0.0));
        *sum += value;
        *count += 1.0;
    }
    for (fold, value) in folds.iter().zip(&mut values) {
        *value -= means.get(fold).map_or(0.0, |(sum, count)| sum / count);
    }
    Ranking::new(&values)
}

/// Bootstrap interval (95 %) of the difference of two areas; whole groups are drawn.
fn bootstrap(
    before: &Ranking,
    after: &Ranking,
    gains: &[f64],
    groups: &[u64],
    options: Options,
) -> (f64, f64) {
    let mut numbers = BTreeMap::new();
    let of_pair: Vec<usize> = groups
        .iter()
        .map(|&group| {
            let next = numbers.len();
            *numbers.entry(group).or_insert(next)
        })
        .collect();
    let mut differences = Vec::with_capacity(options.draws);
    let mut state = draw(options.seed, 0xB007);
    for _ in 0..options.draws {
        let mut times = vec![0.0; numbers.len()];
        for _ in 0..numbers.len() {
            state = draw(state, 1);
            // The upper half of the product of 64 random bits and a count is uniform below the count (Lemire, 2019).
            times[((u128::from(state) * numbers.len() as u128) >> 64) as usize] += 1.0;
        }
        let weights: Vec<f64> = of_pair.iter().map(|&group| times[group]).collect();
        if let (Some(a), Some(b)) = (before.apgr(gains, &weights), after.apgr(gains, &weights)) {
            differences.push(b - a);
        }
    }
    differences.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let place = (share * (differences.len().max(1) - 1) as f64).round() as usize;
        differences.get(place).copied().unwrap_or(0.0)
    };
    (at(0.025), at(0.975))
}

/// Packs a fit into heads.
fn heads(
    design: &Design,
    ladder: &[FitRung],
    weights: Weights,
    abilities: Vec<f64>,
    mean: PriorMean,
    report: Report,
) -> Heads {
    let all: Vec<usize> = (0..design.cases.len()).collect();
    let prior = mean::prior(design, &abilities, &all);
    let (teaches, teaches_mean) = design.teaching();
    let of_prior = levels(design, &all, |i| design.cases[i].score - mean::of(&prior, design, &abilities, i));
    let level = |(rung, of_prior): (usize, &f64)| {
        let learned = weights.level(design, rung);
        (of_prior + report.share * (learned - of_prior), learned)
    };
    let levels = of_prior.iter().enumerate().map(level).collect();
    let mut terms = weights.terms;
    for own in &mut terms {
        for (weight, &idf) in own.iter_mut().zip(&design.idf) {
            *weight *= f64::from(idf);
        }
    }
    let features = weights.features.iter().map(|weights| weights.map(|w| w as f32)).collect();
    quantise(FittedHeads {
        ladder,
        models: design.models.clone(),
        abilities,
        levels,
        terms,
        features,
        means: design.means,
        scales: design.scales,
        mean,
        share: report.share,
        teaches,
        teaches_mean,
        report,
    })
}
