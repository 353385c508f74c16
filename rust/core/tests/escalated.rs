//! Caps on escalated spend: the money of calls above the entry rung. No order of events passes one; where it is used up, plans and
//! ramps stay on the entry rung.

// A test stops where what it rests on is missing.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use proptest::prelude::*;
use rheostat::Error;
use rheostat::features::Scan;
use rheostat::governor::Governor;
use rheostat::ladder::{Ladder, Rung};
use rheostat::ledger::{Cap, Cost, Ledger, LedgerOptions, Payer, Scope};
use rheostat::money::Usd;
use rheostat::plan::{Field, Plan, PlanOptions, PlanReason};
use rheostat::policy::Policy;
use rheostat::query::Query;
use rheostat::run::{Call, Reason, Run, Usage};
use std::sync::Arc;

fn ladder() -> Arc<Ladder> {
    let rung = |name: &str, price: f64, samples| Rung {
        input_price: price / 8.0,
        output_price: price,
        answer_tokens: 400,
        samples,
        capabilities: if name == "fast" { vec![] } else { vec!["vision".to_owned()] },
        ..Rung::new(name, format!("model of {name}"))
    };
    let rungs = vec![rung("fast", 1.0, 1), rung("think", 10.0, 1), rung("deep", 40.0, 3)];
    Ladder::new(rungs, Some("fast"), Some("deep")).unwrap().into()
}

fn cap(usd: f64) -> Cap {
    Cap { escalated: Some(Usd::from_dollars(usd)), ..Cap::new(Scope::Tenant) }
}

/// Utility with errors this dear takes the highest rung for any prompt.
fn governor(caps: Vec<Cap>) -> Governor {
    let ledger = Ledger::new(LedgerOptions { caps, ..LedgerOptions::default() }).unwrap();
    Governor::builder(ladder())
        .policy(Policy::Utility { usd_per_error: 100.0 })
        .ledger(ledger.into())
        .build()
        .unwrap()
}

fn plan(governor: &Governor, options: PlanOptions<'_>) -> Result<Plan, Error> {
    governor.plan(
        &Query::text("Prove that the sum of the angles is 180 degrees.", 16_384),
        &options,
        &mut Scan::new(),
    )
}

const ACME: PlanOptions<'static> = PlanOptions {
    tenant: Some("acme"),
    ceiling: None,
    models: None,
    rung: None,
    session: None,
    purpose: None,
    difficulty: None,
    p_correct: None,
    at: 0.0,
};

#[test]
fn an_empty_cap_keeps_its_tenant_on_the_entry_rung_and_says_so() {
    let governor = governor(vec![cap(0.0)]);
    let other = plan(&governor, PlanOptions::default()).unwrap();
    assert_eq!((other.rung, other.why.has(PlanReason::Escalated)), (2, false));
    let mine = plan(&governor, ACME).unwrap();
    assert_eq!((mine.rung, mine.allowed.as_deref()), (0, Some(&[true, false, false][..])));
    assert!(
        mine.reasons()
            .iter()
            .any(|r| r.contains("cap on escalated spend leaves $0.000000 for calls above \"fast\""))
    );
    // No rung above is asked for by a ramp either, and the run says why.
    let run = Run::start(&mine, 0.0);
    let calls = run.next(1.0).unwrap();
    calls[0].sample(0).unwrap().finish(None, 2.0).unwrap();
    assert!(run.next(3.0).unwrap().is_empty());
    assert_eq!(run.ended(), Some(Reason::Escalated));
}

#[test]
fn neither_a_choice_nor_a_list_of_models_passes_an_empty_cap() {
    let governor = governor(vec![cap(0.0)]);
    let chosen = plan(&governor, PlanOptions { rung: Some("deep"), ..ACME }).unwrap();
    assert_eq!(chosen.rung, 0);
    assert!(chosen.clamped.iter().any(|c| (c.field, c.wanted, c.got) == (Field::Rung, 2.0, 0.0)));
    let models = ["model of deep".to_owned()];
    let error = plan(&governor, PlanOptions { models: Some(&models), ..ACME }).unwrap_err();
    assert!(error.to_string().starts_with("tenant escalated_usd: "), "{error}");
}

#[test]
fn the_lowest_rung_that_can_serve_is_the_entry() {
    let governor = governor(vec![cap(0.0)]);
    let mut query = Query::text("What is in this picture?", 16_384);
    query.request.vision = true;
    let plan = governor.plan(&query, &ACME, &mut Scan::new()).unwrap();
    assert_eq!((plan.rung, plan.limit.entry), (1, 1));
    let run = Run::start(&plan, 0.0);
    let calls = run.next(1.0).unwrap();
    assert_eq!(calls[0].rung, 1);
    assert_eq!(run.spent().escalated_usd.to_bits(), 0.0_f64.to_bits());
}

#[test]
fn dials_are_cut_to_the_cap_and_a_drained_cap_sends_a_planned_run_to_the_entry_rung() {
    // Two of the three samples on "deep" fit.
    let governor = governor(vec![cap(0.035)]);
    let [first, second] = [plan(&governor, ACME).unwrap(), plan(&governor, ACME).unwrap()];
    assert_eq!((first.rung, first.dials.samples), (2, 2));
    let (one, two) = (Run::start(&first, 0.0), Run::start(&second, 0.0));
    assert_eq!(one.next(1.0).unwrap()[0].rung, 2);
    // The second was planned before the first drew: it starts on the entry rung instead of failing.
    assert_eq!(two.next(1.0).unwrap()[0].rung, 0);
    let payer = Payer { tenant: Some("acme"), ..Payer::default() };
    let (left, cap) = governor.ledger().unwrap().escalated_room(&payer, 1.0).unwrap();
    assert!(left < Usd::from_dollars(0.035 / 2.0), "{left:?}");
    assert_eq!(cap.to_string(), "tenant escalated_usd");
}

