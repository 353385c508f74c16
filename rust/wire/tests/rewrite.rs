//! Rewriting of bodies: golden vectors that every host reads, and properties held against a naive editor of JSON trees.
#![allow(clippy::unwrap_used, clippy::panic)] // a test that fails here has failed

#[path = "rewrite/bodies.rs"]
mod bodies;

use bodies::{any_settings, body, space, surface, text, written};
use proptest::prelude::*;
use rheostat::governor::{Governor, Scratch};
use rheostat::ladder::{Ladder, Rung};
use rheostat_wire::gateway::{Asked, decide_and_rewrite};
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

/// A list of messages as a member of a body, with white space.
fn talk() -> impl Strategy<Value = String> {
    let message = (text(), space(), any::<bool>()).prop_map(|(text, space, parts)| {
        let text = written(&text, false);
        let content = if parts { format!(r#"[{{"type":"text","text":{text}}}]"#) } else { text };
        format!(r#"{space}{{"role":{space}"user","content":{content}}}{space}"#)
    });
    let name = prop::sample::select(vec!["messages", "input", "contents"]);
    (name, prop::collection::vec(message, 1..4), space()).prop_map(|(name, messages, space)| {
        let messages = messages.join(",");
        let messages = if name == "contents" { messages.replace("content", "parts") } else { messages };
        format!("\"{name}\":{space}[{messages}]")
    })
}

proptest! {
    #[test]
    fn a_conversation_that_was_read_is_rewritten_as_any_other(
        body in body(),
        talks in prop::collection::vec((talk(), any::<bool>()), 1..3),
        surface in surface(),
    ) {
        let mut body = body;
        for (talk, first) in talks {
            let (open, close) = (body.find('{').unwrap() + 1, body.rfind('}').unwrap());
            let comma = if body[open..close].trim().is_empty() { "" } else { "," };
            if first {
                body.insert_str(open, &format!("{talk}{comma}"));
            } else {
                body.insert_str(close, &format!("{comma}{talk}"));
            }
        }
        let rungs = vec![Rung::new("fast", "gpt-5-mini"), Rung { thinking_tokens: 8_192, ..Rung::new("deep", "claude-opus-5") }];
        let governor = Governor::builder(Ladder::new(rungs, None, None).unwrap().into()).build().unwrap();
        let decided = decide_and_rewrite(&governor, body.as_bytes(), &Asked::new(surface), &mut Scratch::default()).unwrap();
        if let (Some(plan), None) = (&decided.plan, &decided.reject) {
            let alone = rewrite(body.as_bytes(), surface, &Settings::of(plan)).ok();
            prop_assert_eq!(alone.map(|new| new.body), decided.error.is_none().then_some(decided.body), "{}", body);
        }
    }

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
