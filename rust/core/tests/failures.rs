//! Failures through a run: each kind leads to what its row of the table says, and never past a ceiling.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails here has failed

mod common;

use common::{LIMIT, brief, is, rung};
use proptest::prelude::*;
use rheostat::features::Scan;
use rheostat::governor::Governor;
use rheostat::ladder::{Ladder, Limit, Rung};
use rheostat::ledger::RetryBudget;
use rheostat::plan::PlanOptions;
use rheostat::query::Query;
use rheostat::rules::Rules;
use rheostat::run::{ActionKind, Brief, Call, Ending, Failure, FailureKind, Finish, Reason, Run, Scope};
use rheostat::strategy::Strategy;
use std::sync::Arc;

fn two() -> Vec<Rung> {
    vec![rung("a", "m", 0, 1, 1), rung("b", "n", 0, 1, 1)]
}

fn start(rungs: Vec<Rung>, limit: Limit) -> Run {
    Run::from_brief(Brief { limit, ..brief(rungs) }, 0.0).unwrap()
}

fn one(run: &Run) -> Call {
    let mut calls = run.next(1.0).unwrap();
    assert_eq!(calls.len(), 1);
    calls.remove(0)
}

fn probes(agree: u32) -> Vec<Rung> {
    let strategy = Strategy::ProbeFirst { agree, in_turn: false };
    vec![Rung { strategy, ..rung("a", "m", 0, agree, 1) }, rung("b", "n", 0, 1, 1)]
}

/// The rungs that are asked while every call fails with a kind, and the end.
fn play(kind: FailureKind) -> (Vec<u32>, Option<Reason>, u32, Run) {
    let (run, mut rungs) = (start(two(), LIMIT), Vec::new());
    while let Some(call) = run.next(1.0).unwrap().pop() {
        rungs.push(call.rung);
        call.fail_with(&Failure::new(kind, "failed"), 1.0).unwrap();
    }
    assert!(run.done() && !run.settled());
    (rungs, run.ended(), run.fallbacks(), run)
}

#[test]
fn each_kind_leads_to_what_its_row_says() {
    for kind in FailureKind::ALL {
        let (rungs, ended, fallbacks, run) = play(kind);
        let (wanted, samples): (&[u32], u32) = match kind {
            FailureKind::Permanent => (&[0], 0),
            FailureKind::Refusal => (&[0, 1], 2),
            FailureKind::Transient => (&[0, 0, 1, 1], 4),
            _ => (&[0, 0, 1, 1], 0),
        };
        assert_eq!(rungs, wanted, "{kind:?}");
        assert_eq!(ended, Some(if rungs.len() == 1 { Reason::Permanent } else { Reason::TopRung }));
        assert_eq!((fallbacks, run.escalations()), (u32::from(rungs.len() > 1), fallbacks));
        // What never reached an engine takes no place, and costs nothing.
        assert_eq!((run.spent().samples, run.spent().usd), (samples, 0.0), "{kind:?}");
    }
}

#[test]
fn a_retry_waits_as_long_as_the_provider_asks_and_never_past_the_deadline() {
    for (asked, wanted) in [(None, 0.5..1.0001), (Some(20.0), 20.0..20.0001), (Some(f64::NAN), 0.5..1.0001)] {
        let run = start(two(), LIMIT);
        let failure = Failure { retry_after: asked, ..Failure::new(FailureKind::RateLimit, "429") };
        is(one(&run).fail_with(&failure, 1.0).unwrap(), ActionKind::Continue, Scope::Call, Reason::Retry);
        let again = one(&run);
        assert!(wanted.contains(&again.delay), "{}", again.delay);
        assert_eq!((again.attempt, again.rung), (1, 0));
    }
    for asked in [59.0, 1e9, f64::INFINITY] {
        let run = start(two(), LIMIT);
        let failure = Failure { retry_after: Some(asked), ..Failure::new(FailureKind::RateLimit, "429") };
        is(one(&run).fail_with(&failure, 1.0).unwrap(), ActionKind::Ramp, Scope::Run, Reason::Fallback);
        let next = one(&run);
        assert_eq!((next.rung, next.delay, next.attempt), (1, 0.0, 0));
    }
}

#[test]
fn a_failed_probe_is_tried_again_while_the_others_go_on() {
    let run = start(probes(3), LIMIT);
    let call = one(&run);
    let failure = Failure::new(FailureKind::Transient, "reset");
    is(
        call.sample(0).unwrap().fail_with(&failure, 1.0).unwrap(),
        ActionKind::Continue,
        Scope::Call,
        Reason::Retry,
    );
    assert!(call.sample(0).unwrap().fail_with(&failure, 1.0).is_err());
    call.sample(1).unwrap().finish(Some("12"), 1.0).unwrap();
    let again = one(&run);
    assert_eq!((again.rung, again.samples, again.attempt), (0, 1, 1));
    call.sample(2).unwrap().finish(Some("12"), 1.0).unwrap();
    again.sample(0).unwrap().finish(Some("12"), 1.0).unwrap();
    assert_eq!((run.settled(), run.rung()), (true, 0));
}

