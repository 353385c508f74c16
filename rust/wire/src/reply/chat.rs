//! Chat completions: chunks with deltas, by OpenAI and those that copy it, and whole ones.

use super::calls::{Call, Pieces};
use super::event::Event;
use super::finish;
use super::form::{Form, Said, add};
use super::tree::{Budget, Node, Object, part};
use super::walk::Walk;
use crate::write::{count, data, given, list, member, object, raw, word};
use rheostat::Result;
use rheostat::json::Json;
use std::collections::BTreeMap;

/// Fields of a chunk that may hold its usage.
const USAGE: &[&[u8]] = &[b"usage", b"x_groq", b"timings", b"usageMetadata"];
/// Fields of a delta with thinking text. Some servers say it under two names in one delta; the first counts.
const REASONING: &[&[u8]] = &[b"reasoning_content", b"reasoning", b"thinking"];

/// The chat completion so far.
#[derive(Debug, Default)]
pub(super) struct Chat {
    top: Object,
    choices: BTreeMap<u64, Choice>,
}

#[derive(Debug, Default)]
struct Choice {
    message: Object,
    calls: Pieces,
    logprobs: Object,
    /// The other fields, such as `finish_reason`.
    rest: Object,
}

impl Form for Chat {
    fn read(&mut self, json: &mut Json<'_>, said: &mut Said<'_>) -> Result<()> {
        json.each_member(|json, name| match name {
            b"choices" => json.each_item(|json, place| self.read_choice(json, place, said)),
            // Random characters that hide the length of a chunk.
            b"obfuscation" => json.skip(),
            name => {
                match name {
                    b"error" => said.error(json)?,
                    // An error of vLLM: its kind and message stand beside it.
                    b"object" if json.ahead(Json::word)?.as_deref() == Some("error") => said.is_error = true,
                    _ => {}
                }
                said.reports_usage |= USAGE.contains(&name) && json.peek() != Some(b'n');
                self.top.field(name, said.budget)?.set(json, said.budget)
            }
        })
    }

    fn fail(&mut self, json: &mut Json<'_>, budget: &mut Budget) -> Result<()> {
        self.top.field(b"error", budget)?.set(json, budget)
    }

    fn says(&self) -> bool {
        true
    }

    fn say(&mut self, text: &[u8], budget: &mut Budget) -> Result<()> {
        let message = &mut part(&mut self.choices, 0, budget)?.message;
        merge_content(message.field(b"content", budget)?, &mut Json::new(text), budget)
    }

    fn calls(&self) -> Vec<Call> {
        self.choices.get(&0).into_iter().flat_map(Choice::all_calls).collect()
    }

    fn refusal(&self) -> String {
        let refusal = self.choices.get(&0).and_then(|choice| choice.message.get(b"refusal")?.text());
        refusal.unwrap_or_default()
    }

    fn head(&self) -> Option<&Object> {
        Some(&self.top)
    }

