//! Special functions for the stop rules, built on [`crate::math`], so that they are bit-equal on every system.

pub(super) use crate::math::{exp, ln};

/// Factorials that fit 64 bits.
const EXACT: usize = 21;

/// `ln n!`: from the exact integer while it fits 64 bits, else by Stirling's series, to a relative 1e-15.
pub(super) fn ln_factorial(n: u32) -> f64 {
    if (n as usize) < EXACT {
        return ln((2..=u64::from(n)).product::<u64>() as f64);
    }
    let x = f64::from(n) + 1.0;
    let inverse = 1.0 / (x * x);
    let series = (1.0 / 12.0 - inverse * (1.0 / 360.0 - inverse * (1.0 / 1260.0 - inverse / 1680.0))) / x;
    (x - 0.5) * ln(x) - x + 0.918_938_533_204_672_8 + series
}

/// `ln (n choose k)`; `k` is at most `n`.
pub(super) fn ln_choose(n: u32, k: u32) -> f64 {
    ln_factorial(n) - ln_factorial(k) - ln_factorial(n.saturating_sub(k))
}

/// The exponential integral `E₁(x) = ∫ₓ^∞ e⁻ᵗ/t dt` for `x > 0`: by its series up to 1, by its continued fraction
/// (Lentz) beyond; to about 1e-14.
pub(super) fn exponential_integral(x: f64) -> f64 {
    const EULER: f64 = 0.577_215_664_901_532_9;
    if x <= 1.0 {
        let (mut term, mut sum) = (1.0, 0.0);
        for k in 1..=20 {
            let k = f64::from(k);
            term *= -x / k;
            sum -= term / k;
        }
        return sum - EULER - ln(x);
    }
    let mut b = x + 1.0;
    let mut d = 1.0 / b;
    let mut c = f64::MAX;
    let mut h = d;
    for i in 1..=60 {
        let a = -f64::from(i * i);
        b += 2.0;
        d = 1.0 / (a * d + b);
        c = b + a / c;
        h *= c * d;
        if (c * d - 1.0).abs() < 1e-15 {
            break;
        }
    }
    h * exp(-x)
}

#[cfg(test)]
#[path = "../../tests/unit/vote/special.rs"]
mod tests;
