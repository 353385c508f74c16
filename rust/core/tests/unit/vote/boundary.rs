//! Tests of `vote/boundary.rs`, of what is private there.

use super::*;

#[test]
fn published_boundary_at_95_percent() {
    assert_eq!(beta_boundary(0.95, 40)[..6], [4, 6, 8, 9, 11, 12]);
}

#[test]
fn doubt_is_the_tail_of_the_definition() {
    for (a, b) in [(0, 0), (1, 0), (4, 0), (9, 3), (3, 9), (20, 20), (60, 40)] {
        assert!((beta_doubt(a, b) - (1.0 - oracle(a, b))).abs() < 1e-12, "{a} {b}");
    }
}

/// The tail by its definition, in whole numbers.
fn oracle(a: u32, b: u32) -> f64 {
    let n = a + b + 1;
    let (mut term, mut sum) = (1_u128, 0_u128);
    for j in 0..=b {
        sum += term;
        term = term * u128::from(n - j) / u128::from(j + 1);
    }
    1.0 - sum as f64 / 2.0_f64.powi(n as i32)
}

#[test]
fn equals_the_definition_for_every_split() {
    for confidence in [0.6, 0.75, 0.9, 0.9375, 0.95, 0.99, 0.999] {
        let table = beta_boundary(confidence, 110);
        for b in 0..=55_u32 {
            let naive = (b..=110 - b).find(|&a| oracle(a, b) >= confidence);
            assert_eq!(table.get(b as usize).map(|&a| u32::from(a)), naive, "b = {b} at {confidence}");
        }
    }
}

#[test]
fn long_tables_follow_the_normal_approximation() {
    let table = beta_boundary(0.95, 10_000);
    let b = table.len() - 1;
    let (a, b) = (f64::from(table[b]), b as f64);
    // (a - b) / √(a + b + 1) is the 95 % quantile of a standard normal, up to continuity.
    assert!(((a - b) / (a + b + 1.0).sqrt() - 1.6449).abs() < 0.03, "a = {a}, b = {b}");
}
