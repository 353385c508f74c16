//! Rungs that probe first, one story at a time.
#![allow(clippy::unwrap_used, clippy::panic)] // a test that fails here has failed

mod common;

use common::{LIMIT, brief, is, rung};
use proptest::prelude::*;
use rheostat::Error;
use rheostat::ladder::{Dials, Ladder, Limit, Rung};
use rheostat::rules::Rules;
use rheostat::run::{Action, ActionKind, Brief, Call, Dial, Reason, Run, Scope};
use rheostat::strategy::{Probes, Standing, Strategy};

fn start(agree: u32, samples: u32, in_turn: bool, limit: Limit) -> Run {
    let probes =
        Rung { strategy: Strategy::ProbeFirst { agree, in_turn }, ..rung("probe", "small", 0, samples, 1) };
    let rungs = vec![probes, rung("deep", "large", 0, 1, 1)];
    Run::from_brief(Brief { limit, ..brief(rungs) }, 0.0).unwrap()
}

fn one(run: &Run) -> Call {
    let mut calls = run.next(1.0).unwrap();
    assert_eq!(calls.len(), 1);
    calls.remove(0)
}

fn finish(call: &Call, index: u32, answer: &str) -> Action {
    call.sample(index).unwrap().finish(Some(answer), 1.0).unwrap()
}

#[test]
fn probes_that_agree_settle() {
    let run = start(3, 3, false, LIMIT);
    let call = one(&run);
    assert_eq!(call.samples, 3);
    assert!(!finish(&call, 0, "7").stops() && !finish(&call, 2, "7.0").stops());
    is(finish(&call, 1, "7"), ActionKind::Stop, Scope::Run, Reason::Agreement);
    assert!(run.settled() && run.done());
}

#[test]
fn fewer_than_all_may_suffice() {
    let run = start(2, 3, false, LIMIT);
    let call = one(&run);
    assert!(!finish(&call, 0, "7").stops() && !finish(&call, 1, "8").stops());
    is(finish(&call, 2, "8"), ActionKind::Stop, Scope::Run, Reason::Agreement);
    assert_eq!(run.answer().as_deref(), Some("8"));
}

#[test]
fn probes_that_cannot_agree_any_more_go_up_without_the_rest() {
    let run = start(3, 3, false, LIMIT);
    let call = one(&run);
    assert!(!finish(&call, 0, "7").stops());
    let ramp = finish(&call, 1, "8");
    is(ramp, ActionKind::Ramp, Scope::Call, Reason::Disagreement);
    assert_eq!((ramp.dial, ramp.rung, ramp.stops()), (Some(Dial::Model), Some(1), true));
    // The third probe is given up, and its answer does not count.
    assert!(call.sample(2).unwrap().token(None, &[], Some("7"), 1.0).stops());
    finish(&call, 2, "7");
    let deep = one(&run);
    assert_eq!((deep.rung, &*deep.model), (1, "large"));
    is(finish(&deep, 0, "9"), ActionKind::Stop, Scope::Run, Reason::Finished);
    assert_eq!(run.answer().as_deref(), Some("9"));
}

#[test]
fn probes_in_turn_ask_only_for_what_may_decide() {
    let run = start(3, 3, true, LIMIT);
    let first = one(&run);
    assert_eq!(first.samples, 2);
    assert!(!finish(&first, 0, "7").stops());
    is(finish(&first, 1, "7"), ActionKind::Continue, Scope::Run, Reason::Undecided);
    let second = one(&run);
    assert_eq!((second.samples, second.rung), (1, 0));
    is(finish(&second, 0, "7"), ActionKind::Stop, Scope::Run, Reason::Agreement);

    let run = start(3, 3, true, LIMIT);
    let first = one(&run);
    finish(&first, 0, "7");
    is(finish(&first, 1, "8"), ActionKind::Ramp, Scope::Run, Reason::Disagreement);
    assert_eq!((one(&run).rung, run.spent().samples), (1, 3));
}

#[test]
fn a_probe_without_an_answer_does_not_agree() {
    let run = start(2, 2, false, LIMIT);
    let call = one(&run);
    finish(&call, 0, "7");
    let last = call.sample(1).unwrap().finish(None, 1.0).unwrap();
    is(last, ActionKind::Ramp, Scope::Run, Reason::Disagreement);
    assert_eq!(one(&run).rung, 1);
}

#[test]
fn a_failed_call_of_probes_is_tried_again() {
    let run = start(2, 2, true, LIMIT);
    one(&run).fail("overloaded", 1.0).unwrap();
    let again = one(&run);
    assert_eq!((again.samples, again.rung), (2, 0));
    finish(&again, 0, "7");
    is(finish(&again, 1, "7"), ActionKind::Stop, Scope::Run, Reason::Agreement);
}

