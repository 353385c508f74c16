//! The fields of requests, as tables: what each provider calls them and what they mean.
//!
//! Data only; `shape` reads it. `docs/query.md` shows it by provider. Tables are sorted by name for a binary search.

/// The meaning of a field of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Top {
    /// The conversation: messages, items, contents, or one ask.
    Conversation(&'static str),
    /// Earlier turns that stand before [`Top::Ask`].
    History,
    /// The newest ask, as one string.
    Ask,
    /// A string that is the ask, or an object that names a template of the provider.
    Prompt,
    /// A prompt of the operator.
    System,
    /// Definitions of tools. Requests may have several such fields.
    Tools,
    /// Documents that the model reads.
    Documents,
    /// Pictures beside the ask.
    Images,
    /// The model's name.
    Model,
    /// The most tokens of the answer.
    Limit,
    /// A format, or an object with one.
    Format,
    /// The name of a MIME type of the answer.
    Mime,
    /// The provider keeps earlier turns.
    Elsewhere,
    /// The provider keeps earlier turns, and adds these to them.
    Joined,
    /// The place where the provider keeps what its tools leave behind.
    Container,
    /// Servers of tools that the provider calls.
    Acting,
    /// The client's wish for effort: its name, or an object with it.
    Effort,
    /// The client's wish for tokens of thinking.
    Budget,
    /// True or false: whether to think.
    Think,
    /// Answers per request.
    Samples,
    /// Modalities of the answer.
    Modalities,
    /// A JSON schema of the answer: it is weighed, and the answer is JSON.
    Schema,
    /// Text that the model reads beside the conversation.
    Weighed,
    /// Tokens of earlier turns, which only the model reads.
    Ids,
    /// Tools that the provider offers the model.
    Server,
    /// An object whose fields are read as the request's own.
    Within,
}

/// The meaning of a field of a message, or of an item of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    /// The author.
    Role,
    /// The kind of an item.
    Type,
    /// Text or parts.
    Content,
    /// A list of calls.
    Calls,
    /// One call.
    Call,
    /// Thinking in plain text.
    Thinking,
    /// Thinking that is signed or sealed.
    Sealed,
    /// Thinking in parts, some of which may be signed.
    ThinkingParts,
    /// The result of a call.
    Output,
    /// Success or failure of a call.
    Status,
    /// The name and the arguments of a call.
    CallText,
    /// Pictures beside the text.
    Images,
    /// Definitions of tools.
    Tools,
    /// Approval of a call.
    Approval,
    /// The identity of an item that the provider keeps.
    Id,
    /// Not read by the model.
    Nothing,
}

/// The kind of a part of a message, or of an item of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Words of the author.
    Text,
    /// A picture or a video.
    Image,
    /// Sound.
    Audio,
    /// A file that is not text.
    File,
    /// A picture, sound or file, by its MIME type.
    Blob,
    /// Text as material to read.
    Document,
    /// A tool call.
    Call,
    /// A tool's result.
    Result,
    /// Thinking.
    Thinking,
    /// A message as an item of a conversation.
    Message,
    /// An item that the provider keeps.
    Reference,
    /// A human's answer to a request for approval.
    Approval,
    /// A kind that the table does not have.
    Other,
}

/// A row: name, meaning, and the providers that use it.
type Row<T> = (&'static str, T, &'static str);

/// Finds a row by its name: the name in the table, and the meaning.
pub(crate) fn find<T: Copy>(table: &[Row<T>], name: &[u8]) -> Option<(&'static str, T)> {
    let row = table.binary_search_by(|(known, ..)| known.as_bytes().cmp(name)).ok()?;
    table.get(row).map(|(name, meaning, _)| (*name, *meaning))
}

