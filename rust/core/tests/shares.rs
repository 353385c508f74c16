//! Tests of the policy that gives each rung a share of the queries.
// A test stops where what it rests on is missing.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;
mod damage;
#[path = "shares/deployment.rs"]
mod deployment;
#[path = "shares/learned.rs"]
mod learned;
#[path = "shares/specified.rs"]
mod specified;

use deployment::{Numbers, SHARES, difficulty, given, governor, plan, rungs};
use proptest::prelude::*;
use rheostat::features::Scan;
use rheostat::governor::{Governor, Scratch};
use rheostat::ladder::{Ceiling, Ladder};
use rheostat::plan::{PlanOptions, PlanReason};
use rheostat::policy::Policy;
use rheostat::query::Query;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

#[test]
fn shares_hold_within_two_points_on_every_traffic() {
    for shares in [&SHARES[..], &[0.5, 0.5], &[0.4, 0.3, 0.2, 0.1], &[0.05, 0.95], &[0.9, 0.0, 0.1]] {
        for kind in 0..9 {
            let (governor, mut scratch) = (governor(shares), Scratch::default());
            let (mut numbers, mut counts) = (Numbers(kind as u64 + 1), vec![0_u32; shares.len()]);
            let count = 4_000;
            for i in 0..count {
                let made = plan(&governor, difficulty(kind, i, count, &mut numbers), &mut scratch);
                counts[made.rung] += 1;
                for (n, share) in counts.iter().zip(shares).filter(|_| i + 1 >= 1_000) {
                    let got = f64::from(*n) / (i as f64 + 1.0);
                    assert!((got - share).abs() <= 0.02, "kind {kind}, {shares:?}: {counts:?} after {i}");
                }
            }
        }
    }
}

#[test]
fn shares_hold_with_eight_threads() {
    let governor = governor(&SHARES);
    let counts: [AtomicU32; 3] = Default::default();
    std::thread::scope(|scope| {
        for thread in 0..8_u64 {
            let (governor, counts) = (&governor, &counts);
            scope.spawn(move || {
                let (mut numbers, mut scratch) = (Numbers(thread), Scratch::default());
                for i in 0..1_000 {
                    let difficulty = difficulty(thread as usize, i, 1_000, &mut numbers);
                    counts[plan(governor, difficulty, &mut scratch).rung].fetch_add(1, Relaxed);
                }
            });
        }
    });
    for (count, share) in counts.iter().zip(SHARES) {
        assert!((f64::from(count.load(Relaxed)) / 8_000.0 - share).abs() <= 0.02, "{counts:?}");
    }
}

#[test]
fn the_hardest_queries_go_highest() {
    let (governor, mut scratch) = (governor(&SHARES), Scratch::default());
    let mut numbers = Numbers(3);
    let mut seen: Vec<(f64, usize)> = Vec::new();
    for i in 0..4_000 {
        let difficulty = difficulty(8, i, 4_000, &mut numbers);
        seen.push((difficulty, plan(&governor, difficulty, &mut scratch).rung));
    }
    let mut newest = seen.split_off(2_000);
    newest.sort_by(|a, b| a.0.total_cmp(&b.0));
    let ideal = |place: usize| usize::from(place >= 1_400) + usize::from(place >= 1_900);
    let agree = newest.iter().enumerate().filter(|(place, (_, rung))| *rung == ideal(*place)).count();
    // The rest are within some points of a threshold.
    assert!(agree >= 1_860, "{agree} of 2000");
}

#[test]
fn a_plan_says_its_quantile() {
    let (governor, mut scratch) = (governor(&SHARES), Scratch::default());
    for i in 0..1_000 {
        plan(&governor, f64::from(i % 100) / 100.0 + 0.005, &mut scratch);
    }
    let made = plan(&governor, 0.9, &mut scratch);
    let quantile = made.quantile.unwrap();
    assert!((quantile - 0.9).abs() < 0.05, "{quantile}");
    let words = made.reasons().join("; ");
    assert!(
        words.contains(&format!("harder than {} % of this deployment's queries", (100.0 * quantile) as u32))
    );
    assert!(made.to_json().contains(&format!("\"quantile\": {quantile:?}")));
}

#[test]
fn queries_that_shares_do_not_decide_count_for_nothing() {
    let (governor, mut scratch) = (governor(&SHARES), Scratch::default());
    let before = plan(&governor, 0.5, &mut scratch).quantile;
    for _ in 0..2_000 {
        let unread = governor
            .plan(&Query::text("zxq wvk", 16_384), &PlanOptions::default(), &mut Scan::new())
            .unwrap();
        assert!(unread.why.has(PlanReason::LowCoverage) && unread.quantile.is_none());
        let chosen = PlanOptions { rung: Some("r2"), ..PlanOptions::default() };
        governor
            .plan(&Query::text("What is the capital of France?", 16_384), &chosen, &mut Scan::new())
            .unwrap();
    }
    let after = plan(&governor, 0.5, &mut scratch).quantile;
    assert!((before.unwrap() - after.unwrap()).abs() < 1e-9);
}

#[test]
fn shares_are_over_the_rungs_that_a_query_may_use() {
    let governor = governor(&SHARES);
    let models = ["m1".to_owned(), "m2".to_owned()];
    let mut counts = [0_u32; 3];
    let mut numbers = Numbers(5);
    for i in 0..2_000 {
        let options = PlanOptions {
            difficulty: Some(difficulty(8, i, 2_000, &mut numbers)),
            models: Some(&models),
            ..PlanOptions::default()
        };
        counts[governor.plan(&Query::text("Why?", 16_384), &options, &mut Scan::new()).unwrap().rung] += 1;
    }
    assert_eq!(counts[0], 0);
    assert!((f64::from(counts[2]) / 2_000.0 - 0.05 / 0.3).abs() < 0.02, "{counts:?}");
}

