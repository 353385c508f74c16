//! Models behind Anthropic's messages.

use super::Thinking::{Adaptive, Budget, Never};
use super::{But, Family, Off, Rule, Then, When, family};
use crate::rewrite::change::Why;
use crate::rewrite::field::Field::{
    self, Edits, Effort, InnerEffort, Limit, OldLimit, Temperature, TopEffort, TopK, TopP,
};
use crate::rewrite::level::{TO_HIGH, TO_MAX};

pub(super) const SAMPLING: &[Field] = &[Temperature, TopP, TopK];
const THINKING: &[Field] = &[Temperature, TopK];
/// Parameters of other families, and the native limit beside Converse's.
const FOREIGN: &[Field] = &[OldLimit, TopEffort, InnerEffort];
pub(super) const FOREIGN_AND_EFFORT: &[&[Field]] = &[FOREIGN, &[Effort]];
const FOREIGN_AND_SAMPLING: &[&[Field]] = &[FOREIGN, SAMPLING];

/// Forced tools: the page on thinking with tools. It says since the summer of 2026 that adaptive thinking takes them, and said before
/// that it does not; no thinking is safe either way.
pub(super) const FORCED: Rule = Rule(When::Forced, Then::Still(Why::ForcedTool));
/// "A final assistant message must start with a thinking block": anthropics/claude-code#11978, n8n-io/n8n#22550,
/// pydantic/pydantic-ai#2075. Adaptive thinking does not ask for it (the page on adaptive thinking).
pub(super) const LOOP: Rule = Rule(When::Loop, Then::Still(Why::ToolLoop));
/// The beginning of an answer meets that error, too.
pub(super) const PREFILL: Rule = Rule(When::Prefill, Then::Still(Why::Prefill));
/// From 4.6 on it is refused in any case (the guides to migration).
pub(super) const NO_PREFILL: Rule = Rule(When::Prefill, Then::Says("messages"));
/// The page on extended thinking: between 0.95 and 1. n8n-io/n8n#14288.
const TOP_P: Rule = Rule(When::Thinking, Then::Refuses(TopP, But::From(0.95)));
/// "`temperature` and `top_p` cannot both be specified": the guide to migration, from Opus 4.1 on.
const ONE_OF_TWO: Rule = Rule(When::With(Temperature), Then::Refuses(TopP, But::Nothing));
/// "`clear_thinking_20251015` strategy requires `thinking` to be enabled": anthropics/claude-code#11971.
const CLEAR: Rule =
    Rule(When::Idle, Then::Cut(Edits, "clear_thinking_20251015", "context_management.edits[]"));
/// From 5.5 on a forced tool is an error, and so it is for Fable 5.1 (the guides to migration, September 2026).
pub(super) const NO_FORCE: Rule = Rule(When::Forced, Then::Says("tool_choice"));

pub(super) const OLDER: &[Rule] = &[FORCED, LOOP, PREFILL, TOP_P, CLEAR];
const FOUR: &[Rule] = &[FORCED, LOOP, PREFILL, TOP_P, ONE_OF_TWO, CLEAR];
const FOUR_SIX: &[Rule] = &[FORCED, NO_PREFILL, TOP_P, ONE_OF_TWO, CLEAR];
const FIVE: &[Rule] = &[FORCED, NO_PREFILL, CLEAR];
const FIVE_FIVE: &[Rule] = &[NO_FORCE, NO_PREFILL, CLEAR];

pub(in crate::rewrite) const CLAUDE: &[Family] = &[
    // Thinking is off unless asked for, and `disabled` is refused by some hosts of them (the pages of Bedrock).
    family(
        &["claude-opus-4-7", "claude-4-7-opus", "claude-opus-4-8", "claude-4-8-opus"],
        Adaptive(TO_MAX, Off::Omit),
        Limit,
    )
    .refusing(FOREIGN_AND_SAMPLING, &[])
    .under(FIVE),
    family(
        &["claude-opus-4-6", "claude-4-6-opus"],
        Adaptive(&["low", "medium", "high", "max"], Off::Default),
        Limit,
    )
    .refusing(&[FOREIGN], THINKING)
    .under(FOUR_SIX),
    family(&["claude-sonnet-4-6", "claude-4-6-sonnet"], Adaptive(TO_HIGH, Off::Default), Limit)
        .refusing(&[FOREIGN], THINKING)
        .under(FOUR_SIX),
    // Opus 4.5 knows no effort above `high` (the page on effort).
    family(&["claude-opus-4-5", "claude-4-5-opus"], Budget(1_024, 128_000, Off::Default), Limit)
        .refusing(&[FOREIGN], THINKING)
        .under(&[FORCED, LOOP, PREFILL, TOP_P, ONE_OF_TWO, CLEAR, Rule(When::Always, Then::Levels(TO_HIGH))]),
    family(
        &[
            "claude-sonnet-4-5",
            "claude-4-5-sonnet",
            "claude-haiku-4-5",
            "claude-4-5-haiku",
            "claude-opus-4-1",
            "claude-4-1-opus",
        ],
        Budget(1_024, 128_000, Off::Default),
        Limit,
    )
    .refusing(FOREIGN_AND_EFFORT, THINKING)
    .under(FOUR),
    family(
        &[
            "claude-opus-4-0",
            "claude-sonnet-4-0",
            "claude-opus-4$",
            "claude-sonnet-4$",
            "claude-4-opus",
            "claude-4-sonnet",
            "claude-3-7",
        ],
        Budget(1_024, 128_000, Off::Default),
        Limit,
    )
    .refusing(FOREIGN_AND_EFFORT, THINKING)
    .under(OLDER),
    family(&["claude-3", "claude-2", "claude-instant"], Never, Limit)
        .refusing(FOREIGN_AND_EFFORT, &[])
        .under(&[CLEAR]),
    // The guides to migration (June to October 2026): 5.5 and Fable cannot be off; Sonnet 5.5 has a mode of its own instead.
    family(&["claude-opus-5-5", "claude-fable", "claude-mythos"], Adaptive(TO_MAX, Off::Never), Limit)
        .refusing(FOREIGN_AND_SAMPLING, &[])
        .under(FIVE_FIVE),
    family(&["claude-sonnet-5-5"], Adaptive(TO_MAX, Off::Mode("between_tools")), Limit)
        .refusing(FOREIGN_AND_SAMPLING, &[])
        .under(FIVE_FIVE),
    // These think unless told not to; `disabled` is taken up to the effort `high`.
    family(
        &["claude-opus-5", "claude-sonnet-5", "claude-haiku-5"],
        Adaptive(TO_MAX, Off::Mode("disabled")),
        Limit,
    )
    .refusing(FOREIGN_AND_SAMPLING, &[])
    .under(FIVE),
    // Of later ones nothing is known but the direction.
    family(&["claude"], Adaptive(TO_MAX, Off::Omit), Limit).refusing(FOREIGN_AND_SAMPLING, &[]).under(FIVE),
];

/// Others that serve Anthropic's format take a budget (the pages of DeepSeek, Moonshot, Z.ai and `MiniMax` on it).
pub(in crate::rewrite) const CLAUDE_LIKE: &[Family] = &[family(
    &["deepseek", "kimi", "moonshot", "glm", "minimax"],
    Budget(1_024, u64::MAX, Off::Default),
    Limit,
)
.under(&[CLEAR])];
