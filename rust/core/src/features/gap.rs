//! What stands between words: punctuation, white space, line ends, marks of code, mathematics and structure.

use super::scan::{Line, Scan};
use super::spec::Feature;

impl Scan {
    /// Reads the bytes from `from` to `to`, none of which belongs to a word.
    pub(super) fn gap(&mut self, from: usize, to: usize) {
        for at in from..to {
            let byte = self.text[at];
            match byte {
                b' ' => self.line.indent += u32::from(self.at_line_start()),
                b'\t' => self.line.indent += 4 * u32::from(self.at_line_start()),
                b'\r' => {}
                b'\n' => {
                    self.end_line();
                    self.line.start = at + 1;
                }
                _ => self.mark(byte, at),
            }
        }
    }

    /// Whether nothing but white space has been met on this line.
    fn at_line_start(&self) -> bool {
        !self.line.marked && self.passed == self.line.words
    }

    fn mark(&mut self, byte: u8, at: usize) {
        let before = if at == 0 { b'\n' } else { self.text[at - 1] };
        let next = if at + 1 < self.length { self.text[at + 1] } else { b'\n' };
        self.tally.tokens_64 += 40;
        if self.at_line_start() {
            self.first_mark(byte, next);
        }
        match byte {
            b'.' => self.full_stop(before, next),
            b'!' => {
                self.tally.add(Feature::Exclamations, 1);
                self.sentence_end(next);
            }
            b'?' => {
                self.tally.add(Feature::QuestionMarks, 1);
                self.sentence_end(next);
            }
            b',' => self.tally.add(Feature::Commas, 1),
            b'"' => self.tally.add(Feature::QuotationMarks, 1),
            b'(' => {
                self.tally.add(Feature::Parentheses, 1);
                self.tally.add(Feature::CallLike, u32::from(is_word_byte(before)));
            }
            b'=' => self.tally.add(Feature::Equals, 1),
            b'%' => self.tally.add(Feature::Money, 1),
            b'$' => {
                self.tally.add(Feature::Dollars, 1);
                self.tally.add(Feature::Money, u32::from(next.is_ascii_digit()));
            }
            b'+' | b'*' | b'/' | b'<' | b'>' | b'^' => self.tally.add(Feature::Operators, 1),
            // A hyphen inside a word is not a minus.
            b'-' => self.tally.add(Feature::Operators, u32::from(before == b' ' || before.is_ascii_digit())),
            b'`' => self.back_tick(at),
            b'{' | b'}' | b'[' | b']' | b';' => self.tally.add(Feature::CodeMarks, 1),
            b'\\' if next.is_ascii_alphabetic() => self.tally.add(Feature::Latex, 1),
            b':' => {
                let link = self.text[at + 1..].starts_with(b"//") && is_word_byte(before);
                self.tally.add(Feature::Links, u32::from(link));
            }
            _ => {}
        }
        if matches!(byte, b')' | b'.' | b':') {
            self.enumerator(at, before, next);
        }
    }

    /// The first mark of a line may make it a quotation or a list item.
    fn first_mark(&mut self, byte: u8, next: u8) {
        self.line.marked = true;
        self.tally.add(Feature::QuotedLines, u32::from(byte == b'>'));
        let bullet = matches!(byte, b'-' | b'*' | b'+') && next == b' ';
        self.tally.add(Feature::ListItems, u32::from(bullet));
    }

    fn full_stop(&mut self, before: u8, next: u8) {
        if before.is_ascii_digit() && next.is_ascii_digit() {
            self.tally.add(Feature::Decimals, 1);
        }
        self.sentence_end(next);
    }

    fn sentence_end(&mut self, next: u8) {
        if !is_word_byte(next) {
            self.tally.end_sentence(self.passed);
        }
    }

    /// `1.` or `2)` at the beginning of a line is a list item; `A)`, `(B)`, `C.` an answer option.
    fn enumerator(&mut self, at: usize, before: u8, next: u8) {
        // Nearly every full stop is far from the beginning of its line.
        let near = at < self.line.start + 4 || at >= 2 && self.text[at - 2] == b'(';
        if !near || is_word_byte(next) || next == b'/' {
            return;
        }
        let label = self.text[..at].iter().rev().take(4).take_while(|&&b| is_word_byte(b)).count();
        let opener = match at.checked_sub(label + 1) {
            None => b'\n',
            Some(i) => self.text[i],
        };
        if label == 1 && (b'A'..=b'J').contains(&before) && matches!(opener, b'\n' | b'(') {
            self.tally.add(Feature::Options, 1);
        }
        let digits = (1..=3).contains(&label) && self.text[at - label..at].iter().all(u8::is_ascii_digit);
        self.tally.add(Feature::ListItems, u32::from(digits && opener == b'\n'));
    }

    fn back_tick(&mut self, at: usize) {
        let run = self.text[..at].iter().rev().take(3).take_while(|&&b| b == b'`').count();
        self.tally.add(Feature::CodeFences, u32::from(run == 2));
        self.tally.add(Feature::CodeMarks, 1);
    }

    /// A line has ended: with the text, or with a line feed.
    pub(super) fn end_line(&mut self) {
        if self.at_line_start() {
            self.tally.add(Feature::BlankLines, 1);
            self.tally.end_sentence(self.passed);
        } else {
            self.tally.add(Feature::Lines, 1);
            self.tally.add(Feature::Indented, u32::from(self.line.indent >= 4));
        }
        self.line = Line { words: self.passed, ..Line::default() };
    }
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}
