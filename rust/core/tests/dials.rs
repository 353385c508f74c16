//! Each of the four dials turned end to end, and what keeps it from turning.
#![allow(clippy::unwrap_used)] // a test that fails here has failed

mod common;

use common::{brief, refuses};
use rheostat::ladder::{Load, Moves, Rung, ThinkingMove};
use rheostat::rules::{Evidence, Move, RampRule, Rules};
use rheostat::run::{
    Action, ActionKind, Brief, Call, CallKind, Dial, Phase, Reason, Run, Sample, Scope, Worth,
};
use std::sync::Arc;

const LOAD: Load = Load { input_tokens: 50.0, output_tokens: 100.0, difficulty: 0.5 };

fn rung(name: &str, thinking: u64, samples: u32) -> Rung {
    common::rung(name, name, thinking, samples, 1)
}

fn start(brief: Brief) -> Run {
    Run::from_brief(brief, 0.0).unwrap()
}

fn one(run: &Run) -> Call {
    let mut calls = run.next(0.0).unwrap();
    assert_eq!(calls.len(), 1, "{calls:?}");
    calls.remove(0)
}

/// A full group of tokens that the model was not sure of; the answer to the last.
fn waver(sample: &Sample) -> Action {
    [(); 4].map(|()| sample.token(None, &[-2.0; 20], Some("hm "), 0.0))[3]
}

fn thinking(way: ThinkingMove) -> Run {
    let mut brief = brief(vec![rung("think", 1_000, 1), rung("deep", 4_000, 1)]);
    brief.moves.thinking = way;
    start(brief)
}

#[test]
fn thinking_is_restarted_with_twice_the_budget() {
    let run = thinking(ThinkingMove::Restart);
    let first = one(&run).sample(0).unwrap();
    let ramp = waver(&first);
    assert_eq!(
        (ramp.kind, ramp.dial, ramp.scope),
        (ActionKind::Ramp, Some(Dial::ThinkingTokens), Scope::Call)
    );
    assert_eq!(
        (ramp.tokens, ramp.rung, ramp.stops(), run.phase()),
        (Some(2_000), None, true, Phase::Thinking)
    );
    first.finish(None, 0.0).unwrap();
    let again = one(&run);
    assert_eq!((again.rung, again.thinking_tokens, again.resume.as_deref()), (0, 2_000, None));
    assert_eq!(run.phase(), Phase::Sampling);
    again.sample(0).unwrap().finish(Some("42"), 0.0).unwrap();
    assert!(run.settled() && run.done() && run.escalations() == 0);
}

#[test]
fn thinking_goes_on_from_what_was_written() {
    let run = thinking(ThinkingMove::Continue);
    let first = one(&run).sample(0).unwrap();
    assert!(waver(&first).stops());
    first.finish(None, 0.0).unwrap();
    let again = one(&run);
    assert_eq!((again.kind, again.resume.as_deref()), (CallKind::Generate, Some("hm hm hm hm ")));
}

#[test]
fn thinking_is_raised_while_it_runs() {
    let run = thinking(ThinkingMove::Raise);
    let call = one(&run);
    let sample = call.sample(0).unwrap();
    let ramp = waver(&sample);
    assert_eq!((ramp.tokens, ramp.scope, ramp.stops()), (Some(1_000), Scope::Sample, false));
    // The stream is left alone while a group of what was granted comes in, and then judged by a lower bar.
    for _ in 0..20 {
        assert_eq!(sample.token(None, &[-2.1; 20], None, 0.0).kind, ActionKind::Continue);
    }
    assert!(!sample.text("", Some(2_000), 0.0).stops(), "1,100 and 1,000 were granted");
    assert_eq!(sample.text("", Some(76), 0.0).reason, Reason::GrantSpent);
    sample.finish(Some("42"), 0.0).unwrap();
    assert_eq!((run.spent().tokens, run.spent().samples), (2_100, 1));
}

#[test]
fn an_answer_that_did_not_come_in_time_is_thought_about_longer() {
    let run = thinking(ThinkingMove::Restart);
    let action = one(&run).sample(0).unwrap().finish(None, 0.0).unwrap();
    assert_eq!(
        (action.dial, action.reason, action.scope),
        (Some(Dial::ThinkingTokens), Reason::NoAnswer, Scope::Run)
    );
    let action = one(&run).sample(0).unwrap().finish(None, 0.0).unwrap();
    assert_eq!((action.dial, action.rung), (Some(Dial::Model), Some(1)), "once on a rung, then up");
}

