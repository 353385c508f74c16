//! What a plan takes from its session and its ledger, and what it leaves there.

use super::Governor;
use super::decide::{Circumstances, Decision, Ties};
use crate::ledger::{Ledger, MAX_KEY, Payer, Purse};
use crate::plan::{PlanOptions, Snapshot, Strip};
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

    /// Tells the pacer and the session what was decided, and ties the plan to its session and payer.
    pub(super) fn commit(
        &self,
        snapshot: &Snapshot,
        query: &Query<'_>,
        options: &PlanOptions<'_>,
        around: &Circumstances,
        decision: &Decision,
    ) -> Ties {
        if let Policy::Paced(pacer) = &snapshot.policy {
            pacer.note(options.tenant, decision.expected_usd, options.at);
        }
        let purse =
            |ledger: &Arc<Ledger>| Box::new(Purse::new(ledger.clone(), options.session, options.tenant));
        let strip = match around.standing {
            Some(standing) => foreign_thinking(snapshot, decision.rung, standing.thought),
            None if query.request.signed_thinking => Strip::Unknown,
            None => Strip::Nothing,
        };
        // A chore has a history of its own; it tells nothing about the conversation.
        let session = options.session.filter(|_| around.purpose != Purpose::Housekeeping);
        if let Some(session) = session {
            self.step(session, query, decision, options.at);
        }
        Ties {
            strip,
            purse: self.ledger.as_ref().map(purse),
            session: session.map(|session| Box::new((self.sessions.clone(), session.into()))),
        }
    }

    /// Moves a session to the rung that was decided.
    fn step(&self, session: &str, query: &Query<'_>, decision: &Decision, at: f64) {
        let estimate = &decision.estimate;
        let step = Step {
            rung: decision.rung,
            easier: decision.easier,
            counts: query.turn == Turn::Ask,
            thinks: decision.dials.thinking_tokens > 0,
            prefix_tokens: estimate.input_tokens.saturating_add(estimate.output_tokens),
        };
        self.sessions.step(session, &step, at);
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

/// The thinking in a session's history that the model of `rung` would refuse: that of rungs with another model.
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
