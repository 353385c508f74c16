//! Explanations of how a body is read.

use rheostat_wire::body::{explain, read};

/// The explanation names the sentence for a chore and for plan mode, and has every part in the body's order.
#[test]
fn an_explanation_says_why() {
    let rows = |body: &str| {
        let explained = explain(body.as_bytes(), 16_384).unwrap();
        assert_eq!(explained.query, read(body.as_bytes(), 16_384).unwrap());
        let rows =
            explained.parts.into_iter().map(|part| format!("{} {} {}", part.place, part.kind, part.row));
        rows.collect::<Vec<_>>()
    };
    let titled = rows(
        r#"{"system":"Be kind.","model":"m","messages":[{"role":"user","content":"Generate a concise title for this conversation."}],"max_tokens":50}"#,
    );
    assert!(titled[2].starts_with("messages[0] ask chore: "), "{titled:?}");
    assert!(
        titled[0].starts_with("system operator field system: ") && titled[3].starts_with("max_tokens limit ")
    );
    let planned = rows(
        r#"{"messages":[{"role":"user","content":"<system-reminder>Plan mode is active. Do not edit.</system-reminder>Add a test."}]}"#,
    );
    assert!(planned[1].ends_with("plan mode: plan mode is active"), "{planned:?}");
    let prompt = rows(
        r#"{"messages":[{"role":"user","content":"Hello there, who are you?"}],"system":"You are in plan mode."}"#,
    );
    assert!(prompt[1].contains("plan mode: you are in plan mode"), "{prompt:?}");
    // The ask may stand before earlier turns, or after them.
    let cohere = rows(
        r#"{"message":"Why?","chat_history":[{"role":"USER","message":"Hi"},{"role":"CHATBOT","message":"Ho"}],"x":1}"#,
    );
    let places: Vec<&str> = cohere.iter().filter_map(|row| row.split(' ').next()).collect();
    assert_eq!(places, ["message", "chat_history[0]", "chat_history[1]", "x"]);
    let wrapped = rows(
        r#"{"request":{"contents":{"parts":[{"text":"Why?"}]},"generationConfig":{"maxOutputTokens":9}}}"#,
    );
    assert!(
        wrapped[0].starts_with("request.contents ask")
            && wrapped[1].starts_with("request.generationConfig.maxOutputTokens limit"),
        "{wrapped:?}"
    );
}
