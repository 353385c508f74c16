//! Rewriting of bodies: golden vectors that every host reads, and properties held against a naive editor of JSON trees.
#![allow(clippy::unwrap_used, clippy::panic)] // a test that fails here has failed

use proptest::prelude::*;
use rheostat_wire::rewrite::{Change, Draws, Rewritten, Settings, Surface, Value, Why, rewrite};
use serde_json::Value as Json;

const GOLDEN: &str = include_str!("../../../tests/golden/rewrite.json");

fn settings(case: &Json) -> Settings<'_> {
    let number = |name: &str| case[name].as_u64().unwrap();
    Settings {
        model: case["model"].as_str().unwrap(),
        thinking_tokens: number("thinking_tokens"),
        answer_tokens: number("answer_tokens"),
        samples: match case.get("samples") {
            Some(samples) => Draws::Plan(samples.as_u64().unwrap() as u32),
            None => Draws::Client { most: case["most_samples"].as_u64().unwrap_or(1) as u32 },
        },
        keep_wishes: case["keep_wishes"].as_bool().unwrap_or(false),
        most_tokens: case["most_tokens"].as_u64().unwrap_or(100_000),
    }
}

#[test]
fn golden_vectors() {
    let cases: Vec<Json> = serde_json::from_str(GOLDEN).unwrap();
    let mut wrong = Vec::new();
    for case in &cases {
        let body = case["body"].as_str().unwrap();
        let surface = Surface::from_name(case["surface"].as_str().unwrap()).unwrap();
        let new = rewrite(body.as_bytes(), surface, &settings(case)).unwrap();
        let text = new.body.as_deref().map_or(body, |new| std::str::from_utf8(new).unwrap());
        let changes: Vec<String> =
            new.changes.iter().map(|c| format!("{} {}", c.field, c.why.as_str())).collect();
        let wanted: Vec<&str> =
            case["changes"].as_array().unwrap().iter().map(|c| c.as_str().unwrap()).collect();
        if text != case["new"].as_str().unwrap() || changes != wanted {
            wrong.push(format!("{}\n  {text}\n  {changes:?}", case["name"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_surface_has_golden_vectors() {
    let cases: Vec<Json> = serde_json::from_str(GOLDEN).unwrap();
    for surface in Surface::ALL {
        assert!(cases.iter().any(|case| case["surface"] == surface.as_str()), "{}", surface.as_str());
        assert_eq!(Surface::from_name(surface.as_str()).unwrap(), surface);
    }
    let error = Surface::from_name("openai").unwrap_err().to_string();
    assert!(error.starts_with("unknown surface \"openai\"; known: openai.chat, "), "{error}");
}

#[test]
fn broken_bodies_are_refused() {
    let fails =
        |body: &str| rewrite(body.as_bytes(), Surface::OpenAiChat, &SETTINGS).unwrap_err().to_string();
    assert_eq!(fails("[]"), "body is malformed at byte 0: expected an object");
    assert_eq!(
        fails(r#"{"model": "a" "n": 1}"#),
        "body is malformed at byte 14: expected a comma or the end of the object"
    );
    assert_eq!(fails(r#"{"model": "a\"}"#), "body is malformed at byte 10: a string that does not end");
    assert_eq!(
        fails(r#"{"messages": [{}"#),
        "body is malformed at byte 16: an array or object that does not end"
    );
    assert_eq!(fails("{} x"), "body is malformed at byte 3: unexpected bytes after the end of the document");
    assert_eq!(fails(r#"{"n":}"#), "body is malformed at byte 5: expected a value");
    let body = br#"{"generationConfig": 5}"#;
    let error = rewrite(body, Surface::GeminiGenerate, &SETTINGS).unwrap_err().to_string();
    assert_eq!(error, "generationConfig: got a number, wanted an object");
}

const SETTINGS: Settings<'static> = Settings {
    model: "gpt-5",
    thinking_tokens: 4_096,
    answer_tokens: 1_000,
    samples: Draws::Client { most: 1 },
    keep_wishes: false,
    most_tokens: 100_000,
};

/// Models of every family, and some of none.
const MODELS: [&str; 46] = [
    "gpt-5",
    "gpt-5.1",
    "gpt-5.2",
    "gpt-5-pro",
    "gpt-4o",
    "o1-mini",
    "o3",
    "gpt-oss-120b",
    "claude-opus-4-7",
    "claude-opus-4-6",
    "claude-sonnet-4-5",
    "claude-opus-4-5",
    "anthropic.claude-3-haiku-20240307-v1:0",
    "gemini-2.5-pro",
    "gemini-2.5-flash",
    "gemini-2.5-flash-lite",
    "gemini-3-pro",
    "gemini-3-flash",
    "gemini-1.5-pro",
    "qwen3:8b",
    "command-a-reasoning-08-2025",
    "command-r",
    "magistral-medium-latest",
    "mistral-small-latest",
    "mistral-large-latest",
    "deepseek-chat",
    "small \"one\" é\\",
    "x",
    "amazon.nova-pro-v1:0",
    "",
    "gpt-5.4",
    "gpt-5.6-luna",
    "gpt-5.1-codex",
    "claude-opus-5-5",
    "claude-sonnet-5-5",
    "claude-sonnet-5",
    "claude-opus-4@20250514",
    "us.amazon.nova-2-lite-v1:0",
    "openai.gpt-6-astra",
    "llama3.2",
    "qwen/qwen3-14b",
    "google/gemini-2.5-pro",
    "deepseek/deepseek-r1",
    "anthropic/claude-sonnet-4.5",
    "mistral-small-2506",
    "grok-4",
];

/// Parameters of all surfaces, and containers of them.
const NAMES: [&str; 60] = [
    "model",
    "max_completion_tokens",
    "max_tokens",
    "max_output_tokens",
    "n",
    "reasoning_effort",
    "reasoning",
    "effort",
    "thinking",
    "type",
    "budget_tokens",
    "display",
    "output_config",
    "temperature",
    "top_p",
    "top_k",
    "presence_penalty",
    "logprobs",
    "top_logprobs",
    "logit_bias",
    "tool_choice",
    "generationConfig",
    "generation_config",
    "maxOutputTokens",
    "candidateCount",
    "thinkingConfig",
    "thinkingBudget",
    "thinking_level",
    "includeThoughts",
    "think",
    "options",
    "num_predict",
    "inferenceConfig",
    "maxTokens",
    "additionalModelRequestFields",
    "chat_template_kwargs",
    "enable_thinking",
    "thinking_token_budget",
    "stop",
    "verbosity",
    "text",
    "service_tier",
    "prediction",
    "min_tokens",
    "prompt_mode",
    "include",
    "context_management",
    "edits",
    "messages",
    "input",
    "role",
    "tools",
    "anthropic_version",
    "reasoningConfig",
    "maxReasoningEffort",
    "topP",
    "MODEL",
    "Think",
    "OPTIONS",
    "models",
];

/// White space of JSON.
fn space() -> impl Strategy<Value = String> {
    "[ \n\t\r]{0,3}"
}

/// A name or a string as it is written, some with escapes.
fn written(text: &str, escaped: bool) -> String {
    if !escaped {
        return serde_json::to_string(text).unwrap();
    }
    let units: Vec<String> = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    format!("\"{}\"", units.concat())
}

fn text() -> impl Strategy<Value = String> {
    "[a-z\"\\\\{}\\[\\],:/ \n\u{1}é\u{1F600}]{0,8}"
}

fn scalar() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("false".to_owned()),
        (0..200_000_u32).prop_map(|number| number.to_string()),
        prop_oneof![
            Just("1"),
            Just("1.0"),
            Just("1e3"),
            Just("0"),
            Just("-1"),
            Just("-0"),
            Just("0.7"),
            Just("1E+400"),
            Just("18446744073709551615")
        ]
        .prop_map(str::to_owned),
        prop_oneof![
            Just("enabled"),
            Just("disabled"),
            Just("adaptive"),
            Just("low"),
            Just("HIGH"),
            Just("none"),
            Just("any"),
            Just("gpt-5")
        ]
        .prop_map(|text| written(text, false)),
        (text(), any::<bool>()).prop_map(|(text, escaped)| written(&text, escaped)),
        Just(r#""a\\\"}{][,:\\""#.to_owned()),
        Just(r#""\ud800""#.to_owned()),
    ]
}

fn name() -> impl Strategy<Value = String> {
    let known = prop::sample::select(&NAMES[..]).prop_map(str::to_owned);
    (prop_oneof![4 => known, 1 => text()], prop::bool::weighted(0.1))
        .prop_map(|(name, escaped)| written(&name, escaped))
}

fn joined(open: char, close: char, parts: Vec<String>, end: &str) -> String {
    let inner = parts.join(",");
    format!("{open}{inner}{end}{close}")
}

fn object(value: impl Strategy<Value = String> + Clone + 'static) -> impl Strategy<Value = String> {
    let member = (space(), name(), space(), space(), value, space())
        .prop_map(|(a, name, b, c, value, d)| format!("{a}{name}{b}:{c}{value}{d}"));
    (prop::collection::vec(member, 0..6), space()).prop_map(|(parts, end)| joined('{', '}', parts, &end))
}

/// A body: any JSON object, thick with parameters in the right places and in wrong ones.
fn body() -> impl Strategy<Value = String> {
    let value = scalar().boxed().prop_recursive(4, 24, 5, |inner| {
        let item = (space(), inner.clone(), space()).prop_map(|(a, item, b)| format!("{a}{item}{b}"));
        prop_oneof![
            (prop::collection::vec(item, 0..4), space())
                .prop_map(|(parts, end)| joined('[', ']', parts, &end)),
            object(inner),
        ]
        .boxed()
    });
    (prop::bool::weighted(0.05), space(), object(value), space())
        .prop_map(|(mark, a, object, b)| format!("{}{a}{object}{b}", if mark { "\u{FEFF}" } else { "" }))
}

fn any_settings() -> impl Strategy<Value = Settings<'static>> {
    let tokens = prop_oneof![Just(0_u64), 1..2_000_u64, 2_000..100_000_u64, Just(1 << 40)];
    let draws =
        prop_oneof![(0..6_u32).prop_map(|most| Draws::Client { most }), (0..6_u32).prop_map(Draws::Plan),];
    let most = prop_oneof![Just(0_u64), 1..50_000_u64, Just(u64::MAX)];
    (prop::sample::select(&MODELS[..]), tokens, 1..9_000_u64, draws, any::<bool>(), most).prop_map(
        |(model, thinking_tokens, answer_tokens, samples, keep_wishes, most_tokens)| Settings {
            model,
            thinking_tokens,
            answer_tokens,
            samples,
            keep_wishes,
            most_tokens,
        },
    )
}

fn surface() -> impl Strategy<Value = Surface> {
    prop::sample::select(&Surface::ALL[..])
}

fn tree(text: &[u8]) -> Json {
    let text = text.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(text);
    serde_json::from_slice(text).unwrap()
}

/// True if a change says that a parameter was written or removed. Others are about the plan.
fn is_edit(change: &Change<'_>) -> bool {
    let said = matches!(change.field, "thinking_tokens" | "samples" | "messages" | "input" | "tool_choice");
    !said && change.why != Why::Path
}

/// Makes the changes in a tree, as a careful programmer would with a library.
fn edit(tree: &mut Json, change: &Change<'_>) {
    let (path, last) = change.field.rsplit_once('.').unwrap_or(("", change.field));
    let mut at = tree;
    for step in path.split('.').filter(|step| !step.is_empty()) {
        if at.get(step).is_none_or(Json::is_null) {
            if change.to.is_none() {
                return;
            }
            at[step] = serde_json::json!({});
        }
        at = at.get_mut(step).unwrap();
    }
    match change.to {
        Some(Value::Number(number)) => at[last] = number.into(),
        Some(Value::Text(text)) => at[last] = text.into(),
        Some(Value::Flag(flag)) => at[last] = flag.into(),
        None => {
            if let Some(object) = at.as_object_mut() {
                object.remove(last);
            }
        }
    }
}

/// The body after a rewrite.
fn new_of<'a>(body: &'a str, rewritten: &'a Rewritten<'_>) -> &'a [u8] {
    rewritten.body.as_deref().unwrap_or(body.as_bytes())
}

proptest! {
    #[test]
    fn any_bytes_are_rewritten_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200), surface in surface(), settings in any_settings()) {
        let _ = rewrite(&bytes, surface, &settings);
    }

    #[test]
    fn broken_json_is_rewritten_or_refused(body in body(), cut in any::<prop::sample::Index>(), byte in any::<u8>(), surface in surface(), settings in any_settings()) {
        let mut bytes = body.into_bytes();
        let at = cut.index(bytes.len());
        bytes[at] = byte;
        let _ = rewrite(&bytes, surface, &settings);
        bytes.truncate(at);
        let _ = rewrite(&bytes, surface, &settings);
    }

    #[test]
    fn the_new_body_is_what_a_tree_would_say(body in body(), surface in surface(), settings in any_settings()) {
        // Half a surrogate pair is no string for the naive reader.
        let body = body.replace(r"\ud800", "x");
        let Ok(new) = rewrite(body.as_bytes(), surface, &settings) else { return Ok(()) };
        // Both spellings of one object are written; a change names one.
        let twice = |a: &str, b: &str| new.changes.iter().any(|c| c.field.contains(a) || c.field.contains(b)) && body.contains(a) && body.contains(b);
        if twice("generationConfig", "generation_config") || twice("thinkingConfig", "thinking_config") { return Ok(()) }
        // The naive editor tells cases apart.
        if matches!(surface, Surface::OllamaChat | Surface::OllamaGenerate) && ["MODEL", "Think", "OPTIONS"].iter().any(|name| tree(body.as_bytes()).to_string().contains(name)) { return Ok(()) }
        let mut wanted = tree(body.as_bytes());
        for change in new.changes.iter().filter(|change| is_edit(change)) {
            edit(&mut wanted, change);
        }
        prop_assert_eq!(tree(new_of(&body, &new)), wanted, "{:?}", new.changes);
        let edits = new.changes.iter().filter(|change| is_edit(change)).count();
        prop_assert!(new.body.is_none() || edits > 0 || body.matches("onfig").count() > 1);
    }

    #[test]
    fn a_rewritten_body_stays(body in body(), surface in surface(), settings in any_settings()) {
        let Ok(new) = rewrite(body.as_bytes(), surface, &settings) else { return Ok(()) };
        let text = new_of(&body, &new);
        let again = rewrite(text, surface, &settings).unwrap();
        prop_assert_eq!(again.body.as_deref().map(String::from_utf8_lossy), None, "{:?}", again.changes);
    }

    #[test]
    fn what_is_not_named_stays_byte_for_byte(
        front in prop::collection::vec((text(), text(), space(), space()), 0..5),
        middle in body(), surface in surface(), settings in any_settings(),
    ) {
        // Unknown members around a nested object of any shape.
        let member = |(name, text, a, b): &(String, String, String, String)| {
            format!("{a}{}{b}:{a}[{},{}]{b}", written(&format!("x{name}"), false), written(text, false), middle.trim_start_matches('\u{FEFF}'))
        };
        let members: Vec<String> = front.iter().map(member).collect();
        let body = format!("{{{},\"model\":\"m\"}}", members.join(","));
        let body = if members.is_empty() { body.replacen("{,", "{", 1) } else { body };
        let Ok(new) = rewrite(body.as_bytes(), surface, &settings) else { return Ok(()) };
        let new = String::from_utf8(new_of(&body, &new).to_vec()).unwrap();
        let kept = members.join(",");
        prop_assert!(new.starts_with(&format!("{{{kept}")), "{new}");
    }

    #[test]
    fn refused_parameters_are_gone(
        a in prop::sample::select(&["temperature", "top_p", "top_k", "logprobs", "max_tokens"][..]), value in prop::sample::select(&["0.5", "7", "true"][..]),
        model in prop::sample::select(&["gpt-5", "o3", "claude-opus-4-7"][..]), settings in any_settings(),
    ) {
        let surface = if model.starts_with("claude") { Surface::AnthropicMessages } else { Surface::OpenAiChat };
        let body = format!(r#"{{"{a}":{value},"messages":[],"{a}":{value}}}"#);
        let new = rewrite(body.as_bytes(), surface, &Settings { model, ..settings }).unwrap();
        let new = String::from_utf8(new.body.unwrap()).unwrap();
        let taken = surface == Surface::AnthropicMessages && matches!(a, "max_tokens" | "logprobs") || surface == Surface::OpenAiChat && a == "top_k";
        prop_assert_eq!(new.contains(&format!("\"{a}\"")), taken, "{}", new);
    }

    #[test]
    fn limits_are_kept(body in body(), surface in surface(), settings in any_settings()) {
        let body = body.replace(r"\ud800", "x");
        let Ok(new) = rewrite(body.as_bytes(), surface, &settings) else { return Ok(()) };
        let new = tree(new_of(&body, &new));
        let limits = ["/max_tokens", "/max_completion_tokens", "/max_output_tokens", "/generationConfig/maxOutputTokens", "/options/num_predict", "/inferenceConfig/maxTokens"];
        let limit = limits.iter().filter_map(|path| new.pointer(path)?.as_u64()).min();
        let floor = 32_768;
        let most = settings.thinking_tokens + settings.answer_tokens;
        // A wish that is kept may reach up to the ceiling.
        let most = if settings.keep_wishes { most.max(settings.most_tokens) } else { most };
        prop_assert!(limit.is_none_or(|limit| limit <= most.max(settings.answer_tokens + floor)), "{limit:?} of {most}");
        if new.pointer("/thinking/type").is_some_and(|kind| kind == "enabled") && surface == Surface::AnthropicMessages {
            let budget = new["thinking"]["budget_tokens"].as_u64().unwrap();
            prop_assert!(budget >= 1_024 && budget < limit.unwrap(), "{budget} of {limit:?}");
        }
    }
}
