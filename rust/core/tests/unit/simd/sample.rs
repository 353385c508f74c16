//! Tests of `simd/sample.rs`, of what is private there.

use super::super::level::Level;
use super::*;

fn naive(padded: &Padded) -> Sample {
    let bits = |class: &dyn Fn(u8, u8) -> bool| {
        let pairs = padded.windows(2).enumerate();
        pairs.fold(0, |mask, (i, pair)| mask | u128::from(class(pair[0], pair[1])) << i)
    };
    Sample {
        lower: bits(&|_, b| b.is_ascii_lowercase()),
        upper: bits(&|_, b| b.is_ascii_uppercase()),
        digit: bits(&|_, b| b.is_ascii_digit()),
        space: bits(&|_, b| matches!(b, b' ' | b'\t')),
        line: bits(&|_, b| matches!(b, b'\n' | b'\r')),
        high: bits(&|_, b| b >= 0x80),
        lead: bits(&|_, b| b >= 0xC0),
        same: bits(&|before, b| before == b),
    }
}

#[test]
fn every_pair_of_bytes_is_classed_as_the_naive_way_does() {
    Level::each(|level| {
        for byte in 0..=255_u8 {
            for step in [0, 1, 0x41, 0x80, 0xFF] {
                // Bytes of all values, then pairs of equal ones.
                for pace in [1, 2] {
                    let padded =
                        std::array::from_fn(|i| byte.wrapping_add((i / pace) as u8).wrapping_mul(step | 1));
                    assert_eq!(sample(&padded), naive(&padded), "{level:?}");
                }
            }
        }
    });
}
