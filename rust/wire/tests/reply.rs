//! Replies: golden vectors that every host reads, and properties held against a naive reader of whole streams.
#![allow(clippy::unwrap_used, clippy::panic)] // a test that fails here has failed

#[path = "reply/oracle.rs"]
mod oracle;
#[path = "reply/reading.rs"]
mod reading;

use proptest::prelude::*;
use reading::read;
use rheostat_wire::reply::{Event, Reader, surfaces};
use serde_json::{Value, json};

const GOLDEN: &str = include_str!("../../../tests/golden/reply.json");

/// The fields of an event that are not empty, as the golden file has them.
fn fields(event: &Event) -> Value {
    let number = |x: &f64| if x.is_nan() { Value::Null } else { json!(x) };
    let row = |row: &Vec<f64>| row.iter().map(number).collect::<Vec<_>>();
    let usage = event.usage.map(|u| json!([u.input, u.cached, u.written, u.output, u.reasoning]));
    let all = json!({
        "text": event.text,
        "reasoning": event.reasoning,
        "others": event.others,
        "logprobs": event.logprobs.as_ref().map(row),
        "top_logprobs": event.top_logprobs.as_ref().map(|rows| rows.iter().map(row).collect::<Vec<_>>()),
        "usage": usage,
        "finish_reason": event.finish_reason,
        "error": event.error,
        "calls": event.calls.then_some(true),
        "done": event.done.then_some(true),
    });
    without_nulls(&all)
}

fn whole(reader: &Reader) -> Value {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let all = json!({
        "text": some(reader.text()),
        "reasoning": some(reader.reasoning()),
        "calls": reader.calls(),
        "finish_reason": reader.finish_reason(),
        "error": reader.error(),
        "malformed": Some(reader.malformed()).filter(|n| *n > 0),
    });
    without_nulls(&all)
}

fn without_nulls(object: &Value) -> Value {
    let fields = object.as_object().unwrap().iter().filter(|(_, value)| !value.is_null());
    fields.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Numbers as doubles: the golden file is written by Python.
fn plain(value: &Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().unwrap().to_bits().into(),
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), plain(value))).collect(),
        other => other.clone(),
    }
}

#[test]
fn golden_vectors() {
    let cases: Vec<Value> = serde_json::from_str(GOLDEN).unwrap();
    for case in &cases {
        let (surface, stream) = (case["surface"].as_str().unwrap(), case["stream"].as_str().unwrap());
        for sizes in [vec![usize::MAX], vec![1], vec![7, 100]] {
            let (events, reader) = read(surface, stream.as_bytes(), &sizes);
            let mut ours = whole(&reader);
            ours["events"] = events.iter().map(fields).collect();
            ours["reply"] = serde_json::from_slice(&reader.reply()).unwrap();
            for name in ["name", "surface", "stream"] {
                ours[name] = case[name].clone();
            }
            assert_eq!(plain(&ours), plain(case), "{}", case["name"]);
        }
    }
}

