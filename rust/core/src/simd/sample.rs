//! Classifies a sample of 128 bytes into bit masks, from which its tokens are estimated (`query/tokens.rs`).

use super::classify::{HIGH, between, gather};
#[cfg(target_arch = "x86_64")]
use super::level::Level;

/// Bytes of a sample.
pub(crate) const SAMPLE: usize = 128;
/// A sample behind one other byte, with zeros behind it.
pub(crate) type Padded = [u8; 1 + SAMPLE];

/// One bit for each byte of a sample, for each class. A byte below 0x80 in none of them is a mark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sample {
    /// `a`–`z`.
    pub(crate) lower: u128,
    /// `A`–`Z`.
    pub(crate) upper: u128,
    /// `0`–`9`.
    pub(crate) digit: u128,
    /// The space and the tab.
    pub(crate) space: u128,
    /// Line feeds and carriage returns.
    pub(crate) line: u128,
    /// Bytes of non-ASCII characters.
    pub(crate) high: u128,
    /// Their first bytes.
    pub(crate) lead: u128,
    /// Bytes equal to the one before.
    pub(crate) same: u128,
}

/// Classifies a sample.
#[inline(always)]
#[allow(clippy::inline_always)] // compiled again with the instructions of the caller (`simd::widest`)
pub(crate) fn sample(padded: &Padded) -> Sample {
    #[cfg(target_arch = "x86_64")]
    if Level::best() >= Level::Avx2 {
        // SAFETY: the processor has AVX2, which is the only requirement of the function.
        return unsafe { avx2(padded) };
    }
    portable(padded)
}

/// The portable twin: eight bytes at a time in a 64-bit register.
fn portable(padded: &Padded) -> Sample {
    let mut masks = Sample::default();
    let words = padded[1..].as_chunks::<8>().0.iter().zip(padded.as_chunks::<8>().0);
    for (i, (bytes, before)) in words.enumerate() {
        let x = u64::from_le_bytes(*bytes);
        let (high, ascii) = (x & HIGH, x & !HIGH);
        let of = |low, last| between(ascii, low, last) & !high;
        let changed = x ^ u64::from_le_bytes(*before);
        let put = |mask: &mut u128, tops| *mask |= u128::from(gather(tops)) << (8 * i);
        put(&mut masks.lower, of(b'a', b'z'));
        put(&mut masks.upper, of(b'A', b'Z'));
        put(&mut masks.digit, of(b'0', b'9'));
        put(&mut masks.space, of(b' ', b' ') | of(b'\t', b'\t'));
        put(&mut masks.line, of(b'\n', b'\n') | of(b'\r', b'\r'));
        put(&mut masks.high, high);
        // The second bit of a first byte is set.
        put(&mut masks.lead, high & (x << 1));
        put(&mut masks.same, between(changed & !HIGH, 0, 0) & !(changed & HIGH));
    }
    masks
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2(padded: &Padded) -> Sample {
    use std::arch::x86_64::{
        __m256i, _mm256_add_epi8, _mm256_cmpeq_epi8, _mm256_cmpgt_epi8, _mm256_loadu_si256,
        _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8,
    };
    let load = |bytes: &[u8; 32]| {
        // SAFETY: an unaligned load of the 32 bytes that the reference covers.
        unsafe { _mm256_loadu_si256(bytes.as_ptr().cast::<__m256i>()) }
    };
    let every = |byte: u8| _mm256_set1_epi8(byte as i8);
    let quarter = |bytes: &[u8; 32], before: &[u8; 32]| -> [u32; 8] {
        let (x, before) = (load(bytes), load(before));
        // AVX2 compares signed bytes only, so a range is shifted to the smallest ones.
        let within = |first: u8, count: u8| {
            let shifted = _mm256_add_epi8(x, every(0x80_u8.wrapping_sub(first)));
            _mm256_cmpgt_epi8(every(0x80 + count), shifted)
        };
        let is = |byte: u8| _mm256_cmpeq_epi8(x, every(byte));
        [
            within(b'a', 26),
            within(b'A', 26),
            within(b'0', 10),
            _mm256_or_si256(is(b' '), is(b'\t')),
            _mm256_or_si256(is(b'\n'), is(b'\r')),
            x,
            within(0xC0, 64),
            _mm256_cmpeq_epi8(x, before),
        ]
        .map(|mask| _mm256_movemask_epi8(mask) as u32)
    };
    let mut quarters = [[0; 8]; 4];
    let pairs = padded[1..].as_chunks().0.iter().zip(padded.as_chunks().0);
    for (to, (bytes, before)) in quarters.iter_mut().zip(pairs) {
        *to = quarter(bytes, before);
    }
    let join = |i: usize| {
        let half = |low: usize| u64::from(quarters[low][i]) | u64::from(quarters[low + 1][i]) << 32;
        u128::from(half(0)) | u128::from(half(2)) << 64
    };
    Sample {
        lower: join(0),
        upper: join(1),
        digit: join(2),
        space: join(3),
        line: join(4),
        high: join(5),
        lead: join(6),
        same: join(7),
    }
}

#[cfg(test)]
#[path = "../../tests/unit/simd/sample.rs"]
mod tests;
