//! Agreement of probes: short answers that a host asks for in the middle of the reasoning.

use crate::math::exp;
use crate::vote::{as_given, normalise};

/// Longer answers are ignored: a probe asks for a few tokens. In bytes.
const MAX_ANSWER: usize = 1 << 16;

/// The newest probed answer and its number of equal repetitions (Dynasor, Fu et al. 2024).
///
/// ```
/// let mut probes = rheostat::signal::Probes::default();
/// for answer in ["41", "42", "42"] {
///     probes.add(answer, None, 0.0);
/// }
/// assert_eq!((probes.answer(), probes.equal(), probes.seen()), (Some("42"), 2, 3));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Probes {
    /// The answer as it was given.
    answer: Option<String>,
    /// Its normal form, by which answers are compared.
    form: String,
    equal: u32,
    seen: u32,
}

impl Probes {
    /// Adds one probe and returns the number of equal ones in a row. A `probability` below `at_least` or outside `[0, 1]`, or
    /// an empty answer, ends the row.
    pub fn add(&mut self, answer: &str, probability: Option<f64>, at_least: f64) -> u32 {
        self.seen = self.seen.saturating_add(1);
        let sure = probability.is_none_or(|p| p >= at_least && p <= 1.0);
        let form = if answer.len() > MAX_ANSWER { "".into() } else { normalise(answer) };
        if form.is_empty() || !sure {
            self.equal = 0;
            return 0;
        }
        if self.equal > 0 && self.form == *form {
            self.equal = self.equal.saturating_add(1);
        } else {
            self.answer = Some(as_given(answer).to_owned());
            self.form = form.into_owned();
            self.equal = 1;
        }
        self.equal
    }

    /// The newest answer with enough probability, as the first probe of its row gave it.
    pub fn answer(&self) -> Option<&str> {
        self.answer.as_deref()
    }

    /// Probes in a row that gave [`answer`](Self::answer).
    pub fn equal(&self) -> u32 {
        self.equal
    }

    /// Probes so far.
    pub fn seen(&self) -> u32 {
        self.seen
    }
}

/// The model's own probability of an answer: the mean probability of the answer's tokens (DEER, Yang et al. 2025).
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct AnswerProbability {
    sum: f64,
    tokens: u32,
}

impl AnswerProbability {
    /// Adds one token by its log-probability; NaN and positive ones are left out.
    pub fn add(&mut self, logprob: f64) {
        if logprob <= 0.0 {
            self.sum += exp(logprob);
            self.tokens = self.tokens.saturating_add(1);
        }
    }

    /// The mean; none without tokens.
    pub fn mean(&self) -> Option<f64> {
        (self.tokens > 0).then(|| self.sum / f64::from(self.tokens))
    }
}
