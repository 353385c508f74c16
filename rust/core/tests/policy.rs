//! Policies: thresholds, expected costs, guarantees from a log.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails here has failed

mod common;

use common::refuses;
use proptest::prelude::*;
use rheostat::ladder::Doubt;
use rheostat::policy::{Graded, Guaranteed, Policy, Prospect};

/// The choice of the utility policy.
fn cheapest(usd_per_error: f64, prospects: &[Prospect], doubts: &[Doubt]) -> Option<usize> {
    Policy::Utility { usd_per_error }.choose(0.0, prospects, doubts, 1.0)
}

#[test]
fn thresholds_part_the_difficulties() {
    let open = [Prospect { p_correct: 0.5, usd: 0.0, open: true }; 3];
    let policy = Policy::Threshold { thresholds: vec![0.3, 0.7] };
    let at = |difficulty| policy.choose(difficulty, &open, &[], 1.0);
    assert_eq!([at(0.0), at(0.29), at(0.3), at(0.69), at(0.7), at(1.0)], [0, 0, 1, 1, 2, 2].map(Some));
    let mut closed = open;
    closed[1].open = false;
    assert_eq!(policy.choose(0.5, &closed, &[], 1.0), Some(2));
    closed[2].open = false;
    assert_eq!(policy.choose(0.9, &closed, &[], 1.0), Some(0));
    closed[0].open = false;
    assert_eq!(policy.choose(0.9, &closed, &[], 1.0), None);
}

#[test]
fn bad_thresholds_are_named() {
    let text = |thresholds: &[f64]| {
        Policy::Threshold { thresholds: thresholds.to_vec() }.validate().unwrap_err().to_string()
    };
    assert!(refuses(&text(&[0.5, 0.4]), "thresholds[1]", "0.4"));
    assert!(refuses(&text(&[f64::NAN]), "thresholds[0]", "NaN"));
    assert!(refuses(&text(&[0.1, 1.5]), "thresholds[1]", "1.5"));
}

#[test]
fn errors_are_weighed_against_prices() {
    let of = |p_correct, usd| Prospect { p_correct, usd, open: true };
    let rungs = [of(0.6, 0.001), of(0.8, 0.01), of(0.9, 0.1)];
    assert_eq!(cheapest(0.0, &rungs, &[]), Some(0));
    assert_eq!(cheapest(0.1, &rungs, &[]), Some(1));
    assert_eq!(cheapest(2.0, &rungs, &[]), Some(2));
    assert_eq!(cheapest(2.0, &[Prospect { open: false, ..rungs[0] }], &[]), None);
}

#[test]
fn a_low_rung_is_worth_trying_where_its_errors_are_caught() {
    let of = |p_correct, usd| Prospect { p_correct, usd, open: true };
    let rungs = [of(0.7, 0.001), of(0.95, 0.01)];
    let caught = |caught| [Doubt { caught, false_alarms: 0.1, ..Doubt::default() }, Doubt::default()];
    assert_eq!(cheapest(1.0, &rungs, &[]), Some(1));
    assert_eq!(cheapest(1.0, &rungs, &caught(0.5)), Some(1), "half of its errors would stay");
    assert_eq!(cheapest(1.0, &rungs, &caught(0.99)), Some(0));
    // A query that the low rung hardly ever gets right goes straight to the high one.
    let hard = [of(0.02, 0.001), of(0.95, 0.01)];
    assert_eq!(cheapest(0.01, &hard, &caught(0.99)), Some(1));
}

proptest! {
    /// Doubts without a known recall change nothing.
    #[test]
    fn looking_ahead_agrees_with_not_looking(
        rungs in prop::collection::vec((0.0..1.0f64, 0.0..1.0f64, any::<bool>()), 1..6), usd in 0.0..10.0f64,
    ) {
        let prospects: Vec<_> =
            rungs.iter().map(|&(p_correct, usd, open)| Prospect { p_correct, usd, open }).collect();
        let unknown = vec![Doubt::default(); prospects.len()];
        prop_assert_eq!(cheapest(usd, &prospects, &unknown), cheapest(usd, &prospects, &[]));
    }

    /// The formula against counting: every query of a population is followed up the ladder.
    #[test]
    fn looking_ahead_is_what_counting_gives(
        able in prop::collection::vec(0.0..1.0f64, 2..5), price in 0.0..0.1f64, caught in 0.01..1.0f64, alarms in 0.0..1.0f64,
    ) {
        let mut able = able;
        able.sort_by(f64::total_cmp);
        let prospects: Vec<_> = able.iter().map(|&p_correct| Prospect { p_correct, usd: price, open: true }).collect();
        let doubt = Doubt { caught, false_alarms: alarms, ..Doubt::default() };
        let doubts = vec![doubt; prospects.len()];
        // Queries by the lowest rung that gets them right; the mass of each, as it goes up.
        let mut expected = 0.0;
        for first in 0..=able.len() {
            let below = if first == 0 { 0.0 } else { able[first - 1] };
            let mass = able.get(first).copied().unwrap_or(1.0) - below;
            let mut going = mass;
            for rung in 0..able.len() {
                expected += going * price;
                let right = rung >= first;
                let last = rung + 1 == able.len();
                let goes_up = if last { 0.0 } else if right { alarms } else { caught };
                expected += if right { 0.0 } else { 2.0 * going * (1.0 - goes_up) };
                going *= goes_up;
            }
        }
        let found = Policy::Utility { usd_per_error: 2.0 }.cost(&prospects, &doubts, 1.0, 0).unwrap();
        prop_assert!((found - expected).abs() < 1e-9, "{found} against {expected}");
    }
}

