//! Scores of reasoning steps from a process reward model.

/// The newest step scores in `[0, 1]`; others are counted and left out. O(1) per step.
///
/// ```
/// let mut steps = rheostat::signal::Steps::default();
/// for score in [0.9, 0.8, 0.4] {
///     steps.add(score);
/// }
/// assert_eq!((steps.newest(1), steps.count()), (Some(0.4), 3));
/// assert!((steps.recent().unwrap() - 0.7).abs() < 1e-12);
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Steps {
    recent: [f64; Steps::RECENT],
    count: u32,
    invalid: u32,
}

impl Steps {
    /// Steps in [`recent`](Self::recent).
    pub const RECENT: usize = 3;

    /// Adds one step's score.
    pub fn add(&mut self, score: f64) {
        self.add_at(self.count, score);
    }

    /// Adds the score of the step at a place, from 0: scores may come in any order. Steps that were passed over have no score yet, and
    /// a place behind the newest steps is counted nowhere.
    pub fn add_at(&mut self, step: u32, score: f64) {
        if !(0.0..=1.0).contains(&score) {
            self.invalid = self.invalid.saturating_add(1);
            return;
        }
        let far = step.saturating_add(1);
        for passed in self.count.max(far.saturating_sub(Self::RECENT as u32))..step {
            self.set(passed, f64::NAN);
        }
        if far.saturating_add(Self::RECENT as u32) > self.count {
            self.set(step, score);
        }
        self.count = self.count.max(far);
    }

    fn set(&mut self, step: u32, score: f64) {
        if let Some(slot) = self.recent.get_mut(step as usize % Self::RECENT) {
            *slot = score;
        }
    }

    /// The mean of the newest [`RECENT`](Self::RECENT) steps; none while there are fewer.
    pub fn recent(&self) -> Option<f64> {
        self.newest(Self::RECENT)
    }

    /// The mean of the newest `steps`, at most [`RECENT`](Self::RECENT); none while there are fewer, or one of them has no score.
    pub fn newest(&self, steps: usize) -> Option<f64> {
        let steps = steps.clamp(1, Self::RECENT);
        let oldest = (self.count as usize).checked_sub(steps)?;
        let scores = (oldest..oldest + steps).filter_map(|i| self.recent.get(i % Self::RECENT));
        Some(scores.sum::<f64>() / steps as f64).filter(|mean| !mean.is_nan())
    }

    /// Steps up to the furthest one with a score.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Scores that were no numbers in `[0, 1]`.
    pub fn invalid(&self) -> u32 {
        self.invalid
    }
}
