//! The controller, one story at a time.
#![allow(clippy::unwrap_used)] // a test that fails here has failed

mod common;
#[path = "run/limits.rs"]
mod limits;

use common::{LIMIT, brief, is, rung};
use rheostat::ladder::{Limit, Rung};
use rheostat::run::{Action, ActionKind, Brief, CallKind, Dial, Ending, Finish, Phase, Reason, Run, Scope};
use rheostat::vote::VoteRule;
use std::sync::Arc;

fn start(rungs: Vec<Rung>, limit: Limit) -> Run {
    Run::from_brief(Brief { limit, ..brief(rungs) }, 0.0).unwrap()
}

fn two() -> Vec<Rung> {
    vec![rung("fast", "small", 0, 1, 1), rung("deep", "large", 1000, 1, 1)]
}

fn votes() -> Vec<Rung> {
    vec![rung("vote", "small", 50, 3, 1), rung("deep", "large", 1000, 1, 1)]
}

#[test]
fn one_answer_settles_a_rung_of_one_sample() {
    let run = start(two(), LIMIT);
    let call = run.next(0.1).unwrap().remove(0);
    assert_eq!(
        (call.kind, &*call.model, call.max_tokens, call.thinking_tokens),
        (CallKind::Generate, "small", 100, 0)
    );
    let sample = call.sample(0).unwrap();
    for _ in 0..9 {
        assert!(!sample.token(Some(-0.1), &[-0.1, -30.0], Some("x"), 0.2).stops());
    }
    is(sample.finish(Some(" 42 "), 0.5).unwrap(), ActionKind::Stop, Scope::Run, Reason::Finished);
    call.usage(Some(60), Some(40), Some(12), Some(3), 0.6).unwrap();
    assert!(run.next(0.7).unwrap().is_empty() && run.done() && run.settled() && !run.certified());
    assert_eq!(run.answer().as_deref(), Some("42"));
    let spent = run.spent();
    assert_eq!((spent.tokens, spent.samples, spent.calls), (12, 1, 1));
    assert!((spent.usd - (20.0 + 4.0 + 120.0) * 1e-6).abs() < 1e-15);
    assert!((spent.seconds - 0.7).abs() < 1e-12);
    run.close(1.0);
    assert!(run.next(1.0).is_err() && run.settled());
    assert!(sample.finish(None, 1.0).is_err());
}

#[test]
fn a_weak_stream_goes_up_a_rung() {
    let run = start(two(), LIMIT);
    let first = run.next(0.0).unwrap().remove(0);
    let sample = first.sample(0).unwrap();
    for _ in 0..3 {
        is(sample.token(None, &[-2.0; 20], None, 0.0), ActionKind::Continue, Scope::Sample, Reason::Going);
    }
    let ramp = sample.token(None, &[-2.0; 20], None, 0.0);
    is(ramp, ActionKind::Ramp, Scope::Call, Reason::LowConfidence);
    assert_eq!((ramp.dial, ramp.rung, ramp.stops()), (Some(Dial::Model), Some(1), true));
    assert!(sample.token(None, &[], None, 0.0).stops());
    sample.finish(None, 0.1).unwrap();
    let second = run.next(0.2).unwrap().remove(0);
    assert_eq!(
        (second.rung, &*second.model, second.max_tokens, second.thinking_tokens),
        (1, "large", 1100, 1000)
    );
    second.sample(0).unwrap().finish(Some("7"), 0.3).unwrap();
    assert!(run.settled() && run.done());
    // The stream that was given up was sent, too.
    assert_eq!((run.spent().samples, run.escalations()), (2, 1));
}

#[test]
fn the_same_model_with_more_thinking_turns_the_thinking_dial() {
    let run = start(vec![rung("a", "m", 0, 1, 1), rung("b", "m", 500, 1, 1)], LIMIT);
    run.next(0.0).unwrap();
    let sample = run.sample(0).unwrap();
    let ramp = [-2.0; 4].map(|logprob| sample.token(Some(logprob), &[-2.0; 20], None, 0.0))[3];
    assert_eq!((ramp.dial, ramp.reason), (Some(Dial::ThinkingTokens), Reason::LowConfidence));
}

