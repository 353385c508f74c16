//! Replies of one provider, written for the client of another: whole and as a stream, for each of the nine pairs of surfaces.
#![allow(clippy::unwrap_used)] // a test that fails here has failed

use proptest::prelude::*;
use rheostat::run::Ending::{self, Complete, Cut, Refused, ToolCalls};
use rheostat_wire::reply::Reader;
use rheostat_wire::rewrite::Surface::{self, AnthropicMessages, OpenAiChat, OpenAiResponses};
use rheostat_wire::translate::{SURFACES, Writer};
use serde_json::{Value, json};

/// A provider's reply: a text, calls with their arguments, and an end; none for a reply that breaks off.
#[derive(Debug, Clone, Default)]
struct Says {
    text: &'static str,
    calls: Vec<String>,
    end: Option<Ending>,
}

impl Says {
    fn calls(calls: &[&str], end: Option<Ending>) -> Self {
        Self { text: "So.", calls: calls.iter().map(ToString::to_string).collect(), end }
    }

    fn word(&self, surface: Surface) -> Option<&'static str> {
        Some(match (surface, self.end?) {
            (OpenAiChat, Complete) => "stop",
            (OpenAiChat, ToolCalls) => "tool_calls",
            (OpenAiChat, Refused) => "content_filter",
            (OpenAiChat, _) => "length",
            (AnthropicMessages, Complete) => "end_turn",
            (AnthropicMessages, ToolCalls) => "tool_use",
            (AnthropicMessages, Refused) => "refusal",
            (AnthropicMessages, _) => "max_tokens",
            (_, Complete | ToolCalls) => "completed",
            (_, Refused) => "content_filter",
            _ => "max_output_tokens",
        })
    }

    /// The reply as a stream of a surface. Arguments come in pieces.
    fn stream(&self, surface: Surface) -> Vec<u8> {
        match surface {
            OpenAiChat => self.chunks(),
            AnthropicMessages => self.blocks(),
            _ => self.items(),
        }
    }

    fn chunks(&self) -> Vec<u8> {
        let chunk = |delta: Value, reason: Option<&str>| json!({"id": "r1", "model": "m", "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]});
        let mut events = vec![chunk(json!({"role": "assistant", "content": self.text}), None)];
        for (index, arguments) in self.calls.iter().enumerate() {
            let function = json!({"name": format!("f{index}"), "arguments": ""});
            let call =
                json!({"index": index, "id": format!("c{index}"), "type": "function", "function": function});
            events.push(chunk(json!({"tool_calls": [call]}), None));
            for piece in pieces(arguments) {
                let call = json!({"index": index, "function": {"arguments": piece}});
                events.push(chunk(json!({"tool_calls": [call]}), None));
            }
        }
        let word = self.word(OpenAiChat);
        events.extend(word.map(|word| chunk(json!({}), Some(word))));
        let mut stream = sent(events);
        if word.is_some() {
            stream.extend_from_slice(b"data: [DONE]\n\n");
        }
        stream
    }

    fn blocks(&self) -> Vec<u8> {
        let message = json!({"type": "message", "id": "r1", "model": "m", "role": "assistant", "content": [], "stop_reason": null});
        let mut events = vec![
            json!({"type": "message_start", "message": message}),
            json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
            json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": self.text}}),
            json!({"type": "content_block_stop", "index": 0}),
        ];
        for (index, arguments) in self.calls.iter().enumerate() {
            let block = json!({"type": "tool_use", "id": format!("c{index}"), "name": format!("f{index}"), "input": {}});
            events.push(json!({"type": "content_block_start", "index": index + 1, "content_block": block}));
            for piece in pieces(arguments) {
                let delta = json!({"type": "input_json_delta", "partial_json": piece});
                events.push(json!({"type": "content_block_delta", "index": index + 1, "delta": delta}));
            }
            events.push(json!({"type": "content_block_stop", "index": index + 1}));
        }
        if let Some(word) = self.word(AnthropicMessages) {
            events.push(json!({"type": "message_delta", "delta": {"stop_reason": word}}));
            events.push(json!({"type": "message_stop"}));
        }
        sent(events)
    }

    fn items(&self) -> Vec<u8> {
        let response =
            |status: &str| json!({"id": "r1", "object": "response", "model": "m", "status": status});
        let mut events = vec![
            json!({"type": "response.created", "response": response("in_progress")}),
            json!({"type": "response.output_item.added", "output_index": 0, "item": {"type": "message", "role": "assistant"}}),
            json!({"type": "response.output_text.delta", "output_index": 0, "content_index": 0, "delta": self.text}),
        ];
        for (index, arguments) in self.calls.iter().enumerate() {
            let item = json!({"type": "function_call", "id": format!("fc{index}"), "call_id": format!("c{index}"), "name": format!("f{index}"), "arguments": ""});
            events
                .push(json!({"type": "response.output_item.added", "output_index": index + 1, "item": item}));
            for piece in pieces(arguments) {
                events.push(json!({"type": "response.function_call_arguments.delta", "output_index": index + 1, "delta": piece}));
            }
        }
        match self.word(OpenAiResponses) {
            Some("completed") => {
                events.push(json!({"type": "response.completed", "response": response("completed")}));
            }
            Some(reason) => {
                let mut response = response("incomplete");
                response["incomplete_details"] = json!({"reason": reason});
                events.push(json!({"type": "response.incomplete", "response": response}));
            }
            None => {}
        }
        sent(events)
    }

    /// The reply as one document of a surface.
    fn document(&self, surface: Surface) -> Vec<u8> {
        let mut reader = Reader::new(surface.as_str()).unwrap();
        reader.feed(&self.stream(surface)).unwrap();
        reader.reply()
    }
}

/// A text in two pieces.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let middle = (text.len() / 2..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let (first, second) = text.split_at(middle);
    [first, second].into_iter().filter(|piece| !piece.is_empty())
}