#[test]
fn without_a_step_up_the_rest_still_counts() {
    let run = start(3, 3, false, Limit { escalations: 0, samples: 3, ..LIMIT });
    let call = one(&run);
    assert!(!finish(&call, 0, "7").stops());
    is(finish(&call, 1, "8"), ActionKind::Continue, Scope::Run, Reason::Going);
    assert!(finish(&call, 2, "8").stops());
    assert!(!run.settled());
    assert_eq!(run.answer().as_deref(), Some("8"));
}

#[test]
fn too_few_samples_never_settle_a_rung_that_asks_for_agreement() {
    // A ceiling leaves fewer samples than must agree, in the plan or in the run.
    for (samples, planned) in [(1, 3), (2, 3), (1, 1), (2, 2)] {
        let start = |planned, limit| {
            let strategy = Strategy::ProbeFirst { agree: 3, in_turn: false };
            let probes = Rung { strategy, ..rung("probe", "small", 0, 3, 1) };
            let brief = brief(vec![probes, rung("deep", "large", 0, 1, 1)]);
            let dials = Dials { samples: planned, ..brief.dials };
            Run::from_brief(Brief { limit, dials, ..brief }, 0.0).unwrap()
        };
        let run = start(planned, Limit { samples, escalations: 0, ..LIMIT });
        let call = one(&run);
        let ends: Vec<Action> = (0..call.samples).map(|i| finish(&call, i, "7")).collect();
        is(*ends.last().unwrap(), ActionKind::Ceiling, Scope::Run, Reason::Escalations);
        assert!(run.done() && !run.settled());
        assert_eq!((run.answer().as_deref(), run.ended()), (Some("7"), Some(Reason::Escalations)));
        assert!(run.trail().iter().any(|event| event.reason == Reason::CannotAgree));
        // With a step up, the rung above answers.
        let run = start(samples, LIMIT);
        let call = one(&run);
        let ends: Vec<Action> =
            (0..call.samples).map(|i| finish(&call, i, if i == 0 { "7" } else { "8" })).collect();
        assert_eq!(ends.iter().filter(|end| end.kind == ActionKind::Ramp).count(), 1);
        let deep = one(&run);
        is(finish(&deep, 0, "9"), ActionKind::Stop, Scope::Run, Reason::Finished);
        assert!(deep.rung == 1 && run.settled());
    }
}

#[test]
fn without_a_step_up_the_same_probes_are_not_drawn_again() {
    for in_turn in [false, true] {
        let run = start(3, 3, in_turn, Limit { escalations: 0, ..LIMIT });
        let call = one(&run);
        for i in 0..call.samples {
            finish(&call, i, &i.to_string());
        }
        assert!(run.done() && !run.settled());
        assert_eq!(run.next(1.0).unwrap().len(), 0);
        assert_eq!(run.spent().samples, if in_turn { 2 } else { 3 });
        assert_eq!(run.ended(), Some(Reason::Escalations));
    }
}

/// The fate of each sample: an answer of a few, none, or a failure of its call.
fn fates() -> impl proptest::strategy::Strategy<Value = Vec<u8>> {
    proptest::collection::vec(0_u8..6, 60)
}

/// Plays a run to its end. Returns the answers of the samples that ended on each rung while the run was on it.
fn play(run: &Run, fates: &[u8]) -> Vec<(u32, String)> {
    let (mut fates, mut heard) = (fates.iter().copied().cycle(), Vec::new());
    for _ in 0..100 {
        let calls = run.next(1.0).unwrap();
        if calls.is_empty() {
            break;
        }
        for call in calls {
            for i in 0..call.samples {
                let Ok(sample) = call.sample(i) else { continue };
                let ended = match fates.next().unwrap_or(0) {
                    // Its other samples have ended with it.
                    5 => {
                        if call.fail("overloaded", 1.0).is_ok() {
                            break;
                        }
                        continue;
                    }
                    4 => sample.finish(None, 1.0),
                    fate => {
                        let answer = (fate / 2).to_string();
                        heard.push((call.rung, answer.clone()));
                        sample.finish(Some(&answer), 1.0)
                    }
                };
                assert!(ended.is_ok());
            }
        }
    }
    heard
}

