//! A reply without the form of a provider.

use super::fields::{Fields, items};
use crate::ending;
use crate::reply::Reader;
use crate::rewrite::Surface;
use crate::usage;
use rheostat::Result;
use rheostat::run::{Ending, Usage};

/// A reply, as far as it has come.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) id: String,
    pub(super) model: String,
    pub(super) text: String,
    pub(super) refusal: String,
    pub(super) reasoning: String,
    pub(super) calls: Vec<Called>,
    pub(super) ending: Option<Ending>,
    pub(super) usage: Usage,
}

/// A call of a tool. The arguments are JSON.
#[derive(Debug)]
pub(super) struct Called {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) arguments: String,
}

impl Answer {
    /// The reply that a reader of a surface has read. What cannot be read is left out: the answer counts.
    pub(super) fn of(reader: &Reader, surface: Surface) -> Self {
        let whole = reader.reply();
        let mut answer = Self::default();
        let read = Fields::read(&whole).and_then(|mut reply| {
            answer.id = reply.text("id").unwrap_or_default();
            answer.model = reply.text("model").unwrap_or_default();
            match surface {
                Surface::AnthropicMessages => answer.read_blocks(reply.take("content")),
                Surface::OpenAiResponses => answer.read_items(reply.take("output")),
                _ => answer.read_choice(reply.take("choices")),
            }
        });
        if read.is_err() && answer.text.is_empty() {
            reader.text().clone_into(&mut answer.text);
        }
        answer.ending = reader.finish_reason().map(ending::read);
        if !answer.calls.is_empty() && answer.ending.is_some_and(|ending| ending != Ending::Cut) {
            answer.ending = Some(Ending::ToolCalls);
        }
        answer.usage = usage::read(&whole).map(|report| report.usage).unwrap_or_default();
        answer
    }

    fn read_choice(&mut self, choices: Option<&[u8]>) -> Result<()> {
        let choices = items(choices.unwrap_or(b"[]"))?;
        let Some(first) = choices.first() else { return Ok(()) };
        let Some(message) = Fields::read(first)?.take("message") else { return Ok(()) };
        let mut message = Fields::read(message)?;
        self.text = message.text("content").unwrap_or_default();
        self.refusal = message.text("refusal").unwrap_or_default();
        let reasoning = message.text("reasoning_content").or(message.text("reasoning"));
        self.reasoning = reasoning.unwrap_or_default();
        for call in items(message.take("tool_calls").unwrap_or(b"[]"))? {
            let mut call = Fields::read(call)?;
            let id = call.text("id").unwrap_or_default();
            if let Some(function) = call.take("function") {
                self.call(id, Fields::read(function)?);
            }
        }
        Ok(())
    }

    fn call(&mut self, id: String, mut function: Fields<'_>) {
        let name = function.text("name").unwrap_or_default();
        let arguments = function.text("arguments").unwrap_or_default();
        self.calls.push(Called { id, name, arguments });
    }

    fn read_blocks(&mut self, content: Option<&[u8]>) -> Result<()> {
        for block in items(content.unwrap_or(b"[]"))? {
            let mut block = Fields::read(block)?;
            match block.text("type").as_deref() {
                Some("text") => self.text.push_str(&block.text("text").unwrap_or_default()),
                Some("thinking") => self.reasoning.push_str(&block.text("thinking").unwrap_or_default()),
                Some("tool_use") => {
                    let (id, name) = (block.text("id"), block.text("name"));
                    let input = block.take("input").unwrap_or(b"{}");
                    let arguments = String::from_utf8_lossy(input).into_owned();
                    self.calls.push(Called {
                        id: id.unwrap_or_default(),
                        name: name.unwrap_or_default(),
                        arguments,
                    });
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn read_items(&mut self, output: Option<&[u8]>) -> Result<()> {
        for item in items(output.unwrap_or(b"[]"))? {
            let mut item = Fields::read(item)?;
            match item.text("type").as_deref() {
                Some("message") => {
                    for part in items(item.take("content").unwrap_or(b"[]"))? {
                        let mut part = Fields::read(part)?;
                        self.text.push_str(&part.text("text").unwrap_or_default());
                        self.refusal.push_str(&part.text("refusal").unwrap_or_default());
                    }
                }
                Some("reasoning") => {
                    for part in items(item.take("summary").unwrap_or(b"[]"))? {
                        self.reasoning.push_str(&Fields::read(part)?.text("text").unwrap_or_default());
                    }
                }
                Some("function_call") => {
                    let id = item.text("call_id").unwrap_or_default();
                    self.call(id, item);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The input that was neither read from a cache nor written to one.
    pub(super) fn fresh(&self) -> u64 {
        let Usage { input, cached, written, .. } = self.usage;
        input.unwrap_or(0).saturating_sub(cached.unwrap_or(0)).saturating_sub(written.unwrap_or(0))
    }
}
