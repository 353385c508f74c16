//! The account of one query: every grant is drawn on it before it is made.

use super::Usd;

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
    fn plus(self, other: Self) -> Self {
        Self {
            tokens: self.tokens.saturating_add(other.tokens),
            usd: self.usd.plus(other.usd),
            samples: self.samples.saturating_add(other.samples),
        }
    }

    fn less(self, other: Self) -> Self {
        Self {
            tokens: self.tokens.saturating_sub(other.tokens),
            usd: self.usd.less(other.usd),
            samples: self.samples.saturating_sub(other.samples),
        }
    }

    /// Whether each part is within the other's.
    #[must_use]
    pub fn fits(self, other: Self) -> bool {
        self.tokens <= other.tokens && self.usd <= other.usd && self.samples <= other.samples
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
    committed: Amount,
    spent: Amount,
    overshoot: u64,
}

impl Account {
    /// An account with nothing drawn on it.
    pub fn new(limit: Amount) -> Self {
        Self { limit, committed: Amount::default(), spent: Amount::default(), overshoot: 0 }
    }

    /// Draws `amount`, or refuses it and changes nothing.
    #[must_use]
    pub fn reserve(&mut self, amount: Amount) -> bool {
        let after = self.committed.plus(amount);
        let fits = after.fits(self.limit);
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
        self.overshoot = self.overshoot.max(self.committed.tokens.saturating_sub(self.limit.tokens));
    }

    /// What may still be granted.
    pub fn room(&self) -> Amount {
        self.limit.less(self.committed)
    }

    /// What has been spent.
    pub fn spent(&self) -> Amount {
        self.spent
    }

    /// What is spent or reserved.
    pub fn committed(&self) -> Amount {
        self.committed
    }

    /// The limit.
    pub fn limit(&self) -> Amount {
        self.limit
    }

    /// The most tokens by which engines have ever taken the account past its limit.
    pub fn overshoot(&self) -> u64 {
        self.overshoot
    }

    /// Whether spending has passed a limit.
    pub fn overdrawn(&self) -> bool {
        self.spent.tokens > self.limit.tokens || self.spent.usd > self.limit.usd
    }
}
