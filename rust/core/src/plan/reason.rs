//! Why a plan is what it is: a set, put into words only when somebody asks.

/// One thing that shaped a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum PlanReason {
    /// The policy chose the rung.
    Policy,
    /// The caller chose the rung.
    Chosen,
    /// The estimate knows too little: the ladder's default rung.
    NoEvidence,
    /// There was nothing to read: the ladder's default rung.
    Empty,
    /// The turn continues an earlier ask, and that ask is what was scored.
    Continuation,
    /// The turn brings results of tools; the ask before it is what was scored.
    ToolResult,
    /// The policy wanted more than a prompt alone may buy.
    StartMax,
    /// Rungs were left out because their models may not be used.
    Models,
    /// Rungs were left out because they lack what the query needs, or their context window is too small.
    Unfit,
    /// No rung fits what the query needs; what was left out for it was let in again.
    NothingFits,
    /// The rung's dials were cut to fit a ceiling.
    Clamped,
    /// The rung's ability is assumed from its place.
    Assumed,
    /// The ask is longer than what is read of it.
    Truncated,
    /// Parts of the text were no Unicode and were replaced.
    Repaired,
    /// The session's rung was kept: the turn goes on with an earlier ask, or is easier than those before it.
    Session,
    /// A chore of the program around the conversation: the lowest rung.
    Housekeeping,
    /// Work is being planned: at least the ladder's default rung.
    Planning,
    /// The payer has less left than the query's ceiling.
    Ledger,
    /// A second stage said how hard the query is.
    SecondStage,
    /// Traffic, or how chances turn out, is not what it was when they were calibrated.
    Drifted,
    /// A lower rung than the policy would settle for comes first: its doubts will notice what it gets wrong.
    LooksAhead,
}

impl PlanReason {
    /// Every reason, in the order in which they are told.
    pub const ALL: [Self; 21] = [
        Self::Policy,
        Self::Chosen,
        Self::NoEvidence,
        Self::Empty,
        Self::Continuation,
        Self::ToolResult,
        Self::StartMax,
        Self::Models,
        Self::Unfit,
        Self::NothingFits,
        Self::Clamped,
        Self::Assumed,
        Self::Truncated,
        Self::Repaired,
        Self::Session,
        Self::Housekeeping,
        Self::Planning,
        Self::Ledger,
        Self::SecondStage,
        Self::Drifted,
        Self::LooksAhead,
    ];

    /// Its name, for records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Chosen => "chosen",
            Self::NoEvidence => "no_evidence",
            Self::Empty => "empty",
            Self::Continuation => "continuation",
            Self::ToolResult => "tool_result",
            Self::StartMax => "start_max",
            Self::Models => "models",
            Self::Unfit => "unfit",
            Self::NothingFits => "nothing_fits",
            Self::Clamped => "clamped",
            Self::Assumed => "assumed_ability",
            Self::Truncated => "truncated",
            Self::Repaired => "repaired",
            Self::Session => "session",
            Self::Housekeeping => "housekeeping",
            Self::Planning => "planning",
            Self::Ledger => "ledger",
            Self::SecondStage => "second_stage",
            Self::Drifted => "drifted",
            Self::LooksAhead => "looks_ahead",
        }
    }
}

/// A set of reasons.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PlanReasons(u32);

impl PlanReasons {
    pub(crate) fn add(&mut self, reason: PlanReason) {
        self.0 |= 1 << reason as u16;
    }

    pub(crate) fn add_if(&mut self, so: bool, reason: PlanReason) {
        self.0 |= u32::from(so) << reason as u16;
    }

    /// Whether a reason is in the set.
    pub fn has(self, reason: PlanReason) -> bool {
        self.0 >> reason as u16 & 1 == 1
    }

    /// The reasons in the set, in the order in which they are told.
    pub fn iter(self) -> impl Iterator<Item = PlanReason> {
        PlanReason::ALL.into_iter().filter(move |reason| self.has(*reason))
    }
}
