//! The surfaces: the request formats of providers, and where each keeps its parameters.

use super::family::{
    BEDROCK as BEDROCK_MODELS, CLAUDE, CLAUDE_LIKE, COHERE, DEEPSEEK, Family, GEMINI, MISTRAL, OLLAMA,
    OPENAI, OPENAI_LIKE, OPENROUTER, Rule, Then, VLLM, When,
};
use super::field::{Field, Node};
use super::place::{BEDROCK, COHERE_PLACES, GEMINI_PLACES, MESSAGES, OLLAMA_PLACES, OPENAI_CHAT, RESPONSES};
use super::place::{DEEPSEEK_PLACES, GEMINI_WRAPPED, MISTRAL_PLACES, OPENROUTER_PLACES, VLLM_PLACES};
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
    /// Its parameters where the request stands in an object of its own.
    pub(super) wrapped: Option<&'static [Node]>,
    /// The families of its models, in tables; the first row that fits a model's name counts.
    pub(super) families: &'static [&'static [Family]],
    /// The most answers per request.
    pub(super) samples: u64,
    /// True if it refuses several answers at temperature 0.
    pub(super) greedy: bool,
    /// True if it reads names without regard to case.
    pub(super) folds: bool,
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

    /// True if a model refuses a conversation that ends with the beginning of its answer.
    pub fn refuses_prefill(self, model: &str) -> bool {
        let says = |rule: &Rule| matches!(rule, Rule(When::Prefill, Then::Says(_)));
        Family::of(self.row().families, model).rules.iter().any(says)
    }

    /// True if its replies are chat completions of OpenAI's form.
    pub fn is_chat(self) -> bool {
        matches!(
            self,
            Self::OpenAiChat | Self::MistralChat | Self::VllmChat | Self::OpenRouterChat | Self::DeepSeekChat
        )
    }

    /// The most answers that one request gives: of a model that the tables know to take `n`, or with `any` of every model. 1 where the
    /// surface has no such parameter, or does not stream several answers.
    pub fn answers(self, model: &str, any: bool) -> u64 {
        let row = self.row();
        let known = match self {
            Self::OpenAiChat => any || !std::ptr::eq(Family::of(&[OPENAI], model), Family::of(&[], model)),
            Self::VllmChat => true,
            // Gemini does not stream several candidates.
            Self::GeminiGenerate => false,
            _ => any,
        };
        let takes = place(row.places, Field::Samples).is_some();
        if known && takes && !Family::of(row.families, model).refuses(Field::Samples, true) {
            row.samples
        } else {
            1
        }
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

const fn row(
    name: &'static str,
    places: &'static [Node],
    families: &'static [&'static [Family]],
    samples: u64,
) -> Row {
    Row { name, places, wrapped: None, families, samples, greedy: false, folds: false }
}

/// The most answers: the API references of OpenAI (128) and Gemini (8). Greedy sampling: `SamplingParams` of vLLM ("n must be 1 when
/// using greedy sampling"), and Mistral's API reference. Names: Go's `encoding/json`, which Ollama reads with.
static ROWS: [Row; 12] = [
    row("openai.chat", OPENAI_CHAT, &[OPENAI, OPENAI_LIKE], 128),
    row("openai.responses", RESPONSES, &[OPENAI, OPENAI_LIKE], u64::MAX),
    row("anthropic.messages", MESSAGES, &[CLAUDE, CLAUDE_LIKE], u64::MAX),
    Row { wrapped: Some(GEMINI_WRAPPED), ..row("gemini.generate", GEMINI_PLACES, &[GEMINI], 8) },
    Row { folds: true, ..row("ollama.chat", OLLAMA_PLACES, &[OLLAMA], u64::MAX) },
    Row { folds: true, ..row("ollama.generate", OLLAMA_PLACES, &[OLLAMA], u64::MAX) },
    row("bedrock.converse", BEDROCK, &[BEDROCK_MODELS, CLAUDE], u64::MAX),
    row("cohere.chat", COHERE_PLACES, &[COHERE], u64::MAX),
    Row { greedy: true, ..row("mistral.chat", MISTRAL_PLACES, &[MISTRAL], u64::MAX) },
    Row { greedy: true, ..row("vllm.chat", VLLM_PLACES, &[VLLM], u64::MAX) },
    row("openrouter.chat", OPENROUTER_PLACES, &[OPENROUTER], u64::MAX),
    row("deepseek.chat", DEEPSEEK_PLACES, &[DEEPSEEK], u64::MAX),
];

/// The place of a parameter on a surface.
pub(super) fn place(nodes: &'static [Node], field: Field) -> Option<&'static Node> {
    nodes.iter().find_map(|node| if node.field == field { Some(node) } else { place(node.inner, field) })
}
