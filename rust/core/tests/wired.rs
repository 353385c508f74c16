//! Signals through a run: each leads to the action that its rule says, and to nothing where the rule is off.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails here has failed

mod common;

use common::{LIMIT, brief};
use rheostat::ladder::{Limit, Moves, Rung, ThinkingMove};
use rheostat::rules::Rules;
use rheostat::run::{Action, ActionKind, Brief, Call, CallKind, Dial, Reason, Run, Scope};

fn rung(name: &str, thinking: u64, samples: u32) -> Rung {
    Rung {
        thinking_tokens: thinking,
        samples,
        answer_tokens: 100,
        output_price: 1.0,
        ..Rung::new(name, name)
    }
}

fn run(rungs: Vec<Rung>, thinking: ThinkingMove, rules: Rules) -> Run {
    let limit = Limit { tokens: 1 << 20, samples: 100, ..LIMIT };
    let moves = Moves { thinking, ..Moves::default() };
    let brief = Brief { limit, moves, rules: rules.into(), ..brief(rungs) };
    Run::from_brief(brief, 0.0).unwrap()
}

/// A model that thinks, and a larger one.
fn two(rules: Rules) -> Run {
    run(vec![rung("small", 4000, 1), rung("large", 8000, 1)], ThinkingMove::Raise, rules)
}

fn is(action: Action, kind: ActionKind, dial: Option<Dial>, reason: Reason) {
    assert_eq!((action.kind, action.dial, action.reason), (kind, dial, reason));
}

/// The first action of a stream other than to go on.
fn first(actions: impl IntoIterator<Item = Action>) -> Option<Action> {
    actions.into_iter().find(|action| action.kind != ActionKind::Continue)
}

/// Words of a text in which every `n`-th is a marker.
fn words(marker: &str, n: usize) -> impl Iterator<Item = String> {
    let word = marker.to_owned();
    (0..3000).map(move |i| if i % n == 0 { format!("{word}, ") } else { format!("word{i} ") })
}

#[test]
fn branching_in_the_middle_of_the_reasoning_raises_the_thinking_budget() {
    let rules = Rules { branching: Some(40.0), ..Rules::default() };
    let run = two(rules);
    let sample = run.sample(0).unwrap();
    let (mut said, mut ramp) = (0, None);
    for word in words("alternatively", 20) {
        said += 1;
        ramp = first([sample.text(&word, Some(1), 0.0)]);
        if ramp.is_some() {
            break;
        }
    }
    // Not before 1,000 words: a rate is no evidence until then.
    assert!((1000..1010).contains(&said), "{said}");
    let ramp = ramp.unwrap();
    is(ramp, ActionKind::Ramp, Some(Dial::ThinkingTokens), Reason::Branching);
    assert_eq!((ramp.tokens, ramp.stops()), (Some(4000), false));
    assert!((45.0..55.0).contains(&sample.readings().turns.unwrap()));
    // What was granted is looked at for a while; if the stream keeps branching, the run goes up a rung.
    let ramp = first(words("wait", 20).map(|word| sample.text(&word, Some(1), 0.0))).unwrap();
    is(ramp, ActionKind::Ramp, Some(Dial::Model), Reason::Branching);
}

#[test]
fn hedging_ramps_by_its_own_bar() {
    let run = two(Rules { hedging: Some(40.0), ..Rules::default() });
    let sample = run.sample(0).unwrap();
    let ramp = first(words("maybe", 15).map(|word| sample.text(&word, Some(1), 0.0))).unwrap();
    is(ramp, ActionKind::Ramp, Some(Dial::ThinkingTokens), Reason::Hedging);
    assert!(sample.readings().hedges.unwrap() > 40.0);
}

#[test]
fn a_risen_entropy_ramps() {
    let rules = || Rules { low_top_logprob: None, entropy_rise: Some(5.0), ..Rules::default() };
    let sure: &[f32] = &[-0.001, -8.0, -9.0];
    let unsure: &[f32] = &[-1.1, -1.1, -1.1];
    let run = two(rules());
    let sample = run.sample(0).unwrap();
    for _ in 0..500 {
        assert!(!sample.token(None, sure, None, 0.0).stops());
    }
    assert_eq!(sample.readings().entropy_rise, Some(0.0));
    let ramp = first((0..20).map(|_| sample.token(None, unsure, None, 0.0))).unwrap();
    is(ramp, ActionKind::Ramp, Some(Dial::ThinkingTokens), Reason::Uncertain);
    // Whole rows of logits are read exactly, and tokens in a batch are the same tokens.
    let run = two(rules());
    let sample = run.sample(0).unwrap();
    let ramp = first((0..20).map(|_| sample.logits(&[0.0; 4], 0.0))).unwrap();
    is(ramp, ActionKind::Ramp, Some(Dial::ThinkingTokens), Reason::Uncertain);
    let run = two(rules());
    let sample = run.sample(0).unwrap();
    is(
        sample.tokens(&[], &unsure.repeat(20), 3, 0.0),
        ActionKind::Ramp,
        Some(Dial::ThinkingTokens),
        Reason::Uncertain,
    );
}

