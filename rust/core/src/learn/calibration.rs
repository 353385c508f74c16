//! Chances that are what they say: Platt's curve, shrunk, and isotonic regression where there are enough outcomes.

use crate::estimate::{Calibration, logit, sigmoid};

/// From how many outcomes on isotonic regression is tried: below it fits noise.
pub const ISOTONIC_FROM: usize = 200;
/// The precision of what is believed of the slope and of the level, in logits.
const SLOPE_PRECISION: f64 = 10.0;
const LEVEL_PRECISION: f64 = 0.7;

/// How the map was chosen, and what it does on held-out outcomes.
#[derive(Debug, Clone, PartialEq)]
pub struct CalibrationReport {
    /// Outcomes that it rests on.
    pub outcomes: usize,
    /// `none`, `platt` or `isotonic`: the least Brier score on held-out outcomes.
    pub method: &'static str,
    /// Brier scores: of the mean score alone, as estimated, and with the map.
    pub brier_constant: f64,
    /// As estimated.
    pub brier_before: f64,
    /// With the map.
    pub brier: f64,
    /// Expected calibration error in ten bins of equally many, before and after.
    pub error_before: f64,
    /// After.
    pub error: f64,
}

/// Platt's curve `σ(a · (logit − mean) + b)`, by Newton's steps. The slope `a` is drawn towards `slope`, and the level `b`
/// towards that of the mean score, with one outcome more of either kind: with few outcomes the curve is the base rate
/// and a cautious slope.
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

/// Isotonic regression: the rising step function nearest to the scores (pool adjacent violators), joined by lines.
fn isotonic(chances: &[f64], scores: &[f64]) -> Calibration {
    // A block is drawn towards its own chance as by one more outcome, so that no chance is 0 or 1 by luck.
    let knots: Vec<(f64, f64)> =
        pools(chances, scores).iter().map(|&(_, p, y, n)| (p / n, (y + p / n) / (n + 1.0))).collect();
    Calibration::from_fn(|p| along(&knots, p))
}

/// The blocks of isotonic regression of `scores` on `xs` (pool adjacent violators), rising: the least x of each, the sum of its
/// xs and of its scores, and how many they are.
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

/// The value at `p` of the lines through some knots, flat beyond their ends.
fn along(knots: &[(f64, f64)], p: f64) -> f64 {
    let after = knots.partition_point(|knot| knot.0 < p);
    match (after.checked_sub(1).and_then(|i| knots.get(i)), knots.get(after)) {
        (Some(a), Some(b)) if b.0 > a.0 => a.1 + (b.1 - a.1) * (p - a.0) / (b.0 - a.0),
        (_, Some(b)) => b.1,
        (Some(a), None) => a.1,
        (None, None) => p,
    }
}

/// The map for some outcomes, chosen by held-out Brier score among none, Platt's curve and, from [`ISOTONIC_FROM`] outcomes
/// on, isotonic regression, which has to be better by more than a standard error: where outcomes are few it fits their noise. `fold` tells which of five parts each is held out with. `slope` is what Platt's is drawn
/// towards: 1 where chances were learned on such traffic, less where they come from elsewhere and are too sure.
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

/// Whether the squared errors of some chances lie below those of others by more than a standard error of the difference.
fn clearly_better(chances: &[f64], others: &[f64], scores: &[f64]) -> bool {
    let differences: Vec<f64> =
        chances.iter().zip(others).zip(scores).map(|((p, q), y)| (q - y).powi(2) - (p - y).powi(2)).collect();
    let count = differences.len().max(1) as f64;
    let mean = differences.iter().sum::<f64>() / count;
    let variance = differences.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / count;
    mean > (variance / count).sqrt()
}

/// The mean squared error of chances; 0 without any.
pub fn brier(chances: &[f64], scores: &[f64]) -> f64 {
    let sum: f64 = chances.iter().zip(scores).map(|(p, y)| (p - y) * (p - y)).sum();
    sum / chances.len().max(1) as f64
}

/// Expected calibration error: over ten bins of equally many, the mean distance of mean chance and mean score. A constant
/// chance has none, so it says little without a Brier score beside it.
pub fn calibration_error(chances: &[f64], scores: &[f64]) -> f64 {
    let mut order: Vec<usize> = (0..chances.len().min(scores.len())).collect();
    order.sort_by(|&i, &j| chances[i].total_cmp(&chances[j]).then(i.cmp(&j)));
    let size = order.len().div_ceil(10).max(1);
    let off = |bin: &[usize]| bin.iter().map(|&i| chances[i] - scores[i]).sum::<f64>().abs();
    order.chunks(size).map(off).sum::<f64>() / order.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Outcomes whose true chance is a map of the stated one.
    fn outcomes(count: usize, truth: impl Fn(f64) -> f64) -> (Vec<f64>, Vec<f64>, Vec<usize>) {
        let mut state = 9_u64;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1u64 << 53) as f64
        };
        let chances: Vec<f64> = (0..count).map(|_| random()).collect();
        let scores = chances.iter().map(|&p| f64::from(u8::from(random() < truth(p)))).collect();
        (chances, scores, (0..count).collect())
    }

    #[test]
    fn overconfidence_is_taken_back() {
        for (count, method) in [(60, "platt"), (4_000, "isotonic")] {
            // A step: no curve of Platt's fits it, and isotonic regression does once there is enough of it.
            let (p, y, fold) = outcomes(count, |p| if p < 0.5 { 0.4 } else { 0.6 });
            let (map, report) = calibrate(&p, &y, &fold, 0.5);
            assert_eq!(report.method, method, "{report:?}");
            // The error of few outcomes is mostly noise.
            assert!(
                report.brier < report.brier_before && (count < 100 || report.error < report.error_before)
            );
            let map = map.unwrap();
            assert!(map.apply(0.95) < 0.85 && map.apply(0.05) > 0.15);
        }
    }

    #[test]
    fn right_chances_stay() {
        let (p, y, fold) = outcomes(2_000, |p| p);
        let (map, report) = calibrate(&p, &y, &fold, 1.0);
        let worst = (0..=20).map(|i| f64::from(i) / 20.0).map(|p| (map.map_or(p, |m| m.apply(p)) - p).abs());
        assert!(worst.fold(0.0, f64::max) < 0.1);
        assert!(report.brier <= report.brier_before && report.error < 0.04);
        assert!(report.brier < report.brier_constant);
        assert_eq!(calibrate(&[], &[], &[], 1.0).0, None);
    }

    proptest! {
        #[test]
        fn maps_rise_and_stay_chances(
            pairs in prop::collection::vec((0.0..=1.0, 0.0..=1.0), 1..300),
            slope in 0.1..2.0,
        ) {
            let (p, y): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
            for map in [platt(&p, &y, slope), isotonic(&p, &y)] {
                let values: Vec<f64> = (0..=200).map(|i| map.apply(f64::from(i) / 200.0)).collect();
                prop_assert!(values.windows(2).all(|w| w[0] <= w[1] + 1e-7));
                prop_assert!(values.iter().all(|v| (0.0..=1.0).contains(v)));
            }
        }
    }
}
