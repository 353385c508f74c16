//! When a vote may stop.

use super::boundary::beta_boundary;
use super::tally::Tally;
use crate::{Error, Result};

/// A stop rule. `confidence` is the vote's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum VoteRule {
    /// Stops when `P(p₁ > ½ | a, b) ≥ confidence` for the two largest counts under a uniform prior
    /// (Adaptive-Consistency, Aggarwal et al. 2023), exactly, from a table. It is a posterior under a two-answer
    /// model, not an error rate: on near ties it stops on the wrong answer more often than its number suggests.
    #[default]
    Beta,
    /// Stops when the leader has at least the share `confidence` of two or more answers.
    Majority,
    /// Stops when no remaining sample can change the leader: lossless.
    Curtail,
    /// Stops when all answers agree and are as many as [`Beta`](Self::Beta) asks for without dissent (4 at 0.95).
    Unanimous,
}

impl VoteRule {
    /// Every rule.
    pub const ALL: [Self; 4] = [Self::Beta, Self::Majority, Self::Curtail, Self::Unanimous];

    /// The rule's name, as users type it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Beta => "beta",
            Self::Majority => "majority",
            Self::Curtail => "curtail",
            Self::Unanimous => "unanimous",
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

/// A rule made ready for its confidence and cap.
#[derive(Debug, Clone)]
pub(super) enum Stop {
    /// `boundary[b]`: with `b` votes against, stop at so many for.
    Boundary(Vec<u16>),
    Share(f64),
    Lead,
    Agreement(u32),
}

impl Stop {
    pub(super) fn new(rule: VoteRule, confidence: f64, cap: u32) -> Self {
        match rule {
            VoteRule::Beta => Self::Boundary(beta_boundary(confidence, cap)),
            VoteRule::Majority => Self::Share(confidence),
            VoteRule::Curtail => Self::Lead,
            VoteRule::Unanimous => {
                let needed = beta_boundary(confidence, cap).first().copied().unwrap_or(u16::MAX);
                Self::Agreement(u32::from(needed).min(cap))
            }
        }
    }

    /// Whether the rule stops at these counts, with `remaining` samples still to come at most.
    pub(super) fn now(&self, tally: &Tally, remaining: u32) -> bool {
        let (first, second, total) = (tally.first(), tally.second(), tally.total());
        match self {
            Self::Boundary(boundary) => {
                boundary.get(second as usize).is_some_and(|needed| first >= u32::from(*needed))
            }
            Self::Share(share) => total > 1 && f64::from(first) >= share * f64::from(total),
            Self::Lead => first > second + remaining,
            Self::Agreement(needed) => total >= *needed && first == total,
        }
    }
}
