//! Sessions and ledgers, alone and through the governor.

// A test stops where what it rests on is missing.
#![allow(clippy::unwrap_used)]

use rheostat::Error;
use rheostat::features::Scan;
use rheostat::governor::Governor;
use rheostat::ladder::{Ladder, Moves, Rung, ThinkingMove};
use rheostat::ledger::{Cap, Cost, Ledger, LedgerOptions, Payer, Scope};
use rheostat::money::Usd;
use rheostat::plan::{Plan, PlanOptions, PlanReason};
use rheostat::policy::Policy;
use rheostat::query::{Chore, Query, Turn};
use rheostat::rules::Rules;
use rheostat::run::{Reason, Run};
use rheostat::session::{Purpose, SessionOptions, Sessions, Step};
use std::sync::Arc;

const HARD: &str = "Prove that there are infinitely many primes congruent to 3 mod 4, and that the sum of their reciprocals diverges.";
const EASY: &str = "What is the capital of France?";

fn ladder() -> Arc<Ladder> {
    let rung = |name: &str, model: &str, thinking, input: f64, ability| Rung {
        thinking_tokens: thinking,
        input_price: input,
        cached_price: Some(input / 10.0),
        output_price: input * 8.0,
        ability: Some(ability),
        capabilities: if name == "fast" { vec![] } else { vec!["vision".to_owned()] },
        ..Rung::new(name, model)
    };
    let rungs = vec![
        rung("fast", "small", 0, 0.05, 0.55),
        rung("think", "mid", 4_096, 0.25, 0.75),
        rung("deep", "large", 16_384, 1.25, 0.9),
    ];
    Arc::new(Ladder::new(rungs, Some("think"), Some("deep")).unwrap())
}

fn governor(policy: Policy) -> Governor {
    Governor::builder(ladder()).policy(policy).build().unwrap()
}

/// Where a query stands on the scale is the model's affair; these tests are about sessions, so thresholds are put
/// between the two.
fn thresholds() -> Policy {
    let d = |text: &str| {
        plan(&governor(Policy::Utility { usd_per_error: 0.0 }), text, None, 0.0).estimate.difficulty
    };
    let (easy, hard) = (d(EASY), d(HARD));
    assert!(easy < hard);
    Policy::Threshold { thresholds: vec![f64::midpoint(easy, hard), 1.0] }
}

fn plan(governor: &Governor, text: &str, session: Option<&str>, at: f64) -> Plan {
    let options = PlanOptions { session, at, ..PlanOptions::default() };
    governor.plan(&Query::text(text, 16_384), &options, &mut Scan::new()).unwrap()
}

/// An ask behind two turns of `history` bytes.
fn behind(ask: &str, history: u64) -> Query<'_> {
    let mut query = Query::text(ask, 16_384);
    let s = &mut query.structure;
    (s.messages, s.history_bytes, s.context_tokens) = (3, history, history / 4);
    s.total_bytes += history;
    query
}

#[test]
fn a_session_goes_up_stays_up_and_comes_down() {
    let governor = governor(thresholds());
    let at = |text: &str, at: f64| plan(&governor, text, Some("s"), at).rung;
    assert_eq!(at(EASY, 0.0), 0);
    assert_eq!(at(HARD, 1.0), 1);
    assert_eq!([at(EASY, 2.0), at(EASY, 3.0), at(EASY, 4.0)], [1, 1, 0]);
    assert_eq!(at(HARD, 5.0), 1);
    assert_eq!(at(EASY, 4_000.0), 0, "a session that is over is a new one");
    assert_eq!(plan(&governor, EASY, None, 5.0).rung, 0);
}