fn sent(events: Vec<Value>) -> Vec<u8> {
    events.iter().flat_map(|event| format!("data: {event}\n\n").into_bytes()).collect()
}

/// A reply, translated: whole, and as a stream.
fn translated(bytes: &[u8], from: Surface, to: Surface) -> (Vec<u8>, Vec<u8>) {
    let (mut reader, mut writer) = (Reader::new(from.as_str()).unwrap(), Writer::new(to, 0, true));
    let mut out = Vec::new();
    for event in reader.feed(bytes).unwrap() {
        writer.event(&event, &reader, &mut out);
    }
    for event in reader.end().unwrap() {
        writer.event(&event, &reader, &mut out);
    }
    // As a host does: a reply that breaks off is not ended.
    if reader.ending().is_some() {
        writer.end(&reader, &mut out);
    }
    (writer.whole(&reader), out)
}

/// A reply as its client reads it: the text, the calls, and the end.
type Seen = (String, Option<Value>, Option<Ending>);

fn seen(bytes: &[u8], surface: Surface) -> Seen {
    let mut reader = Reader::new(surface.as_str()).unwrap();
    reader.feed(bytes).unwrap();
    reader.end().unwrap();
    assert_eq!(reader.malformed(), 0, "{}", String::from_utf8_lossy(bytes));
    let calls = reader.calls().map(|calls| serde_json::from_str(&calls).unwrap());
    // A response is completed, be it with calls or without.
    let ending = reader.ending();
    let calls_are_the_end = surface == OpenAiResponses && calls.is_some() && ending == Some(Complete);
    (reader.text().to_owned(), calls, if calls_are_the_end { Some(ToolCalls) } else { ending })
}

/// Translates streams and documents over all pairs. A stream that breaks off has no end; its best reply so far is cut.
fn check(says: &Says, calls: &[(&str, Value)], end: Option<Ending>) {
    let calls: Vec<Value> =
        calls.iter().map(|(name, input)| json!({"name": name, "arguments": input})).collect();
    let calls = (!calls.is_empty()).then_some(Value::Array(calls));
    for from in SURFACES {
        for to in SURFACES {
            let what = format!("{from:?} to {to:?}: {says:?}");
            let (whole, stream) = translated(&says.stream(from), from, to);
            assert!(serde_json::from_slice::<Value>(&whole).is_ok(), "{what}");
            let wanted = (says.text.to_owned(), calls.clone(), end.or(Some(Cut)));
            assert_eq!(seen(&whole, to), wanted, "{what}, whole");
            if end.is_some() {
                assert_eq!(seen(&stream, to), wanted, "{what}, streamed");
                let (whole, stream) = translated(&says.document(from), from, to);
                assert_eq!(seen(&whole, to), wanted, "{what}, of a document");
                assert_eq!(seen(&stream, to), wanted, "{what}, of a document, streamed");
            } else {
                assert_eq!(seen(&stream, to), (says.text.to_owned(), None, None), "{what}, streamed");
            }
        }
    }
}