#[test]
fn probes_that_fail_again_are_replaced_by_a_fallback_and_those_that_differ_by_an_escalation() {
    for (answers, fallbacks) in [(["12", "12"], 1), (["12", "13"], 0)] {
        let run = start(probes(3), LIMIT);
        let call = one(&run);
        let failure = Failure::new(FailureKind::Transient, "reset");
        call.sample(0).unwrap().fail_with(&failure, 1.0).unwrap();
        one(&run).sample(0).unwrap().fail_with(&failure, 1.0).unwrap();
        for (i, answer) in [1, 2].into_iter().zip(answers) {
            if run.rung() == 0 {
                call.sample(i).unwrap().finish(Some(answer), 1.0).unwrap();
            }
        }
        assert_eq!((run.rung(), run.escalations(), run.fallbacks()), (1, 1, fallbacks), "{answers:?}");
    }
}

#[test]
fn the_retry_budget_is_shared_and_then_the_next_rung_is_asked() {
    let retries = Arc::new(RetryBudget::default());
    let mut again = 0;
    for _ in 0..1_000 {
        let run = Run::from_brief(Brief { retries: retries.clone(), ..brief(two()) }, 0.0).unwrap();
        let failed = one(&run).fail("503", 1.0).unwrap();
        again += u32::from(failed.reason == Reason::Retry);
        assert_eq!(one(&run).rung, u32::from(failed.reason != Reason::Retry));
    }
    // A hundred at once, and one for each five first attempts; those on the second rung earn, too.
    assert!((300..=480).contains(&again), "{again}");
}

#[test]
fn tool_calls_alone_are_an_answer_and_an_empty_reply_is_none() {
    for (ending, settled) in [(Ending::ToolCalls, true), (Ending::Complete, false), (Ending::Cut, false)] {
        let run = start(two(), LIMIT);
        let finish = Finish { ending, ..Finish::default() };
        one(&run).sample(0).unwrap().finish_with(&finish, 1.0).unwrap();
        assert_eq!((run.settled(), run.rung()), (settled, usize::from(!settled)));
        assert_eq!(run.answer().as_deref(), settled.then_some(""));
    }
    // Calls cannot be compared: as probes they agree with nothing.
    let run = start(probes(2), LIMIT);
    let call = one(&run);
    let finish = Finish { ending: Ending::ToolCalls, ..Finish::default() };
    call.sample(0).unwrap().finish_with(&finish, 1.0).unwrap();
    assert_eq!(run.rung(), 1);
}

#[test]
fn a_refused_reply_is_no_reason_to_think_longer() {
    let thinks = vec![rung("a", "m", 1_000, 1, 1), rung("b", "n", 0, 1, 1)];
    let run = start(thinks, LIMIT);
    let refused = Finish { text: Some("I cannot"), ending: Ending::Refused, ..Finish::default() };
    let action = one(&run).sample(0).unwrap().finish_with(&refused, 1.0).unwrap();
    is(action, ActionKind::Ramp, Scope::Run, Reason::Fallback);
    assert_eq!((run.answer().as_deref(), run.fallbacks()), (Some("I cannot"), 1));
}

#[test]
fn a_cancelled_stream_costs_what_came_of_it() {
    // Two samples of 100 or 200 tokens, one of them cancelled: what the next call may use of 400.
    for (thinking, text, left) in [(0, "four", 299), (0, "", 300), (100, "four", 100), (100, "", 100)] {
        let run = start(
            vec![rung("a", "m", thinking, 2, 1), rung("b", "n", 1_000, 1, 1)],
            Limit { tokens: 400, ..LIMIT },
        );
        let call = one(&run);
        let cancelled = call.sample(0).unwrap();
        cancelled.text(text, None, 1.0);
        cancelled.cancel(1.0).unwrap();
        assert!(cancelled.cancel(1.0).is_err());
        assert_eq!((run.spent().tokens, run.rung()), (u64::from(!text.is_empty()), 0), "it is no evidence");
        // The other keeps its whole grant, and the rest is free, but for thinking that may be hidden.
        call.sample(1).unwrap().finish(None, 1.0).unwrap();
        assert_eq!(one(&run).max_tokens, left, "{thinking} {text:?}");
    }
}

#[test]
fn probes_that_were_not_sent_give_their_place_to_the_step_up() {
    let run = start(probes(3), Limit { samples: 3, ..LIMIT });
    let call = one(&run);
    call.sample(0).unwrap().finish(Some("7"), 1.0).unwrap();
    let action = call.sample(1).unwrap().finish(Some("8"), 1.0).unwrap();
    is(action, ActionKind::Stop, Scope::Unsent, Reason::CannotAgree);
    let action = call.withdraw(1.0).unwrap();
    is(action, ActionKind::Ramp, Scope::Run, Reason::Disagreement);
    let top = one(&run);
    assert_eq!(top.rung, 1);
    top.sample(0).unwrap().finish(Some("9"), 1.0).unwrap();
    assert_eq!((run.answer().as_deref(), run.settled(), run.spent().samples), (Some("9"), true, 3));
}