#[test]
fn a_rung_of_which_the_ceiling_pays_no_answer_is_left_out() {
    let mut rungs = rungs(2);
    (rungs[0].output_price, rungs[1].output_price) = (0.5, 600.0);
    let ladder = Arc::new(Ladder::new(rungs, None, None).unwrap());
    let ceiling = Ceiling { usd: Some(0.01), ..Ceiling::default() };
    for policy in [given(&[0.1, 0.9]), Policy::Utility { usd_per_error: 1e6 }] {
        let governor = Governor::builder(ladder.clone()).policy(policy).ceiling(ceiling).build().unwrap();
        let query = Query::text("What is the capital of France?", 16_384);
        let made = governor.plan(&query, &PlanOptions::default(), &mut Scan::new()).unwrap();
        assert_eq!(made.rung, 0);
        assert!(made.why.has(PlanReason::Unpaid) && made.dials.answer_tokens > 1_000, "{:?}", made.reasons());
    }
}

#[test]
fn a_batch_is_planned_like_its_queries_one_by_one() {
    let texts: Vec<String> =
        (0..3_000).map(|i| format!("What is {i} times {}? Explain step by step.", i * i)).collect();
    let (batch, single) = (governor(&SHARES), governor(&SHARES));
    let rows = batch.plan_batch(&texts, |text, cap| Query::text(text, cap), Some(3));
    for (text, row) in texts.iter().zip(&rows) {
        let made =
            single.plan(&Query::text(text, 16_384), &PlanOptions::default(), &mut Scan::new()).unwrap();
        assert_eq!((row.rung, row.quantile), (made.rung, made.quantile), "{text}");
    }
    let top = rows.iter().filter(|row| row.rung == 2).count();
    assert!((top as f64 / 3_000.0 - 0.05).abs() < 0.02, "{top}");
}

#[test]
fn a_session_stays_near_a_threshold() {
    let governor = governor(&SHARES);
    let ask = |difficulty: f64, at: f64, session: Option<&'static str>| {
        let options = PlanOptions { difficulty: Some(difficulty), session, at, ..PlanOptions::default() };
        governor.plan(&Query::text("Why is it so?", 16_384), &options, &mut Scan::new()).unwrap()
    };
    for i in 0..3_000 {
        ask((f64::from(i * 37 % 1_000) + 0.5) / 1_000.0, 0.0, None);
    }
    assert_eq!(ask(0.5, 1.0, Some("s")).rung, 0);
    assert_eq!(ask(0.71, 2.0, Some("s")).rung, 0, "above the threshold, within the hysteresis");
    assert_eq!(ask(0.80, 3.0, Some("s")).rung, 1);
    assert_eq!(ask(0.80, 4.0, None).rung, 1);
}

proptest! {
    #[test]
    fn equal_queries_in_an_equal_order_get_equal_plans(difficulties in proptest::collection::vec(0.0..=1.0_f64, 1..200)) {
        let run = || {
            let (governor, mut scratch) = (governor(&SHARES), Scratch::default());
            let one = |difficulty: &f64| { let made = plan(&governor, *difficulty, &mut scratch); (made.rung, made.quantile.map(f64::to_bits)) };
            difficulties.iter().map(one).collect::<Vec<_>>()
        };
        prop_assert_eq!(run(), run());
    }
}

#[test]
fn asks_that_other_rules_decide_count_in_the_shares() {
    for (shares, courtesies) in
        [(&SHARES[..], true), (&SHARES, false), (&[0.5, 0.0, 0.5], true), (&[0.5, 0.0, 0.5], false)]
    {
        let (governor, mut scratch) = (governor(shares), Scratch::default());
        let mut counts = vec![0; shares.len()];
        let mut numbers = Numbers(7);
        for i in 1..=3_000 {
            let made = if i % 5 == 0 {
                let mut query = Query::text("zxqv", 16_384);
                query.request.courtesy = courtesies;
                let options = PlanOptions::default();
                let made = governor.plan_as(&query, &options, &mut scratch, |plan| plan).unwrap();
                let reason = if courtesies { PlanReason::Courtesy } else { PlanReason::LowCoverage };
                assert!(made.quantile.is_none() && made.why.has(reason) && !made.why.has(PlanReason::Policy));
                made
            } else {
                plan(&governor, difficulty(9, i, 3_000, &mut numbers), &mut scratch)
            };
            counts[made.rung] += 1;
        }
        for (count, share) in counts.iter().zip(shares) {
            assert!((f64::from(*count) / 3_000.0 - share).abs() < 0.02, "{counts:?} for {shares:?}");
        }
    }
}

#[test]
fn a_flood_of_other_rules_is_not_paid_back_for_long() {
    let (governor, mut scratch) = (governor(&SHARES), Scratch::default());
    let mut query = Query::text("ok", 16_384);
    query.request.courtesy = true;
    for _ in 0..1_000 {
        let made = governor.plan_as(&query, &PlanOptions::default(), &mut scratch, |plan| plan).unwrap();
        assert_eq!(made.rung, 0);
    }
    let dear = (0..100).filter(|_| plan(&governor, 0.3, &mut scratch).rung > 0).count();
    assert!(dear <= 16 + 40, "{dear}");
}
