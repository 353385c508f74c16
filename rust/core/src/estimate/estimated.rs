//! The estimate of one query: how hard it is, and how likely a rung is to answer it correctly.

use super::domain::Domain;
use super::heads::{HeadValues, View};
use crate::ladder::Load;
use crate::math::{logit, sigmoid};

/// What is expected of a query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// How hard the query is, in [0, 1]: the share of a mixed panel of models that would fail it.
    pub difficulty: f64,
    /// How much of the query is like anything that the model has seen, in [0, 1]. At 0 the rest is a guess.
    pub evidence: f64,
    /// Estimated tokens of the input, the conversation included.
    pub input_tokens: u32,
    /// Expected tokens of the answer, without thinking: the median.
    pub output_tokens: u32,
    /// Of ten such answers one is expected to be shorter than the first, and one longer than the second.
    pub output_range: (u32, u32),
    /// What the query is about.
    pub domain: Domain,
    /// The difficulty in logits.
    pub location: f64,
    /// What heads say, by model; nothing where the estimator has none.
    pub(crate) heads: HeadValues,
    /// Whether thinking helps, in logits.
    pub(crate) thinking: f64,
    pub(crate) slope: f64,
    pub(crate) base: f64,
    pub(crate) tilt: f64,
}

impl Estimate {
    /// The expected size of the query and its answer, which costs follow from.
    pub fn load(&self) -> Load {
        Load {
            input_tokens: f64::from(self.input_tokens),
            output_tokens: f64::from(self.output_tokens),
            difficulty: self.difficulty,
        }
    }

    /// P(correct) of a rung of the given ability: strictly increasing in it.
    ///
    /// Abilities are expected accuracies on the reference mixture, above 0 and below 1; what lies outside is taken as
    /// the nearest that does not.
    pub fn p_correct(&self, ability: f64) -> f64 {
        self.p_correct_at(logit(ability))
    }

    /// As [`p_correct`](Self::p_correct), for an ability in logits, as a [ladder](crate::ladder::Ability) has them.
    pub fn p_correct_at(&self, ability: f64) -> f64 {
        sigmoid(self.prior_logit(ability))
    }

    /// The logit of that chance.
    #[inline]
    pub(crate) fn prior_logit(&self, ability: f64) -> f64 {
        self.slope * (ability - self.location)
    }

    /// The same with another difficulty, in [0, 1], from who knows better: chances follow it, and what was learned of models
    /// stays on top.
    #[must_use]
    pub fn with_difficulty(&self, difficulty: f64) -> Self {
        Self { difficulty, location: logit(difficulty), ..*self }
    }

    /// The chance, in [0, 1], that thinking before the answer makes a wrong answer right.
    pub fn thinking_helps(&self) -> f64 {
        sigmoid(self.thinking)
    }

    /// By how much the prior tilts the gains of this query, in logits.
    pub(crate) fn tilt(&self) -> f64 {
        self.tilt
    }

    /// P(correct) of a rung, with what was learned of it.
    pub fn p_correct_of(&self, view: &View) -> f64 {
        view.chance(self.p_correct_at(view.ability), &self.heads)
    }
}