#[test]
fn rules_that_are_off_hear_nothing() {
    let run = two(Rules { low_top_logprob: None, ..Rules::default() });
    let sample = run.sample(0).unwrap();
    for word in words("wait, maybe", 5) {
        let action = sample.token(None, &[-1.1, -1.1, -1.1], Some(&word), 0.0);
        is(action, ActionKind::Continue, None, Reason::Going);
    }
    sample.probe("42", Some(1.0), 0.0);
    let said = sample.readings();
    assert_eq!((said.turns, said.hedges, said.entropy_rise), (None, None, None));
    assert!(!run.settled());
    let no_rules = Rules { branching: Some(1.0), entropy_rise: Some(0.1), ramps: vec![], ..Rules::default() };
    let run = two(no_rules);
    let sample = run.sample(0).unwrap();
    for word in words("wait", 5) {
        assert_eq!(sample.token(None, &[-3.0, -3.0], Some(&word), 0.0).kind, ActionKind::Continue);
    }
}

#[test]
fn values_that_are_no_evidence_are_counted_and_survived() {
    let run = two(Rules { entropy_rise: Some(1.0), ..Rules::default() });
    let sample = run.sample(0).unwrap();
    for _ in 0..50 {
        let action = sample.token(Some(f64::NAN), &[f32::NAN, f32::NAN], Some("\u{fffd}"), f64::NAN);
        assert_eq!(action.kind, ActionKind::Continue);
    }
    assert!(sample.readings().invalid >= 50);
    let exit = two(Rules { exit: Some(0.9), ..Rules::default() });
    let sample = exit.sample(0).unwrap();
    for odd in [f64::NAN, 2.0, f64::INFINITY, -1.0] {
        assert_eq!(sample.probe("42", Some(odd), 0.0).kind, ActionKind::Continue);
    }
    assert_eq!(sample.readings().invalid, 4);
}

#[test]
fn a_doubted_stream_that_loops_is_still_stopped() {
    let run = run(vec![rung("only", 4000, 1)], ThinkingMove::Never, Rules { window: 4, ..Rules::default() });
    let sample = run.sample(0).unwrap();
    for _ in 0..4 {
        sample.token(None, &[-2.0; 20], None, 0.0);
    }
    let end = first((0..600).map(|_| sample.text("again ", Some(1), 0.0))).unwrap();
    is(end, ActionKind::Stop, None, Reason::Loop);
}

/// Tells a stream `tokens` tokens of one confidence and ends it.
fn answer(call: &Call, i: u32, confidence: f32, text: &str) -> Action {
    let sample = call.sample(i).unwrap();
    let cut = first((0..8).map(|_| sample.token(None, &[-confidence; 5], None, 0.0)));
    sample.finish(Some(text), 0.0).unwrap();
    cut.unwrap_or_else(|| sample.token(None, &[], None, 0.0))
}

fn gated(gate: Option<f64>, samples: u32) -> Run {
    let off = Rules { ramps: vec![], ..Rules::default() };
    let rules = Rules { window: 4, gate, gate_warmup: 4, ..off };
    run(vec![rung("vote", 50, samples)], ThinkingMove::Never, rules)
}

#[test]
fn the_gate_learns_its_bar_and_stops_what_falls_below() {
    let run = gated(Some(0.5), 8);
    // The streams that set the bar are granted first.
    let first = run.next(0.0).unwrap();
    assert_eq!(first.iter().map(|call| call.samples).sum::<u32>(), 4);
    assert!(run.next(0.0).unwrap().is_empty());
    for (i, confidence) in [10.0, 12.0, 8.0, 14.0].into_iter().enumerate() {
        answer(&first[0], i as u32, confidence, &i.to_string());
    }
    let second = run.next(0.0).unwrap().remove(0);
    assert_eq!(second.samples, 4);
    is(answer(&second, 0, 9.0, "wrong"), ActionKind::Stop, None, Reason::Gated);
    let kept = answer(&second, 1, 11.5, "3");
    assert_eq!(kept.reason, Reason::Ended);
    // What was stopped does not vote: the one that was kept and one of the warm-up lead.
    assert_eq!(run.answer().as_deref(), Some("3"));
    assert!(!run.certified());
}

