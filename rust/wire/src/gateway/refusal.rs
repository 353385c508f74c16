//! Refusals in the form of a provider's own errors, so that its clients understand them.

use super::Asked;
use crate::rewrite::Surface;
use rheostat::Error;
use rheostat::ledger::{Cost, Ledger, Payer};
use rheostat::money::Usd;
use rheostat::plan::{Plan, PlanOptions, PlanReason};
use rheostat::query::Query;
use rheostat::run::{Reason, Run};
use serde_json::{Value, json};

/// The kind of a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefusalKind {
    /// `budget`: a cap of the ledger, or the query's ceiling, leaves no room for an answer.
    Budget,
    /// `body`: the body is no request of the surface.
    Body,
    /// `context`: the input is longer than the context window of each rung.
    Context,
    /// `capability`: no rung has what the query needs, such as vision.
    Capability,
}

impl RefusalKind {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Budget => "budget",
            Self::Body => "body",
            Self::Context => "context",
            Self::Capability => "capability",
        }
    }
}

/// An answer to the client in place of a provider's.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// The kind.
    pub kind: RefusalKind,
    /// The HTTP status: 429, 400 or 413.
    pub status: u16,
    /// Seconds after which the cap's window has ended, for the header `retry-after`. None where waiting does not help.
    pub retry_after: Option<u64>,
    /// The reason, in words.
    pub message: String,
    /// The body, as JSON in the form of the surface's errors.
    pub body: Vec<u8>,
}

/// The refusal of a body that is no request.
pub(super) fn unreadable(surface: Surface, error: &Error) -> Refusal {
    refusal(surface, RefusalKind::Body, 400, None, error.to_string())
}

/// The refusal of a query that a cap of the ledger leaves nothing for.
pub(super) fn busy(surface: Surface, error: &Error, ledger: Option<&Ledger>, at: f64) -> Refusal {
    let period = if let Error::Denied { cap, .. } = error { cap.period } else { None };
    let wait = period.zip(ledger).map(|(period, ledger)| ledger.until_next_window(period, at).ceil() as u64);
    refusal(surface, RefusalKind::Budget, 429, wait, format!("budget used up: {error}"))
}

/// The refusal of a query whose ceiling or caps leave `room` tokens for an answer. Waiting helps where it is a cap: `claim` is the
/// least that an answer takes.
pub(super) fn spent(
    asked: &Asked<'_>,
    plan: &Plan,
    room: u64,
    claim: Cost,
    ledger: Option<&Ledger>,
) -> Refusal {
    let PlanOptions { session, tenant, at, .. } = asked.options;
    let wait = ledger.and_then(|ledger| {
        let payer = Payer { query: None, session, tenant };
        let denied = |claim| ledger.check_claim(&payer, claim, at).err();
        // Where an answer on this rung would fit, the cap that bounds the plan is the one with the least room.
        let more = || {
            let Cost { tokens, usd, .. } = ledger.room(&payer, at);
            let more = Cost::new(tokens.saturating_add(1), usd.plus(Usd(1)));
            plan.why.has(PlanReason::Ledger).then(|| denied(more))?
        };
        let Error::Denied { cap, .. } = denied(claim).or_else(more)? else { return None };
        Some(ledger.until_next_window(cap.period?, at).ceil() as u64)
    });
    let message = format!("budget used up: it leaves {room} tokens, which hold no answer");
    refusal(asked.surface, RefusalKind::Budget, 429, wait, message)
}

/// The refusal of a query whose run has no answer, because a cap of the ledger left no room for its calls. None for a run that ended
/// otherwise.
///
/// A plan reserves nothing: others may have used up the cap when the run asks for its first call.
pub fn unserved(
    surface: Surface,
    run: &Run,
    ledger: Option<&Ledger>,
    payer: &Payer<'_>,
    at: f64,
) -> Option<Refusal> {
    let ended = run.ended().filter(|ended| matches!(ended, Reason::Ledger | Reason::Escalated))?;
    if run.answer().is_some() {
        return None;
    }
    let denied = ledger.and_then(|ledger| {
        let Cost { tokens, usd, escalated } = ledger.room(payer, at);
        let more = match ended {
            Reason::Escalated => Cost { escalated: escalated.plus(Usd(1)), ..Cost::default() },
            _ => Cost::new(tokens.saturating_add(1), usd.plus(Usd(1))),
        };
        let Error::Denied { cap, .. } = ledger.check_claim(payer, more, at).err()? else { return None };
        Some(ledger.until_next_window(cap.period?, at).ceil() as u64)
    });
    let message = format!("budget used up: {}", ended.as_str());
    Some(refusal(surface, RefusalKind::Budget, 429, denied, message))
}

/// The refusal of a query that fits no rung.
pub(super) fn misfit(surface: Surface, query: &Query<'_>, plan: &Plan) -> Refusal {
    let rungs = plan.snapshot.ladder.rungs();
    let needed = query.request.needs();
    let able = rungs.iter().any(|rung| needed.iter().flatten().all(|name| rung.can(name)));
    if able {
        let tokens = plan.input_tokens;
        let message =
            format!("the input of about {tokens} tokens is longer than the context window of every model");
        return refusal(surface, RefusalKind::Context, 413, None, message);
    }
    let needed: Vec<&str> = needed.into_iter().flatten().collect();
    let message = format!("no model has all that the request needs: {}", needed.join(", "));
    refusal(surface, RefusalKind::Capability, 400, None, message)
}

fn refusal(
    surface: Surface,
    kind: RefusalKind,
    status: u16,
    retry_after: Option<u64>,
    message: String,
) -> Refusal {
    let body = form(surface, kind, status, &message).to_string().into_bytes();
    Refusal { kind, status, retry_after, message, body }
}

/// The body of an error, as the providers' API references describe it (November 2026).
fn form(surface: Surface, kind: RefusalKind, status: u16, message: &str) -> Value {
    let (openai, anthropic, google) = match status {
        429 => ("rate_limit_exceeded", "rate_limit_error", "RESOURCE_EXHAUSTED"),
        413 => ("invalid_request_error", "request_too_large", "INVALID_ARGUMENT"),
        _ => ("invalid_request_error", "invalid_request_error", "INVALID_ARGUMENT"),
    };
    let code = match kind {
        RefusalKind::Budget => "insufficient_quota",
        RefusalKind::Body => "invalid_body",
        RefusalKind::Context => "context_length_exceeded",
        RefusalKind::Capability => "unsupported_capability",
    };
    match surface {
        Surface::AnthropicMessages => {
            json!({"type": "error", "error": {"type": anthropic, "message": message}})
        }
        Surface::GeminiGenerate => json!({"error": {"code": status, "message": message, "status": google}}),
        Surface::OllamaChat | Surface::OllamaGenerate => json!({"error": message}),
        Surface::BedrockConverse | Surface::CohereChat => json!({"message": message}),
        Surface::MistralChat => {
            json!({"object": "error", "message": message, "type": openai, "param": null, "code": code})
        }
        Surface::OpenRouterChat => json!({"error": {"code": status, "message": message}}),
        Surface::OpenAiChat | Surface::OpenAiResponses | Surface::VllmChat | Surface::DeepSeekChat => {
            json!({"error": {"message": message, "type": openai, "param": null, "code": code}})
        }
    }
}
