//! Starts a run from a plan.

use super::{Brief, Reason, Run, Worth, purse::Backing, state::State};
use crate::plan::{Plan, PlanReason};
use crate::rules::Rules;
use std::sync::{Arc, Mutex};

impl Run {
    /// Starts the run of a plan with the rules of its snapshot; `now` in seconds of any monotonic clock.
    pub fn start(plan: &Plan, now: f64) -> Self {
        let brief = Brief::from_plan(plan, plan.snapshot.rules.clone());
        Self { state: Arc::new(Mutex::new(State::new(brief, Backing::of(plan), now))) }
    }
}

impl Brief {
    /// The part of a plan that the controller needs.
    pub fn from_plan(plan: &Plan, rules: Arc<Rules>) -> Self {
        Self {
            rungs: plan.snapshot.ladder.shared_rungs(),
            allowed: plan.allowed.clone(),
            left_out: left_out(plan),
            rung: plan.rung,
            once: plan.why.has(PlanReason::Once),
            dials: plan.dials,
            input_tokens: u64::from(plan.input_tokens),
            max_tokens: plan.max_tokens,
            limit: plan.limit,
            derived_usd: plan.snapshot.derives_usd(plan.input_tokens, plan.limit.usd),
            moves: plan.snapshot.ladder.moves(),
            worth: Worth::of(plan),
            rules,
            retries: plan.snapshot.retries.clone(),
            breakers: plan.snapshot.breakers.clone(),
        }
    }
}

/// The limit that left rungs out of a plan, because it does not pay an answer of theirs.
fn left_out(plan: &Plan) -> Option<Reason> {
    let escalated = plan.why.has(PlanReason::Escalated);
    if !plan.why.has(PlanReason::Unpaid) && !escalated {
        return None;
    }
    let allowed = |i: usize| plan.allowed.as_ref().is_none_or(|allowed| allowed.get(i) == Some(&true));
    let mut above = plan.snapshot.ladder.rungs().iter().enumerate().skip(plan.rung + 1);
    let (_, rung) = above.find(|(i, _)| !allowed(*i))?;
    let answer = rung.answer_tokens.min(plan.estimate.output_range.1.into());
    let usd = rung.prices().cost(plan.input_tokens.into(), 0, answer).dollars();
    if escalated && usd > plan.limit.escalated_usd {
        return Some(Reason::Escalated);
    }
    Some(match (answer > plan.limit.tokens, plan.why.has(PlanReason::Ledger)) {
        (_, true) => Reason::Ledger,
        (true, false) => Reason::Tokens,
        (false, false) => Reason::Usd,
    })
}
