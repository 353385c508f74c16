//! The reasons of a plan: a set of bits, put into words on request.

use crate::named::named;

named! {
    /// One reason of a plan.
    #[repr(u8)]
    pub enum PlanReason {
        /// The policy chose the rung.
        Policy = "policy",
        /// The caller chose the rung.
        Chosen = "chosen",
        /// The coverage is too low: the ladder's default rung.
        LowCoverage = "low_coverage",
        /// The ask is empty: the ladder's default rung.
        Empty = "empty",
        /// The turn continues an earlier ask, which was scored.
        Continuation = "continuation",
        /// The turn brings tool results; the ask before it was scored.
        ToolResult = "tool_result",
        /// The policy wanted more than a prompt alone may buy.
        StartMax = "start_max",
        /// Rungs whose models may not be used were left out.
        Models = "models",
        /// Rungs without a needed capability or context window were left out.
        Unfit = "unfit",
        /// No rung fits the query's needs; those that lack something were let in again.
        NothingFits = "nothing_fits",
        /// The rung's dials were cut to fit a ceiling.
        Clamped = "clamped",
        /// The rung's ability is assumed from its place.
        Assumed = "assumed_ability",
        /// Only a part of the ask was read.
        Truncated = "truncated",
        /// Text that was not Unicode was replaced.
        Repaired = "repaired",
        /// The session's rung was kept: the turn continues an earlier ask, or is easier than those before it.
        Session = "session",
        /// A chore of the program around the conversation: the lowest rung.
        Housekeeping = "housekeeping",
        /// Work is being planned: at least the ladder's default rung.
        Planning = "planning",
        /// A program summarises the conversation: the session's rung, or the ladder's default.
        Compaction = "compaction",
        /// The client asked for an effort, a budget or several answers of its own.
        Asked = "asked",
        /// The payer has less left than the query's ceiling.
        Ledger = "ledger",
        /// A second stage gave the difficulty.
        SecondStage = "second_stage",
        /// Traffic or outcomes differ from those of the calibration.
        Drifted = "drifted",
        /// A lower rung than the policy's comes first: its doubts will notice its errors.
        LooksAhead = "looks_ahead",
        /// No rung lists a capability that the query needs, though rungs list others.
        Unlisted = "unlisted",
        /// A tenant was named, and neither the ledger nor the policy looks at tenants.
        TenantUnused = "tenant_unused",
        /// Rungs of which the ceiling does not pay an answer were left out.
        Unpaid = "unpaid",
        /// Thanks, or a word of agreement, alone: the lowest rung.
        Courtesy = "courtesy",
        /// The ask says nothing by itself, or a program may have written it: at least the ladder's default rung.
        Bare = "bare",
        /// A threshold of the shares had moved to keep them: the rank alone would have given another rung.
        Moved = "moved",
        /// The newest message objects to the last answer: the rung above the session's.
        Complaint = "complaint",
        /// A rule asks for step scores, and those of the rung's model are not calibrated: they rank, and decide nothing.
        Uncalibrated = "uncalibrated_steps",
        /// The request changes something at its provider: one sample, and nothing is sent again once an engine may have got it.
        Once = "once",
        /// A cap on escalated spend left rungs above the entry rung out.
        Escalated = "escalated",
    }
}

/// A set of reasons.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PlanReasons(u64);

impl PlanReasons {
    pub(crate) fn add(&mut self, reason: PlanReason) {
        self.0 |= 1 << reason as u16;
    }

    pub(crate) fn add_if(&mut self, so: bool, reason: PlanReason) {
        self.0 |= u64::from(so) << reason as u16;
    }

    /// True if a reason is in the set.
    pub fn has(self, reason: PlanReason) -> bool {
        self.0 >> reason as u16 & 1 == 1
    }

    /// The reasons in the set, in the order of [`PlanReason::ALL`].
    pub fn iter(self) -> impl Iterator<Item = PlanReason> {
        PlanReason::ALL.into_iter().filter(move |reason| self.has(*reason))
    }
}
