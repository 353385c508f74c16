//! Sixteen floats at a time, by AVX-512.

use super::kernel::{BlockSums, FLOOR, POLY, ROUND, kernel, largest, padded, top_two, total};
use super::{BLOCK, LOG2_E};
use std::arch::x86_64::{
    __m512, _MM_HINT_T0, _mm_prefetch, _mm512_add_epi32, _mm512_add_ps as add, _mm512_castps_si512,
    _mm512_castsi512_ps, _mm512_fmadd_ps as mul_add, _mm512_loadu_ps, _mm512_max_ps as max,
    _mm512_min_ps as min, _mm512_mul_ps as mul, _mm512_set1_ps as splat, _mm512_slli_epi32, _mm512_storeu_ps,
    _mm512_sub_ps as sub,
};

const LANES: usize = 16;
const VECTORS: usize = 4;

kernel!(#[target_feature(enable = "avx512f")]);

/// `power · 2ⁿ`, `n` being what the lowest bits of `whole` say: moved up, they add to the exponent.
#[target_feature(enable = "avx512f")]
#[inline]
fn raise(power: __m512, whole: __m512) -> __m512 {
    let exponent = _mm512_slli_epi32::<23>(_mm512_castps_si512(whole));
    _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(power), exponent))
}

/// Asks for the same place of the next block, which would otherwise wait for memory: a row is larger than a near cache.
#[target_feature(enable = "avx512f")]
#[inline]
#[allow(unused_unsafe)] // the prefetch was unsafe in older Rust
fn ahead(lanes: &[f32; LANES]) {
    // SAFETY: a prefetch has no effect that the program sees, whatever the address.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(lanes.as_ptr().wrapping_add(BLOCK).cast()) };
}

#[target_feature(enable = "avx512f")]
#[inline]
fn load(lanes: &[f32; LANES]) -> __m512 {
    // SAFETY: an array of sixteen floats is 64 readable bytes, and the load asks for no alignment.
    unsafe { _mm512_loadu_ps(lanes.as_ptr()) }
}

#[target_feature(enable = "avx512f")]
#[inline]
fn store(x: __m512) -> [f32; LANES] {
    let mut lanes = [0.0; LANES];
    // SAFETY: an array of sixteen floats is 64 writable bytes, and the store asks for no alignment.
    unsafe { _mm512_storeu_ps(lanes.as_mut_ptr(), x) };
    lanes
}
