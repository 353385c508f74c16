//! The grammar of JSON, held to `serde_json`; and what RFC 8259 leaves open, as defined.

use proptest::prelude::*;
use rheostat::Error;
use rheostat_wire::body::{self, MAX_DEPTH};

fn body(value: &str) -> String {
    format!(r#"{{"messages":[{{"role":"user","content":"x"}}],"z":{value}}}"#)
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(text).is_ok()
}

#[test]
fn values_are_accepted_as_the_standard_has_them() {
    for value in [
        "0",
        "-0",
        "1",
        "10",
        "01",
        "-",
        "--1",
        "+1",
        "1.",
        ".5",
        "1.5",
        "1.5.5",
        "1e5",
        "1E+5",
        "1e-5",
        "1e",
        "1e+",
        "0e0",
        "1e999",
        "123456789012345678901234567890",
        "0x10",
        "1_000",
        "NaN",
        "Infinity",
        "-Infinity",
        "nan",
        "true",
        "false",
        "null",
        "tru",
        "True",
        "nulll",
        "truefalse",
        "",
        " ",
        ",",
        ":",
        "[]",
        "[ ]",
        "[1]",
        "[1,2]",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[",
        "]",
        "[[]]",
        "[[]",
        "[1}",
        "{}",
        "{ }",
        r#"{"a":1}"#,
        r#"{"a":1,"b":[{}]}"#,
        r#"{"a":1,}"#,
        r#"{"a"}"#,
        r#"{"a":}"#,
        r"{a:1}",
        r"{'a':1}",
        r"{1:1}",
        "{,}",
        r#"{"a":1 "b":2}"#,
        r#"{"a"::1}"#,
        r#"{"a":1]"#,
        "{",
        r#"{"a""#,
        "\"",
        r#""\""#,
        r#""\\""#,
        r#""\n\t\r\b\f\/\"""#,
        r#""\x""#,
        r#""\u""#,
        r#""\u12""#,
        r#""\u12G4""#,
        r#""\u1234""#,
        r#""\uABcd""#,
        r#""\U1234""#,
        r#""\ud83c\udf88""#,
        r#""\0""#,
        "\"\t\"",
        "\"\n\"",
        "\"\u{1}\"",
        "\"\u{7f}\"",
        "\"é\"",
        "\"\u{2028}\"",
        "'x'",
        "/**/1",
        "1//",
        "\u{a0}1",
        "\t1\r\n",
        "\u{c}1",
    ] {
        let text = body(value);
        let got = body::read(text.as_bytes(), 1_024);
        assert_eq!(got.is_ok(), is_json(&text), "{value:?}: {got:?}");
    }
}

#[test]
fn every_cut_is_an_error_that_says_where() {
    let whole = r#"{"messages": [{"role": "user", "content": [{"type": "text", "text": "a\u00e9\"b"}], "x": [1.5, {"y": null}]}], "stream": true}"#;
    assert!(body::read(whole.as_bytes(), 1_024).is_ok());
    for end in 0..whole.len() {
        match body::read(&whole.as_bytes()[..end], 1_024) {
            Err(Error::Malformed { what, offset, .. }) => assert!(what == "body" && offset <= end, "{end}"),
            other => panic!("{end}: {other:?}"),
        }
    }
    for tail in ["x", "}", ",", "\0", "{}", "1", "\u{feff}"] {
        assert!(body::read(format!("{whole}{tail}").as_bytes(), 1_024).is_err(), "{tail:?}");
    }
    assert!(body::read(format!("\n {whole} \t\r\n").as_bytes(), 1_024).is_ok());
}

#[test]
fn what_the_standard_leaves_open_is_defined() {
    // A byte-order mark is passed over, once.
    let text = body("1");
    assert!(body::read(format!("\u{feff}{text}").as_bytes(), 1_024).is_ok());
    assert!(body::read(format!("\u{feff}\u{feff}{text}").as_bytes(), 1_024).is_err());
    // Of members of the same name, the last decides.
    let twice = br#"{"model":"a","messages":[{"role":"system","role":"user","content":"one","content":"two"}],"model":"b"}"#;
    let query = body::read(twice, 1_024).unwrap();
    assert_eq!((&*query.ask, query.request.model.as_deref()), (&b"two"[..], Some("b")));
    assert_eq!((query.structure.messages, query.structure.total_bytes), (1, 3));
    let lists =
        br#"{"messages":[{"role":"user","content":"one"}],"messages":[{"role":"user","content":"two"}]}"#;
    assert_eq!(&*body::read(lists, 1_024).unwrap().ask, b"two");
    // Names may be escaped like any string.
    let escaped = br#"{"m\u0065ssages":[{"r\u006fle":"us\u0065r","content":"x"}]}"#;
    assert_eq!(&*body::read(escaped, 1_024).unwrap().ask, b"x");
    // Bytes that are not text are skipped outside the ask, and replaced within it.
    assert!(
        body::read(b"{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"\xFF\":\"\xFF\"}", 1_024)
            .is_ok()
    );
    let query = body::read(b"{\"messages\":[{\"role\":\"user\",\"content\":\"a\xFF\"}]}", 1_024).unwrap();
    assert_eq!((&*query.ask, query.structure.repaired), ("a\u{FFFD}".as_bytes(), true));
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| body(&("[".repeat(depth) + &"]".repeat(depth)));
    let most = MAX_DEPTH as usize - 1;
    assert!(body::read(nested(most).as_bytes(), 1_024).is_ok());
    assert!(body::read(nested(most + 1).as_bytes(), 1_024).is_err());
    assert!(body::read(nested(1_000_000).as_bytes(), 1_024).is_err());
    let objects = body(&(r#"{"a":"#.repeat(1_000_000)));
    assert!(body::read(objects.as_bytes(), 1_024).is_err());
    let parts = r#"{"messages":[{"role":"user","content":"#.to_owned()
        + &r#"[{"type":"tool_result","content":"#.repeat(100_000);
    let error = body::read(parts.as_bytes(), 1_024).unwrap_err();
    assert!(error.to_string().contains("nested deeper than 128"), "{error}");
}

#[test]
fn a_huge_body_is_read_like_a_small_one() {
    let text = "\\n\\\"word\\u00e9 ".repeat(200_000);
    let body = format!(
        r#"{{"messages":[{{"role":"tool","content":"{text}"}},{{"role":"user","content":"{text}"}}]}}"#
    );
    let query = body::read(body.as_bytes(), 1_024).unwrap();
    assert_eq!(query.structure.ask_bytes, 200_000 * "\n\"wordé ".len() as u64);
    assert_eq!(query.structure.tool_result_bytes, query.structure.ask_bytes);
    assert!(query.ask.starts_with("\n\"wordé ".as_bytes()) && query.ask.ends_with("\n\"wordé ".as_bytes()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// No bytes, however close to a request, bring the reader out of step with the grammar.
    #[test]
    fn any_bytes_are_a_query_or_an_error(pieces in prop::collection::vec(prop_oneof![
        8 => prop::sample::select(vec![
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "d83c", "null", "true", "1", "-", "e", " ", "\"messages\":", "\"input\":",
            "[{\"role\":\"user\",\"content\":", "\"type\":", "\"text\"", "\"content\":", "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]",
            "\"tool_calls\":", "\"max_tokens\":", "\"source\":", "\u{feff}", "\"\\u006dodel\":", "é",
        ]).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..4),
    ], 0..24)) {
        let bytes = pieces.concat();
        let got = body::read(&bytes, 64);
        if let Ok(query) = &got {
            prop_assert!(query.ask.len() <= 65 && std::str::from_utf8(&query.ask).is_ok());
        }
        let text = String::from_utf8_lossy(&bytes);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        prop_assert!(got.is_err() || is_json(text) || text.contains("\\ud83c"), "{text}");
    }
}