/// Arguments that are no JSON object, or have more to come.
const BROKEN: [&str; 7] = [
    r#"{"days": 3"#,
    r#"{"city": "Par"#,
    "{",
    "[1]",
    "7",
    r#"{"a": 1} {"b": 2}"#,
    r#"{"a": 1}],"stop_reason":"end_turn","content":[{"b": 2}"#,
];

#[test]
fn a_call_that_was_cut_is_no_call() {
    for arguments in BROKEN.into_iter().chain([""]) {
        for end in [Some(Cut), Some(Refused), None] {
            check(&Says::calls(&[arguments], end), &[], end);
        }
    }
}

#[test]
fn calls_before_a_cut_one_are_whole_but_the_reply_is_not() {
    for last in BROKEN.into_iter().chain([""]) {
        for end in [Some(Cut), Some(Refused), None] {
            let says = Says::calls(&[r#"{"n":1}"#, "", last], end);
            check(&says, &[("f0", json!({"n": 1})), ("f1", json!({}))], end);
        }
    }
}

#[test]
fn a_reply_with_a_call_that_cannot_be_read_is_cut() {
    for arguments in BROKEN {
        for end in [Some(Complete), Some(ToolCalls)] {
            check(&Says::calls(&[arguments], end), &[], Some(Cut));
            let says = Says::calls(&[r#"{"n":1}"#, arguments], end);
            check(&says, &[("f0", json!({"n": 1}))], Some(Cut));
        }
    }
}

#[test]
fn whole_calls_come_through_and_end_a_reply_that_is_over() {
    let calls = [r#"{"city":"Par\"is","n":[1,{"a":null}]}"#, "", "{}"];
    let wanted =
        [("f0", json!({"city": "Par\"is", "n": [1, {"a": null}]})), ("f1", json!({})), ("f2", json!({}))];
    for end in [Complete, ToolCalls] {
        check(&Says::calls(&calls, Some(end)), &wanted, Some(ToolCalls));
    }
    // All arguments are there: what was cut, or refused, came behind them.
    for end in [Cut, Refused] {
        check(&Says::calls(&calls[..1], Some(end)), &wanted[..1], Some(end));
    }
    check(&Says::calls(&[], Some(ToolCalls)), &[], Some(Complete));
    for end in [Complete, Cut, Refused] {
        check(&Says::calls(&[], Some(end)), &[], Some(end));
    }
    check(&Says::calls(&[], None), &[], None);
}

#[test]
fn a_mark_of_the_end_without_a_word_for_it_is_an_end() {
    let chunk = |delta: Value| sent(vec![json!({"id": "r1", "choices": [{"index": 0, "delta": delta}]})]);
    let call = json!({"tool_calls": [{"index": 0, "id": "c", "function": {"name": "f", "arguments": "{}"}}]});
    for (delta, end) in [(json!({"content": "So."}), Complete), (call, ToolCalls)] {
        let stream = [chunk(delta), b"data: [DONE]\n\n".to_vec()].concat();
        let mut native = Reader::new("openai.chat").unwrap();
        native.feed(&stream).unwrap();
        assert_eq!(seen(&native.whole(), OpenAiChat).2, Some(end));
        for to in SURFACES {
            let (whole, streamed) = translated(&stream, OpenAiChat, to);
            assert_eq!(seen(&whole, to).2, Some(end), "{to:?}");
            assert_eq!(seen(&streamed, to).2, Some(end), "{to:?}");
        }
    }
    let stop = r#"{"type":"message_stop"}"#;
    let events = String::from_utf8(Says::calls(&[], None).stream(AnthropicMessages)).unwrap();
    let stopped = format!("{events}data: {stop}\n\n");
    for to in SURFACES {
        let (whole, streamed) = translated(stopped.as_bytes(), AnthropicMessages, to);
        assert_eq!((seen(&whole, to).2, seen(&streamed, to).2), (Some(Complete), Some(Complete)), "{to:?}");
        // A mark alone ends nothing.
        assert_eq!(translated(b"data: [DONE]\n\n", OpenAiChat, to).1, translated(b"", OpenAiChat, to).1);
    }
}

#[test]
fn contents_in_parts_and_arguments_that_are_objects_are_read() {
    let thinking = json!({"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]});
    let content = json!([thinking, {"type": "text", "text": "So"}, {"type": "text", "text": "."}]);
    let call = json!({"id": "c0", "type": "function", "function": {"name": "f0", "arguments": {"n": 1}}});
    for name in ["delta", "message"] {
        let choice = json!({"index": 0, name: {"content": content, "tool_calls": [call]}, "finish_reason": "tool_calls"});
        let event = json!({"id": "r1", "model": "m", "choices": [choice]});
        let bytes = if name == "delta" { sent(vec![event]) } else { event.to_string().into_bytes() };
        for to in SURFACES {
            let wanted =
                ("So.".to_owned(), Some(json!([{"name": "f0", "arguments": {"n": 1}}])), Some(ToolCalls));
            let (whole, stream) = translated(&bytes, OpenAiChat, to);
            assert_eq!(seen(&whole, to), wanted, "{name} to {to:?}");
            assert_eq!(seen(&stream, to), wanted, "{name} to {to:?}, streamed");
        }
        let (whole, stream) = translated(&bytes, OpenAiChat, OpenAiResponses);
        let whole: Value = serde_json::from_slice(&whole).unwrap();
        let stream = String::from_utf8(stream).unwrap();
        let last = stream.lines().rev().find_map(|line| line.strip_prefix("data: ")).unwrap();
        let last: Value = serde_json::from_str(last).unwrap();
        assert_eq!(last["response"]["output"], whole["output"]);
        let done = stream.split("\n\n").find(|event| event.contains("response.output_text.done")).unwrap();
        assert!(done.contains(r#""text":"So.""#), "{done}");
    }
}

#[test]
fn a_refusal_is_told_from_a_text_where_the_surface_can() {
    let chat = json!({"id": "r1", "choices": [{"index": 0, "message": {"content": null, "refusal": "No."}, "finish_reason": "stop"}]});
    let part = json!({"type": "refusal", "refusal": "No."});
    let item = json!({"type": "message", "role": "assistant", "content": [part]});
    let response = json!({"id": "r1", "object": "response", "status": "completed", "output": [item]});
    for (from, body) in [(OpenAiChat, chat), (OpenAiResponses, response)] {
        for to in SURFACES {
            let (whole, stream) = translated(body.to_string().as_bytes(), from, to);
            assert_eq!(seen(&whole, to).0, "No.");
            assert_eq!(seen(&stream, to).0, "No.");
            let whole: Value = serde_json::from_slice(&whole).unwrap();
            match to {
                OpenAiChat => assert_eq!(whole["choices"][0]["message"]["refusal"], "No."),
                OpenAiResponses => assert_eq!(whole["output"][0]["content"], json!([part])),
                _ => assert_eq!(whole["content"], json!([{"type": "text", "text": "No."}])),
            }
        }
    }
}

#[test]
fn calls_without_an_id_get_one_each() {
    let call = |name: &str| json!({"function": {"name": name, "arguments": "{}"}});
    let message = json!({"tool_calls": [call("f"), call("g")]});
    let body = json!({"id": "r1", "choices": [{"message": message, "finish_reason": "tool_calls"}]});
    let (whole, _) = translated(body.to_string().as_bytes(), OpenAiChat, AnthropicMessages);
    let whole: Value = serde_json::from_slice(&whole).unwrap();
    let ids: Vec<_> = [0, 1].map(|at| whole["content"][at]["id"].as_str().unwrap()).into();
    assert_eq!(ids, ["call_r1_1", "call_r1_2"]);
}

proptest! {
    #[test]
    fn no_call_gets_other_arguments_than_came(
        arguments in prop::collection::vec("[{}\\[\\]\",:a1 \\\\]{0,12}", 0..3),
        end in prop::sample::select(vec![Some(Complete), Some(ToolCalls), Some(Cut), Some(Refused), None]),
        from in 0..3_usize,
        to in 0..3_usize,
    ) {
        let says = Says { text: "So.", calls: arguments, end };
        let (whole, _) = translated(&says.stream(SURFACES[from]), SURFACES[from], SURFACES[to]);
        prop_assert!(serde_json::from_slice::<Value>(&whole).is_ok());
        let (text, calls, _) = seen(&whole, SURFACES[to]);
        prop_assert_eq!(text, "So.");
        for call in calls.iter().flat_map(|calls| calls.as_array().unwrap()) {
            let place: usize = call["name"].as_str().unwrap()[1..].parse().unwrap();
            let came = &says.calls[place];
            let came = if came.trim().is_empty() { json!({}) } else { serde_json::from_str(came).unwrap() };
            prop_assert_eq!(&call["arguments"], &came);
        }
    }
}
