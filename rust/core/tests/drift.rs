//! A governor that watches what it plans: it says when traffic, or how chances turn out, has changed, and in which version.
#![allow(clippy::unwrap_used)] // a test that fails here has failed

mod common;

use common::refuses;
use proptest::prelude::*;
use rheostat::estimate::Reference;
use rheostat::estimate::{Estimate, Estimator};
use rheostat::features::Scan;
use rheostat::governor::Governor;
use rheostat::ladder::{Ladder, Rung};
use rheostat::learn::Drift;
use rheostat::outcome::{Outcome, OutcomeKind};
use rheostat::plan::{Plan, PlanOptions, PlanReason};
use rheostat::policy::Policy;
use rheostat::query::Window;
use rheostat::query::{Query, Structure, Turn};
use std::collections::VecDeque;
use std::sync::Arc;

const WINDOW: usize = 200;

fn easy(i: usize) -> String {
    let places = ["France", "Peru", "Kenya", "Japan", "Norway", "Chile", "Ghana"];
    let start = ["What is", "Tell me", "Please say what is", "I forgot:"][i % 4];
    let what = ["the capital", "the largest river", "the population", "a good dish"][i / 4 % 4];
    format!("{start} {what} of {}{}?", places[i % 7], if i.is_multiple_of(3) { ", in one word" } else { "" })
}

fn hard(i: usize) -> String {
    format!(
        "Prove rigorously that every planar graph with {i} vertices has an acyclic orientation of bounded degree, or refute it."
    )
}

fn estimates(texts: impl Iterator<Item = String>) -> Vec<Estimate> {
    let mut scan = Scan::new();
    texts
        .map(|text| {
            scan.run(text.as_bytes(), Window::default());
            Estimator::shipped().estimate(&scan, &Structure::default())
        })
        .collect()
}

fn governor(estimator: Arc<Estimator>, window: usize) -> Governor {
    let rungs = [("fast", 0.4), ("deep", 10.0)]
        .map(|(name, price)| Rung { output_price: price, ..Rung::new(name, name) });
    let ladder = Ladder::new(rungs.into(), Some("deep"), Some("deep")).unwrap();
    let policy = Policy::Utility { usd_per_error: 0.01 };
    Governor::builder(ladder.into())
        .policy(policy)
        .estimator(estimator)
        .drift(window)
        .nonce(77)
        .build()
        .unwrap()
}

fn calibrated() -> Arc<Estimator> {
    let reference = Reference::new(&estimates((0..500).map(easy))).unwrap();
    Estimator::shipped().with_reference(Arc::new(reference)).into()
}

fn plan(governor: &Governor, text: &str) -> Plan {
    governor.plan(&Query::text(text, 16_384), &PlanOptions::default(), &mut Scan::new()).unwrap()
}

fn outcome(plan: &Plan, score: f64, kind: OutcomeKind) -> Outcome {
    let rung = plan.rung_ref().name.clone();
    Outcome { plan_id: plan.id.to_string(), rung, score, kind, at: 0.0 }
}

#[test]
fn a_shift_is_said_and_taken_back_and_each_is_a_version() {
    let governor = governor(calibrated(), WINDOW);
    let version = governor.version();
    let mut before = None;
    for i in 0..3 * WINDOW {
        let plan = plan(&governor, &easy(i * 5));
        assert!(!plan.why.has(PlanReason::Drifted) && plan.version() == &*version);
        before = Some(plan);
    }
    assert_eq!(governor.drift().unwrap().verdict(), "steady");
    for i in 0..2 * WINDOW {
        plan(&governor, &hard(i));
    }
    let report = governor.drift().unwrap();
    assert!(report.shifted && report.since.is_some_and(|at| at > 600 && at <= 1_000), "{report:?}");
    let after = plan(&governor, &easy(0));
    assert!(
        after.why.has(PlanReason::Drifted) && after.reasons().iter().any(|r| r.contains("no longer looks"))
    );
    assert_eq!(after.version(), format!("{version}+shifted"));
    // It says so, and decides as before.
    let same = plan(&self::governor(calibrated(), WINDOW), &easy(0));
    assert_eq!((after.rung, after.p_correct, after.estimate), (same.rung, same.p_correct, same.estimate));
    assert_ne!(after.id.digest, same.id.digest);
    // A plan from before keeps what it was made with.
    assert_eq!(before.unwrap().version(), &*version);
    for i in 0..3 * WINDOW {
        plan(&governor, &easy(i * 5));
    }
    assert_eq!((governor.version(), governor.drift().unwrap().since), (version, None));
}

