//! Whole replies, in the form of a surface.

use super::answer::Answer;
use crate::reply::Call;
use crate::reply::finish;
use crate::write::{count, given, list, member, mixed, object, quoted, raw, word};
use rheostat::run::Ending;

/// A chat completion.
pub(super) fn chat(answer: &Answer, created: u64, out: &mut Vec<u8>) {
    object(out, |out| {
        word(out, "id", &answer.id);
        word(out, "object", "chat.completion");
        count(out, "created", created);
        word(out, "model", &answer.model);
        member(out, "choices", |out| {
            list(out, [answer], |out, answer| {
                object(out, |out| {
                    count(out, "index", 0);
                    member(out, "message", |out| object(out, |out| chat_message(answer, out)));
                    given(out, "logprobs", "null");
                    word(out, "finish_reason", finish::word(answer.ending));
                });
            });
        });
        member(out, "usage", |out| chat_usage(answer, out));
    });
}

fn chat_message(answer: &Answer, out: &mut Vec<u8>) {
    word(out, "role", "assistant");
    text_or_null(out, "content", &answer.text);
    text_or_null(out, "refusal", &answer.refusal);
    if !answer.reasoning.is_empty() {
        word(out, "reasoning_content", &answer.reasoning);
    }
    if !answer.calls.is_empty() {
        member(out, "tool_calls", |out| list(out, &answer.calls, |out, call| chat_call(call, None, out)));
    }
}

fn text_or_null(out: &mut Vec<u8>, name: &str, text: &str) {
    member(out, name, |out| if text.is_empty() { raw(out, b"null") } else { quoted(out, text) });
}

/// A call; its index where it is part of a stream.
pub(super) fn chat_call(call: &Call, index: Option<u64>, out: &mut Vec<u8>) {
    object(out, |out| {
        if let Some(index) = index {
            count(out, "index", index);
        }
        word(out, "id", &call.id);
        word(out, "type", "function");
        member(out, "function", |out| {
            object(out, |out| {
                word(out, "name", &call.name);
                word(out, "arguments", &call.arguments);
            });
        });
    });
}

pub(super) fn chat_usage(answer: &Answer, out: &mut Vec<u8>) {
    let (input, output) = (answer.usage.input.unwrap_or(0), answer.usage.output.unwrap_or(0));
    object(out, |out| {
        count(out, "prompt_tokens", input);
        count(out, "completion_tokens", output);
        count(out, "total_tokens", input.saturating_add(output));
        details(out, "prompt_tokens_details", "cached_tokens", answer.usage.cached);
        details(out, "completion_tokens_details", "reasoning_tokens", answer.usage.reasoning);
    });
}

fn details(out: &mut Vec<u8>, name: &str, part: &str, value: Option<u64>) {
    if let Some(value) = value {
        member(out, name, |out| object(out, |out| count(out, part, value)));
    }
}

/// A message.
pub(super) fn message(answer: &Answer, out: &mut Vec<u8>) {
    object(out, |out| {
        word(out, "id", &answer.id);
        word(out, "type", "message");
        word(out, "role", "assistant");
        word(out, "model", &answer.model);
        member(out, "content", |out| {
            mixed(out, |blocks| {
                let said = [answer.text.as_str(), &answer.refusal].concat();
                if !said.is_empty() {
                    blocks.object(|out| {
                        word(out, "type", "text");
                        word(out, "text", &said);
                    });
                }
                for call in &answer.calls {
                    blocks.object(|out| {
                        word(out, "type", "tool_use");
                        word(out, "id", &call.id);
                        word(out, "name", &call.name);
                        given(out, "input", &call.arguments);
                    });
                }
            });
        });
        word(out, "stop_reason", message_word(answer.ending));
        given(out, "stop_sequence", "null");
        member(out, "usage", |out| message_usage(answer, out));
    });
}

pub(super) fn message_usage(answer: &Answer, out: &mut Vec<u8>) {
    object(out, |out| {
        count(out, "input_tokens", answer.fresh());
        count(out, "cache_read_input_tokens", answer.usage.cached.unwrap_or(0));
        count(out, "cache_creation_input_tokens", answer.usage.written.unwrap_or(0));
        count(out, "output_tokens", answer.usage.output.unwrap_or(0));
    });
}

