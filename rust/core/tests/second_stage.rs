//! A second opinion on the difficulty: what it changes, and what it would be worth before it is asked for.
#![allow(clippy::unwrap_used)] // a test that fails here has failed

mod common;

use common::refuses;
use proptest::prelude::*;
use rheostat::features::Scan;
use rheostat::governor::{Governor, Information, MOST_SPREAD};
use rheostat::ladder::{Ladder, Rung};
use rheostat::plan::{Plan, PlanOptions, PlanReason};
use rheostat::policy::{Guaranteed, Policy};
use rheostat::query::Query;

const ASK: &str = "What is the average of the numbers in the table, and why is it not the middle one?";
const UNLIKE_ANYTHING: &str = "qzxvk wjqhz xkcdq zzqpw vvkqx";

fn governor(policy: Policy) -> Governor {
    let rung = |name: &str, price, ability| Rung {
        answer_tokens: 500,
        output_price: price,
        ability: Some(ability),
        ..Rung::new(name, name)
    };
    let rungs = vec![rung("fast", 0.4, 0.5), rung("mid", 4.0, 0.7), rung("deep", 40.0, 0.9)];
    let ladder = Ladder::new(rungs, Some("mid"), Some("deep")).unwrap();
    Governor::builder(ladder.into()).policy(policy).build().unwrap()
}

fn plan(governor: &Governor, text: &str, difficulty: Option<f64>) -> Plan {
    let options = PlanOptions { difficulty, ..PlanOptions::default() };
    governor.plan(&Query::text(text, 16_384), &options, &mut Scan::new()).unwrap()
}

fn worth(governor: &Governor, text: &str, options: &PlanOptions<'_>, spread: f64) -> Option<f64> {
    governor.information(&Query::text(text, 16_384), options, spread, &mut Scan::new()).unwrap().usd
}

#[test]
fn a_second_opinion_takes_the_place_of_the_estimate() {
    let governor = governor(Policy::Threshold { thresholds: vec![0.3, 0.7] });
    for (difficulty, wanted) in [(0.0, "fast"), (0.5, "mid"), (1.0, "deep")] {
        for text in [ASK, UNLIKE_ANYTHING] {
            let plan = plan(&governor, text, Some(difficulty));
            assert_eq!(plan.rung_ref().name, wanted);
            assert!(plan.why.has(PlanReason::SecondStage) && !plan.why.has(PlanReason::LowCoverage));
            assert_eq!(plan.estimate.difficulty.to_bits(), difficulty.to_bits());
        }
    }
    let (easy, hard) = (plan(&governor, ASK, Some(0.1)), plan(&governor, ASK, Some(0.2)));
    assert!(easy.p_correct > hard.p_correct);
    assert_ne!(easy.id.to_string()[..16], hard.id.to_string()[..16], "options are a part of a plan's name");
}

#[test]
fn the_estimates_own_difficulty_changes_nothing_else() {
    let governor = governor(Policy::Utility { usd_per_error: 0.05 });
    let first = plan(&governor, ASK, None);
    let second = plan(&governor, ASK, Some(first.estimate.difficulty));
    assert_eq!((first.rung, first.dials), (second.rung, second.dials));
    assert!((first.p_correct - second.p_correct).abs() < 1e-12);
}

#[test]
fn an_opinion_is_worth_more_than_its_price_or_a_likely_change() {
    let known = |usd, change| Information { usd, change };
    for (information, least, worth) in [
        (known(Some(0.02), Some(0.1)), Some(0.9), Some(true)),
        (known(Some(0.01), Some(0.9)), Some(0.1), Some(false)),
        (known(None, Some(0.3)), Some(0.3), Some(true)),
        (known(None, Some(0.2)), Some(0.3), Some(false)),
        (known(None, Some(1.0)), None, None),
        (known(None, None), Some(0.0), None),
    ] {
        assert_eq!(information.worth(0.01, least), worth, "{information:?}");
    }
}

#[test]
fn bad_opinions_are_named_and_a_promise_takes_none() {
    let query = Query::text(ASK, 16_384);
    for bad in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
        let options = PlanOptions { difficulty: Some(bad), ..PlanOptions::default() };
        let error = governor(Policy::Utility { usd_per_error: 1.0 })
            .plan(&query, &options, &mut Scan::new())
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("difficulty") && error.contains("between 0 and 1"), "{error}");
    }
    let promise = governor(Policy::Guaranteed(Guaranteed::new(0.01, 0.95).unwrap()));
    let options = PlanOptions { difficulty: Some(0.5), ..PlanOptions::default() };
    let error = promise.plan(&query, &options, &mut Scan::new()).unwrap_err().to_string();
    assert!(error.contains("certified"), "{error}");
    assert_eq!(worth(&promise, ASK, &PlanOptions::default(), 1.0), None);
}

#[test]
fn an_opinion_that_cannot_change_the_plan_is_worth_nothing() {
    let weighed = governor(Policy::Utility { usd_per_error: 0.05 });
    let chosen = PlanOptions { rung: Some("deep"), ..PlanOptions::default() };
    assert_eq!(worth(&weighed, ASK, &chosen, 2.0), Some(0.0));
    assert_eq!(worth(&weighed, "", &PlanOptions::default(), 2.0).map(|usd| usd < 1.0), Some(true));
    assert_eq!(worth(&weighed, ASK, &PlanOptions::default(), 0.0), Some(0.0));
    let free = governor(Policy::Utility { usd_per_error: 0.0 });
    assert_eq!(worth(&free, ASK, &PlanOptions::default(), 2.0), Some(0.0));
    let unpriced = governor(Policy::Threshold { thresholds: vec![0.3, 0.7] });
    assert_eq!(worth(&unpriced, ASK, &PlanOptions::default(), 2.0), None);
    for bad in [-1.0, f64::NAN, MOST_SPREAD + 1.0] {
        let query = Query::text(ASK, 16_384);
        let said = weighed.information(&query, &PlanOptions::default(), bad, &mut Scan::new());
        assert!(said.unwrap_err().to_string().starts_with("spread"));
    }
}

