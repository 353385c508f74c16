//! Quotation marks of a text, and colons outside them, read byte by byte as far as they are needed.

/// A reader of quotation marks, and of colons outside them.
pub(super) struct Quotes {
    /// The next byte.
    at: usize,
    /// The mark that is open: 0 if none is.
    open: u8,
    /// True once a quotation has begun.
    seen: bool,
    /// True once a colon stood outside quotations.
    colon: bool,
}

/// True for the bytes with which quotation marks and colons begin.
const BEGINS: [bool; 256] = {
    let (mut begins, marks, mut i) = ([false; 256], b"\"`':\xE2\xC2\xE3\xEF", 0);
    while i < marks.len() {
        begins[marks[i] as usize] = true;
        i += 1;
    }
    begins
};

impl Quotes {
    /// A reader from a byte on.
    pub(super) fn from(at: usize) -> Self {
        Self { at, open: 0, seen: false, colon: false }
    }

    /// True within a quotation.
    pub(super) fn is_open(&self) -> bool {
        self.open != 0
    }

    /// True once a quotation has begun.
    pub(super) fn seen(&self) -> bool {
        self.seen
    }

    /// True once a colon stood outside quotations.
    pub(super) fn colon(&self) -> bool {
        self.colon
    }

    /// Reads up to a byte.
    pub(super) fn advance(&mut self, text: &[u8], to: usize) {
        const CURLY: u8 = 4;
        const ANGLES: u8 = 5;
        const CORNERS: u8 = 6;
        const WHITE_CORNERS: u8 = 7;
        let in_word = |at: usize| text.get(at).is_some_and(|&b| b.is_ascii_alphanumeric() || b >= 0x80);
        while self.at < to {
            let Some(next) = text[self.at..to].iter().position(|b| BEGINS[usize::from(*b)]) else {
                self.at = to;
                return;
            };
            let at = self.at + next;
            self.at = at + 1;
            match text[at..] {
                [b'"', ..] => self.toggle(1),
                [b'`', ..] => self.toggle(2),
                [b'\'', ..] if self.open == 3 && !in_word(at + 1) => self.open = 0,
                [b'\'', ..] if !in_word(at.wrapping_sub(1)) && in_word(at + 1) => self.begin(3),
                [0xE2, 0x80, 0x9C, ..] => self.toggle(CURLY),
                [0xE2, 0x80, 0x9E, ..] => self.begin(CURLY),
                [0xE2, 0x80, 0x9D, ..] => self.end(CURLY),
                [0xC2, 0xAB, ..] => self.begin(ANGLES),
                [0xC2, 0xBB, ..] => self.end(ANGLES),
                [0xE3, 0x80, 0x8C, ..] => self.begin(CORNERS),
                [0xE3, 0x80, 0x8D, ..] => self.end(CORNERS),
                [0xE3, 0x80, 0x8E, ..] => self.begin(WHITE_CORNERS),
                [0xE3, 0x80, 0x8F, ..] => self.end(WHITE_CORNERS),
                [b':', b' ' | b'\n' | b'\r', ..] | [0xEF, 0xBC, 0x9A, ..] => self.colon |= self.open == 0,
                _ => {}
            }
        }
    }

    fn begin(&mut self, mark: u8) {
        if self.open == 0 {
            (self.open, self.seen) = (mark, true);
        }
    }

    fn end(&mut self, mark: u8) {
        if self.open == mark {
            self.open = 0;
        }
    }

    fn toggle(&mut self, mark: u8) {
        if self.open == mark { self.end(mark) } else { self.begin(mark) }
    }
}
