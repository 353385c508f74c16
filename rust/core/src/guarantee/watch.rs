//! A guarantee that may be checked after every unit, for ever (anytime-valid).

use super::betting::{Betting, Side};
use super::units::Target;
use crate::math::ln;
use crate::{Error, Result};
use std::collections::BTreeSet;

/// The most groups. Rows of later groups are left out and counted, so that memory stays bounded.
pub const MAX_GROUPS: usize = 1 << 20;

/// Certifies candidates while a log grows. A gambler ([`Betting`]) bets on each candidate that its mean loss is below ε;
/// the candidate is certified once its gambler, and those of all safer candidates, have turned 1 into 1/δ.
///
/// The probability that a candidate above ε is *ever* certified is at most δ: the first such candidate in the order
/// would have to be certified, too, and Ville's inequality bounds that by δ. A second gambler bets the other way. Once it
/// has 1/δ, the candidate is known to lose more than ε, and it is withdrawn with all bolder ones.
///
/// ```
/// use rheostat::guarantee::{Range, Target, Watch};
/// let mut watch = Watch::new(2, Target::new(0.1, 0.95, Range::UNIT)?)?;
/// for i in 0..200 {
///     watch.update(&[0.0, if i % 4 == 0 { 1.0 } else { 0.0 }], None)?;
/// }
/// assert_eq!(watch.standing().certified, Some(0));
/// assert_eq!(watch.standing().violated, Some(1));
/// # Ok::<(), rheostat::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Watch {
    pub(super) target: Target,
    pub(super) below: Vec<Betting>,
    pub(super) above: Vec<Betting>,
    pub(super) groups: BTreeSet<u64>,
    pub(super) units: u64,
    pub(super) repeated: u64,
    pub(super) left_out: u64,
}

/// The state of a watch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing {
    /// The boldest certified candidate.
    pub certified: Option<usize>,
    /// The safest candidate that is known to exceed the target.
    pub violated: Option<usize>,
    /// Number of units.
    pub units: u64,
    /// Rows of groups that were seen before; a group's first row is its unit.
    pub repeated: u64,
    /// Rows of new groups that came after [`MAX_GROUPS`].
    pub left_out: u64,
}

impl Watch {
    /// Makes a watch over candidates, ordered from the safest to the boldest.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless there are 1 to 4,096 of them.
    pub fn new(candidates: usize, target: Target) -> Result<Self> {
        if !(1..=4_096).contains(&candidates) {
            return Err(Error::invalid("candidates", candidates, "from 1 to 4096"));
        }
        let limit = target.range.to_unit(target.max_loss);
        Ok(Self {
            target,
            below: vec![Betting::new(limit, Side::Below); candidates],
            above: vec![Betting::new(limit, Side::Above); candidates],
            groups: BTreeSet::new(),
            units: 0,
            repeated: 0,
            left_out: 0,
        })
    }

    /// Takes a row of losses, one per candidate; true if it counts, as the first row of its group.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless there is one loss per candidate, each a number within the range. The watch is then
    /// unchanged.
    pub fn update(&mut self, losses: &[f64], group: Option<u64>) -> Result<bool> {
        let range = self.target.range;
        if losses.len() != self.below.len() {
            return Err(Error::invalid(
                "losses",
                losses.len(),
                format!("one for each of {}", self.below.len()),
            ));
        }
        if let Some(i) = losses.iter().position(|&loss| !(loss >= range.low() && loss <= range.high())) {
            let bound = format!("in [{}, {}]", range.low(), range.high());
            return Err(Error::invalid(format!("losses[{i}]"), losses[i], bound));
        }
        if let Some(group) = group {
            if self.groups.contains(&group) {
                self.repeated += 1;
                return Ok(false);
            }
            if self.groups.len() >= MAX_GROUPS {
                self.left_out += 1;
                return Ok(false);
            }
            self.groups.insert(group);
        }
        self.units += 1;
        for ((below, above), &loss) in self.below.iter_mut().zip(&mut self.above).zip(losses) {
            let loss = range.to_unit(loss);
            below.update(loss);
            above.update(loss);
        }
        Ok(true)
    }

    /// The current state.
    pub fn standing(&self) -> Standing {
        let wanted = -ln(self.target.error());
        let violated = self.above.iter().position(|gambler| gambler.log_peak() >= wanted);
        let passed = self.below.iter().take_while(|gambler| gambler.log_peak() >= wanted).count();
        let kept = violated.map_or(passed, |violated| passed.min(violated));
        Standing {
            certified: kept.checked_sub(1),
            violated,
            units: self.units,
            repeated: self.repeated,
            left_out: self.left_out,
        }
    }

    /// Evidence for and against a candidate: the greatest e-values so far, as logarithms.
    pub fn evidence(&self, candidate: usize) -> Option<(f64, f64)> {
        Some((self.below.get(candidate)?.log_peak(), self.above.get(candidate)?.log_peak()))
    }

    /// The target.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Number of candidates.
    pub fn candidates(&self) -> usize {
        self.below.len()
    }
}
