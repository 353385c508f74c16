//! Caps: bounds on the tokens and dollars of a scope, for ever or per window of time.

use crate::money::Usd;
use crate::named::named;
use crate::{Error, Result};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// Most caps of one account.
pub const MAX_CAPS: usize = 4;
/// Longest key, in bytes.
pub const MAX_KEY: usize = 256;
/// Larger caps count as this, so that sums of claims never overflow: nine million dollars, 9·10¹⁸ tokens.
const LARGEST: u64 = u64::MAX >> 1;

/// Tokens and money.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Output tokens, thinking included.
    pub tokens: u64,
    /// Money.
    pub usd: Usd,
    /// The part of the money that calls on rungs above the entry rung cost.
    pub escalated: Usd,
}

impl Cost {
    /// More than any claim.
    pub const MAX: Self = Self { tokens: u64::MAX, usd: Usd(u64::MAX), escalated: Usd(u64::MAX) };

    /// Tokens and money, none of it escalated.
    pub const fn new(tokens: u64, usd: Usd) -> Self {
        Self { tokens, usd, escalated: Usd(0) }
    }

    /// Sum, saturating.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            tokens: self.tokens.saturating_add(other.tokens),
            usd: self.usd.plus(other.usd),
            escalated: self.escalated.plus(other.escalated),
        }
    }

    /// Difference, each part at least 0.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        Self {
            tokens: self.tokens.saturating_sub(other.tokens),
            usd: self.usd.less(other.usd),
            escalated: self.escalated.less(other.escalated),
        }
    }

    /// The smaller of each part.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        Self {
            tokens: self.tokens.min(other.tokens),
            usd: self.usd.min(other.usd),
            escalated: self.escalated.min(other.escalated),
        }
    }

    /// True if no part exceeds `other`'s.
    pub fn within(self, other: Self) -> bool {
        self.tokens <= other.tokens && self.usd <= other.usd && self.escalated <= other.escalated
    }
}

