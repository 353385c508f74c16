//! A set of hashes of bounded size, to count different words and pairs.
#![allow(clippy::inline_always)] // compiled again with the instructions of the caller (`simd::widest`)

const PLACES: usize = 8192;

/// A set of hashes, one place each. Two hashes may share a place, which makes text look slightly more repetitive.
///
/// A place holds the number of the text that last used it, so nothing is cleared between texts.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    places: Box<[u8; PLACES]>,
    text: u8,
}

impl Seen {
    /// The most hashes that are entered. With eight places each, about one in sixteen of the last ones shares its place.
    pub(super) const LIMIT: usize = 1024;

    pub(super) fn new() -> Self {
        Self { places: Box::new([0; PLACES]), text: 0 }
    }

    /// Empties the set, for another text.
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
    /// Enters a hash. True if it is new.
    #[inline(always)]
    pub(super) fn enter(&mut self, hash: u32) -> bool {
        // Numbers of texts only rise, so an old one is smaller; one instruction counts the carry.
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
