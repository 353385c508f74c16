//! Which hashes were seen before, for a bounded number of them.
#![allow(clippy::inline_always)] // so that it takes on the instructions of its caller (`simd::widest`)

const PLACES: usize = 8192;

/// A set of hashes, one place each. Two hashes may share a place, which makes text look slightly more repetitive.
///
/// A place holds the number of the text that last used it, so that nothing has to be cleared between texts.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    places: Box<[u8; PLACES]>,
    text: u8,
}

impl Seen {
    /// How many hashes are entered at most: at eight places each, about one in sixteen of the last shares its place.
    pub(super) const LIMIT: usize = 1024;

    pub(super) fn new() -> Self {
        Self { places: Box::new([0; PLACES]), text: 0 }
    }

    /// The set, empty, for another text.
    #[inline(always)]
    pub(super) fn begin(&mut self) -> Entering<'_> {
        if self.text == u8::MAX {
            self.places.fill(0);
            self.text = 0;
        }
        self.text += 1;
        Entering { places: &mut self.places, text: self.text }
    }
}

/// A set while one text is read.
pub(super) struct Entering<'a> {
    places: &'a mut [u8; PLACES],
    text: u8,
}

impl Entering<'_> {
    /// Enters a hash; whether it differs from all before it.
    #[inline(always)]
    pub(super) fn enter(&mut self, hash: u32) -> bool {
        // Numbers of texts rise, so what differs is less; a carry is counted with one instruction.
        std::mem::replace(&mut self.places[hash as usize % PLACES], self.text) < self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_begins_with_an_empty_set() {
        let mut seen = Seen::new();
        for text in 0..1_000_u32 {
            let mut set = seen.begin();
            let new = [text, 7, text, 8_000].iter().filter(|&&hash| set.enter(hash)).count();
            assert_eq!(new, if text == 7 { 2 } else { 3 }, "text {text}");
        }
    }
}
