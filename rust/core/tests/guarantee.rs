//! Guarantees: the promised error rates over thousands of seeded logs, groups, and what is refused.
#![allow(clippy::unwrap_used)] // a test that fails here has failed

mod common;

use common::refuses;
use proptest::prelude::*;
use rheostat::guarantee::{
    Assumed, Betting, MOST_BYTES, Method, Range, Refusal, Side, Target, Units, Verdict, Walk, Watch,
    binomial_tail, control_risk, hoeffding_bentkus, labels_needed, learn_then_test, paired,
};

/// `SplitMix64`: a number in [0, 1) from a state.
fn random(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((z ^ z >> 31) >> 11) as f64 / (1u64 << 53) as f64
}

/// The true mean losses of the candidates. The fifth is just above the limit of 0.1: the hardest case.
const RISKS: [f64; 8] = [0.01, 0.03, 0.06, 0.08, 0.1001, 0.12, 0.15, 0.3];
const LIMIT: f64 = 0.1;
const SPLITS: u32 = 1_500;

fn target(confidence: f64) -> Target {
    Target::new(LIMIT, confidence, Range::UNIT).unwrap()
}

/// The most violations of `SPLITS` that a rate of `delta` explains: three standard deviations.
fn most(delta: f64) -> u32 {
    let n = f64::from(SPLITS);
    (n * delta + 3.0 * (n * delta * (1.0 - delta)).sqrt()) as u32
}

/// A log of whole losses, which grow along the order on every unit.
fn log(seed: u64, units: usize) -> Vec<f64> {
    let mut state = seed;
    (0..units)
        .flat_map(|_| {
            let u = random(&mut state);
            RISKS.map(|risk| f64::from(u8::from(u < risk)))
        })
        .collect()
}

#[test]
fn promises_break_no_more_often_than_stated() {
    for (method, walk, delta) in [
        (Method::Binomial, Walk::FixedSequence, 0.1),
        (Method::Binomial, Walk::Bonferroni, 0.1),
        (Method::HoeffdingBentkus, Walk::FixedSequence, 0.2),
        (Method::Betting, Walk::FixedSequence, 0.2),
        (Method::Paired, Walk::FixedSequence, 0.1),
    ] {
        let (mut broken, mut useful) = (0, 0);
        for seed in 0..SPLITS {
            let units = Units::new(&log(u64::from(seed) << 20, 300), RISKS.len(), None, Range::UNIT).unwrap();
            let verdict = learn_then_test(&units, &target(1.0 - delta), method, walk).unwrap();
            broken += u32::from(verdict.candidate().is_some_and(|c| RISKS[c] > LIMIT));
            useful += u32::from(verdict.candidate().is_some_and(|c| c >= 1));
        }
        assert!(broken <= most(delta), "{method:?} {walk:?}: {broken} of {SPLITS} at {delta}");
        assert!(useful > SPLITS * 9 / 10, "{method:?} {walk:?}: useful in {useful}");
        if matches!(method, Method::Binomial | Method::Paired) && walk == Walk::FixedSequence {
            // An exact test leaves little of δ unused, so the check above could fail.
            assert!(broken > most(delta) / 4, "{broken}");
        }
    }
}

#[test]
fn groups_are_the_units() {
    // Thirty users ask ten questions each, and a user's losses are all alike.
    let (delta, users, questions) = (0.1, 60, 10);
    let (mut by_row, mut by_group) = (0, 0);
    for seed in 0..SPLITS {
        let per_user = log(u64::from(seed) << 20 | 1, users);
        let rows: Vec<f64> = per_user.chunks(RISKS.len()).flat_map(|row| row.repeat(questions)).collect();
        let groups: Vec<u64> = (0..users * questions).map(|i| (i / questions) as u64).collect();
        let broken = |groups: Option<&[u64]>| {
            let units = Units::new(&rows, RISKS.len(), groups, Range::UNIT).unwrap();
            let verdict =
                learn_then_test(&units, &target(1.0 - delta), Method::Binomial, Walk::FixedSequence);
            u32::from(verdict.unwrap().candidate().is_some_and(|c| RISKS[c] > LIMIT))
        };
        by_row += broken(None);
        by_group += broken(Some(&groups));
    }
    assert!(by_group <= most(delta), "{by_group}");
    assert!(by_row > 2 * most(delta), "rows of one user are taken for independent ones: {by_row}");
}

