//! Anthropic's messages: events for the message, its content blocks and their deltas; and whole messages.

use super::calls::{Call, json_of};
use super::form::{Form, Said};
use super::tree::{Budget, Node, Object, part};
use super::walk::Walk;
use crate::write::{count, given, list, member, named, object, word};
use rheostat::Result;
use rheostat::json::Json;
use std::collections::BTreeMap;

/// The reason for the end of a reply that reached a limit.
const CUT: &str = "max_tokens";

/// The message so far.
#[derive(Debug, Default)]
pub(super) struct Messages {
    message: Object,
    blocks: BTreeMap<u64, Block>,
}

/// A content block.
#[derive(Debug, Default)]
struct Block {
    fields: Object,
    /// A tool's input in pieces of JSON.
    input: Node,
    /// True between the event that opens it and the one that closes it.
    open: bool,
}

impl Form for Messages {
    fn read(&mut self, json: &mut Json<'_>, said: &mut Said<'_>) -> Result<()> {
        let kind = said.kind(json)?;
        let index = json.index()?.unwrap_or(0);
        match kind.as_str() {
            "message_start" => json.each_member(|json, name| match name {
                b"message" => self.read_message(json, said),
                _ => json.skip(),
            }),
            "content_block_start" => json.each_member(|json, name| match name {
                b"content_block" => {
                    let block = self.block(index, said.budget)?;
                    block.open = true;
                    block.start(json, said)
                }
                _ => json.skip(),
            }),
            "content_block_stop" => {
                if let Some(block) = self.blocks.get_mut(&index) {
                    block.open = false;
                }
                json.skip()
            }
            "content_block_delta" => json.each_member(|json, name| match name {
                b"delta" => self.block(index, said.budget)?.add(json, said),
                _ => json.skip(),
            }),
            "message_delta" => json.each_member(|json, name| match name {
                b"type" => json.skip(),
                b"delta" => self.read_message(json, said),
                name => self.read_field(name, json, said),
            }),
            "message_stop" => {
                said.over();
                // Bedrock's counts stand here.
                said.reports_usage = true;
                json.skip()
            }
            "message" => {
                said.event.done |= said.is_document;
                self.read_message(json, said)
            }
            _ => json.each_member(|json, name| match name {
                b"error" => {
                    said.error(json)?;
                    self.fail(json, said.budget)
                }
                _ => json.skip(),
            }),
        }
    }

    fn fail(&mut self, json: &mut Json<'_>, budget: &mut Budget) -> Result<()> {
        self.message.field(b"error", budget)?.set(json, budget)
    }

    fn calls(&self) -> Vec<Call> {
        let calls = self.blocks.values().filter(|block| block.fields.is(b"type", &["tool_use"]));
        let read = |block: &Block| {
            let text = |name: &[u8]| block.fields.get(name).and_then(Node::text).unwrap_or_default();
            let whole = || block.fields.get(b"input").map(json_of).unwrap_or_default();
            // What has come in pieces is the input; the block begins with an empty one.
            let pieces = block.input.text().filter(|input| !input.is_empty());
            let arguments = pieces.unwrap_or_else(|| String::from_utf8_lossy(&whole()).into_owned());
            Call { id: text(b"id"), name: text(b"name"), arguments }
        };
        calls.map(read).collect()
    }

    fn head(&self) -> Option<&Object> {
        Some(&self.message)
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.put(None, out);
    }

    fn write_cut(&self, out: &mut Vec<u8>) {
        self.put(Some(CUT), out);
    }

    fn close(&self, out: &mut Vec<u8>) {
        for (index, _) in self.blocks.iter().filter(|(_, block)| block.open) {
            named(out, "content_block_stop", |out| count(out, "index", *index));
        }
        named(out, "message_delta", |out| {
            member(out, "delta", |out| {
                object(out, |out| {
                    word(out, "stop_reason", CUT);
                    given(out, "stop_sequence", "null");
                });
            });
            member(out, "usage", |out| match self.message.get(b"usage").filter(|usage| !usage.is_null()) {
                Some(usage) => usage.write(out),
                None => object(out, |out| count(out, "output_tokens", 0)),
            });
        });
        named(out, "message_stop", |_| {});
    }
}

