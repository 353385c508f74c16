//! Finds rows of data that a person pastes beside their words: a table, a log, JSON, columns of numbers.
//!
//! Rows make a query longer, and not harder: the words decide. A run of rows is material, as a document in tags is.
//!
//! ```text
//! log       a time and a level, a level alone, a line of a web server      never a line of a chat
//! table     as many commas (semicolons, tabs, bars) as the line above or below it
//! json      brackets, or a name in quotes and its value
//! numbers   no letters
//! run       at least ROWS rows and RUN bytes; up to GAP other lines within it, unless they are prose
//! ```
//!
//! A table or JSON with sentences in it is no data: what is asked may stand there. Text in a script of its own, code, and stacks
//! of calls stay words, because an ask to mend them is about them.

use super::asking::is_prose;
use super::printed::{begins_with_level, is_timed};
use memchr::{memchr, memchr_iter, memmem, memrchr};

/// The fewest rows and bytes of a run. A long line counts as several rows.
const ROWS: usize = 8;
const RUN: usize = 512;
const LONG: usize = 64;
/// The most other lines in a row within a run.
const GAP: usize = 2;
/// Bytes from one look into a text to the next, in a short text and in others; of the line that is looked at; the most looks.
const STRIDES: (usize, usize) = (256, 512);
const SHORT: usize = 2048;
const NEAR: usize = 240;
const LOOKS: usize = 32;
/// Bytes at the beginning of a line in which a log has its level.
const HEAD: usize = 96;
/// The fewest commas of a row.
const CELLS: usize = 2;
/// The most spaces in a row's first cell.
const FIRST: usize = 2;
/// Words with only a space between them that make a sentence.
const SPOKEN: usize = 4;

/// A line, by what it looks like.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    Blank,
    Row,
    /// A row, if its neighbour has as many of the same mark.
    Cells(u8, usize),
    Other,
    Prose,
    Fence,
}

/// True if a text may hold a run of rows: looks at lines at fixed distances, so that long prose costs little. Of a text of more
/// than [`SHORT`] bytes, a run of less than two strides may be missed.
pub(super) fn may_hold(text: &[u8]) -> bool {
    if text.len() < RUN {
        return false;
    }
    let stride = if text.len() <= SHORT { STRIDES.0 } else { STRIDES.1.max(text.len() / LOOKS) };
    (stride / 2..text.len()).step_by(stride).any(|at| {
        let from = at.saturating_sub(NEAR);
        let head = text.get(from..at).unwrap_or_default();
        let start = memrchr(b'\n', head).map_or(from, |line| from + line + 1);
        let rest = text.get(start..text.len().min(start + 2 * NEAR)).unwrap_or_default();
        let line = rest.get(..memchr(b'\n', rest).unwrap_or(rest.len())).unwrap_or_default();
        row(line.trim_ascii()).is_some()
    })
}

/// Removes the runs of rows, and the fences round them. `seam`: the place where head and tail of the text are joined. A pair: true
/// if a run was removed, and if one reaches over the seam.
pub(super) fn drop_rows(text: &mut Vec<u8>, seam: Option<usize>) -> (bool, bool) {
    if !may_hold(text) {
        return (false, false);
    }
    let mut starts = vec![0];
    starts.extend(memchr_iter(b'\n', text).map(|at| at + 1));
    starts.push(text.len());
    let ends = starts.get(1..).unwrap_or_default();
    let bounds: Vec<(usize, usize)> = starts.iter().copied().zip(ends.iter().copied()).collect();
    let mut lines: Vec<Line> =
        bounds.iter().map(|&(from, to)| look(text.get(from..to).unwrap_or_default())).collect();
    settle(&mut lines);
    if let Some(cut) = seam.and_then(|seam| bounds.iter().position(|&(from, to)| (from..to).contains(&seam)))
    {
        mend(&mut lines, cut);
    }
    let mut kept = Vec::with_capacity(text.len());
    let (mut from, mut gap) = (0, false);
    for (first, last) in runs(&lines, &bounds) {
        let of = |i: usize| bounds.get(i).copied().unwrap_or_default();
        let (start, end) = (of(first).0, of(last).1);
        gap |= seam.is_some_and(|seam| (start..end).contains(&seam));
        kept.extend_from_slice(text.get(from..start).unwrap_or_default());
        from = end;
    }
    if from == 0 {
        return (false, false);
    }
    kept.extend_from_slice(text.get(from..).unwrap_or_default());
    *text = kept;
    (true, gap)
}

