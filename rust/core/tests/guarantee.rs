//! Guarantees: the promised error rates over thousands of seeded logs, groups, and what is refused.
#![allow(clippy::unwrap_used)] // a test that fails here has failed

mod common;
#[path = "guarantee/numbers.rs"]
mod numbers;
#[path = "guarantee/paired.rs"]
mod paired;

use common::refuses;
use proptest::prelude::*;
use rheostat::guarantee::{
    MOST_BYTES, Method, Range, Refusal, Target, Units, Verdict, Walk, Watch, control_risk, learn_then_test,
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
