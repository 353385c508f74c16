//! Sums over one row of logits, from which entropy and its kin follow: one walk over memory, in blocks that stay in
//! the first-level cache while they are read twice (once for the maximum, once for the exponentials).

/// How many floats are held in the first-level cache between the two readings.
const BLOCK: usize = 2048;
/// Lanes of the kernels; both twins reduce in the same order over lanes.
const LANES: usize = 8;
/// Below this distance from the maximum, `exp` is taken at this distance: 1.6e-38, nothing against the maximum's 1.
const FLOOR: f32 = -87.0;

const LOG2_E: f32 = std::f32::consts::LOG2_E;
// ln 2 in two parts, so that `d - n·ln 2` keeps its low bits; the polynomial is Cephes' `expf`, within 2 ulp.
const LN2_HIGH: f32 = 0.693_359_4;
const LN2_LOW: f32 = -2.121_944_4e-4;
const POLY: [f32; 6] = [1.987_569_2e-4, 1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5];

/// What one row says, with `d = x - max` over the finite logits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// The largest logit; −∞ when there is none.
    pub max: f32,
    /// The second largest logit, counting a repeated maximum; −∞ when there is none.
    pub second: f32,
    /// Σ x over finite logits.
    pub sum: f64,
    /// How many logits are finite.
    pub finite: u64,
    /// How many are NaN; they count as −∞.
    pub nan: u64,
    /// Σ eᵈ, Σ d·eᵈ, Σ d²·eᵈ.
    pub powers: [f64; 3],
}

/// The part of [`Moments`] that needs no exponential, for one block.
struct Head {
    max: f32,
    second: f32,
    sum: f64,
    finite: u64,
    nan: u64,
}

/// Reads one row of logits with the widest kernel that the processor has.
pub fn moments(row: &[f32]) -> Moments {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
        // SAFETY: both kernels need AVX2 and FMA and nothing else; the processor has both.
        return drive(row, |b| unsafe { avx2::head(b) }, |b, m| unsafe { avx2::powers(b, m) });
    }
    portable(row)
}

/// The portable twin, in plain arrays that compilers turn into whatever vectors the target has.
pub fn portable(row: &[f32]) -> Moments {
    drive(row, head, powers)
}

/// Walks the blocks, moving the sums to a new origin whenever a larger maximum appears.
fn drive(row: &[f32], head: impl Fn(&[f32]) -> Head, powers: impl Fn(&[f32], f32) -> [f64; 3]) -> Moments {
    let mut all = Moments {
        max: f32::NEG_INFINITY,
        second: f32::NEG_INFINITY,
        sum: 0.0,
        finite: 0,
        nan: 0,
        powers: [0.0; 3],
    };
    for block in row.chunks(BLOCK) {
        let part = head(block);
        all.sum += part.sum;
        all.finite += part.finite;
        all.nan += part.nan;
        if part.max > all.max {
            if all.max > f32::NEG_INFINITY {
                all.powers = shift(all.powers, f64::from(part.max) - f64::from(all.max));
            }
            all.second = all.max.max(part.second);
            all.max = part.max;
        } else {
            all.second = all.second.max(part.max);
        }
        if all.max.is_finite() {
            let sums = powers(block, all.max);
            for (total, sum) in all.powers.iter_mut().zip(sums) {
                *total += sum;
            }
        }
    }
    all
}

/// The sums as seen from a maximum that lies `rise` higher: `d` becomes `d - rise`.
fn shift([s0, s1, s2]: [f64; 3], rise: f64) -> [f64; 3] {
    let scale = (-rise).exp();
    // An infinite rise leaves nothing of the old sums; 0 · ∞ would make NaN of them.
    if scale == 0.0 {
        return [0.0; 3];
    }
    [scale * s0, scale * (s1 - rise * s0), scale * (s2 - 2.0 * rise * s1 + rise * rise * s0)]
}

/// Eight floats, the missing ones −∞, which every kernel passes over.
fn padded(rest: &[f32]) -> [f32; LANES] {
    let mut lanes = [f32::NEG_INFINITY; LANES];
    for (lane, x) in lanes.iter_mut().zip(rest) {
        *lane = *x;
    }
    lanes
}

