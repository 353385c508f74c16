//! Who pays for a reservation.

use super::cap::Scope;

/// Whose reservation it is. What is not named is not bounded by that scope's caps.
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
