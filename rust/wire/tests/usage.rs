//! The raw shapes of each provider, and counts that cannot be true.
#![allow(clippy::unwrap_used)] // a test that fails here has failed

use rheostat_wire::usage::{Report, providers, read, read_of};

/// (input, cached, written, output, reasoning)
type Counts = (Option<u64>, Option<u64>, Option<u64>, Option<u64>, Option<u64>);

fn counts(report: Report) -> Counts {
    let usage = report.usage;
    (usage.input, usage.cached, usage.written, usage.output, usage.reasoning)
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn each_providers_shape_gives_one_form() {
    let cases: &[(&str, &str, Counts)] = &[
        (
            "openai",
            r#"{"id": "c", "usage": {"prompt_tokens": 2006, "completion_tokens": 300, "total_tokens": 2306,
                "prompt_tokens_details": {"cached_tokens": 1920, "audio_tokens": 0},
                "completion_tokens_details": {"reasoning_tokens": 192, "audio_tokens": 0}}}"#,
            (Some(2006), Some(1920), None, Some(300), Some(192)),
        ),
        (
            "openai",
            r#"{"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13}}"#,
            (Some(9), None, None, Some(4), None),
        ),
        (
            "openai responses",
            r#"{"type": "response.completed", "response": {"usage": {"input_tokens": 75, "output_tokens": 1186,
                "input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 1024},
                "total_tokens": 1261}}}"#,
            (Some(75), Some(0), None, Some(1186), Some(1024)),
        ),
        (
            "anthropic",
            r#"{"type": "message_start", "message": {"usage": {"input_tokens": 21, "cache_creation_input_tokens": 188086,
                "cache_read_input_tokens": 5000, "output_tokens": 1}}}"#,
            (Some(193_107), Some(5000), Some(188_086), Some(1), None),
        ),
        (
            // What was written, by its lives alone.
            "anthropic",
            r#"{"usage": {"input_tokens": 10, "cache_creation": {"ephemeral_5m_input_tokens": 60, "ephemeral_1h_input_tokens": 40},
                "cache_read_input_tokens": 5, "output_tokens": 1}}"#,
            (Some(115), Some(5), Some(100), Some(1), None),
        ),
        (
            "anthropic",
            r#"{"usage": {"input_tokens": 10, "cache_creation_input_tokens": 100, "cache_creation": {"ephemeral_5m_input_tokens": 60,
                "ephemeral_1h_input_tokens": 40}, "output_tokens": 1}}"#,
            (Some(110), None, Some(100), Some(1), None),
        ),
        (
            "anthropic",
            r#"{"usage": {"input_tokens": 10, "cache_creation": {"ephemeral_1h_input_tokens": 40}, "output_tokens": 1}}"#,
            (Some(50), None, Some(40), Some(1), None),
        ),
        (
            "openai responses",
            r#"{"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 89}}"#,
            (None, None, None, Some(89), None),
        ),
        (
            "gemini",
            r#"{"candidates": [], "usageMetadata": {"promptTokenCount": 1200, "cachedContentTokenCount": 1000,
                "candidatesTokenCount": 104, "thoughtsTokenCount": 989, "toolUsePromptTokenCount": 50,
                "totalTokenCount": 2343}}"#,
            (Some(1250), Some(1000), None, Some(1093), Some(989)),
        ),
        (
            "gemini",
            r#"{"usageMetadata": {"promptTokenCount": 12, "thoughtsTokenCount": 30, "totalTokenCount": 42}}"#,
            (Some(12), None, None, Some(30), Some(30)),
        ),
        (
            "bedrock",
            r#"{"metadata": {"usage": {"inputTokens": 30, "outputTokens": 628, "totalTokens": 658,
                "cacheReadInputTokens": 400, "cacheWriteInputTokens": 100}, "metrics": {"latencyMs": 1275}}}"#,
            (Some(530), Some(400), Some(100), Some(628), None),
        ),
        (
            "bedrock",
            r#"{"type": "message_stop", "amazon-bedrock-invocationMetrics": {"inputTokenCount": 14, "outputTokenCount": 9}}"#,
            (Some(14), None, None, Some(9), None),
        ),
        (
            "cohere",
            r#"{"type": "message-end", "delta": {"finish_reason": "COMPLETE", "usage": {
                "billed_units": {"input_tokens": 5.0, "output_tokens": 418.0},
                "tokens": {"input_tokens": 71.0, "output_tokens": 420.0}}}}"#,
            (Some(5), None, None, Some(418), None),
        ),
        (
            "cohere",
            r#"{"meta": {"api_version": {"version": "1"}, "billed_units": {"input_tokens": 7, "output_tokens": 2}}}"#,
            (Some(7), None, None, Some(2), None),
        ),
        (
            "openai",
            r#"{"object": "chat.completion", "model": "mistral-small-latest",
                "usage": {"prompt_tokens": 16, "completion_tokens": 34, "total_tokens": 50, "prompt_audio_seconds": null}}"#,
            (Some(16), None, None, Some(34), None),
        ),
        (
            "ollama",
            r#"{"model": "llama3.2", "done": true, "prompt_eval_count": 26, "eval_count": 298, "eval_duration": 4799921000}"#,
            (Some(26), None, None, Some(298), None),
        ),
        ("ollama", r#"{"done": true, "eval_count": 298}"#, (None, None, None, Some(298), None)),
        (
            "openai",
            r#"{"usage": {"prompt_tokens": 40, "total_tokens": 52, "completion_tokens": 12, "prompt_tokens_details": null}}"#,
            (Some(40), None, None, Some(12), None),
        ),
        (
            "openai",
            r#"{"usage": {"prompt_tokens": 194, "completion_tokens": 2, "total_tokens": 196, "cost": 0.95,
                "prompt_tokens_details": {"cached_tokens": 100, "cache_write_tokens": 50},
                "completion_tokens_details": {"reasoning_tokens": 0}}}"#,
            (Some(194), Some(100), Some(50), Some(2), Some(0)),
        ),
        (
            "openrouter",
            r#"{"data": {"native_tokens_prompt": 10, "native_tokens_completion": 25, "native_tokens_reasoning": 5}}"#,
            (Some(10), None, None, Some(25), Some(5)),
        ),
        (
            // Reasoning beside the completion, as the total shows.
            "openai",
            r#"{"usage": {"prompt_tokens": 32, "completion_tokens": 9, "total_tokens": 235,
                "completion_tokens_details": {"reasoning_tokens": 194}}}"#,
            (Some(32), None, None, Some(203), Some(194)),
        ),
        (
            "openai",
            r#"{"usage": {"prompt_tokens": 100, "completion_tokens": 5, "prompt_cache_hit_tokens": 64, "prompt_cache_miss_tokens": 36}}"#,
            (Some(100), Some(64), None, Some(5), None),
        ),
        (
            // Thoughts in the total alone.
            "openai",
            r#"{"usage": {"completion_tokens": 102, "prompt_tokens": 758, "total_tokens": 1725}}"#,
            (Some(758), None, None, Some(967), Some(865)),
        ),
        (
            // Input from the cache that stands apart is no output.
            "openai",
            r#"{"usage": {"completion_tokens": 10, "prompt_tokens": 20, "total_tokens": 130, "cache_read_input_tokens": 100}}"#,
            (Some(20), Some(100), None, Some(10), None),
        ),
        (
            "gemini",
            r#"{"event_type": "interaction.complete", "interaction": {"id": "i", "usage": {"total_input_tokens": 11, "total_cached_tokens": 4,
                "total_tool_use_tokens": 3, "total_output_tokens": 20, "total_thought_tokens": 300, "total_tokens": 334}}}"#,
            (Some(14), Some(4), None, Some(320), Some(300)),
        ),
        (
            // A conversation that the server compacts is sampled twice.
            "anthropic",
            r#"{"usage": {"input_tokens": 23000, "cache_read_input_tokens": 0, "cache_creation_input_tokens": 0, "output_tokens": 1000,
                "iterations": [{"type": "compaction", "input_tokens": 180000, "output_tokens": 3500},
                    {"type": "message", "input_tokens": 23000, "output_tokens": 1000}]}}"#,
            (Some(203_000), Some(0), Some(0), Some(4500), None),
        ),
        (
            "anthropic",
            r#"{"usage": {"input_tokens": 5, "cache_read_input_tokens": 7, "output_tokens": 9, "iterations": []}}"#,
            (Some(12), Some(7), None, Some(9), None),
        ),
        (
            "openai",
            r#"{"x_groq": {"usage": {"prompt_tokens": 3, "completion_tokens": 4}}}"#,
            (Some(3), None, None, Some(4), None),
        ),
    ];
    for (dialect, json, wanted) in cases {
        let report = read(json.as_bytes()).unwrap();
        assert_eq!((report.dialect, counts(report), report.invalid), (*dialect, *wanted, 0), "{json}");
        assert_eq!(read_of(json.as_bytes(), dialect).unwrap(), Some(report), "{json}");
    }
    assert!(read_of(b"{}", "acme").is_err());
    assert!(providers().all(|name| read_of(b"{}", name).unwrap().is_none()));
}

