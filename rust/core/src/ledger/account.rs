//! The account of one query: every grant is drawn on it before it is made.

use crate::money::Usd;

/// What can be reserved or spent: output tokens (thinking included), dollars, samples.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Amount {
    /// Output tokens, thinking included.
    pub tokens: u64,
    /// Money.
    pub usd: Usd,
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
            samples: self.samples.saturating_add(other.samples),
        }
    }
}

/// A sum of amounts. Wide enough that no number of calls can saturate it: a saturated sum could not be taken apart
/// again, and reservations would be lost.
#[derive(Debug, Clone, Copy, Default)]
struct Total {
    tokens: u128,
    usd: u128,
    samples: u64,
}

impl Total {
    fn plus(self, a: Amount) -> Self {
        Self {
            tokens: self.tokens + u128::from(a.tokens),
            usd: self.usd + u128::from(a.usd.0),
            samples: self.samples + u64::from(a.samples),
        }
    }

    fn less(self, a: Amount) -> Self {
        Self {
            tokens: self.tokens.saturating_sub(u128::from(a.tokens)),
            usd: self.usd.saturating_sub(u128::from(a.usd.0)),
            samples: self.samples.saturating_sub(u64::from(a.samples)),
        }
    }

    fn amount(self) -> Amount {
        Amount {
            tokens: u64::try_from(self.tokens).unwrap_or(u64::MAX),
            usd: Usd(u64::try_from(self.usd).unwrap_or(u64::MAX)),
            samples: u32::try_from(self.samples).unwrap_or(u32::MAX),
        }
    }
}

/// Reservations and spending under a limit.
///
/// `committed` is what is spent plus what may yet be spent under grants already made. A grant is drawn with
/// [`reserve`](Self::reserve), which refuses whatever would take `committed` past the limit; afterwards each call's
/// share is [`revise`](Self::revise)d as its spending becomes known, down when it used less and up when an engine
/// overshot its grant. An overshoot may pass the limit; from then on nothing is granted.
#[derive(Debug, Clone)]
pub struct Account {
    limit: Amount,
    committed: Total,
    spent: Total,
}

impl Account {
    /// An account with nothing drawn on it. A limit past nine million dollars counts as nine million: the price of
    /// a grant saturates above that, and a saturated price must never seem to fit.
    pub fn new(limit: Amount) -> Self {
        let limit = Amount { usd: limit.usd.min(Usd(u64::MAX >> 1)), ..limit };
        Self { limit, committed: Total::default(), spent: Total::default() }
    }

    /// Draws `amount`, or refuses it and changes nothing.
    #[must_use]
    pub fn reserve(&mut self, amount: Amount) -> bool {
        let after = self.committed.plus(amount);
        let fits = after.tokens <= u128::from(self.limit.tokens)
            && after.usd <= u128::from(self.limit.usd.0)
            && after.samples <= u64::from(self.limit.samples);
        if fits {
            self.committed = after;
        }
        fits
    }

    /// Replaces one call's share: `before` and `after` are its (claim, spending) pairs. A claim is the most that
    /// the call may come to, what it has spent included.
    pub fn revise(&mut self, before: (Amount, Amount), after: (Amount, Amount)) {
        self.committed = self.committed.less(before.0).plus(after.0);
        self.spent = self.spent.less(before.1).plus(after.1);
    }

    /// As [`revise`](Self::revise), for a call that is granted more while it runs: refused, and nothing changed, when
    /// that would take `committed` past the limit.
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

    /// What may still be granted; nothing of what an overshoot has taken.
    pub fn room(&self) -> Amount {
        let committed = self.committed.amount();
        Amount {
            tokens: self.limit.tokens.saturating_sub(committed.tokens),
            usd: self.limit.usd.less(committed.usd),
            samples: self.limit.samples.saturating_sub(committed.samples),
        }
    }

    /// What has been spent.
    pub fn spent(&self) -> Amount {
        self.spent.amount()
    }

    /// What is spent or reserved.
    pub fn committed(&self) -> Amount {
        self.committed.amount()
    }

    /// The limit.
    pub fn limit(&self) -> Amount {
        self.limit
    }

    /// Whether spending has passed a limit: an engine overshot its grants.
    pub fn overdrawn(&self) -> bool {
        self.spent.tokens > u128::from(self.limit.tokens) || self.spent.usd > u128::from(self.limit.usd.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(tokens: u64, usd: u64, samples: u32) -> Amount {
        Amount { tokens, usd: Usd(usd), samples }
    }

    #[test]
    fn a_grant_past_any_limit_is_refused_whole() {
        let mut account = Account::new(amount(100, 50, 2));
        assert!(account.reserve(amount(60, 20, 1)));
        for past in
            [amount(41, 0, 0), amount(0, 31, 0), amount(0, 0, 2), amount(u64::MAX, u64::MAX, u32::MAX)]
        {
            assert!(!account.reserve(past));
            assert_eq!(account.room(), amount(40, 30, 1));
        }
        assert!(account.reserve(amount(40, 30, 1)));
    }

    #[test]
    fn an_overshoot_is_recorded_and_can_be_taken_back() {
        let mut account = Account::new(amount(100, u64::MAX, 9));
        let claim = amount(80, 5, 1);
        assert!(account.reserve(claim));
        let huge = amount(u64::MAX, u64::MAX, 1);
        account.revise((claim, Amount::default()), (huge, huge));
        assert!(account.overdrawn());
        assert_eq!(account.room().tokens, 0);
        account.revise((huge, huge), (amount(10, 1, 1), amount(10, 1, 1)));
        assert_eq!(account.room().tokens, 90);
        assert!(!account.overdrawn());
    }
}
