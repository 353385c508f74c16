//! Probes, steps and agents, against their definitions.
#![allow(clippy::unwrap_used, clippy::float_cmp)] // a test that fails here has failed

use proptest::prelude::*;
use rheostat::signal::{AnswerProbability, Probes, Stall, StallRules, Steps, Stuck};

proptest! {
    #[test]
    fn steps_are_means_of_the_newest(scores in prop::collection::vec(0.0_f64..=1.0, 0..40), window in 1_usize..=3) {
        let mut steps = Steps::default();
        for &score in &scores {
            steps.add(score);
            steps.add(f64::NAN);
        }
        let newest = scores.len().checked_sub(window).map(|from| scores[from..].iter().sum::<f64>() / window as f64);
        match (steps.newest(window), newest) {
            (Some(got), Some(wanted)) => prop_assert!((got - wanted).abs() < 1e-12),
            (got, wanted) => prop_assert_eq!(got, wanted),
        }
        prop_assert_eq!((steps.count() as usize, steps.invalid() as usize), (scores.len(), scores.len()));
    }

    #[test]
    fn any_turns_are_survived(
        turns in prop::collection::vec(("[ab]{0,2}", "[cd0-9]{0,2}", any::<bool>()), 0..100),
    ) {
        let mut stall = Stall::new(StallRules::default()).unwrap();
        for (call, result, ok) in &turns {
            let result = if *ok { Ok(&**result) } else { Err(&**result) };
            stall.turn(call, result);
        }
        prop_assert_eq!(stall.turns(), turns.len() as u64);
    }
}

#[test]
fn probes_break_their_row_on_doubt() {
    let mut probes = Probes::default();
    let row =
        [("42", Some(0.9)), ("42", None), ("42", Some(0.1)), ("", None), ("42", Some(2.0)), (" 42 ", None)];
    let equal: Vec<u32> = row.iter().map(|(answer, p)| probes.add(answer, *p, 0.5)).collect();
    assert_eq!(equal, [1, 2, 0, 0, 0, 1]);
    assert_eq!(probes.add(&"9".repeat(1 << 20), None, 0.0), 0);
    assert_eq!((probes.answer(), probes.seen()), (Some("42"), 7));
}

#[test]
fn an_answers_probability_is_the_mean_of_its_tokens() {
    let mut answer = AnswerProbability::default();
    assert_eq!(answer.mean(), None);
    for logprob in [0.9_f64.ln(), f64::NAN, 0.4_f64.ln(), 0.5] {
        answer.add(logprob);
    }
    assert!((answer.mean().unwrap() - 0.65).abs() < 1e-12);
    answer.add(f64::NEG_INFINITY);
    assert!((answer.mean().unwrap() - 1.3 / 3.0).abs() < 1e-12);
}

#[test]
fn agents_that_are_stuck() {
    let new = || Stall::new(StallRules::default()).unwrap();
    let mut stall = new();
    assert_eq!(stall.turn("run tests", Ok("2 failed")), None);
    assert_eq!(stall.turn("run tests", Ok("1 failed")), None);
    assert_eq!(stall.turn("run tests", Ok("all passed")), None);
    let mut stall = new();
    let errors =
        ["line 12: no such file 0x7ffe01", "line 9: no such file 0x1a", "line 130: no such file 0x0"];
    let turns: Vec<_> = errors.iter().map(|error| stall.turn(error, Err(error))).collect();
    assert_eq!(turns, [None, Some(Stuck::RepeatedError), Some(Stuck::RepeatedError)]);
    assert_eq!(stall.turn("x", Err("another error")), None);
    let mut stall = new();
    let stuck: Vec<_> = (0..8).map(|i| stall.turn(["a", "b", "c", "d"][i % 4], Ok("same"))).collect();
    assert_eq!(stuck[..5], [None; 5]);
    assert_eq!(stuck[5], Some(Stuck::NoProgress));
    let mut stall = new();
    for i in 0..200 {
        assert_eq!(stall.turn("step", Ok(&i.to_string())), None);
    }
    let long = "y".repeat(1 << 20);
    assert_eq!(stall.turn(&long, Ok(&long)), None);
    assert!(Stall::new(StallRules { calls: 1, ..StallRules::default() }).is_err());
    assert!(Stall::new(StallRules { calls: 33, ..StallRules::default() }).is_err());
}
