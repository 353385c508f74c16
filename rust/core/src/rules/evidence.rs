//! What speaks for more compute.

use crate::{Error, Result};

/// A kind of evidence that an answer, or the way to it, is not good enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Evidence {
    /// A stream's lowest group confidence fell below its bar.
    LowConfidence,
    /// A stream's newest reasoning steps scored low.
    LowSteps,
    /// The entropy of a stream's tokens has risen: the model has become less sure.
    Uncertain,
    /// A stream turns back or tries other ways more often than its bar allows.
    Branching,
    /// A stream hedges more often than its bar allows.
    Hedging,
    /// A stream goes round in circles.
    Loop,
    /// Finished samples do not agree.
    Disagreement,
    /// Nothing answered.
    NoAnswer,
    /// A verification refuted the answer.
    Refuted,
    /// A call failed once more than it is tried again.
    Failure,
    /// An agent makes no progress.
    Stall,
    /// An agent's tools keep failing.
    ToolErrors,
}

impl Evidence {
    /// Every kind, and its name.
    pub const ALL: [(Self, &'static str); 12] = [
        (Self::LowConfidence, "low_confidence"),
        (Self::LowSteps, "low_steps"),
        (Self::Uncertain, "uncertain"),
        (Self::Branching, "branching"),
        (Self::Hedging, "hedging"),
        (Self::Loop, "loop"),
        (Self::Disagreement, "disagreement"),
        (Self::NoAnswer, "no_answer"),
        (Self::Refuted, "refuted"),
        (Self::Failure, "failure"),
        (Self::Stall, "stall"),
        (Self::ToolErrors, "tool_errors"),
    ];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    /// The kind of a name.
    ///
    /// # Errors
    /// [`Error::Unknown`], listing the names.
    pub fn from_name(name: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|(_, known)| *known == name);
        found.map(|(kind, _)| kind).ok_or_else(|| Error::unknown("evidence", name, Self::ALL.map(|(_, n)| n)))
    }
}
