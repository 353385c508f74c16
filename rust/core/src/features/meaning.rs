//! Reads words of other languages as the English word of the same meaning, so that what was learned on English holds for them:
//! *demuestra*, *докажите* and 证明 all become *prove*, with its groups and its trained weights.
//!
//! ```text
//! which words   all of other scripts; those in Latin letters if the text has more foreign than English function words, or else
//!               where two words of another language stand between two English function words
//! phrase        from each word, follow the words behind it while the table has a longer phrase; take the longest that has a meaning
//! stem          else the longest beginning of the word (3 to 12 letters) that the table lists as a stem
//! particle      else, in Arabic letters, the same without the article and the particles that are written together with a word
//! ```
//!
//! Arabic marks of vowels and of doubled letters are optional in writing: a word that is unknown with them is read without them.
//!
//! A script without spaces has one word a character until here: a phrase of characters becomes one word. The table is made from
//! `training/meanings/*.txt` by `cargo run --example meanings`, which states its form.

use super::foreign::{decode, near};
use super::hash::{hash_at, hash_of, pair_hash};
use super::lexicon::lanes;
use super::lexicon_words::Group;
use super::scan::Scan;
use super::scripts::{Script, script, small};

/// `u32`s: bounds of the buckets of entries, entries, and hashes of English words; then the bits of [`BEGINNINGS`] and [`SIGNATURES`].
static TABLE: &[u8] = include_bytes!("../../assets/meanings.bin");
/// A key's upper bits choose its bucket. An entry has the lower ones, and below them the number of its English word.
const BUCKET_BITS: u32 = 12;
/// Bounds of the buckets: where each begins and the last one ends.
const BOUNDS: usize = (1 << BUCKET_BITS) + 1;
/// Number of an English word, from 1.
const NUMBER: u32 = (1 << BUCKET_BITS) - 1;
/// Start value of the hash of a stem, which is folded character by character.
const STEM: u32 = 0x5354_454D;
/// The most characters of a stem, and the fewest.
const STEM_LENGTH: std::ops::RangeInclusive<usize> = 3..=12;
/// Beginnings that are written together with an Arabic word, longest first: conjunctions, prepositions, the article.
const PARTICLES: [&str; 11] = ["وال", "بال", "فال", "كال", "ال", "لل", "و", "ب", "ف", "ل", "ك"];
/// Bits behind the hashes, by the upper bits of the hash of three letters: a stem begins with such.
const BEGINNINGS: usize = 1 << 16;
/// Bytes at the end of the table: for each bucket 64 bits, one for each value that the lowest six bits of its keys have. Most keys
/// that are looked up are none, and four in five of them are known by their bit.
const SIGNATURES: usize = 8 << BUCKET_BITS;
/// The words of another language that make a stretch foreign.
const SIGNS: usize = 2;
/// The most bytes of an Arabic word that is read without its marks.
const MARKED_BYTES: usize = 64;

/// The number of a key's English word; 0 of a key that only begins a longer phrase.
#[inline]
fn number(key: u32) -> Option<u32> {
    let bucket = (key >> (u32::BITS - BUCKET_BITS)) as usize;
    let signature = TABLE.get(TABLE.len() - SIGNATURES + 8 * bucket..)?.first_chunk().copied();
    if u64::from_le_bytes(signature?) >> (key % u64::BITS) & 1 == 0 {
        return None;
    }
    let (table, _) = TABLE.as_chunks::<4>();
    let [from, to] =
        [table.get(bucket)?, table.get(bucket + 1)?].map(|&bound| u32::from_le_bytes(bound) as usize);
    // Entries of a bucket are sorted, and evenly spread, because keys are hashes: the place of a key is close to its share.
    let (entries, low) = (table.get(from..to)?, key << BUCKET_BITS);
    let place = ((low as usize >> BUCKET_BITS) * entries.len()) >> (u32::BITS - BUCKET_BITS);
    let (below, above) = entries.split_at_checked(place)?;
    let number = |entry: &[u8; 4]| u32::from_le_bytes(*entry);
    let entry = match above.first().map(number) {
        Some(entry) if entry < low => above.iter().map(number).find(|entry| *entry >= low),
        entry => below.iter().rev().map(number).take_while(|entry| *entry >= low).last().or(entry),
    }?;
    (entry & !NUMBER == low).then_some(entry & NUMBER)
}

/// The hash of a key's English word.
fn meaning(key: u32) -> Option<u32> {
    english(number(key)?)
}

/// The hash of an English word by its number; none for 0.
fn english(number: u32) -> Option<u32> {
    let (table, _) = TABLE.as_chunks::<4>();
    let words = u32::from_le_bytes(*table.get(BOUNDS - 1)?) as usize;
    table.get(words + number.checked_sub(1)? as usize).map(|&hash| u32::from_le_bytes(hash))
}

