//! The numbers behind the tests: a gambler's wealth, and the tails of counts.

use proptest::prelude::*;
use rheostat::guarantee::{Betting, Side, binomial_tail, hoeffding_bentkus};

/// The wealth of a gambler, multiplied out in logarithms.
fn naive_wealth(limit: f64, side: Side, losses: &[f64]) -> f64 {
    let sign = if side == Side::Below { 1.0 } else { -1.0 };
    let ruin = if side == Side::Below { 1.0 / (1.0 - limit) } else { 1.0 / limit };
    let logs: Vec<f64> = (0..16)
        .map(|i| ruin * 0.98 * 0.72f64.powi(i))
        .map(|bet| losses.iter().map(|loss| (1.0 + bet * sign * (limit - loss)).ln()).sum())
        .collect();
    let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    top + (logs.iter().map(|log| (log - top).exp()).sum::<f64>() / 16.0).ln()
}

proptest! {
    #[test]
    fn wealth_is_the_product_of_its_bets(
        limit in 0.01..0.99,
        above: bool,
        losses in prop::collection::vec(0.0..=1.0, 0..1_500),
    ) {
        let side = if above { Side::Above } else { Side::Below };
        let mut gambler = Betting::new(limit, side);
        let mut peak = 0.0f64;
        for &loss in &losses {
            gambler.update(loss);
            peak = peak.max(gambler.log_wealth());
        }
        let wanted = naive_wealth(limit, side, &losses);
        prop_assert!((gambler.log_wealth() - wanted).abs() < 1e-6 * wanted.abs().max(1.0));
        prop_assert!((gambler.log_peak() - peak).abs() < 1e-9 * peak.max(1.0));
        prop_assert_eq!(gambler.count(), losses.len() as u64);
    }
}

#[test]
fn the_expected_wealth_of_a_fair_game_is_the_stake() {
    // Over every sequence of eight coins of the limit's bias the wealth averages to exactly 1.
    for side in [Side::Below, Side::Above] {
        let mut mean = 0.0;
        for pattern in 0..256u32 {
            let mut gambler = Betting::new(0.3, side);
            let mut chance = 1.0;
            for bit in 0..8 {
                let lost = pattern >> bit & 1 == 1;
                gambler.update(f64::from(u8::from(lost)));
                chance *= if lost { 0.3 } else { 0.7 };
            }
            mean += chance * gambler.log_wealth().exp();
        }
        assert!((mean - 1.0).abs() < 1e-9, "{mean}");
    }
}

#[test]
fn any_number_is_survived() {
    for side in [Side::Below, Side::Above] {
        let mut gambler = Betting::new(f64::NAN, side);
        for loss in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 2.0] {
            (0..5_000).for_each(|_| gambler.update(loss));
        }
        assert!(gambler.log_peak() >= 0.0);
    }
}

/// The tail by adding up its terms, each from the one before.
fn naive_tail(n: u64, k: u64, p: f64) -> f64 {
    let mut term = (1.0 - p).powi(n as i32);
    let mut sum = term;
    for j in 1..=k.min(n) {
        term *= (n - j + 1) as f64 / j as f64 * p / (1.0 - p);
        sum += term;
    }
    sum.min(1.0)
}

proptest! {
    #[test]
    fn the_tail_is_the_sum_of_its_terms(n in 1..400_u64, share in 0.0..1.0, p in 0.001..0.8) {
        let k = (n as f64 * share) as u64;
        let (fast, slow) = (binomial_tail(n, k, p), naive_tail(n, k, p));
        prop_assert!((fast / slow - 1.0).abs() < 1e-10 || (fast - slow).abs() < 1e-13, "{fast} {slow}");
    }

    #[test]
    fn more_losses_weigh_less_against_the_null(n in 1..5_000_u64, p in 0.001..0.5) {
        let mut before = 0.0;
        for k in (0..n).step_by(1 + n as usize / 20) {
            let now = binomial_tail(n, k, p);
            prop_assert!(now >= before && now <= 1.0);
            before = now;
        }
    }

    #[test]
    fn a_larger_limit_is_easier(n in 1..2_000_u64, mean in 0.0..1.0, limit in 0.001..0.99) {
        let (strict, mild) = (hoeffding_bentkus(n, mean, limit), hoeffding_bentkus(n, mean, limit + 0.005));
        prop_assert!(mild <= strict + 1e-12);
    }
}

#[test]
fn large_counts_keep_their_digits() {
    assert!((binomial_tail(1_000_000, 0, 1e-5) / (1e6 * (-1e-5_f64).ln_1p()).exp() - 1.0).abs() < 1e-9);
    // The regularised incomplete beta function of another library (SciPy's `binom.cdf`).
    for (n, k, p, wanted) in
        [(1_000_000, 9_800, 0.01, 0.022_212_510_364_735_48), (10_000, 300, 0.04, 5.928_038_599_612_659e-8)]
    {
        let tail = binomial_tail(n, k, p);
        assert!((tail / wanted - 1.0).abs() < 1e-9, "{tail} {wanted}");
    }
}
