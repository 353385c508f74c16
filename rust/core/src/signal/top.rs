//! One token's top log-probabilities: their mean, and the bounds that they put on the whole distribution's entropy.

use crate::{Error, Result};

/// A log-probability below this, −∞ included, counts as this: e⁻¹⁰⁰ is nothing, and a mean needs finite terms.
const FLOOR: f32 = -100.0;

/// The vocabulary that is assumed where none is given, in tokens: no model in wide use has a larger one.
pub const VOCABULARY: u64 = 1 << 18;

/// What the top k log-probabilities of a token say about its entropy, in nats.
///
/// An API gives k candidates and no more; what they leave out has some mass `r`. It adds least entropy when it sits
/// on as few tokens as may be, none of them likelier than the k-th: at least `−r ln pₖ`. It adds most when all other
/// tokens of the vocabulary share it: `−r ln(r / (V − k))`. The truth lies between; nothing is assumed about where.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TopEntropy {
    /// `−Σ p ln p` over the candidates alone.
    pub known: f64,
    /// The least entropy that the whole distribution can have.
    pub lower: f64,
    /// The most.
    pub upper: f64,
    /// The probability that is not in the candidates, in `[0, 1]`.
    pub missing: f64,
    /// The probability of the likeliest candidate.
    pub max_prob: f64,
    /// That probability less the second candidate's; NaN when there is only one.
    pub margin: f64,
    /// Candidates that counted.
    pub candidates: u64,
    /// Values that were left out or mended: NaN, positive, and whatever is beyond a total probability of 1.
    pub invalid: u64,
}

/// Bounds on the entropy of a token by the log-probabilities of its likeliest candidates, in any order, and the size
/// of the vocabulary that they are drawn from. The candidates must be the likeliest ones: a sampled token that is not
/// among them belongs left out.
///
/// # Errors
/// [`Error::Invalid`] when there is no usable value, or more candidates than the vocabulary has tokens.
///
/// ```
/// use rheostat::signal::top_entropy;
/// let seen = top_entropy(&[0.7_f32.ln(), 0.2_f32.ln()], 1000)?;
/// assert!((seen.missing - 0.1).abs() < 1e-6 && seen.lower < seen.upper);
/// # Ok::<(), rheostat::Error>(())
/// ```
pub fn top_entropy(top: &[f32], vocabulary: u64) -> Result<TopEntropy> {
    let (mut mass, mut known, mut invalid) = (0.0_f64, 0.0_f64, 0_u64);
    let (mut first, mut second, mut least, mut used) = (0.0_f64, f64::NAN, 1.0_f64, 0_u64);
    for &log in top {
        if log.is_nan() {
            invalid += 1;
            continue;
        }
        invalid += u64::from(log > 0.0);
        let log = f64::from(usable(log));
        let p = log.exp();
        mass += p;
        known -= p * log;
        least = least.min(p);
        used += 1;
        if p > first || used == 1 {
            second = if used == 1 { f64::NAN } else { first };
            first = p;
        } else if second.is_nan() || p > second {
            second = p;
        }
    }
    if used == 0 {
        return Err(Error::invalid(
            "top_logprobs",
            format!("{} values, none usable", top.len()),
            "at least one number",
        ));
    }
    if used > vocabulary {
        return Err(Error::invalid(
            "vocabulary",
            vocabulary,
            format!("at least the {used} candidates given"),
        ));
    }
    // Rounding brings the sum of a whole distribution a little above 1; more than that is no distribution.
    invalid += u64::from(mass > 1.0 + 1e-3);
    let missing = (1.0 - mass).max(0.0);
    let others = vocabulary - used;
    let upper = spread(missing, others);
    // Where the other tokens cannot hold the mass below the k-th, the candidates were not the likeliest ones.
    let lower = packed(missing, least).min(upper);
    Ok(TopEntropy {
        known,
        lower: known + lower,
        upper: known + upper,
        missing,
        max_prob: first,
        margin: first - second,
        candidates: used,
        invalid,
    })
}

/// The entropy of mass `r` on as few tokens as may be, none above `most`: whole ones, and what is left on one more.
fn packed(r: f64, most: f64) -> f64 {
    let whole = (r / most).floor();
    let rest = (r - whole * most).max(0.0);
    let part = if rest > 0.0 { -rest * rest.ln() } else { 0.0 };
    -whole * most * most.ln() + part
}

/// The entropy of mass `r` spread evenly over `others` tokens.
fn spread(r: f64, others: u64) -> f64 {
    if r > 0.0 && others > 0 { -r * (r / others as f64).ln() } else { 0.0 }
}

/// The sum of one row, in a fixed order: four lanes, then the rest.
pub(super) struct Row {
    sum: f64,
    used: u64,
    pub(super) invalid: u64,
}

impl Row {
    pub(super) fn read(top: &[f32]) -> Self {
        let (whole, rest) = top.as_chunks::<4>();
        let (mut sums, mut bad, mut nan) = ([0.0_f64; 4], [0_u32; 4], [0_u32; 4]);
        for lanes in whole {
            for i in 0..4 {
                let x = lanes[i];
                nan[i] += u32::from(x.is_nan());
                bad[i] += u32::from(x > 0.0);
                sums[i] += f64::from(usable(x));
            }
        }
        let mut sum = (sums[0] + sums[2]) + (sums[1] + sums[3]);
        let mut nans = u64::from(nan[0]) + u64::from(nan[1]) + u64::from(nan[2]) + u64::from(nan[3]);
        let mut bads = u64::from(bad[0]) + u64::from(bad[1]) + u64::from(bad[2]) + u64::from(bad[3]);
        for &x in rest {
            nans += u64::from(x.is_nan());
            bads += u64::from(x > 0.0);
            sum += f64::from(usable(x));
        }
        Self { sum, used: top.len() as u64 - nans, invalid: nans + bads }
    }

    /// The confidence of the row, in `[0, 100]`.
    pub(super) fn mean(&self) -> Option<f64> {
        (self.used > 0).then(|| 0.0 - self.sum / self.used as f64)
    }
}

/// A log-probability in `[FLOOR, 0]`; a NaN adds nothing.
#[inline]
fn usable(x: f32) -> f32 {
    let x = if x < 0.0 { x } else { 0.0 };
    if x > FLOOR { x } else { FLOOR }
}
