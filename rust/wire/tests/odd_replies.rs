//! Replies of an odd form: too large, of wrong types, or going on behind their end.
#![allow(clippy::unwrap_used, clippy::panic)] // a test that fails here has failed

#[path = "reply/reading.rs"]
mod reading;

use reading::read;
use rheostat_wire::reply::Reader;
use serde_json::{Value, json};

#[test]
fn sizes_are_bounded() {
    let event = |length: usize| [b"data: ", " ".repeat(length - 8).as_bytes(), b"\n\n"].concat();
    let most = 16 << 20;
    let mut reader = Reader::new("openai.chat").unwrap();
    assert_eq!(reader.feed(&event(most)).unwrap().len(), 1);
    for piece in [2 * most, 1 << 22] {
        let mut reader = Reader::new("openai.chat").unwrap();
        let error = event(most + 1).chunks(piece).try_for_each(|piece| reader.feed(piece).map(drop));
        let error = error.unwrap_err().to_string();
        assert_eq!(error, "event of a reply must be at most 16777216 bytes, got 16777217 bytes");
    }
    let mut reader = Reader::new("openai.chat").unwrap();
    assert!(reader.feed(&[br#"{"a": ""#.as_slice(), &vec![b'x'; most]].concat()).unwrap().is_empty());
    let error = reader.feed(&vec![b'x'; 3 * most + 1]).unwrap_err().to_string();
    assert!(error.starts_with("reply must be at most 67108864 bytes, got "), "{error}");

    let text = "x".repeat(1 << 20);
    let event = format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n");
    let mut reader = Reader::new("openai.chat").unwrap();
    let error = (0..65).try_for_each(|_| reader.feed(event.as_bytes()).map(drop)).unwrap_err().to_string();
    assert!(error.starts_with("reply must be at most 67108864 bytes, got "), "{error}");
}

/// A whole reply is given back as it came; bytes that are no UTF-8 are read as U+FFFD, and so they are given back.
#[test]
fn a_whole_reply_with_bytes_that_are_no_text_is_json() {
    for name in rheostat_wire::reply::surfaces() {
        let mut reader = Reader::new(name).unwrap();
        reader.feed(b"{\"a\xBD\xFF\": \"\xCF\"}").unwrap();
        reader.end().unwrap();
        let reply: Value = serde_json::from_slice(&reader.reply()).unwrap();
        assert_eq!(reply, json!({"a\u{FFFD}\u{FFFD}": "\u{FFFD}"}), "{name}");
    }
}

#[test]
fn values_cost_what_they_take() {
    // Small values in great numbers take more memory than their text.
    let many = |field: &str| {
        let fields = (0..200_000).map(|i| format!("\"{i}\":{field}")).collect::<Vec<_>>().join(",");
        format!("data: {{\"choices\":[{{\"delta\":{{{fields}}}}}]}}\n\n")
    };
    let mut reader = Reader::new("openai.chat").unwrap();
    assert!(reader.feed(many("1").as_bytes()).is_ok());
    assert!(reader.feed(many("2").as_bytes()).is_ok(), "fields that are there cost nothing again");
    let error = reader.feed(many("{\"x\":1,\"y\":{}}").as_bytes()).unwrap_err().to_string();
    assert!(error.starts_with("reply must be at most 67108864 bytes, got "), "{error}");
}

#[test]
fn behind_the_last_event_only_usage_counts() {
    let done = "data: [DONE]\n\n";
    let chat = |rest: &str| format!("data: {{\"choices\":[{{\"index\":0,{rest}}}]}}\n\n");
    let said = chat(r#""delta":{"content":"A"}"#);
    for late in [
        chat(r#""delta":{"content":"B","refusal":"B","reasoning_content":"B"},"finish_reason":"length""#),
        chat(r#""delta":{"tool_calls":[{"index":0,"id":"1","function":{"name":"f","arguments":"{}"}}]}"#),
        "data: {\"error\":{\"message\":\"late\"}}\n\n".to_owned(),
        "event: error\ndata: {\"message\":\"late\"}\n\n".to_owned(),
        "event: error\ndata: late\n\n".to_owned(),
        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}\n\n".to_owned(),
        done.to_owned(),
    ] {
        let (_, alone) = read("openai.chat", format!("{said}{done}").as_bytes(), &[usize::MAX]);
        let (events, reader) = read("openai.chat", format!("{said}{done}{late}").as_bytes(), &[usize::MAX]);
        assert_eq!((reader.reply(), reader.text(), reader.error()), (alone.reply(), "A", None), "{late}");
        assert_eq!((reader.finish_reason(), reader.calls()), (None, None), "{late}");
        let usage = events[2].usage.map(|usage| (usage.input, usage.output));
        assert_eq!(usage, late.contains("usage").then_some((Some(3), Some(2))), "{late}");
    }
    // A mark of the end alone ends nothing.
    let (_, reader) = read("openai.chat", format!("{done}{said}{done}").as_bytes(), &[usize::MAX]);
    assert_eq!(reader.text(), "A");

    let line = |event: &str| format!("data: {event}\n\n");
    for (surface, said, last, late) in [
        (
            "openai.responses",
            line(r#"{"type":"response.output_text.delta","output_index":0,"delta":"A"}"#),
            line(r#"{"type":"response.completed","response":{"status":"completed"}}"#),
            line(r#"{"type":"response.output_text.delta","output_index":0,"delta":"B"}"#)
                + &line(r#"{"type":"response.failed","response":{"status":"failed","error":{"message":"x"}}}"#)
                + &line(r#"{"type":"response.done","response":{"usage":{"input_tokens":3,"output_tokens":2}}}"#),
        ),
        (
            "anthropic.messages",
            line(r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"A"}}"#),
            line(r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"}}"#) + &line(r#"{"type":"message_stop"}"#),
            line(r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"B"}}"#)
                + &line(r#"{"type":"error","error":{"type":"overloaded_error","message":"x"}}"#)
                + &line(r#"{"type":"message_delta","delta":{"stop_reason":"max_tokens"},"usage":{"input_tokens":3,"output_tokens":2}}"#),
        ),
        (
            "ollama.chat",
            "{\"message\":{\"content\":\"A\"},\"done\":false}\n".to_owned(),
            "{\"message\":{\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\"}\n".to_owned(),
            "{\"message\":{\"content\":\"B\"},\"done\":true,\"done_reason\":\"length\",\"prompt_eval_count\":3,\"eval_count\":2}\n".to_owned(),
        ),
        (
            "cohere.chat",
            line(r#"{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"A"}}}}"#),
            line(r#"{"type":"message-end","delta":{"finish_reason":"COMPLETE"}}"#),
            line(r#"{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"B"}}}}"#)
                + &line(r#"{"type":"message-end","delta":{"finish_reason":"MAX_TOKENS","usage":{"tokens":{"input_tokens":3,"output_tokens":2}}}}"#),
        ),
    ] {
        let (_, alone) = read(surface, format!("{said}{last}").as_bytes(), &[usize::MAX]);
        let (events, reader) = read(surface, format!("{said}{last}{late}").as_bytes(), &[usize::MAX]);
        assert_eq!((reader.text(), reader.error()), ("A", None), "{surface}");
        assert_eq!((reader.reply(), reader.finish_reason()), (alone.reply(), alone.finish_reason()), "{surface}");
        let usage = events.last().unwrap().usage.map(|usage| (usage.input, usage.output));
        assert_eq!(usage, Some((Some(3), Some(2))), "{surface}");
    }
}

#[test]
fn a_delta_of_a_wrong_type_loses_nothing() {
    let chunk = |field: &str, value: &str| {
        format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"{field}\":{value}}}}}]}}\n\n")
    };
    for field in ["content", "refusal", "reasoning_content", "reasoning"] {
        for odd in ["5", "-0.5", "true", "false", "null", "{}", "{\"x\":1}", "[]", "[1]", "\"\""] {
            let texts = [chunk(field, "\"A\""), chunk(field, odd), chunk(field, "\"B\"")].concat();
            let (_, reader) = read("openai.chat", texts.as_bytes(), &[usize::MAX]);
            let reply: Value = serde_json::from_slice(&reader.reply()).unwrap();
            let text = [reader.text(), reader.reasoning()].concat();
            let kept = reply["choices"][0]["message"][field].to_string();
            assert_eq!(text, "AB", "{field} {odd}");
            assert!(kept.contains('A') && kept.contains('B'), "{field} {odd}: {kept}");
        }
    }
    for odd in ["5", "true", "{}", "[]", "null"] {
        let call = |arguments: &str| {
            let call =
                format!(r#"[{{"index":0,"id":"1","function":{{"name":"f","arguments":{arguments}}}}}]"#);
            chunk("tool_calls", &call)
        };
        let pieces = [call(r#""{\"a\":""#), call(odd), call("\"1}\"")].concat();
        let (_, reader) = read("openai.chat", pieces.as_bytes(), &[usize::MAX]);
        assert_eq!(reader.calls().unwrap(), r#"[{"name":"f","arguments":{"a":1}}]"#, "{odd}");
    }
    let rows = [
        r#"data: {"choices":[{"logprobs":{"content":[{"logprob":-1}]}}]}"#,
        r#"data: {"choices":[{"logprobs":{"content":5}}]}"#,
        r#"data: {"choices":[{"logprobs":{"content":[{"logprob":-2}]}}]}"#,
    ];
    let (_, reader) = read("openai.chat", (rows.join("\n\n") + "\n\n").as_bytes(), &[usize::MAX]);
    let reply: Value = serde_json::from_slice(&reader.reply()).unwrap();
    assert_eq!(reply["choices"][0]["logprobs"]["content"], json!([{"logprob": -1}, {"logprob": -2}]));
}

#[test]
fn nothing_comes_after_the_end() {
    let mut reader = Reader::new("openai.chat").unwrap();
    assert_eq!(reader.feed(b"data: [DONE]").unwrap(), []);
    assert!(reader.end().unwrap()[0].done);
    assert_eq!(reader.end().unwrap(), []);
    assert_eq!(reader.feed(b"x").unwrap_err().to_string(), "the reply has ended");
}

#[test]
fn a_stream_that_a_limit_cuts_is_closed_in_its_own_form() {
    let line = |event: Value| format!("data: {event}\n\n");
    let chat = |content: &str| json!({"id": "c", "model": "m", "choices": [{"index": 0, "delta": {"content": content}}]});
    let call = json!({"choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "id": "1", "function": {"name": "f", "arguments": "{\"a"}}]}}]});
    let block = |index: u8, block: Value| json!({"type": "content_block_start", "index": index, "content_block": block});
    let delta = |index: u8, text: &str| json!({"type": "content_block_delta", "index": index, "delta": {"type": "text_delta", "text": text}});
    let usage = json!({"input_tokens": 9, "output_tokens": 1});
    let start = json!({"type": "message_start", "message": {"id": "m", "stop_reason": null, "usage": usage}});
    let created = json!({"type": "response.created", "response": {"id": "r", "status": "in_progress", "incomplete_details": null}});
    let said = json!({"type": "response.output_text.delta", "output_index": 0, "content_index": 0, "delta": "It is"});
    for (surface, events, status) in [
        ("openai.chat", vec![chat("It "), chat("is")], "/choices/0/finish_reason length"),
        ("openai.chat", vec![chat("It is"), call], "/choices/0/finish_reason length"),
        (
            "anthropic.messages",
            vec![start.clone(), block(0, json!({"type": "text", "text": ""})), delta(0, "It is")],
            "/stop_reason max_tokens",
        ),
        ("openai.responses", vec![created, said], "/status incomplete"),
    ] {
        let stream: String = events.into_iter().map(line).collect();
        let mut reader = Reader::new(surface).unwrap();
        reader.feed(stream.as_bytes()).unwrap();
        let (path, word) = status.split_once(' ').unwrap();
        let whole: Value = serde_json::from_slice(&reader.whole()).unwrap();
        assert_eq!(whole.pointer(path), Some(&json!(word)), "{whole}");
        let closed = [stream.as_bytes(), &reader.closing()].concat();
        let (events, again) = read(surface, &closed, &[usize::MAX]);
        assert_eq!(again.text(), "It is", "{surface}");
        assert_eq!(again.ending(), Some(rheostat::run::Ending::Cut), "{surface}");
        assert!(events.last().unwrap().done, "{surface}");
        assert_eq!((again.closing(), again.malformed()), (Vec::new(), 0), "it has ended");
        let whole: Value = serde_json::from_slice(&again.whole()).unwrap();
        assert_eq!(whole.pointer(path), Some(&json!(word)), "{whole}");
    }
    // What has not begun, and what has ended, is not closed.
    let mut reader = Reader::new("openai.chat").unwrap();
    assert!(reader.closing().is_empty());
    reader.feed(b"data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"A\"},\"finish_reason\":\"stop\"}]}\n\n").unwrap();
    assert!(reader.closing().is_empty());
}
