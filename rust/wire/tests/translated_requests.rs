//! Requests that another surface says in other words, without some of their fields, or not at all.
#![allow(clippy::unwrap_used)] // a test that fails here has failed

use proptest::prelude::*;
use rheostat_wire::rewrite::Surface::{self, AnthropicMessages, OpenAiChat, OpenAiResponses};
use rheostat_wire::rewrite::{Draws, Settings, Why, rewrite};
use rheostat_wire::translate::{SURFACES, check, request};
use serde_json::{Value, json};

/// A translated body, and the fields that were left out.
fn translated(body: &Value, from: Surface, to: Surface) -> (Value, Vec<String>) {
    let body = body.to_string();
    let (other, said) = request(body.as_bytes(), from, to).unwrap();
    assert!(said.iter().all(|one| one.why == Why::Unsupported && one.to.is_none() && one.from.is_some()));
    let checked = check(body.as_bytes(), from, [&to]);
    assert_eq!(checked, [Ok(said.clone())], "a check is a translation without a body");
    (serde_json::from_slice(&other).unwrap(), said.into_iter().map(|one| one.field.into_owned()).collect())
}

fn refused(body: &Value, from: Surface, to: Surface) -> String {
    let body = body.to_string();
    let error = request(body.as_bytes(), from, to).unwrap_err();
    assert_eq!(check(body.as_bytes(), from, [&to]), [Err(error.clone())]);
    error.to_string()
}

/// A request of a surface with an ask, and some fields more.
fn ask(surface: Surface, fields: Value) -> Value {
    let turns = json!([{"role": "user", "content": "Why?"}]);
    let mut body = match surface {
        OpenAiResponses => json!({"input": turns}),
        _ => json!({"messages": turns}),
    };
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    body
}

#[test]
fn fields_that_the_answer_does_without_are_reported() {
    let image =
        json!([{"type": "image_url", "image_url": {"url": "https://a.example/a.png", "detail": "low"}}]);
    let schema =
        json!({"type": "json_schema", "json_schema": {"name": "n", "description": "d", "schema": {}}});
    let cited = json!([{"role": "user", "content": [
        {"type": "text", "text": "Why?", "citations": [{"type": "char_location"}], "cache_control": {"type": "ephemeral"}}]}]);
    let tool = json!([{"name": "f", "input_schema": {}, "input_examples": [{}], "cache_control": {"type": "ephemeral"}}]);
    let named = json!([{"role": "user", "content": "Why?", "name": "ann"}]);
    for (from, fields, left_out) in [
        (OpenAiChat, json!({"seed": 7}), "seed"),
        (OpenAiChat, json!({"messages": named}), "messages.name"),
        (AnthropicMessages, json!({"context_management": {"edits": [{}]}}), "context_management"),
        (AnthropicMessages, json!({"messages": cited}), "messages.content.citations"),
        (AnthropicMessages, json!({"tools": tool}), "tools.input_examples"),
        (OpenAiResponses, json!({"include": ["message.output_text.logprobs"]}), "include"),
        (OpenAiResponses, json!({"seed": 7}), "seed"),
    ] {
        for to in SURFACES.into_iter().filter(|to| *to != from) {
            assert_eq!(translated(&ask(from, fields.clone()), from, to).1, [left_out], "{from:?} to {to:?}");
        }
    }
    // What one of the others has a word for goes over.
    let chat = ask(OpenAiChat, json!({"verbosity": "low", "response_format": schema}));
    let (responses, left_out) = translated(&chat, OpenAiChat, OpenAiResponses);
    assert_eq!((&responses["text"]["verbosity"], left_out.len()), (&json!("low"), 0));
    assert_eq!(responses["text"]["format"]["description"], "d");
    let (again, left_out) = translated(&responses, OpenAiResponses, OpenAiChat);
    assert_eq!((&again["verbosity"], &again["response_format"], left_out.len()), (&json!("low"), &schema, 0));
    for (body, from) in [(&chat, OpenAiChat), (&responses, OpenAiResponses)] {
        let (_, left_out) = translated(body, from, AnthropicMessages);
        assert_eq!(left_out, ["verbosity", "json_schema.description"]);
    }
    let chat = json!({"messages": [{"role": "user", "content": image}]});
    let (responses, left_out) = translated(&chat, OpenAiChat, OpenAiResponses);
    assert_eq!((&responses["input"][0]["content"][0]["detail"], left_out.len()), (&json!("low"), 0));
    assert_eq!(translated(&responses, OpenAiResponses, OpenAiChat).0["messages"][0]["content"], image);
    assert_eq!(translated(&chat, OpenAiChat, AnthropicMessages).1, ["image_url.detail"]);
}