#[test]
fn batches_count_as_single_queries_do() {
    let texts: Vec<String> = (0..WINDOW / 2).map(easy).chain((0..WINDOW).map(hard)).collect();
    let (one, many) = (governor(calibrated(), WINDOW), governor(calibrated(), WINDOW));
    for text in &texts {
        plan(&one, text);
    }
    let slices: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
    for (part, threads) in slices.chunks(90).zip([1, 2, 4, 1]) {
        many.plan_batch(part, |text, cap| Query::bytes(text, cap), Some(threads));
    }
    let (one, many) = (one.drift().unwrap(), many.drift().unwrap());
    assert_eq!((one.stability, one.seen, one.shifted), (many.stability, many.seen, true));
}

#[test]
fn only_asks_count() {
    let governor = governor(calibrated(), WINDOW);
    let seen = || governor.drift().unwrap().seen;
    let mut scan = Scan::new();
    let query = Query { turn: Turn::Continuation, ..Query::text("Sort it", 16_384) };
    let plan = governor.plan(&query, &PlanOptions::default(), &mut scan).unwrap();
    assert!(plan.why.has(PlanReason::Continuation) && seen() == 0);
    governor.information(&Query::text("Why?", 16_384), &PlanOptions::default(), 1.0, &mut scan).unwrap();
    assert_eq!(seen(), 0);
    // A second stage's word does not change what was seen.
    let told = PlanOptions { difficulty: Some(0.99), ..PlanOptions::default() };
    for i in 0..WINDOW {
        governor.plan(&Query::text(&easy(i), 16_384), &told, &mut scan).unwrap();
    }
    assert!(seen() == WINDOW as u64 && !governor.drift().unwrap().shifted);
}

#[test]
fn chances_are_watched_by_the_outcomes_of_their_plans() {
    let governor = governor(Estimator::shipped().clone().into(), WINDOW);
    assert_eq!(governor.drift().unwrap().verdict(), "no reference");
    let plans: Vec<Plan> = (0..WINDOW).map(|i| plan(&governor, &easy(i))).collect();
    let outcomes = || governor.drift().unwrap().outcomes;
    for kind in [OutcomeKind::Thumbs, OutcomeKind::Retry, OutcomeKind::Escalation] {
        governor.outcome(outcome(&plans[0], 0.0, kind)).unwrap();
    }
    let other = if plans[0].rung == 0 { "deep" } else { "fast" };
    let of_other = Outcome { rung: other.into(), ..outcome(&plans[0], 0.0, OutcomeKind::Graded) };
    governor.outcome(of_other).unwrap();
    let unknown =
        Outcome { plan_id: format!("{:016x}-{:016x}", 1, 2), ..outcome(&plans[0], 0.0, OutcomeKind::Graded) };
    governor.outcome(unknown).unwrap();
    assert_eq!(outcomes(), 0);
    for plan in &plans {
        governor.outcome(outcome(plan, 0.0, OutcomeKind::Graded)).unwrap();
        governor.outcome(outcome(plan, 0.0, OutcomeKind::Graded)).unwrap();
    }
    // The first report of a plan counts.
    assert_eq!(outcomes(), WINDOW as u64);
    let report = governor.drift().unwrap();
    let mean = plans.iter().map(|plan| -plan.p_correct).sum::<f64>() / plans.len() as f64;
    assert!((report.bias.unwrap().0 - mean).abs() < 1e-6, "{report:?}");
    assert!(report.overconfident && !report.underconfident);
    let now = plan(&governor, &easy(0));
    assert!(now.version().ends_with("+overconfident"), "{}", now.version());
    assert!(
        now.reasons().iter().any(|reason| reason.contains("worse than the chances")),
        "{:?}",
        now.reasons()
    );
    // Another estimator begins anew, and none of the outcomes to come of the old one's plans is its own.
    governor.replace_estimator(Estimator::shipped().clone().into()).unwrap();
    governor.outcome(outcome(&now, 1.0, OutcomeKind::Graded)).unwrap();
    assert!(outcomes() == 0 && !governor.version().contains("confident"));
}

