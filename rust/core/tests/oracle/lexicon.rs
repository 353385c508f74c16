//! The hashes of words by their definition, and the word lists by hash.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The features that count a word, by its hash: a word that is in no list, and hashes as one that is, counts as that one.
pub(crate) static LEXICON: LazyLock<HashMap<u32, Vec<&'static str>>> = LazyLock::new(|| {
    let mut lexicon: HashMap<u32, Vec<&'static str>> = HashMap::new();
    for list in SOURCE.split("Group::").skip(1) {
        let mut parts = list.split('"');
        let group = parts.next().unwrap_or_default().trim().trim_end_matches(',');
        let feature = FEATURES.iter().find(|(name, _)| *name == group).map_or("", |(_, feature)| feature);
        for word in parts.next().unwrap_or_default().split_whitespace().filter(|word| *word != "\\") {
            let features = lexicon.entry(word_hash(word.as_bytes())).or_default();
            if !features.contains(&feature) {
                features.push(feature);
            }
        }
    }
    lexicon
});

const SOURCE: &str = include_str!("../../src/features/lexicon_words.rs");

const SEED: u64 = 0x9E37_79B9_7F4A_7C15;
const KEY: u64 = 0xC2B2_AE3D_27D4_EB4F;

/// The hash of a lower-cased word: blocks of 16 bytes as two little-endian numbers, multiplied into the state.
pub(crate) fn word_hash(word: &[u8]) -> u32 {
    let folded: Vec<u8> = word.iter().map(|&b| if b < 0x80 { b | 0x20 } else { b }).collect();
    let state = folded.chunks(16).fold(SEED ^ word.len() as u64, |state, block| {
        let mut bytes = [0; 16];
        bytes[..block.len()].copy_from_slice(block);
        let block = u128::from_le_bytes(bytes);
        fold((block as u64) ^ state, ((block >> 64) as u64) ^ KEY)
    });
    (state ^ (state >> 32)) as u32
}

/// The hash of two neighbouring words.
pub(crate) fn pair_hash(first: u32, second: u32) -> u32 {
    fold(((u64::from(first) << 32) | u64::from(second)) ^ KEY, SEED ^ u64::from(second)) as u32
}

/// Both halves of a product, one onto the other.
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

const FEATURES: [(&str, &str); 29] = [
    ("Common", "common_words"),
    ("Question", "question_words"),
    ("Reasoning", "reasoning_words"),
    ("Proof", "proof_words"),
    ("Mathematics", "math_words"),
    ("Code", "code_words"),
    ("Science", "science_words"),
    ("Medicine", "medicine_words"),
    ("Law", "law_words"),
    ("Business", "business_words"),
    ("Humanities", "humanities_words"),
    ("Steps", "step_words"),
    ("Constraint", "constraint_words"),
    ("Format", "format_words"),
    ("Comparison", "comparison_words"),
    ("Negation", "negation_words"),
    ("Condition", "condition_words"),
    ("Quantifier", "quantifier_words"),
    ("Lookup", "lookup_words"),
    ("Chat", "chat_words"),
    ("Creative", "creative_words"),
    ("Editing", "editing_words"),
    ("Agentic", "agentic_words"),
    ("Unit", "unit_words"),
    ("NumberWord", "number_words"),
    ("Hard", "hard_words"),
    ("Depth", "depth_words"),
    ("English", "english"),
    ("Foreign", "foreign"),
];