#[test]
fn fields_that_only_mark_or_repeat_are_passed_over() {
    let cache = json!({"type": "ephemeral"});
    let call = json!({"type": "tool_use", "id": "c", "name": "f", "input": {}, "caller": {"type": "direct"}, "cache_control": cache});
    let result = json!({"type": "tool_result", "tool_use_id": "c", "content": "a", "cache_control": cache});
    let messages = json!({"messages": [
        {"role": "user", "content": [{"type": "text", "text": "Why?", "cache_control": cache}]},
        {"role": "assistant", "content": [
            {"type": "thinking", "thinking": "hm", "signature": "s"},
            {"type": "text", "text": "So.", "citations": null}, call]},
        {"role": "user", "content": [result]}]});
    // As its SDK writes an answer that is sent back.
    let call = json!({"type": "function", "id": "c", "index": 0, "function": {"name": "f", "arguments": "{}"}, "extra_content": {"google": {"thought_signature": "s"}}});
    let chat = json!({"messages": [
        {"role": "user", "content": [{"type": "text", "text": "Why?", "cache_control": cache}]},
        {"role": "assistant", "content": "So.", "refusal": null, "annotations": [], "audio": null,
            "function_call": null, "tool_calls": [call], "reasoning_content": "hm"},
        {"role": "tool", "tool_call_id": "c", "name": "f", "content": "a"}]});
    let text = json!({"type": "output_text", "text": "So.", "annotations": [{"a": 1}], "logprobs": []});
    let responses = json!({"include": ["reasoning.encrypted_content"], "input": [
        {"role": "user", "content": "Why?"},
        {"type": "reasoning", "id": "r", "summary": [], "encrypted_content": "x"},
        {"type": "message", "id": "m", "status": "completed", "role": "assistant", "content": [text]},
        {"type": "function_call", "id": "i", "status": "completed", "call_id": "c", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c", "output": "a"}]});
    let bodies = [(OpenAiChat, chat), (AnthropicMessages, messages), (OpenAiResponses, responses)];
    for (from, body) in &bodies {
        for to in SURFACES {
            let (one, left_out) = translated(body, *from, to);
            assert_eq!((one, left_out.len()), translated_first(&bodies, to), "{from:?} to {to:?}");
        }
    }
}

fn translated_first(bodies: &[(Surface, Value)], to: Surface) -> (Value, usize) {
    let (from, body) = &bodies[0];
    (translated(body, *from, to).0, 0)
}

#[test]
fn fields_that_matter_and_cannot_be_said_close_a_surface() {
    let part = |part: Value| json!({"messages": [{"role": "user", "content": [part]}]});
    let url = json!({"type": "image_url", "image_url": {"url": "https://a.example/a.png", "crop": 1}});
    let source = json!({"type": "url", "url": "https://a.example/a.png", "crop": 1});
    let function = |more: Value| {
        let mut function = json!({"name": "f", "parameters": {}});
        function.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"tools": [{"type": "function", "function": function}]})
    };
    for (from, fields, named) in [
        (AnthropicMessages, json!({"inference_geo": "eu"}), "inference_geo"),
        (OpenAiChat, part(json!({"type": "text", "text": "a", "tone": "x"})), "messages.content.tone"),
        (OpenAiChat, part(url), "image_url.crop"),
        (AnthropicMessages, part(json!({"type": "image", "source": source})), "source.crop"),
        (OpenAiChat, function(json!({"cost": 1})), "tools.cost"),
        (
            AnthropicMessages,
            json!({"tools": [{"name": "f", "input_schema": {}, "defer_loading": true}]}),
            "defer_loading",
        ),
        (OpenAiResponses, json!({"tools": [{"type": "function", "name": "f", "cost": 1}]}), "tools.cost"),
        (
            OpenAiChat,
            json!({"response_format": {"type": "json_schema", "json_schema": {"schema": {}, "a": 1}}}),
            "json_schema.a",
        ),
        (
            AnthropicMessages,
            json!({"output_config": {"format": {"type": "json_schema", "schema": {}, "a": 1}}}),
            "format.a",
        ),
        (
            OpenAiResponses,
            json!({"text": {"format": {"type": "json_schema", "schema": {}, "a": 1}}}),
            "format.a",
        ),
        (
            OpenAiChat,
            json!({"tool_choice": {"type": "function", "function": {"name": "f", "a": 1}}}),
            "tool_choice.a",
        ),
        (AnthropicMessages, json!({"tool_choice": {"type": "auto", "a": 1}}), "tool_choice.a"),
        (AnthropicMessages, part(json!({"type": "tool_use", "id": "c", "name": "f"})), "a call of the user"),
    ] {
        for to in SURFACES.into_iter().filter(|to| *to != from) {
            let error = refused(&ask(from, fields.clone()), from, to);
            assert!(error.contains(named), "{error} has no {named}");
        }
    }
    for nothing in [json!(null), json!(""), json!(false)] {
        translated(&ask(AnthropicMessages, json!({"inference_geo": nothing})), AnthropicMessages, OpenAiChat);
    }
}

#[test]
fn results_of_tools_have_their_images_and_failures_in_each_surface() {
    let image =
        json!({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}});
    let text = json!({"type": "text", "text": "a cat"});
    let result = |id: &str, content: Value, failed: bool| json!({"type": "tool_result", "tool_use_id": id, "content": content, "is_error": failed});
    let call = |id: &str| json!({"type": "tool_use", "id": id, "name": "look", "input": {}});
    let body = json!({"messages": [
        {"role": "user", "content": "Look."},
        {"role": "assistant", "content": [call("c1"), call("c2"), call("c3")]},
        {"role": "user", "content": [
            result("c1", json!([text, image]), false), result("c2", json!("No file."), true), result("c3", json!([image]), true),
            {"type": "text", "text": "Well?"}]}]});
    let (chat, left_out) = translated(&body, AnthropicMessages, OpenAiChat);
    assert!(left_out.is_empty());
    let failed = json!({"type": "text", "text": "The call failed:"});
    let label = |id: &str| json!({"type": "text", "text": format!("Images in the result of the call {id}:")});
    let url = json!({"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}});
    // Results follow their calls, each a text; what a message of a tool cannot have stands behind them.
    assert_eq!(
        chat["messages"].as_array().unwrap()[2..],
        [
            json!({"role": "tool", "tool_call_id": "c1", "content": "a cat"}),
            json!({"role": "tool", "tool_call_id": "c2", "content": [failed, {"type": "text", "text": "No file."}]}),
            json!({"role": "tool", "tool_call_id": "c3", "content": "The call failed:"}),
            json!({"role": "user", "content": [label("c1"), url, label("c3"), url, {"type": "text", "text": "Well?"}]}),
        ]
    );
    let (responses, left_out) = translated(&body, AnthropicMessages, OpenAiResponses);
    assert!(left_out.is_empty());
    let outputs: Vec<_> =
        responses["input"].as_array().unwrap().iter().filter_map(|item| item.get("output")).collect();
    let failed = json!({"type": "input_text", "text": "The call failed:"});
    let image = json!({"type": "input_image", "image_url": "data:image/png;base64,AAAA"});
    assert_eq!(*outputs[0], json!([{"type": "input_text", "text": "a cat"}, image]));
    assert_eq!(*outputs[1], json!([failed, {"type": "input_text", "text": "No file."}]));
    assert_eq!(*outputs[2], json!([failed, image]));
    // Responses have images in results, too.
    let (chat, _) = translated(&responses, OpenAiResponses, OpenAiChat);
    assert_eq!(chat["messages"][5]["content"][1], url);
    let (messages, _) = translated(&responses, OpenAiResponses, AnthropicMessages);
    assert_eq!(
        messages["messages"][2]["content"][0]["content"],
        json!([text, body["messages"][2]["content"][0]["content"][1]])
    );
}

#[test]
fn the_beginning_of_an_answer_is_said_in_messages_alone() {
    let turns = json!([{"role": "user", "content": "A?"}, {"role": "assistant", "content": "{"}]);
    let body = |surface| {
        let name = if surface == OpenAiResponses { "input" } else { "messages" };
        json!({name: turns})
    };
    for from in SURFACES {
        for to in SURFACES {
            match (from, to) {
                (AnthropicMessages, AnthropicMessages) => {}
                (AnthropicMessages, _) => {
                    assert!(refused(&body(from), from, to).contains("a beginning of the answer"));
                }
                // Of another client, too, it is the beginning, for the models that take one: a host closes the others.
                _ => drop(translated(&body(from), from, to)),
            }
        }
    }
}

#[test]
fn late_words_of_the_operator_keep_their_place_where_they_can() {
    let turns = json!([
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "A?"},
        {"role": "assistant", "content": "B."},
        {"role": "system", "content": "Now in French."},
        {"role": "user", "content": "C?"},
    ]);
    let roles = |items: &Value| {
        let items = items.as_array().unwrap().iter();
        items.map(|item| item["role"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for (from, name) in [(OpenAiChat, "messages"), (OpenAiResponses, "input")] {
        let body = json!({name: turns});
        for (to, name) in [(OpenAiChat, "messages"), (OpenAiResponses, "input")] {
            let (other, left_out) = translated(&body, from, to);
            assert_eq!(roles(&other[name]), ["system", "user", "assistant", "system", "user"]);
            assert!(left_out.is_empty());
        }
        let (messages, left_out) = translated(&body, from, AnthropicMessages);
        let texts: Vec<_> =
            messages["system"].as_array().unwrap().iter().map(|block| &block["text"]).collect();
        assert_eq!(texts, ["Be brief.", "Now in French."]);
        assert_eq!(roles(&messages["messages"]), ["user", "assistant", "user"]);
        assert_eq!(left_out, ["messages.system"]);
    }
}

#[test]
fn messages_get_no_text_without_a_visible_character() {
    let blank = |text: &str| json!({"type": "text", "text": text});
    let body = json!({"messages": [
        {"role": "system", "content": ""},
        {"role": "system", "content": " \n"},
        {"role": "user", "content": [blank(""), blank("\u{a0}\t"), blank("Why?")]},
        {"role": "assistant", "content": "", "tool_calls": [{"type": "function", "id": "c", "function": {"name": "f", "arguments": ""}}]},
        {"role": "tool", "tool_call_id": "c", "content": " "},
        {"role": "assistant", "content": "\n"},
        {"role": "user", "content": "And?"},
    ]});
    let (messages, _) = translated(&body, OpenAiChat, AnthropicMessages);
    let call = json!({"type": "tool_use", "id": "c", "name": "f", "input": {}});
    let result = json!({"type": "tool_result", "tool_use_id": "c", "content": []});
    let wanted = json!([
        {"role": "user", "content": [blank("Why?")]},
        {"role": "assistant", "content": [call]},
        {"role": "user", "content": [result]},
        {"role": "user", "content": [blank("And?")]},
    ]);
    assert_eq!((&messages["messages"], messages.get("system")), (&wanted, None));
    let nothing = json!({"messages": [{"role": "user", "content": " \u{2003}"}]});
    assert!(refused(&nothing, OpenAiChat, AnthropicMessages).contains("a request without a turn"));
}

#[test]
fn a_limit_has_the_name_that_the_model_knows() {
    let body = ask(AnthropicMessages, json!({"max_tokens": 100}));
    let (chat, _) = request(body.to_string().as_bytes(), AnthropicMessages, OpenAiChat).unwrap();
    for (model, name) in [
        ("some-local-model", "max_tokens"),
        ("gpt-oss-120b", "max_tokens"),
        ("gemini-2.5-flash", "max_tokens"),
        ("gpt-5-mini", "max_completion_tokens"),
        ("gpt-5.4", "max_completion_tokens"),
        ("o3", "max_completion_tokens"),
    ] {
        let samples = Draws::Client { most: 1 };
        let settings = Settings {
            model,
            thinking_tokens: 0,
            answer_tokens: 64,
            samples,
            keep_wishes: false,
            most_tokens: 64,
        };
        let new = rewrite(&chat, OpenAiChat, &settings).unwrap().body.unwrap();
        let new: Value = serde_json::from_slice(&new).unwrap();
        let limits = ["max_tokens", "max_completion_tokens"].map(|name| new.get(name));
        assert_eq!((limits.iter().flatten().count(), &new[name]), (1, &json!(64)), "{model}");
    }
}

#[test]
fn a_body_of_very_many_fields_is_read_in_time() {
    // Compared in pairs, they would take hours.
    let many =
        |count: usize, field: &dyn Fn(usize) -> String| (0..count).map(field).collect::<Vec<_>>().join(",");
    let unknown = format!(r#"{{"messages":[],{}}}"#, many(300_000, &|at| format!(r#""a{at}":0"#)));
    for from in SURFACES {
        assert!(request(unknown.as_bytes(), from, OpenAiChat).is_err());
    }
    let settings = |model| Settings {
        model,
        thinking_tokens: 1_024,
        answer_tokens: 64,
        samples: Draws::Client { most: 1 },
        keep_wishes: false,
        most_tokens: 2_048,
    };
    for (surface, model, field) in [
        (OpenAiResponses, "gpt-5", r#""reasoning":{}"#),
        (OpenAiResponses, "gpt-5", r#""text":{"verbosity":"low"}"#),
        (OpenAiResponses, "gpt-4o", r#""include":["reasoning.encrypted_content"]"#),
        (AnthropicMessages, "claude-sonnet-4-5", r#""thinking":{}"#),
        (AnthropicMessages, "claude-opus-4-6", r#""output_config":{}"#),
        (Surface::GeminiGenerate, "gemini-2.5-flash", r#""generationConfig":{"thinkingConfig":{}}"#),
        (
            Surface::BedrockConverse,
            "anthropic.claude-sonnet-4-5",
            r#""additionalModelRequestFields":{"thinking":{}}"#,
        ),
        (Surface::OllamaChat, "qwen3", r#""options":{}"#),
        (Surface::VllmChat, "qwen3", r#""chat_template_kwargs":{}"#),
        (OpenAiChat, "gpt-5", r#""max_tokens":5"#),
    ] {
        let body = format!("{{{}}}", many(200_000, &|_| field.to_owned()));
        rewrite(body.as_bytes(), surface, &settings(model)).unwrap();
    }
}

proptest! {
    #[test]
    fn a_check_says_what_a_translation_does(
        roles in prop::collection::vec(0..4_usize, 0..5),
        content in prop::sample::select(vec!["", " ", "a", "\u{a0}"]),
        from in 0..3_usize,
        to in 0..3_usize,
    ) {
        let roles = roles.into_iter().map(|role| ["user", "assistant", "system", "developer"][role]);
        let turns: Vec<Value> = roles.map(|role| json!({"role": role, "content": content})).collect();
        let name = if SURFACES[from] == OpenAiResponses { "input" } else { "messages" };
        let body = json!({name: turns}).to_string();
        let whole = request(body.as_bytes(), SURFACES[from], SURFACES[to]).map(|(_, said)| said);
        prop_assert_eq!(check(body.as_bytes(), SURFACES[from], [&SURFACES[to]]), vec![whole]);
    }
}
