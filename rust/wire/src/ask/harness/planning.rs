//! Sentences that state that an agent plans, or has ended planning.

/// Words that say that plan mode has ended, in a sentence that names it. In lower case.
pub(crate) const PLAN_ENDS: &[&str] = &[
    "no longer",
    "not in plan",
    "not in planning",
    "not active",
    "not currently",
    "inactive",
    "have exited",
    "exited plan",
    "been exited",
    "is exited",
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
    "you exited",
    "out of plan",
    "is done",
    "exit ",
    "from plan to",
    "default mode",
    "act mode",
    "build mode",
];

/// Words that say that plan mode is on, in a sentence that names it. In lower case.
pub(crate) const PLAN_BEGINS: &[&str] = &[
    "active",
    "in plan mode",
    "in planning mode",
    "in plan-mode",
    " is on",
    "still on",
    "remains on",
    "stays on",
    "back on",
    "mode: on",
    "turned on",
    "switched on",
    "in effect",
    "in force",
    "continues",
    "now on",
    "enabled",
    "entered",
    "activated",
    "mode: plan",
    "mode: architect",
    "currently running in",
    "operating in",
    "you are in",
    "planning agent, not an implementation",
    "youre in",
    "now in",
    "working in",
    "planning phase",
];

/// Words that say that plan mode is on again, whatever else the sentence says.
pub(crate) const PLAN_RETURNS: &[&str] = &[
    "re-entering",
    "reentering",
    "returning to",
    "are returning",
    "switched to plan",
    "back in plan",
    "re-entered",
    "havent left",
    "have not left",
    "has not ended",
    "hasnt ended",
    "is not over",
];

/// Names of plan mode, in lower case and without quotation marks.
pub(crate) const PLAN_NAMES: &[&str] = &[
    "plan mode",
    "planning mode",
    "plan-mode",
    "planmode",
    "mode: plan",
    "mode is plan",
    "plan agent",
    "architect mode",
    "mode: architect",
    "planning agent, not an implementation",
];

/// Lines that name the mode of an agent that plans.
pub(crate) const PLAN_SLUGS: &[&str] = &[
    "<slug>plan</slug>",
    "<slug>architect</slug>",
    "<mode>plan</mode>",
    "<mode>architect</mode>",
    "current mode: plan",
    "current mode: architect",
    "mode: plan",
    "plan mode",
    "planning mode",
    "permission mode: plan",
    "approval mode: plan",
];

/// Words of a sentence that only mentions plan mode: a rule about a tool, not a fact.
pub(crate) const MENTIONS: &[&str] = &[
    "only when in plan",
    "only in plan",
    "when in plan",
    "while in plan",
    "if in plan",
    "not use ",
    "use exitplanmode",
    "enterplanmode",
    "use this tool",
    "such as plan",
    "e.g",
    "or plan mode",
    "and plan mode",
    "can be used in",
    "available in plan",
    "to enter plan",
    "instructions for other modes",
];

/// First words of a sentence that states a condition, not a fact.
pub(crate) const CONDITIONS: &[&str] =
    &["if ", "when ", "whenever ", "while ", "once ", "unless ", "until ", "do not ", "don't ", "never "];
