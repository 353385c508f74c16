//! From rows to heads: abilities, the regression, and how much of it held-out queries allow.

use super::design::{Design, Known, NOISE, by_query};
use super::heads::{Heads, MOST_HEADS, Parts};
use super::mean::Mean;
use super::report::{GainReport, Report, RungReport, apgr, area};
use super::rows::Rows;
use super::solve::{Weights, solve};
use crate::estimate::{Curve, sigmoid};
use crate::ladder::MAX_RUNGS;
use crate::{Error, Result};
use rapidhash::v3::rapidhash_v3;
use std::collections::{BTreeMap, BTreeSet};

/// Fewer outcomes than this teach nothing.
pub const FEWEST: usize = 10;
/// The noise of a score's variance over that of the share of heads that is right: regression has shrunk them already.
const BELIEF: f64 = 0.25;
/// Fewer pairs than this say nothing of differences between models.
const FEWEST_PAIRS: usize = 10;

/// How a fit is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// In how many parts the groups are held out in turn, 2 to 20.
    pub folds: usize,
    /// How often the interval's bootstrap draws, at most 10,000.
    pub draws: usize,
    /// What folds and draws are drawn from.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { folds: 5, draws: 400, seed: 0 }
    }
}

/// The dual solution of an earlier fit, by row: where the next one begins.
pub(super) type Warm = BTreeMap<(u64, u64), f64>;

/// Fits heads to rows.
pub(super) fn fit(
    rows: &Rows,
    ladder: &[Known],
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
    let mean = Mean::tempered(&design, &abilities, &all);
    let residuals: Vec<f64> =
        all.iter().map(|&i| design.cases[i].score - mean.of(&design, &abilities, i)).collect();
    let keys: Vec<_> = rows.iter().map(super::rows::Row::key).collect();
    let guess: Vec<f64> =
        design.cases.iter().map(|c| warm.get(&keys[c.row]).copied().unwrap_or(0.0)).collect();
    let (weights, dual) = solve(&design, &all, &residuals, &guess);
    *warm = design.cases.iter().zip(&dual).map(|(c, a)| (keys[c.row], *a)).collect();
    let held = hold_out(&design, &abilities, &dual, options);
    let mut shrink = held.shrink(&design);
    let mut report = held.report(&design, &abilities, shrink, options);
    if report.gain.as_ref().is_some_and(|gain| gain.interval.1 < 0.0) {
        // Chances are better, but the ranking is clearly worse.
        shrink = None;
        report = held.report(&design, &abilities, shrink, options);
    }
    Ok(heads(&design, ladder, weights, abilities, &mean, shrink, report))
}

fn check(ladder: &[Known], options: Options) -> Result<()> {
    if !(2..=20).contains(&options.folds) {
        return Err(Error::invalid("folds", options.folds, "from 2 to 20"));
    }
    if options.draws > 10_000 {
        return Err(Error::invalid("draws", options.draws, "at most 10,000"));
    }
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
        return Err(Error::invalid("groups", groups.len(), "at least two: one is held out"));
    }
    Ok(())
}

/// How much is kept of what heads say of all models alike, and of the differences between them; none: nothing was better
/// than the prior as it is.
type Shrink = Option<(f64, f64)>;

/// What was said of cases while they were held out.
struct Held {
    /// What is left of scores after the tempered prior, and after the prior as it is.
    rest: Vec<f64>,
    rest_prior: Vec<f64>,
    /// The mean over models of what heads said of a case's query, and what its own model's differs by.
    common: Vec<f64>,
    contrast: Vec<f64>,
    folds: usize,
    groups: usize,
}

fn hold_out(design: &Design, abilities: &[f64], dual: &[f64], options: Options) -> Held {
    let (fold_of, groups) = folds(design, options);
    let count = design.cases.len();
    let nothing = || vec![0.0; count];
    let (rest, rest_prior, common, contrast) = (nothing(), nothing(), nothing(), nothing());
    let folds = options.folds.min(groups);
    let mut held = Held { rest, rest_prior, common, contrast, folds, groups };
    for fold in 0..folds {
        let (out, chosen): (Vec<usize>, Vec<usize>) = (0..count).partition(|&i| fold_of[i] == fold);
        held.fold(design, abilities, dual, &chosen, &out);
    }
    held
}

/// The mean of what is left, by rung, drawn a little towards nothing.
fn levels(design: &Design, cases: &[usize], left: impl Fn(usize) -> f64) -> Vec<f64> {
    let mut sums = vec![(0.0, NOISE); design.rungs.len()];
    for &i in cases {
        let sum = &mut sums[design.cases[i].rung];
        sum.0 += weight(design, i) * left(i);
        sum.1 += weight(design, i);
    }
    sums.iter().map(|(sum, count)| sum / count).collect()
}

/// The fold of each case: groups in an order drawn from the seed, dealt out in turn; and how many groups there are.
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

