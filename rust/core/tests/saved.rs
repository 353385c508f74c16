//! Saved sessions and pacing mean the same to the next process.

// A test stops where what it rests on is missing.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use rheostat::policy::{PacedOptions, Pacer};
use rheostat::session::{SessionOptions, Sessions, Step};

fn paced(usd: f64, period: f64) -> Pacer {
    let weights = vec![("t1".to_owned(), 3.0)];
    Pacer::new(PacedOptions { usd, period, weights, ..PacedOptions::daily(usd, 1.0) }).unwrap()
}

proptest! {
    #[test]
    fn sessions_go_on_as_if_nothing_had_been(
        steps in prop::collection::vec((0..40_u32, 0..4_usize, any::<bool>(), any::<u64>(), 0.0..5_000.0_f64), 1..80),
        later in prop::collection::vec((0..40_u32, 0..4_usize, any::<bool>(), any::<u64>(), 0.0..5_000.0_f64), 0..40),
    ) {
        let new = || Sessions::new(SessionOptions { seed: 7, ..SessionOptions::default() }).unwrap();
        let (one, other) = (new(), new());
        let take = |to: &Sessions, step: &(u32, usize, bool, u64, f64), from: f64| {
            let (name, rung, easier, request, at) = *step;
            let done = Step { rung, easier, counts: true, request, thinks: rung > 1, prefix_tokens: name };
            to.step(&format!("s{name}"), &done, from + at);
        };
        for step in &steps {
            take(&one, step, 1.7e9);
        }
        prop_assert_eq!(other.restore(&one.state()).unwrap(), one.size().0);
        for step in &later {
            take(&one, step, 1.7e9 + 5e3);
            take(&other, step, 1.7e9 + 5e3);
        }
        for name in 0..40 {
            let name = format!("s{name}");
            prop_assert_eq!(one.standing(&name, 1.7e9 + 1e4), other.standing(&name, 1.7e9 + 1e4));
        }
    }

    #[test]
    fn a_pacer_goes_on_as_if_nothing_had_been(
        asks in prop::collection::vec((0..5_u32, 0.0..2.0_f64, 0.0..9e4_f64), 1..80),
        later in prop::collection::vec((0..5_u32, 0.0..2.0_f64, 0.0..9e4_f64), 0..40),
    ) {
        let (one, other) = (paced(5.0, 3_600.0), paced(5.0, 3_600.0));
        let note = |to: &Pacer, ask: &(u32, f64, f64), from: f64| to.note(Some(&format!("t{}", ask.0)), ask.1, from + ask.2);
        for ask in &asks {
            note(&one, ask, 1.7e9);
        }
        prop_assert!(other.restore(&one.state()).unwrap());
        for ask in &later {
            note(&one, ask, 1.7e9 + 9e4);
            note(&other, ask, 1.7e9 + 9e4);
        }
        prop_assert_eq!(one.pace(), other.pace());
        for tenant in 0..5 {
            let (a, b) = (one.price(Some(&format!("t{tenant}"))), other.price(Some(&format!("t{tenant}"))));
            // The sum of the weights is added in another order.
            prop_assert!((a - b).abs() <= 1e-9 * a.abs(), "{} {}", a, b);
        }
    }

    #[test]
    fn a_damaged_state_is_refused_and_changes_nothing(at in any::<prop::sample::Index>(), to in any::<u8>(), cut in any::<bool>()) {
        let sessions = Sessions::new(SessionOptions::default()).unwrap();
        let step = Step { rung: 1, easier: false, counts: true, request: 1, thinks: false, prefix_tokens: 3 };
        sessions.step("s", &step, 1.0);
        let pacer = paced(5.0, 3_600.0);
        pacer.note(Some("t"), 0.5, 1.7e9);
        let (fresh, idle) = (Sessions::new(SessionOptions::default()).unwrap(), paced(5.0, 3_600.0));
        let before = idle.pace();
        for state in [sessions.state(), pacer.state()] {
            let mut damaged = state.clone();
            let place = at.index(state.len());
            if cut { damaged.truncate(place) } else { damaged[place] ^= to | 1 }
            prop_assert!(fresh.restore(&damaged).is_err());
            prop_assert!(idle.restore(&damaged).is_err());
        }
        prop_assert_eq!(fresh.size().0, 0);
        prop_assert_eq!(idle.pace(), before);
    }
}

#[test]
fn a_pacer_of_another_period_takes_nothing_over() {
    let (one, other) = (paced(5.0, 3_600.0), paced(5.0, 86_400.0));
    one.note(None, 2.0, 1.7e9);
    assert!(!other.restore(&one.state()).unwrap());
    assert_eq!(other.pace().queries, 0);
    // Another budget is no other period.
    let richer = paced(50.0, 3_600.0);
    assert!(richer.restore(&one.state()).unwrap());
    assert_eq!(richer.pace().queries, 1);
}
