//! DeepSeek, Mistral and vLLM.

use super::{ASK, CHAT_LOOP, sent};
use rheostat_wire::rewrite::Why;
use serde_json::json;

#[test]
fn deepseek_goes_on_with_tools_as_it_began() {
    let new = sent("deepseek.chat", "deepseek-chat", 4_096, CHAT_LOOP);
    assert!(new.says(Why::ToolLoop) && new.body["thinking"]["type"] == "disabled", "{}", new.body);
    let thought = CHAT_LOOP.replacen(r#""content":null"#, r#""content":null,"reasoning_content":"""#, 1);
    assert_eq!(sent("deepseek.chat", "deepseek-chat", 4_096, &thought).body["thinking"]["type"], "enabled");
}

#[test]
fn mistrals_older_models_do_not_think() {
    assert_eq!(sent("mistral.chat", "mistral-small-2506", 4_096, ASK).body.get("reasoning_effort"), None);
    assert_eq!(sent("mistral.chat", "mistral-small-latest", 4_096, ASK).body["reasoning_effort"], "high");
}

#[test]
fn mistrals_older_switch_goes() {
    let new = sent("mistral.chat", "mistral-large-latest", 0, &format!(r#""prompt_mode":"reasoning",{ASK}"#));
    assert_eq!(new.body.get("prompt_mode"), None);
}

#[test]
fn the_least_of_an_answer_is_no_more_than_its_limit() {
    let new = sent("vllm.chat", "qwen3", 0, &format!(r#""min_tokens":5000,{ASK}"#));
    assert_eq!((&new.body["min_tokens"], &new.body["max_tokens"]), (&json!(2_000), &json!(2_000)));
    assert_eq!(sent("vllm.chat", "qwen3", 0, &format!(r#""min_tokens":50,{ASK}"#)).body["min_tokens"], 50);
}
