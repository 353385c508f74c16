//! A breaker opens after failures in a row, lets one trial through, and is never stuck.

use super::{BreakerRules, BreakerState, Breakers, LONGEST, MOST, Upstream};
use proptest::prelude::*;

const RULES: BreakerRules = BreakerRules { failures: 3, seconds: 10.0 };
const ONE: Upstream<'static> = Upstream { deployment: "eu", model: "m" };

fn state(breakers: &Breakers, now: f64) -> BreakerState {
    breakers.list(now, RULES).first().map_or(BreakerState::Closed, |breaker| breaker.state)
}

#[test]
fn it_opens_is_tried_and_closes() {
    let breakers = Breakers::default();
    for failed in 0..3 {
        assert_eq!(breakers.admit(ONE, 1.0, RULES), Ok(()), "{failed}");
        assert_eq!(state(&breakers, 1.0), BreakerState::Closed);
        breakers.failed(ONE, 1.0, RULES);
    }
    assert_eq!(state(&breakers, 1.0), BreakerState::Open);
    assert_eq!(breakers.admit(ONE, 4.0, RULES), Err(7.0));
    // Another model there, and the same model elsewhere, are other upstreams.
    for other in [Upstream { model: "n", ..ONE }, Upstream { deployment: "us", ..ONE }] {
        assert_eq!(breakers.admit(other, 4.0, RULES), Ok(()));
    }
    assert_eq!(state(&breakers, 11.0), BreakerState::HalfOpen);
    assert_eq!(breakers.admit(ONE, 11.0, RULES), Ok(()));
    assert_eq!(breakers.admit(ONE, 11.0, RULES), Err(10.0), "one trial at a time");
    breakers.failed(ONE, 12.0, RULES);
    assert_eq!(breakers.admit(ONE, 12.0, RULES), Err(20.0), "twice as long");
    assert_eq!(breakers.admit(ONE, 32.0, RULES), Ok(()));
    breakers.worked(ONE);
    assert_eq!(breakers.list(32.0, RULES), []);
    assert_eq!(breakers.admit(ONE, 32.0, RULES), Ok(()));
}

#[test]
fn a_success_between_failures_begins_the_count_anew() {
    let breakers = Breakers::default();
    for _ in 0..100 {
        breakers.failed(ONE, 0.0, RULES);
        breakers.failed(ONE, 0.0, RULES);
        breakers.worked(ONE);
    }
    assert_eq!(breakers.admit(ONE, 0.0, RULES), Ok(()));
}

#[test]
fn without_a_number_of_failures_it_never_opens() {
    let (breakers, never) = (Breakers::default(), BreakerRules { failures: 0, ..RULES });
    for _ in 0..100 {
        breakers.failed(ONE, 0.0, never);
    }
    assert_eq!(breakers.admit(ONE, 0.0, never), Ok(()));
}

#[test]
fn the_entries_are_bounded() {
    let breakers = Breakers::default();
    let names: Vec<String> = (0..MOST + 10).map(|i| format!("m{i}")).collect();
    for model in &names {
        for _ in 0..3 {
            breakers.failed(Upstream { deployment: "eu", model }, 0.0, RULES);
        }
    }
    assert_eq!(breakers.list(0.0, RULES).len(), MOST);
}

proptest! {
    /// Whatever is reported, at whatever times, by whatever clocks: the wait is bounded, and once it is over a request may go out.
    #[test]
    fn it_is_never_stuck(events in prop::collection::vec((0_u8..3, -1e6_f64..1e6), 0..200)) {
        let breakers = Breakers::default();
        for (event, now) in events {
            match event {
                0 => breakers.failed(ONE, now, RULES),
                1 => breakers.worked(ONE),
                _ => {
                    if let Err(left) = breakers.admit(ONE, now, RULES) {
                        prop_assert!(left > 0.0 && left <= RULES.seconds * LONGEST);
                        prop_assert_eq!(breakers.admit(ONE, now + left + 1e-3, RULES), Ok(()));
                    }
                }
            }
        }
    }
}
