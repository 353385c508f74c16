//! Tests of `simd/widest.rs`, of what is private there.

use super::super::level::Level;
use super::*;

struct Sums<'a>(&'a [f64], &'a [u64]);

impl Work for Sums<'_> {
    type Output = (f64, u32);

    #[inline(always)]
    #[allow(clippy::inline_always)] // as the trait asks
    fn run(self) -> (f64, u32) {
        let mut lanes = [0.0; 4];
        for (i, x) in self.0.iter().enumerate() {
            lanes[i % 4] += x * 0.1;
        }
        (lanes.iter().sum(), self.1.iter().map(|x| x.count_ones() + x.trailing_zeros()).sum())
    }
}

#[test]
fn results_equal_those_of_plain_code() {
    let floats: Vec<f64> = (0..1_000).map(|i| f64::from(i) / 7.0).collect();
    let masks: Vec<u64> = (0..1_000_u64).map(|i| i.wrapping_mul(0x9E37_79B9_7F4A_7C15)).collect();
    let (plain, plain_bits) = Sums(&floats, &masks).run();
    Level::each(|level| {
        let (sum, bits) = widest(Sums(&floats, &masks));
        assert_eq!((sum.to_bits(), bits), (plain.to_bits(), plain_bits), "{level:?}");
    });
}
