//! The dials of a budget, model aside.

use super::rung::Rung;

/// How far the dials of one rung are turned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dials {
    /// Thinking tokens of one sample.
    pub thinking_tokens: u64,
    /// Room for one sample's final answer.
    pub answer_tokens: u64,
    /// Samples.
    pub samples: u32,
    /// Rounds: 1 is to generate, each further one revises.
    pub depth: u32,
}

impl Dials {
    /// As a rung has them.
    pub fn of(rung: &Rung) -> Self {
        let &Rung { thinking_tokens, answer_tokens, samples, depth, .. } = rung;
        Self { thinking_tokens, answer_tokens, samples, depth }
    }

    /// The most one sample may write in one round.
    pub fn max_tokens(&self) -> u64 {
        self.thinking_tokens.saturating_add(self.answer_tokens).max(1)
    }
}