#[test]
fn bad_costs_are_named() {
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        assert!(
            Policy::Utility { usd_per_error: bad }
                .validate()
                .unwrap_err()
                .to_string()
                .starts_with("usd_per_error")
        );
    }
}

fn graded(chance: f64, score: f64, group: u64) -> Graded {
    Graded { chances: vec![chance, 0.9], scores: vec![score, 1.0], group }
}

fn names() -> Vec<String> {
    vec!["fast".into(), "deep".into()]
}

/// Half of the queries are easy, and known to be: the lower rung never fails them, and always fails the rest.
fn log(count: u64) -> Vec<Graded> {
    (0..count).map(|i| if i % 2 == 0 { graded(0.88, 1.0, i) } else { graded(0.5, 0.0, i) }).collect()
}

/// The choice of the guaranteed policy.
fn choose(policy: &Guaranteed, prospects: &[Prospect]) -> Option<usize> {
    Policy::Guaranteed(policy.clone()).choose(0.0, prospects, &[], 1.0)
}

#[test]
fn a_certified_threshold_is_used() {
    let policy = Guaranteed::new(0.02, 0.95).unwrap();
    let open = |p_correct| Prospect { p_correct, usd: 0.0, open: true };
    assert_eq!(choose(&policy, &[open(0.9), open(0.9)]), Some(1));
    let policy = policy.calibrated(&log(1_000), "m+1", &names()).unwrap();
    let threshold = policy.threshold().unwrap();
    assert!((0.02..0.4).contains(&threshold), "{threshold}: {}", policy.reason());
    assert_eq!(choose(&policy, &[open(0.88), open(0.9)]), Some(0));
    assert_eq!(choose(&policy, &[open(0.4), open(0.9)]), Some(1));
    let closed = Prospect { open: false, ..open(0.88) };
    assert_eq!(choose(&policy, &[closed, open(0.9)]), Some(1));
    assert_eq!(choose(&policy, &[closed, closed]), None);
}

#[test]
fn a_refusal_has_a_reason() {
    let policy = Guaranteed::new(0.02, 0.95).unwrap();
    let few = policy.calibrated(&log(40), "m", &names()).unwrap();
    assert_eq!(few.threshold(), None);
    assert!(
        few.reason().contains("the top rung stays") && few.reason().contains("40 units"),
        "{}",
        few.reason()
    );
    // A thousand rows of ten users are ten units.
    let grouped: Vec<_> = log(1_000).into_iter().map(|g| Graded { group: g.group % 10, ..g }).collect();
    assert_eq!(policy.calibrated(&grouped, "m", &names()).unwrap().threshold(), None);
}

#[test]
fn bad_logs_are_named() {
    let policy = Guaranteed::new(0.02, 0.95).unwrap();
    let text = |log: &[Graded]| policy.calibrated(log, "m", &names()).unwrap_err().to_string();
    assert!(refuses(&text(&[graded(0.5, f64::NAN, 0)]), "scores[0][0]", "NaN"));
    assert!(refuses(&text(&[graded(0.5, 1.0, 0), graded(1.5, 1.0, 1)]), "chances[1][0]", "1.5"));
    assert!(refuses(&text(&[Graded { scores: vec![1.0], ..graded(0.5, 1.0, 0) }]), "scores[0]", "1 values"));
    for (loss, confidence) in [(0.0, 0.9), (f64::NAN, 0.9), (0.1, 1.0)] {
        assert!(Guaranteed::new(loss, confidence).is_err());
    }
}
