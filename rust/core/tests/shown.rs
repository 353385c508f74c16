//! A stream that the user reads along: it goes on, is raised or stops, and is never taken back.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails here has failed

mod common;

use common::{brief, rung};
use rheostat::ladder::{Moves, ThinkingMove};
use rheostat::rules::Evidence;
use rheostat::run::{ActionKind, Brief, Call, Reason, Run};

fn rungs() -> Brief {
    brief(vec![rung("a", "small", 400, 1, 2), rung("b", "large", 800, 1, 1)])
}

fn shown(brief: Brief) -> (Run, Call) {
    let run = Run::from_brief(brief, 0.0).unwrap();
    let call = run.next(0.0).unwrap().remove(0);
    let _ = call.sample(0).unwrap().text("The answer", None, 0.1);
    run.show();
    (run, call)
}

fn ends(run: &Run, reason: Reason) {
    assert!(run.next(9.0).unwrap().is_empty());
    assert_eq!((run.ended(), run.escalations()), (Some(reason), 0));
}

#[test]
fn without_a_user_each_of_these_would_ask_for_more() {
    let run = Run::from_brief(rungs(), 0.0).unwrap();
    let call = run.next(0.0).unwrap().remove(0);
    let _ = call.fail("reset", 0.2);
    assert_eq!(run.next(0.3).unwrap().len(), 1);
    let run = Run::from_brief(rungs(), 0.0).unwrap();
    let call = run.next(0.0).unwrap().remove(0);
    let _ = call.sample(0).unwrap().finish(Some("4"), 0.2);
    assert_eq!(run.next(0.3).unwrap().len(), 1); // the second round of depth
}

#[test]
fn a_failure_is_not_tried_again() {
    let (run, call) = shown(rungs());
    let _ = call.fail("reset", 0.2);
    ends(&run, Reason::Shown);
}

#[test]
fn an_answer_is_not_revised() {
    let (run, call) = shown(rungs());
    let _ = call.sample(0).unwrap().finish(Some("4"), 0.2);
    assert!(run.next(0.3).unwrap().is_empty());
    assert_eq!((run.answer().as_deref(), run.spent().calls), (Some("4"), 1));
}

#[test]
fn evidence_does_not_go_up() {
    for evidence in Evidence::ALL {
        let (run, call) = shown(rungs());
        let action = run.observe(evidence, 0.2);
        assert!(!action.discards && action.kind != ActionKind::Ramp, "{evidence:?}: {action:?}");
        let _ = call.sample(0).unwrap().finish(Some("4"), 0.3);
        assert!(run.next(0.4).unwrap().is_empty(), "{evidence:?}");
        assert_eq!((run.answer().as_deref(), run.escalations()), (Some("4"), 0));
    }
}

#[test]
fn the_stream_itself_may_be_raised() {
    let moves = Moves { thinking: ThinkingMove::Raise, ..Moves::default() };
    let (_run, call) = shown(Brief { moves, ..rungs() });
    let sample = call.sample(0).unwrap();
    let raised = (0..20)
        .map(|_| sample.token(Some(-9.0), &[-0.9, -1.0, -1.1], None, 0.2))
        .find(|a| a.kind == ActionKind::Ramp);
    assert!(raised.is_some_and(|action| !action.discards), "{raised:?}");
}