#[test]
fn without_a_gate_all_samples_are_granted_and_none_is_stopped() {
    let run = gated(None, 8);
    let call = run.next(0.0).unwrap().remove(0);
    assert_eq!(call.samples, 8);
    for i in 0..5 {
        assert_ne!(answer(&call, i, if i < 4 { 10.0 } else { 1.0 }, &i.to_string()).reason, Reason::Gated);
    }
}

#[test]
fn a_gate_without_confidences_stops_nothing() {
    let run = gated(Some(0.5), 8);
    for _ in 0..2 {
        let call = run.next(0.0).unwrap().remove(0);
        assert_eq!(call.samples, 4);
        for i in 0..4 {
            let answer = format!("{}-{i}", call.id);
            call.sample(i).unwrap().finish(Some(&answer), 0.0).unwrap();
        }
    }
    assert!(run.next(0.0).unwrap().is_empty() && run.done());
}

#[test]
fn a_sure_probe_is_an_exit() {
    let run = two(Rules { exit: Some(0.95), equal_probes: 0, ..Rules::default() });
    let sample = run.sample(0).unwrap();
    for (text, probability) in [("41", Some(0.9)), ("42", None), ("", Some(1.0))] {
        assert_eq!(sample.probe(text, probability, 0.0).kind, ActionKind::Continue);
    }
    let end = sample.probe("42", Some(0.95), 0.0);
    assert_eq!((end.kind, end.scope, end.reason), (ActionKind::Stop, Scope::Run, Reason::ProbeSure));
    assert!(run.settled());
    assert_eq!(run.answer().as_deref(), Some("42"));
}

#[test]
fn a_sure_probe_ends_one_stream_of_several() {
    let rules = Rules { exit: Some(0.95), ..Rules::default() };
    let run = run(vec![rung("vote", 50, 3)], ThinkingMove::Never, rules);
    let call = run.next(0.0).unwrap().remove(0);
    let end = call.sample(0).unwrap().probe("42", Some(0.99), 0.0);
    assert_eq!((end.kind, end.scope, end.reason), (ActionKind::Stop, Scope::Sample, Reason::ProbeSure));
    call.sample(0).unwrap().finish(None, 0.0).unwrap();
    assert!(!run.settled());
    assert_eq!(run.answer().as_deref(), Some("42"));
}

#[test]
fn a_probe_that_the_run_asked_for_is_as_sure_as_its_own_tokens() {
    let asked = |logprob: f64| {
        let run = two(Rules { exit: Some(0.95), probe_every: 8, ..Rules::default() });
        let sample = run.sample(0).unwrap();
        for _ in 0..8 {
            sample.token(None, &[], Some("so "), 0.0);
        }
        let probe = run.next(0.0).unwrap().remove(0);
        assert_eq!(probe.kind, CallKind::Probe);
        let reply = probe.sample(0).unwrap();
        reply.token(Some(-0.01), &[], None, 0.0);
        reply.token(Some(logprob), &[], None, 0.0);
        reply.finish(Some("42"), 0.0).unwrap();
        run.settled()
    };
    assert!(asked(-0.01) && !asked(-1.0) && !asked(f64::NAN.max(-2.0)));
}

#[test]
fn an_agents_turns_that_lead_nowhere_go_up_a_rung() {
    let run = two(Rules::default());
    run.next(0.0).unwrap();
    for i in 0..9 {
        let action = run.turn("run tests", Ok(&format!("{i} passed")), 0.0);
        is(action, ActionKind::Continue, None, Reason::Going);
    }
    run.turn("ls", Ok("main.rs"), 0.0);
    run.turn("ls", Ok("main.rs"), 0.0);
    let ramp = run.turn("ls", Ok("main.rs"), 0.0);
    is(ramp, ActionKind::Ramp, Some(Dial::Model), Reason::Stall);
    assert_eq!((ramp.scope, ramp.rung), (Scope::Run, Some(1)));
}

#[test]
fn an_error_that_comes_again_is_tool_errors() {
    let run = two(Rules::default());
    run.next(0.0).unwrap();
    is(run.turn("cat a", Err("line 3: no file"), 0.0), ActionKind::Continue, None, Reason::Going);
    is(
        run.turn("cat b", Err("line 7: no file"), 0.0),
        ActionKind::Ramp,
        Some(Dial::Model),
        Reason::ToolErrors,
    );
    // The agent of another rung begins anew.
    is(run.turn("cat c", Err("line 9: no file"), 0.0), ActionKind::Continue, None, Reason::Going);
}