#[test]
fn turns_that_go_on_reuse_the_rung() {
    let governor = governor(thresholds());
    assert_eq!(plan(&governor, HARD, Some("s"), 0.0).rung, 1);
    let query = Query { turn: Turn::Continuation, ..behind(EASY, 40) };
    let options = PlanOptions { session: Some("s"), at: 1.0, ..PlanOptions::default() };
    let plan = governor.plan(&query, &options, &mut Scan::new()).unwrap();
    assert_eq!(plan.rung, 1);
    assert!(plan.why.has(PlanReason::Session));
    // It says nothing about how hard the session is: three of them do not bring it down.
    for _ in 0..3 {
        assert_eq!(governor.plan(&query, &options, &mut Scan::new()).unwrap().rung, 1);
    }
}

#[test]
fn an_escalation_latches_and_may_pass_start_max() {
    let governor = governor(thresholds());
    plan(&governor, HARD, Some("s"), 0.0);
    governor.escalated("s", 2, 1.0);
    assert_eq!(plan(&governor, HARD, Some("s"), 2.0).rung, 2);
}

#[test]
fn the_users_choice_wins_and_chores_change_nothing() {
    let governor = governor(thresholds());
    plan(&governor, HARD, Some("s"), 0.0);
    let query = Query::text(HARD, 16_384);
    let chosen = PlanOptions { session: Some("s"), rung: Some("fast"), at: 1.0, ..PlanOptions::default() };
    assert_eq!(governor.plan(&query, &chosen, &mut Scan::new()).unwrap().rung, 0);
    assert_eq!(plan(&governor, HARD, Some("s"), 2.0).rung, 1);
    let mut query = Query::text("Write a title for this conversation: proofs about primes", 16_384);
    query.request.chore = Some(Chore::Aside);
    let options = PlanOptions { session: Some("s"), at: 3.0, ..PlanOptions::default() };
    let chore = governor.plan(&query, &options, &mut Scan::new()).unwrap();
    assert_eq!((chore.rung, chore.purpose), (0, Purpose::Housekeeping));
    assert_eq!(governor.sessions().standing("s", 3.0).unwrap().rung, 1);
    let told = PlanOptions { purpose: Some(Purpose::Planning), ..PlanOptions::default() };
    let planned = governor.plan(&Query::text(EASY, 16_384), &told, &mut Scan::new()).unwrap();
    assert_eq!(planned.rung, 1, "at least the default rung");
    assert!(planned.why.has(PlanReason::Planning));
}

#[test]
fn what_does_not_fit_moves_the_session() {
    let governor = governor(thresholds());
    assert_eq!(plan(&governor, EASY, Some("s"), 0.0).rung, 0);
    let mut query = Query::text(EASY, 16_384);
    query.request.vision = true;
    let options = PlanOptions { session: Some("s"), at: 1.0, ..PlanOptions::default() };
    assert_eq!(governor.plan(&query, &options, &mut Scan::new()).unwrap().rung, 1);
    // One picture does not break the session: without it, it comes down again.
    for (turn, rung) in [(2.0, 1), (3.0, 1), (4.0, 0)] {
        assert_eq!(plan(&governor, EASY, Some("s"), turn).rung, rung);
    }
}

#[test]
fn a_warm_cache_is_held_against_the_gain() {
    // Long conversations: what leads to a switch in a cold one must not in a warm one, at some worth of an error.
    let (query, before) = (behind(EASY, 540_000), behind("Hello.", 540_000));
    let mut held = 0;
    // Where the switch lies is the model's affair: the worth of an error is walked in small steps.
    for step in 0..100 {
        let usd_per_error = 0.01 * 1.08_f64.powi(step);
        let at = |warm: bool| {
            let governor =
                Governor::builder(ladder()).policy(Policy::Utility { usd_per_error }).build().unwrap();
            let choose = PlanOptions { session: Some("s"), rung: Some("fast"), ..PlanOptions::default() };
            governor.plan(&before, &choose, &mut Scan::new()).unwrap();
            let at = if warm { 10.0 } else { 1_000.0 };
            let options = PlanOptions { session: Some("s"), at, ..PlanOptions::default() };
            governor.plan(&query, &options, &mut Scan::new()).unwrap()
        };
        let (warm, cold) = (at(true), at(false));
        assert!(warm.rung <= cold.rung);
        held += usize::from(warm.rung < cold.rung);
        assert_eq!(cold.switch_usd.to_bits(), 0);
        assert_eq!(warm.switch_usd > 0.0, warm.rung != 0);
    }
    assert!(held > 0, "a warm cache never held anything");
}

