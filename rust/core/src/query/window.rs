//! The bounded window: three quarters from the head of a text, one quarter from its tail.

/// How much of a text is scanned. What lies between head and tail is counted by size only.
///
/// ```
/// use rheostat::query::Window;
/// let (head, tail) = Window { bytes: 8 }.split(b"abcdefghijkl");
/// assert_eq!((head, tail), (&b"abcdef"[..], &b"kl"[..]));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The most bytes that are scanned, head and tail together.
    pub bytes: usize,
}

impl Window {
    /// The smallest window that still tells a question from noise.
    pub const MIN: usize = 256;
    /// The largest window: past it one decision would no longer be a matter of microseconds.
    pub const MAX: usize = 1 << 20;

    /// Cuts `text` into the head and the tail that fit the window. The tail is empty when the whole text fits.
    /// Cuts fall on character boundaries, so a character is never torn in two.
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
    /// Where the head of a text of `total` bytes ends, and where its tail begins, before they are moved between characters.
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

/// The largest character boundary at or before `at`. A run of stray continuation bytes is given up after three steps.
pub(super) fn floor_boundary(text: &[u8], at: usize) -> usize {
    if at >= text.len() {
        return text.len();
    }
    let start = (at.saturating_sub(3)..=at).rev().find(|&i| !is_continuation(text[i]));
    start.unwrap_or(at)
}

/// The smallest character boundary at or after `at`; given up after three steps likewise.
pub(super) fn ceil_boundary(text: &[u8], at: usize) -> usize {
    let end = (at + 4).min(text.len());
    let start = (at..end).find(|&i| !is_continuation(text[i]));
    start.unwrap_or(if end == text.len() { end } else { at })
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_fall_between_characters() {
        let text = "é".repeat(100);
        for bytes in 4..200 {
            let (head, tail) = Window { bytes }.split(text.as_bytes());
            assert!(std::str::from_utf8(head).is_ok() && std::str::from_utf8(tail).is_ok());
            assert!(head.len() + tail.len() <= bytes);
        }
    }

    #[test]
    fn stray_continuation_bytes_do_not_loop() {
        let text = [0x80u8; 64];
        let (head, tail) = Window { bytes: 32 }.split(&text);
        assert_eq!((head.len(), tail.len()), (24, 8));
    }
}
