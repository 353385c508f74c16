//! A ledger together with its payer.

use super::book::Ledger;
use super::cap::Cost;
use super::hold_id::HoldId;
use super::payer::Payer;
use super::reserve::Settlement;
use crate::Result;
use crate::money::Usd;
use std::sync::Arc;

/// A ledger, and the session and tenant that pay.
#[derive(Debug, Clone)]
pub struct Funding {
    ledger: Arc<Ledger>,
    session: Option<Box<str>>,
    tenant: Option<Box<str>>,
}

impl Funding {
    /// The funding of a payer.
    pub fn new(ledger: Arc<Ledger>, session: Option<&str>, tenant: Option<&str>) -> Self {
        Self { ledger, session: session.map(Into::into), tenant: tenant.map(Into::into) }
    }

    /// Reserves a claim before a call; see [`Ledger::reserve`].
    ///
    /// # Errors
    /// [`crate::Error::Denied`] when it does not fit a cap.
    pub fn reserve(&self, query: Option<&str>, claim: Cost, ttl: Option<f64>, now: f64) -> Result<HoldId> {
        let payer = Payer { query, session: self.session.as_deref(), tenant: self.tenant.as_deref() };
        self.ledger.reserve(&payer, claim, ttl, now)
    }

    /// The rest of the payer's cap on escalated spend; None without one.
    pub fn escalated_room(&self, query: Option<&str>, now: f64) -> Option<Usd> {
        let payer = Payer { query, session: self.session.as_deref(), tenant: self.tenant.as_deref() };
        self.ledger.escalated_room(&payer, now).map(|(left, _)| left)
    }

    /// Settles a claim; see [`Ledger::settle`].
    pub fn settle(&self, id: HoldId, spent: Cost, now: f64) -> Settlement {
        self.ledger.settle(id, spent, now)
    }

    /// The ledger.
    pub fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    /// The session, if one was named.
    pub fn session(&self) -> Option<&str> {
        self.session.as_deref()
    }

    /// The tenant, if one was named.
    pub fn tenant(&self) -> Option<&str> {
        self.tenant.as_deref()
    }
}
