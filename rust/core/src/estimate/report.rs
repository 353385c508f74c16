//! The report of a fit, from cross-validation.

/// The report of a fit. Brier scores (mean squared errors of chances) are of held-out queries, weighted by the reliability of
/// the outcomes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Report {
    /// Outcomes on the ladder's rungs.
    pub outcomes: usize,
    /// Different queries among them.
    pub queries: usize,
    /// Independent groups among them.
    pub groups: usize,
    /// Folds of the cross-validation.
    pub folds: usize,
    /// The rungs with outcomes, in the ladder's order.
    pub rungs: Vec<RungReport>,
    /// Share of the learned correction that enters chances, in [0, 1].
    pub share: f64,
    /// True if the share is 0: chances are the prior's, plus each rung's level.
    pub kept_prior: bool,
    /// Brier score of the prior with fitted levels.
    pub brier_prior: f64,
    /// Brier score with heads; never above the prior's.
    pub brier: f64,
    /// Ranking of gains between the two rungs farthest apart, if enough queries have outcomes on both.
    pub gain: Option<GainReport>,
}

/// The part of a report that belongs to one rung.
#[derive(Debug, Clone, PartialEq)]
pub struct RungReport {
    /// The rung's name.
    pub rung: String,
    /// Outcomes on the rung.
    pub outcomes: usize,
    /// Their mean score.
    pub mean_score: f64,
    /// Fitted ability, in (0, 1).
    pub ability: f64,
    /// Brier score of the prior with fitted levels.
    pub brier_prior: f64,
    /// Brier score with heads.
    pub brier: f64,
}

/// Ranking of held-out queries by the gain of one rung over another.
#[derive(Debug, Clone, PartialEq)]
pub struct GainReport {
    /// The lower rung.
    pub low: String,
    /// The higher rung.
    pub high: String,
    /// Queries with outcomes of both.
    pub pairs: usize,
    /// The mean difference of their scores.
    pub mean: f64,
    /// Average performance gap recovered in the prior's order; 0.5 is random.
    pub apgr_prior: f64,
    /// Average performance gap recovered in the heads' order. Cross-validation understates it a little: where a fold gained
    /// much by luck, the folds that it was predicted from gained little.
    pub apgr: f64,
    /// Bootstrap interval (95 %, over groups) of the difference of the two.
    pub interval: (f64, f64),
}