#[test]
fn a_watch_keeps_its_promise_at_every_look() {
    let (delta, units) = (0.1, 600);
    let (mut ever, mut peeking, mut useful) = (0, 0, 0);
    for seed in 0..1_000_u64 {
        let log = log(seed << 20 | 2, units);
        let mut watch = Watch::new(RISKS.len(), target(1.0 - delta)).unwrap();
        let (mut broken, mut naive, mut lost) = (false, false, 0);
        for (i, row) in log.chunks(RISKS.len()).enumerate() {
            watch.update(row, None).unwrap();
            broken |= watch.standing().certified.is_some_and(|c| RISKS[c] > LIMIT);
            // The same looks with a test that is made for one: the fifth candidate alone.
            lost += row[4] as u64;
            naive |= rheostat::guarantee::binomial_tail(i as u64 + 1, lost, LIMIT) <= delta;
        }
        ever += u32::from(broken);
        peeking += u32::from(naive);
        useful += u32::from(watch.standing().certified.is_some_and(|c| c >= 1));
    }
    assert!(ever <= 100 + 28, "{ever} of 1,000");
    assert!(peeking > 300, "looking again and again at a test for one look: {peeking} of 1,000");
    assert!(useful > 900, "{useful}");
}

#[test]
fn an_alarm_is_rarely_false_and_comes_when_it_should() {
    let one = |risk: f64, seed: u64| {
        let mut state = seed << 20 | 3;
        let mut watch = Watch::new(1, target(0.9)).unwrap();
        (0..600).for_each(|_| {
            watch.update(&[f64::from(u8::from(random(&mut state) < risk))], None).unwrap();
        });
        watch.standing().violated.is_some()
    };
    let alarms = |risk: f64| (0..1_000).filter(|&seed| one(risk, seed)).count();
    assert!(alarms(0.0999) <= 128);
    assert!(alarms(0.2) > 990);
}

#[test]
fn controlled_risk_is_kept_in_expectation() {
    let mut total = 0.0;
    for seed in 0..SPLITS {
        let units = Units::new(&log(u64::from(seed) << 20 | 4, 60), RISKS.len(), None, Range::UNIT).unwrap();
        // Refused: the top rung, which loses nothing.
        total += control_risk(&units, &target(0.9)).candidate().map_or(0.0, |c| RISKS[c]);
    }
    let mean = total / f64::from(SPLITS);
    assert!(mean <= LIMIT, "{mean}");
    assert!(mean > LIMIT / 2.0, "it leaves little unused: {mean}");
}

#[test]
fn signed_losses_need_few_units_with_bets() {
    // Of a thousand answers fifteen are worse and twelve better than the top rung's.
    let losses: Vec<f64> = (0..1_000)
        .map(|i| match i % 67 {
            0 => 1.0,
            31 if i < 850 => -1.0,
            _ => 0.0,
        })
        .collect();
    let range = Range::new(-1.0, 1.0).unwrap();
    let units = Units::new(&losses, 1, None, range).unwrap();
    let target = Target::new(0.02, 0.95, range).unwrap();
    let with = |method| learn_then_test(&units, &target, method, Walk::FixedSequence).unwrap();
    assert_eq!(with(Method::Betting).candidate(), Some(0));
    assert_eq!(with(Method::HoeffdingBentkus).candidate(), None);
}

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