#[test]
fn samples_are_drawn_again_and_the_next_model_sees_what_they_said() {
    let mut brief = brief(vec![rung("vote", 0, 3), rung("deep", 0, 1)]);
    let disagreement = RampRule {
        on: Evidence::Disagreement,
        odds: 1.0,
        moves: vec![Move::Samples { most: 1 }, Move::Escalate],
    };
    Arc::make_mut(&mut brief.rules).ramps = vec![disagreement];
    let run = start(brief);
    for answers in [["a", "b", "c"], ["a", "b", "d"]] {
        let call = one(&run);
        assert_eq!((call.samples, call.answers.len()), (3, 0));
        for (i, answer) in (0..).zip(answers) {
            call.sample(i).unwrap().finish(Some(answer), 0.0).unwrap();
        }
    }
    let deep = one(&run);
    let carried: Vec<_> = deep.answers.iter().map(|(answer, votes)| (answer.as_ref(), *votes)).collect();
    assert_eq!((deep.rung, carried.len(), carried.last()), (1, 4, Some(&("a", 2))));
}

#[test]
fn by_default_samples_that_disagree_go_up_before_more_are_drawn() {
    let run = start(brief(vec![rung("vote", 0, 3), rung("deep", 0, 1)]));
    let call = one(&run);
    for (i, answer) in (0..).zip(["a", "b", "c"]) {
        call.sample(i).unwrap().finish(Some(answer), 0.0).unwrap();
    }
    let deep = one(&run);
    assert_eq!((deep.rung, deep.answers.len()), (1, 3));
}

#[test]
fn depth_goes_beyond_the_plan_after_a_refuted_answer() {
    let mut brief = brief(vec![rung("only", 0, 1)]);
    Arc::make_mut(&mut brief.rules).verify_below = Some(0.9);
    let run = start(brief);
    let action = one(&run).sample(0).unwrap().finish(Some("41"), 0.0).unwrap();
    assert_eq!((action.kind, action.reason), (ActionKind::Continue, Reason::Verifying));
    let verify = one(&run);
    assert_eq!((verify.kind, verify.resume.as_deref()), (CallKind::Verify, Some("41")));
    let action = verify.sample(0).unwrap().finish(Some("no: the carry is lost"), 0.0).unwrap();
    assert_eq!(
        (action.kind, action.dial, action.reason),
        (ActionKind::Ramp, Some(Dial::Depth), Reason::Refuted)
    );
    let revise = one(&run);
    assert_eq!((revise.kind, revise.resume.as_deref()), (CallKind::Revise, Some("41")));
    revise.sample(0).unwrap().finish(Some("42"), 0.0).unwrap();
    assert_eq!(
        (run.answer().as_deref(), run.settled(), run.ended()),
        (Some("42"), false, Some(Reason::Doubted))
    );
}

#[test]
fn a_confirmed_answer_settles() {
    for verdict in ["Yes", " 42 "] {
        let mut brief = brief(vec![rung("only", 0, 1)]);
        Arc::make_mut(&mut brief.rules).verify_below = Some(0.9);
        let run = start(brief);
        one(&run).sample(0).unwrap().finish(Some("42"), 0.0).unwrap();
        let action = one(&run).sample(0).unwrap().finish(Some(verdict), 0.0).unwrap();
        assert_eq!((action.reason, run.settled()), (Reason::Verified, true));
        assert_eq!(run.spent().samples, 1, "a verification is no sample");
    }
}

#[test]
fn the_run_asks_for_probes_and_settles_by_them() {
    let mut brief = brief(vec![rung("think", 1_000, 1)]);
    Arc::make_mut(&mut brief.rules).probe_every = 10;
    let run = start(brief);
    let sample = one(&run).sample(0).unwrap();
    let mut settled = Action { reason: Reason::Going, ..sample.text("", Some(0), 0.0) };
    for i in 1..=3 {
        let due = sample.text("a thought, ", Some(10), 0.0);
        assert_eq!((due.kind, due.reason), (ActionKind::Continue, Reason::Probing));
        let probe = one(&run);
        assert_eq!((probe.kind, probe.max_tokens, probe.thinking_tokens), (CallKind::Probe, 20, 0));
        assert_eq!(probe.resume.as_deref(), Some("a thought, ".repeat(i).as_str()));
        settled = probe.sample(0).unwrap().finish(Some("42"), 0.0).unwrap();
    }
    assert_eq!(
        (settled.kind, settled.scope, settled.reason),
        (ActionKind::Stop, Scope::Run, Reason::ProbesAgree)
    );
    assert!(sample.text("more", Some(1), 0.0).stops());
    sample.finish(None, 0.0).unwrap();
    assert_eq!((run.answer().as_deref(), run.settled(), run.done()), (Some("42"), true, true));
}

