//! Calibration: monotone maps of chances, fitted to outcomes.
//!
//! Two families are tried on five folds, and the map with the least held-out Brier score is fitted to all outcomes:
//!
//! - Platt scaling (Platt, 1999): `σ(a · (logit − mean logit) + b)` by Newton's method, with Gaussian priors on `a` and `b`;
//! - isotonic regression (Zadrozny and Elkan, 2002) by pool adjacent violators, from [`ISOTONIC_FROM`] outcomes on, and only
//!   if it is better by more than a standard error.
//!
//! The cost is that of one sort per fold.

use crate::estimate::{Calibration, logit, sigmoid};

/// Number of outcomes from which isotonic regression is tried. With fewer it fits noise.
pub const ISOTONIC_FROM: usize = 200;
/// Prior precisions of Platt's slope and level.
const SLOPE_PRECISION: f64 = 10.0;
const LEVEL_PRECISION: f64 = 0.7;

/// The choice of a map, and its scores on held-out outcomes.
#[derive(Debug, Clone, PartialEq)]
pub struct CalibrationReport {
    /// Number of outcomes.
    pub outcomes: usize,
    /// `none`, `platt` or `isotonic`.
    pub method: &'static str,
    /// Brier score of a constant chance, the mean score.
    pub brier_constant: f64,
    /// Brier score before the map.
    pub brier_before: f64,
    /// Brier score with the map.
    pub brier: f64,
    /// Expected calibration error before the map, in ten bins of equally many.
    pub error_before: f64,
    /// Expected calibration error with the map.
    pub error: f64,
}