#[test]
fn what_cannot_be_promised_is_refused_with_a_reason() {
    let verdict = |losses: &[f64], confidence| {
        let units = Units::new(losses, 1, None, Range::UNIT).unwrap();
        learn_then_test(&units, &target(confidence), Method::Binomial, Walk::FixedSequence).unwrap()
    };
    // 0.9²⁸ is 0.052 and 0.9²⁹ is 0.047.
    assert_eq!(verdict(&[0.0; 28], 0.95), Verdict::Refused(Refusal::TooFewUnits { units: 28, needed: 29 }));
    assert_eq!(verdict(&[0.0; 29], 0.95).candidate(), Some(0));
    assert!(matches!(verdict(&[], 0.95), Verdict::Refused(Refusal::TooFewUnits { units: 0, .. })));
    assert!(matches!(verdict(&[1.0; 50], 0.95), Verdict::Refused(Refusal::LossTooHigh { .. })));
    let mut some = [0.0; 50];
    some[..4].fill(1.0);
    let refused = verdict(&some, 0.95);
    let Verdict::Refused(Refusal::NotSignificant { bound, .. }) = refused else { panic!("{refused}") };
    assert!(bound > 0.1 && bound < 0.2, "{bound}");
    assert!(refused.to_string().contains("proves no more than"), "{refused}");
    let few = Units::new(&[0.0; 8], 1, None, Range::UNIT).unwrap();
    assert_eq!(
        control_risk(&few, &target(0.9)),
        Verdict::Refused(Refusal::TooFewUnits { units: 8, needed: 9 })
    );
}

#[test]
fn bad_input_is_named() {
    let message = |losses: &[f64], candidates, groups: Option<&[u64]>| {
        Units::new(losses, candidates, groups, Range::UNIT).unwrap_err().to_string()
    };
    assert!(refuses(&message(&[0.0, f64::NAN], 2, None), "row 0, candidate 1", "NaN"));
    assert!(refuses(&message(&[0.0, 0.0, 0.0, 1.5], 2, None), "row 1, candidate 1", "1.5"));
    assert!(message(&[0.0; 3], 2, None).contains("a whole row"));
    assert!(message(&[0.0; 3], 0, None).contains("at least one candidate"));
    assert!(message(&[0.0; 4], 2, Some(&[1])).contains("groups"));
    for (max_loss, confidence) in
        [(0.0, 0.9), (1.0, 0.9), (f64::NAN, 0.9), (0.1, 0.0), (0.1, 1.0), (0.1, f64::NAN)]
    {
        assert!(Target::new(max_loss, confidence, Range::UNIT).is_err(), "{max_loss} {confidence}");
    }
    for (low, high) in [(0.0, 0.0), (1.0, 0.0), (f64::NAN, 1.0), (0.0, f64::INFINITY), (f64::MIN, f64::MAX)] {
        assert!(Range::new(low, high).is_err(), "{low} {high}");
    }
    let half = Units::new(&[0.5; 40], 1, None, Range::UNIT).unwrap();
    let error = learn_then_test(&half, &target(0.9), Method::Binomial, Walk::FixedSequence).unwrap_err();
    assert!(error.to_string().contains("0.5"), "{error}");
    let mut watch = Watch::new(2, target(0.9)).unwrap();
    let lopsided = Target::new(0.1, 0.9, Range::new(-1.0, 2.0).unwrap()).unwrap();
    assert!(
        Method::Paired.p_value(&[0.0], &lopsided).unwrap_err().to_string().contains("for the paired test")
    );
    assert!(watch.update(&[0.0], None).is_err());
    assert!(watch.update(&[0.0, f64::NAN], None).unwrap_err().to_string().contains("losses[1]"));
    assert_eq!(watch.standing().units, 0);
    assert!(Watch::new(0, target(0.9)).is_err());
    assert_eq!(watch.evidence(2), None);
}

#[test]
fn only_the_first_row_of_a_group_counts_in_a_watch() {
    let mut watch = Watch::new(1, target(0.9)).unwrap();
    let counted: Vec<bool> =
        [1, 2, 1, 2, 3].iter().map(|&group| watch.update(&[0.0], Some(group)).unwrap()).collect();
    assert_eq!(counted, [true, true, false, false, true]);
    assert_eq!((watch.standing().units, watch.standing().repeated), (3, 2));
}