/// False for most hashes of three letters that no stem begins with.
#[inline]
fn begins_stem(hash: u32) -> bool {
    let place = (hash >> (u32::BITS - BEGINNINGS.ilog2())) as usize;
    TABLE
        .get(TABLE.len() - SIGNATURES - BEGINNINGS / 8 + place / 8)
        .is_some_and(|bits| bits >> (place % 8) & 1 == 1)
}

impl Scan {
    /// Finds the stretches of another language in an English text in Latin letters: words between two English function words, two
    /// of which are function words of another language or have letters that English lacks. True if there are more words in them
    /// than others, English function words left aside.
    #[cold]
    pub(super) fn find_foreign(&mut self) -> bool {
        self.foreign.clear();
        let (mut from, mut inside, mut outside) = (0, 0, 0);
        for i in 0..=self.words.len() {
            let groups = self.sets.get(i).map_or(0, |&set| lanes(set)[Group::English as usize / 8]);
            if i < self.words.len() && groups.to_le_bytes()[Group::English as usize % 8] == 0 {
                continue;
            }
            let signs = (from..i).filter(|&word| self.is_sign(word)).take(SIGNS).count();
            *(if signs == SIGNS { &mut inside } else { &mut outside }) += i - from;
            self.foreign.resize(i, signs == SIGNS);
            self.foreign.push(false);
            from = i + 1;
        }
        inside > outside
    }

    /// True if a word is a function word of another language, or has other letters.
    fn is_sign(&self, word: usize) -> bool {
        const FOREIGN: usize = Group::Foreign as usize;
        let groups = self.sets.get(word).map_or(0, |&set| lanes(set)[FOREIGN / 8]);
        let text = self.spans().get(word).and_then(|&[from, to]| self.text.get(from as usize..to as usize));
        groups.to_le_bytes()[FOREIGN % 8] > 0 || text.is_some_and(|text| !text.is_ascii())
    }

    /// Replaces words by their meanings. `latin`: all words in Latin letters, too, not only those of foreign stretches.
    #[inline(never)]
    pub(super) fn translate(&mut self, latin: bool) {
        let count = self.words.len();
        let (spans, _) = self.edges.as_chunks_mut();
        let Some(spans) = spans.get_mut(..count) else { return };
        let (mut kept, mut at) = (0, 0);
        while at < count {
            let rest = Rest { text: &self.text, words: &self.words[at..], spans: &spans[at..] };
            let found = rest.meaning(latin || self.foreign.get(at) == Some(&true));
            let (hash, taken) = found.unwrap_or((self.words[at], 1));
            self.words[kept] = hash;
            spans[kept] = [spans[at][0], spans[at + taken - 1][1]];
            kept += 1;
            at += taken;
        }
        self.words.truncate(kept);
    }
}

/// The words from one place on.
struct Rest<'a> {
    text: &'a [u8],
    words: &'a [u32],
    spans: &'a [[u32; 2]],
}

impl Rest<'_> {
    /// The meaning of the first word, and the number of words that it takes.
    #[inline]
    fn meaning(&self, latin: bool) -> Option<(u32, usize)> {
        let &[from, to] = self.spans.first()?;
        let word = self.text.get(from as usize..to as usize)?;
        // One character, of three bytes, has no stem. Behind 0xE1 it may be a letter of Latin.
        if matches!(word, [0xE0 | 0xE2..=0xEF, _, _]) {
            return self.phrase::<false>();
        }
        self.meaning_of_letters(word, to, latin)
    }

    /// As [`meaning`](Self::meaning), of a first word that ends at `to` and is not one character of a script without spaces.
    #[inline(never)]
    fn meaning_of_letters(&self, word: &[u8], to: u32, latin: bool) -> Option<(u32, usize)> {
        let script = match word.iter().position(|b| *b >= 0x80) {
            Some(place) => script(decode(&word[place..])?.0),
            None => Script::Latin,
        };
        if !latin && script == Script::Latin {
            return None;
        }
        if let Some(found) = self.phrase::<false>() {
            return Some(found);
        }
        let marked = script == Script::Arabic && has_marks(word);
        if let Some(found) = marked.then(|| self.phrase::<true>()).flatten() {
            return Some(found);
        }
        let english = match script {
            _ if script.one_word_a_character() => None,
            Script::Arabic => arabic_stem(word, marked).or_else(|| {
                let particles = if may_have_particle(word) { &PARTICLES[..] } else { &[] };
                let mut rests = particles.iter().filter_map(|particle| behind(word, particle.as_bytes()));
                rests.find_map(|rest| {
                    let hash = hash_at(self.text, to as usize - rest.len(), rest.len());
                    meaning(hash).or_else(|| arabic_stem(rest, marked))
                })
            }),
            _ => stem(word, |_| false),
        };
        english.map(|english| (english, 1))
    }

    /// The longest phrase from the first word: words with nothing, a space, an apostrophe or a hyphen between them. `UNMARKED`: as
    /// they are without Arabic marks.
    #[inline]
    fn phrase<const UNMARKED: bool>(&self) -> Option<(u32, usize)> {
        let hash_of = |word: u32, [from, to]: [u32; 2]| {
            if UNMARKED { unmarked_hash(&self.text[from as usize..to as usize], word) } else { word }
        };
        let (&first, words) = self.words.split_first()?;
        let (&span, spans) = self.spans.split_first()?;
        let mut hash = hash_of(first, span);
        let mut longest = (number(hash)?, 1);
        let mut end = span[1];
        for (length, (&word, &span)) in (2..).zip(words.iter().zip(spans)) {
            if span[0] != end && !joins(&self.text[end as usize..span[0] as usize]) {
                break;
            }
            hash = pair_hash(hash, hash_of(word, span));
            let Some(number) = number(hash) else { break };
            longest = if number > 0 { (number, length) } else { longest };
            end = span[1];
        }
        english(longest.0).map(|english| (english, longest.1))
    }
}

