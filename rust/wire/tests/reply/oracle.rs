//! A naive reader of a whole stream of chat completions: it splits at empty lines, and parses every event into a tree.

use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Default)]
pub(crate) struct Naive {
    pub(crate) raws: Vec<Vec<u8>>,
    pub(crate) text: String,
    pub(crate) reasoning: String,
    /// The content of the first choice's message.
    pub(crate) content: String,
    pub(crate) calls: Option<String>,
    pub(crate) finish_reason: Option<String>,
    pub(crate) malformed: u64,
    pub(crate) done: usize,
}

/// Splits a stream of lines behind each empty line.
fn split(stream: &[u8]) -> Vec<Vec<u8>> {
    let (mut events, mut event, mut line, mut at) = (Vec::new(), Vec::new(), 0, 0);
    while let Some(byte) = stream.get(at) {
        let end = match (byte, stream.get(at + 1)) {
            (b'\r', Some(b'\n')) => 2,
            (b'\r' | b'\n', _) => 1,
            _ => 0,
        };
        event.extend_from_slice(&stream[at..at + end.max(1)]);
        line = if end == 0 { line + 1 } else { line };
        if end > 0 && line == 0 {
            events.push(std::mem::take(&mut event));
        }
        line = if end > 0 { 0 } else { line };
        at += end.max(1);
    }
    events.extend((!event.is_empty()).then_some(event));
    events
}

pub(crate) fn read(stream: &[u8]) -> Naive {
    let mut naive = Naive { raws: split(stream), ..Naive::default() };
    let mut calls: BTreeMap<u64, (String, String)> = BTreeMap::new();
    let mut over = false;
    for raw in naive.raws.clone() {
        let text = String::from_utf8(raw).unwrap().replace("\r\n", "\n").replace('\r', "\n");
        let data = text.lines().filter_map(|line| line.strip_prefix("data:"));
        let data = data.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n");
        match data.trim() {
            "" => continue,
            "[DONE]" => {
                naive.done += 1;
                let said = !(naive.text.is_empty() && naive.reasoning.is_empty() && calls.is_empty());
                over |= said || naive.finish_reason.is_some();
                continue;
            }
            _ => {}
        }
        let Ok(chunk @ Value::Object(_)) = serde_json::from_str::<Value>(&data) else {
            naive.malformed += 1;
            continue;
        };
        // Behind the end nothing is said.
        if over {
            continue;
        }
        for choice in chunk["choices"].as_array().into_iter().flatten() {
            if choice["index"] != 0 {
                continue;
            }
            let delta = &choice["delta"];
            naive.text += delta["content"].as_str().unwrap_or_default();
            naive.content += delta["content"].as_str().unwrap_or_default();
            naive.text += delta["refusal"].as_str().unwrap_or_default();
            naive.reasoning += delta["reasoning_content"].as_str().unwrap_or_default();
            if let Some(reason) = choice["finish_reason"].as_str() {
                naive.finish_reason = Some(reason.to_owned());
            }
            for piece in delta["tool_calls"].as_array().into_iter().flatten() {
                let call = calls.entry(piece["index"].as_u64().unwrap()).or_default();
                call.0 += piece["function"]["name"].as_str().unwrap_or_default();
                call.1 += piece["function"]["arguments"].as_str().unwrap_or_default();
            }
        }
    }
    let canonical = |(name, arguments): &(String, String)| match serde_json::from_str::<Value>(arguments) {
        _ if arguments.trim().is_empty() => json!({"name": name, "arguments": {}}),
        Ok(value) => json!({"name": name, "arguments": value}),
        Err(_) => json!({"name": name, "arguments": arguments}),
    };
    // The tree sorts names, and the canonical form has the name first.
    let shown = |call| {
        let call = canonical(call);
        format!("{{\"name\":{},\"arguments\":{}}}", call["name"], call["arguments"])
    };
    let named: Vec<String> = calls.values().map(shown).collect();
    naive.calls = (!named.is_empty()).then(|| format!("[{}]", named.join(",")));
    naive
}

/// One event of a stream, with line ends and fields of all kinds.
pub(crate) fn chat_event() -> impl Strategy<Value = Vec<u8>> {
    let data = prop_oneof![
        8 => chunk().prop_map(|chunk| chunk.to_string()),
        1 => Just("[DONE]".to_owned()),
        1 => "[a-z{}\\[\\]\":, é]{0,12}",
    ];
    let field = prop::sample::select(vec!["", ": ping", "event: x", "id: 1", "retry: 5", "data", "nonsense"]);
    let line_end = prop::sample::select(vec!["\n", "\r\n", "\r"]);
    let space = prop::sample::select(vec!["", " "]);
    (data, field, line_end, space, any::<bool>()).prop_map(|(data, field, end, space, pretty)| {
        let mut event = String::new();
        if !field.is_empty() {
            event += &[field, end].concat();
        }
        // A document may stand in several lines.
        let data = match serde_json::from_str::<Value>(&data) {
            Ok(value) if pretty => serde_json::to_string_pretty(&value).unwrap(),
            _ => data,
        };
        for line in data.split('\n') {
            event += &["data:", space, line, end].concat();
        }
        (event + end).into_bytes()
    })
}

fn chunk() -> impl Strategy<Value = Value> {
    let text =
        prop_oneof![Just(Value::Null), "[a-c \"\\\\\n\u{e9}\u{1f600}\u{0}]{0,6}".prop_map(Value::from)];
    let delta = (text.clone(), text.clone(), prop::option::of(text), prop::option::of(piece()));
    let delta = delta.prop_map(|(content, reasoning, refusal, piece)| {
        let mut delta = json!({"content": content, "reasoning_content": reasoning});
        if let Some(refusal) = refusal {
            delta["refusal"] = refusal;
        }
        if let Some(piece) = piece {
            delta["tool_calls"] = json!([piece]);
        }
        delta
    });
    let finish = prop::option::weighted(0.2, prop::sample::select(vec!["stop", "length"]));
    let choice = (0..2, delta, finish);
    let choice = choice
        .prop_map(|(index, delta, finish)| json!({"delta": delta, "index": index, "finish_reason": finish}));
    (prop::collection::vec(choice, 0..3), any::<Option<u8>>())
        .prop_map(|(choices, created)| json!({"id": "c", "created": created, "choices": choices}))
}

/// A piece of a tool call; a name comes with the piece that begins it alone.
fn piece() -> impl Strategy<Value = Value> {
    let arguments = prop::sample::select(vec!["", "{", "\"b\": 1", "\"a\": \"é\"", ", ", "}", "{}"]);
    (0..3, arguments)
        .prop_map(|(index, arguments)| json!({"index": index, "function": {"arguments": arguments}}))
}
