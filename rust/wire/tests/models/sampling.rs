//! Samples whose answers are compared can differ, however the client wants its one answer sampled.

use super::{SETTINGS, by};
use rheostat_wire::rewrite::{Draws, Settings, Why};
use serde_json::{Value, json};

/// A surface, the path of a parameter, values that leave one candidate a token, and values that leave more.
type Row = (&'static str, &'static str, &'static [&'static str], &'static [&'static str]);

const COLD: &[&str] = &["0", "0.0", "0e3", "0.1", "-1", "1e-9"];
const WARM: &[&str] = &["0.2", "0.7", "1", "2"];
const NARROW: &[&str] = &["0", "0.1", "1e-6"];
const WIDE: &[&str] = &["0.2", "0.95", "1"];
const ONE: &[&str] = &["1", "1.0"];
const MANY: &[&str] = &["0", "-1", "2", "40"];

/// The parameters of each surface that has them.
const ROWS: &[Row] = &[
    ("openai.chat", "temperature", COLD, WARM),
    ("openai.chat", "top_p", NARROW, WIDE),
    ("openai.chat", "top_k", ONE, MANY),
    ("openai.chat", "min_p", &["0.9", "1"], &["0", "0.05"]),
    ("openai.responses", "temperature", COLD, WARM),
    ("openai.responses", "top_p", NARROW, WIDE),
    ("anthropic.messages", "temperature", COLD, WARM),
    ("anthropic.messages", "top_p", NARROW, WIDE),
    ("anthropic.messages", "top_k", ONE, MANY),
    ("gemini.generate", "generationConfig.temperature", COLD, WARM),
    ("gemini.generate", "generationConfig.topP", NARROW, WIDE),
    ("gemini.generate", "generationConfig.topK", ONE, MANY),
    ("gemini.generate", "generation_config.top_p", NARROW, WIDE),
    ("ollama.chat", "options.temperature", COLD, WARM),
    ("ollama.chat", "options.top_p", NARROW, WIDE),
    ("ollama.chat", "options.top_k", ONE, MANY),
    ("ollama.generate", "options.min_p", &["0.95"], &["0.1"]),
    ("bedrock.converse", "inferenceConfig.temperature", COLD, WARM),
    ("bedrock.converse", "inferenceConfig.topP", NARROW, WIDE),
    ("cohere.chat", "temperature", COLD, WARM),
    ("cohere.chat", "p", NARROW, WIDE),
    ("cohere.chat", "k", ONE, MANY),
    ("mistral.chat", "temperature", COLD, WARM),
    ("mistral.chat", "top_p", NARROW, WIDE),
    ("vllm.chat", "temperature", COLD, WARM),
    ("vllm.chat", "top_k", ONE, MANY),
    ("vllm.chat", "min_p", &["0.9"], &["0.1"]),
    ("openrouter.chat", "temperature", COLD, WARM),
    ("openrouter.chat", "top_k", ONE, MANY),
    ("deepseek.chat", "temperature", COLD, WARM),
    ("deepseek.chat", "top_p", NARROW, WIDE),
];

const SEEDS: &[(&str, &str)] = &[
    ("openai.chat", "seed"),
    ("gemini.generate", "generationConfig.seed"),
    ("ollama.chat", "options.seed"),
    ("cohere.chat", "seed"),
    ("mistral.chat", "random_seed"),
    ("vllm.chat", "seed"),
    ("openrouter.chat", "seed"),
];

/// The members of a body with one parameter in it.
fn members(path: &str, value: &str) -> String {
    let mut names = path.rsplit('.');
    let inner = format!(r#""{}":{value}"#, names.next().unwrap_or_default());
    let body = names.fold(inner, |inner, name| format!(r#""{name}":{{{inner}}}"#));
    format!(r#"{body},"messages":[{{"role":"user","content":"Why?"}}]"#)
}

fn at<'a>(body: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(body, |value, name| value.get(name))
}

/// The settings under which answers are compared: a later sample by itself, and several in one request.
fn compared() -> [Settings<'static>; 2] {
    [Draws::After(2), Draws::Plan(3)].map(|samples| Settings { samples, ..SETTINGS })
}

#[test]
fn what_leaves_one_candidate_is_removed_where_answers_are_compared_and_stays_elsewhere() {
    for (surface, path, one, more) in ROWS {
        for value in *one {
            let body = members(path, value);
            for settings in compared() {
                let new = by(surface, &settings, &body);
                assert_eq!(at(&new.body, path), None, "{surface} {path} {value}");
                assert!(new.has(path, Why::Samples), "{surface} {path} {value}: {:?}", new.said);
            }
            for samples in [Draws::Plan(1), Draws::After(0)] {
                let first = by(surface, &Settings { samples, ..SETTINGS }, &body);
                assert!(
                    at(&first.body, path).is_some() && !first.says(Why::Samples),
                    "{surface} {path} {value}"
                );
            }
            // A host that passes the reply on compares nothing.
            let client = by(surface, &SETTINGS, &body);
            assert!(
                at(&client.body, path).is_some() && !client.says(Why::Samples),
                "{surface} {path} {value}"
            );
        }
        for value in *more {
            for settings in compared() {
                let new = by(surface, &settings, &members(path, value));
                assert!(at(&new.body, path).is_some(), "{surface} {path} {value}: {:?}", new.said);
            }
        }
    }
}

#[test]
fn each_sample_has_a_seed_of_its_own() {
    for (surface, path) in SEEDS {
        for (seed, own) in [("7", 9), ("0", 2), ("7.0", 9), ("2147483647", 1), ("4294967295", 1)] {
            let [alone, several] = compared();
            let new = by(surface, &alone, &members(path, seed));
            assert_eq!(at(&new.body, path), Some(&json!(own)), "{surface} {seed}");
            assert!(new.has(path, Why::Samples));
            // The provider counts up where it draws several.
            let new = by(surface, &several, &members(path, seed));
            assert_eq!(at(&new.body, path).and_then(Value::as_f64), seed.parse().ok(), "{surface} {seed}");
        }
        for odd in ["-3", "\"7\"", "1.5", "[1]"] {
            let new = by(surface, &compared()[0], &members(path, odd));
            assert_eq!(at(&new.body, path), None, "{surface} {odd}");
        }
        let none = by(surface, &compared()[0], &members(path, "null"));
        assert!(at(&none.body, path).is_none_or(Value::is_null) && !none.says(Why::Samples));
    }
}
