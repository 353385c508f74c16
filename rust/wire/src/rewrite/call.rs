//! Writes a granted call into the body of the client's request: its settings, how the reply is sent, and the turns that it adds.
//!
//! ```text
//! body → the rung's parameters → rewrite (settings) → stream, stream_options → the turns, behind the last message
//! ```

use super::change::{Said, Why};
use super::field::Field::{self, IncludeUsage, Stream, StreamOptions, Talk};
use super::field::Node;
use super::place::{at, leaf, object};
use super::scan::Sites;
use super::splice::splice;
use super::turns::{Prompts, Turns};
use super::value::Value;
use super::want::{Want, Wants};
use super::{Draws, Settings, Surface, carry, rewrite};
use crate::write::quoted;
use rheostat::Result;
use rheostat::run::Grant;
use std::borrow::Cow;

impl<'a> Settings<'a> {
    /// The settings of the request of a call's sample, which asks for some answers: one, where each sample is a request of its own.
    pub fn of_call(call: &'a Grant, sample: u32, answers: u32) -> Self {
        Self {
            model: &call.model,
            thinking_tokens: call.thinking_tokens,
            answer_tokens: call.max_tokens.saturating_sub(call.thinking_tokens).max(1),
            samples: if answers == 1 {
                Draws::After(call.drawn.saturating_add(sample))
            } else {
                Draws::Plan(answers)
            },
            keep_wishes: false,
            most_tokens: call.max_tokens,
        }
    }
}

/// A call's body.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// The new body; None if the client's says it all.
    pub body: Option<Vec<u8>>,
    /// The changes, and all that could not be said.
    pub changes: Vec<Said>,
}

/// Writes a call into the body of the client's request. The rest of the body stays as it is.
///
/// `sample` is the number of the sample in its call, and `answers` the number of answers that its request asks for: 1, or all samples of
/// the call. `streams` asks for a stream of events, or for a whole reply, where the body says that. A stream reports its usage, where it
/// has to be asked for it. Samples whose answers are compared are sampled so that they can differ.
///
/// # Errors
/// Those of [`rewrite`].
pub fn rewrite_call(
    body: &[u8],
    surface: Surface,
    call: &Grant,
    prompts: &Prompts<'_>,
    streams: bool,
    sample: u32,
    answers: u32,
) -> Result<Written> {
    let (carried, mut changes) = carry(body, surface, &call.params)?;
    let own = carried.as_deref().unwrap_or(body);
    let rewritten = rewrite(own, surface, &Settings::of_call(call, sample, answers))?;
    changes.extend(rewritten.changes.iter().map(Said::from));
    let form = Form::of(surface);
    let settings = rewritten.body.as_deref().unwrap_or(own);
    let sites = Sites::find(settings, form.places, false)?;
    let mut new = splice(settings, &sites, &form.wants(&sites, streams))?;
    if let Some(turns) = prompts.turns(call) {
        let current = new.as_deref().unwrap_or(settings);
        if let Some(longer) = form.turns(current, &turns)? {
            new = Some(longer);
        } else {
            let field = Cow::Borrowed("turns");
            changes.push(Said { field, from: None, to: None, why: Why::Unsupported });
        }
    }
    Ok(Written { body: new.or(rewritten.body).or(carried), changes })
}

/// How a surface writes a turn.
#[derive(Debug, Clone, Copy)]
enum TurnForm {
    /// `{"role": …, "content": "…"}`.
    Content,
    /// `{"role": …, "content": [{"text": "…"}]}`.
    Parts,
    /// `{"role": "model" or "user", "parts": [{"text": "…"}]}`.
    Gemini,
}

/// The form in which a surface has streams and turns.
struct Form {
    places: &'static [Node],
    turn: TurnForm,
    /// True if it streams unless the body says no.
    streams: bool,
}

