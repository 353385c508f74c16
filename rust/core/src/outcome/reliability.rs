//! The reliability of outcomes, by their source.

use super::OutcomeKind;

/// The assumed errors of scores of one kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reliability {
    /// Probability that the score is the opposite of the truth.
    pub flipped: f64,
    /// Variance of the noise, as a multiple of a graded outcome's.
    pub noise: f64,
}

/// The reliability of a kind. Judges agree with people about nine times in ten; thumbs, second tries and escalations are
/// noisier and rarer. The figures are cautious assumptions.
pub fn reliability(kind: OutcomeKind) -> Reliability {
    let (flipped, noise) = match kind {
        OutcomeKind::Graded => (0.0, 1.0),
        OutcomeKind::Judge => (0.08, 1.5),
        OutcomeKind::Thumbs => (0.15, 2.5),
        OutcomeKind::Retry => (0.25, 4.0),
        OutcomeKind::Escalation => (0.2, 3.0),
    };
    Reliability { flipped, noise }
}

impl Reliability {
    /// The score corrected for flips, whose expectation is the truth: `(score − f) / (1 − 2f)`.
    pub fn corrected(&self, score: f64) -> f64 {
        (score - self.flipped) / (1.0 - 2.0 * self.flipped)
    }

    /// Noise of the corrected score.
    pub fn corrected_noise(&self) -> f64 {
        self.noise / (1.0 - 2.0 * self.flipped).powi(2)
    }
}