/// Makes rows of the lines that have a neighbour of their form, and other lines of the rest.
fn settle(lines: &mut [Line]) {
    let forms = lines.to_vec();
    for (i, line) in lines.iter_mut().enumerate() {
        if matches!(line, Line::Cells(..)) {
            let like = |j: Option<usize>| j.and_then(|j| forms.get(j)) == forms.get(i);
            *line = if like(i.checked_sub(1)) || like(Some(i + 1)) { Line::Row } else { Line::Other };
        }
    }
}

/// Makes rows of the two lines that the cut between head and tail has torn, if rows stand round them.
fn mend(lines: &mut [Line], cut: usize) {
    for first in [cut.saturating_sub(1), cut] {
        let Some([before, torn @ .., behind]) = lines.get_mut(first.saturating_sub(1)..first + 3) else {
            continue;
        };
        if *before == Line::Row && *behind == Line::Row {
            torn.fill(Line::Row);
        }
    }
}

/// The first and the last line of each run, with its fence.
fn runs(lines: &[Line], bounds: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut runs = Vec::new();
    let mut i = 0;
    while i < lines.len() {
        if lines.get(i) != Some(&Line::Row) {
            i += 1;
            continue;
        }
        let (first, mut last, mut rows, mut others) = (i, i, 0, 0);
        let mut at = i;
        while let Some(line) = lines.get(at) {
            match line {
                Line::Row => {
                    let length = bounds.get(at).map_or(0, |&(from, to)| to - from);
                    rows += 1 + length / LONG;
                    (last, others) = (at, 0);
                }
                Line::Other if others < GAP => others += 1,
                _ => break,
            }
            at += 1;
        }
        i = last + 1;
        let bytes = bounds.get(last).map_or(0, |end| end.1) - bounds.get(first).map_or(0, |start| start.0);
        if rows >= ROWS && bytes >= RUN {
            let fence = |at: Option<usize>| at.filter(|at| lines.get(*at) == Some(&Line::Fence));
            let opens = fence(first.checked_sub(1));
            let closes = fence(Some(last + 1));
            match opens.zip(closes) {
                Some(fenced) => runs.push(fenced),
                None => runs.push((first, last)),
            }
        }
    }
    runs
}

fn look(line: &[u8]) -> Line {
    let line = line.trim_ascii();
    if line.is_empty() {
        return Line::Blank;
    }
    if line.starts_with(b"```") {
        return Line::Fence;
    }
    row(line).unwrap_or_else(|| if speaks(line) || is_prose(line) { Line::Prose } else { Line::Other })
}

/// A row, or what is one beside others of its form.
fn row(line: &[u8]) -> Option<Line> {
    if is_log(line) {
        return Some(Line::Row);
    }
    if line.is_empty() || speaks(line) {
        return None;
    }
    if is_json(line) || is_numbers(line) {
        return Some(Line::Row);
    }
    if line.starts_with(b"#") || matches!(line.last(), Some(b'{' | b')' | b'(' | b'.' | b'?' | b'!' | b':')) {
        return None;
    }
    let count = |mark: u8| (memchr_iter(mark, line).count(), mark);
    // People write a space behind a comma, tables do not.
    let commas = memchr_iter(b',', line).filter(|at| line.get(at + 1) != Some(&b' ')).count();
    let marks = [(commas, b','), count(b';'), count(b'\t'), count(b'|')];
    let (cells, mark) = marks.into_iter().max()?;
    // A row that ends in its mark is a statement of code; so may be one with a clause in its first cell.
    let first = line.split(|b| *b == mark).next().unwrap_or_default();
    let holds = cells >= CELLS
        && (mark == b'|' || mark == b'\t' || !line.ends_with(b";"))
        && memchr_iter(b' ', first).count() <= FIRST;
    holds.then_some(Line::Cells(mark, cells))
}

