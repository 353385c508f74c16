//! An e-process for the mean of bounded losses: the wealth of a gambler who bets on it.
//!
//! ```text
//! wealth = mean over 16 constant bets λ of Π (1 + λ (limit − loss))
//! ```
//!
//! If the mean is at least the limit, the wealth is a supermartingale that starts at 1: the probability that it *ever*
//! reaches 1/δ is at most δ (Ville 1939). Spreading the stake over bets leaves nothing to tune (Waudby-Smith and Ramdas,
//! *Estimating means of bounded random variables by betting*, 2024). O(1) time and space per loss.

use crate::Result;
use crate::artifact::bytes::{Bytes, put_f64, put_u64};
use crate::math::{exp, ln};

/// The side of the limit that the gambler bets on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// Wealth grows if the mean is below the limit: evidence for a candidate.
    Below,
    /// Wealth grows if the mean is above the limit: an alarm.
    Above,
}

/// Constant bets that share the stake.
const BETS: usize = 16;
/// The largest bet, as a share of the one that could lose everything at once.
const BOLDEST: f64 = 0.98;
/// The largest stake of [`p_value`], as a share of the one that could lose everything at once.
const PLUG_IN_BOLDEST: f64 = 0.9;
/// The variance that [`p_value`] begins with, as one observation: that of a loss of 1 on one unit in 80.
const PRIOR_VARIANCE: f64 = 0.0125;
/// Wealth is rescaled before it passes this, or its inverse.
const LARGE: f64 = 1e100;

/// The wealth of a gambler who starts with 1 and bets, before each loss, that losses in [0, 1] average below (or above)
/// a limit. It may be read after every loss: the probability that it ever reaches 1/δ by chance is at most δ.
///
/// ```
/// use rheostat::guarantee::{Betting, Side};
/// let mut gambler = Betting::new(0.1, Side::Below);
/// (0..60).for_each(|_| gambler.update(0.0));
/// assert!(gambler.log_wealth() > 20f64.ln()); // sixty losses of nothing: the mean is below 0.1, at 95 %
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Betting {
    limit: f64,
    side: Side,
    /// Wealth of each bet, in units of `e^scale / BETS`.
    parts: [f64; BETS],
    bets: [f64; BETS],
    scale: f64,
    log_peak: f64,
    /// The peak in the units of `parts`.
    peak: f64,
    count: u64,
}

impl Betting {
    /// Makes a gambler. The limit is clamped to [1e-6, 1 − 1e-6].
    pub fn new(limit: f64, side: Side) -> Self {
        let limit = limit.clamp(1e-6, 1.0 - 1e-6);
        let ruin = match side {
            Side::Below => 1.0 / (1.0 - limit),
            Side::Above => 1.0 / limit,
        };
        let mut bets = [ruin * BOLDEST; BETS];
        // Bold bets win fast on clear cases, small ones on limits that are barely kept.
        for i in 1..BETS {
            bets[i] = bets[i - 1] * 0.72;
        }
        Self { limit, side, parts: [1.0; BETS], bets, scale: 0.0, log_peak: 0.0, peak: BETS as f64, count: 0 }
    }

    /// Takes one loss, clamped to [0, 1]; NaN counts as the end that is worse for the gambler.
    pub fn update(&mut self, loss: f64) {
        let worst = if self.side == Side::Below { 1.0 } else { 0.0 };
        let loss = if loss.is_nan() { worst } else { loss.clamp(0.0, 1.0) };
        let won = if self.side == Side::Below { self.limit - loss } else { loss - self.limit };
        let mut sum = 0.0;
        for (part, bet) in self.parts.iter_mut().zip(&self.bets) {
            *part *= 1.0 + bet * won;
            sum += *part;
        }
        self.count += 1;
        if sum > self.peak {
            self.peak = sum;
            self.log_peak = self.log_of(sum);
        }
        if !(1.0 / LARGE..LARGE).contains(&sum) {
            self.rescale(sum);
        }
    }

    fn log_of(&self, sum: f64) -> f64 {
        self.scale + ln(sum / BETS as f64)
    }

    #[cold]
    fn rescale(&mut self, sum: f64) {
        // Wealth that underflows is lost, which only makes the test more cautious.
        let sum = sum.max(f64::MIN_POSITIVE);
        self.scale += ln(sum);
        for part in &mut self.parts {
            *part /= sum;
        }
        self.peak = exp(self.log_peak - self.scale) * BETS as f64;
    }

    /// Writes the state beyond limit and side.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        for &x in self.parts.iter().chain([&self.scale, &self.log_peak, &self.peak]) {
            put_f64(out, x);
        }
        put_u64(out, self.count);
    }

    /// Reads the state that [`write`](Self::write) wrote for the same limit and side.
    pub(super) fn read(limit: f64, side: Side, bytes: &mut Bytes<'_>) -> Result<Self> {
        let mut gambler = Self::new(limit, side);
        for part in &mut gambler.parts {
            *part = bytes.f64_in(0.0, f64::MAX / BETS as f64)?;
        }
        gambler.scale = bytes.f64()?;
        gambler.log_peak = bytes.f64_in(0.0, f64::MAX)?;
        gambler.peak = bytes.f64_in(0.0, f64::MAX)?;
        gambler.count = bytes.u64()?;
        Ok(gambler)
    }

    /// Logarithm of the wealth.
    pub fn log_wealth(&self) -> f64 {
        self.log_of(self.parts.iter().sum::<f64>().max(f64::MIN_POSITIVE))
    }

    /// Logarithm of the greatest wealth so far, at least 0.
    pub fn log_peak(&self) -> f64 {
        self.log_peak
    }

    /// Number of losses.
    pub fn count(&self) -> u64 {
        self.count
    }
}

/// The p-value of "the mean of these losses in [0, 1] is above `limit`": one over the greatest wealth of a gambler who knows
/// how many there are, and stakes what pays most at the level 0.05 if the variance stays as it was so far (the predictable plug-in
/// bets of Waudby-Smith and Ramdas, 2024). Without losses it is 1.
pub(super) fn p_value(losses: impl ExactSizeIterator<Item = f64>, limit: f64) -> f64 {
    let limit = limit.clamp(1e-6, 1.0 - 1e-6);
    let wanted = -2.0 * ln(0.05) / losses.len().max(1) as f64;
    let most = PLUG_IN_BOLDEST / (1.0 - limit);
    let (mut count, mut mean, mut squares) = (1.0, limit, PRIOR_VARIANCE);
    let (mut wealth, mut peak) = (0.0, 0.0_f64);
    for loss in losses {
        // The stake depends on the losses before this one alone.
        let stake = (wanted * count / squares).sqrt().min(most);
        wealth += ln(1.0 + stake * (limit - loss));
        peak = peak.max(wealth);
        count += 1.0;
        let off = loss - mean;
        mean += off / count;
        squares += off * (loss - mean);
    }
    exp(-peak)
}
