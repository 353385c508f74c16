//! The dials of a budget, without the model.

use super::rung::Rung;

/// The dials of one rung.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dials {
    /// Thinking tokens per sample.
    pub thinking_tokens: u64,
    /// Answer tokens per sample.
    pub answer_tokens: u64,
    /// Samples.
    pub samples: u32,
    /// Rounds: the first generates, each further one revises.
    pub depth: u32,
}

impl Dials {
    /// The dials of a rung, within what its scorer can tell apart.
    pub fn of(rung: &Rung) -> Self {
        let &Rung { thinking_tokens, answer_tokens, depth, .. } = rung;
        Self { thinking_tokens, answer_tokens, samples: rung.most_samples(), depth }
    }

    /// The most tokens of one sample in one round.
    pub fn max_tokens(&self) -> u64 {
        self.thinking_tokens.saturating_add(self.answer_tokens).max(1)
    }
}
