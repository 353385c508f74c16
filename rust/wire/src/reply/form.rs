//! The interface of a surface's reader.

use super::calls::Call;
use super::chat::Chat;
use super::cohere::Cohere;
use super::converse::Converse;
use super::event::{Event, Voice};
use super::generate::Generate;
use super::messages::Messages;
use super::ollama::Ollama;
use super::responses::Responses;
use super::tree::{Budget, Object};
use super::walk::Walk;
use crate::rewrite::Surface;
use rheostat::Result;
use rheostat::json::Json;
use std::fmt::Debug;

/// A reply so far, in the form of its surface.
pub(super) trait Form: Debug + Send + Sync {
    /// Adds an event, which is a JSON object.
    fn read(&mut self, json: &mut Json<'_>, said: &mut Said<'_>) -> Result<()>;
    /// Keeps an error that came as an event of its own.
    fn fail(&mut self, json: &mut Json<'_>, budget: &mut Budget) -> Result<()>;
    /// True if events may repeat each other but for their text; see [`say`](Self::say).
    fn says(&self) -> bool {
        false
    }
    /// Adds the text of an event that repeats the one before, as JSON, to the first choice.
    fn say(&mut self, _text: &[u8], _budget: &mut Budget) -> Result<()> {
        Ok(())
    }
    /// The tool calls of the first choice.
    fn calls(&self) -> Vec<Call>;
    /// The refusal of the first choice, where the surface tells it from a text.
    fn refusal(&self) -> String {
        String::new()
    }
    /// The fields that stand beside the answer, such as the reply's id.
    fn head(&self) -> Option<&Object> {
        None
    }
    /// Appends the whole reply as JSON.
    fn write(&self, out: &mut Vec<u8>);
    /// As [`write`](Self::write), for a reply that broke off at a limit: it says so where its surface has a word for that.
    fn write_cut(&self, out: &mut Vec<u8>) {
        self.write(out);
    }
    /// Appends the events that end a stream which broke off at a limit.
    fn close(&self, _out: &mut Vec<u8>) {}
}

/// The form of a surface's replies.
pub(super) fn of(surface: Surface) -> Box<dyn Form> {
    match surface {
        Surface::OpenAiChat
        | Surface::MistralChat
        | Surface::VllmChat
        | Surface::OpenRouterChat
        | Surface::DeepSeekChat => Box::<Chat>::default(),
        Surface::OpenAiResponses => Box::<Responses>::default(),
        Surface::AnthropicMessages => Box::<Messages>::default(),
        Surface::GeminiGenerate => Box::<Generate>::default(),
        Surface::OllamaChat | Surface::OllamaGenerate => Box::<Ollama>::default(),
        Surface::BedrockConverse => Box::<Converse>::default(),
        Surface::CohereChat => Box::<Cohere>::default(),
    }
}

/// The texts of the first choice.
#[derive(Debug, Default)]
pub(super) struct Voices {
    pub(super) text: Voice,
    pub(super) reasoning: Voice,
}

/// Where a surface's reader puts the content of an event.
#[allow(clippy::struct_excessive_bools)] // independent properties, not the states of one thing
pub(super) struct Said<'a> {
    pub(super) event: &'a mut Event,
    pub(super) voices: &'a mut Voices,
    pub(super) budget: &'a mut Budget,
    /// The event's name on a line of its own; empty if there is none.
    pub(super) name: &'a [u8],
    /// True if the event is a document without lines around it.
    pub(super) is_document: bool,
    /// Set if a field may hold usage.
    pub(super) reports_usage: bool,
    /// Set if the event itself is an error.
    pub(super) is_error: bool,
    /// Set if the event is its surface's last one, behind which only counts may come.
    pub(super) is_last: bool,
}

impl Said<'_> {
    /// The kind of the event here, by its `type` or by its name, and goes back.
    pub(super) fn kind(&self, json: &mut Json<'_>) -> Result<String> {
        let kind = json.kind_of()?;
        Ok(if kind.is_empty() { String::from_utf8_lossy(self.name).into_owned() } else { kind })
    }

    /// Notes the event that is its surface's last one.
    pub(super) fn over(&mut self) {
        self.event.done = true;
        self.is_last = true;
    }

    /// Adds the string here to the text, and goes back.
    pub(super) fn text(&mut self, json: &mut Json<'_>) -> Result<()> {
        json.ahead(|json| add(json, &mut self.voices.text, &mut self.event.text))
    }

    /// Adds the texts here to the text of other choices than the first, and goes back: a string, parts, or calls.
    pub(super) fn others(&mut self, json: &mut Json<'_>) -> Result<()> {
        json.ahead(|json| gather(json, &mut self.event.others, MOST_NESTED))
    }

    /// Adds the string here to the thinking text, and goes back.
    pub(super) fn reasoning(&mut self, json: &mut Json<'_>) -> Result<()> {
        json.ahead(|json| add(json, &mut self.voices.reasoning, &mut self.event.reasoning))
    }

    /// Reads the reason for the end here, and goes back.
    pub(super) fn finish(&mut self, json: &mut Json<'_>) -> Result<()> {
        let reason = json.ahead(Json::word)?;
        self.event.finish_reason = reason.or(self.event.finish_reason.take());
        Ok(())
    }

    /// Reads the error here, and goes back.
    pub(super) fn error(&mut self, json: &mut Json<'_>) -> Result<()> {
        match json.peek() {
            Some(b'n') => Ok(()),
            _ => json.ahead(|json| self.event.add_error(json)),
        }
    }
}

/// Reads a string, and adds it to a text.
pub(super) fn add(json: &mut Json<'_>, voice: &mut Voice, said: &mut Option<String>) -> Result<()> {
    if let Some(text) = json.string()? {
        voice.add(&text, said);
    }
    Ok(())
}

/// How deep the texts of a choice stand: in a list of parts, a part, its list of thoughts, and a thought.
const MOST_NESTED: u8 = 5;

/// Reads every text in a value.
fn gather(json: &mut Json<'_>, out: &mut Option<String>, depth: u8) -> Result<()> {
    match json.peek() {
        Some(b'[') if depth > 0 => json.each_item(|json, _| gather(json, out, depth - 1)),
        Some(b'{') if depth > 0 => json.each_member(|json, name| match name {
            b"text" | b"thinking" | b"function" | b"name" | b"arguments" => gather(json, out, depth - 1),
            _ => json.skip(),
        }),
        _ => {
            if let Some(text) = json.string()?.filter(|text| !text.raw.is_empty()) {
                out.get_or_insert_default().push_str(&String::from_utf8_lossy(&text.decoded()));
            }
            Ok(())
        }
    }
}
