//! A request that changes something at its provider is never sent twice, whatever comes of it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails here has failed

mod common;

use common::{LIMIT, brief, rung};
use proptest::prelude::*;
use rheostat::features::Scan;
use rheostat::governor::Governor;
use rheostat::ladder::{Ladder, Moves, Rung, ThinkingMove};
use rheostat::plan::{PlanOptions, PlanReason};
use rheostat::query::Query;
use rheostat::rules::{Evidence, Rules};
use rheostat::run::{Brief, Call, CallKind, Ending, Failure, FailureKind, Finish, Reason, Run};
use rheostat::strategy::Strategy as Spends;
use std::sync::Arc;

fn cascade() -> Vec<Rung> {
    let strategy = Spends::ProbeFirst { agree: 3, in_turn: false };
    vec![Rung { strategy, ..rung("a", "m", 0, 3, 2) }, rung("b", "n", 200, 1, 3), rung("c", "o", 0, 5, 1)]
}

fn start(rungs: Vec<Rung>, rules: Rules, moves: Moves) -> Run {
    let mut brief = Brief { once: true, rules: Arc::new(rules), moves, limit: LIMIT, ..brief(rungs) };
    (brief.dials.samples, brief.dials.depth) = (1, 1);
    Run::from_brief(brief, 0.0).unwrap()
}

fn next(run: &Run) -> Option<Call> {
    let mut calls = run.next(1.0).unwrap();
    assert!(calls.len() <= 1);
    calls.pop()
}

#[test]
fn a_plan_says_it_and_draws_one_sample() {
    let governor = Governor::builder(Ladder::new(cascade(), None, None).unwrap().into()).build().unwrap();
    let plan = |once: bool| {
        let mut query = Query::text("How many primes are there below 1,000?", 1 << 14);
        query.request.once = once;
        governor.plan(&query, &PlanOptions::default(), &mut Scan::new()).unwrap()
    };
    let (once, usual) = (plan(true), plan(false));
    assert!(once.why.has(PlanReason::Once) && !usual.why.has(PlanReason::Once));
    assert_eq!((once.dials.samples, once.dials.depth), (1, 1));
    assert!(once.reasons().iter().any(|why| why.contains("nothing is sent twice")), "{:?}", once.reasons());
    assert_ne!(once.id.digest, usual.id.digest);
    let run = Run::start(&once, 0.0);
    let call = next(&run).unwrap();
    assert_eq!((call.samples, run.draws_one(call.rung)), (1, true));
    // One answer settles: there is nothing that it could agree with.
    call.sample(0).unwrap().finish(Some("168"), 1.0).unwrap();
    assert!(run.done() && run.settled() && run.answer().as_deref() == Some("168"));
}

#[test]
fn only_what_no_engine_got_is_sent_again() {
    for kind in FailureKind::ALL {
        for sent in [None, Some(false), Some(true)] {
            let run = start(cascade(), Rules::default(), Moves::default());
            let failure = Failure { sent, ..Failure::new(kind, "failed") };
            next(&run).unwrap().fail_with(&failure, 1.0).unwrap();
            let again = next(&run).is_some();
            let may = !sent.unwrap_or(kind.may_have_spent()) && kind.falls_back();
            assert_eq!(again, may, "{kind:?} {sent:?}");
            if !may && kind.falls_back() {
                assert_eq!(run.ended(), Some(Reason::Once), "{kind:?} {sent:?}");
            }
        }
    }
}

#[test]
fn what_no_engine_gets_goes_as_far_as_any_other() {
    for kind in [FailureKind::RateLimit, FailureKind::Overloaded, FailureKind::Unreached] {
        let governor = Governor::builder(Ladder::new(cascade(), None, None).unwrap().into()).build().unwrap();
        let mut query = Query::text("How many primes are there below 1,000?", 1 << 14);
        query.request.once = true;
        let plan = governor.plan(
            &query,
            &PlanOptions { rung: Some("a"), ..PlanOptions::default() },
            &mut Scan::new(),
        );
        let (run, mut rungs) = (Run::start(&plan.unwrap(), 0.0), Vec::new());
        while let Some(call) = next(&run) {
            assert_eq!(call.samples, 1);
            rungs.push(call.rung);
            call.fail_with(&Failure::new(kind, "failed"), 1.0).unwrap();
        }
        assert_eq!(rungs, [0, 0, 1, 1, 2, 2], "{kind:?}");
    }
}

