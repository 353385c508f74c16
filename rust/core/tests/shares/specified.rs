//! The ways to specify shares: none, one by one, or a budget.

use super::common::refuses;
use super::deployment::{SHARES, given, governor, ladder, plan, rungs};
use rheostat::governor::{Governor, Scratch};
use rheostat::ladder::{Ladder, Rung};
use rheostat::plan::PlanOptions;
use rheostat::policy::{HYSTERESIS, Policy, Shares, Wanted};
use rheostat::query::Query;

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