/// The fields of a request. Others are not read by the model, or say nothing about its work.
pub(crate) const TOP: &[Row<Top>] = &[
    ("additionalModelRequestFields", Top::Within, "Bedrock"),
    ("body", Top::Within, "lines of batches of OpenAI and Mistral"),
    ("cachedContent", Top::Elsewhere, "Gemini"),
    ("cached_content", Top::Elsewhere, "Gemini"),
    ("candidateCount", Top::Samples, "Gemini"),
    ("candidate_count", Top::Samples, "Gemini"),
    ("chat_history", Top::History, "Cohere 1"),
    ("chat_template_kwargs", Top::Within, "vLLM"),
    ("connectors", Top::Server, "Cohere 1"),
    ("container", Top::Container, "Anthropic"),
    ("contents", Top::Conversation("contents"), "Gemini"),
    ("context", Top::Ids, "Ollama generate"),
    ("conversation", Top::Joined, "OpenAI responses"),
    ("conversation_id", Top::Joined, "Cohere 1"),
    ("documents", Top::Documents, "Cohere, vLLM"),
    ("effort", Top::Effort, "Anthropic"),
    ("enable_thinking", Top::Think, "vLLM, SGLang"),
    ("extra_body", Top::Within, "LiteLLM"),
    ("format", Top::Format, "Ollama"),
    ("functions", Top::Tools, "OpenAI chat, before 2024"),
    ("generateContentRequest", Top::Within, "Gemini countTokens"),
    ("generationConfig", Top::Within, "Gemini"),
    ("generation_config", Top::Within, "Gemini"),
    ("guided_json", Top::Schema, "vLLM"),
    ("images", Top::Images, "Ollama generate"),
    ("inferenceConfig", Top::Within, "Bedrock"),
    ("input", Top::Conversation("input"), "OpenAI responses"),
    ("inputText", Top::Ask, "Titan"),
    ("inputs", Top::Ask, "Text Generation Inference"),
    ("instructions", Top::System, "OpenAI responses"),
    ("json_schema", Top::Schema, "llama.cpp"),
    ("maxOutputTokens", Top::Limit, "Gemini"),
    ("maxTokenCount", Top::Limit, "Titan"),
    ("maxTokens", Top::Limit, "Bedrock"),
    ("max_completion_tokens", Top::Limit, "OpenAI chat"),
    ("max_new_tokens", Top::Limit, "Text Generation Inference"),
    ("max_output_tokens", Top::Limit, "OpenAI responses, Gemini"),
    ("max_tokens", Top::Limit, "OpenAI chat, Anthropic, Cohere, Mistral"),
    ("max_tokens_to_sample", Top::Limit, "Anthropic, before 2024"),
    ("mcp_servers", Top::Acting, "Anthropic"),
    ("message", Top::Ask, "Cohere 1"),
    ("messages", Top::Conversation("messages"), "OpenAI chat, Anthropic, Bedrock, Cohere, Mistral, Ollama"),
    ("modalities", Top::Modalities, "OpenAI chat"),
    ("model", Top::Model, "all"),
    ("modelId", Top::Model, "Bedrock"),
    ("modelInput", Top::Within, "lines of batches of Bedrock"),
    ("n", Top::Samples, "OpenAI chat"),
    ("num_generations", Top::Samples, "Cohere 1"),
    ("num_predict", Top::Limit, "Ollama"),
    ("options", Top::Within, "Ollama"),
    ("outputConfig", Top::Within, "Bedrock"),
    ("output_config", Top::Within, "Anthropic"),
    ("output_format", Top::Format, "Anthropic"),
    ("parameters", Top::Within, "Text Generation Inference"),
    ("params", Top::Within, "lines of batches of Anthropic"),
    ("preamble", Top::System, "Cohere 1"),
    ("prediction", Top::Weighed, "OpenAI chat"),
    ("previous_interaction_id", Top::Elsewhere, "Gemini"),
    ("previous_response_id", Top::Elsewhere, "OpenAI responses"),
    ("prompt", Top::Prompt, "OpenAI completions and responses, Ollama generate"),
    ("promptVariables", Top::Weighed, "Bedrock"),
    ("reasoning", Top::Effort, "OpenAI responses, OpenRouter"),
    ("reasoning_config", Top::Effort, "Bedrock"),
    ("reasoning_effort", Top::Effort, "OpenAI chat, Mistral"),
    ("request", Top::Within, "Gemini Code Assist"),
    ("responseJsonSchema", Top::Schema, "Gemini"),
    ("responseMimeType", Top::Mime, "Gemini"),
    ("responseModalities", Top::Modalities, "Gemini"),
    ("responseSchema", Top::Schema, "Gemini"),
    ("response_format", Top::Format, "OpenAI chat, Cohere, Mistral"),
    ("response_json_schema", Top::Schema, "Gemini"),
    ("response_mime_type", Top::Mime, "Gemini"),
    ("response_modalities", Top::Modalities, "Gemini"),
    ("response_schema", Top::Schema, "Gemini"),
    ("structured_outputs", Top::Schema, "vLLM"),
    ("suffix", Top::Weighed, "OpenAI completions, Mistral, Ollama generate"),
    ("system", Top::System, "Anthropic, Bedrock, Ollama generate"),
    ("systemInstruction", Top::System, "Gemini"),
    ("system_instruction", Top::System, "Gemini"),
    ("text", Top::Format, "OpenAI responses"),
    ("textFormat", Top::Format, "Bedrock"),
    ("textGenerationConfig", Top::Within, "Titan"),
    ("think", Top::Think, "Ollama"),
    ("thinking", Top::Effort, "Anthropic, Cohere, DeepSeek"),
    ("thinkingBudget", Top::Budget, "Gemini"),
    ("thinkingConfig", Top::Within, "Gemini"),
    ("thinkingLevel", Top::Effort, "Gemini"),
    ("thinking_budget", Top::Budget, "Gemini, vLLM"),
    ("thinking_config", Top::Within, "Gemini"),
    ("thinking_level", Top::Effort, "Gemini"),
    ("thread", Top::Joined, "Claude"),
    ("thread_id", Top::Joined, "OpenAI assistants"),
    ("toolConfig", Top::Within, "Bedrock"),
    ("tool_results", Top::Weighed, "Cohere 1"),
    ("tools", Top::Tools, "all"),
    ("web_search_options", Top::Server, "OpenAI chat"),
];

