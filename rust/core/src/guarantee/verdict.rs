//! What came of it: a promise, or why there is none.

use std::fmt;

/// A promise or a refusal.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// The boldest candidate of which it may be promised.
    Certified(Certificate),
    /// Nothing may be promised, so the safest choice stands.
    Refused(Refusal),
}

/// What is promised of a candidate.
#[derive(Debug, Clone, PartialEq)]
pub struct Certificate {
    /// Its place in the order from safest to boldest.
    pub candidate: usize,
    /// The loss that it does not exceed on average.
    pub max_loss: f64,
    /// The confidence of that; for risk control, which promises the expectation itself, none.
    pub confidence: Option<f64>,
    /// Its mean loss on the units.
    pub mean_loss: f64,
    /// The smallest loss that could have been promised in its place.
    pub bound: f64,
    /// Independent units that it rests on.
    pub units: usize,
}

/// Why nothing is promised.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// Even without any loss so few units prove nothing.
    TooFewUnits {
        /// Units that there are.
        units: usize,
        /// Units that would do if none of them lost anything.
        needed: usize,
    },
    /// The safest candidate's own mean is above the limit.
    LossTooHigh {
        /// Its mean loss.
        mean_loss: f64,
        /// The limit.
        max_loss: f64,
        /// Units that there are.
        units: usize,
    },
    /// The safest candidate's mean is below the limit, but not clearly.
    NotSignificant {
        /// Its mean loss.
        mean_loss: f64,
        /// The limit.
        max_loss: f64,
        /// The smallest loss that could be promised of it.
        bound: f64,
        /// Units that there are.
        units: usize,
    },
}

impl Verdict {
    /// The certificate, if there is one.
    pub fn certificate(&self) -> Option<&Certificate> {
        match self {
            Self::Certified(certificate) => Some(certificate),
            Self::Refused(_) => None,
        }
    }

    /// The candidate that may be used, if one may.
    pub fn candidate(&self) -> Option<usize> {
        self.certificate().map(|certificate| certificate.candidate)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certified(certificate) => certificate.fmt(f),
            Self::Refused(refusal) => refusal.fmt(f),
        }
    }
}

impl fmt::Display for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { candidate, max_loss, mean_loss, bound, units, .. } = self;
        let confidence = self.confidence.map_or_else(String::new, |c| format!(" with confidence {c}"));
        write!(
            f,
            "candidate {candidate} loses at most {max_loss}{confidence}: {mean_loss:.4} on {units} units, \
             and {bound:.4} could be promised"
        )
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFewUnits { units, needed } => {
                write!(f, "{units} units prove nothing: {needed} would, if none of them lost anything")
            }
            Self::LossTooHigh { mean_loss, max_loss, units } => write!(
                f,
                "even the safest candidate loses {mean_loss:.4} on {units} units, and {max_loss} is the most allowed"
            ),
            Self::NotSignificant { mean_loss, max_loss, bound, units } => write!(
                f,
                "the safest candidate loses {mean_loss:.4} on {units} units, which proves no more than {bound:.4}; \
                 {max_loss} is the most allowed"
            ),
        }
    }
}
