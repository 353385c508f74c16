//! Bedrock's families.

use super::sent;
use rheostat_wire::rewrite::Why;
use serde_json::json;

#[test]
fn bedrock_asks_each_family_in_its_own_words() {
    let fields = |model: &str, tokens: u64| {
        let members = r#""messages":[],"additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":2000},"max_tokens":90000}"#;
        sent("bedrock.converse", model, tokens, members).body["additionalModelRequestFields"].clone()
    };
    for (model, on, off) in [
        (
            "us.anthropic.claude-sonnet-4-5-v1:0",
            json!({"thinking": {"type": "enabled", "budget_tokens": 4096}}),
            json!({"thinking": {"type": "disabled"}}),
        ),
        (
            "openai.gpt-oss-120b-1:0",
            json!({"reasoning_effort": "medium"}),
            json!({"reasoning_effort": "low"}),
        ),
        (
            "us.openai.gpt-5.6-luna",
            json!({"reasoning": {"effort": "medium"}}),
            json!({"reasoning": {"effort": "none"}}),
        ),
        (
            "global.openai.gpt-6-astra",
            json!({"reasoning": {"effort": "medium"}}),
            json!({"reasoning": {"effort": "low"}}),
        ),
        (
            "us.amazon.nova-2-lite-v1:0",
            json!({"reasoningConfig": {"type": "enabled", "maxReasoningEffort": "medium"}}),
            json!({"reasoningConfig": {"type": "disabled"}}),
        ),
        ("us.amazon.nova-pro-v1:0", json!({}), json!({})),
        ("us.deepseek.r1-v1:0", json!({}), json!({})),
    ] {
        assert_eq!((fields(model, 4_096), fields(model, 0)), (on, off), "{model}");
    }
    let new = sent("bedrock.converse", "qwen.qwen3-32b-v1:0", 4_096, r#""messages":[]"#);
    assert!(new.says(Why::Unknown) && new.body.get("additionalModelRequestFields").is_none(), "{}", new.body);
}
