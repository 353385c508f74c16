//! Stable hashes of words and word pairs. They are equal in every language and on every machine, because trained weights are
//! looked up by them.
//!
//! A word's lower-cased bytes are read in blocks of 16 (the last one zero-padded) as two little-endian 64-bit numbers, and folded
//! by a 64 × 64 → 128 bit multiplication, as wyhash does.

const SEED: u64 = 0x9E37_79B9_7F4A_7C15;
const KEY: u64 = 0xC2B2_AE3D_27D4_EB4F;

/// The most bytes of a word that is hashed by one load.
pub(super) const SHORT: usize = 16;
/// The first `i` bytes of sixteen, as two halves.
pub(super) const KEEP: [[u64; SHORT + 1]; 2] = {
    let mut keep = [[u64::MAX; SHORT + 1]; 2];
    let mut i = 0;
    while i < 8 {
        keep[0][i] = (1 << (8 * i)) - 1;
        keep[1][i] = 0;
        keep[1][i + 8] = keep[0][i];
        i += 1;
    }
    keep
};

/// The hash of a lower-cased word. ASCII capitals are folded here, too.
///
/// ```
/// use rheostat::features::word_hash;
/// assert_eq!(word_hash(b"Prove"), word_hash(b"prove"));
/// assert_ne!(word_hash(b"prove"), word_hash(b"proven"));
/// ```
pub const fn word_hash(word: &[u8]) -> u32 {
    let mut state = start(word.len());
    let mut at = 0;
    while at < word.len() {
        let mut halves = [0u64; 2];
        let mut i = 0;
        while i < 16 && at + i < word.len() {
            halves[i / 8] |= (fold_case(word[at + i]) as u64) << (8 * (i % 8));
            i += 1;
        }
        state = step(state, halves[0], halves[1]);
        at += 16;
    }
    finish(state)
}

/// [`word_hash`], eight bytes at a time.
pub(super) fn hash_of(word: &[u8]) -> u32 {
    let (blocks, rest) = word.as_chunks::<16>();
    let mut state = start(word.len());
    let halves = |block: &[u8; 16]| {
        let (halves, _) = block.as_chunks::<8>();
        [folded(u64::from_le_bytes(halves[0])), folded(u64::from_le_bytes(halves[1]))]
    };
    for block in blocks {
        let [low, high] = halves(block);
        state = step(state, low, high);
    }
    if !rest.is_empty() {
        let mut last = [0; 16];
        last[..rest.len()].copy_from_slice(rest);
        let kept = u128::MAX >> (8 * (16 - rest.len()));
        let [low, high] = halves(&last);
        state = step(state, low & kept as u64, high & (kept >> 64) as u64);
    }
    finish(state)
}

/// The hash of a word in a text in which sixteen bytes can be read from its start.
#[inline]
pub(super) fn hash_at(text: &[u8], from: usize, length: usize) -> u32 {
    let block = text.get(from..).and_then(|rest| rest.first_chunk::<SHORT>());
    let Some(block) = block.filter(|_| (1..=SHORT).contains(&length)) else {
        return hash_of(text.get(from..from + length).unwrap_or_default());
    };
    let (halves, _) = block.as_chunks::<8>();
    let [low, high] = [u64::from_le_bytes(halves[0]), u64::from_le_bytes(halves[1])].map(folded);
    finish(step(start(length), low & KEEP[0][length], high & KEEP[1][length]))
}

/// Eight bytes by [`fold_case`].
fn folded(bytes: u64) -> u64 {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    bytes | (!bytes & HIGH) >> 2
}

/// The hash of a number. All numbers of one length are one word; so are all of sixteen digits and more.
pub(super) fn number_hash(digits: u32) -> u32 {
    NUMBERS[digits.min(16) as usize]
}

const NUMBERS: [u32; 17] = {
    let mut hashes = [0; 17];
    let mut digits = 0;
    while digits <= 16 {
        hashes[digits] = word_hash([b'0'; 16].split_at(digits).0);
        digits += 1;
    }
    hashes
};

/// Placeholder of a word that has not been hashed yet.
pub(super) const UNHASHED: u32 = 0;

/// The hash of two neighbouring words, in order.
pub const fn pair_hash(first: u32, second: u32) -> u32 {
    let x = ((first as u64) << 32 | second as u64) ^ KEY;
    let product = (x as u128).wrapping_mul((SEED ^ second as u64) as u128);
    (product as u64 ^ (product >> 64) as u64) as u32
}

/// The hash of a word of one character of three bytes: that of its UTF-8.
#[inline]
pub(super) fn character_hash([a, b, c]: [u8; 3]) -> u32 {
    finish(step(start(3), u64::from(a) | u64::from(b) << 8 | u64::from(c) << 16, 0))
}

pub(super) const fn start(length: usize) -> u64 {
    SEED ^ length as u64
}

pub(super) const fn step(state: u64, low: u64, high: u64) -> u64 {
    let product = ((low ^ state) as u128).wrapping_mul((high ^ KEY) as u128);
    product as u64 ^ (product >> 64) as u64
}

pub(super) const fn finish(state: u64) -> u32 {
    (state ^ state >> 32) as u32
}

/// Lower case for ASCII letters. Setting bit 5 keeps digits and sends the underscore to 0x7F, which no word contains. So the fast
/// path can fold sixteen bytes with one OR.
const fn fold_case(byte: u8) -> u8 {
    if byte < 0x80 { byte | 0x20 } else { byte }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn words_hash_eight_bytes_at_a_time(word in prop::collection::vec(any::<u8>(), 0..60), text in "[A-Za-zаЯع_9é]{0,40}") {
            prop_assert_eq!(hash_of(&word), word_hash(&word));
            prop_assert_eq!(hash_of(text.as_bytes()), word_hash(text.as_bytes()));
            let padded = [b"ab", &word[..], &[0xFF; 16]].concat();
            prop_assert_eq!(hash_at(&padded, 2, word.len()), word_hash(&word));
        }
    }

    #[test]
    fn a_character_hashes_as_its_bytes_do() {
        for c in ["証", "한", "ก", "あ"] {
            let bytes = *c.as_bytes().first_chunk().unwrap();
            assert_eq!(character_hash(bytes), word_hash(c.as_bytes()));
        }
    }

    #[test]
    fn hashes_are_pinned() {
        // Trained weights are looked up by these: a change here is a new artifact version.
        assert_eq!(word_hash(b""), 0xE17D_05AC);
        assert_eq!(word_hash(b"prove"), 0x9712_980B);
        assert_eq!(word_hash("beweise naïve über lange wörter".as_bytes()), 0xA6C1_9F54);
        assert_eq!(pair_hash(1, 2), 0xFA97_F551);
    }
}