#[test]
fn thinking_of_another_model_is_to_be_stripped() {
    let governor = governor(thresholds());
    assert!(plan(&governor, HARD, Some("s"), 0.0).strip_thinking().is_empty());
    governor.escalated("s", 2, 1.0);
    assert_eq!(plan(&governor, HARD, Some("s"), 2.0).strip_thinking(), ["mid"]);
    let choose = PlanOptions { session: Some("s"), rung: Some("fast"), at: 3.0, ..PlanOptions::default() };
    let down = governor.plan(&Query::text(HARD, 16_384), &choose, &mut Scan::new()).unwrap();
    assert_eq!(down.strip_thinking(), ["mid", "large"]);
    let mut signed = Query::text(HARD, 16_384);
    signed.request.signed_thinking = true;
    let unknown = governor.plan(&signed, &PlanOptions::default(), &mut Scan::new()).unwrap();
    assert_eq!(unknown.strip_thinking(), ["*"]);
}

#[test]
fn plans_are_cut_to_what_the_payer_has_left() {
    let cap = Cap { usd: Some(Usd::from_dollars(1.0)), tokens: Some(5_000), ..Cap::new(Scope::Tenant) };
    let ledger = Ledger::new(LedgerOptions { caps: vec![cap], ..LedgerOptions::default() }).unwrap();
    let governor = Governor::builder(ladder()).policy(thresholds()).ledger(ledger.into()).build().unwrap();
    let options = PlanOptions { tenant: Some("t"), ..PlanOptions::default() };
    let query = Query::text(HARD, 16_384);
    let plan = governor.plan(&query, &options, &mut Scan::new()).unwrap();
    assert_eq!((plan.rung, plan.limit.tokens), (1, 5_000));
    assert!(plan.why.has(PlanReason::Ledger));
    let purse = plan.funding.unwrap();
    let hold = purse.reserve(None, Cost::new(5_000, Usd(0)), None, 0.0).unwrap();
    let refused = governor.plan(&query, &options, &mut Scan::new()).unwrap_err();
    assert!(matches!(&refused, Error::Denied { cap, .. } if cap.to_string() == "tenant tokens"), "{refused}");
    assert!(governor.plan(&query, &PlanOptions::default(), &mut Scan::new()).is_ok());
    purse.settle(hold, Cost::new(1_000, Usd(0)), 0.0);
    let plan = governor.plan(&query, &options, &mut Scan::new()).unwrap();
    assert_eq!(plan.limit.tokens, 4_000);
    let payer = Payer { tenant: Some("t"), ..Payer::default() };
    assert_eq!(governor.ledger().unwrap().room(&payer, 0.0).tokens, 4_000);
}

#[test]
fn names_and_options_out_of_bounds_are_refused() {
    let governor = governor(thresholds());
    let long = "x".repeat(257);
    for name in ["", long.as_str()] {
        for options in [
            PlanOptions { session: Some(name), ..PlanOptions::default() },
            PlanOptions { tenant: Some(name), ..PlanOptions::default() },
        ] {
            let error = governor.plan(&Query::text(EASY, 64), &options, &mut Scan::new()).unwrap_err();
            assert!(matches!(error, Error::Invalid { .. }));
        }
    }
    let bad = SessionOptions { ttl: f64::NAN, ..SessionOptions::default() };
    assert!(Governor::builder(ladder()).sessions(bad).build().is_err());
    for at in [f64::NAN, f64::NEG_INFINITY, f64::INFINITY, -1.0, 1e300] {
        plan(&governor, EASY, Some("odd"), at);
    }
}

