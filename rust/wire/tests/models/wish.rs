//! A client's own effort or budget of thinking.

use super::{ASK, SETTINGS, by};
use rheostat_wire::rewrite::{Settings, Why};

/// A client's wish is kept with the room that it needs, up to the ceiling.
#[test]
fn a_wish_has_room_or_is_lowered_and_said() {
    let wish = |surface: &str, model: &'static str, thinking_tokens: u64, most_tokens: u64, members: &str| {
        let settings = Settings { model, thinking_tokens, keep_wishes: true, most_tokens, ..SETTINGS };
        by(surface, &settings, &format!("{members},{ASK}"))
    };
    let budget = |client: u64, limit: u64, plan: u64, most: u64| {
        let members =
            format!(r#""max_tokens":{limit},"thinking":{{"type":"enabled","budget_tokens":{client}}}"#);
        let new = wish("anthropic.messages", "claude-sonnet-4-5", plan, most, &members);
        (
            new.body["thinking"]["budget_tokens"].as_u64(),
            new.body["max_tokens"].as_u64().unwrap(),
            new.why("thinking_tokens").unwrap(),
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
        (
            new.body["reasoning_effort"].as_str().unwrap().to_owned(),
            new.body["max_completion_tokens"].as_u64().unwrap(),
            new.why("thinking_tokens").unwrap(),
        )
    };
    assert_eq!(level("high", 50_000, 100_000), ("high".to_owned(), 26_576, Why::Client));
    assert_eq!(level("low", 50_000, 100_000), ("low".to_owned(), 3_024, Why::Client));
    assert_eq!(level("high", 50_000, 12_000), ("medium".to_owned(), 10_192, Why::Ceiling));
    assert_eq!(level("high", 4_000, 100_000), ("low".to_owned(), 3_024, Why::Limit));
    assert_eq!(level("max", 200_000, 200_000), ("high".to_owned(), 26_576, Why::Client));
}
