//! The door for gateways: the body of a request in; a plan, the body to send, headers or a refusal out.

mod header;
mod refusal;

pub use crate::rewrite::Said;
use crate::rewrite::{Draws, Settings, Surface, carry, rewrite, rewrite_read};
pub use header::{plan_headers, run_headers};
pub use refusal::{Refusal, RefusalKind, unserved};
use refusal::{busy, misfit, spent, unreadable};
use rheostat::governor::{Governor, Scratch};
use rheostat::ledger::{Cost, Payer};
use rheostat::money::Usd;
use rheostat::plan::{Plan, PlanOptions, PlanReason};
use rheostat::query::Query;
use rheostat::{Error, Result};
use std::sync::Arc;

/// Tokens of the shortest answer that is worth a request: what OpenAI's responses take at least as a limit (API reference, November
/// 2026).
const LEAST_ANSWER: u64 = 16;

/// How a gateway wants its requests decided and rewritten.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The format of the body.
    pub surface: Surface,
    /// The options of the plan.
    pub options: PlanOptions<'a>,
    /// True if the host votes on several answers: the plan's samples are written. Else the client's own number stays, as far as the
    /// ceiling allows.
    pub votes: bool,
    /// True if a client's own effort or budget of thinking wins over the plan's.
    pub keep_wishes: bool,
    /// True if a body that cannot be read is sent as it is, and a query that fits no rung on the plan's. Else both are refused.
    pub fail_open: bool,
}

impl Asked<'_> {
    /// The defaults: the plan decides, the client's number of answers stays, and what cannot be read is refused.
    pub fn new(surface: Surface) -> Self {
        Self { surface, options: PlanOptions::default(), votes: false, keep_wishes: false, fail_open: false }
    }
}

/// The decision about one request.
#[derive(Debug, Clone)]
pub struct Decided {
    /// The plan. None for a body that could not be read, and where the ledger refused.
    pub plan: Option<Arc<Plan>>,
    /// The body to send; None to send the client's as it is.
    pub body: Option<Vec<u8>>,
    /// The changes of the body, and all that it could not say.
    pub changes: Vec<Said>,
    /// The refusal. Then nothing is to be sent to a provider.
    pub reject: Option<Refusal>,
    /// The reason why the body was not read, where it is sent all the same.
    pub error: Option<String>,
}

/// Reads a body, plans it, and writes the plan into it.
///
/// A used-up cap of the ledger, a ceiling or a cap that leaves no room for an answer, a body that is no request, and a query that fits
/// no rung are refusals, each with a status and a body in the provider's own form.
///
/// Nothing is reserved: requests that are decided at one time may each count on the same room. A host that caps a payer's spending
/// starts a run from the plan, which reserves each call.
///
/// ```
/// use rheostat::governor::{Governor, Scratch};
/// use rheostat::ladder::{Ladder, Rung};
/// use rheostat_wire::gateway::{Asked, decide_and_rewrite};
/// use rheostat_wire::rewrite::Surface;
/// let rungs = vec![Rung::new("fast", "gpt-5-mini"), Rung { thinking_tokens: 8_192, ..Rung::new("deep", "gpt-5") }];
/// let governor = Governor::builder(Ladder::new(rungs, None, None)?.into()).build()?;
/// let asked = Asked::new(Surface::OpenAiChat);
/// let body = br#"{"model": "auto", "messages": [{"role": "user", "content": "What is the capital of France?"}]}"#;
/// let decided = decide_and_rewrite(&governor, body, &asked, &mut Scratch::default())?;
/// assert!(decided.reject.is_none());
/// assert_eq!(decided.changes[0].field, "model");
/// assert_eq!(decided.headers()[1], ("x-rheostat-rung", decided.plan.as_ref().unwrap().rung_ref().name.clone()));
///
/// let refused = decide_and_rewrite(&governor, b"{}", &asked, &mut Scratch::default())?.reject.unwrap();
/// assert_eq!(refused.status, 400);
/// # Ok::<(), rheostat::Error>(())
/// ```
///
/// # Errors
/// Those of [`Governor::plan`] that are the host's own: options out of bounds, or an unknown rung or model.
pub fn decide_and_rewrite(
    governor: &Governor,
    body: &[u8],
    asked: &Asked<'_>,
    scratch: &mut Scratch,
) -> Result<Decided> {
    decide(governor, body, asked, scratch, |_, _| ())
}

