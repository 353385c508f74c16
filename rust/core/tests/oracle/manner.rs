//! Leaves out words on how to answer, sentence by sentence, from the word lists' source.

use super::asks::PARTS;
use super::lexicon::word_hash;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

const SOURCE: &str = include_str!("../../src/features/manner_words.rs");
/// Parts in an ask that may begin none.
const NO_ASK: [&str; 16] = [
    "", "Filler", "To", "Wish", "Please", "And", "Or", "Versus", "Past", "Form", "Whole", "Fact", "Fault",
    "Below", "None", "Mention",
];

fn words_of(name: &str) -> impl Iterator<Item = &'static str> {
    let rest = SOURCE.split_once(&format!("const {name}:")).map_or("", |(_, rest)| rest);
    rest.split('"').nth(1).unwrap_or_default().split_whitespace().filter(|word| *word != "\\")
}

/// Hashes without their lowest bit: the words of a list.
fn list(name: &str) -> HashSet<u32> {
    words_of(name).map(|word| word_hash(word.as_bytes()) >> 1).collect()
}

static LENGTHS: LazyLock<HashMap<u32, usize>> =
    LazyLock::new(|| words_of("HEADS").map(|word| (word_hash(word.as_bytes()), word.len())).collect());
static HEADS: LazyLock<HashSet<u32>> = LazyLock::new(|| list("HEADS"));
static BIDS: LazyLock<HashSet<u32>> = LazyLock::new(|| list("BIDS"));
static TALK: LazyLock<HashSet<u32>> = LazyLock::new(|| list("TALK"));

fn is_head(hash: u32) -> bool {
    HEADS.contains(&(hash >> 1))
}

/// The bytes of a head.
pub(crate) fn length(hash: u32) -> Option<usize> {
    LENGTHS.get(&hash).copied()
}

/// A text that was read: its hashes before and after words were only mentioned, their bytes, and the bytes at which sentences end.
pub(crate) struct Text<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) terms: &'a [u32],
    pub(crate) words: &'a [u32],
    pub(crate) spans: &'a [[u32; 2]],
    pub(crate) ends: &'a [usize],
}

impl Text<'_> {
    /// The text without words on how to answer, if there are any.
    pub(crate) fn rest(&self) -> Option<Vec<u8>> {
        let mut parts: Vec<(usize, usize, &str, bool)> = Vec::new();
        let mut from = 0;
        for &end in self.ends {
            let to = from + self.spans[from..].iter().take_while(|span| (span[0] as usize) < end).count();
            let headed = self.terms[from..to].iter().any(|&term| is_head(term));
            match self.kind(from, to) {
                "matter" if !headed => parts.push((from, to, "matter", false)),
                "matter" => self.clauses(from, to, &mut parts),
                kind => parts.push((from, to, if self.asked(to) { "bidding" } else { kind }, false)),
            }
            from = to;
        }
        let matter: Vec<_> = parts.iter().filter(|part| part.2 == "matter").collect();
        let asks = matter.iter().any(|part| {
            let begins = |term: &u32| !NO_ASK.contains(&PARTS.get(term).copied().unwrap_or_default());
            self.terms[part.0..part.1].iter().any(begins) || self.asked(part.1)
        });
        if matter.is_empty() {
            return None;
        }
        let start = |word: usize| self.spans.get(word).map_or(self.bytes.len(), |span| span[0] as usize);
        let out: Vec<_> =
            parts.iter().filter(|part| part.2 == "manner" || (part.2 == "bidding" && asks)).collect();
        let (mut rest, mut at) = (Vec::new(), 0);
        for &&(from, to, _, trails) in &out {
            let behind = |word: usize| self.spans[word - 1][1] as usize;
            let [first, last] = if trails { [behind(from), behind(to)] } else { [start(from), start(to)] };
            rest.extend_from_slice(&self.bytes[at..first.max(at)]);
            at = last;
        }
        rest.extend_from_slice(&self.bytes[at..]);
        (!out.is_empty()).then(|| rest.trim_ascii_end().to_vec())
    }

    /// Manner and bidding by the words alone.
    fn kind(&self, from: usize, to: usize) -> &'static str {
        let has = |list: &HashSet<u32>| self.words[from..to].iter().any(|word| list.contains(&(word >> 1)));
        let listed = self.words[from..to]
            .iter()
            .all(|word| [&*HEADS, &*BIDS, &*TALK].iter().any(|list| list.contains(&(word >> 1))));
        if !listed || !has(&HEADS) {
            return "matter";
        }
        if has(&BIDS) { "bidding" } else { "manner" }
    }

    fn clauses(&self, from: usize, to: usize, parts: &mut Vec<(usize, usize, &'static str, bool)>) {
        let mut first = from;
        for place in from + 1..=to {
            if place < to && !self.ends_clause(place) {
                continue;
            }
            let manner = place - first >= 3 && self.kind(first, place) == "manner";
            parts.push((first, place, if manner { "manner" } else { "matter" }, place == to && first > from));
            first = place;
        }
    }

    /// The bytes between a word and the one before it, or the text's end.
    fn gap(&self, word: usize) -> String {
        let from = word.checked_sub(1).map_or(0, |last| self.spans[last][1] as usize);
        let to = self.spans.get(word).map_or(self.bytes.len(), |span| span[0] as usize);
        String::from_utf8_lossy(&self.bytes[from..to]).into_owned()
    }

    fn ends_clause(&self, word: usize) -> bool {
        let gap = self.gap(word);
        gap.contains([',', ';', ':', '(', ')', '\n', '，', '、', '；', '：', '،', '؛', '—', '–'])
            || gap.contains("--")
            || gap.contains(" -")
    }

    fn asked(&self, word: usize) -> bool {
        word > 0 && self.gap(word).contains(['?', '？', '؟'])
    }
}
