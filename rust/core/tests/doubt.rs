//! Doubts per rung: each by its own bar, weighed by its likelihood ratio, and included in plans before a run starts.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails here has failed

mod common;

use common::{brief, refuses};
use proptest::prelude::*;
use rheostat::features::Scan;
use rheostat::governor::Governor;
use rheostat::ladder::{Doubt, Ladder, Load, Moves, Rung};
use rheostat::learn::{DoubtSignal, doubt_of};
use rheostat::plan::{Plan, PlanOptions, PlanReason};
use rheostat::policy::Policy;
use rheostat::query::Query;
use rheostat::rules::{Move, RampRule, Rules};
use rheostat::run::{ActionKind, Brief, Reason, Run, Worth};
use std::sync::Arc;

const LOAD: Load = Load { input_tokens: 50.0, output_tokens: 50.0, difficulty: 0.5 };

fn doubted(low_logprob: f64, caught: f64, false_alarms: f64) -> Doubt {
    Doubt { low_logprob: Some(low_logprob), caught, false_alarms, ..Doubt::default() }
}

fn rung(name: &str, price: f64, ability: f64, doubt: Option<Doubt>) -> Rung {
    Rung {
        answer_tokens: 100,
        input_price: price / 10.0,
        output_price: price,
        ability: Some(ability),
        doubt,
        ..Rung::new(name, name)
    }
}

fn rules() -> Rules {
    let ramps = vec![RampRule {
        on: rheostat::rules::Evidence::LowConfidence,
        odds: 0.9,
        moves: vec![Move::Escalate],
    }];
    Rules { window: 1, low_confidence: None, hysteresis: 0.0, ramps, ..Rules::default() }
}

fn run(rungs: Vec<Rung>, chances: &[f64], rules: Rules) -> Run {
    let worth = Worth { usd_per_error: 0.01, price_of_compute: 1.0, p_correct: chances.into(), load: LOAD };
    let brief = Brief { worth: Some(worth), rules: Arc::new(rules), ..brief(rungs) };
    Run::from_brief(brief, 0.0).unwrap()
}

/// The action after one unlikely token on the newest rung.
fn unlikely(run: &Run, logprob: f64) -> (ActionKind, Reason, usize) {
    let call = run.next(0.0).unwrap().remove(0);
    let action = call.sample(0).unwrap().token(Some(logprob), &[], None, 0.0);
    (action.kind, action.reason, run.rung())
}

#[test]
fn each_rung_has_a_bar_of_its_own() {
    let rungs = vec![
        rung("a", 1.0, 0.5, Some(doubted(-0.5, 0.9, 0.1))),
        rung("b", 2.0, 0.7, Some(doubted(-3.0, 0.9, 0.1))),
        rung("c", 4.0, 0.9, None),
    ];
    let run = run(rungs, &[0.5, 0.7, 0.9], Rules { low_logprob: Some(-9.0), ..rules() });
    assert_eq!(unlikely(&run, -1.0), (ActionKind::Ramp, Reason::LowConfidence, 1));
    assert_eq!(
        unlikely(&run, -2.0),
        (ActionKind::Continue, Reason::Going, 1),
        "weak on the rung below alone"
    );
    let sample = run.sample(1).unwrap();
    assert_eq!(sample.token(Some(-3.5), &[], None, 0.0).kind, ActionKind::Ramp);
    assert_eq!(
        unlikely(&run, -8.0),
        (ActionKind::Continue, Reason::Going, 2),
        "the rules' bar, where there is no other"
    );
}

#[test]
fn a_doubt_that_finds_much_is_worth_a_dearer_rung() {
    // The rule says that a doubt means next to nothing; the log, that it nearly always is right.
    let with = |doubt| vec![rung("a", 1.0, 0.8, doubt), rung("b", 40.0, 0.9, None)];
    let blind = run(with(Some(doubted(-0.5, 0.0, 0.0))), &[0.8, 0.9], rules());
    assert_eq!(unlikely(&blind, -1.0), (ActionKind::Continue, Reason::Going, 0));
    let sharp = run(with(Some(doubted(-0.5, 0.95, 0.02))), &[0.8, 0.9], rules());
    assert_eq!(unlikely(&sharp, -1.0), (ActionKind::Ramp, Reason::LowConfidence, 1));
}

