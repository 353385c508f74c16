//! What the run answers to a signal.

use crate::rules::Evidence;

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActionKind {
    /// Go on.
    Continue,
    /// More compute is granted: ask [`Run::next`](super::Run::next) for it.
    Ramp,
    /// Enough: stop what the scope names.
    Stop,
    /// A ceiling has been reached: stop what the scope names.
    Ceiling,
}

impl ActionKind {
    /// The kind's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Continue => "continue",
            Self::Ramp => "ramp",
            Self::Stop => "stop",
            Self::Ceiling => "ceiling",
        }
    }
}

/// What an action is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// This stream.
    Sample,
    /// The call that this stream belongs to, with all its samples.
    Call,
    /// The run: everything in flight.
    Run,
}

impl Scope {
    /// The scope's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sample => "sample",
            Self::Call => "call",
            Self::Run => "run",
        }
    }
}

/// Which of the four dials a ramp turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dial {
    /// More thinking tokens on the same model.
    ThinkingTokens,
    /// More samples.
    Samples,
    /// Another round of revision.
    Depth,
    /// Another model.
    Model,
}

impl Dial {
    /// The dial's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ThinkingTokens => "thinking_tokens",
            Self::Samples => "samples",
            Self::Depth => "depth",
            Self::Model => "model",
        }
    }
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// Why an action was taken, or a run ended.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Reason { $($(#[$doc])* $name,)* }

        impl Reason {
            /// The reason in words.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

reasons! {
    /// Nothing speaks against going on.
    Going = "nothing speaks against going on",
    /// The run was started from its plan.
    Started = "started from its plan",
    /// A call was granted.
    Granted = "a call was granted",
    /// A grant was cut to what the ceiling leaves.
    Clamped = "a grant was cut to what the ceiling leaves",
    /// The lowest group confidence fell below the threshold.
    LowConfidence = "the lowest group confidence fell below the threshold",
    /// The newest reasoning steps scored low.
    LowSteps = "the newest reasoning steps scored low",
    /// The entropy of the stream's tokens has risen.
    Uncertain = "the entropy of the tokens has risen",
    /// The reasoning turns back or tries other ways too often.
    Branching = "the reasoning keeps branching",
    /// The text hedges too often.
    Hedging = "the text keeps hedging",
    /// The confidence fell below the bar that the first streams set.
    Gated = "the confidence fell below the bar of the first streams",
    /// The stream goes round in circles.
    Loop = "the stream goes round in circles",
    /// Finished samples do not agree.
    Disagreement = "finished samples do not agree",
    /// The stream ended without an answer.
    NoAnswer = "no answer came",
    /// The call failed and is tried once more.
    Retry = "the call failed and is tried again",
    /// The call failed again.
    Failed = "the call failed again",
    /// A verification refuted the answer.
    Refuted = "a verification refuted the answer",
    /// A verification confirmed the answer.
    Verified = "a verification confirmed the answer",
    /// The answer is verified before it settles.
    Verifying = "the answer is verified before it settles",
    /// A probe of the answer as it stands is to be asked for.
    Probing = "a probe of the answer is due",
    /// The agent makes no progress.
    Stall = "the agent makes no progress",
    /// The agent's tools keep failing.
    ToolErrors = "the agent's tools keep failing",
    /// The planned revision follows.
    Revising = "the planned revision follows",
    /// Finished samples agree by the vote's rule.
    Agreement = "finished samples agree",
    /// All samples of the rung agree, though they are few.
    Unanimous = "all samples agree",
    /// Probes in a row gave the same answer.
    ProbesAgree = "probes in a row gave the same answer",
    /// A probe's probability reached the exit threshold.
    ProbeSure = "a probe was sure enough",
    /// The rung's only sample finished with an answer.
    Finished = "the sample finished with an answer",
    /// A revision left the answer as it was.
    RevisionAgrees = "a revision left the answer as it was",
    /// All planned rounds are done.
    RoundsDone = "all planned rounds are done",
    /// The answer came with low confidence and nothing more could be bought.
    Doubted = "the answer is doubted and nothing more could be bought",
    /// More compute is not worth its price.
    NotWorth = "more compute is not worth its price",
    /// No rule leads anywhere from here.
    NoRule = "no permitted move applies",
    /// There is no higher rung that this query may use.
    TopRung = "no higher rung may be used",
    /// This stream has ended or has been given up.
    Ended = "this stream has ended",
    /// This stream has used up its grant.
    GrantSpent = "this stream has used up its grant",
    /// The token ceiling leaves no room.
    Tokens = "the token ceiling leaves no room",
    /// The money ceiling leaves no room.
    Usd = "the money ceiling leaves no room",
    /// The sample ceiling leaves no room.
    Samples = "the sample ceiling leaves no room",
    /// The escalation ceiling leaves no room.
    Escalations = "the escalation ceiling leaves no room",
    /// The time is up.
    Seconds = "the time is up",
    /// An engine went past its grant and the ceiling with it.
    Overshoot = "an engine went past its grant and past the ceiling",
    /// A cap of the ledger leaves no room.
    Ledger = "a cap of the ledger leaves no room",
    /// The host closed the run.
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
    /// Whether it is a limit of the ceiling that speaks.
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
        )
    }
}

/// The answer to a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action {
    /// What to do.
    pub kind: ActionKind,
    /// About what.
    pub scope: Scope,
    /// The dial that a ramp turns.
    pub dial: Option<Dial>,
    /// The rung that a ramp goes to, when it changes.
    pub rung: Option<u32>,
    /// Why.
    pub reason: Reason,
    /// What a ramp of thinking grants: the new budget, or, for a stream that goes on as it is, how much more.
    pub tokens: Option<u64>,
    /// Whether what the scope names is given up: its stream may be cancelled.
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

    /// The same ramp, saying how much thinking it grants.
    pub(super) fn granting(self, tokens: u64) -> Self {
        Self { tokens: Some(tokens), ..self }
    }

    /// Whether the host should stop reading what the scope names: a stop, a ceiling, or a ramp that gives it up.
    pub fn stops(&self) -> bool {
        match self.kind {
            ActionKind::Continue => false,
            ActionKind::Ramp => self.discards,
            ActionKind::Stop | ActionKind::Ceiling => true,
        }
    }
}
