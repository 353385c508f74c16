//! How likely a stream's own tokens were: the mean of their log-probabilities over a sliding window.

use super::confidence::{LARGEST, MAX_WINDOW};
use crate::{Error, Result};

/// Surprisals are kept as whole multiples of 2⁻²⁴ nats, so that the running sum is exact and never drifts.
const FINE: f64 = (1_u32 << 24) as f64;

/// The mean log-probability of the newest tokens of one stream, and the lowest that it has been.
///
/// It needs nothing but each token's own log-probability, which every provider that gives any gives. With a window of 1 it is
/// the least likely token, by which Jiang et al. (2023, FLARE) find what a model does not know; with a long one the mean that
/// cascades compare with a threshold. Of a greedy stream it says more than [`Confidence`](super::Confidence) where few top
/// candidates are known: among two of them a flat distribution looks like a peaked one.
///
/// A log-probability counts as at least −100; a positive one is taken as 0, a NaN is left out, and both are counted in
/// [`invalid`](Self::invalid). Memory: 4 bytes a token up to the window, none for a window of 1.
///
/// ```
/// let mut likelihood = rheostat::signal::Likelihood::new(2)?;
/// for logprob in [-0.5, -1.5, -0.5] {
///     likelihood.update(logprob);
/// }
/// assert_eq!((likelihood.group(), likelihood.lowest()), (Some(-1.0), Some(-1.0)));
/// # Ok::<(), rheostat::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Likelihood {
    window: usize,
    ring: Vec<u32>,
    at: usize,
    tokens: u64,
    /// Of the newest window, as surprisals.
    sum: u64,
    /// The largest that it has been over a full window.
    most: u64,
    invalid: u64,
}

impl Likelihood {
    /// A stream whose groups are `window` tokens.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `1 ≤ window ≤` [`MAX_WINDOW`].
    pub fn new(window: usize) -> Result<Self> {
        if window == 0 || window > MAX_WINDOW {
            return Err(Error::invalid("window", window, format!("between 1 and {MAX_WINDOW} tokens")));
        }
        Ok(Self { window, ring: Vec::new(), at: 0, tokens: 0, sum: 0, most: 0, invalid: 0 })
    }

    /// One token, by its own log-probability.
    pub fn update(&mut self, logprob: f64) {
        self.invalid += u64::from(logprob.is_nan() || logprob > 0.0);
        if logprob.is_nan() {
            return;
        }
        let surprisal = ((-logprob).clamp(0.0, f64::from(LARGEST)) * FINE + 0.5) as u32;
        self.tokens += 1;
        if self.window == 1 {
            self.sum = u64::from(surprisal);
        } else if self.ring.len() < self.window {
            self.ring.push(surprisal);
            self.sum += u64::from(surprisal);
        } else if let Some(slot) = self.ring.get_mut(self.at) {
            self.sum = self.sum - u64::from(std::mem::replace(slot, surprisal)) + u64::from(surprisal);
            self.at = if self.at + 1 == self.window { 0 } else { self.at + 1 };
        }
        if self.full() {
            self.most = self.most.max(self.sum);
        }
    }

    /// The mean over the newest window; none before it has filled.
    pub fn group(&self) -> Option<f64> {
        self.full().then(|| self.mean(self.sum))
    }

    /// The lowest mean over all full windows; none before the first.
    pub fn lowest(&self) -> Option<f64> {
        self.full().then(|| self.mean(self.most))
    }

    /// How many values were left out or mended.
    pub fn invalid(&self) -> u64 {
        self.invalid
    }

    fn full(&self) -> bool {
        self.tokens >= self.window as u64
    }

    fn mean(&self, sum: u64) -> f64 {
        -(sum as f64) / (self.window as f64 * FINE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn windows_are_means_of_the_newest(logprobs in prop::collection::vec(-120.0..0.0_f64, 0..60), window in 1_usize..20) {
            let mut likelihood = Likelihood::new(window).expect("a window");
            for &logprob in &logprobs {
                likelihood.update(logprob);
            }
            let kept: Vec<f64> = logprobs.iter().map(|p| p.max(-100.0)).collect();
            let means: Vec<f64> = kept.windows(window).map(|w| w.iter().sum::<f64>() / window as f64).collect();
            let near = |a: Option<f64>, b: Option<f64>| match (a, b) {
                (Some(a), Some(b)) => (a - b).abs() < 1e-6,
                (a, b) => a == b,
            };
            prop_assert!(near(likelihood.group(), means.last().copied()));
            prop_assert!(near(likelihood.lowest(), means.iter().copied().reduce(f64::min)));
        }
    }

    #[test]
    fn bad_values_are_counted_and_survived() {
        let mut likelihood = Likelihood::new(1).expect("a window");
        for logprob in [f64::NAN, 3.0, f64::NEG_INFINITY] {
            likelihood.update(logprob);
        }
        assert_eq!(
            (likelihood.invalid(), likelihood.group(), likelihood.lowest()),
            (2, Some(-100.0), Some(-100.0))
        );
        assert!(Likelihood::new(0).is_err() && Likelihood::new(MAX_WINDOW + 1).is_err());
    }
}
