//! Looks up the groups of a word by the hash that the scan has computed already.
//!
//! The table is built at compile time by perfect hashing with displacement (Belazzougui, Botelho and Dietzfelbinger 2009): the
//! words of a bucket share a factor that sends each to its own slot. A look-up takes one probe and no branch; whether a word is
//! listed is unpredictable.
#![allow(clippy::inline_always)] // compiled again with the instructions of the caller (`simd::widest`)

use super::frame_words::{FRAMES, Frame};
use super::hash::word_hash;
use super::lexicon_words::{Group, WORDS};
use super::manner_words::HEADS;
use std::hint::select_unpredictable;

/// Number of groups that are features.
pub(super) const GROUPS: usize = Group::Depth as usize + 1;
/// The lane after those of all groups: words of at least [`NOT_SHORT`] bytes that are in no group.
pub(super) const UNKNOWN: usize = Group::Foreign as usize + 1;
/// The lane behind it: words that head a sentence on how to answer (`manner`). They may be unknown, too, by the length of the English word.
pub(super) const HEAD: usize = UNKNOWN + 1;
/// Bytes from which a word without a group counts as unknown.
const NOT_SHORT: u32 = 5;

/// One byte per group, eight to a number: counting a word in all its groups takes four additions.
pub(super) type Lanes = [u64; 4];

const BUCKETS: usize = 512;
const SLOTS: usize = 1 << SLOT_BITS;
const SLOT_BITS: u32 = 12;
/// The most different sets of groups and parts.
const SETS: usize = 256;
/// The most words of one bucket.
const MOST: usize = 16;

/// The groups of work: a short choice between words of these takes a judgement.
const TOPICAL: u64 = 1 << Group::Code as u32
    | 1 << Group::Medicine as u32
    | 1 << Group::Law as u32
    | 1 << Group::Business as u32
    | 1 << Group::Agentic as u32;

/// The heavy groups.
const HEAVY: u64 = 1 << Group::Reasoning as u32
    | 1 << Group::Proof as u32
    | 1 << Group::Mathematics as u32
    | 1 << Group::Agentic as u32
    | 1 << Group::Hard as u32
    | 1 << Group::Depth as u32;

struct Table {
    /// By the lowest bits of a hash, the factor that finds its slot.
    factors: [u32; BUCKETS],
    /// The hash of the word in each slot.
    keys: [u32; SLOTS],
    /// The set of groups of the word in each slot, then that of words without a slot: short ones, and others.
    sets: [u8; SLOTS + 2],
    /// The groups of each set, as lanes of 0 and 1.
    lanes: [Lanes; SETS],
    /// The part that the words of each set play in an ask.
    frames: [Frame; SETS],
    /// True if the words of each set are as hard as their use: in a text that is only quoted, they say nothing.
    heavy: [bool; SETS],
    /// True if the words of each set are those of a profession.
    topical: [bool; SETS],
    /// True if the words of each set head a sentence on how to answer.
    heads: [bool; SETS],
}

// Some two thousand words are hashed while compiling.
#[allow(long_running_const_eval)]
static TABLE: Table = build();

/// The set of groups of a word of `length` bytes.
#[inline(always)]
pub(super) fn set(hash: u32, length: u32) -> u8 {
    let slot = slot(hash, TABLE.factors[hash as usize % BUCKETS]);
    // Selects between places, not sets: a load that depended on the outcome would become a branch.
    let without = SLOTS + usize::from(length >= NOT_SHORT);
    TABLE.sets[select_unpredictable(TABLE.keys[slot] == hash, slot, without)]
}

/// The groups of a set, as lanes.
#[inline(always)]
pub(super) fn lanes(set: u8) -> &'static Lanes {
    &TABLE.lanes[set as usize]
}

/// The part that the words of a set play in an ask.
#[inline(always)]
pub(super) fn frame(set: u8) -> Frame {
    TABLE.frames[set as usize]
}

/// True if the words of a set are those of a profession: code, medicine, law, business, systems.
pub(super) fn is_topical(set: u8) -> bool {
    TABLE.topical[set as usize]
}

/// True if the words of a set head a sentence on how to answer.
pub(super) fn is_head(set: u8) -> bool {
    TABLE.heads[set as usize]
}

/// True if the words of a set are heavy: of a group whose words say nothing where they are only mentioned.
#[inline]
pub(super) fn is_heavy(set: u8) -> bool {
    TABLE.heavy[set as usize]
}

#[inline(always)]
const fn slot(hash: u32, factor: u32) -> usize {
    (hash.wrapping_mul(factor) >> (u32::BITS - SLOT_BITS)) as usize
}

/// The words by bucket, while the table is built.
struct Draft {
    hashes: [[u32; MOST]; BUCKETS],
    /// Bits of groups, and above them the number of a part. They become sets at the end.
    groups: [[u64; MOST]; BUCKETS],
    count: [usize; BUCKETS],
}

