//! How heads were fitted, and how well they do on queries that they had not seen.

/// The summary of a fit. Brier scores are mean squared errors of chances, weighted by how well outcomes are known; those
/// of queries held out of the fit, in folds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Report {
    /// Outcomes on rungs that were asked for.
    pub outcomes: usize,
    /// Different queries among them.
    pub queries: usize,
    /// Independent groups among them.
    pub groups: usize,
    /// In how many parts the groups were held out in turn.
    pub folds: usize,
    /// By rung, in the ladder's order; those without outcomes are left out.
    pub rungs: Vec<RungReport>,
    /// How much of what was learned is kept in chances, in [0, 1]: as much as held-out outcomes bear out.
    pub share: f64,
    /// Whether nothing is: chances are the prior's, but for each rung's level.
    pub kept_prior: bool,
    /// The prior's Brier score on held-out queries, with every rung's level learned.
    pub brier_prior: f64,
    /// The same with heads: never above the prior's.
    pub brier: f64,
    /// How well the two rungs farthest apart are told apart, where enough queries have outcomes of both.
    pub gain: Option<GainReport>,
}

/// What was seen of one rung.
#[derive(Debug, Clone, PartialEq)]
pub struct RungReport {
    /// Its name.
    pub rung: String,
    /// Outcomes on it.
    pub outcomes: usize,
    /// Their mean score.
    pub mean_score: f64,
    /// The ability that they gave it, in (0, 1).
    pub ability: f64,
    /// Held-out Brier score of the prior, and with heads.
    pub brier_prior: f64,
    /// The same with heads.
    pub brier: f64,
}

/// How well queries are ranked by what the higher rung gains over the lower one, on held-out queries.
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
    /// Average performance gap recovered within folds, by the prior's order (0.5 is random).
    pub apgr_prior: f64,
    /// The same by the heads' order. It leans to below what they do on new queries: where the queries of a kind in one fold
    /// gained much by luck, those that they were predicted from gained little.
    pub apgr: f64,
    /// A bootstrap interval (95 %, over groups) of the difference between the two.
    pub interval: (f64, f64),
}
