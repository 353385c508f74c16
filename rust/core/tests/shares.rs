//! Tests of the policy that gives each rung a share of the queries.
// A test stops where what it rests on is missing.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use common::refuses;
use proptest::prelude::*;
use rheostat::features::Scan;
use rheostat::governor::{Governor, Scratch};
use rheostat::ladder::{Ceiling, Ladder, Rung};
use rheostat::plan::{Plan, PlanOptions, PlanReason};
use rheostat::policy::{HYSTERESIS, Policy, Shares, Wanted};
use rheostat::query::Query;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

const SHARES: [f64; 3] = [0.70, 0.25, 0.05];

fn rungs(count: usize) -> Vec<Rung> {
    let rung = |i| Rung { output_price: (i + 1) as f64, ..Rung::new(format!("r{i}"), format!("m{i}")) };
    (0..count).map(rung).collect()
}

fn ladder(count: usize) -> Arc<Ladder> {
    Ladder::new(rungs(count), None, None).unwrap().into()
}

fn given(shares: &[f64]) -> Policy {
    Policy::Shares(Shares::new(Wanted::Given(shares.to_vec()), HYSTERESIS).unwrap())
}

fn governor(shares: &[f64]) -> Governor {
    Governor::builder(ladder(shares.len())).policy(given(shares)).drift(0).build().unwrap()
}

/// Plans a query of a given difficulty, as a second stage would.
fn plan(governor: &Governor, difficulty: f64, scratch: &mut Scratch) -> Plan {
    let options = PlanOptions { difficulty: Some(difficulty), ..PlanOptions::default() };
    governor.plan_as(&Query::text("Why?", 16_384), &options, scratch, |plan| plan).unwrap()
}

struct Numbers(u64);

impl Numbers {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}

/// Difficulties of query `i` of `count`, by the kind of traffic.
fn difficulty(kind: usize, i: usize, count: usize, numbers: &mut Numbers) -> f64 {
    let along = i as f64 / count as f64;
    let location = match kind {
        0 => numbers.normal().exp() - 2.5,
        1 if numbers.unit() < 0.8 => -2.0 + 0.2 * numbers.normal(),
        1 => 1.5 + 0.2 * numbers.normal(),
        2 => -0.4,
        3 => -3.0 + 6.0 * along + numbers.normal(),
        4 => -6.0 + 12.0 * along,
        5 => 6.0 - 12.0 * along,
        // Seasons: easy and hard stretches in turn.
        6 if (i / 300).is_multiple_of(2) => -2.0 + 0.3 * numbers.normal(),
        6 => 1.0 + 0.3 * numbers.normal(),
        // Three of ten queries are the same greeting.
        7 if numbers.unit() < 0.3 => -1.0,
        _ => numbers.normal(),
    };
    1.0 / (1.0 + (-location).exp())
}

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
fn another_estimator_starts_from_the_reference_and_heads_do_not() {
    let policy = given(&SHARES);
    let governor = Governor::builder(ladder(3)).policy(policy.clone()).build().unwrap();
    let mut scratch = Scratch::default();
    let fresh = plan(&governor, 0.95, &mut scratch).quantile.unwrap();
    for _ in 0..3_000 {
        plan(&governor, 0.95, &mut scratch);
    }
    // All of the traffic is as hard: half of its bin is easier, within the bin.
    assert!(plan(&governor, 0.9, &mut scratch).quantile.unwrap() < 0.1 && fresh > 0.9);
    // The policy is what has learned: a second governor with it goes on.
    let second = Governor::builder(ladder(3)).policy(policy).build().unwrap();
    assert!(plan(&second, 0.9, &mut scratch).quantile.unwrap() < 0.1);
}

