//! Policies: thresholds, expected costs, guarantees from a log.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails here has failed

mod common;

use common::refuses;
use proptest::prelude::*;
use rheostat::ladder::{Doubt, Ladder, Rung};
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
    Graded { chances: vec![chance, 0.9], usd: vec![0.0, 0.0], scores: vec![score, 1.0], group }
}

fn pair() -> Ladder {
    Ladder::new(vec![Rung::new("fast", "small"), Rung::new("deep", "large")], None, None).unwrap()
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
    let policy = policy.calibrated(&log(1_000), "m+1", &pair()).unwrap();
    let threshold = policy.threshold().unwrap();
    assert!((0.02..0.4).contains(&threshold), "{threshold}: {}", policy.reason());
    assert_eq!(choose(&policy, &[open(0.88), open(0.9)]), Some(0));
    assert_eq!(choose(&policy, &[open(0.4), open(0.9)]), Some(1));
    let closed = Prospect { open: false, ..open(0.88) };
    assert_eq!(choose(&policy, &[closed, open(0.9)]), Some(1));
    assert_eq!(choose(&policy, &[closed, closed]), None);
}

#[test]
fn dear_queries_go_down_before_cheap_ones_that_lose_as_much() {
    // A third of the queries costs ten times as much, and loses as much by expectation.
    let log: Vec<Graded> = (0..3_000)
        .map(|i| {
            let (dear, lost) = (i % 3 == 0, i % 50 == 0);
            let usd = if dear { vec![0.001, 0.01] } else { vec![0.0001, 0.001] };
            Graded { usd, ..graded(0.87, f64::from(u8::from(!lost)), i) }
        })
        .collect();
    let policy = Guaranteed::new(0.015, 0.95).unwrap().calibrated(&log, "m", &pair()).unwrap();
    let of = |p_correct, usd| Prospect { p_correct, usd, open: true };
    assert_eq!(choose(&policy, &[of(0.87, 0.001), of(0.9, 0.01)]), Some(0), "{}", policy.reason());
    assert_eq!(choose(&policy, &[of(0.87, 0.0001), of(0.9, 0.001)]), Some(1));
    assert!((policy.saved().unwrap() - 0.75).abs() < 1e-9, "{:?}", policy.saved());
}

#[test]
fn a_rung_between_is_taken_where_the_last_step_down_loses_too_much() {
    let ladder = Ladder::new(["a", "b", "c"].map(|name| Rung::new(name, name)).into(), None, None).unwrap();
    // The middle rung saves nearly as much as the lowest, which loses one answer in five.
    let log: Vec<Graded> = (0..2_000)
        .map(|i| {
            let scores = vec![f64::from(u8::from(i % 5 != 0)), 1.0, 1.0];
            Graded { chances: vec![0.7, 0.89, 0.9], usd: vec![0.0001, 0.0002, 0.01], scores, group: i }
        })
        .collect();
    let policy = Guaranteed::new(0.02, 0.95).unwrap().calibrated(&log, "m", &ladder).unwrap();
    let of = |p_correct, usd| Prospect { p_correct, usd, open: true };
    assert_eq!(choose(&policy, &[of(0.7, 0.0001), of(0.89, 0.0002), of(0.9, 0.01)]), Some(1));
}

#[test]
fn a_log_that_is_too_small_for_what_was_asked_offers_less() {
    let policy = Guaranteed::new(0.01, 0.95).unwrap();
    let few = policy.calibrated(&log(150), "m", &pair()).unwrap();
    assert_eq!(few.threshold(), None, "{}", few.reason());
    let offer = few.offers()[0];
    assert!(offer.max_loss > 0.01 && offer.saved > 0.4 && offer.confidence > 0.94, "{offer:?}");
    assert!(few.reason().contains("with a loss of at most"), "{}", few.reason());
    let needed = few.labels_needed().unwrap();
    assert!((250..400).contains(&needed), "{needed}");
    assert!(policy.calibrated(&log(needed), "m", &pair()).unwrap().saved().unwrap() > 0.4);
    assert!(refuses(&few.accepting(0.011).unwrap_err().to_string(), "max_loss", "0.011"));
    let accepted = few.accepting(offer.max_loss).unwrap();
    assert_eq!((accepted.max_loss(), accepted.saved()), (offer.max_loss, Some(offer.saved)));
    let open = |p_correct| Prospect { p_correct, usd: 0.0, open: true };
    assert_eq!(choose(&accepted, &[open(0.88), open(0.9)]), Some(0));
    assert_eq!(choose(&accepted, &[open(0.5), open(0.9)]), Some(1));
}

#[test]
fn a_refusal_has_a_reason() {
    let policy = Guaranteed::new(0.02, 0.95).unwrap();
    let few = policy.calibrated(&log(40), "m", &pair()).unwrap();
    assert_eq!(few.threshold(), None);
    assert!(
        few.reason().contains("the top rung stays") && few.reason().contains("40 units"),
        "{}",
        few.reason()
    );
    // A thousand rows of ten users are ten units.
    let grouped: Vec<_> = log(1_000).into_iter().map(|g| Graded { group: g.group % 10, ..g }).collect();
    assert_eq!(policy.calibrated(&grouped, "m", &pair()).unwrap().threshold(), None);
}

#[test]
fn bad_logs_are_named() {
    let policy = Guaranteed::new(0.02, 0.95).unwrap();
    let text = |log: &[Graded]| policy.calibrated(log, "m", &pair()).unwrap_err().to_string();
    assert!(refuses(&text(&[graded(0.5, f64::NAN, 0)]), "scores[0][0]", "NaN"));
    assert!(refuses(&text(&[graded(0.5, 1.0, 0), graded(1.5, 1.0, 1)]), "chances[1][0]", "1.5"));
    let free = Graded { usd: vec![0.0, -1.0], ..graded(0.5, 1.0, 0) };
    assert!(refuses(&text(&[free]), "usd[0][1]", "-1"));
    assert!(refuses(&text(&[Graded { scores: vec![1.0], ..graded(0.5, 1.0, 0) }]), "scores[0]", "1 values"));
    for (loss, confidence) in [(0.0, 0.9), (f64::NAN, 0.9), (0.1, 1.0)] {
        assert!(Guaranteed::new(loss, confidence).is_err());
    }
}
