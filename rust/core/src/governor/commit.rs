//! Turns a decision into a plan: updates session and pacer, and ties the plan to session and payer.

use super::Governor;
use super::circumstances::Circumstances;
use super::decide::Decision;
use crate::ledger::{Funding, Ledger};
use crate::outcome::PlanId;
use crate::plan::{Plan, PlanOptions, Snapshot, Strip};
use crate::policy::Policy;
use crate::query::{Query, Turn};
use crate::session::{Purpose, Sessions, Step};
use std::sync::Arc;

/// The session, the payer and the history's thinking blocks that a plan is tied to.
pub(super) struct Ties {
    pub(super) strip: Strip,
    pub(super) funding: Option<Box<Funding>>,
    pub(super) session: Option<Box<(Arc<Sessions>, Box<str>)>>,
}

impl Governor {
    /// Reports a decision to the pacer and the session, and ties the plan to its session and payer.
    pub(super) fn commit(
        &self,
        snapshot: &Snapshot,
        query: &Query<'_>,
        options: &PlanOptions<'_>,
        circumstances: &Circumstances,
        decision: &Decision,
    ) -> Ties {
        match (&snapshot.policy, &decision.share) {
            (Policy::Paced(pacer), _) => pacer.note(options.tenant, decision.expected_usd, options.at),
            (Policy::Shares(shares), Some(share)) => shares.note(decision.estimate.location, share),
            _ => {}
        }
        let funding =
            |ledger: &Arc<Ledger>| Box::new(Funding::new(ledger.clone(), options.session, options.tenant));
        let strip = match circumstances.standing {
            Some(standing) => foreign_thinking(snapshot, decision.rung, standing.thought),
            None if query.request.signed_thinking => Strip::Unknown,
            None => Strip::Nothing,
        };
        // A chore has a history of its own, so it does not move the session. After a summary nothing of the prefix is cached.
        if let Some(session) = options.session.filter(|_| circumstances.purpose == Purpose::Compaction) {
            self.sessions.forget_prefix(session);
        }
        let session = options.session.filter(|_| !circumstances.purpose.is_chore());
        if let Some(session) = session {
            self.step(session, query, circumstances, decision, options.at);
        }
        Ties {
            strip,
            funding: self.ledger.as_ref().map(funding),
            session: session.map(|session| Box::new((self.sessions.clone(), session.into()))),
        }
    }

    /// Moves a session to the rung that was decided.
    fn step(
        &self,
        session: &str,
        query: &Query<'_>,
        circumstances: &Circumstances,
        decision: &Decision,
        at: f64,
    ) {
        let estimate = &decision.estimate;
        let step = Step {
            rung: decision.rung,
            easier: decision.easier,
            counts: query.turn == Turn::Ask,
            request: circumstances.request,
            thinks: decision.dials.thinking_tokens > 0,
            prefix_tokens: estimate.input_tokens.saturating_add(estimate.output_tokens),
        };
        self.sessions.step(session, &step, at);
    }
}

impl Decision {
    /// Assembles the plan.
    pub(super) fn plan(
        self,
        id: PlanId,
        query: &Query<'_>,
        snapshot: Arc<Snapshot>,
        circumstances: &Circumstances,
        ties: Ties,
    ) -> Plan {
        let Self {
            rung,
            dials,
            p_correct,
            expected_usd,
            clamped,
            why,
            estimate,
            limit,
            allowed,
            switch_usd,
            easier: _,
            bins: _,
            share,
            chances,
        } = self;
        let Ties { strip, funding, session } = ties;
        Plan {
            id,
            rung,
            dials,
            p_correct,
            expected_usd,
            input_tokens: estimate.input_tokens,
            turn: query.turn,
            clamped,
            why,
            estimate,
            chances,
            limit,
            allowed,
            switch_usd,
            price: circumstances.price.unwrap_or(1.0),
            quantile: share.and_then(|share| share.quantile),
            strip,
            purpose: circumstances.purpose,
            wish: query.request.wish,
            max_tokens: query.request.max_tokens,
            funding,
            session,
            snapshot,
        }
    }
}

/// Thinking blocks in a session's history that the model of `rung` would refuse: those of rungs with another model.
fn foreign_thinking(snapshot: &Snapshot, rung: usize, thought: u64) -> Strip {
    let rungs = snapshot.ladder.rungs();
    let model = rungs.get(rung).map(|rung| &rung.model);
    let mut mask = thought;
    for (i, other) in rungs.iter().enumerate().take(64) {
        if Some(&other.model) == model {
            mask &= !(1 << i);
        }
    }
    if mask == 0 { Strip::Nothing } else { Strip::Rungs(mask) }
}
