//! Gives each rung a share of the queries: the hardest go highest. Needs no outcome, because only ranks count.
//!
//! ```text
//! quantile = share of this deployment's queries that are easier                       sketch.rs
//! rung     = the highest whose threshold the quantile reaches                         keeper.rs
//! ```
//!
//! The thresholds are one minus the shares of the rungs above, and move so that the shares hold on any traffic. Queries that
//! other rules decide outside a session count on their rung: those of low coverage, and thanks. Continuations, chores and a
//! caller's own choice count for nothing. Rungs that a query cannot use are left out first, and the shares of the others are
//! scaled up. A plan carries its quantile; equal queries with equal quantiles, versions and debts get equal plans.

mod codec;
mod everyday;
mod keeper;
mod memory;
mod mix;
mod sketch;

use super::prospect::Prospect;
use crate::digest::{Digest, Digestible};
use crate::estimate::Estimator;
use crate::ladder::{Ladder, Load};
use crate::{Error, Result};
use keeper::{Keeper, Tails};
use memory::Memory;
use sketch::Sketch;
use std::cell::LazyCell;
use std::fmt;
use std::sync::Arc;

/// How a [`Shares`] is specified.
#[derive(Debug, Clone, PartialEq)]
pub enum Wanted {
    /// Shares that suit any ladder: [`Shares::usual`].
    Usual,
    /// One share per rung, lowest first; their sum is 1.
    Given(Vec<f64>),
    /// A budget in US dollars per thousand queries. The governor turns it into shares by the rungs' expected costs on everyday
    /// traffic.
    Budget(f64),
}

impl Wanted {
    /// The shares or the budget that were given, or neither.
    ///
    /// # Errors
    /// [`Error::Invalid`] if both were.
    pub fn of(shares: Option<Vec<f64>>, usd_per_1000: Option<f64>) -> Result<Self> {
        match (shares, usd_per_1000) {
            (Some(shares), None) => Ok(Self::Given(shares)),
            (None, Some(usd)) => Ok(Self::Budget(usd)),
            (None, None) => Ok(Self::Usual),
            (Some(_), Some(_)) => {
                Err(Error::invalid("shares, usd_per_1000", "both", "one of the two, or neither"))
            }
        }
    }
}

/// The largest difference from 1 of a sum of shares, for decimal fractions that binary ones miss.
const ROUNDING: f64 = 1e-6;
/// Distance from a threshold, in quantiles, within which a query stays on its session's rung.
pub const HYSTERESIS: f64 = 0.03;

/// The policy. Clones share what they have learned.
#[derive(Clone)]
pub struct Shares {
    wanted: Wanted,
    hysteresis: f64,
    memory: Arc<Memory>,
    /// Set when a governor takes the policy.
    held: Option<Held>,
}

/// The parts that decide on one ladder with one estimator.
#[derive(Debug, Clone)]
struct Held {
    shares: Arc<[f64]>,
    sketch: Arc<Sketch>,
    keeper: Arc<Keeper>,
    /// Costs of everyday asks on the lowest and on the dearest mix, in US dollars per thousand, if there is a budget.
    costs: Option<(f64, f64)>,
}

/// A rung that counts in the shares, and what it was chosen by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Share {
    /// The share of this deployment's queries that are easier, in [0, 1]; None if another rule chose the rung.
    pub(crate) quantile: Option<f64>,
    /// The rung.
    pub(crate) rung: usize,
    /// True if a threshold had moved to keep the shares, and the rank alone gives another rung.
    pub(crate) moved: bool,
    /// True if it ranks below all others, whatever its estimate.
    lowest: bool,
    /// The rungs that the query may use, by bit. Their tails are many times as large, so they are made again where it counts.
    open: u64,
}

impl fmt::Debug for Shares {
    /// Without what was learned: it changes while it is looked at.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shares")
            .field("wanted", &self.wanted)
            .field("hysteresis", &self.hysteresis)
            .finish_non_exhaustive()
    }
}

impl PartialEq for Shares {
    fn eq(&self, other: &Self) -> bool {
        self.wanted == other.wanted && self.hysteresis == other.hysteresis
    }
}

impl Digestible for Shares {
    fn write_to(&self, digest: &mut Digest) {
        let shares = self.held.as_ref().map_or(&[][..], |held| &held.shares);
        digest.record("shares").put(shares).put(&self.hysteresis);
    }
}