#[test]
fn a_reply_that_broke_off_is_the_answer_so_far() {
    let run = start(cascade(), Rules::default(), Moves::default());
    let sample = next(&run).unwrap().sample(0).unwrap();
    sample.text("a half", Some(2), 1.0);
    sample.keep("a half");
    sample.fail_with(&Failure::new(FailureKind::Overloaded, "reset"), 1.0).unwrap();
    assert!(next(&run).is_none() && run.done() && !run.settled());
    assert_eq!(run.answer().as_deref(), Some("a half"));
}

#[derive(Debug, Clone, Copy)]
enum Event {
    Weak,
    Empty,
    Cut,
    Answer,
    Refused,
    Fail(usize, Option<bool>),
    Observe(usize),
    Probe,
    Withdraw,
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        Just(Event::Weak),
        Just(Event::Empty),
        Just(Event::Cut),
        Just(Event::Answer),
        Just(Event::Refused),
        (0..FailureKind::ALL.len(), any::<Option<bool>>()).prop_map(|(kind, sent)| Event::Fail(kind, sent)),
        (0..Evidence::ALL.len()).prop_map(Event::Observe),
        Just(Event::Probe),
        Just(Event::Withdraw),
    ];
    prop::collection::vec(event, 1..12)
}

proptest! {
    /// Any order of events: an engine gets at most one request, which generates.
    #[test]
    fn no_order_of_events_sends_it_twice(
        events in events(),
        thinking in 0..ThinkingMove::ALL.len(),
        every in 0..3_u64,
        shape in 0..3_usize,
        verify in any::<bool>(),
    ) {
        let rules = Rules {
            probe_every: every,
            verify_below: verify.then_some(1.0),
            window: 4,
            low_confidence: Some(2.3),
            low_top_logprob: None,
            ..Rules::default()
        };
        let moves = Moves { thinking: ThinkingMove::ALL[thinking], ..Moves::default() };
        let mut rungs = cascade();
        rungs.rotate_left(shape);
        let run = start(rungs, rules, moves);
        let (mut reached, mut open) = (0, Vec::<Call>::new());
        for event in events {
            let calls = run.next(1.0).unwrap();
            prop_assert!(reached == 0 || calls.is_empty(), "{calls:?}");
            open.extend(calls);
            prop_assert!(open.len() <= 1 && open.iter().all(|call| call.kind == CallKind::Generate && call.samples == 1));
            let Some(call) = open.first() else { break };
            let sample = call.sample(0).unwrap();
            let mut ends = true;
            match event {
                Event::Weak => {
                    for _ in 0..8 {
                        sample.token(Some(-3.0), &[-2.0; 20], Some(" a"), 1.0);
                    }
                    (reached, ends) = (1, false);
                }
                Event::Empty => {
                    reached = 1;
                    sample.finish_with(&Finish { answer: None, text: None, ending: Ending::Complete }, 1.0).ok();
                }
                Event::Cut => {
                    reached = 1;
                    sample.finish_with(&Finish { answer: None, text: Some("a"), ending: Ending::Cut }, 1.0).ok();
                }
                Event::Answer => {
                    reached = 1;
                    sample.finish(Some("168"), 1.0).ok();
                }
                Event::Refused => {
                    reached = 1;
                    sample.finish_with(&Finish { answer: None, text: None, ending: Ending::Refused }, 1.0).ok();
                }
                Event::Fail(kind, sent) => {
                    let kind = FailureKind::ALL[kind];
                    // What has begun has reached its engine, whatever the host says.
                    let sent = if reached == 1 { Some(true) } else { sent };
                    reached |= i32::from(sent.unwrap_or(kind.may_have_spent()));
                    sample.fail_with(&Failure { sent, ..Failure::new(kind, "failed") }, 1.0).ok();
                }
                Event::Observe(evidence) => {
                    // The host saw it in what the engine wrote.
                    reached = 1;
                    run.observe_with(Evidence::ALL[evidence], "wrong", 1.0);
                    ends = false;
                }
                Event::Probe => {
                    (reached, ends) = (1, false);
                    sample.probe("7", Some(0.4), 1.0);
                }
                Event::Withdraw => {
                    sample.withdraw(1.0).ok();
                }
            }
            if ends {
                open.clear();
            }
        }
    }
}
