//! The words of providers for the end of a stream: `finish_reason`, `stop_reason`, `done_reason`, `status`.
//!
//! As the providers' API references described them in 2025. Case and the signs between words are ignored, so `MAX_TOKENS`,
//! `max-tokens` and `maxTokens` are one word. To add one, add a row.

use rheostat::run::Ending;
use rheostat::run::Ending::{Complete, Cut, Refused, ToolCalls};

const WORDS: &[(&str, Ending)] = &[
    ("stop", Complete),     // OpenAI chat, Gemini, Mistral, DeepSeek, Groq, xAI, Ollama, vLLM
    ("end turn", Complete), // Anthropic, Bedrock Converse, xAI
    ("stop sequence", Complete), // Anthropic, Bedrock Converse, Cohere, TGI
    ("tool use", ToolCalls), // Anthropic, Bedrock Converse
    ("tool calls", ToolCalls), // OpenAI chat, Mistral
    ("tool call", ToolCalls), // Cohere
    ("function call", ToolCalls), // OpenAI chat, the older form
    ("complete", Complete), // Cohere
    ("completed", Complete), // OpenAI responses: status
    ("finish", Complete),   // Bedrock: Titan
    ("eos", Complete),      // TGI, llama.cpp
    ("eos token", Complete), // TGI, watsonx
    ("end of text", Complete), // AI21
    ("length", Cut),        // OpenAI chat, Mistral, DeepSeek, Groq, Ollama, vLLM, TGI, Bedrock: Titan
    ("max tokens", Cut),    // Anthropic, Bedrock Converse, Gemini, Cohere, watsonx
    ("max output tokens", Cut), // OpenAI responses: incomplete_details
    ("max length", Cut),    // vLLM
    ("model length", Cut),  // Mistral
    ("model context window exceeded", Cut), // Anthropic, Bedrock Converse
    ("token limit", Cut),   // watsonx
    ("time limit", Cut),    // watsonx
    ("limit", Cut),         // llama.cpp
    ("content filter", Refused), // OpenAI chat and responses, AI SDK
    ("content filtered", Refused), // Bedrock Converse, Bedrock: Titan
    ("guardrail intervened", Refused), // Bedrock Converse
    ("refusal", Refused),   // Anthropic: a classifier stopped the stream
    ("pause turn", Cut),    // Anthropic: to be continued
    ("safety", Refused),    // Gemini
    ("image safety", Refused), // Gemini
    ("recitation", Refused), // Gemini
    ("language", Cut),      // Gemini
    ("blocklist", Refused), // Gemini
    ("prohibited content", Refused), // Gemini
    ("spii", Refused),      // Gemini
    ("malformed function call", Cut), // Gemini
    ("unexpected tool call", Cut), // Gemini
    ("malformed model output", Cut), // Bedrock Converse
    ("malformed tool use", Cut), // Bedrock Converse
    ("other", Cut),         // Gemini, AI SDK
    ("error", Cut),         // Mistral, OpenRouter, AI SDK, Cohere
    ("error limit", Cut),   // Cohere
    ("error toxic", Refused), // Cohere
    ("user cancel", Cut),   // Cohere
    ("timeout", Cut),       // Cohere
    ("incomplete", Cut),    // OpenAI responses: status
    ("failed", Cut),        // OpenAI responses: status
    ("cancelled", Cut),     // OpenAI responses: status
    ("abort", Cut),         // vLLM, SGLang
    ("insufficient system resource", Cut), // DeepSeek
];

/// Reads a provider's word for the end of a stream; [`Ending::Unknown`] for a word that the table does not have.
///
/// ```
/// use rheostat::run::Ending;
/// use rheostat_wire::ending;
/// assert_eq!(ending::read("end_turn"), Ending::Complete);
/// assert_eq!(ending::read("MAX_TOKENS"), Ending::Cut);
/// assert_eq!(ending::read("load"), Ending::Unknown);
/// ```
pub fn read(word: &str) -> Ending {
    meaning(WORDS, word).unwrap_or(Ending::Unknown)
}

/// The meaning of a provider's word by a table; case and the signs between words are ignored.
pub(crate) fn meaning<T: Copy>(table: &[(&str, T)], word: &str) -> Option<T> {
    table.iter().find(|(known, _)| letters(known).eq(letters(word))).map(|(_, meaning)| *meaning)
}

/// The letters and digits of a word, in lower case.
fn letters(word: &str) -> impl Iterator<Item = u8> {
    word.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase())
}
