//! The door for gateways: decisions, refusals in each provider's form, headers.
#![allow(clippy::unwrap_used)] // a test that fails here has failed

use rheostat::governor::{Governor, Scratch};
use rheostat::ladder::{Ceiling, Ladder, Rung};
use rheostat::ledger::{Cap, Cost, Ledger, LedgerOptions, Payer, Scope};
use rheostat::money::Usd;
use rheostat::plan::PlanOptions;
use rheostat_wire::gateway::{Asked, Decided, Refusal, RefusalKind, decide_and_rewrite};
use rheostat_wire::rewrite::{Surface, Why};
use serde_json::{Value, json};
use std::sync::Arc;

const ASK: &[u8] =
    br#"{"model":"auto","messages":[{"role":"user","content":"What is the capital of France?"}]}"#;

fn rungs() -> Vec<Rung> {
    let room = |rung: Rung| Rung { context_window: Some(4_000), answer_tokens: 500, ..rung };
    vec![
        room(Rung::new("fast", "gpt-4o-mini")),
        room(Rung { thinking_tokens: 2_000, samples: 3, ..Rung::new("denken – é", "gpt-5") }),
    ]
}

fn governor(rungs: Vec<Rung>) -> Governor {
    Governor::builder(Ladder::new(rungs, None, None).unwrap().into()).build().unwrap()
}

fn decide(governor: &Governor, body: &[u8], asked: &Asked<'_>) -> Decided {
    decide_and_rewrite(governor, body, asked, &mut Scratch::default()).unwrap()
}

fn refused(body: &[u8], surface: Surface) -> Refusal {
    decide(&governor(rungs()), body, &Asked::new(surface)).reject.unwrap()
}

#[test]
fn a_request_is_planned_and_rewritten() {
    let asked = Asked {
        options: PlanOptions { rung: Some("denken – é"), ..PlanOptions::default() },
        ..Asked::new(Surface::OpenAiChat)
    };
    let decided = decide(&governor(rungs()), ASK, &asked);
    let body: Value = serde_json::from_slice(&decided.body.clone().unwrap()).unwrap();
    assert_eq!(
        (&body["model"], &body["max_completion_tokens"], &body["reasoning_effort"]),
        (&json!("gpt-5"), &json!(2_500), &json!("medium"))
    );
    assert_eq!(body.get("n"), None);
    let plan = decided.plan.clone().unwrap();
    let headers: Vec<(&str, String)> = decided.headers();
    let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        names,
        [
            "x-rheostat-plan",
            "x-rheostat-rung",
            "x-rheostat-model",
            "x-rheostat-difficulty",
            "x-rheostat-version",
            "x-rheostat-changed"
        ]
    );
    assert_eq!((&headers[0].1, &*headers[1].1), (&plan.id.to_string(), "denken %E2%80%93 %C3%A9"));
    assert_eq!(headers[5].1, "model=plan, reasoning_effort=level, max_completion_tokens=plan");
    // A host that votes has the samples written.
    let body: Value = serde_json::from_slice(
        &decide(&governor(rungs()), ASK, &Asked { votes: true, ..asked }).body.unwrap(),
    )
    .unwrap();
    assert_eq!(body["n"], 3);
}

#[test]
fn a_client_may_keep_its_effort() {
    let body = br#"{"model":"auto","reasoning_effort":"high","messages":[{"role":"user","content":"What is 2 + 2?"}]}"#;
    let asked = Asked {
        options: PlanOptions { rung: Some("denken – é"), ..PlanOptions::default() },
        ..Asked::new(Surface::OpenAiChat)
    };
    let effort = |tokens: u64, asked: &Asked<'_>| {
        let rungs = rungs().into_iter().map(|rung| Rung { context_window: None, ..rung });
        let governor = Governor::builder(Ladder::new(rungs.collect(), None, None).unwrap().into());
        let ceiling = Ceiling { tokens: Some(tokens), ..Ceiling::default() };
        let decided = decide(&governor.ceiling(ceiling).build().unwrap(), body, asked);
        let body: Value = serde_json::from_slice(&decided.body.unwrap()).unwrap();
        (body["reasoning_effort"].clone(), decided.changes.iter().any(|said| said.why == Why::Client))
    };
    assert_eq!(effort(40_000, &asked), (json!("medium"), false));
    let kept = Asked { keep_wishes: true, ..asked };
    assert_eq!(effort(40_000, &kept), (json!("high"), true));
    // The ceiling pays for no more.
    assert_eq!(effort(4_000, &kept), (json!("low"), false));
}

