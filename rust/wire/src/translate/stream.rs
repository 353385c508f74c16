//! Streams of events, in the form of a surface.
//!
//! ```text
//! the first event   what begins a stream
//! text, thinking    a delta for each
//! the end           the calls, whole; the word for the end; the usage
//! ```

use super::answer::Answer;
use super::whole::{self, Item};
use crate::reply::{Event, Reader, finish};
use crate::rewrite::Surface;
use crate::write::{count, data, given, list, member, named, object, raw, word};
use rheostat::run::Ending;

/// Writes a reply of one surface as a stream of another.
#[derive(Debug)]
pub struct Writer {
    to: Surface,
    created: u64,
    reports_usage: bool,
    /// The reply's id and model, once it has begun.
    head: Option<Answer>,
    over: bool,
    /// True once a text has begun.
    says: bool,
    /// Events of responses are numbered.
    number: u64,
}

impl Writer {
    /// A writer for a client of `to`, one of [`SURFACES`](super::SURFACES). `created` is the time, in seconds of
    /// Unix time; `reports_usage` is true where a client of chat completions asked for the usage in an event of its own.
    pub fn new(to: Surface, created: u64, reports_usage: bool) -> Self {
        Self { to, created, reports_usage, head: None, over: false, says: false, number: 0 }
    }

    /// The reply that was read so far, whole.
    pub fn whole(&self, reader: &Reader) -> Vec<u8> {
        let (answer, mut out) = (Answer::of(reader), Vec::new());
        match self.to {
            Surface::AnthropicMessages => whole::message(&answer, &mut out),
            Surface::OpenAiResponses => whole::response(&answer, self.created, true, &mut out),
            _ => whole::chat(&answer, self.created, &mut out),
        }
        out
    }

    /// Writes the text, the thinking or the end in an event. `reader` has read it.
    pub fn event(&mut self, event: &Event, reader: &Reader, out: &mut Vec<u8>) {
        // A mark of the end alone begins nothing.
        if self.over || event.error.is_some() || event.done && reader.ending().is_none() {
            return;
        }
        let head = self.head.take().unwrap_or_else(|| {
            let head = Answer::of(reader);
            self.begin(&head, out);
            head
        });
        if let Some(thinking) = &event.reasoning {
            self.think(thinking, &head, out);
        }
        if let Some(text) = &event.text {
            self.say(text, &head, out);
        }
        self.head = Some(head);
        if event.done {
            self.end(reader, out);
        }
    }

    /// Ends the stream, if it has begun and no event has ended it.
    pub fn end(&mut self, reader: &Reader, out: &mut Vec<u8>) {
        if self.over || self.head.is_none() {
            return;
        }
        self.over = true;
        let mut answer = Answer::of(reader);
        // A refusal has been written as text.
        answer.text.push_str(&std::mem::take(&mut answer.refusal));
        match self.to {
            Surface::AnthropicMessages => self.end_message(&answer, out),
            Surface::OpenAiResponses => self.end_response(&answer, out),
            _ => self.end_chat(&answer, out),
        }
    }

    fn begin(&mut self, answer: &Answer, out: &mut Vec<u8>) {
        match self.to {
            Surface::AnthropicMessages => named(out, "message_start", |out| {
                member(out, "message", |out| {
                    object(out, |out| {
                        word(out, "id", &answer.id);
                        word(out, "type", "message");
                        word(out, "role", "assistant");
                        word(out, "model", &answer.model);
                        given(out, "content", "[]");
                        given(out, "stop_reason", "null");
                        given(out, "stop_sequence", "null");
                        member(out, "usage", |out| whole::message_usage(answer, out));
                    });
                });
            }),
            Surface::OpenAiResponses => {
                for kind in ["response.created", "response.in_progress"] {
                    let created = self.created;
                    self.numbered(out, kind, |out| {
                        member(out, "response", |out| whole::response(answer, created, false, out));
                    });
                }
            }
            _ => self.chunk(out, answer, "null", |out| {
                word(out, "role", "assistant");
                word(out, "content", "");
            }),
        }
    }

    fn think(&self, text: &str, head: &Answer, out: &mut Vec<u8>) {
        // Other surfaces take only signed thinking, so it is left out.
        if !matches!(self.to, Surface::AnthropicMessages | Surface::OpenAiResponses) {
            self.chunk(out, head, "null", |out| word(out, "reasoning_content", text));
        }
    }

    fn say(&mut self, text: &str, head: &Answer, out: &mut Vec<u8>) {
        let first = !std::mem::replace(&mut self.says, true);
        match self.to {
            Surface::AnthropicMessages => {
                if first {
                    block_start(out, 0, |out| {
                        word(out, "type", "text");
                        word(out, "text", "");
                    });
                }
                block_delta(out, 0, |out| {
                    word(out, "type", "text_delta");
                    word(out, "text", text);
                });
            }
            Surface::OpenAiResponses => {
                if first {
                    self.numbered(out, "response.output_item.added", |out| {
                        count(out, "output_index", 0);
                        member(out, "item", |out| Item::Message.write(head, false, out));
                    });
                    self.numbered(out, "response.content_part.added", |out| {
                        place(out, head);
                        member(out, "part", |out| whole::part("output_text", "text", "", out));
                    });
                }
                self.numbered(out, "response.output_text.delta", |out| {
                    place(out, head);
                    word(out, "delta", text);
                    given(out, "logprobs", "[]");
                });
            }
            _ => self.chunk(out, head, "null", |out| word(out, "content", text)),
        }
    }

