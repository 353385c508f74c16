//! Tests of `rewrite/family/mod.rs`, of what is private there.

use super::*;

fn first(tables: &'static [&'static [Family]], model: &str) -> Option<&'static str> {
    Family::of(tables, model).names.first().copied()
}

#[test]
fn names_are_found_behind_a_providers() {
    let found = |model| first(&[CLAUDE], model);
    assert_eq!(found("claude-opus-4-6"), Some("claude-opus-4-6"));
    assert_eq!(found("us.anthropic.claude-opus-4-6-20260205-v1:0"), Some("claude-opus-4-6"));
    assert_eq!(found("anthropic/claude-opus-4.6"), Some("claude-opus-4-6"));
    assert_eq!(found("Claude-Sonnet-4-5-20250929"), Some("claude-sonnet-4-5"));
    for older in ["claude-opus-4-20250514", "claude-opus-4@20250514", "claude-sonnet-4", "claude-3-7-sonnet"]
    {
        assert_eq!(found(older), Some("claude-opus-4-0"), "{older}");
    }
    assert_eq!(found("claude-sonnet-4-5@20250929"), Some("claude-sonnet-4-5"));
    assert_eq!(
        found("arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-opus-5-v1"),
        Some("claude-opus-5")
    );
    assert_eq!(found("claude-sonnet-5-5"), Some("claude-sonnet-5-5"));
    assert_eq!(found("claude-opus-9"), Some("claude"));
    assert_eq!(found("claude-3-5-haiku-latest"), Some("claude-3"));
    assert_eq!(found("claude-opus-4-7"), Some("claude-opus-4-7"));
    assert_eq!(found("my-claude"), None);
}

#[test]
fn a_version_does_not_fit_a_longer_one() {
    assert_eq!(first(&[OPENAI], "gpt-5"), Some("gpt-5$"));
    assert_eq!(first(&[OPENAI], "gpt-5-mini"), Some("gpt-5$"));
    assert_eq!(first(&[OPENAI], "gpt-5.1"), Some("gpt-5-1"));
    assert_eq!(first(&[OPENAI], "gpt-5-2025-08-07"), Some("gpt-5$"));
    assert_eq!(first(&[OPENAI], "gpt-5.2-2026-01-01"), Some("gpt-5-2"));
    assert_eq!(first(&[OPENAI], "openai/o3-mini"), Some("o1"));
    assert_eq!(first(&[OPENAI], "gpt-5.9-mini"), Some("gpt-5"));
    assert_eq!(first(&[OPENAI], "gpt-5.1-codex-mini"), Some("gpt-5-codex"));
    assert_eq!(first(&[OPENAI], "gpt-5.1-codex-max"), Some("gpt-5-1-codex-max"));
    assert_eq!(first(&[OPENAI], "gpt-5.1-chat-latest"), Some("gpt-5-1-chat"));
    assert_eq!(first(&[OPENAI], "gpt-50"), None);
    assert_eq!(first(&[OPENAI], "gpt-4.1-nano"), Some("gpt-4"));
    assert_eq!(first(&[OPENAI], "gpt-4o"), Some("gpt-4"));
}

#[test]
fn no_row_stands_behind_one_for_all() {
    let tables = [
        OPENAI,
        OPENAI_LIKE,
        CLAUDE,
        CLAUDE_LIKE,
        BEDROCK,
        GEMINI,
        OLLAMA,
        COHERE,
        MISTRAL,
        VLLM,
        OPENROUTER,
        DEEPSEEK,
    ];
    for rows in tables {
        let last = rows.len() - 1;
        assert!(rows.iter().take(last).all(|row| !row.names.is_empty()));
        let names = rows.iter().flat_map(|row| row.names);
        assert!(names.into_iter().all(|name| !name.contains(['.', '@']) && *name == name.to_lowercase()));
    }
}
