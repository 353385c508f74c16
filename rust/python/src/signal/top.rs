//! What a token's top log-probabilities say about its whole distribution.
#![allow(clippy::unreadable_literal)] // a signature shows its numbers as they are written here, and Python's have no separators

use crate::convert::with_numbers;
use crate::error::Result;
use crate::whole::{int, whole};
use pyo3::prelude::*;
use rheostat::signal as core;

/// What the top log-probabilities of one token say about its entropy, in nats.
#[pyclass(frozen, get_all, module = "rheostat.signals")]
pub(crate) struct TopEntropy {
    /// The entropy of the candidates alone.
    known: f64,
    /// The least entropy that the whole distribution can have.
    lower: f64,
    /// The most.
    upper: f64,
    /// The probability that is not in the candidates, in [0, 1].
    missing: f64,
    /// The probability of the likeliest candidate.
    max_prob: f64,
    /// That probability less the second candidate's; NaN when there is only one.
    margin: f64,
    /// Candidates that counted.
    candidates: u64,
    /// Values that were left out or mended.
    invalid: u64,
}

#[pymethods]
impl TopEntropy {
    fn __repr__(&self) -> String {
        let Self { known, lower, upper, missing, .. } = self;
        format!("TopEntropy(known={known:.4}, lower={lower:.4}, upper={upper:.4}, missing={missing:.4})")
    }
}

// The signature's number is `core::VOCABULARY`: Python shows it to its reader only as a literal.
const _: () = assert!(core::VOCABULARY == 262_144);

/// Bounds on a token's entropy by the log-probabilities of its likeliest candidates.
///
/// What the candidates leave out adds least entropy when it sits on as few tokens as may be, none likelier than the least
/// candidate, and most when all other tokens of the vocabulary share it. The truth lies between; nothing is assumed about where.
///
/// Args:
///     top_logprobs: The likeliest candidates, in any order; a sampled token that is not among them belongs left out.
///     vocabulary: How many tokens there are to choose from; 2¹⁸, if it is not known, is no less than any model in wide use.
///
/// Raises:
///     InvalidValueError: No usable value, or more candidates than the vocabulary has tokens.
///
/// Example:
///     >>> from rheostat.signals import top_entropy
///     >>> top_entropy([-0.1, -3.0], vocabulary=100)
///     TopEntropy(known=0.2398, lower=0.3802, upper=0.5882, missing=0.0454)
#[pyfunction]
#[pyo3(signature = (top_logprobs: "_Numbers", vocabulary = 262144))]
pub(crate) fn top_entropy(
    top_logprobs: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = int)] vocabulary: i128,
) -> Result<TopEntropy> {
    let vocabulary = whole("vocabulary", vocabulary, 0..=u64::MAX)?;
    let seen = with_numbers(top_logprobs, "top_logprobs", |top| core::top_entropy(top, vocabulary))??;
    let core::TopEntropy { known, lower, upper, missing, max_prob, margin, candidates, invalid } = seen;
    Ok(TopEntropy { known, lower, upper, missing, max_prob, margin, candidates, invalid })
}
