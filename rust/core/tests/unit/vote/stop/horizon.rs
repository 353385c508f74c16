//! Tests of `vote/stop/horizon.rs`, of what is private there.

use super::*;

/// Draws one vote after another from Pólya's urn.
fn oracle(a: u32, b: u32, remaining: u32) -> f64 {
    let mut odds = vec![1.0];
    for drawn in 0..remaining {
        let mut next = vec![0.0; odds.len() + 1];
        for (k, p) in odds.iter().enumerate() {
            let second = f64::from(b + 1 + k as u32) / f64::from(a + b + 2 + drawn);
            next[k] += p * (1.0 - second);
            next[k + 1] += p * second;
        }
        odds = next;
    }
    let lost = |k: u32| b + k >= a + remaining - k;
    odds.iter().enumerate().filter(|(k, _)| lost(*k as u32)).map(|(_, p)| p).sum()
}

#[test]
fn equals_polyas_urn() {
    for remaining in 0..=36 {
        for b in 0..12 {
            for a in b + 1..20 {
                let (fast, naive) = (loses(a, b, remaining, 1.0), oracle(a, b, remaining));
                assert!((fast - naive).abs() < 1e-12, "{a} {b} {remaining}: {fast} {naive}");
            }
        }
    }
}

#[test]
fn long_horizons_do_not_underflow() {
    let doubt = super::super::super::boundary::beta_doubt(30, 20);
    assert!((loses(30, 20, 9_900, 1.0) - doubt).abs() < 0.002);
    assert!(loses(6_000, 100, 3_000, 1.0) < 1e-12);
}
