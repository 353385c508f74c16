//! Google's models.

use super::sent;
use rheostat_wire::rewrite::Why;
use serde_json::json;

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
    for (model, level) in [
        ("gemini-3.1-flash-image-preview", "high"),
        ("gemini-3-pro-image-preview", "high"),
        ("gemini-3.1-pro", "medium"),
    ] {
        let thinks = sent("gemini.generate", model, 4_096, contents);
        assert_eq!(thinks.body["generationConfig"]["thinkingConfig"]["thinkingLevel"], level, "{model}");
    }
    let robot = sent("gemini.generate", "gemini-robotics-er-1.5-preview", 0, contents);
    assert_eq!(robot.body["generationConfig"]["thinkingConfig"]["thinkingBudget"], 0);
}