#[test]
fn a_judges_error_rate_is_part_of_the_expected_score() {
    let governor = governor(Estimator::shipped().clone().into(), WINDOW);
    // A judge who is wrong 8 times in 100 says so of c + 0.08 (1 − 2c) of answers, of which c are right.
    let plan = plan(&governor, &easy(1));
    let expected = plan.p_correct + 0.08 * (1.0 - 2.0 * plan.p_correct);
    for _ in 0..4 {
        let plan = self::plan(&governor, &easy(1));
        governor.outcome(outcome(&plan, expected, OutcomeKind::Judge)).unwrap();
    }
    let (mean, error) = governor.drift().unwrap().bias.unwrap();
    assert!(mean.abs() < 1e-6 && error < 1e-6, "{mean} {error}");
}

#[test]
fn who_does_not_want_it_has_none_and_bounds_are_said() {
    let off = governor(calibrated(), 0);
    let plan = plan(&off, &easy(0));
    off.outcome(outcome(&plan, 0.0, OutcomeKind::Graded)).unwrap();
    assert!(off.drift().is_none());
    let ladder = Arc::new(Ladder::new(vec![Rung::new("only", "m")], None, None).unwrap());
    for window in [1, 99, 16_385] {
        let error = Governor::builder(ladder.clone()).drift(window).build().unwrap_err().to_string();
        assert!(refuses(&error, "drift", &window.to_string()), "{error}");
    }
}

#[test]
fn threads_that_plan_and_report_at_once_lose_nothing() {
    let governor = governor(calibrated(), 16_384);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let governor = &governor;
            scope.spawn(move || {
                for i in 0..1_000 {
                    let plan = plan(governor, &easy(thread * 1_000 + i));
                    governor.outcome(outcome(&plan, 1.0, OutcomeKind::Graded)).unwrap();
                }
            });
        }
    });
    let report = governor.drift().unwrap();
    assert_eq!((report.seen, report.outcomes), (4_000, 4_000));
}

/// 400 estimates of texts of seven lengths.
fn pool() -> Vec<Estimate> {
    estimates(
        (0..400)
            .map(|i| format!("Prove lemma {i} of {} in {i} steps.", "a long and hard theory ".repeat(i % 7))),
    )
}

/// The index by its formula, of a window that is really kept.
fn naive(reference: &[f64], window: &[f64]) -> f64 {
    let mut sorted = reference.to_vec();
    sorted.sort_by(f64::total_cmp);
    let ends: Vec<f64> = (1..10).map(|i| sorted[i * sorted.len() / 10]).collect();
    let share = |values: &[f64], bin: usize| {
        let within = values.iter().filter(|&&v| ends.iter().filter(|&&end| v >= end).count() == bin);
        (within.count() as f64 / values.len() as f64 + 1e-3) / 1.01
    };
    (0..10).map(|b| (share(window, b), share(reference, b))).map(|(q, p)| (q - p) * (q / p).ln()).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_index_is_that_of_the_window(window in 100_usize..150, picks in prop::collection::vec(0_usize..400, 0..400)) {
        let pool = pool();
        let drift = Drift::new(&pool[..200], window).unwrap();
        let mut kept = VecDeque::new();
        for (i, &pick) in picks.iter().enumerate() {
            prop_assert_eq!(drift.update(&pool[pick]), i as u64);
            kept.push_back(&pool[pick]);
            if kept.len() > window {
                kept.pop_front();
            }
        }
        let report = drift.report();
        prop_assert_eq!(report.seen, picks.len() as u64);
        prop_assert_eq!(report.stability[0].is_some(), picks.len() >= window);
        if let [Some(difficulty), Some(coverage), Some(tokens), Some(_)] = report.stability {
            for (found, sight) in [
                (difficulty, (|e| e.difficulty) as fn(&Estimate) -> f64),
                (coverage, |e| e.coverage),
                (tokens, |e| e.output_tokens.into()),
            ] {
                let of = |these: &mut dyn Iterator<Item = &Estimate>| these.map(sight).collect::<Vec<_>>();
                let wanted = naive(&of(&mut pool[..200].iter()), &of(&mut kept.iter().copied()));
                prop_assert!((found - wanted).abs() < 1e-9, "{found} {wanted}");
            }
        }
    }
}

