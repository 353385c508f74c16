//! Families of models: how thinking is asked for, its bounds, and the parameters that they refuse.
//!
//! A row names the start of a model's name; the first row that fits counts, and the last row of each table fits all. A name starts
//! at its beginning or after `/`, `.` or `:`, since gateways put the provider before it; `.` and `-` are one.
//!
//! Sources, read in November 2026: the providers' pages on reasoning and on migration (OpenAI, Anthropic, Google, Mistral, Cohere,
//! DeepSeek, OpenRouter, Ollama, vLLM) and the SDKs that `place.rs` lists. To add a model, add a row before those that fit it, too.

use super::field::Field::{
    self, Budget, Effort, FrequencyPenalty, Limit, LogitBias, Logprobs, OldLimit, PresencePenalty, Samples,
    Switch, Temperature, TopK, TopLogprobs, TopP,
};

/// How thinking is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thinking {
    /// It does not think, and refuses to be asked.
    Never,
    /// It thinks; nothing turns it.
    Always,
    /// Levels of effort, least first, in a field. Without `none` it cannot be off.
    Levels(Field, &'static [&'static str]),
    /// The levels of an unknown model. Off is the second value where the client had set an effort; no effort at all without one.
    Guess(&'static [&'static str], Option<&'static str>),
    /// A budget of tokens between two bounds.
    Budget(u64, u64, Off),
    /// The model decides how much, by a level of effort.
    Adaptive(&'static [&'static str]),
    /// On or off.
    Switch,
    /// On or off, with a level of effort.
    Mode(&'static [&'static str]),
    /// Either a budget or an effort, never both; off is the effort `none`.
    Either,
}

/// How a budget is turned off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Off {
    /// The mode `disabled`. It is the default: written only where the client had asked for thinking.
    Default,
    /// The mode `disabled`, always written.
    Disabled,
    /// A budget of 0.
    Zero,
    /// Not at all: the least budget is written.
    Never,
}

/// Models that take the same.
#[derive(Debug)]
pub(super) struct Family {
    /// How their names start.
    pub(super) names: &'static [&'static str],
    pub(super) thinking: Thinking,
    /// The limit that is written where the client had none.
    pub(super) limit: Field,
    /// Parameters that they refuse.
    pub(super) refuses: &'static [Field],
    /// Parameters that they refuse while they think.
    pub(super) refuses_thinking: &'static [Field],
}

/// Levels of effort, and the most tokens of thinking that each stands for: the ladder of CLIProxyAPI (help.router-for.me,
/// November 2026). LiteLLM's is lower by a factor of six above `low`.
pub(super) const LEVELS: [(&str, u64); 7] = [
    ("none", 0),
    ("minimal", 512),
    ("low", 1_024),
    ("medium", 8_192),
    ("high", 24_576),
    ("xhigh", 32_768),
    ("max", u64::MAX),
];

/// The least of some levels that covers a budget, or else the highest.
pub(super) fn level(levels: &'static [&'static str], tokens: u64) -> &'static str {
    let covers = |level: &&&str| LEVELS.iter().any(|(name, most)| name == *level && *most >= tokens);
    levels.iter().find(covers).or(levels.last()).copied().unwrap_or("none")
}

