//! The counters of one scan, and the vector that is made of them.
#![allow(clippy::inline_always)] // compiled again with the instructions of the caller (`simd::widest`)

use super::lexicon::{GROUPS, HEAD, Lanes, UNKNOWN};
use super::lexicon_words::Group;
use super::spec::{COUNT, Feature, WIDTH};

/// Counts by feature, and the few sums that shares are made of.
#[derive(Debug, Clone)]
pub(super) struct Counters {
    /// By feature; one place more takes the bytes that no feature counts.
    pub(super) counts: [u32; WIDTH],
    pub(super) word_bytes: u32,
    pub(super) long_words: u32,
    pub(super) unknown_words: u32,
    /// Function words of English, and of other languages in Latin letters.
    english: u32,
    foreign: u32,
    /// Words that head a sentence on how to answer.
    pub(super) heads: u32,
    pub(super) upper: u32,
    /// Estimated tokens, in 64ths.
    pub(super) tokens_64: u32,
    /// The tokens that the lengths of words would give, in 64ths, for words that `tokens_64` includes already.
    pub(super) counted_tokens_64: u32,
    /// Index of the first word of the current sentence.
    pub(super) sentence_start: u32,
}

/// The feature that counts a group's words. The count of `Common` becomes a share at the end.
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
    Feature::DepthWords,
];

impl Counters {
    pub(super) fn new() -> Self {
        Self {
            counts: [0; WIDTH],
            word_bytes: 0,
            long_words: 0,
            unknown_words: 0,
            english: 0,
            foreign: 0,
            heads: 0,
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

    /// True if the words in Latin letters are those of another language than English: by function words, or, without any, by
    /// letters that English lacks.
    pub(super) fn is_foreign(&self) -> bool {
        self.foreign > self.english
            || (self.foreign + self.english == 0 && self.counts[Feature::Latin as usize] > 0)
    }

    /// True if there are signs of another language in Latin letters, beside English.
    pub(super) fn is_mixed(&self) -> bool {
        self.foreign > 0 || self.counts[Feature::Latin as usize] > 0
    }

    /// True if there are function words of English.
    pub(super) fn is_english(&self) -> bool {
        self.english > 0
    }

    /// True if there are letters of other scripts than Latin.
    pub(super) fn has_other_letters(&self) -> bool {
        SCRIPTS.iter().any(|&script| script != Feature::Latin && self.counts[script as usize] > 0)
    }

    /// Empties what [`add_groups`](Self::add_groups) counts.
    pub(super) fn forget_groups(&mut self) {
        for feature in GROUP_FEATURE {
            self.counts[feature as usize] = 0;
        }
        self.unknown_words = 0;
        self.heads = 0;
    }

    /// Not inlined, so that the compiler keeps the caller's sums in one vector.
    #[inline(never)]
    pub(super) fn add_groups(&mut self, sums: &Lanes) {
        let bytes = sums.map(u64::to_le_bytes);
        for (&feature, &sum) in GROUP_FEATURE.iter().zip(bytes.as_flattened()) {
            self.add(feature, u32::from(sum));
        }
        let count = |lane: usize| u32::from(bytes.as_flattened()[lane]);
        self.unknown_words += count(UNKNOWN);
        self.english += count(Group::English as usize);
        self.foreign += count(Group::Foreign as usize);
        self.heads += count(HEAD);
    }

    /// Takes a word out of its groups.
    pub(super) fn take_out(&mut self, lanes: &Lanes) {
        for (&feature, &lane) in GROUP_FEATURE.iter().zip(lanes.map(u64::to_le_bytes).as_flattened()) {
            self.counts[feature as usize] -= u32::from(lane);
        }
    }

    /// Ends the current sentence after `words` words. False if it has none.
    pub(super) fn end_sentence(&mut self, words: usize) -> bool {
        let length = words as u32 - self.sentence_start;
        if length == 0 {
            return false;
        }
        self.add(Feature::Sentences, 1);
        self.at_least(Feature::LongestSentence, length);
        self.sentence_start = words as u32;
        true
    }

    /// Fills the raw vector (counts as they are, shares as quotients) and the inputs of a linear model (logarithms of counts,
    /// shares as they are).
    #[inline(always)]
    pub(super) fn fill(&mut self, words: usize, values: &mut [f32; WIDTH], inputs: &mut [f32; WIDTH]) {
        let words = words as u32;
        self.counts[COUNT] = 0;
        self.counts[Feature::Words as usize] = words;
        self.counts[Feature::Tokens as usize] = self.tokens_64.div_ceil(64);
        for ((value, input), &count) in values.iter_mut().zip(inputs.iter_mut()).zip(&self.counts) {
            *value = count as i32 as f32;
            *input = log2_of_one_more(*value);
        }
        let (bytes, characters) = (self.get(Feature::Bytes), self.get(Feature::Characters));
        let shares = [
            (Feature::WordLength, self.word_bytes, words),
            (Feature::LongWords, self.long_words, words),
            (Feature::CommonShare, self.get(Feature::CommonShare), words),
            (Feature::UnknownShare, self.unknown_words, words),
            (Feature::UpperShare, self.upper, bytes),
        ];
        let mut set = |feature: Feature, part: u32, whole: u32| {
            let share = part as f32 / whole.max(1) as f32;
            (values[feature as usize], inputs[feature as usize]) = (share, share);
        };
        for (feature, part, whole) in shares {
            set(feature, part, whole);
        }
        if characters < bytes {
            // Pure ASCII has no characters of these scripts.
            for script in SCRIPTS {
                set(script, self.counts[script as usize], characters);
            }
        }
    }
}

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

/// Adds lane by lane.
#[inline(always)]
pub(super) fn add(sums: &mut Lanes, lanes: &Lanes) {
    for (sum, lane) in sums.iter_mut().zip(lanes) {
        *sum += lane;
    }
}

/// log₂(1 + x), interpolated linearly between powers of two: monotone, equal in every language (it shifts the number's own bits),
/// and less than 0.09 from the true value.
#[inline(always)]
fn log2_of_one_more(x: f32) -> f32 {
    ((1.0 + x).to_bits() as i32 - 1.0f32.to_bits() as i32) as f32 / (1 << 23) as f32
}

/// The estimated tokens of a word of ASCII by its length, in 64ths.
#[inline(always)]
pub(super) fn tokens_of(length: u32) -> u32 {
    64 + 10 * length.saturating_sub(6)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::{FeatureKind, SPECS};

    #[test]
    fn shares_are_those_that_are_filled_as_shares() {
        let mut counters = Counters::new();
        counters.counts.fill(3);
        counters.counts[Feature::Bytes as usize] = 1_000;
        let (mut values, mut inputs) = ([f32::NAN; WIDTH], [f32::NAN; WIDTH]);
        counters.fill(2, &mut values, &mut inputs);
        for ((spec, value), input) in SPECS.iter().zip(values).zip(inputs) {
            let wanted = if spec.kind == FeatureKind::Share { value } else { log2_of_one_more(value) };
            assert_eq!(input.to_bits(), wanted.to_bits(), "{}", spec.name);
        }
    }
}
