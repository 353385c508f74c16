//! Numbers for distinct answers, so that counting compares numbers instead of texts.
//!
//! A spelling that was seen before finds its number without being normalised again. Up to 8 spellings are compared
//! one by one by their first eight bytes, which is faster than hashing; beyond that a hash map holds them.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

/// The most bytes of distinct answers that one vote keeps.
pub const MAX_TEXT: usize = 4 << 20;

/// Spellings that are compared one by one.
const FEW: usize = 8;

/// A spelling, and the number of its answer.
#[derive(Debug, Clone)]
struct Spelling {
    /// The text's [`head`]; unequal heads spare the comparison of texts.
    head: u64,
    text: Arc<str>,
    id: u32,
}

/// The first eight bytes of a text. Two texts of one length of at most eight are equal if their heads are.
#[inline]
fn head(text: &str) -> u64 {
    let bytes = text.as_bytes();
    if let Some(first) = bytes.first_chunk::<8>() {
        return u64::from_le_bytes(*first);
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        return u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32;
    }
    bytes.iter().fold(0, |word, &byte| word << 8 | u64::from(byte))
}

/// The distinct answers of one vote, at most [`MAX_TEXT`] bytes of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Answers {
    /// The first [`FEW`] normal forms and spellings.
    few: Vec<Spelling>,
    /// All normal forms and spellings, once there are more than [`FEW`].
    ids: HashMap<Arc<str>, u32, BuildHasherDefault<Mix>>,
    /// The first spelling of each answer, and its normal form.
    texts: Vec<(Arc<str>, Arc<str>)>,
    bytes: usize,
}

impl Answers {
    /// The number of an answer by a spelling or its normal form.
    #[inline]
    pub(super) fn find(&self, text: &str) -> Option<u32> {
        let (head, length) = (head(text), text.len());
        for known in &self.few {
            if known.head == head && known.text.len() == length && (length <= 8 || *known.text == *text) {
                return Some(known.id);
            }
        }
        if self.ids.is_empty() { None } else { self.find_among_many(text) }
    }

    #[inline(never)]
    fn find_among_many(&self, text: &str) -> Option<u32> {
        self.ids.get(text).copied()
    }

    /// The number of an answer by its normal form. Keeps a new one with its spelling; None if there is no room.
    pub(super) fn intern(&mut self, key: &str, spelling: &str, cap: u32) -> Option<u32> {
        if let Some(id) = self.find(key) {
            return Some(id);
        }
        if self.texts.len() >= cap as usize || self.bytes + key.len() + spelling.len() > MAX_TEXT {
            return None;
        }
        let id = self.texts.len() as u32;
        let key: Arc<str> = key.into();
        let spelling = if *spelling == *key { key.clone() } else { spelling.into() };
        self.bytes += key.len() + if Arc::ptr_eq(&key, &spelling) { 0 } else { spelling.len() };
        self.texts.push((spelling, key.clone()));
        self.know(key, id);
        Some(id)
    }

    fn know(&mut self, text: Arc<str>, id: u32) {
        if self.few.len() < FEW {
            self.few.push(Spelling { head: head(&text), text, id });
            return;
        }
        if self.ids.is_empty() {
            self.ids.extend(self.few.iter().map(|known| (known.text.clone(), known.id)));
        }
        self.ids.insert(text, id);
    }

    /// Remembers a short spelling of a known answer, while spellings are at most about twice the answers.
    pub(super) fn also(&mut self, spelling: &str, id: u32) {
        let known = self.few.len().max(self.ids.len());
        if spelling.len() <= 64 && known < 2 * self.texts.len() + FEW && self.find(spelling).is_none() {
            self.know(spelling.into(), id);
        }
    }

    /// An answer as it was first given.
    pub(super) fn get(&self, id: u32) -> Option<&str> {
        self.texts.get(id as usize).map(|(spelling, _)| spelling.as_ref())
    }

    /// First spellings and normal forms, by number.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts.iter().map(|(spelling, key)| (spelling.as_ref(), key.as_ref()))
    }
}

/// Hashes eight bytes at a time by one widening multiplication. Chosen keys can collide; the cap bounds the harm.
#[derive(Debug, Clone, Copy)]
struct Mix(u64);

impl Default for Mix {
    fn default() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }
}

impl Mix {
    #[inline]
    fn fold(&mut self, word: u64) {
        let wide = u128::from(self.0 ^ word) * 0xa076_1d64_78bd_642f;
        self.0 = (wide as u64) ^ ((wide >> 64) as u64);
    }
}

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.fold(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        for (to, from) in last.iter_mut().zip(rest) {
            *to = *from;
        }
        self.fold(u64::from_le_bytes(last) ^ ((bytes.len() as u64) << 56));
    }

    fn write_u8(&mut self, byte: u8) {
        self.fold(u64::from(byte));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
#[path = "../../tests/unit/vote/intern.rs"]
mod tests;
