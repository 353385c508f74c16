//! The named vector that is read from a query in one pass over its bytes: no tokenizer, no regular expression, no
//! allocation after warm-up.
//!
//! [`Scan`] is the reusable scratch and the result. Words are found from bit masks (`simd::classify`), hashed
//! ([`word_hash`]) and looked up by that same hash; what stands between words is counted byte by byte, and only
//! characters outside ASCII are decoded.

mod batch;
mod foreign;
mod gap;
mod hash;
mod lexicon;
mod lexicon_words;
mod scan;
mod scripts;
mod seen;
mod spec;
mod tally;
#[cfg(test)]
mod tests;
mod words;

pub use batch::Batch;
pub use hash::{pair_hash, word_hash};
pub use scan::Scan;
pub use scripts::{Script, script};
pub(crate) use spec::{CONTENT, WIDTH};
pub use spec::{COUNT, Feature, Kind, SPECS, Spec, index};