    fn end_chat(&self, answer: &Answer, out: &mut Vec<u8>) {
        if !answer.calls.is_empty() {
            self.chunk(out, answer, "null", |out| {
                member(out, "tool_calls", |out| {
                    list(out, (0..).zip(&answer.calls), |out, (i, call)| {
                        whole::chat_call(call, Some(i), out);
                    });
                });
            });
        }
        let reason = format!("\"{}\"", finish::word(answer.ending));
        self.chunk(out, answer, &reason, |_| {});
        if self.reports_usage {
            data(out, |out| {
                self.chunk_head(out, answer);
                given(out, "choices", "[]");
                member(out, "usage", |out| whole::chat_usage(answer, out));
            });
        }
        raw(out, b"data: [DONE]\n\n");
    }

    fn end_message(&self, answer: &Answer, out: &mut Vec<u8>) {
        if self.says {
            block_stop(out, 0);
        }
        for (index, call) in (u64::from(self.says)..).zip(&answer.calls) {
            block_start(out, index, |out| {
                word(out, "type", "tool_use");
                word(out, "id", &call.id);
                word(out, "name", &call.name);
                given(out, "input", "{}");
            });
            block_delta(out, index, |out| {
                word(out, "type", "input_json_delta");
                word(out, "partial_json", &call.arguments);
            });
            block_stop(out, index);
        }
        named(out, "message_delta", |out| {
            member(out, "delta", |out| {
                object(out, |out| {
                    word(out, "stop_reason", whole::message_word(answer.ending));
                    given(out, "stop_sequence", "null");
                });
            });
            member(out, "usage", |out| whole::message_usage(answer, out));
        });
        named(out, "message_stop", |_| {});
    }

    fn end_response(&mut self, answer: &Answer, out: &mut Vec<u8>) {
        if self.says {
            self.numbered(out, "response.output_text.done", |out| {
                place(out, answer);
                word(out, "text", &answer.text);
                given(out, "logprobs", "[]");
            });
            self.numbered(out, "response.content_part.done", |out| {
                place(out, answer);
                member(out, "part", |out| whole::part("output_text", "text", &answer.text, out));
            });
            self.numbered(out, "response.output_item.done", |out| {
                count(out, "output_index", 0);
                member(out, "item", |out| Item::Message.write(answer, true, out));
            });
        }
        for (index, call) in (u64::from(self.says)..).zip(&answer.calls) {
            self.call_of_response(index, Item::Call(call), &call.arguments, answer, out);
        }
        let kind = match answer.ending {
            Some(Ending::Cut | Ending::Cancelled | Ending::Refused) | None => "response.incomplete",
            Some(_) => "response.completed",
        };
        let created = self.created;
        self.numbered(out, kind, |out| {
            member(out, "response", |out| whole::response(answer, created, true, out));
        });
    }

    fn call_of_response(
        &mut self,
        index: u64,
        item: Item<'_>,
        arguments: &str,
        answer: &Answer,
        out: &mut Vec<u8>,
    ) {
        let item_id = item.id(answer);
        self.numbered(out, "response.output_item.added", |out| {
            count(out, "output_index", index);
            member(out, "item", |out| item.write(answer, false, out));
        });
        for (kind, name) in [("delta", "delta"), ("done", "arguments")] {
            self.numbered(out, &format!("response.function_call_arguments.{kind}"), |out| {
                count(out, "output_index", index);
                word(out, "item_id", &item_id);
                word(out, name, arguments);
            });
        }
        self.numbered(out, "response.output_item.done", |out| {
            count(out, "output_index", index);
            member(out, "item", |out| item.write(answer, true, out));
        });
    }

    /// Writes a chunk of a chat completion.
    fn chunk(&self, out: &mut Vec<u8>, head: &Answer, reason: &str, delta: impl FnOnce(&mut Vec<u8>)) {
        data(out, |out| {
            self.chunk_head(out, head);
            member(out, "choices", |out| {
                list(out, [delta], |out, delta| {
                    object(out, |out| {
                        count(out, "index", 0);
                        member(out, "delta", |out| object(out, delta));
                        given(out, "logprobs", "null");
                        given(out, "finish_reason", reason);
                    });
                });
            });
        });
    }

    fn chunk_head(&self, out: &mut Vec<u8>, head: &Answer) {
        word(out, "id", &head.id);
        word(out, "object", "chat.completion.chunk");
        count(out, "created", self.created);
        word(out, "model", &head.model);
    }

    /// Writes an event of responses.
    fn numbered(&mut self, out: &mut Vec<u8>, kind: &str, fill: impl FnOnce(&mut Vec<u8>)) {
        let number = self.number;
        self.number += 1;
        named(out, kind, |out| {
            count(out, "sequence_number", number);
            fill(out);
        });
    }
}

/// Writes the place of a message's text.
fn place(out: &mut Vec<u8>, answer: &Answer) {
    word(out, "item_id", &Item::Message.id(answer));
    count(out, "output_index", 0);
    count(out, "content_index", 0);
}

fn block_start(out: &mut Vec<u8>, index: u64, fill: impl FnOnce(&mut Vec<u8>)) {
    named(out, "content_block_start", |out| {
        count(out, "index", index);
        member(out, "content_block", |out| object(out, fill));
    });
}

fn block_delta(out: &mut Vec<u8>, index: u64, fill: impl FnOnce(&mut Vec<u8>)) {
    named(out, "content_block_delta", |out| {
        count(out, "index", index);
        member(out, "delta", |out| object(out, fill));
    });
}

fn block_stop(out: &mut Vec<u8>, index: u64) {
    named(out, "content_block_stop", |out| count(out, "index", index));
}