/// Platt scaling. The slope `a` has prior mean `slope`; the level `b` has that of the mean score with one more outcome of
/// either kind. With few outcomes the curve is the base rate with a cautious slope.
fn platt(chances: &[f64], scores: &[f64], slope: f64) -> Calibration {
    let logit = |p: f64| logit(p.clamp(1e-4, 1.0 - 1e-4));
    let count = chances.len() as f64;
    let mean = chances.iter().map(|&p| logit(p)).sum::<f64>() / count.max(1.0);
    let level = logit((scores.iter().sum::<f64>() + 1.0) / (count + 2.0));
    let (mut a, mut b) = (slope, level);
    let logits: Vec<f64> = chances.iter().map(|&p| logit(p) - mean).collect();
    for _ in 0..50 {
        let (mut ga, mut gb) = (SLOPE_PRECISION * (a - slope), LEVEL_PRECISION * (b - level));
        let (mut haa, mut hab, mut hbb) = (SLOPE_PRECISION, 0.0, LEVEL_PRECISION);
        for (&x, &y) in logits.iter().zip(scores) {
            let p = sigmoid(a * x + b);
            let weight = p * (1.0 - p);
            ga += (p - y) * x;
            gb += p - y;
            haa += weight * x * x;
            hab += weight * x;
            hbb += weight;
        }
        let determinant = haa * hbb - hab * hab;
        let (da, db) = ((hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant);
        a = (a - da.clamp(-1.0, 1.0)).max(0.0);
        b -= db.clamp(-2.0, 2.0);
        if da.abs() + db.abs() < 1e-9 {
            break;
        }
    }
    Calibration::from_fn(|p| sigmoid(a * (logit(p) - mean) + b))
}

/// Isotonic regression, with straight lines between the blocks.
fn isotonic(chances: &[f64], scores: &[f64]) -> Calibration {
    // Each block gets one pseudo-outcome at its own chance, so that a few lucky outcomes do not make a chance of 0 or 1.
    let knots: Vec<(f64, f64)> =
        pools(chances, scores).iter().map(|&(_, p, y, n)| (p / n, (y + p / n) / (n + 1.0))).collect();
    Calibration::from_fn(|p| along(&knots, p))
}

/// The rising blocks of isotonic regression of `scores` on `xs`, by pool adjacent violators. Each is its least x, the sum of
/// its xs, the sum of its scores, and their number.
pub(super) fn pools(xs: &[f64], scores: &[f64]) -> Vec<(f64, f64, f64, f64)> {
    let mut order: Vec<usize> = (0..xs.len().min(scores.len())).collect();
    order.sort_by(|&i, &j| xs[i].total_cmp(&xs[j]).then(i.cmp(&j)));
    let mut blocks: Vec<(f64, f64, f64, f64)> = Vec::new();
    for same in order.chunk_by(|&i, &j| xs[i].total_cmp(&xs[j]).is_eq()) {
        // Equal xs are one: which of them comes first means nothing.
        let (score, n) = (same.iter().map(|&i| scores[i]).sum::<f64>(), same.len() as f64);
        let x = same.first().map_or(0.0, |&i| xs[i]);
        blocks.push((x, x * n, score, n));
        while let [.., before, last] = blocks[..] {
            if before.2 * last.3 < last.2 * before.3 {
                break;
            }
            blocks.pop();
            blocks.pop();
            blocks.push((before.0, before.1 + last.1, before.2 + last.2, before.3 + last.3));
        }
    }
    blocks
}

/// Interpolates between knots; flat beyond the ends.
fn along(knots: &[(f64, f64)], p: f64) -> f64 {
    let after = knots.partition_point(|knot| knot.0 < p);
    match (after.checked_sub(1).and_then(|i| knots.get(i)), knots.get(after)) {
        (Some(a), Some(b)) if b.0 > a.0 => a.1 + (b.1 - a.1) * (p - a.0) / (b.0 - a.0),
        (_, Some(b)) => b.1,
        (Some(a), None) => a.1,
        (None, None) => p,
    }
}

/// Chooses and fits a map. `fold` assigns each outcome to one of five folds, modulo 5. `slope` is the prior mean of Platt's
/// slope: 1 for chances learned on the same traffic, less for chances from elsewhere, which are overconfident.
pub fn calibrate(
    chances: &[f64],
    scores: &[f64],
    fold: &[usize],
    slope: f64,
) -> (Option<Calibration>, CalibrationReport) {
    let count = chances.len().min(scores.len()).min(fold.len());
    let (chances, scores) = (&chances[..count], &scores[..count]);
    let held_out = |fit: &dyn Fn(&[f64], &[f64]) -> Calibration| {
        let mut out = chances.to_vec();
        for part in 0..5 {
            let rest = (0..count).filter(|&i| fold[i] % 5 != part);
            let (p, y): (Vec<f64>, Vec<f64>) = rest.map(|i| (chances[i], scores[i])).unzip();
            let map = fit(&p, &y);
            for i in (0..count).filter(|&i| fold[i] % 5 == part) {
                out[i] = map.apply(chances[i]);
            }
        }
        out
    };
    let curve = |p: &[f64], y: &[f64]| platt(p, y, slope);
    let mut best = ("none", None, chances.to_vec());
    if count > 0 {
        let tried = held_out(&curve);
        if brier(&tried, scores) < brier(&best.2, scores) {
            best = ("platt", Some(curve(chances, scores)), tried);
        }
    }
    if count >= ISOTONIC_FROM {
        let tried = held_out(&isotonic);
        if clearly_better(&tried, &best.2, scores) {
            best = ("isotonic", Some(isotonic(chances, scores)), tried);
        }
    }
    let mean = scores.iter().sum::<f64>() / count.max(1) as f64;
    let report = CalibrationReport {
        outcomes: count,
        method: best.0,
        brier_constant: brier(&vec![mean; count], scores),
        brier_before: brier(chances, scores),
        brier: brier(&best.2, scores),
        error_before: calibration_error(chances, scores),
        error: calibration_error(&best.2, scores),
    };
    (best.1, report)
}

/// True if the mean squared error of `chances` is below that of `others` by more than a standard error of the difference.
fn clearly_better(chances: &[f64], others: &[f64], scores: &[f64]) -> bool {
    let differences: Vec<f64> =
        chances.iter().zip(others).zip(scores).map(|((p, q), y)| (q - y).powi(2) - (p - y).powi(2)).collect();
    let count = differences.len().max(1) as f64;
    let mean = differences.iter().sum::<f64>() / count;
    let variance = differences.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / count;
    mean > (variance / count).sqrt()
}

/// Brier score: mean squared error of chances; 0 without outcomes.
pub fn brier(chances: &[f64], scores: &[f64]) -> f64 {
    let sum: f64 = chances.iter().zip(scores).map(|(p, y)| (p - y) * (p - y)).sum();
    sum / chances.len().max(1) as f64
}

/// Expected calibration error: mean distance of mean chance and mean score, over ten bins of equally many. A constant chance
/// has a low one, so read it beside a Brier score.
pub fn calibration_error(chances: &[f64], scores: &[f64]) -> f64 {
    let mut order: Vec<usize> = (0..chances.len().min(scores.len())).collect();
    order.sort_by(|&i, &j| chances[i].total_cmp(&chances[j]).then(i.cmp(&j)));
    let size = order.len().div_ceil(10).max(1);
    let off = |bin: &[usize]| bin.iter().map(|&i| chances[i] - scores[i]).sum::<f64>().abs();
    order.chunks(size).map(off).sum::<f64>() / order.len().max(1) as f64
}