#[test]
fn it_is_worth_most_where_rungs_are_close() {
    let most = |usd_per_error| {
        worth(&governor(Policy::Utility { usd_per_error }), ASK, &PlanOptions::default(), 0.5).unwrap()
            / usd_per_error
    };
    let (cheap, between, dear) = (most(1e-6), most(0.03), most(1e6));
    assert!(cheap < 1e-6 && dear < 1e-6 && between > 1e-4, "{cheap} {between} {dear}");
}

proptest! {
    /// Against the definition: for each move of the difficulty, the costs of the planned rung and of the rung that is best.
    #[test]
    fn it_equals_its_definition(usd_per_error in 0.0..1.0, spread in 0.0..4.0, text in "[a-z ]{20,200}\\?") {
        let weighed = governor(Policy::Utility { usd_per_error });
        let got = worth(&weighed, &text, &PlanOptions::default(), spread).unwrap();
        let before = plan(&weighed, &text, None);
        let (mut saved, mut total) = (0.0, 0.0);
        for step in -12..=12 {
            let z = f64::from(step) * 0.25;
            let difficulty = 1.0 / (1.0 + (-(before.estimate.location + spread * z)).exp());
            let after = plan(&weighed, &text, Some(difficulty));
            let cost = |rung| {
                let p = after.snapshot.p_correct(&after.estimate, rung);
                after.snapshot.expected_usd(&after.estimate, rung) + usd_per_error * (1.0 - p)
            };
            saved += (-z * z / 2.0).exp() * (cost(before.rung) - cost(after.rung));
            total += (-z * z / 2.0).exp();
        }
        prop_assert!((got - saved / total).abs() < 1e-9, "{got} {}", saved / total);
        prop_assert!(got >= 0.0 && got <= usd_per_error + 1.0);
    }
}

#[test]
fn chances_of_rungs_take_the_place_of_the_estimates() {
    let governor = governor(Policy::Utility { usd_per_error: 0.05 });
    let with = |chances: &[Option<f64>]| {
        let options = PlanOptions { p_correct: Some(chances), ..PlanOptions::default() };
        governor.plan(&Query::text(ASK, 16_384), &options, &mut Scan::new())
    };
    let first = plan(&governor, ASK, None);
    let told = with(&[None, Some(0.99), None]).unwrap();
    assert_eq!((told.rung_ref().name.as_str(), told.p_correct), ("mid", 0.99));
    assert!(told.why.has(PlanReason::SecondStage) && told.estimate == first.estimate);
    // What was not said stays the estimate's, and the run weighs its ramps with all of them.
    assert_eq!((told.p_correct_of(0), told.p_correct_of(2)), (first.p_correct_of(0), first.p_correct_of(2)));
    assert!(told.chances.is_some() && first.chances.is_none());
    let none = with(&[None, None, None]).unwrap();
    assert_eq!((none.rung, none.p_correct), (first.rung, first.p_correct));
    for (chances, what, value) in [
        (vec![Some(0.5); 2], "p_correct", "2 of them"),
        (vec![None, Some(f64::NAN), None], "p_correct[\"mid\"]", "NaN"),
        (vec![Some(-0.1), None, None], "p_correct[\"fast\"]", "-0.1"),
    ] {
        let error = with(&chances).unwrap_err().to_string();
        assert!(refuses(&error, what, value), "{error}");
    }
}

#[test]
fn how_likely_another_rung_is_needs_no_price() {
    let at = |threshold: f64, spread: f64| {
        let governor = governor(Policy::Threshold { thresholds: vec![threshold, 1.0] });
        let options = PlanOptions::default();
        governor.information(&Query::text(ASK, 16_384), &options, spread, &mut Scan::new()).unwrap()
    };
    let difficulty = plan(&governor(Policy::Utility { usd_per_error: 0.0 }), ASK, None).estimate.difficulty;
    let near = at(difficulty + 1e-6, 1.0);
    // One side of a symmetric sum, without its middle.
    assert!(near.usd.is_none() && (0.44..0.5).contains(&near.change.unwrap()), "{near:?}");
    assert!(at(difficulty + 0.1, 1.0).change < near.change);
    assert_eq!(at(difficulty + 0.1, 0.0).change, Some(0.0));
    let priced = governor(Policy::Utility { usd_per_error: 0.05 });
    let known = priced
        .information(&Query::text(ASK, 16_384), &PlanOptions::default(), 1.0, &mut Scan::new())
        .unwrap();
    assert_eq!(known.usd, worth(&priced, ASK, &PlanOptions::default(), 1.0));
    let promised = governor(Policy::Guaranteed(Guaranteed::new(0.01, 0.95).unwrap()));
    let known = promised
        .information(&Query::text(ASK, 16_384), &PlanOptions::default(), 1.0, &mut Scan::new())
        .unwrap();
    assert_eq!((known.usd, known.change), (None, None));
}