/// Like [`decide_and_rewrite`], for a host that keeps something of the query that was read: `keep` gets it with its plan.
///
/// # Errors
/// Those of [`decide_and_rewrite`].
pub fn decide(
    governor: &Governor,
    body: &[u8],
    asked: &Asked<'_>,
    scratch: &mut Scratch,
    keep: impl FnOnce(&Query<'_>, &Plan),
) -> Result<Decided> {
    let surface = asked.surface;
    let cap = governor.snapshot().window.bytes;
    let (query, talk) = match crate::body::read_at(body, cap) {
        Ok(read) => read,
        Err(error) => return Ok(unread(governor, asked, &error)),
    };
    let plan = match governor.plan_as(&query, &asked.options, scratch, Arc::new) {
        Ok(plan) => plan,
        Err(error @ Error::Denied { .. }) => {
            let ledger = governor.ledger().map(|ledger| &**ledger);
            return Ok(Decided::refused(None, busy(surface, &error, ledger, asked.options.at)));
        }
        Err(error) => return Err(error),
    };
    keep(&query, &plan);
    if plan.why.has(PlanReason::NothingFits) {
        if !asked.fail_open {
            let refusal = misfit(surface, &query, &plan);
            return Ok(Decided::refused(Some(plan), refusal));
        }
    } else if let Some(room) = too_little(&query, &plan) {
        let (rung, samples) = (plan.rung_ref(), u64::from(plan.dials.samples.max(1)));
        let least = LEAST_ANSWER.min(rung.answer_tokens);
        let usd = rung.prices().cost(plan.input_tokens.into(), 0, least).times(samples);
        let escalated = if plan.rung > plan.limit.entry { usd } else { Usd(0) };
        let claim = Cost { tokens: least.saturating_mul(samples), usd, escalated };
        let refusal = spent(asked, &plan, room, claim, governor.ledger().map(|ledger| &**ledger));
        return Ok(Decided::refused(Some(plan), refusal));
    }
    let mut settings = Settings { keep_wishes: asked.keep_wishes, ..Settings::of(&plan) };
    if asked.votes {
        settings.samples = Draws::Plan(plan.dials.samples);
    }
    let written = carry(body, surface, &plan.rung_ref().params).and_then(|(carried, mut changes)| {
        let new = match &carried {
            // The places of the conversation are those of the body that was read.
            Some(carried) => rewrite(carried, surface, &settings)?,
            None => rewrite_read(body, surface, &settings, talk)?,
        };
        changes.extend(new.changes.iter().map(Said::from));
        Ok((new.body.or(carried), changes))
    });
    match written {
        Ok((body, changes)) => Ok(Decided { plan: Some(plan), body, changes, reject: None, error: None }),
        Err(error) => Ok(Decided { plan: Some(plan), ..Decided::unread(asked, &error) }),
    }
}

/// The tokens that the ceiling and the caps leave for an answer, if they hold none and the client itself asked for more.
fn too_little(query: &Query<'_>, plan: &Plan) -> Option<u64> {
    let room = plan.dials.answer_tokens;
    let least = LEAST_ANSWER.min(plan.rung_ref().answer_tokens);
    (room < least && query.request.max_tokens.is_none_or(|most| most >= least)).then_some(room)
}

/// The decision about a body that cannot be read. It is sent only if the ledger has something left for its payer.
fn unread(governor: &Governor, asked: &Asked<'_>, error: &Error) -> Decided {
    let PlanOptions { session, tenant, at, .. } = asked.options;
    let admitted = governor.ledger().map(|ledger| ledger.admit(&Payer { query: None, session, tenant }, at));
    match admitted {
        Some(Err(denied)) if asked.fail_open => {
            let ledger = governor.ledger().map(|ledger| &**ledger);
            Decided::refused(None, busy(asked.surface, &denied, ledger, at))
        }
        _ => Decided::unread(asked, error),
    }
}

impl Decided {
    fn refused(plan: Option<Arc<Plan>>, refusal: Refusal) -> Self {
        Self { plan, body: None, changes: Vec::new(), reject: Some(refusal), error: None }
    }

    fn unread(asked: &Asked<'_>, error: &Error) -> Self {
        if asked.fail_open {
            let error = Some(error.to_string());
            return Self { plan: None, body: None, changes: Vec::new(), reject: None, error };
        }
        Self::refused(None, unreadable(asked.surface, error))
    }
}
