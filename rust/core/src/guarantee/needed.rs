//! The number of labels that a promise takes, before any is bought.
//!
//! ```text
//! n = ((Φ⁻¹(1 − δ) + Φ⁻¹(power) σ) / ζ)²       ζ: the statistic's mean for one unit, σ: its standard deviation
//! n ≥ ln δ / ln(1 − ε)                         as many prove ε without any loss
//! below 2,000: z = the smallest statistic whose size is at most δ; the least n with P(statistic ≥ z) ≥ power, by halving
//! ```

use super::paired::{PART, Test, around};
use super::units::{Range, Target};
use crate::math::{exp, ln};
use crate::{Error, Result};

/// No promise is worth more labels than this.
const MOST: f64 = 1e9;
/// From this number on the normal distribution is exact to about 2 %, where there are losses at all.
const LARGE: f64 = 2_000.0;

/// The losses that [`labels_needed`] assumes of a candidate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Assumed {
    /// Mean loss against the safest choice, in points of score.
    pub loss: f64,
    /// Share of the queries on which the candidate is graded differently: worse on (differ + loss) / 2 of them, better on the rest.
    /// None: as large as the loss.
    pub differ: Option<f64>,
    /// Probability that the promise can be made, if the losses are as assumed.
    pub power: f64,
}

/// The number of independent labelled queries that it takes to promise `max_loss` with a confidence, by
/// [`Method::Paired`](super::Method::Paired).
///
/// # Errors
/// [`Error::Invalid`] for a number out of range, for a loss that is not below `max_loss`, and where a billion labels do not
/// suffice.
///
/// ```
/// use rheostat::guarantee::{Assumed, labels_needed};
/// // 2 points may be lost; 1 is, and answers differ on 6 % of the queries.
/// let assumed = Assumed { loss: 0.01, differ: Some(0.06), power: 0.8 };
/// assert!((3_500..4_000).contains(&labels_needed(0.02, 0.95, &assumed)?));
/// // Nothing is ever lost.
/// assert_eq!(labels_needed(0.02, 0.95, &Assumed { loss: 0.0, differ: None, power: 0.8 })?, 149);
/// # Ok::<(), rheostat::Error>(())
/// ```
pub fn labels_needed(max_loss: f64, confidence: f64, assumed: &Assumed) -> Result<u64> {
    let &Assumed { loss, differ, power } = assumed;
    let differ = differ.unwrap_or(loss.abs());
    let target = Target::new(max_loss, confidence, Range::SIGNED)?;
    if !(loss > -1.0 && loss < max_loss) {
        return Err(Error::invalid("loss", loss, format!("above -1 and below max_loss, {max_loss}")));
    }
    if !(differ >= loss.abs() && differ <= 1.0) {
        let bound = format!("between {} (what is lost or won differs) and 1", loss.abs());
        return Err(Error::invalid("differ", differ, bound));
    }
    if !(power > 0.0 && power < 1.0) {
        return Err(Error::invalid("power", power, "above 0 and below 1"));
    }
    let one = Test { units: 1.0, limit: max_loss };
    let (worse, better) = (f64::midpoint(differ, loss), f64::midpoint(differ, -loss));
    let deviation = (differ - loss * loss).max(0.0).sqrt() * one.z(worse, better) / (max_loss - loss);
    let normal = (quantile(target.error()) + quantile(1.0 - power) * deviation) / one.z(worse, better);
    let about = (normal * normal).ceil();
    if about > MOST {
        let bound = format!("further below max_loss, {max_loss}: a billion labels do not suffice");
        return Err(Error::invalid("loss", loss, bound));
    }
    if about > LARGE {
        let without_loss = ln(target.error() * (1.0 - PART)) / ln(1.0 - max_loss);
        return Ok(about.max(without_loss.ceil()) as u64);
    }
    let enough = |units: u64| {
        let test = Test { units: units as f64, limit: max_loss };
        test.power(critical(test, differ, target.error()), differ, loss) >= power
    };
    let mut high = (about as u64).max(1);
    while !enough(high) {
        high *= 2;
    }
    let mut low = about as u64 / 2;
    while low + 1 < high {
        let middle = low.midpoint(high);
        if enough(middle) { high = middle } else { low = middle }
    }
    Ok(high)
}

/// The number that a normal variable exceeds with a probability: by halving, and Simpson's rule for the density.
fn quantile(error: f64) -> f64 {
    const STEPS: u32 = 200;
    let above = |x: f64| {
        let at = |i: u32| {
            let t = x + 10.0 * f64::from(i) / f64::from(STEPS);
            let weight = if i == 0 || i == STEPS { 1.0 } else { 2.0 + 2.0 * f64::from(i % 2) };
            weight * exp(-0.5 * t * t)
        };
        let sum: f64 = (0..=STEPS).map(at).sum();
        sum * 10.0 / f64::from(STEPS) / 3.0 / std::f64::consts::TAU.sqrt()
    };
    let (mut low, mut high) = (0.0, 9.0);
    for _ in 0..50 {
        let middle = f64::midpoint(low, high);
        if above(middle) > error.min(1.0 - error) { low = middle } else { high = middle }
    }
    if error <= 0.5 { high } else { -high }
}

/// The smallest statistic that the test accepts at a level, if about this share of the units is unequal.
fn critical(test: Test, differ: f64, error: f64) -> f64 {
    let (from, to) = around(test.units, differ.max(test.limit.abs()));
    let (mut low, mut high) = (0.0, 40.0);
    for _ in 0..24 {
        let middle = f64::midpoint(low, high);
        if test.size(middle, from, to) <= error * (1.0 - PART) { high = middle } else { low = middle }
    }
    high
}
