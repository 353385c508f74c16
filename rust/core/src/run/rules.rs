//! The rules of the controller, as data.

use crate::vote::VoteRule;
use crate::{Error, Result};

/// Which evidence ramps and which stops. Every number has a default that is meant to be replaced by one calibrated
/// on a deployment's own log.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// Tokens in a confidence group. 256: answers of everyday length fill it (`DeepConf`'s 2048 suits long
    /// mathematics). No stream is judged before its first full group.
    pub window: usize,
    /// A stream whose lowest group confidence falls below this is weak. 5.0 nats: with the top 20 of a large
    /// vocabulary a sure token has about 15 to 20, and a flat top 20 about 3 to 4. None: confidence never ramps.
    pub low_confidence: Option<f64>,
    /// Rows of fewer log-probabilities than this say nothing about confidence (with one alone, a sure token and a
    /// flat one would trade places). 2.
    pub min_top: usize,
    /// A stream whose newest three step scores average below this is weak. 0.3.
    pub low_steps: Option<f64>,
    /// So many equal probes in a row settle the answer (Dynasor's middle effort). 3; 0: probes never settle.
    pub equal_probes: u32,
    /// A probe whose own probability is known to be below this breaks the row. 0.
    pub probe_probability: f64,
    /// How samples vote. Beta.
    pub vote: VoteRule,
    /// The vote's confidence. 0.95.
    pub confidence: f64,
    /// How often a rung may ask for another batch of its samples when they disagree. 1.
    pub sample_ramps: u32,
    /// How many weak samples of one rung may be replaced. As many as 4.
    pub replacements: u32,
    /// How often a failed call is tried again on its rung. 1.
    pub retries: u32,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            window: 256,
            low_confidence: Some(5.0),
            min_top: 2,
            low_steps: Some(0.3),
            equal_probes: 3,
            probe_probability: 0.0,
            vote: VoteRule::Beta,
            confidence: 0.95,
            sample_ramps: 1,
            replacements: 4,
            retries: 1,
        }
    }
}

impl Rules {
    /// Checks every field.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the first field that is out of bounds.
    pub fn validate(&self) -> Result<()> {
        crate::signal::Confidence::new(self.window)?;
        crate::vote::Vote::new(self.vote, self.confidence, 1)?;
        let bounds = [
            ("low_confidence", self.low_confidence, 100.0),
            ("low_steps", self.low_steps, 1.0),
            ("probe_probability", Some(self.probe_probability), 1.0),
        ];
        for (name, value, most) in bounds {
            if let Some(value) = value.filter(|value| !(0.0..=most).contains(value)) {
                return Err(Error::invalid(name, value, format!("between 0 and {most}")));
            }
        }
        if self.min_top < 2 {
            return Err(Error::invalid("min_top", self.min_top, "at least 2"));
        }
        let counts = [
            ("sample_ramps", self.sample_ramps),
            ("replacements", self.replacements),
            ("retries", self.retries),
        ];
        for (name, value) in counts {
            if value > 100 {
                return Err(Error::invalid(name, value, "at most 100"));
            }
        }
        Ok(())
    }
}
