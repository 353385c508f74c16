//! Requests of one provider as requests of another.
#![allow(clippy::unwrap_used)] // a test that fails here has failed

use proptest::prelude::*;
use rheostat_wire::rewrite::Surface::{self, AnthropicMessages, OpenAiChat, OpenAiResponses};
use rheostat_wire::translate::{SURFACES, request};
use serde_json::{Value, json};

fn translated(body: &Value, from: Surface, to: Surface) -> Value {
    serde_json::from_slice(&request(body.to_string().as_bytes(), from, to).unwrap().0).unwrap()
}

fn refused(body: &Value, from: Surface, to: Surface) -> String {
    request(body.to_string().as_bytes(), from, to).unwrap_err().to_string()
}

/// One conversation with all that each surface has, in the words of each.
fn conversations() -> [(Surface, Value); 3] {
    let schema = json!({"type": "object", "properties": {"n": {"type": "integer"}}});
    let chat = json!({
        "model": "m",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [
                {"type": "text", "text": "What is \"this\"?"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
                {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}},
            ]},
            {"role": "assistant", "content": "I look.", "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{\"n\":100}"}},
                {"id": "c2", "type": "function", "function": {"name": "look", "arguments": "{\"n\":2}"}},
            ]},
            {"role": "tool", "tool_call_id": "c1", "content": "a cat"},
            {"role": "tool", "tool_call_id": "c2", "content": "a dog"},
            {"role": "user", "content": "Well?"},
        ],
        "max_tokens": 100,
        "temperature": 0.5,
        "top_p": 0.9,
        "stream": true,
        "tools": [{"type": "function", "function": {"name": "look", "description": "Looks", "parameters": schema}}],
        "tool_choice": {"type": "function", "function": {"name": "look"}},
        "parallel_tool_calls": false,
    });
    let messages = json!({
        "model": "m",
        "system": [{"type": "text", "text": "Be brief."}],
        "messages": [
            {"role": "user", "content": [
                {"type": "text", "text": "What is \"this\"?"},
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}},
                {"type": "image", "source": {"type": "url", "url": "https://example.org/a.png"}},
            ]},
            {"role": "assistant", "content": [
                {"type": "text", "text": "I look."},
                {"type": "tool_use", "id": "c1", "name": "look", "input": {"n": 100}},
                {"type": "tool_use", "id": "c2", "name": "look", "input": {"n": 2}},
            ]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "c1", "content": [{"type": "text", "text": "a cat"}]},
                {"type": "tool_result", "tool_use_id": "c2", "content": [{"type": "text", "text": "a dog"}]},
                {"type": "text", "text": "Well?"},
            ]},
        ],
        "max_tokens": 100,
        "temperature": 0.5,
        "top_p": 0.9,
        "stream": true,
        "tools": [{"name": "look", "description": "Looks", "input_schema": schema}],
        "tool_choice": {"type": "tool", "name": "look", "disable_parallel_tool_use": true},
    });
    let responses = json!({
        "model": "m",
        "input": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [
                {"type": "input_text", "text": "What is \"this\"?"},
                {"type": "input_image", "image_url": "data:image/png;base64,AAAA"},
                {"type": "input_image", "image_url": "https://example.org/a.png"},
            ]},
            {"role": "assistant", "content": [{"type": "output_text", "text": "I look."}]},
            {"type": "function_call", "call_id": "c1", "name": "look", "arguments": "{\"n\":100}"},
            {"type": "function_call", "call_id": "c2", "name": "look", "arguments": "{\"n\":2}"},
            {"type": "function_call_output", "call_id": "c1", "output": "a cat"},
            {"type": "function_call_output", "call_id": "c2", "output": "a dog"},
            {"role": "user", "content": [{"type": "input_text", "text": "Well?"}]},
        ],
        "max_output_tokens": 100,
        "temperature": 0.5,
        "top_p": 0.9,
        "stream": true,
        "store": false,
        "tools": [{"type": "function", "name": "look", "description": "Looks", "parameters": schema}],
        "tool_choice": {"type": "function", "name": "look"},
        "parallel_tool_calls": false,
    });
    [(OpenAiChat, chat), (AnthropicMessages, messages), (OpenAiResponses, responses)]
}

#[test]
fn each_surface_says_the_same_conversation() {
    for (from, body) in conversations() {
        for (to, wanted) in conversations() {
            assert_eq!(translated(&body, from, to), wanted, "{from:?} to {to:?}");
        }
    }
}