proptest! {
    #[test]
    fn a_group_of_equal_rows_is_one_row(
        rows in prop::collection::vec((0.0..=1.0, 0.0..=1.0, 1..6_usize), 1..40),
    ) {
        let single: Vec<f64> = rows.iter().flat_map(|&(a, b, _)| [a, b]).collect();
        let repeated: Vec<f64> = rows.iter().flat_map(|&(a, b, times)| [a, b].repeat(times)).collect();
        let groups: Vec<u64> =
            rows.iter().enumerate().flat_map(|(i, &(_, _, times))| vec![i as u64; times]).collect();
        let one = Units::new(&single, 2, None, Range::UNIT).unwrap();
        let many = Units::new(&repeated, 2, Some(&groups), Range::UNIT).unwrap();
        prop_assert_eq!(one.count(), many.count());
        for candidate in 0..2 {
            for (a, b) in one.of(candidate).iter().zip(many.of(candidate)) {
                prop_assert!((a - b).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn more_confidence_never_certifies_more(
        losses in prop::collection::vec(prop::bool::weighted(0.05), 40..400),
        method in prop::sample::select(Method::ALL.to_vec()),
        walk in prop::sample::select(Walk::ALL.to_vec()),
    ) {
        let losses: Vec<f64> = losses.iter().map(|&lost| f64::from(u8::from(lost))).collect();
        let units = Units::new(&losses[..losses.len() / 2 * 2], 2, None, Range::UNIT).unwrap();
        let mut before = Some(usize::MAX);
        for confidence in [0.5, 0.8, 0.95, 0.999] {
            let verdict = learn_then_test(&units, &target(confidence), method, walk).unwrap();
            prop_assert!(verdict.candidate() <= before);
            before = verdict.candidate();
            if let Verdict::Certified(certificate) = verdict {
                // Bets may have won before the last losses came, and then keep what they have proved.
                let least = if method == Method::Betting { 0.0 } else { certificate.mean_loss };
                prop_assert!(certificate.bound <= LIMIT + 1e-6 && certificate.bound >= least);
            }
        }
    }

    #[test]
    fn any_numbers_are_survived(
        losses in prop::collection::vec(any::<f64>(), 0..40),
        candidates in 0..5_usize,
        low in any::<f64>(),
        high in any::<f64>(),
        max_loss in any::<f64>(),
        confidence in 0.0..1.0,
        method in prop::sample::select(Method::ALL.to_vec()),
    ) {
        let Ok(range) = Range::new(low, high) else { return Ok(()) };
        let Ok(target) = Target::new(max_loss, confidence, range) else { return Ok(()) };
        if let Ok(units) = Units::new(&losses, candidates, None, range) {
            let _ = learn_then_test(&units, &target, method, Walk::Bonferroni);
            let _ = control_risk(&units, &target).to_string();
        }
    }
}

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

#[test]
fn test_methods_have_names() {
    for method in Method::ALL {
        assert_eq!(Method::from_name(method.as_str()).unwrap(), method);
    }
    assert!(Method::from_name("student").unwrap_err().to_string().contains("betting"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_watch_read_back_goes_on_as_the_one_written(
        losses in prop::collection::vec((-1.0..=1.0, -1.0..=1.0, prop::option::of(0_u64..40)), 0..400),
        cut in 0_usize..400,
    ) {
        let target = Target::new(0.1, 0.9, Range::new(-1.0, 1.0).unwrap()).unwrap();
        let mut through = Watch::new(2, target).unwrap();
        let mut again = through.clone();
        for (i, &(a, b, group)) in losses.iter().enumerate() {
            if i == cut {
                let bytes = again.to_bytes();
                again = Watch::from_bytes(&bytes).unwrap();
                prop_assert_eq!(again.to_bytes(), bytes);
            }
            through.update(&[a, b], group).unwrap();
            again.update(&[a, b], group).unwrap();
        }
        prop_assert_eq!(again.standing(), through.standing());
        for candidate in 0..2 {
            prop_assert_eq!(again.evidence(candidate), through.evidence(candidate));
        }
    }
}

#[test]
fn a_damaged_watch_is_refused() {
    let mut watch = Watch::new(2, Target::new(0.1, 0.95, Range::UNIT).unwrap()).unwrap();
    (0..50).for_each(|i| _ = watch.update(&[0.0, 1.0], Some(i)).unwrap());
    let bytes = watch.to_bytes();
    for end in 0..bytes.len() {
        assert!(Watch::from_bytes(&bytes[..end]).is_err(), "cut at {end}");
    }
    for i in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[i] ^= 16;
        assert!(Watch::from_bytes(&damaged).is_err(), "bit at {i}");
    }
    assert!(Watch::from_bytes(&vec![0; MOST_BYTES + 1]).unwrap_err().to_string().contains("at most"));
}
