//! Scores of reasoning steps, as a process reward model gives them.

/// A running summary of step scores in `[0, 1]`; anything else is counted and left out.
#[derive(Debug, Clone, Default)]
pub struct Steps {
    recent: [f64; Steps::RECENT],
    count: u32,
    lowest: Option<f64>,
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
        self.count = self.count.saturating_add(1);
        self.lowest = Some(self.lowest.map_or(score, |low| low.min(score)));
    }

    /// The mean of the newest [`RECENT`](Self::RECENT) steps; none until there are as many.
    pub fn recent(&self) -> Option<f64> {
        let full = self.count as usize >= Self::RECENT;
        full.then(|| self.recent.iter().sum::<f64>() / Self::RECENT as f64)
    }

    /// The lowest score so far.
    pub fn lowest(&self) -> Option<f64> {
        self.lowest
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
