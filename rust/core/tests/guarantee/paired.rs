//! The exact test of paired outcomes: its promise, its p-value, and the labels that it takes.

use super::common::refuses;
use super::{SPLITS, most, random};
use proptest::prelude::*;
use rheostat::guarantee::{Assumed, Method, Range, Target, labels_needed, paired};

/// A log of paired losses, 1, 0 or −1: the share that differs, and the mean.
fn paired_log(seed: u64, units: usize, differ: f64, mean: f64) -> Vec<f64> {
    let mut state = seed;
    let one = |u: f64| if u < f64::midpoint(differ, mean) { 1.0 } else { -f64::from(u8::from(u < differ)) };
    (0..units).map(|_| one(random(&mut state))).collect()
}

#[test]
fn a_paired_promise_breaks_no_more_often_than_stated() {
    let delta = 0.1;
    for (units, differ, mean) in [
        (60, 0.1, 0.0501),
        (200, 0.06, 0.0501),
        (500, 0.3, 0.0501),
        (500, 0.0501, 0.0501),
        (2_000, 0.2, 0.0501),
    ] {
        for method in [Method::Paired, Method::Betting] {
            let target = Target::new(0.05, 1.0 - delta, Range::SIGNED).unwrap();
            let certified = (0..SPLITS).filter(|&seed| {
                let losses = paired_log(u64::from(seed) << 20 | 5, units, differ, mean);
                method.p_value(&losses, &target).unwrap() <= delta
            });
            let broken = certified.count() as u32;
            assert!(broken <= most(delta), "{method:?} {units} {differ}: {broken} of {SPLITS}");
            let least =
                if method == Method::Paired && units >= 500 && differ > 0.1 { SPLITS / 15 } else { 0 };
            assert!(broken >= least, "the exact test leaves little unused: {units} {differ}: {broken}");
        }
    }
}

#[test]
fn rounded_scores_keep_the_promise() {
    let (delta, limit) = (0.1, 0.05);
    let target = Target::new(limit, 1.0 - delta, Range::SIGNED).unwrap();
    let broken = (0..SPLITS).filter(|&seed| {
        let mut state = u64::from(seed) << 20 | 6;
        let losses: Vec<f64> =
            (0..300).map(|_| (1.0 + 2.0 * (limit + 1e-4)) * random(&mut state) - 0.5).collect();
        Method::Paired.p_value(&losses, &target).unwrap() <= delta
    });
    assert!(broken.count() as u32 <= most(delta));
}

