//! Sigmoid, logit, exponential and logarithm that are equal to the last bit on every system.
//!
//! The mathematics libraries of systems differ in the last bit of their results, and plans would differ with them. IEEE 754 fixes
//! the four basic operations, so these functions use nothing else. Relative error: about 1e-15.
#![allow(clippy::inline_always)] // compiled again with the instructions of the caller (`simd::widest`)

const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
/// Adding and subtracting 1.5·2⁵² rounds to the nearest whole number. Where a processor has no instruction for rounding, this
/// saves a call.
const ROUND: f64 = 6_755_399_441_055_744.0;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;

const INVERSE_FACTORIALS: [f64; 14] = [
    1.0,
    1.0,
    1.0 / 2.0,
    1.0 / 6.0,
    1.0 / 24.0,
    1.0 / 120.0,
    1.0 / 720.0,
    1.0 / 5_040.0,
    1.0 / 40_320.0,
    1.0 / 362_880.0,
    1.0 / 3_628_800.0,
    1.0 / 39_916_800.0,
    1.0 / 479_001_600.0,
    1.0 / 6_227_020_800.0,
];

/// `1 / (1 + e^(−x))`, in [0, 1]; NaN for NaN.
///
/// ```
/// assert_eq!(rheostat::estimate::sigmoid(0.0), 0.5);
/// ```
#[inline]
pub fn sigmoid(x: f64) -> f64 {
    sigmoid_plainly(x)
}

/// [`sigmoid`], inlined: a loop over an array becomes vectors of the caller's instruction set.
#[inline(always)]
pub(crate) fn sigmoid_plainly(x: f64) -> f64 {
    // Both signs are equally common, so a branch would be mispredicted half of the time.
    let e = exp(-x.abs());
    let above = if x >= 0.0 { 1.0 } else { e };
    above / (1.0 + e)
}

/// `ln(p / (1 − p))`: the inverse of [`sigmoid`]. Probabilities are taken as at least 1e-12 and at most 1 − 1e-12.
///
/// ```
/// use rheostat::estimate::{logit, sigmoid};
/// assert!((sigmoid(logit(0.9)) - 0.9).abs() < 1e-12);
/// ```
pub fn logit(p: f64) -> f64 {
    let p = p.clamp(1e-12, 1.0 - 1e-12);
    ln(p / (1.0 - p))
}

/// `e^x` as 2ᵏ·eʳ: x = k·ln 2 + r, and a Taylor polynomial of r (|r| ≤ 0.35).
#[inline(always)]
pub(crate) fn exp(x: f64) -> f64 {
    let x = x.clamp(-700.0, 700.0);
    let shifted = x * std::f64::consts::LOG2_E + ROUND;
    let k = shifted - ROUND;
    let r = (x - k * LN_2_HIGH) - k * LN_2_LOW;
    // The terms rⁿ / n! up to n = 13, added as a tree (Estrin's scheme): a chain of additions takes three times as long.
    let (r2, c) = (r * r, &INVERSE_FACTORIALS);
    let (r4, pair) = (r2 * r2, |i: usize| c[i] + c[i + 1] * r);
    let four = |i: usize| pair(i) + pair(i + 2) * r2;
    let sum = (four(0) + four(4) * r4) + (four(8) + pair(12) * r4) * (r4 * r4);
    // 2ᵏ by its bits: |k| ≤ 1,010, and the lowest bits of `shifted` are those of k.
    sum * f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52)
}

/// The natural logarithm of a positive, normal number: exponent · ln 2, plus the series of 2·artanh for the mantissa.
pub(crate) fn ln(x: f64) -> f64 {
    let bits = x.to_bits();
    let mut exponent = (bits >> 52) as i64 - 1023;
    let mut mantissa = f64::from_bits(bits & ((1 << 52) - 1) | 1023 << 52);
    if mantissa > std::f64::consts::SQRT_2 {
        mantissa *= 0.5;
        exponent += 1;
    }
    let z = (mantissa - 1.0) / (mantissa + 1.0);
    let square = z * z;
    let mut sum = 0.0;
    let mut odd = 21.0;
    while odd > 0.0 {
        sum = sum * square + 1.0 / odd;
        odd -= 2.0;
    }
    let exponent = exponent as f64;
    exponent * LN_2_HIGH + (exponent * LN_2_LOW + 2.0 * z * sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_agree_with_the_system_library() {
        for i in -60_000..60_000 {
            let x = f64::from(i) / 2_000.0;
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-14, "exp {x}");
            assert!((sigmoid(x) - 1.0 / (1.0 + (-x).exp())).abs() < 1e-15, "sigmoid {x}");
            let p = f64::from(i + 60_000) / 120_000.0;
            let wanted = (p.clamp(1e-12, 1.0 - 1e-12) / (1.0 - p.clamp(1e-12, 1.0 - 1e-12))).ln();
            assert!((logit(p) - wanted).abs() < 1e-12, "logit {p}");
        }
        assert!(sigmoid(f64::NAN).is_nan());
        assert_eq!((sigmoid(f64::INFINITY), sigmoid(f64::NEG_INFINITY) < 1e-300), (1.0, true));
    }
}
