//! The surfaces: the request formats of providers, and where each keeps its parameters.

use super::family::{CLAUDE, COHERE, DEEPSEEK, Family, GEMINI, MISTRAL, OLLAMA, OPENAI, OPENROUTER, VLLM};
use super::field::{Field, Node};
use super::place::{BEDROCK, COHERE_PLACES, GEMINI_PLACES, MESSAGES, OLLAMA_PLACES, OPENAI_CHAT, RESPONSES};
use super::place::{DEEPSEEK_PLACES, MISTRAL_PLACES, OPENROUTER_PLACES, VLLM_PLACES};
use rheostat::{Error, Result};

/// A request format: one endpoint of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Surface {
    /// `openai.chat`: chat completions, by OpenAI and those that copy it.
    OpenAiChat,
    /// `openai.responses`.
    OpenAiResponses,
    /// `anthropic.messages`.
    AnthropicMessages,
    /// `gemini.generate`: `generateContent` and `streamGenerateContent`.
    GeminiGenerate,
    /// `ollama.chat`.
    OllamaChat,
    /// `ollama.generate`.
    OllamaGenerate,
    /// `bedrock.converse`: `Converse` and `ConverseStream`.
    BedrockConverse,
    /// `cohere.chat`: version 2.
    CohereChat,
    /// `mistral.chat`.
    MistralChat,
    /// `vllm.chat`: chat completions of vLLM and `SGLang`.
    VllmChat,
    /// `openrouter.chat`.
    OpenRouterChat,
    /// `deepseek.chat`.
    DeepSeekChat,
}

/// The row of a surface.
pub(super) struct Row {
    pub(super) name: &'static str,
    /// Its parameters, by place.
    pub(super) places: &'static [Node],
    /// The families of its models; the first row that fits a model's name counts, and the last fits all.
    pub(super) families: &'static [Family],
}

impl Surface {
    /// Every surface.
    pub const ALL: [Self; 12] = [
        Self::OpenAiChat,
        Self::OpenAiResponses,
        Self::AnthropicMessages,
        Self::GeminiGenerate,
        Self::OllamaChat,
        Self::OllamaGenerate,
        Self::BedrockConverse,
        Self::CohereChat,
        Self::MistralChat,
        Self::VllmChat,
        Self::OpenRouterChat,
        Self::DeepSeekChat,
    ];

    /// Its name, such as `openai.chat`.
    pub fn as_str(self) -> &'static str {
        self.row().name
    }

    /// The surface with a name.
    ///
    /// # Errors
    /// [`Error::Unknown`], which lists the names.
    pub fn from_name(name: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|surface| surface.as_str() == name);
        found.ok_or_else(|| Error::unknown("surface", name, Self::ALL.map(Self::as_str)))
    }

    pub(super) fn row(self) -> &'static Row {
        match self {
            Self::OpenAiChat => &ROWS[0],
            Self::OpenAiResponses => &ROWS[1],
            Self::AnthropicMessages => &ROWS[2],
            Self::GeminiGenerate => &ROWS[3],
            Self::OllamaChat => &ROWS[4],
            Self::OllamaGenerate => &ROWS[5],
            Self::BedrockConverse => &ROWS[6],
            Self::CohereChat => &ROWS[7],
            Self::MistralChat => &ROWS[8],
            Self::VllmChat => &ROWS[9],
            Self::OpenRouterChat => &ROWS[10],
            Self::DeepSeekChat => &ROWS[11],
        }
    }
}

const fn row(name: &'static str, places: &'static [Node], families: &'static [Family]) -> Row {
    Row { name, places, families }
}

static ROWS: [Row; 12] = [
    row("openai.chat", OPENAI_CHAT, OPENAI),
    row("openai.responses", RESPONSES, OPENAI),
    row("anthropic.messages", MESSAGES, CLAUDE),
    row("gemini.generate", GEMINI_PLACES, GEMINI),
    row("ollama.chat", OLLAMA_PLACES, OLLAMA),
    row("ollama.generate", OLLAMA_PLACES, OLLAMA),
    row("bedrock.converse", BEDROCK, CLAUDE),
    row("cohere.chat", COHERE_PLACES, COHERE),
    row("mistral.chat", MISTRAL_PLACES, MISTRAL),
    row("vllm.chat", VLLM_PLACES, VLLM),
    row("openrouter.chat", OPENROUTER_PLACES, OPENROUTER),
    row("deepseek.chat", DEEPSEEK_PLACES, DEEPSEEK),
];

/// The place of a parameter on a surface.
pub(super) fn place(nodes: &'static [Node], field: Field) -> Option<&'static Node> {
    nodes.iter().find_map(|node| if node.field == field { Some(node) } else { place(node.inner, field) })
}
