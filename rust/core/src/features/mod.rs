//! Reads a named vector of features from a query in one pass over its bytes, without a tokenizer, a regular expression or, after
//! warm-up, an allocation.
//!
//! ```text
//! masks   classify 64 bytes at a time: letters, capitals, digits, spaces, high bytes   simd::classify
//! edges   a word starts and ends where the word mask changes                           simd::edges
//! gaps    count each byte between words by a table; look at neighbours of a few        gap
//! decode  runs with high bytes, one character at a time, split by script               foreign
//! hash    each word and each pair of neighbours (feature hashing)                      hash, words
//! look up the groups of each word by the same hash                                     lexicon
//! read words of other languages by their English meaning, and look up again            meaning
//! find what each sentence asks for, and what is only mentioned in it                   asks
//! leave out words on how to answer, and read the rest again                            manner
//! ```
//!
//! [`Scan`] is the reusable scratch and the result. `rust/core/tests/oracle/features.rs` is the naive reader that tests compare
//! it with.

mod asks;
mod batch;
mod choice;
mod counters;
mod foreign;
mod frame_words;
mod gap;
mod hash;
mod lexicon;
mod lexicon_words;
mod manner;
mod manner_words;
mod meaning;
mod quotes;
mod scan;
mod scripts;
mod spec;
mod system_words;
#[cfg(test)]
mod tests;
mod words;

pub use batch::Batch;
pub use hash::{pair_hash, word_hash};
pub use scan::Scan;
pub use scripts::{Script, script};
pub(crate) use spec::{CONTENT, MEANINGS, WIDTH};
pub use spec::{COUNT, Feature, FeatureKind, SPECS, Spec, index};