named! {
    /// The group whose spending a cap bounds. Accounts are locked in this order.
    #[derive(PartialOrd, Ord)]
    pub enum Scope as "scope" {
        /// One query, over all its calls.
        Query = "query",
        /// One conversation.
        Session = "session",
        /// One customer.
        Tenant = "tenant",
        /// All queries.
        Fleet = "fleet",
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One bound on what a scope may spend.
///
/// ```
/// use rheostat::ledger::{Cap, Scope};
/// use rheostat::money::Usd;
/// let daily = Cap { usd: Some(Usd::from_dollars(10.0)), period: Some(86_400.0), ..Cap::new(Scope::Tenant) };
/// assert!(daily.validate().is_ok());
/// assert!(Cap::new(Scope::Tenant).validate().is_err()); // bounds nothing
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Cap {
    /// The group.
    pub scope: Scope,
    /// Restricts the cap to one session or tenant. Caps of a key replace those of its scope.
    pub key: Option<String>,
    /// Most output tokens, thinking included.
    pub tokens: Option<u64>,
    /// Most money.
    pub usd: Option<Usd>,
    /// Most money for calls on rungs above the entry rung: samples, ramps, retries and scores there included.
    pub escalated: Option<Usd>,
    /// Length of a window, in seconds; windows start at multiples of it. `None`: one window for ever.
    pub period: Option<f64>,
    /// Set when the cap is leased in blocks from a store that processes share. Then only leased blocks may be spent.
    pub leased: Option<Leasing>,
}

/// The leasing of one cap.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Leasing {
    /// Size of a block. With less than half of one left, more is requested.
    pub block: Cost,
    /// Amount that may be spent in a window before its first lease arrives. It counts against that lease. If the store has
    /// nothing left, each process passes the cap by at most this.
    pub credit: Cost,
}

impl Cap {
    /// A cap without bounds.
    pub fn new(scope: Scope) -> Self {
        Self { scope, key: None, tokens: None, usd: None, escalated: None, period: None, leased: None }
    }

    /// # Errors
    /// [`Error::Invalid`] when it has no bound, or a field is out of range.
    pub fn validate(&self) -> Result<()> {
        let field = |field: &str| format!("cap of {}: {field}", self.scope);
        if self.tokens.is_none() && self.usd.is_none() && self.escalated.is_none() {
            return Err(Error::invalid(
                field("tokens, usd, escalated_usd"),
                "none",
                "at least one of the three",
            ));
        }
        if let Some(key) = &self.key {
            check_key(&field("key"), key)?;
            if matches!(self.scope, Scope::Query | Scope::Fleet) {
                return Err(Error::invalid(field("key"), key, "given for a session or a tenant only"));
            }
        }
        match self.period {
            Some(p) if !(0.001..=1e10).contains(&p) => {
                Err(Error::invalid(field("per"), p, "between 0.001 and 1e10 seconds"))
            }
            None if self.leased.is_some() => {
                Err(Error::invalid(field("per"), "none", "given where blocks are leased"))
            }
            _ => self.leased.map_or(Ok(()), |leasing| self.validate_leasing(&leasing)),
        }
    }

    /// Like [`validate`](Self::validate), for the cap of an owner that has no ladder: nothing that it spends is escalated.
    pub(crate) fn validate_own(&self) -> Result<()> {
        self.validate()?;
        match self.escalated {
            None => Ok(()),
            Some(usd) => {
                let what = format!("cap of {}: escalated_usd", self.scope);
                Err(Error::invalid(what, usd.dollars(), "left out: only a governor's calls escalate"))
            }
        }
    }

    fn validate_leasing(&self, leasing: &Leasing) -> Result<()> {
        if let Some(usd) = self.escalated {
            let what = format!("cap of {}: escalated_usd", self.scope);
            return Err(Error::invalid(what, usd.dollars(), "left out where blocks are leased"));
        }
        let fits = |cap: Option<u64>, block: u64| cap.is_none() || block > 0;
        if fits(self.tokens, leasing.block.tokens) && fits(self.usd.map(|usd| usd.0), leasing.block.usd.0) {
            return Ok(());
        }
        let what = format!("cap of {}: block", self.scope);
        Err(Error::invalid(what, 0, "above 0 in each part that the cap bounds"))
    }
}

/// # Errors
/// [`Error::Invalid`] when the key is empty or longer than [`MAX_KEY`].
pub(super) fn check_key(what: &str, key: &str) -> Result<()> {
    if key.is_empty() || key.len() > MAX_KEY {
        let bound = format!("between 1 and {MAX_KEY} bytes");
        return Err(Error::invalid(what, format!("{} bytes", key.len()), bound));
    }
    Ok(())
}

/// A cap, prepared for accounts.
#[derive(Debug)]
pub(super) struct CapRule {
    pub(super) cap: Cap,
    pub(super) limit: Cost,
    /// Milliseconds; none is for ever.
    period: Option<u64>,
}

impl CapRule {
    fn new(cap: &Cap) -> Self {
        let money = |usd: Option<Usd>| usd.unwrap_or(Usd(LARGEST)).min(Usd(LARGEST));
        let limit = Cost {
            tokens: cap.tokens.unwrap_or(LARGEST).min(LARGEST),
            usd: money(cap.usd),
            escalated: money(cap.escalated),
        };
        let period = cap.period.map(|seconds| ((seconds * 1e3).round() as u64).max(1));
        Self { cap: cap.clone(), limit, period }
    }

    /// The window's length in milliseconds; 0 is for ever.
    pub(super) fn period(&self) -> u64 {
        self.period.unwrap_or(0)
    }

    /// The number of the window that a time in milliseconds falls in.
    pub(super) fn window(&self, at: u64) -> u64 {
        self.period.map_or(0, |period| at / period)
    }
}

/// The caps of every account.
#[derive(Debug, Default)]
pub(super) struct CapRules {
    all: [Option<Arc<[CapRule]>>; 4],
    named: HashMap<(Scope, String), Arc<[CapRule]>>,
}

impl CapRules {
    pub(super) fn new(caps: &[Cap]) -> Result<Self> {
        let mut groups: HashMap<(Scope, Option<String>), Vec<CapRule>> = HashMap::new();
        for cap in caps {
            cap.validate()?;
            let group = groups.entry((cap.scope, cap.key.clone())).or_default();
            group.push(CapRule::new(cap));
            if group.len() > MAX_CAPS {
                let what = format!("caps of {}", cap.scope);
                return Err(Error::invalid(what, group.len(), format!("at most {MAX_CAPS}")));
            }
        }
        let mut rules = Self::default();
        for ((scope, key), group) in groups {
            let group = Arc::from(group);
            match key {
                Some(key) => drop(rules.named.insert((scope, key), group)),
                None => rules.all[scope as usize] = Some(group),
            }
        }
        Ok(rules)
    }

    /// The caps of an account, if it has any.
    pub(super) fn of(&self, scope: Scope, key: &str) -> Option<&Arc<[CapRule]>> {
        if !self.named.is_empty()
            && let Some(rules) = self.named.get(&(scope, key.to_owned()))
        {
            return Some(rules);
        }
        self.all[scope as usize].as_ref()
    }
}
