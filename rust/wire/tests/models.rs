//! Refusals of providers, model by model: a rewritten body gives no cause for one, and says what it lost.
#![allow(clippy::unwrap_used)] // a test that fails here has failed

use rheostat_wire::rewrite::{Draws, Settings, Surface, Why, rewrite};
use serde_json::{Value, json};

const ASK: &str = r#""messages":[{"role":"user","content":"Why?"}]"#;
const LOOP: &str = r#""messages":[{"role":"user","content":"Why?"},{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"3"},{"type":"text","text":"note"}]}]"#;
const CHAT_LOOP: &str = r#""messages":[{"role":"user","content":"Why?"},{"role":"assistant","content":null,"tool_calls":[{"id":"a"}]},{"role":"tool","tool_call_id":"a","content":"3"},{"role":"tool","tool_call_id":"b","content":"3"}]"#;
const BEGUN: &str = r#""messages":[{"role":"user","content":"Why?"},{"role":"assistant","content":"{"}]"#;

struct Sent {
    body: Value,
    said: Vec<(&'static str, Why)>,
}

impl Sent {
    fn says(&self, why: Why) -> bool {
        self.said.iter().any(|(_, said)| *said == why)
    }

    fn has(&self, field: &str, why: Why) -> bool {
        self.said.contains(&(self.said.iter().find(|said| said.0 == field).map_or("", |said| said.0), why))
    }
}

/// The body for a model and tokens of thinking, with room for 2,000 tokens of answer.
fn sent(surface: &str, model: &str, thinking_tokens: u64, members: &str) -> Sent {
    let samples = Draws::Client { most: 1_000 };
    let settings = Settings {
        model,
        thinking_tokens,
        answer_tokens: 2_000,
        samples,
        keep_wishes: false,
        most_tokens: 0,
    };
    by(surface, &settings, members)
}

fn by(surface: &str, settings: &Settings<'_>, members: &str) -> Sent {
    let body = format!("{{{members}}}");
    let surface = Surface::from_name(surface).unwrap();
    let new = rewrite(body.as_bytes(), surface, settings).unwrap();
    let text = new.body.clone().unwrap_or_else(|| body.clone().into_bytes());
    assert_eq!(
        rewrite(&text, surface, settings).unwrap().body,
        None,
        "{body} does not stay as it was rewritten"
    );
    let said = new.changes.iter().map(|change| (change.field, change.why)).collect();
    Sent { body: serde_json::from_slice(&text).unwrap(), said }
}

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
fn deepseek_goes_on_with_tools_as_it_began() {
    let new = sent("deepseek.chat", "deepseek-chat", 4_096, CHAT_LOOP);
    assert!(new.says(Why::ToolLoop) && new.body["thinking"]["type"] == "disabled", "{}", new.body);
    let thought = CHAT_LOOP.replacen(r#""content":null"#, r#""content":null,"reasoning_content":"""#, 1);
    assert_eq!(sent("deepseek.chat", "deepseek-chat", 4_096, &thought).body["thinking"]["type"], "enabled");
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
fn openais_models_lose_what_they_refuse() {
    let left = |model: &str, tokens: u64, member: &str| {
        let new = sent("openai.chat", model, tokens, &format!("{member},{ASK}"));
        let name = member.split('"').nth(1).unwrap();
        new.body.get(name).is_some()
    };
    for model in ["o1", "o3", "o4-mini", "gpt-5", "gpt-5-mini", "gpt-5.1", "gpt-5.2", "gpt-5.4-mini"] {
        assert!(!left(model, 0, r#""stop":["a"]"#) && !left(model, 0, r#""prediction":{}"#), "{model}");
        assert!(left(model, 0, r#""stop":null"#), "{model}");
    }
    assert!(left("gpt-4o", 0, r#""stop":["a"]"#) && left("gpt-5.5", 0, r#""stop":["a"]"#));
    for model in ["o3", "gpt-4o", "gpt-4.1-mini"] {
        assert!(
            !left(model, 0, r#""verbosity":"low""#) && left(model, 0, r#""verbosity":"medium""#),
            "{model}"
        );
    }
    assert!(left("gpt-5", 0, r#""verbosity":"low""#));
    assert!(!left("gpt-4o", 0, r#""service_tier":"flex""#) && left("o3", 0, r#""service_tier":"flex""#));
    assert!(left("gpt-4o", 0, r#""service_tier":"priority""#));
}

#[test]
fn openais_models_get_efforts_that_they_have() {
    let effort = |surface: &str, model: &str, tokens: u64| {
        let body = sent(surface, model, tokens, ASK).body;
        let flat = body["reasoning_effort"].as_str().map(str::to_owned);
        flat.or_else(|| body["reasoning"]["effort"].as_str().map(str::to_owned)).unwrap_or_default()
    };
    for (model, least, most) in [
        ("gpt-5", "minimal", "high"),
        ("gpt-5-codex", "low", "high"),
        ("gpt-5.1", "none", "high"),
        ("gpt-5.1-codex", "low", "high"),
        ("gpt-5.1-codex-mini", "low", "high"),
        ("gpt-5.1-codex-max", "low", "xhigh"),
        ("gpt-5.2-codex", "low", "xhigh"),
        ("gpt-5.1-chat-latest", "medium", "medium"),
        ("gpt-5.2-chat-latest", "medium", "medium"),
        ("gpt-5.2-pro", "medium", "xhigh"),
        ("gpt-5-pro", "high", "high"),
        ("o3-deep-research", "medium", "medium"),
        ("o3", "low", "high"),
        ("gpt-5.6-luna", "none", "xhigh"),
        ("gpt-6-sol", "none", "xhigh"),
        ("gpt-6-astra", "low", "xhigh"),
        ("gpt-oss-20b", "low", "high"),
        ("gpt-5-search-api", "", ""),
        ("gpt-5-chat-latest", "", ""),
        ("gpt-35-turbo", "", ""),
    ] {
        for surface in ["openai.chat", "openai.responses"] {
            assert_eq!(
                (effort(surface, model, 0), effort(surface, model, 1 << 20)),
                (least.to_owned(), most.to_owned()),
                "{model}"
            );
        }
    }
    // Other vendors' behind the same format.
    for (model, least, most) in [
        ("gemini-2.5-flash", "none", "high"),
        ("gemini-2.5-pro", "low", "high"),
        ("grok-3-mini", "low", "high"),
    ] {
        let chat = |tokens| effort("openai.chat", model, tokens);
        assert_eq!((chat(0), chat(1 << 20)), (least.to_owned(), most.to_owned()), "{model}");
    }
}

#[test]
fn tools_narrow_the_effort() {
    let functions = format!(r#""tools":[{{"type":"function","function":{{"name":"f"}}}}],{ASK}"#);
    for model in ["gpt-5.4", "gpt-5.4-mini", "gpt-5.5", "gpt-5.6-terra"] {
        for members in [&functions, &format!(r#""functions":[{{"name":"f"}}],{ASK}"#)] {
            let new = sent("openai.chat", model, 4_096, members);
            assert!(new.says(Why::Tools), "{model}");
            assert_eq!(
                (&new.body["reasoning_effort"], &new.body["max_completion_tokens"]),
                (&json!("none"), &json!(2_000))
            );
        }
        let empty = format!(r#""tools":[],{ASK}"#);
        assert_eq!(sent("openai.chat", model, 4_096, &empty).body["reasoning_effort"], "medium");
        assert_eq!(sent("openai.responses", model, 4_096, &functions).body["reasoning"]["effort"], "medium");
    }
    assert_eq!(sent("openai.chat", "gpt-5.2", 4_096, &functions).body["reasoning_effort"], "medium");
    for kind in ["web_search", "web_search_preview", "image_generation", "code_interpreter", "file_search"] {
        let tools =
            format!(r#""tools":[{{"type":"function","name":"f"}},{{"type":"{kind}"}}],"input":"Why?""#);
        assert_eq!(
            sent("openai.responses", "gpt-5-mini", 0, &tools).body["reasoning"]["effort"],
            "low",
            "{kind}"
        );
    }
    let own =
        r#""tools":[{"type":"function","name":"web_search"},{"type":"custom","name":"g"}],"input":"Why?""#;
    assert_eq!(sent("openai.responses", "gpt-5", 0, own).body["reasoning"]["effort"], "minimal");
}

#[test]
fn a_model_without_thoughts_is_sent_none() {
    let members = r#""include":["reasoning.encrypted_content"],"reasoning":{"effort":"high","summary":"auto"},"input":[{"type":"reasoning","encrypted_content":"x"},{"role":"user","content":"Why?"}]"#;
    let new = sent("openai.responses", "gpt-4o", 0, members);
    assert!(new.body.get("include").is_none() && new.body.get("reasoning").is_none(), "{}", new.body);
    assert!(new.has("include", Why::Refused) && new.has("input", Why::Unsupported));
    let new = sent("openai.responses", "gpt-5", 0, members);
    assert!(new.body.get("include").is_some() && !new.has("input", Why::Unsupported));
}

#[test]
fn ollama_is_asked_to_think_only_where_it_can() {
    let think = |model: &str, tokens: u64, members: &str| {
        let new = sent("ollama.chat", model, tokens, &format!("{members}{ASK}"));
        (new.body.get("think").cloned(), new.says(Why::Unsupported), new.says(Why::Unknown))
    };
    for model in [
        "llama3.2",
        "llama3.1:8b",
        "gemma3:4b",
        "qwen2.5:7b",
        "qwen3-coder:30b",
        "mistral",
        "phi4",
        "qwen3:4b-instruct-2507",
    ] {
        assert_eq!(think(model, 4_096, r#""think":true,"#), (None, true, false), "{model}");
    }
    for model in ["qwen3:8b", "qwen3-vl", "deepseek-r1:32b", "magistral", "library/qwen3:0.6b"] {
        assert_eq!(think(model, 4_096, ""), (Some(json!(true)), false, false), "{model}");
        assert_eq!(think(model, 0, ""), (Some(json!(false)), false, false), "{model}");
    }
    // What is unknown is left alone and said; off is never wrong.
    assert_eq!(think("my-own", 4_096, ""), (None, false, true));
    assert_eq!(think("my-own", 4_096, r#""think":true,"#), (Some(json!(true)), false, true));
    assert_eq!(think("my-own", 0, r#""think":true,"#), (Some(json!(false)), false, false));
}

#[test]
fn ollama_reads_names_in_any_case() {
    for name in ["MODEL", "Model", "mODEL", "\\u004dodel"] {
        let new = sent("ollama.chat", "llama3.2", 0, &format!(r#""model":"a","{name}":"x:70b",{ASK}"#));
        let models: Vec<&Value> = new
            .body
            .as_object()
            .unwrap()
            .iter()
            .filter(|(key, _)| key.eq_ignore_ascii_case("model"))
            .map(|(_, value)| value)
            .collect();
        assert_eq!(models, [&json!("llama3.2"), &json!("llama3.2")], "{name}");
    }
    let new = sent(
        "ollama.chat",
        "llama3.2",
        0,
        &format!(r#""Option\u017f":{{"NUM_PREDICT":-1}},"THIN\u212A":true,{ASK}"#),
    );
    assert_eq!(new.body["Option\u{17f}"]["NUM_PREDICT"], 2_000);
    assert_eq!((new.body.get("options"), new.body.get("THIN\u{212A}")), (None, None));
    // Others tell names apart.
    assert_eq!(sent("openai.chat", "gpt-4o", 0, &format!(r#""MODEL":"x",{ASK}"#)).body["MODEL"], "x");
}

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
    // Mistral's older small models do not think.
    assert_eq!(sent("mistral.chat", "mistral-small-2506", 4_096, ASK).body.get("reasoning_effort"), None);
    assert_eq!(sent("mistral.chat", "mistral-small-latest", 4_096, ASK).body["reasoning_effort"], "high");
}

#[test]
fn gemini_is_written_where_the_request_stands() {
    let contents = r#""contents":[{"parts":[{"text":"Why?"}]}]"#;
    let inner = format!(
        r#""request":{{{contents},"generationConfig":{{"maxOutputTokens":90000,"candidateCount":20}}}}"#
    );
    let new =
        sent("gemini.generate", "gemini-2.5-pro", 4_096, &format!(r#""model":"auto","project":"p",{inner}"#));
    let config = &new.body["request"]["generationConfig"];
    assert_eq!(
        (&config["maxOutputTokens"], &config["thinkingConfig"]["thinkingBudget"]),
        (&json!(6_096), &json!(4_096))
    );
    assert_eq!(
        (&config["candidateCount"], &new.body["model"], new.body.get("generationConfig")),
        (&json!(8), &json!("gemini-2.5-pro"), None)
    );
    // A line of a batch has the model in the path.
    let new = sent("gemini.generate", "gemini-2.5-pro", 0, &inner);
    assert!(new.body.get("model").is_none() && new.has("model", Why::Path), "{}", new.body);
    // A member of that name beside a conversation is not the request.
    let new = sent("gemini.generate", "gemini-2.5-flash", 0, &format!(r#"{contents},"request":{{}}"#));
    assert_eq!(
        (&new.body["request"], &new.body["generationConfig"]["maxOutputTokens"]),
        (&json!({}), &json!(2_000))
    );
    for model in ["gemini-2.5-flash-image", "gemini-2.5-flash-preview-tts"] {
        assert_eq!(
            sent("gemini.generate", model, 4_096, contents).body["generationConfig"].get("thinkingConfig"),
            None
        );
    }
    let robot = sent("gemini.generate", "gemini-robotics-er-1.5-preview", 0, contents);
    assert_eq!(robot.body["generationConfig"]["thinkingConfig"]["thinkingBudget"], 0);
}

#[test]
fn no_provider_is_asked_for_more_answers_than_it_gives() {
    let answers = |surface: &str, members: &str, samples: Draws| {
        let settings = Settings {
            model: "m",
            thinking_tokens: 0,
            answer_tokens: 9,
            samples,
            keep_wishes: false,
            most_tokens: 0,
        };
        by(surface, &settings, &format!("{members}{ASK}"))
    };
    for samples in [Draws::Plan(200), Draws::Client { most: 1_000 }] {
        let new = answers("openai.chat", r#""n":500,"#, samples);
        assert!(new.body["n"] == 128 && new.has("n", Why::Most));
        let new = answers("gemini.generate", r#""generationConfig":{"candidateCount":12},"#, samples);
        assert_eq!(new.body["generationConfig"]["candidateCount"], 8);
        for surface in ["vllm.chat", "mistral.chat"] {
            for zero in ["0", "0.0", "0e3"] {
                let new = answers(surface, &format!(r#""n":5,"temperature":{zero},"#), samples);
                assert!(new.body["n"] == 1 && new.has("n", Why::Unsupported), "{surface} {zero}");
            }
            assert!(
                answers(surface, r#""n":5,"temperature":0.5,"#, samples).body["n"].as_u64().unwrap() >= 5
            );
        }
    }
}

#[test]
fn small_refusals() {
    let effort = |effort: &str| {
        let members = format!(r#""output_config":{{"effort":"{effort}"}},{ASK}"#);
        sent("anthropic.messages", "claude-opus-4-5", 4_096, &members).body["output_config"]["effort"].clone()
    };
    assert_eq!(
        (effort("max"), effort("xhigh"), effort("medium")),
        (json!("high"), json!("high"), json!("medium"))
    );
    let new = sent("vllm.chat", "qwen3", 0, &format!(r#""min_tokens":5000,{ASK}"#));
    assert_eq!((&new.body["min_tokens"], &new.body["max_tokens"]), (&json!(2_000), &json!(2_000)));
    assert_eq!(sent("vllm.chat", "qwen3", 0, &format!(r#""min_tokens":50,{ASK}"#)).body["min_tokens"], 50);
    let new = sent("mistral.chat", "mistral-large-latest", 0, &format!(r#""prompt_mode":"reasoning",{ASK}"#));
    assert_eq!(new.body.get("prompt_mode"), None);
}

/// A client's wish is kept with the room that it needs, up to the ceiling.
#[test]
fn a_wish_has_room_or_is_lowered_and_said() {
    let wish = |surface: &str, model: &'static str, thinking_tokens: u64, most_tokens: u64, members: &str| {
        let samples = Draws::Client { most: 1 };
        let settings = Settings {
            model,
            thinking_tokens,
            answer_tokens: 2_000,
            samples,
            keep_wishes: true,
            most_tokens,
        };
        by(surface, &settings, &format!("{members},{ASK}"))
    };
    let budget = |client: u64, limit: u64, plan: u64, most: u64| {
        let members =
            format!(r#""max_tokens":{limit},"thinking":{{"type":"enabled","budget_tokens":{client}}}"#);
        let new = wish("anthropic.messages", "claude-sonnet-4-5", plan, most, &members);
        let why = new.said.iter().find(|(field, _)| *field == "thinking_tokens").map(|(_, why)| *why);
        (
            new.body["thinking"]["budget_tokens"].as_u64(),
            new.body["max_tokens"].as_u64().unwrap(),
            why.unwrap(),
        )
    };
    for plan in [0, 4_096] {
        assert_eq!(budget(30_000, 32_000, plan, 100_000), (Some(30_000), 32_000, Why::Client));
        assert_eq!(budget(5_000, 32_000, plan, 100_000), (Some(5_000), 7_000, Why::Client));
        assert_eq!(budget(31_000, 32_000, plan, 100_000), (Some(30_000), 32_000, Why::Limit));
        assert_eq!(budget(30_000, 32_000, plan, 10_000), (Some(8_000), 10_000, Why::Ceiling));
    }
    let level = |client: &str, limit: u64, most: u64| {
        let members = format!(r#""max_completion_tokens":{limit},"reasoning_effort":"{client}""#);
        let new = wish("openai.chat", "gpt-5", 0, most, &members);
        let why = new.said.iter().find(|(field, _)| *field == "thinking_tokens").map(|(_, why)| *why);
        (
            new.body["reasoning_effort"].as_str().unwrap().to_owned(),
            new.body["max_completion_tokens"].as_u64().unwrap(),
            why.unwrap(),
        )
    };
    assert_eq!(level("high", 50_000, 100_000), ("high".to_owned(), 26_576, Why::Client));
    assert_eq!(level("low", 50_000, 100_000), ("low".to_owned(), 3_024, Why::Client));
    assert_eq!(level("high", 50_000, 12_000), ("medium".to_owned(), 10_192, Why::Ceiling));
    assert_eq!(level("high", 4_000, 100_000), ("low".to_owned(), 3_024, Why::Limit));
    assert_eq!(level("max", 200_000, 200_000), ("high".to_owned(), 26_576, Why::Client));
}