impl Shares {
    /// Makes the policy. It has seen no query.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a share that is no number from 0 to 1, shares that do not sum to 1, a budget that is not above
    /// 0, or a hysteresis outside [0, 0.5].
    pub fn new(wanted: Wanted, hysteresis: f64) -> Result<Self> {
        match &wanted {
            Wanted::Usual => {}
            Wanted::Given(shares) => check(shares)?,
            Wanted::Budget(usd) => {
                if !(usd.is_finite() && *usd > 0.0) {
                    return Err(Error::invalid("usd_per_1000", usd, "a finite number above 0"));
                }
            }
        }
        if !(0.0..=0.5).contains(&hysteresis) {
            return Err(Error::invalid("hysteresis", hysteresis, "between 0 and 0.5"));
        }
        Ok(Self { wanted, hysteresis, memory: Arc::default(), held: None })
    }

    /// Makes the policy with the shares that suit any ladder.
    pub fn usual() -> Self {
        Self { wanted: Wanted::Usual, hysteresis: HYSTERESIS, memory: Arc::default(), held: None }
    }

    /// Makes the policy with the shares that cost `usd` per thousand queries of a log: the usual ones, with all tails raised to
    /// one power. The cheapest or the dearest shares where the budget is outside what they cost. Only a `start_max` that the
    /// ladder names bounds them. `log` has a location, in logits of difficulty, and an expected size per query.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a budget that is not above 0, or an empty log.
    pub fn on_log(usd: f64, ladder: &Ladder, log: &[(f64, Load)]) -> Result<Self> {
        Self::new(Wanted::Budget(usd), HYSTERESIS)?;
        if log.is_empty() {
            return Err(Error::invalid("log", "no query", "at least one"));
        }
        mix::priced(usd, ladder)?;
        Self::new(Wanted::Given(mix::within(usd, ladder, mix::highest(ladder), log).0), HYSTERESIS)
    }

    /// Makes the policy with the shares that put a part of the queries above the lowest rung: the usual ones, with all tails
    /// raised to one power.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a part outside [0, 1].
    pub fn above_lowest(part: f64, ladder: &Ladder) -> Result<Self> {
        if !(0.0..=1.0).contains(&part) {
            return Err(Error::invalid("above_lowest", part, "between 0 and 1"));
        }
        let rungs = ladder.rungs().len();
        Self::new(Wanted::Given(mix::above_lowest(part, rungs, mix::highest(ladder))), HYSTERESIS)
    }

    /// How it was specified.
    pub fn wanted(&self) -> &Wanted {
        &self.wanted
    }

    /// The distance from a threshold, in quantiles, within which a query stays on its session's rung.
    pub fn hysteresis(&self) -> f64 {
        self.hysteresis
    }

    /// The share of each rung, lowest first. Unless they were given, those that the first governor of the policy chose; none
    /// before.
    pub fn shares(&self) -> Option<&[f64]> {
        match (&self.held, &self.wanted) {
            (Some(held), _) => Some(&held.shares),
            (None, Wanted::Given(shares)) => Some(shares),
            (None, _) => self.memory.chosen.get().map(|shares| &**shares),
        }
    }

    /// True unless the operator gave a rung no share.
    pub(crate) fn has_share(&self, rung: usize) -> bool {
        match &self.wanted {
            Wanted::Given(shares) => shares.get(rung).is_none_or(|share| *share > 0.0),
            _ => true,
        }
    }

    /// The rung at `place`, or where the operator gave it no share the next open one above that has some, or else below.
    pub(crate) fn nearest(&self, place: usize, open: impl Fn(usize) -> bool) -> usize {
        let count = self.shares().map_or(0, <[f64]>::len);
        let usable = |rung: &usize| open(*rung) && self.has_share(*rung);
        let above = (place..count).find(usable);
        above.or_else(|| (0..place.min(count)).rev().find(usable)).unwrap_or(place)
    }

    /// A budget, and what everyday asks cost on the cheapest and the dearest mix, in US dollars per thousand.
    pub(crate) fn budget(&self) -> Option<(f64, (f64, f64))> {
        match (&self.wanted, &self.held) {
            (Wanted::Budget(usd), Some(held)) => held.costs.map(|costs| (*usd, costs)),
            _ => None,
        }
    }

    /// True if the rungs' shares were given one by one. They may then start a query on the top rung, up to its share,
    /// unless the ladder forbids it by name.
    pub(crate) fn names_rungs(&self) -> bool {
        matches!(self.wanted, Wanted::Given(_))
    }