#[test]
fn every_text_of_other_choices_is_read() {
    for (said, wanted) in [
        (
            r#""content":[{"type":"text","text":"B"},{"type":"thinking","thinking":[{"type":"text","text":"C"}]}]"#,
            "BC",
        ),
        (r#""content":"B\u00e9","refusal":"no""#, "Béno"),
        (r#""reasoning_content":"B","reasoning":"B""#, "B"),
        (r#""tool_calls":[{"index":0,"id":"1","function":{"name":"f","arguments":"{}"}}]"#, "f{}"),
        (r#""function_call":{"name":"f","arguments":"{}"}"#, "f{}"),
        (r#""role":"assistant","content":null,"audio":{"data":"AAAA"}"#, ""),
        (r#""content":[[[[[[[["B"]]]]]]]]"#, ""),
    ] {
        let body = format!(r#"data: {{"choices":[{{"index":1,"delta":{{{said}}}}}]}}"#);
        let (events, reader) = read("openai.chat", format!("{body}\n\n").as_bytes(), &[usize::MAX]);
        let others: String = events.iter().filter_map(|event| event.others.as_deref()).collect();
        assert_eq!((others.as_str(), reader.text()), (wanted, ""), "{said}");
    }
}

#[test]
fn every_surface_has_golden_vectors() {
    for surface in surfaces() {
        assert!(GOLDEN.contains(&format!("\"surface\": \"{surface}\"")), "{surface}");
    }
    let error = Reader::new("cohere.v9").unwrap_err().to_string();
    assert!(error.starts_with("unknown surface \"cohere.v9\"; known: openai.chat, "), "{error}");
}

/// A stream that says a text and a thought in pieces, in the form of a surface.
fn stream(surface: &str, thoughts: &[String], texts: &[String]) -> Vec<u8> {
    let mut events = Vec::new();
    match surface {
        "openai.responses" => {
            let place = |kind: &str, output: u8, delta: &str| json!({"type": kind, "output_index": output, "delta": delta});
            events
                .extend(thoughts.iter().map(|text| place("response.reasoning_summary_text.delta", 0, text)));
            events.extend(texts.iter().map(|text| place("response.output_text.delta", 1, text)));
        }
        "anthropic.messages" => {
            let start = |index: u8, block: Value| json!({"type": "content_block_start", "index": index, "content_block": block});
            let delta = |index: u8, delta: Value| json!({"type": "content_block_delta", "index": index, "delta": delta});
            let thought = |text| delta(0, json!({"type": "thinking_delta", "thinking": text}));
            let text = |text| delta(1, json!({"type": "text_delta", "text": text}));
            events.push(start(0, json!({"type": "thinking", "thinking": "", "signature": ""})));
            events.extend(thoughts.iter().map(thought));
            events.push(start(1, json!({"type": "text", "text": ""})));
            events.extend(texts.iter().map(text));
        }
        "gemini.generate" => {
            let part = |part: Value| json!({"candidates": [{"content": {"parts": [part], "role": "model"}}]});
            events.extend(thoughts.iter().map(|text| part(json!({"text": text, "thought": true}))));
            events.extend(texts.iter().map(|text| part(json!({"text": text}))));
        }
        "ollama.chat" => {
            let message = |message: Value| json!({"message": message, "done": false});
            events.extend(thoughts.iter().map(|text| message(json!({"content": "", "thinking": text}))));
            events.extend(texts.iter().map(|text| message(json!({"content": text}))));
        }
        "ollama.generate" => {
            events.extend(thoughts.iter().map(|text| json!({"response": "", "thinking": text})));
            events.extend(texts.iter().map(|text| json!({"response": text})));
        }
        "cohere.chat" => {
            let content = |index: u8, content: Value| json!({"type": "content-delta", "index": index, "delta": {"message": {"content": content}}});
            events.extend(thoughts.iter().map(|text| content(0, json!({"thinking": text}))));
            events.extend(texts.iter().map(|text| content(1, json!({"text": text}))));
        }
        "bedrock.converse" => {
            let delta = |index: u8, delta: Value| json!({"contentBlockDelta": {"delta": delta, "contentBlockIndex": index}});
            let thought = |text| delta(0, json!({"reasoningContent": {"text": text}}));
            events.extend(thoughts.iter().map(thought));
            events.extend(texts.iter().map(|text| delta(1, json!({"text": text}))));
        }
        _ => {
            let choice = |delta: Value| json!({"choices": [{"index": 0, "delta": delta}]});
            events.extend(thoughts.iter().map(|text| choice(json!({"reasoning_content": text}))));
            events.extend(texts.iter().map(|text| choice(json!({"content": text}))));
        }
    }
    let is_lines = surface.starts_with("ollama") || surface.starts_with("bedrock");
    let write = |event| if is_lines { format!("{event}\n") } else { format!("data: {event}\n\n") };
    events.iter().flat_map(|event| write(event).into_bytes()).collect()
}

/// The form of an event that may come again with another text.
fn repeated() -> impl Strategy<Value = String> {
    let head = prop::sample::select(vec![
        "",
        r#""id":"a","created":1,"#,
        r#""id":"b","#,
        r#""usage":null,"#,
        r#""usage":{"prompt_tokens":1,"completion_tokens":2},"#,
        r#""object":"error","#,
        r#""error":null,"#,
        r#""error":{"message":"no"},"#,
        r#""service_tier": "x" ,"#,
    ]);
    let delta = prop::sample::select(vec![
        "",
        r#""role":"assistant","#,
        r#""refusal":null,"#,
        r#""refusal":"no","#,
        r#""reasoning":"hm","#,
        r#""name":"n","#,
        r#""content":"twice","#,
        r#""tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{}"}}],"#,
    ]);
    let choice = prop::sample::select(vec![
        "",
        r#""index":0,"#,
        r#""index":1,"#,
        r#""finish_reason":null,"#,
        r#""finish_reason":"stop","#,
        r#""logprobs":null,"#,
        r#""logprobs":{"content":[{"logprob":-1,"top_logprobs":[]}]},"#,
        r#""text":"old","#,
    ]);
    let tail = prop::sample::select(vec![
        "",
        r#","obfuscation":"TEXT""#,
        r#","x":1"#,
        r#","choices":[]"#,
        r#","obfuscation":1"#,
    ]);
    let more = prop::sample::select(vec!["", "", r#",{"index":1,"delta":{"content":"b"}}"#]);
    let content =
        prop::sample::select(vec![r#""TEXT""#, r#""TEXT""#, "null", r#"[{"type":"text","text":"TEXT"}]"#]);
    let lines =
        prop::sample::select(vec![("data: ", "\n\n"), ("data:", "\r\n\r\n"), ("event: x\ndata: ", "\n\n")]);
    (head, delta, choice, tail, more, content, lines).prop_map(
        |(head, delta, choice, tail, more, content, (before, behind))| {
            let message = format!(r#""delta":{{{delta}"content":{content}}}"#);
            format!(r#"{before}{{{head}"choices":[{{{choice}{message}}}{more}]{tail}}}{behind}"#)
        },
    )
}

/// The inside of a JSON string.
fn text() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "",
        "a",
        "Four",
        "\\u00e4",
        "\\ud83d",
        "\\ude00",
        "\\\\",
        "\\\"content\\\":\\\"",
        "日本",
        " } ]",
    ])
    .prop_map(str::to_owned)
}

/// A part of a stored stream.
fn fragment() -> impl Strategy<Value = Vec<u8>> {
    let cases: Vec<Value> = serde_json::from_str(GOLDEN).unwrap();
    let streams: Vec<_> =
        cases.iter().map(|case| case["stream"].as_str().unwrap().as_bytes().to_vec()).collect();
    (prop::sample::select(streams), any::<prop::sample::Index>(), any::<prop::sample::Index>()).prop_map(
        |(stream, from, to)| {
            let (from, to) = (from.index(stream.len() + 1), to.index(stream.len() + 1));
            stream[from.min(to)..from.max(to)].to_vec()
        },
    )
}

proptest! {
    #[test]
    fn texts_come_through_on_every_surface(
        thoughts in prop::collection::vec("[ab \"\\\\\u{e9}]{0,4}", 0..4),
        texts in prop::collection::vec("[ab \"\\\\\u{1f600}]{0,4}", 0..4),
        sizes in prop::collection::vec(1_usize..60, 1..8),
        surface in prop::sample::select(surfaces().collect::<Vec<_>>()),
    ) {
        let (events, reader) = read(surface, &stream(surface, &thoughts, &texts), &sizes);
        prop_assert_eq!(reader.text(), texts.concat());
        prop_assert_eq!(reader.reasoning(), thoughts.concat());
        prop_assert_eq!(events.iter().filter_map(|event| event.text.clone()).collect::<String>(), texts.concat());
        // The reply that was put together is read again as a whole one.
        let (_, again) = read(surface, &reader.reply(), &[usize::MAX]);
        prop_assert_eq!((again.text(), again.reasoning()), (reader.text(), reader.reasoning()));
        prop_assert_eq!(again.malformed(), 0);
    }

    #[test]
    fn streams_are_read_as_a_naive_reader_does(
        events in prop::collection::vec(oracle::chat_event(), 0..12),
        sizes in prop::collection::vec(1_usize..60, 1..8),
    ) {
        let stream: Vec<u8> = events.concat();
        let (ours, reader) = read("openai.chat", &stream, &sizes);
        let naive = oracle::read(&stream);
        prop_assert_eq!(ours.iter().map(|event| event.raw.clone()).collect::<Vec<_>>(), naive.raws);
        prop_assert_eq!(reader.text(), naive.text);
        prop_assert_eq!(reader.reasoning(), naive.reasoning);
        prop_assert_eq!(reader.malformed(), naive.malformed);
        prop_assert_eq!(reader.finish_reason(), naive.finish_reason.as_deref());
        prop_assert_eq!(reader.calls(), naive.calls);
        prop_assert_eq!(ours.iter().filter(|event| event.done).count(), naive.done);
        let said = |part: fn(&Event) -> Option<&String>| ours.iter().filter_map(part).cloned().collect::<String>();
        prop_assert_eq!(said(|event| event.text.as_ref()), reader.text());
        prop_assert_eq!(said(|event| event.reasoning.as_ref()), reader.reasoning());
        let reply: Value = serde_json::from_slice(&reader.reply()).unwrap();
        let first = reply["choices"].as_array().unwrap().iter().find(|choice| choice["index"] == 0);
        let content = first.and_then(|choice| choice["message"]["content"].as_str());
        prop_assert_eq!(content.unwrap_or_default(), naive.content);
    }

    #[test]
    fn events_that_repeat_are_read_as_those_that_do_not(
        events in prop::collection::vec((repeated(), prop::collection::vec(text(), 1..4)), 1..5),
        sizes in prop::collection::vec(1_usize..200, 1..4),
    ) {
        let write = |(form, texts): &(String, Vec<String>), between: &str| {
            let events = texts.iter().map(|text| form.replace("TEXT", text) + between);
            events.collect::<String>()
        };
        let repeats: String = events.iter().map(|event| write(event, "")).collect();
        // A comment between two events makes each of them new.
        let new: String = events.iter().map(|event| write(event, ": new\n\n")).collect();
        let (one, other) = (read("openai.chat", repeats.as_bytes(), &sizes), read("openai.chat", new.as_bytes(), &sizes));
        let said = |events: &[Event]| {
            let events = events.iter().filter(|event| event.raw != b": new\n\n");
            events.map(|event| format!("{event:?}")).collect::<Vec<_>>()
        };
        prop_assert_eq!(said(&one.0), said(&other.0));
        prop_assert_eq!(one.1.reply(), other.1.reply());
        prop_assert_eq!(one.1.text(), other.1.text());
        prop_assert_eq!(one.1.calls(), other.1.calls());
    }

    #[test]
    fn any_bytes_are_survived_however_they_are_cut(
        pieces in prop::collection::vec(
            prop_oneof![
                prop::collection::vec(any::<u8>(), 0..20),
                oracle::chat_event(),
                fragment(),
                "[\\[\\]{}\",:\\\\ \n\r\tdataerrornul0-9]{0,20}".prop_map(String::into_bytes),
            ],
            0..8,
        ),
        sizes in prop::collection::vec(1_usize..40, 1..8),
        surface in prop::sample::select(surfaces().collect::<Vec<_>>()),
    ) {
        let stream = pieces.concat();
        let (events, reader) = read(surface, &stream, &sizes);
        let (at_once, other) = read(surface, &stream, &[usize::MAX]);
        // NaN is unlike itself, so the events are compared as they are shown.
        prop_assert_eq!(format!("{events:?}"), format!("{at_once:?}"));
        prop_assert_eq!(reader.reply(), other.reply());
        prop_assert!(serde_json::from_slice::<Value>(&reader.reply()).is_ok());
    }
}
