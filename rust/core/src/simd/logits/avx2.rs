//! The AVX2 twin: eight floats at a time, with fused multiplication.

use super::{FLOOR, Head, LANES, LOG2_E, POLY, ROUND, padded, top_two, total};
use std::arch::x86_64::{
    __m256, _CMP_GT_OQ, _CMP_UNORD_Q, _mm256_add_epi32, _mm256_add_ps, _mm256_and_ps, _mm256_castps_si256,
    _mm256_castsi256_ps, _mm256_cmp_ps, _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_max_ps, _mm256_min_ps,
    _mm256_movemask_ps, _mm256_mul_ps, _mm256_set1_ps, _mm256_setzero_ps, _mm256_slli_epi32,
    _mm256_storeu_ps, _mm256_sub_ps,
};

/// Independent chains, so that the loop waits for the adders' throughput and not for their latency.
const CHAINS: usize = 2;

/// Maximum, second maximum, sum and counts of one block. Most blocks hold nothing but finite numbers, and their
/// sum says so; only the others are read with masks.
#[target_feature(enable = "avx2,fma")]
pub(super) fn head(block: &[f32]) -> Head {
    let (whole, []) = block.as_chunks::<{ CHAINS * LANES }>() else { return masked(block) };
    let lowest = _mm256_set1_ps(f32::NEG_INFINITY);
    let (mut first, mut second) = ([lowest; CHAINS], [lowest; CHAINS]);
    let mut sum = [_mm256_setzero_ps(); CHAINS];
    for chunk in whole {
        let (lanes, _) = chunk.as_chunks::<LANES>();
        for i in 0..CHAINS {
            let x = load(&lanes[i]);
            sum[i] = _mm256_add_ps(sum[i], x);
            second[i] = _mm256_max_ps(second[i], _mm256_min_ps(x, first[i]));
            first[i] = _mm256_max_ps(first[i], x);
        }
    }
    let sum: f64 = sum.into_iter().map(|lanes| total(store(lanes))).sum();
    if !sum.is_finite() {
        return masked(block);
    }
    let (mut max, mut next) = (f32::NEG_INFINITY, f32::NEG_INFINITY);
    for i in 0..CHAINS {
        let (a, b) = top_two(store(first[i]), store(second[i]));
        next = next.max(b).max(max.min(a));
        max = max.max(a);
    }
    Head { max, second: next, sum, finite: block.len() as u64, nan: 0 }
}

/// As `head`, for a block that may hold NaN, ±∞, or a part of a vector.
#[target_feature(enable = "avx2,fma")]
fn masked(block: &[f32]) -> Head {
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

/// Σ 2ᵗ, Σ t·2ᵗ, Σ t²·2ᵗ of one block, `t = (x - max) log₂ e`; `max` must be finite.
#[target_feature(enable = "avx2,fma")]
pub(super) fn powers(block: &[f32], max: f32) -> [f64; 3] {
    let max = _mm256_set1_ps(max);
    let mut sums = [[_mm256_setzero_ps(); 3]; CHAINS];
    let (whole, rest) = block.as_chunks::<{ CHAINS * LANES }>();
    for chunk in whole {
        let (lanes, _) = chunk.as_chunks::<LANES>();
        for i in 0..CHAINS {
            sums[i] = add(sums[i], load(&lanes[i]), max);
        }
    }
    for lanes in rest.chunks(LANES) {
        sums[0] = add(sums[0], load(&padded(lanes)), max);
    }
    let mut all = [0.0; 3];
    for chain in sums {
        for (sum, lanes) in all.iter_mut().zip(chain) {
            *sum += total(store(lanes));
        }
    }
    all
}

/// One vector's terms.
#[target_feature(enable = "avx2,fma")]
#[inline]
fn add([s0, s1, s2]: [__m256; 3], x: __m256, max: __m256) -> [__m256; 3] {
    // NaN stays NaN here, and `max` then gives its second operand: NaN is the floor, as −∞ is.
    let t = _mm256_mul_ps(_mm256_sub_ps(x, max), _mm256_set1_ps(LOG2_E));
    let t = _mm256_max_ps(t, _mm256_set1_ps(FLOOR));
    let e = exp2(t);
    let te = _mm256_mul_ps(t, e);
    [_mm256_add_ps(s0, e), _mm256_add_ps(s1, te), _mm256_fmadd_ps(t, te, s2)]
}

/// 2ᵗ for `FLOOR ≤ t ≤ 0`.
#[target_feature(enable = "avx2,fma")]
#[inline]
fn exp2(t: __m256) -> __m256 {
    let round = _mm256_set1_ps(ROUND);
    let shifted = _mm256_add_ps(t, round);
    let r = _mm256_sub_ps(t, _mm256_sub_ps(shifted, round));
    let mut p = _mm256_set1_ps(POLY[0]);
    for c in &POLY[1..] {
        p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(*c));
    }
    let p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(1.0));
    // The whole part sits in the lowest bits of `shifted`; moved up, it adds to the exponent of `p`.
    let exponent = _mm256_slli_epi32::<23>(_mm256_castps_si256(shifted));
    _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(p), exponent))
}

/// Half precision to single: the portable loop, compiled for these vectors.
#[target_feature(enable = "avx2,fma")]
pub(super) fn widen_f16(block: &[u16], room: &mut [f32]) {
    super::widen_f16_portable(block, room);
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
