//! Ollama.

use super::{ASK, sent};
use rheostat_wire::rewrite::Why;
use serde_json::{Value, json};

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