#[test]
fn text_alone_and_single_log_probabilities_are_no_evidence() {
    let run = start(two(), LIMIT);
    let sample = run.sample(0).unwrap();
    for _ in 0..40 {
        assert!(!sample.token(Some(-9.0), &[-9.0], None, 0.0).stops());
    }
    assert!(!sample.text("four words of text", None, 0.0).stops());
    assert_eq!((sample.readings().group, sample.readings().tokens), (None, 40));
}

#[test]
fn at_the_top_a_weak_answer_stays_unsettled() {
    let run = start(vec![rung("only", "m", 0, 1, 1)], LIMIT);
    let sample = run.sample(0).unwrap();
    for _ in 0..9 {
        assert!(!sample.token(None, &[-1.0; 20], None, 0.0).stops());
    }
    is(sample.finish(Some("?"), 0.0).unwrap(), ActionKind::Stop, Scope::Run, Reason::Doubted);
    assert!(!run.settled() && run.done());
    assert_eq!(run.answer().as_deref(), Some("?"));
}

#[test]
fn agreement_stops_before_the_last_sample() {
    let run = start(vec![rung("vote", "m", 50, 6, 1)], LIMIT);
    let call = run.next(0.0).unwrap().remove(0);
    assert_eq!(call.samples, 6);
    let finish = |i, answer| call.sample(i).unwrap().finish(Some(answer), 1.0).unwrap();
    // Sample 0 is slow: those behind it wait.
    for i in [1, 2, 3] {
        assert!(!finish(i, "x").stops());
    }
    is(finish(0, "x"), ActionKind::Stop, Scope::Run, Reason::Agreement);
    assert!(run.settled() && !run.done());
    let late = call.sample(4).unwrap().token(None, &[], None, 2.0);
    is(late, ActionKind::Stop, Scope::Run, Reason::Agreement);
    assert_eq!(run.spent().tokens, 1);
    finish(4, "y");
    call.fail("cancelled", 2.0).unwrap();
    assert!(run.done());
    assert_eq!(run.answer().as_deref(), Some("x"));
}

#[test]
fn two_equal_samples_of_three_settle() {
    let run = start(votes(), LIMIT);
    let call = run.next(0.0).unwrap().remove(0);
    assert!(!call.sample(0).unwrap().finish(Some("x"), 1.0).unwrap().stops());
    is(
        call.sample(1).unwrap().finish(Some("x"), 1.0).unwrap(),
        ActionKind::Stop,
        Scope::Run,
        Reason::Agreement,
    );
    assert!(run.settled());
}

#[test]
fn at_the_top_disagreement_asks_for_samples() {
    let run = start(vec![rung("vote", "small", 50, 3, 1)], LIMIT);
    let call = run.next(0.0).unwrap().remove(0);
    let actions: Vec<Action> =
        (0..3).map(|i| call.sample(i).unwrap().finish(Some(&i.to_string()), 1.0).unwrap()).collect();
    is(actions[2], ActionKind::Ramp, Scope::Run, Reason::Disagreement);
    assert_eq!((actions[2].dial, actions[2].stops()), (Some(Dial::Samples), false));
    let more = run.next(1.0).unwrap().remove(0);
    assert_eq!((more.samples, more.rung, more.id), (3, 0, 1));
    let last = [0, 1, 2].map(|i| more.sample(i).unwrap().finish(Some(&i.to_string()), 1.0).unwrap())[2];
    is(last, ActionKind::Stop, Scope::Run, Reason::TopRung);
    assert!(run.answer().is_some() && !run.settled());
}