const OPTIONS: Node = object(
    "stream_options",
    StreamOptions,
    &[at("stream_options.include_usage", "include_usage", IncludeUsage)],
);
/// Chat completions of OpenAI and of those that have its `stream_options`.
const CHAT: &[Node] = &[leaf("stream", Stream), OPTIONS, leaf("messages", Talk)];
/// The last event has the usage in any case.
const MESSAGES: &[Node] = &[leaf("stream", Stream), leaf("messages", Talk)];
const INPUT: &[Node] = &[leaf("stream", Stream), leaf("input", Talk)];
/// It has a prompt, and no turns.
const GENERATE: &[Node] = &[leaf("stream", Stream)];
/// The path of the request decides whether it streams.
const CONTENTS: &[Node] = &[leaf("contents", Talk)];
const CONVERSE: &[Node] = &[leaf("messages", Talk)];

impl Form {
    const fn of(surface: Surface) -> Self {
        let (places, turn) = match surface {
            Surface::OpenAiChat | Surface::VllmChat | Surface::OpenRouterChat | Surface::DeepSeekChat => {
                (CHAT, TurnForm::Content)
            }
            Surface::AnthropicMessages | Surface::MistralChat | Surface::CohereChat | Surface::OllamaChat => {
                (MESSAGES, TurnForm::Content)
            }
            Surface::OpenAiResponses => (INPUT, TurnForm::Content),
            Surface::OllamaGenerate => (GENERATE, TurnForm::Content),
            Surface::GeminiGenerate => (CONTENTS, TurnForm::Gemini),
            Surface::BedrockConverse => (CONVERSE, TurnForm::Parts),
        };
        let streams = matches!(surface, Surface::OllamaChat | Surface::OllamaGenerate);
        Self { places, turn, streams }
    }

    fn wants(&self, sites: &Sites, streams: bool) -> Wants<'static> {
        let has = |field: Field| self.places.iter().any(|node| node.field == field);
        let sent = |field: Field| sites.sites.iter().any(|site| site.field() == Some(field));
        let mut wants = Wants::none();
        if has(Stream) && (streams || sent(Stream) || self.streams) {
            wants.want(Stream, Want::Set(Value::Flag(streams)));
        }
        if has(StreamOptions) {
            if streams {
                wants.want(IncludeUsage, Want::Set(Value::Flag(true)));
            } else if sent(StreamOptions) {
                wants.want(StreamOptions, Want::Remove);
            }
        }
        wants
    }

    /// The body with turns behind its last message; None where it has no list of messages.
    fn turns(&self, body: &[u8], turns: &Turns<'_>) -> Result<Option<Vec<u8>>> {
        let sites = Sites::find(body, self.places, false)?;
        let Some(site) = sites.sites.iter().filter(|site| site.field() == Some(Talk)).last() else {
            return Ok(None);
        };
        let talk = body.get(site.value()).unwrap_or_default();
        let mut new =
            Vec::with_capacity(body.len() + 256 + 2 * turns.assistant.map_or(0, str::len) + turns.user.len());
        new.extend_from_slice(body.get(..site.start).unwrap_or_default());
        match talk {
            [b'[', inner @ .., b']'] => {
                new.push(b'[');
                new.extend_from_slice(inner);
                if !inner.trim_ascii().is_empty() {
                    new.push(b',');
                }
            }
            // One text stands for one message of the user.
            [b'"', ..] => {
                new.extend_from_slice(br#"[{"role":"user","content":"#);
                new.extend_from_slice(talk);
                new.extend_from_slice(b"},");
            }
            _ => return Ok(None),
        }
        if let Some(text) = turns.assistant {
            self.turn.write(true, text, &mut new);
            new.push(b',');
        }
        self.turn.write(false, &turns.user, &mut new);
        new.push(b']');
        new.extend_from_slice(body.get(site.end..).unwrap_or_default());
        Ok(Some(new))
    }
}

impl TurnForm {
    fn write(self, assistant: bool, text: &str, out: &mut Vec<u8>) {
        let role = match (assistant, self) {
            (false, _) => "user",
            (true, Self::Gemini) => "model",
            (true, _) => "assistant",
        };
        let (open, close) = match self {
            Self::Content => (r#"","content":"#, "}"),
            Self::Parts => (r#"","content":[{"text":"#, "}]}"),
            Self::Gemini => (r#"","parts":[{"text":"#, "}]}"),
        };
        out.extend_from_slice(br#"{"role":""#);
        out.extend_from_slice(role.as_bytes());
        out.extend_from_slice(open.as_bytes());
        quoted(out, text);
        out.extend_from_slice(close.as_bytes());
    }
}
