//! Several answers to one request: split into replies, each is what it would be alone.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails here has failed

use proptest::prelude::*;
use rheostat_wire::reply::{Choices, Reader};
use serde_json::json;

fn event(fields: &serde_json::Value) -> Vec<u8> {
    format!("data: {fields}\n\n").into_bytes()
}

proptest! {
    #[test]
    fn each_answer_is_read_as_if_it_were_alone(
        // The answer and the text of each delta.
        deltas in prop::collection::vec((0..3_usize, "\\PC{0,6}"), 1..30),
        pairs in any::<bool>(),
        index_last in any::<bool>(),
        sizes in prop::collection::vec(1..40_usize, 1..5),
    ) {
        let choice = |answer: usize, text: &str| {
            if index_last {
                json!({"delta": {"content": text}, "index": answer})
            } else {
                json!({"index": answer, "delta": {"content": text}})
            }
        };
        let mut stream = Vec::new();
        let mut written = [String::new(), String::new(), String::new()];
        for group in deltas.chunks(if pairs { 2 } else { 1 }) {
            let choices: Vec<_> = group.iter().map(|(answer, text)| choice(*answer, text)).collect();
            stream.extend(event(&json!({"id": "c", "choices": choices})));
            for (answer, text) in group {
                written[*answer] += text;
            }
        }
        for answer in 0..3 {
            stream.extend(event(&json!({"choices": [{"index": answer, "delta": {}, "finish_reason": "stop"}]})));
        }
        stream.extend(event(&json!({"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 7}})));
        stream.extend(b"data: [DONE]\n\n");

        let (mut choices, mut parts, mut rest) = (Choices::new(3), Vec::new(), &*stream);
        for size in sizes.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, tail) = rest.split_at((*size).min(rest.len()));
            parts.extend(choices.feed(piece).unwrap());
            rest = tail;
        }
        parts.extend(choices.end());
        prop_assert_eq!(parts.iter().filter(|part| part.usage.is_some()).count(), 1);
        for (answer, text) in (0..).zip(&written) {
            let mut reader = Reader::new("openai.chat").unwrap();
            let mut others = false;
            for part in parts.iter().filter(|part| part.answer.is_none_or(|other| other == answer)) {
                for event in reader.feed(&part.bytes).unwrap() {
                    others |= event.others.is_some();
                }
            }
            prop_assert_eq!(reader.text(), text);
            prop_assert_eq!((reader.finish_reason(), others, reader.malformed()), (Some("stop"), false, 0));
        }
    }
}
