//! Cuts an ask to the window while it is joined, so that the part between head and tail is never copied.

use super::window::{Window, ceil_boundary, floor_boundary};

/// A text that was cut to the window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// The whole text, or its head, a line feed, and its tail.
    pub text: Vec<u8>,
    /// Position in `text` of the line feed that joins head and tail.
    pub seam: Option<usize>,
    /// Bytes between head and tail, which were left out.
    pub gap: u64,
}

impl Cut {
    /// Cuts a text.
    pub fn of(text: &[u8], cap: usize) -> Self {
        let mut cutter = Cutter::new(text.len(), cap);
        cutter.push(text);
        cutter.finish()
    }

    /// Replaces bytes that are not UTF-8 by U+FFFD, in head and tail by themselves.
    #[cold]
    #[must_use]
    pub fn repaired(self) -> Self {
        let (head, tail) = self.text.split_at(self.seam.unwrap_or(self.text.len()));
        let mut text = String::from_utf8_lossy(head).into_owned();
        let seam = self.seam.map(|_| text.len());
        text.push_str(&String::from_utf8_lossy(tail));
        Self { text: text.into_bytes(), seam, gap: self.gap }
    }
}

/// Takes a text in pieces, of which it wants only some.
pub trait Sink {
    /// Number of the next bytes that will not be kept.
    fn unwanted(&self) -> usize;
    /// Number of the next bytes to push before it pays to ask [`unwanted`](Self::unwanted).
    fn wanted(&self) -> usize;
    /// Skips unwanted bytes.
    fn skip(&mut self, bytes: usize);
    /// Takes the next piece of the text.
    fn push(&mut self, piece: &[u8]);
}

/// Takes a text in pieces and keeps its head (three quarters of the window) and its tail, as
/// [`Window::split`](super::Window::split) does.
#[derive(Debug)]
pub struct Cutter {
    kept: Vec<u8>,
    /// Position of the next piece.
    at: usize,
    total: usize,
    /// End of the head. One byte more is kept, which shows if a character was cut.
    head: usize,
    /// Start of the tail.
    tail: usize,
}

impl Cutter {
    /// A cutter for a text of `total` bytes and a window of `cap`.
    pub fn new(total: usize, cap: usize) -> Self {
        let (head, tail) = Window { bytes: cap }.bounds(total);
        Self { kept: Vec::new(), at: 0, total, head, tail }
    }

    /// The result, cut between characters.
    pub fn finish(self) -> Cut {
        let Self { kept: mut text, total, head, .. } = self;
        if head >= total || text.len() <= head {
            return Cut { text, seam: None, gap: 0 };
        }
        let (front, back) = text.split_at(head + 1);
        let seam = floor_boundary(front, head);
        let from = head + 1 + ceil_boundary(back, 0);
        let kept = seam + text.len() - from;
        text.copy_within(from.., seam + 1);
        text.truncate(kept + 1);
        if let Some(joint) = text.get_mut(seam) {
            *joint = b'\n';
        }
        Cut { text, seam: Some(seam), gap: total.saturating_sub(kept) as u64 }
    }
}

impl Sink for Cutter {
    fn unwanted(&self) -> usize {
        if self.at > self.head { self.tail.saturating_sub(self.at) } else { 0 }
    }

    fn wanted(&self) -> usize {
        if self.at <= self.head { self.head + 1 - self.at } else { self.total.saturating_sub(self.at) }
    }

    fn skip(&mut self, bytes: usize) {
        self.at += bytes;
    }

    fn push(&mut self, piece: &[u8]) {
        let end = self.at + piece.len();
        if self.kept.capacity() == 0 {
            self.kept.reserve(self.total.min(self.head + 1 + self.total - self.tail));
        }
        if self.head < self.total {
            let head = (self.head + 1).saturating_sub(self.at).min(piece.len());
            let tail = self.tail.saturating_sub(self.at).clamp(head, piece.len());
            self.kept.extend_from_slice(piece.get(..head).unwrap_or_default());
            self.kept.extend_from_slice(piece.get(tail..).unwrap_or_default());
        } else {
            self.kept.extend_from_slice(piece);
        }
        self.at = end;
    }
}

#[cfg(test)]
#[path = "../../tests/unit/query/cut.rs"]
mod tests;
