//! The payer of a reservation.

use super::cap::Scope;

/// The names that select a reservation's caps. A scope without a name has no cap.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Payer<'a> {
    /// The query, by its plan's id.
    pub query: Option<&'a str>,
    /// The conversation.
    pub session: Option<&'a str>,
    /// The customer.
    pub tenant: Option<&'a str>,
}

impl<'a> Payer<'a> {
    pub(super) fn keys(&self) -> [(Scope, Option<&'a str>); 3] {
        [(Scope::Query, self.query), (Scope::Session, self.session), (Scope::Tenant, self.tenant)]
    }
}