#[allow(clippy::large_stack_arrays)] // evaluated by the compiler, which has no stack to overflow
const fn build() -> Table {
    let draft = draft();
    let mut table = Table {
        factors: [0; BUCKETS],
        keys: [0; SLOTS],
        sets: [0; SLOTS + 2],
        lanes: [[0; 4]; SETS],
        frames: [Frame::None; SETS],
        heavy: [false; SETS],
        topical: [false; SETS],
        heads: [false; SETS],
    };
    let mut taken = [false; SLOTS];
    let (mut known, mut sets) = ([0u64; SETS], 2);
    (known[1], table.lanes[1], table.sets[SLOTS + 1]) = (1 << UNKNOWN, spread(1 << UNKNOWN), 1);
    // The fullest buckets first: they need the most free slots.
    let mut size = MOST;
    while size > 0 {
        let mut bucket = 0;
        while bucket < BUCKETS {
            if draft.count[bucket] == size {
                let factor = factor(&draft.hashes[bucket], size, &taken);
                table.factors[bucket] = factor;
                let mut i = 0;
                while i < size {
                    let (hash, groups) = (draft.hashes[bucket][i], draft.groups[bucket][i]);
                    let slot = slot(hash, factor);
                    let mut set = 1;
                    while set < sets && known[set] != groups {
                        set += 1;
                    }
                    if set == sets {
                        known[set] = groups;
                        // A word that has a part and no group is in none.
                        table.lanes[set] = spread(groups as u32);
                        table.frames[set] = Frame::ALL[(groups >> u32::BITS) as usize];
                        table.heavy[set] = groups & HEAVY != 0;
                        table.topical[set] = groups & TOPICAL != 0;
                        table.heads[set] = groups & 1 << HEAD != 0;
                        sets += 1;
                    }
                    (table.keys[slot], table.sets[slot], taken[slot]) = (hash, set as u8, true);
                    i += 1;
                }
            }
            bucket += 1;
        }
        size -= 1;
    }
    table
}

/// A factor that sends the first `size` hashes to free slots, one each.
const fn factor(hashes: &[u32; MOST], size: usize, taken: &[bool; SLOTS]) -> u32 {
    let mut factor = 0x9E37_79B9_u32;
    loop {
        let mut i = 0;
        'fits: while i < size {
            let at = slot(hashes[i], factor);
            if taken[at] {
                break 'fits;
            }
            let mut j = 0;
            while j < i {
                if slot(hashes[j], factor) == at {
                    break 'fits;
                }
                j += 1;
            }
            i += 1;
        }
        if i == size {
            return factor;
        }
        factor = factor.wrapping_mul(0x2C1B_3C6D).wrapping_add(0x297A_2D38) | 1;
    }
}

/// Bits of groups as lanes.
const fn spread(groups: u32) -> Lanes {
    let mut lanes = [0; 4];
    let mut group = 0;
    while group <= HEAD {
        lanes[group / 8] |= (groups >> group & 1) as u64 * (1 << (8 * (group % 8)));
        group += 1;
    }
    lanes
}

#[allow(clippy::large_stack_arrays)] // as above
const fn draft() -> Draft {
    let mut draft = Draft { hashes: [[0; MOST]; BUCKETS], groups: [[0; MOST]; BUCKETS], count: [0; BUCKETS] };
    let mut g = 0;
    while g < WORDS.len() {
        let (group, words) = WORDS[g];
        insert_all(&mut draft, words, 1 << group as u32);
        g += 1;
    }
    let mut f = 0;
    while f < FRAMES.len() {
        let (frame, words) = FRAMES[f];
        insert_all(&mut draft, words, (frame as u64) << u32::BITS);
        f += 1;
    }
    insert_all(&mut draft, HEADS, 1 << HEAD);
    draft
}

const fn insert_all(draft: &mut Draft, words: &str, bits: u64) {
    let bytes = words.as_bytes();
    let mut start = 0;
    let mut at = 0;
    while at <= bytes.len() {
        if at == bytes.len() || bytes[at] == b' ' {
            if at > start {
                insert(draft, word_hash(bytes.split_at(at).0.split_at(start).1), at - start, bits);
            }
            start = at + 1;
        }
        at += 1;
    }
}

const fn insert(draft: &mut Draft, hash: u32, length: usize, bits: u64) {
    let bucket = hash as usize % BUCKETS;
    let mut i = 0;
    while i < draft.count[bucket] && draft.hashes[bucket][i] != hash {
        i += 1;
    }
    if i == draft.count[bucket] {
        draft.hashes[bucket][i] = hash;
        draft.count[bucket] += 1;
        // A head that is in no other list is as rare as it was.
        let unknown = bits == 1 << HEAD && length >= NOT_SHORT as usize;
        draft.groups[bucket][i] = (unknown as u64) << UNKNOWN;
    }
    draft.groups[bucket][i] |= bits;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lanes_of(word: &str) -> Lanes {
        *lanes(set(word_hash(word.as_bytes()), word.len() as u32))
    }

    #[test]
    fn every_listed_word_is_found_in_its_group() {
        for (group, words) in WORDS {
            for word in words.split(' ') {
                let lanes = lanes_of(word).map(u64::to_le_bytes);
                let lanes = lanes.as_flattened();
                assert!(lanes[*group as usize] == 1 && lanes[UNKNOWN] == 0, "{word} in {group:?}");
            }
        }
    }

    #[test]
    fn every_listed_word_plays_its_part() {
        for (part, words) in FRAMES {
            for word in words.split(' ') {
                assert_eq!(frame(set(word_hash(word.as_bytes()), word.len() as u32)), *part, "{word}");
            }
        }
        assert!(Frame::ALL.iter().enumerate().all(|(i, &part)| part as usize == i));
    }

    #[test]
    fn lists_hold_single_words_in_lower_case() {
        let words = WORDS.iter().map(|(_, words)| words).chain(FRAMES.iter().map(|(_, words)| words));
        for word in words.flat_map(|words| words.split(' ')) {
            assert!(!word.is_empty() && word.to_lowercase() == *word, "{word:?}");
        }
    }

    #[test]
    fn other_words_are_in_no_group() {
        for word in ["asic", "outlet", "using", "zyzzyva", ""] {
            let wanted = if word.len() >= 5 { spread(1 << UNKNOWN) } else { [0; 4] };
            assert_eq!(lanes_of(word), wanted, "{word}");
        }
    }
}
