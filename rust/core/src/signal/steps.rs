//! Scores of reasoning steps, as a process reward model gives them.

/// A running summary of step scores in `[0, 1]`; anything else is counted and left out. O(1) per step.
///
/// ```
/// let mut steps = rheostat::signal::Steps::default();
/// for score in [0.9, 0.8, 0.4] {
///     steps.add(score);
/// }
/// assert_eq!((steps.lowest(), steps.last(), steps.count()), (Some(0.4), Some(0.4), 3));
/// assert!((steps.product().unwrap() - 0.288).abs() < 1e-12 && (steps.drawdown().unwrap() - 0.5).abs() < 1e-12);
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Steps {
    recent: [f64; Steps::RECENT],
    count: u32,
    lowest: Option<f64>,
    highest: f64,
    sum: f64,
    /// Σ i · score, i from 0.
    moment: f64,
    /// Σ ln score.
    log_product: f64,
    drawdown: f64,
    invalid: u32,
}

impl Steps {
    /// How many of the newest steps [`recent`](Self::recent) looks at.
    pub const RECENT: usize = 3;

    /// One step's score.
    pub fn add(&mut self, score: f64) {
        if !(0.0..=1.0).contains(&score) {
            self.invalid = self.invalid.saturating_add(1);
            return;
        }
        if let Some(slot) = self.recent.get_mut(self.count as usize % Self::RECENT) {
            *slot = score;
        }
        self.moment += f64::from(self.count) * score;
        self.sum += score;
        self.log_product += score.ln();
        self.count = self.count.saturating_add(1);
        self.lowest = Some(self.lowest.map_or(score, |low| low.min(score)));
        self.highest = self.highest.max(score);
        self.drawdown = self.drawdown.max(self.highest - score);
    }

    /// The mean of the newest [`RECENT`](Self::RECENT) steps; none until there are as many.
    pub fn recent(&self) -> Option<f64> {
        let full = self.count as usize >= Self::RECENT;
        full.then(|| self.recent.iter().sum::<f64>() / Self::RECENT as f64)
    }

    /// The mean of the newest `steps`, of [`RECENT`](Self::RECENT) at most; none until there are as many.
    pub fn newest(&self, steps: usize) -> Option<f64> {
        let steps = steps.clamp(1, Self::RECENT);
        let oldest = (self.count as usize).checked_sub(steps)?;
        let scores = (oldest..oldest + steps).filter_map(|i| self.recent.get(i % Self::RECENT));
        Some(scores.sum::<f64>() / steps as f64)
    }

    /// The lowest score so far: a chain is as strong as its weakest step.
    pub fn lowest(&self) -> Option<f64> {
        self.lowest
    }

    /// The product of all scores: the probability that every step is right, were they independent. None before the first.
    pub fn product(&self) -> Option<f64> {
        self.some(self.log_product.exp())
    }

    /// The mean of all scores.
    pub fn mean(&self) -> Option<f64> {
        self.some(self.sum / f64::from(self.count.max(1)))
    }

    /// The newest score.
    pub fn last(&self) -> Option<f64> {
        let newest = self.count.checked_sub(1)? as usize % Self::RECENT;
        self.recent.get(newest).copied()
    }

    /// The slope of the least-squares line through all scores, per step; none before the second.
    pub fn slope(&self) -> Option<f64> {
        let n = f64::from(self.count);
        let spread = n * (n * n - 1.0) / 12.0;
        (self.count >= 2).then(|| (self.moment - (n - 1.0) / 2.0 * self.sum) / spread)
    }

    /// The largest fall from the highest score before it.
    pub fn drawdown(&self) -> Option<f64> {
        self.some(self.drawdown)
    }

    fn some(&self, value: f64) -> Option<f64> {
        (self.count > 0).then_some(value)
    }

    /// How many steps were scored.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// How many scores were no numbers in `[0, 1]`.
    pub fn invalid(&self) -> u32 {
        self.invalid
    }
}
