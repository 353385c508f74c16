//! Tests of `simd/classify.rs`, of what is private there.

use super::super::level::Level;
use super::*;

fn naive(text: &[u8]) -> Vec<Masks> {
    let bit = |block: &[u8], class: fn(u8) -> bool| {
        block.iter().enumerate().fold(0, |mask, (i, &b)| mask | u64::from(class(b)) << i)
    };
    text.chunks_exact(64)
        .map(|block| Masks {
            word: bit(block, |b| b.is_ascii_alphanumeric() || b == b'_' || b >= 0x80),
            upper: bit(block, |b| b.is_ascii_uppercase()),
            digit: bit(block, |b| b.is_ascii_digit()),
            underscore: bit(block, |b| b == b'_'),
            high: bit(block, |b| b >= 0x80),
            space: bit(block, |b| b == b' '),
        })
        .collect()
}

#[test]
fn every_byte_at_every_place_is_classed_as_the_naive_way_does() {
    // Each byte once at each of the 64 places of a block.
    let text: Vec<u8> = (0..=255_u8).flat_map(|first| (0..64).map(move |i| first.wrapping_add(i))).collect();
    let mut masks = vec![Masks::default(); 3];
    Level::each(|level| {
        for rest in 0..64 {
            classify(&text[..text.len() - rest], &mut masks);
            assert_eq!(masks, naive(&text[..text.len() - rest]), "{level:?}");
        }
    });
}