/// The largest and second largest of two rows of per-lane records.
fn top_two(first: [f32; LANES], second: [f32; LANES]) -> (f32, f32) {
    let (mut one, mut two) = (f32::NEG_INFINITY, f32::NEG_INFINITY);
    for x in first.into_iter().chain(second) {
        two = two.max(one.min(x));
        one = one.max(x);
    }
    (one, two)
}

/// Portable twin of `avx2::head`.
fn head(block: &[f32]) -> Head {
    let (mut first, mut second) = ([f32::NEG_INFINITY; LANES], [f32::NEG_INFINITY; LANES]);
    let (mut sum, mut finite, mut nan) = ([0.0_f32; LANES], [0_u32; LANES], [0_u32; LANES]);
    let (whole, rest) = block.as_chunks::<LANES>();
    let rest = (!rest.is_empty()).then(|| padded(rest));
    for lanes in whole.iter().chain(&rest) {
        for i in 0..LANES {
            let x = if lanes[i].is_nan() { f32::NEG_INFINITY } else { lanes[i] };
            nan[i] += u32::from(lanes[i].is_nan());
            let ok = x > f32::NEG_INFINITY;
            finite[i] += u32::from(ok);
            sum[i] += if ok { x } else { 0.0 };
            let low = if x < first[i] { x } else { first[i] };
            second[i] = if low > second[i] { low } else { second[i] };
            first[i] = if x > first[i] { x } else { first[i] };
        }
    }
    let (max, second) = top_two(first, second);
    Head { max, second, sum: total(sum), finite: count(finite), nan: count(nan) }
}

/// Portable twin of `avx2::powers`.
fn powers(block: &[f32], max: f32) -> [f64; 3] {
    // Adding and taking away 1.5·2²³ rounds to the nearest whole number without a call.
    const ROUND: f32 = 12_582_912.0;
    let mut sums = [[0.0_f32; LANES]; 3];
    let (whole, rest) = block.as_chunks::<LANES>();
    let rest = (!rest.is_empty()).then(|| padded(rest));
    for lanes in whole.iter().chain(&rest) {
        for i in 0..LANES {
            let d = lanes[i] - max;
            let d = if d > FLOOR { d } else { FLOOR };
            let n = (d * LOG2_E + ROUND) - ROUND;
            let r = (d - n * LN2_HIGH) - n * LN2_LOW;
            let mut p = POLY[0];
            for c in &POLY[1..] {
                p = p * r + c;
            }
            let e = (p * r * r + r + 1.0) * f32::from_bits(((n as i32 + 127) << 23) as u32);
            sums[0][i] += e;
            sums[1][i] += d * e;
            sums[2][i] += d * d * e;
        }
    }
    sums.map(total)
}

fn total(lanes: [f32; LANES]) -> f64 {
    lanes.into_iter().map(f64::from).sum()
}

