//! The NEON twin: four floats at a time.

use super::{FLOOR, Head, LOG2_E, POLY, ROUND, padded, top_two, total};
use std::arch::aarch64::{
    float32x4_t, uint32x4_t, vaddq_f32, vaddq_s32, vaddvq_u32, vandq_u32, vbslq_f32, vceqq_f32, vcgtq_f32,
    vdupq_n_f32, vfmaq_f32, vld1q_f32, vmaxnmq_f32, vmaxq_f32, vminq_f32, vmulq_f32, vmvnq_u32,
    vreinterpretq_f32_s32, vreinterpretq_f32_u32, vreinterpretq_s32_f32, vreinterpretq_u32_f32, vshlq_n_s32,
    vshrq_n_u32, vst1q_f32, vsubq_f32,
};

const LANES: usize = 4;
/// Independent chains, so that the loop waits for the adders' throughput and not for their latency.
const CHAINS: usize = 4;

/// Maximum, second maximum, sum and counts of one block. Most blocks hold nothing but finite numbers, and their sum
/// says so; only the others are read with masks.
#[target_feature(enable = "neon")]
pub(super) fn head(block: &[f32]) -> Head {
    let (whole, []) = block.as_chunks::<{ CHAINS * LANES }>() else { return masked(block) };
    let lowest = vdupq_n_f32(f32::NEG_INFINITY);
    let (mut first, mut second) = ([lowest; CHAINS], [lowest; CHAINS]);
    let mut sum = [vdupq_n_f32(0.0); CHAINS];
    for chunk in whole {
        let (lanes, _) = chunk.as_chunks::<LANES>();
        for i in 0..CHAINS {
            let x = load(&lanes[i]);
            sum[i] = vaddq_f32(sum[i], x);
            second[i] = vmaxq_f32(second[i], vminq_f32(x, first[i]));
            first[i] = vmaxq_f32(first[i], x);
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
#[target_feature(enable = "neon")]
fn masked(block: &[f32]) -> Head {
    let lowest = vdupq_n_f32(f32::NEG_INFINITY);
    let (mut first, mut second, mut sum) = (lowest, lowest, vdupq_n_f32(0.0));
    let (mut finite, mut nan) = (0_u64, 0_u64);
    let (whole, rest) = block.as_chunks::<LANES>();
    let rest = (!rest.is_empty()).then(|| padded(rest));
    for lanes in whole.iter().chain(&rest) {
        let raw = load(lanes);
        // A NaN alone does not equal itself.
        let number = vceqq_f32(raw, raw);
        nan += count(vmvnq_u32(number));
        let x = vbslq_f32(number, raw, lowest);
        let ok = vcgtq_f32(x, lowest);
        finite += count(ok);
        sum = vaddq_f32(sum, vreinterpretq_f32_u32(vandq_u32(vreinterpretq_u32_f32(x), ok)));
        second = vmaxq_f32(second, vminq_f32(x, first));
        first = vmaxq_f32(first, x);
    }
    let (max, second) = top_two(store(first), store(second));
    Head { max, second, sum: total(store(sum)), finite, nan }
}

/// Σ 2ᵗ, Σ t·2ᵗ, Σ t²·2ᵗ of one block, `t = (x - max) log₂ e`; `max` must be finite.
#[target_feature(enable = "neon")]
pub(super) fn powers(block: &[f32], max: f32) -> [f64; 3] {
    let max = vdupq_n_f32(max);
    let mut sums = [[vdupq_n_f32(0.0); 3]; CHAINS];
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
#[target_feature(enable = "neon")]
#[inline]
fn add([s0, s1, s2]: [float32x4_t; 3], x: float32x4_t, max: float32x4_t) -> [float32x4_t; 3] {
    // A difference with NaN is a quiet NaN, of which `maxnm` gives the other operand: NaN is the floor, as −∞ is.
    let t = vmulq_f32(vsubq_f32(x, max), vdupq_n_f32(LOG2_E));
    let t = vmaxnmq_f32(t, vdupq_n_f32(FLOOR));
    let e = exp2(t);
    let te = vmulq_f32(t, e);
    [vaddq_f32(s0, e), vaddq_f32(s1, te), vfmaq_f32(s2, t, te)]
}

/// 2ᵗ for `FLOOR ≤ t ≤ 0`.
#[target_feature(enable = "neon")]
#[inline]
fn exp2(t: float32x4_t) -> float32x4_t {
    let round = vdupq_n_f32(ROUND);
    let shifted = vaddq_f32(t, round);
    let r = vsubq_f32(t, vsubq_f32(shifted, round));
    let mut p = vdupq_n_f32(POLY[0]);
    for c in &POLY[1..] {
        p = vfmaq_f32(vdupq_n_f32(*c), p, r);
    }
    let p = vfmaq_f32(vdupq_n_f32(1.0), p, r);
    // The whole part sits in the lowest bits of `shifted`; moved up, it adds to the exponent of `p`.
    let exponent = vshlq_n_s32::<23>(vreinterpretq_s32_f32(shifted));
    vreinterpretq_f32_s32(vaddq_s32(vreinterpretq_s32_f32(p), exponent))
}

#[target_feature(enable = "neon")]
#[inline]
fn load(lanes: &[f32; LANES]) -> float32x4_t {
    // SAFETY: an array of four floats is 16 readable bytes, and the load asks for no alignment beyond a float's.
    unsafe { vld1q_f32(lanes.as_ptr()) }
}

#[target_feature(enable = "neon")]
#[inline]
fn store(x: float32x4_t) -> [f32; LANES] {
    let mut lanes = [0.0; LANES];
    // SAFETY: an array of four floats is 16 writable bytes, and the store asks for no alignment beyond a float's.
    unsafe { vst1q_f32(lanes.as_mut_ptr(), x) };
    lanes
}

#[target_feature(enable = "neon")]
#[inline]
fn count(mask: uint32x4_t) -> u64 {
    u64::from(vaddvq_u32(vshrq_n_u32::<31>(mask)))
}
