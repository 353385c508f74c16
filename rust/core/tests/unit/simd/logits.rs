//! Tests of `simd/logits.rs`, of what is private there.

use super::rows::{half, noise, rows};
use super::*;
use proptest::prelude::*;

/// The sums by their definitions.
fn definition(row: &[f32]) -> Moments {
    let mut finite: Vec<f32> = row.iter().copied().filter(|x| x.is_finite()).collect();
    finite.sort_by(|a, b| b.total_cmp(a));
    let place = |i: usize| finite.get(i).copied().unwrap_or(f32::NEG_INFINITY);
    let distance = |x: &f32| f64::from(*x) - f64::from(place(0));
    let power = |n: i32| finite.iter().map(distance).map(|d| d.powi(n) * d.exp()).sum();
    Moments {
        max: place(0),
        second: place(1),
        sum: finite.iter().map(distance).sum(),
        finite: finite.len() as u64,
        nan: row.iter().filter(|x| x.is_nan()).count() as u64,
        powers: [power(0), power(1), power(2)],
    }
}

fn similar(a: &Moments, b: &Moments) -> bool {
    let near = |x: f64, y: f64| (x - y).abs() <= 2e-6 * (1.0 + y.abs());
    let (scale, count) = (b.powers[0].max(1.0), b.finite.max(1) as f64);
    (a.max.to_bits(), a.second.to_bits(), a.finite, a.nan)
        == (b.max.to_bits(), b.second.to_bits(), b.finite, b.nan)
        && near(a.sum / count, b.sum / count)
        && a.powers.iter().zip(b.powers).all(|(x, y)| near(x / scale, y / scale))
}

/// Compares the kernel of each instruction set with the definition.
fn check(row: Row<'_>, values: &[f32]) {
    let wanted = definition(values);
    Level::each(|level| {
        let got = moments(row);
        assert!(similar(&got, &wanted), "{level:?}: {got:?} is not {wanted:?} for {} values", row.len());
        assert_eq!(peak(values).to_bits(), wanted.max.to_bits(), "{level:?}");
    });
}

#[test]
fn sums_equal_their_definitions() {
    for row in rows() {
        check((&row).into(), &row);
    }
}

#[test]
fn an_infinite_logit_is_the_largest() {
    for row in [[1.0, f32::INFINITY, 2.0], [f32::INFINITY, f32::NAN, f32::NEG_INFINITY]] {
        Level::each(|level| {
            assert_eq!((moments((&row).into()).max, peak(&row)), (f32::INFINITY, f32::INFINITY), "{level:?}");
        });
    }
}

#[test]
fn every_half_and_brain_number_is_read_exactly() {
    let all: Vec<u16> = (0..=u16::MAX).collect();
    let same = |a: f32, b: f32| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
    let brain = |bits: u16| f32::from_bits(u32::from(bits) << 16);
    Level::each(|level| {
        for (row, value) in [(Row::F16(&all), half as fn(u16) -> f32), (Row::Bf16(&all), brain)] {
            let mut seen = Vec::new();
            row.blocks(|block| seen.extend_from_slice(block));
            assert_eq!(seen.len(), all.len());
            assert!(seen.iter().zip(&all).all(|(&got, &bits)| same(got, value(bits))), "{level:?}");
        }
    });
}

#[test]
fn narrow_formats_sum_to_what_their_values_do() {
    for n in [1, 7, 2047, 2048, 2049, 9_001] {
        let masked = |i: usize| i % 7 == 3;
        let halves: Vec<u16> =
            (0..n).map(|i| if masked(i) { 0xFC00 } else { (noise(i) * 20_000.0) as u16 }).collect();
        let brains: Vec<u16> = (0..n).map(|i| ((8.0 * noise(i) - 4.0).to_bits() >> 16) as u16).collect();
        check(Row::F16(&halves), &halves.iter().map(|&bits| half(bits)).collect::<Vec<_>>());
        let wide = brains.iter().map(|&bits| f32::from_bits(u32::from(bits) << 16));
        check(Row::Bf16(&brains), &wide.collect::<Vec<_>>());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn sums_of_any_row_equal_their_definitions(
        seed in 0_usize..1 << 40, n in 0_usize..5000, scale in 0.0_f32..40.0, level in -100.0_f32..100.0,
        rise in -0.02_f32..0.02, odd in 0_usize..12,
    ) {
        let value = |i: usize| match (odd, noise(seed + 2 * i) < 0.2) {
            (0, true) => f32::NAN,
            (1, true) => f32::NEG_INFINITY,
            _ => level + rise * i as f32 + scale * noise(seed + 2 * i + 1),
        };
        let row: Vec<f32> = (0..n).map(value).collect();
        check((&row).into(), &row);
    }
}
