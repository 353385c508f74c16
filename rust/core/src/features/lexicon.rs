//! Which groups a word belongs to, looked up by the hash that the scan has anyway.
//!
//! The table is made at compile time. A filter of one bit for each hash keeps the table out of the way of the words
//! that are in no group, which is most of them.

use super::hash::{pair_hash, word_hash};
use super::lexicon_words::WORDS;

/// A group of words that says something about what is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Group {
    Common,
    Question,
    Reasoning,
    Proof,
    Mathematics,
    Code,
    Science,
    Medicine,
    Law,
    Business,
    Humanities,
    Steps,
    Constraint,
    Format,
    Comparison,
    Negation,
    Condition,
    Quantifier,
    Lookup,
    Chat,
    Creative,
    Editing,
    Agentic,
    Unit,
    NumberWord,
    Hard,
}

/// How many groups there are.
pub(super) const GROUPS: usize = Group::Hard as usize + 1;

/// One byte for each group, eight to a number, so that counting a word in all its groups is four additions.
pub(super) type Lanes = [u64; 4];

const SLOTS: usize = 8192;
const FILTER_BITS: usize = 32_768;
/// How many different sets of groups the words may have between them.
const SETS: usize = 256;

struct Table {
    filter: [u64; FILTER_BITS / 64],
    /// The hash of the word in each slot.
    keys: [u32; SLOTS + 1],
    /// The set of groups of the word in each slot; 0 is the empty set, and the last slot keeps it.
    sets: [u8; SLOTS + 1],
    /// The groups of each set, as lanes of 0 and 1.
    lanes: [Lanes; SETS],
}

// Some two thousand words are hashed while compiling.
#[allow(long_running_const_eval)]
static TABLE: Table = build();

/// The groups of a word (or of a pair of characters, by [`pair_hash`]) as lanes, and whether it is in any.
///
/// Whether a word is listed is a coin toss to a branch predictor, so the common path has no branch on it: an unlisted
/// word reads the empty slot at the end of the table.
#[inline]
pub(super) fn lanes(hash: u32) -> (&'static Lanes, bool) {
    let bit = hash as usize % FILTER_BITS;
    // All ones where the filter knows the word, else zero: chooses between the word's slot and the last one.
    let listed = ((TABLE.filter[bit / 64] >> (bit % 64) & 1) as u32).wrapping_neg();
    let slot = SLOTS ^ ((SLOTS ^ (hash as usize % SLOTS)) & listed as usize);
    let set = if (TABLE.keys[slot] ^ hash) & listed == 0 { TABLE.sets[slot] } else { probe(hash, slot) };
    (&TABLE.lanes[set as usize], set != 0)
}

#[cold]
fn probe(hash: u32, mut slot: usize) -> u8 {
    while TABLE.sets[slot] != 0 && TABLE.keys[slot] != hash {
        slot = (slot + 1) % SLOTS;
    }
    TABLE.sets[slot]
}

/// The table while it is made: groups are bits, and become sets at the end.
struct Draft {
    filter: [u64; FILTER_BITS / 64],
    keys: [u32; SLOTS + 1],
    groups: [u32; SLOTS + 1],
}

#[allow(clippy::large_stack_arrays)]
const fn build() -> Table {
    let draft = draft();
    let mut table =
        Table { filter: draft.filter, keys: draft.keys, sets: [0; SLOTS + 1], lanes: [[0; 4]; SETS] };
    let mut known = [0u32; SETS];
    let mut count = 1;
    let mut slot = 0;
    while slot < SLOTS {
        let groups = draft.groups[slot];
        if groups != 0 {
            let mut set = 1;
            while set < count && known[set] != groups {
                set += 1;
            }
            if set == count {
                known[set] = groups;
                count += 1;
                let mut group = 0;
                while group < GROUPS {
                    table.lanes[set][group / 8] |= (groups >> group & 1) as u64 * (1 << (8 * (group % 8)));
                    group += 1;
                }
            }
            table.sets[slot] = set as u8;
        }
        slot += 1;
    }
    table
}

// Evaluated by the compiler, which has no stack to overflow.
#[allow(clippy::large_stack_arrays)]
const fn draft() -> Draft {
    let mut draft = Draft { filter: [0; FILTER_BITS / 64], keys: [0; SLOTS + 1], groups: [0; SLOTS + 1] };
    let mut used = 0;
    let mut g = 0;
    while g < WORDS.len() {
        let (group, words) = WORDS[g];
        let bytes = words.as_bytes();
        let mut start = 0;
        let mut at = 0;
        while at <= bytes.len() {
            if at == bytes.len() || bytes[at] == b' ' {
                if at > start {
                    used += insert(&mut draft, entry_hash(bytes.split_at(at).0.split_at(start).1), group);
                }
                start = at + 1;
            }
            at += 1;
        }
        g += 1;
    }
    // The probe sequence must always meet an empty slot soon.
    assert!(used * 2 < SLOTS);
    draft
}

const fn insert(draft: &mut Draft, hash: u32, group: Group) -> usize {
    let bit = hash as usize % FILTER_BITS;
    draft.filter[bit / 64] |= 1 << (bit % 64);
    let mut slot = hash as usize % SLOTS;
    while draft.groups[slot] != 0 && draft.keys[slot] != hash {
        slot = (slot + 1) % SLOTS;
    }
    let new = draft.groups[slot] == 0;
    draft.keys[slot] = hash;
    draft.groups[slot] |= 1 << group as u32;
    new as usize
}

/// Two characters of a script without spaces are looked up as a pair; everything else as one word.
const fn entry_hash(entry: &[u8]) -> u32 {
    if entry.len() == 6 && entry[0] >= 0xE3 && entry[3] >= 0xE3 {
        let (first, second) = entry.split_at(3);
        return pair_hash(word_hash(first), word_hash(second));
    }
    word_hash(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_word_is_found_in_its_group() {
        for (group, words) in WORDS {
            for word in words.split(' ') {
                let (lanes, listed) = lanes(entry_hash(word.as_bytes()));
                assert!(
                    listed && lanes[*group as usize / 8].to_le_bytes()[*group as usize % 8] == 1,
                    "{word} in {group:?}"
                );
            }
        }
    }

    #[test]
    fn lists_hold_single_words_in_lower_case() {
        for (_, words) in WORDS {
            for word in words.split(' ') {
                assert!(!word.is_empty() && word.to_lowercase() == *word, "{word:?}");
            }
        }
    }

    #[test]
    fn other_words_are_in_no_group() {
        for word in ["asic", "outlet", "using", "zyzzyva", ""] {
            assert!(!lanes(word_hash(word.as_bytes())).1, "{word}");
        }
    }
}
