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

    /// Reads text of a stream that was granted `granted` tokens.
    pub(crate) fn text(&mut self, text: &str, granted: u64) {
        let Self { loops, shape, repetition, stuck } = self;
        repetition.carried = repetition.estimated > 0;
        for c in text.chars() {
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
    /// The newest characters, the newest last.
    newest: [char; 6],
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

    fn push(&mut self, c: char) {
        let [_, first, second, third, fourth, fifth] = self.newest;
        self.newest = [first, second, third, fourth, fifth, c];
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
        if self.newest[3..] == ['`'; 3]
            && self.newest[2] != '`'
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
            'n' if self.newest == ['\\', 'b', 'e', 'g', 'i', 'n'] => self.environments += 1,
            'd' if self.newest[2..] == ['\\', 'e', 'n', 'd'] => {
                self.environments = self.environments.saturating_sub(1);
            }
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