#[test]
fn text_schemas_and_numbers_stay_as_they_were_written() {
    let body = br#"{"messages":[{"role":"user","content":"\u00e4 \/ 1"}],"temperature":0.30,"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"z":{},"a":{"maximum":12345678901234567890123}}}}}]}"#;
    let other = String::from_utf8(request(body, OpenAiChat, AnthropicMessages).unwrap().0).unwrap();
    for kept in
        [r#""\u00e4 \/ 1""#, "0.30", r#""properties":{"z":{},"a":{"maximum":12345678901234567890123}}"#]
    {
        assert!(other.contains(kept), "{kept} in {other}");
    }
}

#[test]
fn schemas_of_answers_and_choices_of_tools_are_said_in_each_surface() {
    let schema = json!({"type": "object"});
    let ask = json!([{"role": "user", "content": "Why?"}]);
    let chat = json!({"messages": ask, "tool_choice": "required", "response_format":
        {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema, "strict": true}}});
    let messages = translated(&chat, OpenAiChat, AnthropicMessages);
    assert_eq!(messages["output_config"]["format"], json!({"type": "json_schema", "schema": schema}));
    assert_eq!(messages["tool_choice"], json!({"type": "any"}));
    let responses = translated(&messages, AnthropicMessages, OpenAiResponses);
    let format = json!({"type": "json_schema", "name": "answer", "schema": schema, "strict": true});
    assert_eq!((&responses["text"]["format"], &responses["tool_choice"]), (&format, &json!("required")));
    let again = translated(&responses, OpenAiResponses, OpenAiChat);
    assert_eq!(again["response_format"], chat["response_format"]);
}

#[test]
fn a_picture_has_its_type_alone() {
    let url = |kind: &str| {
        json!({"messages": [{"role": "user", "content": [
            {"type": "image_url", "image_url": {"url": format!("data:{kind};base64,AAAA")}},
        ]}]})
    };
    for kind in ["image/png", "image/png;charset=utf-8", "image/png; name=a.png"] {
        let messages = translated(&url(kind), OpenAiChat, AnthropicMessages);
        let source = &messages["messages"][0]["content"][0]["source"];
        assert_eq!(*source, json!({"type": "base64", "media_type": "image/png", "data": "AAAA"}), "{kind}");
    }
}

#[test]
fn what_a_plan_writes_or_changes_no_answer_is_left_out() {
    let thinking = json!({"messages": [
        {"role": "user", "content": "Why?"},
        {"role": "assistant", "content": [
            {"type": "thinking", "thinking": "hm", "signature": "s"},
            {"type": "text", "text": "So."},
        ]},
        {"role": "user", "content": "And?"},
    ], "thinking": {"type": "enabled", "budget_tokens": 2048}, "metadata": {"user_id": "u"}, "max_tokens": 9});
    let chat = translated(&thinking, AnthropicMessages, OpenAiChat);
    assert_eq!(chat["messages"][1], json!({"role": "assistant", "content": "So."}));
    assert_eq!(chat.as_object().unwrap().len(), 3, "{chat}");
}

#[test]
fn what_another_surface_has_no_words_for_is_named() {
    let ask = |fields: Value| {
        let mut body = json!({"messages": [{"role": "user", "content": "Why?"}]});
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        body
    };
    for (fields, named) in [
        (json!({"logit_bias": {"1": 2}}), "logit_bias"),
        (json!({"frequency_penalty": 0.5}), "frequency_penalty"),
        (json!({"web_search_options": {"a": 1}}), "web_search_options"),
        (json!({"tools": [{"type": "custom", "custom": {}}]}), "function"),
    ] {
        let error = refused(&ask(fields), OpenAiChat, AnthropicMessages);
        assert!(error.contains(named), "{error}");
    }
    let search = json!({"tools": [{"type": "web_search_20250305", "name": "web_search"}]});
    assert!(refused(&ask(search), AnthropicMessages, OpenAiChat).contains("web_search"));
    assert!(refused(&ask(json!({"top_k": 5})), AnthropicMessages, OpenAiChat).contains("top_k"));
    let begun =
        json!({"messages": [{"role": "user", "content": "A?"}, {"role": "assistant", "content": "{"}]});
    assert!(refused(&begun, AnthropicMessages, OpenAiChat).contains("beginning of the answer"));
    let kept = json!({"input": "Why?", "previous_response_id": "r1"});
    assert!(refused(&kept, OpenAiResponses, OpenAiChat).contains("previous_response_id"));
    let audio = ask(json!({"messages": [{"role": "user", "content": [{"type": "input_audio"}]}]}));
    assert!(refused(&audio, OpenAiChat, AnthropicMessages).contains("input_audio"));
    // Zero and nothing say nothing.
    translated(
        &ask(json!({"presence_penalty": 0.0, "logit_bias": null, "logprobs": false})),
        OpenAiChat,
        AnthropicMessages,
    );
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(body in ".{0,200}", from in 0..3_usize, to in 0..3_usize) {
        request(body.as_bytes(), SURFACES[from], SURFACES[to]).ok();
    }

    #[test]
    fn any_text_comes_through_every_surface(text in "\\PC{1,40}", path in prop::collection::vec(0..3_usize, 1..5)) {
        let mut body = json!({"messages": [{"role": "user", "content": text}]});
        let mut from = OpenAiChat;
        for place in path {
            body = translated(&body, from, SURFACES[place]);
            from = SURFACES[place];
        }
        let last = translated(&body, from, OpenAiChat);
        prop_assert_eq!(&last["messages"][0]["content"], &json!(text));
    }
}
