//! The answers of sleep and wake.

use crate::ledger::Cost;
use crate::named::named;

named! {
    /// The reason why a candidate is not precomputed.
    pub enum Refusal {
        /// Nothing is known yet about hits in this context.
        NoEvidence = "no_evidence",
        /// It does not pay.
        Unpaid = "unpaid",
        /// It pays, and the cap of sleep has no room.
        Cap = "cap",
        /// Its artefact is there, or in flight.
        Kept = "kept",
    }
}

named! {
    /// The reason of a miss.
    pub enum Miss {
        /// The context is not known.
        Unknown = "unknown",
        /// The sources have changed.
        Changed = "changed",
        /// The query was not predicted.
        Unpredicted = "unpredicted",
        /// It was predicted, and not precomputed.
        NotMade = "not_made",
        /// Its work is in flight.
        Running = "running",
        /// Its life is over.
        Expired = "expired",
    }
}

/// Work that sleep has granted.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Names the work, and the artefact that comes of it.
    pub id: u64,
    /// Index of the candidate.
    pub candidate: usize,
    /// Index of the form in which to run it.
    pub form: usize,
    /// The most that it may cost: claimed from the cap.
    pub claim: Cost,
    /// Expected saving, in US dollars, its cost not subtracted.
    pub value: f64,
    /// The chance of a hit, of one query, that it was weighed with.
    pub chance: f64,
}

/// A candidate that is not precomputed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Refused {
    /// Index of the candidate.
    pub candidate: usize,
    /// The reason.
    pub reason: Refusal,
    /// The chance of a hit that it was weighed with.
    pub chance: f64,
    /// The chance from which on it would pay. None: no chance is enough.
    pub break_even: Option<f64>,
}

/// Work to precompute, best first, and the candidates that are refused.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SleepPlan {
    /// The granted work, by value per dollar.
    pub jobs: Vec<Job>,
    /// The rest.
    pub refused: Vec<Refused>,
    /// Queries expected before an artefact made at once would be invalid.
    pub queries: f64,
    /// Lower bound on the share of queries that are predicted.
    pub predicted: f64,
}

/// The finding of a wake. A hit was precomputed for a predicted query: traces mark it as speculative.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Wake {
    /// An artefact that may be used.
    Hit {
        /// Its id: that of its job.
        artefact: u64,
        /// Seconds since it was made.
        age: f64,
    },
    /// Serve the query live.
    Miss(Miss),
}
