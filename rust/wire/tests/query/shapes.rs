//! The shapes of each provider, by example: what is scored, what turn it is, what is counted.

use rheostat::query::{Query, Turn};
use rheostat_wire::ask::{self, Message, Role};
use rheostat_wire::body;
use serde_json::{Value, json};

/// Reads a body and gives its ask, its turn and the query.
fn read(body: &Value) -> (String, Turn, Query<'static>) {
    let text: &'static str = body.to_string().leak();
    let query = body::read(text.as_bytes(), 16_384).unwrap();
    let s = query.structure;
    let parts = s.system_bytes + s.history_bytes + s.tool_result_bytes + s.tool_bytes + s.document_bytes;
    assert_eq!(parts + s.ask_bytes, s.total_bytes);
    (String::from_utf8(query.ask.to_vec()).unwrap(), query.turn, query)
}

fn error(body: &Value) -> String {
    body::read(body.to_string().as_bytes(), 16_384).unwrap_err().to_string()
}

#[test]
fn chat_completions() {
    let body = json!({
        "model": "auto", "max_tokens": 900, "max_completion_tokens": 800, "response_format": {"type": "json_object"},
        "tools": [{"type": "function", "function": {"name": "find", "parameters": {"type": "object"}}}],
        "messages": [
            {"role": "developer", "content": "Be kind."},
            {"role": "user", "content": "First?"},
            {"role": "assistant", "content": null, "tool_calls": [
                {"id": "1", "type": "function", "function": {"name": "find", "arguments": "{}"}}]},
            {"role": "tool", "tool_call_id": "1", "content": "found"},
            {"role": "assistant", "content": "It is so."},
            {"role": "user", "content": [
                {"type": "text", "text": "What is"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
                {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
                {"type": "text", "text": "this?"}]},
        ],
    });
    let (ask, turn, query) = read(&body);
    assert_eq!((ask.as_str(), turn), ("What is\nthis?", Turn::Ask));
    let (s, r) = (query.structure, query.request);
    assert_eq!((s.messages, s.images, s.tools_offered, s.tool_calls, s.tool_errors), (6, 2, 1, 1, 0));
    assert_eq!((s.system_bytes, s.tool_result_bytes, s.ask_bytes, s.document_bytes), (8, 5, 13, 0));
    // "First?", "It is so.", and the strings of the call, names included.
    assert_eq!(s.history_bytes, 6 + 9 + "id1typefunctionfunctionnamefindarguments{}".len() as u64);
    assert_eq!(s.tool_bytes, "typefunctionfunctionnamefindparameterstypeobject".len() as u64);
    assert_eq!((r.model.as_deref(), r.max_tokens), (Some("auto"), Some(800)));
    assert_eq!(r.needs().into_iter().flatten().collect::<Vec<_>>(), ["vision", "audio", "tools", "json"]);
}

#[test]
fn anthropic_messages() {
    let body = json!({
        "model": "auto", "max_tokens": 4096, "system": [{"type": "text", "text": "Be kind.", "cache_control": {"type": "ephemeral"}}],
        "messages": [
            {"role": "user", "content": [
                {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "A long text."}},
                {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "AAAA"}},
                {"type": "text", "text": "Sum up."}]},
            {"role": "assistant", "content": [
                {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"},
                {"type": "tool_use", "id": "t1", "name": "find", "input": {"q": "x"}}]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "t1", "is_error": true, "content": [
                    {"type": "text", "text": "not found"},
                    {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}}]},
                {"type": "text", "text": "<system-reminder>Go on.</system-reminder>"}]},
        ],
    });
    let (ask, turn, query) = read(&body);
    assert_eq!((ask.as_str(), turn), ("Sum up.", Turn::ToolResult));
    let (s, r) = (query.structure, query.request);
    assert_eq!((s.messages, s.images, s.tool_calls, s.tool_errors), (3, 2, 1, 1));
    assert_eq!((s.system_bytes, s.tool_result_bytes, s.ask_bytes), (8, 9, 7));
    assert_eq!(s.document_bytes, 12 + "<system-reminder>Go on.</system-reminder>".len() as u64);
    assert_eq!(s.history_bytes, 3 + "findqx".len() as u64);
    assert!(r.signed_thinking && r.vision && r.files && r.tools && !r.json && !r.audio);
}

