//! Counts the bytes between words: punctuation, line ends, marks of code, mathematics and structure.
//!
//! A table gives each byte its counter. The few bytes whose neighbours matter are handled apart, and everything about a line
//! (indent, bullet, label) is decided once, at its start.
#![allow(clippy::inline_always)] // compiled again with the instructions of the caller (`simd::widest`)

use super::scan::Scan;
use super::spec::{COUNT, Feature};

/// The meaning of a byte between words.
#[derive(Clone, Copy)]
struct ByteClass {
    /// The counter that it adds to; [`COUNT`] is the place for bytes that no feature counts.
    counter: u8,
    /// Its estimated tokens, in 64ths.
    tokens: u8,
    /// True if its neighbours matter.
    special: bool,
}

const CLASSES: [ByteClass; 256] = classes();

const fn classes() -> [ByteClass; 256] {
    let mut marks = [ByteClass { counter: COUNT as u8, tokens: 40, special: false }; 256];
    let blanks = b"\0 \t\r\n";
    let mut i = 0;
    while i < blanks.len() {
        marks[blanks[i] as usize].tokens = 0;
        i += 1;
    }
    let counted: [(&[u8], Feature); 11] = [
        (b",", Feature::Commas),
        (b"\"", Feature::QuotationMarks),
        (b"(", Feature::Parentheses),
        (b"=", Feature::Equals),
        (b"%", Feature::Money),
        (b"$", Feature::Dollars),
        (b"+*/<>^", Feature::Operators),
        (b"`{}[];", Feature::CodeMarks),
        (b"!", Feature::Exclamations),
        (b"?", Feature::QuestionMarks),
        (b".", Feature::FullStops),
    ];
    let mut i = 0;
    while i < counted.len() {
        let (bytes, feature) = counted[i];
        let mut j = 0;
        while j < bytes.len() {
            marks[bytes[j] as usize].counter = feature as u8;
            j += 1;
        }
        i += 1;
    }
    let special = b"\n.!?($-`\\:";
    let mut i = 0;
    while i < special.len() {
        marks[special[i] as usize].special = true;
        i += 1;
    }
    marks
}

impl Scan {
    /// Counts the bytes from `from` to `to`, none of which belongs to a word.
    pub(super) fn gap(&mut self, from: usize, to: usize) {
        for at in from..to {
            self.mark(at);
        }
    }

    /// Counts a byte that belongs to no word. A space adds to no counter, so callers may skip it.
    #[inline(always)]
    pub(super) fn mark(&mut self, at: usize) {
        let byte = self.text[at];
        let mark = CLASSES[byte as usize];
        self.counters.counts[mark.counter as usize] += 1;
        self.counters.tokens_64 += u32::from(mark.tokens);
        if mark.special {
            self.special(byte, at);
        }
    }

    fn special(&mut self, byte: u8, at: usize) {
        // The padding makes this read safe after the last byte, too.
        let next = self.text[at + 1];
        let before = if at == 0 { b'\n' } else { self.text[at - 1] };
        match byte {
            b'\n' => self.begin_line(at + 1),
            b'.' | b'!' | b'?' => {
                let decimal = byte == b'.' && before.is_ascii_digit() && next.is_ascii_digit();
                self.counters.add(Feature::Decimals, u32::from(decimal));
                if !is_word_byte(next) {
                    self.end_sentence(at);
                }
            }
            b'(' => {
                self.counters.add(Feature::CallLike, u32::from(is_word_byte(before)));
                let option = next.is_ascii_uppercase() && next <= b'J' && ends_label(&self.text[at + 2..]);
                self.counters.add(Feature::Options, u32::from(option));
            }
            b'$' => self.counters.add(Feature::Money, u32::from(next.is_ascii_digit())),
            // A hyphen inside a word is not a minus.
            b'-' => {
                self.counters.add(Feature::Operators, u32::from(before == b' ' || before.is_ascii_digit()));
            }
            b'\\' => self.counters.add(Feature::Latex, u32::from(next.is_ascii_alphabetic())),
            b':' => {
                let link = self.text[at + 1..].starts_with(b"//") && is_word_byte(before);
                self.counters.add(Feature::Links, u32::from(link));
            }
            _ => {
                let run = self.text[..at].iter().rev().take(3).take_while(|&&b| b == b'`').count();
                self.counters.add(Feature::CodeFences, u32::from(run == 2));
            }
        }
    }

    /// Counts the properties of the line that begins at `at`.
    pub(super) fn begin_line(&mut self, at: usize) {
        let line = &self.text[at..];
        let blank = line.iter().take_while(|&&b| matches!(b, b' ' | b'\t' | b'\r')).count();
        let first = line[blank];
        if at + blank >= self.length || first == b'\n' {
            self.counters.add(Feature::BlankLines, 1);
            self.end_sentence(at);
            return;
        }
        let indent: u32 =
            line[..blank].iter().map(|&b| if b == b'\t' { 4 } else { u32::from(b == b' ') }).sum();
        let digits = line[blank..].iter().take(4).take_while(|b| b.is_ascii_digit()).count();
        let after = &line[blank + 1..];
        let bullet = matches!(first, b'-' | b'*' | b'+') && after[0] == b' ';
        let numbered = (1..=3).contains(&digits) && ends_label(&line[blank + digits..]);
        let option = first.is_ascii_uppercase() && first <= b'J' && ends_label(after);
        self.counters.add(Feature::Lines, 1);
        self.counters.add(Feature::Indented, u32::from(indent >= 4));
        self.counters.add(Feature::QuotedLines, u32::from(first == b'>'));
        self.counters.add(Feature::ListItems, u32::from(bullet || numbered));
        self.counters.add(Feature::Options, u32::from(option));
    }
}

/// True if a label such as `A` or `12` ends here: with `)`, `.` or `:`, and no word directly after it.
fn ends_label(text: &[u8]) -> bool {
    matches!(text, [b')' | b'.' | b':', next, ..] if !is_word_byte(*next) && *next != b'/')
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}
