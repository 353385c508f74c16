//! Limits and grants: time, tokens and money, and what a report of usage gives back.

use super::common::{LIMIT, is, rung};
use super::{start, two, votes};
use rheostat::ladder::Limit;
use rheostat::run::{ActionKind, Reason, Scope};

#[test]
fn the_deadline_holds_at_the_next_event() {
    let run = start(two(), LIMIT);
    let sample = run.sample(0).unwrap();
    for bad in [f64::NAN, f64::INFINITY, -5.0] {
        assert!(!sample.token(None, &[], None, bad).stops());
    }
    is(sample.token(None, &[], None, 60.0), ActionKind::Ceiling, Scope::Run, Reason::Seconds);
    assert!(run.next(60.0).unwrap().is_empty());
    sample.finish(Some("late"), 61.0).unwrap();
    assert_eq!((run.answer().as_deref(), run.settled(), run.spent().tokens), (Some("late"), false, 4));
    is(run.tick(62.0), ActionKind::Ceiling, Scope::Run, Reason::Seconds);
}

#[test]
fn thinking_gives_way_and_the_answer_keeps_its_room() {
    let tight = Limit { tokens: 250, ..LIMIT };
    let run = start(vec![rung("think", "m", 1000, 1, 1)], tight);
    let call = run.next(0.0).unwrap().remove(0);
    assert_eq!((call.max_tokens, call.thinking_tokens), (250, 150));
    let sample = call.sample(0).unwrap();
    is(sample.text("", Some(250), 0.0), ActionKind::Ceiling, Scope::Sample, Reason::GrantSpent);
    is(sample.text("", Some(1), 0.0), ActionKind::Ceiling, Scope::Run, Reason::Overshoot);
    assert_eq!(run.spent().tokens, 251);
}

#[test]
fn money_bounds_a_grant() {
    let tight = Limit { usd: 1_050e-6, ..LIMIT };
    let run = start(vec![rung("think", "m", 1000, 2, 1)], tight);
    let call = run.next(0.0).unwrap().remove(0);
    assert_eq!((call.samples, call.max_tokens), (1, 100));
}

#[test]
fn usage_is_merged_by_field_and_releases_the_rest_of_the_grant() {
    let run = start(vec![votes().remove(0)], Limit { tokens: 450, ..LIMIT });
    let call = run.next(0.0).unwrap().remove(0);
    assert_eq!(call.samples, 3);
    for i in 0..3 {
        call.sample(i).unwrap().finish(Some(&i.to_string()), 0.0).unwrap();
    }
    // Nothing was counted, so all is reserved until the usage comes; the ramp waits for it.
    assert_eq!((run.ended(), run.spent().tokens), (None, 0));
    call.usage(None, None, Some(30), None, 0.0).unwrap();
    assert_eq!(run.spent().tokens, 30);
    // A smaller output changes nothing. Reasoning above the output is counted apart.
    call.usage(None, None, Some(20), None, 0.0).unwrap();
    assert_eq!((run.spent().tokens, run.spent().invalid), (30, 1));
    call.usage(None, None, None, Some(70), 0.0).unwrap();
    assert_eq!(run.spent().tokens, 100);
    let more = run.next(0.0).unwrap().remove(0);
    assert_eq!((more.samples, more.max_tokens), (2, 150));
}

#[test]
fn a_grant_stays_reserved_while_its_cost_is_unknown() {
    let run = start(votes(), Limit { tokens: 450, ..LIMIT });
    let call = run.next(0.0).unwrap().remove(0);
    for i in 0..3 {
        call.sample(i).unwrap().finish(Some(&i.to_string()), 0.0).unwrap();
    }
    assert!(run.next(0.0).unwrap().is_empty());
    assert_eq!((run.ended(), run.settled()), (Some(Reason::Tokens), false));
}
