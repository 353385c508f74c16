//! Calls, written into the client's body: settings, streams, and the turns that each kind of call adds.
#![allow(clippy::unwrap_used)] // a test that fails here has failed

use rheostat::governor::{Governor, Scratch};
use rheostat::ladder::{Ladder, Rung};
use rheostat::run::{CallKind, Grant, Run};
use rheostat::strategy::Strategy;
use rheostat_wire::gateway::{Asked, decide_and_rewrite};
use rheostat_wire::rewrite::{Prompts, Surface, Why, rewrite_call};
use serde_json::{Value, json};
use std::sync::Arc;

const ASK: &[u8] =
    br#"{"model":"auto","messages":[{"role":"user","content":"What is the capital of France?"}]}"#;

fn grant(kind: CallKind, resume: Option<&str>) -> Grant {
    let rung = Rung { answer_tokens: 500, ..Rung::new("only", "small-model") };
    let governor = Governor::builder(Ladder::new(vec![rung], None, None).unwrap().into()).build().unwrap();
    let asked = Asked::new(Surface::OpenAiChat);
    let plan = decide_and_rewrite(&governor, ASK, &asked, &mut Scratch::default()).unwrap().plan.unwrap();
    let mut grant = (*Run::start(&plan, 0.0).next(0.0).unwrap().remove(0)).clone();
    (grant.kind, grant.resume) = (kind, resume.map(Arc::from));
    grant
}

fn written(body: &str, surface: Surface, grant: &Grant, streams: bool) -> Value {
    let new = rewrite_call(body.as_bytes(), surface, grant, &Prompts::default(), streams, 0, 1).unwrap();
    serde_json::from_slice(new.body.as_deref().unwrap_or(body.as_bytes())).unwrap()
}

