//! Domains: the subject of a query, coarsely.

use crate::features::Feature;
use crate::named::named;

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

named! {
    /// A field of knowledge or a kind of work: a hint for people and statistics. No decision depends on it.
    #[repr(u8)]
    pub enum Domain {
        /// Mathematics, from sums to proofs.
        Mathematics = "mathematics",
        /// Programming and computing systems.
        Code = "code",
        /// Natural science and engineering.
        Science = "science",
        /// Medicine, biology of health, clinical psychology.
        Medicine = "medicine",
        /// Law and regulation.
        Law = "law",
        /// Business, economics and finance.
        Business = "business",
        /// History, philosophy, society and the arts.
        Humanities = "humanities",
        /// Work on language itself: translation, rewriting, creative writing.
        Language = "language",
        /// Everyday questions and small talk.
        Everyday = "everyday",
        /// No domain was recognised.
        Unknown = "unknown",
    }
}
