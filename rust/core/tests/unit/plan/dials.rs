//! Tests of `plan/dials.rs`, of what is private there.

use super::*;
use proptest::prelude::*;

fn rung() -> Rung {
    Rung {
        thinking_tokens: 1_000,
        answer_tokens: 200,
        samples: 4,
        depth: 2,
        input_price: 1.0,
        output_price: 10.0,
        ..Rung::new("r", "m")
    }
}

const WIDE: Limit = Limit {
    tokens: 1 << 30,
    usd: 1e6,
    seconds: 60.0,
    samples: 99,
    depth: 9,
    escalations: 9,
    entry: 0,
    escalated_usd: f64::INFINITY,
};

#[test]
fn a_wide_limit_cuts_nothing() {
    let mut cut = Vec::new();
    let dials = fit(&rung(), &rung().prices(), &WIDE, 10, None, &mut cut);
    assert_eq!((dials.thinking_tokens, dials.answer_tokens, dials.samples, dials.depth), (1_000, 200, 4, 2));
    assert!(cut.is_empty());
}

#[test]
fn thinking_gives_way_before_the_answer() {
    let mut cut = Vec::new();
    let dials = fit(&rung(), &rung().prices(), &Limit { tokens: 500, ..WIDE }, 10, None, &mut cut);
    assert_eq!((dials.thinking_tokens, dials.answer_tokens, dials.samples, dials.depth), (300, 200, 1, 1));
    let names: Vec<_> = cut.iter().map(|c| c.field.as_str()).collect();
    assert_eq!(names, ["thinking_tokens", "samples", "depth"]);
    let dials = fit(&rung(), &rung().prices(), &WIDE, 10, Some(150), &mut Vec::new());
    assert_eq!((dials.thinking_tokens, dials.answer_tokens), (0, 150));
}

proptest! {
    #[test]
    fn planned_dials_fit_their_limit(tokens in 1_u64..10_000, usd in 1e-6_f64..1.0, samples in 1_u32..9, input in 0_u64..5_000) {
        let limit = Limit { tokens, usd, samples, ..WIDE };
        let dials = fit(&rung(), &rung().prices(), &limit, input, None, &mut Vec::new());
        let requests = u64::from(dials.samples + dials.depth - 1);
        prop_assert!(dials.samples <= samples && dials.max_tokens() * requests <= tokens);
        let cost = rung().prices().cost(input, 0, dials.max_tokens()).times(requests);
        // A limit that cannot pay for one token is the run's to refuse.
        let least = rung().prices().cost(input, 0, 1).dollars();
        prop_assert!(cost.dollars() <= usd.max(least) + 1e-9, "{} of {usd}", cost.dollars());
    }
}
