//! What to do after each reasoning step: go on, go back, branch, or stop.

use super::Steps;
use crate::{Error, Result};

/// What to do after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepAdvice {
    /// Go on.
    Continue,
    /// Go back to the end of this step, the newest good one (counted from 1; 0 is the beginning), and go on from there.
    BackUp {
        /// How many steps to keep.
        keep: u32,
    },
    /// Try several ways on from here: the step is neither good nor bad, and worse than the one before.
    Branch,
    /// Give up this line: bad steps in a row, with nothing good to go back to, or after going back more than once.
    Stop,
}

/// When a step is good or bad. A good one scores at least `good`, a bad one below `bad`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepRules {
    /// A step that scores this is one to come back to.
    pub good: f64,
    /// A step below this is bad.
    pub bad: f64,
    /// This many bad steps in a row end the line.
    pub patience: u32,
    /// How often the host may be sent back.
    pub back_ups: u32,
}

impl Default for StepRules {
    /// Good from 0.7, bad below 0.3, patience 3, one return. These are starting points, not measured ones: a process
    /// reward model's scale is its own, so calibrate them.
    fn default() -> Self {
        Self { good: 0.7, bad: 0.3, patience: 3, back_ups: 1 }
    }
}

/// Reads the steps of one line of reasoning and advises after each: go on, go back, branch, or stop.
///
/// ```
/// use rheostat::signal::{StepAdvice, StepGuide, StepRules};
/// let mut guide = StepGuide::new(StepRules::default())?;
/// assert_eq!(guide.add(0.9), StepAdvice::Continue);
/// assert_eq!(guide.add(0.5), StepAdvice::Branch);
/// assert_eq!(guide.add(0.1), StepAdvice::BackUp { keep: 1 });
/// # Ok::<(), rheostat::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct StepGuide {
    rules: StepRules,
    steps: Steps,
    /// Steps that stand, those that the host went back behind left out.
    standing: u32,
    /// Of those, up to and with the newest good one.
    good: u32,
    bad_in_a_row: u32,
    returned: u32,
    before: Option<f64>,
}

impl StepGuide {
    /// A line of which nothing is known.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `0 ≤ bad ≤ good ≤ 1` and `patience ≥ 1`.
    pub fn new(rules: StepRules) -> Result<Self> {
        if !(rules.bad >= 0.0 && rules.bad <= rules.good && rules.good <= 1.0) {
            let got = format!("bad {} and good {}", rules.bad, rules.good);
            return Err(Error::invalid("step rules", got, "0 ≤ bad ≤ good ≤ 1"));
        }
        if rules.patience == 0 {
            return Err(Error::invalid("patience", 0, "at least 1 step"));
        }
        let (standing, good, bad_in_a_row, returned, before) = (0, 0, 0, 0, None);
        Ok(Self { rules, steps: Steps::default(), standing, good, bad_in_a_row, returned, before })
    }

    /// One step's score, and what to do now. After [`BackUp`](StepAdvice::BackUp) the next step is taken to come after
    /// those that were kept. A score that is no number in `[0, 1]` is counted, and advises nothing.
    pub fn add(&mut self, score: f64) -> StepAdvice {
        let counted = self.steps.count();
        self.steps.add(score);
        if self.steps.count() == counted {
            return StepAdvice::Continue;
        }
        let before = self.before.replace(score);
        self.standing = self.standing.saturating_add(1);
        if score >= self.rules.good {
            self.good = self.standing;
        }
        if score >= self.rules.bad {
            self.bad_in_a_row = 0;
            let falls = score < self.rules.good && before.is_some_and(|before| score < before);
            return if falls { StepAdvice::Branch } else { StepAdvice::Continue };
        }
        self.bad_in_a_row = self.bad_in_a_row.saturating_add(1);
        if self.good > 0 && self.returned < self.rules.back_ups {
            self.returned += 1;
            self.standing = self.good;
            self.before = None;
            return StepAdvice::BackUp { keep: self.good };
        }
        if self.bad_in_a_row >= self.rules.patience { StepAdvice::Stop } else { StepAdvice::Continue }
    }

    /// All scores so far, of steps that stand and of those that do not.
    pub fn steps(&self) -> &Steps {
        &self.steps
    }

    /// When a step is good or bad.
    pub fn rules(&self) -> &StepRules {
        &self.rules
    }
}
