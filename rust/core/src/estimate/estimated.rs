//! The estimate of one query: its difficulty, and P(correct) of any rung on it.

use super::domain::Domain;
use super::heads::{HeadValues, View};
use crate::ladder::Load;
use crate::math::{logit, sigmoid};

/// The estimate of one query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Difficulty in [0, 1]: the share of a mixed panel of models that would answer wrongly.
    pub difficulty: f64,
    /// Coverage in [0, 1]: the share of the query's words that training has seen. At 0 the rest is a guess.
    pub coverage: f64,
    /// Estimated tokens of the input, the conversation included.
    pub input_tokens: u32,
    /// Median of the answer's tokens, without thinking.
    pub output_tokens: u32,
    /// Tenth and ninetieth percentile of the answer's tokens.
    pub output_range: (u32, u32),
    /// The subject.
    pub domain: Domain,
    /// Difficulty in logits.
    pub location: f64,
    /// Values of the heads, by model; zeros where the estimator has none.
    pub(crate) heads: HeadValues,
    /// Logit of the chance that thinking helps.
    pub(crate) thinking: f64,
    pub(crate) slope: f64,
    pub(crate) base: f64,
    pub(crate) reference: f64,
    pub(crate) widening: (f64, f64),
    pub(crate) tilt: f64,
}

impl Estimate {
    /// Expected size of the query and its answer, from which costs are computed.
    pub fn load(&self) -> Load {
        Load {
            input_tokens: f64::from(self.input_tokens),
            output_tokens: f64::from(self.output_tokens),
            difficulty: self.difficulty,
        }
    }

    /// P(correct) of a model of the given ability, in which it strictly increases, without outcomes.
    ///
    /// An ability is an expected accuracy on the reference mixture. Values outside (0, 1) are clamped. Of a query that looks harder than
    /// that mixture half of the difference counts, of an easier one one and a half (`docs/model_card.md`).
    pub fn p_correct(&self, ability: f64) -> f64 {
        self.p_correct_at(logit(ability))
    }

    /// Like [`p_correct`](Self::p_correct), for an ability in logits.
    pub fn p_correct_at(&self, ability: f64) -> f64 {
        self.p_correct_of(&View::prior(ability))
    }

    /// The logit of the prior's P(correct) at a view's ability. `learned`: a head corrects it, so nothing is
    /// widened.
    #[inline]
    pub(crate) fn prior_logit(&self, ability: f64, learned: bool) -> f64 {
        let beyond = self.location - self.reference;
        let (easier, harder) = self.widening;
        let factor = if beyond < 0.0 { easier } else { harder };
        let location = if learned { self.location } else { beyond * factor };
        self.slope * (ability - location)
    }

    /// Copies the estimate with another difficulty in [0, 1], from a second stage. Chances follow it; the values of the
    /// heads stay.
    #[must_use]
    pub fn with_difficulty(&self, difficulty: f64) -> Self {
        Self { difficulty, location: logit(difficulty), ..*self }
    }

    /// Chance, in [0, 1], that thinking first turns a wrong answer into a right one.
    pub fn thinking_helps(&self) -> f64 {
        sigmoid(self.thinking)
    }

    /// Tilt of this query's prior gains, in logits.
    pub(crate) fn tilt(&self) -> f64 {
        self.tilt
    }

    /// P(correct) of a rung, with the corrections of its head.
    pub fn p_correct_of(&self, view: &View) -> f64 {
        view.chance(sigmoid(self.prior_logit(view.ability, view.learned())), &self.heads)
    }
}