impl Family {
    /// The row for a model.
    pub(super) fn of(rows: &'static [Self], model: &str) -> &'static Self {
        let model = model.as_bytes();
        let fits =
            |row: &&Self| row.names.is_empty() || row.names.iter().any(|name| starts(model, name.as_bytes()));
        rows.iter().find(fits).unwrap_or(&UNKNOWN)
    }

    /// True if it refuses a parameter.
    pub(super) fn refuses(&self, field: Field, thinks: bool) -> bool {
        self.refuses.contains(&field) || thinks && self.refuses_thinking.contains(&field)
    }
}

/// True if a model's name, or what follows a provider's, starts with `name`, and its version does not go on.
fn starts(model: &[u8], name: &[u8]) -> bool {
    let same = |(a, b): (&u8, &u8)| a.eq_ignore_ascii_case(b) || *a == b'.' && *b == b'-';
    let here = |start: usize| {
        let rest = model.get(start..).unwrap_or_default();
        rest.len() >= name.len()
            && rest.iter().zip(name).all(same)
            && !rest
                .get(name.len())
                .is_some_and(|next| next.is_ascii_digit() && name.last().is_some_and(u8::is_ascii_digit))
    };
    here(0) || model.iter().enumerate().any(|(at, byte)| matches!(byte, b'/' | b'.' | b':') && here(at + 1))
}

const UNKNOWN: Family = family(&[], Thinking::Never, Limit);

const fn family(names: &'static [&'static str], thinking: Thinking, limit: Field) -> Family {
    Family { names, thinking, limit, refuses: &[], refuses_thinking: &[] }
}

impl Family {
    const fn refusing(self, refuses: &'static [Field], refuses_thinking: &'static [Field]) -> Self {
        Self { refuses, refuses_thinking, ..self }
    }
}

/// Parameters that OpenAI's reasoning models refuse.
const SAMPLING: &[Field] =
    &[OldLimit, Temperature, TopP, PresencePenalty, FrequencyPenalty, LogitBias, Logprobs, TopLogprobs];
const SAMPLING_ONE: &[Field] = &[
    OldLimit,
    Temperature,
    TopP,
    PresencePenalty,
    FrequencyPenalty,
    LogitBias,
    Logprobs,
    TopLogprobs,
    Samples,
];
const SAMPLING_WHILE_THINKING: &[Field] =
    &[Temperature, TopP, PresencePenalty, FrequencyPenalty, LogitBias, Logprobs, TopLogprobs];

pub(super) const OPENAI: &[Family] = &[
    family(&["gpt-5-chat", "chatgpt"], Thinking::Never, Limit),
    family(&["o1-mini", "o1-preview"], Thinking::Always, Limit).refusing(SAMPLING_ONE, &[]),
    family(&["gpt-5-pro"], Thinking::Levels(Effort, &["high"]), Limit).refusing(SAMPLING, &[]),
    family(&["o1", "o3", "o4"], Thinking::Levels(Effort, &["low", "medium", "high"]), Limit)
        .refusing(SAMPLING, &[]),
    family(
        &["gpt-5-1-codex-max"],
        Thinking::Levels(Effort, &["none", "low", "medium", "high", "xhigh"]),
        Limit,
    )
    .refusing(&[OldLimit], SAMPLING_WHILE_THINKING),
    family(&["gpt-5-1"], Thinking::Levels(Effort, &["none", "low", "medium", "high"]), Limit)
        .refusing(&[OldLimit], SAMPLING_WHILE_THINKING),
    family(
        &["gpt-5-2", "gpt-5-3", "gpt-5-4", "gpt-5-5", "gpt-5-6", "gpt-6"],
        Thinking::Levels(Effort, &["none", "low", "medium", "high", "xhigh"]),
        Limit,
    )
    .refusing(&[OldLimit], SAMPLING_WHILE_THINKING),
    family(&["gpt-5"], Thinking::Levels(Effort, &["minimal", "low", "medium", "high"]), Limit)
        .refusing(SAMPLING, &[]),
    family(&["gpt-oss"], Thinking::Levels(Effort, &["low", "medium", "high"]), OldLimit),
    family(&["gpt-4", "gpt-3"], Thinking::Never, Limit),
    family(&["deepseek"], Thinking::Guess(&["high", "max"], None), OldLimit),
    // Azure's deployments and the models of those that copy the format have names of their own.
    family(&[], Thinking::Guess(&["low", "medium", "high"], None), OldLimit),
];

const CLAUDE_SAMPLING: &[Field] = &[Temperature, TopP, TopK];
const CLAUDE_THINKING: &[Field] = &[Temperature, TopK];