#[test]
fn what_was_learned_is_saved_loaded_and_merged() {
    let Policy::Shares(shares) = given(&SHARES) else { unreachable!() };
    let learn = |shares: &Shares, difficulty: f64| {
        let governor = Governor::builder(ladder(3)).policy(Policy::Shares(shares.clone())).build().unwrap();
        for _ in 0..1_000 {
            plan(&governor, difficulty, &mut Scratch::default());
        }
    };
    let quantile = |shares: &Shares, difficulty: f64| {
        let governor = Governor::builder(ladder(3)).policy(Policy::Shares(shares.clone())).build().unwrap();
        plan(&governor, difficulty, &mut Scratch::default()).quantile.unwrap()
    };
    learn(&shares, 0.2);
    let copy = shares.with_state(&shares.state()).unwrap();
    assert_eq!(copy.state(), shares.state());
    let Policy::Shares(other) = given(&SHARES) else { unreachable!() };
    learn(&other, 0.8);
    copy.absorb(&other.state()).unwrap();
    let middle = quantile(&copy, 0.5);
    assert!((middle - 0.5).abs() < 0.1, "{middle}");
    assert!(quantile(&other, 0.5) < 0.2 && quantile(&shares, 0.5) > 0.8);
}

#[test]
fn damaged_states_are_refused() {
    let Policy::Shares(shares) = given(&SHARES) else { unreachable!() };
    let _ = Governor::builder(ladder(3)).policy(Policy::Shares(shares.clone())).build().unwrap();
    let state = shares.state();
    for i in 0..state.len() {
        let mut damaged = state.clone();
        damaged[i] ^= 0x10;
        assert!(shares.absorb(&damaged).is_err(), "byte {i}");
        assert!(shares.absorb(&state[..i]).is_err(), "cut at {i}");
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

#[test]
fn without_a_policy_a_ladder_gets_the_usual_shares() {
    let usual = |count: usize, start_max: Option<&str>| {
        let ladder = Ladder::new(rungs(count), None, start_max).unwrap();
        let governor = Governor::builder(ladder.into()).build().unwrap();
        let Policy::Shares(shares) = governor.snapshot().policy.clone() else { unreachable!() };
        shares.shares().unwrap().iter().map(|share| (share * 1e3).round() / 1e3).collect::<Vec<_>>()
    };
    assert_eq!(usual(1, None), [1.0]);
    assert_eq!(usual(2, None), [0.7, 0.3]);
    // Words alone do not buy the top rung of three.
    assert_eq!(usual(3, None), [0.7, 0.3, 0.0]);
    assert_eq!(usual(3, Some("r2")), [0.7, 0.25, 0.05]);
    assert_eq!(usual(4, None), [0.7, 0.25, 0.05, 0.0]);
    assert_eq!(usual(4, Some("r0")), [1.0, 0.0, 0.0, 0.0]);
    for count in 1..=64 {
        assert!((usual(count, None).iter().sum::<f64>() - 1.0).abs() < 0.01);
    }
}

#[test]
fn shares_that_name_the_top_rung_open_it_unless_the_ladder_closes_it() {
    for (start_max, top) in [(None, true), (Some("r1"), false)] {
        let ladder = Ladder::new(rungs(3), None, start_max).unwrap();
        let governor = Governor::builder(ladder.into()).policy(given(&SHARES)).build().unwrap();
        let mut scratch = Scratch::default();
        let highest = (0..1_000).map(|i| plan(&governor, f64::from(i) / 1_000.0, &mut scratch).rung).max();
        assert_eq!(highest == Some(2), top);
    }
}

#[test]
fn a_budget_becomes_shares_that_cost_it() {
    let of = |usd: f64| {
        let policy = Policy::Shares(Shares::new(Wanted::Budget(usd), HYSTERESIS).unwrap());
        let ladder = Ladder::new(rungs(3), None, Some("r2")).unwrap();
        let governor = Governor::builder(ladder.into()).policy(policy).build().unwrap();
        let Policy::Shares(shares) = governor.snapshot().policy.clone() else { unreachable!() };
        shares.shares().unwrap().to_vec()
    };
    let (least, some, most) = (of(1e-6), of(0.25), of(1e6));
    assert!(least[0] > 0.999 && most[2] > 0.9, "{least:?} {most:?}");
    assert!(some[0] < 0.999 && some[2] < most[2], "{some:?}");
}

#[test]
fn wrong_shares_are_refused() {
    for (shares, what, value) in [
        (vec![], "shares", "an empty list"),
        (vec![0.5, 0.4], "shares", "a sum of 0.9"),
        (vec![1.5, -0.5], "shares[0]", "1.5"),
        (vec![f64::NAN, 1.0], "shares[0]", "NaN"),
    ] {
        let message = Shares::new(Wanted::Given(shares), HYSTERESIS).unwrap_err().to_string();
        assert!(refuses(&message, what, value), "{message}");
    }
    let message = Governor::builder(ladder(2)).policy(given(&SHARES)).build().unwrap_err().to_string();
    assert!(refuses(&message, "shares", "3 of them"), "{message}");
    for usd in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(Shares::new(Wanted::Budget(usd), HYSTERESIS).is_err());
    }
    assert!(Shares::new(Wanted::Usual, 0.6).is_err());
}

#[test]
fn a_policy_says_when_it_is_a_switch() {
    let text = |i: usize| format!("What is the capital of country {i}?");
    let plan = |governor: &Governor, i: usize| {
        governor.plan(&Query::text(&text(i), 16_384), &PlanOptions::default(), &mut Scan::new()).unwrap()
    };
    let switch = Governor::builder(ladder(2)).policy(Policy::Utility { usd_per_error: 1e3 }).build().unwrap();
    for i in 0..199 {
        plan(&switch, i);
        assert_eq!(switch.take_notice(), None);
    }
    plan(&switch, 199);
    let notice = switch.take_notice().unwrap();
    assert!(
        notice.contains("200 of the last 200") && notice.contains("\"r1\"") && notice.contains("Shares"),
        "{notice}"
    );
    for i in 0..1_000 {
        plan(&switch, i);
    }
    assert_eq!(switch.take_notice(), None, "once per governor");
    // One rung, or shares, is no switch.
    for (count, policy) in [(1, Policy::Utility { usd_per_error: 1.0 }), (2, given(&[0.99, 0.01]))] {
        let other = Governor::builder(ladder(count)).policy(policy).build().unwrap();
        for i in 0..400 {
            plan(&other, i);
        }
        assert_eq!(other.take_notice(), None);
    }
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

#[test]
fn a_rung_without_a_share_gets_no_ask_at_all() {
    let (governor, mut scratch) = (governor(&[1.0, 0.0, 0.0]), Scratch::default());
    for text in ["", "zxqv wqzz", "ok"] {
        let mut query = Query::text(text, 16_384);
        query.request.doubtful = text == "ok";
        let made = governor.plan_as(&query, &PlanOptions::default(), &mut scratch, |plan| plan).unwrap();
        assert_eq!(made.rung, 0, "{text}: {:?}", made.reasons());
    }
}

#[test]
fn budgets_need_prices_and_say_when_they_are_out_of_reach() {
    let budget = |usd, rungs: Vec<Rung>| {
        let policy = Policy::Shares(Shares::new(Wanted::Budget(usd), HYSTERESIS).unwrap());
        Governor::builder(Ladder::new(rungs, None, None).unwrap().into()).policy(policy).build()
    };
    let free = (0..3).map(|i| Rung::new(format!("r{i}"), format!("m{i}"))).collect();
    assert!(budget(1.0, free).is_err());
    for (usd, part) in [(1e-6, "less than the lowest rung"), (1e6, "more than \"r1\" for every query")] {
        let warnings = budget(usd, rungs(3)).unwrap().warnings();
        assert!(warnings.iter().any(|warning| warning.contains(part)), "{warnings:?}");
    }
    assert!(!budget(0.15, rungs(3)).unwrap().warnings().iter().any(|warning| warning.contains("budget")));
}