/// The word of messages for an end.
pub(super) fn message_word(ending: Option<Ending>) -> &'static str {
    match ending {
        Some(Ending::Complete | Ending::Unknown) => "end_turn",
        Some(Ending::ToolCalls) => "tool_use",
        Some(Ending::Refused) => "refusal",
        Some(Ending::Cut | Ending::Cancelled) | None => "max_tokens",
    }
}

/// A response; without its output at the beginning of a stream.
pub(super) fn response(answer: &Answer, created: u64, over: bool, out: &mut Vec<u8>) {
    let why = match answer.ending {
        _ if !over => None,
        Some(Ending::Cut | Ending::Cancelled) | None => Some("max_output_tokens"),
        Some(Ending::Refused) => Some("content_filter"),
        Some(_) => None,
    };
    object(out, |out| {
        word(out, "id", &answer.id);
        word(out, "object", "response");
        count(out, "created_at", created);
        let status = if over { "completed" } else { "in_progress" };
        word(out, "status", why.map_or(status, |_| "incomplete"));
        given(out, "error", "null");
        member(out, "incomplete_details", |out| match why {
            Some(why) => object(out, |out| word(out, "reason", why)),
            None => raw(out, b"null"),
        });
        given(out, "instructions", "null");
        given(out, "metadata", "{}");
        word(out, "model", &answer.model);
        given(out, "parallel_tool_calls", "true");
        word(out, "tool_choice", "auto");
        given(out, "tools", "[]");
        member(out, "output", |out| {
            let items: Vec<Item<'_>> = if over { Item::all(answer).collect() } else { Vec::new() };
            list(out, items, |out, item| item.write(answer, true, out));
        });
        member(out, "usage", |out| if over { response_usage(answer, out) } else { raw(out, b"null") });
    });
}

fn response_usage(answer: &Answer, out: &mut Vec<u8>) {
    let (input, output) = (answer.usage.input.unwrap_or(0), answer.usage.output.unwrap_or(0));
    object(out, |out| {
        count(out, "input_tokens", input);
        details(out, "input_tokens_details", "cached_tokens", Some(answer.usage.cached.unwrap_or(0)));
        count(out, "output_tokens", output);
        let reasoning = Some(answer.usage.reasoning.unwrap_or(0));
        details(out, "output_tokens_details", "reasoning_tokens", reasoning);
        count(out, "total_tokens", input.saturating_add(output));
    });
}

/// An item of a response's output.
#[derive(Debug, Clone, Copy)]
pub(super) enum Item<'a> {
    Message,
    Call(&'a Call),
}

impl<'a> Item<'a> {
    pub(super) fn all(answer: &'a Answer) -> impl Iterator<Item = Self> {
        let says = !answer.text.is_empty() || !answer.refusal.is_empty();
        says.then_some(Self::Message).into_iter().chain(answer.calls.iter().map(Item::Call))
    }

    /// Its id. Items of a translated reply are named after it.
    pub(super) fn id(self, answer: &Answer) -> String {
        match self {
            Self::Message => format!("msg_{}", answer.id),
            Self::Call(call) => format!("fc_{}", call.id),
        }
    }

    /// Writes it: as it begins, or whole.
    pub(super) fn write(self, answer: &Answer, over: bool, out: &mut Vec<u8>) {
        object(out, |out| {
            word(out, "id", &self.id(answer));
            match self {
                Self::Message => {
                    word(out, "type", "message");
                    word(out, "role", "assistant");
                    member(out, "content", |out| {
                        let parts: &[(&str, &str, &str)] =
                            &[("output_text", "text", &answer.text), ("refusal", "refusal", &answer.refusal)];
                        let parts = parts.iter().filter(|(_, _, text)| over && !text.is_empty());
                        list(out, parts, |out, (kind, name, text)| part(kind, name, text, out));
                    });
                }
                Self::Call(call) => {
                    word(out, "type", "function_call");
                    word(out, "call_id", &call.id);
                    word(out, "name", &call.name);
                    word(out, "arguments", if over { &call.arguments } else { "" });
                }
            }
            word(out, "status", if over { "completed" } else { "in_progress" });
        });
    }
}

/// A part of a message's content.
pub(super) fn part(kind: &str, name: &str, text: &str, out: &mut Vec<u8>) {
    object(out, |out| {
        word(out, "type", kind);
        word(out, name, text);
        if kind == "output_text" {
            given(out, "annotations", "[]");
        }
    });
}
