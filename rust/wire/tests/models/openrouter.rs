//! OpenRouter.

use super::{ASK, sent};
use serde_json::{Value, json};

#[test]
fn openrouter_does_not_turn_off_what_must_think() {
    let asked = |model: &str, tokens: u64| {
        let members =
            format!(r#""reasoning":{{"enabled":true,"max_tokens":9000}},"reasoning_effort":"high",{ASK}"#);
        let new = sent("openrouter.chat", model, tokens, &members);
        assert_eq!(new.body.get("reasoning_effort"), None, "{model}");
        new.body.get("reasoning").cloned().unwrap_or(Value::Null)
    };
    for (model, least) in [
        ("openai/gpt-5", "minimal"),
        ("openai/gpt-5-mini", "minimal"),
        ("openai/o3", "low"),
        ("openai/gpt-oss-120b", "low"),
        ("google/gemini-2.5-pro", "low"),
        ("google/gemini-3.7-flash", "low"),
        ("deepseek/deepseek-r1-0528:free", "low"),
        ("x-ai/grok-4", "low"),
        ("minimax/minimax-m2.5", "low"),
        ("stepfun/step-3.5-flash:free", "low"),
        ("qwen/qwen3-235b-a22b-thinking-2507", "low"),
        ("moonshotai/kimi-k2-thinking", "low"),
        ("anthropic/claude-opus-5.5", "low"),
        ("openai/gpt-5.1", "none"),
        ("anthropic/claude-sonnet-5", "none"),
        ("anthropic/claude-sonnet-4.5", "none"),
        ("google/gemini-2.5-flash", "none"),
        ("qwen/qwen3-14b", "none"),
        ("deepseek/deepseek-chat-v3.1", "none"),
    ] {
        assert_eq!(asked(model, 0), json!({"effort": least}), "{model}");
        let more = asked(model, 4_096);
        assert!(
            more == json!({"effort": "medium"}) || more == json!({"max_tokens": 4_096}),
            "{model}: {more}"
        );
    }
    for model in [
        "openai/gpt-4o",
        "meta-llama/llama-3.3-70b-instruct",
        "anthropic/claude-3.5-haiku",
        "google/gemini-2.0-flash-001",
    ] {
        assert_eq!((asked(model, 0), asked(model, 4_096)), (Value::Null, Value::Null), "{model}");
        assert_eq!(sent("openrouter.chat", model, 4_096, ASK).body["max_tokens"], 2_000, "{model}");
    }
}
