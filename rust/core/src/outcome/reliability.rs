//! How much an outcome is worth, by how it is known.

use super::OutcomeKind;

/// What is assumed of scores of one kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reliability {
    /// The chance that the score says the opposite of the truth.
    pub flipped: f64,
    /// The variance of its noise, as a multiple of a graded outcome's.
    pub noise: f64,
}

/// The reliability of a kind. Judges agree with people about nine times in ten; a thumb, a second try or an escalation
/// says less, and is given by few. The figures are assumptions, meant to be on the careful side.
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
    /// The score whose expectation, were the flips taken back, is the truth: `(score − f) / (1 − 2f)`.
    pub fn corrected(&self, score: f64) -> f64 {
        (score - self.flipped) / (1.0 - 2.0 * self.flipped)
    }

    /// The noise of the corrected score.
    pub fn corrected_noise(&self) -> f64 {
        self.noise / (1.0 - 2.0 * self.flipped).powi(2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corrected_scores_are_right_on_average() {
        for kind in OutcomeKind::ALL {
            let r = reliability(kind);
            for truth in [0.0, 1.0] {
                let mean = (1.0 - r.flipped) * r.corrected(truth) + r.flipped * r.corrected(1.0 - truth);
                assert!((mean - truth).abs() < 1e-12);
            }
            assert!(r.corrected_noise() >= 1.0);
        }
    }
}