#[test]
fn openai_responses() {
    let (ask, turn, _) = read(&json!({"input": "Prove it.", "instructions": "Be kind."}));
    assert_eq!((ask.as_str(), turn), ("Prove it.", Turn::Ask));
    let body = json!({
        "instructions": "Be kind.", "max_output_tokens": 100, "text": {"format": {"type": "json_schema"}},
        "input": [
            {"type": "message", "role": "user", "content": [
                {"type": "input_text", "text": "Find it."}, {"type": "input_image", "image_url": "u"}, {"type": "input_file", "file_id": "f"}]},
            {"type": "reasoning", "id": "r", "summary": [], "encrypted_content": "c2Vh"},
            {"type": "function_call", "call_id": "c", "name": "find", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c", "output": "found"},
            {"type": "custom_tool_call_output", "call_id": "d", "output": [{"type": "input_text", "text": "ok"}], "status": "failed"},
        ],
    });
    let (ask, turn, query) = read(&body);
    assert_eq!((ask.as_str(), turn), ("Find it.", Turn::ToolResult));
    let (s, r) = (query.structure, query.request);
    assert_eq!((s.messages, s.images, s.tool_calls, s.tool_errors, s.system_bytes), (5, 2, 1, 1, 8));
    assert_eq!((s.tool_result_bytes, s.history_bytes), (7, "find{}c2Vh".len() as u64));
    assert!(r.signed_thinking && r.vision && r.files && r.tools && r.json);
    assert_eq!(r.max_tokens, Some(100));
    // What goes on with a conversation that the provider keeps.
    let (_, turn, _) = read(&json!({"input": "yes, do it", "previous_response_id": "r1"}));
    assert_eq!(turn, Turn::Continuation);
}

#[test]
fn continuations_are_scored_as_what_they_continue() {
    let ask = "Prove that there are infinitely many primes.";
    let talk = |answers: &[&str]| {
        let mut messages = vec![json!({"role": "user", "content": ask})];
        for answer in answers {
            messages.push(json!({"role": "assistant", "content": "By cases?"}));
            messages.push(json!({"role": "user", "content": answer}));
        }
        read(&json!({ "messages": messages }))
    };
    for answers in
        [&["yes, do it"][..], &["继续"], &["да", "Weiter!"], &["<system-reminder>x</system-reminder>\nok"]]
    {
        let (got, turn, query) = talk(answers);
        assert_eq!((got.as_str(), turn), (ask, Turn::Continuation), "{answers:?}");
        assert_eq!(query.structure.ask_bytes, ask.len() as u64);
    }
    assert_eq!(talk(&["yes", "And of the form 4k + 3?"]).0, "And of the form 4k + 3?");
    let (got, turn, _) = talk(&["And of the form 4k + 3?", "ok", "go on, please"]);
    assert_eq!((got.as_str(), turn), ("And of the form 4k + 3?", Turn::Continuation));
    assert_eq!(talk(&["no"]).1, Turn::Continuation);
    assert_eq!(talk(&["no, prove the converse"]).1, Turn::Ask);
    // A picture beside it makes it an ask.
    let shown = json!([{"type": "text", "text": "ok"}, {"type": "image", "source": {}}]);
    let shown = [json!({"role": "assistant", "content": "?"}), json!({"role": "user", "content": shown})];
    assert_eq!(read(&json!({ "messages": shown })).1, Turn::Ask);
    // Tools may have worked for it since.
    let tools = json!({"messages": [{"role": "user", "content": ask}, {"role": "assistant", "content": "Shall I?"},
        {"role": "user", "content": "yes"}, {"role": "tool", "content": "found"}]});
    assert_eq!((read(&tools).0.as_str(), read(&tools).1), (ask, Turn::ToolResult));
    // Nothing came before: it is an ask, whatever it says.
    let (got, turn, _) = read(&json!({"messages": [{"role": "user", "content": "yes"}]}));
    assert_eq!((got.as_str(), turn), ("yes", Turn::Ask));
    // What it continues is not there any more.
    let cut = json!({"messages": [{"role": "assistant", "content": "Shall I?"}, {"role": "user", "content": "yes"}]});
    assert_eq!((read(&cut).0.as_str(), read(&cut).1), ("", Turn::Continuation));
}

#[test]
fn harnesses_do_not_ask() {
    let reminder = "<system-reminder>\nAs you answer, keep this in mind.\n</system-reminder>";
    let user = |content: Value| json!({"role": "user", "content": content});
    let text = |text: &str| json!({"type": "text", "text": text});
    for (messages, ask, turn) in [
        (vec![user(json!([text(reminder), text("Prove it.")]))], "Prove it.", Turn::Ask),
        (vec![user(json!("Prove it.")), user(json!(reminder))], "Prove it.", Turn::Ask),
        (
            vec![
                user(json!("<environment_context>\n<cwd>/x</cwd>\n</environment_context>")),
                user(json!("Prove it.")),
            ],
            "Prove it.",
            Turn::Ask,
        ),
        (
            vec![
                user(json!("# AGENTS.md instructions for /x\n\n<INSTRUCTIONS>\nbe kind\n</INSTRUCTIONS>")),
                user(json!("Go.")),
            ],
            "Go.",
            Turn::Ask,
        ),
        (vec![user(json!("> You said:\n> it is so.\nIs it?"))], "Is it?", Turn::Ask),
        (
            vec![user(json!([{"type": "tool_result", "content": "x"}, text("No, stop.")]))],
            "No, stop.",
            Turn::Ask,
        ),
        (vec![user(json!("Look.")), user(json!([{"type": "image", "source": {}}]))], "", Turn::Ask),
        (vec![user(json!(reminder))], "", Turn::Empty),
        (vec![json!({"role": "system", "content": "Be kind."})], "", Turn::Empty),
        (vec![json!({"role": "tool", "content": "x"})], "", Turn::ToolResult),
        (vec![user(json!(null))], "", Turn::Empty),
        (vec![user(json!([]))], "", Turn::Empty),
    ] {
        let body = json!({ "messages": messages });
        let (got, got_turn, _) = read(&body);
        assert_eq!((got.as_str(), got_turn), (ask, turn), "{body}");
    }
}

#[test]
fn what_is_no_request_is_refused_by_name() {
    for (body, wanted) in [
        (json!([]), "the request: got an array"),
        (json!({}), "the request must be messages, input"),
        (json!({"messages": [{"role": "user"}], "input": "x"}), "messages or input"),
        (json!({"messages": "x"}), "messages: got a string, wanted a list of messages"),
        (json!({"messages": []}), "messages must be at least one message, got an empty list"),
        (json!({"messages": [1]}), "messages[0]: got a number"),
        (json!({"messages": [{"content": "x"}]}), "messages[0].role: got nothing"),
        (json!({"messages": [{"role": 1}]}), "messages[0].role: got a number"),
        (
            json!({"messages": [{"role": "user", "content": "x"}, {"role": "bot"}]}),
            "messages[1].role must be one of",
        ),
        (json!({"messages": [{"role": "user", "content": 1}]}), "messages[0].content: got a number"),
        (json!({"messages": [{"role": "user", "content": [7]}]}), "messages[0].content[0]: got a number"),
        (
            json!({"messages": [{"role": "user", "content": [{"type": "text", "text": 1}]}]}),
            "messages[0].content[0].text: got a number",
        ),
        (
            json!({"messages": [{"role": "assistant", "tool_calls": {}}]}),
            "messages[0].tool_calls: got an object",
        ),
        (json!({"messages": [{"role": "user"}], "max_tokens": "nine"}), "max_tokens: got a string"),
        (
            json!({"messages": [{"role": "user"}], "max_tokens": -3}),
            "max_tokens must be a whole number of at least 0, or -1 for no limit, got -3",
        ),
        (json!({"messages": [{"role": "user"}], "max_tokens": 1.5}), "max_tokens"),
        (json!({"messages": [{"role": "user"}], "model": 4}), "model: got a number"),
        (json!({"messages": [{"role": "user"}], "tools": "x"}), "tools: got a string"),
        (json!({"input": 1}), "input: got a number"),
    ] {
        let error = error(&body);
        assert!(error.starts_with("body is malformed at byte ") && error.contains(wanted), "{body}: {error}");
    }
    assert!(ask::messages(&[], 1_024).unwrap_err().to_string().contains("an empty list"));
}

#[test]
fn messages_are_read_like_bodies() {
    let talk = [
        Message::system("Be kind."),
        Message::user("Prove it."),
        Message::assistant("Shall I?"),
        Message::tool("found"),
        Message::user("<system-reminder>x</system-reminder>"),
        Message::user("yes"),
    ];
    let name = |role: Role| match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::Tool => "tool",
    };
    for count in 1..=talk.len() {
        let messages: Vec<_> =
            talk[..count].iter().map(|m| json!({"role": name(m.role), "content": m.text})).collect();
        let body = json!({ "messages": messages }).to_string();
        assert_eq!(ask::messages(&talk[..count], 64).unwrap(), body::read(body.as_bytes(), 64).unwrap());
    }
}
