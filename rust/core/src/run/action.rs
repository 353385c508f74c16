//! Actions: the run's answers to events.

use crate::named::named;
use crate::rules::Evidence;

named! {
    /// The kind of an action.
    pub enum ActionKind {
        /// Go on.
        Continue = "continue",
        /// More compute is granted: ask [`Run::next`](super::Run::next).
        Ramp = "ramp",
        /// Stop what the scope names.
        Stop = "stop",
        /// A ceiling was reached: stop what the scope names.
        Ceiling = "ceiling",
    }
}

named! {
    /// The scope of an action.
    pub enum Scope {
        /// This stream.
        Sample = "sample",
        /// Samples of this call that the host has not sent yet.
        Unsent = "unsent",
        /// The call that this stream belongs to, with all its samples.
        Call = "call",
        /// The run: everything in flight.
        Run = "run",
    }
}

named! {
    /// The dial that a ramp turns.
    pub enum Dial {
        /// More thinking tokens on the same model.
        ThinkingTokens = "thinking_tokens",
        /// More samples.
        Samples = "samples",
        /// Another round of revision.
        Depth = "depth",
        /// Another model.
        Model = "model",
    }
}

macro_rules! reasons {
    ($($name:ident = $text:literal,)*) => {
        /// Why an action was taken, or a run ended.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Reason { $(#[doc = concat!("\"", $text, "\"")] $name,)* }

        impl Reason {
            /// The reason in words.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

reasons! {
    Going = "nothing speaks against going on",
    Started = "started from its plan",
    Granted = "a call was granted",
    Clamped = "a grant was cut to what the ceiling leaves",
    LowConfidence = "the confidence fell below its bar",
    LowSteps = "the newest reasoning steps scored low",
    Rejected = "the reasoning steps make a right answer unlikely",
    StepsPass = "the reasoning steps make a right answer likely enough",
    StepsFail = "the reasoning steps do not pass",
    Uncertain = "the entropy of the tokens has risen",
    Branching = "the reasoning keeps branching",
    Hedging = "the text keeps hedging",
    Gated = "the confidence fell below the bar of the first streams",
    Loop = "the stream goes round in circles",
    Disagreement = "finished samples do not agree",
    CannotAgree = "the probes can no longer agree",
    NoAnswer = "no answer came",
    Shown = "the user has seen the beginning of this answer",
    Once = "the request changes something at its provider, and is sent once",
    Retry = "the call failed and is tried again",
    Failed = "the call failed",
    Unavailable = "the upstream has failed too often and is left alone for now",
    Permanent = "the call failed for good: no other rung could do better",
    Fallback = "the call failed again: the next rung is asked instead",
    Refuted = "a verification refuted the answer",
    Verified = "a verification confirmed the answer",
    Verifying = "the answer is verified before it settles",
    Probing = "a probe of the answer is due",
    Stall = "the agent makes no progress",
    ToolErrors = "the agent's tools keep failing",
    Revising = "the planned revision follows",
    Unrevised = "no finding asks for the planned revision",
    Undecided = "further samples may decide",
    Agreement = "finished samples agree",
    Unanimous = "all samples agree",
    ProbesAgree = "probes in a row gave the same answer",
    ProbeSure = "a probe was sure enough",
    Finished = "the sample finished with an answer",
    Scoring = "the answers differ, and their scores are asked for",
    BestScored = "the scores have chosen among the answers",
    Unscored = "an answer got no score and weighs nothing",
    Distilling = "the drafts differ, and their distillation follows",
    Refining = "the answer is refined from the distillation",
    Refined = "the answer was refined from the drafts",
    RevisionAgrees = "a revision left the answer as it was",
    RoundsDone = "all planned rounds are done",
    Doubted = "the answer is doubted and nothing more could be bought",
    NotWorth = "more compute is not worth its price",
    NoRule = "no permitted move applies",
    TopRung = "no higher rung may be used",
    Ended = "this stream has ended",
    GrantSpent = "this stream has used up its grant",
    Tokens = "the token ceiling leaves no room",
    Usd = "the money ceiling leaves no room",
    Samples = "the sample ceiling leaves no room",
    Escalations = "the escalation ceiling leaves no room",
    Seconds = "the time is up",
    Overshoot = "an engine went past its grant and past the ceiling",
    Ledger = "a cap of the ledger leaves no room",
    Escalated = "a cap on escalated spend leaves no room above the entry rung",
    Closed = "closed by the host",
}

impl From<Evidence> for Reason {
    /// The reason that an action on some evidence gives.
    fn from(evidence: Evidence) -> Self {
        match evidence {
            Evidence::LowConfidence => Self::LowConfidence,
            Evidence::LowSteps => Self::LowSteps,
            Evidence::Uncertain => Self::Uncertain,
            Evidence::Branching => Self::Branching,
            Evidence::Hedging => Self::Hedging,
            Evidence::Loop => Self::Loop,
            Evidence::Disagreement => Self::Disagreement,
            Evidence::NoAnswer => Self::NoAnswer,
            Evidence::Refuted => Self::Refuted,
            Evidence::Failure => Self::Failed,
            Evidence::Stall => Self::Stall,
            Evidence::ToolErrors => Self::ToolErrors,
        }
    }
}

impl Reason {
    /// True for limits of the ceiling.
    pub fn is_ceiling(self) -> bool {
        matches!(
            self,
            Self::GrantSpent
                | Self::Tokens
                | Self::Usd
                | Self::Samples
                | Self::Escalations
                | Self::Seconds
                | Self::Overshoot
                | Self::Ledger
                | Self::Escalated
        )
    }
}

/// The answer to a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action {
    /// The kind.
    pub kind: ActionKind,
    /// About what.
    pub scope: Scope,
    /// The dial that a ramp turns.
    pub dial: Option<Dial>,
    /// The rung that a ramp goes to, when it changes.
    pub rung: Option<u32>,
    /// Why.
    pub reason: Reason,
    /// Tokens of a thinking ramp: the new budget, or the increase for a stream that goes on.
    pub tokens: Option<u64>,
    /// True if the scope's streams are given up and may be cancelled.
    pub discards: bool,
}

impl Action {
    pub(super) fn going(scope: Scope, reason: Reason) -> Self {
        Self {
            kind: ActionKind::Continue,
            scope,
            dial: None,
            rung: None,
            reason,
            tokens: None,
            discards: false,
        }
    }

    /// The end of something: a ceiling when the reason is one, a stop otherwise.
    pub(super) fn end(scope: Scope, reason: Reason) -> Self {
        let kind = if reason.is_ceiling() { ActionKind::Ceiling } else { ActionKind::Stop };
        Self { kind, scope, dial: None, rung: None, reason, tokens: None, discards: true }
    }

    pub(super) fn ramp(
        scope: Scope,
        dial: Dial,
        rung: Option<usize>,
        reason: Reason,
        discards: bool,
    ) -> Self {
        let rung = rung.map(|i| i as u32);
        Self { kind: ActionKind::Ramp, scope, dial: Some(dial), rung, reason, tokens: None, discards }
    }

    /// Adds the tokens that a thinking ramp grants.
    pub(super) fn granting(self, tokens: u64) -> Self {
        Self { tokens: Some(tokens), ..self }
    }

    /// True if the host should stop reading what the scope names: a stop, a ceiling, or a ramp that gives it up.
    pub fn stops(&self) -> bool {
        match self.kind {
            ActionKind::Continue => false,
            ActionKind::Ramp => self.discards,
            ActionKind::Stop | ActionKind::Ceiling => true,
        }
    }
}
