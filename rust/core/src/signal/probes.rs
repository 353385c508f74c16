//! Agreement of probes: answers that a host asks for in the middle of the reasoning.

use super::words::{EMPTY, fold_char, is_letter};
use crate::vote::{normalise, same};
use crate::{Error, Result};

/// An answer longer than this, in bytes, is no answer: a probe asks for a few tokens.
const MAX_ANSWER: usize = 1 << 16;

/// The newest probed answer and how often in a row it has come (Dynasor, Fu et al. 2024).
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
    answer: Option<String>,
    equal: u32,
    seen: u32,
}

impl Probes {
    /// One probe. `probability` is the model's own for that answer, when it is known; below `at_least`, or when it
    /// is no probability, the probe breaks the row, as an empty answer does. Returns how many equal ones the row has.
    pub fn add(&mut self, answer: &str, probability: Option<f64>, at_least: f64) -> u32 {
        self.seen = self.seen.saturating_add(1);
        let sure = probability.is_none_or(|p| p >= at_least && p <= 1.0);
        let answer = if answer.len() > MAX_ANSWER { "".into() } else { normalise(answer) };
        if answer.is_empty() || !sure {
            self.equal = 0;
            return 0;
        }
        if self.equal > 0 && self.answer.as_deref().is_some_and(|last| same(last, &answer)) {
            self.equal = self.equal.saturating_add(1);
        } else {
            self.answer = Some(answer.into_owned());
            self.equal = 1;
        }
        self.equal
    }

    /// As [`add`](Self::add), but the probe also breaks the row when its whole `reply` says that the model is still
    /// thinking ([`is_uncertain`]).
    pub fn add_reply(&mut self, answer: &str, reply: &str, probability: Option<f64>, at_least: f64) -> u32 {
        self.add(if is_uncertain(reply) { "" } else { answer }, probability, at_least)
    }

    /// The newest answer that was given with enough probability.
    pub fn answer(&self) -> Option<&str> {
        self.answer.as_deref()
    }

    /// How many probes in a row gave [`answer`](Self::answer).
    pub fn equal(&self) -> u32 {
        self.equal
    }

    /// How many probes there were.
    pub fn seen(&self) -> u32 {
        self.seen
    }
}

/// Words by which a probe's reply shows that the model is not done.
const UNCERTAIN: [&str; 6] = ["wait", "hold", "but", "okay", "no", "hmm"];

/// Whether a probe's reply holds one of "wait", "hold", "but", "okay", "no" and "hmm" as a whole word, in any case.
/// (Dynasor looks for them as substrings, and so finds "no" in "know", "not" and "another".)
///
/// ```
/// use rheostat::signal::is_uncertain;
/// assert!(is_uncertain("42. No, wait") && !is_uncertain("I know: not another, 42"));
/// ```
pub fn is_uncertain(reply: &str) -> bool {
    let mut word = EMPTY;
    for c in reply.chars().chain([' ']) {
        if is_letter(c) {
            for lower in c.to_lowercase() {
                word = fold_char(word, lower);
            }
        } else if word != EMPTY {
            if UNCERTAIN.iter().any(|w| w.chars().fold(EMPTY, fold_char) == word) {
                return true;
            }
            word = EMPTY;
        }
    }
    false
}

/// How the probabilities of an answer's tokens become one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerMean {
    /// The mean of the probabilities: what DEER uses.
    Arithmetic,
    /// The mean of the log-probabilities, as a probability.
    Geometric,
    /// The smallest.
    Min,
}

impl AnswerMean {
    /// The mean of a name: `"arithmetic"`, `"geometric"` or `"min"`.
    ///
    /// # Errors
    /// [`Error::Unknown`] names the means that exist.
    pub fn from_name(name: &str) -> Result<Self> {
        match name {
            "arithmetic" => Ok(Self::Arithmetic),
            "geometric" => Ok(Self::Geometric),
            "min" => Ok(Self::Min),
            _ => Err(Error::unknown("mean", name, ["arithmetic", "geometric", "min"])),
        }
    }
}

/// How sure the model is of an answer that it was made to give in the middle of its reasoning (DEER, Yang et al. 2025), by
/// the log-probabilities of the answer's tokens. In `[0, 1]`; DEER stops above 0.95.
///
/// # Errors
/// [`Error::Invalid`] when there is no token, or a log-probability is NaN or above 0.
///
/// ```
/// use rheostat::signal::{AnswerMean, answer_confidence};
/// let sure = answer_confidence(&[0.0, 0.25_f32.ln()], AnswerMean::Arithmetic)?;
/// assert!((sure - 0.625).abs() < 1e-6);
/// # Ok::<(), rheostat::Error>(())
/// ```
pub fn answer_confidence(logprobs: &[f32], mean: AnswerMean) -> Result<f64> {
    if let Some(bad) = logprobs.iter().find(|x| x.is_nan() || **x > 0.0) {
        return Err(Error::invalid("logprobs", bad, "at most 0"));
    }
    if logprobs.is_empty() {
        return Err(Error::invalid("logprobs", "[]", "at least one token"));
    }
    let n = logprobs.len() as f64;
    let logs = logprobs.iter().map(|x| f64::from(*x));
    Ok(match mean {
        AnswerMean::Arithmetic => logs.map(f64::exp).sum::<f64>() / n,
        AnswerMean::Geometric => (logs.sum::<f64>() / n).exp(),
        AnswerMean::Min => logs.fold(0.0, f64::min).exp(),
    })
}
