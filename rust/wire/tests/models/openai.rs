//! OpenAI's models, and others behind its format.

use super::{ASK, sent};
use rheostat_wire::rewrite::Why;
use serde_json::json;

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
