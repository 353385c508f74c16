//! Revisions that answer a finding: a verifier's reply, a failed check, a tool's result.
#![allow(clippy::unwrap_used, clippy::panic)] // a test that fails here has failed

mod common;

use common::{LIMIT, brief, is, rung};
use rheostat::ladder::Limit;
use rheostat::rules::{Evidence, Rules};
use rheostat::run::{ActionKind, Brief, Call, CallKind, Reason, Run, Scope};

fn start(depth: u32, rules: Rules) -> Run {
    let brief = brief(vec![rung("only", "small", 0, 1, depth)]);
    Run::from_brief(Brief { rules: rules.into(), limit: Limit { escalations: 0, ..LIMIT }, ..brief }, 0.0)
        .unwrap()
}

fn careful() -> Rules {
    Rules { revise_on_finding: true, ..Rules::default() }
}

fn one(run: &Run) -> Call {
    let mut calls = run.next(1.0).unwrap();
    assert_eq!(calls.len(), 1);
    calls.remove(0)
}

#[test]
fn a_revision_on_nothing_is_refused_by_name() {
    let run = start(3, careful());
    let end = one(&run).sample(0).unwrap().finish(Some("7"), 1.0).unwrap();
    is(end, ActionKind::Stop, Scope::Run, Reason::Unrevised);
    assert!(run.settled() && run.spent().calls == 1);
    // Without the rule, each planned round revises.
    let run = start(2, Rules::default());
    let going = one(&run).sample(0).unwrap().finish(Some("7"), 1.0).unwrap();
    is(going, ActionKind::Continue, Scope::Run, Reason::Revising);
    let call = one(&run);
    assert_eq!((call.kind, call.finding.as_deref()), (CallKind::Revise, None));
}

#[test]
fn the_words_of_a_failed_check_reach_the_revision() {
    let run = start(2, careful());
    let call = one(&run);
    let heard = run.observe_with(Evidence::Refuted, " test_3 failed: expected 4 ", 1.0);
    is(heard, ActionKind::Continue, Scope::Run, Reason::Revising);
    let going = call.sample(0).unwrap().finish(Some("7"), 1.0).unwrap();
    is(going, ActionKind::Continue, Scope::Run, Reason::Revising);
    let revision = one(&run);
    assert_eq!(revision.kind, CallKind::Revise);
    assert_eq!(
        (revision.resume.as_deref(), revision.finding.as_deref()),
        (Some("7"), Some("test_3 failed: expected 4"))
    );
    // A call that fails is sent again with its finding.
    revision.fail("overloaded", 1.0).unwrap();
    let again = one(&run);
    assert_eq!((again.kind, again.finding.as_deref()), (CallKind::Revise, Some("test_3 failed: expected 4")));
    let end = again.sample(0).unwrap().finish(Some("4"), 1.0).unwrap();
    is(end, ActionKind::Stop, Scope::Run, Reason::RoundsDone);
    assert_eq!(run.answer().as_deref(), Some("4"));
}

#[test]
fn a_further_round_needs_a_finding_of_its_own() {
    let run = start(3, careful());
    let call = one(&run);
    run.observe_with(Evidence::Refuted, "the sum is wrong", 1.0);
    call.sample(0).unwrap().finish(Some("7"), 1.0).unwrap();
    let end = one(&run).sample(0).unwrap().finish(Some("8"), 1.0).unwrap();
    is(end, ActionKind::Stop, Scope::Run, Reason::RoundsDone);
    assert_eq!(run.spent().calls, 2);
}

#[test]
fn no_finding_is_lost_whenever_it_comes() {
    let run = start(3, careful());
    let call = one(&run);
    for words in ["the sum is wrong", " ", "the unit is missing"] {
        run.observe_with(Evidence::Refuted, words, 1.0);
    }
    call.sample(0).unwrap().finish(Some("7"), 1.0).unwrap();
    let first = one(&run);
    assert_eq!(first.finding.as_deref(), Some("the sum is wrong\nthe unit is missing"));
    // Those that come while a revision is written are the next one's.
    for words in ["test_1 failed", "test_2 failed"] {
        run.observe_with(Evidence::Refuted, words, 1.0);
    }
    first.sample(0).unwrap().finish(Some("8"), 1.0).unwrap();
    assert_eq!(one(&run).finding.as_deref(), Some("test_1 failed\ntest_2 failed"));
}

#[test]
fn a_verifiers_reply_is_a_finding() {
    let run = start(1, Rules { verify_below: Some(1.0), ..careful() });
    one(&run).sample(0).unwrap().finish(Some("41"), 1.0).unwrap();
    let verify = one(&run);
    assert_eq!(verify.kind, CallKind::Verify);
    verify.sample(0).unwrap().finish(Some("Wrong: 6 times 7 is 42."), 1.0).unwrap();
    let revise = one(&run);
    assert_eq!((revise.kind, revise.finding.as_deref()), (CallKind::Revise, Some("Wrong: 6 times 7 is 42.")));
}

#[test]
fn a_finding_is_bounded_and_blank_ones_are_none() {
    let run = start(2, careful());
    let call = one(&run);
    run.observe_with(Evidence::Refuted, &"é".repeat(20_000), 1.0);
    call.sample(0).unwrap().finish(Some("7"), 1.0).unwrap();
    let words = one(&run).finding.clone().unwrap();
    assert!(words.len() <= 1 << 14 && words.len() > (1 << 14) - 4 && words.chars().all(|c| c == 'é'));
    let run = start(2, careful());
    let call = one(&run);
    run.observe_with(Evidence::Refuted, " \n", 1.0);
    let end = call.sample(0).unwrap().finish(Some("7"), 1.0).unwrap();
    is(end, ActionKind::Stop, Scope::Run, Reason::Unrevised);
}
