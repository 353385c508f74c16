//! Classifies 64 bytes at a time into bit masks. The scan then counts and finds words with a few bit operations per block instead
//! of a branch per byte.

#[cfg(target_arch = "x86_64")]
use super::level::Level;

/// One bit for each of 64 bytes, for each class that word finding needs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Masks {
    /// ASCII letters, digits, the underscore, and every byte of a non-ASCII character.
    pub(crate) word: u64,
    /// `A`–`Z`.
    pub(crate) upper: u64,
    /// `0`–`9`.
    pub(crate) digit: u64,
    /// `_`.
    pub(crate) underscore: u64,
    /// Bytes of non-ASCII characters.
    pub(crate) high: u64,
    /// The space.
    pub(crate) space: u64,
}

/// Classifies `text` into `out`, one [`Masks`] for each 64 bytes. Bytes after the last whole block are ignored. `out` is cleared
/// first and keeps its capacity.
pub(crate) fn classify(text: &[u8], out: &mut Vec<Masks>) {
    out.clear();
    #[cfg(target_arch = "x86_64")]
    match Level::best() {
        Level::Plain => {}
        // SAFETY: the processor has AVX2, which is the only requirement of the function.
        Level::Avx2 | Level::Avx512 => return unsafe { avx2(text, out) },
        // SAFETY: the processor has AVX-512 for bytes, which is the only requirement of the function.
        Level::Avx512Vbmi2 => return unsafe { avx512(text, out) },
    }
    portable(text, out);
}

/// The portable twin: eight bytes at a time in a 64-bit register.
fn portable(text: &[u8], out: &mut Vec<Masks>) {
    let (blocks, _) = text.as_chunks::<64>();
    out.extend(blocks.iter().map(|block| {
        let mut masks = Masks::default();
        let (words, _) = block.as_chunks::<8>();
        for (i, bytes) in words.iter().enumerate() {
            let x = u64::from_le_bytes(*bytes);
            let high = x & HIGH;
            let ascii = x & !HIGH;
            let alpha = between(ascii | 0x2020_2020_2020_2020, b'a', b'z') & !high;
            let digit = between(ascii, b'0', b'9') & !high;
            let underscore = between(ascii, b'_', b'_') & !high;
            let space = between(ascii, b' ', b' ') & !high;
            // A letter is upper case if bit 5 is clear; the shift moves it to bit 7, where the classes are.
            let upper = alpha & !(x << 2);
            let shift = 8 * i;
            masks.word |= gather(alpha | digit | underscore | high) << shift;
            masks.upper |= gather(upper) << shift;
            masks.digit |= gather(digit) << shift;
            masks.underscore |= gather(underscore) << shift;
            masks.high |= gather(high) << shift;
            masks.space |= gather(space) << shift;
        }
        masks
    }));
}

pub(super) const HIGH: u64 = 0x8080_8080_8080_8080;
const ONES: u64 = 0x0101_0101_0101_0101;

/// The top bit of each byte of `x` (all below 0x80) that lies in `low..=high`.
pub(super) fn between(x: u64, low: u8, high: u8) -> u64 {
    let at_least = x.wrapping_add(ONES * u64::from(0x80 - low));
    let above = x.wrapping_add(ONES * u64::from(0x7F - high));
    at_least & !above & HIGH
}