#[test]
fn threads_lose_nothing() {
    let pool = pool();
    let drift = Drift::new(&pool, 4_000).unwrap();
    std::thread::scope(|scope| {
        for part in pool.chunks(100) {
            let drift = &drift;
            scope.spawn(move || (0..10).for_each(|_| part.iter().for_each(|one| _ = drift.update(one))));
        }
    });
    let report = drift.report();
    assert_eq!(report.seen, 4_000);
    // Each of the reference came ten times.
    assert!(report.stability.iter().all(|index| index.unwrap() < 1e-12), "{report:?}");
}

#[test]
fn sameness_is_no_shift_in_a_small_window() {
    let pool = pool();
    let mut state = 7_u64;
    let mut drawn = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        &pool[(state >> 33) as usize % pool.len()]
    };
    let reference: Vec<Estimate> = (0..100).map(|_| *drawn()).collect();
    let drift = Drift::new(&reference, 100).unwrap();
    for _ in 0..200 {
        (0..100).for_each(|_| _ = drift.update(drawn()));
        assert!(!drift.report().shifted, "{:?}", drift.report());
    }
}

proptest! {
    #[test]
    fn the_bias_is_that_of_the_newest_window(
        window in 100_usize..300,
        all in prop::collection::vec((0.0..=1.0, 0.0..=1.0), 0..900),
    ) {
        let drift = Drift::against(None, window).unwrap();
        for &(chance, score) in &all {
            drift.outcome(chance, score).unwrap();
        }
        let left: Vec<f64> = all.iter().rev().take(window).map(|(chance, score)| score - chance).collect();
        let report = drift.report();
        prop_assert_eq!(report.outcomes, all.len() as u64);
        prop_assert_eq!(report.bias.is_some(), left.len() > 1);
        if let Some((mean, error)) = report.bias {
            let n = left.len() as f64;
            let wanted = left.iter().sum::<f64>() / n;
            let variance = left.iter().map(|x| (x - wanted).powi(2)).sum::<f64>() / (n - 1.0);
            prop_assert!((mean - wanted).abs() < 1e-8);
            prop_assert!((error - (variance / n).sqrt()).abs() < 1e-6);
        }
    }
}

#[test]
fn an_alarm_ends_a_window_after_the_bias_does() {
    let drift = Drift::against(None, 100).unwrap();
    let add = |count: u32, chance: f64, score: fn(u32) -> u32| {
        (0..count).for_each(|i| drift.outcome(chance, f64::from(score(i))).unwrap());
        let report = drift.report();
        (report.overconfident, report.underconfident)
    };
    assert_eq!(add(60, 0.9, |_| 0), (true, false));
    // Right half of the time, at chances of one half.
    assert_eq!(add(150, 0.5, |i| i % 2), (false, false));
    // A long time without a surprise does not delay the next alarm.
    assert_eq!(add(100_000, 0.5, |i| i % 2), (false, false));
    assert_eq!(add(100, 0.1, |_| 1), (false, true));
}
