//! Domains: the subject of a query, coarsely.

use crate::features::Feature;

/// Number of domains with a score; `Unknown` has none.
pub(super) const DOMAINS: usize = 9;
/// Features from which domains are scored.
pub(super) const DOMAIN_INPUTS: [Feature; 16] = [
    Feature::MathWords,
    Feature::CodeWords,
    Feature::ScienceWords,
    Feature::MedicineWords,
    Feature::LawWords,
    Feature::BusinessWords,
    Feature::HumanitiesWords,
    Feature::CreativeWords,
    Feature::EditingWords,
    Feature::ChatWords,
    Feature::LookupWords,
    Feature::CodeMarks,
    Feature::Latex,
    Feature::Equals,
    Feature::Numbers,
    Feature::ProofWords,
];

/// A field of knowledge or a kind of work: a hint for people and statistics. No decision depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Domain {
    /// Mathematics, from sums to proofs.
    Mathematics,
    /// Programming and computing systems.
    Code,
    /// Natural science and engineering.
    Science,
    /// Medicine, biology of health, clinical psychology.
    Medicine,
    /// Law and regulation.
    Law,
    /// Business, economics and finance.
    Business,
    /// History, philosophy, society and the arts.
    Humanities,
    /// Work on language itself: translation, rewriting, creative writing.
    Language,
    /// Everyday questions and small talk.
    Everyday,
    /// No domain was recognised.
    Unknown,
}

impl Domain {
    /// Every domain; [`Domain::Unknown`] is the last.
    pub const ALL: [Self; 10] = [
        Self::Mathematics,
        Self::Code,
        Self::Science,
        Self::Medicine,
        Self::Law,
        Self::Business,
        Self::Humanities,
        Self::Language,
        Self::Everyday,
        Self::Unknown,
    ];

    /// The name in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mathematics => "mathematics",
            Self::Code => "code",
            Self::Science => "science",
            Self::Medicine => "medicine",
            Self::Law => "law",
            Self::Business => "business",
            Self::Humanities => "humanities",
            Self::Language => "language",
            Self::Everyday => "everyday",
            Self::Unknown => "unknown",
        }
    }
}
