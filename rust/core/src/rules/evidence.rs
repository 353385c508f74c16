//! Kinds of evidence.

use crate::named::named;

named! {
    /// Evidence against an answer or a stream.
    pub enum Evidence as "evidence" {
        /// A stream's confidence or log-probabilities fell below their bar.
        LowConfidence = "low_confidence",
        /// A stream's newest reasoning steps scored low.
        LowSteps = "low_steps",
        /// The entropy of a stream's tokens has risen: the model has become less sure.
        Uncertain = "uncertain",
        /// A stream has more turns of its reasoning than its bar allows.
        Branching = "branching",
        /// A stream hedges more often than its bar allows.
        Hedging = "hedging",
        /// A stream repeats itself.
        Loop = "loop",
        /// Finished samples do not agree.
        Disagreement = "disagreement",
        /// No answer came.
        NoAnswer = "no_answer",
        /// A verification refuted the answer.
        Refuted = "refuted",
        /// A call failed more often than it is retried.
        Failure = "failure",
        /// An agent makes no progress.
        Stall = "stall",
        /// An agent's tools keep failing.
        ToolErrors = "tool_errors",
    }
}