impl Messages {
    /// Writes the message, with a reason for its end where it has none.
    fn put(&self, reason: Option<&str>, out: &mut Vec<u8>) {
        object(out, |out| {
            self.message.write_missing(b"type", br#""message""#, out);
            self.message.write_missing(b"role", br#""assistant""#, out);
            for (name, node) in self.message.fields().filter(|(name, _)| *name != b"content") {
                match reason.filter(|_| name == b"stop_reason" && node.is_null()) {
                    Some(reason) => word(out, "stop_reason", reason),
                    None => member(out, name, |out| node.write(out)),
                }
            }
            member(out, b"content", |out| list(out, self.blocks.values(), |out, block| block.write(out)));
            let reason = reason.map_or_else(|| "null".to_owned(), |reason| format!("\"{reason}\""));
            self.message.write_missing(b"stop_reason", reason.as_bytes(), out);
        });
    }

    fn block(&mut self, index: u64, budget: &mut Budget) -> Result<&mut Block> {
        part(&mut self.blocks, index, budget)
    }

    /// Reads the members of a message, or of a change to it.
    fn read_message(&mut self, json: &mut Json<'_>, said: &mut Said<'_>) -> Result<()> {
        json.each_member(|json, name| match name {
            b"content" => json.each_item(|json, place| {
                let block = self.block(place as u64, said.budget)?;
                block.start(json, said)
            }),
            name => self.read_field(name, json, said),
        })
    }

    fn read_field(&mut self, name: &[u8], json: &mut Json<'_>, said: &mut Said<'_>) -> Result<()> {
        match name {
            b"stop_reason" => said.finish(json)?,
            b"usage" => {
                said.reports_usage |= json.peek() == Some(b'{');
                // Counts are cumulative, and come in two events.
                return self.message.field(name, said.budget)?.merge(json, name, said.budget);
            }
            _ => {}
        }
        self.message.field(name, said.budget)?.set(json, said.budget)
    }
}

impl Block {
    /// Reads a block's first state, which is the whole of it in a whole message.
    fn start(&mut self, json: &mut Json<'_>, said: &mut Said<'_>) -> Result<()> {
        said.event.calls |= json.kind_of()? == "tool_use";
        self.read(json, said)
    }

    fn add(&mut self, json: &mut Json<'_>, said: &mut Said<'_>) -> Result<()> {
        said.event.calls |= self.fields.is(b"type", &["tool_use"]);
        json.each_member(|json, name| match name {
            b"type" => json.skip(),
            b"citation" => self.fields.field(b"citations", said.budget)?.push_value(json, said.budget),
            name => self.read_field(name, json, said),
        })
    }

    fn read(&mut self, json: &mut Json<'_>, said: &mut Said<'_>) -> Result<()> {
        json.each_member(|json, name| self.read_field(name, json, said))
    }

    fn read_field(&mut self, name: &[u8], json: &mut Json<'_>, said: &mut Said<'_>) -> Result<()> {
        match name {
            b"text" => said.text(json)?,
            b"thinking" => said.reasoning(json)?,
            b"partial_json" => return self.input.merge(json, name, said.budget),
            // A whole input is written as it is.
            b"input" => return self.fields.field(name, said.budget)?.set(json, said.budget),
            _ => {}
        }
        self.fields.field(name, said.budget)?.merge(json, name, said.budget)
    }

    fn write(&self, out: &mut Vec<u8>) {
        let input = self.input.text().unwrap_or_default();
        let is_whole = super::is_object(input.as_bytes());
        object(out, |out| {
            for (name, node) in self.fields.fields() {
                member(out, name, |out| match name {
                    b"input" if is_whole => out.extend_from_slice(input.as_bytes()),
                    _ => node.write(out),
                });
            }
            let broken = self.open && self.fields.is(b"type", &["tool_use"]);
            if !is_whole && (broken || !input.is_empty()) {
                // Broken off: no input is made up out of a part of it, and an empty one is not said to be all.
                let pieces = if input.is_empty() { br#""""#.to_vec() } else { json_of(&self.input) };
                member(out, b"partial_json", |out| out.extend_from_slice(&pieces));
            }
        });
    }
}
