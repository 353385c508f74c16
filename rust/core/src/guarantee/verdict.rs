//! The result of a test: a certificate, or the reason for a refusal.

use std::fmt;

/// A certificate or a refusal.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// The boldest certified candidate.
    Certified(Certificate),
    /// Nothing is certified, so the safest choice stands.
    Refused(Refusal),
}

/// A certified candidate.
#[derive(Debug, Clone, PartialEq)]
pub struct Certificate {
    /// Index in the order from safest to boldest.
    pub candidate: usize,
    /// Certified bound on the mean loss.
    pub max_loss: f64,
    /// Confidence of the bound; None for risk control, which bounds the expectation.
    pub confidence: Option<f64>,
    /// Mean loss on the units.
    pub mean_loss: f64,
    /// The smallest loss that could have been certified instead.
    pub bound: f64,
    /// Number of independent units.
    pub units: usize,
}

/// The reason why nothing is certified.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// Too few units to certify anything, even without any loss.
    TooFewUnits {
        /// Number of units.
        units: usize,
        /// Number of units that suffice if none of them has a loss.
        needed: usize,
    },
    /// The safest candidate's mean loss is above the limit.
    LossTooHigh {
        /// Its mean loss.
        mean_loss: f64,
        /// The limit.
        max_loss: f64,
        /// Number of units.
        units: usize,
    },
    /// The safest candidate's mean loss is below the limit, but not significantly.
    NotSignificant {
        /// Its mean loss.
        mean_loss: f64,
        /// The limit.
        max_loss: f64,
        /// The smallest loss that could be certified for it.
        bound: f64,
        /// Number of units.
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

    /// The certified candidate, if there is one.
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