/// True if words stand behind each other with only a space between them, as in a sentence.
fn speaks(line: &[u8]) -> bool {
    let spoken = |at: &usize| {
        let letter = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphabetic() || *b >= 0x80);
        letter(at.checked_sub(1).and_then(|before| line.get(before))) && letter(line.get(at + 1))
    };
    memchr_iter(b' ', line).filter(spoken).nth(SPOKEN - 1).is_some()
        // Scripts without spaces.
        || line.iter().filter(|b| **b >= 0x80).count() > line.len() / 2
}

fn is_log(line: &[u8]) -> bool {
    let head = line.get(..line.len().min(HEAD)).unwrap_or_default();
    let dated = is_timed(line) || {
        // "Nov 30 10:00:01 host sshd[42]: …"
        line.first_chunk::<15>().is_some_and(|head| head[6] == b' ' && head[9] == b':' && head[12] == b':')
    };
    dated && names_level(head)
        || begins_with_level(line)
        // Most lines have neither of the two marks.
        || memchr(b'"', line).is_some()
            && memmem::find(line, b" HTTP/").is_some()
            && line.iter().filter(|b| b.is_ascii_digit()).count() > 8
        || memchr(b'=', head).is_some() && memmem::find(head, b"level=").is_some()
}

/// True if a level of a log is among the words, marked as one ("ERROR", "[info]", "warn:"), or a program with its number
/// ("sshd[42]: "). In a sentence, "info" is a word.
fn names_level(head: &[u8]) -> bool {
    const LEVELS: [&[u8]; 12] = [
        b"error",
        b"warn",
        b"warning",
        b"info",
        b"debug",
        b"trace",
        b"fatal",
        b"critical",
        b"severe",
        b"notice",
        b"err",
        b"panic",
    ];
    let mut end = 0;
    let level = head.split(|b| !b.is_ascii_alphabetic()).any(|word| {
        end += word.len() + 1;
        let marked = || {
            matches!(head.get(end - 1), Some(b':' | b']' | b'|')) || word.iter().all(u8::is_ascii_uppercase)
        };
        word.len() >= 3 && LEVELS.iter().any(|level| level.eq_ignore_ascii_case(word)) && marked()
    });
    level || memmem::find(head, b"]: ").is_some()
}

fn is_json(line: &[u8]) -> bool {
    let bare = line.strip_suffix(b",").unwrap_or(line);
    let brackets = bare.iter().all(|b| matches!(b, b'{' | b'}' | b'[' | b']' | b' '));
    let named = || memmem::find(line.get(..line.len().min(HEAD)).unwrap_or_default(), b"\":").is_some();
    match bare.first() {
        Some(b'{' | b'[' | b'}' | b']') => {
            brackets || named() && bare.last().is_some_and(|b| b"}]{[\"".contains(b) || b.is_ascii_digit())
        }
        Some(b'"') => named() || bare.len() < line.len() && bare.ends_with(b"\""),
        _ => false,
    }
}

/// True for a row of numbers.
fn is_numbers(line: &[u8]) -> bool {
    let digits = line.iter().filter(|b| b.is_ascii_digit()).count();
    digits >= 3 && digits * 3 >= line.len() && !line.iter().any(u8::is_ascii_alphabetic)
}

#[cfg(test)]
#[path = "../../tests/unit/ask/rows.rs"]
mod tests;
