//! The stop rules and their names.

use crate::named::named;

named! {
    /// A stop rule. `confidence`, `alpha` and the other parameters are [`VoteOptions`](super::VoteOptions).
    ///
    /// `a` and `b` are the votes of the two most frequent answers, `n` the samples consumed, `N` the cap.
    #[derive(Default)]
    #[non_exhaustive]
    pub enum VoteRule as "vote rule" {
        /// Stops when `P(p₁ > ½ | a, b) ≥ confidence` under a uniform prior (Adaptive-Consistency, Aggarwal et al. 2023),
        /// exactly, from a table. This is a posterior of a two-answer model, not an error rate: on near ties it stops on
        /// the wrong answer more often than `1 − confidence`.
        #[default]
        Beta = "beta",
        /// Stops when the leader has at least the share `confidence` of two or more answers, or of their weight
        /// (`DeepConf`'s consensus stop at 0.95, Fu et al. 2025).
        Majority = "majority",
        /// Stops when no remaining sample can change the leader, however ties are broken: lossless.
        Curtail = "curtail",
        /// Stops when all answers agree and reach the number that [`Beta`](Self::Beta) needs without dissent (4 at 0.95).
        Unanimous = "unanimous",
        /// Stops when the leader loses by sample `N` with probability at most `1 − confidence`. If all remaining samples
        /// fall on the two leading answers, the second's gain is beta-binomial with parameters `b + 1` and `a + 1`; a tie
        /// counts as lost. Needs 8 to 15 % fewer samples than [`Beta`](Self::Beta), and becomes
        /// [`Curtail`](Self::Curtail) as `n` nears `N`. It never stops on one sample of several.
        Horizon = "horizon",
        /// Stops when `P(p₁ > max pⱼ) ≥ confidence` for the Dirichlet posterior over all answers seen, under a uniform
        /// prior (Aggarwal et al. 2023): a one-dimensional integral, to 1e-9, where the published code draws 50,000 random
        /// points.
        Dirichlet = "dirichlet",
        /// Like [`Dirichlet`](Self::Dirichlet) for a Dirichlet process (Chinese restaurant process, Aggarwal et al. 2023):
        /// unseen answers count as the jumps of a gamma process with mass `concentration`.
        Crp = "crp",
        /// Stops when all answers of one window of `window` samples agree, and answers with **that window's** answer (ESC,
        /// Li et al. 2024). A window with an abstention does not agree.
        Esc = "esc",
        /// Stops when the entropy of two or more answers, over its maximum `ln k`, is at most `1 − confidence` (Aggarwal
        /// et al. 2023, whose 0.75 is a confidence of 0.25).
        Entropy = "entropy",
        /// Wald's sequential probability ratio test of the leader against every other answer, `q = ½` against `q = odds`,
        /// at the certificate's thresholds: the error is at most `alpha`. (`ConSol` decides at a likelihood ratio of
        /// 1.0005, a lead of three votes.)
        Sprt = "sprt",
        /// Stops when `P(the leader is the mode) ≥ confidence` under a prior learned from earlier votes, reduced to their
        /// two largest shares and the rest (Huang, Ma and Zhou 2026, L = 3). Needs `prior`. A prior of another task may be sure
        /// of anything, so it saves at most the samples between `confidence` and 2 · `confidence` − 1 in [`Beta`](Self::Beta),
        /// and it never stops on one sample of several.
        Bayes = "bayes",
        /// Stops when the answer is certified (`docs/certificate.md`): the error is at most `alpha`.
        Certified = "certified",
    }
}
