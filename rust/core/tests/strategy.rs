//! Rungs that probe first, one story at a time.
#![allow(clippy::unwrap_used)] // a test that fails here has failed

mod common;

use common::{LIMIT, brief, rung};
use rheostat::Error;
use rheostat::ladder::{Ladder, Limit, Rung};
use rheostat::run::{Action, ActionKind, Brief, Call, Dial, Reason, Run, Scope};
use rheostat::strategy::Strategy;

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

fn is(action: Action, kind: ActionKind, scope: Scope, reason: Reason) {
    assert_eq!((action.kind, action.scope, action.reason), (kind, scope, reason));
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
