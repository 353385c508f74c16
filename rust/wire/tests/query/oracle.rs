//! The body reader against a naive one that parses the whole body into a tree.

use proptest::prelude::*;
use rheostat::query::{Structure, Turn};
use rheostat_wire::{ask, body};
use serde_json::{Value, json};

const CAP: usize = 512;

/// The reader's result for a tree: the ask before it is cut and stripped, the turn, the counts. None: it is refused.
fn naive(body: &Value) -> Option<(String, Turn, Structure)> {
    let mut s = Structure::default();
    let (mut ask, mut turn): (Option<String>, _) = (None, Turn::Empty);
    let messages = body.as_object()?.get("messages")?.as_array().filter(|m| !m.is_empty())?;
    let mut resulted = false;
    for message in messages {
        let message = message.as_object()?;
        let role = message.get("role")?.as_str()?.to_ascii_lowercase();
        let role = role.as_str();
        s.messages += 1;
        let mut texts = Vec::new();
        let mut results = 0;
        match message.get("content") {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) => texts.push(text.clone()),
            Some(Value::Array(parts)) => {
                for part in parts {
                    let part = part.as_object()?;
                    let text = match part.get("text") {
                        None | Some(Value::Null) => None,
                        Some(Value::String(text)) => Some(text.clone()),
                        Some(_) => return None,
                    };
                    match part.get("type").and_then(Value::as_str) {
                        Some("text") => texts.extend(text),
                        Some("image_url") => s.images += 1,
                        Some("tool_use") => {
                            s.tool_calls += 1;
                            s.history_bytes += part.get("input").map_or(0, strings);
                        }
                        Some("tool_result") => {
                            results += 1;
                            s.tool_result_bytes +=
                                part.get("content").map_or(0, |c| c.as_str().map_or(0, str::len)) as u64;
                            s.tool_errors += u32::from(part.get("is_error") == Some(&json!(true)));
                        }
                        other => panic!("the generator makes no {other:?}"),
                    }
                }
            }
            Some(_) => return None,
        }
        let bytes: u64 = texts.iter().map(|t| t.len() as u64).sum();
        let behind_result = std::mem::replace(&mut resulted, role == "tool" || role == "user" && results > 0);
        match role {
            "system" => s.system_bytes += bytes,
            "assistant" => s.history_bytes += bytes,
            "tool" => {
                s.tool_result_bytes += bytes;
                turn = Turn::ToolResult;
            }
            "user" => {
                let images = message.get("content").is_some_and(|c| c.to_string().contains("\"image_url\""));
                let text = texts.join("\n");
                // A picture behind a tool's result is the tool's.
                let blank = text.trim_ascii().is_empty();
                if behind_result && images && results == 0 && blank && ask.is_some() {
                    resulted = true;
                    turn = Turn::ToolResult;
                    s.tool_result_bytes += bytes;
                    continue;
                }
                if !text.trim_ascii().is_empty() || (results == 0 && images) {
                    s.history_bytes += ask.take().map_or(0, |before| joined(&before));
                    ask = Some(texts.join("\u{0}\n"));
                    turn = Turn::Ask;
                } else if results > 0 {
                    turn = Turn::ToolResult;
                    s.document_bytes += bytes;
                } else if ask.is_some() {
                    s.history_bytes += bytes;
                } else {
                    ask = Some(texts.join("\u{0}\n"));
                }
            }
            _ => return None,
        }
    }
    if let Some(tools) = body.get("tools").and_then(Value::as_array) {
        s.tools_offered = tools.len() as u32;
        s.tool_bytes = tools.iter().map(strings).sum();
    }
    Some((ask.unwrap_or_default().replace("\u{0}\n", "\n"), turn, s))
}

/// Bytes of texts that were joined.
fn joined(text: &str) -> u64 {
    text.replace("\u{0}\n", "").len() as u64
}

/// Bytes of the strings and numbers in a value, names included.
fn strings(value: &Value) -> u64 {
    match value {
        Value::String(text) => text.len() as u64,
        Value::Array(items) => items.iter().map(strings).sum(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| name.len() as u64 + strings(value)).sum()
        }
        Value::Number(number) => number.to_string().len() as u64,
        _ => 0,
    }
}

/// Words that are neither blocks nor lean on what was said; those have tests of their own.
fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[ \n]{0,2}", "[A-Z é漢🎈\"\\\\/\n\t\u{1}]{4,30}qxzq", "[A-Z é漢]{200,300}qxzq",]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e9..1e9).prop_map(Value::from),
        "[a-z\"\\\\{}\\[\\],:é🎈\n]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("[a-zé\"\\\\]{0,6}", inner, 0..5).prop_map(|m| json!(m)),
        ]
    })
}

fn part() -> impl Strategy<Value = Value> {
    prop_oneof![
        text().prop_map(|text| json!({"type": "text", "text": text})),
        value().prop_map(|url| json!({"type": "image_url", "image_url": url})),
        value().prop_map(|input| json!({"type": "tool_use", "input": input})),
        (text(), any::<bool>())
            .prop_map(|(t, e)| json!({"type": "tool_result", "content": t, "is_error": e})),
    ]
}