    fn write(&self, out: &mut Vec<u8>) {
        object(out, |out| {
            self.top.write_missing(b"object", br#""chat.completion""#, out);
            for (name, node) in self.top.fields().filter(|(name, _)| *name != b"usage") {
                match name {
                    b"object" => member(out, name, |out| out.extend_from_slice(br#""chat.completion""#)),
                    name => member(out, name, |out| node.write(out)),
                }
            }
            member(out, b"choices", |out| {
                list(out, &self.choices, |out, (index, choice)| choice.write(*index, out));
            });
            if let Some(usage) = self.top.get(b"usage").filter(|usage| !usage.is_null()) {
                member(out, b"usage", |out| usage.write(out));
            }
        });
    }

    fn close(&self, out: &mut Vec<u8>) {
        data(out, |out| {
            self.write_top("id", out);
            word(out, "object", "chat.completion.chunk");
            self.write_top("created", out);
            self.write_top("model", out);
            member(out, "choices", |out| {
                list(out, self.choices.keys(), |out, index| {
                    object(out, |out| {
                        count(out, "index", *index);
                        given(out, "delta", "{}");
                        word(out, "finish_reason", finish::word(None));
                    });
                });
            });
        });
        raw(out, b"data: [DONE]\n\n");
    }
}

impl Chat {
    /// Writes a field that stands beside the choices, if it came.
    fn write_top(&self, name: &str, out: &mut Vec<u8>) {
        if let Some(node) = self.top.get(name.as_bytes()) {
            member(out, name, |out| node.write(out));
        }
    }

    fn read_choice(&mut self, json: &mut Json<'_>, place: usize, said: &mut Said<'_>) -> Result<()> {
        if json.peek() != Some(b'{') {
            return json.skip();
        }
        let index = json.index()?.unwrap_or(place as u64);
        let choice = part(&mut self.choices, index, said.budget)?;
        let is_first = index == 0;
        json.each_member(|json, name| match name {
            b"index" => json.skip(),
            b"delta" | b"message" => {
                said.event.done |= name == b"message" && said.is_document;
                choice.read_message(json, is_first, said)
            }
            b"logprobs" => choice.read_logprobs(json, is_first, said),
            b"text" => {
                if is_first {
                    said.text(json)?;
                } else {
                    said.others(json)?;
                }
                choice.rest.field(name, said.budget)?.merge(json, name, said.budget)
            }
            name => {
                match name {
                    b"finish_reason" if is_first => said.finish(json)?,
                    b"error" => said.error(json)?,
                    b"usage" => said.reports_usage |= json.peek() != Some(b'n'),
                    _ => {}
                }
                choice.rest.field(name, said.budget)?.set(json, said.budget)
            }
        })
    }
}

impl Choice {
    fn read_message(&mut self, json: &mut Json<'_>, is_first: bool, said: &mut Said<'_>) -> Result<()> {
        let mut reasoned = false;
        let mut details = None;
        json.each_member(|json, name| {
            match name {
                b"tool_calls" => {
                    if !is_first {
                        said.others(json)?;
                    }
                    said.event.calls |= is_first && json.has_items()?;
                    return self.calls.merge(json, said.budget);
                }
                b"function_call" if is_first => said.event.calls |= json.peek() == Some(b'{'),
                b"content" => {
                    if is_first {
                        json.ahead(|json| read_content(json, said))?;
                    } else {
                        said.others(json)?;
                    }
                    return merge_content(self.message.field(name, said.budget)?, json, said.budget);
                }
                b"refusal" if is_first => said.text(json)?,
                b"refusal" | b"function_call" => said.others(json)?,
                b"reasoning_details" => details = Some(json.position()),
                name if is_first && !reasoned && REASONING.contains(&name) => {
                    reasoned = json.ahead(|json| {
                        let text = json.string()?.filter(|text| !text.raw.is_empty());
                        if let Some(text) = &text {
                            said.voices.reasoning.add(text, &mut said.event.reasoning);
                        }
                        Ok(text.is_some())
                    })?;
                }
                name if !is_first && !reasoned && REASONING.contains(&name) => {
                    reasoned = json.peek() == Some(b'"');
                    said.others(json)?;
                }
                _ => {}
            }
            self.message.field(name, said.budget)?.merge(json, name, said.budget)
        })?;
        if let Some(details) = details.filter(|_| is_first && !reasoned) {
            let end = json.position();
            json.seek(details);
            json.each_item(|json, _| {
                json.each_member(|json, name| match name {
                    b"text" | b"summary" => add(json, &mut said.voices.reasoning, &mut said.event.reasoning),
                    _ => json.skip(),
                })
            })?;
            json.seek(end);
        }
        Ok(())
    }

    fn read_logprobs(&mut self, json: &mut Json<'_>, is_first: bool, said: &mut Said<'_>) -> Result<()> {
        json.each_member(|json, name| {
            let raw = if is_first && matches!(name, b"content" | b"refusal") {
                json.read_raw_by(|json| json.each_item(|json, _| said.event.add_token(json)))?
            } else {
                json.read_raw()?
            };
            self.logprobs.field(name, said.budget)?.append_raw(raw, said.budget)
        })
    }

    fn all_calls(&self) -> impl Iterator<Item = Call> {
        let old = match self.message.get(b"function_call") {
            Some(Node::Object(call)) => Some(Call::of(call)),
            _ => None,
        };
        self.calls.all().chain(old)
    }

    fn write(&self, index: u64, out: &mut Vec<u8>) {
        object(out, |out| {
            member(out, b"index", |out| out.extend_from_slice(index.to_string().as_bytes()));
            member(out, b"message", |out| {
                object(out, |out| {
                    self.message.write_missing(b"role", br#""assistant""#, out);
                    self.message.write_missing(b"content", b"null", out);
                    self.message.write_members(out);
                    if !self.calls.is_empty() {
                        member(out, b"tool_calls", |out| self.calls.write(out));
                    }
                });
            });
            let none = Node::default();
            member(out, b"logprobs", |out| {
                if self.logprobs.is_empty() { none.write(out) } else { self.logprobs.write(out) }
            });
            self.rest.write_missing(b"finish_reason", b"null", out);
            self.rest.write_members(out);
        });
    }
}

/// Reads content: a text, or a list of parts, as Mistral has it: `text`, and `thinking` with a text or parts of its own.
fn read_content(json: &mut Json<'_>, said: &mut Said<'_>) -> Result<()> {
    let Event { text, reasoning, .. } = &mut *said.event;
    if json.peek() == Some(b'"') {
        return add(json, &mut said.voices.text, text);
    }
    json.each_item(|json, _| {
        json.each_member(|json, name| match name {
            b"text" => add(json, &mut said.voices.text, text),
            b"thinking" if json.peek() == Some(b'"') => add(json, &mut said.voices.reasoning, reasoning),
            b"thinking" => json.each_item(|json, _| {
                json.each_member(|json, name| match name {
                    b"text" => add(json, &mut said.voices.reasoning, reasoning),
                    _ => json.skip(),
                })
            }),
            _ => json.skip(),
        })
    })
}

/// Adds content. A text beside parts becomes a part.
fn merge_content(content: &mut Node, json: &mut Json<'_>, budget: &mut Budget) -> Result<()> {
    match (&*content, json.peek()) {
        (Node::Text(text), Some(b'[')) => {
            *content = Node::Rows(text_part(text));
            content.append(json, budget)
        }
        (Node::Rows(_), Some(b'"')) => {
            let text = json.read_string()?.raw;
            content.push(&text_part(text), budget)
        }
        (_, Some(b'[')) => content.append(json, budget),
        _ => content.merge(json, b"content", budget),
    }
}

/// A part with a text; nothing for an empty one.
fn text_part(text: &[u8]) -> Vec<u8> {
    if text.is_empty() {
        return Vec::new();
    }
    [br#"{"type":"text","text":""#, text, br#""}"#].concat()
}
