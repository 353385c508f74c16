//! Tests of `vote/stop/gamma.rs`, of what is private there.

use super::super::super::boundary::beta_doubt;
use super::*;

/// Simpson's rule in `x`, every gamma distribution function by its own sum.
fn oracle(first: u32, rivals: &[u32], unseen: Option<f64>) -> f64 {
    let prior = u32::from(unseen.is_none());
    let shape = first + prior;
    let below = |x: f64, shape: u32| {
        let (mut term, mut sum) = ((-x).exp(), 0.0);
        for i in 0..shape {
            sum += term;
            term *= x / f64::from(i + 1);
        }
        1.0 - sum
    };
    let value = |x: f64| {
        let ln_gamma: f64 = (1..shape).map(|i| f64::from(i).ln()).sum();
        let density = (f64::from(shape - 1) * x.ln() - x - ln_gamma).exp();
        let jumps = unseen.map_or(1.0, |mass| (-mass * exponential_integral(x)).exp());
        rivals.iter().fold(density * jumps, |p, &n| p * below(x, n + prior))
    };
    let (steps, most) = (40_000, 120.0);
    let h = most / f64::from(steps);
    let inner: f64 = (1..steps).map(|i| value(f64::from(i) * h) * if i % 2 == 1 { 4.0 } else { 2.0 }).sum();
    (inner + value(1e-300) + value(most)) * h / 3.0
}

#[test]
fn equals_direct_integration() {
    let cases: [(u32, &[u32]); 9] = [
        (1, &[1, 1]),
        (2, &[1, 1, 1]),
        (4, &[1, 1]),
        (9, &[3, 2]),
        (6, &[2, 2, 1, 1]),
        (12, &[5, 4, 3, 2, 1]),
        (20, &[6, 5, 5, 4]),
        (30, &[4, 1, 1, 1, 1, 1, 1]),
        (40, &[25, 20]),
    ];
    for (first, rivals) in cases {
        let fast = largest(first, &mut rivals.to_vec(), None);
        let naive = oracle(first, rivals, None);
        assert!((fast - naive).abs() < 2e-9, "{first} {rivals:?}: {fast} {naive}");
        for mass in [0.3, 1.0, 5.0] {
            let fast = largest(first, &mut rivals.to_vec(), Some(mass));
            let naive = oracle(first, rivals, Some(mass));
            assert!((fast - naive).abs() < 2e-6, "{first} {rivals:?} with {mass}: {fast} {naive}");
        }
    }
}

#[test]
fn two_answers_are_the_beta_rule() {
    for (a, b) in [(1, 0), (3, 0), (4, 1), (9, 3), (25, 14), (400, 360), (5_000, 4_800)] {
        let fast = largest(a, &mut [b], None);
        assert!((fast - (1.0 - beta_doubt(a, b))).abs() < 1e-8, "{a} {b}: {fast}");
    }
}

#[test]
fn rivals_far_behind_change_nothing() {
    let alone = largest(9_000, &mut [900], None);
    let crowd = largest(9_000, &mut [vec![900], vec![0; 100]].concat(), None);
    assert!((alone - 1.0).abs() < 1e-8 && (crowd - 1.0).abs() < 1e-8);
}
