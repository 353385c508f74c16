//! Helpers that several test files share.
#![allow(dead_code, clippy::indexing_slicing)] // each test file uses what it needs; a ladder has a rung

use rheostat::ladder::{Dials, Limit, Moves, Rung};
use rheostat::rules::Rules;
use rheostat::run::{Action, ActionKind, Brief, Reason, Scope};
use std::sync::Arc;

/// A message names the field and the value of an `Error::Invalid`.
pub(crate) fn refuses(message: &str, what: &str, value: &str) -> bool {
    message.contains(&format!("{what} must be ")) && message.ends_with(&format!(", got {value}"))
}

pub(crate) const LIMIT: Limit = Limit {
    tokens: 100_000,
    usd: 10.0,
    seconds: 60.0,
    samples: 20,
    depth: 3,
    escalations: 3,
    entry: 0,
    escalated_usd: f64::INFINITY,
};

/// A rung at ten dollars per million output tokens, with room for an answer of 100 tokens.
pub(crate) fn rung(name: &str, model: &str, thinking: u64, samples: u32, depth: u32) -> Rung {
    Rung {
        thinking_tokens: thinking,
        samples,
        depth,
        answer_tokens: 100,
        input_price: 1.0,
        output_price: 10.0,
        cached_price: Some(0.1),
        ..Rung::new(name, model)
    }
}

/// Rules that judge groups of four tokens: one of 20 candidates at −2.0 is weak once it is full, and not before.
pub(crate) fn grouped() -> Rules {
    Rules { window: 4, low_confidence: Some(2.3), low_top_logprob: None, ..Rules::default() }
}

/// A run on the lowest of some rungs that judges streams after four tokens and weighs no prices.
pub(crate) fn brief(rungs: Vec<Rung>) -> Brief {
    Brief {
        dials: Dials::of(&rungs[0]),
        rungs: rungs.into(),
        allowed: None,
        left_out: None,
        rung: 0,
        once: false,
        input_tokens: 50,
        max_tokens: None,
        limit: LIMIT,
        derived_usd: false,
        moves: Moves::default(),
        worth: None,
        rules: Arc::new(grouped()),
        retries: Arc::default(),
        breakers: Arc::default(),
    }
}

/// An action's kind, scope and reason are these.
#[track_caller]
pub(crate) fn is(action: Action, kind: ActionKind, scope: Scope, reason: Reason) {
    assert_eq!((action.kind, action.scope, action.reason), (kind, scope, reason));
}
