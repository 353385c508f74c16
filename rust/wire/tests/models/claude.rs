//! Anthropic's models, behind every surface that has them.

use super::{ASK, CHAT_LOOP, sent};
use rheostat_wire::rewrite::Why;
use serde_json::json;

const LOOP: &str = r#""messages":[{"role":"user","content":"Why?"},{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"3"},{"type":"text","text":"note"}]}]"#;
const BEGUN: &str = r#""messages":[{"role":"user","content":"Why?"},{"role":"assistant","content":"{"}]"#;

#[test]
fn claude_rests_as_its_generation_does() {
    let rest = |model: &str, members: &str| {
        let body = sent("anthropic.messages", model, 0, members).body;
        (body["thinking"]["type"].clone(), body["output_config"]["effort"].clone())
    };
    let asked = format!(r#""thinking":{{"type":"adaptive"}},"output_config":{{"effort":"max"}},{ASK}"#);
    for (model, silent, told) in [
        ("claude-opus-4-6", (json!(null), json!(null)), (json!("disabled"), json!("low"))),
        ("claude-opus-4-7", (json!(null), json!(null)), (json!(null), json!("low"))),
        ("claude-opus-4-8", (json!(null), json!(null)), (json!(null), json!("low"))),
        ("claude-sonnet-5", (json!("disabled"), json!(null)), (json!("disabled"), json!("low"))),
        ("anthropic.claude-opus-5", (json!("disabled"), json!(null)), (json!("disabled"), json!("low"))),
        ("claude-haiku-5-5", (json!("disabled"), json!(null)), (json!("disabled"), json!("low"))),
        ("claude-sonnet-5-5", (json!("between_tools"), json!(null)), (json!("between_tools"), json!("low"))),
        ("claude-opus-5-5", (json!(null), json!("low")), (json!("adaptive"), json!("low"))),
        ("claude-fable-5-1", (json!(null), json!("low")), (json!("adaptive"), json!("low"))),
    ] {
        assert_eq!(rest(model, ASK), silent, "{model}");
        assert_eq!(rest(model, &asked), told, "{model}");
    }
    assert!(sent("anthropic.messages", "claude-opus-5-5", 0, ASK).says(Why::Floor));
}

#[test]
fn claude_does_not_begin_to_think_in_the_middle() {
    for (surface, members) in
        [("anthropic.messages", LOOP), ("bedrock.converse", LOOP), ("openrouter.chat", CHAT_LOOP)]
    {
        let new = sent(surface, "claude-sonnet-4-5", 4_096, members);
        assert!(new.says(Why::ToolLoop), "{surface}: {}", new.body);
        assert!(
            !new.body.to_string().contains("enabled") && new.body["reasoning"].get("max_tokens").is_none()
        );
    }
    let converse = r#""messages":[{"role":"assistant","content":[{"toolUse":{"name":"f"}}]},{"role":"user","content":[{"toolResult":{}}]}]"#;
    assert!(
        sent("bedrock.converse", "us.anthropic.claude-3-7-sonnet-v1:0", 4_096, converse).says(Why::ToolLoop)
    );
    // Adaptive thinking may begin anywhere.
    let new = sent("anthropic.messages", "claude-opus-4-6", 4_096, LOOP);
    assert_eq!(new.body["thinking"]["type"], "adaptive");
    // An earlier turn that thought is no excuse, and a new ask starts afresh.
    let earlier = LOOP.replacen(
        r#"{"role":"user","content":"Why?"}"#,
        r#"{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"thinking","thinking":"b","signature":"c"},{"type":"text","text":"d"}]},{"role":"user","content":"Why?"}"#,
        1,
    );
    assert!(sent("anthropic.messages", "claude-sonnet-4-5", 4_096, &earlier).says(Why::ToolLoop));
    let afresh = LOOP.replacen(
        r"}]}]",
        r#"}]},{"role":"assistant","content":"4"},{"role":"user","content":"And 5?"}]"#,
        1,
    );
    let new = sent("anthropic.messages", "claude-sonnet-4-5", 4_096, &afresh);
    assert_eq!(new.body["thinking"]["type"], "enabled", "{:?}", new.said);
}

#[test]
fn a_begun_answer_stops_thinking() {
    for surface in ["anthropic.messages", "bedrock.converse", "openrouter.chat"] {
        let new = sent(surface, "claude-sonnet-4-5", 4_096, BEGUN);
        assert!(
            new.says(Why::Prefill) && !new.body.to_string().contains("enabled"),
            "{surface}: {}",
            new.body
        );
        // Newer ones refuse it in any case.
        for tokens in [0, 4_096] {
            assert!(
                sent(surface, "claude-opus-4-6", tokens, BEGUN).has("messages", Why::Unsupported),
                "{surface}"
            );
        }
    }
    assert!(!sent("anthropic.messages", "claude-sonnet-4-5", 4_096, ASK).says(Why::Prefill));
}

#[test]
fn claude_takes_a_narrow_top_p_while_it_thinks() {
    let left = |model: &str, tokens: u64, members: &str| {
        sent("anthropic.messages", model, tokens, &format!("{members},{ASK}")).body.get("top_p").cloned()
    };
    for model in ["claude-3-7-sonnet-latest", "claude-sonnet-4-5", "claude-opus-4-5", "claude-opus-4-6"] {
        assert_eq!(left(model, 4_096, r#""top_p":0.5"#), None, "{model}");
        assert_eq!(left(model, 4_096, r#""top_p":0.95"#), Some(json!(0.95)), "{model}");
        assert_eq!(left(model, 0, r#""top_p":0.5"#), Some(json!(0.5)), "{model}");
    }
    // One of the two, from Opus 4.1 on.
    assert_eq!(left("claude-sonnet-4-5", 0, r#""top_p":0.5,"temperature":0.7"#), None);
    assert_eq!(left("claude-sonnet-4-0", 0, r#""top_p":0.5,"temperature":0.7"#), Some(json!(0.5)));
    let converse = |model: &str, top_p: &str| {
        let members = format!(r#""inferenceConfig":{{"topP":{top_p}}},{ASK}"#);
        sent("bedrock.converse", model, 4_096, &members).body["inferenceConfig"].get("topP").cloned()
    };
    assert_eq!(converse("anthropic.claude-sonnet-4-5", "0.5"), None);
    assert_eq!(converse("anthropic.claude-3-7-sonnet-v1:0", "0.99"), None);
}

#[test]
fn an_edit_of_thoughts_needs_thoughts() {
    let left = |model: &str, tokens: u64, edits: &str| {
        let members = format!(r#""context_management":{{"edits":{edits}}},{ASK}"#);
        sent("anthropic.messages", model, tokens, &members).body.get("context_management").cloned()
    };
    let clear = r#"{"type":"clear_thinking_20251015","keep":"all"}"#;
    let other = r#"{"type":"clear_tool_uses_20250919"}"#;
    for model in ["claude-sonnet-4-5", "claude-opus-4-6", "claude-opus-5", "claude-3-5-haiku-latest"] {
        assert_eq!(left(model, 0, &format!("[{clear}]")), None, "{model}");
        let rest = Some(json!({"edits": [{"type": "clear_tool_uses_20250919"}]}));
        assert_eq!(left(model, 0, &format!("[{clear} , {other}]")), rest, "{model}");
        assert_eq!(left(model, 0, &format!("[{other},{clear}]")), rest, "{model}");
    }
    assert!(left("claude-sonnet-4-5", 4_096, &format!("[{clear}]")).is_some());
    assert!(left("claude-opus-5-5", 0, &format!("[{clear}]")).is_some());
}

#[test]
fn opus_4_5_takes_no_effort_above_high() {
    let effort = |effort: &str| {
        let members = format!(r#""output_config":{{"effort":"{effort}"}},{ASK}"#);
        sent("anthropic.messages", "claude-opus-4-5", 4_096, &members).body["output_config"]["effort"].clone()
    };
    assert_eq!(
        (effort("max"), effort("xhigh"), effort("medium")),
        (json!("high"), json!("high"), json!("medium"))
    );
}

#[test]
fn names_on_vertex_are_read_to_the_end() {
    for (model, kind) in [
        ("claude-opus-4@20250514", "enabled"),
        ("claude-sonnet-4@20250514", "enabled"),
        ("claude-opus-4-1@20250805", "enabled"),
        ("claude-sonnet-4-5@20250929", "enabled"),
        ("claude-opus-4-6@default", "adaptive"),
        ("claude-opus-4-7", "adaptive"),
        ("claude-sonnet-5@20260130", "adaptive"),
    ] {
        let members = format!(r#""anthropic_version":"vertex-2023-10-16",{ASK}"#);
        let new = sent("anthropic.messages", model, 4_096, &members);
        assert_eq!(new.body["thinking"]["type"], kind, "{model}");
        assert!(new.body.get("model").is_none() && new.has("model", Why::Path), "{model}");
    }
    let named = format!(r#""model":"a","anthropic_version":"vertex-2023-10-16",{ASK}"#);
    assert_eq!(sent("anthropic.messages", "claude-opus-4-1", 0, &named).body["model"], "claude-opus-4-1");
}
