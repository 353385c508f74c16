//! Random bodies, settings and surfaces.

use proptest::prelude::*;
use rheostat_wire::rewrite::{Draws, Settings, Surface};

/// Models of every family, and some of none.
const MODELS: [&str; 46] = [
    "gpt-5",
    "gpt-5.1",
    "gpt-5.2",
    "gpt-5-pro",
    "gpt-4o",
    "o1-mini",
    "o3",
    "gpt-oss-120b",
    "claude-opus-4-7",
    "claude-opus-4-6",
    "claude-sonnet-4-5",
    "claude-opus-4-5",
    "anthropic.claude-3-haiku-20240307-v1:0",
    "gemini-2.5-pro",
    "gemini-2.5-flash",
    "gemini-2.5-flash-lite",
    "gemini-3-pro",
    "gemini-3-flash",
    "gemini-1.5-pro",
    "qwen3:8b",
    "command-a-reasoning-08-2025",
    "command-r",
    "magistral-medium-latest",
    "mistral-small-latest",
    "mistral-large-latest",
    "deepseek-chat",
    "small \"one\" é\\",
    "x",
    "amazon.nova-pro-v1:0",
    "",
    "gpt-5.4",
    "gpt-5.6-luna",
    "gpt-5.1-codex",
    "claude-opus-5-5",
    "claude-sonnet-5-5",
    "claude-sonnet-5",
    "claude-opus-4@20250514",
    "us.amazon.nova-2-lite-v1:0",
    "openai.gpt-6-astra",
    "llama3.2",
    "qwen/qwen3-14b",
    "google/gemini-2.5-pro",
    "deepseek/deepseek-r1",
    "anthropic/claude-sonnet-4.5",
    "mistral-small-2506",
    "grok-4",
];

/// Parameters of all surfaces, and containers of them.
const NAMES: [&str; 60] = [
    "model",
    "max_completion_tokens",
    "max_tokens",
    "max_output_tokens",
    "n",
    "reasoning_effort",
    "reasoning",
    "effort",
    "thinking",
    "type",
    "budget_tokens",
    "display",
    "output_config",
    "temperature",
    "top_p",
    "top_k",
    "presence_penalty",
    "logprobs",
    "top_logprobs",
    "logit_bias",
    "tool_choice",
    "generationConfig",
    "generation_config",
    "maxOutputTokens",
    "candidateCount",
    "thinkingConfig",
    "thinkingBudget",
    "thinking_level",
    "includeThoughts",
    "think",
    "options",
    "num_predict",
    "inferenceConfig",
    "maxTokens",
    "additionalModelRequestFields",
    "chat_template_kwargs",
    "enable_thinking",
    "thinking_token_budget",
    "stop",
    "verbosity",
    "text",
    "service_tier",
    "prediction",
    "min_tokens",
    "prompt_mode",
    "include",
    "context_management",
    "edits",
    "messages",
    "input",
    "role",
    "tools",
    "anthropic_version",
    "reasoningConfig",
    "maxReasoningEffort",
    "topP",
    "MODEL",
    "Think",
    "OPTIONS",
    "models",
];

/// White space of JSON.
pub(super) fn space() -> impl Strategy<Value = String> {
    "[ \n\t\r]{0,3}"
}

/// A name or a string as it is written, some with escapes.
pub(super) fn written(text: &str, escaped: bool) -> String {
    if !escaped {
        return serde_json::to_string(text).unwrap();
    }
    let units: Vec<String> = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    format!("\"{}\"", units.concat())
}

pub(super) fn text() -> impl Strategy<Value = String> {
    "[a-z\"\\\\{}\\[\\],:/ \n\u{1}é\u{1F600}]{0,8}"
}

fn scalar() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("false".to_owned()),
        (0..200_000_u32).prop_map(|number| number.to_string()),
        prop_oneof![
            Just("1"),
            Just("1.0"),
            Just("1e3"),
            Just("0"),
            Just("-1"),
            Just("-0"),
            Just("0.7"),
            Just("1E+400"),
            Just("18446744073709551615")
        ]
        .prop_map(str::to_owned),
        prop_oneof![
            Just("enabled"),
            Just("disabled"),
            Just("adaptive"),
            Just("low"),
            Just("HIGH"),
            Just("none"),
            Just("any"),
            Just("gpt-5")
        ]
        .prop_map(|text| written(text, false)),
        (text(), any::<bool>()).prop_map(|(text, escaped)| written(&text, escaped)),
        Just(r#""a\\\"}{][,:\\""#.to_owned()),
        Just(r#""\ud800""#.to_owned()),
    ]
}

fn name() -> impl Strategy<Value = String> {
    let known = prop::sample::select(&NAMES[..]).prop_map(str::to_owned);
    (prop_oneof![4 => known, 1 => text()], prop::bool::weighted(0.1))
        .prop_map(|(name, escaped)| written(&name, escaped))
}

fn joined(open: char, close: char, parts: Vec<String>, end: &str) -> String {
    let inner = parts.join(",");
    format!("{open}{inner}{end}{close}")
}

fn object(value: impl Strategy<Value = String> + Clone + 'static) -> impl Strategy<Value = String> {
    let member = (space(), name(), space(), space(), value, space())
        .prop_map(|(a, name, b, c, value, d)| format!("{a}{name}{b}:{c}{value}{d}"));
    (prop::collection::vec(member, 0..6), space()).prop_map(|(parts, end)| joined('{', '}', parts, &end))
}

/// A body: any JSON object, thick with parameters in the right places and in wrong ones.
pub(super) fn body() -> impl Strategy<Value = String> {
    let value = scalar().boxed().prop_recursive(4, 24, 5, |inner| {
        let item = (space(), inner.clone(), space()).prop_map(|(a, item, b)| format!("{a}{item}{b}"));
        prop_oneof![
            (prop::collection::vec(item, 0..4), space())
                .prop_map(|(parts, end)| joined('[', ']', parts, &end)),
            object(inner),
        ]
        .boxed()
    });
    (prop::bool::weighted(0.05), space(), object(value), space())
        .prop_map(|(mark, a, object, b)| format!("{}{a}{object}{b}", if mark { "\u{FEFF}" } else { "" }))
}

pub(super) fn any_settings() -> impl Strategy<Value = Settings<'static>> {
    let tokens = prop_oneof![Just(0_u64), 1..2_000_u64, 2_000..100_000_u64, Just(1 << 40)];
    let draws =
        prop_oneof![(0..6_u32).prop_map(|most| Draws::Client { most }), (0..6_u32).prop_map(Draws::Plan),];
    let most = prop_oneof![Just(0_u64), 1..50_000_u64, Just(u64::MAX)];
    (prop::sample::select(&MODELS[..]), tokens, 1..9_000_u64, draws, any::<bool>(), most).prop_map(
        |(model, thinking_tokens, answer_tokens, samples, keep_wishes, most_tokens)| Settings {
            model,
            thinking_tokens,
            answer_tokens,
            samples,
            keep_wishes,
            most_tokens,
        },
    )
}

pub(super) fn surface() -> impl Strategy<Value = Surface> {
    prop::sample::select(&Surface::ALL[..])
}