/// The top bits of eight bytes, side by side.
pub(super) fn gather(x: u64) -> u64 {
    (x >> 7 & ONES).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2(text: &[u8], out: &mut Vec<Masks>) {
    use std::arch::x86_64::{
        __m256i, _mm256_add_epi8, _mm256_and_si256, _mm256_cmpeq_epi8, _mm256_cmpgt_epi8, _mm256_loadu_si256,
        _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8,
    };
    let (halves, _) = text.as_chunks::<32>();
    let half = |bytes: &[u8; 32]| -> [u32; 6] {
        // SAFETY: an unaligned load of the 32 bytes that the reference covers.
        let x = unsafe { _mm256_loadu_si256(bytes.as_ptr().cast::<__m256i>()) };
        let folded = _mm256_or_si256(x, _mm256_set1_epi8(0x20));
        // AVX2 compares signed bytes only, so the range is shifted to the smallest ones.
        let alpha = _mm256_cmpgt_epi8(
            _mm256_set1_epi8(-128 + 26),
            _mm256_add_epi8(folded, _mm256_set1_epi8(shift_to_bottom(b'a'))),
        );
        let digit = _mm256_cmpgt_epi8(
            _mm256_set1_epi8(-128 + 10),
            _mm256_add_epi8(x, _mm256_set1_epi8(shift_to_bottom(b'0'))),
        );
        let lower_bit =
            _mm256_cmpeq_epi8(_mm256_and_si256(x, _mm256_set1_epi8(0x20)), _mm256_set1_epi8(0x20));
        let underscore = _mm256_cmpeq_epi8(x, _mm256_set1_epi8(b'_' as i8));
        let space = _mm256_cmpeq_epi8(x, _mm256_set1_epi8(0x20));
        let high = _mm256_movemask_epi8(x) as u32;
        let space = _mm256_movemask_epi8(space) as u32;
        let digit = _mm256_movemask_epi8(digit) as u32;
        let alpha = _mm256_movemask_epi8(alpha) as u32;
        let underscore = _mm256_movemask_epi8(underscore) as u32;
        let lower_bit = _mm256_movemask_epi8(lower_bit) as u32;
        [alpha | digit | underscore | high, alpha & !lower_bit, digit, underscore, high, space]
    };
    let (pairs, _) = halves.as_chunks::<2>();
    out.extend(pairs.iter().map(|[low, high]| {
        let (low, high) = (half(low), half(high));
        let join = |i: usize| u64::from(low[i]) | u64::from(high[i]) << 32;
        Masks {
            word: join(0),
            upper: join(1),
            digit: join(2),
            underscore: join(3),
            high: join(4),
            space: join(5),
        }
    }));
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw")]
fn avx512(text: &[u8], out: &mut Vec<Masks>) {
    use std::arch::x86_64::{
        __m512i, _mm512_cmpeq_epi8_mask, _mm512_cmplt_epu8_mask, _mm512_loadu_si512,
        _mm512_mask_testn_epi8_mask, _mm512_movepi8_mask, _mm512_or_si512, _mm512_set1_epi8, _mm512_sub_epi8,
    };
    let every = |byte: u8| _mm512_set1_epi8(byte as i8);
    let (blocks, _) = text.as_chunks::<64>();
    out.extend(blocks.iter().map(|block| {
        // SAFETY: an unaligned load of the 64 bytes that the reference covers.
        let x = unsafe { _mm512_loadu_si512(block.as_ptr().cast::<__m512i>()) };
        let small = _mm512_or_si512(x, every(0x20));
        let alpha = _mm512_cmplt_epu8_mask(_mm512_sub_epi8(small, every(b'a')), every(26));
        let digit = _mm512_cmplt_epu8_mask(_mm512_sub_epi8(x, every(b'0')), every(10));
        let underscore = _mm512_cmpeq_epi8_mask(x, every(b'_'));
        let high = _mm512_movepi8_mask(x);
        Masks {
            word: alpha | digit | underscore | high,
            upper: _mm512_mask_testn_epi8_mask(alpha, x, every(0x20)),
            digit,
            underscore,
            high,
            space: _mm512_cmpeq_epi8_mask(x, every(b' ')),
        }
    }));
}

/// The summand, modulo 256, that turns `start` into the smallest signed byte.
#[cfg(target_arch = "x86_64")]
const fn shift_to_bottom(start: u8) -> i8 {
    0x80u8.wrapping_sub(start) as i8
}

#[cfg(test)]
#[path = "../../tests/unit/simd/classify.rs"]
mod tests;
