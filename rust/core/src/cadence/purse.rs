//! The spending of beats: a claim before a beat, its cost after it.
//!
//! One beat is in flight at most, so there is at most one claim. The claim stands in the window in which it was made. A cost above
//! its claim is counted in full, and the next beats wait for it; costs within their claims never sum past the cap.

use crate::ledger::{Cap, Cost};

/// Spending in the window of now.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Purse {
    pub(super) window: u64,
    pub(super) spent: Cost,
    /// The claim of the beat in flight.
    pub(super) held: Cost,
    /// Spending since the cadence was made.
    pub(super) total: Cost,
    /// Spending above claims since then.
    pub(super) overshoot: Cost,
}

impl Purse {
    /// Enters the window of a time, in seconds. The claim of a beat in flight goes along.
    pub(super) fn roll(&mut self, cap: Option<&Cap>, at: f64) {
        let window = cap.and_then(|cap| cap.period).map_or(0, |period| (at / period) as u64);
        if window > self.window {
            (self.window, self.spent) = (window, Cost::default());
        }
    }

    /// Follows a clock that was set back: the window of now goes on with what it has spent.
    pub(super) fn rebase(&mut self, cap: Option<&Cap>, at: f64) {
        self.window = cap.and_then(|cap| cap.period).map_or(0, |period| (at / period) as u64);
    }

    /// The rest of the window's cap.
    pub(super) fn room(&self, cap: Option<&Cap>) -> Cost {
        let Some(cap) = cap else { return Cost::MAX };
        let most = Cost { tokens: cap.tokens.unwrap_or(u64::MAX), usd: cap.usd.unwrap_or(Cost::MAX.usd) };
        most.less(self.spent).less(self.held)
    }

    /// The claim of the beat in flight.
    pub(super) fn held(&self) -> Cost {
        self.held
    }

    /// Claims the cost of a beat; false, and no change, where it does not fit.
    pub(super) fn claim(&mut self, cap: Option<&Cap>, cost: Cost) -> bool {
        let fits = cost.within(self.room(cap));
        if fits {
            self.held = cost;
        }
        fits
    }

    /// Ends the claim with what was spent.
    pub(super) fn settle(&mut self, spent: Cost) {
        self.overshoot = self.overshoot.plus(spent.less(self.held));
        self.held = Cost::default();
        self.spent = self.spent.plus(spent);
        self.total = self.total.plus(spent);
    }
}
