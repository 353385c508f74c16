//! The table of dialects: where each provider writes its usage, and in which fields.
//!
//! Shapes as the providers' API references and client libraries described them from 2025 to November 2026. To add one, add a row;
//! the first row with a mark in the object wins, so a row with rarer fields stands before one with common ones.

/// Paths to the object with the counts, from a response, an event of its stream, or what is [wrapped](WRAPPERS) round one. The first
/// that is there counts.
pub(super) const PLACES: &[&str] = &[
    "usage",                            // nearly all
    "amazon-bedrock-invocationMetrics", // Bedrock InvokeModel, the last chunk
    "usageMetadata",                    // Gemini
    "usage_metadata",                   // Gemini, the Python SDK's names; LangChain: messages
    "x_groq.usage",                     // Groq, the last chunk
    "choices.0.usage",                  // Moonshot, the last chunk
    "token_usage",                      // LangChain, CrewAI
    "tokenUsage",                       // LangChain's JavaScript
    "models_usage",                     // AutoGen: messages
    "totalUsage",                       // Vercel's AI SDK: the end of a stream
    "tokenMetadata",                    // Vertex: predict
    "Usage",                            // Semantic Kernel, Tencent
    "meta",                             // Cohere v1
    "meta_info",                        // SGLang's own API
    "timings",                          // llama.cpp, beside its chat chunks
    "details",                          // text-generation-inference
    "metrics",                          // Replicate
    "stats",                            // LM Studio's own API
    "inference_status",                 // DeepInfra's own API
    "results.0",                        // watsonx
    "attributes",                       // OpenTelemetry: spans
    "",                                 // Ollama, llama.cpp, OpenRouter, and a usage object by itself
];

/// Fields that wrap a response, an event or its usage. They may be nested up to [`MOST_WRAPPED`] deep; the nearest usage counts.
pub(super) const WRAPPERS: &[&str] = &[
    "response", // OpenAI responses: response.completed; batches of OpenAI and Mistral; Gemini through gateways
    "message",  // Anthropic: message_start
    "delta",    // Cohere v2: message-end
    "interaction", // Gemini's interactions: interaction.complete
    "metadata", // Bedrock ConverseStream, Dify, Spring AI
    "result",   // Cloudflare, batches of Anthropic, Yandex
    "body",     // batches of OpenAI and Mistral
    "data",     // gateways, OpenRouter's generation endpoint
    "raw",      // LlamaIndex
    "raw_response", // gateways
    "response_metadata", // LangChain: messages
    "llm_output", // LangChain: results
    "additional_kwargs", // LlamaIndex
    "meta",     // Haystack
    "meta.0",   // Haystack: a list beside its replies
    "output",   // RunPod, Bedrock's agents
    "modelOutput", // batches of Bedrock
    "Response", // Tencent
    "event",    // Bedrock's streams through proxies
    "payload",  // gateways
];

/// The most wrappers round a response.
pub(super) const MOST_WRAPPED: usize = 3;

/// Where the input and the output are said by kind, in OpenAI's form and in Gemini's, as their references described them in 2025.
pub(super) const INPUT_PARTS: &[&str] =
    &["prompt_tokens_details", "input_tokens_details", "input_token_details", "promptTokensDetails"];
/// As [`INPUT_PARTS`].
pub(super) const OUTPUT_PARTS: &[&str] = &[
    "completion_tokens_details",
    "output_tokens_details",
    "output_token_details",
    "candidatesTokensDetails",
    "responseTokensDetails",
];
/// Names of kinds of tokens. Cached and reasoning tokens are parts of these.
pub(super) const KINDS: &[&str] = &["text_tokens", "audio_tokens", "image_tokens", "video_tokens"];
/// The count in a row of a list by kind.
pub(super) const KIND_COUNTS: &[&str] = &["tokenCount", "token_count"];

/// The list of samplings of one request, which the counts beside it leave out: a server that compacts a conversation samples twice, and
/// counts only the second (Anthropic's page on compaction, October 2026).
pub(super) const PARTS: &str = "iterations";