impl Held {
    /// Fits to the chosen cases and looks at the others.
    fn fold(&mut self, design: &Design, abilities: &[f64], dual: &[f64], chosen: &[usize], out: &[usize]) {
        let prior = Mean::prior(design, abilities, chosen);
        let tempered = Mean::tempered(design, abilities, chosen);
        let left = |mean: &Mean, i: usize| design.cases[i].score - mean.of(design, abilities, i);
        let residuals: Vec<f64> = chosen.iter().map(|&i| left(&tempered, i)).collect();
        let guess: Vec<f64> = chosen.iter().map(|&i| dual[i]).collect();
        let (weights, _) = solve(design, chosen, &residuals, &guess);
        let levels = levels(design, chosen, |i| left(&prior, i));
        for cases in by_query(&design.cases, out) {
            let sketch = design.cases[cases[0]].sketch;
            let said: Vec<f64> =
                (0..design.models.len()).map(|model| weights.head(design, sketch, model)).collect();
            let mean = said.iter().sum::<f64>() / said.len() as f64;
            for i in cases {
                let case = &design.cases[i];
                self.common[i] = mean;
                self.contrast[i] = said[case.model] - mean;
                self.rest[i] = left(&tempered, i) - weights.level(design, case.rung);
                self.rest_prior[i] = left(&prior, i) - levels[case.rung];
            }
        }
    }

    /// How much of heads to keep: of what they say of differences by queries with several outcomes, of the rest by all.
    fn shrink(&self, design: &Design) -> Shrink {
        let all: Vec<usize> = (0..design.cases.len()).collect();
        let (mut pairs, mut product, mut square) = (0, 0.0, 0.0);
        for cases in by_query(&design.cases, &all).iter().filter(|cases| cases.len() > 1) {
            let total: f64 = cases.iter().map(|&i| weight(design, i)).sum();
            let mean = |of: &[f64]| cases.iter().map(|&i| weight(design, i) * of[i]).sum::<f64>() / total;
            let (rest, contrast) = (mean(&self.rest), mean(&self.contrast));
            for &i in cases {
                let said = self.contrast[i] - contrast;
                product += weight(design, i) * said * (self.rest[i] - rest);
                square += weight(design, i) * said * said;
            }
            pairs += 1;
        }
        let sums = |said: &dyn Fn(usize) -> f64, wanted: &dyn Fn(usize) -> f64| {
            let mut sums = (0.0, 0.0);
            for &i in &all {
                sums.0 += weight(design, i) * said(i) * wanted(i);
                sums.1 += weight(design, i) * said(i) * said(i);
            }
            sums
        };
        if pairs < FEWEST_PAIRS || design.models.len() < 2 {
            let (product, square) = sums(&|i| self.common[i] + self.contrast[i], &|i| self.rest[i]);
            let kept = share(product, square);
            return self.checked(design, (kept, kept));
        }
        let contrast = share(product, square);
        let (product, square) = sums(&|i| self.common[i], &|i| self.rest[i] - contrast * self.contrast[i]);
        self.checked(design, (share(product, square), contrast))
    }

    /// Shares with which held-out scores are predicted no worse than by the prior as it is.
    fn checked(&self, design: &Design, shares: (f64, f64)) -> Shrink {
        let prior = self.brier(design, None, None);
        [shares, (shares.0, 0.0), (0.0, shares.1), (0.0, 0.0)]
            .into_iter()
            .map(Some)
            .find(|&s| self.brier(design, s, None) <= prior)?
    }

    /// What is left of a case's score.
    fn left(&self, i: usize, shrink: Shrink) -> f64 {
        shrink.map_or(self.rest_prior[i], |(common, contrast)| {
            self.rest[i] - common * self.common[i] - contrast * self.contrast[i]
        })
    }

    /// The weighted mean squared error, of one rung or of all.
    fn brier(&self, design: &Design, shrink: Shrink, rung: Option<usize>) -> f64 {
        let (mut sum, mut total) = (0.0, 0.0);
        for i in 0..self.rest.len() {
            if rung.is_none_or(|rung| design.cases[i].rung == rung) {
                let weight = weight(design, i);
                sum += weight * self.left(i, shrink).powi(2);
                total += weight;
            }
        }
        if total > 0.0 { sum / total } else { 0.0 }
    }

    fn report(&self, design: &Design, abilities: &[f64], shrink: Shrink, options: Options) -> Report {
        let of_rung = |rung: usize| {
            let scores: Vec<f64> =
                design.cases.iter().filter(|case| case.rung == rung).map(|case| case.score).collect();
            (!scores.is_empty()).then(|| RungReport {
                rung: design.rungs[rung].0.clone(),
                outcomes: scores.len(),
                mean_score: scores.iter().sum::<f64>() / scores.len() as f64,
                ability: sigmoid(abilities[rung]),
                brier_prior: self.brier(design, None, Some(rung)),
                brier: self.brier(design, shrink, Some(rung)),
            })
        };
        Report {
            outcomes: design.cases.len(),
            queries: by_query(&design.cases, &(0..design.cases.len()).collect::<Vec<_>>()).len(),
            groups: self.groups,
            folds: self.folds,
            rungs: (0..design.rungs.len()).filter_map(of_rung).collect(),
            kept_prior: shrink.is_none(),
            common: shrink.map_or(0.0, |shares| shares.0),
            contrast: shrink.map_or(0.0, |shares| shares.1),
            brier_prior: self.brier(design, None, None),
            brier: self.brier(design, shrink, None),
            gain: self.gain(design, abilities, shrink, options),
        }
    }