#[test]
fn a_failed_probe_is_nobodys_loss() {
    let mut brief = brief(vec![rung("think", 1_000, 1)]);
    Arc::make_mut(&mut brief.rules).probe_every = 10;
    let run = start(brief);
    let sample = one(&run).sample(0).unwrap();
    sample.text("", Some(10), 0.0);
    one(&run).fail("no such endpoint", 0.0).unwrap();
    assert!(run.next(0.0).unwrap().is_empty(), "it is not tried again");
    sample.finish(Some("42"), 0.0).unwrap();
    assert!(run.settled() && run.done());
}

#[test]
fn a_stream_that_goes_round_in_circles_is_left_or_ended() {
    let circle = |rungs| {
        let run = start(brief(rungs));
        let sample = one(&run).sample(0).unwrap();
        let action =
            (0..600).map(|_| sample.text("so it is as before and ", Some(6), 0.0)).find(Action::stops);
        sample.finish(None, 0.0).unwrap();
        (action.unwrap(), run.ended())
    };
    let (up, _) = circle(vec![rung("fast", 10_000, 1), rung("deep", 0, 1)]);
    assert_eq!((up.kind, up.dial, up.reason), (ActionKind::Ramp, Some(Dial::Model), Reason::Loop));
    let (end, ended) = circle(vec![rung("only", 10_000, 1)]);
    assert_eq!((end.kind, end.scope, end.reason), (ActionKind::Stop, Scope::Sample, Reason::Loop));
    assert_eq!(ended, None, "an answer that did not come is thought about once more");
    // A passage of 600 words, over and over, is a circle too; only a shorter period is not looked for.
    let passage = (0..600).map(|i| format!("w{i}")).collect::<Vec<_>>().join(" ") + " ";
    for (period, found) in [(1024, true), (256, false)] {
        let mut brief = brief(vec![rung("only", 10_000, 1)]);
        Arc::make_mut(&mut brief.rules).loop_period = period;
        let sample = one(&start(brief)).sample(0).unwrap();
        assert_eq!(
            (0..6).any(|_| sample.text(&passage, Some(6), 0.0).reason == Reason::Loop),
            found,
            "period {period}"
        );
    }
    let mut deaf = brief(vec![rung("only", 10_000, 1)]);
    Arc::make_mut(&mut deaf.rules).loops = false;
    let sample = one(&start(deaf)).sample(0).unwrap();
    assert!((0..600).all(|_| sample.text("so it is as before and ", Some(6), 0.0).reason != Reason::Loop));
}

#[test]
fn a_stalling_agent_goes_up_and_leaves_what_is_in_flight() {
    for evidence in [Evidence::Stall, Evidence::ToolErrors] {
        let run = start(brief(vec![rung("fast", 0, 1), rung("deep", 0, 1)]));
        let first = one(&run).sample(0).unwrap();
        let action = run.observe(evidence, 0.0);
        assert_eq!((action.kind, action.dial, action.rung), (ActionKind::Ramp, Some(Dial::Model), Some(1)));
        assert!(action.stops() && action.scope == Scope::Run);
        first.finish(Some("stale"), 0.0).unwrap();
        one(&run).sample(0).unwrap().finish(Some("42"), 0.0).unwrap();
        assert_eq!((run.answer().as_deref(), run.settled()), (Some("42"), true));
        assert_eq!(run.observe(evidence, 0.0).kind, ActionKind::Stop);
    }
}

#[test]
fn a_ramp_is_taken_only_when_it_is_worth_its_price() {
    let doubtful = |usd_per_error, price_of_compute| {
        let mut brief = brief(vec![rung("fast", 0, 1), rung("deep", 4_000, 1)]);
        let p_correct = [0.6, 0.8].into();
        brief.worth = Some(Worth { usd_per_error, price_of_compute, p_correct, load: LOAD });
        let run = start(brief);
        let sample = one(&run).sample(0).unwrap();
        let action = waver(&sample);
        sample.finish(Some("?"), 0.0).unwrap();
        (action.kind, run.ended())
    };
    assert_eq!(doubtful(1.0, 1.0), (ActionKind::Ramp, None));
    assert_eq!(doubtful(0.01, 1.0), (ActionKind::Continue, Some(Reason::Doubted)));
    assert_eq!(doubtful(1.0, 100.0), (ActionKind::Continue, Some(Reason::Doubted)));
}

