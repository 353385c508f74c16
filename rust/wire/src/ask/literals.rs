//! Finds any of many literals in one pass over a text, and words in a table.

use aho_corasick::packed::Searcher;
use memchr::memmem::Finder;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// A searcher for literals. Making one costs more than a search does.
#[derive(Debug)]
pub(super) enum Literals {
    /// With vectors, many at once.
    Together(Vec<Searcher>),
    /// One after the other, where the processor has no instructions for that, or the literals are too many.
    Each(Vec<Finder<'static>>),
}

/// The most literals of one pass: from there on a pass takes half as many bytes a step, which costs more than a second pass.
const TOGETHER: usize = 32;

impl Literals {
    /// A searcher for these literals.
    pub(super) fn new<'l>(literals: impl Iterator<Item = &'l str> + Clone) -> Self {
        let all: Vec<&str> = literals.clone().collect();
        let passes = all.len().div_ceil(TOGETHER).max(1);
        let together: Option<Vec<Searcher>> = all
            .chunks(all.len().div_ceil(passes).max(1))
            .map(|part| Searcher::new(part.iter().copied()))
            .collect();
        match together {
            Some(searchers) => Self::Together(searchers),
            None => Self::Each(literals.map(|literal| Finder::new(literal).into_owned()).collect()),
        }
    }

    /// True if one of them is in the text.
    #[inline]
    pub(super) fn is_in(&self, text: &[u8]) -> bool {
        match self {
            Self::Together(searchers) => searchers.iter().any(|searcher| searcher.find(text).is_some()),
            Self::Each(finders) => finders.iter().any(|finder| finder.find(text).is_some()),
        }
    }

    /// The place in the text of the first of them.
    pub(super) fn find_in(&self, text: &[u8]) -> Option<usize> {
        match self {
            Self::Together(searchers) => {
                searchers.iter().filter_map(|searcher| searcher.find(text)).map(|found| found.start()).min()
            }
            Self::Each(finders) => finders.iter().filter_map(|finder| finder.find(text)).min(),
        }
    }
}

/// A table by words.
pub(super) type WordMap<V> = HashMap<&'static str, V, BuildHasherDefault<WordHasher>>;

/// A set of words.
pub(super) type WordSet = HashSet<&'static str, BuildHasherDefault<WordHasher>>;

/// Hashes words by FNV-1a (Fowler, Noll and Vo): they are short, and the tables are our own.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct WordHasher(u64);

impl Hasher for WordHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
        }
    }

    fn finish(&self) -> u64 {
        // The map takes the upper bits, too.
        self.0 ^ self.0 << 32
    }
}

/// Calls `f` with the first `MOST` bytes of a text in small letters, without an allocation.
pub(super) fn lower_case<const MOST: usize, R>(text: &[u8], f: impl FnOnce(&[u8]) -> R) -> R {
    let mut copy = [0; MOST];
    let text = text.get(..MOST).unwrap_or(text);
    copy.split_at_mut(text.len()).0.copy_from_slice(text);
    // Whole blocks: the compiler makes vectors of them.
    let (blocks, rest) = copy.as_chunks_mut::<16>();
    blocks.iter_mut().take(text.len().div_ceil(16)).for_each(|block| block.make_ascii_lowercase());
    rest.make_ascii_lowercase();
    f(copy.get(..text.len()).unwrap_or_default())
}

/// A text in small letters. Those of most scripts are found without a search.
pub(super) fn small_letters(text: &[u8]) -> String {
    let text = std::str::from_utf8(text).map_or_else(|_| String::from_utf8_lossy(text), Cow::Borrowed);
    // The small letter of a sigma depends on what is around it.
    if text.is_ascii() || text.contains('Σ') {
        return text.to_lowercase();
    }
    let (mut lower, mut taken) = (String::with_capacity(text.len()), 0);
    for (at, c) in text.char_indices() {
        // Most letters are small: they are copied in runs.
        let small = matches!(c, '\0'..='@' | '['..='\x7F' | 'ß'..='ÿ' | 'а'..='џ' | '\u{591}'..='\u{DFF}')
            || matches!(c, '\u{3040}'..='\u{9FFF}' | '가'..='힣');
        if !small {
            lower.push_str(text.get(taken..at).unwrap_or_default());
            lower.extend(c.to_lowercase());
            taken = at + c.len_utf8();
        }
    }
    lower.push_str(text.get(taken..).unwrap_or_default());
    lower
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn small_letters_are_those_of_unicode() {
        for c in '\0'..=char::MAX {
            let text = format!("é{c}");
            assert_eq!(small_letters(text.as_bytes()), text.to_lowercase(), "{c}");
        }
        assert_eq!(small_letters("ΛΟΓΟΣ".as_bytes()), "λογος");
        assert_eq!(small_letters(b"\xFFA"), "\u{FFFD}a");
    }

    proptest! {
        #[test]
        fn literals_are_found_as_by_the_naive_way(text in "[abc]{0,80}", literals in prop::collection::vec("[abc]{1,6}", 1..70)) {
            let naive = literals.iter().filter_map(|literal| text.find(literal)).min();
            let all = || literals.iter().map(String::as_str);
            let each = Literals::Each(all().map(|literal| Finder::new(literal).into_owned()).collect());
            for literals in [Literals::new(all()), each] {
                prop_assert_eq!(literals.find_in(text.as_bytes()), naive);
                prop_assert_eq!(literals.is_in(text.as_bytes()), naive.is_some());
            }
        }
    }
}