#[test]
fn disagreement_goes_up_before_it_draws_more_of_the_same() {
    let run = start(votes(), LIMIT);
    let call = run.next(0.0).unwrap().remove(0);
    let last = [0, 1, 2].map(|i| call.sample(i).unwrap().finish(Some(&i.to_string()), 1.0).unwrap())[2];
    is(last, ActionKind::Ramp, Scope::Run, Reason::Disagreement);
    assert_eq!((last.dial, last.rung), (Some(Dial::Model), Some(1)));
    assert_eq!(run.phase(), Phase::Escalating);
    assert!(run.answer().is_some());
    let deep = run.next(2.0).unwrap().remove(0);
    deep.sample(0).unwrap().finish(Some("42"), 3.0).unwrap();
    assert_eq!(run.answer().as_deref(), Some("42"));
    assert!(run.settled());
}

#[test]
fn a_weak_sample_among_several_is_replaced() {
    let run = start(votes(), LIMIT);
    let call = run.next(0.0).unwrap().remove(0);
    let weak = call.sample(1).unwrap();
    let ramp = weak.tokens(&[-2.0; 8], &[-2.0; 8 * 5], 5, 0.0);
    is(ramp, ActionKind::Ramp, Scope::Sample, Reason::LowConfidence);
    assert_eq!((ramp.dial, ramp.stops()), (Some(Dial::Samples), true));
    weak.finish(None, 0.0).unwrap();
    let other = run.next(0.0).unwrap().remove(0);
    assert_eq!(other.samples, 1);
    for sample in [call.sample(0), call.sample(2), other.sample(0)] {
        sample.unwrap().finish(Some("x"), 0.0).unwrap();
    }
    assert!(run.settled());
    assert_eq!(run.spent().samples, 4);
}

#[test]
fn equal_probes_settle() {
    let run = start(two(), LIMIT);
    let sample = run.sample(0).unwrap();
    for answer in ["1", "7", "7"] {
        assert!(!sample.probe(answer, None, 0.0).stops());
    }
    is(sample.probe(" 7", Some(0.9), 0.0), ActionKind::Stop, Scope::Run, Reason::ProbesAgree);
    sample.finish(None, 0.0).unwrap();
    assert!(run.settled() && run.done());
    assert_eq!(run.answer().as_deref(), Some("7"));
}

#[test]
fn depth_revises_until_a_round_changes_nothing() {
    let run = start(vec![rung("revise", "m", 0, 1, 3)], LIMIT);
    let call = run.next(0.0).unwrap().remove(0);
    call.sample(0).unwrap().text("my draft", Some(4), 0.0);
    is(
        call.sample(0).unwrap().finish(Some("a"), 0.0).unwrap(),
        ActionKind::Continue,
        Scope::Run,
        Reason::Revising,
    );
    let second = run.next(0.0).unwrap().remove(0);
    assert_eq!((second.kind, second.resume.as_deref()), (CallKind::Revise, Some("my draft")));
    second.sample(0).unwrap().finish(Some("b"), 0.0).unwrap();
    let third = run.next(0.0).unwrap().remove(0);
    assert_eq!(third.resume.as_deref(), Some("b"));
    is(
        third.sample(0).unwrap().finish(Some("b"), 0.0).unwrap(),
        ActionKind::Stop,
        Scope::Run,
        Reason::RevisionAgrees,
    );
    assert_eq!((run.answer().as_deref(), run.spent().samples, run.settled()), (Some("b"), 1, true));
}

#[test]
fn all_rounds_done_settles_with_the_newest() {
    let run = start(vec![rung("revise", "m", 0, 1, 2)], LIMIT);
    for answer in ["a", "b"] {
        run.next(0.0).unwrap().remove(0).sample(0).unwrap().finish(Some(answer), 0.0).unwrap();
    }
    assert_eq!(
        (run.answer().as_deref(), run.settled(), run.ended()),
        (Some("b"), true, Some(Reason::RoundsDone))
    );
}

#[test]
fn failures_retry_then_escalate_then_end() {
    let run = start(two(), LIMIT);
    let mut rungs = Vec::new();
    for _ in 0..4 {
        let call = run.next(0.0).unwrap().remove(0);
        rungs.push(call.rung);
        call.fail("503 upstream", 0.0).unwrap();
        assert!(call.fail("again", 0.0).is_err());
    }
    assert_eq!(rungs, [0, 0, 1, 1]);
    assert!(run.next(0.0).unwrap().is_empty() && run.done() && !run.settled());
    assert_eq!((run.answer(), run.spent().samples), (None, 4));
    assert!(run.trail().iter().any(|e| e.detail.as_deref() == Some("503 upstream")));
}