#[test]
fn the_price_of_compute_may_change_under_way() {
    let mut brief = brief(vec![rung("vote", 0, 2), rung("deep", 0, 1)]);
    let p_correct = [0.6, 0.8].into();
    brief.worth = Some(Worth { usd_per_error: 1.0, price_of_compute: 1.0, p_correct, load: LOAD });
    let run = start(brief);
    let call = one(&run);
    run.set_price_of_compute(1e9).unwrap();
    for bad in [f64::NAN, -1.0, f64::INFINITY] {
        assert!(run.set_price_of_compute(bad).unwrap_err().to_string().starts_with("price_of_compute"));
    }
    call.sample(0).unwrap().finish(Some("a"), 0.0).unwrap();
    call.sample(1).unwrap().finish(Some("b"), 0.0).unwrap();
    assert_eq!((run.ended(), run.phase()), (Some(Reason::NotWorth), Phase::Exhausted));
    assert!(!run.settled() && run.answer().is_some());
}

#[test]
fn a_ladder_forbids_moves() {
    let forbidden = |moves: Moves, rungs: Vec<Rung>| {
        let mut brief = brief(rungs);
        brief.moves = moves;
        let run = start(brief);
        let sample = one(&run).sample(0).unwrap();
        let action = waver(&sample);
        (action.dial, action.kind)
    };
    let all = Moves::default();
    let two = || vec![rung("think", 1_000, 1), rung("deep", 4_000, 1)];
    assert_eq!(forbidden(Moves { thinking: ThinkingMove::Never, ..all }, two()).0, Some(Dial::Model));
    let neither = Moves { thinking: ThinkingMove::Never, model: false, ..all };
    assert_eq!(forbidden(neither, two()), (None, ActionKind::Continue));
    let votes = || vec![rung("vote", 0, 3)];
    assert_eq!(forbidden(all, votes()).0, Some(Dial::Samples));
    assert_eq!(forbidden(Moves { samples: false, ..all }, votes()), (None, ActionKind::Continue));
}

#[test]
fn evidence_without_a_rule_leads_nowhere_and_is_noted() {
    let mut brief = brief(vec![rung("fast", 0, 1), rung("deep", 0, 1)]);
    Arc::make_mut(&mut brief.rules).ramps.retain(|rule| rule.on != Evidence::Stall);
    let run = start(brief);
    let sample = one(&run).sample(0).unwrap();
    let action = run.observe(Evidence::Stall, 0.0);
    assert_eq!((action.kind, action.reason), (ActionKind::Continue, Reason::NoRule));
    assert!(run.trail().iter().any(|event| event.reason == Reason::Stall));
    sample.finish(Some("42"), 0.0).unwrap();
    assert!(run.settled());
}

#[test]
fn a_stream_is_not_judged_before_it_has_dwelt() {
    let mut brief = brief(vec![rung("fast", 0, 1), rung("deep", 0, 1)]);
    Arc::make_mut(&mut brief.rules).dwell = 12;
    let run = start(brief);
    let sample = one(&run).sample(0).unwrap();
    assert_eq!([waver(&sample), waver(&sample), waver(&sample)].map(|a| a.kind), {
        [ActionKind::Continue, ActionKind::Continue, ActionKind::Ramp]
    });
}

#[test]
fn what_is_wrong_with_a_rule_is_named() {
    let rule =
        |odds, moves| Rules { ramps: vec![RampRule { on: Evidence::Loop, odds, moves }], ..Rules::default() };
    let text = |rules: Rules| rules.validate().unwrap_err().to_string();
    assert!(refuses(&text(rule(0.0, vec![])), "ramps: loop: odds", "0"));
    assert!(refuses(&text(rule(f64::NAN, vec![])), "ramps: loop: odds", "NaN"));
    assert!(refuses(&text(rule(0.5, vec![Move::Think { most: 1, by: 1.0 }])), "ramps: loop: think: by", "1"));
    assert!(refuses(&text(rule(0.5, vec![Move::Samples { most: 101 }])), "ramps: loop: most", "101"));
    assert!(refuses(&text(Rules { verify_below: Some(2.0), ..Rules::default() }), "verify_below", "2"));
    assert!(refuses(&text(Rules { probe_tokens: 0, ..Rules::default() }), "probe_tokens", "0"));
}
