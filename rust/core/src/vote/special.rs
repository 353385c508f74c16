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
mod tests {
    use super::*;

    #[test]
    fn factorials_follow_their_recurrence_and_known_values() {
        assert!(ln_factorial(0).abs() < 1e-15 && ln_factorial(1).abs() < 1e-15);
        for n in 1..5_000 {
            let step = ln_factorial(n) - ln_factorial(n - 1);
            assert!((step - f64::from(n).ln()).abs() < 1e-10, "{n}: {step}");
        }
        // ln 100! and ln 10,000!, to the digits that tables print.
        assert!((ln_factorial(100) - 363.739_375_555_563_5).abs() < 1e-11);
        assert!((ln_factorial(10_000) - 82_108.927_836_814_35).abs() < 1e-9);
        assert!((ln_choose(40, 20) - 137_846_528_820_f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn exponential_integral_matches_tables() {
        for (x, value) in [
            (0.01, 4.037_929_576_538_114),
            (0.5, 0.559_773_594_776_160_1),
            (1.0, 0.219_383_934_395_520_3),
            (1.5, 0.100_019_582_406_632_7),
            (5.0, 0.001_148_295_591_275_325_8),
            (20.0, 9.835_525_290_649_882e-11),
        ] {
            let got = exponential_integral(x);
            assert!((got / value - 1.0).abs() < 1e-12, "E1({x}) = {got}");
        }
    }
}
