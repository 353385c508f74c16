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
#[path = "../../../tests/unit/vote/stop/horizon.rs"]
mod tests;