/// True for what may stand between the words of a phrase.
#[inline]
fn joins(between: &[u8]) -> bool {
    matches!(between, [] | [b' ' | b'\'' | b'-'] | [0xE2, 0x80, 0x99] | [0xCA, 0xBC])
}

/// True for a word that begins with the first letter of a particle.
#[inline]
fn may_have_particle(word: &[u8]) -> bool {
    matches!(word, [0xD8, 0xA7 | 0xA8, ..] | [0xD9, 0x81 | 0x83 | 0x84 | 0x88, ..])
}

/// The word behind a beginning of two bytes or more.
#[inline]
fn behind<'w>(word: &'w [u8], start: &[u8]) -> Option<&'w [u8]> {
    // Most words begin with another letter.
    if word.first_chunk::<2>() == start.first_chunk::<2>() { word.strip_prefix(start) } else { None }
}

/// True for the marks of Arabic that writers leave out: vowels, doubled letters, and the stretch between letters.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{64B}'..='\u{652}' | '\u{640}' | '\u{670}')
}

/// True if a well-formed word has such marks. Their first byte begins no other part of a character.
fn has_marks(word: &[u8]) -> bool {
    word.windows(2).any(|pair| matches!(pair, [0xD9, 0x80 | 0x8B..=0x92 | 0xB0]))
}

/// The hash of a word without Arabic marks; `hash` if it is too long, or no text.
fn unmarked_hash(word: &[u8], hash: u32) -> u32 {
    let Ok(text) = str::from_utf8(word) else { return hash };
    if word.len() > MARKED_BYTES || !text.contains(is_mark) {
        return hash;
    }
    let (mut bytes, mut length) = ([0; MARKED_BYTES], 0);
    for c in text.chars().filter(|&c| !is_mark(c)) {
        length += c.encode_utf8(&mut bytes[length..]).len();
    }
    hash_of(&bytes[..length])
}

fn arabic_stem(word: &[u8], marked: bool) -> Option<u32> {
    stem(word, |_| false).or_else(|| marked.then(|| stem(word, is_mark)).flatten())
}

/// The meaning of the longest stem that a word of the scan, which is well-formed, begins with; `skipped` letters are left out.
#[inline]
fn stem(mut word: &[u8], skipped: impl Fn(char) -> bool) -> Option<u32> {
    let (mut hash, mut longest, mut letters) = (STEM, None, 0);
    let mut add = |c: char| {
        letters += 1;
        hash = pair_hash(hash, c as u32);
        if letters == *STEM_LENGTH.start() && !begins_stem(hash) {
            return false;
        }
        if letters >= *STEM_LENGTH.start() {
            longest = meaning(hash).or(longest);
        }
        letters < *STEM_LENGTH.end()
    };
    while let Some((c, size)) = letter(word) {
        word = &word[size..];
        if skipped(c) {
            continue;
        }
        let more = match small(c) {
            Some(c) => add(c),
            None => c.to_lowercase().all(&mut add),
        };
        if !more {
            break;
        }
    }
    longest
}

/// The first character of a text, and its length in bytes.
#[inline]
fn letter(text: &[u8]) -> Option<(char, usize)> {
    let &first = text.first()?;
    if first < 0x80 {
        return Some((char::from(first), 1));
    }
    let near = near(text).and_then(|(code, size)| char::from_u32(code).map(|c| (c, size)));
    near.or_else(|| decode(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_particle_is_one_that_a_word_may_have() {
        assert!(PARTICLES.iter().all(|particle| may_have_particle(particle.as_bytes())));
    }
}