#[test]
fn no_answer_goes_up() {
    let run = start(two(), LIMIT);
    let action = run.sample(0).unwrap().finish(Some("  "), 0.0).unwrap();
    is(action, ActionKind::Ramp, Scope::Run, Reason::NoAnswer);
    assert!(!action.stops());
}

#[test]
fn excluded_rungs_are_passed_over() {
    let mut brief = brief(vec![rung("a", "a", 0, 1, 1), rung("b", "b", 0, 1, 1), rung("c", "c", 0, 1, 1)]);
    brief.allowed = Some([true, false, true].into());
    let run = Run::from_brief(brief, 0.0).unwrap();
    let ramp = run.sample(0).unwrap().finish(None, 0.0).unwrap();
    assert_eq!(ramp.rung, Some(2));
}

#[test]
fn a_run_is_shared_between_threads() {
    fn shared<T: Send + Sync + Clone>(_: &T) {}
    let run = start(vec![rung("vote", "m", 900, 8, 1)], LIMIT);
    let call = run.next(0.0).unwrap().remove(0);
    shared(&run);
    shared(&call);
    std::thread::scope(|scope| {
        for i in 0..8 {
            let sample = call.sample(i).unwrap();
            scope.spawn(move || {
                for _ in 0..100 {
                    sample.token(None, &[-0.1, -30.0], None, 0.0);
                }
                sample.finish(Some("x"), 0.0).unwrap();
            });
        }
    });
    assert!(run.done() && run.settled());
    assert_eq!(run.spent().tokens, 800);
}

#[test]
fn bad_briefs_and_indexes_are_refused() {
    let mut bad = brief(two());
    bad.rung = 2;
    assert!(Run::from_brief(bad, 0.0).unwrap_err().to_string().contains("below the ladder's 2 rungs"));
    let mut bad = brief(two());
    Arc::make_mut(&mut bad.rules).window = 0;
    assert!(Run::from_brief(bad, 0.0).is_err());
    let run = start(two(), LIMIT);
    assert!(run.sample(1).is_err());
    let call = run.next(0.0).unwrap();
    assert!(call.is_empty(), "sample() has granted the first calls");
}

#[test]
fn a_certificate_stops_a_run_and_is_its_own() {
    let certified = |rungs: Vec<Rung>| {
        let mut brief = brief(rungs);
        Arc::make_mut(&mut brief.rules).vote = VoteRule::Certified;
        let run = Run::from_brief(brief, 0.0).unwrap();
        let call = run.next(0.1).unwrap().remove(0);
        for i in 0..12 {
            if call.sample(i).unwrap().finish(Some("7"), 0.2).unwrap().stops() {
                return (run.settled(), run.certified(), i + 1);
            }
        }
        (run.settled(), run.certified(), 12)
    };
    // 2/α: the seventh draw after the first appearance. A second rung takes half of α.
    assert_eq!(certified(vec![rung("vote", "small", 50, 12, 1)]), (true, true, 8));
    let two = || vec![rung("vote", "small", 50, 12, 1), rung("deep", "large", 1000, 1, 1)];
    assert_eq!(certified(two()), (true, true, 9));
    // A sample that is given up for its low confidence ends it, whether it is then finished or fails.
    for fails in [false, true] {
        let mut brief = brief(two());
        Arc::make_mut(&mut brief.rules).vote = VoteRule::Certified;
        let run = Run::from_brief(brief, 0.0).unwrap();
        let call = run.next(0.1).unwrap().remove(0);
        let weak = call.sample(0).unwrap();
        let action = (0..9).map(|_| weak.token(Some(-1.0), &[-1.0, -1.0], None, 0.2)).find(Action::stops);
        assert!(action.is_some());
        if !fails {
            weak.finish(None, 0.3).unwrap();
        }
        for i in 1..12 {
            call.sample(i).unwrap().finish(Some("7"), 0.4).unwrap();
        }
        if fails {
            call.fail("lost", 0.5).unwrap();
        }
        assert_eq!(run.answer().as_deref(), Some("7"));
        assert!(!run.certified());
    }
}

