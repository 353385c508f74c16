//! Starts a run from a plan.

use super::{Brief, Run, Worth, purse::Backing, state::State};
use crate::plan::Plan;
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
            rung: plan.rung,
            dials: plan.dials,
            input_tokens: u64::from(plan.input_tokens),
            limit: plan.limit,
            derived_usd: plan.snapshot.derives_usd(plan.input_tokens, plan.limit.usd),
            moves: plan.snapshot.ladder.moves(),
            worth: Worth::of(plan),
            rules,
        }
    }
}
