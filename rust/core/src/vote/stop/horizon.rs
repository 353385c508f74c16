//! The probability that the leader no longer leads when all samples have been drawn.

use super::super::special::{exp, ln_choose, ln_factorial};

/// The probability that the leader, with `a` votes against `b`, does not lead after `remaining` more votes that all
/// fall on the two: `P(b + K ≥ a + remaining − K)` for `K ~ BetaBinomial(remaining, b + 1, a + 1)`. Summing ends early
/// once the sum passes `most`.
pub(super) fn loses(a: u32, b: u32, remaining: u32, most: f64) -> f64 {
    if a > b + remaining {
        return 0.0;
    }
    if a <= b {
        // A tie is lost half of the time, more than any confidence allows.
        return 1.0;
    }
    // The fewest votes that make a tie lie past the mode of the distribution, so the terms only fall.
    let mut k = (a + remaining - b).div_ceil(2);
    let mut term = exp(ln_term(a, b, remaining, k));
    let mut sum = 0.0;
    while k <= remaining {
        sum += term;
        if sum > most || term < sum * 1e-17 {
            break;
        }
        let up = f64::from(remaining - k) * f64::from(k + b + 1);
        let down = f64::from(k + 1) * f64::from((remaining - k + a).max(1));
        term *= up / down;
        k += 1;
    }
    sum
}

/// `ln P(K = k) = ln [C(m, k) · B(k + b + 1, m − k + a + 1) / B(b + 1, a + 1)]`.
fn ln_term(a: u32, b: u32, m: u32, k: u32) -> f64 {
    let beta = |x: u32, y: u32| ln_factorial(x) + ln_factorial(y) - ln_factorial(x + y + 1);
    ln_choose(m, k) + beta(k + b, m - k + a) - beta(b, a)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draws one vote after another from Pólya's urn.
    fn oracle(a: u32, b: u32, remaining: u32) -> f64 {
        let mut odds = vec![1.0];
        for drawn in 0..remaining {
            let mut next = vec![0.0; odds.len() + 1];
            for (k, p) in odds.iter().enumerate() {
                let second = f64::from(b + 1 + k as u32) / f64::from(a + b + 2 + drawn);
                next[k] += p * (1.0 - second);
                next[k + 1] += p * second;
            }
            odds = next;
        }
        let lost = |k: u32| b + k >= a + remaining - k;
        odds.iter().enumerate().filter(|(k, _)| lost(*k as u32)).map(|(_, p)| p).sum()
    }

    #[test]
    fn equals_polyas_urn() {
        for remaining in 0..=36 {
            for b in 0..12 {
                for a in b + 1..20 {
                    let (fast, naive) = (loses(a, b, remaining, 1.0), oracle(a, b, remaining));
                    assert!((fast - naive).abs() < 1e-12, "{a} {b} {remaining}: {fast} {naive}");
                }
            }
        }
    }

    #[test]
    fn long_horizons_do_not_underflow() {
        let doubt = super::super::super::boundary::beta_doubt(30, 20);
        assert!((loses(30, 20, 9_900, 1.0) - doubt).abs() < 0.002);
        assert!(loses(6_000, 100, 3_000, 1.0) < 1e-12);
    }
}
