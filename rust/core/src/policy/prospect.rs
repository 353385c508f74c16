//! The input of policies.

/// One rung's expectation for one query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prospect {
    /// Probability of a correct answer.
    pub p_correct: f64,
    /// Expected cost in US dollars: expected tokens, not caps.
    pub usd: f64,
    /// True if this query may use the rung.
    pub open: bool,
}
