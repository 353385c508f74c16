//! The account of one query. Every grant is reserved here before the host sees it.

use crate::money::Usd;

/// Output tokens (thinking included), dollars and samples.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Amount {
    /// Output tokens, thinking included.
    pub tokens: u64,
    /// Money.
    pub usd: Usd,
    /// The part of the money for calls above the entry rung.
    pub escalated: Usd,
    /// Samples.
    pub samples: u32,
}

impl Amount {
    /// Sum, saturating.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            tokens: self.tokens.saturating_add(other.tokens),
            usd: self.usd.plus(other.usd),
            escalated: self.escalated.plus(other.escalated),
            samples: self.samples.saturating_add(other.samples),
        }
    }
}

/// A sum of amounts. 128 bits, so that no number of calls saturates it: a saturated sum cannot be subtracted from.
#[derive(Debug, Clone, Copy, Default)]
struct Total {
    tokens: u128,
    usd: u128,
    escalated: u128,
    samples: u64,
}

impl Total {
    fn plus(self, a: Amount) -> Self {
        Self {
            tokens: self.tokens + u128::from(a.tokens),
            usd: self.usd + u128::from(a.usd.0),
            escalated: self.escalated + u128::from(a.escalated.0),
            samples: self.samples + u64::from(a.samples),
        }
    }

    fn less(self, a: Amount) -> Self {
        Self {
            tokens: self.tokens.saturating_sub(u128::from(a.tokens)),
            usd: self.usd.saturating_sub(u128::from(a.usd.0)),
            escalated: self.escalated.saturating_sub(u128::from(a.escalated.0)),
            samples: self.samples.saturating_sub(u64::from(a.samples)),
        }
    }

    fn amount(self) -> Amount {
        Amount {
            tokens: u64::try_from(self.tokens).unwrap_or(u64::MAX),
            usd: Usd(u64::try_from(self.usd).unwrap_or(u64::MAX)),
            escalated: Usd(u64::try_from(self.escalated).unwrap_or(u64::MAX)),
            samples: u32::try_from(self.samples).unwrap_or(u32::MAX),
        }
    }
}

/// Reservations and spending under one limit.
///
/// `committed` is the spending plus the claims of grants already made. [`reserve`](Self::reserve) refuses a grant that
/// would take `committed` past the limit. [`revise`](Self::revise) follows a call's spending afterwards, also where an
/// engine writes more than it was granted. Past the limit nothing more is granted.
#[derive(Debug, Clone)]
pub struct Account {
    limit: Amount,
    committed: Total,
    spent: Total,
}

impl Account {
    /// An account with nothing reserved. A limit above nine million dollars counts as nine million: prices saturate above
    /// that, and a saturated price must never fit.
    pub fn new(limit: Amount) -> Self {
        let limit = Amount { usd: limit.usd.min(Usd(u64::MAX >> 1)), ..limit };
        Self { limit, committed: Total::default(), spent: Total::default() }
    }

    /// Reserves `amount`; false, and no change, where it does not fit.
    #[must_use]
    pub fn reserve(&mut self, amount: Amount) -> bool {
        let after = self.committed.plus(amount);
        let fits = after.tokens <= u128::from(self.limit.tokens)
            && after.usd <= u128::from(self.limit.usd.0)
            && (amount.escalated.0 == 0 || after.escalated <= u128::from(self.limit.escalated.0))
            && after.samples <= u64::from(self.limit.samples);
        if fits {
            self.committed = after;
        }
        fits
    }

    /// Replaces one call's share: `before` and `after` are its (claim, spending) pairs. A claim is the most that the call
    /// may come to, its spending included.
    pub fn revise(&mut self, before: (Amount, Amount), after: (Amount, Amount)) {
        self.committed = self.committed.less(before.0).plus(after.0);
        self.spent = self.spent.less(before.1).plus(after.1);
    }

    /// Adds to the spending what was claimed before.
    pub(crate) fn spend(&mut self, amount: Amount) {
        self.spent = self.spent.plus(amount);
    }

    /// Like [`revise`](Self::revise), for a call that is granted more while it runs. False, and no change, where the new
    /// claim does not fit.
    #[must_use]
    pub fn extend(&mut self, before: (Amount, Amount), after: (Amount, Amount)) -> bool {
        let rest = Self { committed: self.committed.less(before.0), ..self.clone() };
        let mut tried = rest;
        if !tried.reserve(after.0) {
            return false;
        }
        self.revise(before, after);
        true
    }

    /// Moves the money limit from one amount to another.
    pub fn move_limit(&mut self, from: Usd, to: Usd) {
        self.limit.usd = self.limit.usd.less(from).plus(to).min(Usd(u64::MAX >> 1));
    }

    /// The rest of the limit; 0 after an overshoot.
    pub fn room(&self) -> Amount {
        let committed = self.committed.amount();
        Amount {
            tokens: self.limit.tokens.saturating_sub(committed.tokens),
            usd: self.limit.usd.less(committed.usd),
            escalated: self.limit.escalated.less(committed.escalated),
            samples: self.limit.samples.saturating_sub(committed.samples),
        }
    }

    /// Spending so far.
    pub fn spent(&self) -> Amount {
        self.spent.amount()
    }

    /// Spending and claims.
    pub fn committed(&self) -> Amount {
        self.committed.amount()
    }

    /// The limit.
    pub fn limit(&self) -> Amount {
        self.limit
    }

    /// True if spending is past the limit, because an engine wrote more than it was granted.
    pub fn overdrawn(&self) -> bool {
        self.spent.tokens > u128::from(self.limit.tokens) || self.spent.usd > u128::from(self.limit.usd.0)
    }
}