#[test]
fn a_paired_p_value_is_the_sum_over_every_outcome() {
    // Every pair of counts whose statistic is at least the observed one, by its trinomial probability.
    let (units, limit, error) = (40_u64, 0.1, 0.05);
    let z = |worse: f64, better: f64| {
        let (n, e) = (units as f64, limit);
        let b = worse * (1.0 + e) + better * (1.0 - e) - 2.0 * e * n;
        let x = (b + (b * b + 8.0 * n * better * e * (1.0 - e)).sqrt()) / (4.0 * n);
        (e - (worse - better) / n) / ((2.0 * x + e - e * e) / n).sqrt()
    };
    let factorial = |k: u64| (1..=k).map(|i| i as f64).product::<f64>();
    for (worse, better) in [(0, 0), (1, 0), (1, 3), (4, 4), (2, 9)] {
        let observed = z(worse as f64, better as f64);
        // Over every share, and over those that the counts do not rule out.
        let (mut largest, mut near) = (0.0_f64, 0.0_f64);
        for step in 0..=400 {
            let unequal = limit + (1.0 - limit) * f64::from(step) / 400.0;
            let (lost, won) = (f64::midpoint(unequal, limit), f64::midpoint(unequal, -limit));
            let mut chance = 0.0;
            for a in 0..=units {
                for b in 0..=units - a {
                    if z(a as f64, b as f64) >= observed - 1e-12 {
                        let ways = factorial(units) / factorial(a) / factorial(b) / factorial(units - a - b);
                        chance += ways
                            * lost.powi(a as i32)
                            * won.powi(b as i32)
                            * (1.0 - unequal).powi((units - a - b) as i32);
                    }
                }
            }
            largest = largest.max(chance);
            let seen = (worse + better) as f64 / units as f64;
            if (unequal - seen).abs() < 0.15 {
                near = near.max(chance);
            }
        }
        let found = paired(units, worse, better, limit, error);
        assert!(found > 0.99 * near && found < largest + 1e-4, "{worse} {better}: {near} {found} {largest}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn a_paired_p_value_falls_with_gains_and_rises_with_losses(
        units in 1..3_000_u64, worse in 0.0..0.2, better in 0.0..0.2, limit in -0.3..0.3f64, error in 1e-4..0.3,
    ) {
        let (worse, better) = ((units as f64 * worse) as u64, (units as f64 * better) as u64);
        let p = paired(units, worse, better, limit, error);
        prop_assert!((0.0..=1.0).contains(&p));
        if worse + better < units {
            prop_assert!(paired(units, worse + 1, better, limit, error) >= 0.97 * p - 1e-9);
        }
        prop_assert!(paired(units, worse, better, limit + 0.01, error) <= 1.03 * p + 1e-9);
    }

    #[test]
    fn stricter_promises_take_more_labels(
        max_loss in 0.01..0.2f64, kept in 0.0..0.9, differ in 0.0..0.3f64, confidence in 0.8..0.99,
    ) {
        let loss = kept * max_loss;
        let assumed = Assumed { loss, differ: Some(differ.max(loss)), power: 0.8 };
        let labels = labels_needed(max_loss, confidence, &assumed).unwrap();
        let easier = labels_needed(1.5 * max_loss, confidence, &assumed).unwrap();
        prop_assert!(easier <= labels, "{easier} {labels}");
    }
}

#[test]
fn as_many_labels_as_stated_certify_where_nothing_is_lost() {
    for max_loss in [0.0005, 0.001, 0.0014, 0.0015, 0.002, 0.008, 0.05] {
        let assumed = Assumed { loss: 0.0, differ: None, power: 0.8 };
        let labels = labels_needed(max_loss, 0.95, &assumed).unwrap() as usize;
        let target = Target::new(max_loss, 0.95, Range::SIGNED).unwrap();
        let p_value = |labels| Method::Paired.p_value(&vec![0.0; labels], &target).unwrap();
        assert!(p_value(labels) <= 0.05, "{max_loss}: {labels} labels");
        assert!(p_value(labels - 1) > 0.05, "{max_loss}: fewer than {labels} labels");
    }
}

#[test]
fn as_many_labels_as_stated_certify_as_often_as_stated() {
    for (max_loss, loss, differ) in [(0.05, 0.01, 0.1), (0.05, 0.0, 0.02), (0.1, 0.05, 0.2)] {
        let assumed = Assumed { loss, differ: Some(differ), power: 0.8 };
        let labels = labels_needed(max_loss, 0.95, &assumed).unwrap() as usize;
        let target = Target::new(max_loss, 0.95, Range::SIGNED).unwrap();
        let certified = (0..SPLITS).filter(|&seed| {
            let losses = paired_log(u64::from(seed) << 20 | 7, labels, differ, loss);
            Method::Paired.p_value(&losses, &target).unwrap() <= 0.05
        });
        let share = certified.count() as f64 / f64::from(SPLITS);
        assert!((0.76..0.86).contains(&share), "{max_loss} {loss} {differ}: {labels} labels, {share}");
    }
    let text = |max_loss, assumed: Assumed| labels_needed(max_loss, 0.95, &assumed).unwrap_err().to_string();
    let fine = Assumed { loss: 0.01, differ: Some(0.1), power: 0.8 };
    assert!(refuses(&text(0.01, fine), "loss", "0.01"));
    assert!(refuses(&text(0.05, Assumed { differ: Some(0.001), ..fine }), "differ", "0.001"));
    assert!(refuses(&text(0.05, Assumed { power: 1.0, ..fine }), "power", "1"));
    assert!(text(0.010_000_1, fine).contains("a billion labels do not suffice"));
}
