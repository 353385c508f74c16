//! Statistics of one full-vocabulary row of logits.

use crate::simd::logits::{moments, peak};
use crate::{Error, Result};

pub use crate::simd::logits::Row as LogitRow;

/// Statistics of one row of logits. In nats; probabilities in `[0, 1]`.
///
/// A logit of −∞ is a masked token and not part of the distribution. A NaN counts as masked, and as invalid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogitStats {
    /// `−Σ p ln p`.
    pub entropy: f64,
    /// `Σ p (ln p + entropy)²`: the variance of surprise over the candidates.
    pub varentropy: f64,
    /// The probability of the likeliest token.
    pub max_prob: f64,
    /// That probability less the second token's.
    pub margin: f64,
    /// KL divergence from the uniform distribution to this one, over the tokens that are not masked: 0 when flat.
    pub self_certainty: f64,
    /// `ln Σ exp(logit)`.
    pub log_sum_exp: f64,
    /// Logits that were NaN.
    pub invalid: u64,
}

/// Reads one row of logits in single, half or brain precision; no softmax is needed before. Sums are in double precision,
/// by blocks; results agree with a double-precision softmax to 1e-5.
///
/// # Errors
/// [`Error::Invalid`] when the row is empty, when every logit is masked, or when one is +∞.
///
/// ```
/// let stats = rheostat::signal::logit_stats(&[0.0; 8])?;
/// assert!((stats.entropy - 8.0_f64.ln()).abs() < 1e-6 && stats.margin.abs() < 1e-6);
/// # Ok::<(), rheostat::Error>(())
/// ```
pub fn logit_stats<'a>(row: impl Into<LogitRow<'a>>) -> Result<LogitStats> {
    let row = row.into();
    let m = moments(row);
    if m.max == f32::INFINITY {
        return Err(Error::invalid("logits", "inf", "finite or -inf"));
    }
    if m.finite == 0 {
        let got = format!("{} values, none finite", row.len());
        return Err(Error::invalid("logits", got, "a row with at least one finite value"));
    }
    let [s0, s1, s2] = m.powers;
    let mean = s1 / s0;
    let (max, count) = (f64::from(m.max), m.finite as f64);
    let log_sum_exp = max + s0.ln();
    let second = (f64::from(m.second) - log_sum_exp).exp();
    let max_prob = 1.0 / s0;
    Ok(LogitStats {
        entropy: (s0.ln() - mean).max(0.0),
        varentropy: (s2 / s0 - mean * mean).max(0.0),
        max_prob: max_prob.min(1.0),
        margin: (max_prob - second).clamp(0.0, 1.0),
        self_certainty: (s0.ln() - m.sum / count - count.ln()).max(0.0),
        log_sum_exp,
        invalid: m.nan,
    })
}

/// The `K` largest log-probabilities of a row in falling order, given its `log_sum_exp`, and their number.
pub fn top_logprobs<const K: usize>(row: &[f32], log_sum_exp: f64) -> ([f32; K], usize) {
    let (mut top, mut len) = ([f32::NEG_INFINITY; K], 0);
    for &x in row {
        // Nearly every token fails this one comparison, which is what makes a row cheap. NaN fails it too.
        let least = if len < K { f32::NEG_INFINITY } else { top[K - 1] };
        if x > least {
            let place = top[..len].partition_point(|&y| y >= x);
            len = (len + 1).min(K);
            top[place..len].rotate_right(1);
            top[place] = x;
        }
    }
    for x in &mut top[..len] {
        *x = ((f64::from(*x) - log_sum_exp) as f32).min(0.0);
    }
    (top, len)
}

/// One of the likeliest tokens of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TopToken {
    /// Its place in the row: the token's id.
    pub token: u32,
    /// Its log-probability.
    pub logprob: f32,
}

/// The `k` likeliest tokens of a row, likeliest first, of equals the smaller id. Fewer if the row is shorter or masked.
/// `log_sum_exp` is the row's own.
pub fn top_tokens<'a>(row: impl Into<LogitRow<'a>>, k: usize, log_sum_exp: f64) -> Vec<TopToken> {
    let row = row.into();
    let k = k.min(row.len());
    let mut top: Vec<TopToken> = Vec::with_capacity(k);
    if k == 0 {
        return top;
    }
    let mut base = 0;
    row.blocks(|block| {
        for (i, chunk) in block.chunks(CHUNK).enumerate() {
            // Nearly every chunk fails this one comparison, which is what makes a row cheap.
            let least = if top.len() < k { f32::NEG_INFINITY } else { top[k - 1].logprob };
            if peak(chunk) > least {
                insert(&mut top, k, chunk, base + i * CHUNK);
            }
        }
        base += block.len();
    });
    for one in &mut top {
        one.logprob = ((f64::from(one.logprob) - log_sum_exp) as f32).min(0.0);
    }
    top
}

/// Logits compared at once.
const CHUNK: usize = 64;

fn insert(top: &mut Vec<TopToken>, k: usize, chunk: &[f32], base: usize) {
    for (i, &x) in chunk.iter().enumerate() {
        let least = if top.len() < k { f32::NEG_INFINITY } else { top[k - 1].logprob };
        if x > least {
            let place = top.partition_point(|one| one.logprob >= x);
            top.truncate(k - 1);
            top.insert(place, TopToken { token: (base + i) as u32, logprob: x });
        }
    }
}
