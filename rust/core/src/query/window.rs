//! The bounded window: three quarters from the head of a text, one quarter from its tail.

/// The part of a text that is scanned. The bytes between head and tail are only counted.
///
/// ```
/// use rheostat::query::Window;
/// let (head, tail) = Window { bytes: 8 }.split(b"abcdefghijkl");
/// assert_eq!((head, tail), (&b"abcdef"[..], &b"kl"[..]));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The most scanned bytes, head and tail together.
    pub bytes: usize,
}

impl Window {
    /// The smallest window: enough for one question.
    pub const MIN: usize = 256;
    /// The largest window. A larger one would make a decision take milliseconds.
    pub const MAX: usize = 1 << 20;

    /// Cuts `text` into head and tail, between characters. The tail is empty if the whole text fits.
    pub fn split(self, text: &[u8]) -> (&[u8], &[u8]) {
        if text.len() <= self.bytes {
            return (text, &[]);
        }
        let (head, tail) = self.bounds(text.len());
        let (head, tail) = (floor_boundary(text, head), ceil_boundary(text, tail));
        (&text[..head], &text[tail..])
    }
}

impl Window {
    /// End of the head and start of the tail of a text of `total` bytes, before they are moved between characters.
    pub(super) fn bounds(self, total: usize) -> (usize, usize) {
        let tail = self.bytes / 4;
        if total <= self.bytes { (total, total) } else { (self.bytes - tail, total - tail) }
    }
}

impl Default for Window {
    fn default() -> Self {
        Self { bytes: 16 * 1024 }
    }
}

/// The largest character boundary at or before `at`. Stops after three steps, in case of stray continuation bytes.
pub(super) fn floor_boundary(text: &[u8], at: usize) -> usize {
    if at >= text.len() {
        return text.len();
    }
    let start = (at.saturating_sub(3)..=at).rev().find(|&i| !is_continuation(text[i]));
    start.unwrap_or(at)
}

/// The smallest character boundary at or after `at`. Stops after three steps.
pub(super) fn ceil_boundary(text: &[u8], at: usize) -> usize {
    let end = (at + 4).min(text.len());
    let start = (at..end).find(|&i| !is_continuation(text[i]));
    start.unwrap_or(if end == text.len() { end } else { at })
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}
