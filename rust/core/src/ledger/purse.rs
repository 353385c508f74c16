//! A purse: spending under one cap, for an owner that does not share it.
//!
//! A claim is made before each piece of work and settled with its cost after it. A claim stands in the window of its settlement, too:
//! it goes along when the window ends. A cost above its claim is counted in full, and later claims wait for it; costs within their
//! claims never sum past the cap.

use super::cap::{Cap, Cost};

/// Spending in the window of now.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Purse {
    pub(crate) window: u64,
    pub(crate) spent: Cost,
    /// Claims of work in flight.
    pub(crate) held: Cost,
    /// Spending since the purse was made.
    pub(crate) total: Cost,
    /// Spending above claims since then.
    pub(crate) overshoot: Cost,
}

impl Purse {
    /// Enters the window of a time, in seconds.
    pub(crate) fn roll(&mut self, cap: Option<&Cap>, at: f64) {
        let window = window(cap, at);
        if window > self.window {
            (self.window, self.spent) = (window, Cost::default());
        }
    }

    /// Follows a clock that was set back: the window of now goes on with what was spent.
    pub(crate) fn rebase(&mut self, cap: Option<&Cap>, at: f64) {
        self.window = window(cap, at);
    }

    /// The rest of the window's cap.
    pub(crate) fn room(&self, cap: Option<&Cap>) -> Cost {
        let Some(cap) = cap else { return Cost::MAX };
        let most = Cost {
            tokens: cap.tokens.unwrap_or(u64::MAX),
            usd: cap.usd.unwrap_or(Cost::MAX.usd),
            ..Cost::MAX
        };
        most.less(self.spent).less(self.held)
    }

    /// Claims a cost; false, and no change, where it does not fit.
    pub(crate) fn claim(&mut self, cap: Option<&Cap>, cost: Cost) -> bool {
        let fits = cost.within(self.room(cap));
        if fits {
            self.held = self.held.plus(cost);
        }
        fits
    }

    /// Ends a claim with what was spent.
    pub(crate) fn settle(&mut self, claim: Cost, spent: Cost) {
        self.overshoot = self.overshoot.plus(spent.less(claim));
        self.held = self.held.less(claim);
        self.spent = self.spent.plus(spent);
        self.total = self.total.plus(spent);
    }
}

fn window(cap: Option<&Cap>, at: f64) -> u64 {
    cap.and_then(|cap| cap.period).map_or(0, |period| (at / period) as u64)
}
