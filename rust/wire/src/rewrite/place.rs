//! Where each surface keeps its parameters. To add a parameter, add a row.
//!
//! Sources: the providers' API references and SDKs (openai 3.57, anthropic 2.14, google-genai 3.6, ollama 0.6, cohere v2, Bedrock
//! Converse, vLLM 0.33, OpenRouter), read in November 2026.

use super::field::Field::{
    Budget, Display, Effort, Extra, Fallbacks, Forced, FrequencyPenalty, Limit, LogitBias, Logprobs, Mode,
    Model, OldLimit, Outer, Output, PresencePenalty, Samples, Switch, Temperature, Thinking, ToolChoice,
    TopEffort, TopK, TopLogprobs, TopP,
};
use super::field::{Field, Node};

const fn leaf(name: &'static str, field: Field) -> Node {
    Node { name, path: name, field, inner: &[] }
}

const fn at(path: &'static str, name: &'static str, field: Field) -> Node {
    Node { name, path, field, inner: &[] }
}

const fn object(name: &'static str, field: Field, inner: &'static [Node]) -> Node {
    Node { name, path: name, field, inner }
}

pub(super) const OPENAI_CHAT: &[Node] = &[
    leaf("model", Model),
    leaf("max_completion_tokens", Limit),
    leaf("max_tokens", OldLimit),
    leaf("n", Samples),
    leaf("reasoning_effort", Effort),
    leaf("temperature", Temperature),
    leaf("top_p", TopP),
    leaf("presence_penalty", PresencePenalty),
    leaf("frequency_penalty", FrequencyPenalty),
    leaf("logit_bias", LogitBias),
    leaf("logprobs", Logprobs),
    leaf("top_logprobs", TopLogprobs),
];

pub(super) const RESPONSES: &[Node] = &[
    leaf("model", Model),
    leaf("max_output_tokens", Limit),
    object("reasoning", Thinking, &[at("reasoning.effort", "effort", Effort)]),
    leaf("temperature", Temperature),
    leaf("top_p", TopP),
    leaf("top_logprobs", TopLogprobs),
];

pub(super) const MESSAGES: &[Node] = &[
    leaf("model", Model),
    leaf("max_tokens", Limit),
    object(
        "thinking",
        Thinking,
        &[
            at("thinking.type", "type", Mode),
            at("thinking.budget_tokens", "budget_tokens", Budget),
            at("thinking.display", "display", Display),
        ],
    ),
    object("output_config", Output, &[at("output_config.effort", "effort", Effort)]),
    leaf("temperature", Temperature),
    leaf("top_p", TopP),
    leaf("top_k", TopK),
    object("tool_choice", ToolChoice, &[at("tool_choice.type", "type", Forced)]),
];

/// Gemini takes names in camel case and in snake case.
macro_rules! thinking_config {
    ($outer:literal, $name:literal) => {
        Node {
            name: $name,
            path: concat!($outer, ".", $name),
            field: Thinking,
            inner: &[
                at(concat!($outer, ".", $name, ".thinkingBudget"), "thinkingBudget", Budget),
                at(concat!($outer, ".", $name, ".thinking_budget"), "thinking_budget", Budget),
                at(concat!($outer, ".", $name, ".thinkingLevel"), "thinkingLevel", Effort),
                at(concat!($outer, ".", $name, ".thinking_level"), "thinking_level", Effort),
                at(concat!($outer, ".", $name, ".includeThoughts"), "includeThoughts", Display),
                at(concat!($outer, ".", $name, ".include_thoughts"), "include_thoughts", Display),
            ],
        }
    };
}

macro_rules! generation_config {
    ($name:literal) => {
        object(
            $name,
            Outer,
            &[
                at(concat!($name, ".maxOutputTokens"), "maxOutputTokens", Limit),
                at(concat!($name, ".max_output_tokens"), "max_output_tokens", Limit),
                at(concat!($name, ".candidateCount"), "candidateCount", Samples),
                at(concat!($name, ".candidate_count"), "candidate_count", Samples),
                thinking_config!($name, "thinkingConfig"),
                thinking_config!($name, "thinking_config"),
            ],
        )
    };
}

