//! Recognises words that ask: a message that ends in an ask is the human's, whatever stands above it.

use super::harness::{ASK_STARTS, RESULT_TAILS};
use super::pattern::any_matches;
use super::protocol::{LINE, first_line};
use super::result::is_program;

/// The most bytes of a first word of an ask.
const FIRST_WORD: usize = 12;
/// The least share of letters and spaces, in percent, in prose; and in an ask, which may have a formula.
const LETTERS: (usize, usize) = (85, 65);
/// The fewest words of prose.
const WORDS: usize = 4;

/// True if a message reads as a human's ask: it ends in a question, or begins as asks do.
pub(super) fn reads_as_ask(words: &[u8]) -> bool {
    let words = words.trim_ascii();
    (ends_in_question(words) && words.len() <= LINE || begins_as_ask(words)) && !is_program(words)
}

/// True if a message ends in an ask: its last paragraph, line or sentence begins or ends as asks do, or its last paragraph is
/// prose below something else.
pub(super) fn ends_in_ask(words: &[u8]) -> bool {
    let words = words.trim_ascii();
    let paragraph = last_paragraph(words);
    let line = last_line(paragraph);
    if is_tail(paragraph) || is_tail(line) {
        return false;
    }
    let sentence = last_sentence(line);
    asks(paragraph) || asks(line) || asks(sentence) || paragraph.len() < words.len() && is_prose(paragraph)
}

/// True if a paragraph of a message asks in a whole sentence, or its first line is prose: above output, or between, stand the
/// human's words.
pub(super) fn holds_ask(words: &[u8]) -> bool {
    let words = words.trim_ascii();
    if ends_as_program(words) {
        return false;
    }
    let ends = |text: &[u8]| {
        matches!(text.last(), Some(b'.' | b'!' | b':' | b'?'))
            || ends_in_question(text)
            || text.ends_with("。".as_bytes())
    };
    let mut rest = words;
    while !rest.is_empty() {
        let end = memchr::memmem::find(rest, b"\n\n").or_else(|| memchr::memmem::find(rest, b"\n\r\n"));
        let (paragraph, behind) = rest.split_at(end.unwrap_or(rest.len()));
        let paragraph = paragraph.trim_ascii();
        if ends(paragraph) && asks(paragraph) && !is_tail(paragraph) {
            return true;
        }
        rest = behind.trim_ascii_start();
    }
    let line = first_line(words).0;
    is_prose(line) || asks(line) && (ends(line) || words.len() == line.len())
}

/// True if a paragraph of its own at the end of a message asks.
pub(super) fn asks_below(words: &[u8]) -> bool {
    let words = words.trim_ascii();
    let paragraph = last_paragraph(words);
    paragraph.len() < words.len() && !is_tail(paragraph) && !is_tail(last_line(paragraph)) && asks(paragraph)
}

/// True if the last line of a message is one that a program writes below a result.
pub(super) fn ends_as_program(words: &[u8]) -> bool {
    let paragraph = last_paragraph(words.trim_ascii());
    is_tail(paragraph) || is_tail(last_line(paragraph))
}

fn is_tail(text: &[u8]) -> bool {
    any_matches(RESULT_TAILS, first_line(text).0)
}

/// True if words begin or end as an ask does, and are words.
fn asks(words: &[u8]) -> bool {
    is_worded(words, LETTERS.1)
        && (ends_in_question(words) && words.len() <= LINE || begins_as_ask(words) && !is_labelled(words))
}

fn ends_in_question(words: &[u8]) -> bool {
    words.ends_with(b"?") || words.ends_with("？".as_bytes()) || words.ends_with("؟".as_bytes())
}

fn begins_as_ask(words: &[u8]) -> bool {
    let first = words.split(|b| !(b.is_ascii_alphabetic() || *b == b'\'')).next().unwrap_or_default();
    first.len() <= FIRST_WORD && {
        let first = first.to_ascii_lowercase();
        ASK_STARTS.split_ascii_whitespace().any(|word| word.as_bytes() == first)
    }
}

/// True if a colon ends one of the first three words: "test result: ok".
fn is_labelled(words: &[u8]) -> bool {
    words.split(|b| *b == b' ').take(3).any(|word| word.ends_with(b":"))
}

/// True if a text is sentences of a person: words, not data.
pub(super) fn is_prose(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    let starts = text.first().is_some_and(|b| b.is_ascii_alphabetic() || *b >= 0x80);
    let ends = text.ends_with(b".") || text.ends_with(b"!") || ends_in_question(text);
    let wide = text.ends_with("。".as_bytes()) || text.ends_with("！".as_bytes());
    let words = text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).count();
    starts && (ends && words >= WORDS || wide) && is_worded(text, LETTERS.0)
}

/// True if a share of a text, in percent, is letters and spaces.
fn is_worded(text: &[u8], percent: usize) -> bool {
    let letters = text.iter().filter(|b| b.is_ascii_alphabetic() || **b >= 0x80 || **b == b' ').count();
    letters * 100 >= text.len() * percent
}

/// The text behind the last empty line.
fn last_paragraph(text: &[u8]) -> &[u8] {
    let mut end = text.len();
    while let Some(at) = text.get(..end).and_then(|head| memchr::memrchr(b'\n', head)) {
        let before = text.get(..at).unwrap_or_default();
        let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        if before.get(start..).is_some_and(|line| line.trim_ascii().is_empty()) {
            return text.get(at + 1..).unwrap_or_default().trim_ascii();
        }
        end = at;
    }
    text
}

fn last_line(text: &[u8]) -> &[u8] {
    text.get(memchr::memrchr(b'\n', text).map_or(0, |at| at + 1)..).unwrap_or_default().trim_ascii()
}

/// The text behind the last end of a sentence that is not the text's own end.
fn last_sentence(line: &[u8]) -> &[u8] {
    // Behind a colon, only a whole sentence counts: "Command: make it faster." and not "Command failed: make all".
    let whole = matches!(line.last(), Some(b'.' | b'!' | b'?'));
    let is_end =
        |pair: &[u8]| matches!(pair, [b'.' | b'!' | b'?', b' ']) || whole && matches!(pair, [b':', b' ']);
    let at = line.windows(2).rposition(is_end).map_or(0, |at| at + 2);
    line.get(at..).unwrap_or_default().trim_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_ask_below_anything_are_seen() {
        for text in [
            "Output:\n3\n\nWhy is that?",
            "Traceback (most recent call last):\nTypeError: x\n\nFind the cause and prove your fix.",
            "Result: it is still slow. Prove that it must be.",
            "Exit code: 3\r\n\r\nhow do I fix this",
            "```\n1\n```\nExplain it.",
            "Ausgabe:\n3\n\nDas Programm soll aber vier ausgeben.",
            "出力:\n3\n\n原因を説明してください。",
            "Output:\n3\n \nProve that x^2 + y^2 = z^2 has solutions.",
        ] {
            assert!(ends_in_ask(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn output_of_programs_does_not_ask() {
        for text in [
            "",
            "\n\n",
            "Output:\n3",
            "running 3 tests\n\ntest result: ok. 3 passed; 0 failed",
            "Observation: README.md",
            "error: no such file\n\nis: 3",
            "Code output: 3\n\nWhat does this output mean / what's next (if anything, or are we done)?",
            "total 8\n-rw-r--r-- 1 a a 12 a.rs",
        ] {
            assert!(!ends_in_ask(text.as_bytes()), "{text}");
        }
        assert!(asks_below(b"Output:\n3\n\nWhy?"));
        assert!(!asks_below(b"Output: why?"));
    }
}