/// The fields of messages and items. Others are weighed as history, since a model may read them.
pub(crate) const MESSAGE: &[Row<Field>] = &[
    ("action", Field::CallText, "OpenAI responses"),
    ("additional_kwargs", Field::ThinkingParts, "LangChain"),
    ("annotations", Field::Nothing, "OpenAI"),
    ("approval_request_id", Field::Nothing, "OpenAI responses"),
    ("approve", Field::Approval, "OpenAI responses"),
    ("arguments", Field::CallText, "OpenAI responses"),
    ("cache_control", Field::Nothing, "Anthropic, OpenRouter"),
    ("call_id", Field::Nothing, "OpenAI responses"),
    ("code", Field::CallText, "OpenAI responses"),
    ("content", Field::Content, "all"),
    ("created_at", Field::Nothing, "Ollama"),
    ("encrypted_content", Field::Sealed, "OpenAI responses"),
    ("experimental_attachments", Field::Images, "AI SDK 4"),
    ("extra_content", Field::ThinkingParts, "Gemini as OpenAI chat"),
    ("finish_reason", Field::Nothing, "OpenAI chat"),
    ("function_call", Field::Call, "OpenAI chat, before 2024"),
    ("id", Field::Id, "all"),
    ("images", Field::Images, "Ollama"),
    ("index", Field::Nothing, "OpenAI chat"),
    ("input", Field::CallText, "OpenAI responses"),
    ("logprobs", Field::Nothing, "OpenAI chat"),
    ("message", Field::Content, "Cohere 1"),
    ("metadata", Field::Nothing, "OpenAI responses"),
    ("model", Field::Nothing, "Anthropic"),
    ("name", Field::CallText, "OpenAI"),
    ("object", Field::Nothing, "OpenAI"),
    ("output", Field::Output, "OpenAI responses"),
    ("parts", Field::Content, "Gemini"),
    ("phase", Field::Nothing, "OpenAI responses"),
    ("prefix", Field::Nothing, "Mistral"),
    ("provider_specific_fields", Field::ThinkingParts, "LiteLLM"),
    ("queries", Field::CallText, "OpenAI responses"),
    ("reasoning", Field::Thinking, "OpenRouter, vLLM"),
    ("reasoning_content", Field::Thinking, "DeepSeek, vLLM, LiteLLM"),
    ("reasoning_details", Field::ThinkingParts, "OpenRouter"),
    ("reasoning_opaque", Field::Sealed, "Copilot"),
    ("result", Field::Images, "OpenAI responses: a generated picture"),
    ("role", Field::Role, "all"),
    ("server_label", Field::Nothing, "OpenAI responses"),
    ("status", Field::Status, "OpenAI responses"),
    ("stop_reason", Field::Nothing, "Anthropic"),
    ("stop_sequence", Field::Nothing, "Anthropic"),
    ("summary", Field::Thinking, "OpenAI responses"),
    ("thinking", Field::Thinking, "Ollama"),
    ("thinking_blocks", Field::ThinkingParts, "LiteLLM"),
    ("tool_call_id", Field::Nothing, "OpenAI chat"),
    ("tool_calls", Field::Calls, "OpenAI chat, Cohere, Mistral, Ollama"),
    ("tool_name", Field::Nothing, "Ollama"),
    ("tool_plan", Field::Thinking, "Cohere"),
    ("tool_results", Field::Output, "Cohere 1"),
    ("tool_use_id", Field::Nothing, "Anthropic"),
    ("tools", Field::Tools, "OpenAI responses"),
    ("type", Field::Type, "OpenAI responses"),
    ("usage", Field::Nothing, "Anthropic"),
    ("weight", Field::Nothing, "OpenAI's training files"),
];