/// The model stands in the path of the request.
pub(super) const GEMINI_PLACES: &[Node] =
    &[generation_config!("generationConfig"), generation_config!("generation_config")];

pub(super) const OLLAMA_PLACES: &[Node] = &[
    leaf("model", Model),
    leaf("think", Switch),
    object("options", Outer, &[at("options.num_predict", "num_predict", Limit)]),
];

macro_rules! bedrock_thinking {
    ($name:literal) => {
        Node {
            name: $name,
            path: concat!("additionalModelRequestFields.", $name),
            field: Thinking,
            inner: &[
                at(concat!("additionalModelRequestFields.", $name, ".type"), "type", Mode),
                at(
                    concat!("additionalModelRequestFields.", $name, ".budget_tokens"),
                    "budget_tokens",
                    Budget,
                ),
            ],
        }
    };
}

/// The model stands in the path of the request.
pub(super) const BEDROCK: &[Node] = &[
    object(
        "inferenceConfig",
        Outer,
        &[
            at("inferenceConfig.maxTokens", "maxTokens", Limit),
            at("inferenceConfig.temperature", "temperature", Temperature),
            at("inferenceConfig.topP", "topP", TopP),
        ],
    ),
    object(
        "additionalModelRequestFields",
        Extra,
        &[
            bedrock_thinking!("thinking"),
            bedrock_thinking!("reasoning_config"),
            Node {
                name: "output_config",
                path: "additionalModelRequestFields.output_config",
                field: Output,
                inner: &[at("additionalModelRequestFields.output_config.effort", "effort", Effort)],
            },
            at("additionalModelRequestFields.top_k", "top_k", TopK),
        ],
    ),
    object(
        "toolConfig",
        ToolChoice,
        &[Node {
            name: "toolChoice",
            path: "toolConfig.toolChoice",
            field: ToolChoice,
            // The kind is the name of the one member.
            inner: &[
                at("toolConfig.toolChoice.any", "any", Forced),
                at("toolConfig.toolChoice.tool", "tool", Forced),
            ],
        }],
    ),
];

pub(super) const COHERE_PLACES: &[Node] = &[
    leaf("model", Model),
    leaf("max_tokens", Limit),
    object(
        "thinking",
        Thinking,
        &[at("thinking.type", "type", Mode), at("thinking.token_budget", "token_budget", Budget)],
    ),
];

pub(super) const MISTRAL_PLACES: &[Node] =
    &[leaf("model", Model), leaf("max_tokens", Limit), leaf("n", Samples), leaf("reasoning_effort", Effort)];

pub(super) const VLLM_PLACES: &[Node] = &[
    leaf("model", Model),
    leaf("max_completion_tokens", Limit),
    leaf("max_tokens", OldLimit),
    leaf("n", Samples),
    leaf("reasoning_effort", Effort),
    leaf("thinking_token_budget", Budget),
    object(
        "chat_template_kwargs",
        Outer,
        &[at("chat_template_kwargs.enable_thinking", "enable_thinking", Switch)],
    ),
];

pub(super) const OPENROUTER_PLACES: &[Node] = &[
    leaf("model", Model),
    leaf("models", Fallbacks),
    leaf("max_completion_tokens", Limit),
    leaf("max_tokens", OldLimit),
    object(
        "reasoning",
        Thinking,
        &[
            at("reasoning.max_tokens", "max_tokens", Budget),
            at("reasoning.effort", "effort", Effort),
            at("reasoning.enabled", "enabled", Switch),
        ],
    ),
    leaf("reasoning_effort", TopEffort),
];

pub(super) const DEEPSEEK_PLACES: &[Node] = &[
    leaf("model", Model),
    leaf("max_tokens", Limit),
    object("thinking", Thinking, &[at("thinking.type", "type", Mode)]),
    leaf("reasoning_effort", Effort),
    leaf("logprobs", Logprobs),
    leaf("top_logprobs", TopLogprobs),
];
