//! Tests of `vote/certificate.rs`, of what is private there.

use super::*;

fn boundary(bet: Bet, wealth: f64, cap: u32) -> Vec<u32> {
    let mut frontier = Frontier::new(cap);
    (0..cap).map_while(|b| frontier.at(b, |point| bet.ln_wealth(point) >= ln(wealth))).collect()
}

#[test]
fn boundaries_at_one_in_twenty() {
    assert_eq!(boundary(Bet::Mixed, 20.0, 60)[..4], [6, 10, 13, 16]);
}

/// The uniform half in whole numbers: `Σ_{i ≤ a} C(n + 1, i) / ((n + 1) C(n, a))`.
fn uniform(a: u32, b: u32) -> f64 {
    let n = a + b;
    let (mut term, mut sum) = (1_u128, 0_u128);
    for i in 0..=a {
        sum += term;
        term = term * u128::from(n + 1 - i) / u128::from(i + 1);
    }
    let choose = (0..b).fold(1_u128, |c, i| c * u128::from(n - i) / u128::from(i + 1));
    sum as f64 / (f64::from(n + 1) * choose as f64)
}

/// The wealth in plain arithmetic, which holds as long as nothing overflows.
fn wealth(bet: Bet, a: u32, b: u32) -> f64 {
    let single = |q: f64| (2.0 * q).powi(a as i32) * (2.0 - 2.0 * q).powi(b as i32);
    match bet {
        Bet::Point(q) => single(q),
        Bet::Mixed => f64::midpoint(single(SURE), uniform(a, b)),
    }
}

#[test]
fn boundaries_equal_whole_number_arithmetic() {
    for bet in [Bet::Mixed, Bet::Point(0.75), Bet::Point(0.55)] {
        for threshold in [4.0, 20.0, 40.0, 120.0, 600.0, 2e6] {
            let fast = boundary(bet, threshold, 100);
            for (b, &needed) in (0..).zip(&fast) {
                let naive = (b..=100 - b).find(|&a| wealth(bet, a, b) >= threshold);
                assert_eq!(Some(needed), naive, "{bet:?} {threshold} {b}");
            }
            let b = fast.len() as u32;
            assert!((b..=100_u32.saturating_sub(b)).all(|a| wealth(bet, a, b) < threshold));
        }
    }
}

#[test]
fn bets_are_fair() {
    // Under equal probabilities the expected wealth after any number of draws is 1.
    for bet in [Bet::Mixed, Bet::Point(0.75)] {
        for n in [1_u32, 2, 7, 30] {
            let expected: f64 = (0..=n)
                .map(|a| {
                    let choose = (0..a).fold(1.0, |c, i| c * f64::from(n - i) / f64::from(i + 1));
                    choose / 2_f64.powi(n as i32) * wealth(bet, a, n - a)
                })
                .sum();
            assert!((expected - 1.0).abs() < 1e-12, "{bet:?} {n}: {expected}");
        }
    }
}
