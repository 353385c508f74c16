//! What policies weigh.

/// What one rung promises for one query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prospect {
    /// The chance that it answers correctly.
    pub p_correct: f64,
    /// What it is expected to cost, in US dollars: expected tokens, not caps.
    pub usd: f64,
    /// Whether this query may use it.
    pub open: bool,
}