#[test]
fn a_run_draws_on_the_ledger_before_each_call_and_settles_at_its_end() {
    let cap = Cap { tokens: Some(6_000), ..Cap::new(Scope::Tenant) };
    let ledger =
        Arc::new(Ledger::new(LedgerOptions { caps: vec![cap], ..LedgerOptions::default() }).unwrap());
    let governor = Governor::builder(ladder()).policy(thresholds()).ledger(ledger.clone()).build().unwrap();
    let payer = Payer { tenant: Some("t"), ..Payer::default() };
    let room = || ledger.room(&payer, 0.0).tokens;
    let options = PlanOptions { tenant: Some("t"), rung: Some("think"), ..PlanOptions::default() };
    let plan = || governor.plan(&Query::text(HARD, 16_384), &options, &mut Scan::new()).unwrap();
    let (first, second) = (plan(), plan());
    let run = Run::start(&first, 0.0);
    assert_eq!(room(), 6_000, "nothing is drawn before a call is asked for");
    let calls = run.next(0.0).unwrap();
    let granted = calls[0].max_tokens;
    assert_eq!(room(), 6_000 - granted);
    // The other plan was made when there was more; its run is refused, and says so.
    let late = Run::start(&second, 0.0);
    assert!(late.next(0.0).unwrap().is_empty());
    assert_eq!(late.ended(), Some(Reason::Ledger));
    calls[0].sample(0).unwrap().finish(Some("42"), 1.0).unwrap();
    calls[0].usage(Some(100), None, Some(700), None, 1.0).unwrap();
    run.close(1.0);
    assert_eq!(room(), 5_300);
    assert_eq!(ledger.stats().live, 0);
    // A run that is dropped in the middle counts as it was granted.
    let dropped = Run::start(&plan(), 2.0);
    let granted = dropped.next(2.0).unwrap()[0].max_tokens;
    drop(dropped);
    assert_eq!((room(), ledger.stats().live), (5_300 - granted, 0));
}

#[test]
fn a_run_on_a_shared_ledger_claims_in_turns_and_is_raised_out_of_its_claim() {
    let rung = |name: &str| Rung { thinking_tokens: 1_000, answer_tokens: 100, ..Rung::new(name, name) };
    let moves = Moves { thinking: ThinkingMove::Raise, ..Moves::default() };
    let ladder =
        Ladder::new(vec![rung("think"), rung("deep")], Some("think"), None).unwrap().with_moves(moves);
    let cap = Cap { tokens: Some(6_000), ..Cap::new(Scope::Tenant) };
    let ledger =
        Arc::new(Ledger::new(LedgerOptions { caps: vec![cap], ..LedgerOptions::default() }).unwrap());
    let empty = ledger.snapshot();
    ledger.share();
    let governor = Governor::builder(ladder.into())
        .policy(Policy::Threshold { thresholds: vec![1.0] })
        .rules(Rules { window: 4, low_confidence: Some(2.3), low_top_logprob: None, ..Rules::default() })
        .ledger(ledger.clone())
        .build()
        .unwrap();
    let options = PlanOptions { tenant: Some("t"), rung: Some("think"), ..PlanOptions::default() };
    let plan = || governor.plan(&Query::text(HARD, 16_384), &options, &mut Scan::new()).unwrap();
    let outside = Run::start(&plan(), 0.0);
    assert!(outside.next(0.0).unwrap().is_empty());
    assert_eq!(outside.ended(), Some(Reason::Ledger));
    // What could not be written is taken back, and granted again.
    let run = Run::start(&plan(), 0.0);
    ledger.begin();
    let calls = run.next(0.0).unwrap();
    assert!(!ledger.commit().is_empty());
    run.take_back(&calls);
    assert_eq!((run.spent().tokens, run.done()), (0, false));
    ledger.restore(&empty).unwrap();
    ledger.begin();
    let call = run.next(0.0).unwrap().remove(0);
    assert!(!ledger.commit().is_empty());
    ledger.written();
    assert_eq!((ledger.stats().live, ledger.stats().held_tokens), (1, 2_100), "as much again to think");
    let sample = call.sample(0).unwrap();
    let ramp = [(); 4].map(|()| sample.token(None, &[-2.0; 20], Some("hm "), 0.0))[3];
    assert_eq!((ramp.tokens, ramp.stops()), (Some(1_000), false));
    // Its newest group is good again.
    for _ in 0..20 {
        sample.token(None, &[-2.1; 20], None, 0.0);
    }
    assert!(!sample.text("", Some(2_000), 0.0).stops());
    sample.finish(Some("42"), 0.0).unwrap();
    assert_eq!(ledger.stats().held_tokens, 2_100);
    run.close(0.0);
    assert!(ledger.owing() && !ledger.urgent());
    assert_eq!((ledger.stats().live, ledger.stats().spent.tokens), (0, 2_024));
}