fn message() -> impl Strategy<Value = Value> {
    let content = prop_oneof![
        3 => text().prop_map(Value::from),
        3 => prop::collection::vec(part(), 0..4).prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    let role = prop::sample::select(vec!["system", "user", "user", "user", "assistant", "tool"]);
    (role, content, value())
        .prop_map(|(role, content, name)| json!({"role": role, "content": content, "name": name}))
}

fn body() -> impl Strategy<Value = Value> {
    (prop::collection::vec(message(), 0..6), prop::collection::vec(value(), 0..3), value()).prop_map(
        |(messages, tools, other)| json!({"messages": messages, "tools": tools, "metadata": other, "stream": true}),
    )
}

/// Writes a value as no writer would: white space anywhere, any character escaped, names in any order.
fn write(value: &Value, dice: &mut impl FnMut() -> u32, out: &mut String) {
    let mut space = |out: &mut String| out.push_str(["", "", "", " ", "\n\t", "\r\n  "][dice() as usize % 6]);
    space(out);
    match value {
        Value::String(text) => write_string(text, dice, out),
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                write(item, dice, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            let mut members: Vec<_> = members.iter().collect();
            let turn = dice() as usize % members.len().max(1);
            members.rotate_left(turn);
            for (i, (name, value)) in members.into_iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                write_string(name, dice, out);
                out.push(':');
                write(value, dice, out);
            }
            out.push('}');
        }
        other => out.push_str(&other.to_string()),
    }
    out.push_str(["", " "][dice() as usize % 2]);
}

fn write_string(text: &str, dice: &mut impl FnMut() -> u32, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        if dice().is_multiple_of(8) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.extend(format!("\\u{unit:04X}").chars());
            }
        } else {
            let quoted = Value::from(c.to_string()).to_string();
            out.push_str(&quoted[1..quoted.len() - 1]);
        }
    }
    out.push('"');
}

fn dice(mut seed: u32) -> impl FnMut() -> u32 {
    move || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        seed >> 8
    }
}

fn agree(text: &str, structure: bool) -> Result<(), TestCaseError> {
    let tree: Option<Value> = serde_json::from_str(text).ok();
    let expected = tree.as_ref().and_then(naive);
    let got = body::read(text.as_bytes(), CAP);
    let Some((ask, turn, mut s)) = expected else {
        prop_assert!(got.is_err(), "{text}\n{got:?}");
        return Ok(());
    };
    let got = got.map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
    prop_assert_eq!(got.turn, turn, "{}", text);
    prop_assert_eq!(&got.ask, &ask::text(&ask, CAP).ask, "{}", text);
    if structure {
        s.ask_bytes = ask.len() as u64;
        s.total_bytes = s.system_bytes
            + s.history_bytes
            + s.tool_result_bytes
            + s.document_bytes
            + s.tool_bytes
            + s.ask_bytes;
        s.context_tokens = got.structure.context_tokens;
        s.ask_tokens = got.structure.ask_tokens;
        prop_assert_eq!(got.structure, s, "{}", text);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn bodies_are_read_as_a_tree_would_be(body in body(), seed in any::<u32>()) {
        let mut text = String::new();
        write(&body, &mut dice(seed), &mut text);
        agree(&text, true)?;
    }

    #[test]
    fn damaged_bodies_are_refused_as_a_tree_would_be(
        body in body(),
        at in any::<prop::sample::Index>(),
        cut in 0usize..3,
        with in prop_oneof!["[\"\\\\{}\\[\\],:0-9eE+.\\-ntfu \n\t]{0,2}", Just("\u{0}".to_owned())],
    ) {
        let chars: Vec<char> = body.to_string().chars().collect();
        let at = at.index(chars.len());
        let end = (at + cut).min(chars.len());
        let text: String = chars[..at].iter().copied().chain(with.chars()).chain(chars[end..].iter().copied()).collect();
        // What is read of parts that the naive reader does not know is no matter of grammar.
        let known = std::panic::catch_unwind(|| serde_json::from_str(&text).ok().as_ref().and_then(naive).is_some());
        if known.is_ok() && !has_lone_surrogate(&text) {
            let tree = serde_json::from_str::<Value>(&text);
            // "messages" may have become "message", which another provider has.
            prop_assume!(tree.as_ref().map_or(true, |tree| tree.get("message").is_none()));
            // A blank text may have become one that leans on what was said ("}.", "ne"), which has tests of its own.
            prop_assume!(tree.as_ref().map_or(true, |tree| !has_other_words(&tree["messages"])));
            if tree.is_err() { prop_assert!(body::read(text.as_bytes(), CAP).is_err(), "{text}"); } else { agree(&text, false)?; }
        }
    }
}

/// True if a user's text is neither blank nor words of the generator's.
fn has_other_words(messages: &Value) -> bool {
    let other =
        |text: &Value| text.as_str().is_some_and(|text| !text.trim().is_empty() && !text.contains("qxzq"));
    let contents = messages.as_array().into_iter().flatten().filter(|message| message["role"] == "user");
    contents.map(|message| &message["content"]).any(|content| match content.as_array() {
        Some(parts) => parts.iter().any(|part| other(&part["text"])),
        None => other(content),
    })
}

/// Half a pair, which trees refuse and queries repair.
fn has_lone_surrogate(text: &str) -> bool {
    text.to_ascii_lowercase().contains("\\ud")
}
