//! Answers as small numbers.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

/// The most bytes of distinct answers that one vote keeps.
pub const MAX_TEXT: usize = 4 << 20;

/// So many spellings are compared one by one, which is faster than to hash.
const FEW: usize = 8;

/// The distinct answers of one vote: at most as many as its cap, and at most [`MAX_TEXT`] bytes.
#[derive(Debug, Clone, Default)]
pub(super) struct Answers {
    /// By normal form, and by spellings seen, which then need not be normalised again: the first few here …
    few: Vec<(Arc<str>, u32)>,
    /// … and, once there are more, all of them here.
    ids: HashMap<Arc<str>, u32, BuildHasherDefault<Mix>>,
    /// The first spelling of each answer, and its normal form.
    texts: Vec<(Arc<str>, Arc<str>)>,
    bytes: usize,
}

impl Answers {
    /// The number of an answer that is known by this spelling or normal form.
    pub(super) fn find(&self, text: &str) -> Option<u32> {
        if self.ids.is_empty() {
            return self.few.iter().find(|(known, _)| **known == *text).map(|&(_, id)| id);
        }
        self.ids.get(text).copied()
    }

    /// The number of an answer by its normal form; a new one is kept, with its spelling. None when there is no room.
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
            self.few.push((text, id));
            return;
        }
        if self.ids.is_empty() {
            self.ids.extend(self.few.iter().cloned());
        }
        self.ids.insert(text, id);
    }

    /// Remembers a short spelling of a known answer, as long as there are not many more of them than answers.
    pub(super) fn also(&mut self, spelling: &str, id: u32) {
        let known = self.few.len().max(self.ids.len());
        if spelling.len() <= 64 && known < 2 * self.texts.len() + FEW && self.find(spelling).is_none() {
            self.know(spelling.into(), id);
        }
    }

    /// The answer as it was first given.
    pub(super) fn get(&self, id: u32) -> Option<&str> {
        self.texts.get(id as usize).map(|(spelling, _)| spelling.as_ref())
    }

    /// Every answer's spelling and normal form, by number.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts.iter().map(|(spelling, key)| (spelling.as_ref(), key.as_ref()))
    }
}

/// Eight bytes at a time through one widening multiplication. Not safe against chosen keys, and it need not be: a
/// vote holds few times its cap of them.
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
