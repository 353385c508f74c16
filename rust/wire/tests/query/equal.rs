//! One ask is the same query whether it comes as text, as bytes, as a message or as a body.

use proptest::prelude::*;
use rheostat::query::{Turn, Window};
use rheostat_wire::ask::{self, Message};
use rheostat_wire::body;

fn check(text: &str, cap: usize) {
    let plain = ask::text(text, cap);
    let body = serde_json::json!({"messages": [{"role": "user", "content": text}]}).to_string();
    let parts =
        serde_json::json!({"messages": [{"role": "user", "content": [{"type": "text", "text": text}]}]});
    let input = serde_json::json!({"input": text}).to_string();
    let bodies = [body, parts.to_string(), input, ascii_body(text)];
    assert_eq!(ask::bytes(text.as_bytes(), cap), plain);
    assert_eq!(ask::messages(&[Message::user(text)], cap).unwrap(), plain);
    for body in &bodies {
        assert_eq!(body::read(body.as_bytes(), cap).unwrap(), plain, "{body}");
    }
    let s = plain.structure;
    assert_eq!(s.ask_bytes + s.document_bytes, text.len() as u64);
    assert_eq!(s.total_bytes, text.len() as u64);
    assert!(plain.ask.len() <= cap + 1);
    assert!(std::str::from_utf8(&plain.ask).is_ok());
}

/// As a writer does that keeps to ASCII.
fn ascii_body(text: &str) -> String {
    let content: String =
        text.encode_utf16().flat_map(|unit| format!("\\u{unit:04x}").into_bytes()).map(char::from).collect();
    format!(r#"{{"messages":[{{"content":"{content}","role":"user"}}]}}"#)
}

/// Texts with what matters to the ask: tags, quotations, characters of every length.
fn texts() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        Just("<system-reminder>".to_owned()),
        Just("</system-reminder>".to_owned()),
        Just("<document index=\"1\">".to_owned()),
        Just("</document>".to_owned()),
        Just("\n> quoted\n".to_owned()),
        Just("# AGENTS.md instructions for x\n\n<INSTRUCTIONS>y</INSTRUCTIONS>".to_owned()),
        Just(" \t\r\n".to_owned()),
        Just("yes".to_owned()),
        "[ -~]{0,20}",
        "[é漢🎈а-я\"\\\\\n\u{0}]{0,20}",
        "\\PC{0,8}",
    ];
    prop::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn text_messages_and_body_are_one_query(text in texts(), cap in prop_oneof![0usize..64, Just(16_384)]) {
        check(&text, cap);
    }

    #[test]
    fn bytes_that_are_no_text_are_repaired(bytes in prop::collection::vec(any::<u8>(), 0..200), cap in 0usize..64) {
        let query = ask::bytes(&bytes, cap);
        prop_assert!(query.ask.len() <= cap + 1 && std::str::from_utf8(&query.ask).is_ok());
    }
}

#[test]
fn long_asks_are_cut_as_the_window_cuts_them() {
    let text = "Prove — it. ".repeat(10_000);
    check(&text, 16_384);
    let (head, tail) = Window::default().split(text.as_bytes());
    let query = ask::text(&text, 16_384);
    assert_eq!(*query.ask, [head, b"\n", tail].concat());
    assert_eq!((query.structure.ask_bytes, query.turn), (text.len() as u64, Turn::Ask));
}

#[test]
fn nothing_is_an_empty_turn() {
    for text in ["", " ", "\n\t", "<system-reminder>x</system-reminder>"] {
        check(text, 16_384);
        assert_eq!(ask::text(text, 16_384).turn, Turn::Empty);
    }
}

#[test]
fn what_is_not_utf8_is_replaced_and_flagged() {
    let query = ask::bytes(b"a\xF0\x9F\x8Eb", 16_384);
    assert_eq!((&*query.ask, query.structure.repaired), ("a\u{FFFD}b".as_bytes(), true));
    let query = ask::bytes(b"<system-reminder>\xFF</system-reminder>a\xFF", 16_384);
    assert_eq!((&*query.ask, query.structure.repaired), ("a\u{FFFD}".as_bytes(), true));
    assert_eq!(query.structure.total_bytes, 38);
    for half in [r"\ud83c", r"\udf88", r"\ud83cx", r"\ud83c\u0041", r"\udf88\ud83c"] {
        let body = format!(r#"{{"messages":[{{"role":"user","content":"{half}"}}]}}"#);
        let query = body::read(body.as_bytes(), 16_384).unwrap();
        let ask = String::from_utf8(query.ask.to_vec()).unwrap();
        assert!(ask.contains('\u{FFFD}') && query.structure.repaired, "{half}");
        assert_eq!(query.structure.ask_bytes, ask.len() as u64);
    }
    let pair = br#"{"messages":[{"role":"user","content":"\ud83c\udf88"}]}"#;
    let query = body::read(pair, 16_384).unwrap();
    assert_eq!((&*query.ask, query.structure.repaired), ("🎈".as_bytes(), false));
    let elsewhere = br#"{"messages":[{"role":"user","content":"x"}],"user":"\ud83c"}"#;
    assert!(!body::read(elsewhere, 16_384).unwrap().structure.repaired);
}
