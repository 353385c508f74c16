//! Estimates the tokens of a sample of text by what it is: prose, code, digits, base64, other scripts.
//!
//! ```text
//! word      a token, and more for each letter from the seventh on; a capital within it begins another
//! capitals  in a row: an acronym, then a title or a sequence
//! digits    three a token, and the space before them
//! marks     a token, less behind another mark or the same
//! other     each character outside ASCII, by its script
//! random    a run of letters and digits that change often, as in base64 and hashes: 1.4 bytes a token
//! ```
//!
//! The rates are those of byte-pair tokenizers (`cl100k`, `o200k`); `docs/query.md` has the measured ratios. Each rule is one or two
//! masks of the sample's bytes, whose bits are counted: there is no loop over bytes and no branch on one.
#![allow(clippy::inline_always)] // compiled again with the instructions of the caller (`simd::widest`)

use crate::simd::sample::{Padded, SAMPLE, Sample, sample};
use crate::simd::widest::{Work, widest};

/// Tokens of a character outside ASCII, in 64ths, by its first byte: between those of `cl100k` and `o200k` on its script.
const fn by_script(lead: u8) -> u8 {
    match lead {
        0xCC | 0xCD => 40,
        0xCE | 0xCF => 50,
        0xD0..=0xD3 => 28,
        0xD6 | 0xD7 => 52,
        0xD8..=0xDB => 38,
        0xE0 => 66,
        0xE1 => 70,
        0xE2..=0xE9 => 64,
        0xEA..=0xEF => 68,
        0xF0.. => 140,
        // Latin with diacritics stands within words.
        _ => 56,
    }
}

/// [`by_script`] of each first byte.
const SCRIPTS: [u8; 256] = {
    let mut tokens = [0; 256];
    let mut lead = 0;
    while lead < 256 {
        tokens[lead] = by_script(lead as u8);
        lead += 1;
    }
    tokens
};

/// Tokens of a character, in 64ths, where the second byte tells scripts apart.
#[inline(always)]
fn by_lead(lead: u8, second: u8) -> u64 {
    match (lead, second) {
        // Georgian, Ethiopic, Burmese, Khmer and others; then Latin with two diacritics, as Vietnamese has it.
        (0xE1, 0x80..=0xB7) => 130,
        // Braille.
        (0xE2, 0xA0..=0xA3) => 160,
        _ => u64::from(SCRIPTS[usize::from(lead)]),
    }
}

/// The estimated tokens of a text of up to 128 bytes, in 64ths; of a longer one, those of its beginning.
///
/// ```
/// use rheostat::query::tokens_64;
/// assert!(tokens_64(b"a few words of prose") < tokens_64(b"0.8271,0.9175,0.223"));
/// ```
pub fn tokens_64(text: &[u8]) -> u64 {
    let text = text.get(..SAMPLE).unwrap_or(text);
    let mut padded = [0; 1 + SAMPLE];
    padded[1..=text.len()].copy_from_slice(text);
    widest(Count { padded: &padded, length: text.len() })
}

struct Count<'a> {
    padded: &'a Padded,
    length: usize,
}

impl Work for Count<'_> {
    type Output = u64;

    #[inline(always)]
    fn run(self) -> u64 {
        let masks = sample(self.padded);
        // A character that begins before the text: its bytes count for nothing.
        if masks.high & !masks.lead & !(masks.high << 1) != 0 {
            return without_strays(&self.padded[1..=self.length]);
        }
        count(&masks, self.padded, self.length)
    }
}

/// The tokens of a text without the bytes that continue no character.
#[cold]
fn without_strays(text: &[u8]) -> u64 {
    let (mut kept, mut length, mut inside) = ([0; SAMPLE], 0, false);
    for &byte in text {
        inside = byte >= 0xC0 || inside && byte >= 0x80;
        if inside || byte < 0x80 {
            kept[length] = byte;
            length += 1;
        }
    }
    tokens_64(&kept[..length])
}

#[inline(always)]
fn ones(mask: u128) -> u64 {
    u64::from(mask.count_ones())
}

#[inline(always)]
fn count(masks: &Sample, padded: &Padded, length: usize) -> u64 {
    let Sample { lower, upper, digit, space, line, high, lead, same } = *masks;
    let letter = lower | upper;
    let within = u128::MAX.checked_shl(length as u32).map_or(u128::MAX, |behind| !behind);
    let mark = within & !(letter | digit | space | line | high);
    // A text begins as behind a space.
    let behind_space = space << 1 | 1;
    let mut tokens = 4 * ones(space & behind_space) + 38 * ones(line) + 56 * ones(mark);
    let repeated = mark & mark << 1;
    tokens -= 30 * ones(line & line << 1) + 22 * ones(repeated) + 22 * ones(repeated & same);

    // Words begin behind anything else, and at a capital behind a small letter.
    let begins = letter & !(letter << 1);
    let joint = upper & lower << 1;
    // Letters that go on with a word, by how many of those before do so, too.
    let more = letter & !(begins | joint);
    let two = more & more << 1;
    let four = two & two << 2;
    let six = four & two << 4;
    let seven = six & more << 6;
    let capitals = upper & upper << 1;
    let first = digit & !(digit << 1);
    let (mut thirds, mut next) = (first, first);
    while next != 0 {
        next = next << 3 & digit & digit << 1 & digit << 2;
        thirds |= next;
    }

    // Changes between letters and digits, and from small letters to capitals.
    let changes = joint | letter & digit << 1 | digit & letter << 1;
    let mut plain = within;
    if ones(changes) >= 3 {
        let mut runs = letter | digit;
        while runs != 0 {
            let start = runs.trailing_zeros();
            let bytes = (runs >> start).trailing_ones();
            let run = u128::MAX >> (SAMPLE as u32 - bytes) << start;
            let changed = ones(changes & run);
            if changed >= 3 && bytes >= 8 && changed * 6 >= u64::from(bytes) {
                plain &= !run;
                tokens += 45 * u64::from(bytes);
            }
            runs &= !run;
        }
    }
    let small = plain & !capitals;
    tokens += 67 * ones(begins & plain) + 56 * ones(joint & plain);
    tokens += 10 * ones(six & small) + 12 * ones(seven & small);
    tokens += 14 * (ones(capitals & plain) + ones(capitals & four & plain));
    tokens += 40 * ones(first & behind_space & plain) + 64 * ones(thirds & plain);

    let mut leads = lead;
    while leads != 0 {
        let at = leads.trailing_zeros() as usize;
        if let Some([lead, second]) = padded.get(at + 1..).and_then(|rest| rest.first_chunk()) {
            tokens += by_lead(*lead, *second);
        } else {
            // The last byte of the sample.
            tokens += by_lead(padded[SAMPLE], 0);
        }
        leads &= leads - 1;
    }
    tokens
}

#[cfg(test)]
#[path = "../../tests/unit/query/tokens.rs"]
mod tests;
