//! Models of OpenAI, and of those that copy its formats.

use super::Thinking::{Always, Levels, Never, Unknown};
use super::{But, Family, Rule, Then, When, family};
use crate::rewrite::change::Why;
use crate::rewrite::field::Field::{
    self, Effort, FrequencyPenalty, Include, Limit, LogitBias, Logprobs, OldLimit, Prediction,
    PresencePenalty, Samples, ServiceTier, Stop, Temperature, TopLogprobs, TopP, Verbosity,
};
use crate::rewrite::level::{MINIMAL_TO_HIGH, NONE_TO_HIGH, NONE_TO_XHIGH, TO_HIGH, TO_XHIGH};

/// Parameters of sampling.
const SAMPLING: &[Field] =
    &[Temperature, TopP, PresencePenalty, FrequencyPenalty, LogitBias, Logprobs, TopLogprobs];
/// Parameters that the first reasoning models refuse. `stop`: huggingface/smolagents#1671 and #1868, langgenius/dify#18971.
/// `verbosity`: the guide to GPT-5. `prediction`: the page on predicted outputs.
const FIRST: &[&[Field]] = &[&[OldLimit], SAMPLING, &[Stop, Prediction]];
const OLD: &[&[Field]] = &[&[OldLimit], SAMPLING, &[Stop, Prediction, Verbosity]];
const OLDEST: &[&[Field]] = &[&[OldLimit], SAMPLING, &[Stop, Prediction, Verbosity, Samples]];
/// From GPT-5.1 on. `stop`: smolagents#1868 (5.1) and #1893 (5.2); from 5.5 on it is taken (BerriAI/litellm#28650), and so by the next
/// row.
const NEWER: &[&[Field]] = &[&[OldLimit, Stop, Prediction]];
const NEWEST: &[&[Field]] = &[&[OldLimit, Prediction]];

/// GPT-5 takes no tool of the provider's beside `minimal`: openai/codex#3559 has `web_search`, the guide to GPT-5 some others; which of
/// the rest it takes is not known, so none is tried.
const HOSTED: &[Rule] = &[Rule(When::Hosted, Then::Levels(TO_HIGH))];

/// From GPT-5.4 on, chat completions take function tools beside the effort `none` alone, said outright: openai/openai-openapi#541,
/// pipecat-ai/pipecat#4043, BerriAI/litellm#34569 (March to July 2026).
const CHAT_TOOLS: &[Rule] = &[Rule(When::Functions, Then::Still(Why::Tools))];

/// Models without thinking take no sealed thoughts (OpenHands/software-agent-sdk#1208), and no tier that only reasoning models have.
/// The second by the page on flex processing; what is in the history is the host's to leave out, by the plan's `strip_thinking`.
const PLAIN: &[Rule] = &[
    Rule(When::Always, Then::Cut(Include, "reasoning.encrypted_content", "include[]")),
    Rule(When::Thoughts, Then::Says("input")),
    Rule(When::Always, Then::Refuses(ServiceTier, But::Except("flex"))),
];

/// The efforts of the variants: anomalyco/opencode#26268 (May 2026, from the provider's own errors), openai/codex#6647,
/// CherryHQ/cherry-studio#10430, egoist/chatwise-releases#1257. Of `gpt-5-search-api` nothing is known.
pub(in crate::rewrite) const OPENAI: &[Family] = &[
    family(&["gpt-5-chat", "chatgpt"], Never, Limit).refusing(&[&[Verbosity]], &[]).under(PLAIN),
    family(
        &["gpt-5-1-chat", "gpt-5-2-chat", "gpt-5-3-chat", "gpt-5-4-chat", "gpt-5-5-chat"],
        Levels(Effort, &["medium"]),
        Limit,
    )
    .refusing(OLD, &[]),
    family(&["o1-mini", "o1-preview"], Always, Limit).refusing(OLDEST, &[]),
    family(&["o3-deep-research", "o4-mini-deep-research"], Levels(Effort, &["medium"]), Limit)
        .refusing(OLD, &[]),
    family(&["gpt-5-pro"], Levels(Effort, &["high"]), Limit).refusing(FIRST, &[]),
    family(&["o1", "o3", "o4"], Levels(Effort, TO_HIGH), Limit).refusing(OLD, &[]),
    family(&["gpt-5-1-codex-max", "gpt-5-2-codex", "gpt-5-3-codex"], Levels(Effort, TO_XHIGH), Limit)
        .refusing(FIRST, &[]),
    family(&["gpt-5-codex", "gpt-5-1-codex$", "gpt-5-1-codex-mini"], Levels(Effort, TO_HIGH), Limit)
        .refusing(FIRST, &[]),
    family(
        &["gpt-5-2-pro", "gpt-5-3-pro", "gpt-5-4-pro", "gpt-5-5-pro"],
        Levels(Effort, &["medium", "high", "xhigh"]),
        Limit,
    )
    .refusing(FIRST, &[]),
    family(&["gpt-5-search-api"], Unknown, Limit),
    family(&["gpt-5-1"], Levels(Effort, NONE_TO_HIGH), Limit).refusing(NEWER, SAMPLING),
    family(&["gpt-5-2", "gpt-5-3"], Levels(Effort, NONE_TO_XHIGH), Limit).refusing(NEWER, SAMPLING),
    family(&["gpt-5-4"], Levels(Effort, NONE_TO_XHIGH), Limit).refusing(NEWER, SAMPLING).under(CHAT_TOOLS),
    family(&["gpt-5$"], Levels(Effort, MINIMAL_TO_HIGH), Limit).refusing(FIRST, &[]).under(HOSTED),
    // anomalyco/opencode#48195 (September 2026).
    family(&["gpt-6-astra"], Levels(Effort, TO_XHIGH), Limit).refusing(NEWEST, SAMPLING),
    family(&["gpt-5", "gpt-6"], Levels(Effort, NONE_TO_XHIGH), Limit)
        .refusing(NEWEST, SAMPLING)
        .under(CHAT_TOOLS),
    family(&["gpt-oss"], Levels(Effort, TO_HIGH), OldLimit),
    family(&["gpt-4", "gpt-3", "gpt-35"], Never, Limit).refusing(&[&[Verbosity]], &[]).under(PLAIN),
];

/// Other models behind OpenAI's format, by their vendors' pages on it (Google, xAI).
pub(in crate::rewrite) const OPENAI_LIKE: &[Family] = &[
    family(&["gemini-2-5-flash"], Levels(Effort, NONE_TO_HIGH), OldLimit),
    family(&["gemini-2-5-pro", "gemini-3"], Levels(Effort, TO_HIGH), OldLimit),
    family(&["gemini-2", "gemini-1", "gemma"], Never, OldLimit),
    family(&["grok-3-mini"], Levels(Effort, &["low", "high"]), OldLimit),
    family(&["grok-4$"], Always, OldLimit),
    // Azure's deployments and the models of others that copy the format have names of their own.
    family(&[], Unknown, OldLimit),
];
