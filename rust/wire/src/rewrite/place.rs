//! Where each surface keeps its parameters. To add a parameter, add a row.
//!
//! Sources: the providers' API references and SDKs (openai 3.57, anthropic 2.14, google-genai 3.6, ollama 0.6, cohere v2, Bedrock
//! Converse, vLLM 0.33, OpenRouter), read in November 2026.

use super::field::Field::{
    Budget, Context, Display, Edits, Effort, Extra, Fallbacks, Forced, FrequencyPenalty, Functions, Include,
    InnerEffort, Limit, LogitBias, Logprobs, MinP, MinTokens, Mode, Model, NovaEffort, NovaMode,
    NovaThinking, OldLimit, Outer, Output, Prediction, PresencePenalty, PromptMode, Reasoning, Samples, Seed,
    ServiceTier, Stop, Switch, Talk, Temperature, Thinking, ToolChoice, Tools, TopEffort, TopK, TopLogprobs,
    TopP, Verbosity, Versioned, Wrap,
};
use super::field::{Field, Node};

pub(super) const fn leaf(name: &'static str, field: Field) -> Node {
    Node { name, path: name, field, inner: &[] }
}

pub(super) const fn at(path: &'static str, name: &'static str, field: Field) -> Node {
    Node { name, path, field, inner: &[] }
}

pub(super) const fn object(name: &'static str, field: Field, inner: &'static [Node]) -> Node {
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
    leaf("top_k", TopK),
    leaf("min_p", MinP),
    leaf("seed", Seed),
    leaf("presence_penalty", PresencePenalty),
    leaf("frequency_penalty", FrequencyPenalty),
    leaf("logit_bias", LogitBias),
    leaf("logprobs", Logprobs),
    leaf("top_logprobs", TopLogprobs),
    leaf("stop", Stop),
    leaf("verbosity", Verbosity),
    leaf("prediction", Prediction),
    leaf("service_tier", ServiceTier),
    leaf("tools", Functions),
    leaf("functions", Functions),
];

/// A tool that must be called: a word, or an object.
const TOOL_CHOICE: Node = object("tool_choice", ToolChoice, &[at("tool_choice.type", "type", Forced)]);

pub(super) const RESPONSES: &[Node] = &[
    leaf("model", Model),
    leaf("max_output_tokens", Limit),
    object("reasoning", Thinking, &[at("reasoning.effort", "effort", Effort)]),
    leaf("temperature", Temperature),
    leaf("top_p", TopP),
    leaf("top_logprobs", TopLogprobs),
    object("text", Outer, &[at("text.verbosity", "verbosity", Verbosity)]),
    leaf("service_tier", ServiceTier),
    leaf("include", Include),
    leaf("input", Talk),
    leaf("tools", Tools),
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
    TOOL_CHOICE,
    object("context_management", Context, &[at("context_management.edits", "edits", Edits)]),
    leaf("messages", Talk),
    leaf("anthropic_version", Versioned),
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
    ($path:literal, $name:literal) => {
        Node {
            name: $name,
            path: $path,
            field: Outer,
            inner: &[
                at(concat!($path, ".maxOutputTokens"), "maxOutputTokens", Limit),
                at(concat!($path, ".max_output_tokens"), "max_output_tokens", Limit),
                at(concat!($path, ".candidateCount"), "candidateCount", Samples),
                at(concat!($path, ".candidate_count"), "candidate_count", Samples),
                at(concat!($path, ".temperature"), "temperature", Temperature),
                at(concat!($path, ".topP"), "topP", TopP),
                at(concat!($path, ".top_p"), "top_p", TopP),
                at(concat!($path, ".topK"), "topK", TopK),
                at(concat!($path, ".top_k"), "top_k", TopK),
                at(concat!($path, ".seed"), "seed", Seed),
                thinking_config!($path, "thinkingConfig"),
                thinking_config!($path, "thinking_config"),
            ],
        }
    };
}

/// The model stands in the path of the request.
pub(super) const GEMINI_PLACES: &[Node] = &[
    generation_config!("generationConfig", "generationConfig"),
    generation_config!("generation_config", "generation_config"),
    leaf("contents", Talk),
    leaf("request", Wrap),
];

/// Code Assist and batches have the request in an object, the first with the model beside it.
pub(super) const GEMINI_WRAPPED: &[Node] = &[
    leaf("model", Model),
    object(
        "request",
        Wrap,
        &[
            generation_config!("request.generationConfig", "generationConfig"),
            generation_config!("request.generation_config", "generation_config"),
        ],
    ),
];

pub(super) const OLLAMA_PLACES: &[Node] = &[
    leaf("model", Model),
    leaf("think", Switch),
    object(
        "options",
        Outer,
        &[
            at("options.num_predict", "num_predict", Limit),
            at("options.temperature", "temperature", Temperature),
            at("options.top_p", "top_p", TopP),
            at("options.top_k", "top_k", TopK),
            at("options.min_p", "min_p", MinP),
            at("options.seed", "seed", Seed),
        ],
    ),
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
            at("additionalModelRequestFields.max_tokens", "max_tokens", OldLimit),
            at("additionalModelRequestFields.reasoning_effort", "reasoning_effort", TopEffort),
            Node {
                name: "reasoning",
                path: "additionalModelRequestFields.reasoning",
                field: Reasoning,
                inner: &[at("additionalModelRequestFields.reasoning.effort", "effort", InnerEffort)],
            },
            Node {
                name: "reasoningConfig",
                path: "additionalModelRequestFields.reasoningConfig",
                field: NovaThinking,
                inner: &[
                    at("additionalModelRequestFields.reasoningConfig.type", "type", NovaMode),
                    at(
                        "additionalModelRequestFields.reasoningConfig.maxReasoningEffort",
                        "maxReasoningEffort",
                        NovaEffort,
                    ),
                ],
            },
        ],
    ),
    leaf("messages", Talk),
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
    leaf("temperature", Temperature),
    leaf("p", TopP),
    leaf("k", TopK),
    leaf("seed", Seed),
];

pub(super) const MISTRAL_PLACES: &[Node] = &[
    leaf("model", Model),
    leaf("max_tokens", Limit),
    leaf("n", Samples),
    leaf("reasoning_effort", Effort),
    leaf("prompt_mode", PromptMode),
    leaf("temperature", Temperature),
    leaf("top_p", TopP),
    leaf("random_seed", Seed),
];

pub(super) const VLLM_PLACES: &[Node] = &[
    leaf("model", Model),
    leaf("max_completion_tokens", Limit),
    leaf("max_tokens", OldLimit),
    leaf("n", Samples),
    leaf("reasoning_effort", Effort),
    leaf("thinking_token_budget", Budget),
    leaf("min_tokens", MinTokens),
    leaf("temperature", Temperature),
    leaf("top_p", TopP),
    leaf("top_k", TopK),
    leaf("min_p", MinP),
    leaf("seed", Seed),
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
    leaf("temperature", Temperature),
    leaf("top_p", TopP),
    leaf("top_k", TopK),
    leaf("min_p", MinP),
    leaf("seed", Seed),
    TOOL_CHOICE,
    leaf("messages", Talk),
];

pub(super) const DEEPSEEK_PLACES: &[Node] = &[
    leaf("model", Model),
    leaf("max_tokens", Limit),
    object("thinking", Thinking, &[at("thinking.type", "type", Mode)]),
    leaf("reasoning_effort", Effort),
    leaf("temperature", Temperature),
    leaf("top_p", TopP),
    leaf("logprobs", Logprobs),
    leaf("top_logprobs", TopLogprobs),
    TOOL_CHOICE,
    leaf("messages", Talk),
];
