//! Tests of `simd/edges.rs`, of what is private there.

use super::super::level::Level;
use super::*;
use proptest::prelude::*;

fn naive(words: &[u64]) -> Vec<u32> {
    let bit = |i: u32| words.get(i as usize / 64).is_some_and(|word| word >> (i % 64) & 1 == 1);
    (0..64 * words.len() as u32).filter(|&i| bit(i) != (i > 0 && bit(i - 1))).collect()
}

/// The edges, from a buffer that holds old values.
fn found(words: &[u64]) -> Vec<u32> {
    let masks: Vec<Masks> = words.iter().map(|&word| Masks { word, ..Masks::default() }).collect();
    let mut out = vec![7; 3];
    let count = edges(&masks, &mut out);
    out.truncate(count);
    out
}

proptest! {
    #[test]
    fn edges_are_those_of_the_naive_way(words in prop::collection::vec(any::<u64>(), 0..9), dense in any::<bool>()) {
        // Every other bit is the most that there can be.
        let words: Vec<u64> = words.into_iter().map(|w| if dense { w | 0x5555_5555_5555_5555 } else { w & w >> 1 }).collect();
        Level::each(|level| assert_eq!(found(&words), naive(&words), "{level:?}"));
    }
}

#[test]
fn full_and_empty_blocks_have_the_edges_between_them() {
    Level::each(|_| {
        assert_eq!(found(&[u64::MAX, u64::MAX, 0]), [0, 128]);
        assert_eq!(found(&[0, u64::MAX, 1]), [64, 129]);
        assert_eq!(found(&[0x5555_5555_5555_5555]), (0..64).collect::<Vec<u32>>());
        assert_eq!(found(&[]), [0_u32; 0]);
    });
}
