//! A gambler's wealth as evidence: an e-process for the mean of bounded losses.

use crate::Result;
use crate::artifact::bytes::{Bytes, put_f64, put_u64};
use crate::math::{exp, ln};

/// Which mean the gambler bets on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// Wealth grows when the mean is below the limit: evidence that a candidate is good.
    Below,
    /// Wealth grows when the mean is above the limit: an alarm.
    Above,
}

/// How many constant bets share the stake.
const BETS: usize = 16;
/// The boldest bet, as a share of the one that could lose everything at once.
const BOLDEST: f64 = 0.98;
/// Wealth is rescaled before it leaves this range.
const LARGE: f64 = 1e100;

/// The wealth of a gambler who starts with 1 and bets, before each loss is seen, that losses in [0, 1] average below
/// (or above) a limit.
///
/// While they do not, the wealth is a supermartingale: the chance that it *ever* reaches 1/δ is at most δ (Ville), so one
/// may look after every loss and stop whenever one likes. The stake is spread over constant bets λ once and for all,
/// wealth = mean over λ of `Π (1 + λ (limit − loss))`, so nothing has to be tuned (Waudby-Smith and Ramdas, *Estimating
/// means of bounded random variables by betting*, 2024). Constant time and space for each loss.
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
    /// What each bet has made of its part, in units of `e^scale / BETS`.
    parts: [f64; BETS],
    bets: [f64; BETS],
    scale: f64,
    log_peak: f64,
    /// The peak in the units of `parts`.
    peak: f64,
    count: u64,
}

impl Betting {
    /// A gambler with nothing seen. The limit is taken as at least 1e-6 and at most 1 − 1e-6.
    pub fn new(limit: f64, side: Side) -> Self {
        let limit = limit.clamp(1e-6, 1.0 - 1e-6);
        let ruin = match side {
            Side::Below => 1.0 / (1.0 - limit),
            Side::Above => 1.0 / limit,
        };
        let mut bets = [ruin * BOLDEST; BETS];
        // Each bet is 0.72 of the one before it: from bold to one for limits that are barely missed.
        for i in 1..BETS {
            bets[i] = bets[i - 1] * 0.72;
        }
        Self { limit, side, parts: [1.0; BETS], bets, scale: 0.0, log_peak: 0.0, peak: BETS as f64, count: 0 }
    }

    /// One more loss. What lies outside [0, 1] counts as the nearer end; NaN counts as whatever is worse for the gambler.
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
        // Wealth that underflows is lost to the gambler, which keeps the promise.
        let sum = sum.max(f64::MIN_POSITIVE);
        self.scale += ln(sum);
        for part in &mut self.parts {
            *part /= sum;
        }
        self.peak = exp(self.log_peak - self.scale) * BETS as f64;
    }

    /// What is not known from limit and side, for an artifact.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        for &x in self.parts.iter().chain([&self.scale, &self.log_peak, &self.peak]) {
            put_f64(out, x);
        }
        put_u64(out, self.count);
    }

    /// Reads what [`write`](Self::write) wrote of a gambler of the same limit and side.
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

    /// The logarithm of the wealth.
    pub fn log_wealth(&self) -> f64 {
        self.log_of(self.parts.iter().sum::<f64>().max(f64::MIN_POSITIVE))
    }

    /// The logarithm of the greatest wealth so far, at least 0: the evidence at the best time to have stopped.
    pub fn log_peak(&self) -> f64 {
        self.log_peak
    }

    /// How many losses have been seen.
    pub fn count(&self) -> u64 {
        self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The same wealth, multiplied out in logarithms.
    fn naive(limit: f64, side: Side, losses: &[f64]) -> f64 {
        let sign = if side == Side::Below { 1.0 } else { -1.0 };
        let ruin = if side == Side::Below { 1.0 / (1.0 - limit) } else { 1.0 / limit };
        let logs: Vec<f64> = (0..16)
            .map(|i| ruin * 0.98 * 0.72f64.powi(i))
            .map(|bet| losses.iter().map(|loss| (1.0 + bet * sign * (limit - loss)).ln()).sum())
            .collect();
        let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        top + (logs.iter().map(|log| (log - top).exp()).sum::<f64>() / 16.0).ln()
    }

    proptest! {
        #[test]
        fn wealth_is_the_product_of_its_bets(
            limit in 0.01..0.99,
            above: bool,
            losses in prop::collection::vec(0.0..=1.0, 0..1_500),
        ) {
            let side = if above { Side::Above } else { Side::Below };
            let mut gambler = Betting::new(limit, side);
            let mut peak = 0.0f64;
            for &loss in &losses {
                gambler.update(loss);
                peak = peak.max(gambler.log_wealth());
            }
            let wanted = naive(limit, side, &losses);
            prop_assert!((gambler.log_wealth() - wanted).abs() < 1e-6 * wanted.abs().max(1.0));
            prop_assert!((gambler.log_peak() - peak).abs() < 1e-9 * peak.max(1.0));
            prop_assert_eq!(gambler.count(), losses.len() as u64);
        }
    }

    #[test]
    fn the_expected_wealth_of_a_fair_game_is_the_stake() {
        // Over every sequence of eight coins of the limit's bias the wealth averages to exactly 1.
        for side in [Side::Below, Side::Above] {
            let mut mean = 0.0;
            for pattern in 0..256u32 {
                let mut gambler = Betting::new(0.3, side);
                let mut chance = 1.0;
                for bit in 0..8 {
                    let lost = pattern >> bit & 1 == 1;
                    gambler.update(f64::from(u8::from(lost)));
                    chance *= if lost { 0.3 } else { 0.7 };
                }
                mean += chance * gambler.log_wealth().exp();
            }
            assert!((mean - 1.0).abs() < 1e-9, "{mean}");
        }
    }

    #[test]
    fn any_number_is_survived() {
        for side in [Side::Below, Side::Above] {
            let mut gambler = Betting::new(f64::NAN, side);
            for loss in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 2.0] {
                (0..5_000).for_each(|_| gambler.update(loss));
            }
            assert!(gambler.log_peak() >= 0.0);
        }
    }
}