pub(super) const CLAUDE: &[Family] = &[
    family(
        &["claude-opus-4-6", "claude-4-6-opus"],
        Thinking::Adaptive(&["low", "medium", "high", "max"]),
        Limit,
    )
    .refusing(&[], CLAUDE_THINKING),
    family(
        &["claude-sonnet-4-6", "claude-4-6-sonnet"],
        Thinking::Adaptive(&["low", "medium", "high"]),
        Limit,
    )
    .refusing(&[], CLAUDE_THINKING),
    family(&["claude-opus-4-5", "claude-4-5-opus"], Thinking::Budget(1_024, 128_000, Off::Default), Limit)
        .refusing(&[], CLAUDE_THINKING),
    family(
        &[
            "claude-sonnet-4-5",
            "claude-4-5-sonnet",
            "claude-haiku-4-5",
            "claude-4-5-haiku",
            "claude-opus-4-1",
            "claude-4-1-opus",
            "claude-opus-4-0",
            "claude-sonnet-4-0",
            "claude-opus-4-20250514",
            "claude-sonnet-4-20250514",
            "claude-3-7",
        ],
        Thinking::Budget(1_024, 128_000, Off::Default),
        Limit,
    )
    .refusing(&[Effort], CLAUDE_THINKING),
    family(&["claude-3", "claude-2", "claude-instant"], Thinking::Never, Limit),
    // From 4.7 on: no budgets, no sampling parameters.
    family(&["claude"], Thinking::Adaptive(&["low", "medium", "high", "xhigh", "max"]), Limit)
        .refusing(CLAUDE_SAMPLING, CLAUDE_SAMPLING),
    family(&["amazon", "nova", "llama", "mistral", "cohere", "ai21", "titan"], Thinking::Never, Limit),
    // Others that serve this format (DeepSeek, Kimi, GLM, MiniMax) take a budget.
    family(&[], Thinking::Budget(1_024, u64::MAX, Off::Default), Limit),
];

pub(super) const GEMINI: &[Family] = &[
    family(&["gemini-2-5-flash-lite"], Thinking::Budget(512, 24_576, Off::Zero), Limit)
        .refusing(&[Effort], &[]),
    family(&["gemini-2-5-flash"], Thinking::Budget(1, 24_576, Off::Zero), Limit).refusing(&[Effort], &[]),
    family(&["gemini-2-5"], Thinking::Budget(128, 32_768, Off::Never), Limit).refusing(&[Effort], &[]),
    family(&["gemini-2", "gemini-1", "gemma"], Thinking::Never, Limit),
    family(
        &["gemini-3-flash", "gemini-3-1-flash", "gemini-3-5-flash"],
        Thinking::Levels(Effort, &["minimal", "low", "medium", "high"]),
        Limit,
    )
    .refusing(&[Budget], &[]),
    family(&[], Thinking::Levels(Effort, &["low", "medium", "high"]), Limit).refusing(&[Budget], &[]),
];

pub(super) const OLLAMA: &[Family] = &[
    family(&["gpt-oss"], Thinking::Levels(Switch, &["low", "medium", "high"]), Limit),
    family(&[], Thinking::Switch, Limit),
];

pub(super) const COHERE: &[Family] = &[
    family(&["command-a-reasoning"], Thinking::Budget(1, u64::MAX, Off::Disabled), Limit),
    family(&["command", "c4ai", "aya"], Thinking::Never, Limit),
    family(&[], Thinking::Budget(1, u64::MAX, Off::Default), Limit),
];

pub(super) const MISTRAL: &[Family] = &[
    family(&["magistral"], Thinking::Always, Limit),
    family(
        &["ministral", "codestral", "devstral", "pixtral", "mistral-large", "open-"],
        Thinking::Never,
        Limit,
    ),
    family(&[], Thinking::Guess(&["high"], Some("none")), Limit),
];