fn sessions(most: usize) -> Sessions {
    Sessions::new(SessionOptions { capacity: most, ..SessionOptions::default() }).unwrap()
}

fn step(rung: usize, easier: bool) -> Step {
    Step { rung, easier, counts: true, request: 0, thinks: rung > 0, prefix_tokens: 1_000 }
}

#[test]
fn a_session_goes_up_at_once_and_down_after_several_easier_asks() {
    let s = sessions(100);
    assert_eq!(s.standing("a", 0.0), None);
    s.step("a", &step(2, false), 0.0);
    for turn in 1..=2 {
        let standing = s.standing("a", f64::from(turn)).unwrap();
        assert_eq!((standing.rung, standing.keep(0), standing.keep(3)), (2, 2, 3));
        s.step("a", &step(2, true), f64::from(turn));
    }
    assert_eq!(s.standing("a", 3.0).unwrap().keep(0), 0);
    s.step("a", &step(2, false), 3.0); // a hard one between them starts the count again
    assert_eq!(s.standing("a", 4.0).unwrap().keep(0), 2);
}

#[test]
fn caches_grow_cold_and_sessions_end() {
    let s = sessions(100);
    s.step("a", &step(1, false), 0.0);
    assert_eq!(s.standing("a", 299.0).unwrap().cached_tokens, 1_000);
    assert_eq!(s.standing("a", 300.0).unwrap().cached_tokens, 0);
    assert_eq!(s.standing("a", 3_600.0), None);
    for odd in [f64::NAN, -1.0, f64::NEG_INFINITY] {
        assert_eq!(s.standing("a", odd).unwrap().rung, 1);
    }
    assert_eq!(s.standing("a", f64::INFINITY), None);
}

#[test]
fn an_escalation_keeps_the_session_up() {
    let s = sessions(100);
    s.step("a", &step(1, true), 0.0);
    s.escalated("a", 2, true, 1.0);
    let standing = s.standing("a", 2.0).unwrap();
    assert_eq!((standing.rung, standing.easier, standing.thought), (2, 0, 0b110));
    s.escalated("unknown", 2, true, 1.0);
    assert!(s.forget("a") && !s.forget("a"));
}

#[test]
fn a_session_costs_less_than_512_bytes_and_the_oldest_goes_first() {
    let s = sessions(20_000);
    for i in 0..30_000 {
        s.step(&format!("session-{i:028}"), &step(1, false), f64::from(i) * 1e-3);
    }
    let (count, bytes) = s.size();
    assert!((19_000..=20_016).contains(&count), "{count}");
    assert!(bytes / count <= 512, "{}", bytes / count);
    assert!(s.standing("session-0000000000000000000000000000", 30.0).is_none());
    assert!(s.standing(&format!("session-{:028}", 29_999), 30.0).is_some());
}

#[test]
fn options_out_of_bounds_are_named() {
    for (bad, name) in [
        (SessionOptions { capacity: 0, ..SessionOptions::default() }, "capacity"),
        (SessionOptions { ttl: f64::NAN, ..SessionOptions::default() }, "ttl"),
        (SessionOptions { cache_ttl: -1.0, ..SessionOptions::default() }, "cache_ttl"),
        (SessionOptions { down_after: 0, ..SessionOptions::default() }, "down_after"),
    ] {
        assert!(Sessions::new(bad).unwrap_err().to_string().contains(name));
    }
}
