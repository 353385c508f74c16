//! Who pays for a run, and from which ledger.

use super::book::Ledger;
use super::cap::Cost;
use super::hold_id::HoldId;
use super::payer::Payer;
use super::reserve::Settlement;
use crate::Result;
use std::sync::Arc;

/// A ledger, with the session and the tenant that draw on it.
#[derive(Debug, Clone)]
pub struct Purse {
    ledger: Arc<Ledger>,
    session: Option<Box<str>>,
    tenant: Option<Box<str>>,
}

impl Purse {
    /// A purse of a payer.
    pub fn new(ledger: Arc<Ledger>, session: Option<&str>, tenant: Option<&str>) -> Self {
        Self { ledger, session: session.map(Into::into), tenant: tenant.map(Into::into) }
    }

    /// Draws a claim, before a call; as [`Ledger::reserve`].
    ///
    /// # Errors
    /// [`crate::Error::Denied`] when it does not fit a cap.
    pub fn reserve(&self, query: Option<&str>, claim: Cost, ttl: Option<f64>, now: f64) -> Result<HoldId> {
        let payer = Payer { query, session: self.session.as_deref(), tenant: self.tenant.as_deref() };
        self.ledger.reserve(&payer, claim, ttl, now)
    }

    /// Ends a claim with what was spent; as [`Ledger::settle`].
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
