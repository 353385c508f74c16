//! When an answer is doubted for how its stream went, rung by rung.

use crate::digest::{Digest, Digestible};
use crate::{Error, Result};

/// When the streams of a rung are weak, in the place of the rules' bars, and what such doubts have been worth.
///
/// Models differ in how sure they sound: one bar for a whole ladder is too high for some of its rungs and too low for the
/// others. What a doubt finds is what going up a rung because of it is weighed with, and what
/// [`Utility`](crate::policy::Policy::Utility) looks ahead with: a low rung whose wrong answers are caught is worth trying
/// first.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Doubt {
    /// A stream whose lowest group confidence falls below this is weak. None: the rules' bar.
    pub low_confidence: Option<f64>,
    /// A stream whose own tokens' mean log-probability over a window falls below this is weak. None: the rules' bar.
    pub low_logprob: Option<f64>,
    /// The share of the rung's wrong answers that are doubted. 0: nothing is known.
    pub caught: f64,
    /// The share of its right answers that are doubted as well.
    pub false_alarms: f64,
}

impl Digestible for Doubt {
    fn write_to(&self, digest: &mut Digest) {
        let Self { low_confidence, low_logprob, caught, false_alarms } = self;
        digest.record("doubt").put(low_confidence).put(low_logprob).put(caught).put(false_alarms);
    }
}

impl Doubt {
    /// The most that a confidence can be, in nats.
    pub const MOST_CONFIDENCE: f64 = 100.0;
    /// The least that a log-probability's bar can be.
    pub const LEAST_LOGPROB: f64 = -100.0;

    /// Whether anything is known of what it finds.
    pub fn known(&self) -> bool {
        self.caught > 0.0
    }

    /// By what factor a doubt changes the odds that the answer is right: one in `[0, 1]`, or none where nothing is known.
    pub fn odds(&self) -> Option<f64> {
        self.known().then(|| (self.false_alarms / self.caught).min(1.0))
    }

    /// By what factor it changes those odds that there was no doubt: at least 1, or none where nothing is known.
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

    /// The same, with each field called what `name` makes of it.
    pub(super) fn validate_as(&self, name: impl Fn(&str) -> String) -> Result<()> {
        let bounds = [
            ("low_confidence", self.low_confidence, (0.0, Self::MOST_CONFIDENCE)),
            ("low_logprob", self.low_logprob, (Self::LEAST_LOGPROB, 0.0)),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::refuses;

    #[test]
    fn what_a_doubt_says_of_the_odds() {
        let doubt = Doubt { caught: 0.9, false_alarms: 0.1, ..Doubt::default() };
        assert!((doubt.odds().unwrap() - 1.0 / 9.0).abs() < 1e-12);
        assert!((doubt.trust().unwrap() - 9.0).abs() < 1e-9);
        assert_eq!((Doubt::default().odds(), Doubt::default().trust()), (None, None));
        // What catches the right as often as the wrong says nothing, and never speaks for an answer that it doubts.
        let blind = Doubt { caught: 0.2, false_alarms: 0.6, ..Doubt::default() };
        assert_eq!((blind.odds(), blind.trust()), (Some(1.0), Some(1.0)));
    }

    #[test]
    fn bad_numbers_are_named() {
        let refused = |doubt: Doubt| doubt.validate().unwrap_err().to_string();
        let none = Doubt::default();
        assert!(refuses(&refused(Doubt { caught: 1.5, ..none }), "caught", "1.5"));
        assert!(refuses(&refused(Doubt { false_alarms: f64::NAN, ..none }), "false_alarms", "NaN"));
        assert!(refuses(&refused(Doubt { low_logprob: Some(0.1), ..none }), "low_logprob", "0.1"));
        assert!(refuses(&refused(Doubt { low_confidence: Some(-1.0), ..none }), "low_confidence", "-1"));
    }
}
