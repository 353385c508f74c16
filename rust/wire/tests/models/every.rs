//! Properties that hold for the models of every provider.

use super::{ASK, SETTINGS, by, sent};
use rheostat_wire::rewrite::{Draws, Settings, Why};
use serde_json::Value;

#[test]
fn a_forced_tool_stops_thinking_where_it_must() {
    let forced = |choice: &str| format!(r#""tool_choice":{choice},{ASK}"#);
    for (surface, model, choice) in [
        ("anthropic.messages", "claude-sonnet-4-5", r#"{"type":"any"}"#),
        ("anthropic.messages", "claude-opus-4-7", r#"{"type":"tool","name":"f"}"#),
        ("deepseek.chat", "deepseek-chat", r#""required""#),
        ("deepseek.chat", "deepseek-v4-pro", r#"{"type":"function","function":{"name":"f"}}"#),
        ("openrouter.chat", "anthropic/claude-sonnet-4.5", r#""required""#),
    ] {
        let new = sent(surface, model, 4_096, &forced(choice));
        assert!(new.says(Why::ForcedTool), "{surface} {choice}: {}", new.body);
        for free in [r#""auto""#, r#""none""#, r#"{"type":"auto"}"#, r#"{"type":"none"}"#, "null"] {
            assert!(!sent(surface, model, 4_096, &forced(free)).says(Why::ForcedTool), "{surface} {free}");
        }
    }
    assert!(
        sent("anthropic.messages", "claude-opus-5-5", 0, &forced(r#"{"type":"any"}"#))
            .has("tool_choice", Why::Unsupported)
    );
    let converse = |model| {
        let tool = r#""toolConfig":{"toolChoice":{"any":{}}},"messages":[]"#;
        sent("bedrock.converse", model, 4_096, tool).says(Why::ForcedTool)
    };
    assert!(converse("anthropic.claude-sonnet-4-5"));
    // The rule is Claude's.
    for model in [
        "openai.gpt-oss-120b-1:0",
        "amazon.nova-pro-v1:0",
        "qwen.qwen3-32b-v1:0",
        "us.amazon.nova-2-lite-v1:0",
    ] {
        assert!(!converse(model), "{model}");
    }
}

#[test]
fn what_is_unknown_is_left_alone_and_said() {
    for (surface, model, members) in [
        ("openai.chat", "llama-3.3-70b-versatile", r#""reasoning_effort":"high","#),
        ("openai.chat", "my-deployment", ""),
        ("openai.responses", "my-deployment", r#""reasoning":{"effort":"high"},"#),
        ("anthropic.messages", "house", r#""thinking":{"type":"enabled","budget_tokens":2000},"#),
        ("bedrock.converse", "arn:aws:bedrock:us-east-1:1:application-inference-profile/abc", ""),
        ("gemini.generate", "tunedModels/a", ""),
        ("cohere.chat", "house", ""),
        ("mistral.chat", "house", r#""reasoning_effort":"high","#),
        ("openrouter.chat", "a/b", r#""reasoning":{"effort":"high"},"#),
    ] {
        let before: Value = serde_json::from_str(&format!("{{{members}{ASK}}}")).unwrap();
        for tokens in [0, 4_096] {
            let new = sent(surface, model, tokens, &format!("{members}{ASK}"));
            assert!(new.says(Why::Unknown), "{surface} {model}");
            for field in ["reasoning_effort", "reasoning", "thinking", "additionalModelRequestFields"] {
                assert_eq!(new.body.get(field), before.get(field), "{surface} {model}");
            }
        }
    }
}

#[test]
fn no_provider_is_asked_for_more_answers_than_it_gives() {
    let answers = |surface: &str, members: &str, samples: Draws| {
        by(surface, &Settings { samples, ..SETTINGS }, &format!("{members}{ASK}"))
    };
    for samples in [Draws::Plan(200), Draws::Client { most: 1_000 }] {
        let new = answers("openai.chat", r#""n":500,"#, samples);
        assert!(new.body["n"] == 128 && new.has("n", Why::Most));
        let new = answers("gemini.generate", r#""generationConfig":{"candidateCount":12},"#, samples);
        assert_eq!(new.body["generationConfig"]["candidateCount"], 8);
        for surface in ["vllm.chat", "mistral.chat"] {
            for zero in ["0", "0.0", "0e3"] {
                let new = answers(surface, &format!(r#""n":5,"temperature":{zero},"#), samples);
                // Where the plan draws several, they are to differ.
                if samples == Draws::Plan(200) {
                    assert!(new.body["n"] == 200 && new.has("temperature", Why::Samples), "{surface} {zero}");
                } else {
                    assert!(new.body["n"] == 1 && new.has("n", Why::Unsupported), "{surface} {zero}");
                }
            }
            assert!(
                answers(surface, r#""n":5,"temperature":0.5,"#, samples).body["n"].as_u64().unwrap() >= 5
            );
        }
    }
}
