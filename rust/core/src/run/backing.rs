//! What stands behind a run beyond its own account: the ledger that pays, and the session that it belongs to.

use crate::ledger::{Account, Cost, HoldId, Purse};
use crate::plan::Plan;
use crate::policy::{Pacer, Policy};
use crate::session::Sessions;
use std::sync::Arc;

/// One reservation in the ledger, which is kept at what the run's account has committed, and is drawn before a call
/// is granted; and the session, which learns where the run ended.
#[derive(Debug, Default)]
pub(super) struct Backing {
    purse: Option<Box<Purse>>,
    query: Box<str>,
    hold: Option<HoldId>,
    ttl: Option<f64>,
    denied: bool,
    settled: bool,
    session: Option<Box<(Arc<Sessions>, Box<str>)>>,
    /// The pacer, and what it was told that the run would cost.
    pacer: Option<(Arc<Pacer>, f64)>,
}

/// How many seconds longer than its run a reservation lives: for what is in flight when the time is up.
const GRACE: f64 = 60.0;

impl Backing {
    pub(super) fn of(plan: &Plan) -> Self {
        let query = if plan.purse.is_some() { plan.id.to_string() } else { String::new() };
        let ttl = Some((plan.limit.seconds + GRACE).clamp(1.0, 1e9));
        let (purse, session) = (plan.purse.clone(), plan.session.clone());
        let pacer = match &plan.snapshot.policy {
            Policy::Paced(pacer) => Some((pacer.clone(), plan.expected_usd)),
            _ => None,
        };
        Self { purse, query: query.into(), ttl, session, pacer, ..Self::default() }
    }

    /// Brings the reservation up to what the account has committed. False when a cap of the ledger is in the way;
    /// then nothing has changed.
    pub(super) fn cover(&mut self, account: &Account, now: f64) -> bool {
        let Some(purse) = &self.purse else { return true };
        let claim = cost(account);
        let drawn = match self.hold {
            Some(hold) => purse.ledger().resize(hold, claim, self.ttl, now),
            None => {
                purse.reserve(Some(&*self.query), claim, self.ttl, now).map(|hold| self.hold = Some(hold))
            }
        };
        self.denied = drawn.is_err();
        !self.denied
    }

    /// Whether the ledger refused the newest grant.
    pub(super) fn denied(&self) -> bool {
        self.denied
    }

    /// Ends the reservation with what the account has committed: what has been spent, and what in-flight calls may
    /// still come to, if there are any.
    pub(super) fn settle(&mut self, account: &Account, now: f64) {
        if let Some((pacer, expected)) = self.pacer.take() {
            pacer.settle(expected, account.committed().usd.dollars());
        }
        if let (Some(purse), Some(hold), false) = (&self.purse, self.hold, self.settled) {
            purse.settle(hold, cost(account), now);
            self.settled = true;
        }
    }

    /// Tells the session that evidence has taken its run up.
    pub(super) fn escalated(&self, escalations: u32, rung: usize, thinks: bool, now: f64) {
        if let Some((sessions, name)) = self.session.as_deref().filter(|_| escalations > 0) {
            sessions.escalated(name, rung, thinks, now);
        }
    }
}

fn cost(account: &Account) -> Cost {
    let committed = account.committed();
    Cost { tokens: committed.tokens, usd: committed.usd }
}
