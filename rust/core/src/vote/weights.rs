//! Published weights for votes: one for each sample of a question, in the order given.

use super::special::{exp, ln};
use crate::{Error, Result};

/// CISC (Taubenfeld et al. 2025): the softmax of confidences over one question's samples, `exp(cᵢ / T) / Σ`. Only
/// confidences relative to each other count. A confidence that is NaN weighs 0.
///
/// # Errors
/// [`Error::Invalid`] when the temperature is not finite and above 0, or a confidence is infinite.
///
/// ```
/// let weights = rheostat::vote::softmax_weights(&[0.9, 0.9, 0.1], 1.0)?;
/// assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12 && weights[0] > 2.0 * weights[2]);
/// # Ok::<(), rheostat::Error>(())
/// ```
pub fn softmax_weights(confidences: &[f64], temperature: f64) -> Result<Vec<f64>> {
    if !(temperature > 0.0 && temperature.is_finite()) {
        return Err(Error::invalid("temperature", temperature, "finite and above 0"));
    }
    no_infinity(confidences)?;
    let most = confidences.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weight = |c: f64| if c.is_nan() { 0.0 } else { exp((c - most) / temperature) };
    let weights: Vec<f64> = confidences.iter().map(|&c| weight(c)).collect();
    let sum: f64 = weights.iter().sum();
    Ok(weights.into_iter().map(|w| if sum > 0.0 { w / sum } else { 0.0 }).collect())
}

/// Self-certainty's Borda count (Kang et al. 2025): of `n` samples, the one of rank `r` (0 is the most certain) weighs
/// `(n − r)^power`. Equal certainties share the mean of their ranks' weights; NaN ranks last and weighs 0.
///
/// # Errors
/// [`Error::Invalid`] when the power is not between 0 and 10, or a certainty is infinite.
pub fn borda_weights(certainties: &[f64], power: f64) -> Result<Vec<f64>> {
    if !(0.0..=10.0).contains(&power) {
        return Err(Error::invalid("power", power, "between 0 and 10"));
    }
    no_infinity(certainties)?;
    let mut order: Vec<usize> = (0..certainties.len()).filter(|&i| !certainties[i].is_nan()).collect();
    order.sort_by(|&a, &b| certainties[b].total_cmp(&certainties[a]).then(a.cmp(&b)));
    let mut weights = vec![0.0; certainties.len()];
    let mut rank = 0;
    for equal in order.chunk_by(|&a, &b| certainties[a].total_cmp(&certainties[b]).is_eq()) {
        let ranks = rank..rank + equal.len();
        let sum: f64 = ranks.map(|r| exp(power * ln((certainties.len() - r) as f64))).sum();
        for &i in equal {
            weights[i] = sum / equal.len() as f64;
        }
        rank += equal.len();
    }
    Ok(weights)
}

/// `DeepConf`'s offline vote (Fu et al. 2025): each sample weighs its lowest group confidence, and of all only the
/// share `keep` with the highest is kept; the others, and NaN, weigh 0. At least one is kept.
///
/// # Errors
/// [`Error::Invalid`] when `keep` is not above 0 and at most 1, or a confidence is infinite or negative.
pub fn confidence_weights(lowest: &[f64], keep: f64) -> Result<Vec<f64>> {
    if !(keep > 0.0 && keep <= 1.0) {
        return Err(Error::invalid("keep", keep, "above 0 and at most 1"));
    }
    no_infinity(lowest)?;
    if let Some(negative) = lowest.iter().find(|c| **c < 0.0) {
        return Err(Error::invalid("confidence", negative, "at least 0"));
    }
    let mut sorted: Vec<f64> = lowest.iter().copied().filter(|c| !c.is_nan()).collect();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let kept = ((sorted.len() as f64 * keep).round() as usize).max(1);
    let Some(&bar) = sorted.get(kept.min(sorted.len()).saturating_sub(1)) else {
        return Ok(vec![0.0; lowest.len()]);
    };
    Ok(lowest.iter().map(|&c| if c >= bar { c } else { 0.0 }).collect())
}

fn no_infinity(values: &[f64]) -> Result<()> {
    let infinite = values.iter().find(|value| value.is_infinite());
    infinite.map_or(Ok(()), |value| {
        Err(Error::invalid("confidence", value, "finite, or NaN where it is not known"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borda_counts_ranks() {
        let weights = borda_weights(&[2.0, 9.0, f64::NAN, 5.0, 5.0], 1.0).unwrap();
        for (weight, wanted) in weights.iter().zip([2.0, 5.0, 0.0, 3.5, 3.5]) {
            assert!((weight - wanted).abs() < 1e-12);
        }
        assert_eq!(borda_weights(&[1.0, 2.0], 0.0).unwrap(), [1.0, 1.0]);
        assert!(borda_weights(&[1.0], f64::NAN).is_err() && borda_weights(&[f64::INFINITY], 1.0).is_err());
        assert!(borda_weights(&[], 1.0).unwrap().is_empty());
    }

    #[test]
    fn low_confidences_weigh_nothing() {
        let weights = confidence_weights(&[1.0, 8.0, 9.0, f64::NAN, 7.0], 0.5).unwrap();
        assert_eq!(weights, [0.0, 8.0, 9.0, 0.0, 0.0]);
        assert_eq!(confidence_weights(&[3.0, 2.0], 1e-9).unwrap(), [3.0, 0.0]);
        assert_eq!(confidence_weights(&[f64::NAN], 1.0).unwrap(), [0.0]);
        assert!(confidence_weights(&[-1.0], 0.5).is_err() && confidence_weights(&[1.0], 0.0).is_err());
    }

    #[test]
    fn softmax_survives_extremes() {
        assert_eq!(softmax_weights(&[1e300, 0.0], 1e-3).unwrap(), [1.0, exp(-700.0)]);
        assert_eq!(softmax_weights(&[f64::NAN, f64::NAN], 1.0).unwrap(), [0.0, 0.0]);
        assert!(softmax_weights(&[1.0], 0.0).is_err() && softmax_weights(&[f64::INFINITY], 1.0).is_err());
    }
}