#[test]
fn a_body_that_cannot_be_read_is_refused_or_passed() {
    for body in [
        &b"{\"messages\": []}"[..],
        b"{}",
        b"not JSON",
        b"",
        b"{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}], \"model\": 7}",
    ] {
        let refusal = refused(body, Surface::OpenAiChat);
        assert_eq!((refusal.kind, refusal.status, refusal.retry_after), (RefusalKind::Body, 400, None));
        let open =
            decide(&governor(rungs()), body, &Asked { fail_open: true, ..Asked::new(Surface::OpenAiChat) });
        assert!(open.plan.is_none() && open.body.is_none() && open.reject.is_none());
        assert_eq!(open.headers(), [("x-rheostat-error", refusal.message)]);
    }
    // Read, but not written: the parameter is no object.
    let body = br#"{"contents":[{"parts":[{"text":"Why?"}]}],"generationConfig":[]}"#;
    let refusal = refused(body, Surface::GeminiGenerate);
    assert_eq!(refusal.message, "generationConfig: got an array, wanted an object");
    let open =
        decide(&governor(rungs()), body, &Asked { fail_open: true, ..Asked::new(Surface::GeminiGenerate) });
    assert!(open.plan.is_some() && open.body.is_none() && open.reject.is_none() && open.error.is_some());
}

#[test]
fn a_refusal_has_the_providers_form() {
    let form = |surface: Surface| -> Value { serde_json::from_slice(&refused(b"{}", surface).body).unwrap() };
    let message = refused(b"{}", Surface::OpenAiChat).message;
    let openai = json!({"error": {"message": message, "type": "invalid_request_error", "param": null, "code": "invalid_body"}});
    assert_eq!(form(Surface::OpenAiChat), openai);
    assert_eq!(form(Surface::OpenAiResponses), openai);
    assert_eq!(
        form(Surface::AnthropicMessages),
        json!({"type": "error", "error": {"type": "invalid_request_error", "message": message}})
    );
    assert_eq!(
        form(Surface::GeminiGenerate),
        json!({"error": {"code": 400, "message": message, "status": "INVALID_ARGUMENT"}})
    );
    assert_eq!(form(Surface::OllamaChat), json!({"error": message}));
    assert_eq!(form(Surface::BedrockConverse), json!({"message": message}));
    assert_eq!(form(Surface::OpenRouterChat), json!({"error": {"code": 400, "message": message}}));
    assert_eq!(form(Surface::MistralChat)["object"], "error");
}

#[test]
fn a_used_up_cap_is_a_429_that_says_when_its_window_ends() {
    let cap = Cap { tokens: Some(0), period: Some(60.0), ..Cap::new(Scope::Tenant) };
    let spent = |cap: Cap| {
        let ledger = Ledger::new(LedgerOptions { caps: vec![cap], ..LedgerOptions::default() }).unwrap();
        Governor::builder(Ladder::new(rungs(), None, None).unwrap().into())
            .ledger(Arc::new(ledger))
            .build()
            .unwrap()
    };
    let asked = Asked {
        options: PlanOptions { tenant: Some("acme"), at: 130.5, ..PlanOptions::default() },
        // Money is never passed by, whatever the host does with bodies.
        fail_open: true,
        ..Asked::new(Surface::AnthropicMessages)
    };
    let refusal = decide(&spent(cap.clone()), ASK, &asked).reject.unwrap();
    assert_eq!((refusal.kind, refusal.status, refusal.retry_after), (RefusalKind::Budget, 429, Some(50)));
    let body: Value = serde_json::from_slice(&refusal.body).unwrap();
    assert_eq!(body["error"]["type"], "rate_limit_error");
    let refusal = decide(&spent(Cap { period: None, ..cap }), ASK, &asked).reject.unwrap();
    assert_eq!(refusal.retry_after, None);
}

