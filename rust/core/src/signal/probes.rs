//! Agreement of probes: answers that a host asks for in the middle of the reasoning (Dynasor, Fu et al. 2024).

use crate::vote::{normalise, same};

/// The newest probed answer and how often in a row it has come.
#[derive(Debug, Clone, Default)]
pub struct Probes {
    answer: Option<String>,
    equal: u32,
    seen: u32,
}

impl Probes {
    /// One probe. `probability` is the model's own for that answer, when it is known; below `at_least`, or when it
    /// is no probability, the probe breaks the row, as an empty answer does. Returns how many equal ones the row has.
    pub fn add(&mut self, answer: &str, probability: Option<f64>, at_least: f64) -> u32 {
        self.seen = self.seen.saturating_add(1);
        let answer = normalise(answer);
        let sure = probability.is_none_or(|p| p >= at_least && p <= 1.0);
        if answer.is_empty() || !sure {
            self.equal = 0;
            return 0;
        }
        if self.equal > 0 && self.answer.as_deref().is_some_and(|last| same(last, &answer)) {
            self.equal = self.equal.saturating_add(1);
        } else {
            self.answer = Some(answer.into_owned());
            self.equal = 1;
        }
        self.equal
    }

    /// The newest answer that was given with enough probability.
    pub fn answer(&self) -> Option<&str> {
        self.answer.as_deref()
    }

    /// How many probes in a row gave [`answer`](Self::answer).
    pub fn equal(&self) -> u32 {
        self.equal
    }

    /// How many probes there were.
    pub fn seen(&self) -> u32 {
        self.seen
    }
}
