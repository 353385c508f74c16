//! The loop guard of a stream: decides when a repetition is a loop and not an answer.
//!
//! Answers repeat themselves, too: tables, matrices, boards, code, JSON, verse. A loop goes on to the end of its grant. So the
//! guard waits until a repetition is long for the form of its text, in tokens: by estimate (a word of `n` characters is
//! `n / 4`, at least 1; an emoji is 1), or as they were counted while it went on, if that is more, since some tokenizers take
//! a token for each digit or sign:
//!
//! ```text
//! white space alone                                                              64 pieces of 32 characters
//! prose, and text without white space                                            max(1024, grant / 4)
//! short lines, rows, tables, lists with commas, lines of code                    max(2048, grant / 2)
//! inside ``` fences, [ ] and { }, \begin … \end                                  max(2048, 3/4 of the grant)
//! ```
//!
//! The decision depends on the text, its tokens and the grant, and not on how the text was cut into pieces. O(1) per
//! character.

use super::loops::Loops;
use super::words::{Ended, Form};
use crate::Result;

const PROSE: u64 = 1024;
const ROWS: u64 = 2048;
const BLANKS: u64 = 64;
/// Where emoji begin: of them a tokenizer takes a token each, or more.
const EMOJI: char = '\u{1F000}';
/// Characters of a short line, and commas of a list.
const SHORT: u32 = 40;
const COMMAS: u32 = 8;
/// Most brackets within one another that an answer may have.
const DEEPEST: u32 = 64;

/// Watches the text of one stream.
#[derive(Debug, Clone)]
pub(crate) struct LoopGuard {
    loops: Loops,
    shape: Shape,
    repetition: Repetition,
    stuck: bool,
}

impl LoopGuard {
    /// # Errors
    /// As [`Loops::with_period`].
    pub(crate) fn new(longest: usize) -> Result<Self> {
        let loops = Loops::with_period(longest)?;
        Ok(Self { loops, shape: Shape::default(), repetition: Repetition::default(), stuck: false })
    }

    /// Reads text of a stream that was granted `granted` tokens. Runs of plain characters, which are nearly all of a text, are read
    /// at once: seven tenths of a word's instructions.
    pub(crate) fn text(&mut self, text: &str, granted: u64) {
        self.repetition.carried = self.repetition.estimated > 0;
        let mut rest = text;
        loop {
            let plain = self.loops.plain(rest.as_bytes());
            if let Some((run, behind)) = rest.split_at_checked(plain) {
                self.shape.push_plain(run.as_bytes());
                self.repetition.quarters += plain as u64;
                rest = behind;
            }
            let mut characters = rest.chars();
            let Some(c) = characters.next() else { break };
            rest = characters.as_str();
            self.character(c, granted);
        }
    }

    /// Reads any character.
    fn character(&mut self, c: char, granted: u64) {
        let Self { loops, shape, repetition, stuck } = self;
        loops.character(c, |loops, word| {
            if !loops.looping() && loops.found().is_some() {
                loops.restart();
            }
            let run = loops.found().map(|found| found.run);
            *stuck |= repetition.end_word(word, run, shape.most(word, granted));
        });
        shape.push(c);
        if !c.is_whitespace() {
            repetition.quarters += if c < EMOJI { 1 } else { 4 };
        }
    }

    /// Counts tokens of the newest text.
    pub(crate) fn count(&mut self, tokens: u64) {
        self.stuck |= self.repetition.count(tokens);
    }

    /// True once a repetition was too long for an answer.
    pub(crate) fn is_stuck(&self) -> bool {
        self.stuck
    }
}

/// The length of the repetition that goes on.
#[derive(Debug, Clone, Copy, Default)]
struct Repetition {
    /// Its tokens by estimate; 0 if there is no repetition.
    estimated: u64,
    /// Its tokens as they were counted.
    counted: u64,
    characters: u64,
    /// Tokens that it may have.
    most: u64,
    /// True if it went on all through the newest piece of text.
    carried: bool,
    /// Estimated tokens of the word being read, in quarters.
    quarters: u64,
    /// Words of white space in a row.
    blanks: u64,
}

impl Repetition {
    /// Adds a word. `run` is that of the loop, if one goes on. True if it is too long now.
    fn end_word(&mut self, word: Ended, run: Option<u64>, most: u64) -> bool {
        let tokens = std::mem::take(&mut self.quarters).div_ceil(4).max(1);
        self.blanks = if word.form == Form::Blank { self.blanks + 1 } else { 0 };
        let Some(run) = run else {
            *self = Self { blanks: self.blanks, ..Self::default() };
            return false;
        };
        self.estimated += if self.estimated == 0 { run } else { tokens };
        self.characters += if self.characters == 0 { run } else { u64::from(word.length) + 1 };
        self.most = most;
        self.blanks >= BLANKS || self.estimated >= most
    }

