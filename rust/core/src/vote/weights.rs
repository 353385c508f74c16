//! Published weights for votes, one per sample of a question.

use super::special::{exp, ln};
use crate::{Error, Result};

/// CISC (Taubenfeld et al. 2025): the softmax of confidences over one question's samples, `exp(cᵢ / T) / Σ`. NaN
/// weighs 0.
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

/// Self-certainty's Borda count (Kang et al. 2025): the sample of rank `r` among `n` (0 is the most certain) weighs
/// `(n − r)^power`. Equal certainties share the mean of their ranks' weights; NaN weighs 0.
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

/// `DeepConf`'s offline vote (Fu et al. 2025): each sample weighs its lowest group confidence. Only the share `keep`
/// with the highest confidences is kept, at least one sample; the others, and NaN, weigh 0.
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