/// The fields of one dialect. Paths are separated by dots.
pub(super) struct Dialect {
    pub(super) name: &'static str,
    /// Any of these fields shows the dialect.
    pub(super) marks: &'static [&'static str],
    /// Alternatives of each count: the first one whose first field is there. Its fields are added up.
    pub(super) input: &'static [&'static [&'static str]],
    pub(super) cached: &'static [&'static [&'static str]],
    pub(super) written: &'static [&'static [&'static str]],
    pub(super) output: &'static [&'static [&'static str]],
    pub(super) reasoning: &'static [&'static [&'static str]],
    /// Input and output together, which shows if reasoning is counted apart.
    pub(super) total: Option<&'static str>,
}

/// A dialect without fields, for rows that have few.
const FEW: Dialect = Dialect {
    name: "",
    marks: &[],
    input: &[],
    cached: &[],
    written: &[],
    output: &[],
    reasoning: &[],
    total: None,
};

/// Tokens written to Anthropic's cache, by their life.
const FIVE_MINUTES: &str = "cache_creation.ephemeral_5m_input_tokens";
const HOUR: &str = "cache_creation.ephemeral_1h_input_tokens";

pub(super) const DIALECTS: &[Dialect] = &[
    Dialect {
        name: "gemini",
        marks: &["promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount", "totalTokenCount"],
        input: &[&["promptTokenCount", "toolUsePromptTokenCount"]],
        cached: &[&["cachedContentTokenCount"]],
        output: &[&["candidatesTokenCount", "thoughtsTokenCount"], &["thoughtsTokenCount"]],
        reasoning: &[&["thoughtsTokenCount"]],
        ..FEW
    },
    Dialect {
        name: "lm studio",
        marks: &["reasoning_output_tokens", "tokens_per_second"],
        input: &[&["input_tokens"]],
        output: &[&["total_output_tokens"]],
        reasoning: &[&["reasoning_output_tokens"]],
        ..FEW
    },
    // The interactions API (its SDK's types, November 2026). Thoughts stand beside the output, as in `generateContent`.
    Dialect {
        name: "gemini",
        marks: &["total_input_tokens", "total_output_tokens", "total_thought_tokens"],
        input: &[&["total_input_tokens", "total_tool_use_tokens"]],
        cached: &[&["total_cached_tokens"]],
        output: &[&["total_output_tokens", "total_thought_tokens"], &["total_thought_tokens"]],
        reasoning: &[&["total_thought_tokens"]],
        ..FEW
    },
    // Meta's models by InvokeModel.
    Dialect {
        name: "bedrock",
        marks: &["generation_token_count"],
        input: &[&["prompt_token_count"]],
        output: &[&["generation_token_count"]],
        ..FEW
    },
    // Amazon's Titan by InvokeModel.
    Dialect {
        name: "bedrock",
        marks: &["inputTextTokenCount", "totalOutputTextTokenCount"],
        input: &[&["inputTextTokenCount"]],
        output: &[&["totalOutputTextTokenCount"], &["results.0.tokenCount"]],
        ..FEW
    },
    Dialect {
        name: "vertex",
        marks: &["inputTokenCount.totalTokens", "outputTokenCount.totalTokens"],
        input: &[&["inputTokenCount.totalTokens"]],
        output: &[&["outputTokenCount.totalTokens"]],
        ..FEW
    },
    Dialect {
        name: "yandex",
        marks: &["inputTextTokens"],
        input: &[&["inputTextTokens"]],
        output: &[&["completionTokens"]],
        ..FEW
    },
    // Attributes of spans have dots in their names. The conventions of 2024 to 2026; the older names last.
    Dialect {
        name: "opentelemetry",
        marks: &[
            "gen_ai.usage.input_tokens",
            "gen_ai.usage.output_tokens",
            "gen_ai.usage.prompt_tokens",
            "gen_ai.usage.completion_tokens",
        ],
        input: &[&["gen_ai.usage.input_tokens"], &["gen_ai.usage.prompt_tokens"]],
        cached: &[
            &["gen_ai.usage.cache_read.input_tokens"],
            &["gen_ai.usage.input_tokens.cached"],
            &["gen_ai.usage.cache_read_input_tokens"],
        ],
        written: &[
            &["gen_ai.usage.cache_creation.input_tokens"],
            &["gen_ai.usage.cache_creation_input_tokens"],
        ],
        output: &[&["gen_ai.usage.output_tokens"], &["gen_ai.usage.completion_tokens"]],
        reasoning: &[&["gen_ai.usage.reasoning.output_tokens"], &["gen_ai.usage.reasoning_tokens"]],
        ..FEW
    },
    Dialect {
        name: "openinference",
        marks: &["llm.token_count.prompt", "llm.token_count.completion"],
        input: &[&["llm.token_count.prompt"]],
        cached: &[&["llm.token_count.prompt_details.cache_read"]],
        written: &[&["llm.token_count.prompt_details.cache_write"]],
        output: &[&["llm.token_count.completion"]],
        reasoning: &[&["llm.token_count.completion_details.reasoning"]],
        ..FEW
    },
    // Vercel's AI SDK, versions 4 to 6: the input includes what was cached.
    Dialect {
        name: "vercel",
        marks: &["promptTokens", "completionTokens"],
        input: &[&["promptTokens"]],
        output: &[&["completionTokens"]],
        ..FEW
    },
    Dialect {
        name: "vercel",
        marks: &["inputTokens.total", "outputTokens.total"],
        input: &[&["inputTokens.total"]],
        cached: &[&["inputTokens.cacheRead"]],
        written: &[&["inputTokens.cacheWrite"]],
        output: &[&["outputTokens.total"]],
        reasoning: &[&["outputTokens.reasoning"]],
        ..FEW
    },
    Dialect {
        name: "vercel",
        marks: &["cachedInputTokens", "reasoningTokens"],
        input: &[&["inputTokens"]],
        cached: &[&["cachedInputTokens"]],
        output: &[&["outputTokens"]],
        reasoning: &[&["reasoningTokens"]],
        ..FEW
    },
    Dialect {
        name: "gemini",
        marks: &["prompt_token_count", "candidates_token_count", "thoughts_token_count"],
        input: &[&["prompt_token_count", "tool_use_prompt_token_count"]],
        cached: &[&["cached_content_token_count"]],
        output: &[&["candidates_token_count", "thoughts_token_count"], &["thoughts_token_count"]],
        reasoning: &[&["thoughts_token_count"]],
        ..FEW
    },
    Dialect {
        name: "bedrock",
        marks: &["inputTokens", "outputTokens"],
        input: &[&["inputTokens", "cacheReadInputTokens", "cacheWriteInputTokens"]],
        cached: &[&["cacheReadInputTokens"]],
        written: &[&["cacheWriteInputTokens"]],
        output: &[&["outputTokens"]],
        ..FEW
    },
    Dialect {
        name: "bedrock",
        marks: &["inputTokenCount", "outputTokenCount"],
        input: &[&["inputTokenCount", "cacheReadInputTokenCount", "cacheWriteInputTokenCount"]],
        cached: &[&["cacheReadInputTokenCount"]],
        written: &[&["cacheWriteInputTokenCount"]],
        output: &[&["outputTokenCount"]],
        ..FEW
    },
    Dialect {
        name: "cohere",
        marks: &["billed_units", "tokens"],
        input: &[&["billed_units.input_tokens"], &["tokens.input_tokens"]],
        cached: &[&["cached_tokens"]],
        output: &[&["billed_units.output_tokens"], &["tokens.output_tokens"]],
        ..FEW
    },
    Dialect {
        name: "openrouter",
        marks: &["native_tokens_prompt", "native_tokens_completion"],
        input: &[&["native_tokens_prompt"]],
        cached: &[&["native_tokens_cached"]],
        output: &[&["native_tokens_completion"]],
        reasoning: &[&["native_tokens_reasoning"]],
        ..FEW
    },
    Dialect {
        name: "ollama",
        marks: &["prompt_eval_count", "eval_count"],
        input: &[&["prompt_eval_count"]],
        output: &[&["eval_count"]],
        ..FEW
    },
    Dialect {
        name: "llama.cpp",
        marks: &["tokens_evaluated", "tokens_predicted"],
        input: &[&["tokens_evaluated"]],
        // `tokens_cached` is what the cache holds at the end, the answer included.
        output: &[&["tokens_predicted"]],
        ..FEW
    },
    Dialect {
        name: "llama.cpp",
        marks: &["prompt_n", "predicted_n"],
        input: &[&["prompt_n", "cache_n"]],
        cached: &[&["cache_n"]],
        output: &[&["predicted_n"]],
        ..FEW
    },
    Dialect {
        name: "text-generation-inference",
        marks: &["generated_tokens"],
        input: &[&["input_length"]],
        output: &[&["generated_tokens"]],
        ..FEW
    },
    Dialect {
        name: "watsonx",
        marks: &["generated_token_count"],
        input: &[&["input_token_count"]],
        output: &[&["generated_token_count"]],
        ..FEW
    },
    Dialect {
        name: "replicate",
        marks: &["input_token_count", "output_token_count"],
        input: &[&["input_token_count"]],
        cached: &[&["input_token_details.cached_token_count"]], // OpenAI's client for .NET
        output: &[&["output_token_count"]],
        reasoning: &[&["output_token_details.reasoning_token_count"]],
        ..FEW
    },
    Dialect {
        name: "pydantic ai",
        marks: &["request_tokens", "response_tokens"],
        input: &[&["request_tokens"]],
        cached: &[&["details.cached_tokens"]],
        output: &[&["response_tokens"]],
        reasoning: &[&["details.reasoning_tokens"]],
        ..FEW
    },
    Dialect {
        name: "deepinfra",
        marks: &["tokens_generated"],
        input: &[&["tokens_input"]],
        output: &[&["tokens_generated"]],
        ..FEW
    },
    // OpenAI chat, and what speaks it: Mistral, vLLM, SGLang, DeepSeek, Moonshot, xAI, OpenRouter, LiteLLM.
    Dialect {
        name: "openai",
        marks: &["prompt_tokens", "completion_tokens"],
        input: &[&["prompt_tokens"], &["prompt_cache_hit_tokens", "prompt_cache_miss_tokens"]],
        cached: &[
            &["prompt_tokens_details.cached_tokens"],
            &["prompt_cache_hit_tokens"],
            &["cache_read_input_tokens"],
            &["cached_tokens"],
            &["num_cached_tokens"],
        ],
        written: &[
            &["prompt_tokens_details.cache_write_tokens"],
            &["prompt_tokens_details.cache_creation_tokens"],
            &["cache_creation_input_tokens"],
        ],
        output: &[&["completion_tokens"]],
        reasoning: &[&["completion_tokens_details.reasoning_tokens"], &["reasoning_tokens"]],
        total: Some("total_tokens"),
    },
    Dialect {
        name: "anthropic",
        marks: &["cache_creation_input_tokens", "cache_read_input_tokens", "cache_creation"],
        // What was written is counted in one sum, or by the lives of what was written, or both: the sum counts.
        input: &[
            &["cache_creation_input_tokens", "input_tokens", "cache_read_input_tokens"],
            &[FIVE_MINUTES, HOUR, "input_tokens", "cache_read_input_tokens"],
            &[HOUR, "input_tokens", "cache_read_input_tokens"],
            &["input_tokens", "cache_read_input_tokens"],
            &["cache_read_input_tokens"],
        ],
        cached: &[&["cache_read_input_tokens"]],
        written: &[&["cache_creation_input_tokens"], &[FIVE_MINUTES, HOUR], &[HOUR]],
        output: &[&["output_tokens"]],
        ..FEW
    },
    // OpenAI responses and realtime, DashScope, LangChain, Pydantic AI; also Anthropic's message_delta, which has the output alone.
    Dialect {
        name: "openai responses",
        marks: &["input_tokens", "output_tokens"],
        input: &[&["input_tokens"]],
        cached: &[
            &["input_tokens_details.cached_tokens"],
            &["input_token_details.cached_tokens"],
            &["input_token_details.cache_read"],
            &["prompt_tokens_details.cached_tokens"],
            &["cache_read_tokens"],
        ],
        written: &[
            &["input_tokens_details.cache_write_tokens"],
            &["input_token_details.cache_creation"],
            &["cache_write_tokens"],
        ],
        output: &[&["output_tokens"]],
        reasoning: &[&["output_tokens_details.reasoning_tokens"], &["output_token_details.reasoning"]],
        total: Some("total_tokens"),
    },
];
