//! Eight floats at a time, by AVX2 and its fused multiplication.

use super::kernel::{BlockSums, FLOOR, POLY, ROUND, kernel, largest, padded, top_two, total};
use super::{BLOCK, LOG2_E};
use std::arch::x86_64::{
    __m256, _MM_HINT_T0, _mm_prefetch, _mm256_add_epi32, _mm256_add_ps as add, _mm256_castps_si256,
    _mm256_castsi256_ps, _mm256_fmadd_ps as mul_add, _mm256_loadu_ps, _mm256_max_ps as max,
    _mm256_min_ps as min, _mm256_mul_ps as mul, _mm256_set1_ps as splat, _mm256_slli_epi32, _mm256_storeu_ps,
    _mm256_sub_ps as sub,
};

const LANES: usize = 8;
const VECTORS: usize = 4;

kernel!(#[target_feature(enable = "avx2,fma")]);

/// `power · 2ⁿ`, `n` being what the lowest bits of `whole` say: moved up, they add to the exponent.
#[target_feature(enable = "avx2,fma")]
#[inline]
fn raise(power: __m256, whole: __m256) -> __m256 {
    let exponent = _mm256_slli_epi32::<23>(_mm256_castps_si256(whole));
    _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(power), exponent))
}

/// Asks for the same place of the next block, which would otherwise wait for memory: a row is larger than a near cache.
#[target_feature(enable = "avx2,fma")]
#[inline]
#[allow(unused_unsafe)] // the prefetch was unsafe in older Rust
fn ahead(lanes: &[f32; LANES]) {
    // SAFETY: a prefetch has no effect that the program sees, whatever the address.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(lanes.as_ptr().wrapping_add(BLOCK).cast()) };
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
