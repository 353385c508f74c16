//! The running counts of one scan, and how they become the vector.
#![allow(clippy::inline_always)] // so that it takes on the instructions of its caller (`simd::widest`)

use super::lexicon::{GROUPS, Lanes, lanes};
use super::spec::{COUNT, Feature, Kind, SPECS};

/// Counts by feature, and the few sums that shares are made of.
#[derive(Debug, Clone)]
pub(super) struct Tally {
    /// By feature; the last place is for bytes that no feature counts.
    pub(super) counts: [u32; COUNT + 1],
    pub(super) word_bytes: u32,
    pub(super) long_words: u32,
    pub(super) unknown_words: u32,
    pub(super) distinct: u32,
    pub(super) repeated_pairs: u32,
    pub(super) upper: u32,
    /// Estimated tokens, in 64ths.
    pub(super) tokens_64: u32,
    /// What the lengths of words say of those whose tokens are in `tokens_64` already.
    pub(super) counted_tokens_64: u32,
    /// The word that the present sentence began with.
    pub(super) sentence_start: u32,
}

/// The feature that counts a group's words; that of `Common` becomes a share at the end.
const GROUP_FEATURE: [Feature; GROUPS] = [
    Feature::CommonShare,
    Feature::QuestionWords,
    Feature::ReasoningWords,
    Feature::ProofWords,
    Feature::MathWords,
    Feature::CodeWords,
    Feature::ScienceWords,
    Feature::MedicineWords,
    Feature::LawWords,
    Feature::BusinessWords,
    Feature::HumanitiesWords,
    Feature::StepWords,
    Feature::ConstraintWords,
    Feature::FormatWords,
    Feature::ComparisonWords,
    Feature::NegationWords,
    Feature::ConditionWords,
    Feature::QuantifierWords,
    Feature::LookupWords,
    Feature::ChatWords,
    Feature::CreativeWords,
    Feature::EditingWords,
    Feature::AgenticWords,
    Feature::UnitWords,
    Feature::NumberWords,
    Feature::HardWords,
];

impl Tally {
    pub(super) fn new() -> Self {
        Self {
            counts: [0; COUNT + 1],
            word_bytes: 0,
            long_words: 0,
            unknown_words: 0,
            distinct: 0,
            repeated_pairs: 0,
            upper: 0,
            tokens_64: 0,
            counted_tokens_64: 0,
            sentence_start: 0,
        }
    }

    #[inline]
    pub(super) fn add(&mut self, feature: Feature, by: u32) {
        self.counts[feature as usize] += by;
    }

    #[inline]
    pub(super) fn at_least(&mut self, feature: Feature, value: u32) {
        let count = &mut self.counts[feature as usize];
        *count = (*count).max(value);
    }

    pub(super) fn get(&self, feature: Feature) -> u32 {
        self.counts[feature as usize]
    }

    /// Counts the groups of pairs of characters.
    pub(super) fn look_up_pairs(&mut self, pairs: &[u32]) {
        for pairs in pairs.chunks(255) {
            let mut sums: Lanes = [0; 4];
            for &pair in pairs {
                sums = sum(sums, lanes(pair).0);
            }
            self.add_groups(sums);
        }
    }

    #[inline(always)]
    pub(super) fn add_groups(&mut self, sums: Lanes) {
        let bytes = sums.map(u64::to_le_bytes);
        for (&feature, &sum) in GROUP_FEATURE.iter().zip(bytes.as_flattened()) {
            self.add(feature, u32::from(sum));
        }
    }

    /// A sentence has ended after `words` words, if one had begun.
    pub(super) fn end_sentence(&mut self, words: usize) {
        let length = words as u32 - self.sentence_start;
        if length > 0 {
            self.add(Feature::Sentences, 1);
            self.at_least(Feature::LongestSentence, length);
            self.sentence_start = words as u32;
        }
    }

    /// Fills the raw vector: counts as they are, shares as quotients.
    #[inline(always)]
    pub(super) fn values(&self, words: usize, values: &mut [f32; COUNT]) {
        for (value, &count) in values.iter_mut().zip(&self.counts) {
            *value = count as f32;
        }
        let mut set = |feature: Feature, part: u32, whole: u32| {
            values[feature as usize] = part as f32 / whole.max(1) as f32;
        };
        let characters = self.get(Feature::Characters);
        for script in Feature::Latin as usize..=Feature::OtherScript as usize {
            values_share(&mut set, script, self.counts[script], characters);
        }
        let words = words as u32;
        let limited = words.min(super::seen::Seen::LIMIT as u32);
        set(Feature::WordLength, self.word_bytes, words);
        set(Feature::LongWords, self.long_words, words);
        set(Feature::CommonShare, self.get(Feature::CommonShare), words);
        set(Feature::UnknownShare, self.unknown_words, words);
        set(Feature::DistinctShare, self.distinct, limited);
        set(Feature::RepeatedPairs, self.repeated_pairs, limited);
        set(Feature::UpperShare, self.upper, self.get(Feature::Bytes));
        values[Feature::Words as usize] = words as f32;
        values[Feature::Tokens as usize] = self.tokens_64.div_ceil(64) as f32;
    }
}

#[inline(always)]
fn values_share(set: &mut impl FnMut(Feature, u32, u32), script: usize, part: u32, whole: u32) {
    const SCRIPTS: [Feature; 11] = [
        Feature::Latin,
        Feature::Greek,
        Feature::Cyrillic,
        Feature::Hebrew,
        Feature::Arabic,
        Feature::Indic,
        Feature::SoutheastAsian,
        Feature::Han,
        Feature::Kana,
        Feature::Hangul,
        Feature::OtherScript,
    ];
    set(SCRIPTS[script - Feature::Latin as usize], part, whole);
}

/// Lane by lane. Written out, so that a running sum stays in a register.
#[inline(always)]
pub(super) fn sum(a: Lanes, b: &Lanes) -> Lanes {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]]
}

/// What a linear model reads: log₂(1 + x) of counts, shares as they are.
///
/// The logarithm is interpolated linearly between powers of two, which is exact in every language (it is a shift of
/// the number's own bits) and monotone; it differs from the true one by less than 0.09.
#[inline(always)]
pub(super) fn squash(values: &[f32; COUNT], inputs: &mut [f32; COUNT]) {
    for ((input, &value), is_count) in inputs.iter_mut().zip(values).zip(IS_COUNT) {
        let log = ((1.0 + value).to_bits() - 1.0f32.to_bits()) as f32 / (1 << 23) as f32;
        *input = if is_count { log } else { value };
    }
}

const IS_COUNT: [bool; COUNT] = {
    let mut is_count = [false; COUNT];
    let mut i = 0;
    while i < COUNT {
        is_count[i] = matches!(SPECS[i].kind, Kind::Count);
        i += 1;
    }
    is_count
};
