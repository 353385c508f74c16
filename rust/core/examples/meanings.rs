//! Makes `rust/core/assets/meanings.bin` from `training/meanings/*.txt`: `cargo run --example meanings`.
//!
//! A source line is `prove: demuestr* demostrar por_favor`: an English word, and words of one language that mean it. `*` ends a
//! stem, `_` joins the words of a phrase. The table, all numbers little-endian:
//!
//! ```text
//! 4,097 × u32    place of the first entry whose key's upper 12 bits are at least i, counted in u32 from the table's start
//! n × u32        by key: its lower 20 bits, then 12 bits with the number of an English word from 1, or 0: the key only begins
//!                a longer phrase
//! m × u32        the English words' hashes
//! 8,192 bytes    a bit for each value of the upper 16 bits of the key of a stem's first three letters, lowest bit first
//! 4,096 × u64    a bit for each value that the lowest 6 bits of the keys have whose upper 12 bits are i, lowest bit first
//!
//! key of a word    word_hash
//! key of a phrase  its words' hashes, folded from the left by pair_hash; a character of a script without spaces is a word
//! key of a stem    pair_hash over its characters, from 0x5354454D
//! ```
//!
//! A form that two languages list with two meanings keeps that of the language that comes first in [`LANGUAGES`].

use rheostat::features::{pair_hash, script, word_hash};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// The languages, most used first.
pub(crate) const LANGUAGES: [&str; 21] = [
    "zh", "hi", "es", "fr", "ar", "bn", "pt", "ru", "ur", "id", "de", "ja", "tr", "ko", "vi", "it", "pl",
    "nl", "fa", "uk", "th",
];

/// The table as bytes.
pub(crate) fn table() -> io::Result<Vec<u8>> {
    let mut entries: BTreeMap<u32, u32> = BTreeMap::new();
    let mut english_words: Vec<u32> = Vec::new();
    let mut beginnings = vec![0_u8; 1 << 13];
    for language in LANGUAGES {
        let source = fs::read_to_string(root().join(format!("training/meanings/{language}.txt")))?;
        for (english, forms) in source.lines().filter_map(|line| line.split_once(": ")) {
            let hash = word_hash(english.as_bytes());
            let known = english_words.iter().position(|&word| word == hash);
            let place = known.unwrap_or_else(|| {
                english_words.push(hash);
                english_words.len() - 1
            });
            forms.split_whitespace().for_each(|form| enter(&mut entries, form, place as u32 + 1));
            for stem in forms.split_whitespace().filter_map(|form| form.strip_suffix('*')) {
                let place = stem_key(stem.chars().take(3)) >> 16;
                beginnings[place as usize / 8] |= 1 << (place % 8);
            }
        }
    }
    if english_words.len() > 4_095 {
        return Err(io::Error::other("more than 4,095 English words"));
    }
    let keys: Vec<u32> = entries.keys().copied().collect();
    let mut signatures = vec![0_u64; 4_096];
    for key in &keys {
        signatures[(key >> 20) as usize] |= 1 << (key % 64);
    }
    let bound = |bucket: u64| 4_097 + keys.partition_point(|&key| u64::from(key) < bucket << 20) as u32;
    let bounds = (0..=4_096).map(bound);
    let entries = entries.iter().map(|(key, number)| key << 12 | number);
    let numbers = bounds.chain(entries).chain(english_words.iter().copied());
    let signatures = signatures.into_iter().flat_map(u64::to_le_bytes);
    Ok(numbers.flat_map(u32::to_le_bytes).chain(beginnings).chain(signatures).collect())
}

/// Where the table is kept.
pub(crate) fn asset() -> PathBuf {
    root().join("rust/core/assets/meanings.bin")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn enter(entries: &mut BTreeMap<u32, u32>, form: &str, value: u32) {
    let mut put = |key: u32, value: u32| {
        let known = entries.entry(key).or_insert(value);
        if *known == 0 {
            *known = value;
        }
    };
    if let Some(stem) = form.strip_suffix('*') {
        return put(stem_key(stem.chars()), value);
    }
    let words = words(form);
    let mut hash = 0;
    for (i, word) in words.iter().enumerate() {
        hash = if i == 0 { word_hash(word.as_bytes()) } else { pair_hash(hash, word_hash(word.as_bytes())) };
        put(hash, if i + 1 == words.len() { value } else { 0 });
    }
}

fn stem_key(letters: impl Iterator<Item = char>) -> u32 {
    letters.fold(0x5354_454D, |hash, c| pair_hash(hash, c as u32))
}

/// The words that a scan reads in a form.
fn words(form: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in form.chars() {
        let alone = !c.is_ascii() && script(c).one_word_a_character();
        if alone || c == '_' {
            words.push(String::new());
        }
        if let (Some(word), true) = (words.last_mut(), c != '_') {
            word.push(c);
        }
        if alone {
            words.push(String::new());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[allow(dead_code, reason = "a test includes this file for its table")]
fn main() -> io::Result<()> {
    fs::write(asset(), table()?)
}
