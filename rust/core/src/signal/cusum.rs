//! A change of level in a stream of numbers.

use super::ema::LARGEST;
use crate::{Error, Result};

/// Which way a level moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shift {
    /// The values became larger: with entropy, the model has become less sure.
    Up,
    /// They became smaller.
    Down,
}

impl Shift {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
        }
    }
}

/// A change of level, found by two cumulative sums (Page 1954).
///
/// The first `warmup` values give the level and its spread. From then on each value, as distances from that level in
/// spreads, adds to a sum what it exceeds `slack` by; a sum above `threshold` is a change. With independent normal
/// values, slack 0.5 and threshold 5, a false alarm comes about once in 465 values for each side (Montgomery, table
/// 9.3); entropies are neither, so measure before trusting it. After a change it starts again, warm-up included.
///
/// ```
/// use rheostat::signal::{Cusum, Shift};
/// let mut change = Cusum::new(0.5, 5.0, 20)?;
/// let calm = (0..60).find_map(|i| change.update(f64::from(i % 2)));
/// let change = (0..60).find_map(|i| change.update(3.0 + f64::from(i % 2)));
/// assert_eq!((calm, change), (None, Some(Shift::Up)));
/// # Ok::<(), rheostat::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cusum {
    slack: f64,
    threshold: f64,
    warmup: u32,
    /// Mean and sum of squared distances over the warm-up (Welford).
    mean: f64,
    squares: f64,
    warm: u32,
    up: f64,
    down: f64,
    count: u64,
    changes: u64,
    invalid: u64,
}

impl Cusum {
    /// A detector of changes.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `slack ≥ 0`, `threshold > 0` (both finite), and `2 ≤ warmup ≤ 65,536`.
    pub fn new(slack: f64, threshold: f64, warmup: u32) -> Result<Self> {
        if !(0.0..=LARGEST).contains(&slack) {
            return Err(Error::invalid("slack", slack, "at least 0, in spreads"));
        }
        if !(threshold > 0.0 && threshold <= LARGEST) {
            return Err(Error::invalid("threshold", threshold, "above 0, in spreads"));
        }
        if !(2..=65_536).contains(&warmup) {
            return Err(Error::invalid("warmup", warmup, "between 2 and 65536 values"));
        }
        let (mean, squares, warm, up, down) = (0.0, 0.0, 0, 0.0, 0.0);
        Ok(Self { slack, threshold, warmup, mean, squares, warm, up, down, count: 0, changes: 0, invalid: 0 })
    }

    /// One value. Returns the change that it brings to light, if any.
    pub fn update(&mut self, value: f64) -> Option<Shift> {
        if !value.is_finite() || value.abs() > LARGEST {
            self.invalid += 1;
            return None;
        }
        self.count += 1;
        if self.warm < self.warmup {
            self.warm += 1;
            let off = value - self.mean;
            self.mean += off / f64::from(self.warm);
            self.squares += off * (value - self.mean);
            return None;
        }
        let z = (value - self.mean) / self.spread();
        self.up = (self.up + z - self.slack).clamp(0.0, LARGEST);
        self.down = (self.down - z - self.slack).clamp(0.0, LARGEST);
        let change = match (self.up > self.threshold, self.down > self.threshold) {
            (false, false) => return None,
            (true, false) => Shift::Up,
            (false, true) => Shift::Down,
            (true, true) => {
                if self.up >= self.down {
                    Shift::Up
                } else {
                    Shift::Down
                }
            }
        };
        self.changes += 1;
        (self.mean, self.squares, self.warm, self.up, self.down) = (0.0, 0.0, 0, 0.0, 0.0);
        Some(change)
    }

    /// The spread of the warm-up; a level that never moved counts as moving by a thousandth, so that it can be left.
    fn spread(&self) -> f64 {
        (self.squares / f64::from(self.warmup - 1)).max(0.0).sqrt().max(1e-3)
    }

    /// The level that the warm-up found; none while it lasts.
    pub fn level(&self) -> Option<f64> {
        (self.warm >= self.warmup).then_some(self.mean)
    }

    /// The two sums: upward and downward, in spreads.
    pub fn sums(&self) -> (f64, f64) {
        (self.up, self.down)
    }

    /// Changes so far.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Values that counted.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Values that did not: NaN, infinite, or beyond ±10¹².
    pub fn invalid(&self) -> u64 {
        self.invalid
    }
}
