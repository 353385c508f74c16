//! The binomial distribution: masses and tails without lost digits, for millions of units.

use crate::math::{exp, ln};

/// `P(Bin(n, p) ≤ k)`, to a relative 1e-13.
///
/// ```
/// let exact = 0.9f64.powi(29) * (0.9 + 30.0 * 0.1);
/// assert!((rheostat::guarantee::binomial_tail(30, 1, 0.1) / exact - 1.0).abs() < 1e-12);
/// ```
pub fn binomial_tail(n: u64, k: u64, p: f64) -> f64 {
    if k >= n || p <= 0.0 {
        return 1.0;
    }
    if p >= 1.0 || p.is_nan() {
        return 0.0;
    }
    // Terms shrink away from the mean, so the tail is summed from its largest term outwards.
    let (n, k) = (n as f64, k as f64);
    let odds = p / (1.0 - p);
    if k <= n * p {
        let (mut term, mut sum, mut j) = (binomial_mass(n, k, p), 0.0, k);
        while term > sum * 1e-17 {
            sum += term;
            term *= j / ((n - j + 1.0) * odds);
            j -= 1.0;
        }
        sum.min(1.0)
    } else {
        let (mut term, mut sum, mut j) = (binomial_mass(n, k + 1.0, p), 0.0, k + 1.0);
        while term > sum * 1e-17 {
            sum += term;
            term *= (n - j) / (j + 1.0) * odds;
            j += 1.0;
        }
        (1.0 - sum).max(0.0)
    }
}

/// `P(Bin(n, p) = k)` by Loader's saddle-point expansion (*Fast and accurate computation of binomial probabilities*,
/// 2000), which loses no digits for large `n`.
pub(super) fn binomial_mass(n: f64, k: f64, p: f64) -> f64 {
    if k == 0.0 {
        return vanishing(n * ln_1p(-p));
    }
    if k >= n {
        return vanishing(n * ln(p));
    }
    let q = 1.0 - p;
    let exponent = stirling_error(n)
        - stirling_error(k)
        - stirling_error(n - k)
        - deviance(k, n * p)
        - deviance(n - k, n * q);
    vanishing(exponent) * (n / (2.0 * std::f64::consts::PI * k * (n - k))).sqrt()
}

/// `eˣ`, and 0 below `e⁻⁷⁰⁰`.
pub(super) fn vanishing(x: f64) -> f64 {
    if x < -700.0 { 0.0 } else { exp(x) }
}

/// `ln n! − ln(√(2πn) (n/e)ⁿ)` for a whole number of at least 1.
fn stirling_error(n: f64) -> f64 {
    /// The errors of 1 to 15.
    const SMALL: [f64; 15] = [
        0.081_061_466_795_327_26,
        0.041_340_695_955_409_29,
        0.027_677_925_684_998_34,
        0.020_790_672_103_765_09,
        0.016_644_691_189_821_193,
        0.013_876_128_823_070_748,
        0.011_896_709_945_891_77,
        0.010_411_265_261_972_096,
        0.009_255_462_182_712_733,
        0.008_330_563_433_362_87,
        0.007_573_675_487_951_841,
        0.006_942_840_107_209_53,
        0.006_408_994_188_004_207,
        0.005_951_370_112_758_848,
        0.005_554_733_551_962_801,
    ];
    if let Some(&small) = SMALL.get(n as usize - 1) {
        return small;
    }
    let square = n * n;
    (1.0 / 12.0
        - (1.0 / 360.0 - (1.0 / 1260.0 - (1.0 / 1680.0 - 1.0 / 1188.0 / square) / square) / square) / square)
        / n
}

/// `x ln(x / m) + m − x`, without cancellation near `x = m`.
fn deviance(x: f64, m: f64) -> f64 {
    let difference = x - m;
    if difference.abs() < 0.1 * (x + m) {
        let v = difference / (x + m);
        let mut sum = difference * v;
        let mut term = 2.0 * x * v;
        let square = v * v;
        for odd in (3..100).step_by(2) {
            term *= square;
            let next = sum + term / f64::from(odd);
            if next.to_bits() == sum.to_bits() {
                return sum;
            }
            sum = next;
        }
    }
    x * ln(x / m) + m - x
}

/// `ln(1 + x)` for x in (−1, 0], by the series if the sum would lose digits.
fn ln_1p(x: f64) -> f64 {
    if x < -0.1 {
        return ln(1.0 + x);
    }
    // 2·artanh(x / (2 + x)).
    let z = x / (2.0 + x);
    let square = z * z;
    let (mut power, mut sum) = (z, 0.0);
    for odd in (1..40).step_by(2) {
        sum += power / f64::from(odd);
        power *= square;
    }
    2.0 * sum
}