proptest::proptest! {
    /// Whatever is cut, fails or stays silent: below the top, only enough equal answers settle.
    #[test]
    fn no_rung_settles_with_fewer_equal_answers_than_it_asks_for(
        (agree, more, in_turn, rungs) in (2_u32..5, 0_u32..3, proptest::bool::ANY, 1_usize..4),
        (tokens, cents, samples, escalations) in (1_u64..2_000, 0.01_f64..3.0, 1_u32..16, 0_u32..4),
        (planned, retries, fates) in (1_u32..8, 0_u32..3, fates()),
    ) {
        let probes = Strategy::ProbeFirst { agree, in_turn };
        let names = ["a", "b", "c", "d"];
        let rung = |i: usize| Rung {
            strategy: if i < rungs { probes } else { Strategy::Vote },
            ..rung(names[i], names[i], 0, if i < rungs { agree + more } else { 1 }, 1)
        };
        let limit = Limit { tokens, usd: cents / 100.0, samples, escalations, ..LIMIT };
        let brief = brief((0..=rungs).map(rung).collect());
        let dials = Dials { samples: planned.min(brief.dials.samples), ..brief.dials };
        let rules = Rules { retries, ..Rules::default() }.into();
        let run = Run::from_brief(Brief { limit, dials, rules, ..brief }, 0.0).unwrap();
        let heard = play(&run, &fates);
        proptest::prop_assert!(run.done() && run.ended() != Some(Reason::Closed));
        if run.settled() {
            let last = heard.last().unwrap().0;
            let answer = run.answer().unwrap();
            let equal = heard.iter().filter(|(rung, given)| *rung == last && *given == *answer).count();
            proptest::prop_assert!(last as usize == rungs || equal >= agree as usize, "{equal} of {agree}");
        }
    }
}

#[test]
fn agreement_is_between_two_and_the_samples() {
    let made = |samples, agree| {
        let strategy = Strategy::ProbeFirst { agree, in_turn: false };
        Ladder::new(vec![Rung { samples, strategy, ..Rung::new("a", "m") }], None, None)
    };
    assert!(made(3, 2).is_ok() && made(3, 3).is_ok());
    for (samples, agree) in [(3, 4), (3, 1), (1, 1), (1, 2), (2, 0), (2, u32::MAX)] {
        let error = made(samples, agree).unwrap_err().to_string();
        assert!(error.contains("agree must be between 2 and"), "{error}");
    }
    assert!(matches!(Ladder::cascade(vec![Rung::new("a", "m")], 3, false), Err(Error::Invalid { .. })));
}

#[test]
fn a_strategy_is_part_of_the_version() {
    let ladder =
        |strategy| Ladder::new(vec![Rung { samples: 3, strategy, ..Rung::new("a", "m") }], None, None);
    let version = |strategy| {
        let governor =
            rheostat::governor::Governor::builder(ladder(strategy).unwrap().into()).build().unwrap();
        governor.version().to_string()
    };
    let probes = |agree, in_turn| version(Strategy::ProbeFirst { agree, in_turn });
    let all = [version(Strategy::Vote), probes(2, false), probes(3, false), probes(3, true)];
    assert!(all.iter().enumerate().all(|(i, a)| !all[..i].contains(a)));
}

/// Hears one answer after another, by the definition: `answers` are small whole numbers, so that some agree.
fn hear(strategy: Strategy, answers: &[u8]) -> (Standing, u32) {
    let samples = answers.len() as u32;
    let (mut asked, mut counts) = (strategy.first(samples), [0_u32; 4]);
    let mut heard = 0;
    loop {
        let lead = counts.iter().copied().max().unwrap_or(0);
        match strategy.standing(Probes { lead, heard, asked, samples }) {
            Some(Standing::Ask(more)) => asked += more,
            Some(Standing::Open) if heard < asked => {
                counts[usize::from(answers[heard as usize])] += 1;
                heard += 1;
            }
            Some(end) => return (end, asked),
            None => panic!("a strategy that probes has a standing"),
        }
    }
}

/// The most equal answers.
fn most_equal(answers: &[u8]) -> u32 {
    let mut counts = [0_u32; 4];
    for answer in answers {
        counts[usize::from(*answer)] += 1;
    }
    counts.into_iter().max().unwrap_or(0)
}

proptest! {
    #[test]
    fn both_ways_of_drawing_end_alike_and_in_turn_wastes_no_sample(
        answers in prop::collection::vec(0_u8..4, 2..12), share in 0.0..1.0_f64,
    ) {
        let samples = answers.len() as u32;
        let agree = 2 + (share * f64::from(samples - 1)) as u32;
        let at_once = Strategy::ProbeFirst { agree, in_turn: false };
        let in_turn = Strategy::ProbeFirst { agree, in_turn: true };
        prop_assert!(at_once.validate(samples).is_ok());
        let (end, asked) = hear(in_turn, &answers);
        prop_assert_eq!(hear(at_once, &answers).0, end);
        let ends = if most_equal(&answers) >= agree { Standing::Agreed } else { Standing::Hopeless };
        prop_assert_eq!(end, ends);
        // The decision needs every sample that was asked for: without the last one it is open.
        let (heard, lead) = (asked - 1, most_equal(&answers[..asked as usize - 1]));
        let votes = Probes { lead, heard, asked: heard, samples };
        prop_assert!(matches!(in_turn.standing(votes), Some(Standing::Ask(_))));
    }
}