/// A cap with too little left for an answer, in tokens or in money, says when its window ends, as an empty one does; a ceiling of the
/// query's own does not.
#[test]
fn a_cap_that_leaves_no_answer_says_when_its_window_ends() {
    let refused = |caps: Vec<Cap>, spent: Cost, ceiling: Ceiling| {
        let ledger = Ledger::new(LedgerOptions { caps, ..LedgerOptions::default() }).unwrap();
        let payer = Payer { query: None, session: None, tenant: Some("acme") };
        let hold = ledger.reserve(&payer, spent, None, 120.0).unwrap();
        ledger.settle(hold, spent, 120.0);
        let price = |rung| Rung { input_price: 1.0, output_price: 10.0, ..rung };
        let priced = rungs().into_iter().map(price).collect();
        let governor = Governor::builder(Ladder::new(priced, None, None).unwrap().into())
            .ceiling(ceiling)
            .ledger(Arc::new(ledger));
        let options = PlanOptions { tenant: Some("acme"), at: 130.5, ..PlanOptions::default() };
        let asked = Asked { options, ..Asked::new(Surface::OpenAiChat) };
        let refusal = decide(&governor.build().unwrap(), ASK, &asked).reject.unwrap();
        assert_eq!((refusal.kind, refusal.status), (RefusalKind::Budget, 429));
        refusal.retry_after
    };
    let minute = Cap { period: Some(60.0), ..Cap::new(Scope::Tenant) };
    let hour = Cap { period: Some(3_600.0), ..Cap::new(Scope::Fleet) };
    let tokens = |cap: &Cap, tokens| Cap { tokens: Some(tokens), ..cap.clone() };
    let spent = |tokens, dollars| Cost::new(tokens, Usd::from_dollars(dollars));
    let any = Ceiling::default;
    for left in 1..16 {
        assert_eq!(refused(vec![tokens(&minute, 300)], spent(300 - left, 0.0), any()), Some(50));
    }
    // The cap that binds, not the first one.
    let both = || vec![tokens(&minute, 9_000), tokens(&hour, 300)];
    assert_eq!(refused(both(), spent(295, 0.0), any()), Some(3_470));
    let money = || vec![Cap { usd: Some(Usd::from_dollars(1.0)), ..minute.clone() }, tokens(&hour, 9_000)];
    assert_eq!(refused(money(), spent(295, 0.999_999_9), any()), Some(50));
    let small = Ceiling { tokens: Some(5), ..Ceiling::default() };
    assert_eq!(refused(vec![tokens(&minute, 300)], spent(10, 0.0), small), None);
}