#[test]
fn a_rung_that_is_no_better_is_passed_over() {
    let sharp = Some(doubted(-0.5, 0.95, 0.02));
    let rungs = vec![rung("a", 1.0, 0.6, sharp), rung("b", 2.0, 0.61, None), rung("c", 4.0, 0.9, None)];
    // At this query the middle rung is hardly ever right.
    let one = run(rungs.clone(), &[0.6, 0.01, 0.9], rules());
    assert_eq!(unlikely(&one, -1.0), (ActionKind::Ramp, Reason::LowConfidence, 2));
    let none = run(rungs, &[0.6, 0.01, 0.02], rules());
    assert_eq!(unlikely(&none, -1.0).2, 0, "nothing above is worth its price");
}

#[test]
fn an_answer_without_a_doubt_gets_no_second_look() {
    let verified = |doubt, logprob| {
        let rules = Rules { verify_below: Some(0.9), ..rules() };
        let run = run(vec![rung("a", 1.0, 0.8, doubt)], &[0.8], rules);
        let sample = run.sample(0).unwrap();
        sample.token(logprob, &[], None, 0.0);
        sample.finish(Some("7"), 0.0).unwrap().reason
    };
    let sharp = Some(doubted(-0.5, 0.95, 0.02));
    assert_eq!(verified(None, Some(-0.1)), Reason::Verifying);
    assert_eq!(verified(sharp, Some(-0.1)), Reason::Finished);
    assert_eq!(verified(sharp, None), Reason::Verifying, "nothing was heard of the stream");
}

fn begun(doubt: Option<Doubt>, moves: Moves) -> Plan {
    let rungs = vec![rung("small", 0.4, 0.6, doubt), rung("large", 4.0, 0.9, None)];
    let ladder = Ladder::new(rungs, Some("small"), None).unwrap().with_moves(moves);
    let policy = Policy::Utility { usd_per_error: 0.01 };
    let governor = Governor::builder(Arc::new(ladder)).policy(policy).build().unwrap();
    let ask = "What is the average of the numbers in the table, and why is it not the middle one?";
    governor.plan(&Query::text(ask, 16 * 1024), &PlanOptions::default(), &mut Scan::new()).unwrap()
}

#[test]
fn expected_costs_include_the_findings_of_doubts() {
    let sharp = Some(doubted(-0.5, 0.98, 0.05));
    assert_eq!(begun(None, Moves::default()).rung, 1);
    let plan = begun(sharp, Moves::default());
    assert_eq!(plan.rung, 0);
    assert!(plan.why.has(PlanReason::LooksAhead));
    assert!(!begun(None, Moves::default()).why.has(PlanReason::LooksAhead));
    // What the rung itself promises is the same: a doubt makes no answer better.
    assert!(plan.p_correct < begun(None, Moves::default()).p_correct);
    let still = Moves { model: false, ..Moves::default() };
    assert_eq!(begun(sharp, still).rung, 1, "where no run may go up, a doubt mends nothing");
    assert_ne!(plan.version(), begun(None, Moves::default()).version());
}

#[test]
fn an_alarm_lowers_the_odds_and_its_absence_raises_them() {
    let doubt = Doubt { caught: 0.9, false_alarms: 0.1, ..Doubt::default() };
    assert!((doubt.odds().unwrap() - 1.0 / 9.0).abs() < 1e-12);
    assert!((doubt.trust().unwrap() - 9.0).abs() < 1e-9);
    assert_eq!((Doubt::default().odds(), Doubt::default().trust()), (None, None));
    // An alarm that is likelier on right answers counts for nothing, never for an answer.
    let blind = Doubt { caught: 0.2, false_alarms: 0.6, ..Doubt::default() };
    assert_eq!((blind.odds(), blind.trust()), (Some(1.0), Some(1.0)));
}

