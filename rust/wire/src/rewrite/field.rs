//! The parameters that a plan touches, whatever a surface calls them.

use super::value::number;

/// A parameter. Containers are parameters, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Field {
    /// The model.
    Model,
    /// Models that may answer in the model's place.
    Fallbacks,
    /// The most tokens of an answer, thinking included.
    Limit,
    /// The older name of the limit, where a surface has two.
    OldLimit,
    /// Answers per request.
    Samples,
    /// The object that holds the parameters of thinking.
    Thinking,
    /// Its kind, such as `enabled`.
    Mode,
    /// Tokens of thinking.
    Budget,
    /// True for a reply that is a stream.
    Stream,
    /// The object of its options.
    StreamOptions,
    /// True for a stream that reports its usage.
    IncludeUsage,
    /// A level of effort.
    Effort,
    /// An effort at the top, on a surface that also has one in an object.
    TopEffort,
    /// Thinking, on or off.
    Switch,
    /// How thinking is shown.
    Display,
    /// An object around other parameters.
    Outer,
    /// Another one.
    Extra,
    /// The object around the effort.
    Output,
    Temperature,
    TopP,
    TopK,
    /// The least probability of a token, as a part of the likeliest one's.
    MinP,
    /// The start of the random numbers of a sample.
    Seed,
    PresencePenalty,
    FrequencyPenalty,
    LogitBias,
    Logprobs,
    TopLogprobs,
    /// Texts that end an answer.
    Stop,
    Verbosity,
    /// The expected answer.
    Prediction,
    ServiceTier,
    /// Mistral's older switch of thinking.
    PromptMode,
    /// The least tokens of an answer.
    MinTokens,
    /// Parts that the response shall have.
    Include,
    /// The object around edits of the history.
    Context,
    /// Edits of the history.
    Edits,
    /// The object around the effort of OpenAI's models on Bedrock.
    Reasoning,
    /// Their effort.
    InnerEffort,
    /// The object of Nova's thinking.
    NovaThinking,
    /// Its kind.
    NovaMode,
    /// Its effort.
    NovaEffort,
    /// The conversation.
    Talk,
    /// Tools of chat completions.
    Functions,
    /// Tools of which some are the provider's.
    Tools,
    /// The version of Anthropic's format, which bodies for Bedrock and Vertex have in the model's place.
    Versioned,
    /// An object that may be the request itself.
    Wrap,
    ToolChoice,
    /// The kind of the tool choice: a forced tool excludes thinking on some models.
    Forced,
}

/// The number of fields.
pub(super) const FIELDS: usize = Field::Forced as usize + 1;
const _: () = assert!(FIELDS <= 64, "a set of fields is 64 bits");

impl Field {
    /// It as a set of one.
    pub(super) fn bit(self) -> u64 {
        1 << self as u64
    }
}

impl Field {
    /// The value of a parameter that is as good as none: models that refuse it take this.
    pub(super) fn is_neutral(self, raw: &[u8]) -> bool {
        match self {
            Self::Temperature | Self::TopP | Self::Samples => number(raw) == Some(1.0),
            Self::PresencePenalty | Self::FrequencyPenalty => number(raw) == Some(0.0),
            Self::Logprobs => raw == b"false",
            Self::LogitBias => raw == b"{}",
            Self::Verbosity => raw == br#""medium""#,
            _ => false,
        }
    }
}

/// The place of a parameter on a surface: a member of an object. Nodes of one object with the same field are spellings of one
/// parameter; the first is written.
#[derive(Debug)]
pub(super) struct Node {
    /// The name of the member.
    pub(super) name: &'static str,
    /// Its path from the top, as changes name it.
    pub(super) path: &'static str,
    pub(super) field: Field,
    /// The members of its value, if that is an object.
    pub(super) inner: &'static [Node],
}