pub(super) const VLLM: &[Family] = &[
    family(&["gpt-oss"], Thinking::Levels(Effort, &["low", "medium", "high"]), OldLimit),
    // Their tokenizer has its own template, and refuses arguments for one.
    family(&["magistral"], Thinking::Always, OldLimit),
    family(
        &["mistral", "ministral", "mixtral", "codestral", "devstral", "pixtral"],
        Thinking::Never,
        OldLimit,
    ),
    family(&[], Thinking::Switch, OldLimit),
];

pub(super) const OPENROUTER: &[Family] = &[family(&[], Thinking::Either, OldLimit)];

pub(super) const DEEPSEEK: &[Family] =
    &[family(&[], Thinking::Mode(&["high", "max"]), Limit).refusing(&[], &[Logprobs, TopLogprobs])];

#[cfg(test)]
mod tests {
    use super::*;

    fn first(rows: &'static [Family], model: &str) -> Option<&'static str> {
        Family::of(rows, model).names.first().copied()
    }

    #[test]
    fn names_are_found_behind_a_providers() {
        let found = |model| first(CLAUDE, model);
        assert_eq!(found("claude-opus-4-6"), Some("claude-opus-4-6"));
        assert_eq!(found("us.anthropic.claude-opus-4-6-20260205-v1:0"), Some("claude-opus-4-6"));
        assert_eq!(found("anthropic/claude-opus-4.6"), Some("claude-opus-4-6"));
        assert_eq!(found("Claude-Sonnet-4-5-20250929"), Some("claude-sonnet-4-5"));
        assert_eq!(found("claude-opus-4-20250514"), Some("claude-sonnet-4-5"));
        assert_eq!(found("claude-3-5-haiku-latest"), Some("claude-3"));
        assert_eq!(found("claude-opus-4-7"), Some("claude"));
        assert_eq!(found("my-claude"), None);
    }

    #[test]
    fn a_version_does_not_fit_a_longer_one() {
        assert_eq!(first(OPENAI, "gpt-5"), Some("gpt-5"));
        assert_eq!(first(OPENAI, "gpt-5-mini"), Some("gpt-5"));
        assert_eq!(first(OPENAI, "gpt-5.1"), Some("gpt-5-1"));
        assert_eq!(first(OPENAI, "gpt-5-2025-08-07"), Some("gpt-5"));
        assert_eq!(first(OPENAI, "gpt-5.2-2026-01-01"), Some("gpt-5-2"));
        assert_eq!(first(OPENAI, "openai/o3-mini"), Some("o1"));
        assert_eq!(first(OPENAI, "gpt-50"), None);
        assert_eq!(first(OPENAI, "gpt-4.1-nano"), Some("gpt-4"));
        assert_eq!(first(OPENAI, "gpt-4o"), Some("gpt-4"));
    }

    #[test]
    fn a_level_covers_its_budget() {
        let all = &["none", "minimal", "low", "medium", "high", "xhigh", "max"];
        let levels =
            [0, 1, 512, 513, 1_024, 4_096, 8_192, 16_384, 24_577, 1 << 40].map(|tokens| level(all, tokens));
        assert_eq!(
            levels,
            ["none", "minimal", "minimal", "low", "low", "medium", "medium", "high", "xhigh", "max"]
        );
        assert_eq!(level(&["low", "medium", "high"], 1 << 40), "high");
        assert_eq!(level(&["high"], 0), "high");
    }

    #[test]
    fn every_table_ends_with_a_row_for_all() {
        for rows in [OPENAI, CLAUDE, GEMINI, OLLAMA, COHERE, MISTRAL, VLLM, OPENROUTER, DEEPSEEK] {
            let open = rows.iter().filter(|row| row.names.is_empty()).count();
            assert!(open == 1 && rows.last().is_some_and(|row| row.names.is_empty()));
        }
    }
}