#[test]
fn bad_numbers_are_named() {
    let refused = |doubt: Doubt| doubt.validate().unwrap_err().to_string();
    let none = Doubt::default();
    assert!(refuses(&refused(Doubt { caught: 1.5, ..none }), "caught", "1.5"));
    assert!(refuses(&refused(Doubt { false_alarms: f64::NAN, ..none }), "false_alarms", "NaN"));
    assert!(refuses(&refused(Doubt { low_logprob: Some(0.1), ..none }), "low_logprob", "0.1"));
    assert!(refuses(&refused(Doubt { low_top_logprob: Some(f64::NAN), ..none }), "low_top_logprob", "NaN"));
    assert!(refuses(&refused(Doubt { low_confidence: Some(-1.0), ..none }), "low_confidence", "-1"));
}

#[test]
fn the_extremes_are_all_or_none() {
    let lowest: Vec<f64> = (0..60).map(|i| -f64::from(i) / 10.0).collect();
    let none = doubt_of(&lowest, &[1.0; 60], 0.9, DoubtSignal::Logprob).unwrap();
    assert_eq!((none.low_logprob, none.caught), (Some(-5.9), 0.0));
    let all = doubt_of(&lowest, &[0.0; 60], 0.9, DoubtSignal::Logprob).unwrap();
    assert_eq!((all.low_logprob, all.false_alarms), (Some(0.0), 0.0));
    assert!(all.caught > 0.97);
    let sure: Vec<f64> = lowest.iter().map(|low| 20.0 + low).collect();
    let scores: Vec<f64> = (0..60).map(|i| f64::from(u8::from(i < 30))).collect();
    let confidence = doubt_of(&sure, &scores, 0.9, DoubtSignal::Confidence).unwrap();
    assert_eq!((confidence.low_confidence, confidence.low_logprob), (Some(sure[29]), None));
}

#[test]
fn bad_logs_are_named() {
    let ok = [0.5; 40];
    let refused = |lowest: &[f64], scores: &[f64], chance| {
        doubt_of(lowest, scores, chance, DoubtSignal::Logprob).unwrap_err().to_string()
    };
    assert!(refuses(&refused(&[-1.0; 40], &ok[1..], 0.9), "scores", "39"));
    assert!(refuses(&refused(&[-1.0; 29], &ok[..29], 0.9), "lowest", "29 of them"));
    assert!(refuses(&refused(&[f64::NAN; 40], &ok, 0.9), "lowest[0]", "NaN"));
    assert!(refuses(&refused(&[-1.0; 40], &[1.5; 40], 0.9), "scores[0]", "1.5"));
    assert!(refuses(&refused(&[-1.0; 40], &ok, 1.0), "p_correct", "1"));
    assert!(DoubtSignal::from_name("low_steps").is_err());
}

proptest! {
    /// A higher chance never doubts less, and what is found is what counting finds.
    #[test]
    fn stricter_is_never_lower(
        log in prop::collection::vec((-5.0..0.0f64, any::<bool>()), 30..120), chance in 0.05..0.9f64,
    ) {
        let lowest: Vec<f64> = log.iter().map(|row| row.0).collect();
        let scores: Vec<f64> = log.iter().map(|row| f64::from(u8::from(row.1))).collect();
        let at = |chance| doubt_of(&lowest, &scores, chance, DoubtSignal::Logprob).unwrap();
        let (mild, strict) = (at(chance), at(chance + 0.05));
        prop_assert!(mild.low_logprob <= strict.low_logprob);
        prop_assert!(mild.caught <= strict.caught && mild.false_alarms <= strict.false_alarms);
        let bar = mild.low_logprob.unwrap();
        let wrong = log.iter().filter(|row| !row.1).count();
        let caught = log.iter().filter(|row| !row.1 && row.0 < bar).count();
        if wrong > 0 {
            prop_assert!((mild.caught - (caught as f64 + 0.5) / (wrong as f64 + 1.0)).abs() < 1e-12);
        }
    }
}