/// A call that a run was granted: its rung, and what it may still cost above the entry rung, by this test's own arithmetic.
struct Open {
    call: Call,
    exposure: u64,
}

/// Picodollars of a call that costs all that it may, or what was reported.
fn price(rung: u32, input: u64, output: u64) -> u64 {
    let per_token = [1_000_000_u64, 10_000_000, 40_000_000][rung as usize];
    if rung == 0 { 0 } else { input * per_token / 8 + output * per_token }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Plans, grants, answers, failures and late usage of many runs of two tenants, in any order: what calls above the entry rung have
    /// cost, and may still cost, stays within each tenant's cap.
    #[test]
    fn no_order_of_events_passes_the_cap(steps in prop::collection::vec((0u8..8, any::<u8>(), any::<u8>()), 1..160), cents in 0u64..12) {
        let dollars = cents as f64 / 100.0;
        let governor = governor(vec![cap(dollars), Cap { key: Some("b".into()), ..cap(dollars / 2.0) }]);
        let most = [Usd::from_dollars(dollars).0, Usd::from_dollars(dollars / 2.0).0];
        let mut runs: Vec<(usize, u64, Run, Vec<Open>)> = Vec::new();
        let mut settled = [0_u64; 2];
        for (at, (kind, which, how)) in steps.into_iter().enumerate() {
            let at = at as f64 / 100.0;
            let tenant = usize::from(which % 2);
            if kind == 0 || runs.is_empty() {
                let rung = [None, Some("think"), Some("deep"), Some("fast")][usize::from(how % 4)];
                let options = PlanOptions { tenant: Some(["a", "b"][tenant]), rung, at, ..ACME };
                if let Ok(plan) = plan(&governor, options) {
                    runs.push((tenant, plan.input_tokens.into(), Run::start(&plan, at), Vec::new()));
                }
                continue;
            }
            let index = usize::from(which) % runs.len();
            let (tenant, input, run, open) = &mut runs[index];
            if kind < 4 {
                for call in run.next(at).unwrap_or_default() {
                    let samples = u64::from(call.samples);
                    let exposure = price(call.rung, *input * samples, call.max_tokens * samples);
                    open.push(Open { call, exposure });
                }
            } else if !open.is_empty() {
                let Open { call, exposure } = open.swap_remove(usize::from(how) % open.len());
                let samples = u64::from(call.samples);
                let (input, output) = (*input * samples, u64::from(how) % call.max_tokens * samples);
                let usage = Usage { input: Some(input), output: Some(output), ..Usage::default() };
                let failed = kind == 7;
                if failed {
                    call.fail("it broke", at).unwrap();
                } else {
                    for i in 0..call.samples {
                        let answer = ["", "1", "2"][(usize::from(how) + i as usize) % 3];
                        call.sample(i).unwrap().finish(Some(answer), at).ok();
                    }
                }
                // A failed call without usage keeps what its engine may have spent.
                let known = !failed || how % 2 == 0;
                if known {
                    call.report(usage, at);
                }
                settled[*tenant] += if known { price(call.rung, input, output) } else { exposure };
            }
            let mut exposed = settled;
            for (tenant, _, _, open) in &runs {
                exposed[*tenant] += open.iter().map(|open| open.exposure).sum::<u64>();
            }
            prop_assert!(exposed[0] <= most[0] && exposed[1] <= most[1], "{exposed:?} of {most:?}");
        }
    }
}

#[test]
fn a_claim_of_its_own_draws_on_the_cap_of_its_window() {
    let cap = Cap { period: Some(60.0), usd: Some(Usd::from_dollars(1.0)), ..cap(0.10) };
    let ledger = Ledger::new(LedgerOptions { caps: vec![cap], ..LedgerOptions::default() }).unwrap();
    let payer = Payer { tenant: Some("acme"), ..Payer::default() };
    let claim = |dollars: f64| Cost {
        tokens: 0,
        usd: Usd::from_dollars(dollars),
        escalated: Usd::from_dollars(dollars),
    };
    let hold = ledger.reserve(&payer, claim(0.08), None, 0.0).unwrap();
    assert!(
        matches!(ledger.reserve(&payer, claim(0.03), None, 1.0), Err(Error::Denied { cap, .. }) if cap.part == "escalated_usd")
    );
    // Money on the entry rung draws on the other bound alone.
    ledger.reserve(&payer, Cost::new(0, Usd::from_dollars(0.5)), None, 1.0).unwrap();
    ledger.settle(hold, claim(0.05), 2.0);
    assert_eq!(ledger.escalated_room(&payer, 3.0).unwrap().0, Usd::from_dollars(0.05));
    assert_eq!(ledger.escalated_room(&payer, 61.0).unwrap().0, Usd::from_dollars(0.10));
    let restored =
        Ledger::new(LedgerOptions { caps: ledger.caps().to_vec(), ..LedgerOptions::default() }).unwrap();
    restored.restore(&ledger.snapshot()).unwrap();
    assert_eq!(restored.escalated_room(&payer, 3.0).unwrap().0, Usd::from_dollars(0.05));
}
