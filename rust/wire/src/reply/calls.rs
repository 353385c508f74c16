//! Tool calls that come in pieces, and their canonical form.

use super::tree::{Budget, NODE, Node, Object};
use super::walk::Walk;
use crate::write::{list, member, object, quoted};
use rheostat::Result;
use rheostat::json::Json;
use serde_json::Value;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// A tool call as far as it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    /// Its id; empty if the provider gives none.
    pub(crate) id: String,
    pub(crate) name: String,
    /// The arguments as they were written: a JSON object, if they are whole.
    pub(crate) arguments: String,
}

/// The tool calls of one message, in pieces by index. The second number counts calls of one index.
#[derive(Debug, Default)]
pub(super) struct Pieces(BTreeMap<(u64, u64), Object>);

/// The fields of a piece that show which call it belongs to.
#[derive(Default)]
struct Address {
    index: Option<u64>,
    id: Option<String>,
    named: bool,
}

impl Pieces {
    /// Adds the pieces in the array here.
    pub(super) fn merge(&mut self, json: &mut Json<'_>, budget: &mut Budget) -> Result<()> {
        json.each_item(|json, _| {
            if json.peek() != Some(b'{') {
                return json.skip();
            }
            let address = json.ahead(Address::read)?;
            let call = match self.0.entry(self.place(&address)) {
                Entry::Occupied(call) => call.into_mut(),
                Entry::Vacant(place) => {
                    budget.take(NODE)?;
                    place.insert(Object::default())
                }
            };
            json.each_member(|json, name| match name {
                b"index" => json.skip(),
                name => call.field(name, budget)?.merge(json, name, budget),
            })
        })
    }

    /// The place of the call that a piece belongs to. Gemini behind OpenAI's format gives each call the index 0, and Ollama gives none:
    /// another id with a name begins another call. A name or an id is not enough, since some servers repeat the one, and some make up
    /// another id for each piece.
    fn place(&self, piece: &Address) -> (u64, u64) {
        let last = match piece.index {
            Some(index) => self.0.range((index, 0)..=(index, u64::MAX)).next_back(),
            None => self.0.last_key_value(),
        };
        let Some((&(index, turn), call)) = last else { return (piece.index.unwrap_or(0), 0) };
        let old = call.get(b"id").and_then(Node::text);
        let is_other = piece.named
            && (piece.id.is_none() && piece.index.is_none() || piece.id.is_some() && piece.id != old);
        if is_other && piece.index.is_none() {
            return (index.saturating_add(1), 0);
        }
        (index, turn + u64::from(is_other && old.is_some()))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        list(out, self.0.values(), |out, call| call.write(out));
    }

    pub(super) fn all(&self) -> impl Iterator<Item = Call> {
        self.0.values().map(Call::of)
    }
}

impl Address {
    fn read(json: &mut Json<'_>) -> Result<Self> {
        let mut address = Self::default();
        json.each_member(|json, name| {
            match name {
                b"index" => address.index = json.count()?,
                b"id" => address.id = json.word()?,
                b"function" | b"custom" => json.each_member(|json, name| {
                    address.named |= name == b"name" && json.ahead(Json::word)?.is_some();
                    json.skip()
                })?,
                _ => json.skip()?,
            }
            Ok(())
        })?;
        Ok(address)
    }
}

impl Call {
    /// Reads a call in OpenAI's form: a function with arguments, or a custom tool with its input.
    pub(super) fn of(call: &Object) -> Self {
        let inner = [b"function".as_slice(), b"custom"].into_iter().find_map(|name| match call.get(name) {
            Some(Node::Object(inner)) => Some(inner),
            _ => None,
        });
        let inner = inner.unwrap_or(call);
        let text = |name: &[u8]| match inner.get(name)? {
            node if node.is_empty() => None,
            // Arguments that are an object already, as Ollama writes them.
            node => node.text().or_else(|| Some(String::from_utf8_lossy(&json_of(node)).into_owned())),
        };
        // In responses `id` names the item, and `call_id` the call.
        let id = [b"call_id".as_slice(), b"id"].into_iter().find_map(|name| call.get(name)?.text());
        let arguments = text(b"arguments").or_else(|| text(b"input"));
        Self {
            id: id.unwrap_or_default(),
            name: text(b"name").unwrap_or_default(),
            arguments: arguments.unwrap_or_default(),
        }
    }
}

pub(super) fn json_of(node: &Node) -> Vec<u8> {
    let mut out = Vec::new();
    node.write(&mut out);
    out
}

/// Calls as canonical JSON: in their order, without ids; arguments with sorted names if they are JSON, and as a text if not. None
/// without a call.
pub(super) fn canonical(calls: Vec<Call>) -> Option<String> {
    if calls.is_empty() {
        return None;
    }
    let mut out = Vec::new();
    list(&mut out, calls, |out, Call { name, arguments, .. }| {
        object(out, |out| {
            member(out, b"name", |out| quoted(out, &name));
            member(out, b"arguments", |out| match serde_json::from_str::<Value>(&arguments) {
                // A call without arguments is written both ways.
                _ if arguments.trim().is_empty() => out.extend_from_slice(b"{}"),
                Ok(value) => out.extend_from_slice(value.to_string().as_bytes()),
                Err(_) => quoted(out, &arguments),
            });
        });
    });
    Some(String::from_utf8_lossy(&out).into_owned())
}
