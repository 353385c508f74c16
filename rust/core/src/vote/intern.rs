//! Answers as small numbers.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// The form in which answers are compared: no white space at the ends, every run of it inside one space. What is
/// already in that form is borrowed.
pub fn normalise(answer: &str) -> Cow<'_, str> {
    if is_normal(answer) {
        return Cow::Borrowed(answer);
    }
    let mut normal = String::with_capacity(answer.len());
    for word in answer.split_whitespace() {
        if !normal.is_empty() {
            normal.push(' ');
        }
        normal.push_str(word);
    }
    Cow::Owned(normal)
}

/// Whether two answers are the same once [`normalise`]d.
pub fn same(a: &str, b: &str) -> bool {
    a == b || normalise(a) == normalise(b)
}

fn is_normal(answer: &str) -> bool {
    // The start counts as a space, so that a leading one is seen as the second of a run.
    let mut space = true;
    for &byte in answer.as_bytes() {
        let now = byte == b' ';
        // White space beyond ASCII is rare; any byte that could begin it goes the careful way.
        if (now && space) || matches!(byte, b'\t'..=b'\r' | 0x1c..=0x1f) || byte >= 0x80 {
            return byte >= 0x80 && is_normal_unicode(answer);
        }
        space = now;
    }
    answer.is_empty() || !space
}

fn is_normal_unicode(answer: &str) -> bool {
    let mut space = true;
    for c in answer.chars() {
        let now = c.is_whitespace();
        if now && (space || c != ' ') {
            return false;
        }
        space = now;
    }
    !space
}

/// The distinct answers of one vote. At most as many as the vote's cap.
#[derive(Debug, Clone, Default)]
pub(super) struct Answers {
    ids: HashMap<Box<str>, u32, BuildHasherDefault<Mix>>,
    texts: Vec<Box<str>>,
}

impl Answers {
    /// The number of a normalised answer; a new one is kept.
    pub(super) fn intern(&mut self, answer: &str) -> u32 {
        if let Some(&id) = self.ids.get(answer) {
            return id;
        }
        let id = self.texts.len() as u32;
        self.texts.push(answer.into());
        self.ids.insert(answer.into(), id);
        id
    }

    pub(super) fn get(&self, id: u32) -> Option<&str> {
        self.texts.get(id as usize).map(AsRef::as_ref)
    }
}

/// Eight bytes at a time through one widening multiplication. Not safe against chosen keys, and it need not be: a
/// vote holds at most its cap of distinct answers.
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