/// The kinds of parts that are named by their type, or by their one key where they have none.
pub(crate) const PARTS: &[Row<Part>] = &[
    ("audio", Part::Audio, "Bedrock, vLLM"),
    ("audio_url", Part::Audio, "vLLM"),
    ("codeExecutionResult", Part::Result, "Gemini"),
    ("code_execution_result", Part::Result, "Gemini"),
    ("compaction", Part::Thinking, "OpenAI responses"),
    ("computer_screenshot", Part::Image, "OpenAI responses"),
    ("container_upload", Part::File, "Anthropic"),
    ("document", Part::Document, "Anthropic, Bedrock, Cohere"),
    ("document_url", Part::File, "Mistral"),
    ("executableCode", Part::Call, "Gemini"),
    ("executable_code", Part::Call, "Gemini"),
    ("file", Part::File, "OpenAI chat, Mistral"),
    ("fileData", Part::Blob, "Gemini"),
    ("file_data", Part::Blob, "Gemini"),
    ("functionCall", Part::Call, "Gemini"),
    ("functionResponse", Part::Result, "Gemini"),
    ("function_call", Part::Call, "OpenAI responses, Gemini"),
    ("function_response", Part::Result, "Gemini"),
    ("guardContent", Part::Text, "Bedrock"),
    ("image", Part::Image, "Anthropic, Bedrock"),
    ("image_embeds", Part::Image, "vLLM"),
    ("image_file", Part::Image, "OpenAI assistants"),
    ("image_pil", Part::Image, "vLLM"),
    ("image_url", Part::Image, "OpenAI chat, Mistral"),
    ("images", Part::Image, "2025"),
    ("inlineData", Part::Blob, "Gemini"),
    ("inline_data", Part::Blob, "Gemini"),
    ("input_audio", Part::Audio, "OpenAI chat, Mistral"),
    ("input_file", Part::File, "OpenAI responses"),
    ("input_image", Part::Image, "OpenAI responses"),
    ("input_text", Part::Text, "OpenAI responses"),
    ("input_video", Part::Image, "OpenAI responses"),
    ("item_reference", Part::Reference, "OpenAI responses"),
    ("mcp_approval_response", Part::Approval, "OpenAI responses"),
    ("message", Part::Message, "OpenAI responses"),
    ("output_text", Part::Text, "OpenAI responses"),
    ("reasoning", Part::Thinking, "OpenAI responses"),
    ("reasoningContent", Part::Thinking, "Bedrock"),
    ("redacted_thinking", Part::Thinking, "Anthropic"),
    ("refusal", Part::Text, "OpenAI"),
    ("resource", Part::Blob, "MCP"),
    ("search_result", Part::Document, "Anthropic"),
    ("text", Part::Text, "all"),
    ("thinking", Part::Thinking, "Anthropic, Mistral"),
    ("tool-call", Part::Call, "AI SDK 5"),
    ("tool-result", Part::Result, "AI SDK 5"),
    ("toolResult", Part::Result, "Bedrock"),
    ("toolUse", Part::Call, "Bedrock"),
    ("video", Part::Image, "Bedrock"),
    ("video_url", Part::Image, "vLLM"),
];

/// The efforts that providers name, least first, and the wish that each one is.
pub(crate) const EFFORTS: &[(&str, &str)] = &[
    ("none", "none"),
    ("off", "none"),
    ("disabled", "none"),
    ("minimal", "minimal"),
    ("minimum", "minimal"),
    ("low", "low"),
    ("medium", "medium"),
    ("default", "medium"),
    ("high", "high"),
    ("xhigh", "xhigh"),
    ("max", "max"),
    ("maximum", "max"),
];

/// Names under which a signature, or sealed thinking, stands.
pub(crate) const SEALS: &[&str] = &[
    "__gemini_function_call_thought_signatures__",
    "data",
    "encrypted_content",
    "redactedContent",
    "signature",
    "thoughtSignature",
    "thought_signature",
    "thought_signatures",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_by_name() {
        fn check<T>(table: &[Row<T>]) {
            assert!(
                table.windows(2).all(|pair| pair[0].0 < pair[1].0),
                "{:?}",
                table.iter().map(|row| row.0).collect::<Vec<_>>()
            );
        }
        check(TOP);
        check(MESSAGE);
        check(PARTS);
        check(crate::ask::harness::TAGS);
    }
}
