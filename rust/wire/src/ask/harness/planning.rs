//! Sentences that state that an agent plans, or has ended planning.

/// Words that say that plan mode has ended, in a sentence that names it. In lower case.
pub(crate) const PLAN_ENDS: &[&str] = &[
    "no longer",
    "not in plan",
    "not in planning",
    "not active",
    "not currently",
    "inactive",
    "exited",
    "has ended",
    "is over",
    "is off",
    "now off",
    "turned off",
    "disabled",
    "deactivated",
    "have left",
    "has left",
    "you left",
    "out of plan",
    "is done",
];

/// Words that say that plan mode is on, in a sentence that names it. In lower case.
pub(crate) const PLAN_BEGINS: &[&str] = &[
    "active",
    "in plan mode",
    "in planning mode",
    "in plan-mode",
    " is on",
    "now on",
    "enabled",
    "entered",
    "re-entering",
    "returning to",
    "switched to",
    "activated",
    "mode: plan",
];

/// First words of a sentence that states a condition, not a fact.
pub(crate) const CONDITIONS: &[&str] =
    &["if ", "when ", "whenever ", "while ", "once ", "unless ", "until ", "do not ", "don't ", "never "];
