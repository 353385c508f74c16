//! Weak streams by default: the same verdict for any number of candidates, and none that is too short to be judged.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails here has failed

mod common;

use common::{LIMIT, brief};
use proptest::prelude::*;
use rheostat::ladder::{Doubt, Limit, Moves, Rung, ThinkingMove};
use rheostat::rules::Rules;
use rheostat::run::{ActionKind, Brief, Reason, Run, Sample};

/// A run on the lower of two rungs.
fn run(rules: Rules, doubt: Option<Doubt>) -> Run {
    let rung = |name: &str| Rung { answer_tokens: 5_000, output_price: 1.0, ..Rung::new(name, name) };
    let rungs = vec![Rung { doubt, ..rung("small") }, rung("large")];
    let limit = Limit { tokens: 1 << 20, ..LIMIT };
    let moves = Moves { thinking: ThinkingMove::Never, ..Moves::default() };
    let brief = Brief { limit, moves, rules: rules.into(), ..brief(rungs) };
    Run::from_brief(brief, 0.0).unwrap()
}

/// The token at which a default run takes the stream for weak, from 1; `tell` reports the token of a place.
fn weak_at(count: usize, tell: impl Fn(&Sample, usize) -> (ActionKind, Reason)) -> Option<usize> {
    let run = run(Rules::default(), None);
    let sample = run.sample(0).unwrap();
    (0..count).find(|&i| tell(&sample, i) == (ActionKind::Ramp, Reason::LowConfidence)).map(|i| i + 1)
}

/// As [`weak_at`], with `k` candidates a token.
fn weak_with(rows: &[Vec<f32>], k: usize) -> Option<usize> {
    weak_at(rows.len(), |sample, i| {
        let action = sample.token(None, &rows[i][..k], None, 0.0);
        (action.kind, action.reason)
    })
}

/// The definition: the mean over the newest 256 tokens, with 1.5 nats over their number to spare while they are fewer.
fn expected(top: &[f32]) -> Option<usize> {
    (1..=top.len()).find(|&n| {
        let newest = &top[n.saturating_sub(256)..n];
        let count = newest.len() as f64;
        let mean = newest.iter().map(|&p| f64::from(p)).sum::<f64>() / count;
        mean + 1.5 / count - 1.5 / 256.0 < -0.9
    })
}

/// Twenty candidates with the log-probability of the first, falling.
fn row(first: f32) -> Vec<f32> {
    (0..20_u8).map(|i| first - f32::from(i) * 0.3).collect()
}

proptest! {
    #[test]
    fn the_number_of_candidates_does_not_matter(
        tops in prop::collection::vec(prop_oneof![3 => -1.2_f32..0.0, 1 => -4.0_f32..-0.5], 1..700),
    ) {
        let rows: Vec<_> = tops.iter().map(|&top| row(top)).collect();
        let at = weak_with(&rows, 20);
        for k in [1, 2, 5] {
            prop_assert_eq!(weak_with(&rows, k), at, "with {} candidates", k);
        }
        // A host that reports log-probabilities alone, of the likeliest tokens.
        let bare = weak_at(rows.len(), |sample, i| {
            let action = sample.token(Some(f64::from(tops[i])), &[], None, 0.0);
            (action.kind, action.reason)
        });
        prop_assert_eq!(bare, at);
        // The definition, but for a mean that lies on the bar.
        let on_it = |n: &usize| {
            let newest = &tops[n.saturating_sub(256)..*n];
            let count = newest.len() as f64;
            let mean = newest.iter().map(|&p| f64::from(p)).sum::<f64>() / count;
            (mean + 1.5 / count - 1.5 / 256.0 + 0.9).abs() < 1e-6
        };
        if !(1..=tops.len()).any(|n| on_it(&n)) {
            prop_assert_eq!(at, expected(&tops));
        }
    }
}