/// A body that cannot be read is no way round an empty budget.
#[test]
fn a_used_up_cap_refuses_what_cannot_be_read() {
    let caps = vec![Cap { tokens: Some(0), ..Cap::new(Scope::Tenant) }];
    let ledger = Ledger::new(LedgerOptions { caps, ..LedgerOptions::default() }).unwrap();
    let governor = Governor::builder(Ladder::new(rungs(), None, None).unwrap().into());
    let governor = governor.ledger(Arc::new(ledger)).build().unwrap();
    let options = PlanOptions { tenant: Some("acme"), ..PlanOptions::default() };
    let asked = Asked { options, fail_open: true, ..Asked::new(Surface::OpenAiChat) };
    let deep = format!(r#"{{"messages":[{{"role":"user","content":"a"}}],"x":{}1}}"#, "[".repeat(200));
    for body in [deep.as_bytes(), b"not JSON", b"{}"] {
        assert_eq!(decide(&governor, body, &asked).reject.unwrap().kind, RefusalKind::Budget);
    }
}

/// Answers times limit times price stay within the dollars, however the client writes their number.
#[test]
fn a_clients_answers_are_paid_for() {
    let rung =
        Rung { answer_tokens: 2_000, input_price: 1.0, output_price: 10.0, ..Rung::new("r", "gpt-4o") };
    let wide =
        Ceiling { usd: Some(1_000.0), tokens: Some(1_000_000), samples: Some(50), ..Ceiling::default() };
    let ladder = Ladder::new(vec![rung], None, None).unwrap();
    let governor = Governor::builder(ladder.into()).ceiling(wide).build().unwrap();
    let sent = |usd: f64, n: &str| -> Value {
        let ceiling =
            Ceiling { usd: Some(usd), tokens: Some(1_000_000), samples: Some(50), ..Ceiling::default() };
        let options = PlanOptions { ceiling: Some(ceiling), ..PlanOptions::default() };
        let asked = Asked { options, ..Asked::new(Surface::OpenAiChat) };
        let body = format!(r#"{{"n":{n},"messages":[{{"role":"user","content":"What is 2 + 2?"}}]}}"#);
        let decided = decide(&governor, body.as_bytes(), &asked);
        assert_eq!(decided.reject, None, "{body}");
        serde_json::from_slice(&decided.body.unwrap()).unwrap()
    };
    for (usd, most) in [(0.021, 1), (0.05, 2), (0.1, 4), (100.0, 50)] {
        for n in ["20", "50", "1000000000000", "\"20\"", "true", "50.5", "1e400", "[50]"] {
            let body = sent(usd, n);
            let asked = n.parse::<u64>().unwrap_or(u64::MAX);
            assert_eq!(body["n"], asked.min(most), "{n} at ${usd}");
            assert!(
                body["n"].as_f64().unwrap() * body["max_completion_tokens"].as_f64().unwrap() * 1e-5 <= usd
            );
        }
        assert_eq!(sent(usd, "null")["n"], Value::Null);
        assert_eq!(sent(usd, "1")["n"], 1);
    }
}

#[test]
fn a_ceiling_without_room_for_an_answer_is_a_refusal() {
    let rung = || Rung { answer_tokens: 2_000, output_price: 10.0, ..Rung::new("r", "gpt-5-mini") };
    let decided = |ceiling: Ceiling, body: &[u8]| {
        let options = PlanOptions { ceiling: Some(ceiling), ..PlanOptions::default() };
        decide(&governor(vec![rung()]), body, &Asked { options, ..Asked::new(Surface::OpenAiChat) })
    };
    let small = [
        Ceiling { usd: Some(1e-9), ..Ceiling::default() },
        Ceiling { tokens: Some(10), ..Ceiling::default() },
        Ceiling { tokens: Some(15), ..Ceiling::default() },
    ];
    for ceiling in small {
        let refusal = decided(ceiling, ASK).reject.unwrap();
        assert_eq!((refusal.kind, refusal.status), (RefusalKind::Budget, 429));
    }
    assert!(decided(Ceiling { tokens: Some(16), ..Ceiling::default() }, ASK).reject.is_none());
    // A client that asks for a token gets a token.
    let probe = br#"{"max_tokens":1,"messages":[{"role":"user","content":"ping"}]}"#;
    assert!(decided(Ceiling::default(), probe).reject.is_none());
}

/// Claude refuses to begin thinking in a loop of tool calls that has begun without it.
#[test]
fn a_tool_loop_without_thinking_goes_on_without_it() {
    let rung = Rung { thinking_tokens: 4_096, ..Rung::new("r", "claude-sonnet-4-5") };
    let governor = governor(vec![rung]);
    let body = |thought: &str| {
        format!(
            r#"{{"max_tokens":9000,"messages":[{{"role":"user","content":"Prove it."}},{{"role":"assistant","content":[{thought}{{"type":"tool_use","id":"a","name":"f","input":{{}}}}]}},{{"role":"user","content":[{{"type":"tool_result","tool_use_id":"a","content":"3"}}]}}]}}"#
        )
    };
    let sent = |body: &str| {
        let decided = decide(&governor, body.as_bytes(), &Asked::new(Surface::AnthropicMessages));
        let said = decided.changes.iter().any(|said| said.why == Why::ToolLoop);
        (serde_json::from_slice::<Value>(&decided.body.unwrap()).unwrap(), said)
    };
    let (new, said) = sent(&body(""));
    assert!(new.get("thinking").is_none_or(|thinking| thinking["type"] == "disabled") && said, "{new}");
    let (new, said) = sent(&body(r#"{"type":"thinking","thinking":"So.","signature":"c2ln"},"#));
    assert!(new["thinking"]["type"] == "enabled" && !said, "{new}");
}

/// OpenRouter's list of models to fall back on would be billed in the plan's place.
#[test]
fn fallbacks_of_the_client_are_dropped_and_said() {
    let body =
        br#"{"model":"auto","models":["a/b"],"messages":[{"role":"user","content":"What is 2 + 2?"}]}"#;
    let decided = decide(&governor(rungs()), body, &Asked::new(Surface::OpenRouterChat));
    assert!(decided.changes.iter().any(|said| said.field == "models" && said.to.is_none()));
    let body: Value = serde_json::from_slice(&decided.body.unwrap()).unwrap();
    assert_eq!(body.get("models"), None);
}

#[test]
fn a_query_that_fits_no_rung_is_refused_or_sent() {
    let long = format!(r#"{{"messages":[{{"role":"user","content":"{}"}}]}}"#, "word ".repeat(20_000));
    let refusal = refused(long.as_bytes(), Surface::OpenAiChat);
    assert_eq!((refusal.kind, refusal.status), (RefusalKind::Context, 413));
    let open = decide(
        &governor(rungs()),
        long.as_bytes(),
        &Asked { fail_open: true, ..Asked::new(Surface::OpenAiChat) },
    );
    assert!(open.reject.is_none() && open.body.is_some());
    // No single rung both sees and calls tools.
    let can = |name: &str, capability: &str| Rung {
        capabilities: vec![capability.to_owned()],
        ..Rung::new(name, name)
    };
    let apart = governor(vec![can("a", "vision"), can("b", "tools")]);
    let body = br#"{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://a/b.png"}}]}],"tools":[{"type":"function"}]}"#;
    let refusal = decide(&apart, body, &Asked::new(Surface::OpenAiChat)).reject.unwrap();
    assert_eq!((refusal.kind, refusal.status), (RefusalKind::Capability, 400));
    assert!(refusal.message.ends_with("vision, tools"), "{}", refusal.message);
}

#[test]
fn an_unknown_rung_is_the_hosts_error() {
    let asked = Asked {
        options: PlanOptions { rung: Some("none"), ..PlanOptions::default() },
        ..Asked::new(Surface::OpenAiChat)
    };
    let error = decide_and_rewrite(&governor(rungs()), ASK, &asked, &mut Scratch::default()).unwrap_err();
    assert!(error.to_string().starts_with("unknown rung"), "{error}");
}
