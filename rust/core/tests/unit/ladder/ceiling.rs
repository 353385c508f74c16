//! Tests of `ladder/ceiling.rs`, of what is private there.

use super::*;
use crate::error::refuses;

#[test]
fn derived_limits_are_finite_and_hold_the_top_rung() {
    let top = Rung { thinking_tokens: 1_000, samples: 5, output_price: 10.0, ..Rung::new("top", "m") };
    let limit = Ceiling::default().resolve(std::slice::from_ref(&top), 100);
    assert!(
        limit.tokens >= 5 * top.max_tokens()
            && limit.usd >= top.prices().cost(0, 0, limit.tokens / 2).dollars()
    );
    assert!(limit.seconds.is_finite() && limit.samples >= 5 && limit.escalations == 0);
}

#[test]
fn derived_limits_hold_the_worst_case_of_every_rung() {
    for (rungs, agree, in_turn) in [(2, 2, false), (3, 2, true), (3, 3, false), (4, 3, true), (5, 5, false)] {
        let rungs = (0..rungs).map(|i| Rung {
            input_price: 0.1 * f64::from(i),
            output_price: 1.0 + f64::from(i),
            ..Rung::new(format!("{i}"), "m")
        });
        let ladder = crate::ladder::Ladder::cascade(rungs.collect(), agree, in_turn).unwrap();
        let limit = Ceiling::default().resolve(ladder.rungs(), 700);
        let all = |of: &dyn Fn(&Rung) -> f64| {
            ladder.rungs().iter().map(|r| of(r) * f64::from(r.samples)).sum::<f64>()
        };
        // Every request once, and once more because it failed.
        assert!(f64::from(limit.samples) >= 2.0 * all(&|_| 1.0));
        assert!(limit.tokens as f64 >= 2.0 * all(&|r| r.max_tokens() as f64));
        let dollars = |r: &Rung| r.prices().cost(700, 0, r.max_tokens()).dollars();
        assert!(limit.usd >= 2.0 * all(&dollars) - 1e-12);
        // Samples at once wait for each other only once.
        let waits = |r: &Rung| if in_turn { 1.0 } else { 1.0 / f64::from(r.samples) };
        assert!(limit.seconds >= all(&|r| waits(r) * r.max_tokens() as f64 / TOKENS_PER_SECOND));
    }
}

#[test]
fn only_tighter_limits_are_taken() {
    let limit = Limit {
        tokens: 100,
        usd: 1.0,
        seconds: 10.0,
        samples: 3,
        depth: 2,
        escalations: 1,
        entry: 0,
        escalated_usd: f64::INFINITY,
    };
    let wanted = Ceiling { tokens: Some(50), usd: Some(2.0), ..Ceiling::default() };
    let mut looser = Vec::new();
    let tight = limit.tightened(&wanted, |field, wanted, got| looser.push((field, wanted, got)));
    assert_eq!((tight.tokens, tight.usd), (50, 1.0));
    assert_eq!(looser, [("ceiling.usd", 2.0, 1.0)]);
}

#[test]
fn errors_name_the_limit() {
    for (ceiling, what, value) in [
        (Ceiling { tokens: Some(0), ..Ceiling::default() }, "tokens", "0"),
        (Ceiling { usd: Some(f64::NAN), ..Ceiling::default() }, "usd", "NaN"),
        (Ceiling { usd: Some(-1.0), ..Ceiling::default() }, "usd", "-1"),
        (Ceiling { seconds: Some(f64::INFINITY), ..Ceiling::default() }, "seconds", "inf"),
    ] {
        let error = ceiling.validate().unwrap_err().to_string();
        assert!(refuses(&error, &format!("ceiling: {what}"), value), "{error}");
    }
}
