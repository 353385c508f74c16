//! Four floats at a time, by NEON.

use super::LOG2_E;
use super::kernel::{BlockSums, FLOOR, POLY, ROUND, kernel, largest, padded, top_two, total};
use std::arch::aarch64::{
    float32x4_t, vaddq_f32 as add, vaddq_s32, vbslq_f32, vcgtq_f32, vdupq_n_f32 as splat, vfmaq_f32,
    vld1q_f32, vmulq_f32 as mul, vreinterpretq_f32_s32, vreinterpretq_s32_f32, vshlq_n_s32, vst1q_f32,
    vsubq_f32 as sub,
};

const LANES: usize = 4;
const VECTORS: usize = 4;

kernel!(#[target_feature(enable = "neon")]);

#[target_feature(enable = "neon")]
#[inline]
fn mul_add(a: float32x4_t, b: float32x4_t, c: float32x4_t) -> float32x4_t {
    vfmaq_f32(c, a, b)
}

/// The second operand where one is NaN, which none of NEON's own two does for every NaN.
#[target_feature(enable = "neon")]
#[inline]
fn max(a: float32x4_t, b: float32x4_t) -> float32x4_t {
    vbslq_f32(vcgtq_f32(a, b), a, b)
}

/// As `max`.
#[target_feature(enable = "neon")]
#[inline]
fn min(a: float32x4_t, b: float32x4_t) -> float32x4_t {
    vbslq_f32(vcgtq_f32(b, a), a, b)
}

/// `power · 2ⁿ`, `n` being what the lowest bits of `whole` say: moved up, they add to the exponent.
#[target_feature(enable = "neon")]
#[inline]
fn raise(power: float32x4_t, whole: float32x4_t) -> float32x4_t {
    let exponent = vshlq_n_s32::<23>(vreinterpretq_s32_f32(whole));
    vreinterpretq_f32_s32(vaddq_s32(vreinterpretq_s32_f32(power), exponent))
}

/// Rust has no stable prefetch here; the processors' own does well on a walk from start to end.
fn ahead(_: &[f32; LANES]) {}

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