    /// The two rungs with enough pairs whose abilities are farthest apart, and how well their gain is ranked.
    fn gain(
        &self,
        design: &Design,
        abilities: &[f64],
        shrink: Shrink,
        options: Options,
    ) -> Option<GainReport> {
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
        let prior = |&(a, b): &(usize, usize)| {
            let of = |i: usize, rung: usize| design.tilted(design.cases[i].sketch, abilities[rung]);
            of(b, high) - of(a, low)
        };
        // What was predicted is the score less what is left of it.
        let said = |i: usize| design.cases[i].score - self.left(i, shrink);
        let by_prior: Vec<f64> = pairs.iter().map(prior).collect();
        let by_heads = if shrink.is_some() {
            pairs.iter().map(|&(a, b)| said(b) - said(a)).collect()
        } else {
            by_prior.clone()
        };
        let even = vec![1.0; pairs.len()];
        let groups: Vec<u64> = pairs.iter().map(|&(a, _)| design.cases[a].group).collect();
        Some(GainReport {
            low: design.rungs[low].0.clone(),
            high: design.rungs[high].0.clone(),
            pairs: pairs.len(),
            mean: gains.iter().sum::<f64>() / gains.len() as f64,
            apgr_prior: apgr(&by_prior, &gains, &even)?,
            apgr: apgr(&by_heads, &gains, &even)?,
            interval: bootstrap(&by_prior, &by_heads, &gains, &groups, options),
        })
    }
}

/// The share of heads that held-out queries bear out, with a belief in the whole of them that counts for as much as
/// [`BELIEF`]: few queries say little of it.
fn share(product: f64, square: f64) -> f64 {
    ((product + BELIEF) / (square + BELIEF)).clamp(0.0, 1.0)
}

/// A bootstrap interval (95 %) of the difference of two areas, whole groups drawn.
fn bootstrap(before: &[f64], after: &[f64], gains: &[f64], groups: &[u64], options: Options) -> (f64, f64) {
    let order = |scores: &[f64]| {
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(a.cmp(&b)));
        order
    };
    let (before, after) = (order(before), order(after));
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
            // The upper half of the product of 64 bits and a count is a number below the count.
            times[((u128::from(state) * numbers.len() as u128) >> 64) as usize] += 1.0;
        }
        let weights: Vec<f64> = of_pair.iter().map(|&group| times[group]).collect();
        if let (Some(a), Some(b)) = (area(&before, gains, &weights), area(&after, gains, &weights)) {
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

/// Heads out of weights, shrunk: a head is the mean head plus its difference from it.
fn heads(
    design: &Design,
    ladder: &[Known],
    weights: Weights,
    abilities: Vec<f64>,
    tempered: &Mean,
    shrink: Shrink,
    report: Report,
) -> Heads {
    let all: Vec<usize> = (0..design.cases.len()).collect();
    let prior = Mean::prior(design, &abilities, &all);
    let (teaches, teaches_mean) = design.teaching();
    let levels = if shrink.is_some() {
        (0..design.rungs.len()).map(|rung| weights.level(design, rung)).collect()
    } else {
        levels(design, &all, |i| design.cases[i].score - prior.of(design, &abilities, i))
    };
    let mean = if shrink.is_some() { tempered } else { &prior };
    let (common, contrast) = shrink.unwrap_or_default();
    let (mut terms, mut features) = (weights.terms, weights.features);
    for bucket in 0..design.idf.len() {
        shrink_lane(&mut terms, bucket, common, contrast, f64::from(design.idf[bucket]));
    }
    for i in 0..super::sketch::INPUTS.len() {
        shrink_lane(&mut features, i, common, contrast, 1.0);
    }
    let features: Vec<_> = features.iter().map(|weights| weights.map(|w| w as f32)).collect();
    Heads::quantised(Parts {
        ladder,
        models: design.models.clone(),
        abilities,
        levels,
        terms,
        features,
        means: design.means,
        scales: design.scales,
        curve: design.curve,
        asked: mean.asked.clone(),
        kept: mean.kept,
        teaches,
        teaches_mean,
        report,
    })
}

/// Shrinks what models have in common at one place, and what sets them apart, and scales both.
fn shrink_lane<T: AsMut<[f64]>>(weights: &mut [T], at: usize, common: f64, contrast: f64, scale: f64) {
    let count = weights.len() as f64;
    let mean = weights.iter_mut().map(|w| w.as_mut()[at]).sum::<f64>() / count;
    for own in weights.iter_mut().map(|w| &mut w.as_mut()[at]) {
        *own = (common * mean + contrast * (*own - mean)) * scale;
    }
}