fn count(lanes: [u32; LANES]) -> u64 {
    lanes.into_iter().map(u64::from).sum()
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use super::{FLOOR, Head, LANES, LN2_HIGH, LN2_LOW, LOG2_E, POLY, padded, top_two, total};
    use std::arch::x86_64::{
        __m256, _CMP_GT_OQ, _CMP_UNORD_Q, _MM_FROUND_NO_EXC, _MM_FROUND_TO_NEAREST_INT, _mm256_add_epi32,
        _mm256_add_ps, _mm256_and_ps, _mm256_castsi256_ps, _mm256_cmp_ps, _mm256_cvtps_epi32,
        _mm256_fmadd_ps, _mm256_fnmadd_ps, _mm256_loadu_ps, _mm256_max_ps, _mm256_min_ps, _mm256_movemask_ps,
        _mm256_mul_ps, _mm256_round_ps, _mm256_set1_epi32, _mm256_set1_ps, _mm256_setzero_ps,
        _mm256_slli_epi32, _mm256_storeu_ps, _mm256_sub_ps,
    };

    /// Maximum, second maximum, sum and counts of one block.
    #[target_feature(enable = "avx2,fma")]
    pub(super) fn head(block: &[f32]) -> Head {
        let lowest = _mm256_set1_ps(f32::NEG_INFINITY);
        let (mut first, mut second, mut sum) = (lowest, lowest, _mm256_setzero_ps());
        let (mut finite, mut nan) = (0_u64, 0_u64);
        let (whole, rest) = block.as_chunks::<LANES>();
        let rest = (!rest.is_empty()).then(|| padded(rest));
        for lanes in whole.iter().chain(&rest) {
            let raw = load(lanes);
            nan += bits(_mm256_cmp_ps::<_CMP_UNORD_Q>(raw, raw));
            // Of a NaN and a number, `max` gives its second operand: NaN becomes −∞ here.
            let x = _mm256_max_ps(raw, lowest);
            let ok = _mm256_cmp_ps::<_CMP_GT_OQ>(x, lowest);
            finite += bits(ok);
            sum = _mm256_add_ps(sum, _mm256_and_ps(x, ok));
            second = _mm256_max_ps(second, _mm256_min_ps(x, first));
            first = _mm256_max_ps(first, x);
        }
        let (max, second) = top_two(store(first), store(second));
        Head { max, second, sum: total(store(sum)), finite, nan }
    }

    /// Σ eᵈ, Σ d·eᵈ, Σ d²·eᵈ of one block, `d = x - max`; `max` must be finite.
    #[target_feature(enable = "avx2,fma")]
    pub(super) fn powers(block: &[f32], max: f32) -> [f64; 3] {
        let max = _mm256_set1_ps(max);
        let mut sums = [_mm256_setzero_ps(); 3];
        let (whole, rest) = block.as_chunks::<LANES>();
        let rest = (!rest.is_empty()).then(|| padded(rest));
        for lanes in whole.iter().chain(&rest) {
            // NaN - max is NaN, and `max` then gives its second operand: NaN is the floor, as −∞ is.
            let d = _mm256_max_ps(_mm256_sub_ps(load(lanes), max), _mm256_set1_ps(FLOOR));
            let e = exp(d);
            let t = _mm256_mul_ps(d, e);
            sums[0] = _mm256_add_ps(sums[0], e);
            sums[1] = _mm256_add_ps(sums[1], t);
            sums[2] = _mm256_fmadd_ps(d, t, sums[2]);
        }
        sums.map(|lanes| total(store(lanes)))
    }

    /// eᵈ for `FLOOR ≤ d ≤ 0`.
    #[target_feature(enable = "avx2,fma")]
    #[inline]
    fn exp(d: __m256) -> __m256 {
        const NEAREST: i32 = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
        let n = _mm256_round_ps::<NEAREST>(_mm256_mul_ps(d, _mm256_set1_ps(LOG2_E)));
        let r = _mm256_fnmadd_ps(n, _mm256_set1_ps(LN2_HIGH), d);
        let r = _mm256_fnmadd_ps(n, _mm256_set1_ps(LN2_LOW), r);
        let mut p = _mm256_set1_ps(POLY[0]);
        for c in &POLY[1..] {
            p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(*c));
        }
        let p = _mm256_fmadd_ps(_mm256_mul_ps(p, r), r, _mm256_add_ps(r, _mm256_set1_ps(1.0)));
        let exponent = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
        _mm256_mul_ps(p, _mm256_castsi256_ps(_mm256_slli_epi32::<23>(exponent)))
    }

    #[target_feature(enable = "avx2,fma")]
    #[inline]
    fn load(lanes: &[f32; LANES]) -> __m256 {
        // SAFETY: an array of eight floats is 32 readable bytes, and the load asks for no alignment.
        unsafe { _mm256_loadu_ps(lanes.as_ptr()) }
    }

    #[target_feature(enable = "avx2,fma")]
    #[inline]
    fn store(x: __m256) -> [f32; LANES] {
        let mut lanes = [0.0; LANES];
        // SAFETY: an array of eight floats is 32 writable bytes, and the store asks for no alignment.
        unsafe { _mm256_storeu_ps(lanes.as_mut_ptr(), x) };
        lanes
    }

    #[target_feature(enable = "avx2,fma")]
    #[inline]
    fn bits(mask: __m256) -> u64 {
        u64::from(_mm256_movemask_ps(mask).cast_unsigned().count_ones())
    }
}
