//! The ledger and the session behind a run.

use crate::Error;
use crate::error::Bound;
use crate::ledger::{Account, Amount, Cost, Funding, HoldId};
use crate::money::Usd;
use crate::plan::Plan;
use crate::policy::{Pacer, Policy};
use crate::run::action::Reason;
use crate::session::Sessions;
use std::sync::Arc;

/// One reservation in the ledger, kept equal to what the run's account has committed; and the session, which learns on
/// which rung the run ended.
#[derive(Debug, Default)]
pub(in crate::run) struct Backing {
    funding: Option<Box<Funding>>,
    query: Box<str>,
    hold: Option<HoldId>,
    /// The claim of the reservation.
    claimed: Cost,
    ttl: Option<f64>,
    /// Why the ledger refused the newest grant.
    denied: Option<Reason>,
    booked: Booked,
    session: Option<Box<(Arc<Sessions>, Box<str>)>>,
    /// The pacer, and the cost that it expects of the run.
    pacer: Option<(Arc<Pacer>, f64)>,
}

/// The part of the reservation that is settled.
#[derive(Debug, Default)]
enum Booked {
    #[default]
    Nothing,
    /// This much; the claims of calls that failed or were left are still reserved.
    Part(Cost),
    All,
}

/// Seconds that a reservation outlives its run, for calls in flight.
const GRACE: f64 = 60.0;

impl Backing {
    pub(in crate::run) fn of(plan: &Plan) -> Self {
        let query = if plan.funding.is_some() { plan.id.to_string() } else { String::new() };
        let ttl = Some((plan.limit.seconds + GRACE).clamp(1.0, 1e9));
        let (funding, session) = (plan.funding.clone(), plan.session.clone());
        let pacer = match &plan.snapshot.policy {
            Policy::Paced(pacer) => Some((pacer.clone(), plan.expected_usd)),
            _ => None,
        };
        Self { funding, query: query.into(), ttl, session, pacer, ..Self::default() }
    }

    /// Raises the reservation to what the account has committed. False, and no change, when a cap of the ledger refuses.
    /// `spare` is the most that a running stream may be raised by. A shared ledger
    /// ([`Ledger::share`](crate::ledger::Ledger::share)) takes claims in turns only, and stream events have no turn, so there
    /// it is claimed in advance if it fits.
    pub(in crate::run) fn cover(&mut self, account: &Account, spare: Cost, now: f64) -> bool {
        let Some(funding) = &self.funding else { return true };
        let claim = cost(account.committed());
        let more = if funding.ledger().is_shared() { claim.plus(spare) } else { claim };
        self.denied = self.draw(more, now).err();
        if self.denied.is_some() && more != claim {
            self.denied = self.draw(claim, now).err();
        }
        self.denied.is_none()
    }

    /// Like [`cover`](Self::cover), for a running stream: in a shared ledger, within the existing claim only.
    pub(in crate::run) fn cover_running(&mut self, account: &Account, now: f64) -> bool {
        if self.funding.as_ref().is_some_and(|funding| funding.ledger().is_shared()) {
            self.denied = (!cost(account.committed()).within(self.claimed)).then_some(Reason::Ledger);
            return self.denied.is_none();
        }
        self.cover(account, Cost::default(), now)
    }

    fn draw(&mut self, claim: Cost, now: f64) -> Result<(), Reason> {
        let Some(funding) = &self.funding else { return Ok(()) };
        let resized = self.hold.map(|hold| funding.ledger().resize(hold, claim, self.ttl, now));
        let drawn = match resized {
            // Its turn was not written, so the restored ledger does not have it. A new one claims the same.
            Some(Err(Error::State { .. })) if funding.ledger().is_shared() => None,
            resized => resized,
        };
        let drawn = drawn.unwrap_or_else(|| {
            let made = funding.reserve(Some(&*self.query), claim, self.ttl, now);
            made.map(|hold| self.hold = Some(hold))
        });
        match drawn {
            Ok(()) => {
                self.claimed = claim;
                Ok(())
            }
            Err(Error::Denied { cap, .. }) if cap.part == Bound::ESCALATED => Err(Reason::Escalated),
            Err(_) => Err(Reason::Ledger),
        }
    }

    /// Notes that the newest claim was not written to the ledger's file. Running streams may not draw on it.
    pub(in crate::run) fn unwritten(&mut self) {
        self.claimed = Cost::default();
    }

    /// Why the ledger refused the newest grant; None if it did not.
    pub(in crate::run) fn denied(&self) -> Option<Reason> {
        self.denied
    }

    /// The rest of the payer's cap on escalated spend; None without one.
    pub(in crate::run) fn escalated_room(&self, now: f64) -> Option<Usd> {
        self.funding.as_ref()?.escalated_room(Some(&*self.query), now)
    }

    /// Settles the reservation with what the account has committed: spending, and the claims of calls in flight. `lost`, what
    /// failed calls may have cost, stays claimed until a later call of this method without it, or until it expires.
    pub(in crate::run) fn settle(&mut self, account: &Account, lost: Cost, now: f64) {
        let spent = cost(account.committed()).less(lost);
        if let Some((pacer, expected)) = self.pacer.take() {
            pacer.settle(expected, spent.usd.dollars());
        }
        let (Some(funding), Some(hold)) = (&self.funding, self.hold) else { return };
        let nothing = Cost::default();
        let booked = match self.booked {
            Booked::All => return,
            Booked::Part(_) if lost != nothing => return,
            Booked::Part(booked) => booked,
            Booked::Nothing => nothing,
        };
        if lost == nothing {
            funding.settle(hold, spent.less(booked), now);
            self.booked = Booked::All;
        } else {
            let ttl = self.ttl.unwrap_or(GRACE);
            funding.ledger().settle_part(hold, spent, lost, ttl, now);
            self.booked = Booked::Part(spent);
        }
    }

    /// True if the claims of failed calls are still reserved.
    pub(in crate::run) fn awaits_usage(&self) -> bool {
        matches!(self.booked, Booked::Part(_))
    }

    /// Notes in the session that evidence took its run up.
    pub(in crate::run) fn escalated(&self, rung: usize, thinks: bool, now: f64) {
        if let Some((sessions, name)) = self.session.as_deref() {
            sessions.escalated(name, rung, thinks, now);
        }
    }
}

pub(super) fn cost(amount: Amount) -> Cost {
    Cost { tokens: amount.tokens, usd: amount.usd, escalated: amount.escalated }
}
