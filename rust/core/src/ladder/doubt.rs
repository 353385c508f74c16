//! Doubts: an alarm on a rung's streams, with its recall and false-positive rate.

use crate::digest::record;
use crate::{Error, Result};

/// A rung's bars for weak streams, and the measured worth of the alarm.
///
/// Models differ in how confident they sound, so one bar for a whole ladder is too high for some rungs and too low for
/// others. Recall and false-positive rate decide whether a ramp after an alarm is worth its price, and let
/// [`Utility`](crate::policy::Policy::Utility) try a low rung whose wrong answers are caught.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Doubt {
    /// Bar, in nats, for a stream's lowest group confidence; a lower one is weak. None takes the rules' bar.
    pub low_confidence: Option<f64>,
    /// Bar for the mean log-probability of a stream's own tokens over a window. None takes the rules' bar.
    pub low_logprob: Option<f64>,
    /// Bar for the mean log-probability of each token's likeliest candidate. None takes the rules' bar, or no bar where the rung
    /// has one of the other two.
    pub low_top_logprob: Option<f64>,
    /// Recall: share of wrong answers that raise the alarm. 0 means unknown.
    pub caught: f64,
    /// False-positive rate: share of right answers that raise the alarm.
    pub false_alarms: f64,
}

record! { Doubt, "doubt": low_confidence low_logprob low_top_logprob caught false_alarms }

impl Doubt {
    /// The largest bar for a confidence, in nats.
    pub const MOST_CONFIDENCE: f64 = 100.0;
    /// The lowest bar for a log-probability.
    pub const LEAST_LOGPROB: f64 = -100.0;

    /// True if the recall is known.
    pub fn known(&self) -> bool {
        self.caught > 0.0
    }

    /// Likelihood ratio of an alarm: its factor on the odds of a right answer, in `[0, 1]`. None if the recall is unknown.
    pub fn odds(&self) -> Option<f64> {
        self.known().then(|| (self.false_alarms / self.caught).min(1.0))
    }

    /// Likelihood ratio of no alarm: its factor on those odds, at least 1. None if the recall is unknown.
    pub fn trust(&self) -> Option<f64> {
        self.known().then(|| ((1.0 - self.false_alarms) / (1.0 - self.caught).max(1e-9)).max(1.0))
    }

    /// Checks every field.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the first field that is out of bounds.
    pub fn validate(&self) -> Result<()> {
        self.validate_as(str::to_owned)
    }

    /// Like [`validate`](Self::validate), with each field named by `name`.
    pub(super) fn validate_as(&self, name: impl Fn(&str) -> String) -> Result<()> {
        let bounds = [
            ("low_confidence", self.low_confidence, (0.0, Self::MOST_CONFIDENCE)),
            ("low_logprob", self.low_logprob, (Self::LEAST_LOGPROB, 0.0)),
            ("low_top_logprob", self.low_top_logprob, (Self::LEAST_LOGPROB, 0.0)),
            ("caught", Some(self.caught), (0.0, 1.0)),
            ("false_alarms", Some(self.false_alarms), (0.0, 1.0)),
        ];
        for (field, value, (least, most)) in bounds {
            if let Some(value) = value.filter(|value| !(least..=most).contains(value)) {
                return Err(Error::invalid(name(field), value, format!("between {least} and {most}")));
            }
        }
        Ok(())
    }
}