    /// Checks that there is a share for each rung, and a price to spend a budget on.
    pub(super) fn fits(&self, ladder: &Ladder) -> Result<()> {
        let rungs = ladder.rungs().len();
        match &self.wanted {
            Wanted::Budget(usd) => mix::priced(*usd, ladder),
            Wanted::Given(shares) if shares.len() != rungs => Err(Error::invalid(
                "shares",
                format!("{} of them", shares.len()),
                format!("one for each of the ladder's {rungs} rungs"),
            )),
            _ => Ok(()),
        }
    }

    /// Binds the policy to a ladder and an estimator. Another estimator starts from the reference again.
    pub(super) fn held_to(&self, ladder: &Ladder, estimator: &Estimator) -> Self {
        // Only a new sketch and a budget need them.
        let everyday = LazyCell::new(|| everyday::estimates(estimator));
        let mut costs = None;
        let shares = match &self.wanted {
            Wanted::Given(shares) => shares.clone(),
            Wanted::Usual => mix::usual(ladder.rungs().len(), ladder.start_max(), None),
            Wanted::Budget(usd) => {
                let queries: Vec<_> = everyday.iter().map(|e| (e.location, e.load())).collect();
                let (shares, range) = mix::within(*usd, ladder, ladder.start_max(), &queries);
                costs = Some(range);
                shares
            }
        };
        let locations = || everyday.iter().map(|estimate| estimate.location).collect::<Vec<_>>();
        let sketch = self.memory.sketch(estimator.prior_version(), || Sketch::new(&locations()));
        let keeper = self.memory.keeper(shares.len());
        let shares: Arc<[f64]> = shares.into();
        let _ = self.memory.chosen.set(shares.clone());
        Self { held: Some(Held { shares, sketch, keeper, costs }), ..self.clone() }
    }

    /// Chooses an open rung for a location, in logits of difficulty. A query within the hysteresis of a threshold stays on the
    /// rung `on` of its session. None if no rung is open, or no governor holds the policy.
    pub(crate) fn choose(
        &self,
        location: f64,
        open: impl Fn(usize) -> bool,
        on: Option<usize>,
    ) -> Option<Share> {
        let Held { shares, sketch, keeper, .. } = self.held.as_ref()?;
        let quantile = sketch.quantile(location);
        let tails = Tails::new(shares, &open)?;
        let mut rung = keeper.rung(quantile, &tails);
        let mut moved = rung != Keeper::by_rank(quantile, &tails);
        if let Some(on) = on.filter(|on| *on != rung && open(*on)) {
            let lowest = keeper.rung(quantile - self.hysteresis, &tails);
            let highest = keeper.rung(quantile + self.hysteresis, &tails);
            if (lowest..=highest).contains(&on) {
                (rung, moved) = (on, false);
            }
        }
        Some(Share { quantile: Some(quantile), rung, moved, lowest: false, open: tails.open })
    }

    /// Lets a rung count that another rule chose. `lowest` ranks the query below all others; else it has no rank.
    pub(crate) fn settled(&self, rung: usize, lowest: bool, open: impl Fn(usize) -> bool) -> Option<Share> {
        let tails = Tails::new(&self.held.as_ref()?.shares, open)?;
        Some(Share { quantile: None, rung, moved: false, lowest, open: tails.open })
    }

    /// Counts a query of this location that was planned on the chosen rung.
    pub(crate) fn note(&self, location: f64, share: &Share) {
        if let Some(held) = &self.held {
            if share.quantile.is_some() {
                held.sketch.note(location);
            } else if share.lowest {
                held.sketch.note(f64::NEG_INFINITY);
            }
            if let Some(tails) = Tails::new(&held.shares, |rung| share.open >> rung & 1 == 1) {
                held.keeper.note(share.rung, &tails);
            }
            if share.quantile.is_none() {
                held.keeper.forgive();
            }
        }
    }

    pub(super) fn choose_among(&self, location: f64, prospects: &[Prospect]) -> Option<usize> {
        let open = |i: usize| prospects.get(i).is_some_and(|prospect| prospect.open);
        self.choose(location, open, None).map(|share| share.rung)
    }
}

fn check(shares: &[f64]) -> Result<()> {
    if shares.is_empty() {
        return Err(Error::invalid("shares", "an empty list", "one for each rung"));
    }
    if let Some(i) = shares.iter().position(|share| !(0.0..=1.0).contains(share)) {
        return Err(Error::invalid(format!("shares[{i}]"), shares[i], "between 0 and 1"));
    }
    let sum: f64 = shares.iter().sum();
    if (sum - 1.0).abs() > ROUNDING {
        return Err(Error::invalid("shares", format!("a sum of {sum}"), "a sum of 1"));
    }
    Ok(())
}
