//! The circumstances of a query: its session's rung, its payer's room, the price of compute.

use super::Governor;
use crate::error::Bound;
use crate::ledger::{Cost, Ledger, MAX_KEY, Payer, Scope};
use crate::money::Usd;
use crate::plan::{PlanOptions, Snapshot};
use crate::policy::Policy;
use crate::query::{Query, Turn};
use crate::session::{Purpose, Standing};
use crate::{Error, Result};

/// Facts about a query that the query itself does not contain.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Circumstances {
    /// The session's rung and cache.
    pub(super) standing: Option<Standing>,
    /// The payer's room.
    pub(super) room: Option<Cost>,
    /// The rest of the cap on escalated spend, and the cap.
    pub(super) escalated: Option<(Usd, Bound)>,
    /// A digest of the request, if its history is visible: the same again is a retry. 0 if there is none.
    pub(super) request: u64,
    /// The query's purpose.
    pub(super) purpose: Purpose,
    /// Shadow price: dollars that a dollar of compute counts as. None: the policy's.
    pub(super) price: Option<f64>,
    /// True if a tenant is given and nothing looks at it.
    pub(super) tenant_unused: bool,
}

impl Governor {
    /// Asks sessions, ledger and pacer about a query. Changes nothing.
    ///
    /// # Errors
    /// [`Error::Invalid`] for the name of a session or a tenant; [`Error::Denied`] when a cap is used up.
    pub(super) fn circumstances(
        &self,
        snapshot: &Snapshot,
        query: &Query<'_>,
        options: &PlanOptions<'_>,
    ) -> Result<Circumstances> {
        if let Some(rung) = options.rung.filter(|_| !self.overrides) {
            let why = "this governor takes no overrides: a rung is reached through its policy only";
            return Err(Error::state(format!("rung {rung:?} was asked for, and {why}")));
        }
        for (what, name) in [("session", options.session), ("tenant", options.tenant)] {
            if let Some(name) = name.filter(|name| name.is_empty() || name.len() > MAX_KEY) {
                let bound = format!("between 1 and {MAX_KEY} bytes");
                return Err(Error::invalid(what, format!("{} bytes", name.len()), bound));
            }
        }
        let standing = options.session.and_then(|session| self.sessions.standing(session, options.at));
        // Chores are recognised only in sessions: a text by itself is an ask.
        let purpose = options.purpose.unwrap_or_else(|| match options.session {
            Some(_) if query.turn == Turn::Ask => Purpose::of(query),
            _ if query.request.planning => Purpose::Planning,
            _ => Purpose::Answer,
        });
        let payer = Payer { query: None, session: options.session, tenant: options.tenant };
        let room = self.ledger.as_ref().map(|ledger| ledger.admit(&payer, options.at)).transpose()?;
        let escalated = self.ledger.as_ref().and_then(|ledger| ledger.escalated_room(&payer, options.at));
        let price = Some(snapshot.policy.price(options.tenant));
        let request = if options.session.is_some() { digest(query) } else { 0 };
        let tenant_unused = options.tenant.is_some() && !self.looks_at_tenants(snapshot);
        Ok(Circumstances { standing, room, escalated, request, purpose, price, tenant_unused })
    }

    /// True if plans of different tenants may differ: the ledger caps tenants, or the policy is paced.
    fn looks_at_tenants(&self, snapshot: &Snapshot) -> bool {
        let capped = |ledger: &Ledger| ledger.caps().iter().any(|cap| cap.scope == Scope::Tenant);
        matches!(snapshot.policy, Policy::Paced(_)) || self.ledger.as_deref().is_some_and(capped)
    }
}

/// A digest of a request with its history. Without a history, equal texts may be different turns.
fn digest(query: &Query<'_>) -> u64 {
    let s = &query.structure;
    if s.messages < 2 {
        return 0;
    }
    let sizes = [
        s.messages.into(),
        s.total_bytes,
        s.history_bytes,
        s.tool_result_bytes,
        u64::from(s.tool_calls),
        query.turn as u64,
    ];
    let fold = |digest: u64, size: u64| (digest ^ size).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29);
    sizes.into_iter().fold(rapidhash::v3::rapidhash_v3(&query.ask), fold).max(1)
}
