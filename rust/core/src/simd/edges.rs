//! Lists where runs of set bits begin and end.
//!
//! A bit is an edge if it differs from the one before it: `mask ^ (mask << 1 | carry)`. The portable code takes the lowest edge
//! off the mask until none is left; AVX-512 compresses the numbers 0 to 63 by the mask, sixteen edges a store.

use super::classify::Masks;
#[cfg(target_arch = "x86_64")]
use super::level::Level;

/// The most edges of one block.
const MOST: usize = 64;

/// Writes start and end of each run of word bytes, in turn, to the front of `out`, which grows as needed and is not cleared.
/// Returns the number of edges, which is even if no run reaches the end.
pub(crate) fn edges(masks: &[Masks], out: &mut Vec<u32>) -> usize {
    #[cfg(target_arch = "x86_64")]
    if Level::best() >= Level::Avx512Vbmi2 {
        // SAFETY: the processor has each of the features that the function is compiled for.
        return unsafe { avx512(masks, out) };
    }
    portable(masks, out)
}

/// The portable twin: one bit at a time.
#[inline]
fn portable(masks: &[Masks], out: &mut Vec<u32>) -> usize {
    walk(masks, out, |mut bits, block, out| {
        for slot in out.iter_mut().take(bits.count_ones() as usize) {
            *slot = block + bits.trailing_zeros();
            bits &= bits.wrapping_sub(1);
        }
    })
}

/// Calls `write` with the edges of each block, its position, and the room for them.
#[inline(always)]
#[allow(clippy::inline_always)] // compiled again with the instructions of each caller
fn walk(masks: &[Masks], out: &mut Vec<u32>, mut write: impl FnMut(u64, u32, &mut [u32; MOST])) -> usize {
    let (mut count, mut carry) = (0, 0);
    for (i, mask) in masks.iter().enumerate() {
        let edges = mask.word ^ (mask.word << 1 | carry);
        carry = mask.word >> 63;
        if out.len() < count + MOST {
            out.resize(2 * (count + MOST), 0);
        }
        if let Some(out) = out.get_mut(count..).and_then(|out| out.first_chunk_mut()) {
            write(edges, i as u32 * 64, out);
        }
        count += edges.count_ones() as usize;
    }
    count
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vbmi2,popcnt")]
fn avx512(masks: &[Masks], out: &mut Vec<u32>) -> usize {
    use std::arch::x86_64::{
        __m512i, _mm512_add_epi32, _mm512_castsi512_si128, _mm512_cvtepu8_epi32, _mm512_loadu_si512,
        _mm512_maskz_compress_epi8, _mm512_set1_epi32, _mm512_shuffle_i64x2, _mm512_storeu_si512,
    };
    const PLACES: [u8; MOST] = {
        let mut places = [0; MOST];
        let mut i = 0;
        while i < MOST {
            places[i] = i as u8;
            i += 1;
        }
        places
    };
    // SAFETY: an unaligned load of the 64 bytes of the array.
    let places = unsafe { _mm512_loadu_si512(PLACES.as_ptr().cast::<__m512i>()) };
    walk(masks, out, |bits, block, out| {
        let block = _mm512_set1_epi32(block as i32);
        let mut found = _mm512_maskz_compress_epi8(bits, places);
        let quarters = bits.count_ones().div_ceil(16) as usize;
        let (all, _) = out.as_chunks_mut::<16>();
        for out in all.iter_mut().take(quarters) {
            let positions = _mm512_add_epi32(_mm512_cvtepu8_epi32(_mm512_castsi512_si128(found)), block);
            // SAFETY: an unaligned store of the 16 numbers that the reference covers.
            unsafe { _mm512_storeu_si512(out.as_mut_ptr().cast::<__m512i>(), positions) };
            found = _mm512_shuffle_i64x2::<0b11_11_10_01>(found, found);
        }
    })
}

#[cfg(test)]
#[path = "../../tests/unit/simd/edges.rs"]
mod tests;
