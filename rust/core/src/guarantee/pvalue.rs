//! p-values for "the mean loss is above ε", from n independent losses in [0, 1].

use super::betting;
use super::binomial::{binomial_tail, vanishing};
use super::paired::paired;
use super::units::{Range, Target};
use crate::math::ln;
use crate::named::named;
use crate::{Error, Result};
use rapidhash::v3::rapidhash_v3;

named! {
    /// A test of a mean.
    pub enum Method as "test" {
        /// The exact binomial tail; each unit's loss must be an end of the range.
        Binomial = "binomial",
        /// The smaller of Hoeffding's and Bentkus's bounds, for any bounded loss (Bates et al., *Distribution-free,
        /// risk-controlling prediction sets*, 2021).
        HoeffdingBentkus = "hoeffding_bentkus",
        /// One over the greatest wealth of a gambler who bets that the loss is small, with stakes from the variance so far. It
        /// adapts to the variance of any losses, such as means over groups. The order of the units matters a little.
        Betting = "betting",
        /// The exact test of [`paired`] outcomes: each unit's loss must be an end of a range around 0, or 0. It needs the fewest
        /// units. A loss between is rounded at random so that its mean stays, which is valid and wastes some.
        Paired = "paired",
    }
}

impl Method {
    /// The p-value, in [0, 1], of "the mean of these losses is above the target's". Without losses it is 1.
    ///
    /// # Errors
    /// [`Error::Invalid`] where [`Method::Binomial`] meets a loss strictly between the two ends of its range.
    pub fn p_value(self, losses: &[f64], target: &Target) -> Result<f64> {
        let range = target.range;
        let limit = range.to_unit(target.max_loss);
        match self {
            Self::Betting => {
                let losses = losses.iter().map(|&loss| range.to_unit(loss));
                return Ok(betting::p_value(losses, limit));
            }
            Self::Paired => return paired_p_value(losses, target),
            Self::Binomial | Self::HoeffdingBentkus => {}
        }
        let mut sum = 0.0;
        for &loss in losses {
            let loss = range.to_unit(loss);
            if self == Self::Binomial && loss > 0.0 && loss < 1.0 {
                return Err(between(range, loss));
            }
            sum += loss;
        }
        let count = losses.len() as u64;
        Ok(match self {
            _ if count == 0 => 1.0,
            Self::Binomial => binomial_tail(count, sum as u64, limit),
            _ => hoeffding_bentkus(count, sum / count as f64, limit),
        })
    }
}

/// The p-value of [`paired`] losses, in a range around 0 or from 0.
fn paired_p_value(losses: &[f64], target: &Target) -> Result<f64> {
    let (low, high) = (target.range.low(), target.range.high());
    if high <= 0.0 || (low != 0.0 && low + high != 0.0) {
        let got = format!("({low}, {high})");
        let bound = "from 0, or from as far below 0 as above, such as (-1, 1), for the paired test";
        return Err(Error::invalid("bounds", got, bound));
    }
    let (mut worse, mut better) = (0, 0);
    for (unit, loss) in losses.iter().enumerate() {
        let share = loss / high;
        // A number of the unit alone: the losses have no part in it, and candidates are rounded alike.
        if share.abs() < 1.0 && unit_interval(unit as u64) >= share.abs() {
            continue;
        }
        if share > 0.0 { worse += 1 } else { better += 1 }
    }
    Ok(paired(losses.len() as u64, worse, better, target.max_loss / high, target.error()))
}

/// A number in [0, 1) that a unit's place fixes.
fn unit_interval(unit: u64) -> f64 {
    (rapidhash_v3(&unit.to_le_bytes()) >> 11) as f64 / (1_u64 << 53) as f64
}

#[cold]
fn between(range: Range, loss: f64) -> Error {
    let loss = range.low() + loss * (range.high() - range.low());
    let bound = format!("{} or {} for the binomial test", range.low(), range.high());
    Error::invalid("loss of a unit", loss, bound)
}

/// The smaller of Hoeffding's and Bentkus's p-values for "the mean of losses in [0, 1] is above `limit`", when `n` of
/// them average `mean`.
pub fn hoeffding_bentkus(n: u64, mean: f64, limit: f64) -> f64 {
    if n == 0 || mean >= limit {
        return 1.0;
    }
    let hoeffding = vanishing(-(n as f64) * relative_entropy(mean, limit));
    // Rounding may lift a sum above a whole number; the next one is only more cautious.
    let bentkus = std::f64::consts::E * binomial_tail(n, (n as f64 * mean).ceil() as u64, limit);
    hoeffding.min(bentkus).min(1.0)
}

/// Kullback–Leibler divergence of two coins.
fn relative_entropy(a: f64, b: f64) -> f64 {
    let part = |x: f64, y: f64| if x <= 0.0 { 0.0 } else { x * ln(x / y) };
    if b >= 1.0 {
        return if a >= 1.0 { 0.0 } else { 700.0 };
    }
    part(a, b) + part(1.0 - a, 1.0 - b)
}
