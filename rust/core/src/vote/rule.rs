//! The stop rules by name.

use crate::{Error, Result};

/// A stop rule. `confidence`, `alpha` and the rest are the vote's own: [`VoteOptions`](super::VoteOptions).
///
/// Write `a` and `b` for the votes of the two most frequent answers, `n` for the samples consumed and `N` for the cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum VoteRule {
    /// Stops when `P(p₁ > ½ | a, b) ≥ confidence` for the two largest counts under a uniform prior
    /// (Adaptive-Consistency, Aggarwal et al. 2023), exactly, from a table. It is a posterior under a two-answer
    /// model, not an error rate: on near ties it stops on the wrong answer more often than its number suggests.
    #[default]
    Beta,
    /// Stops when the leader has at least the share `confidence` of two or more answers; of their weight, where votes
    /// are weighted (`DeepConf`'s consensus stop at 0.95, Fu et al. 2025).
    Majority,
    /// Stops when no remaining sample can change the leader, however ties are broken: lossless.
    Curtail,
    /// Stops when all answers agree and are as many as [`Beta`](Self::Beta) asks for without dissent (4 at 0.95).
    Unanimous,
    /// Stops when the leader loses by sample `N` with probability at most `1 − confidence`: were all remaining samples
    /// to fall on the two leading answers, the second's gain is beta-binomial with parameters `b + 1` and `a + 1`; a
    /// tie counts as lost. Needs 8 to 15 % fewer samples than [`Beta`](Self::Beta), and becomes
    /// [`Curtail`](Self::Curtail) as `n` nears `N`.
    Horizon,
    /// Stops when `P(p₁ > max pⱼ) ≥ confidence` for the Dirichlet posterior over all answers seen, under a uniform
    /// prior (Aggarwal et al. 2023): a one-dimensional integral of gamma distribution functions, to 1e-9, where the
    /// published code draws 50,000 random points.
    Dirichlet,
    /// The same for a Dirichlet process (Chinese restaurant, Aggarwal et al. 2023): answers not seen yet count too, as
    /// the jumps of a gamma process with mass `concentration`.
    Crp,
    /// Stops when all answers of one window of `window` samples agree, and answers with **that window's** answer (ESC,
    /// Li et al. 2024). A window with an abstention does not agree.
    Esc,
    /// Stops when the entropy of two or more answers, over its largest value `ln k`, is at most `1 − confidence`
    /// (Aggarwal et al. 2023, whose 0.75 is a confidence of 0.25).
    Entropy,
    /// Wald's sequential probability ratio test of the leader against every other answer, `q = ½` against `q = odds`,
    /// with the thresholds of the certificate, so that the error is at most `alpha`. (`ConSol`'s, which decides at a
    /// likelihood ratio of 1.0005, is a lead of three votes.)
    Sprt,
    /// Stops when `P(the leader is the mode) ≥ confidence` under a prior learned from earlier votes, of which the two
    /// largest shares and the rest are kept (Huang, Ma and Zhou 2026, L = 3). Needs `prior`.
    Bayes,
    /// Stops when the answer is certified: `docs/certificate.md`. The error is at most `alpha`.
    Certified,
}

impl VoteRule {
    /// Every rule.
    pub const ALL: [Self; 12] = [
        Self::Beta,
        Self::Majority,
        Self::Curtail,
        Self::Unanimous,
        Self::Horizon,
        Self::Dirichlet,
        Self::Crp,
        Self::Esc,
        Self::Entropy,
        Self::Sprt,
        Self::Bayes,
        Self::Certified,
    ];

    /// The rule's name, as users type it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Beta => "beta",
            Self::Majority => "majority",
            Self::Curtail => "curtail",
            Self::Unanimous => "unanimous",
            Self::Horizon => "horizon",
            Self::Dirichlet => "dirichlet",
            Self::Crp => "crp",
            Self::Esc => "esc",
            Self::Entropy => "entropy",
            Self::Sprt => "sprt",
            Self::Bayes => "bayes",
            Self::Certified => "certified",
        }
    }

    /// The rule of that name.
    ///
    /// # Errors
    /// [`Error::Unknown`] with the names that exist.
    pub fn from_name(name: &str) -> Result<Self> {
        let known = Self::ALL.iter().copied().find(|rule| rule.name() == name);
        known.ok_or_else(|| Error::unknown("vote rule", name, Self::ALL.map(Self::name)))
    }
}