#[test]
fn a_stream_is_asked_for_with_its_usage() {
    let grant = grant(CallKind::Generate, None);
    let new = written(r#"{"model":"auto","messages":[]}"#, Surface::OpenAiChat, &grant, true);
    let expected = json!({"model": "small-model", "messages": [], "max_tokens": 500, "stream": true,
        "stream_options": {"include_usage": true}});
    assert_eq!(new, expected);
    let own =
        r#"{"model":"auto","messages":[],"stream":false,"stream_options":{"include_usage":false,"x":1}}"#;
    let new = written(own, Surface::OpenAiChat, &grant, true);
    assert_eq!(
        (&new["stream"], &new["stream_options"]),
        (&json!(true), &json!({"include_usage": true, "x": 1}))
    );
    let whole = written(own, Surface::OpenAiChat, &grant, false);
    assert_eq!((&whole["stream"], whole.get("stream_options")), (&json!(false), None));
    for surface in
        [Surface::AnthropicMessages, Surface::OpenAiResponses, Surface::MistralChat, Surface::CohereChat]
    {
        let new = written(r#"{"model":"auto","messages":[],"input":"a"}"#, surface, &grant, true);
        assert_eq!((&new["stream"], new.get("stream_options")), (&json!(true), None), "{surface:?}");
        let whole = written(r#"{"model":"auto","messages":[],"input":"a"}"#, surface, &grant, false);
        assert_eq!(whole.get("stream"), None, "{surface:?}");
    }
    // Ollama streams unless the body says no; the path says it at Gemini and Bedrock.
    let ollama = written(r#"{"model":"auto","messages":[]}"#, Surface::OllamaChat, &grant, false);
    assert_eq!(ollama["stream"], json!(false));
    for surface in [Surface::GeminiGenerate, Surface::BedrockConverse] {
        assert_eq!(written(r#"{"messages":[]}"#, surface, &grant, true).get("stream"), None);
    }
}

#[test]
fn a_finding_stands_before_the_wish_that_it_asks_for() {
    let mut revision = grant(CallKind::Revise, Some("5"));
    revision.finding = Some(Arc::from("expected 4"));
    let ask = r#"{"messages":[{"role":"user","content":"q"}]}"#;
    let new = written(ask, Surface::OpenAiChat, &revision, true);
    assert_eq!(new["messages"][2]["content"], format!("expected 4\n\n{}", Prompts::default().revise));
}

#[test]
fn each_kind_adds_its_turns_behind_the_last_message() {
    let prompts = Prompts::default();
    let ask = r#"{"messages": [ {"role":"user","content":"q"} ] , "model": "auto"}"#;
    for (kind, wish) in [
        (CallKind::Generate, &prompts.resume),
        (CallKind::Revise, &prompts.revise),
        (CallKind::Verify, &prompts.verify),
        (CallKind::Probe, &prompts.probe),
        (CallKind::Score, &prompts.score),
        (CallKind::Distil, &prompts.distil),
        (CallKind::Refine, &prompts.refine),
    ] {
        let new = written(ask, Surface::OpenAiChat, &grant(kind, Some("a \"b\"\n")), true);
        let expected = json!([{"role": "user", "content": "q"}, {"role": "assistant", "content": "a \"b\"\n"},
            {"role": "user", "content": wish}]);
        assert_eq!(new["messages"], expected, "{kind:?}");
    }
    let first = grant(CallKind::Generate, None);
    assert_eq!(
        written(ask, Surface::OpenAiChat, &first, true)["messages"],
        json!([{"role": "user", "content": "q"}])
    );
}

#[test]
fn each_surface_writes_turns_in_its_form() {
    let verify = grant(CallKind::Verify, Some("4"));
    let wish = Prompts::default().verify.into_owned();
    let turns = |surface, body: &str, name: &str| written(body, surface, &verify, false)[name].clone();
    let plain = json!([{"role": "assistant", "content": "4"}, {"role": "user", "content": wish}]);
    assert_eq!(turns(Surface::AnthropicMessages, r#"{"messages":[]}"#, "messages"), plain);
    let (of_user, text) = (json!({"role": "user", "content": "2+2"}), r#"{"input":"2+2"}"#);
    assert_eq!(turns(Surface::OpenAiResponses, text, "input"), json!([of_user, plain[0], plain[1]]));
    assert_eq!(
        turns(Surface::GeminiGenerate, r#"{"contents":[]}"#, "contents"),
        json!([{"role": "model", "parts": [{"text": "4"}]}, {"role": "user", "parts": [{"text": wish}]}])
    );
    assert_eq!(
        turns(Surface::BedrockConverse, r#"{"messages":[]}"#, "messages"),
        json!([{"role": "assistant", "content": [{"text": "4"}]}, {"role": "user", "content": [{"text": wish}]}])
    );
}

#[test]
fn what_has_no_turns_says_so() {
    let verify = grant(CallKind::Verify, Some("4"));
    for (surface, body) in [
        (Surface::OllamaGenerate, r#"{"prompt":"2+2"}"#),
        (Surface::OpenAiChat, r#"{"prompt":"2+2"}"#),
        (Surface::OpenAiChat, r#"{"messages":null}"#),
    ] {
        let new = rewrite_call(body.as_bytes(), surface, &verify, &Prompts::default(), true, 0, 1).unwrap();
        assert!(
            new.changes.iter().any(|change| change.field == "turns" && change.why == Why::Unsupported),
            "{body}"
        );
    }
    // A blank beginning is none: providers refuse an empty turn.
    let blank = grant(CallKind::Generate, Some(" \n"));
    assert_eq!(written(r#"{"messages":[]}"#, Surface::OpenAiChat, &blank, true)["messages"], json!([]));
}

/// The requests of a cascade's samples, for a client that wants one answer and always the same.
#[test]
fn samples_that_must_agree_can_differ() {
    let strategy = Strategy::ProbeFirst { agree: 3, in_turn: false };
    let rung = Rung { samples: 3, strategy, answer_tokens: 500, ..Rung::new("a", "gpt-4o-mini") };
    let alone = Rung { answer_tokens: 500, ..Rung::new("b", "gpt-4o") };
    let governor =
        Governor::builder(Ladder::new(vec![rung, alone], None, None).unwrap().into()).build().unwrap();
    let body = r#"{"model":"auto","temperature":0,"seed":5,"messages":[{"role":"user","content":"What is 7 · 8?"}]}"#;
    let surface = Surface::OpenAiChat;
    let plan = decide_and_rewrite(&governor, body.as_bytes(), &Asked::new(surface), &mut Scratch::default());
    let run = Run::start(&plan.unwrap().plan.unwrap(), 0.0);
    let asked = |call: &Grant, sample| {
        let new = rewrite_call(body.as_bytes(), surface, call, &Prompts::default(), true, sample, 1).unwrap();
        let sent: Value = serde_json::from_slice(&new.body.unwrap()).unwrap();
        (sent.get("temperature").cloned(), sent.get("seed").cloned())
    };
    let call = run.next(0.0).unwrap().remove(0);
    assert_eq!(call.samples, 3);
    assert_eq!(asked(&call, 0), (Some(json!(0)), Some(json!(5))));
    assert_eq!(asked(&call, 1), (None, Some(json!(6))));
    assert_eq!(asked(&call, 2), (None, Some(json!(7))));
    for (sample, answer) in [(0, "55"), (1, "56"), (2, "57")] {
        call.sample(sample).unwrap().finish(Some(answer), 1.0).unwrap();
    }
    // The rung above draws one answer, which is compared with none.
    let call = run.next(1.0).unwrap().remove(0);
    assert_eq!((call.rung, asked(&call, 0)), (1, (Some(json!(0)), Some(json!(5)))));
}
