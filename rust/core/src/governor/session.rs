//! What a plan takes from its session and its ledger, and what it leaves there.

use super::Governor;
use super::decide::Circumstances;
use crate::ledger::{Ledger, MAX_KEY, Payer, Purse};
use crate::plan::{Plan, PlanOptions, Snapshot, Strip};
use crate::policy::Policy;
use crate::query::{Query, Turn};
use crate::session::{Purpose, Sessions, Step};
use crate::{Error, Result};
use std::sync::Arc;

impl Governor {
    pub(super) fn circumstances(
        &self,
        snapshot: &Snapshot,
        query: &Query<'_>,
        options: &PlanOptions<'_>,
    ) -> Result<Circumstances> {
        for (what, name) in [("session", options.session), ("tenant", options.tenant)] {
            if let Some(name) = name.filter(|name| name.is_empty() || name.len() > MAX_KEY) {
                let bound = format!("between 1 and {MAX_KEY} bytes");
                return Err(Error::invalid(what, format!("{} bytes", name.len()), bound));
            }
        }
        let standing = options.session.and_then(|session| self.sessions.standing(session, options.at));
        // Whoever names no session is not looked at for chores: a text by itself is an ask.
        let purpose = options.purpose.unwrap_or_else(|| match options.session {
            Some(_) if query.turn == Turn::Ask => Purpose::of(query),
            _ => Purpose::Answer,
        });
        let payer = Payer { query: None, session: options.session, tenant: options.tenant };
        let room = self.ledger.as_ref().map(|ledger| ledger.admit(&payer, options.at)).transpose()?;
        let price = Some(snapshot.policy.price(options.tenant));
        Ok(Circumstances { standing, room, purpose, price })
    }

    pub(super) fn remember(
        &self,
        query: &Query<'_>,
        options: &PlanOptions<'_>,
        around: &Circumstances,
        easier: bool,
        plan: &mut Plan,
    ) {
        plan.purpose = around.purpose;
        plan.price = around.price.unwrap_or(1.0);
        if let Policy::Paced(pacer) = &plan.snapshot.policy {
            pacer.note(options.tenant, plan.expected_usd, options.at);
        }
        plan.purse = self
            .ledger
            .as_ref()
            .map(|ledger| Box::new(Purse::new(ledger.clone(), options.session, options.tenant)));
        plan.strip = match around.standing {
            Some(standing) => others(plan, standing.thought),
            None if query.request.signed_thinking => Strip::Unknown,
            None => Strip::Nothing,
        };
        let Some(session) = options.session else { return };
        if around.purpose == Purpose::Housekeeping {
            // A chore has a history of its own, and says nothing about the conversation.
            return;
        }
        let step = Step {
            rung: plan.rung,
            easier,
            counts: query.turn == Turn::Ask,
            thinks: plan.thinking_tokens > 0,
            prefix_tokens: plan.input_tokens.saturating_add(plan.estimate.output_tokens),
        };
        self.sessions.step(session, &step, options.at);
        plan.session = Some(Box::new((self.sessions.clone(), session.into())));
    }

    /// Takes note that evidence has taken a session's run up to a rung, by its place on the ladder: it stays there,
    /// until several easier asks in a row bring it down.
    pub fn escalated(&self, session: &str, rung: usize, now: f64) {
        let snapshot = self.snapshot();
        let thinks = snapshot.ladder.rungs().get(rung).is_some_and(|rung| rung.thinking_tokens > 0);
        self.sessions.escalated(session, rung, thinks, now);
    }

    /// The sessions.
    pub fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    /// The ledger.
    pub fn ledger(&self) -> Option<&Arc<Ledger>> {
        self.ledger.as_ref()
    }
}

/// The rungs that have thought and whose model is not the plan's.
fn others(plan: &Plan, thought: u64) -> Strip {
    let rungs = plan.snapshot.ladder.rungs();
    let mut mask = thought;
    for (i, rung) in rungs.iter().enumerate().take(64) {
        if rung.model == plan.rung_ref().model {
            mask &= !(1 << i);
        }
    }
    if mask == 0 { Strip::Nothing } else { Strip::Rungs(mask) }
}
