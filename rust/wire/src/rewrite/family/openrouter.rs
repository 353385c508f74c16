//! Models behind OpenRouter.

use super::Thinking::{Either, Levels, Never, Unknown};
use super::claude::{FORCED, LOOP, NO_FORCE, NO_PREFILL, PREFILL};
use super::{Family, Rule, family};
use crate::rewrite::field::Field::{self, Budget, Effort, OldLimit, Switch, TopEffort};
use crate::rewrite::level::{MINIMAL_TO_HIGH, NONE_TO_MAX, NONE_TO_XHIGH, TO_HIGH, TO_MAX};

/// Claude's rules hold behind OpenRouter, too, as far as is known.
const CLAUDE: &[Rule] = &[FORCED, LOOP, PREFILL];
const NEW_CLAUDE: &[Rule] = &[FORCED, NO_PREFILL];
const LAST_CLAUDE: &[Rule] = &[NO_FORCE, NO_PREFILL];

/// An effort stands alone.
const ONE: &[&[Field]] = &[&[Budget, Switch, TopEffort]];

/// The page on reasoning tokens, the guides to migration, and `reasoning.mandatory` of its list of models, as dendrux/dendrux#44,
/// elie222/rakazo#114 and musistudio/claude-code-router#1215 and #1238 have it. To turn a mandatory one off is an error.
pub(in crate::rewrite) const OPENROUTER: &[Family] = &[
    family(
        &[
            "gpt-5-chat",
            "gpt-4",
            "gpt-3",
            "claude-3-5",
            "claude-3$",
            "claude-2",
            "gemini-2-0",
            "gemini-flash-1-5",
            "gemini-pro-1-5",
            "gemma",
            "llama",
            "mistral-large",
            "mistral-nemo",
            "mistral-7b",
            "mixtral",
            "ministral",
            "codestral",
            "pixtral",
            "command",
            "qwen-2",
            "qwen2",
            "qwen3-coder",
            "*instruct",
            "nova",
        ],
        Never,
        OldLimit,
    ),
    family(&["gpt-5-pro"], Levels(Effort, &["high"]), OldLimit).refusing(ONE, &[]),
    family(&["o1", "o3", "o4", "gpt-oss", "gpt-5-codex", "gpt-5-1-codex"], Levels(Effort, TO_HIGH), OldLimit)
        .refusing(ONE, &[]),
    family(&["gpt-5$"], Levels(Effort, MINIMAL_TO_HIGH), OldLimit).refusing(ONE, &[]),
    family(&["gpt-6-astra"], Levels(Effort, TO_HIGH), OldLimit).refusing(ONE, &[]),
    family(&["gpt-5", "gpt-6"], Levels(Effort, NONE_TO_XHIGH), OldLimit).refusing(ONE, &[]),
    family(&["claude-opus-5-5", "claude-fable", "claude-mythos"], Levels(Effort, TO_MAX), OldLimit)
        .refusing(ONE, &[])
        .under(LAST_CLAUDE),
    family(&["claude-sonnet-5-5"], Levels(Effort, NONE_TO_MAX), OldLimit)
        .refusing(ONE, &[])
        .under(LAST_CLAUDE),
    family(
        &[
            "claude-3-7",
            "claude-opus-4-5",
            "claude-sonnet-4-5",
            "claude-haiku-4-5",
            "claude-opus-4-1",
            "claude-opus-4$",
            "claude-sonnet-4$",
        ],
        Either("none"),
        OldLimit,
    )
    .under(CLAUDE),
    // The guide to migration: 4.6 takes a budget still.
    family(&["claude-opus-4-6", "claude-4-6", "claude-sonnet-4-6"], Either("none"), OldLimit)
        .under(&[FORCED, LOOP, NO_PREFILL]),
    family(&["claude"], Levels(Effort, NONE_TO_MAX), OldLimit).refusing(ONE, &[]).under(NEW_CLAUDE),
    family(&["gemini-2-5-flash"], Either("none"), OldLimit),
    family(&["gemini-2-5-pro"], Either("low"), OldLimit),
    family(
        &[
            "gemini",
            "*-thinking",
            "deepseek-r1",
            "grok-4$",
            "grok-3-mini",
            "minimax-m",
            "step-3",
            "magistral",
        ],
        Levels(Effort, TO_HIGH),
        OldLimit,
    )
    .refusing(ONE, &[]),
    family(&["deepseek", "qwen3", "glm", "kimi", "grok", "hermes-4", "nemotron"], Either("none"), OldLimit),
    family(&[], Unknown, OldLimit),
];