    /// Counts tokens of the newest text, unless that held other text, too. No character has more than four tokens, the bytes
    /// of an emoji. True if the repetition is too long now.
    fn count(&mut self, tokens: u64) -> bool {
        if !self.carried || self.estimated == 0 {
            return false;
        }
        self.counted = self.counted.saturating_add(tokens);
        self.counted.min(self.characters.saturating_mul(4)) >= self.most
    }
}

/// The form of the text around its newest word.
#[derive(Debug, Clone, Copy, Default)]
struct Shape {
    fenced: bool,
    brackets: u32,
    environments: u32,
    line: Line,
    /// The last line with text ended like a line of code.
    behind_code: bool,
    /// The last line was short.
    behind_short: bool,
    /// The newest characters, the newest in the lowest byte; 0 for one that is not ASCII.
    newest: u64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Line {
    indent: u32,
    text: bool,
    letters: bool,
    bars: bool,
    commas: u32,
    length: u32,
    last: char,
}

impl Shape {
    /// Tokens that a repetition may have here.
    fn most(&self, word: Ended, granted: u64) -> u64 {
        if word.form == Form::Cut {
            return PROSE.max(granted / 4);
        }
        if self.fenced || (1..=DEEPEST).contains(&self.brackets) || self.environments > 0 {
            return ROWS.max(granted / 4 * 3);
        }
        let Line { indent, letters, bars, commas, length, .. } = self.line;
        let short = length <= SHORT && self.behind_short;
        let rows = !letters || bars || indent > 1 || self.behind_code || short || commas > COMMAS;
        if rows { ROWS.max(granted / 2) } else { PROSE.max(granted / 4) }
    }

    /// Reads characters that neither end a line nor open, close or divide anything; see
    /// [`Word::feed_plain`](super::words::Word::feed_plain).
    fn push_plain(&mut self, run: &[u8]) {
        let Some(last) = run.last() else { return };
        for &byte in run {
            self.newest = self.newest << 8 | u64::from(byte);
            self.line.letters |= byte.is_ascii_alphabetic();
            if byte == b'n' || byte == b'd' {
                self.note_environment();
            }
        }
        self.line.length += run.len() as u32;
        self.line.text = true;
        self.line.last = char::from(*last);
    }

    /// Counts an environment that the newest characters begin or end.
    fn note_environment(&mut self) {
        if ends_with(self.newest, br"\begin") {
            self.environments += 1;
        } else if ends_with(self.newest, br"\end") {
            self.environments = self.environments.saturating_sub(1);
        }
    }

    fn push(&mut self, c: char) {
        self.newest = self.newest << 8 | u64::from(if c.is_ascii() { c as u8 } else { 0 });
        if c == '\n' {
            self.end_line();
            return;
        }
        let line = &mut self.line;
        line.length += 1;
        if c.is_whitespace() {
            // A bracket that a sentence leaves open, as in an interval, encloses nothing.
            if matches!(line.last, '.' | '!' | '?') && line.letters {
                self.brackets = 0;
            }
            line.indent += u32::from(!line.text);
            return;
        }
        // Three back-ticks at the beginning of a line.
        if ends_with(self.newest, b"```")
            && !ends_with(self.newest, b"````")
            && (!line.text || line.last == '`')
            && !line.letters
            && !line.bars
        {
            self.fenced = !self.fenced;
        }
        line.text = true;
        line.letters |= c.is_alphabetic();
        line.bars |= c == '|';
        line.commas += u32::from(matches!(c, ',' | '、' | '，'));
        line.last = c;
        match c {
            '[' | '{' if !self.fenced => self.brackets += 1,
            ']' | '}' if !self.fenced => self.brackets = self.brackets.saturating_sub(1),
            'n' | 'd' => self.note_environment(),
            _ => {}
        }
    }

    fn end_line(&mut self) {
        self.behind_short = self.line.length <= SHORT;
        if self.line.text {
            self.behind_code = matches!(self.line.last, ';' | '{' | '}' | ')' | ':' | '>' | ',');
        } else {
            // A bracket of prose is not closed by a paragraph.
            self.brackets = 0;
        }
        self.line = Line::default();
    }
}

/// True if the newest characters, as [`Shape`] keeps them, are these: ASCII, and at most eight.
fn ends_with(newest: u64, characters: &[u8]) -> bool {
    let wanted = characters.iter().fold(0, |all, byte| all << 8 | u64::from(*byte));
    newest & (u64::MAX >> (64 - 8 * characters.len())) == wanted
}

#[cfg(test)]
#[path = "../../tests/unit/signal/guard.rs"]
mod tests;