#[test]
fn the_derived_ceiling_leaves_room_for_the_next_rung_whatever_fails_below() {
    for (probes, rungs) in [(1, 2), (1, 3), (1, 4), (2, 2), (3, 3), (5, 2)] {
        let each = |i: u32| Rung {
            strategy: if probes > 1 && i + 1 < rungs {
                Strategy::ProbeFirst { agree: probes, in_turn: false }
            } else {
                Strategy::Vote
            },
            ..rung(&i.to_string(), &i.to_string(), 0, if i + 1 < rungs { probes } else { 1 }, 1)
        };
        let ladder = Ladder::new((0..rungs).map(each).collect(), None, None).unwrap();
        let governor = Governor::builder(ladder.into()).build().unwrap();
        let options = PlanOptions { rung: Some("0"), ..PlanOptions::default() };
        let query = Query::text("What is 6 times 7?", 16_384);
        for by_stream in [false, true] {
            let run = Run::start(&governor.plan(&query, &options, &mut Scan::new()).unwrap(), 0.0);
            let mut asked = Vec::new();
            loop {
                let calls = run.next(1.0).unwrap();
                if calls.is_empty() {
                    break;
                }
                for call in calls {
                    assert_eq!(call.max_tokens, 100, "a failed call has eaten the room of another");
                    asked.push(call.rung);
                    let failure = Failure::new(FailureKind::Transient, "reset");
                    if by_stream {
                        for i in 0..call.samples {
                            call.sample(i).unwrap().fail_with(&failure, 1.0).unwrap();
                        }
                    } else {
                        call.fail_with(&failure, 1.0).unwrap();
                    }
                }
            }
            asked.dedup();
            assert_eq!(asked, (0..rungs).collect::<Vec<_>>());
        }
    }
}

proptest! {
    /// A permanent failure of a lone rung ends the run; no other kind is sent more often than its rule says.
    #[test]
    fn failures_are_bounded(
        kinds in prop::collection::vec(prop::sample::select(&FailureKind::ALL[..]), 40), retries in 0_u32..4, rungs in 1_u32..5,
    ) {
        let ladder = (0..rungs).map(|i| rung(&i.to_string(), &i.to_string(), 0, 1, 1)).collect();
        let rules = Arc::new(Rules { retries, ..Rules::default() });
        let limit = Limit { escalations: 9, ..LIMIT };
        let run = Run::from_brief(Brief { limit, rules, ..brief(ladder) }, 0.0).unwrap();
        let mut sent = vec![0_u32; rungs as usize];
        let (mut now, mut kinds) = (0.0, kinds.into_iter().cycle());
        while let Some(call) = run.next(now).unwrap().pop() {
            now += call.delay;
            prop_assert!(now < 60.0, "it would be sent after the deadline");
            sent[call.rung as usize] += 1;
            let kind = kinds.next().unwrap();
            call.fail_with(&Failure::new(kind, ""), now).unwrap();
            if kind == FailureKind::Permanent {
                prop_assert!(run.done());
            }
        }
        prop_assert!(run.done() && sent.iter().all(|times| *times <= retries + 1), "{:?}", sent);
        prop_assert_eq!(run.escalations(), run.fallbacks());
    }
}

#[test]
fn a_call_that_is_withdrawn_is_no_failure() {
    let at = Some("eu".to_owned());
    let ladder = Ladder::new(vec![Rung { deployment: at, ..rung("a", "m", 0, 3, 1) }], None, None).unwrap();
    let governor = Governor::builder(ladder.into()).build().unwrap();
    for stream in [false, true] {
        let plan =
            governor.plan(&Query::text("hi", 1 << 14), &PlanOptions::default(), &mut Scan::new()).unwrap();
        let run = Run::start(&plan, 0.0);
        for _ in 0..20 {
            // As often as somebody leaves; each call is a run's first.
            let call = Run::start(&plan, 0.0).next(1.0).unwrap().remove(0);
            let action = if stream {
                (0..call.samples).fold(None, |_, i| call.sample(i).unwrap().withdraw(1.0).ok()).unwrap()
            } else {
                call.withdraw(1.0).unwrap()
            };
            assert_eq!(action.reason, Reason::Going);
            assert!(call.withdraw(1.0).is_err(), "it has ended");
        }
        assert_eq!(governor.breakers(1.0), []);
        let call = run.next(1.0).unwrap().remove(0);
        call.withdraw(1.0).unwrap();
        let spent = run.spent();
        assert_eq!((spent.tokens, spent.usd, spent.samples), (0, 0.0, 0));
        assert!(
            run.trail().iter().all(|event| event.reason != Reason::Failed && event.reason != Reason::Retry)
        );
        run.close(2.0);
    }
}