#[test]
fn a_tokens_own_log_probability_is_enough_to_ramp() {
    let mut unsure = brief(two());
    Arc::make_mut(&mut unsure.rules).low_logprob = Some(-1.0);
    let run = Run::from_brief(unsure.clone(), 0.0).unwrap();
    let call = run.next(0.0).unwrap().remove(0);
    let sample = call.sample(0).unwrap();
    // The window is four tokens: one unlikely token among likely ones is none yet.
    is(sample.tokens(&[-0.1, -2.0, -0.1], &[], 0, 0.0), ActionKind::Continue, Scope::Sample, Reason::Going);
    is(sample.token(Some(-1.9), &[], None, 0.0), ActionKind::Ramp, Scope::Call, Reason::LowConfidence);
    assert_eq!(run.rung(), 1);
    // Without a bar no stream ramps.
    let deaf = Run::from_brief(brief(two()), 0.0).unwrap();
    let sample = deaf.sample(0).unwrap();
    is(sample.tokens(&[-9.0; 8], &[], 0, 0.0), ActionKind::Continue, Scope::Sample, Reason::Going);
    for bar in [0.1, -100.5, f64::NAN] {
        Arc::make_mut(&mut unsure.rules).low_logprob = Some(bar);
        let error = Run::from_brief(unsure.clone(), 0.0).unwrap_err().to_string();
        assert!(error.starts_with("low_logprob"), "{error}");
    }
}

#[test]
fn the_longest_text_of_a_stream_that_broke_off_is_the_answer_of_a_run_without_another() {
    let run = start(two(), Limit { escalations: 0, ..LIMIT });
    let call = run.next(0.0).unwrap().remove(0);
    let sample = call.sample(0).unwrap();
    for text in ["Par", "Paris is", " ", ""] {
        sample.keep(text);
    }
    call.fail("reset", 0.0).unwrap();
    run.next(0.0).unwrap().remove(0).fail("reset", 0.0).unwrap();
    assert!(run.done());
    assert_eq!((run.answer().as_deref(), run.settled()), (Some("Paris is"), false));
}

#[test]
fn what_the_clients_own_limit_cuts_is_an_answer() {
    for (max_tokens, tokens, ending, settled) in [
        (Some(1), 1, Ending::Cut, true),
        (Some(1), 1, Ending::Refused, false),
        (Some(1 << 20), 1, Ending::Cut, false),
        (None, 1, Ending::Cut, false),
        // A limit of a thousand tokens that was reached, or nearly so by an estimate; and one that has cut nothing.
        (Some(1_000), 1_000, Ending::Cut, true),
        (Some(1_000), 700, Ending::Cut, true),
        (Some(1_000), 300, Ending::Cut, false),
        (Some(1_000), 2, Ending::Cut, false),
        // Of a limit of twenty, too.
        (Some(20), 20, Ending::Cut, true),
        (Some(20), 12, Ending::Cut, true),
        (Some(20), 2, Ending::Cut, false),
    ] {
        let rungs = [("a", "m"), ("b", "n")]
            .map(|(name, model)| Rung { answer_tokens: 2_000, ..rung(name, model, 0, 1, 1) });
        let brief = Brief { max_tokens, ..brief(rungs.to_vec()) };
        let run = Run::from_brief(brief, 0.0).unwrap();
        let sample = run.next(1.0).unwrap()[0].sample(0).unwrap();
        for _ in 0..tokens {
            sample.token(None, &[], None, 1.0);
        }
        sample.finish_with(&Finish { text: Some("positive"), ending, ..Finish::default() }, 1.0).unwrap();
        assert_eq!(
            (run.settled(), run.escalations()),
            (settled, u32::from(!settled)),
            "{max_tokens:?} {tokens} {ending:?}"
        );
        run.close(2.0);
        assert_eq!(run.answer().as_deref(), Some("positive"));
    }
}
