//! Finds the bytes that end a plain run within a string of JSON: quotes, backslashes and control characters.

/// Bytes that are looked at together.
pub(crate) const TOGETHER: usize = 16;

/// The place of the first quote, backslash or control character; none if there is none.
#[inline]
pub(crate) fn special(bytes: &[u8; TOGETHER]) -> Option<usize> {
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    // SAFETY: SSE2 is part of the target's baseline.
    let found = unsafe { sse2(bytes) };
    #[cfg(not(all(target_arch = "x86_64", target_feature = "sse2")))]
    let found = portable(bytes);
    (found != 0).then(|| found.trailing_zeros() as usize)
}

/// One bit for each special byte.
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
#[target_feature(enable = "sse2")]
#[inline]
fn sse2(bytes: &[u8; TOGETHER]) -> u32 {
    use std::arch::x86_64::{
        __m128i, _mm_cmpeq_epi8, _mm_loadu_si128, _mm_min_epu8, _mm_movemask_epi8, _mm_or_si128,
        _mm_set1_epi8,
    };
    // SAFETY: an unaligned load of the 16 bytes that the reference covers.
    let x = unsafe { _mm_loadu_si128(bytes.as_ptr().cast::<__m128i>()) };
    let is = |byte: u8| _mm_cmpeq_epi8(x, _mm_set1_epi8(byte as i8));
    let control = _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(0x1F)), x);
    _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(is(b'"'), is(b'\\')), control)) as u32
}

/// The portable twin: eight bytes at a time in a 64-bit register. Above the lowest set bit others may be set, too, because a borrow
/// runs upwards.
#[cfg(any(test, not(all(target_arch = "x86_64", target_feature = "sse2"))))]
fn portable(bytes: &[u8; TOGETHER]) -> u32 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let (words, _) = bytes.as_chunks::<8>();
    words.iter().rev().fold(0, |found, word| {
        let x = u64::from_le_bytes(*word);
        let below = |x: u64, n: u64| x.wrapping_sub(ONES * n) & !x;
        let quote = below(x ^ (ONES * u64::from(b'"')), 1);
        let backslash = below(x ^ (ONES * u64::from(b'\\')), 1);
        let tops = (below(x, 0x20) | quote | backslash) & HIGH;
        found << 8 | super::classify::gather(tops) as u32
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_at_every_place_is_found_as_the_naive_way_does() {
        for byte in 0..=255 {
            for place in 0..TOGETHER {
                for behind in [b'a', b'"', 0] {
                    let mut bytes = [b'a'; TOGETHER];
                    bytes[place] = byte;
                    bytes[place + 1..].fill(behind);
                    let naive = bytes.iter().position(|b| matches!(b, b'"' | b'\\' | ..0x20));
                    assert_eq!(special(&bytes), naive);
                    let found = portable(&bytes);
                    assert_eq!((found != 0).then(|| found.trailing_zeros() as usize), naive);
                }
            }
        }
    }
}