#[test]
fn a_short_answer_is_judged_by_what_there_is() {
    // Sure and ordinary streams are never weak, at any length; flat ones are after a few tokens.
    for (top, at) in
        [(-0.01, None), (-0.5, None), (-0.85, None), (-1.0, Some(15)), (-1.5, Some(3)), (-3.0, Some(1))]
    {
        for length in [40, 400, 4_000] {
            let rows = vec![row(top); length];
            assert_eq!(weak_with(&rows, 20), at, "{length} tokens at {top}");
        }
    }
    // One unlikely token among sure ones is none.
    let rows: Vec<_> = (0..100).map(|i| row(if i == 50 { -9.0 } else { -0.05 })).collect();
    assert_eq!(weak_with(&rows, 5), None);
}

#[test]
fn a_batch_and_forced_tokens() {
    // A batch is its tokens.
    let rows: Vec<f32> = (0..30).flat_map(|_| row(-1.5)).collect();
    let started = run(Rules::default(), None);
    let sample = started.sample(0).unwrap();
    assert_eq!(sample.tokens(&[-0.1; 30], &rows, 20, 0.0).kind, ActionKind::Ramp);
    // A grammar that leaves one candidate shows nothing: forced tokens neither raise nor hide an alarm.
    let started = run(Rules::default(), None);
    let sample = started.sample(0).unwrap();
    for _ in 0..200 {
        assert_eq!(
            sample.token(None, &[0.0, f32::NEG_INFINITY, -9999.0], None, 0.0).kind,
            ActionKind::Continue
        );
    }
    assert_eq!(sample.readings().lowest_top_logprob, None);
    assert!((0..5).any(|_| sample.token(None, &row(-1.5), None, 0.0).kind == ActionKind::Ramp));
}

#[test]
fn a_bar_that_was_calibrated_for_a_rung_takes_the_place_of_the_default() {
    let own = Doubt { low_logprob: Some(-20.0), caught: 0.5, ..Doubt::default() };
    let started = run(Rules::default(), Some(own));
    let sample = started.sample(0).unwrap();
    for _ in 0..50 {
        assert_eq!(sample.token(Some(-3.0), &row(-3.0), None, 0.0).kind, ActionKind::Continue);
    }
    // A bar of the same signal moves it, and may stand beside one of another.
    for low_logprob in [None, Some(-20.0)] {
        let own = Doubt { low_logprob, low_top_logprob: Some(-4.0), ..Doubt::default() };
        for (level, kind) in [(-3.0, ActionKind::Continue), (-5.0, ActionKind::Ramp)] {
            let started = run(Rules::default(), Some(own));
            let sample = started.sample(0).unwrap();
            let heard: Vec<_> = (0..50).map(|_| sample.token(None, &row(level), None, 0.0).kind).collect();
            assert!(
                heard.contains(&kind) && (kind == ActionKind::Ramp || !heard.contains(&ActionKind::Ramp))
            );
        }
    }
    let off = run(Rules { low_top_logprob: None, ..Rules::default() }, None);
    let sample = off.sample(0).unwrap();
    assert_eq!(sample.tokens(&[-3.0; 400], &[], 0, 0.0).kind, ActionKind::Continue);
    for bar in [0.1, -100.5, f64::NAN] {
        let error = Rules { low_top_logprob: Some(bar), ..Rules::default() }.validate().unwrap_err();
        assert!(error.to_string().starts_with("low_top_logprob"), "{error}");
    }
}

#[test]
fn bars_of_a_hosts_own_judge_short_streams_too() {
    let rules = |low_logprob, low_confidence| Rules {
        low_logprob,
        low_confidence,
        low_top_logprob: None,
        ..Rules::default()
    };
    let started = run(rules(Some(-1.0), None), None);
    let sample = started.sample(0).unwrap();
    // One token at -2 is 1 nat below the bar of -1, two are 2: more than the margin of 1.5.
    let at = (1..=50).find(|_| sample.token(Some(-2.0), &[], None, 0.0).kind == ActionKind::Ramp);
    assert_eq!(at, Some(2));
    let started = run(rules(None, Some(5.0)), None);
    let sample = started.sample(0).unwrap();
    let at = (1..=50).find(|_| sample.token(None, &[-3.0; 20], None, 0.0).kind == ActionKind::Ramp);
    assert_eq!(at, Some(3));
}