#[test]
fn counts_that_cannot_be_true_are_counted_and_left_out() {
    for (value, counted) in [
        ("-1", None),
        ("5.5", None),
        ("\"many\"", None),
        ("true", None),
        ("[]", None),
        ("1e400", None),
        ("-0.0", Some(0)),
        ("5.0", Some(5)),
        ("5e2", Some(500)),
        ("\"12\"", Some(12)),
        ("18446744073709551615", Some(u64::MAX)),
        ("99999999999999999999", None),
    ] {
        let json = format!("{{\"usage\": {{\"prompt_tokens\": 20, \"completion_tokens\": {value}}}}}");
        let report = read(json.as_bytes()).unwrap();
        assert_eq!((report.usage.input, report.usage.output), (Some(20), counted), "{value}");
        assert_eq!(report.invalid, u32::from(counted.is_none()), "{value}");
    }
}

#[test]
fn what_has_no_usage_gives_none() {
    for json in [
        "",
        "{",
        "[]",
        "7",
        "null",
        "{}",
        r#"{"usage": null}"#,
        r#"{"usage": {}}"#,
        r#"{"usage": {"prompt_tokens": null, "completion_tokens": null}}"#,
        r#"{"choices": [{"delta": {"content": "a"}}], "usage": null}"#,
        r#"{"meta": {"billed_units": null}}"#,
    ] {
        assert_eq!(read(json.as_bytes()), None, "{json}");
    }
}
